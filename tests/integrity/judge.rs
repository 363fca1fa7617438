//! What becomes of a commit, by the slow reading of page *Semantics* §6 and of the fine print: dependents are settled day
//! by day, round by round until nothing changes; what is wrong then and was not before refuses the commit or is reported.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use mo_core::model::{Kind, ObjectRef, Shape, Value};
use mo_core::rules::Policy;
use mo_core::state::Dependents;
use mo_core::time::Period;
use uuid::Uuid;

use crate::broken::{
    Reference, Rule, Wrong, broken, broken_references, facet_of, field, in_no_hierarchy, named, references,
    specially_wrong,
};
use crate::model::{Governs, State, World};

/// Policies as drawn: one per relation, and one for all others.
#[derive(Debug, Clone, Default)]
pub struct Said {
    pub relations: BTreeMap<(Kind, u8), Policy>,
    pub otherwise: Option<Policy>,
}

impl Said {
    fn of(&self, relation: (Kind, u8)) -> Option<Policy> {
        self.relations.get(&relation).copied().or(self.otherwise)
    }

    /// For uniqueness and the like only `Refuse` and `Report` are known; `*` counts only as `Report`.
    fn reports(&self, relation: (Kind, u8)) -> Option<bool> {
        match (self.relations.get(&relation), self.otherwise) {
            (Some(policy), _) => Some(*policy == Policy::Report),
            (None, Some(Policy::Report)) => Some(true),
            (None, _) => None,
        }
    }
}

/// A violation without its sentence.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Found {
    pub code: String,
    pub objects: Vec<ObjectRef>,
    pub periods: Vec<Period>,
}

/// What the rules make of a commit.
#[derive(Debug, Default)]
pub struct Judged {
    pub refused: Vec<Found>,
    pub reported: Vec<Found>,
    /// Object, action, days.
    pub settled: Vec<(ObjectRef, &'static str, Vec<Period>)>,
}

/// A reference that is broken on a day on which its rule and objects were not wrong before.
struct Break {
    referer: ObjectRef,
    reference: Reference,
    rule: Rule,
    day: usize,
}

/// Settles the belief that the commands left and judges the rest.
pub fn judge(before: &World, after: &mut World, commit: &Said, registry: &Said) -> Judged {
    let judge = Judge {
        commit,
        registry,
        standing: broken_references(before),
        by_command: after.changed(before).into_iter().map(|object| object.id).collect(),
    };
    let lives: BTreeMap<Uuid, BTreeSet<usize>> =
        after.objects.iter().map(|(id, object)| (*id, days_of(&object.line))).collect();
    let mut actions: BTreeMap<(ObjectRef, &'static str), BTreeSet<usize>> = BTreeMap::new();
    for round in 0.. {
        assert!(round < 1_000, "settling ends");
        if !judge.round(after, &mut actions) {
            break;
        }
    }
    let mut judged = Judged::default();
    let periods = |days: &BTreeSet<usize>| {
        let window = after.window;
        window.periods(&window.runs(|day| days.contains(&day)))
    };
    let settled: BTreeSet<ObjectRef> = actions.keys().map(|(object, _)| *object).collect();
    for object in settled {
        if days_of(&after.objects[&object.id].line).is_empty() {
            judged.settled.push((object, "deleted", periods(&lives[&object.id])));
            continue;
        }
        let of_object = actions.iter().filter(|((other, _), _)| *other == object);
        judged.settled.extend(of_object.map(|((object, action), days)| (*object, *action, periods(days))));
    }
    let mut refused: BTreeMap<(String, Vec<ObjectRef>), BTreeSet<usize>> = BTreeMap::new();
    let mut reported = refused.clone();
    for found in judge.breaks(after) {
        let (policy, _) = judge.policy(after, &found);
        let list = if policy == Policy::Report { &mut reported } else { &mut refused };
        let code = found.rule.code(judge.by_target(&found), found.referer.kind);
        let target = named(after, found.reference.target, found.reference.target_kind);
        list.entry((code, vec![found.referer, target])).or_default().insert(found.day);
    }
    let stood = specially_wrong(before);
    for ((rule, ids), days) in specially_wrong(after) {
        let wrong = (rule, ids);
        let new: BTreeSet<usize> =
            days.difference(stood.get(&wrong).unwrap_or(&BTreeSet::new())).copied().collect();
        if new.is_empty() {
            continue;
        }
        let objects = judge.objects(after, &wrong);
        let list = if judge.is_reported(rule, objects[0].kind) { &mut reported } else { &mut refused };
        list.entry((rule.code(false, objects[0].kind), objects)).or_default().extend(new);
    }
    let list = |found: BTreeMap<(String, Vec<ObjectRef>), BTreeSet<usize>>| {
        let found = found.into_iter();
        found.map(|((code, objects), days)| Found { code, objects, periods: periods(&days) }).collect()
    };
    judged.refused = list(refused);
    judged.reported = list(reported);
    judged
}

/// Everything that is wrong, as if all of it were new: what `check` lists.
pub fn standing(world: &World) -> Vec<Found> {
    let mut found: BTreeMap<(String, Vec<ObjectRef>), BTreeSet<usize>> = BTreeMap::new();
    for ((rule, ids), days) in broken_references(world) {
        let referer = named(world, ids[0], Kind::Unit);
        let objects = vec![referer, named(world, ids[1], target_kind(rule))];
        found.entry((rule.code(false, referer.kind), objects)).or_default().extend(days);
    }
    for ((rule, ids), days) in specially_wrong(world).into_iter().chain(in_no_hierarchy(world)) {
        let objects: Vec<ObjectRef> = ids.iter().map(|id| named(world, *id, target_kind(rule))).collect();
        found.entry((rule.code(false, objects[0].kind), objects)).or_default().extend(days);
    }
    let window = world.window;
    let list = found.into_iter().map(|((code, objects), days)| {
        let periods = window.periods(&window.runs(|day| days.contains(&day)));
        Found { code, objects, periods }
    });
    list.collect()
}

/// The kind of what is referred to, for an id that names nothing.
fn target_kind(rule: Rule) -> Kind {
    match rule {
        Rule::Outside(kind) => kind,
        Rule::ClassNotValid | Rule::ClassWrongFacet => Kind::Class,
        Rule::NoActiveEngagement => Kind::Engagement,
        Rule::SubstituteSelf => Kind::Person,
        _ => Kind::Unit,
    }
}

struct Judge<'a> {
    commit: &'a Said,
    registry: &'a Said,
    /// What was wrong before the commit.
    standing: BTreeMap<Wrong, BTreeSet<usize>>,
    /// Objects any of whose days commands changed, net.
    by_command: BTreeSet<Uuid>,
}

impl Judge<'_> {
    fn by_target(&self, found: &Break) -> bool {
        !self.by_command.contains(&found.referer.id)
    }

    fn breaks(&self, world: &World) -> Vec<Break> {
        let mut breaks = Vec::new();
        for (id, object) in &world.objects {
            let referer = ObjectRef { kind: object.kind, id: *id };
            for day in 0..world.window.len() {
                let Some(state) = &object.line[day] else { continue };
                for reference in references(object.kind, state) {
                    let Some(rule) = broken(world, object.kind, &reference, day) else { continue };
                    let stood = self.standing.get(&(rule, vec![*id, reference.target]));
                    if !stood.is_some_and(|days| days.contains(&day)) {
                        breaks.push(Break { referer, reference, rule, day });
                    }
                }
            }
        }
        breaks
    }

    /// The policy that counts, and the command that governs.
    fn policy(&self, world: &World, found: &Break) -> (Policy, Option<Governs>) {
        let governs = |id: Uuid| world.objects.get(&id).and_then(|object| object.governs[found.day]);
        let mut governing = governs(found.reference.target);
        if found.rule == Rule::ClassWrongFacet
            && let Some(facet) = facet_of(world, found.reference.target, found.day)
        {
            governing = governing.or(governs(facet));
        }
        let policy = match governing.and_then(|(_, said)| said) {
            Some(Dependents::Refuse) => Policy::Refuse,
            Some(Dependents::Cascade) => Policy::Clip,
            Some(Dependents::Vacate) => Policy::Vacate,
            None => {
                let relation = (found.referer.kind, found.reference.slot.field);
                let said = self.commit.of(relation).or_else(|| self.registry.of(relation));
                let ended = found.rule == Rule::ClassNotValid && self.by_target(found);
                said.unwrap_or(if ended { Policy::Report } else { Policy::Refuse })
            }
        };
        (policy, governing)
    }

    /// Settles every break once, all at the same time; tells whether anything changed.
    fn round(
        &self,
        world: &mut World,
        actions: &mut BTreeMap<(ObjectRef, &'static str), BTreeSet<usize>>,
    ) -> bool {
        type Case = (Reference, Policy, Option<Governs>);
        let mut cases: BTreeMap<(ObjectRef, usize), Vec<Case>> = BTreeMap::new();
        for found in self.breaks(world) {
            let (policy, governing) = self.policy(world, &found);
            let acts = match policy {
                Policy::Clip | Policy::Vacate => true,
                Policy::Fallback(id) => {
                    // "it must exist there": as what the reference asks for.
                    let moved = found.reference.to(id);
                    id != found.reference.target
                        && broken(world, found.referer.kind, &moved, found.day).is_none()
                }
                _ => false,
            };
            if acts {
                let case = (found.reference, policy, governing);
                cases.entry((found.referer, found.day)).or_default().push(case);
            }
        }
        let mut changes = Vec::new();
        for ((referer, day), cases) in cases {
            let state = world.on(referer.kind, referer.id, day).unwrap();
            let (new, done) = settled(referer.kind, state, &cases);
            if new.as_ref() == Some(state) {
                continue;
            }
            let governing = cases.iter().map(|(_, _, governing)| *governing).max_by_key(|g| g.map(|g| g.0));
            changes.push((referer, day, new, governing.flatten()));
            for action in done {
                actions.entry((referer, action)).or_default().insert(day);
            }
        }
        let changed = !changes.is_empty();
        for (referer, day, new, governing) in changes {
            let object = world.objects.get_mut(&referer.id).unwrap();
            object.line[day] = new.map(Arc::new);
            // "what settling changes inherits it"
            if governing.is_some() {
                object.governs[day] = governing;
            }
        }
        changed
    }

    /// The objects of a violation of a special rule, in their order.
    fn objects(&self, world: &World, (rule, ids): &Wrong) -> Vec<ObjectRef> {
        let mut objects: Vec<ObjectRef> =
            ids.iter().map(|id| named(world, *id, target_kind(*rule))).collect();
        let pair = !matches!(rule, Rule::Cycle | Rule::SubstituteSelf | Rule::RelatedToSelf);
        // "one violation per pair, the changed person first, else by id"
        if pair {
            objects.sort_by_key(|object| (!self.by_command.contains(&object.id), object.id));
        }
        objects
    }

    fn is_reported(&self, rule: Rule, kind: Kind) -> bool {
        let name = match rule {
            Rule::AccountShared | Rule::TwoResponsible => return true,
            Rule::Cycle => return false,
            Rule::ExistingCpr => "cpr",
            Rule::DuplicatedItUser => "user_key",
            Rule::MoreThanOnePrimary => "primary",
            Rule::MoreThanOneAssociation => "it_account",
            Rule::SubstituteSelf => "substitute",
            Rule::RelatedToSelf => "to",
            _ => unreachable!("a special rule"),
        };
        let relation = (kind, field(kind, name));
        self.commit.reports(relation).or_else(|| self.registry.reports(relation)).unwrap_or(false)
    }
}

/// A day after its breaks were settled (`None`: lost), and the actions that did it.
fn settled(
    kind: Kind,
    state: &State,
    cases: &[(Reference, Policy, Option<Governs>)],
) -> (Option<State>, BTreeSet<&'static str>) {
    let spec = kind.spec();
    let placements = |field: u8| spec.fields[usize::from(field)].name == "placements";
    let mut new = state.clone();
    let mut done: BTreeSet<&'static str> = BTreeSet::new();
    let mut lost = false;
    let mut placement_clipped = false;
    for (reference, policy, _) in cases {
        let of = reference.slot.field;
        let single = spec.fields[usize::from(of)].shape == Shape::One;
        let half = spec.exactly_one.is_some_and(|(one, other)| of == one || of == other);
        let mandatory = spec.fields[usize::from(of)].mandatory || half;
        match policy {
            // "For a member of a set or an entry of a map, Clip and Vacate mean: the member goes."
            Policy::Clip | Policy::Vacate if !single => {
                new.remove(&reference.slot);
                done.insert("clipped");
                placement_clipped |= placements(of) && *policy == Policy::Clip;
            }
            Policy::Vacate if !mandatory => {
                new.remove(&reference.slot);
                done.insert("vacated");
            }
            Policy::Clip | Policy::Vacate => lost = true,
            _ => {}
        }
    }
    let mut moves: Vec<&(Reference, Policy, Option<Governs>)> = cases.iter().collect();
    moves.sort_by(|a, b| a.0.cmp(&b.0));
    for (reference, policy, _) in moves {
        let Policy::Fallback(id) = policy else { continue };
        // What another break of the same slot took away is not moved.
        let Some(value) = new.get(&reference.slot).cloned() else { continue };
        if reference.in_key {
            new.remove(&reference.slot);
            // What stands under the new key already stays.
            new.entry(reference.to(*id).slot).or_insert(value);
        } else {
            new.insert(reference.slot.clone(), Value::Id(*id));
        }
        done.insert("moved");
    }
    // "a unit loses the placement, and the day too if it then stands in no hierarchy"
    lost |= placement_clipped && !new.keys().any(|slot| placements(slot.field));
    if lost { (None, BTreeSet::from(["clipped"])) } else { (Some(new), done) }
}

fn days_of(line: &crate::model::Line) -> BTreeSet<usize> {
    (0..line.len()).filter(|day| line[*day].is_some()).collect()
}

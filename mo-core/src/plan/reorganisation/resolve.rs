//! What a reorganisation does on one registration: its steps in an order that works, and everything that refers to a unit
//! that goes, day by day as it refers. What a step leaves is seen by the next, so chains of mergers come out right.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::{Reorganisation, Step, Who};
use crate::journal::Succession;
use crate::model::value::{KleNumber, Text};
use crate::model::{
    Address, Association, Class, Engagement, FieldChange, Fields, HierarchyId, ItAccount, Key, Kind, KleTag,
    Manager, ObjectRef, Placement, RoleBinding, Slot, Unit, UnitId, UnitLink, Value,
};
use crate::plan::Unresolved;
use crate::plan::attempt::Attempt;
use crate::registry::Command;
use crate::rules::{self, Code, Refusal, Violation};
use crate::state::cells::{At, ROOT, State};
use crate::state::tables::{Ix, Layout};
use crate::time::Period;
use crate::timeline::Timeline;

/// Something that refers to a unit through one slot, on these days.
struct Tie {
    object: ObjectRef,
    ix: Ix,
    at: At,
    days: Vec<(Period, State)>,
}

/// Where things go that refer to a unit.
enum Go {
    To(UnitId),
    Stay,
    Nowhere,
}

struct Resolver<'a> {
    plan: &'a Reorganisation,
    number: usize,
    attempt: &'a mut Attempt,
    since: Period,
    /// Who came to refer to a unit in this attempt, beside those the tables know.
    came: HashMap<Ix, BTreeSet<Ix>>,
}

impl Reorganisation {
    /// Does it in an attempt, as the command with this number.
    pub(in crate::plan) fn run(&self, number: usize, attempt: &mut Attempt) -> Result<(), Refusal> {
        let since = Period::since(self.day);
        let mut resolver = Resolver { plan: self, number, attempt, since, came: HashMap::new() };
        resolver.note_touched();
        resolver.openings()?;
        resolver.splits()?;
        resolver.closings()
    }
}

impl Resolver<'_> {
    fn run(&mut self, command: &Command) -> Result<(), Refusal> {
        self.attempt.working.run(self.number, command)
    }

    fn ix(&mut self, unit: UnitId) -> Ix {
        self.attempt.working.draft.tables.intern_id(unit.uuid())
    }

    /// What earlier intents touched may refer to units that the tables do not know it refers to.
    fn note_touched(&mut self) {
        let mut came: HashMap<Ix, BTreeSet<Ix>> = HashMap::new();
        for touched in self.attempt.working.draft.touched() {
            let layout = Layout::of(touched.kind);
            for (_, state) in &touched.now {
                for reference in state.cells().iter().flat_map(|cell| layout.references(*cell)) {
                    came.entry(reference.target).or_default().insert(touched.ix);
                }
            }
        }
        self.came = came;
    }

    fn arrives(&mut self, ix: Ix, at: UnitId) {
        let at = self.ix(at);
        self.came.entry(at).or_default().insert(ix);
    }

    /// Opens, renames and moves; these need no order among themselves.
    fn openings(&mut self) -> Result<(), Refusal> {
        let (day, hierarchy) = (self.plan.day, self.plan.hierarchy);
        for step in &self.plan.steps {
            match step {
                Step::Open { id, name, under } => {
                    let mut state = Fields::new();
                    state.put(Slot::one(Unit::NAME.index), Value::Text(name.clone()));
                    let (slot, place) = placement(hierarchy, *under);
                    state.put(slot, place);
                    let object = ObjectRef::from(*id);
                    self.run(&Command::Create { object, period: self.since, state })?;
                    self.placed(*id, *under);
                }
                Step::Rename { unit, name } => {
                    let patch =
                        vec![FieldChange::Put(Slot::one(Unit::NAME.index), Value::Text(name.clone()))];
                    self.run(&Command::Change { object: (*unit).into(), from: day, patch })?;
                }
                Step::Move { unit, under } => {
                    let (unit, to) = (*unit, *under);
                    self.run(&Command::Move { unit, hierarchy, to, from: day, until: None })?;
                    self.placed(unit, to);
                }
                Step::Merge { .. } | Step::Split { .. } | Step::Close { .. } => {}
            }
        }
        Ok(())
    }

    fn placed(&mut self, unit: UnitId, to: Placement) {
        if let Placement::Under(parent) = to {
            let ix = self.ix(unit);
            self.arrives(ix, parent);
        }
    }

    fn splits(&mut self) -> Result<(), Refusal> {
        let plan = self.plan;
        for step in &plan.steps {
            let Step::Split { unit, assign } = step else { continue };
            self.alive(*unit)?;
            let targets: BTreeSet<UnitId> = assign.iter().map(|(_, to)| *to).collect();
            for to in &targets {
                self.alive(*to)?;
            }
            let ties = self.ties(*unit);
            let rules = Rules::new(self.attempt, assign, &ties);
            for tie in ties {
                let go = match rules.of(self.attempt, &tie) {
                    Some(to) if to == *unit => Go::Stay,
                    Some(to) => Go::To(to),
                    None => Go::Nowhere,
                };
                self.redirect(
                    *unit,
                    &tie,
                    &go,
                    "no rule of the split says where it goes; add one, or one for the rest",
                )?;
            }
            for to in targets.iter().filter(|to| *to != unit) {
                self.succeed(*unit, *to);
            }
            if !targets.contains(unit) {
                self.end(*unit)?;
            }
        }
        Ok(())
    }

    /// Mergers and closings, such that what goes into a unit that closes itself goes on with it.
    fn closings(&mut self) -> Result<(), Refusal> {
        let mut open: Vec<(UnitId, Option<UnitId>)> = Vec::new();
        for step in &self.plan.steps {
            match step {
                Step::Merge { units, into } => {
                    open.extend(units.iter().filter(|unit| *unit != into).map(|unit| (*unit, Some(*into))));
                }
                Step::Close { unit, destination } => open.push((*unit, *destination)),
                _ => {}
            }
        }
        for (unit, destination) in open.clone() {
            self.alive(unit)?;
            destination.map_or(Ok(()), |to| self.alive(to))?;
        }
        let mut circle = false;
        while !open.is_empty() {
            let later = |unit: UnitId| open.iter().any(|(other, to)| *to == Some(unit) && *other != unit);
            let next = open.iter().position(|(unit, _)| !later(*unit));
            circle |= next.is_none();
            let (unit, destination) = open.remove(next.unwrap_or(0));
            let destination = destination.filter(|to| !circle && *to != unit);
            let why = if circle {
                "the units close into each other in a circle; name one that stays"
            } else {
                "the unit closes without a destination; name one, or move or end it first"
            };
            for tie in self.ties(unit) {
                let go = destination.map_or(Go::Nowhere, Go::To);
                self.redirect(unit, &tie, &go, why)?;
            }
            if let Some(to) = destination {
                self.succeed(unit, to);
            }
            self.end(unit)?;
        }
        Ok(())
    }

    fn succeed(&mut self, from: UnitId, to: UnitId) {
        self.attempt.marks.succession.push(Succession::new(from, to, self.plan.day));
    }

    fn end(&mut self, unit: UnitId) -> Result<(), Refusal> {
        self.run(&Command::End { object: unit.into(), from: self.plan.day, dependents: None })
    }

    /// That a unit exists on some day of the new order.
    fn alive(&mut self, unit: UnitId) -> Result<(), Refusal> {
        let ix = self.ix(unit);
        let draft = &self.attempt.working.draft;
        let (code, what) = match draft.kind(ix) {
            Some(Kind::Unit) if draft.now(ix).pieces_in(self.since).next().is_some() => return Ok(()),
            Some(Kind::Unit) => (Code::NotAlive, "does not exist on any day from"),
            _ => (Code::Unknown, "was never registered as a unit, nor is it opened on"),
        };
        let name = if code == Code::Unknown { format!("unit {unit}") } else { rules::name(draft, ix) };
        let message = format!("{name} {what} {}. Open it, extend it, or name another.", self.plan.day);
        let violation = Violation::on_days(code, vec![unit.into()], &Timeline::new(), message);
        Err(Refusal::new(vec![Violation { command: Some(self.number), ..violation }]))
    }

    /// Everything that refers to a unit on days of the new order, by kind, id and slot.
    fn ties(&mut self, unit: UnitId) -> Vec<Tie> {
        let target = self.ix(unit);
        let draft = &self.attempt.working.draft;
        let known = draft.tables.referring(target).map(|(_, ix)| ix);
        let came = self.came.get(&target).into_iter().flatten().copied();
        let referrers: HashSet<Ix> = known.chain(came).collect();
        let mut ties: Vec<Tie> = Vec::new();
        for ix in referrers {
            let Some(kind) = draft.kind(ix) else { continue };
            let layout = Layout::of(kind);
            let object = ObjectRef { kind, id: draft.id(ix) };
            let start = ties.len();
            for (period, state) in draft.now(ix).pieces_in(self.since) {
                let references = state.cells().iter().flat_map(|cell| layout.references(*cell));
                for reference in references.filter(|r| r.target == target && !r.relation.in_key) {
                    let of_object = ties.get_mut(start..).unwrap_or_default();
                    match of_object.iter_mut().find(|tie| tie.at == reference.at) {
                        Some(tie) => tie.days.push((period, state.clone())),
                        None => ties.push(Tie {
                            object,
                            ix,
                            at: reference.at,
                            days: vec![(period, state.clone())],
                        }),
                    }
                }
            }
        }
        ties.sort_by_key(|tie| (tie.object, tie.at));
        ties
    }

    /// Lets a tie go where it goes.
    fn redirect(&mut self, unit: UnitId, tie: &Tie, go: &Go, why: &str) -> Result<(), Refusal> {
        let to = match go {
            Go::Stay => return Ok(()),
            Go::Nowhere => {
                self.unresolved(unit, tie, why);
                return Ok(());
            }
            Go::To(to) => *to,
        };
        let Some(slot) = self.attempt.working.draft.tables.decode_slot(tie.object.kind, tie.at) else {
            return Ok(());
        };
        if tie.object.kind == Kind::Unit {
            return self.reparent(unit, to, tie, &slot);
        }
        if tie.object.kind == Kind::UnitLink {
            let other = if tie.at.field == UnitLink::FROM.index { UnitLink::TO } else { UnitLink::FROM };
            let target = self.ix(to);
            let closed = |state: &State| state.get(single(other.index)) == Some(target.0);
            let (ends, moves): (Vec<_>, Vec<_>) = tie.days.iter().partition(|(_, state)| closed(state));
            for (period, _) in ends {
                self.lose(tie, *period)?;
            }
            return moves.into_iter().try_for_each(|(period, _)| self.point(tie, &slot, to, *period));
        }
        tie.days.iter().try_for_each(|(period, _)| self.point(tie, &slot, to, *period))
    }

    fn point(&mut self, tie: &Tie, slot: &Slot, to: UnitId, period: Period) -> Result<(), Refusal> {
        let patch = vec![FieldChange::Put(slot.clone(), Value::Id(to.uuid()))];
        self.run(&Command::Set { object: tie.object, period, patch })?;
        self.arrives(tie.ix, to);
        Ok(())
    }

    /// Takes days out of an object's life.
    fn lose(&mut self, tie: &Tie, period: Period) -> Result<(), Refusal> {
        let now = self.attempt.working.draft.now(tie.ix);
        let (object, dependents) = (tie.object, None);
        let command = if now.subtract(&period.into()).is_empty() {
            Command::Delete { object, dependents }
        } else {
            Command::Suspend { object, period, dependents }
        };
        self.run(&command)
    }

    /// A unit below the one that goes comes below the one that takes over. That one itself, or one above it, takes the place
    /// of the one that goes.
    fn reparent(&mut self, unit: UnitId, to: UnitId, tie: &Tie, slot: &Slot) -> Result<(), Refusal> {
        let (gone, target) = (self.ix(unit), self.ix(to));
        for (period, _) in &tie.days {
            let draft = &self.attempt.working.draft;
            if tie.ix == target || self.is_above(tie.at, tie.ix, target, *period) {
                let places: Vec<(Period, Option<u32>)> = draft
                    .now(gone)
                    .pieces_in(*period)
                    .map(|(days, state)| (days, state.get(tie.at)))
                    .collect();
                for (days, place) in places {
                    let change = match place {
                        Some(ROOT) => FieldChange::Put(slot.clone(), Value::Root),
                        Some(above) => {
                            let above = self.attempt.working.draft.id(Ix(above));
                            self.arrives(tie.ix, UnitId::new(above));
                            FieldChange::Put(slot.clone(), Value::Id(above))
                        }
                        None => FieldChange::Clear(slot.clone()),
                    };
                    let object = tie.object;
                    self.run(&Command::Set { object, period: days, patch: vec![change] })?;
                }
                continue;
            }
            let stands = draft.now(target).pieces_in(*period).all(|(_, state)| state.get(tie.at).is_some());
            if stands {
                self.point(tie, slot, to, *period)?;
            } else {
                let hierarchy = rules::name(draft, Ix(tie.at.key));
                let why = format!(
                    "it stands below in the {hierarchy}, where the unit that takes over does not stand; move it there first"
                );
                self.unresolved(unit, tie, &why);
                return Ok(());
            }
        }
        Ok(())
    }

    /// Whether a unit stands above another on the first day of a period.
    fn is_above(&self, at: At, unit: Ix, below: Ix, period: Period) -> bool {
        let draft = &self.attempt.working.draft;
        let day = period.from().unwrap_or(self.plan.day);
        let mut seen: HashSet<Ix> = HashSet::new();
        let mut current = below;
        while seen.insert(current) {
            let parent = draft.now(current).get(day).and_then(|state| state.get(at));
            match parent {
                Some(parent) if Ix(parent) == unit => return true,
                Some(parent) if parent != ROOT => current = Ix(parent),
                _ => return false,
            }
        }
        false
    }

    fn unresolved(&mut self, unit: UnitId, tie: &Tie, why: &str) {
        let target = self.ix(unit);
        let draft = &self.attempt.working.draft;
        let field =
            tie.object.kind.spec().fields.get(usize::from(tie.at.field)).map_or("", |field| field.name);
        let (name, of) = (rules::name(draft, tie.ix), rules::name(draft, target));
        let periods = tie.days.iter().map(|(period, _)| *period).collect();
        self.attempt.unresolved.push(Unresolved {
            command: self.number,
            object: tie.object,
            periods,
            why: format!("{name} refers to {of} as its {field}: {why}."),
        });
    }
}

fn single(field: u8) -> At {
    At { field, key: 0 }
}

fn placement(hierarchy: HierarchyId, to: Placement) -> (Slot, Value) {
    let slot = Slot::keyed(Unit::PLACEMENTS.index, Key::Id(hierarchy.uuid()));
    match to {
        Placement::Root => (slot, Value::Root),
        Placement::Under(unit) => (slot, Value::Id(unit.uuid())),
    }
}

/// The rules of one split, with where the people of the unit go.
struct Rules<'a> {
    assign: &'a [(Who, UnitId)],
    engagements: HashMap<Ix, Option<UnitId>>,
    persons: HashMap<Ix, Option<UnitId>>,
}

impl<'a> Rules<'a> {
    fn new(attempt: &Attempt, assign: &'a [(Who, UnitId)], ties: &[Tie]) -> Rules<'a> {
        let mut rules = Rules { assign, engagements: HashMap::new(), persons: HashMap::new() };
        let ix = |id| attempt.working.draft.tables.ix(id);
        let mut homes: HashMap<Ix, Vec<Option<UnitId>>> = HashMap::new();
        for tie in ties.iter().filter(|tie| tie.object.kind == Kind::Engagement) {
            let Some((_, state)) = tie.days.first() else { continue };
            let of = |field| state.get(single(field)).map(Ix);
            let (person, terms) = (of(Engagement::PERSON.index), of(Engagement::ENGAGEMENT_TYPE.index));
            let to = rules.first(|who| match who {
                Who::Persons(persons) => persons.iter().any(|id| ix(id.uuid()) == person && person.is_some()),
                Who::Engagements(all) => all.iter().any(|id| id.uuid() == tie.object.id),
                Who::EngagementType(class) => terms.is_some() && ix(class.uuid()) == terms,
                Who::Kle(_) | Who::Rest => false,
            });
            rules.engagements.insert(tie.ix, to);
            homes.entry(person.unwrap_or(tie.ix)).or_default().push(to);
        }
        for (person, mut homes) in homes {
            homes.dedup();
            if let [one] = homes.as_slice() {
                rules.persons.insert(person, *one);
            }
        }
        for (who, to) in assign {
            if let Who::Persons(persons) = who {
                for person in persons.iter().filter_map(|person| ix(person.uuid())) {
                    rules.persons.insert(person, Some(*to));
                }
            }
        }
        rules
    }

    fn first(&self, fits: impl Fn(&Who) -> bool) -> Option<UnitId> {
        let found = self.assign.iter().find(|(who, _)| fits(who));
        found.or_else(|| self.assign.iter().find(|(who, _)| *who == Who::Rest)).map(|(_, to)| *to)
    }

    /// Where a tie goes.
    fn of(&self, attempt: &Attempt, tie: &Tie) -> Option<UnitId> {
        let state = tie.days.first().map(|(_, state)| state)?;
        let draft = &attempt.working.draft;
        let target = |field: u8| state.get(single(field)).map(Ix);
        let by_engagement = |field: u8| target(field).and_then(|ix| self.engagements.get(&ix)).copied();
        let by_person = |person: Option<Ix>| person.and_then(|ix| self.persons.get(&ix)).copied();
        let found = match tie.object.kind {
            Kind::Engagement => self.engagements.get(&tie.ix).copied(),
            Kind::Manager => {
                by_engagement(Manager::ENGAGEMENT.index).or_else(|| by_person(target(Manager::PERSON.index)))
            }
            Kind::Association => by_person(target(Association::PERSON.index)),
            Kind::Address => by_engagement(Address::ENGAGEMENT.index),
            Kind::RoleBinding => {
                let account = target(RoleBinding::IT_ACCOUNT.index)?;
                let timeline = draft.now(account);
                let owner = timeline.last().and_then(|(_, state)| state.get(single(ItAccount::PERSON.index)));
                by_person(owner.map(Ix))
            }
            Kind::KleTag => {
                let class = target(KleTag::CLASS.index)?;
                let key = draft.now(class).last().and_then(|(_, state)| {
                    draft.tables.text_of(state, Class::USER_KEY.index).map(Text::to_string)
                });
                let number: Option<KleNumber> = key.and_then(|key| key.parse().ok());
                Some(self.first(|who| match who {
                    Who::Kle(above) => number.is_some_and(|n| n == *above || n.is_within(*above)),
                    _ => false,
                }))
            }
            _ => None,
        };
        // What no rule speaks of goes with the rest.
        found.unwrap_or_else(|| self.first(|_| false))
    }
}

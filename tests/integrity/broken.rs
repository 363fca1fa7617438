//! What is broken on a day, by the table of page *Semantics* §6: the slow reading, one day, one object and one rule at a
//! time, from states only.

use std::collections::{BTreeMap, BTreeSet};

use mo_core::model::{Key, KeyType, Kind, ObjectRef, Shape, Slot, Value, ValueType};
use uuid::Uuid;

use crate::model::{State, World};

/// A rule, as whoever changed the referring side sees it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// The target, of this kind, does not exist.
    Outside(Kind),
    /// The parent does not stand in the hierarchy.
    ParentNotInHierarchy,
    /// The engagement of a leave does not exist.
    NoActiveEngagement,
    /// The class does not exist.
    ClassNotValid,
    /// The class belongs to another facet.
    ClassWrongFacet,
    Cycle,
    ExistingCpr,
    DuplicatedItUser,
    MoreThanOnePrimary,
    MoreThanOneAssociation,
    SubstituteSelf,
    RelatedToSelf,
    AccountShared,
    TwoResponsible,
    /// A unit that stands in no hierarchy; only `check` notes it.
    InNoHierarchy,
}

impl Rule {
    /// Its code, seen from the side that changed; `target` is what is referred to, by `referer`.
    pub fn code(self, by_target: bool, referer: Kind) -> String {
        let capitals = |kind: Kind| kind.name().to_uppercase();
        match self {
            Rule::Outside(Kind::Hierarchy) => "V_DATE_OUTSIDE_HIERARCHY_RANGE".to_owned(),
            Rule::Outside(Kind::Unit) if by_target && referer == Kind::Unit => {
                "V_TERMINATE_UNIT_WITH_CHILDREN".to_owned()
            }
            Rule::Outside(Kind::ItAccount) if by_target && referer == Kind::RoleBinding => {
                "V_TERMINATE_ITUSER_WITH_ROLEBINDINGS".to_owned()
            }
            Rule::Outside(kind) if by_target => format!("V_TERMINATE_{}_WITH_ROLES", capitals(kind)),
            Rule::Outside(Kind::Unit) => "V_DATE_OUTSIDE_ORG_UNIT_RANGE".to_owned(),
            Rule::Outside(Kind::Person) => "V_DATE_OUTSIDE_EMPL_RANGE".to_owned(),
            Rule::Outside(kind) => format!("V_DATE_OUTSIDE_{}_RANGE", capitals(kind)),
            Rule::ParentNotInHierarchy => "V_PARENT_NOT_IN_HIERARCHY".to_owned(),
            Rule::NoActiveEngagement => "V_NO_ACTIVE_ENGAGEMENT".to_owned(),
            Rule::ClassNotValid => "V_CLASS_NOT_VALID".to_owned(),
            Rule::ClassWrongFacet => "V_CLASS_WRONG_FACET".to_owned(),
            Rule::Cycle => "V_ORG_UNIT_MOVE_TO_CHILD".to_owned(),
            Rule::ExistingCpr => "V_EXISTING_CPR".to_owned(),
            Rule::DuplicatedItUser => "V_DUPLICATED_IT_USER".to_owned(),
            Rule::MoreThanOnePrimary => "V_MORE_THAN_ONE_PRIMARY".to_owned(),
            Rule::MoreThanOneAssociation => "V_MORE_THAN_ONE_ASSOCIATION".to_owned(),
            Rule::SubstituteSelf => "V_CANNOT_SUBSTITUTE_SELF".to_owned(),
            Rule::RelatedToSelf => "V_RELATED_TO_SELF".to_owned(),
            Rule::AccountShared => "W_ACCOUNT_SHARED".to_owned(),
            Rule::TwoResponsible => "W_TWO_RESPONSIBLE".to_owned(),
            Rule::InNoHierarchy => "W_UNIT_IN_NO_HIERARCHY".to_owned(),
        }
    }
}

/// A reference as it stands in a state.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reference {
    pub slot: Slot,
    /// Whether it is the key of the slot (a member of a set, the hierarchy of a placement) or its value.
    pub in_key: bool,
    pub target: Uuid,
    pub target_kind: Kind,
    /// The facet that a class must belong to.
    pub facet: Option<&'static str>,
}

impl Reference {
    /// The reference as it would be to another target.
    pub fn to(&self, target: Uuid) -> Reference {
        let field = self.slot.field;
        let slot = if self.in_key { Slot::keyed(field, Key::Id(target)) } else { self.slot.clone() };
        Reference { slot, target, ..self.clone() }
    }
}

/// Every reference of a state.
pub fn references(kind: Kind, state: &State) -> Vec<Reference> {
    let mut found = Vec::new();
    for (slot, value) in state {
        let field = &kind.spec().fields[usize::from(slot.field)];
        let in_key = match (field.shape, field.value) {
            (Shape::Map(KeyType::Ref(kind)), _) => Some(kind),
            (Shape::Set, ValueType::Ref(kind)) => Some(kind),
            _ => None,
        };
        if let (Some(target_kind), Some(Key::Id(target))) = (in_key, &slot.key) {
            let (slot, target, facet) = (slot.clone(), *target, field.facet);
            found.push(Reference { slot, in_key: true, target, target_kind, facet });
        }
        let in_value = match field.value {
            _ if field.shape == Shape::Set => None,
            ValueType::Ref(kind) => Some(kind),
            ValueType::Placement => Some(Kind::Unit),
            _ => None,
        };
        if let (Some(target_kind), Value::Id(target)) = (in_value, value) {
            let (slot, target, facet) = (slot.clone(), *target, field.facet);
            found.push(Reference { slot, in_key: false, target, target_kind, facet });
        }
    }
    found
}

pub fn field(kind: Kind, name: &str) -> u8 {
    kind.spec().field(name).unwrap().0
}

fn one<'s>(state: &'s State, kind: Kind, name: &str) -> Option<&'s Value> {
    state.get(&Slot::one(field(kind, name)))
}

fn text(state: &State, kind: Kind, name: &str) -> Option<String> {
    match one(state, kind, name)? {
        Value::Text(text) => Some(text.to_string()),
        _ => None,
    }
}

fn id(state: &State, kind: Kind, name: &str) -> Option<Uuid> {
    match one(state, kind, name)? {
        Value::Id(id) => Some(*id),
        _ => None,
    }
}

/// Whether the target of such a reference exists on the day. A class that replaces another need only exist on some day.
fn exists(world: &World, referer: Kind, reference: &Reference, target: Uuid, day: usize) -> bool {
    let kind = reference.target_kind;
    let replaced_by = Kind::Class.spec().field("replaced_by").map(|(field, _)| field);
    if referer == Kind::Class && Some(reference.slot.field) == replaced_by {
        return (0..world.window.len()).any(|day| world.on(kind, target, day).is_some());
    }
    world.on(kind, target, day).is_some()
}

/// What is wrong with a reference of a living object on a day.
pub fn broken(world: &World, referer: Kind, reference: &Reference, day: usize) -> Option<Rule> {
    let kind = reference.target_kind;
    let lives = exists(world, referer, reference, reference.target, day);
    match kind {
        Kind::Class if !lives => return Some(Rule::ClassNotValid),
        Kind::Engagement if !lives && referer == Kind::Leave => return Some(Rule::NoActiveEngagement),
        _ if !lives => return Some(Rule::Outside(kind)),
        _ => {}
    }
    if let Some(demanded) = reference.facet {
        let facet = facet_of(world, reference.target, day);
        let state = facet.and_then(|facet| world.on(Kind::Facet, facet, day));
        let user_key = state.and_then(|state| text(state, Kind::Facet, "user_key"));
        if user_key.as_deref() != Some(demanded) {
            return Some(Rule::ClassWrongFacet);
        }
    }
    let parent = kind == Kind::Unit && referer == Kind::Unit && !reference.in_key;
    if parent && !world.on(Kind::Unit, reference.target, day)?.contains_key(&reference.slot) {
        return Some(Rule::ParentNotInHierarchy);
    }
    None
}

/// The facet a class belongs to on the day.
pub fn facet_of(world: &World, class: Uuid, day: usize) -> Option<Uuid> {
    id(world.on(Kind::Class, class, day)?, Kind::Class, "facet")
}

/// What an id is called in a violation: the object it names, else one of the kind it should.
pub fn named(world: &World, id: Uuid, kind: Kind) -> ObjectRef {
    ObjectRef { kind: world.objects.get(&id).map_or(kind, |object| object.kind), id }
}

/// What is wrong on some days: a rule and objects in no order, to be told from other wrongs.
pub type Wrong = (Rule, Vec<Uuid>);

/// All broken references: rule, referer, target → days.
pub fn broken_references(world: &World) -> BTreeMap<Wrong, BTreeSet<usize>> {
    let mut found: BTreeMap<Wrong, BTreeSet<usize>> = BTreeMap::new();
    for (id, object) in &world.objects {
        for day in 0..world.window.len() {
            let Some(state) = &object.line[day] else { continue };
            for reference in references(object.kind, state) {
                if let Some(rule) = broken(world, object.kind, &reference, day) {
                    found.entry((rule, vec![*id, reference.target])).or_default().insert(day);
                }
            }
        }
    }
    found
}

/// All that is wrong by the special rules: rule and objects, sorted by id → days.
pub fn specially_wrong(world: &World) -> BTreeMap<Wrong, BTreeSet<usize>> {
    let mut found: BTreeMap<Wrong, BTreeSet<usize>> = BTreeMap::new();
    for day in 0..world.window.len() {
        let mut note = |rule: Rule, objects: Vec<Uuid>| {
            found.entry((rule, objects)).or_default().insert(day);
        };
        circles(world, day, &mut note);
        pairs(world, day, Kind::Person, &mut note, |a, b| {
            let cpr = |state| one(state, Kind::Person, "cpr");
            (cpr(a).is_some() && cpr(a) == cpr(b)).then_some(Rule::ExistingCpr)
        });
        pairs(world, day, Kind::ItAccount, &mut note, accounts);
        pairs(world, day, Kind::ItAccount, &mut note, |a, b| {
            let of = |state, name| id(state, Kind::ItAccount, name);
            let both =
                is_primary(world, day, Kind::ItAccount, a) && is_primary(world, day, Kind::ItAccount, b);
            let same = of(a, "person").is_some()
                && of(a, "person") == of(b, "person")
                && of(a, "it_system") == of(b, "it_system");
            (both && same).then_some(Rule::MoreThanOnePrimary)
        });
        pairs(world, day, Kind::Association, &mut note, |a, b| {
            let of = |state, name| id(state, Kind::Association, name);
            let account = of(a, "it_account").is_some() && of(a, "it_account") == of(b, "it_account");
            let same = of(a, "person") == of(b, "person") && of(a, "unit") == of(b, "unit");
            (account && same).then_some(Rule::MoreThanOneAssociation)
        });
        pairs(world, day, Kind::Association, &mut note, |a, b| {
            let of = |state, name| id(state, Kind::Association, name);
            let account = of(a, "it_account").is_some() && of(a, "it_account") == of(b, "it_account");
            let both =
                is_primary(world, day, Kind::Association, a) && is_primary(world, day, Kind::Association, b);
            (account && both).then_some(Rule::MoreThanOnePrimary)
        });
        pairs(world, day, Kind::KleTag, &mut note, |a, b| {
            let of = |state, name| id(state, Kind::KleTag, name);
            let responsible = |state: &State| {
                state.contains_key(&Slot::keyed(field(Kind::KleTag, "aspects"), Key::Choice("responsible")))
            };
            let two = of(a, "class") == of(b, "class") && of(a, "unit") != of(b, "unit");
            (two && responsible(a) && responsible(b)).then_some(Rule::TwoResponsible)
        });
        alone(world, day, Kind::Association, &mut note, Rule::SubstituteSelf, "person", "substitute");
        alone(world, day, Kind::UnitLink, &mut note, Rule::RelatedToSelf, "from", "to");
    }
    found
}

/// Units that stand in no hierarchy, which only `check` notes.
pub fn in_no_hierarchy(world: &World) -> BTreeMap<Wrong, BTreeSet<usize>> {
    let placements = field(Kind::Unit, "placements");
    let mut found: BTreeMap<Wrong, BTreeSet<usize>> = BTreeMap::new();
    for (id, unit) in world.all(Kind::Unit) {
        for (day, state) in unit.line.iter().enumerate() {
            if state.as_ref().is_some_and(|state| state.keys().all(|slot| slot.field != placements)) {
                found.entry((Rule::InNoHierarchy, vec![id])).or_default().insert(day);
            }
        }
    }
    found
}

/// Every pair of living objects of a kind for which a rule says something.
fn pairs(
    world: &World,
    day: usize,
    kind: Kind,
    note: &mut impl FnMut(Rule, Vec<Uuid>),
    rule: impl Fn(&State, &State) -> Option<Rule>,
) {
    let living: Vec<(Uuid, &State)> =
        world.all(kind).filter_map(|(id, object)| Some((id, object.line[day].as_deref()?))).collect();
    for (at, (a, first)) in living.iter().enumerate() {
        for (b, second) in &living[at + 1..] {
            if let Some(rule) = rule(first, second) {
                note(rule, vec![*a, *b]);
            }
        }
    }
}

/// Equal owner, system, user key, engagements and external id: duplicated. Equal system and user key with another owner:
/// shared.
fn accounts(a: &State, b: &State) -> Option<Rule> {
    let kind = Kind::ItAccount;
    let equal = |name| one(a, kind, name) == one(b, kind, name);
    let members = |state: &State| {
        state.keys().filter(|slot| slot.field == field(kind, "engagements")).cloned().collect::<Vec<_>>()
    };
    if !equal("it_system") || !equal("user_key") {
        return None;
    }
    if !equal("person") || !equal("unit") {
        return Some(Rule::AccountShared);
    }
    (equal("external_id") && members(a) == members(b)).then_some(Rule::DuplicatedItUser)
}

/// Whether the class in `primary` ranks 3000 or higher on the day.
fn is_primary(world: &World, day: usize, kind: Kind, state: &State) -> bool {
    let class = id(state, kind, "primary").and_then(|class| world.on(Kind::Class, class, day));
    let scope = class.and_then(|class| text(class, Kind::Class, "scope"));
    scope.and_then(|scope| scope.parse::<i64>().ok()).is_some_and(|rank| rank >= 3000)
}

/// Objects whose two fields name the same.
fn alone(
    world: &World,
    day: usize,
    kind: Kind,
    note: &mut impl FnMut(Rule, Vec<Uuid>),
    rule: Rule,
    first: &str,
    second: &str,
) {
    for (object, known) in world.all(kind) {
        let Some(state) = &known.line[day] else { continue };
        if let (Some(a), Some(b)) = (id(state, kind, first), id(state, kind, second))
            && a == b
        {
            note(rule, vec![object, a]);
        }
    }
}

/// The circles of every hierarchy: from each unit upwards until a unit comes again.
fn circles(world: &World, day: usize, note: &mut impl FnMut(Rule, Vec<Uuid>)) {
    let placements = field(Kind::Unit, "placements");
    let hierarchies: BTreeSet<Slot> = world
        .all(Kind::Unit)
        .filter_map(|(_, unit)| unit.line[day].as_ref())
        .flat_map(|state| state.keys().filter(|slot| slot.field == placements).cloned())
        .collect();
    for slot in hierarchies {
        let parent = |unit: Uuid| match world.on(Kind::Unit, unit, day)?.get(&slot)? {
            Value::Id(parent) => Some(*parent),
            _ => None,
        };
        for (start, _) in world.all(Kind::Unit) {
            let mut way = vec![start];
            while let Some(next) = parent(way[way.len() - 1]) {
                if let Some(first) = way.iter().position(|unit| *unit == next) {
                    let mut circle = way[first..].to_vec();
                    circle.sort();
                    note(Rule::Cycle, circle);
                    break;
                }
                way.push(next);
            }
        }
    }
}

//! What histories are drawn from: a small municipality in three hierarchies whose objects meet often, and policies.

use std::collections::BTreeMap;

use mo_core::model::{
    Address, Association, Class, Engagement, Facet, ItAccount, Kind, KleTag, Leave, Manager, Owner, Person,
    RoleBinding, Unit, UnitLink, Value,
};
use mo_core::rules::{Policies, Policy};
use proptest::prelude::*;
use proptest::sample::select;

use crate::broken::field;
use crate::judge::Said;
use crate::model::Window;
use crate::model::draw::{Pools, id};

/// Eight days between the open ends.
pub const WINDOW: Window = Window { last: 9 };

/// The facets that fields demand. The nth class belongs to the nth of them, counted round, so the first few have two.
const FACETS: [&str; 14] = [
    "org_unit_type",
    "engagement_type",
    "primary_type",
    "kle_number",
    "manager_type",
    "responsibility",
    "leave_type",
    "role",
    "association_type",
    "visibility",
    "org_unit_level",
    "time_planning",
    "engagement_job_function",
    "manager_level",
];

const CLASSES: usize = FACETS.len() + 4;

fn classes(facet: &str) -> &'static [usize] {
    const ONE: [[usize; 1]; 14] = [[0], [1], [2], [3], [4], [5], [6], [7], [8], [9], [10], [11], [12], [13]];
    const TWO: [[usize; 2]; 4] = [[0, 14], [1, 15], [2, 16], [3, 17]];
    match FACETS.iter().position(|name| *name == facet) {
        Some(n) => TWO.get(n).map_or(ONE[n].as_slice(), |two| two.as_slice()),
        None => &[],
    }
}

fn own(kind: Kind, n: usize, field: &str) -> Option<Value> {
    let facet = n % FACETS.len();
    match (kind, field) {
        (Kind::Facet, "user_key") => Some(Value::Text(FACETS[facet].into())),
        (Kind::Class, "facet") => Some(Value::Id(id(Kind::Facet, facet))),
        (Kind::Class, "scope") if FACETS[facet] == "primary_type" => Some(Value::Text("3000".into())),
        _ => None,
    }
}

fn texts(kind: Kind, field: &str) -> &'static [&'static str] {
    match (kind, field) {
        (Kind::Facet, "user_key") => &["org_unit_type", "primary_type"],
        (Kind::Class, "scope") => &["0", "3000", "5000", "high"],
        (_, "source") => &["local", "sd"],
        (_, "user_key") => &["a"],
        _ => &["a", "b"],
    }
}

pub fn pools() -> Pools {
    use Kind::{
        Address, Association, Class, Classification, Engagement, Facet, Hierarchy, ItAccount, ItSystem,
        KleTag, Leave, Manager, Owner, Person, RoleBinding, Unit, UnitLink,
    };
    let ids = [
        (Hierarchy, 3),
        (Classification, 1),
        (Facet, FACETS.len()),
        (Class, CLASSES),
        (Unit, 6),
        (Person, 3),
        (Engagement, 3),
        (Association, 3),
        (Manager, 2),
        (Leave, 2),
        (Address, 2),
        (ItSystem, 1),
        (RoleBinding, 2),
        (ItAccount, 3),
        (KleTag, 3),
        (UnitLink, 1),
        (Owner, 1),
    ];
    let often =
        [Unit, Unit, Unit, Unit, Class, Class, Person, Engagement, Engagement, Association, ItAccount];
    let addressed = ids.iter().map(|(kind, _)| *kind).chain(often).collect();
    Pools {
        window: WINDOW,
        ids: ids.into(),
        addressed,
        texts,
        own,
        classes,
        made: 96,
        lasting: 90,
        filled: 40,
        acyclic: false,
        dependents: true,
        odd: 2,
    }
}

type With = fn(Policies, Policy) -> Policies;

macro_rules! relations {
    ($($kind:ident . $field:ident $name:literal;)+) => {
        &[$((Kind::$kind, $name, |policies, policy| policies.with($kind::$field, policy)),)+]
    };
}

/// Every field that policies are drawn for, and how the engine is told.
const RELATIONS: &[(Kind, &str, With)] = relations! {
    Facet.CLASSIFICATION "classification";
    Class.FACET "facet";
    Class.PARENT "parent";
    Class.OWNER "owner";
    Class.REPLACED_BY "replaced_by";
    Unit.PLACEMENTS "placements";
    Unit.UNIT_TYPE "unit_type";
    Person.CPR "cpr";
    Engagement.PERSON "person";
    Engagement.UNIT "unit";
    Engagement.ENGAGEMENT_TYPE "engagement_type";
    Engagement.PRIMARY "primary";
    Association.UNIT "unit";
    Association.PERSON "person";
    Association.SUBSTITUTE "substitute";
    Association.PRIMARY "primary";
    Association.IT_ACCOUNT "it_account";
    Manager.UNIT "unit";
    Manager.PERSON "person";
    Manager.ENGAGEMENT "engagement";
    Manager.MANAGER_TYPE "manager_type";
    Manager.RESPONSIBILITIES "responsibilities";
    Leave.ENGAGEMENT "engagement";
    Leave.LEAVE_TYPE "leave_type";
    Address.UNIT "unit";
    Address.PERSON "person";
    Address.ENGAGEMENT "engagement";
    Address.VISIBILITY "visibility";
    RoleBinding.IT_ACCOUNT "it_account";
    RoleBinding.ROLE "role";
    ItAccount.IT_SYSTEM "it_system";
    ItAccount.PERSON "person";
    ItAccount.UNIT "unit";
    ItAccount.USER_KEY "user_key";
    ItAccount.ENGAGEMENTS "engagements";
    ItAccount.PRIMARY "primary";
    KleTag.UNIT "unit";
    KleTag.CLASS "class";
    UnitLink.FROM "from";
    UnitLink.TO "to";
    Owner.OWNER "owner";
};

/// The policies as the engine takes them.
pub fn policies(said: &Said) -> Policies {
    let mut policies = Policies::new();
    for (kind, name, with) in RELATIONS {
        if let Some(policy) = said.relations.get(&(*kind, field(*kind, name))) {
            policies = with(policies, *policy);
        }
    }
    match said.otherwise {
        Some(policy) => policies.otherwise(policy),
        None => policies,
    }
}

/// Policies; `much` is how many of ten name one for all relations.
pub fn said(much: u32) -> BoxedStrategy<Said> {
    let relations = prop::collection::vec((select(RELATIONS), policy()), 0..=8);
    let relations = prop_oneof![1 => Just(Vec::new()), 1 => relations];
    (relations, 0..10u32, policy())
        .prop_map(move |(relations, chance, otherwise)| {
            // A fallback for one relation is mostly an object of its kind.
            let one = |((kind, name, _), policy): ((Kind, &str, With), Policy)| {
                ((kind, field(kind, name)), fitting(kind, name, policy))
            };
            let relations: BTreeMap<(Kind, u8), Policy> = relations.into_iter().map(one).collect();
            Said { relations, otherwise: (chance < much).then_some(otherwise) }
        })
        .boxed()
}

fn policy() -> BoxedStrategy<Policy> {
    prop_oneof![
        2 => Just(Policy::Refuse),
        4 => Just(Policy::Clip),
        4 => Just(Policy::Vacate),
        4 => Just(Policy::Report),
        4 => (select(vec![Kind::Unit, Kind::Person, Kind::Hierarchy]), 0..3usize)
            .prop_map(|(kind, n)| Policy::Fallback(id(kind, n))),
    ]
    .boxed()
}

/// The fallback of the same number, of the kind the field refers to.
fn fitting(kind: Kind, name: &str, policy: Policy) -> Policy {
    use mo_core::model::ValueType;
    let (_, field) = kind.spec().field(name).unwrap();
    match (policy, field.value) {
        (Policy::Fallback(drawn), ValueType::Ref(target)) => {
            let n = usize::try_from(drawn.as_u128() & 0xff).unwrap();
            let fitting = field.facet.map_or(&[][..], classes);
            Policy::Fallback(id(target, fitting.get(n).copied().unwrap_or(n)))
        }
        (policy, _) => policy,
    }
}

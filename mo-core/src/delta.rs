//! [`Delta`]: how two views differ, and why: because the world changed, or because something was learned.
//!
//! # One day, two beliefs, two numbers
//!
//! How many worked in the school on 1 May? In May the answer was two. In June it is three: the payroll system told late that
//! Eva had begun in April. Nobody moved; something was learned. In July it is two again, and this time the world changed.
//!
//! ```
//! use std::sync::Arc;
//! use mo_core::delta::{DeltaChange, Reason};
//! use mo_core::model::{CountedIds, Engagement, Person, Unit};
//! use mo_core::registry::Registry;
//! use mo_core::start_set;
//! use mo_core::time::{Day, Period, SteppingClock};
//!
//! let clock = Arc::new(SteppingClock::new("2026-01-05T09:00:00Z".parse()?));
//! let registry = Registry::in_memory(Arc::clone(&clock), CountedIds::new("headcount"));
//! let mut edit = registry.edit("anna");
//! start_set::add(&mut edit, Period::ALWAYS);
//! let staff = start_set::class_id("engagement_type", "employee");
//! let school = edit.create(Period::ALWAYS, Unit::new("Skole"));
//! let names = ["Bo", "Ida", "Eva"];
//! let [bo, ida, eva] = names.map(|name| edit.create(Period::ALWAYS, Person::new(name, "Madsen")));
//! let january: Day = "2026-01-01".parse()?;
//! let works = |person| Engagement::new(person, school, staff);
//! edit.create(Period::since(january), works(bo));
//! let idas = edit.create(Period::since(january), works(ida));
//! edit.commit()?;
//! clock.set("2026-06-01T09:00:00Z".parse()?);
//! let mut edit = registry.edit("payroll");
//! let evas = edit.create(Period::since("2026-04-01".parse()?), works(eva));
//! edit.end(idas, "2026-07-01".parse()?);
//! edit.commit()?;
//!
//! let now = registry.snapshot();
//! let believed_in_may = now.as_known("2026-05-02T00:00:00Z".parse::<mo_core::time::Instant>()?);
//! let may = "2026-05-01".parse()?;
//! let headcount = |view: &mo_core::state::View| view.referrers(school, Engagement::UNIT).len();
//! assert_eq!(headcount(&believed_in_may.at(may)), 2);
//! assert_eq!(headcount(&now.at(may)), 3);
//! let july = "2026-07-01".parse()?;
//! assert_eq!(headcount(&now.at(july)), 2);
//!
//! let delta = believed_in_may.at(may).delta_to(&now.at(july));
//! let why = |id: mo_core::model::EngagementId| {
//!     let found = delta.iter().find(|item| item.object == id.into()).map(|item| &item.change);
//!     match found { Some(DeltaChange::Added(why) | DeltaChange::Removed(why)) => Some(why.reason), _ => None }
//! };
//! assert_eq!(why(evas), Some(Reason::Knowledge));
//! assert_eq!(why(idas), Some(Reason::World));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! Its picture, drawn by the library ([as SVG](https://github.com/OS2mo/mo/blob/main/docs/pictures/headcount.svg)):
//!
//! ```text
//!                              2026-01-01  2026-04-01  2026-07-01
//! headcount, as known in May   2 …
//! headcount, as known in June  2 ───────── 3 ───────── 2 …
//! ```

#[cfg(test)]
mod tests;

use uuid::Uuid;

use crate::model::{Kind, ObjectRef, Slot, Value};
use crate::state::cells::{At, State};
use crate::state::tables::{Ix, Tables};
use crate::state::{Snapshot, View};
use crate::time::{Day, Revision};

/// How two views differ, by kind and id.
///
/// With views a = (v₁, k₁) and b = (v₂, k₂) a difference is *knowledge* where it shows between the beliefs on one day, and
/// *world* where it shows between the days in one belief; the corner between them is (v₁, k₂) when k₂ ≥ k₁, else (v₂, k₁).
pub type Delta = Vec<ObjectDelta>;

/// How one object differs.
///
/// ```
/// # use mo_core::{model::*, registry::Registry, time::*};
/// # let clock = SteppingClock::new("2025-03-01T09:00:00Z".parse()?);
/// # let registry = Registry::in_memory(clock, CountedIds::new("object_delta"));
/// let mut edit = registry.edit("anna");
/// let school = edit.create(Period::before("2026-01-01".parse()?), Unit::new("Skole"));
/// edit.create(Period::ALWAYS, Unit::new("Kultur"));
/// edit.commit()?;
/// let now = registry.snapshot();
/// let delta = now.at("2025-12-31".parse()?).delta_to(&now.at("2026-01-01".parse()?));
/// let objects: Vec<ObjectRef> = delta.iter().map(|differs| differs.object).collect();
/// assert_eq!(objects, [school.into()]); // what is the same is not told
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct ObjectDelta {
    /// Which object.
    pub object: ObjectRef,
    /// How.
    pub change: DeltaChange,
}

/// The ways an object can differ between two views.
///
/// ```
/// # use mo_core::{model::*, registry::Registry, time::*};
/// # let clock = SteppingClock::new("2025-03-01T09:00:00Z".parse()?);
/// # let registry = Registry::in_memory(clock, CountedIds::new("delta"));
/// use mo_core::delta::DeltaChange;
///
/// let before = registry.snapshot().at("2026-01-01".parse()?);
/// let mut edit = registry.edit("anna");
/// edit.create(Period::ALWAYS, Unit::new("Skole"));
/// edit.commit()?;
/// let delta = before.delta_to(&registry.snapshot().at(before.day()));
/// assert!(matches!(delta[0].change, DeltaChange::Added(_)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[allow(clippy::exhaustive_enums)]
pub enum DeltaChange {
    /// It exists in the second only.
    Added(Why),
    /// It exists in the first only.
    Removed(Why),
    /// It exists in both, with these fields different, in the order of the declaration.
    Changed(Vec<FieldDelta>),
}

/// How one field, member or entry differs.
///
/// ```
/// # use mo_core::{model::*, registry::Registry, time::*};
/// # let clock = SteppingClock::new("2025-03-01T09:00:00Z".parse()?);
/// # let registry = Registry::in_memory(clock, CountedIds::new("field_delta"));
/// use mo_core::delta::DeltaChange;
///
/// let mut edit = registry.edit("anna");
/// let school = edit.create(Period::ALWAYS, Unit::new("Skole"));
/// edit.change(school, "2026-01-01".parse()?, Patch::new().set(Unit::NAME, "Dagtilbud"));
/// edit.commit()?;
/// let now = registry.snapshot();
/// let delta = now.at("2025-12-31".parse()?).delta_to(&now.at("2026-01-01".parse()?));
/// let DeltaChange::Changed(fields) = &delta[0].change else { panic!("it exists on both days") };
/// assert_eq!(fields[0].before, Some(Value::Text("Skole".into())));
/// assert_eq!(fields[0].after, Some(Value::Text("Dagtilbud".into())));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct FieldDelta {
    /// Which.
    pub slot: Slot,
    /// Its value in the first view.
    pub before: Option<Value>,
    /// Its value in the second.
    pub after: Option<Value>,
    /// Why they differ.
    pub why: Why,
}

/// Why two views differ.
///
/// ```
/// # use mo_core::{model::*, registry::Registry, time::*};
/// # let clock = SteppingClock::new("2025-03-01T09:00:00Z".parse()?);
/// # let registry = Registry::in_memory(clock, CountedIds::new("why"));
/// use mo_core::delta::DeltaChange;
///
/// let mut edit = registry.edit("anna");
/// edit.create(Period::since("2026-01-01".parse()?), Unit::new("Skole"));
/// edit.commit()?;
/// let now = registry.snapshot();
/// let delta = now.at("2025-06-01".parse()?).delta_to(&now.at("2026-06-01".parse()?));
/// let DeltaChange::Added(why) = &delta[0].change else { panic!("it was not there in June") };
/// assert!(why.foreseen); // it was planned all along
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Why {
    /// What lies behind it.
    pub reason: Reason,
    /// Whether the first belief already foresaw the second view's value for its day; never when the second belief is the
    /// earlier one.
    pub foreseen: bool,
}

/// What lies behind a difference.
///
/// ```
/// # use mo_core::{model::*, registry::Registry, time::*};
/// # let clock = SteppingClock::new("2025-03-01T09:00:00Z".parse()?);
/// # let registry = Registry::in_memory(clock, CountedIds::new("reason"));
/// use mo_core::delta::{DeltaChange, Reason};
///
/// let before = registry.snapshot();
/// let mut edit = registry.edit("anna");
/// edit.create(Period::since("2026-01-01".parse()?), Unit::new("Skole"));
/// edit.commit()?;
/// let reason = |delta: mo_core::delta::Delta| match &delta[0].change {
///     DeltaChange::Added(why) => why.reason,
///     _ => unreachable!("it was not there"),
/// };
/// let (old, new): (Day, Day) = ("2025-06-01".parse()?, "2026-06-01".parse()?);
/// let now = registry.snapshot();
/// assert_eq!(reason(now.at(old).delta_to(&now.at(new))), Reason::World); // it opened in between
/// assert_eq!(reason(before.at(new).delta_to(&now.at(new))), Reason::Knowledge); // we heard of it in between
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums)]
pub enum Reason {
    /// Something was learned: the beliefs differ.
    Knowledge,
    /// The world changed: the days differ.
    World,
    /// Both.
    Both,
}

impl Reason {
    /// Its word in JSON.
    pub fn name(self) -> &'static str {
        match self {
            Reason::Knowledge => "knowledge",
            Reason::World => "world",
            Reason::Both => "both",
        }
    }
}

impl View {
    /// How `other` differs from this view. Both must come from one registry.
    ///
    /// # Complexity
    /// O(n) in the objects ever registered.
    pub fn delta_to(&self, other: &View) -> Delta {
        let tables =
            if self.tables().head() < other.tables().head() { other.tables() } else { self.tables() };
        let corners = Corners::of(self, other);
        let mut delta = Delta::new();
        for kind in Kind::ALL {
            let mut of_kind: Vec<(Uuid, DeltaChange)> = tables
                .of_kind(kind)
                .filter_map(|ix| Some((tables.id(ix), corners.compare(tables, kind, ix)?)))
                .collect();
            of_kind.sort_by_key(|(id, _)| *id);
            delta.extend(
                of_kind
                    .into_iter()
                    .map(|(id, change)| ObjectDelta { object: ObjectRef { kind, id }, change }),
            );
        }
        delta
    }
}

type Point = (Day, Revision);

/// The two views and the points between them.
struct Corners {
    a: Point,
    b: Point,
    corner: Point,
    /// The second view's day in the first belief, where that is the earlier one.
    foreseen: Option<Point>,
}

impl Corners {
    fn of(a: &View, b: &View) -> Corners {
        let point = |view: &View| (view.day(), Snapshot::revision(view.snapshot()));
        let (a, b) = (point(a), point(b));
        let forward = b.1 >= a.1;
        let corner = if forward { (a.0, b.1) } else { (b.0, a.1) };
        Corners { a, b, corner, foreseen: forward.then_some((b.0, a.1)) }
    }

    fn compare(&self, tables: &Tables, kind: Kind, ix: Ix) -> Option<DeltaChange> {
        let state = |(day, known): Point| tables.state(ix, day, known);
        let (a, b) = (state(self.a), state(self.b));
        let (corner, foreseen) = (state(self.corner), self.foreseen.map(state));
        let exists = |state: Option<&State>| state.is_some();
        match (a, b) {
            (None, None) => None,
            (Some(a), Some(b)) => {
                let mut slots: Vec<At> = a.cells().iter().chain(b.cells()).map(|cell| cell.at).collect();
                slots.sort_unstable();
                slots.dedup();
                let mut fields: Vec<FieldDelta> = slots
                    .into_iter()
                    .filter(|at| a.get(*at) != b.get(*at))
                    .filter_map(|at| {
                        let value = |state: Option<&State>| state.and_then(|state| state.get(at));
                        let why = self.why(
                            &value(Some(a)),
                            &value(Some(b)),
                            &value(corner),
                            foreseen.map(value).as_ref(),
                        );
                        let decode = |value: Option<u32>| tables.decode_value(kind, at.field, value?);
                        let (before, after) = (decode(a.get(at)), decode(b.get(at)));
                        Some(FieldDelta { slot: tables.decode_slot(kind, at)?, before, after, why })
                    })
                    .collect();
                fields.sort_by(|one, other| one.slot.cmp(&other.slot));
                (!fields.is_empty()).then_some(DeltaChange::Changed(fields))
            }
            (a, b) => {
                let why = self.why(&exists(a), &exists(b), &exists(corner), foreseen.map(exists).as_ref());
                Some(if b.is_some() { DeltaChange::Added(why) } else { DeltaChange::Removed(why) })
            }
        }
    }

    /// Why two different values differ, seen from the corner between them.
    fn why<T: PartialEq>(&self, a: &T, b: &T, corner: &T, foreseen: Option<&T>) -> Why {
        let (first, second) = (a != corner, corner != b);
        let (knowledge, world) = if self.foreseen.is_some() { (first, second) } else { (second, first) };
        let reason = match (knowledge, world) {
            (true, true) => Reason::Both,
            (true, false) => Reason::Knowledge,
            (false, _) => Reason::World,
        };
        Why { reason, foreseen: foreseen == Some(b) }
    }
}

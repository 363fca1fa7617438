//! [`Derived`]: a label that follows from other facts, written as if for one day and worked out for all days. What it reads is
//! followed: between two changes of anything it read, it is not asked again.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};
use std::fmt;

use super::slot;
use crate::history::History;
use crate::model::{Field, HierarchyId, Kind, Object, ObjectId, ObjectRef, Unit, UnitId};
use crate::state::cells::{ROOT, State};
use crate::state::tables::{Ix, Layout, Relation};
use crate::state::{Snapshot, View};
use crate::time::period::{OPEN_END, OPEN_START};
use crate::time::{Day, Period, Revision};
use crate::timeline::Timeline;

/// What a label is on one day.
type Rule<'f, I, T> = dyn Fn(&Reads<'_, 'f, I, T>, I) -> T + 'f;

/// A label of objects, derived over time; made by [`Snapshot::derive`].
///
/// # Line organisation
///
/// A unit is in the line if it has a certain level and somebody works in it, or if any unit below is.
///
/// ```
/// # use mo_core::{model::*, registry::Registry, start_set::{self, class_id}, time::*};
/// # let clock = SteppingClock::new("2024-01-01T09:00:00Z".parse()?);
/// # let registry = Registry::in_memory(clock, CountedIds::new("line"));
/// # let mut edit = registry.edit("anna");
/// # start_set::add(&mut edit, Period::ALWAYS);
/// # let line = edit.create(Period::ALWAYS, Hierarchy::new("Linje", HierarchyUse::Line));
/// # let town = edit.create(Period::ALWAYS, Unit::new("Korsbæk").placements(line, Placement::Root));
/// # let school = edit.create(Period::ALWAYS, Unit::new("Skole").placements(line, town));
/// # let pia = edit.create(Period::ALWAYS, Person::new("Pia", "Korsbæk"));
/// # let staff = class_id("engagement_type", "employee");
/// # edit.create(Period::since("2025-03-01".parse()?), Engagement::new(pia, school, staff));
/// # edit.commit()?;
/// let snapshot = registry.snapshot();
/// let in_line = snapshot.derive("line organisation", |reads, unit: UnitId| {
///     let somebody = !reads.referrers(unit, Engagement::UNIT).is_empty();
///     somebody || reads.children(line, unit).into_iter().any(|below| reads.derived(below) == Some(true))
/// });
/// let town = in_line.over(town);
/// assert_eq!(town.get("2025-02-28".parse()?), Some(&false));
/// assert_eq!(town.get("2025-03-01".parse()?), Some(&true));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Primary engagement
///
/// Of the engagements of a person the one with the greatest fraction is primary; of equals the one with the lowest key (as
/// OS2mo's calculation has it; with numbers for keys that is the rule of SD, with an order of types in front that of OPUS). One
/// that is marked as primary goes before all.
///
/// ```
/// # use std::cmp::Reverse;
/// # use mo_core::{model::*, registry::Registry, start_set::{self, class_id}, time::*};
/// # let clock = SteppingClock::new("2024-01-01T09:00:00Z".parse()?);
/// # let registry = Registry::in_memory(clock, CountedIds::new("primary"));
/// # let mut edit = registry.edit("anna");
/// # start_set::add(&mut edit, Period::ALWAYS);
/// # let unit = edit.create(Period::ALWAYS, Unit::new("Skole"));
/// # let pia = edit.create(Period::ALWAYS, Person::new("Pia", "Korsbæk"));
/// # let staff = class_id("engagement_type", "employee");
/// # let part = |parts| Engagement::new(pia, unit, staff).fraction(Fraction::new(parts).unwrap());
/// # let half = edit.create(Period::ALWAYS, part(500_000).user_key("2"));
/// # let more = edit.create(Period::since("2025-03-01".parse()?), part(600_000).user_key("7"));
/// # edit.commit()?;
/// let fixed = class_id("primary_type", "explicitly-primary");
/// let types = [class_id("engagement_type", "employee"), class_id("engagement_type", "employee_hourly")];
/// let primary = |strategy: u8| registry.snapshot().derive("primary", move |reads, person: PersonId| {
///     let held = reads.referrers(person, Engagement::PERSON).into_iter();
///     held.filter_map(|id| Some((id, reads.get(id)?))).min_by_key(|(id, engagement)| {
///         let key = engagement.user_key.clone();
///         let number = key.as_ref().and_then(|key| key.parse::<u64>().ok()).unwrap_or(u64::MAX);
///         let fraction = Reverse(engagement.fraction.map_or(0, Fraction::parts_per_million));
///         let order = types.iter().position(|t| *t == engagement.engagement_type);
///         let unmarked = engagement.primary != Some(fixed);
///         match strategy {
///             0 => (unmarked, None, fraction, 0, key, *id),            // default
///             1 => (unmarked, None, fraction, number, None, *id),      // SD
///             _ => (unmarked, order, Reverse(0), number, None, *id),   // OPUS
///         }
///     }).map(|(id, _)| id)
/// }).over(pia);
/// assert_eq!(primary(0).get("2025-02-28".parse()?), Some(&Some(half)));
/// assert_eq!(primary(1).get("2025-03-01".parse()?), Some(&Some(more)));
/// assert_eq!(primary(2).get("2025-03-01".parse()?), Some(&Some(half)));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Manager without engagement
///
/// ```
/// # use mo_core::{model::*, registry::Registry, start_set::{self, class_id}, time::*};
/// # let clock = SteppingClock::new("2024-01-01T09:00:00Z".parse()?);
/// # let registry = Registry::in_memory(clock, CountedIds::new("managers"));
/// # let mut edit = registry.edit("anna");
/// # start_set::add(&mut edit, Period::ALWAYS);
/// # let unit = edit.create(Period::ALWAYS, Unit::new("Skole"));
/// # let pia = edit.create(Period::ALWAYS, Person::new("Pia", "Korsbæk"));
/// # let staff = class_id("engagement_type", "employee");
/// # edit.create(Period::before("2026-01-01".parse()?), Engagement::new(pia, unit, staff));
/// # let leads = Manager::new(unit, class_id("manager_type", "head_of_department")).person(pia);
/// # let seat = edit.create(Period::ALWAYS, leads);
/// # edit.commit()?;
/// let snapshot = registry.snapshot();
/// let without = snapshot.derive("manager without engagement", |reads, manager: ManagerId| {
///     let person = reads.get(manager).and_then(|manager| manager.person);
///     person.is_some_and(|person| reads.referrers(person, Engagement::PERSON).is_empty())
/// });
/// assert_eq!(without.over(seat).get("2025-12-31".parse()?), Some(&false));
/// assert_eq!(without.over(seat).get("2026-01-01".parse()?), Some(&true));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Derived<'f, I, T> {
    name: String,
    snapshot: Snapshot,
    known: Revision,
    rule: Box<Rule<'f, I, T>>,
    found: RefCell<HashMap<ObjectRef, Timeline<T>>>,
    /// Being worked out: what asks for itself on the way is told nothing.
    open: RefCell<HashSet<ObjectRef>>,
}

impl<I, T> fmt::Debug for Derived<'_, I, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Derived").field("name", &self.name).finish_non_exhaustive()
    }
}

/// What a rule reads through: the facts of one day, with a note of how long each of them stays as it is.
///
/// ```
/// # use mo_core::{model::*, registry::Registry, time::*};
/// # let clock = SteppingClock::new("2024-01-01T09:00:00Z".parse()?);
/// # let registry = Registry::in_memory(clock, CountedIds::new("reads"));
/// # let mut edit = registry.edit("anna");
/// # let line = edit.create(Period::ALWAYS, Hierarchy::new("Linje", HierarchyUse::Line));
/// # let town = edit.create(Period::ALWAYS, Unit::new("Korsbæk").placements(line, Placement::Root));
/// # let school = edit.create(Period::ALWAYS, Unit::new("Skole").placements(line, town));
/// # edit.commit()?;
/// let snapshot = registry.snapshot();
/// let depth = snapshot.derive("depth", |reads, unit: UnitId| reads.ancestors(line, unit).len());
/// assert_eq!(depth.over(school).get("2025-03-01".parse()?), Some(&1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Reads<'a, 'f, I, T> {
    derived: &'a Derived<'f, I, T>,
    view: View,
    /// The days around the view's on which nothing read so far changes.
    same: Cell<(i32, i32)>,
    read: RefCell<Vec<ObjectRef>>,
}

impl<I, T> fmt::Debug for Reads<'_, '_, I, T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Reads").field("day", &self.view.day()).finish_non_exhaustive()
    }
}

impl Snapshot {
    /// A label named `name` that `rule` works out from the facts of a day.
    ///
    /// The rule is to look only at what it is given; it may ask for the label of other objects, and so climb or descend a
    /// tree as it was on each day. It is asked once for every stretch of days on which nothing it read changes.
    pub fn derive<'f, I, T>(
        &self,
        name: impl Into<String>,
        rule: impl Fn(&Reads<'_, 'f, I, T>, I) -> T + 'f,
    ) -> Derived<'f, I, T>
    where
        I: ObjectId + Copy,
        T: Clone + PartialEq,
    {
        Derived {
            name: name.into(),
            snapshot: self.clone(),
            known: self.revision(),
            rule: Box::new(rule),
            found: RefCell::default(),
            open: RefCell::default(),
        }
    }
}

impl<'f, I: ObjectId + Copy, T: Clone + PartialEq> Derived<'f, I, T> {
    /// What it is called.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The label of an object over its whole life.
    ///
    /// # Complexity
    /// One call of the rule for every stretch of days on which nothing it read changes; the label of each object is worked
    /// out once.
    pub fn over(&self, id: I) -> Timeline<T> {
        let object: ObjectRef = id.into();
        if let Some(found) = self.found.borrow().get(&object) {
            return found.clone();
        }
        let life =
            self.snapshot.object(object).map(|(_, history)| history.life(self.known)).unwrap_or_default();
        self.open.borrow_mut().insert(object);
        let mut pieces: Vec<(Period, T)> = Vec::new();
        for period in life.periods() {
            let (mut from, until) = period.raw();
            while from < until {
                let day = Day::from_epoch_days(from).unwrap_or(Day::MIN);
                let reads = self.reads(day);
                reads.narrow((from, until));
                let value = (self.rule)(&reads, id);
                let (_, end) = reads.same.get();
                pieces.extend(Period::from_raw(from, end).map(|days| (days, value)));
                from = end;
            }
        }
        self.open.borrow_mut().remove(&object);
        let found = Timeline::from_pieces(pieces).unwrap_or_default();
        self.found.borrow_mut().insert(object, found.clone());
        found
    }

    /// The label of an object on a day, with the objects that were read to find it, in the order in which they were first
    /// read.
    pub fn explain(&self, id: I, day: Day) -> Option<(T, Vec<ObjectRef>)> {
        self.snapshot.object(id.into())?.1.get(day, self.known)?;
        let reads = self.reads(day);
        let value = (self.rule)(&reads, id);
        let mut seen = HashSet::new();
        let read = reads.read.into_inner().into_iter().filter(|object| seen.insert(*object)).collect();
        Some((value, read))
    }

    fn reads(&self, day: Day) -> Reads<'_, 'f, I, T> {
        Reads {
            derived: self,
            view: self.snapshot.at(day),
            same: Cell::new((OPEN_START, OPEN_END)),
            read: RefCell::default(),
        }
    }
}

impl<I: ObjectId + Copy, T: Clone + PartialEq> Reads<'_, '_, I, T> {
    /// The day. A rule that looks at it is asked for that day alone.
    pub fn day(&self) -> Day {
        let day = self.view.day().epoch_days();
        self.narrow((day, day + 1));
        self.view.day()
    }

    /// The state of an object; `None` when it does not exist on the day.
    pub fn get<J: ObjectId + Copy>(&self, id: J) -> Option<J::Object> {
        let object = id.into();
        if let Some((_, history)) = self.derived.snapshot.object(object) {
            // Cheap, and what is compared; the method itself is of one lifetime only.
            #[allow(clippy::redundant_closure_for_method_calls)]
            self.follow(object, history, |state| state.cloned());
        }
        self.view.get(id)
    }

    /// Whether an object exists on the day.
    pub fn exists(&self, object: impl Into<ObjectRef>) -> bool {
        let object = object.into();
        let named = self.derived.snapshot.object(object);
        named.is_some_and(|(_, history)| self.follow(object, history, |state| state.is_some()))
    }

    /// The objects that refer to `target` through a field, by name then id.
    pub fn referrers<K: Object, S>(&self, target: impl Into<ObjectRef>, by: Field<K, S>) -> Vec<K::Id> {
        let target = target.into();
        let layout = Layout::of(K::KIND);
        if let Some(target) = self.view.ix(target) {
            for in_key in [false, true] {
                let relation = Relation { kind: K::KIND, field: by.index, in_key };
                self.follow_all(target, relation, |state| {
                    let cells = state.field(by.index);
                    cells
                        .flat_map(|cell| layout.references(cell))
                        .any(|r| r.relation == relation && r.target == target)
                });
            }
        }
        self.view.referrers(target, by)
    }

    /// The unit right above, when it exists.
    pub fn parent(&self, hierarchy: HierarchyId, unit: UnitId) -> Option<UnitId> {
        let at = slot(self.view.ix(hierarchy.into())?);
        let (_, history) = self.derived.snapshot.object(unit.into())?;
        let above = self.follow(unit.into(), history, |state| state.and_then(|state| state.get(at)))?;
        let parent = UnitId::new(self.view.tables().id(Ix(Some(above).filter(|above| *above != ROOT)?)));
        self.exists(parent).then_some(parent)
    }

    /// The units above, nearest first.
    pub fn ancestors(&self, hierarchy: HierarchyId, unit: UnitId) -> Vec<UnitId> {
        let mut seen = HashSet::from([unit]);
        let above = std::iter::successors(self.parent(hierarchy, unit), |unit| self.parent(hierarchy, *unit));
        above.take_while(|unit| seen.insert(*unit)).collect()
    }

    /// The units right below, by name then id.
    pub fn children(&self, hierarchy: HierarchyId, unit: UnitId) -> Vec<UnitId> {
        if let (Some(hierarchy), Some(unit)) = (self.view.ix(hierarchy.into()), self.view.ix(unit.into())) {
            let at = slot(hierarchy);
            let relation = Relation { kind: Kind::Unit, field: Unit::PLACEMENTS.index, in_key: false };
            self.follow_all(unit, relation, |state| state.get(at) == Some(unit.0));
        }
        self.view.children(hierarchy, unit)
    }

    /// The label itself of another object on the day; `None` where that does not exist, and where it is asked for while it is
    /// being worked out.
    pub fn derived(&self, id: I) -> Option<T> {
        if self.derived.open.borrow().contains(&id.into()) {
            return None;
        }
        let timeline = self.derived.over(id);
        let day = self.view.day();
        let (period, value) = match timeline.piece_at(day) {
            Some((period, value)) => (Some(period), Some(value.clone())),
            None => (timeline.holes().piece_at(day).map(|(period, ())| period), None),
        };
        self.read.borrow_mut().push(id.into());
        self.narrow(period.map_or((OPEN_START, OPEN_END), Period::raw));
        value
    }

    fn narrow(&self, (from, until): (i32, i32)) {
        let (low, high) = self.same.get();
        self.same.set((low.max(from), high.min(until)));
    }

    /// What something says of an object on the day; the answer is good for as long as it says the same.
    fn follow<V: PartialEq>(
        &self,
        object: ObjectRef,
        history: &History<State>,
        says: impl Fn(Option<&State>) -> V,
    ) -> V {
        self.read.borrow_mut().push(object);
        let (value, days) = run(history, self.view.day().epoch_days(), self.derived.known, says);
        self.narrow(days);
        value
    }

    /// Follows whether objects that ever referred to `target` do.
    fn follow_all(&self, target: Ix, relation: Relation, refers: impl Fn(&State) -> bool) {
        let tables = self.view.tables();
        for ix in tables.referrers(target, relation) {
            if let (Some(history), Some(kind)) = (tables.history(ix), tables.kind(ix)) {
                let object = ObjectRef { kind, id: tables.id(ix) };
                self.follow(object, history, |state| state.is_some_and(&refers));
            }
        }
    }
}

/// What is said of the state on a day, and the longest run of days around it on which the same is said.
fn run<V: PartialEq>(
    history: &History<State>,
    day: i32,
    known: Revision,
    says: impl Fn(Option<&State>) -> V,
) -> (V, (i32, i32)) {
    let (mut value, mut from, mut reached) = (says(None), OPEN_START, OPEN_START);
    let pieces = history.believed(known).map(|rect| (rect.valid.raw(), Some(rect.value)));
    for ((low, high), state) in pieces.chain([((OPEN_END, OPEN_END), None)]) {
        // What lies between two pieces is a hole.
        for (begins, said) in
            [(reached < low).then(|| (reached, says(None))), Some((low, says(state)))].into_iter().flatten()
        {
            if said != value {
                if begins > day {
                    return (value, (from, begins));
                }
                (value, from) = (said, begins);
            }
        }
        reached = high;
    }
    (value, (from, OPEN_END))
}

//! [`FieldEffect`]: what a registration, or a plan, changes, field by field; and how two lists of them differ.

use std::cmp::Ordering;
use std::collections::BTreeMap;

use crate::journal::{At, Json, JsonError, JsonKey, object_json, object_ref_from, period_from, period_json};
use crate::journal::{plain_id, slot_from, slot_path, value_from, value_json};
use crate::model::{Kind, ObjectRef, Shape, Slot, Value};
use crate::registry::Evaluated;
use crate::state::cells::{At as CellAt, State};
use crate::state::tables::{Ix, Tables};
use crate::state::{Snapshot, slot_text, value_text};
use crate::time::{Period, Revision};
use crate::timeline::Timeline;

/// One field of one object gets another value on a maximal period; or, without a slot, the object comes or goes.
///
/// On days that an object loses only its going is an effect; on days it gains, its coming and each value it then has.
///
/// ```
/// # use mo_core::{model::*, plan::*, registry::Registry, start_set::{self, class_id}, time::*};
/// # let clock = SteppingClock::new("2026-06-01T09:00:00Z".parse()?);
/// # let registry = Registry::in_memory(clock, CountedIds::new("field_effect"));
/// # let january: Day = "2027-01-01".parse()?;
/// # let mut edit = registry.edit("anna");
/// # start_set::add(&mut edit, Period::ALWAYS);
/// # let line = edit.create(Period::ALWAYS, Hierarchy::new("Linje", HierarchyUse::Line));
/// # let town = edit.create(Period::ALWAYS, Unit::new("Korsbæk").placements(line, Placement::Root));
/// # let school = edit.create(Period::ALWAYS, Unit::new("Skole").placements(line, town));
/// # let culture = edit.create(Period::ALWAYS, Unit::new("Kultur").placements(line, town));
/// # let ida = edit.create(Period::ALWAYS, Person::new("Ida", "Holm"));
/// # let bo = edit.create(Period::ALWAYS, Person::new("Bo", "Madsen"));
/// # let employee = class_id("engagement_type", "employee");
/// # let work = edit.create(Period::ALWAYS, Engagement::new(bo, school, employee));
/// # edit.commit()?;
/// let everyone = Each::<Engagement>::during(Period::since(january))
///     .having(Engagement::UNIT, school)
///     .change(Patch::new().set(Engagement::UNIT, culture));
/// let move_all = Proposal::new("Fra Skole til Kultur", "anna").with(everyone);
/// let plan = registry.plan(move_all)?;
/// let effect = &plan.effects()[0]; // one field, on one period
/// assert_eq!((effect.object, effect.valid), (work.into(), Period::since(january)));
/// assert_eq!((&effect.before, &effect.after), (&Some(Value::Id(school.uuid())), &Some(Value::Id(culture.uuid()))));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct FieldEffect {
    /// Which object.
    pub object: ObjectRef,
    /// Which field, member or entry; `None`: whether it exists at all ([`Value::True`] or nothing).
    pub slot: Option<Slot>,
    /// On which days.
    pub valid: Period,
    /// The value before.
    pub before: Option<Value>,
    /// The value after.
    pub after: Option<Value>,
}

/// How the effects of a plan are no longer what they were.
///
/// ```
/// # use mo_core::{model::*, plan::*, registry::Registry, start_set::{self, class_id}, time::*};
/// # let clock = SteppingClock::new("2026-06-01T09:00:00Z".parse()?);
/// # let registry = Registry::in_memory(clock, CountedIds::new("difference"));
/// # let january: Day = "2027-01-01".parse()?;
/// # let mut edit = registry.edit("anna");
/// # start_set::add(&mut edit, Period::ALWAYS);
/// # let line = edit.create(Period::ALWAYS, Hierarchy::new("Linje", HierarchyUse::Line));
/// # let town = edit.create(Period::ALWAYS, Unit::new("Korsbæk").placements(line, Placement::Root));
/// # let school = edit.create(Period::ALWAYS, Unit::new("Skole").placements(line, town));
/// # let culture = edit.create(Period::ALWAYS, Unit::new("Kultur").placements(line, town));
/// # let ida = edit.create(Period::ALWAYS, Person::new("Ida", "Holm"));
/// # let bo = edit.create(Period::ALWAYS, Person::new("Bo", "Madsen"));
/// # let employee = class_id("engagement_type", "employee");
/// # let work = edit.create(Period::ALWAYS, Engagement::new(bo, school, employee));
/// # edit.commit()?;
/// let everyone = Each::<Engagement>::during(Period::since(january))
///     .having(Engagement::UNIT, school)
///     .change(Patch::new().set(Engagement::UNIT, culture));
/// let move_all = Proposal::new("Fra Skole til Kultur", "anna").with(everyone);
/// let plan = registry.plan(move_all)?;
/// let mut edit = registry.edit("ib");
/// edit.end(work, january); // meanwhile: Bo has given notice
/// edit.commit()?;
/// let mut refreshed = plan.clone();
/// let differences = refreshed.refresh(&registry)?;
/// assert!(matches!(&differences[0], Difference::Gone(effect) if effect.object == work.into()));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums)]
pub enum Difference {
    /// It was planned, and would not happen now.
    Gone(FieldEffect),
    /// It was not planned, and would happen now.
    New(FieldEffect),
}

impl Difference {
    /// The effect that differs.
    pub fn effect(&self) -> &FieldEffect {
        match self {
            Difference::Gone(effect) | Difference::New(effect) => effect,
        }
    }
}

impl FieldEffect {
    fn key(&self) -> (ObjectRef, &Option<Slot>, Period, &Option<Value>, &Option<Value>) {
        (self.object, &self.slot, self.valid, &self.before, &self.after)
    }

    /// The effect as a sentence of a list; objects are called what the tables call them, CPR numbers are masked.
    pub(crate) fn words(&self, tables: &Tables) -> String {
        let value = |value: &Option<Value>| {
            value.as_ref().map_or("nothing".to_owned(), |value| value_text(tables, value))
        };
        match &self.slot {
            None if self.after.is_some() => format!("exists {}", self.valid),
            None => format!("exists no longer {}", self.valid),
            Some(slot) => format!(
                "{}: {} → {} {}",
                slot_text(tables, self.object.kind, slot),
                value(&self.before),
                value(&self.after),
                self.valid
            ),
        }
    }

    pub(crate) fn to_json(&self) -> Json {
        let mut json = object_json(self.object);
        let value = |value: &Option<Value>| value.as_ref().map_or(Json::Null, value_json);
        if let Some(slot) = &self.slot {
            json.push(
                "field",
                match slot_path(self.object.kind, slot) {
                    JsonKey::Path(field, id) => Json::Path(field, id),
                    other => Json::Text(other.text()),
                },
            );
        }
        json.push("valid", period_json(self.valid));
        json.push("before", value(&self.before));
        json.push("after", value(&self.after));
        json
    }

    pub(crate) fn from_json(at: &At) -> Result<FieldEffect, JsonError> {
        at.only(&["kind", "id", "field", "valid", "before", "after"])?;
        let object = object_ref_from(at, &plain_id)?;
        let slot = at.optional("field").map(|at| slot_from(object.kind, &at, &plain_id)).transpose()?;
        let value = |key| -> Result<Option<Value>, JsonError> {
            let at = at.required(key)?;
            let field = slot.as_ref().and_then(|slot| object.kind.spec().fields.get(usize::from(slot.field)));
            match (at.json, field) {
                (Json::Null, _) => Ok(None),
                (_, Some(field)) if field.shape != Shape::Set => value_from(field, &at, &plain_id),
                _ => Ok(at.bool()?.then_some(Value::True)),
            }
        };
        let (before, after) = (value("before")?, value("after")?);
        Ok(FieldEffect { object, slot, valid: period_from(&at.required("valid")?)?, before, after })
    }
}

/// What a commit would change, by object, field and time.
pub(crate) fn of_evaluated(evaluated: &Evaluated) -> Vec<FieldEffect> {
    let tables = &evaluated.tables;
    let mut all = Vec::new();
    for (kind, ix, effects) in &evaluated.effects {
        let before = tables.timeline(*ix);
        let mut now = before.clone();
        for (period, state) in effects {
            match state {
                Some(state) => now.insert(*period, state.clone()),
                None => now.remove(*period),
            }
        }
        of_object(tables, *kind, *ix, &before, &now, &mut all);
    }
    all
}

type Change = (Period, Option<u32>, Option<u32>);

fn of_object(
    tables: &Tables,
    kind: Kind,
    ix: Ix,
    before: &Timeline<State>,
    now: &Timeline<State>,
    all: &mut Vec<FieldEffect>,
) {
    let mut slots: BTreeMap<Option<CellAt>, Vec<Change>> = BTreeMap::new();
    let mut push = |at, period: Period, before, after| {
        let changes = slots.entry(at).or_default();
        match changes.last_mut() {
            Some((last, b, a)) if last.meets(period) && (*b, *a) == (before, after) => {
                *last = last.hull(period);
            }
            _ => changes.push((period, before, after)),
        }
    };
    for (period, old, new) in before.diff(now) {
        if old.is_some() != new.is_some() {
            push(None, period, old.map(|_| 1), new.map(|_| 1));
        }
        let Some(new) = new else { continue };
        let value = |at| old.and_then(|old| old.get(at));
        for cell in new.cells() {
            if value(cell.at) != Some(cell.value) {
                push(Some(cell.at), period, value(cell.at), Some(cell.value));
            }
        }
        for cell in old.into_iter().flat_map(State::cells) {
            if new.get(cell.at).is_none() {
                push(Some(cell.at), period, Some(cell.value), None);
            }
        }
    }
    let object = ObjectRef { kind, id: tables.id(ix) };
    let start = all.len();
    for (at, changes) in slots {
        let slot = match at {
            None => None,
            Some(at) => match tables.decode_slot(kind, at) {
                Some(slot) => Some(slot),
                None => continue,
            },
        };
        let value = |value: Option<u32>| match at {
            None => value.map(|_| Value::True),
            Some(at) => tables.decode_value(kind, at.field, value?),
        };
        all.extend(changes.into_iter().map(|(valid, before, after)| FieldEffect {
            object,
            slot: slot.clone(),
            valid,
            before: value(before),
            after: value(after),
        }));
    }
    if let Some(own) = all.get_mut(start..) {
        own.sort_by(|a, b| a.key().cmp(&b.key()));
    }
}

/// What is in one list and not in the other; both are in order.
pub(super) fn differences(planned: &[FieldEffect], now: &[FieldEffect]) -> Vec<Difference> {
    let (mut planned, mut now) = (planned.iter().peekable(), now.iter().peekable());
    let mut found = Vec::new();
    loop {
        let order = match (planned.peek(), now.peek()) {
            (Some(planned), Some(now)) => planned.key().cmp(&now.key()),
            (Some(_), None) => Ordering::Less,
            (None, Some(_)) => Ordering::Greater,
            (None, None) => return found,
        };
        match order {
            Ordering::Less => found.extend(planned.next().cloned().map(Difference::Gone)),
            Ordering::Greater => found.extend(now.next().cloned().map(Difference::New)),
            Ordering::Equal => {
                planned.next();
                now.next();
            }
        }
    }
}

impl Snapshot {
    /// What a registration changed, field by field, by object, field and time; nothing for one it does not see.
    ///
    /// # Complexity
    /// O(k) in the rectangles of the objects it touched.
    pub fn effects_of(&self, revision: Revision) -> Vec<FieldEffect> {
        let tables = self.tables();
        let seen = revision <= self.revision();
        let Some(row) = tables.registration(revision).filter(|_| seen) else { return Vec::new() };
        let earlier = Revision::new(revision.number().saturating_sub(1));
        let mut touched: Vec<(ObjectRef, Ix)> = row
            .touched
            .iter()
            .filter_map(|ix| Some((ObjectRef { kind: tables.kind(*ix)?, id: tables.id(*ix) }, *ix)))
            .collect();
        touched.sort_unstable();
        let mut all = Vec::new();
        for (object, ix) in touched {
            let (before, now) =
                (tables.timeline_as_known(ix, earlier), tables.timeline_as_known(ix, revision));
            of_object(tables, object.kind, ix, &before, &now, &mut all);
        }
        all
    }
}

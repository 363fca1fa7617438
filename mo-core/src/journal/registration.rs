//! [`Registration`]: one commit as data, and its JSON form, version 1.

use std::collections::HashSet;

use uuid::Uuid;

use super::form::{fields_from, object_ref_from, period_from, plain_id, write_fields, write_period};
use super::json::{At, Json, JsonError};
use super::sink::{KeyRef, Sink, TreeSink};
use crate::model::value::Text;
use crate::model::{FieldSource, Fields, ObjectRef, UnitId};
use crate::time::{Day, Instant, Period, Revision};

/// One commit as the journal keeps it: when, who, why, and for every touched object the periods that changed with their
/// new states.
///
/// ```
/// # use mo_core::{model::*, registry::Registry, time::*};
/// # let clock = SteppingClock::new("2025-03-01T09:00:00Z".parse()?);
/// # let registry = Registry::in_memory(clock, CountedIds::new("registration"));
/// let mut edit = registry.edit("anna").note("startmøde");
/// edit.create(Period::ALWAYS, Unit::new("Skole"));
/// edit.commit()?;
/// for registration in registry.snapshot().registrations(Revision::ZERO) {
///     let note = registration.note.as_deref().unwrap_or("");
///     println!("{} {} {}: {note}", registration.revision, registration.registered_at, registration.actor);
///     assert_eq!(mo_core::journal::Registration::from_json(&registration.to_json())?, registration);
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[doc(alias = "Registrering")]
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Registration {
    /// Its number in the registry.
    pub revision: Revision,
    /// When the registry learned it.
    pub registered_at: Instant,
    /// Its own id, by which a writer recognises it after a lost acknowledgement.
    pub id: Uuid,
    /// Who.
    #[doc(alias = "Bruger")]
    pub actor: Text,
    /// Why, in words.
    pub note: Option<Text>,
    /// What it is part of: a plan, an import.
    pub cause: Option<Text>,
    /// The registration it undoes.
    pub compensates: Option<Revision>,
    /// Which units it let others take over from.
    pub succession: Vec<Succession>,
    /// The touched objects, by kind and id.
    pub changes: Vec<Change>,
}

/// One unit took over from another: merged into it, split from it, or named as its destination when it closed.
///
/// ```
/// # use mo_core::{model::*, registry::Registry, time::*};
/// # let clock = SteppingClock::new("2025-03-01T09:00:00Z".parse()?);
/// # let registry = Registry::in_memory(clock, CountedIds::new("succession"));
/// use mo_core::plan::{ApprovalRule, Proposal, Reorganisation};
///
/// let mut edit = registry.edit("anna");
/// let line = edit.create(Period::ALWAYS, Hierarchy::new("Linje", HierarchyUse::Line));
/// let town = edit.create(Period::ALWAYS, Unit::new("Korsbæk").placements(line, Placement::Root));
/// let [school, culture] =
///     ["Skole", "Kultur"].map(|name| edit.create(Period::ALWAYS, Unit::new(name).placements(line, town)));
/// edit.commit()?;
///
/// let day: Day = "2027-01-01".parse()?;
/// let merger = Reorganisation::new("Sammenlægning", line, day).merge([school], culture);
/// registry.plan(Proposal::new("Sammenlægning", "anna").with(merger))?.commit(&registry, "anna", ApprovalRule::None)?;
/// let successions = registry.snapshot().successions();
/// assert_eq!((successions[0].from, successions[0].to, successions[0].day), (school, culture, day));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[doc(alias = "Erstatter")]
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Succession {
    /// The unit before.
    pub from: UnitId,
    /// The unit after.
    pub to: UnitId,
    /// The first day of the new order.
    pub day: Day,
}

/// What a registration says beside its effects, for those who ask later.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Marks {
    pub(crate) compensates: Option<Revision>,
    pub(crate) succession: Vec<Succession>,
}

impl Marks {
    pub(crate) fn is_empty(&self) -> bool {
        self.compensates.is_none() && self.succession.is_empty()
    }
}

/// What a registration changed in one object.
///
/// ```
/// # use mo_core::{model::*, registry::Registry, time::*};
/// # let clock = SteppingClock::new("2025-03-01T09:00:00Z".parse()?);
/// # let registry = Registry::in_memory(clock, CountedIds::new("change"));
/// let mut edit = registry.edit("anna");
/// let school = edit.create(Period::ALWAYS, Unit::new("Skole"));
/// edit.commit()?;
/// let registration = registry.snapshot().registration(Revision::new(1)).unwrap();
/// let change = &registration.changes[0];
/// assert_eq!((change.object, change.effects.len()), (school.into(), 1));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Change {
    /// Which object.
    pub object: ObjectRef,
    /// The maximal periods with an equal new state, in order.
    pub effects: Vec<Effect>,
}

/// A period and the state that now holds in it; `None`: the object is absent.
///
/// ```
/// # use mo_core::{model::*, registry::Registry, time::*};
/// # let clock = SteppingClock::new("2025-03-01T09:00:00Z".parse()?);
/// # let registry = Registry::in_memory(clock, CountedIds::new("effect"));
/// let mut edit = registry.edit("anna");
/// let school = edit.create(Period::ALWAYS, Unit::new("Skole"));
/// edit.commit()?;
/// let mut edit = registry.edit("anna");
/// edit.end(school, "2026-01-01".parse()?);
/// edit.commit()?;
/// let registration = registry.snapshot().registration(Revision::new(2)).unwrap();
/// let effect = &registration.changes[0].effects[0]; // what changed, not the command that did it
/// assert_eq!((effect.valid, &effect.state), (Period::since("2026-01-01".parse()?), &None));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Effect {
    /// The days.
    pub valid: Period,
    /// The new state.
    pub state: Option<Fields>,
}

impl Registration {
    /// A registration with these parts.
    pub(crate) fn new(
        revision: Revision,
        registered_at: Instant,
        id: Uuid,
        actor: Text,
        changes: Vec<Change>,
    ) -> Registration {
        Registration {
            revision,
            registered_at,
            id,
            actor,
            note: None,
            cause: None,
            compensates: None,
            succession: Vec::new(),
            changes,
        }
    }

    /// Its JSON form, version 1.
    pub fn to_json(&self) -> Json {
        let mut sink = TreeSink::default();
        self.write(&mut sink);
        sink.finish()
    }

    fn write(&self, sink: &mut impl Sink) {
        let header = Header {
            revision: self.revision,
            registered_at: self.registered_at,
            id: self.id,
            actor: &self.actor,
            note: self.note.as_ref(),
            cause: self.cause.as_ref(),
            compensates: self.compensates,
            succession: &self.succession,
        };
        header.write(sink, |sink| {
            for change in &self.changes {
                let effects = change.effects.iter().map(|effect| (effect.valid, effect.state.as_ref()));
                write_change(sink, change.object, effects);
            }
        });
    }

    /// Reads the JSON form, version 1.
    ///
    /// # Errors
    /// Where a key is missing, unknown or comes twice, a value is not of its type, or an object stands there twice, with its
    /// place in the document.
    pub fn from_json(json: &Json) -> Result<Registration, JsonError> {
        let at = At::top(json);
        // First of all: what else a newer form has is no mistake in it.
        let version = at.required("v")?;
        if version.number()? != 1 {
            return Err(version.error(
                "this program reads version 1 of the journal, and a newer program wrote this one: use that one",
            ));
        }
        at.only(&[
            "v",
            "revision",
            "registered_at",
            "id",
            "actor",
            "note",
            "cause",
            "compensates",
            "succession",
            "changes",
        ])?;
        let text = |key| at.optional(key).map(|at| at.text().map(Text::from)).transpose();
        let changes = at.required("changes")?;
        Ok(Registration {
            revision: Revision::new(at.required("revision")?.number()?),
            registered_at: at.required("registered_at")?.parse()?,
            id: at.required("id")?.id(&plain_id)?,
            actor: Text::from(at.required("actor")?.text()?),
            note: text("note")?,
            cause: text("cause")?,
            compensates: at.optional("compensates").map(|at| at.number().map(Revision::new)).transpose()?,
            succession: match at.optional("succession") {
                Some(at) => at.items()?.map(|at| Succession::from_json(&at)).collect::<Result<_, _>>()?,
                None => Vec::new(),
            },
            changes: changes_from(&changes)?,
        })
    }
}

impl Succession {
    pub(crate) fn new(from: UnitId, to: UnitId, day: Day) -> Succession {
        Succession { from, to, day }
    }

    fn from_json(at: &At) -> Result<Succession, JsonError> {
        at.only(&["from", "to", "day"])?;
        let unit = |key| at.required(key)?.id(&plain_id).map(UnitId::new);
        Ok(Succession { from: unit("from")?, to: unit("to")?, day: at.required("day")?.day()? })
    }

    fn write(self, sink: &mut impl Sink) {
        sink.begin_object();
        sink.key(KeyRef::Word("from"));
        sink.id(self.from.uuid());
        sink.key(KeyRef::Word("to"));
        sink.id(self.to.uuid());
        sink.key(KeyRef::Word("day"));
        sink.plain(format_args!("{}", self.day));
        sink.end_object();
    }
}

fn changes_from(at: &At) -> Result<Vec<Change>, JsonError> {
    let mut changes: Vec<Change> = Vec::new();
    let mut seen = HashSet::new();
    for at in at.items()? {
        let change = Change::from_json(&at)?;
        // The id alone: as two kinds one id would be as wrong as twice as one.
        if !seen.insert(change.object.id) {
            return Err(
                at.error("this object stands here for the second time; give all its effects in one place")
            );
        }
        changes.push(change);
    }
    Ok(changes)
}

/// What a registration says before its changes.
pub(crate) struct Header<'a> {
    pub(crate) revision: Revision,
    pub(crate) registered_at: Instant,
    pub(crate) id: Uuid,
    pub(crate) actor: &'a Text,
    pub(crate) note: Option<&'a Text>,
    pub(crate) cause: Option<&'a Text>,
    pub(crate) compensates: Option<Revision>,
    pub(crate) succession: &'a [Succession],
}

impl Header<'_> {
    /// Writes a registration of version 1; `changes` writes its changes, one [`write_change`] each.
    pub(crate) fn write<S: Sink>(&self, sink: &mut S, changes: impl FnOnce(&mut S)) {
        sink.begin_object();
        sink.key(KeyRef::Word("v"));
        sink.number(1);
        sink.key(KeyRef::Word("revision"));
        sink.number(self.revision.number());
        sink.key(KeyRef::Word("registered_at"));
        sink.plain(format_args!("{}", self.registered_at));
        sink.key(KeyRef::Word("id"));
        sink.id(self.id);
        for (key, text) in [("actor", Some(self.actor)), ("note", self.note), ("cause", self.cause)] {
            if let Some(text) = text {
                sink.key(KeyRef::Word(key));
                sink.text(text);
            }
        }
        if let Some(revision) = self.compensates {
            sink.key(KeyRef::Word("compensates"));
            sink.number(revision.number());
        }
        if !self.succession.is_empty() {
            sink.key(KeyRef::Word("succession"));
            sink.begin_list();
            for succession in self.succession {
                succession.write(sink);
            }
            sink.end_list();
        }
        sink.key(KeyRef::Word("changes"));
        sink.begin_list();
        changes(sink);
        sink.end_list();
        sink.end_object();
    }
}

/// Writes what changed in one object.
pub(crate) fn write_change<'a, F: FieldSource + 'a>(
    sink: &mut impl Sink,
    object: ObjectRef,
    effects: impl Iterator<Item = (Period, Option<&'a F>)>,
) {
    sink.begin_object();
    sink.key(KeyRef::Word("kind"));
    sink.plain(format_args!("{}", object.kind));
    sink.key(KeyRef::Word("id"));
    sink.id(object.id);
    sink.key(KeyRef::Word("effects"));
    sink.begin_list();
    for (valid, state) in effects {
        sink.begin_object();
        sink.key(KeyRef::Word("valid"));
        write_period(sink, valid);
        sink.key(KeyRef::Word("state"));
        match state {
            Some(state) => write_fields(sink, object.kind, state),
            None => sink.null(),
        }
        sink.end_object();
    }
    sink.end_list();
    sink.end_object();
}

impl Change {
    pub(crate) fn new(
        object: ObjectRef,
        effects: impl IntoIterator<Item = (Period, Option<Fields>)>,
    ) -> Change {
        let effects = effects.into_iter().map(|(valid, state)| Effect { valid, state }).collect();
        Change { object, effects }
    }

    fn from_json(at: &At) -> Result<Change, JsonError> {
        at.only(&["kind", "id", "effects"])?;
        let object = object_ref_from(at, &plain_id)?;
        let effects = at.required("effects")?;
        let mut changes: Vec<Effect> = Vec::new();
        for at in effects.items()? {
            at.only(&["valid", "state"])?;
            let valid = period_from(&at.required("valid")?)?;
            if changes.last().is_some_and(|before| before.valid.raw().1 > valid.raw().0) {
                return Err(at.error("effects stand in order of time and do not overlap"));
            }
            let state = at.required("state")?;
            let state = match state.json {
                Json::Null => None,
                _ => Some(fields_from(object.kind, &state, &plain_id)?),
            };
            changes.push(Effect { valid, state });
        }
        Ok(Change { object, effects: changes })
    }
}

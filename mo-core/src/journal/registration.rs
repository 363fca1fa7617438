//! [`Registration`]: one commit as data, and its JSON form, version 1.

use uuid::Uuid;

use super::form::{
    fields_from, fields_json, object_json, object_ref_from, period_from, period_json, plain_id,
};
use super::json::{At, Json, JsonError};
use crate::model::value::Text;
use crate::model::{Fields, ObjectRef};
use crate::time::{Instant, Period, Revision};

/// One commit as the journal keeps it: when, who, why, and for every touched object the periods that changed with their
/// new states.
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
    /// The touched objects, by kind and id.
    pub changes: Vec<Change>,
}

/// What a registration changed in one object.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Change {
    /// Which object.
    pub object: ObjectRef,
    /// The maximal periods with an equal new state, in order.
    pub effects: Vec<Effect>,
}

/// A period and the state that now holds in it; `None`: the object is absent.
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
        Registration { revision, registered_at, id, actor, note: None, cause: None, changes }
    }

    /// Its JSON form, version 1.
    pub fn to_json(&self) -> Json {
        let mut json = Json::object([
            ("v", Json::Number(1)),
            ("revision", self.revision.number().into()),
            ("registered_at", Json::Text(self.registered_at.to_string())),
            ("id", Json::Id(self.id)),
            ("actor", Json::Text(self.actor.to_string())),
        ]);
        if let Some(note) = &self.note {
            json.push("note", Json::Text(note.to_string()));
        }
        if let Some(cause) = &self.cause {
            json.push("cause", Json::Text(cause.to_string()));
        }
        json.push("changes", Json::List(self.changes.iter().map(Change::to_json).collect()));
        json
    }

    /// Reads the JSON form, version 1.
    ///
    /// # Errors
    /// Where a key is missing, unknown or comes twice, or a value is not of its type, with its place in the document.
    pub fn from_json(json: &Json) -> Result<Registration, JsonError> {
        let at = At::top(json);
        at.only(&["v", "revision", "registered_at", "id", "actor", "note", "cause", "changes"])?;
        let version = at.required("v")?;
        if version.number()? != 1 {
            return Err(
                version.error("this program reads version 1 of the journal; a newer program wrote this one")
            );
        }
        let text = |key| at.optional(key).map(|at| at.text().map(Text::from)).transpose();
        let changes = at.required("changes")?;
        Ok(Registration {
            revision: Revision::new(at.required("revision")?.number()?),
            registered_at: at.required("registered_at")?.parse()?,
            id: at.required("id")?.id(&plain_id)?,
            actor: Text::from(at.required("actor")?.text()?),
            note: text("note")?,
            cause: text("cause")?,
            changes: changes.items()?.map(|at| Change::from_json(&at)).collect::<Result<_, _>>()?,
        })
    }
}

impl Change {
    pub(crate) fn new(
        object: ObjectRef,
        effects: impl IntoIterator<Item = (Period, Option<Fields>)>,
    ) -> Change {
        let effects = effects.into_iter().map(|(valid, state)| Effect { valid, state }).collect();
        Change { object, effects }
    }

    fn to_json(&self) -> Json {
        let mut json = object_json(self.object);
        let effects = self.effects.iter().map(|effect| {
            let state = effect.state.as_ref().map(|state| fields_json(self.object.kind, state));
            Json::object([("valid", period_json(effect.valid)), ("state", state.unwrap_or(Json::Null))])
        });
        json.push("effects", Json::List(effects.collect()));
        json
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

//! The JSON form of a wish: `{"source", "scope", "within"?, "fields"?, "key"?, "wish", "guard"?}`, as in scenario files.

use uuid::Uuid;

use super::{Guard, Reconcile, Scope, Wish};
use crate::journal::{
    At, Json, JsonError, JsonKey, ReadId, fields_from, fields_json, object_json, object_ref_from,
    period_from, period_json, slot_from, slot_path,
};
use crate::model::{Kind, Slot};
use crate::time::Period;

impl Reconcile {
    /// Reads the form; `fresh` gives ids to wishes that have none.
    pub(crate) fn from_json(
        at: &At,
        read: ReadId,
        fresh: &mut dyn FnMut() -> Uuid,
    ) -> Result<Reconcile, JsonError> {
        at.only(&["source", "scope", "within", "fields", "key", "wish", "guard"])?;
        let source = at.required("source")?.text()?;
        if source.is_empty() {
            return Err(at.error("a source has a name; \"local\" is what nobody else masters"));
        }
        let mut reconcile = Reconcile::new(source, scope_from(&at.required("scope")?, read)?);
        if let Some(within) = at.optional("within") {
            reconcile = reconcile.within(period_from(&within)?);
        }
        for (key, add) in [
            ("fields", Reconcile::masters_slot as fn(Reconcile, Kind, Slot) -> Reconcile),
            ("key", Reconcile::key_slot),
        ] {
            let Some(at) = at.optional(key) else { continue };
            for (kind, at) in at.entries()? {
                let kind = Kind::from_name(&kind.text()).ok_or_else(|| at.error("is no kind of object"))?;
                if key == "fields" {
                    reconcile.fields.entry(kind).or_default();
                }
                for at in at.items()? {
                    reconcile = add(reconcile, kind, slot_from(kind, &at, read)?);
                }
            }
        }
        for at in at.required("wish")?.items()? {
            at.only(&["kind", "id", "if_new", "timeline"])?;
            let kind = at.required("kind")?.kind()?;
            let id = at.optional("id").map(|at| at.id(read)).transpose()?;
            let if_new = match (id, at.optional("if_new")) {
                (Some(id), None) => id,
                (None, Some(at)) => at.id(read)?,
                (None, None) => fresh(),
                (Some(_), Some(at)) => {
                    return Err(at.error("a wish with an id needs no other for a new object"));
                }
            };
            let pieces = at.required("timeline")?;
            let mut timeline = Vec::new();
            for piece in pieces.items()? {
                piece.only(&["valid", "state"])?;
                let state = fields_from(kind, &piece.required("state")?, read)?;
                timeline.push((period_from(&piece.required("valid")?)?, state));
            }
            reconcile = reconcile.wish_fields(kind, id, if_new, timeline);
        }
        if let Some(at) = at.optional("guard") {
            reconcile = reconcile.guard(guard_from(&at)?);
        }
        Ok(reconcile)
    }

    /// The JSON form.
    pub(crate) fn to_json(&self) -> Json {
        let scope = match &self.scope {
            Scope::Kinds(kinds) => {
                Json::object([("kinds", Json::List(kinds.iter().map(|kind| kind.name().into()).collect()))])
            }
            Scope::Objects(objects) => {
                Json::object([("objects", Json::List(objects.iter().map(|o| object_json(*o)).collect()))])
            }
        };
        let mut json = Json::object([("source", Json::Text(self.source.to_string())), ("scope", scope)]);
        if self.within != Period::ALWAYS {
            json.push("within", period_json(self.within));
        }
        for (key, kinds) in [("fields", &self.fields), ("key", &self.keys)] {
            if !kinds.is_empty() {
                let names = |(kind, slots): (&Kind, &Vec<Slot>)| {
                    let names = slots.iter().map(|slot| slot_name(*kind, slot));
                    (kind.name(), Json::List(names.collect()))
                };
                json.push(key, Json::object(kinds.iter().map(names)));
            }
        }
        json.push("wish", Json::List(self.wishes.iter().map(wish_json).collect()));
        if let Some(guard) = self.guard {
            let mut of = Json::object([
                ("share", Json::OtherNumber(guard.share)),
                ("count", Json::Number(guard.count as u64)),
            ]);
            if guard.allow {
                of.push("allow", Json::Bool(true));
            }
            json.push("guard", of);
        }
        json
    }
}

fn slot_name(kind: Kind, slot: &Slot) -> Json {
    match slot_path(kind, slot) {
        JsonKey::Path(field, id) => Json::Path(field, id),
        other => Json::Text(other.text()),
    }
}

fn wish_json(wish: &Wish) -> Json {
    let mut json = Json::object([("kind", wish.kind.name().into())]);
    match wish.id {
        Some(id) => json.push("id", Json::Id(id)),
        None => json.push("if_new", Json::Id(wish.if_new)),
    }
    let pieces = wish.timeline.iter().map(|(valid, state)| {
        Json::object([("valid", period_json(*valid)), ("state", fields_json(wish.kind, state))])
    });
    json.push("timeline", Json::List(pieces.collect()));
    json
}

fn scope_from(at: &At, read: ReadId) -> Result<Scope, JsonError> {
    at.only(&["kinds", "objects"])?;
    match (at.optional("kinds"), at.optional("objects")) {
        (Some(kinds), None) => {
            Ok(Scope::Kinds(kinds.items()?.map(|at| at.kind()).collect::<Result<_, _>>()?))
        }
        (None, Some(objects)) => {
            let objects = objects.items()?.map(|at| {
                at.only(&["kind", "id"])?;
                object_ref_from(&at, read)
            });
            Ok(Scope::Objects(objects.collect::<Result<_, _>>()?))
        }
        _ => Err(at.error("a scope is either \"kinds\" or \"objects\"")),
    }
}

fn guard_from(at: &At) -> Result<Guard, JsonError> {
    at.only(&["share", "count", "allow"])?;
    let share = at.required("share")?;
    let number = match share.json {
        #[allow(clippy::cast_precision_loss)] // 0 and 1 are all that passes
        Json::Number(number) => Some(*number as f64),
        Json::OtherNumber(number) => Some(*number),
        _ => None,
    };
    let number = number.filter(|share| (0.0..=1.0).contains(share));
    Ok(Guard {
        share: number.ok_or_else(|| share.error("must be a number from 0 to 1"))?,
        count: at.required("count")?.number()? as usize,
        allow: at.optional("allow").map_or(Ok(false), |at| at.bool())?,
    })
}

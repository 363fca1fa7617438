//! Answers to the questions of a scenario file, as JSON.

use super::ask::{Ask, Question, TreeQuestion};
use super::lines::violations;
use crate::delta::{Delta, DeltaChange};
use crate::hierarchy::ManagerQuery;
use crate::journal::{Json, JsonKey, fields_json, object_json, period_json, slot_path, value_json};
use crate::model::{ObjectRef, Value};
use crate::state::{Snapshot, Stamp};
use crate::time::Instant;
use uuid::Uuid;

pub(super) fn answer(ask: &Ask, head: &Snapshot) -> Json {
    let snapshot = head.as_known(ask.known);
    match &ask.question {
        Question::Object(object, day) => {
            snapshot.at(*day).fields(*object).map_or(Json::Null, |fields| fields_json(object.kind, &fields))
        }
        Question::Timeline(object) => timeline(&snapshot, *object),
        Question::History(object) => history(&snapshot, *object),
        Question::Roots(hierarchy, day) => ids(snapshot.at(*day).roots(*hierarchy)),
        Question::Tree(question, hierarchy, unit, day) => {
            let view = snapshot.at(*day);
            match question {
                TreeQuestion::Children => ids(view.children(*hierarchy, *unit)),
                TreeQuestion::Descendants => ids(view.descendants(*hierarchy, *unit)),
                TreeQuestion::Ancestors => ids(view.ancestors(*hierarchy, *unit)),
                TreeQuestion::Path => ids(view.path(*hierarchy, *unit)),
                TreeQuestion::Count => Json::Number(view.count(*hierarchy, *unit) as u64),
            }
        }
        Question::Within { hierarchy, unit, above, day } => {
            Json::Bool(snapshot.at(*day).within(*hierarchy, *unit, *above))
        }
        Question::Lca { hierarchy, units: [a, b], day } => {
            id_or_null(snapshot.at(*day).lowest_common_ancestor(*hierarchy, *a, *b))
        }
        Question::PathOver { hierarchy, unit, period } => {
            let paths = snapshot.path_over(*hierarchy, *unit, *period);
            let piece = |(valid, path): (_, &Vec<_>)| {
                Json::object([("valid", period_json(valid)), ("path", ids(path.iter().copied()))])
            };
            Json::List(paths.iter().map(piece).collect())
        }
        Question::Referrers { target, kind, field, day } => {
            ids(snapshot.at(*day).referrers_untyped(*target, *kind, *field))
        }
        Question::Find { kind, conditions, day } => ids(snapshot.at(*day).find_fields(*kind, conditions)),
        Question::Managers { unit, hierarchy, inherit, vacant, skip, day } => {
            let mut query = ManagerQuery::default().inherit(*inherit).vacant(*vacant);
            if let Some(person) = skip {
                query = query.skip(*person);
            }
            let seats = snapshot.at(*day).managers(*hierarchy, *unit, query);
            let seat = |seat: crate::hierarchy::ManagerSeat| {
                Json::object([
                    ("manager", Json::Id(seat.manager.uuid())),
                    ("unit", Json::Id(seat.unit.uuid())),
                    ("person", id_or_null(seat.person)),
                ])
            };
            Json::List(seats.into_iter().map(seat).collect())
        }
        Question::Responsible { query, day } => {
            let answers = snapshot.at(*day).responsible(query).into_iter().map(|found| {
                Json::object([
                    ("unit", Json::Id(found.unit.uuid())),
                    ("tag", Json::Id(found.tag.uuid())),
                    ("number", Json::Text(found.number.to_string())),
                ])
            });
            Json::List(answers.collect())
        }
        Question::Search { query, day } => {
            let hits = snapshot.at(*day).search(query.clone());
            Json::List(hits.into_iter().map(|hit| object_json(hit.object)).collect())
        }
        Question::Delta { from, to } => {
            let view = |(day, known)| head.as_known(known).at(day);
            delta(&view(*from).delta_to(&view(*to)))
        }
        Question::Check => violations(&snapshot.check()),
        Question::Current { after, until } => current(&snapshot, *after, *until),
        Question::Registrations { after } => {
            Json::List(snapshot.registrations(*after).map(|registration| registration.to_json()).collect())
        }
    }
}

/// The feed of what is current.
fn current(snapshot: &Snapshot, after: Instant, until: Instant) -> Json {
    let turns = snapshot.current(after, until).map(|turn| {
        let mut json = Json::object([("at", Json::Text(turn.at.to_string()))]);
        json.push("kind", turn.object.kind.name().into());
        json.push("id", Json::Id(turn.object.id));
        json.push("change", turn.change.name().into());
        json
    });
    Json::List(turns.collect())
}

fn ids(ids: impl IntoIterator<Item = impl Into<Uuid>>) -> Json {
    Json::List(ids.into_iter().map(|id| Json::Id(id.into())).collect())
}

fn id_or_null(id: Option<impl Into<Uuid>>) -> Json {
    id.map_or(Json::Null, |id| Json::Id(id.into()))
}

fn timeline(snapshot: &Snapshot, object: ObjectRef) -> Json {
    let timeline = snapshot.fields_timeline(object);
    let piece = |(valid, state): (_, &_)| {
        Json::object([("valid", period_json(valid)), ("state", fields_json(object.kind, state))])
    };
    Json::List(timeline.iter().map(piece).collect())
}

fn history(snapshot: &Snapshot, object: ObjectRef) -> Json {
    let instant = |instant: Instant| Json::Text(instant.to_string());
    let rectangles = snapshot.fields_history(object).into_iter().map(|rectangle| {
        let until = rectangle.known_until.map(|Stamp { registered_at, .. }| instant(registered_at));
        let known =
            [("from", instant(rectangle.known_from.registered_at)), ("until", until.unwrap_or(Json::Null))];
        Json::object([
            ("valid", period_json(rectangle.valid)),
            ("known", Json::object(known)),
            ("state", fields_json(object.kind, &rectangle.state)),
        ])
    });
    Json::List(rectangles.collect())
}

fn delta(delta: &Delta) -> Json {
    let value = |value: &Option<Value>| value.as_ref().map_or(Json::Null, value_json);
    let items = delta.iter().map(|difference| {
        let mut json = object_json(difference.object);
        match &difference.change {
            DeltaChange::Added(why) => {
                json.push("change", "added".into());
                json.push("reason", why.reason.name().into());
            }
            DeltaChange::Removed(why) => {
                json.push("change", "removed".into());
                json.push("reason", why.reason.name().into());
            }
            DeltaChange::Changed(fields) => {
                json.push("change", "changed".into());
                let fields = fields.iter().map(|field| {
                    let entry = Json::object([
                        ("before", value(&field.before)),
                        ("after", value(&field.after)),
                        ("reason", field.why.reason.name().into()),
                    ]);
                    (slot_path(difference.object.kind, &field.slot), entry)
                });
                json.push("fields", Json::object::<JsonKey>(fields));
            }
        }
        json
    });
    Json::List(items.collect())
}

//! The JSON Schema of commands and policies, made from the declarations of the kinds.

use crate::journal::Json;
use crate::journal::schema::{any_of, choice, constant, list, map_key, object, reference, state_name, value};
use crate::model::{FieldSpec, Kind, Shape};

/// What the forms of commands refer to.
pub(crate) fn command_definitions() -> Vec<(String, Json)> {
    let mut definitions = vec![
        ("dependents".to_owned(), choice(&["refuse", "cascade", "vacate"])),
        ("policy".to_owned(), policy()),
    ];
    definitions.extend(Kind::ALL.into_iter().map(|kind| (patch_name(kind), patch(kind))));
    definitions
}

/// Policies by relation.
pub(crate) fn policies() -> Json {
    Json::object([
        ("type", "object".into()),
        ("propertyNames", any_of([constant("*"), relations()])),
        ("additionalProperties", reference("policy")),
    ])
}

/// Every `<kind>.<field>`.
pub(crate) fn relations() -> Json {
    let names = Kind::ALL.into_iter().flat_map(|kind| {
        kind.spec().fields.iter().map(move |field| Json::Text(format!("{}.{}", kind.name(), field.name)))
    });
    Json::object([("enum", Json::List(names.collect()))])
}

fn policy() -> Json {
    any_of([
        choice(&["refuse", "clip", "vacate", "report"]),
        object([("fallback", reference("id"))], &["fallback"]),
    ])
}

/// The name of the definition of a kind's patch.
pub(crate) fn patch_name(kind: Kind) -> String {
    format!("{}_patch", kind.name())
}

fn patch(kind: Kind) -> Json {
    object(kind.spec().fields.iter().map(|field| (field.name, field_patch(field))), &[])
}

fn field_patch(field: &FieldSpec) -> Json {
    let set = || any_of([constant("clear"), object([("set", value(field, false))], &["set"])]);
    match field.shape {
        Shape::One => set(),
        Shape::Map(key) => Json::object([
            ("type", "object".into()),
            ("propertyNames", map_key(key)),
            ("additionalProperties", set()),
        ]),
        Shape::Set => {
            let members = || list(value(field, false));
            let mut change = object([("add", members()), ("remove", members())], &[]);
            change.push("minProperties", Json::Number(1));
            any_of([constant("clear"), object([("set", members())], &["set"]), change])
        }
    }
}

/// The form of each command.
pub(crate) fn commands() -> Vec<Json> {
    let of_kind =
        |verb: &'static str, properties: fn(Kind) -> Vec<(&'static str, Json)>, optional: &[&str]| {
            let forms = Kind::ALL.into_iter().map(|kind| {
                let mut all = vec![("kind", constant(kind.name())), ("id", reference("id"))];
                all.extend(properties(kind));
                let required: Vec<&str> =
                    all.iter().map(|(key, _)| *key).filter(|key| !optional.contains(key)).collect();
                object(all.clone(), &required)
            });
            object([(verb, Json::object([("oneOf", Json::List(forms.collect()))]))], &[verb])
        };
    let any_kind = |verb: &'static str, properties: Vec<(&'static str, Json)>| {
        let mut all = vec![("kind", kinds()), ("id", reference("id"))];
        all.extend(properties);
        let required: Vec<&str> =
            all.iter().map(|(key, _)| *key).filter(|key| *key != "dependents").collect();
        object([(verb, object(all.clone(), &required))], &[verb])
    };
    let dependents = || ("dependents", reference("dependents"));
    let placement = |verb: &'static str, to: bool| {
        let mut all = vec![
            ("unit", reference("id")),
            ("hierarchy", reference("id")),
            ("from", reference("day")),
            ("until", reference("day")),
        ];
        if to {
            all.push(("to", any_of([constant("root"), reference("id")])));
        }
        let required: Vec<&str> = all.iter().map(|(key, _)| *key).filter(|key| *key != "until").collect();
        object([(verb, object(all.clone(), &required))], &[verb])
    };
    vec![
        of_kind(
            "create",
            |kind| vec![("period", reference("period")), ("state", reference(&state_name(kind)))],
            &[],
        ),
        of_kind(
            "change",
            |kind| vec![("from", reference("day")), ("patch", reference(&patch_name(kind)))],
            &[],
        ),
        of_kind(
            "set",
            |kind| vec![("period", reference("period")), ("patch", reference(&patch_name(kind)))],
            &[],
        ),
        of_kind(
            "correct",
            |kind| vec![("on", reference("day")), ("patch", reference(&patch_name(kind)))],
            &[],
        ),
        of_kind(
            "replace",
            |kind| {
                let piece = object(
                    [("valid", reference("period")), ("state", reference(&state_name(kind)))],
                    &["valid", "state"],
                );
                vec![("timeline", list(piece)), ("dependents", reference("dependents"))]
            },
            &["dependents"],
        ),
        any_kind("end", vec![("from", reference("day")), dependents()]),
        any_kind("suspend", vec![("period", reference("period")), dependents()]),
        any_kind("extend", vec![("period", reference("period"))]),
        any_kind("shift", vec![("old", reference("period")), ("new", reference("period")), dependents()]),
        any_kind("delete", vec![dependents()]),
        placement("move", true),
        placement("leave", false),
    ]
}

/// Any kind.
pub(crate) fn kinds() -> Json {
    choice(&Kind::ALL.map(Kind::name))
}

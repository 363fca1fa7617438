//! The JSON Schema of scenario files, made from the declarations of the kinds.

use crate::journal::Json;
use crate::journal::schema::{
    Dialect, any_of, choice, constant, definitions, document, list, map_key, object, of_type, reference,
    state_name, string, value,
};
use crate::model::{FieldSpec, Kind, KleAspect, Shape};

/// The schema of a scenario file.
pub fn schema() -> Json {
    let mut definitions = definitions(&Dialect { names: true, complete: false });
    definitions.push(("dependents".to_owned(), choice(&["refuse", "cascade", "vacate"])));
    definitions.push(("known".to_owned(), known()));
    definitions.push(("policy".to_owned(), policy()));
    definitions.extend(Kind::ALL.into_iter().map(|kind| (patch_name(kind), patch(kind))));
    definitions.push(("command".to_owned(), command()));
    definitions.push(("commit".to_owned(), commit()));
    definitions.push(("ask".to_owned(), ask()));
    let step = |action: &'static str| {
        object([(action, reference(action_definition(action))), ("expect", of_type("object"))], &[action])
    };
    let steps = Json::object([("oneOf", Json::List(["commit", "dry_run", "ask"].map(step).into()))]);
    document("mo scenario file", list(steps), definitions)
}

fn action_definition(action: &str) -> &str {
    if action == "dry_run" { "commit" } else { action }
}

fn commit() -> Json {
    let policies = Json::object([
        ("type", "object".into()),
        ("propertyNames", any_of([constant("*"), relations()])),
        ("additionalProperties", reference("policy")),
    ]);
    object(
        [
            ("registered_at", reference("instant")),
            ("actor", string()),
            ("note", string()),
            ("cause", string()),
            ("policy", policies),
            ("commands", list(reference("command"))),
        ],
        &["registered_at", "actor", "commands"],
    )
}

/// Every `<kind>.<field>`.
fn relations() -> Json {
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

fn known() -> Json {
    let revision = object([("revision", of_type("integer"))], &["revision"]);
    any_of([of_type("null"), reference("instant"), revision])
}

fn patch_name(kind: Kind) -> String {
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

fn command() -> Json {
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
    Json::object([(
        "oneOf",
        Json::List(vec![
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
        ]),
    )])
}

fn kinds() -> Json {
    choice(&Kind::ALL.map(Kind::name))
}

fn ask() -> Json {
    let id = || reference("id");
    let object_ref = || object([("kind", kinds()), ("id", id())], &["kind", "id"]);
    let tree = || object([("hierarchy", id()), ("unit", id())], &["hierarchy", "unit"]);
    let point = || object([("valid", reference("day")), ("known", reference("known"))], &["valid"]);
    let flag = || of_type("boolean");
    let questions = [
        ("object", object_ref()),
        ("timeline", object_ref()),
        ("history", object_ref()),
        ("roots", object([("hierarchy", id())], &["hierarchy"])),
        ("children", tree()),
        ("descendants", tree()),
        ("ancestors", tree()),
        ("path", tree()),
        ("count", tree()),
        (
            "within",
            object([("hierarchy", id()), ("unit", id()), ("above", id())], &["hierarchy", "unit", "above"]),
        ),
        ("lca", object([("hierarchy", id()), ("units", list(id()))], &["hierarchy", "units"])),
        (
            "path_over",
            object(
                [("hierarchy", id()), ("unit", id()), ("period", reference("period"))],
                &["hierarchy", "unit", "period"],
            ),
        ),
        ("referrers", object([("kind", kinds()), ("id", id()), ("by", relations())], &["kind", "id", "by"])),
        // The fields depend on the kind; the reader knows them.
        ("find", Json::object([("type", "object".into()), ("required", Json::List(vec!["kind".into()]))])),
        (
            "managers",
            object(
                [
                    ("unit", id()),
                    ("hierarchy", id()),
                    ("inherit", flag()),
                    ("vacant", flag()),
                    ("skip", id()),
                ],
                &["unit", "hierarchy"],
            ),
        ),
        (
            "responsible",
            object(
                [
                    ("number", string()),
                    ("aspect", choice(KleAspect::NAMES)),
                    ("unit", id()),
                    ("hierarchy", id()),
                ],
                &["number", "aspect"],
            ),
        ),
        ("search", object([("text", string()), ("kinds", list(kinds()))], &["text"])),
        ("delta", object([("from", point()), ("to", point())], &["from", "to"])),
        ("check", object([], &[])),
        ("registrations", object([("after", of_type("integer"))], &["after"])),
    ];
    let forms = questions.into_iter().map(|(name, question)| {
        object([(name, question), ("valid", reference("day")), ("known", reference("known"))], &[name])
    });
    Json::object([("oneOf", Json::List(forms.collect()))])
}

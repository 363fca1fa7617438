//! The JSON Schema of plans, and of the intents that scenario files share with them.

use crate::journal::Json;
use crate::journal::schema::{
    Dialect, any_of, choice, constant, definitions, document, list, object, of_type, reference, state_name,
    string,
};
use crate::model::Kind;
use crate::registry::{command_definitions, commands, kinds, patch_name, policies};

/// The schema of a plan, version 1.
pub fn schema() -> Json {
    let mut all = definitions(&Dialect { names: false, complete: false });
    all.extend(command_definitions());
    all.push(("command".to_owned(), Json::object([("oneOf", Json::List(commands()))])));
    all.push(("intent".to_owned(), Json::object([("oneOf", Json::List(intents()))])));
    let with_object = |more: Vec<(&'static str, Json)>, optional: &[&str]| {
        let properties: Vec<(&'static str, Json)> =
            [("kind", kinds()), ("id", reference("id"))].into_iter().chain(more).collect();
        let required: Vec<&str> =
            properties.iter().map(|(key, _)| *key).filter(|key| !optional.contains(key)).collect();
        object(properties.clone(), &required)
    };
    let effect = with_object(
        vec![
            ("field", string()),
            ("valid", reference("period")),
            // What it is depends on the field.
            ("before", Json::Bool(true)),
            ("after", Json::Bool(true)),
        ],
        &["field"],
    );
    let unresolved = with_object(
        vec![("command", of_type("integer")), ("periods", list(reference("period"))), ("why", string())],
        &[],
    );
    let approval = object([("actor", string()), ("at", reference("instant"))], &["actor", "at"]);
    let own = [
        ("v", Json::object([("const", Json::Number(1))])),
        ("base", of_type("integer")),
        ("effects", list(effect)),
        ("unresolved", list(unresolved)),
        ("warnings", list(string())),
        ("names", list(with_object(vec![("name", string())], &[]))),
        ("approvals", list(approval)),
    ];
    let required = [
        "v",
        "name",
        "author",
        "commands",
        "base",
        "effects",
        "unresolved",
        "warnings",
        "names",
        "approvals",
    ];
    document("mo plan, version 1", object(own.into_iter().chain(proposal()), &required), all)
}

/// The keys of a proposal.
pub(crate) fn proposal() -> Vec<(&'static str, Json)> {
    vec![
        ("name", string()),
        ("author", string()),
        ("note", string()),
        ("case_number", string()),
        ("decided", reference("day")),
        ("effective", reference("day")),
        ("policy", policies()),
        ("commands", list(reference("intent"))),
    ]
}

/// The form of each intent.
pub(crate) fn intents() -> Vec<Json> {
    let revision = object([("revision", of_type("integer"))], &["revision"]);
    vec![
        reference("command"),
        object([("each", each())], &["each"]),
        object([("reconcile", reconcile())], &["reconcile"]),
        object([("replace_retired", replace_retired())], &["replace_retired"]),
        object([("reorganise", reorganise())], &["reorganise"]),
        object([("compensate", revision)], &["compensate"]),
    ]
}

fn each() -> Json {
    let forms = Kind::ALL.into_iter().map(|kind| {
        let of = |act: (&'static str, Json)| {
            let required = ["kind", "during", act.0];
            let properties = [
                ("kind", constant(kind.name())),
                ("during", reference("period")),
                ("having", reference(&state_name(kind))),
                act,
            ];
            object(properties, &required)
        };
        let end = object([("dependents", reference("dependents"))], &[]);
        any_of([of(("patch", reference(&patch_name(kind)))), of(("end", end))])
    });
    Json::object([("oneOf", Json::List(forms.collect()))])
}

fn reconcile() -> Json {
    let object_ref = object([("kind", kinds()), ("id", reference("id"))], &["kind", "id"]);
    let scope = any_of([
        object([("kinds", list(kinds()))], &["kinds"]),
        object([("objects", list(object_ref))], &["objects"]),
    ]);
    let by_kind = || {
        Json::object([
            ("type", "object".into()),
            ("propertyNames", kinds()),
            ("additionalProperties", list(string())),
        ])
    };
    let wish = Kind::ALL.into_iter().map(|kind| {
        let piece = object(
            [("valid", reference("period")), ("state", reference(&state_name(kind)))],
            &["valid", "state"],
        );
        let properties = [
            ("kind", constant(kind.name())),
            ("id", reference("id")),
            ("if_new", reference("id")),
            ("timeline", list(piece)),
        ];
        object(properties, &["kind", "timeline"])
    });
    let share =
        Json::object([("type", "number".into()), ("minimum", Json::Number(0)), ("maximum", Json::Number(1))]);
    let guard = object(
        [("share", share), ("count", of_type("integer")), ("allow", of_type("boolean"))],
        &["share", "count"],
    );
    object(
        [
            ("source", string()),
            ("scope", scope),
            ("within", reference("period")),
            ("fields", by_kind()),
            ("key", by_kind()),
            ("wish", list(Json::object([("oneOf", Json::List(wish.collect()))]))),
            ("guard", guard),
        ],
        &["source", "scope", "wish"],
    )
}

fn replace_retired() -> Json {
    let id = || reference("id");
    let instead = any_of([choice(&["end", "leave"]), id()]);
    let decided = object([("class", id()), ("tag", id()), ("instead", instead)], &["class", "instead"]);
    object([("since", reference("day")), ("decided", list(decided))], &["since"])
}

fn reorganise() -> Json {
    let id = || reference("id");
    let place = || any_of([constant("root"), id()]);
    let who = any_of([
        choice(&["rest"]),
        object([("persons", list(id()))], &["persons"]),
        object([("engagements", list(id()))], &["engagements"]),
        object([("engagement_type", id())], &["engagement_type"]),
        object([("kle", string())], &["kle"]),
    ]);
    let assign = list(object([("who", who), ("to", id())], &["who", "to"]));
    let step = |verb: &'static str, inner: Json| object([(verb, inner)], &[verb]);
    let steps = vec![
        step(
            "open",
            object([("id", id()), ("name", string()), ("under", place())], &["id", "name", "under"]),
        ),
        step("rename", object([("unit", id()), ("name", string())], &["unit", "name"])),
        step("move", object([("unit", id()), ("under", place())], &["unit", "under"])),
        step("merge", object([("units", list(id())), ("into", id())], &["units", "into"])),
        step("split", object([("unit", id()), ("assign", assign)], &["unit", "assign"])),
        step("close", object([("unit", id()), ("destination", id())], &["unit"])),
    ];
    object(
        [
            ("name", string()),
            ("day", reference("day")),
            ("decided", reference("day")),
            ("hierarchy", id()),
            ("steps", list(Json::object([("oneOf", Json::List(steps))]))),
        ],
        &["name", "day", "hierarchy", "steps"],
    )
}

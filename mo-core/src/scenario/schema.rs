//! The JSON Schema of scenario files, made from the declarations of the kinds.

use crate::journal::Json;
use crate::journal::schema::{
    Dialect, any_of, choice, constant, definitions, document, list, object, of_type, reference, string,
};
use crate::model::KleAspect;
use crate::plan::{intents, proposal};
use crate::registry::{command_definitions, commands, kinds, policies, relations};

/// The schema of a scenario file.
pub fn schema() -> Json {
    let mut definitions = definitions(&Dialect { names: true, complete: false });
    definitions.extend(command_definitions());
    definitions.push(("known".to_owned(), known()));
    definitions.push(("command".to_owned(), one_of(commands())));
    definitions.push(("intent".to_owned(), one_of(intents())));
    definitions.push(("commit".to_owned(), commit()));
    definitions.push(("plan".to_owned(), plan()));
    definitions.push(("ask".to_owned(), ask()));
    let step = |action: &'static str| {
        object([(action, reference(action_definition(action))), ("expect", of_type("object"))], &[action])
    };
    let mut steps: Vec<Json> = ["commit", "dry_run", "ask", "plan"].map(step).into();
    let of_plan = |action: &'static str, keys: &[&'static str], optional: Option<(&'static str, Json)>| {
        let key = |key: &'static str| match key {
            "plan" => (key, reference("id")),
            "actor" => (key, string()),
            instant => (instant, reference("instant")),
        };
        let inner = object(keys.iter().copied().map(key).chain(optional), keys);
        object([(action, inner), ("expect", of_type("object"))], &[action])
    };
    steps.push(of_plan("approve", &["plan", "actor", "at"], None));
    steps.push(of_plan("refresh", &["plan", "at"], None));
    let rule = ("approval", constant("by_another"));
    steps.push(of_plan("commit_plan", &["plan", "registered_at", "actor"], Some(rule)));
    let steps = one_of(steps);
    document("mo scenario file", list(steps), definitions)
}

fn action_definition(action: &str) -> &str {
    if action == "dry_run" { "commit" } else { action }
}

fn commit() -> Json {
    object(
        [
            ("registered_at", reference("instant")),
            ("actor", string()),
            ("note", string()),
            ("cause", string()),
            ("policy", policies()),
            ("commands", list(reference("intent"))),
        ],
        &["registered_at", "actor", "commands"],
    )
}

/// A proposal, and the name the file gives the plan.
fn plan() -> Json {
    let own = [("plan", reference("id")), ("at", reference("instant"))];
    object(own.into_iter().chain(proposal()), &["plan", "at", "name", "author", "commands"])
}

fn one_of(forms: Vec<Json>) -> Json {
    Json::object([("oneOf", Json::List(forms))])
}

fn known() -> Json {
    let revision = object([("revision", of_type("integer"))], &["revision"]);
    any_of([of_type("null"), reference("instant"), revision])
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
        (
            "current",
            object([("after", reference("instant")), ("until", reference("instant"))], &["after", "until"]),
        ),
    ];
    let forms = questions.into_iter().map(|(name, question)| {
        object([(name, question), ("valid", reference("day")), ("known", reference("known"))], &[name])
    });
    Json::object([("oneOf", Json::List(forms.collect()))])
}

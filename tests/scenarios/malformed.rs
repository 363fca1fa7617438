//! Malformed scenario files, one mistake each: at which step, at which JSON pointer and by which rule they are turned
//! away. `tests/scenarios/malformed` holds the files.

use mo_core::scenario::Scenario;

use crate::files;

/// File, step, JSON pointer, and how the rule begins.
type Row = (&'static str, Option<usize>, &'static str, &'static str);

#[rustfmt::skip]
const TABLE: &[Row] = &[
    ("document/empty-file", None, "", "not JSON"),
    ("document/cut-off", None, "", "not JSON"),
    ("document/text-after-the-end", None, "", "not JSON"),
    ("document/a-comment", None, "", "not JSON"),
    ("document/too-deep", None, "", "not JSON: recursion limit"),
    ("document/a-key-twice", None, "", "not JSON: the key \"actor\" comes twice"),
    ("document/no-array", None, "", "must be an array"),
    ("step/no-object", Some(1), "/1", "must be an object"),
    ("step/null", Some(0), "/0", "must be an object"),
    ("step/unknown-key", Some(0), "/0/expects", "unknown key; known here: commit, dry_run, ask, plan"),
    ("step/no-action", Some(1), "/1", "a step is exactly one of"),
    ("step/two-actions", Some(0), "/0", "a step is exactly one of"),
    ("step/expect-is-no-object", Some(0), "/0/expect", "must be an object"),
    ("commit/no-object", Some(0), "/0/commit", "must be an object"),
    ("commit/unknown-key", Some(1), "/1/commit/comment", "unknown key; known here: registered_at, actor"),
    ("commit/no-registered-at", Some(1), "/1/commit", "needs the key \"registered_at\""),
    ("commit/no-actor", Some(1), "/1/commit", "needs the key \"actor\""),
    ("commit/no-commands", Some(1), "/1/commit", "needs the key \"commands\""),
    ("commit/commands-is-no-array", Some(1), "/1/commit/commands", "must be an array"),
    ("commit/actor-is-no-text", Some(1), "/1/commit/actor", "must be a string"),
    ("commit/note-is-null", Some(1), "/1/commit/note", "must be a string"),
    ("commit/cause-is-null", Some(1), "/1/commit/cause", "must be a string"),
    ("instant/without-zone", Some(1), "/1/commit/registered_at", "\"2024-01-01T09:00:00\" is not an instant"),
    ("instant/with-offset", Some(1), "/1/commit/registered_at", "\"2024-01-01T09:00:00+01:00\" is not an instant"),
    ("instant/with-three-decimals", Some(1), "/1/commit/registered_at", "\"2024-01-01T09:00:00.123Z\" is not an instant"),
    ("instant/a-day", Some(1), "/1/commit/registered_at", "\"2024-01-01\" is not an instant"),
    ("instant/not-in-the-calendar", Some(1), "/1/commit/registered_at", "\"2024-02-30T09:00:00Z\" is not an instant"),
    ("instant/hour-24", Some(1), "/1/commit/registered_at", "\"2024-01-01T24:00:00Z\" is not an instant"),
    ("instant/year-9999", Some(1), "/1/commit/registered_at", "an instant lies in the years 1 to 9998"),
    ("instant/a-number", Some(1), "/1/commit/registered_at", "must be a string"),
    ("policy/no-object", Some(1), "/1/commit/policy", "must be an object"),
    ("policy/unknown-policy", Some(1), "/1/commit/policy/*", "must be \"refuse\", \"clip\", \"vacate\", \"report\" or"),
    ("policy/null", Some(1), "/1/commit/policy/*", "must be a string"),
    ("policy/unknown-kind", Some(1), "/1/commit/policy/dragon.unit", "\"dragon.unit\" is no relation"),
    ("policy/unknown-field", Some(1), "/1/commit/policy/engagement.dragon", "\"engagement.dragon\" is no relation"),
    ("policy/only-a-kind", Some(1), "/1/commit/policy/engagement", "\"engagement\" is no relation"),
    ("policy/fallback-without-id", Some(1), "/1/commit/policy/engagement.unit", "needs the key \"fallback\""),
    ("policy/fallback-with-more", Some(1), "/1/commit/policy/engagement.unit/from", "unknown key; known here: fallback"),
    ("policy/pointer-is-escaped", Some(1), "/1/commit/policy/a~1b~0c", "\"a/b~c\" is no relation"),
    ("command/no-object", Some(1), "/1/commit/commands/0", "must be an object"),
    ("command/no-verb", Some(1), "/1/commit/commands/0", "a command is an object with exactly one key"),
    ("command/two-verbs", Some(1), "/1/commit/commands/0", "a command is an object with exactly one key"),
    ("command/unknown-verb", Some(1), "/1/commit/commands/0/rename", "unknown verb; the verbs are create, change"),
    ("command/the-second-one", Some(1), "/1/commit/commands/1/delete/why", "unknown key; known here: kind, id, dependents"),
    ("command/no-kind", Some(1), "/1/commit/commands/0/delete", "needs the key \"kind\""),
    ("command/no-id", Some(1), "/1/commit/commands/0/delete", "needs the key \"id\""),
    ("command/unknown-kind", Some(1), "/1/commit/commands/0/delete/kind", "\"enhed\" is no kind of object; the kinds are organisation"),
    ("command/dependents-unknown", Some(1), "/1/commit/commands/0/delete/dependents", "must be \"refuse\", \"cascade\" or \"vacate\""),
    ("command/dependents-null", Some(1), "/1/commit/commands/0/delete/dependents", "must be a string"),
    ("command/dependents-where-none-can-be", Some(1), "/1/commit/commands/0/change/dependents", "unknown key"),
    ("command/create-without-period", Some(1), "/1/commit/commands/0/create", "needs the key \"period\""),
    ("command/create-without-state", Some(1), "/1/commit/commands/0/create", "needs the key \"state\""),
    ("command/change-without-from", Some(1), "/1/commit/commands/0/change", "needs the key \"from\""),
    ("command/change-without-patch", Some(1), "/1/commit/commands/0/change", "needs the key \"patch\""),
    ("command/set-without-period", Some(1), "/1/commit/commands/0/set", "needs the key \"period\""),
    ("command/correct-without-on", Some(1), "/1/commit/commands/0/correct", "needs the key \"on\""),
    ("command/end-without-from", Some(1), "/1/commit/commands/0/end", "needs the key \"from\""),
    ("command/suspend-without-period", Some(1), "/1/commit/commands/0/suspend", "needs the key \"period\""),
    ("command/extend-without-period", Some(1), "/1/commit/commands/0/extend", "needs the key \"period\""),
    ("command/shift-without-old", Some(1), "/1/commit/commands/0/shift", "needs the key \"old\""),
    ("command/shift-without-new", Some(1), "/1/commit/commands/0/shift", "needs the key \"new\""),
    ("command/replace-without-timeline", Some(1), "/1/commit/commands/0/replace", "needs the key \"timeline\""),
    ("command/extend-has-no-patch", Some(1), "/1/commit/commands/0/extend/patch", "unknown key; known here: kind, id, period"),
    ("command/replace-timeline-is-no-array", Some(1), "/1/commit/commands/0/replace/timeline", "must be an array"),
    ("command/replace-piece-without-state", Some(1), "/1/commit/commands/0/replace/timeline/0", "needs the key \"state\""),
    ("command/replace-piece-with-more", Some(1), "/1/commit/commands/0/replace/timeline/0/known", "unknown key; known here: valid, state"),
    ("command/move-without-to", Some(1), "/1/commit/commands/0/move", "needs the key \"to\""),
    ("command/move-until-its-first-day", Some(1), "/1/commit/commands/0/move/until", "must be later than \"from\""),
    ("command/move-until-before-its-first-day", Some(1), "/1/commit/commands/0/move/until", "must be later than \"from\""),
    ("command/move-until-null", Some(1), "/1/commit/commands/0/move/until", "must be a string"),
    ("command/move-to-null", Some(1), "/1/commit/commands/0/move/to", "must be a string"),
    ("command/move-with-kind", Some(1), "/1/commit/commands/0/move/kind", "unknown key"),
    ("command/leave-with-to", Some(1), "/1/commit/commands/0/leave/to", "unknown key; known here: unit, hierarchy, from, until"),
    ("id/upper-case", Some(1), "/1/commit/commands/0/delete/id", "\"62B549BC-ABD6-5F32-B941-1D8F32BCD49C\" is not an id"),
    ("id/without-hyphens", Some(1), "/1/commit/commands/0/delete/id", "is not an id"),
    ("id/braces", Some(1), "/1/commit/commands/0/delete/id", "is not an id"),
    ("id/a-word", Some(1), "/1/commit/commands/0/delete/id", "\"skole\" is not an id"),
    ("id/empty", Some(1), "/1/commit/commands/0/delete/id", "\"\" is not an id"),
    ("id/name-empty", Some(1), "/1/commit/commands/0/delete/id", "\"@\" is no name"),
    ("id/name-with-capitals", Some(1), "/1/commit/commands/0/delete/id", "\"@Skole\" is no name"),
    ("id/name-with-danish-letters", Some(1), "/1/commit/commands/0/delete/id", "\"@børn\" is no name"),
    ("id/name-with-hyphen", Some(1), "/1/commit/commands/0/delete/id", "\"@a-b\" is no name"),
    ("id/a-number", Some(1), "/1/commit/commands/0/delete/id", "must be a string"),
    ("day/short", Some(1), "/1/commit/commands/0/end/from", "\"2026-1-1\" is not a day"),
    ("day/danish", Some(1), "/1/commit/commands/0/end/from", "\"01.01.2026\" is not a day"),
    ("day/with-time", Some(1), "/1/commit/commands/0/end/from", "is not a day"),
    ("day/empty", Some(1), "/1/commit/commands/0/end/from", "\"\" is not a day"),
    ("day/not-in-the-calendar", Some(1), "/1/commit/commands/0/end/from", "2026-02-29 is not in the calendar"),
    ("day/month-13", Some(1), "/1/commit/commands/0/end/from", "2026-13-01 is not in the calendar"),
    ("day/after-the-last", Some(1), "/1/commit/commands/0/end/from", "a day lies between 0001-01-02 and 9998-12-31"),
    ("day/before-the-first", Some(1), "/1/commit/commands/0/end/from", "a day lies between 0001-01-02 and 9998-12-31"),
    ("day/a-number", Some(1), "/1/commit/commands/0/end/from", "must be a string"),
    ("day/null", Some(1), "/1/commit/commands/0/end/from", "must be a string"),
    ("day/other-digits", Some(1), "/1/commit/commands/0/end/from", "is not a day"),
    ("period/no-object", Some(1), "/1/commit/commands/0/suspend/period", "must be an object"),
    ("period/without-until", Some(1), "/1/commit/commands/0/suspend/period", "needs the key \"until\""),
    ("period/without-from", Some(1), "/1/commit/commands/0/suspend/period", "needs the key \"from\""),
    ("period/with-to", Some(1), "/1/commit/commands/0/suspend/period/to", "unknown key; known here: from, until"),
    ("period/empty", Some(1), "/1/commit/commands/0/suspend/period", "the period from 2020-01-01 until 2020-01-01 holds no day"),
    ("period/backwards", Some(1), "/1/commit/commands/0/suspend/period", "the period from 2020-01-02 until 2020-01-01 holds no day"),
    ("period/an-end-that-is-no-day", Some(1), "/1/commit/commands/0/suspend/period/until", "a day lies between"),
    ("state/no-object", Some(1), "/1/commit/commands/0/create/state", "must be an object"),
    ("state/unknown-field", Some(1), "/1/commit/commands/0/create/state/colour", "unit has no such field; it has name"),
    ("state/null-value", Some(1), "/1/commit/commands/0/create/state/name", "must be a string"),
    ("state/number-for-text", Some(1), "/1/commit/commands/0/create/state/name", "must be a string"),
    ("state/flag-as-text", Some(1), "/1/commit/commands/0/create/state/protected", "must be true or false"),
    ("state/number-as-text", Some(1), "/1/commit/commands/0/create/state/fraction", "must be a whole number"),
    ("state/number-negative", Some(1), "/1/commit/commands/0/create/state/fraction", "must be a whole number from 0 on"),
    ("state/number-with-decimals", Some(1), "/1/commit/commands/0/create/state/fraction", "must be a whole number from 0 on"),
    ("state/number-too-large-to-be-one", Some(1), "/1/commit/commands/0/create/state/fraction", "must be a whole number below 4,294,967,296"),
    ("state/unknown-choice", Some(1), "/1/commit/commands/0/create/state/use", "\"matrix\" is not one of line, payroll, med, project, other"),
    ("state/no-cpr-number", Some(1), "/1/commit/commands/0/create/state/cpr", "this is not a CPR number: write ten digits"),
    ("state/cpr-number-of-no-day", Some(1), "/1/commit/commands/0/create/state/cpr", "this is not a CPR number: its date is not in the calendar"),
    ("state/day-that-is-none", Some(1), "/1/commit/commands/0/create/state/seniority", "\"1998\" is not a day"),
    ("state/set-is-no-array", Some(1), "/1/commit/commands/0/create/state/aspects", "must be an array"),
    ("state/set-member-twice", Some(1), "/1/commit/commands/0/create/state/aspects/1", "stands twice in the set"),
    ("state/set-member-unknown", Some(1), "/1/commit/commands/0/create/state/aspects/1", "\"owner\" is not one of responsible, performing, insight"),
    ("state/set-member-is-no-id", Some(1), "/1/commit/commands/0/create/state/replaced_by/0", "\"00.01.00\" is not an id"),
    ("state/map-is-no-object", Some(1), "/1/commit/commands/0/create/state/external_ids", "must be an object"),
    ("state/map-key-empty", Some(1), "/1/commit/commands/0/create/state/external_ids/", "a key may not be empty"),
    ("state/map-key-is-no-id", Some(1), "/1/commit/commands/0/create/state/placements/line", "\"line\" is not an id"),
    ("state/map-key-unknown", Some(1), "/1/commit/commands/0/create/state/extensions/11", "\"11\" is not one of 1, 2"),
    ("state/placement-unknown", Some(1), "/1/commit/commands/0/create/state/placements/@line", "\"top\" is not an id"),
    ("state/reference-is-no-id", Some(1), "/1/commit/commands/0/create/state/unit", "\"Skole\" is not an id"),
    ("patch/no-object", Some(1), "/1/commit/commands/0/change/patch", "must be an object"),
    ("patch/unknown-field", Some(1), "/1/commit/commands/0/change/patch/colour", "unit has no such field"),
    ("patch/a-bare-value", Some(1), "/1/commit/commands/0/change/patch/name", "must be {\"set\": value} or \"clear\""),
    ("patch/null", Some(1), "/1/commit/commands/0/change/patch/name", "must be {\"set\": value} or \"clear\""),
    ("patch/set-null", Some(1), "/1/commit/commands/0/change/patch/name/set", "must be a string"),
    ("patch/empty", Some(1), "/1/commit/commands/0/change/patch/name", "needs the key \"set\""),
    ("patch/set-and-more", Some(1), "/1/commit/commands/0/change/patch/name/old", "unknown key; known here: set"),
    ("patch/add-to-a-single-field", Some(1), "/1/commit/commands/0/change/patch/name/add", "unknown key; known here: set"),
    ("patch/set-field-with-a-bare-array", Some(1), "/1/commit/commands/0/change/patch/aspects", "must be an object"),
    ("patch/set-field-empty", Some(1), "/1/commit/commands/0/change/patch/aspects", "needs \"set\", \"add\" or \"remove\""),
    ("patch/set-field-set-and-add", Some(1), "/1/commit/commands/0/change/patch/aspects", "\"set\" stands alone"),
    ("patch/set-field-unknown-change", Some(1), "/1/commit/commands/0/change/patch/aspects/toggle", "unknown key; known here: set, add, remove"),
    ("patch/set-field-member-twice", Some(1), "/1/commit/commands/0/change/patch/aspects/add/1", "stands twice in the set"),
    ("patch/map-cleared-as-a-whole", Some(1), "/1/commit/commands/0/change/patch/external_ids", "must be an object"),
    ("patch/map-set-as-a-whole", Some(1), "/1/commit/commands/0/change/patch/placements/set", "\"set\" is not an id"),
    ("patch/map-value-bare", Some(1), "/1/commit/commands/0/change/patch/external_ids/ad", "must be {\"set\": value} or \"clear\""),
    ("patch/map-key-is-no-id", Some(1), "/1/commit/commands/0/change/patch/placements/line", "\"line\" is not an id"),
    ("ask/no-object", Some(1), "/1/ask", "must be an object"),
    ("ask/nothing", Some(1), "/1/ask", "asks nothing; the questions are object"),
    ("ask/two-questions", Some(1), "/1/ask/history", "a step asks one question"),
    ("ask/unknown-question", Some(1), "/1/ask/siblings", "unknown question; the questions are object"),
    ("ask/object-without-valid", Some(1), "/1/ask", "\"object\" needs \"valid\""),
    ("ask/roots-without-valid", Some(1), "/1/ask", "\"roots\" needs \"valid\""),
    ("ask/children-without-valid", Some(1), "/1/ask", "\"children\" needs \"valid\""),
    ("ask/descendants-without-valid", Some(1), "/1/ask", "\"descendants\" needs \"valid\""),
    ("ask/ancestors-without-valid", Some(1), "/1/ask", "\"ancestors\" needs \"valid\""),
    ("ask/path-without-valid", Some(1), "/1/ask", "\"path\" needs \"valid\""),
    ("ask/count-without-valid", Some(1), "/1/ask", "\"count\" needs \"valid\""),
    ("ask/within-without-valid", Some(1), "/1/ask", "\"within\" needs \"valid\""),
    ("ask/lca-without-valid", Some(1), "/1/ask", "\"lca\" needs \"valid\""),
    ("ask/referrers-without-valid", Some(1), "/1/ask", "\"referrers\" needs \"valid\""),
    ("ask/find-without-valid", Some(1), "/1/ask", "\"find\" needs \"valid\""),
    ("ask/managers-without-valid", Some(1), "/1/ask", "\"managers\" needs \"valid\""),
    ("ask/valid-null", Some(1), "/1/ask/valid", "must be a string"),
    ("ask/valid-is-read-where-none-is-needed", Some(1), "/1/ask/valid", "\"i dag\" is not a day"),
    ("ask/known-is-a-day", Some(1), "/1/ask/known", "\"2024-01-01\" is not an instant"),
    ("ask/known-is-a-number", Some(1), "/1/ask/known", "must be a string"),
    ("ask/known-revision-negative", Some(1), "/1/ask/known/revision", "must be a whole number from 0 on"),
    ("ask/known-revision-and-more", Some(1), "/1/ask/known/at", "unknown key; known here: revision"),
    ("ask/unknown-key-inside", Some(1), "/1/ask/children/depth", "unknown key; known here: hierarchy, unit"),
    ("ask/within-without-above", Some(1), "/1/ask/within", "needs the key \"above\""),
    ("ask/lca-of-one", Some(1), "/1/ask/lca/units", "must be two units"),
    ("ask/lca-of-three", Some(1), "/1/ask/lca/units", "must be two units"),
    ("ask/path-over-without-period", Some(1), "/1/ask/path_over", "needs the key \"period\""),
    ("ask/referrers-by-no-relation", Some(1), "/1/ask/referrers/by", "\"unit\" is no relation"),
    ("ask/find-without-kind", Some(1), "/1/ask/find", "needs the key \"kind\""),
    ("ask/find-unknown-field", Some(1), "/1/ask/find/colour", "unit has no such field"),
    ("ask/find-value-of-another-type", Some(1), "/1/ask/find/aspects", "must be an array"),
    ("ask/find-member-unknown", Some(1), "/1/ask/find/aspects/1", "\"owner\" is not one of"),
    ("ask/responsible-without-valid", Some(1), "/1/ask", "\"responsible\" needs \"valid\""),
    ("ask/responsible-without-aspect", Some(1), "/1/ask/responsible", "needs the key \"aspect\""),
    ("ask/responsible-unknown-aspect", Some(1), "/1/ask/responsible/aspect", "must be \"responsible\", \"performing\" or \"insight\""),
    ("ask/responsible-no-number", Some(1), "/1/ask/responsible/number", "\"17.1\" is not a KLE number"),
    ("ask/managers-inherit-is-no-flag", Some(1), "/1/ask/managers/inherit", "must be true or false"),
    ("ask/search-without-valid", Some(1), "/1/ask", "\"search\" needs \"valid\""),
    ("ask/search-without-text", Some(1), "/1/ask/search", "needs the key \"text\""),
    ("ask/search-unknown-kind", Some(1), "/1/ask/search/kinds/1", "\"dragon\" is no kind of object"),
    ("ask/delta-without-a-day", Some(1), "/1/ask/delta/from", "needs the key \"valid\""),
    ("ask/delta-without-to", Some(1), "/1/ask/delta", "needs the key \"to\""),
    ("ask/registrations-after-negative", Some(1), "/1/ask/registrations/after", "must be a whole number from 0 on"),
    ("ask/registrations-after-an-instant", Some(1), "/1/ask/registrations/after", "must be a whole number"),
];

#[test]
fn every_mistake_is_told_by_step_pointer_and_rule() {
    let mut wrong: Vec<String> = Vec::new();
    for (name, step, pointer, rule) in TABLE {
        let path = files::folder().join("malformed").join(format!("{name}.json"));
        match Scenario::parse(&std::fs::read_to_string(path).unwrap()) {
            Ok(_) => wrong.push(format!("{name}: was read")),
            Err(error) => {
                let told = (error.step, error.source.pointer.as_str());
                if told != (*step, *pointer) || !error.source.rule.contains(rule) {
                    wrong.push(format!("{name}: {error:?}"));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} differ:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_file_is_in_the_table() {
    let folder = files::folder().join("malformed");
    for path in files::within(&folder) {
        let name = path.strip_prefix(&folder).unwrap().with_extension("");
        let named = |row: &&Row| name.to_str() == Some(row.0);
        assert!(TABLE.iter().any(|row| named(&row)), "{} is not in the table", path.display());
    }
}

#[test]
fn no_rule_repeats_what_may_be_a_cpr_number() {
    let state = r#"{"create":{"kind":"person","id":"@a","period":{"from":null,"until":null},"state":{"cpr":"010150-12345"}}}"#;
    let commit = format!(
        r#"[{{"commit":{{"registered_at":"2024-01-01T09:00:00Z","actor":"ib","commands":[{state}]}}}}]"#
    );
    for text in [commit.clone(), commit.replace("cpr", "0101501234"), commit.replace("@a", "0101501234")] {
        let told = Scenario::parse(&text).unwrap_err().to_string();
        assert!(!told.contains("0101501234") && !told.contains("010150-12345"), "{told}");
    }
}

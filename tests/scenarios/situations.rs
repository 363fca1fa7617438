//! The table of rules and situations: every rule of §6 is shown in every situation of time, by a step of a scenario file
//! whose note names it. Here is only that none is missing and that what should be wrong is; what comes of each step is in
//! the files, argued from the page.

use serde_json::Value;

use crate::files;

/// The situations, as notes begin, and whether the rule must be broken in one, must hold in one, or both.
const SITUATIONS: [(&str, Shown); 9] = [
    ("exact cover", Shown::Holding),
    ("adjacent pieces", Shown::Either),
    ("one hole", Shown::Broken),
    ("late start", Shown::Broken),
    ("early end", Shown::Broken),
    ("only in the future", Shown::Broken),
    ("only in the past", Shown::Broken),
    ("made by the other side", Shown::Broken),
    ("made and mended in one commit", Shown::Holding),
];

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Shown {
    Holding,
    Broken,
    /// Adjacent pieces of a target hold; adjacent pieces that are both wrong are one violation.
    Either,
}

/// Every rule: its file, the code by which it is broken, and the code when the other side breaks it.
const RULES: [(&str, &str, &str); 16] = [
    ("coverage/situations", "V_DATE_OUTSIDE_ORG_UNIT_RANGE", "V_TERMINATE_UNIT_WITH_ROLES"),
    ("hierarchy/situations-of-the-parent", "V_PARENT_NOT_IN_HIERARCHY", "V_PARENT_NOT_IN_HIERARCHY"),
    (
        "hierarchy/situations-of-the-hierarchy",
        "V_DATE_OUTSIDE_HIERARCHY_RANGE",
        "V_DATE_OUTSIDE_HIERARCHY_RANGE",
    ),
    ("cycle/situations", "V_ORG_UNIT_MOVE_TO_CHILD", "V_ORG_UNIT_MOVE_TO_CHILD"),
    ("leave/situations", "V_NO_ACTIVE_ENGAGEMENT", "V_NO_ACTIVE_ENGAGEMENT"),
    ("class/situations-of-the-life", "V_CLASS_NOT_VALID", "V_CLASS_NOT_VALID"),
    ("class/situations-of-the-facet", "V_CLASS_WRONG_FACET", "V_CLASS_WRONG_FACET"),
    ("cpr/situations", "V_EXISTING_CPR", "V_EXISTING_CPR"),
    ("accounts/situations-of-the-same-account", "V_DUPLICATED_IT_USER", "V_DUPLICATED_IT_USER"),
    ("accounts/situations-of-a-shared-name", "W_ACCOUNT_SHARED", "W_ACCOUNT_SHARED"),
    ("primary/situations-of-accounts", "V_MORE_THAN_ONE_PRIMARY", "V_MORE_THAN_ONE_PRIMARY"),
    ("primary/situations-of-associations", "V_MORE_THAN_ONE_PRIMARY", "V_MORE_THAN_ONE_PRIMARY"),
    ("associations/situations", "V_MORE_THAN_ONE_ASSOCIATION", "V_MORE_THAN_ONE_ASSOCIATION"),
    ("deputies/situations", "V_CANNOT_SUBSTITUTE_SELF", "V_CANNOT_SUBSTITUTE_SELF"),
    ("links/situations", "V_RELATED_TO_SELF", "V_RELATED_TO_SELF"),
    ("kle/situations", "W_TWO_RESPONSIBLE", "W_TWO_RESPONSIBLE"),
];

/// The note of a step and the codes it expects.
fn steps(file: &str) -> Vec<(String, Vec<String>)> {
    let path = files::folder().join("rules").join(file).with_extension("json");
    let text = std::fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
    let steps: Vec<Value> = serde_json::from_str(&text).unwrap();
    let told = steps.iter().map(|step| {
        let commit = step.get("commit").or_else(|| step.get("dry_run")).unwrap();
        let wrong = ["refused", "reported"].iter().filter_map(|key| step["expect"].get(key)?.as_array());
        let codes = wrong.flatten().map(|wrong| wrong["code"].as_str().unwrap().to_owned());
        (commit["note"].as_str().unwrap().to_owned(), codes.collect())
    });
    told.collect()
}

#[test]
fn every_rule_is_shown_in_every_situation() {
    let mut missing = Vec::new();
    for (file, code, by_other_side) in RULES {
        let steps = steps(file);
        for (situation, shown) in SITUATIONS {
            let code = if situation == "made by the other side" { by_other_side } else { code };
            let fits = |codes: &[String]| match shown {
                Shown::Holding => codes.is_empty(),
                Shown::Broken => codes == [code],
                Shown::Either => codes.is_empty() || codes == [code],
            };
            if !steps.iter().any(|(note, codes)| note.starts_with(situation) && fits(codes)) {
                missing.push(format!("{file}: {situation}"));
            }
        }
    }
    assert_eq!(missing, [] as [String; 0]);
}

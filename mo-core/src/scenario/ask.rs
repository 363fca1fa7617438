//! Questions of a scenario file.

use uuid::Uuid;

use super::names::Names;
use crate::classification::{KleQuery, Reach};
use crate::journal::{At, Json, JsonError, fields_from, object_ref_from, period_from};
use crate::model::{
    HierarchyId, Kind, KleAspect, ObjectRef, PersonId, Shape, Slot, UnitId, Value, ValueType,
};
use crate::registry::relation_from;
use crate::search::SearchQuery;
use crate::state::Known;
use crate::time::{Day, Instant, Period, Revision};

/// A question and the two times it is asked at.
#[derive(Debug)]
pub(super) struct Ask {
    pub(super) question: Question,
    pub(super) known: Known,
}

/// What is asked; on-the-day questions carry their day.
#[derive(Debug)]
pub(super) enum Question {
    Object(ObjectRef, Day),
    Timeline(ObjectRef),
    History(ObjectRef),
    Roots(HierarchyId, Day),
    Tree(TreeQuestion, HierarchyId, UnitId, Day),
    Within {
        hierarchy: HierarchyId,
        unit: UnitId,
        above: UnitId,
        day: Day,
    },
    Lca {
        hierarchy: HierarchyId,
        units: [UnitId; 2],
        day: Day,
    },
    PathOver {
        hierarchy: HierarchyId,
        unit: UnitId,
        period: Period,
    },
    Referrers {
        target: ObjectRef,
        kind: Kind,
        field: u8,
        day: Day,
    },
    Find {
        kind: Kind,
        conditions: Vec<(Slot, Option<Value>)>,
        day: Day,
    },
    Managers {
        unit: UnitId,
        hierarchy: HierarchyId,
        inherit: bool,
        vacant: bool,
        skip: Option<PersonId>,
        day: Day,
    },
    Responsible {
        query: KleQuery,
        day: Day,
    },
    Search {
        query: SearchQuery,
        day: Day,
    },
    Delta {
        from: (Day, Known),
        to: (Day, Known),
    },
    Check,
    Registrations {
        after: Revision,
    },
    Current {
        after: Instant,
        until: Instant,
    },
}

/// The questions that take a hierarchy and a unit.
#[derive(Debug, Clone, Copy)]
pub(super) enum TreeQuestion {
    Children,
    Descendants,
    Ancestors,
    Path,
    Count,
}

const QUESTIONS: &[&str] = &[
    "object",
    "timeline",
    "history",
    "roots",
    "children",
    "descendants",
    "ancestors",
    "path",
    "count",
    "within",
    "lca",
    "path_over",
    "referrers",
    "find",
    "managers",
    "responsible",
    "search",
    "delta",
    "check",
    "registrations",
    "current",
];

pub(super) fn ask_from(at: &At, names: &Names) -> Result<Ask, JsonError> {
    let mut question = None;
    for (key, inner) in at.entries()? {
        match key.text().as_str() {
            "valid" | "known" => {}
            name if QUESTIONS.contains(&name) && question.is_none() => question = Some((key.text(), inner)),
            name if QUESTIONS.contains(&name) => return Err(inner.error("a step asks one question")),
            _ => {
                return Err(
                    inner.error(format!("unknown question; the questions are {}", QUESTIONS.join(", ")))
                );
            }
        }
    }
    let (name, inner) = question
        .ok_or_else(|| at.error(format!("asks nothing; the questions are {}", QUESTIONS.join(", "))))?;
    let known = match at.optional("known") {
        Some(known) => known_from(&known)?,
        None => Known::Head,
    };
    // The day is read whether or not the question needs it, so that a malformed one is told.
    let valid = at.optional("valid").map(|at| at.day()).transpose()?;
    let day = || valid.ok_or_else(|| at.error(format!("\"{name}\" needs \"valid\": the day")));
    Ok(Ask { question: question_from(&name, &inner, names, &day)?, known })
}

fn question_from(
    name: &str,
    at: &At,
    names: &Names,
    day: &dyn Fn() -> Result<Day, JsonError>,
) -> Result<Question, JsonError> {
    let read = |text: &str| names.read(text);
    let id = |key| -> Result<Uuid, JsonError> { at.required(key)?.id(&read) };
    let unit = |key| id(key).map(UnitId::new);
    let hierarchy = || id("hierarchy").map(HierarchyId::new);
    let object = || {
        at.only(&["kind", "id"])?;
        object_ref_from(at, &read)
    };
    let tree = |question| {
        at.only(&["hierarchy", "unit"])?;
        Ok(Question::Tree(question, hierarchy()?, unit("unit")?, day()?))
    };
    match name {
        "object" => Ok(Question::Object(object()?, day()?)),
        "timeline" => Ok(Question::Timeline(object()?)),
        "history" => Ok(Question::History(object()?)),
        "roots" => {
            at.only(&["hierarchy"])?;
            Ok(Question::Roots(hierarchy()?, day()?))
        }
        "children" => tree(TreeQuestion::Children),
        "descendants" => tree(TreeQuestion::Descendants),
        "ancestors" => tree(TreeQuestion::Ancestors),
        "path" => tree(TreeQuestion::Path),
        "count" => tree(TreeQuestion::Count),
        "within" => {
            at.only(&["hierarchy", "unit", "above"])?;
            Ok(Question::Within {
                hierarchy: hierarchy()?,
                unit: unit("unit")?,
                above: unit("above")?,
                day: day()?,
            })
        }
        "lca" => {
            at.only(&["hierarchy", "units"])?;
            let units = at.required("units")?;
            let found: Vec<UnitId> =
                units.items()?.map(|at| at.id(&read).map(UnitId::new)).collect::<Result<_, _>>()?;
            let units = <[UnitId; 2]>::try_from(found).map_err(|_| units.error("must be two units"))?;
            Ok(Question::Lca { hierarchy: hierarchy()?, units, day: day()? })
        }
        "path_over" => {
            at.only(&["hierarchy", "unit", "period"])?;
            let period = period_from(&at.required("period")?)?;
            Ok(Question::PathOver { hierarchy: hierarchy()?, unit: unit("unit")?, period })
        }
        "referrers" => {
            at.only(&["kind", "id", "by"])?;
            let by = at.required("by")?;
            let (kind, field) = relation_from(&by, by.text()?)?;
            Ok(Question::Referrers { target: object_ref_from(at, &read)?, kind, field, day: day()? })
        }
        "find" => find_from(at, names, day()?),
        "managers" => {
            at.only(&["unit", "hierarchy", "inherit", "vacant", "skip"])?;
            let flag = |key| at.optional(key).map_or(Ok(false), |at| at.bool());
            let skip = at.optional("skip").map(|at| at.id(&read).map(PersonId::new)).transpose()?;
            Ok(Question::Managers {
                unit: unit("unit")?,
                hierarchy: hierarchy()?,
                inherit: flag("inherit")?,
                vacant: flag("vacant")?,
                skip,
                day: day()?,
            })
        }
        "responsible" => Ok(Question::Responsible { query: responsible_from(at, names)?, day: day()? }),
        "search" => Ok(Question::Search { query: search_from(at)?, day: day()? }),
        "delta" => {
            at.only(&["from", "to"])?;
            Ok(Question::Delta {
                from: point_from(&at.required("from")?)?,
                to: point_from(&at.required("to")?)?,
            })
        }
        "check" => {
            at.only(&[])?;
            Ok(Question::Check)
        }
        "current" => {
            at.only(&["after", "until"])?;
            Ok(Question::Current {
                after: at.required("after")?.parse()?,
                until: at.required("until")?.parse()?,
            })
        }
        // The only one left of the known questions.
        _ => {
            at.only(&["after"])?;
            Ok(Question::Registrations { after: Revision::new(at.required("after")?.number()?) })
        }
    }
}

fn responsible_from(at: &At, names: &Names) -> Result<KleQuery, JsonError> {
    at.only(&["number", "aspect", "unit", "hierarchy"])?;
    let aspect = at.required("aspect")?;
    let aspect = KleAspect::from_name(aspect.text()?)
        .ok_or_else(|| aspect.error("must be \"responsible\", \"performing\" or \"insight\""))?;
    let id = |key| at.optional(key).map(|at| at.id(&|text: &str| names.read(text))).transpose();
    let unit = id("unit")?.map(UnitId::new);
    let reach = match (id("hierarchy")?.map(HierarchyId::new), unit) {
        (Some(hierarchy), Some(unit)) => Reach::Up(hierarchy, unit),
        (Some(hierarchy), None) => Reach::Hierarchy(hierarchy),
        (None, Some(unit)) => Reach::Unit(unit),
        (None, None) => Reach::Everywhere,
    };
    Ok(KleQuery::new(at.required("number")?.parse()?, aspect).reach(reach))
}

fn search_from(at: &At) -> Result<SearchQuery, JsonError> {
    at.only(&["text", "kinds"])?;
    let query = SearchQuery::new(at.required("text")?.text()?);
    Ok(match at.optional("kinds") {
        Some(kinds) => query.kinds(kinds.items()?.map(|at| at.kind()).collect::<Result<Vec<_>, _>>()?),
        None => query,
    })
}

/// An instant, `{"revision": n}` or null for the head.
fn known_from(at: &At) -> Result<Known, JsonError> {
    match at.json {
        Json::Null => Ok(Known::Head),
        Json::Object(_) => {
            at.only(&["revision"])?;
            Ok(Known::Revision(Revision::new(at.required("revision")?.number()?)))
        }
        _ => Ok(Known::Instant(at.parse()?)),
    }
}

fn point_from(at: &At) -> Result<(Day, Known), JsonError> {
    at.only(&["valid", "known"])?;
    let known = match at.optional("known") {
        Some(known) => known_from(&known)?,
        None => Known::Head,
    };
    Ok((at.required("valid")?.day()?, known))
}

/// All named fields must match. A value equal to the field's default asks for those without a value.
fn find_from(at: &At, names: &Names, day: Day) -> Result<Question, JsonError> {
    let kind = at.required("kind")?.kind()?;
    let Json::Object(entries) = at.json else { return Err(at.error("must be an object")) };
    let mut conditions: Vec<(Slot, Option<Value>)> = Vec::new();
    let whole = at;
    for (key, at) in whole.entries()? {
        let name = key.text();
        if name == "kind" {
            continue;
        }
        let one = Json::Object(entries.iter().filter(|(k, _)| k == key).cloned().collect());
        let fields = fields_from(kind, &At::top(&one), &|text| names.read(text))
            .map_err(|e| JsonError { pointer: whole.pointer() + &e.pointer, ..e })?;
        conditions.extend(fields.iter().map(|(slot, value)| (slot.clone(), Some(value.clone()))));
        if let Some((index, field)) = kind.spec().field(&name) {
            let says_nothing = field.shape == Shape::One
                && (field.value == ValueType::Flag && *at.json == Json::Bool(false));
            if says_nothing {
                conditions.push((Slot::one(index), None));
            }
        }
    }
    Ok(Question::Find { kind, conditions, day })
}

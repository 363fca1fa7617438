//! The JSON form of a reorganisation, as in scenario files.

use super::{Reorganisation, Step, Who};
use crate::journal::{At, Json, JsonError, ReadId};
use crate::model::{ClassId, EngagementId, HierarchyId, PersonId, UnitId};
use crate::registry::{to_from, to_json};
use uuid::Uuid;

impl Reorganisation {
    pub(crate) fn from_json(at: &At, read: ReadId) -> Result<Reorganisation, JsonError> {
        at.only(&["name", "day", "decided", "hierarchy", "steps"])?;
        let hierarchy = HierarchyId::new(at.required("hierarchy")?.id(read)?);
        let mut made =
            Reorganisation::new(at.required("name")?.text()?, hierarchy, at.required("day")?.day()?);
        made.decided = at.optional("decided").map(|at| at.day()).transpose()?;
        for at in at.required("steps")?.items()? {
            made.steps.push(step_from(&at, read)?);
        }
        Ok(made)
    }

    pub(crate) fn to_json(&self) -> Json {
        let mut json = Json::object([
            ("name", Json::Text(self.name.to_string())),
            ("day", Json::Text(self.day.to_string())),
        ]);
        if let Some(decided) = self.decided {
            json.push("decided", Json::Text(decided.to_string()));
        }
        json.push("hierarchy", Json::Id(self.hierarchy.uuid()));
        json.push("steps", Json::List(self.steps.iter().map(step_json).collect()));
        json
    }
}

fn step_from(at: &At, read: ReadId) -> Result<Step, JsonError> {
    let mut entries = at.entries()?;
    let (Some((verb, at)), None) = (entries.next(), entries.next()) else {
        return Err(at.error("a step is an object with exactly one key, what is done"));
    };
    let unit = |key| at.required(key)?.id(read).map(UnitId::new);
    Ok(match verb.text().as_str() {
        "open" => {
            at.only(&["id", "name", "under"])?;
            Step::Open {
                id: unit("id")?,
                name: at.required("name")?.text()?.into(),
                under: to_from(&at.required("under")?, read)?,
            }
        }
        "rename" => {
            at.only(&["unit", "name"])?;
            Step::Rename { unit: unit("unit")?, name: at.required("name")?.text()?.into() }
        }
        "move" => {
            at.only(&["unit", "under"])?;
            Step::Move { unit: unit("unit")?, under: to_from(&at.required("under")?, read)? }
        }
        "merge" => {
            at.only(&["units", "into"])?;
            let units = at.required("units")?;
            let units = units.items()?.map(|at| at.id(read).map(UnitId::new)).collect::<Result<_, _>>()?;
            Step::Merge { units, into: unit("into")? }
        }
        "split" => {
            at.only(&["unit", "assign"])?;
            let mut assign = Vec::new();
            for at in at.required("assign")?.items()? {
                at.only(&["who", "to"])?;
                assign
                    .push((who_from(&at.required("who")?, read)?, UnitId::new(at.required("to")?.id(read)?)));
            }
            Step::Split { unit: unit("unit")?, assign }
        }
        "close" => {
            at.only(&["unit", "destination"])?;
            let destination =
                at.optional("destination").map(|at| at.id(read).map(UnitId::new)).transpose()?;
            Step::Close { unit: unit("unit")?, destination }
        }
        _ => return Err(at.error("unknown step; the steps are open, rename, move, merge, split and close")),
    })
}

fn who_from(at: &At, read: ReadId) -> Result<Who, JsonError> {
    if let Json::Text(text) = at.json {
        return if text == "rest" { Ok(Who::Rest) } else { Err(at.error("must be \"rest\" or an object")) };
    }
    let mut entries = at.entries()?;
    let (Some((key, at)), None) = (entries.next(), entries.next()) else {
        return Err(at.error(
            "is one of {\"persons\"}, {\"engagements\"}, {\"engagement_type\"}, {\"kle\"} and \"rest\"",
        ));
    };
    let ids = |at: &At| at.items()?.map(|at| at.id(read)).collect::<Result<Vec<Uuid>, _>>();
    Ok(match key.text().as_str() {
        "persons" => Who::Persons(ids(&at)?.into_iter().map(PersonId::new).collect()),
        "engagements" => Who::Engagements(ids(&at)?.into_iter().map(EngagementId::new).collect()),
        "engagement_type" => Who::EngagementType(ClassId::new(at.id(read)?)),
        "kle" => Who::Kle(at.parse()?),
        _ => return Err(at.error("unknown key; known here: persons, engagements, engagement_type, kle")),
    })
}

fn step_json(step: &Step) -> Json {
    let id = |unit: &UnitId| Json::Id(unit.uuid());
    let text = |text: &crate::model::value::Text| Json::Text(text.to_string());
    let (verb, json) = match step {
        Step::Open { id: unit, name, under } => {
            ("open", Json::object([("id", id(unit)), ("name", text(name)), ("under", to_json(*under))]))
        }
        Step::Rename { unit, name } => ("rename", Json::object([("unit", id(unit)), ("name", text(name))])),
        Step::Move { unit, under } => {
            ("move", Json::object([("unit", id(unit)), ("under", to_json(*under))]))
        }
        Step::Merge { units, into } => (
            "merge",
            Json::object([("units", Json::List(units.iter().map(id).collect())), ("into", id(into))]),
        ),
        Step::Split { unit, assign } => {
            let assign =
                assign.iter().map(|(who, to)| Json::object([("who", who_json(who)), ("to", id(to))]));
            ("split", Json::object([("unit", id(unit)), ("assign", Json::List(assign.collect()))]))
        }
        Step::Close { unit, destination } => {
            let mut json = Json::object([("unit", id(unit))]);
            if let Some(destination) = destination {
                json.push("destination", id(destination));
            }
            ("close", json)
        }
    };
    Json::object([(verb, json)])
}

fn who_json(who: &Who) -> Json {
    let ids = |ids: Vec<Uuid>| Json::List(ids.into_iter().map(Json::Id).collect());
    let (key, json) = match who {
        Who::Rest => return "rest".into(),
        Who::Persons(persons) => ("persons", ids(persons.iter().map(|person| person.uuid()).collect())),
        Who::Engagements(all) => {
            ("engagements", ids(all.iter().map(|engagement| engagement.uuid()).collect()))
        }
        Who::EngagementType(class) => ("engagement_type", Json::Id(class.uuid())),
        Who::Kle(number) => ("kle", Json::Text(number.to_string())),
    };
    Json::object([(key, json)])
}

//! From the file that OPUS Løn writes each day, with everything it has, to what changes in a registry: what is new begins,
//! what differs changes, what is missing ends, from the file's day on. The first file tells of the past too.
//!
//! Left out, each a field or an object more in [`plan`]:
//!
//! * of units: short names, addresses, telephone, cost centres, CVR, EAN, SE and P-numbers, types;
//! * of employees: addresses, telephone, contracts, positions, pay grades, leaders, other terms than an ordinary employee's;
//! * names that two employments of one person spell differently: the first one counts;
//! * the days before the file of an employment without an entry date, or that no earlier file told of;
//! * persons end with their last employment; where something else still refers to one, the file is refused.

use std::collections::BTreeMap;
use std::error::Error;
use std::path::Path;

use mo_core::model::value::Cpr;
use mo_core::model::{
    Engagement, Fraction, Hierarchy, HierarchyId, HierarchyUse, Kind, Person, PersonId, Placement, Unit,
    UnitId,
};
use mo_core::plan::{Plan, Proposal};
use mo_core::reconcile::{Guard, Reconcile, Scope};
use mo_core::registry::Registry;
use mo_core::start_set;
use mo_core::time::{Day, Period, PeriodReader};
use mo_core::timeline::Timeline;
use serde::Deserialize;
use uuid::Uuid;

/// More than a fifth of everything, or more than a hundred objects, does not go in a day.
const GUARD: Guard = Guard { share: 0.2, count: 100, allow: false };

/// The attributes (with @) and elements of a unit or an employee.
type Fields = BTreeMap<String, String>;

#[derive(Deserialize)]
struct File {
    #[serde(rename = "orgUnit")]
    units: Vec<Fields>,
    #[serde(rename = "employee")]
    employees: Vec<Fields>,
}

fn text<'a>(fields: &'a Fields, name: &str) -> Option<&'a str> {
    fields.get(name).map(|text| text.trim()).filter(|text| !text.is_empty())
}

/// The id that a number has in every run; never made of a CPR number.
fn id<I: From<Uuid>>(kind: Kind, number: Option<&str>) -> I {
    let name = format!("opus 999 {kind} {}", number.unwrap_or_default());
    Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes()).into()
}

/// What has to change for the registry to say what the file of a day says. The digits of its name are the day.
pub fn plan(registry: &Registry, file: &Path) -> Result<Plan, Box<dyn Error>> {
    let name = file.file_name().unwrap_or_default().to_string_lossy();
    let day: u32 = name.chars().filter(char::is_ascii_digit).collect::<String>().parse()?;
    let day = Day::from_ymd((day / 10_000).try_into()?, day / 100 % 100, day % 100)?;
    let today = day.to_string();
    let file: File = quick_xml::de::from_str(&std::fs::read_to_string(file)?)?;

    let payroll: HierarchyId = id(Kind::Hierarchy, None);
    let known = registry.snapshot().at(day).exists(payroll);
    let kinds = [Kind::Hierarchy, Kind::Unit, Kind::Person, Kind::Engagement];
    let mut wish = Reconcile::new("opus", Scope::kinds(kinds))
        .within(if known { Period::since(day) } else { Period::ALWAYS })
        .key(Person::CPR)
        .guard(GUARD)
        .wish(payroll, &Timeline::single(Period::ALWAYS, Hierarchy::new("Løn", HierarchyUse::Payroll)));
    let mut days = PeriodReader::new().dates_are_last_days();
    for unit in &file.units {
        let above = text(unit, "parentOrgUnit");
        let place = above.map_or(Placement::Root, |_| Placement::Under(id(Kind::Unit, above)));
        let state = Unit::new(text(unit, "longName").unwrap_or_default()).placements(payroll, place);
        let period = days.read(text(unit, "startDate"), text(unit, "endDate"))?.period().ok_or("no day")?;
        wish = wish.wish::<Unit>(id(Kind::Unit, text(unit, "@id")), &Timeline::single(period, state));
    }
    let mut persons: BTreeMap<&str, PersonId> = BTreeMap::new();
    for one in file.employees.iter().filter(|one| text(one, "@action") != Some("leave")) {
        let (number, cpr) = (text(one, "@id"), text(one, "cpr").unwrap_or_default());
        let person = *persons.entry(cpr).or_insert_with(|| id(Kind::Person, number));
        if person == id(Kind::Person, number) {
            let [given, surname] = ["firstName", "lastName"].map(|name| text(one, name).unwrap_or_default());
            let state = Person::new(given, surname).cpr(cpr.parse::<Cpr>()?);
            wish = wish.wish_new(person, &Timeline::single(Period::ALWAYS, state));
        }
        let unit: UnitId = id(Kind::Unit, text(one, "orgUnit"));
        let [hours, of] =
            ["numerator", "denominator"].map(|name| text(one, name).unwrap_or("1").parse::<f64>());
        let share = Fraction::new((1e6 * hours? / of?).round() as u32).ok_or("more than full time")?;
        let terms = start_set::class_id("engagement_type", "employee");
        let state = Engagement::new(person, unit, terms).user_key(number.unwrap_or_default()).fraction(share);
        let (entry, leave) = (text(one, "entryDate").or(Some(&today)), text(one, "leaveDate"));
        let period = days.read(entry, leave)?.period().ok_or("no day")?;
        wish = wish.wish::<Engagement>(id(Kind::Engagement, number), &Timeline::single(period, state));
    }
    Ok(registry.plan(Proposal::new(format!("OPUS {day}"), "opus").with(wish))?)
}

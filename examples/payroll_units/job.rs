//! Payroll says in which of its own units an employee is paid; payroll links say to which unit of the line that unit belongs.
//! So an employee comes to stand in the line where the link leads, and moves when either changes. A payroll unit without
//! links of its own belongs where the nearest one above it does. Where links lead to several units nothing is moved.
//!
//! Left out:
//!
//! * employees that the registry does not know yet; the example `payroll_opus` creates them;
//! * a choice between several line units, by KLE number or by hand: a rule of each municipality's own;
//! * leaders, accounts and addresses that should follow an employee who moves;
//! * more than one payroll hierarchy.

use std::collections::{BTreeMap, HashMap};
use std::error::Error;
use std::path::Path;

use mo_core::model::{
    Engagement, EngagementId, Hierarchy, HierarchyId, HierarchyUse, LinkUse, Patch, Unit, UnitId, UnitLink,
};
use mo_core::plan::{Plan, Proposal};
use mo_core::registry::{Command, Registry};
use mo_core::state::Snapshot;
use mo_core::time::{Day, Period};
use mo_core::timeline::Timeline;
use serde::Deserialize;

/// An employee is paid in a payroll unit from a day on, until the next row of the same employee.
#[derive(Deserialize)]
struct Row {
    employee: String,
    payroll_unit: String,
    from: Day,
}

/// What has to change for everybody to stand where payroll and the links say, and the employees about whom they say nothing.
pub fn plan(registry: &Registry, rows: &Path) -> Result<(Plan, Vec<String>), Box<dyn Error>> {
    let now = registry.snapshot();
    let mut paid: BTreeMap<(String, EngagementId), Timeline<UnitId>> = BTreeMap::new();
    for row in csv::ReaderBuilder::new().delimiter(b';').from_path(rows)?.deserialize() {
        let Row { employee, payroll_unit, from } = row?;
        let day = now.at(from);
        let units = day.find(Unit::USER_KEY, &*payroll_unit);
        let unit = units.first().ok_or_else(|| format!("no unit has the number {payroll_unit} on {from}"))?;
        for engagement in day.find(Engagement::USER_KEY, &*employee) {
            paid.entry((employee.clone(), engagement)).or_default().insert(Period::since(from), *unit);
        }
    }
    let lines = lines(&now);
    let (mut proposal, mut silent) = (Proposal::new("lønenheder", "løn"), Vec::new());
    for ((employee, engagement), units) in paid {
        let line = units.through(|unit| lines.get(unit)).intersect(&now.timeline(engagement));
        for (period, unit) in &line {
            let patch = Patch::new().set(Engagement::UNIT, *unit).into_changes();
            proposal = proposal.with(Command::Set { object: engagement.into(), period, patch });
        }
        silent.extend(line.is_empty().then_some(employee));
    }
    Ok((registry.plan(proposal)?, silent))
}

/// The unit of the line to which each payroll unit belongs, on the days on which there is exactly one.
fn lines(now: &Snapshot) -> HashMap<UnitId, Timeline<UnitId>> {
    let mut links: HashMap<UnitId, Timeline<Vec<UnitId>>> = HashMap::new();
    for link in now.objects::<UnitLink>() {
        for (period, link) in now.timeline(link).iter().filter(|(_, link)| link.link_use == LinkUse::Payroll)
        {
            let (to, so_far) = (Timeline::single(period, link.to), links.entry(link.from).or_default());
            *so_far =
                so_far.merge(&to, |all, one| Some(all.into_iter().flatten().chain(one).copied().collect()));
        }
    }
    let payroll =
        |id: &HierarchyId| now.timeline(*id).iter().any(|(_, h)| h.hierarchy_use == HierarchyUse::Payroll);
    let payroll = now.objects::<Hierarchy>().into_iter().find(payroll);
    let nearest = |unit| {
        let paths = payroll.map(|payroll| now.path_over(payroll, unit, Period::ALWAYS)).unwrap_or_default();
        let of_path = |(days, path): (Period, &Vec<UnitId>)| {
            let links = path.iter().rev().filter_map(|unit| links.get(unit));
            links.fold(Timeline::new(), |nearest, next| nearest.or_else(&next.clip(days)))
        };
        paths.iter().map(of_path).fold(Timeline::new(), |before, next| before.or_else(&next))
    };
    let only = |all: &Vec<UnitId>| if let [one] = all[..] { Some(one) } else { None };
    now.objects::<Unit>().into_iter().map(|unit| (unit, nearest(unit).filter_map(only))).collect()
}

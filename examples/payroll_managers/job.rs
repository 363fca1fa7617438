//! Employees leave, and whoever leads a unit leads it no longer than they are employed: a seat loses the days on which the one
//! who holds it has no engagement left at all. A leader with another engagement keeps the seat.
//!
//! Left out:
//!
//! * a seat that shall be vacant rather than gone: clear `Manager::PERSON` on those days instead of taking them away;
//! * engagements that do not count, such as those of a volunteer: a condition more in [`idle`];
//! * a deputy who takes over, and who is told;
//! * leave, accounts and addresses of the engagement end with it by policy (`Clip`); another municipality may keep them.

use std::collections::HashMap;
use std::error::Error;
use std::path::Path;

use mo_core::model::{Engagement, Manager, ManagerId, PersonId};
use mo_core::plan::{Plan, Proposal};
use mo_core::reconcile::{Reconcile, Scope};
use mo_core::registry::{Command, Registry};
use mo_core::rules::{Policies, Policy};
use mo_core::state::Snapshot;
use mo_core::time::Day;
use mo_core::timeline::{Days, Timeline};
use serde::Deserialize;

/// An employee and the last day of the employment.
#[derive(Deserialize)]
struct Row {
    employee: String,
    last_day: Day,
}

/// What changes when these employees leave.
pub fn plan(registry: &Registry, rows: &Path) -> Result<Plan, Box<dyn Error>> {
    let now = registry.snapshot();
    let policies = Policies::new().otherwise(Policy::Clip).with(Manager::ENGAGEMENT, Policy::Vacate);
    let mut proposal = Proposal::new("fratrædelser", "løn").policies(policies);
    for row in csv::ReaderBuilder::new().delimiter(b';').from_path(rows)?.deserialize() {
        let Row { employee, last_day } = row?;
        let from = last_day.next().ok_or("the last day of all has no day after")?;
        for engagement in now.at(last_day).find(Engagement::USER_KEY, &*employee) {
            proposal = proposal.with(Command::End { object: engagement.into(), from, dependents: None });
        }
    }
    // Who is left is seen in a preview, so that all is one registration.
    let after = registry.plan(proposal.clone())?.preview(registry)?;
    for (seat, kept) in idle(&after) {
        proposal = proposal.with(Reconcile::new("local", Scope::objects([seat])).wish(seat, &kept));
    }
    Ok(registry.plan(proposal)?)
}

/// The seats that are held on days without an engagement of whoever holds them, with the other days.
fn idle(after: &Snapshot) -> Vec<(ManagerId, Timeline<Manager>)> {
    let mut employed: HashMap<PersonId, Days> = HashMap::new();
    for engagement in after.objects::<Engagement>() {
        for (period, engagement) in &after.timeline(engagement) {
            let days = employed.entry(engagement.person).or_default();
            *days = days.union(&period.into());
        }
    }
    let seats = after.objects::<Manager>().into_iter().map(|seat| (seat, after.timeline(seat)));
    let kept = |seat: &Timeline<Manager>| {
        let held = seat.filter_map(|seat| seat.person);
        seat.subtract(&held.subtract(&held.through(|person| employed.get(person))))
    };
    seats
        .map(|(id, seat)| (id, kept(&seat), seat))
        .filter(|(_, kept, seat)| kept != seat)
        .map(|(id, kept, _)| (id, kept))
        .collect()
}

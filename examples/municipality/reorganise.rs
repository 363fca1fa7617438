//! A reorganisation from idea to undo, on a copy in memory, so that the store stays as it is: a closing that is refused, the
//! plan that mends it, what it means for people and managers, approval, commit, both dates side by side, and undo.

use std::error::Error;
use std::io::Write;
use std::ops::ControlFlow;
use std::sync::Arc;

use mo_core::model::{CountedIds, HierarchyId, Placement, Unit, UnitId};
use mo_core::plan::{ApprovalRule, Intent, Plan, Proposal, Reorganisation};
use mo_core::registry::{Command, Registry};
use mo_core::state::View;
use mo_core::store::{MemoryStore, Store};
use mo_core::time::{Day, Revision, SteppingClock};

use super::load::id;
use super::story::{heading, trees};

/// Tells it, from registry to registry and back; the plan as it was committed.
pub fn tell(registry: &Registry, out: &mut dyn Write) -> Result<Plan, Box<dyn Error>> {
    let clock = Arc::new(SteppingClock::new("2026-03-02T09:00:00Z".parse()?));
    let registry = copy(registry, &clock)?;
    let january: Day = "2027-01-01".parse()?;
    let (town, library, music, service): (UnitId, UnitId, UnitId, UnitId) =
        (id("u-korsbaek"), id("u-bib"), id("u-musik"), id("u-borger"));
    let (house, line, payroll): (UnitId, HierarchyId, HierarchyId) =
        (id("u-kulturhuset"), id("h-line"), id("h-lon"));

    heading(out, "A reorganisation for next January: first try")?;
    writeln!(out, "All this happens on a copy in memory; the store stays as it is.\n")?;
    let end = Command::End { object: library.into(), from: january, dependents: None };
    let first = registry.plan(Proposal::new("Biblioteket lukker", "organisationsteam").with(end));
    let Err(refusal) = first else { return Err("closing the library should be refused".into()) };
    writeln!(out, "It cannot be done like that, for {} reasons; the first two:\n", refusal.violations.len())?;
    for violation in refusal.violations.iter().take(2) {
        writeln!(out, "{violation}\n{}", violation.picture())?;
    }

    heading(out, "The plan that mends it")?;
    let merger = Reorganisation::new("Kulturhuset 2027", line, january)
        .decided("2026-02-24".parse()?)
        .open(house, "Kulturhuset", town)
        .merge([library, music], house)
        .move_unit(service, house);
    // In the payroll hierarchy, too, something takes the place of the two.
    let to = Placement::Under(id("u-lon-kultur"));
    let paid = Command::Move { unit: house, hierarchy: payroll, to, from: january, until: None };
    let proposal = Proposal::new("Kulturhuset 2027", "organisationsteam").case_number("26/0417");
    let mut plan = registry.plan(proposal.with(merger).with(paid))?;
    let shown = plan.to_string();
    let (first, rest) =
        shown.split_at(shown.match_indices('\n').nth(20).map_or(shown.len(), |(at, _)| at + 1));
    writeln!(out, "{first}  … and {} more effects", rest.trim_end().lines().count())?;

    heading(out, "What it means")?;
    write!(out, "{}", plan.impact(&registry)?)?;

    heading(out, "Approval, commit, and the two dates side by side")?;
    if let Err(refusal) = plan.commit(&registry, "organisationsteam", ApprovalRule::ByAnother) {
        writeln!(out, "{refusal}\n")?;
    }
    clock.set("2026-03-09T10:15:00Z".parse()?);
    plan.approve("direktionen", "2026-03-09T10:00:00Z".parse()?);
    let before = registry.snapshot();
    let outcome = plan.commit(&registry, "organisationsteam", ApprovalRule::ByAnother)?;
    let revision = outcome.receipt().ok_or("the plan changed nothing")?.stamp.revision;
    writeln!(out, "Approved by direktionen and registered as number {revision}.\n")?;
    let after = registry.snapshot();
    let yesterday = january.previous().ok_or("there is a day before")?;
    trees(out, [&after.at(yesterday), &after.at(january)], town)?;
    for unit in [library, music] {
        let heirs = after.at(january).heirs(unit);
        let called = |view: &View, unit| view.field(unit, Unit::NAME).unwrap_or_default();
        let today: Vec<_> = heirs.into_iter().map(|heir| called(&after.at(january), heir)).collect();
        writeln!(out, "\n{} is now called {}.", called(&after.at(yesterday), unit), today.join(", "))?;
    }

    heading(out, "Undo")?;
    clock.set("2026-05-04T08:00:00Z".parse()?);
    let undo = Proposal::new("Kulturhuset udskydes", "organisationsteam").with(Intent::Compensate(revision));
    registry.carry_out(&undo)?;
    let now = registry.snapshot();
    let left = before.at(january).delta_to(&now.at(january)).len();
    let undone = now.as_known(revision).at(january).delta_to(&now.at(january)).len();
    writeln!(
        out,
        "{undone} objects are again what they were, {left} are not. What was believed from March to May can still be read."
    )?;
    Ok(plan)
}

/// The same registry in memory.
fn copy(registry: &Registry, clock: &Arc<SteppingClock>) -> Result<Registry, Box<dyn Error>> {
    let copy = MemoryStore::new();
    let mut failed = None;
    registry.store().read(Revision::ZERO, &mut |entry| {
        let before = Revision::new(entry.revision.number() - 1);
        match copy.append(before, &entry) {
            Ok(()) => ControlFlow::Continue(()),
            Err(error) => {
                failed = Some(error);
                ControlFlow::Break(())
            }
        }
    })?;
    match failed {
        Some(error) => Err(error.into()),
        None => Ok(Registry::open(copy, Arc::clone(clock), CountedIds::new("kulturhuset"))?),
    }
}

//! Everything that is wrong with a belief, as if all of it were new: what was admitted, what a foreign journal brought, what
//! is in use though retired.

use super::coverage;
use super::holds::holds;
use super::{Code, SPECIAL_SAME, Violation, cycle, pairs, violation, words};
use super::{accounts, it_associations, kle, primary, unique};
use crate::model::{Kind, Unit};
use crate::state::Snapshot;
use crate::state::draft::{Draft, When};
use crate::state::tables::Layout;
use crate::timeline::Days;

impl Snapshot {
    /// Everything that is wrong on some day of what this snapshot believes, by code, objects and first day: what was
    /// admitted with [`Policy::Report`](super::Policy::Report), what is in use though retired, and the `W_` codes. Also
    /// noted are units that stand in no hierarchy (`W_UNIT_IN_NO_HIERARCHY`). Codes are those of the referring side.
    ///
    /// ```
    /// # use mo_core::{model::*, registry::Registry, rules::Policy, time::*};
    /// # let clock = SteppingClock::new("2024-01-01T09:00:00Z".parse()?);
    /// # let registry = Registry::in_memory(clock, CountedIds::new("check"));
    /// let mut edit = registry.edit("anna").policy(Unit::PLACEMENTS, Policy::Report);
    /// let line = edit.create(Period::before("2030-01-01".parse()?), Hierarchy::new("Linje", HierarchyUse::Line));
    /// edit.create(Period::ALWAYS, Unit::new("Skole").placements(line, Placement::Root));
    /// edit.commit()?;
    ///
    /// let wrong = registry.snapshot().check();
    /// assert_eq!(wrong.len(), 1);
    /// assert_eq!(wrong[0].code.to_string(), "V_DATE_OUTSIDE_HIERARCHY_RANGE");
    /// assert_eq!(wrong[0].periods, [Period::since("2030-01-01".parse()?)]);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    ///
    /// # Complexity
    /// O(n log n) in the objects and their periods, as long as little is wrong.
    pub fn check(&self) -> Vec<Violation> {
        let draft = Draft::as_known(self.tables(), self.revision());
        let mut found = references(&draft);
        found.extend(cycle::check_all(&draft));
        found.extend(pairs::check_all(&unique::SameCpr, &draft));
        found.extend(pairs::check_all(&accounts::SameAccount, &draft));
        found.extend(pairs::check_all(&it_associations::SamePlacement, &draft));
        found.extend(pairs::check_all(&primary::MainAccounts::default(), &draft));
        found.extend(pairs::check_all(&primary::MainAssociations::default(), &draft));
        found.extend(pairs::check_all(&kle::TwoResponsible::new(&draft), &draft));
        found.extend(SPECIAL_SAME.iter().flat_map(|rule| rule.check_all(&draft)));
        found.extend(unplaced(&draft));
        violation::sort(&mut found);
        found
    }
}

/// All broken references. Nearly all hold, so each is first looked at without making anything; only an object of which one
/// does not is looked at by the rule itself.
fn references(draft: &Draft) -> Vec<Violation> {
    let mut breaks = Vec::new();
    for kind in Kind::ALL {
        let layout = Layout::of(kind);
        for ix in draft.tables.of_kind(kind) {
            let mut all_hold = true;
            draft.each_piece(When::Now, ix, |period, state| {
                let mut references = state.cells().iter().flat_map(|cell| layout.references(*cell));
                all_hold = all_hold && references.all(|reference| holds(draft, When::Now, period, reference));
            });
            if !all_hold {
                coverage::of_object(draft, kind, ix, &mut breaks);
            }
        }
    }
    words::violations(draft, &breaks)
}

/// Units on days on which they stand in no hierarchy.
fn unplaced(draft: &Draft) -> Vec<Violation> {
    let mut found = Vec::new();
    for ix in draft.tables.of_kind(Kind::Unit) {
        let mut days = Days::new();
        draft.each_piece(When::Now, ix, |period, state| {
            if state.field(Unit::PLACEMENTS.index).next().is_none() {
                days.insert(period, ());
            }
        });
        if !days.is_empty() {
            let message = format!(
                "{} stands in no hierarchy: {}. Move it into one, or end it.",
                words::name(draft, ix),
                words::days(&days)
            );
            let objects = draft.object(ix).into_iter().collect();
            let rows = words::lives(draft, &[ix]);
            found.push(Violation::on_days(Code::UnitInNoHierarchy, objects, &days, message).drawn(rows));
        }
    }
    found
}

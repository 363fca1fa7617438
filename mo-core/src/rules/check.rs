//! Everything that is wrong with a belief, as if all of it were new: what was admitted, what a foreign journal brought, what
//! is in use though retired.

use std::collections::HashMap;

use super::coverage::{self, Requirement};
use super::{Code, SPECIAL_SAME, Violation, cycle, pairs, violation, words};
use super::{accounts, it_associations, kle, primary, unique};
use crate::model::{Kind, Unit};
use crate::state::Snapshot;
use crate::state::cells::State;
use crate::state::draft::{Draft, When};
use crate::state::tables::{Ix, Layout, Reference};
use crate::time::{Period, Revision};
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
        let mut found = references(&draft, self.revision());
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
fn references(draft: &Draft, known: Revision) -> Vec<Violation> {
    let mut holding = Holding { draft, known, facets: HashMap::new() };
    let mut breaks = Vec::new();
    for kind in Kind::ALL {
        let layout = Layout::of(kind);
        for ix in draft.tables.of_kind(kind) {
            let mut holds = true;
            draft.each_piece(When::Now, ix, |period, state| {
                let references = state.cells().iter().flat_map(|cell| layout.references(*cell));
                holds = holds && references.into_iter().all(|reference| holding.holds(period, reference));
            });
            if !holds {
                coverage::of_object(draft, kind, ix, &mut breaks);
            }
        }
    }
    words::violations(draft, &breaks)
}

/// Whether references hold, told from the tables as they lie.
struct Holding<'a> {
    draft: &'a Draft,
    known: Revision,
    /// The days on which a class belongs to the facet a field demands.
    facets: HashMap<(Ix, &'static str), Days>,
}

impl Holding<'_> {
    fn holds(&mut self, period: Period, reference: Reference) -> bool {
        let target = reference.target;
        let lives = |kind| self.covers(kind, target, period, |_| true);
        match Requirement::of(reference.relation) {
            Requirement::Life(kind) => lives(kind),
            Requirement::Hierarchy => lives(Kind::Hierarchy),
            Requirement::LeaveEngagement => lives(Kind::Engagement),
            // A class that need only exist on some day does so if it exists on all.
            Requirement::ClassEver | Requirement::Class(None) => lives(Kind::Class),
            Requirement::Class(Some(facet)) => {
                let draft = self.draft;
                let days = self.facets.entry((target, facet)).or_insert_with(|| {
                    let class = draft.timeline_of(When::Now, Kind::Class, target);
                    coverage::days_in_facet(draft, When::Now, &class, facet)
                });
                days.covers(period)
            }
            Requirement::Parent => {
                self.covers(Kind::Unit, target, period, |state| state.get(reference.at).is_some())
            }
        }
    }

    /// Whether an object of the kind exists on every day of the period in a state that `fits`.
    fn covers(&self, kind: Kind, ix: Ix, period: Period, fits: impl Fn(&State) -> bool) -> bool {
        if self.draft.tables.kind(ix) != Some(kind) {
            return false;
        }
        let (mut lo, hi) = period.raw();
        for rect in self.draft.tables.history(ix).into_iter().flat_map(|history| history.believed(self.known))
        {
            let (from, until) = rect.valid.raw();
            if until <= lo {
                continue;
            }
            if from > lo || !fits(rect.value) {
                return false;
            }
            lo = until;
            if lo >= hi {
                return true;
            }
        }
        false
    }
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
            found.push(Violation::on_days(Code::UnitInNoHierarchy, objects, &days, message));
        }
    }
    found
}

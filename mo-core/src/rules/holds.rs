//! Whether a reference holds on a period: the quick look that nearly always says yes. It walks the pieces of the target as
//! they lie and makes nothing. On which days a reference does not hold, and by which code, is in `coverage`.

use super::coverage::Requirement;
use crate::model::{Class, Facet, Kind};
use crate::state::cells::{At, State};
use crate::state::draft::{Draft, When};
use crate::state::tables::{Ix, Reference};
use crate::time::Period;

/// Whether the target is what the reference asks for on every day of the period. `false` may also mean that a closer look
/// is needed.
///
/// # Complexity
/// O(m) in the pieces of the target and, for a class of a facet, those of its facets.
pub(super) fn holds(draft: &Draft, when: When, period: Period, reference: Reference) -> bool {
    let target = reference.target;
    let lives = |kind| covers(draft, when, kind, target, period, |_, _| true);
    match Requirement::of(reference.relation) {
        Requirement::Life(kind) => lives(kind),
        Requirement::Hierarchy => lives(Kind::Hierarchy),
        Requirement::LeaveEngagement => lives(Kind::Engagement),
        // A class that need only exist on some day does so if it exists on all.
        Requirement::ClassEver | Requirement::Class(None) => lives(Kind::Class),
        Requirement::Class(Some(facet)) => {
            covers(draft, when, Kind::Class, target, period, |period, class| {
                let of = class.get(At { field: Class::FACET.index, key: 0 });
                of.is_some_and(|of| {
                    covers(draft, when, Kind::Facet, Ix(of), period, |_, state| {
                        let key = draft.tables.text_of(state, Facet::USER_KEY.index);
                        key.is_some_and(|key| &**key == facet)
                    })
                })
            })
        }
        Requirement::Parent => {
            covers(draft, when, Kind::Unit, target, period, |_, state| state.get(reference.at).is_some())
        }
    }
}

/// Whether an object of the kind exists on every day of the period in a state that `fits` on its part of it.
fn covers(
    draft: &Draft,
    when: When,
    kind: Kind,
    ix: Ix,
    period: Period,
    mut fits: impl FnMut(Period, &State) -> bool,
) -> bool {
    if draft.kind(ix) != Some(kind) {
        return false;
    }
    let (mut reached, end) = period.raw();
    let mut held = true;
    draft.each_piece(when, ix, |piece, state| {
        let (from, until) = piece.raw();
        if !held || until <= reached || reached >= end {
            return;
        }
        let part = piece.intersect(period);
        held = from <= reached && part.is_some_and(|part| fits(part, state));
        reached = until;
    });
    held && reached >= end
}

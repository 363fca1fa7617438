//! [`add_local_class`]: a municipality's own numbers under shared ones. KL keeps groups and topics from 80 on free for
//! that; main groups are always KL's.

use thiserror::Error;

use crate::model::value::{KleLevel, KleNumber, Text};
use crate::model::{Class, ClassId, UnitId};
use crate::registry::Edit;
use crate::state::View;
use crate::time::Period;
use crate::timeline::Days;

use super::KLE_FACET;

/// Why a number cannot be a municipality's own.
///
/// ```
/// # use mo_core::{model::*, registry::Registry, time::*};
/// # let clock = SteppingClock::new("2025-03-01T09:00:00Z".parse()?);
/// # let registry = Registry::in_memory(clock, CountedIds::new("local_error"));
/// use mo_core::classification::{LocalClassError, add_local_class};
///
/// let view = registry.snapshot().at("2025-06-01".parse()?);
/// let mut edit = registry.edit("anna");
/// let mut add = |number: &str| add_local_class(&mut edit, &view, number.parse().unwrap(), "Skov", None, Period::ALWAYS);
/// assert!(matches!(add("28"), Err(LocalClassError::MainGroup(_))));
/// assert!(matches!(add("28.06.12"), Err(LocalClassError::Shared(_)))); // KL may give it
/// assert!(matches!(add("28.06.80"), Err(LocalClassError::NoParent { .. })));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Error)]
#[non_exhaustive]
pub enum LocalClassError {
    /// A main group.
    #[error("{0} is a main group, and those are KL's; extend one with a group from {0}.80 on")]
    MainGroup(KleNumber),
    /// A number that KL may give.
    #[error("{0} is a number that KL gives; a municipality's own groups and topics are numbered from 80 on")]
    Shared(KleNumber),
    /// Another class has the number on some of the days.
    #[error("{number} is taken by another class in {days}; choose a free number")]
    Taken {
        /// The number.
        number: KleNumber,
        /// A period of the days on which it is taken.
        days: Period,
    },
    /// No class has the number above on some of the days.
    #[error(
        "{parent}, under which {number} belongs, does not exist in {days}; let the number begin and end within it"
    )]
    NoParent {
        /// The number.
        number: KleNumber,
        /// The number above.
        parent: KleNumber,
        /// A period of the days on which it does not exist.
        days: Period,
    },
}

/// Adds a command to an edit that creates a municipality's own number on `period`, below the group or main group of the
/// same beginning, owned by `owner`. It is mastered locally, so a new edition of KLE leaves it alone.
///
/// # Errors
/// [`LocalClassError`] when the number is not free for a municipality, is taken, or has nothing above it, as the view
/// believes.
///
/// ```
/// # use mo_core::{classification::{LocalClassError, add_local_class}, model::*, registry::Registry, time::*};
/// # let clock = SteppingClock::new("2025-03-01T09:00:00Z".parse()?);
/// # let registry = Registry::in_memory(clock, CountedIds::new("local"));
/// let mut edit = registry.edit("anna");
/// let facet = edit.create(Period::ALWAYS, Facet::new("kle_number"));
/// let group = edit.create(Period::ALWAYS, Class::new(facet, "28.06", "Dagtilbud"));
/// let unit = edit.create(Period::ALWAYS, Unit::new("Dagtilbud"));
/// edit.commit()?;
///
/// let view = registry.snapshot().at("2025-06-01".parse()?);
/// let from = Period::since(view.day());
/// let mut edit = registry.edit("anna");
/// let local = add_local_class(&mut edit, &view, "28.06.80".parse()?, "Skovbørnehaver", Some(unit), from)?;
/// edit.commit()?;
/// let view = registry.snapshot().at(view.day());
/// assert_eq!(view.class_path(local), [group, local]);
///
/// let refused = add_local_class(&mut registry.edit("anna"), &view, "28.06.79".parse()?, "Skov", None, from);
/// assert!(matches!(refused, Err(LocalClassError::Shared(_))));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[doc(alias = "Lokal udvidelse")]
pub fn add_local_class(
    edit: &mut Edit<'_>,
    view: &View,
    number: KleNumber,
    title: impl Into<Text>,
    owner: Option<UnitId>,
    period: Period,
) -> Result<ClassId, LocalClassError> {
    let Some(parent) = number.parent().filter(|_| number.level() != KleLevel::MainGroup) else {
        return Err(LocalClassError::MainGroup(number));
    };
    if !number.is_local() {
        return Err(LocalClassError::Shared(number));
    }
    let wanted = Days::from(period);
    let snapshot = view.snapshot();
    for class in snapshot.classes_with_key(KLE_FACET, &number.to_string()) {
        let taken = snapshot.timeline(class).coverage().intersect(&wanted);
        if let Some(days) = taken.periods().next() {
            return Err(LocalClassError::Taken { number, days });
        }
    }
    let mut missing = wanted.clone();
    for above in snapshot.classes_with_key(KLE_FACET, &parent.to_string()) {
        let timeline = snapshot.timeline(above);
        let lacking = wanted.subtract(&timeline);
        if let (true, Some((_, state))) = (lacking.is_empty(), timeline.last()) {
            let mut class = Class::new(state.facet, number.to_string(), title).parent(above);
            class.owner = owner;
            return Ok(edit.create(period, class));
        }
        missing = missing.intersect(&lacking);
    }
    let days = missing.periods().next().unwrap_or(period);
    Err(LocalClassError::NoParent { number, parent, days })
}

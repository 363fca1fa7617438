//! [`person_from_cpr`]: a new person of a registry, filled in from CPR.

use mo_core::model::{Patch, Person, PersonId};
use mo_core::registry::Edit;
use mo_core::time::Period;
use thiserror::Error;

use crate::cpr::{Followed, PersonRecord};

/// An answer from which no person can be made.
///
/// ```
/// use mo_serviceplatform::refresh::Incomplete;
///
/// assert!(Incomplete.to_string().contains("no name with two parts"));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("the answer of the CPR register has no name with two parts, which a person needs")]
pub struct Incomplete;

/// A person to be created.
///
/// ```
/// use mo_core::time::Period;
/// use mo_serviceplatform::refresh::NewPerson;
///
/// /// What to tell the one who hires.
/// fn remark(person: &NewPerson) -> Option<&'static str> {
///     person.protected.map(|_: Period| "name and address are protected")
/// }
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct NewPerson {
    /// Given names, surname and current CPR number. No address: private addresses are not stored unless asked for.
    pub state: Person,
    /// The days on which name and address are protected; `None` when on none.
    pub protected: Option<Period>,
}

/// A person as the register has it, protected or not.
///
/// ```
/// # use std::sync::Arc;
/// # use mo_core::time::{Instant, SteppingClock};
/// # use mo_serviceplatform::cpr::{PersonLookup, PersonLookupExt};
/// use mo_core::registry::Registry;
/// use mo_core::time::{Day, Period};
/// use mo_serviceplatform::Call;
/// use mo_serviceplatform::refresh::person_from_cpr;
///
/// /// Somebody starts here.
/// fn hire(registry: &Registry, register: &dyn PersonLookup, number: &str, from: Day, call: &Call)
/// -> Result<(), Box<dyn std::error::Error>> {
///     let found = register.follow(number.parse()?, call)?;
///     let mut edit = registry.edit(call.actor().clone()).cause("ansættelse");
///     person_from_cpr(&found)?.create(&mut edit, Period::since(from));
///     edit.commit()?;
///     Ok(())
/// }
/// ```
///
/// # Errors
/// [`Incomplete`] without a given name and a surname.
pub fn person_from_cpr(found: &Followed) -> Result<NewPerson, Incomplete> {
    let (given, surname) = name(&found.answer.record).ok_or(Incomplete)?;
    Ok(NewPerson {
        state: Person::new(given, surname).cpr(found.number),
        protected: found.answer.record.protected_period(found.answer.day()),
    })
}

impl NewPerson {
    /// Adds the commands that create the person on these days, protected on those of them that are.
    pub fn create(self, edit: &mut Edit<'_>, life: Period) -> PersonId {
        let protected = self.protected.and_then(|days| days.intersect(life));
        let id = edit.create(life, self.state);
        if let Some(days) = protected {
            edit.set(id, days, Patch::new().set(Person::PROTECTED, true));
        }
        id
    }
}

/// Given names and surname, if there are both.
pub(super) fn name(record: &PersonRecord) -> Option<(String, String)> {
    let (given, surname) = record.name.as_ref()?.split();
    (!given.is_empty() && !surname.is_empty()).then_some((given, surname))
}

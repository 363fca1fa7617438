//! Addresses from Danmarks Adresseregister. [`AddressLookup`] asks for those of today (Adressevælger, Adressevask),
//! [`AddressHistory`] for an address as it read on the day it was used (Datafordeler). DAWA is closed and has no back
//! end here.

mod adressevaelger;
mod dar;
mod datafordeler;
mod kvhx;
mod position;
mod wash;

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::sync::Arc;

use mo_core::time::{Day, Instant};
use thiserror::Error;
use zeroize::Zeroizing;

pub use adressevaelger::Adressevaelger;
pub use dar::{DarAddress, DarId, DarIdError, DarKind, DarStatus};
pub use datafordeler::Datafordeler;
pub use kvhx::Kvhx;
pub use position::{Utm32, Wgs84};
pub use wash::{Doubt, Exactness, Rejection, Washed};

use crate::error::{LookupError, Service};

/// Addresses by id: those found, and those not.
///
/// ```
/// use mo_serviceplatform::address::Resolved;
///
/// let resolved = Resolved::default();
/// assert!(resolved.found.is_empty() && resolved.missing.is_empty());
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
#[non_exhaustive]
pub struct Resolved {
    /// Found, by the id asked for.
    pub found: BTreeMap<DarId, DarAddress>,
    /// Asked for and not there: unknown to the service, or closed where it only has open ones.
    pub missing: BTreeSet<DarId>,
}

/// A step of a search.
///
/// ```
/// use mo_serviceplatform::address::{DarKind, Search};
///
/// let search = Search::new("Rådhuspladsen 1").in_municipality("0101");
/// assert_eq!((search.kind, search.limit), (DarKind::UnitAddress, 10));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Search {
    /// What was typed so far, or the title of a suggestion.
    pub text: String,
    /// Only in this municipality (four digits).
    pub municipality_code: Option<String>,
    /// Only in this postcode (four digits).
    pub postcode: Option<String>,
    /// Whether a unit address or a house number is wanted.
    pub kind: DarKind,
    /// Whether preliminary addresses count.
    pub preliminary: bool,
    /// How many suggestions at most.
    pub limit: u32,
}

impl Search {
    /// A search for current unit addresses everywhere, ten suggestions.
    pub fn new(text: impl Into<String>) -> Search {
        Search {
            text: text.into(),
            municipality_code: None,
            postcode: None,
            kind: DarKind::UnitAddress,
            preliminary: false,
            limit: 10,
        }
    }

    /// In one municipality.
    #[must_use]
    pub fn in_municipality(mut self, code: impl Into<String>) -> Search {
        self.municipality_code = Some(code.into());
        self
    }
}

/// What a search suggests. A search is a dialogue: suggestions that are not addresses yet are searched for again.
///
/// ```
/// use mo_serviceplatform::address::{DarId, Suggestion};
///
/// /// What a form does when a suggestion is chosen: keep the id, or search on with the title.
/// fn chosen(suggestion: &Suggestion) -> Result<DarId, &str> {
///     match suggestion {
///         Suggestion::Address { id, .. } => Ok(*id),
///         other => Err(other.title()),
///     }
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Suggestion {
    /// A street, a street and number, a street in a postcode: search again with this title.
    Narrower {
        /// What to search for next.
        title: String,
    },
    /// A house number; its unit addresses are found by searching for its title.
    HouseNumber {
        /// Its id.
        id: DarId,
        /// Its text.
        title: String,
    },
    /// A unit address.
    Address {
        /// Its id.
        id: DarId,
        /// Its house number.
        house_number: Option<DarId>,
        /// Its text.
        title: String,
    },
}

impl Suggestion {
    /// The text to show, and to search for next where it is no address yet.
    pub fn title(&self) -> &str {
        match self {
            Suggestion::Narrower { title }
            | Suggestion::HouseNumber { title, .. }
            | Suggestion::Address { title, .. } => title,
        }
    }

    /// The id, if it is an address.
    pub fn id(&self) -> Option<DarId> {
        match self {
            Suggestion::Narrower { .. } => None,
            Suggestion::HouseNumber { id, .. } | Suggestion::Address { id, .. } => Some(*id),
        }
    }
}

/// Looks up today's addresses.
///
/// ```
/// use mo_serviceplatform::LookupError;
/// use mo_serviceplatform::address::{AddressLookup, DarId};
///
/// fn print(addresses: &dyn AddressLookup, ids: &[DarId]) -> Result<(), LookupError> {
///     let resolved = addresses.by_ids(ids)?;
///     for (id, address) in &resolved.found {
///         println!("{id} {}", address.text());
///     }
///     Ok(())
/// }
/// ```
pub trait AddressLookup: Send + Sync {
    /// The addresses with these ids, of unit addresses and house numbers alike.
    ///
    /// # Errors
    /// [`LookupError`]; an id that is not there is [`missing`](Resolved::missing), not an error.
    fn by_ids(&self, ids: &[DarId]) -> Result<Resolved, LookupError>;

    /// What the text may become. Less than two characters suggest nothing.
    ///
    /// # Errors
    /// [`LookupError`]; finding nothing is an empty list.
    fn search(&self, search: &Search) -> Result<Vec<Suggestion>, LookupError>;

    /// The one address that the text means, as far as that is safe to say.
    ///
    /// # Errors
    /// [`LookupError`]; a text that means no address is [`Washed::Rejected`].
    fn wash(&self, text: &str) -> Result<Washed, LookupError>;
}

/// Comfort on every [`AddressLookup`]. Not for implementing.
///
/// ```
/// use mo_serviceplatform::LookupError;
/// use mo_serviceplatform::address::{AddressLookup, AddressLookupExt, DarId};
///
/// fn text(addresses: &dyn AddressLookup, id: DarId) -> Result<String, LookupError> {
///     Ok(addresses.by_id(id)?.text())
/// }
/// ```
pub trait AddressLookupExt: AddressLookup {
    /// The address with this id.
    ///
    /// # Errors
    /// [`LookupError`], also when there is none.
    fn by_id(&self, id: DarId) -> Result<DarAddress, LookupError> {
        let not_found = LookupError::NotFound { service: Service::Adressevaelger };
        self.by_ids(&[id])?.found.remove(&id).ok_or(not_found)
    }
}

impl<L: AddressLookup + ?Sized> AddressLookupExt for L {}

impl<L: AddressLookup + ?Sized> AddressLookup for Arc<L> {
    fn by_ids(&self, ids: &[DarId]) -> Result<Resolved, LookupError> {
        (**self).by_ids(ids)
    }

    fn search(&self, search: &Search) -> Result<Vec<Suggestion>, LookupError> {
        (**self).search(search)
    }

    fn wash(&self, text: &str) -> Result<Washed, LookupError> {
        (**self).wash(text)
    }
}

/// Looks up addresses as they read on a day: the register has both times, as mo has.
///
/// ```
/// use mo_core::time::Day;
/// use mo_serviceplatform::LookupError;
/// use mo_serviceplatform::address::{AddressHistory, DarId};
///
/// /// Where the unit was in 2016, in the words of 2016.
/// fn then(register: &dyn AddressHistory, id: DarId, on: Day) -> Result<Option<String>, LookupError> {
///     let resolved = register.by_ids_on(&[id], on, None)?;
///     Ok(resolved.found.get(&id).map(|address| address.text()))
/// }
/// ```
pub trait AddressHistory: Send + Sync {
    /// The addresses with these ids as they were on `day`, as the register believed at `known` (now when absent). Closed
    /// ones are found too; their status says so.
    ///
    /// # Errors
    /// [`LookupError`]; an id that did not exist on that day is [`missing`](Resolved::missing).
    fn by_ids_on(&self, ids: &[DarId], day: Day, known: Option<Instant>) -> Result<Resolved, LookupError>;
}

impl<L: AddressHistory + ?Sized> AddressHistory for Arc<L> {
    fn by_ids_on(&self, ids: &[DarId], day: Day, known: Option<Instant>) -> Result<Resolved, LookupError> {
        (**self).by_ids_on(ids, day, known)
    }
}

/// The token or key of an address service. It travels in URLs, so it is kept out of everything shown; wiped from
/// memory when dropped.
///
/// ```
/// use mo_serviceplatform::address::AccessKey;
///
/// let key: AccessKey = "ten-characters-or-more".parse()?;
/// assert_eq!(format!("{key:?}"), "AccessKey(…)");
/// # Ok::<(), mo_serviceplatform::address::AccessKeyError>(())
/// ```
#[derive(Clone)]
pub struct AccessKey(Zeroizing<String>);

/// A text that cannot be a key. Does not repeat it.
///
/// ```
/// use mo_serviceplatform::address::{AccessKey, AccessKeyError};
///
/// assert_eq!("kort".parse::<AccessKey>().err(), Some(AccessKeyError));
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Error)]
#[error("an access key has at least ten characters, printable ASCII without white space")]
pub struct AccessKeyError;

impl AccessKey {
    /// The token that Klimadatastyrelsen recommends for Adressevælger until it has user management.
    pub fn adressevaelger_demo() -> AccessKey {
        AccessKey(Zeroizing::new("adressevaelger123".to_owned()))
    }

    fn reveal(&self) -> &str {
        &self.0
    }
}

impl std::str::FromStr for AccessKey {
    type Err = AccessKeyError;

    fn from_str(text: &str) -> Result<AccessKey, AccessKeyError> {
        let good = text.len() >= 10 && text.bytes().all(|c| c.is_ascii_graphic());
        good.then(|| AccessKey(Zeroizing::new(text.to_owned()))).ok_or(AccessKeyError)
    }
}

impl fmt::Debug for AccessKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("AccessKey(…)")
    }
}

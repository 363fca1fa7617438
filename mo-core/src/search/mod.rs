//! Finding what exists on the view's day by words: [`View::search`], what is asked ([`SearchQuery`]) and what is answered
//! ([`Hit`], [`Rank`]). The index behind it is in `state`; whether an object fits is read from its state, in `wanted`.
//!
//! # What is found
//!
//! Names (for a person given name and surname, and the name the person goes by), keys (user keys, external ids, names of
//! accounts), numbers that authorities gave (CVR, municipality code), and the values of addresses: e-mail, phone, p-number,
//! place. Ids count from their first eight characters. A CPR number is found by the whole number only, so that nobody
//! tries out its digits; it is neither shown nor logged.
//!
//! Every word of the query must begin, or at least be contained in, a word of the object. Case, accents and the spelling of
//! the Danish letters do not matter (see [`danish::fold`]), nor does how a number is grouped.
//!
//! Whoever knows a whole e-mail, phone number, account name or employee number finds, beside the address, account or
//! engagement that has it, the person or unit it belongs to.
//!
//! ```
//! use mo_core::model::{CountedIds, Kind, Person, PersonId, Unit};
//! use mo_core::registry::Registry;
//! use mo_core::search::{Rank, SearchQuery};
//! use mo_core::time::{Day, Period, SteppingClock};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let clock = SteppingClock::new("2025-03-01T09:00:00Z".parse()?);
//! let registry = Registry::in_memory(clock, CountedIds::new("search"));
//! let since = Period::since("2020-01-01".parse()?);
//! let mut edit = registry.edit("anna");
//! let person = edit.create(since, Person::new("Åse", "Nørgård"));
//! edit.create(since, Unit::new("Nørgårdsskolen"));
//! edit.commit()?;
//!
//! let view = registry.snapshot().at("2025-05-01".parse()?);
//! let hits = view.search("noergaard");
//! assert_eq!(hits.len(), 2);
//! assert_eq!(hits[0].rank, Rank::NameBegins); // the school; in the person's name it is a later word
//! assert_eq!(hits[1].object, person.into());
//!
//! let persons = view.search(SearchQuery::new("aase n").kinds([Kind::Person]).limit(20));
//! assert_eq!(PersonId::new(persons[0].object.id), person);
//! assert!(view.at("2019-12-31".parse()?).search("noergaard").is_empty());
//! # Ok(())
//! # }
//! ```

mod wanted;

use std::cmp::Ordering;
use std::collections::HashSet;
use std::fmt;

use crate::danish;
use crate::model::{Address, Engagement, ItAccount, Kind, ObjectRef};
use crate::state::View;
use crate::state::cells::At;
use crate::state::searched::{self, NameKey};
use crate::state::tables::Ix;
use crate::state::words::{self, Words};
use wanted::Wanted;

/// What to search for: a text, perhaps among some kinds only, and how many hits at most.
///
/// Its `Debug` does not show the text, which may be a CPR number.
///
/// ```
/// use mo_core::model::Kind;
/// use mo_core::search::SearchQuery;
///
/// let query = SearchQuery::new("anne mar").kinds([Kind::Person, Kind::Unit]).limit(20);
/// assert!(!format!("{query:?}").contains("anne"));
/// ```
#[derive(Clone)]
pub struct SearchQuery {
    text: String,
    kinds: Option<Vec<Kind>>,
    limit: usize,
}

impl SearchQuery {
    /// Everything that has this text.
    pub fn new(text: impl Into<String>) -> SearchQuery {
        SearchQuery { text: text.into(), kinds: None, limit: usize::MAX }
    }

    /// Only objects of these kinds.
    #[must_use]
    pub fn kinds(mut self, kinds: impl IntoIterator<Item = Kind>) -> Self {
        self.kinds = Some(kinds.into_iter().collect());
        self
    }

    /// At most this many, the best ones. Asking for twenty costs much less than asking for all.
    #[must_use]
    pub fn limit(mut self, limit: usize) -> Self {
        self.limit = limit;
        self
    }

    fn wants(&self, kind: Kind) -> bool {
        self.kinds.as_ref().is_none_or(|kinds| kinds.contains(&kind))
    }
}

impl From<&str> for SearchQuery {
    fn from(text: &str) -> SearchQuery {
        SearchQuery::new(text)
    }
}

impl From<String> for SearchQuery {
    fn from(text: String) -> SearchQuery {
        SearchQuery::new(text)
    }
}

impl fmt::Debug for SearchQuery {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let characters = self.text.chars().count();
        f.debug_struct("SearchQuery")
            .field("text", &format_args!("{characters} characters"))
            .field("kinds", &self.kinds)
            .field("limit", &self.limit)
            .finish()
    }
}

/// How well an object fits a query; the best first.
///
/// ```
/// use mo_core::search::Rank;
/// assert!(Rank::Exact < Rank::Contains);
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Rank {
    /// A whole key, number, e-mail, phone number, other address value, or id.
    Exact,
    /// The whole name.
    Name,
    /// The name begins so.
    NameBegins,
    /// Each word begins a word of the object; or its id begins so.
    WordBegins,
    /// Each word is contained in a word of the object.
    Contains,
}

/// An object that was found.
///
/// ```
/// # use mo_core::model::{CountedIds, Unit};
/// # use mo_core::registry::Registry;
/// # use mo_core::time::{Instant, Period, SteppingClock};
/// # let registry = Registry::in_memory(SteppingClock::new(Instant::MIN), CountedIds::new("hit"));
/// # let mut edit = registry.edit("anna");
/// # let school = edit.create(Period::ALWAYS, Unit::new("Ærø Skole"));
/// # edit.commit()?;
/// # let view = registry.snapshot().at("2025-01-01".parse()?);
/// let hits = view.search("skole");
/// assert_eq!((hits[0].object, hits[0].rank), (school.into(), mo_core::search::Rank::WordBegins));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct Hit {
    /// Which one.
    pub object: ObjectRef,
    /// How well it fits.
    pub rank: Rank,
}

impl View {
    /// The objects that have every word of a text on the day: by rank, then name, kind and id; what has no name comes after
    /// what has one. The [module](crate::search) says what is looked at.
    ///
    /// A text without a letter or digit finds nothing.
    ///
    /// # Complexity
    /// With a limit, for words that begin as asked: O(log n) and what has to be looked at to find so many, which is more for
    /// several common words that seldom meet. Only if these are too few all distinct words are read, O(w) in their bytes.
    /// The first search of a registry makes the index, O(n log n); later ones add what was registered since.
    #[doc(alias = "Søgning")]
    #[doc(alias = "Fritekstsøgning")]
    pub fn search(&self, query: impl Into<SearchQuery>) -> Vec<Hit> {
        let query = query.into();
        let Some(wanted) = Wanted::new(&query.text) else { return Vec::new() };
        let tables = self.tables();
        tables.words.ask(tables, |words| {
            let mut search =
                Search { view: self, words, query: &query, wanted, hits: Vec::new(), owners: HashSet::new() };
            search.run();
            search.hits
        })
    }
}

/// A search under way.
struct Search<'a> {
    view: &'a View,
    words: &'a Words,
    query: &'a SearchQuery,
    wanted: Wanted,
    hits: Vec<Hit>,
    /// Found through what belongs to them; they are not found again with a lower rank.
    owners: HashSet<Ix>,
}

/// Objects that may fit, in the order of names.
type Candidates<'a> = Box<dyn Iterator<Item = (NameKey, Ix)> + 'a>;

/// Looking at an object costs about as much as reading on in a list so many times.
const MUCH_LARGER: u64 = 64;

/// An object and what it is listed by.
struct Listed {
    name: Option<String>,
    object: ObjectRef,
}

impl Listed {
    fn cmp(&self, other: &Listed) -> Ordering {
        let by_name = match (&self.name, &other.name) {
            (Some(a), Some(b)) => danish::compare(a, b),
            (a, b) => b.is_some().cmp(&a.is_some()),
        };
        by_name.then_with(|| (self.object.kind, self.object.id).cmp(&(other.object.kind, other.object.id)))
    }
}

impl<'a> Search<'a> {
    /// One rank after the other, until there are enough: each has a source that gives, in the order of names, every
    /// object that may have it.
    fn run(&mut self) {
        self.exact();
        let words = self.words;
        let joined = self.wanted.joined.clone();
        if !self.is_full() {
            self.gather(Rank::Name, words.named(&joined, true));
        }
        if !self.is_full() {
            self.gather(Rank::NameBegins, words.named(&joined, false));
        }
        if self.is_full() {
            return;
        }
        let begin: Vec<Vec<u32>> = self.wanted.words.iter().map(|word| words.beginning(word)).collect();
        let candidates: [Candidates; 2] =
            [self.with_words(&begin), Box::new(self.with_id_prefix().into_iter())];
        self.gather(Rank::WordBegins, words::merged(candidates.into()));
        if self.is_full() {
            return;
        }
        let contain: Vec<Vec<u32>> = self.wanted.words.iter().map(|word| words.containing(word)).collect();
        // A word that begins so contains it; where there are no others, no object has the lower rank.
        if begin.iter().zip(&contain).any(|(begin, contain)| begin.len() < contain.len()) {
            let candidates = self.with_words(&contain);
            self.gather(Rank::Contains, candidates);
        }
    }

    fn is_full(&self) -> bool {
        self.hits.len() >= self.query.limit
    }

    fn exact(&mut self) {
        let wanted = &self.wanted;
        let texts = Some(words::hash_text(&wanted.whole)).into_iter();
        let hashes = texts.chain(wanted.digits.as_deref().map(words::hash_number));
        let mut found: HashSet<Ix> = hashes.flat_map(|hash| self.words.with_whole(hash)).collect();
        found.extend(self.with_ids());
        found.retain(|ix| self.rank(*ix) == Some(Rank::Exact));
        self.owners =
            found.iter().filter_map(|ix| self.owner(*ix)).filter(|owner| !found.contains(owner)).collect();
        found.extend(&self.owners);
        let listed = found.into_iter().filter_map(|ix| self.listed(ix)).collect();
        self.push(Rank::Exact, listed);
    }

    /// The objects whose id may begin as asked.
    fn with_ids(&self) -> impl Iterator<Item = Ix> + '_ {
        self.wanted.ids.into_iter().flat_map(|(from, to)| self.words.with_id(from, to))
    }

    fn with_id_prefix(&self) -> Vec<(NameKey, Ix)> {
        let mut found: Vec<_> = self.with_ids().filter_map(|ix| Some((self.name_key(ix)?, ix))).collect();
        found.sort_unstable();
        found
    }

    /// The objects that may have a word of each set: those of the smallest set that are also in the others, unless a set
    /// is so much larger that looking at each object is quicker.
    fn with_words(&self, sets: &[Vec<u32>]) -> Candidates<'a> {
        let words = self.words;
        let mut sets: Vec<(u64, &Vec<u32>)> = sets.iter().map(|set| (words.count(set), set)).collect();
        sets.sort_unstable_by_key(|(count, _)| *count);
        let mut sets = sets.into_iter();
        let Some((fewest, rarest)) = sets.next() else { return Box::new(std::iter::empty()) };
        let first: Candidates = Box::new(words.in_name_order(rarest));
        sets.take_while(|(count, _)| *count <= fewest.saturating_mul(MUCH_LARGER))
            .fold(first, |candidates, (_, set)| Box::new(words::common(candidates, words.in_name_order(set))))
    }

    /// Takes the candidates that have this rank, until there are enough.
    fn gather(&mut self, rank: Rank, candidates: impl Iterator<Item = (NameKey, Ix)>) {
        let with_nameless =
            Kind::ALL.into_iter().any(|kind| self.query.wants(kind) && !searched::has_name(kind));
        let mut equal: (NameKey, Vec<Listed>) = Default::default();
        for (key, ix) in candidates {
            if key != equal.0 {
                self.push(rank, std::mem::take(&mut equal.1));
                equal.0 = key;
                if self.is_full() || (searched::is_nameless(key) && !with_nameless) {
                    break;
                }
            }
            // With another key it has another name on the day, and comes where that one stands.
            if self.rank(ix) == Some(rank) && !self.owners.contains(&ix) && self.name_key(ix) == Some(key) {
                equal.1.extend(self.listed(ix));
            }
        }
        self.push(rank, equal.1);
    }

    fn push(&mut self, rank: Rank, mut listed: Vec<Listed>) {
        listed.sort_by(Listed::cmp);
        // Two of its names may have led to the same object.
        listed.dedup_by_key(|listed| listed.object);
        let left = self.query.limit.saturating_sub(self.hits.len());
        self.hits.extend(listed.into_iter().take(left).map(|listed| Hit { object: listed.object, rank }));
    }

    /// How an object of the kinds asked for, or what belongs to one, fits on the day; `None` if it does not.
    fn rank(&self, ix: Ix) -> Option<Rank> {
        let tables = self.view.tables();
        let kind = tables.kind(ix)?;
        let owned = matches!(kind, Kind::Address | Kind::ItAccount | Kind::Engagement);
        if !self.query.wants(kind) && !owned {
            return None;
        }
        self.wanted.rank(tables, kind, tables.id(ix), self.view.state_of(ix)?)
    }

    fn listed(&self, ix: Ix) -> Option<Listed> {
        let tables = self.view.tables();
        let kind = tables.kind(ix).filter(|kind| self.query.wants(*kind))?;
        let name = tables.title(kind, self.view.state_of(ix)?);
        Some(Listed { name, object: ObjectRef { kind, id: tables.id(ix) } })
    }

    fn name_key(&self, ix: Ix) -> Option<NameKey> {
        let tables = self.view.tables();
        Some(searched::name_key(tables, tables.kind(ix)?, tables.id(ix), self.view.state_of(ix)?))
    }

    /// Whose address, account or engagement it is on the day.
    fn owner(&self, ix: Ix) -> Option<Ix> {
        let fields = match self.view.tables().kind(ix)? {
            Kind::Address => [Address::PERSON.index, Address::UNIT.index].to_vec(),
            Kind::ItAccount => [ItAccount::PERSON.index, ItAccount::UNIT.index].to_vec(),
            Kind::Engagement => [Engagement::PERSON.index].to_vec(),
            _ => return None,
        };
        let state = self.view.state_of(ix)?;
        let owner = fields.into_iter().find_map(|field| state.get(At { field, key: 0 })).map(Ix)?;
        self.view.state_of(owner).is_some().then_some(owner)
    }
}

//! [`ClassIndex`]: text search in the classes of a day. Finds what every word of a query matches, in titles first, then in
//! keywords, then in guidance and legal sources.

use crate::danish::{self, fold, words};
use crate::model::value::Text;
use crate::model::{Class, ClassId, FacetId};
use crate::state::View;

use super::ClassNotes;

/// Where a query matched, best first.
///
/// ```
/// use mo_core::classification::HitPlace;
/// assert!(HitPlace::Key < HitPlace::Title && HitPlace::Title < HitPlace::Guidance); // best first
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum HitPlace {
    /// The key is the query.
    Key,
    /// The title is the query.
    Title,
    /// The title begins with the query.
    TitleBegins,
    /// Words of the title begin with those of the query.
    TitleWords,
    /// The title contains every word of the query.
    TitleContains,
    /// Title and keywords together contain every word.
    Keyword,
    /// All that is said of the class together contains every word.
    Guidance,
}

/// A class that was found.
///
/// ```
/// # use mo_core::{model::*, registry::Registry, time::*};
/// # let clock = SteppingClock::new("2025-03-01T09:00:00Z".parse()?);
/// # let registry = Registry::in_memory(clock, CountedIds::new("class_hit"));
/// use mo_core::classification::ClassIndex;
///
/// let mut edit = registry.edit("anna");
/// let facet = edit.create(Period::ALWAYS, Facet::new("kle_number"));
/// edit.create(Period::ALWAYS, Class::new(facet, "28.06.12", "Madordning"));
/// edit.commit()?;
/// let index = ClassIndex::new(&registry.snapshot().at("2025-06-01".parse()?), facet);
/// let hit = &index.search("madordning")[0];
/// assert_eq!((&*hit.key, &*hit.title), ("28.06.12", "Madordning"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct ClassHit {
    /// The class.
    pub class: ClassId,
    /// Its key.
    pub key: Text,
    /// Its title.
    pub title: Text,
    /// Where the query matched.
    pub place: HitPlace,
}

/// The classes of one facet on one day, folded for search. Build it once and ask it often.
///
/// ```
/// # use mo_core::{classification::*, model::*, registry::Registry, time::*};
/// # let clock = SteppingClock::new("2025-03-01T09:00:00Z".parse()?);
/// # let registry = Registry::in_memory(clock, CountedIds::new("index"));
/// let notes = ClassNotes { keywords: vec![Keyword::new("frokost i børnehave")], ..ClassNotes::default() };
/// let mut edit = registry.edit("anna");
/// let facet = edit.create(Period::ALWAYS, Facet::new("kle_number"));
/// let topic = Class::new(facet, "28.06.12", "Madordning").description(notes.to_string());
/// let topic = edit.create(Period::ALWAYS, topic);
/// edit.commit()?;
///
/// let index = ClassIndex::new(&registry.snapshot().at("2025-06-01".parse()?), facet);
/// for (text, place) in [
///     ("28.06.12", HitPlace::Key),
///     ("mad", HitPlace::TitleBegins),
///     ("BOERNEHAVE frokost", HitPlace::Keyword),
/// ] {
///     let hits = index.search(text);
///     assert_eq!((hits[0].class, hits[0].place), (topic, place));
/// }
/// assert!(index.search("frokost i skolen").is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug)]
pub struct ClassIndex {
    entries: Vec<Entry>,
}

#[derive(Debug)]
struct Entry {
    class: ClassId,
    key: Text,
    title: Text,
    folded_title: String,
    keywords: String,
    guidance: String,
}

impl ClassIndex {
    /// The classes that belong to a facet on the view's day.
    ///
    /// # Complexity
    /// O(n log n) in the classes and O(b) in the bytes of their texts.
    pub fn new(view: &View, facet: FacetId) -> ClassIndex {
        let entry = |class: ClassId| {
            let state = view.get(class)?;
            let notes = ClassNotes::of(&state);
            let mut keywords = String::new();
            for keyword in &notes.keywords {
                keywords.extend(danish::folded(&keyword.text));
                keywords.push('\n');
            }
            let mut guidance = fold(&notes.guidance);
            for source in &notes.legal_sources {
                for text in [Some(&source.title), source.section.as_ref(), source.accession.as_ref()] {
                    guidance.push('\n');
                    guidance.extend(text.into_iter().flat_map(|text| danish::folded(text)));
                }
            }
            let folded_title = fold(&state.name);
            Some(Entry { class, key: state.user_key, title: state.name, folded_title, keywords, guidance })
        };
        // By name, then id: the order among equal hits.
        ClassIndex { entries: view.referrers(facet, Class::FACET).into_iter().filter_map(entry).collect() }
    }

    /// The classes that every word of the text matches, best place first, then by title and id. An empty text finds
    /// nothing.
    ///
    /// # Complexity
    /// O(b) in the bytes of the folded texts.
    #[doc(alias = "fritekstsøgning")]
    pub fn search(&self, text: &str) -> Vec<ClassHit> {
        let folded = fold(text.trim());
        let asked: Vec<String> = words(text).collect();
        if asked.is_empty() {
            return Vec::new();
        }
        let hit = |entry: &Entry| {
            let place = entry.place(&folded, &asked)?;
            Some(ClassHit { class: entry.class, key: entry.key.clone(), title: entry.title.clone(), place })
        };
        let mut hits: Vec<ClassHit> = self.entries.iter().filter_map(hit).collect();
        hits.sort_by_key(|hit| hit.place);
        hits
    }

    /// The classes whose keys or titles are most like a text that finds nothing, most like first: at most `most`.
    ///
    /// # Complexity
    /// O(n · l²) in the classes and the length of text and titles.
    pub fn similar(&self, text: &str, most: usize) -> Vec<ClassHit> {
        let folded = fold(text.trim());
        let mut close: Vec<(f64, &Entry)> = Vec::new();
        for entry in &self.entries {
            let likeness = likeness(&folded, &entry.key).max(likeness(&folded, &entry.folded_title));
            if likeness >= ALIKE {
                close.push((likeness, entry));
            }
        }
        close.sort_by(|(a, one), (b, other)| b.total_cmp(a).then_with(|| one.key.cmp(&other.key)));
        let hit = |(_, entry): (f64, &Entry)| ClassHit {
            class: entry.class,
            key: entry.key.clone(),
            title: entry.title.clone(),
            place: HitPlace::TitleContains,
        };
        close.into_iter().take(most).map(hit).collect()
    }
}

/// From here on two texts are taken for alike.
pub(crate) const ALIKE: f64 = 0.7;

/// How alike two folded texts are, from 0 to 1: by the letters that must be typed, left out, changed or swapped.
pub(crate) fn likeness(one: &str, other: &str) -> f64 {
    strsim::normalized_damerau_levenshtein(one, other)
}

impl Entry {
    fn place(&self, folded: &str, asked: &[String]) -> Option<HitPlace> {
        if *self.key == *folded || fold(&self.key) == folded {
            return Some(HitPlace::Key);
        }
        let all = |within: &dyn Fn(&str) -> bool| asked.iter().all(|word| within(word));
        if all(&|word| self.folded_title.contains(word)) {
            let mut title = words(&self.title);
            return Some(if self.folded_title == folded {
                HitPlace::Title
            } else if self.folded_title.starts_with(folded) {
                HitPlace::TitleBegins
            } else {
                let title: Vec<String> = title.by_ref().collect();
                let begins = |word: &str| title.iter().any(|of_title| of_title.starts_with(word));
                if all(&begins) { HitPlace::TitleWords } else { HitPlace::TitleContains }
            });
        }
        let by_keyword = |word: &str| self.folded_title.contains(word) || self.keywords.contains(word);
        if all(&by_keyword) {
            return Some(HitPlace::Keyword);
        }
        all(&|word| by_keyword(word) || self.guidance.contains(word)).then_some(HitPlace::Guidance)
    }
}

//! [`Words`]: from the words of all names, keys, numbers and contact points to the objects that ever had them, in the
//! order of their names. It says who may be meant; whether one is, on a day and in a belief, is read from its state.

use std::cmp::{Ordering, Reverse};
use std::collections::binary_heap::PeekMut;
use std::collections::{BTreeMap, BTreeSet, BinaryHeap, HashMap};
use std::sync::{Arc, PoisonError, RwLock};

use uuid::Uuid;

use super::searched::{self, NameKey, Part};
use super::tables::{Ix, Tables};
use crate::danish;
use crate::model::Kind;
use crate::time::Revision;

/// The index of one registry, shared by all its snapshots: made when first asked for, and then brought up to the newest
/// snapshot that asks. What it lists is never taken out, so older snapshots find everything in it too.
#[derive(Clone, Default)]
pub(crate) struct SharedWords(Arc<RwLock<Words>>);

impl std::fmt::Debug for SharedWords {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        // What is in it is personal.
        f.write_str("SharedWords { … }")
    }
}

impl SharedWords {
    /// Asks the index, once it holds all that `tables` do.
    ///
    /// Searches wait only for one that adds registrations; commits never wait.
    pub(crate) fn ask<T>(&self, tables: &Tables, question: impl FnOnce(&Words) -> T) -> T {
        let words = self.0.read().unwrap_or_else(PoisonError::into_inner);
        if words.upto >= tables.head() {
            return question(&words);
        }
        drop(words);
        self.0.write().unwrap_or_else(PoisonError::into_inner).catch_up(tables);
        question(&self.0.read().unwrap_or_else(PoisonError::into_inner))
    }
}

/// The word of an entry, by its number; where the object stands among the names; the object.
type Entry = (u32, NameKey, u32);

/// See the head of this file.
#[derive(Default)]
pub(crate) struct Words {
    upto: Revision,
    numbers: BTreeMap<Box<str>, u32>,
    /// All words by number, each ended by a line feed, for those that contain a text; and where each begins.
    listed: String,
    starts: Vec<usize>,
    entries: BTreeSet<Entry>,
    /// How many entries each word has.
    counts: Vec<u32>,
    /// Whole names.
    names: BTreeSet<(Box<str>, NameKey, u32)>,
    /// Hashes of whole keys, numbers and contact points.
    wholes: BTreeSet<(u64, u32)>,
    /// The first halves of ids.
    ids: BTreeSet<(u64, u32)>,
}

/// What a catching-up adds, before it is sorted in.
#[derive(Default)]
struct Fresh {
    numbers: HashMap<Box<str>, u32>,
    /// The numbers of the words of the texts met so far, by the number of the text.
    of_text: HashMap<(Part, u32), Arc<[u32]>>,
    entries: Vec<Entry>,
    names: Vec<(Box<str>, NameKey, u32)>,
    wholes: Vec<(u64, u32)>,
    ids: Vec<(u64, u32)>,
}

impl Words {
    /// Adds the registrations that `tables` hold and the index does not.
    ///
    /// Costs what they touched; the first time that is everything.
    fn catch_up(&mut self, tables: &Tables) {
        let mut fresh = Fresh::default();
        let (after, head) = (self.upto.number(), tables.head());
        if after == 0 {
            for ix in Kind::ALL.into_iter().flat_map(|kind| tables.of_kind(kind)) {
                self.add(tables, ix, &mut fresh);
            }
        } else {
            let rows = (after + 1..=head.number()).filter_map(|n| tables.registration(Revision::new(n)));
            for ix in rows.flat_map(|row| row.touched.iter()) {
                self.add(tables, *ix, &mut fresh);
            }
        }
        self.take(fresh);
        self.upto = self.upto.max(head);
    }

    /// Adds the states of an object that are newer than the index.
    fn add(&self, tables: &Tables, ix: Ix, fresh: &mut Fresh) {
        let (Some(kind), Some(history)) = (tables.kind(ix), tables.history(ix)) else { return };
        let id = tables.id(ix);
        fresh.ids.push((first_half(id), ix.0));
        for rect in history.iter().filter(|rect| rect.known_from > self.upto) {
            let key = searched::name_key(tables, kind, id, rect.value);
            let names = searched::names(tables, kind, rect.value);
            fresh.names.extend(names.map(|name| (name.into_boxed_str(), key, ix.0)));
            for (part, number) in searched::texts(kind, rect.value) {
                let Some(text) = tables.text(number) else { continue };
                for whole in wholes(part, text) {
                    fresh.wholes.push((whole, ix.0));
                }
                let known = fresh.of_text.get(&(part, number)).map(Arc::clone);
                let words = known.unwrap_or_else(|| {
                    let words = self.words_of(part, text, &mut fresh.numbers);
                    fresh.of_text.insert((part, number), Arc::clone(&words));
                    words
                });
                fresh.entries.extend(words.iter().map(|word| (*word, key, ix.0)));
            }
        }
    }

    fn words_of(&self, part: Part, text: &str, fresh: &mut HashMap<Box<str>, u32>) -> Arc<[u32]> {
        let number = |word: String| {
            if let Some(number) = self.numbers.get(&*word).or_else(|| fresh.get(&*word)) {
                return *number;
            }
            let next = u32::try_from(self.numbers.len() + fresh.len()).unwrap_or(u32::MAX);
            fresh.insert(word.into_boxed_str(), next);
            next
        };
        words(part, text).map(number).collect()
    }

    fn take(&mut self, fresh: Fresh) {
        let mut words: Vec<(Box<str>, u32)> = fresh.numbers.into_iter().collect();
        words.sort_unstable_by_key(|(_, number)| *number);
        for (word, _) in &words {
            self.starts.push(self.listed.len());
            self.listed.push_str(word);
            self.listed.push('\n');
        }
        self.counts.resize(self.starts.len(), 0);
        for entry in &fresh.entries {
            if let Some(count) = self.counts.get_mut(entry.0 as usize) {
                // An entry that is there already counts again: it only makes the word look a little more common.
                *count = count.saturating_add(1);
            }
        }
        if self.numbers.is_empty() {
            self.numbers = words.into_iter().collect();
        } else {
            self.numbers.extend(words);
        }
        add_all(&mut self.entries, fresh.entries);
        add_all(&mut self.names, fresh.names);
        add_all(&mut self.wholes, fresh.wholes);
        add_all(&mut self.ids, fresh.ids);
    }
}

/// Many at once are sorted together, which is much faster than one by one.
fn add_all<T: Ord>(set: &mut BTreeSet<T>, new: Vec<T>) {
    if set.is_empty() {
        *set = new.into_iter().collect();
    } else {
        set.extend(new);
    }
}

// What is asked of the index.
impl Words {
    /// The objects that ever had this whole key, number or contact point (see [`wholes`]), and some that did not.
    pub(crate) fn with_whole(&self, whole: u64) -> impl Iterator<Item = Ix> + '_ {
        self.wholes.range((whole, 0)..=(whole, u32::MAX)).map(|(_, ix)| Ix(*ix))
    }

    /// The objects whose id is in a range, and some beside it.
    pub(crate) fn with_id(&self, from: Uuid, to: Uuid) -> impl Iterator<Item = Ix> + '_ {
        self.ids.range((first_half(from), 0)..=(first_half(to), u32::MAX)).map(|(_, ix)| Ix(*ix))
    }

    /// The objects that ever had a name that is, or begins with, this text, in the order of names.
    pub(crate) fn named(&self, start: &str, whole: bool) -> impl Iterator<Item = (NameKey, Ix)> + use<> {
        // No name has a character as high as this one.
        let end = if whole { start.to_owned() } else { format!("{start}{}", char::MAX) };
        let found = self
            .names
            .range((Box::from(start), NameKey::default(), 0)..=(end.into(), [u8::MAX; 16], u32::MAX));
        // A heap gives the first few without sorting all.
        let mut heap: BinaryHeap<_> = found.map(|(_, key, ix)| Reverse((*key, *ix))).collect();
        std::iter::from_fn(move || heap.pop().map(|Reverse((key, ix))| (key, Ix(ix))))
    }

    /// The numbers of the words that begin with a text.
    pub(crate) fn beginning(&self, start: &str) -> Vec<u32> {
        let from =
            self.numbers.range::<str, _>((std::ops::Bound::Included(start), std::ops::Bound::Unbounded));
        from.take_while(|(word, _)| word.starts_with(start)).map(|(_, number)| *number).collect()
    }

    /// The numbers of the words that contain a text.
    pub(crate) fn containing(&self, part: &str) -> Vec<u32> {
        let found = memchr::memmem::find_iter(self.listed.as_bytes(), part);
        let mut numbers: Vec<u32> = found
            .filter_map(|at| {
                u32::try_from(self.starts.partition_point(|start| *start <= at).checked_sub(1)?).ok()
            })
            .collect();
        numbers.dedup();
        numbers
    }

    /// About how many entries these words have.
    pub(crate) fn count(&self, words: &[u32]) -> u64 {
        words.iter().filter_map(|word| self.counts.get(*word as usize)).map(|count| u64::from(*count)).sum()
    }

    /// The objects that ever had one of these words, in the order of the names they had with it.
    pub(crate) fn in_name_order<'a>(
        &'a self,
        words: &[u32],
    ) -> impl Iterator<Item = (NameKey, Ix)> + use<'a> {
        let list = |word: &u32| {
            let all = (*word, NameKey::default(), 0)..=(*word, [u8::MAX; 16], u32::MAX);
            self.entries.range(all).map(|(_, key, ix)| (*key, Ix(*ix)))
        };
        merged(words.iter().map(list).collect())
    }
}

/// What two ordered lists have in common.
pub(crate) fn common<'a, T: Ord + Copy + 'a>(
    mut a: impl Iterator<Item = T> + 'a,
    mut b: impl Iterator<Item = T> + 'a,
) -> impl Iterator<Item = T> + 'a {
    std::iter::from_fn(move || {
        let (mut x, mut y) = (a.next()?, b.next()?);
        loop {
            match x.cmp(&y) {
                Ordering::Less => x = a.next()?,
                Ordering::Greater => y = b.next()?,
                Ordering::Equal => return Some(x),
            }
        }
    })
}

/// Ordered lists made one; what is in several comes once.
pub(crate) fn merged<T: Ord + Copy, I: Iterator<Item = T>>(
    mut lists: Vec<I>,
) -> impl Iterator<Item = T> + use<T, I> {
    let firsts = (0..).zip(&mut lists).filter_map(|(n, list)| Some(Reverse((list.next()?, n))));
    let mut heap: BinaryHeap<Reverse<(T, usize)>> = firsts.collect();
    let mut last = None;
    std::iter::from_fn(move || {
        loop {
            let mut top = heap.peek_mut()?;
            let Reverse((item, n)) = *top;
            match lists.get_mut(n).and_then(Iterator::next) {
                Some(next) => *top = Reverse((next, n)),
                None => drop(PeekMut::pop(top)),
            }
            if last != Some(item) {
                last = Some(item);
                return last;
            }
        }
    })
}

/// The words by which a text is found.
fn words(part: Part, text: &str) -> impl Iterator<Item = String> {
    let words = (part != Part::Secret).then(|| danish::words(text));
    let number = (part == Part::Number).then(|| searched::digits(text)).flatten();
    words.into_iter().flatten().chain(number)
}

/// The hashes under which a whole text is found.
fn wholes(part: Part, text: &str) -> impl Iterator<Item = u64> {
    let text_form = matches!(part, Part::Key | Part::Number).then(|| hash_text(&searched::whole(text)));
    let number = matches!(part, Part::Number | Part::Secret).then(|| searched::digits(text)).flatten();
    text_form.into_iter().chain(number.map(|number| hash_number(&number)))
}

/// The hash of a whole text in the form of [`searched::whole`].
pub(crate) fn hash_text(whole: &str) -> u64 {
    hash(&('=', whole))
}

/// The hash of a whole number in the form of [`searched::digits`].
pub(crate) fn hash_number(digits: &str) -> u64 {
    hash(&('#', digits))
}

fn hash(key: &impl std::hash::Hash) -> u64 {
    std::hash::BuildHasher::hash_one(&foldhash::quality::FixedState::with_seed(0), key)
}

fn first_half(id: Uuid) -> u64 {
    id.as_u64_pair().0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ordered_lists_are_merged_and_what_is_in_several_comes_once() {
        let lists = [vec![1, 4, 6], vec![], vec![1, 2, 6], vec![3]];
        let all: Vec<i32> = merged(lists.map(Vec::into_iter).into()).collect();
        assert_eq!(all, [1, 2, 3, 4, 6]);
    }

    #[test]
    fn ordered_lists_have_in_common_what_is_in_both() {
        let both: Vec<i32> = common([1, 4, 6, 9].into_iter(), [2, 4, 5, 9, 11].into_iter()).collect();
        assert_eq!(both, [4, 9]);
    }
}

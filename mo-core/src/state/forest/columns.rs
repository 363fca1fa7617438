//! [`Lists`]: one short list per number, packed in pages that versions share, and [`Numbers`]: from ids to numbers and
//! back. Neither knows what the numbers or lists mean.

// Every index is masked to the width of the array it goes into.
#![allow(clippy::indexing_slicing)]

use std::collections::HashMap;
use std::sync::Arc;

use foldhash::fast::FixedState;
use uuid::Uuid;

/// How many lists or ids a page holds. A change copies the page it falls in.
const PAGE: usize = 256;

/// A list per number. A clone shares all pages.
#[derive(Debug)]
pub(super) struct Lists<T> {
    pages: Vec<Arc<Page<T>>>,
}

#[derive(Debug)]
struct Page<T> {
    /// Where each list begins in `values`, and where the last one ends.
    starts: [u32; PAGE + 1],
    values: Box<[T]>,
}

impl<T> Clone for Lists<T> {
    fn clone(&self) -> Lists<T> {
        Lists { pages: self.pages.clone() }
    }
}

impl<T> Default for Lists<T> {
    fn default() -> Lists<T> {
        Lists { pages: Vec::new() }
    }
}

impl<T: Copy> Lists<T> {
    /// The list of a number; empty where none was ever set.
    ///
    /// O(1): the page, its starts, the list.
    #[inline]
    pub(super) fn get(&self, number: u32) -> &[T] {
        let (page, slot) = (number as usize / PAGE, number as usize % PAGE);
        let Some(page) = self.pages.get(page) else { return &[] };
        page.values.get(page.starts[slot] as usize..page.starts[slot + 1] as usize).unwrap_or_default()
    }

    /// Replaces the lists of `numbers`, given in order, by those values of `new` that carry the number; `new` is in
    /// order of numbers, and in the order that each list is to have.
    ///
    /// Copies the pages that hold one of the numbers.
    pub(super) fn replace(&mut self, numbers: &[u32], new: &[(u32, T)]) {
        let mut numbers = numbers;
        let mut new = new;
        while let Some(first) = numbers.first() {
            let page = *first as usize / PAGE;
            let split = numbers.partition_point(|number| *number as usize / PAGE == page);
            let (here, later) = numbers.split_at(split);
            let split = new.partition_point(|(number, _)| *number as usize / PAGE == page);
            let (values, later_values) = new.split_at(split);
            self.replace_in(page, here, values);
            (numbers, new) = (later, later_values);
        }
    }

    fn replace_in(&mut self, page: usize, numbers: &[u32], mut new: &[(u32, T)]) {
        let mut values: Vec<T> = Vec::new();
        let mut starts = [0; PAGE + 1];
        let mut numbers = numbers.iter().copied().peekable();
        for slot in 0..PAGE {
            let number = u32::try_from(page * PAGE + slot).unwrap_or(u32::MAX);
            if numbers.next_if_eq(&number).is_some() {
                let (mine, rest) = new.split_at(new.partition_point(|(n, _)| *n == number));
                values.extend(mine.iter().map(|(_, value)| *value));
                new = rest;
            } else {
                values.extend_from_slice(self.get(number));
            }
            starts[slot + 1] = u32::try_from(values.len()).unwrap_or(u32::MAX);
        }
        while self.pages.len() <= page {
            self.pages.push(Arc::new(Page { starts: [0; PAGE + 1], values: Box::default() }));
        }
        self.pages[page] = Arc::new(Page { starts, values: values.into_boxed_slice() });
    }
}

/// Ids numbered in the order in which they were first mentioned. A clone shares all but a table of pages.
#[derive(Debug, Clone)]
pub(crate) struct Numbers {
    ids: Vec<Arc<Vec<Uuid>>>,
    /// By the last byte of the id, so that a new id copies little.
    shards: Vec<Arc<HashMap<Uuid, u32, FixedState>>>,
    len: u32,
}

impl Default for Numbers {
    fn default() -> Numbers {
        Numbers { ids: Vec::new(), shards: vec![Arc::default(); 256], len: 0 }
    }
}

impl Numbers {
    #[inline]
    pub(crate) fn find(&self, id: Uuid) -> Option<u32> {
        self.shards[usize::from(last_byte(id))].get(&id).copied()
    }

    /// The id of a number, which was given.
    #[inline]
    pub(crate) fn id(&self, number: u32) -> Uuid {
        let page = self.ids.get(number as usize / PAGE);
        page.and_then(|page| page.get(number as usize % PAGE)).copied().unwrap_or_default()
    }

    /// How many ids have a number; the numbers are those below.
    pub(crate) fn len(&self) -> u32 {
        self.len
    }

    pub(super) fn intern(&mut self, id: Uuid) -> u32 {
        if let Some(number) = self.find(id) {
            return number;
        }
        let number = self.len;
        self.len += 1;
        Arc::make_mut(&mut self.shards[usize::from(last_byte(id))]).insert(id, number);
        if number as usize / PAGE == self.ids.len() {
            self.ids.push(Arc::new(Vec::with_capacity(PAGE)));
        }
        Arc::make_mut(&mut self.ids[number as usize / PAGE]).push(id);
        number
    }
}

fn last_byte(id: Uuid) -> u8 {
    id.as_bytes()[15]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_replaced_list_leaves_the_others_and_earlier_clones_alone() {
        let mut lists = Lists::default();
        lists.replace(&[1, 2, 700], &[(1, 'a'), (1, 'b'), (700, 'z')]);
        let kept = lists.clone();
        lists.replace(&[1, 3], &[(3, 'c')]);
        let of = |lists: &Lists<char>, n| lists.get(n).iter().collect::<String>();
        assert_eq!((of(&kept, 1), of(&kept, 3)), ("ab".to_owned(), String::new()));
        assert_eq!([of(&lists, 1), of(&lists, 3), of(&lists, 700)], ["", "c", "z"]);
        assert!(lists.get(100_000).is_empty());
    }

    #[test]
    fn an_id_keeps_its_number() {
        let mut numbers = Numbers::default();
        for n in 0..2_000 {
            assert_eq!(numbers.intern(Uuid::from_u128(n)), u32::try_from(n).unwrap());
        }
        let kept = numbers.clone();
        assert_eq!(numbers.intern(Uuid::from_u128(1_500)), 1_500);
        assert_eq!(numbers.intern(Uuid::from_u128(9_999)), 2_000);
        assert_eq!((numbers.id(1_999), kept.find(Uuid::from_u128(9_999))), (Uuid::from_u128(1_999), None));
    }
}

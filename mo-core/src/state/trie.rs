//! [`Trie`]: a persistent hash index from keys kept elsewhere to numbers. It stores only 32 bits of each key's hash; who
//! asks compares the keys.

// Every index is masked to the width of the array it goes into.
#![allow(clippy::indexing_slicing)]

use std::hash::{BuildHasher, Hash};
use std::sync::Arc;

// Copying a shared branch counts a reference to every child, each a cache line of its own: branches are small.
const BITS: u32 = 4;
const WIDTH: usize = 1 << BITS;
const LEAF: usize = 48;

/// A multimap from hashes to numbers; clones share everything they can.
///
/// Finding costs O(1) expected, inserting copies one path of O(log n) nodes when it is shared.
#[derive(Clone, Default)]
pub(crate) struct Trie(Node);

#[derive(Clone, Default)]
enum Node {
    #[default]
    Empty,
    Leaf(Arc<[(u32, u32)]>),
    Branch(Arc<[Node; WIDTH]>),
}

impl std::fmt::Debug for Trie {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Trie { … }")
    }
}

/// The hash of a key. The same in every process, because nothing in it is drawn at random.
pub(crate) fn hash(key: &(impl Hash + ?Sized)) -> u32 {
    #[allow(clippy::cast_possible_truncation)] // the low half is as good as the high half
    {
        foldhash::quality::FixedState::with_seed(0).hash_one(key) as u32
    }
}

impl Trie {
    /// The numbers stored under `hash`, in the order they were inserted.
    pub(crate) fn find(&self, hash: u32) -> impl Iterator<Item = u32> + '_ {
        let mut node = &self.0;
        let mut shift = 0;
        let entries: &[(u32, u32)] = loop {
            match node {
                Node::Branch(branch) => node = &branch[(hash >> shift) as usize % WIDTH],
                Node::Leaf(entries) => break entries,
                Node::Empty => break &[],
            }
            shift += BITS;
        };
        entries.iter().filter(move |entry| entry.0 == hash).map(|entry| entry.1)
    }

    /// Stores a number under `hash`.
    pub(crate) fn insert(&mut self, hash: u32, number: u32) {
        insert(&mut self.0, 0, hash, number);
    }
}

fn insert(node: &mut Node, shift: u32, hash: u32, number: u32) {
    match node {
        Node::Empty => *node = Node::Leaf(Arc::new([(hash, number)])),
        Node::Branch(branch) => {
            insert(&mut Arc::make_mut(branch)[(hash >> shift) as usize % WIDTH], shift + BITS, hash, number);
        }
        Node::Leaf(entries) if entries.len() < LEAF || shift + BITS > u32::BITS => {
            *node = Node::Leaf(entries.iter().copied().chain([(hash, number)]).collect());
        }
        Node::Leaf(entries) => {
            let entries = Arc::clone(entries);
            *node = Node::Branch(Arc::new(std::array::from_fn(|_| Node::Empty)));
            for &(hash, number) in entries.iter() {
                insert(node, shift, hash, number);
            }
            insert(node, shift, hash, number);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_number_is_found_under_its_hash_and_clones_do_not_see_later_ones() {
        let mut trie = Trie::default();
        for n in 0..20_000u32 {
            trie.insert(hash(&n), n);
        }
        let kept = trie.clone();
        for n in 20_000..40_000 {
            trie.insert(hash(&n), n);
        }
        for n in 0..40_000 {
            assert!(trie.find(hash(&n)).any(|found| found == n));
            assert_eq!(kept.find(hash(&n)).any(|found| found == n), n < 20_000);
        }
    }

    #[test]
    fn equal_hashes_are_all_kept() {
        let mut trie = Trie::default();
        for n in 0..100 {
            trie.insert(7, n);
        }
        assert_eq!(trie.find(7).collect::<Vec<_>>(), (0..100).collect::<Vec<_>>());
    }
}

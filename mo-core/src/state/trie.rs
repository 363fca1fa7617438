//! [`Trie`]: a persistent hash index from keys kept elsewhere to numbers. It stores only 32 bits of each key's hash; who
//! asks compares the keys. What is inserted while other clones hold the index waits beside it and is moved in together.

// Every index is masked to the width of the array it goes into.
#![allow(clippy::indexing_slicing)]

use std::hash::{BuildHasher, Hash};
use std::sync::Arc;

// Copying a shared branch counts a reference to every child, each a cache line of its own: branches are small.
const BITS: u32 = 4;
const WIDTH: usize = 1 << BITS;
const LEAF: usize = 48;

/// So many numbers wait at most: few enough to be copied with every commit, and enough to share the paths they copy.
const WAITING: usize = 1024;

/// A multimap from hashes to numbers; clones share everything they can.
///
/// Finding costs O(1) expected; so does inserting, where no other clone holds the index. Where one does, it costs a small
/// copy, and every 1,024th time the paths of O(log n) nodes to all that waited.
#[derive(Clone, Default)]
pub(crate) struct Trie {
    settled: Node,
    /// Inserted later than all that is settled.
    recent: Node,
    waiting: usize,
}

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
        let entries = self.settled.entries(hash).iter().chain(self.recent.entries(hash));
        entries.filter(move |entry| entry.0 == hash).map(|entry| entry.1)
    }

    /// Stores a number under `hash`.
    pub(crate) fn insert(&mut self, hash: u32, number: u32) {
        self.settle();
        if self.settled.is_own() {
            insert(&mut self.settled, 0, hash, number);
        } else {
            insert(&mut self.recent, 0, hash, number);
            self.waiting += 1;
        }
    }

    /// Moves in what waits, if that copies nothing or enough has come together.
    pub(crate) fn settle(&mut self) {
        if self.waiting >= WAITING || (self.waiting > 0 && self.settled.is_own()) {
            let recent = std::mem::take(&mut self.recent);
            recent.each(&mut |(hash, number)| insert(&mut self.settled, 0, hash, number));
            self.waiting = 0;
        }
    }
}

impl Node {
    /// The leaf in which entries with this hash are.
    fn entries(&self, hash: u32) -> &[(u32, u32)] {
        let mut node = self;
        let mut shift = 0;
        loop {
            match node {
                Node::Branch(branch) => node = &branch[(hash >> shift) as usize % WIDTH],
                Node::Leaf(entries) => return entries,
                Node::Empty => return &[],
            }
            shift += BITS;
        }
    }

    /// Every entry, those of one hash in the order of their insertion.
    fn each(&self, f: &mut impl FnMut((u32, u32))) {
        match self {
            Node::Branch(branch) => branch.iter().for_each(|node| node.each(f)),
            Node::Leaf(entries) => entries.iter().copied().for_each(f),
            Node::Empty => {}
        }
    }

    /// Whether no other clone holds the node.
    fn is_own(&mut self) -> bool {
        match self {
            Node::Branch(branch) => Arc::get_mut(branch).is_some(),
            Node::Leaf(entries) => Arc::get_mut(entries).is_some(),
            Node::Empty => true,
        }
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
    fn what_waits_beside_a_shared_index_is_found_and_later_moved_in() {
        let mut trie = Trie::default();
        let mut clones = Vec::new();
        for n in 0..3_000u32 {
            trie.insert(hash(&(n / 3)), n);
            clones.push(trie.clone());
        }
        assert!((1..WAITING).contains(&trie.waiting));
        for (n, clone) in (0..).zip(&clones) {
            assert_eq!(clone.find(hash(&(n / 3))).last(), Some(n));
            assert_eq!(clone.find(hash(&((n + 3) / 3))).count(), 0);
        }
        drop(clones);
        trie.settle();
        assert_eq!(trie.waiting, 0);
        for n in 0..1_000 {
            assert_eq!(trie.find(hash(&n)).collect::<Vec<_>>(), [3 * n, 3 * n + 1, 3 * n + 2]);
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

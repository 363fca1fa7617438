//! [`Paged`]: a persistent vector. Clones share their pages; a change copies the path to the page it touches, and nothing
//! when no other clone holds it.

// Every index is masked to the width of the array it goes into.
#![allow(clippy::indexing_slicing)]

use std::fmt;
use std::sync::Arc;

const BITS: u32 = 4;
const FAN_OUT: usize = 1 << BITS;

/// A vector that is cheap to clone and cheap to change after it was cloned.
///
/// `get` and changes cost O(log₁₆ n), `clone` O(1). `LEAF`, a power of two, is the number of values a page holds. A change
/// of a shared vector counts a reference to every neighbour on the page and in the branches above it, each of them a cache
/// line of its own: so pages of references are small, and branches too.
pub(crate) struct Paged<T, const LEAF: usize> {
    root: Node<T, LEAF>,
    len: usize,
    /// How many levels of branches stand above the leaves.
    height: u32,
}

enum Node<T, const LEAF: usize> {
    Empty,
    Leaf(Arc<[T; LEAF]>),
    Branch(Arc<[Node<T, LEAF>; FAN_OUT]>),
}

impl<T, const LEAF: usize> Clone for Node<T, LEAF> {
    fn clone(&self) -> Self {
        match self {
            Node::Empty => Node::Empty,
            Node::Leaf(leaf) => Node::Leaf(Arc::clone(leaf)),
            Node::Branch(branch) => Node::Branch(Arc::clone(branch)),
        }
    }
}

impl<T, const LEAF: usize> Clone for Paged<T, LEAF> {
    fn clone(&self) -> Self {
        Paged { root: self.root.clone(), len: self.len, height: self.height }
    }
}

impl<T, const LEAF: usize> Default for Paged<T, LEAF> {
    fn default() -> Self {
        Paged { root: Node::Empty, len: 0, height: 0 }
    }
}

impl<T: fmt::Debug + Clone + Default, const LEAF: usize> fmt::Debug for Paged<T, LEAF> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

impl<T, const LEAF: usize> Paged<T, LEAF> {
    const LEAF_BITS: u32 = LEAF.trailing_zeros();
    const LEAF_MASK: usize = LEAF - 1;

    /// Where, `height` levels above the leaves, the way to `index` goes on.
    fn turn(index: usize, height: u32) -> usize {
        (index >> (Self::LEAF_BITS + BITS * (height - 1))) & (FAN_OUT - 1)
    }
}

impl<T: Clone + Default, const LEAF: usize> Paged<T, LEAF> {
    pub(crate) fn len(&self) -> usize {
        self.len
    }

    pub(crate) fn get(&self, index: usize) -> Option<&T> {
        if index >= self.len {
            return None;
        }
        self.leaf(index).get(index & Self::LEAF_MASK)
    }

    pub(crate) fn get_mut(&mut self, index: usize) -> Option<&mut T> {
        (index < self.len).then(|| Self::slot(&mut self.root, self.height, index))
    }

    pub(crate) fn push(&mut self, value: T) {
        let index = self.len;
        if index >> (Self::LEAF_BITS + BITS * self.height) != 0 {
            let mut branch = empty_branch();
            branch[0] = std::mem::replace(&mut self.root, Node::Empty);
            self.root = Node::Branch(Arc::new(branch));
            self.height += 1;
        }
        self.len += 1;
        *Self::slot(&mut self.root, self.height, index) = value;
    }

    /// The place of `index`, its path copied where it is shared and made where it is missing.
    fn slot(node: &mut Node<T, LEAF>, height: u32, index: usize) -> &mut T {
        if matches!(node, Node::Empty) {
            *node = if height == 0 {
                Node::Leaf(Arc::new(std::array::from_fn(|_| T::default())))
            } else {
                Node::Branch(Arc::new(empty_branch()))
            };
        }
        match node {
            Node::Branch(branch) => {
                let child = &mut Arc::make_mut(branch)[Self::turn(index, height)];
                Self::slot(child, height.saturating_sub(1), index)
            }
            Node::Leaf(leaf) => &mut Arc::make_mut(leaf)[index & Self::LEAF_MASK],
            Node::Empty => unreachable!("an empty node was just filled"),
        }
    }

    pub(crate) fn iter(&self) -> impl Iterator<Item = &T> {
        (0..self.len).step_by(LEAF).flat_map(move |start| {
            let leaf: &[T] = self.leaf(start);
            &leaf[..leaf.len().min(self.len - start)]
        })
    }

    /// The page of `index`, which the vector holds.
    fn leaf(&self, index: usize) -> &[T] {
        let mut node = &self.root;
        let mut height = self.height;
        loop {
            match node {
                Node::Branch(branch) => node = &branch[Self::turn(index, height)],
                Node::Leaf(leaf) => return leaf.as_slice(),
                Node::Empty => return &[],
            }
            height -= 1;
        }
    }

    /// The first index for which `pred` no longer holds, when it holds for a prefix.
    pub(crate) fn partition_point(&self, mut pred: impl FnMut(&T) -> bool) -> usize {
        let (mut low, mut high) = (0, self.len);
        while low < high {
            let middle = low.midpoint(high);
            if self.get(middle).is_some_and(&mut pred) {
                low = middle + 1;
            } else {
                high = middle;
            }
        }
        low
    }
}

fn empty_branch<T, const LEAF: usize>() -> [Node<T, LEAF>; FAN_OUT] {
    std::array::from_fn(|_| Node::Empty)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_clone_keeps_what_it_held_while_the_other_changes() {
        let mut vector = Paged::<_, 8>::default();
        for n in 0..5_000usize {
            vector.push(n);
        }
        let kept = vector.clone();
        for n in (0..5_000).step_by(7) {
            *vector.get_mut(n).unwrap() += 1_000_000;
        }
        vector.push(1);
        assert_eq!(kept.iter().copied().collect::<Vec<_>>(), (0..5_000).collect::<Vec<_>>());
        assert_eq!(vector.len(), 5_001);
        for n in 0..5_000 {
            assert_eq!(vector.get(n), Some(&(n + if n % 7 == 0 { 1_000_000 } else { 0 })));
        }
        assert_eq!(kept.get(5_000), None);
        assert_eq!(kept.partition_point(|n| *n < 1_234), 1_234);
    }
}

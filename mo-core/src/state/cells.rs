//! [`State`]: the state of an object in twelve bytes a value. Ids and texts are numbers of the registry's tables, so that
//! two states are compared without looking at a string. What the numbers mean is in `tables`.

use std::sync::Arc;

/// The value of a placement at the root of its hierarchy.
pub(crate) const ROOT: u32 = u32::MAX;

/// The slot of a value: which field, and which key or member (0 for a single field).
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct At {
    pub(crate) field: u8,
    pub(crate) key: u32,
}

/// One value of a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Cell {
    pub(crate) at: At,
    pub(crate) value: u32,
}

/// The state of one object, its cells in order of their slots.
#[derive(Debug, Clone, Eq)]
pub(crate) struct State(Arc<[Cell]>);

impl PartialEq for State {
    fn eq(&self, other: &State) -> bool {
        Arc::ptr_eq(&self.0, &other.0) || self.0 == other.0
    }
}

impl State {
    /// The state with these cells, in any order.
    pub(crate) fn new(mut cells: Vec<Cell>) -> State {
        cells.sort_unstable();
        State(cells.into())
    }

    pub(crate) fn cells(&self) -> &[Cell] {
        &self.0
    }

    pub(crate) fn get(&self, at: At) -> Option<u32> {
        // States are small: a scan beats a binary search.
        self.0.iter().find(|cell| cell.at == at).map(|cell| cell.value)
    }

    /// The values of one field.
    pub(crate) fn field(&self, field: u8) -> impl Iterator<Item = Cell> + '_ {
        self.0.iter().copied().filter(move |cell| cell.at.field == field)
    }

    /// The same state with another value, or none, in one slot.
    pub(crate) fn with(&self, at: At, value: Option<u32>) -> State {
        if self.get(at) == value {
            return self.clone();
        }
        let before = self.0.iter().copied().take_while(|cell| cell.at < at);
        let after = self.0.iter().copied().filter(|cell| cell.at > at);
        let new = value.map(|value| Cell { at, value });
        State(before.chain(new).chain(after).collect::<Vec<_>>().into())
    }
}

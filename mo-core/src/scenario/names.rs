//! [`Names`]: the `@name`s of a scenario file and the ids they stand for.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use uuid::Uuid;

use crate::journal::plain_id;

/// Every `@name` that was read, by its id: the version 5 UUID of the name in the OID namespace.
#[derive(Debug, Default)]
pub(super) struct Names {
    known: RefCell<HashMap<Uuid, String>>,
    numbers: Cell<u32>,
}

impl Names {
    /// Reads an id: a lower-case UUID or `@name`.
    pub(super) fn read(&self, text: &str) -> Result<Uuid, String> {
        let Some(name) = text.strip_prefix('@') else { return plain_id(text) };
        let fits = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        if name.is_empty() || !name.chars().all(fits) {
            return Err(format!("{:?} is no name: after @ come a-z, 0-9 and _", crate::quote(text)));
        }
        let id = Uuid::new_v5(&Uuid::NAMESPACE_OID, name.as_bytes());
        self.known.borrow_mut().insert(id, text.to_owned());
        Ok(id)
    }

    /// Another number each time, the same in every reading of a file.
    pub(super) fn next_number(&self) -> u32 {
        self.numbers.set(self.numbers.get() + 1);
        self.numbers.get()
    }

    /// The `@name` of an id, if it was read under one.
    pub(super) fn name(&self, id: Uuid) -> Option<String> {
        self.known.borrow().get(&id).cloned()
    }
}

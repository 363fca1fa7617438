//! The state of an object without its Rust type: [`Fields`], a value per [`Slot`]; and [`Patch`], what to change in one.
//! Engine, journal and rules work on these, so that every kind is treated alike.

use std::collections::BTreeSet;
use std::marker::PhantomData;

use uuid::Uuid;

use super::field::{Field, Keyed, Map, One, Scalar, Set};
use super::value::{Cpr, Text};
use crate::time::Day;

/// One value of a field. A CPR number prints masked.
///
/// ```
/// use mo_core::model::{Object, Person, Value};
///
/// let fields = Person::new("Ida", "Madsen").protected(true).into_fields();
/// let values: Vec<&Value> = fields.iter().map(|(_, value)| value).collect();
/// assert_eq!(values, [&Value::Text("Ida".into()), &Value::Text("Madsen".into()), &Value::True]);
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Value {
    /// Text in NFC.
    Text(Text),
    /// A CPR number.
    Cpr(Cpr),
    /// A day.
    Day(Day),
    /// A whole number.
    Number(u32),
    /// A flag that is up, or the presence of a set member.
    True,
    /// One of the field's words.
    Choice(&'static str),
    /// A reference to an object of the kind the field names.
    Id(Uuid),
    /// The root of a hierarchy (placements only).
    Root,
}

/// What tells the entries of a map or the members of a set apart.
///
/// ```
/// use mo_core::model::{HierarchyId, Key, Object, Placement, Unit};
///
/// let line = HierarchyId::new(uuid::Uuid::from_u128(1));
/// let fields = Unit::new("Korsbæk").placements(line, Placement::Root).into_fields();
/// let (slot, _) = fields.iter().find(|(slot, _)| slot.key.is_some()).unwrap();
/// assert_eq!(slot.key, Some(Key::Id(line.uuid()))); // placements are told apart by hierarchy
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Key {
    /// The id of an object of the kind the field names.
    Id(Uuid),
    /// Free text.
    Text(Text),
    /// One of the field's words.
    Choice(&'static str),
}

/// The smallest thing that has a timeline of its own: a single field, one member of a set or one entry of a map.
///
/// ```
/// use mo_core::model::{Fields, Key, Slot, Value};
/// let mut fields = Fields::new();
/// let sd = Slot::keyed(9, Key::Text("sd".into()));
/// fields.put(sd.clone(), Value::Text("4711".into()));
/// assert_eq!(fields.get(&sd), Some(&Value::Text("4711".into())));
/// assert_eq!(fields.get(&Slot::one(9)), None); // each entry is a slot of its own
/// ```
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[allow(clippy::exhaustive_structs)]
pub struct Slot {
    /// Index of the field in its kind's declaration.
    pub field: u8,
    /// The key or member; `None` for a single field.
    pub key: Option<Key>,
}

impl Slot {
    /// The slot of a single field.
    pub fn one(field: u8) -> Slot {
        Slot { field, key: None }
    }

    /// The slot of one member of a set or one entry of a map.
    pub fn keyed(field: u8, key: Key) -> Slot {
        Slot { field, key: Some(key) }
    }
}

/// The state of an object: a value per slot, in the order of the declaration. A value equal to its default is absent.
///
/// ```
/// use mo_core::model::{Fields, Kind, Object, Slot, Unit, Value};
///
/// // A state from somewhere that has no Rust types, such as a table.
/// let (name, _) = Kind::Unit.spec().field("name").ok_or("units have names")?;
/// let mut fields = Fields::new();
/// fields.put(Slot::one(name), Value::Text("Skole".into()));
/// assert_eq!(Unit::from_fields(&fields), Some(Unit::new("Skole")));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Fields(
    /// By slot, without repetition.
    Vec<(Slot, Value)>,
);

impl Fields {
    /// No field has a value.
    pub fn new() -> Fields {
        Fields::default()
    }

    fn place(&self, slot: &Slot) -> Result<usize, usize> {
        self.0.binary_search_by(|(own, _)| own.cmp(slot))
    }

    /// Gives a slot a value, in place of any it had.
    pub fn put(&mut self, slot: Slot, value: Value) {
        // States are mostly written in order.
        if self.0.last().is_none_or(|(last, _)| *last < slot) {
            self.0.push((slot, value));
            return;
        }
        match self.place(&slot) {
            Ok(place) => {
                if let Some(entry) = self.0.get_mut(place) {
                    entry.1 = value;
                }
            }
            Err(place) => self.0.insert(place, (slot, value)),
        }
    }

    /// Takes a slot's value away.
    pub fn clear(&mut self, slot: &Slot) {
        if let Ok(place) = self.place(slot) {
            self.0.remove(place);
        }
    }

    /// The value of a slot.
    pub fn get(&self, slot: &Slot) -> Option<&Value> {
        self.0.get(self.place(slot).ok()?).map(|(_, value)| value)
    }

    /// The slots that have a value, in order.
    pub fn iter(&self) -> impl Iterator<Item = (&Slot, &Value)> {
        self.0.iter().map(|(slot, value)| (slot, value))
    }

    /// The members of a set or entries of a map, by key.
    pub fn keyed(&self, field: u8) -> impl Iterator<Item = (&Key, &Value)> {
        self.of_field(field).filter_map(|(slot, value)| Some((slot.key.as_ref()?, value)))
    }

    /// Whether the field has any value.
    pub fn has(&self, field: u8) -> bool {
        self.of_field(field).next().is_some()
    }

    fn of_field(&self, field: u8) -> impl Iterator<Item = &(Slot, Value)> {
        let start = self.0.partition_point(|(slot, _)| slot.field < field);
        self.0.iter().skip(start).take_while(move |(slot, _)| slot.field == field)
    }
}

/// One change of a patch, without its Rust type.
///
/// ```
/// use mo_core::model::{FieldChange, Patch, Slot, Unit, Value};
///
/// let changes = Patch::new().set(Unit::NAME, "Skole").clear(Unit::USER_KEY).into_changes();
/// let name = Slot::one(0); // the first field of a unit
/// assert_eq!(changes[0], FieldChange::Put(name, Value::Text("Skole".into())));
/// assert!(matches!(changes[1], FieldChange::Clear(_)));
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum FieldChange {
    /// The slot gets this value.
    Put(Slot, Value),
    /// The slot loses its value.
    Clear(Slot),
    /// The set has exactly these members; others leave, member by member.
    Members(u8, BTreeSet<Key>),
}

/// What to change in the state of an object of kind `K`: fields named are set or cleared, all others are left.
///
/// ```
/// use mo_core::model::{Manager, Patch, ClassId};
/// # let staff = ClassId::new(uuid::Uuid::nil());
/// let patch = Patch::new().clear(Manager::PERSON).add(Manager::RESPONSIBILITIES, staff);
/// assert!(!patch.is_empty());
/// ```
#[derive(Debug, Clone)]
pub struct Patch<K> {
    changes: Vec<FieldChange>,
    marker: PhantomData<fn() -> K>,
}

impl<K> Default for Patch<K> {
    fn default() -> Self {
        Patch::new()
    }
}

impl<K> Patch<K> {
    /// Changes nothing yet.
    pub fn new() -> Patch<K> {
        Patch { changes: Vec::new(), marker: PhantomData }
    }

    fn with(mut self, change: FieldChange) -> Self {
        self.changes.push(change);
        self
    }

    /// Gives a single field a value.
    #[must_use]
    pub fn set<T: Scalar>(self, field: Field<K, One<T>>, value: impl Into<T>) -> Self {
        let slot = Slot::one(field.index);
        match value.into().into_value() {
            Some(value) => self.with(FieldChange::Put(slot, value)),
            None => self.with(FieldChange::Clear(slot)),
        }
    }

    /// Takes a single field's value away. A mandatory field cannot be cleared; the commit says so (`E_FIELD`).
    #[must_use]
    pub fn clear<T>(self, field: Field<K, One<T>>) -> Self {
        self.with(FieldChange::Clear(Slot::one(field.index)))
    }

    /// Gives a set exactly these members.
    #[must_use]
    pub fn set_members<T: Keyed>(
        self,
        field: Field<K, Set<T>>,
        members: impl IntoIterator<Item = T>,
    ) -> Self {
        let members = members.into_iter().map(Keyed::into_key).collect();
        self.with(FieldChange::Members(field.index, members))
    }

    /// Adds a member to a set.
    #[must_use]
    pub fn add<T: Keyed>(self, field: Field<K, Set<T>>, member: T) -> Self {
        self.with(FieldChange::Put(Slot::keyed(field.index, member.into_key()), Value::True))
    }

    /// Removes a member from a set.
    #[must_use]
    pub fn remove<T: Keyed>(self, field: Field<K, Set<T>>, member: T) -> Self {
        self.with(FieldChange::Clear(Slot::keyed(field.index, member.into_key())))
    }

    /// Gives a map's key a value.
    #[must_use]
    pub fn put<Q: Keyed, T: Scalar>(
        self,
        field: Field<K, Map<Q, T>>,
        key: impl Into<Q>,
        value: impl Into<T>,
    ) -> Self {
        let slot = Slot::keyed(field.index, key.into().into_key());
        match value.into().into_value() {
            Some(value) => self.with(FieldChange::Put(slot, value)),
            None => self.with(FieldChange::Clear(slot)),
        }
    }

    /// Removes a key from a map.
    #[must_use]
    pub fn take<Q: Keyed, T>(self, field: Field<K, Map<Q, T>>, key: impl Into<Q>) -> Self {
        self.with(FieldChange::Clear(Slot::keyed(field.index, key.into().into_key())))
    }

    /// Whether it changes nothing.
    pub fn is_empty(&self) -> bool {
        self.changes.is_empty()
    }

    /// The changes without the Rust type.
    pub fn into_changes(self) -> Vec<FieldChange> {
        self.changes
    }
}

//! [`Tables`]: everything a snapshot holds, in persistent tables of numbers: ids, texts, objects with their histories, who
//! refers to whom, keys, registrations. A clone shares all of it; applying a registration copies what it touches.

use std::sync::{Arc, OnceLock};

use uuid::Uuid;

use super::cells::{At, Cell, ROOT, State};
use super::forest::shared::Forests;
use super::paged::Paged;
use super::trie::{Trie, hash};
use super::words::SharedWords;
use crate::history::History;
use crate::journal::Marks;
use crate::model::value::Text;
use crate::model::{KeyType, Kind, ObjectRef, Shape, ValueType};
use crate::time::{Day, Instant, Period, Revision};
use crate::timeline::Timeline;

/// The number of an id in the tables. Given when the id is first mentioned, even before it names an object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Ix(pub(crate) u32);

impl Ix {
    fn index(self) -> usize {
        self.0 as usize
    }
}

/// From which kind and field a reference comes, and whether it stands in the key (the hierarchy of a placement, the
/// member of a set) or in the value.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Relation {
    pub(crate) kind: Kind,
    pub(crate) field: u8,
    pub(crate) in_key: bool,
}

/// A reference inside a state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct Reference {
    pub(crate) relation: Relation,
    /// The slot it stands in.
    pub(crate) at: At,
    pub(crate) target: Ix,
}

impl Reference {
    /// The reference as it would be to another target.
    pub(crate) fn to(self, target: Ix) -> Reference {
        let at = if self.relation.in_key { At { key: target.0, ..self.at } } else { self.at };
        Reference { at, target, ..self }
    }

    /// The kind of object the reference asks for.
    pub(crate) fn target_kind(&self) -> Kind {
        let field = self.relation.kind.spec().fields.get(usize::from(self.relation.field));
        match field.map(|field| (field.shape, field.value)) {
            Some((Shape::Map(KeyType::Ref(kind)), _)) if self.relation.in_key => kind,
            Some((_, ValueType::Ref(kind))) => kind,
            _ => Kind::Unit,
        }
    }
}

/// An id and what is known under it.
#[derive(Debug, Clone, Default)]
struct Entry {
    id: Uuid,
    kind: Option<Kind>,
    history: History<State>,
    referrers: Option<Arc<Vec<(Relation, Numbers)>>>,
}

/// A growing list of numbers, small while it is short.
#[derive(Debug, Clone)]
enum Numbers {
    Few(Vec<u32>),
    Many(Paged<u32, 64>),
}

impl Numbers {
    const FEW: usize = 64;

    fn push(&mut self, number: u32) {
        match self {
            Numbers::Few(few) if few.len() < Numbers::FEW => few.push(number),
            Numbers::Few(few) => {
                let mut many = Paged::default();
                for number in few.iter() {
                    many.push(*number);
                }
                many.push(number);
                *self = Numbers::Many(many);
            }
            Numbers::Many(many) => many.push(number),
        }
    }

    fn iter(&self) -> Box<dyn Iterator<Item = u32> + '_> {
        match self {
            Numbers::Few(few) => Box::new(few.iter().copied()),
            Numbers::Many(many) => Box::new(many.iter().copied()),
        }
    }
}

/// What is remembered of a registration beside the histories it changed.
#[derive(Debug, Clone)]
pub(crate) struct RegistrationRow {
    pub(crate) registered_at: Instant,
    pub(crate) id: Uuid,
    pub(crate) actor: Text,
    pub(crate) note: Option<Text>,
    pub(crate) cause: Option<Text>,
    pub(crate) marks: Marks,
    pub(crate) touched: Vec<Ix>,
}

/// The change of one object in a registration: disjoint periods with their new states, in order.
pub(crate) type Effects = Vec<(Period, Option<State>)>;

/// Everything a snapshot holds.
#[derive(Clone)]
pub(crate) struct Tables {
    ids: Trie,
    text_index: Trie,
    texts: Paged<Text, 8>,
    objects: Paged<Entry, 8>,
    kinds: Arc<Vec<Paged<u32, 64>>>,
    keys: Trie,
    registrations: Paged<Option<Arc<RegistrationRow>>, 8>,
    /// The registrations that say something beside their effects.
    marked: Arc<Vec<Revision>>,
    /// Shared by all tables that become, or were, those of the registry's head; tables of another future need their own.
    pub(crate) words: SharedWords,
    /// As the words.
    pub(crate) forests: Forests,
    /// How often a registration changed a unit.
    unit_changes: u64,
}

impl std::fmt::Debug for Tables {
    /// How much it is. What it is holds CPR numbers, which no `Debug` shows.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Tables")
            .field("ids", &self.objects.len())
            .field("texts", &self.texts.len())
            .field("registrations", &self.registrations.len())
            .finish_non_exhaustive()
    }
}

impl Default for Tables {
    fn default() -> Tables {
        Tables {
            ids: Trie::default(),
            text_index: Trie::default(),
            texts: Paged::default(),
            objects: Paged::default(),
            kinds: Arc::new(vec![Paged::default(); Kind::ALL.len()]),
            keys: Trie::default(),
            registrations: Paged::default(),
            words: SharedWords::default(),
            forests: Forests::default(),
            unit_changes: 0,
            marked: Arc::default(),
        }
    }
}

// Ids and texts.
impl Tables {
    pub(crate) fn ix(&self, id: Uuid) -> Option<Ix> {
        self.ids.find(hash(&id.as_u128())).map(Ix).find(|ix| self.id(*ix) == id)
    }

    /// The number of an id, given now if it has none.
    pub(crate) fn intern_id(&mut self, id: Uuid) -> Ix {
        if let Some(ix) = self.ix(id) {
            return ix;
        }
        let ix = u32::try_from(self.objects.len()).unwrap_or(u32::MAX);
        self.objects.push(Entry { id, ..Entry::default() });
        self.ids.insert(hash(&id.as_u128()), ix);
        Ix(ix)
    }

    pub(crate) fn id(&self, ix: Ix) -> Uuid {
        self.objects.get(ix.index()).map(|entry| entry.id).unwrap_or_default()
    }

    fn text_number(&self, text: &str) -> Option<u32> {
        self.text_index.find(hash(text)).find(|n| self.text(*n).is_some_and(|t| &**t == text))
    }

    pub(super) fn intern_text(&mut self, text: &Text) -> u32 {
        if let Some(number) = self.text_number(text) {
            return number;
        }
        let number = u32::try_from(self.texts.len()).unwrap_or(u32::MAX);
        self.texts.push(text.clone());
        self.text_index.insert(hash(&**text), number);
        number
    }

    /// How many ids and texts have a number.
    pub(super) fn numbered(&self) -> (usize, usize) {
        (self.objects.len(), self.texts.len())
    }

    pub(crate) fn text(&self, number: u32) -> Option<&Text> {
        self.texts.get(number as usize)
    }
}

// Objects.
impl Tables {
    /// The kind of the object named by this id; `None` while the id names none.
    pub(crate) fn kind(&self, ix: Ix) -> Option<Kind> {
        self.objects.get(ix.index())?.kind
    }

    /// The object that a reference names: nothing when its id is unknown or that of another kind.
    pub(crate) fn named(&self, object: ObjectRef) -> Option<(Ix, &History<State>)> {
        let found = self.ids.find(hash(&object.id.as_u128())).find_map(|ix| {
            let entry = self.objects.get(ix as usize).filter(|entry| entry.id == object.id)?;
            Some((Ix(ix), entry))
        });
        found.filter(|(_, entry)| entry.kind == Some(object.kind)).map(|(ix, entry)| (ix, &entry.history))
    }

    pub(crate) fn history(&self, ix: Ix) -> Option<&History<State>> {
        self.objects.get(ix.index()).filter(|entry| entry.kind.is_some()).map(|entry| &entry.history)
    }

    /// The objects of a kind that were ever registered, in the order of their first registration.
    pub(crate) fn of_kind(&self, kind: Kind) -> impl Iterator<Item = Ix> + '_ {
        self.kinds.get(kind as usize).into_iter().flat_map(Paged::iter).map(|n| Ix(*n))
    }

    /// How many objects of a kind were ever registered.
    pub(crate) fn count_of(&self, kind: Kind) -> usize {
        self.kinds.get(kind as usize).map_or(0, Paged::len)
    }

    /// The timeline as known now.
    pub(crate) fn timeline(&self, ix: Ix) -> Timeline<State> {
        self.timeline_as_known(ix, Revision::MAX)
    }

    pub(crate) fn timeline_as_known(&self, ix: Ix, known: Revision) -> Timeline<State> {
        self.history(ix).map(|history| history.timeline(known)).unwrap_or_default()
    }

    pub(crate) fn state(&self, ix: Ix, day: Day, known: Revision) -> Option<&State> {
        self.history(ix)?.get(day, known)
    }

    /// The objects that ever referred to `ix` through `relation`; whether they do on a day is for the caller to see.
    pub(crate) fn referrers(&self, ix: Ix, relation: Relation) -> impl Iterator<Item = Ix> + '_ {
        self.all_referrers(ix).filter(move |(r, _)| *r == relation).flat_map(|(_, list)| list.iter().map(Ix))
    }

    /// Every relation through which `ix` was ever referred to, with the objects that did.
    pub(crate) fn referring(&self, ix: Ix) -> impl Iterator<Item = (Relation, Ix)> + '_ {
        self.all_referrers(ix).flat_map(|(relation, list)| list.iter().map(|n| (*relation, Ix(n))))
    }

    fn all_referrers(&self, ix: Ix) -> impl Iterator<Item = &(Relation, Numbers)> {
        self.objects.get(ix.index()).and_then(|entry| entry.referrers.as_deref()).into_iter().flatten()
    }

    /// The objects that ever had `value` in an indexed field (see [`Layout::indexed`]).
    pub(crate) fn by_key(&self, kind: Kind, at: At, value: u32) -> impl Iterator<Item = Ix> + '_ {
        self.keys.find(hash(&(kind as u8, at, value))).map(Ix).filter(move |ix| self.kind(*ix) == Some(kind))
    }
}

// Registrations.
impl Tables {
    pub(crate) fn head(&self) -> Revision {
        Revision::new(u32::try_from(self.registrations.len()).unwrap_or(u32::MAX))
    }

    pub(crate) fn registration(&self, revision: Revision) -> Option<&RegistrationRow> {
        self.registrations.get(revision.number().checked_sub(1)? as usize)?.as_deref()
    }

    /// The registrations that undo others or record successions, with what they say, oldest first.
    pub(crate) fn marked(&self) -> impl DoubleEndedIterator<Item = (Revision, &Marks)> {
        self.marked.iter().filter_map(|revision| Some((*revision, &self.registration(*revision)?.marks)))
    }

    /// How often a registration changed a unit: what a forest has to take in.
    pub(crate) fn unit_changes(&self) -> u64 {
        self.unit_changes
    }

    pub(crate) fn registered_at(&self, revision: Revision) -> Option<Instant> {
        self.registration(revision).map(|row| row.registered_at)
    }

    /// The last revision registered at or before `instant`.
    pub(crate) fn revision_at(&self, instant: Instant) -> Revision {
        let known = self
            .registrations
            .partition_point(|row| row.as_ref().is_some_and(|row| row.registered_at <= instant));
        Revision::new(u32::try_from(known).unwrap_or(u32::MAX))
    }

    /// Before these tables get another future than the registry's: what is searched, and where units stand, is no longer
    /// shared with that one.
    pub(crate) fn part_ways(&mut self) {
        self.words = SharedWords::default();
        self.forests = self.forests.forked(self);
    }

    /// Adds the next registration: its row, and each touched object's effects.
    ///
    /// Costs what it touches: per object the path to it, its own history, and the lists it enters for the first time.
    pub(crate) fn apply(&mut self, row: RegistrationRow, effects: Vec<(Kind, Ix, Effects)>) {
        let revision = Revision::new(self.head().number() + 1);
        self.forests.outlived();
        [&mut self.ids, &mut self.text_index, &mut self.keys].into_iter().for_each(Trie::settle);
        // What questions made of these tables is not of what they become.
        self.forests = self.forests.clone();
        for (kind, ix, effects) in effects {
            self.unit_changes += if kind == Kind::Unit { effects.len() as u64 } else { 0 };
            self.index_new(kind, ix, &effects);
            let Some(entry) = self.objects.get_mut(ix.index()) else { continue };
            if entry.kind.is_none() {
                entry.kind = Some(kind);
                if let Some(list) = Arc::make_mut(&mut self.kinds).get_mut(kind as usize) {
                    list.push(ix.0);
                }
            }
            let applied = entry.history.apply(revision, effects);
            debug_assert!(
                applied.is_ok(),
                "effects of one registration are disjoint and newer than any before"
            );
        }
        if !row.marks.is_empty() {
            Arc::make_mut(&mut self.marked).push(revision);
        }
        self.registrations.push(Some(Arc::new(row)));
    }

    /// Enters the object into the lists of targets and keys it has never been in.
    fn index_new(&mut self, kind: Kind, ix: Ix, effects: &Effects) {
        let layout = Layout::of(kind);
        let known = |cell: Cell| {
            self.history(ix).is_some_and(|history| {
                history.ever(|state| state.get(cell.at) == Some(cell.value)).next().is_some()
            })
        };
        let mut new: Vec<Cell> = Vec::new();
        for state in effects.iter().filter_map(|(_, state)| state.as_ref()) {
            for cell in state.cells() {
                if layout.is_listed(cell.at.field) && !new.contains(cell) {
                    new.push(*cell);
                }
            }
        }
        new.retain(|cell| !known(*cell));
        let mut entered: Vec<(Relation, Ix)> = Vec::new();
        for cell in new {
            if layout.indexed(cell.at.field) {
                self.keys.insert(hash(&(kind as u8, cell.at, cell.value)), ix.0);
            }
            for reference in layout.references(cell) {
                let edge = (reference.relation, reference.target);
                // Another value of the same map entry may have entered the same hierarchy before.
                let listed = entered.contains(&edge)
                    || (reference.relation.in_key
                        && self
                            .history(ix)
                            .is_some_and(|h| h.ever(|state| state.get(cell.at).is_some()).next().is_some()));
                if !listed {
                    entered.push(edge);
                    self.add_referrer(reference.target, reference.relation, ix);
                }
            }
        }
    }

    fn add_referrer(&mut self, target: Ix, relation: Relation, referrer: Ix) {
        let Some(entry) = self.objects.get_mut(target.index()) else { return };
        let lists = Arc::make_mut(entry.referrers.get_or_insert_default());
        match lists.iter_mut().find(|(r, _)| *r == relation) {
            Some((_, list)) => list.push(referrer.0),
            None => lists.push((relation, Numbers::Few(vec![referrer.0]))),
        }
    }
}

/// What the tables need to know of the fields of a kind, worked out once from its declaration.
#[derive(Debug)]
pub(crate) struct Layout {
    kind: Kind,
    fields: Vec<FieldLayout>,
}

#[derive(Debug)]
pub(super) struct FieldLayout {
    pub(super) shape: Shape,
    pub(super) value: ValueType,
    indexed: bool,
    key_refers: bool,
    value_refers: bool,
}

impl Layout {
    pub(crate) fn of(kind: Kind) -> &'static Layout {
        static LAYOUTS: OnceLock<Vec<Layout>> = OnceLock::new();
        let layouts = LAYOUTS.get_or_init(|| Kind::ALL.into_iter().map(Layout::new).collect());
        #[allow(clippy::indexing_slicing)] // one layout per kind
        &layouts[kind as usize]
    }

    fn new(kind: Kind) -> Layout {
        let fields = kind.spec().fields.iter().map(|field| {
            let refers = matches!(field.value, ValueType::Ref(_) | ValueType::Placement);
            FieldLayout {
                shape: field.shape,
                value: field.value,
                indexed: matches!(field.name, "user_key" | "external_ids" | "external_id")
                    || field.value == ValueType::Cpr,
                key_refers: matches!(field.shape, Shape::Map(KeyType::Ref(_)))
                    || (field.shape == Shape::Set && refers),
                value_refers: field.shape != Shape::Set && refers,
            }
        });
        Layout { kind, fields: fields.collect() }
    }

    pub(super) fn field(&self, field: u8) -> Option<&FieldLayout> {
        self.fields.get(usize::from(field))
    }

    /// Whether objects are found by the values of this field: keys, external ids and CPR numbers.
    pub(crate) fn indexed(&self, field: u8) -> bool {
        self.field(field).is_some_and(|f| f.indexed)
    }

    fn is_listed(&self, field: u8) -> bool {
        self.field(field).is_some_and(|f| f.indexed || f.key_refers || f.value_refers)
    }

    /// The references one cell holds: none, one, or two for a placement under a unit.
    pub(crate) fn references(&self, cell: Cell) -> impl Iterator<Item = Reference> + use<> {
        let relation = |in_key| Relation { kind: self.kind, field: cell.at.field, in_key };
        let field = self.field(cell.at.field);
        let in_key = field.filter(|f| f.key_refers).map(|_| Reference {
            relation: relation(true),
            at: cell.at,
            target: Ix(cell.at.key),
        });
        let in_value = field.filter(|f| f.value_refers && cell.value != ROOT).map(|_| Reference {
            relation: relation(false),
            at: cell.at,
            target: Ix(cell.value),
        });
        in_key.into_iter().chain(in_value)
    }
}

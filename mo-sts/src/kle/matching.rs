//! Which class of a registry each row of an edition is: by UUID, else by number, else a new one. Decides ids and nothing
//! else.

use std::collections::{BTreeMap, HashMap, HashSet};

use mo_core::model::{Class, ClassId, FacetId};
use mo_core::state::Snapshot;
use mo_core::timeline::Timeline;
use uuid::Uuid;

use super::edition::Edition;
use super::load::{SOURCE, UUID_SYSTEM};
use super::report::{Finding, Report};
use super::row::Row;

/// The classes of the rows of an edition.
pub(super) struct Matching {
    /// The class of each row, by the place of the row.
    pub(super) classes: Vec<ClassId>,
    /// What the registry knows of KLE's classes in the facet.
    pub(super) known: BTreeMap<ClassId, Timeline<Class>>,
    /// Those of them that no row is.
    pub(super) gone: Vec<ClassId>,
    pub(super) reports: Vec<Report>,
}

/// The UUID that KL gave a class, as far as the registry knows.
pub(super) fn uuid_of(timeline: &Timeline<Class>) -> Option<Uuid> {
    let (_, state) = timeline.last()?;
    state.external_ids.get(UUID_SYSTEM).and_then(|uuid| Uuid::try_parse(uuid).ok())
}

pub(super) fn classes(edition: &Edition, snapshot: &Snapshot, facet: FacetId) -> Matching {
    let (mut known, mut local) = (BTreeMap::new(), HashSet::new());
    for class in snapshot.facet_classes(facet) {
        let timeline = snapshot.timeline(class);
        let Some((_, state)) = timeline.last() else { continue };
        if state.source.as_deref() == Some(SOURCE) {
            known.insert(class, timeline);
        } else {
            local.insert(state.user_key.clone());
        }
    }
    let mut worker = Worker {
        snapshot,
        facet,
        known: &known,
        taken: HashSet::new(),
        found: vec![None; edition.rows().len()],
        reports: Vec::new(),
    };
    worker.by_uuid(edition.rows());
    worker.by_number(edition.rows());
    for (place, row) in in_turn(edition.rows()) {
        worker.new_id(place, row);
        if row.days().is_some() && local.contains(row.number.as_str()) {
            worker.reports.push(Report::of(row, Finding::LocalNumber));
        }
    }
    let Worker { taken, found, reports, .. } = worker;
    let gone = known.keys().copied().filter(|class| !taken.contains(class)).collect();
    // Every row has one by now.
    let classes = found.into_iter().map(|class| class.unwrap_or(ClassId::new(Uuid::nil()))).collect();
    Matching { classes, known, gone, reports }
}

/// The rows with their places, those without a day last: one that is not stored must not take the class of one that is.
fn in_turn(rows: &[Row]) -> impl Iterator<Item = (usize, &Row)> {
    let with = rows.iter().enumerate().filter(|(_, row)| row.days().is_some());
    with.chain(rows.iter().enumerate().filter(|(_, row)| row.days().is_none()))
}

struct Worker<'a> {
    snapshot: &'a Snapshot,
    facet: FacetId,
    known: &'a BTreeMap<ClassId, Timeline<Class>>,
    taken: HashSet<ClassId>,
    found: Vec<Option<ClassId>>,
    reports: Vec<Report>,
}

impl Worker<'_> {
    fn take(&mut self, place: usize, class: ClassId) {
        if let Some(found) = self.found.get_mut(place) {
            *found = Some(class);
            self.taken.insert(class);
        }
    }

    fn is_found(&self, place: usize) -> bool {
        self.found.get(place).is_some_and(Option::is_some)
    }

    /// The rows whose UUID a class has, as its id or as KL's.
    fn by_uuid(&mut self, rows: &[Row]) {
        let mut classes: HashMap<Uuid, ClassId> =
            self.known.keys().map(|class| (class.uuid(), *class)).collect();
        classes.extend(self.known.iter().filter_map(|(class, timeline)| Some((uuid_of(timeline)?, *class))));
        for (place, row) in rows.iter().enumerate() {
            if let Some(class) = row.uuid.and_then(|uuid| classes.get(&uuid)).copied()
                && !self.taken.contains(&class)
            {
                self.take(place, class);
            }
        }
    }

    /// The other rows whose number a class has. One of the two has no UUID, else they would be two.
    fn by_number(&mut self, rows: &[Row]) {
        let mut classes: HashMap<&str, Vec<(ClassId, &Timeline<Class>)>> = HashMap::new();
        for (class, timeline) in self.known {
            if let Some((_, state)) = timeline.last() {
                classes.entry(&*state.user_key).or_default().push((*class, timeline));
            }
        }
        for (place, row) in in_turn(rows) {
            if self.is_found(place) {
                continue;
            }
            let same = classes.get(row.number.as_str()).map(Vec::as_slice).unwrap_or_default();
            let free = |(class, timeline): &&(ClassId, &Timeline<Class>)| {
                !self.taken.contains(class) && (row.uuid.is_none() || uuid_of(timeline).is_none())
            };
            let free: Vec<_> = same.iter().filter(free).collect();
            let best = match free.as_slice() {
                [] | [_] => free.first(),
                // Of several the one that it was before, and where nothing tells, the one that was made first.
                several => several.iter().min_by_key(|(class, timeline)| {
                    let order = self.ids(row).take(several.len() + 1).position(|id| id == *class);
                    (self.differs(row, timeline), order.unwrap_or(usize::MAX))
                }),
            };
            if let Some((class, _)) = best {
                self.take(place, *class);
            }
        }
    }

    /// In what a class is not what a row with its number says, the most telling first.
    fn differs(&self, row: &Row, timeline: &Timeline<Class>) -> [bool; 4] {
        let Some(days) = row.days() else { return [true; 4] };
        let last = timeline.last().map(|(_, state)| state);
        let parent = last.and_then(|state| state.parent).and_then(|parent| self.known.get(&parent));
        let parent = parent.and_then(|parent| parent.last()).map(|(_, parent)| &*parent.user_key);
        [
            timeline.pieces_in(days).next().is_none(),
            timeline.span() != Some(days),
            parent != row.parent.as_deref(),
            last.is_none_or(|state| *state.name != *row.title),
        ]
    }

    /// The ids made from the number of a row, in the order in which they are given.
    fn ids(&self, row: &Row) -> impl Iterator<Item = ClassId> + use<> {
        let namespace = self.namespace();
        // A number that was given again.
        let again = format!("@{}", row.created);
        let names =
            std::iter::successors(Some(row.number.clone()), move |name| Some(format!("{name}{again}")));
        names.map(move |name| ClassId::new(Uuid::new_v5(&namespace, name.as_bytes())))
    }

    /// An id for a row that is a new class: its UUID, else one made from its number, the same in every registry.
    fn new_id(&mut self, place: usize, row: &Row) {
        if self.is_found(place) {
            return;
        }
        let own = row.uuid.map(ClassId::new);
        if let Some(class) = own {
            if self.snapshot.kind_of(class.uuid()).is_none() && !self.taken.contains(&class) {
                return self.take(place, class);
            }
            self.reports.push(Report::of(row, Finding::UuidTaken));
        }
        let free = |class: &ClassId| !self.taken.contains(class) && !self.known.contains_key(class);
        let class = self.ids(row).find(free);
        if let Some(class) = class {
            self.take(place, class);
        }
    }

    /// Ids are made from numbers within KL's facet, whatever facet a registry has for it.
    fn namespace(&self) -> Uuid {
        let known = [super::PLAN_FACET, super::ACTION_FACET];
        known.into_iter().find(|facet| *facet == self.facet).unwrap_or(super::PLAN_FACET).uuid()
    }
}

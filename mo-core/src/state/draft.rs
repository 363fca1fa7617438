//! [`Draft`]: the tables with the changed timelines of a commit laid over them, so that verbs and rules see both what was
//! believed before and what would be believed after. Nothing in it reaches a snapshot until it is applied.

use std::borrow::Cow;
use std::collections::{BTreeSet, HashMap};

use foldhash::fast::FixedState;
use uuid::Uuid;

use super::cells::State;
use super::snapshot::effects_between;
use super::tables::{Effects, Ix, Tables};
use crate::model::{Kind, ObjectRef};
use crate::time::{Period, Revision};
use crate::timeline::Timeline;

#[derive(Debug)]
pub(crate) struct Draft {
    pub(crate) tables: Tables,
    /// The belief it is laid over.
    known: Revision,
    touched: Vec<Touched>,
    places: HashMap<Ix, usize, FixedState>,
    /// The kinds of what was touched.
    kinds: BTreeSet<Kind>,
}

/// Which belief a question is about: the head's, or the one the commit would leave.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum When {
    Before,
    Now,
}

/// An object that a command addressed, or that was settled.
#[derive(Debug)]
pub(crate) struct Touched {
    pub(crate) kind: Kind,
    pub(crate) ix: Ix,
    /// Its timeline as the head knows it.
    pub(crate) before: Timeline<State>,
    /// Its timeline as the commit would leave it.
    pub(crate) now: Timeline<State>,
    /// Whether a command changed it, net of other commands; settling alone does not count.
    pub(crate) by_command: bool,
    /// Per changed day the command that changed it last.
    pub(crate) governs: Timeline<Governs>,
}

/// A command, by its place in the commit, and what it said about dependents, if anything.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Governs {
    pub(crate) command: usize,
    pub(crate) said: Option<Dependents>,
}

/// What a command that takes days away does about everything it breaks, directly or not.
///
/// ```
/// # use mo_core::{model::*, registry::Registry, time::*};
/// # let clock = SteppingClock::new("2025-03-01T09:00:00Z".parse()?);
/// # let registry = Registry::in_memory(clock, CountedIds::new("dependents"));
/// use mo_core::state::Dependents;
///
/// let mut edit = registry.edit("anna");
/// let line = edit.create(Period::ALWAYS, Hierarchy::new("Linje", HierarchyUse::Line));
/// let town = edit.create(Period::ALWAYS, Unit::new("Korsbæk").placements(line, Placement::Root));
/// let school = edit.create(Period::ALWAYS, Unit::new("Skole").placements(line, town));
/// edit.commit()?;
///
/// let day: Day = "2026-01-01".parse()?;
/// let mut edit = registry.edit("anna");
/// edit.end_with(town, day, Dependents::Cascade);
/// edit.commit()?;
/// assert!(!registry.snapshot().at(day).exists(school)); // it ended with the unit above it
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_enums)]
pub enum Dependents {
    /// The commit is refused, whatever it and the registry say of the relations.
    Refuse,
    /// The dependents lose the days too.
    Cascade,
    /// The references are cleared; where that cannot be, the dependents lose the days.
    Vacate,
}

impl Touched {
    /// Gives the object another timeline; the command governs the days that change.
    pub(crate) fn set_now(&mut self, now: Timeline<State>, by: Governs) {
        for (period, _, _) in self.now.diff(&now) {
            self.governs.insert(period, by);
        }
        self.now = now;
    }

    pub(crate) fn is_changed(&self) -> bool {
        self.before != self.now
    }
}

impl Draft {
    /// Nothing laid over the head.
    pub(crate) fn new(tables: &Tables) -> Draft {
        Draft::as_known(tables, Revision::MAX)
    }

    /// Nothing laid over an earlier belief.
    pub(crate) fn as_known(tables: &Tables, known: Revision) -> Draft {
        Draft {
            tables: tables.clone(),
            known,
            touched: Vec::new(),
            places: HashMap::default(),
            kinds: BTreeSet::new(),
        }
    }

    pub(crate) fn object(&self, ix: Ix) -> Option<ObjectRef> {
        Some(ObjectRef { kind: self.kind(ix)?, id: self.tables.id(ix) })
    }

    /// The kind of an object, also of one this commit creates.
    pub(crate) fn kind(&self, ix: Ix) -> Option<Kind> {
        self.tables.kind(ix).or_else(|| self.place(ix).map(|touched| touched.kind))
    }

    /// The objects of a kind, also those this commit creates.
    pub(crate) fn of_kind(&self, kind: Kind) -> Vec<Ix> {
        let created = self.touched.iter().filter(|touched| self.tables.kind(touched.ix).is_none());
        let created = created.filter(|touched| touched.kind == kind).map(|touched| touched.ix);
        self.tables.of_kind(kind).chain(created).collect()
    }

    pub(crate) fn id(&self, ix: Ix) -> Uuid {
        self.tables.id(ix)
    }

    /// The object's entry, if it was addressed or settled.
    pub(crate) fn place(&self, ix: Ix) -> Option<&Touched> {
        self.places.get(&ix).and_then(|place| self.touched.get(*place))
    }

    /// The object's entry in the draft, made now if no command addressed it before.
    pub(crate) fn touch(&mut self, kind: Kind, ix: Ix) -> &mut Touched {
        let place = *self.places.entry(ix).or_insert_with(|| {
            let before = self.tables.timeline_as_known(ix, self.known);
            self.kinds.insert(kind);
            self.touched.push(Touched {
                kind,
                ix,
                now: before.clone(),
                before,
                by_command: false,
                governs: Timeline::new(),
            });
            self.touched.len() - 1
        });
        #[allow(clippy::indexing_slicing)] // the place was just looked up or made
        &mut self.touched[place]
    }

    /// Gives an object the timeline that settling made of it; what settling changes inherits the commands in `inherited`.
    /// `was` is its timeline until then, which is the head's unless the object is in the draft already.
    pub(crate) fn settle(
        &mut self,
        kind: Kind,
        ix: Ix,
        was: Timeline<State>,
        now: Timeline<State>,
        inherited: Timeline<Governs>,
    ) {
        if let Some(touched) = self.places.get(&ix).and_then(|place| self.touched.get_mut(*place)) {
            touched.governs = inherited.or_else(&touched.governs);
            touched.now = now;
        } else {
            self.places.insert(ix, self.touched.len());
            self.kinds.insert(kind);
            self.touched.push(Touched { kind, ix, before: was, now, by_command: false, governs: inherited });
        }
    }

    /// Whether any object of the kind was addressed or settled.
    pub(crate) fn touches(&self, kind: Kind) -> bool {
        self.kinds.contains(&kind)
    }

    /// The objects that were addressed, in the order of their first command.
    pub(crate) fn touched(&self) -> &[Touched] {
        &self.touched
    }

    pub(crate) fn touched_mut(&mut self) -> &mut [Touched] {
        &mut self.touched
    }

    /// Whether commands changed any day of the object, net; what settling changes does not count.
    pub(crate) fn by_command(&self, ix: Ix) -> bool {
        self.place(ix).is_some_and(|touched| touched.by_command)
    }

    /// Per day the command that last changed the object, itself or through settling.
    pub(crate) fn governs(&self, ix: Ix) -> Option<&Timeline<Governs>> {
        self.place(ix).map(|touched| &touched.governs)
    }

    pub(crate) fn now(&self, ix: Ix) -> Cow<'_, Timeline<State>> {
        match self.place(ix) {
            Some(touched) => Cow::Borrowed(&touched.now),
            None => Cow::Owned(self.tables.timeline_as_known(ix, self.known)),
        }
    }

    pub(crate) fn before(&self, ix: Ix) -> Cow<'_, Timeline<State>> {
        match self.place(ix) {
            Some(touched) => Cow::Borrowed(&touched.before),
            None => Cow::Owned(self.tables.timeline_as_known(ix, self.known)),
        }
    }

    /// The periods of an object and their states in order of time, as they are before or after the commit. Neighbours may
    /// be equal; nothing is copied.
    pub(crate) fn each_piece(&self, when: When, ix: Ix, mut f: impl FnMut(Period, &State)) {
        if let Some(touched) = self.place(ix) {
            let timeline = if when == When::Before { &touched.before } else { &touched.now };
            for (period, state) in timeline {
                f(period, state);
            }
        } else if let Some(history) = self.tables.history(ix) {
            for rect in history.believed(self.known) {
                f(rect.valid, rect.value);
            }
        }
    }

    /// The net effects of the commit, by kind and id; empty when nothing changes.
    pub(crate) fn effects(&self) -> Vec<(Kind, Ix, Effects)> {
        let mut effects: Vec<(Kind, Ix, Effects)> = self
            .touched
            .iter()
            .filter(|touched| touched.is_changed())
            .map(|touched| (touched.kind, touched.ix, effects_between(&touched.before, &touched.now)))
            .collect();
        effects.sort_by_cached_key(|(kind, ix, _)| (*kind, self.tables.id(*ix).as_u128()));
        effects
    }
}

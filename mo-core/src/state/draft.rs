//! [`Draft`]: the tables with the changed timelines of a commit laid over them, so that verbs and rules see both what was
//! believed before and what would be believed after. Nothing in it reaches a snapshot until it is applied.

use std::borrow::Cow;
use std::collections::HashMap;

use uuid::Uuid;

use super::cells::State;
use super::snapshot::effects_between;
use super::tables::{Effects, Ix, Tables};
use crate::model::{Kind, ObjectRef};
use crate::timeline::Timeline;

#[derive(Debug)]
pub(crate) struct Draft {
    pub(crate) tables: Tables,
    touched: Vec<Touched>,
    places: HashMap<Ix, usize>,
}

/// An object that a command addressed.
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
    /// What the command that last changed a day said about dependents, if anything.
    pub(crate) governs: Timeline<Option<Dependents>>,
}

/// What a command that takes days away does about everything it breaks, directly or not.
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
    /// Gives the object another timeline; `dependents` governs the days that change.
    pub(crate) fn set_now(&mut self, now: Timeline<State>, dependents: Option<Dependents>) {
        for (period, _, _) in self.now.diff(&now) {
            self.governs.insert(period, dependents);
        }
        self.now = now;
    }

    pub(crate) fn is_changed(&self) -> bool {
        self.before != self.now
    }
}

impl Draft {
    pub(crate) fn new(tables: &Tables) -> Draft {
        Draft { tables: tables.clone(), touched: Vec::new(), places: HashMap::new() }
    }

    pub(crate) fn object(&self, ix: Ix) -> Option<ObjectRef> {
        Some(ObjectRef { kind: self.kind(ix)?, id: self.tables.id(ix) })
    }

    /// The kind of an object, also of one this commit creates.
    pub(crate) fn kind(&self, ix: Ix) -> Option<Kind> {
        self.tables.kind(ix).or_else(|| self.place(ix).map(|touched| touched.kind))
    }

    pub(crate) fn id(&self, ix: Ix) -> Uuid {
        self.tables.id(ix)
    }

    fn place(&self, ix: Ix) -> Option<&Touched> {
        self.places.get(&ix).and_then(|place| self.touched.get(*place))
    }

    /// The object's entry in the draft, made now if no command addressed it before.
    pub(crate) fn touch(&mut self, kind: Kind, ix: Ix) -> &mut Touched {
        let place = *self.places.entry(ix).or_insert_with(|| {
            let before = self.tables.timeline(ix);
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

    /// The objects that were addressed, in the order of their first command.
    pub(crate) fn touched(&self) -> &[Touched] {
        &self.touched
    }

    pub(crate) fn touched_mut(&mut self) -> &mut [Touched] {
        &mut self.touched
    }

    /// The object's entry, when its timeline differs from the head's.
    pub(crate) fn changed(&self, ix: Ix) -> Option<&Touched> {
        self.place(ix).filter(|touched| touched.is_changed())
    }

    pub(crate) fn now(&self, ix: Ix) -> Cow<'_, Timeline<State>> {
        match self.place(ix) {
            Some(touched) => Cow::Borrowed(&touched.now),
            None => Cow::Owned(self.tables.timeline(ix)),
        }
    }

    pub(crate) fn before(&self, ix: Ix) -> Cow<'_, Timeline<State>> {
        match self.place(ix) {
            Some(touched) => Cow::Borrowed(&touched.before),
            None => Cow::Owned(self.tables.timeline(ix)),
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
        effects.sort_by_cached_key(|(kind, ix, _)| (*kind, self.tables.id(*ix)));
        effects
    }
}

//! What a wish would change in a draft: which objects are the source's own, what each would become, and the guard.

use std::collections::{HashMap, HashSet};

use super::matching::{Candidate, Matching, Wished};
use super::{Guard, Reconcile, Reconciliation, Scope};
use crate::model::{Kind, ObjectRef, Slot, Value};
use crate::registry::{Command, Working, extend};
use crate::rules::{self, Code, Refusal, Violation};
use crate::state::Snapshot;
use crate::state::cells::{At, Cell, State};
use crate::state::draft::Draft;
use crate::state::snapshot::effects_between;
use crate::state::tables::Ix;
use crate::time::{Day, Period};
use crate::timeline::{Timeline, sort_disjoint};

/// What the source masters of one kind, in numbers of the tables.
pub(super) struct Masters {
    source: At,
    /// `None` for `local`, which is what is there when nothing is said.
    value: Option<u32>,
    /// Fields, or one key of one; `None`: all of the object but its source.
    only: Option<Vec<(u8, Option<u32>)>>,
}

impl Masters {
    fn has(&self, at: At) -> bool {
        match &self.only {
            None => at != self.source,
            Some(only) => {
                only.iter().any(|(field, key)| at.field == *field && key.is_none_or(|k| k == at.key))
            }
        }
    }

    /// Whether the state is the source's.
    fn owns(&self, state: &State) -> bool {
        state.get(self.source) == self.value
    }

    /// What of a state the source masters.
    pub(super) fn mastered(&self, state: &State) -> Vec<Cell> {
        state.cells().iter().copied().filter(|cell| self.has(cell.at)).collect()
    }

    /// The state with the wished values in all that the source masters.
    fn merged(&self, state: &State, wish: &State) -> State {
        let wished = self.mastered(wish);
        if self.mastered(state) == wished {
            return state.clone();
        }
        let kept = state.cells().iter().copied().filter(|cell| !self.has(cell.at));
        State::new(kept.chain(wished).collect())
    }
}

/// What one of mine becomes when it is meant by a wish, on the days the wish speaks for.
pub(super) fn become_wished(
    masters: &Masters,
    within: Period,
    mine: &Timeline<State>,
    wish: &Timeline<State>,
) -> Timeline<State> {
    if mine.is_empty() {
        let created = wish.clip(within);
        return created.map(|state| state.with(masters.source, masters.value));
    }
    let wish = wish.clip(within);
    let mut longer = mine.clone();
    for stretch in wish.stretches() {
        longer = extend(&longer, stretch);
    }
    let inside = longer.zip_with(&wish, |state, wish| masters.merged(state, wish));
    lost(within, mine).or_else(&inside)
}

/// What one of mine becomes when no wish means it.
pub(super) fn lost(within: Period, mine: &Timeline<State>) -> Timeline<State> {
    mine.subtract(&within.into())
}

/// A wish on a draft: what each touched object becomes.
struct Worked {
    summary: Reconciliation,
    becomes: Vec<(Kind, Ix, Timeline<State>)>,
}

impl Reconcile {
    /// What would have to change on this snapshot for the wish to hold. `today` is the day the guard counts from.
    ///
    /// # Errors
    /// `E_GUARD` when more would go than the guard allows; `E_EXISTS` when a wish names an object that is not the source's
    /// or not in the scope; `E_OVERLAP` and `E_FIELD` for wishes that are no timelines.
    ///
    /// # Complexity
    /// O(n) in the objects of the scope's kinds. What neither id nor key tells apart is assigned in O(n³) as long as the
    /// wishes times the objects are at most 16,384; beyond that equal ones are paired first, and the others exactly
    /// only among those of one person or unit: the fewest objects are still created and ended.
    pub fn against(&self, snapshot: &Snapshot, today: Day) -> Result<Reconciliation, Refusal> {
        let mut draft = Draft::as_known(snapshot.tables(), snapshot.revision());
        let Worked { mut summary, becomes } = self.work(&mut draft, 0, today)?;
        let command = |(kind, ix, timeline): (Kind, Ix, Timeline<State>)| {
            let (object, dependents) = (ObjectRef { kind, id: draft.id(ix) }, None);
            if timeline.is_empty() {
                return Command::Delete { object, dependents };
            }
            let pieces = timeline.iter().map(|(period, state)| (period, draft.tables.decode(kind, state)));
            Command::Replace { object, timeline: pieces.collect(), dependents }
        };
        summary.commands = becomes.into_iter().map(command).collect();
        Ok(summary)
    }

    /// Brings the wish about in a commit that is being worked out, as the command with this number.
    pub(crate) fn run(&self, number: usize, working: &mut Working, today: Day) -> Result<(), Refusal> {
        for (kind, ix, timeline) in self.work(&mut working.draft, number, today)?.becomes {
            working.put(number, kind, ix, timeline)?;
        }
        Ok(())
    }

    fn work(&self, draft: &mut Draft, number: usize, today: Day) -> Result<Worked, Refusal> {
        let refused = |code: Code, objects: Vec<ObjectRef>, message: String| {
            let violation = Violation::on_days(code, objects, &Timeline::new(), message);
            Refusal::new(vec![Violation { command: Some(number), ..violation }])
        };
        let mut kinds: Vec<Kind> = match &self.scope {
            Scope::Kinds(kinds) => kinds.iter().copied().collect(),
            Scope::Objects(objects) => objects.iter().map(|object| object.kind).collect(),
        };
        kinds.extend(self.wishes.iter().map(|wish| wish.kind));
        kinds.sort_unstable();
        kinds.dedup();
        let masters: HashMap<Kind, Masters> = kinds
            .iter()
            .map(|kind| Ok((*kind, self.compile(draft, *kind)?)))
            .collect::<Result<_, String>>()
            .map_err(|message| refused(Code::Field, Vec::new(), message))?;

        let mut wished: Vec<Wished> = Vec::with_capacity(self.wishes.len());
        for wish in &self.wishes {
            let object = ObjectRef { kind: wish.kind, id: wish.id.unwrap_or(wish.if_new) };
            let mut pieces: Vec<_> = wish.timeline.iter().map(|(period, state)| (*period, state)).collect();
            sort_disjoint(&mut pieces).map_err(|overlap| {
                let message =
                    format!("the wish for {object} has pieces that overlap: {overlap}. Cut one of them.");
                refused(Code::Overlap, vec![object], message)
            })?;
            let mut timeline = Timeline::new();
            for (period, state) in pieces {
                let state = draft.tables.encode(wish.kind, state).map_err(|misfit| {
                    let message = format!("the wish for {object} has a value that does not fit: {misfit:?}.");
                    refused(Code::Field, vec![object], message)
                })?;
                timeline.append(period, state);
            }
            wished.push(Wished { kind: wish.kind, id: wish.id, if_new: wish.if_new, timeline });
        }

        let mut mine: Vec<Candidate> = Vec::new();
        for kind in &kinds {
            let Some(masters) = masters.get(kind) else { continue };
            for ix in self.in_scope(draft, *kind) {
                let timeline = draft.now(ix);
                if !timeline.is_empty() && timeline.iter().all(|(_, state)| masters.owns(state)) {
                    let timeline = timeline.into_owned();
                    mine.push(Candidate { kind: *kind, ix, id: draft.id(ix), timeline });
                }
            }
        }
        let own: HashSet<uuid::Uuid> = mine.iter().map(|candidate| candidate.id).collect();
        for wish in &wished {
            let id = wish.id.unwrap_or(wish.if_new);
            let object = ObjectRef { kind: wish.kind, id };
            let Some(ix) = draft.tables.ix(id).filter(|_| !own.contains(&id)) else { continue };
            let taken = draft.kind(ix).is_some_and(|kind| kind != wish.kind) || !draft.now(ix).is_empty();
            if taken {
                let name = rules::name(draft, ix);
                let message = format!(
                    "{name} exists and is not {}'s in this scope. Take it into the scope, hand it over (its `source`), \
                     or wish for another id.",
                    self.source
                );
                return Err(refused(Code::Exists, vec![object], message));
            }
        }

        let matching = Matching::new(self.within, &masters, &self.keys, &draft.tables);
        let pairs = matching
            .find(&wished, &mine)
            .map_err(|(object, message)| refused(Code::Exists, vec![object], message))?;
        let worked = self.outcome(draft, &masters, today, &wished, mine, &pairs);
        if let Some(guard) = self.guard
            && let Some(message) = tripped(guard, &worked.summary, today)
        {
            return Err(refused(Code::Guard, Vec::new(), message));
        }
        Ok(worked)
    }

    fn outcome(
        &self,
        draft: &mut Draft,
        masters: &HashMap<Kind, Masters>,
        today: Day,
        wished: &[Wished],
        mine: Vec<Candidate>,
        pairs: &[Option<usize>],
    ) -> Worked {
        let mut summary = Reconciliation {
            created: Vec::new(),
            changed: Vec::new(),
            ended: Vec::new(),
            kept: 0,
            effects: 0,
            losing: 0,
            having: 0,
            commands: Vec::new(),
        };
        let mut becomes: Vec<(Kind, Ix, Timeline<State>)> = Vec::new();
        let mut meant: HashMap<usize, &Wished> = HashMap::new();
        for (wish, pair) in wished.iter().zip(pairs) {
            let Some(masters) = masters.get(&wish.kind) else { continue };
            if let Some(place) = pair {
                meant.insert(*place, wish);
                continue;
            }
            let id = wish.id.unwrap_or(wish.if_new);
            let ix = draft.tables.intern_id(id);
            let now = become_wished(masters, self.within, &Timeline::new(), &wish.timeline);
            if !now.is_empty() {
                summary.effects += now.len();
                summary.created.push(ObjectRef { kind: wish.kind, id });
                becomes.push((wish.kind, ix, now));
            }
        }
        let from_today = Period::since(today);
        for (place, candidate) in mine.into_iter().enumerate() {
            let Some(masters) = masters.get(&candidate.kind) else { continue };
            let before = candidate.timeline;
            let now = match meant.get(&place) {
                Some(wish) => become_wished(masters, self.within, &before, &wish.timeline),
                None => lost(self.within, &before),
            };
            let has = before.clip(from_today);
            summary.having += usize::from(!has.is_empty());
            summary.losing += usize::from(!has.subtract(&now).is_empty());
            let effects = effects_between(&before, &now).len();
            summary.effects += effects;
            let object = ObjectRef { kind: candidate.kind, id: candidate.id };
            match effects {
                0 => summary.kept += 1,
                _ if now.is_empty() => summary.ended.push(object),
                _ => summary.changed.push(object),
            }
            if effects > 0 {
                becomes.push((candidate.kind, candidate.ix, now));
            }
        }
        for list in [&mut summary.created, &mut summary.changed, &mut summary.ended] {
            list.sort_unstable();
        }
        becomes.sort_by_cached_key(|(kind, ix, _)| (*kind, draft.id(*ix)));
        Worked { summary, becomes }
    }

    fn compile(&self, draft: &mut Draft, kind: Kind) -> Result<Masters, String> {
        let misfit = |e| format!("the source cannot master a field that {kind} does not have: {e:?}.");
        let (field, _) = kind.spec().field("source").ok_or_else(String::new)?;
        let slot = Slot::one(field);
        let at = draft.tables.encode_slot(kind, &slot).map_err(misfit)?;
        let source = Value::Text(self.source.clone());
        let value = draft.tables.encode_value(kind, field, &source).map_err(misfit)?;
        let only = match self.fields.get(&kind) {
            None => None,
            Some(slots) => {
                let mut only = Vec::new();
                for slot in slots {
                    let key = match slot.key {
                        None => None,
                        Some(_) => Some(draft.tables.encode_slot(kind, slot).map_err(misfit)?.key),
                    };
                    only.push((slot.field, key));
                }
                Some(only)
            }
        };
        Ok(Masters { source: at, value, only })
    }

    /// The objects of a kind that the source may speak of, whoever masters them.
    fn in_scope(&self, draft: &Draft, kind: Kind) -> Vec<Ix> {
        match &self.scope {
            Scope::Kinds(kinds) if kinds.contains(&kind) => draft.of_kind(kind),
            Scope::Kinds(_) => Vec::new(),
            Scope::Objects(objects) => objects
                .iter()
                .filter(|object| object.kind == kind)
                .filter_map(|object| draft.tables.ix(object.id))
                .filter(|ix| draft.kind(*ix) == Some(kind))
                .collect(),
        }
    }
}

/// Why the guard lets this not pass.
fn tripped(guard: Guard, summary: &Reconciliation, today: Day) -> Option<String> {
    #[allow(clippy::cast_precision_loss)] // exact far beyond the objects a registry can hold
    let share = summary.losing as f64 / (summary.having.max(1)) as f64;
    let passes = guard.allow || (summary.losing <= guard.count && share <= guard.share);
    (!passes).then(|| {
        format!(
            "{} of the {} objects that have days from {today} on would lose some ({:.1} %); the guard allows {} objects and \
             {:.1} %. Look whether the source is whole; allow it this once if it is.",
            summary.losing,
            summary.having,
            share * 100.0,
            guard.count,
            guard.share * 100.0
        )
    })
}

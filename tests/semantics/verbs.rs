//! Every verb against the slow model: random commits of random verbs, and after each of them everything the registry
//! says compared with what the model says.

use std::collections::BTreeMap;
use std::sync::Arc;

use mo_core::model::{CountedIds, Kind, ObjectRef};
use mo_core::registry::{Command, Commit, CommitError, Outcome, Registry};
use mo_core::rules::{Policies, Policy};
use mo_core::state::Known;
use mo_core::store::MemoryStore;
use mo_core::time::{Instant, Revision, SteppingClock};
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use crate::history_model::{Believed, rectangles};
use crate::model::draw::{Pools, aimed};
use crate::model::runs::config;
use crate::model::show::{self, Shown};
use crate::model::verbs::{Beside, run};
use crate::model::{Window, World, fields, state};

/// Sixty days between the open ends.
const WINDOW: Window = Window { last: 61 };

fn pools() -> Pools {
    use Kind::{Address, Class, Engagement, Hierarchy, ItAccount, KleTag, Manager, Person, Unit};
    let texts = |_: Kind, field: &str| -> &'static [&'static str] {
        if field == "source" { &["local", "sd"] } else { &["a", "b"] }
    };
    Pools {
        window: WINDOW,
        ids: [
            (Hierarchy, 2),
            (Class, 2),
            (Unit, 3),
            (Person, 2),
            (Engagement, 1),
            (Manager, 1),
            (Address, 1),
            (ItAccount, 1),
            (KleTag, 1),
        ]
        .into(),
        addressed: vec![
            Unit, Unit, Unit, Manager, KleTag, Person, Address, Engagement, ItAccount, Class, Hierarchy,
        ],
        texts,
        own: |_, _, _| None,
        classes: |_| &[],
        made: 85,
        lasting: 33,
        filled: 25,
        acyclic: true,
        dependents: false,
        odd: 4,
    }
}

/// What the clock shows, which stretch `shift` means (0: as drawn), and the commands.
type Step = (u32, usize, Vec<Command>);

fn steps() -> impl Strategy<Value = Shown<Vec<Step>>> {
    let begin = pools().creations();
    let steps = prop::collection::vec((0..4u32, 0..3usize, pools().commands(3)), 1..=10);
    (begin, steps).prop_map(|(begin, steps)| Shown([(0, 0, begin)].into_iter().chain(steps).collect(), show))
}

/// The commands of a step on this belief.
fn meant(world: &World, (_, aim, commands): &Step) -> Vec<Command> {
    if *aim == 0 { commands.clone() } else { aimed(world, *aim, commands) }
}

#[allow(clippy::ptr_arg)] // as a function of what is drawn
fn show(steps: &Vec<Step>) -> String {
    let commands = |(time, aim, commands): &Step| {
        let commands: Vec<String> = commands.iter().map(|command| show::command(WINDOW, command)).collect();
        format!("at {time}, aim {aim}: {}\n", commands.join("\n      "))
    };
    steps.iter().map(commands).collect()
}

/// Every state of belief the model went through, each with its instant.
struct Model {
    beliefs: Vec<(World, Instant)>,
}

struct Run {
    clock: Arc<SteppingClock>,
    store: MemoryStore,
    registry: Registry,
    model: Model,
}

impl Run {
    fn new() -> Run {
        let clock = Arc::new(SteppingClock::new(instant(0)));
        let store = MemoryStore::new();
        // Integrity is another test's: here everything that can be reported is.
        let policies = Policies::new().otherwise(Policy::Report);
        let registry = Registry::open(store.clone(), Arc::clone(&clock), CountedIds::new("verbs"))
            .unwrap()
            .with_policies(policies);
        Run { clock, store, registry, model: Model { beliefs: vec![(World::new(WINDOW.last), instant(0))] } }
    }

    fn step(&mut self, step: &Step) -> Result<(), TestCaseError> {
        let proposed = instant(i64::from(step.0));
        self.clock.set(proposed);
        let (before, last) = self.model.beliefs.last().unwrap().clone();
        let mut commit = Commit::new("ib");
        commit.commands = meant(&before, step);
        let expected = run(&before, &commit.commands);
        let rehearsed = self.registry.dry_run(&commit);
        let answer = self.registry.commit(&commit);
        match (expected, answer) {
            (Err((command, object, code)), Err(CommitError::Refused(refusal))) => {
                let [violation] = refusal.violations.as_slice() else {
                    return Err(TestCaseError::fail(format!("{refusal}")));
                };
                prop_assert_eq!(violation.code.to_string(), code, "{}", violation);
                prop_assert_eq!(violation.command, Some(command));
                prop_assert_eq!(&violation.objects, &[object]);
                prop_assert_eq!(&violation.periods, &[]);
                prop_assert_eq!(rehearsed, Err(refusal));
            }
            (Ok((after, beside)), Ok(outcome)) => {
                let rehearsed = rehearsed.unwrap();
                if after.changed(&before).is_empty() {
                    prop_assert_eq!(outcome, Outcome::Unchanged);
                    prop_assert_eq!(rehearsed, None);
                } else {
                    let receipt = outcome.receipt().cloned();
                    let Some(receipt) = receipt else { return Err(TestCaseError::fail("unchanged")) };
                    let first = self.model.beliefs.len() == 1;
                    let now = if first { proposed } else { proposed.max(last.plus_micros(1).unwrap()) };
                    prop_assert_eq!(receipt.stamp.registered_at, now);
                    prop_assert_eq!(receipt.stamp.revision, Revision::new(self.model.beliefs.len() as u32));
                    prop_assert_eq!(beside_of(&receipt.effects), beside);
                    prop_assert_eq!(rehearsed, Some(receipt.effects));
                    self.model.beliefs.push((after.registered(&before), now));
                }
            }
            (expected, answer) => {
                let expected = expected.map(|(_, beside)| beside);
                return Err(TestCaseError::fail(format!("expected {expected:?}, got {answer:?}")));
            }
        }
        self.head_is_as_believed(&commit.commands)
    }

    /// The head holds the model's last belief about the objects, and nothing of what was refused.
    fn head_is_as_believed(&self, commands: &[Command]) -> Result<(), TestCaseError> {
        let snapshot = self.registry.snapshot();
        let (world, _) = self.model.beliefs.last().unwrap();
        prop_assert_eq!(snapshot.revision().number() as usize, self.model.beliefs.len() - 1);
        for object in commands.iter().map(Command::object) {
            let known = world.objects.get(&object.id);
            prop_assert_eq!(snapshot.kind_of(object.id), known.map(|known| known.kind));
            let line = world.of(object).map_or_else(|| WINDOW.nowhere(), |known| known.line.clone());
            prop_assert_eq!(
                snapshot.fields_timeline(object),
                WINDOW.timeline(&line),
                "of {}\n{}",
                object,
                snapshot.draw_history(object)
            );
        }
        Ok(())
    }

    /// Everything that can be read about every moment, in this registry.
    fn history_is_as_believed(&self, registry: &Registry, day_by_day: bool) -> Result<(), TestCaseError> {
        let beliefs = &self.model.beliefs;
        let head = registry.snapshot();
        let views_of = |revision| {
            let snapshot = head.as_known(Revision::new(revision));
            (0..WINDOW.len()).map(|day| snapshot.at(WINDOW.day(day))).collect::<Vec<_>>()
        };
        let views: Vec<_> = (0..beliefs.len()).map(|n| views_of(n as u32)).collect();
        let mut objects: BTreeMap<ObjectRef, ()> = BTreeMap::new();
        for (world, _) in beliefs {
            objects.extend(world.objects.iter().map(|(id, o)| (ObjectRef { kind: o.kind, id: *id }, ())));
        }
        for (object, ()) in objects {
            let lines: Vec<_> = beliefs
                .iter()
                .map(|(world, _)| world.of(object).map_or_else(|| WINDOW.nowhere(), |o| o.line.clone()))
                .collect();
            for (revision, line) in (0u32..).zip(&lines) {
                let known: Vec<Known> = match revision {
                    0 => vec![Revision::ZERO.into(), instant(-1).into()],
                    _ => {
                        let at = beliefs[revision as usize].1;
                        let until = beliefs.get(revision as usize + 1).map(|(_, later)| *later);
                        let last = until.map_or(Instant::MAX, |until| until.plus_micros(-1).unwrap());
                        vec![Revision::new(revision).into(), at.into(), last.into()]
                    }
                };
                for (n, known) in known.into_iter().enumerate() {
                    let snapshot = head.as_known(known);
                    prop_assert_eq!(snapshot.revision(), Revision::new(revision));
                    if n > 0 {
                        continue;
                    }
                    prop_assert_eq!(
                        snapshot.fields_timeline(object),
                        WINDOW.timeline(line),
                        "of {}\n{}",
                        object,
                        head.draw_history(object)
                    );
                    if day_by_day {
                        let views = &views[revision as usize];
                        for (view, expected) in views.iter().zip(line) {
                            let found = view.fields(object);
                            prop_assert_eq!(
                                &found,
                                &expected.as_deref().map(fields),
                                "{} {:?}",
                                object,
                                view
                            );
                        }
                    }
                    let found: Vec<Believed> = snapshot
                        .fields_history(object)
                        .into_iter()
                        .map(|rect| Believed {
                            valid: WINDOW.ends(rect.valid),
                            from: rect.known_from.revision.number(),
                            until: rect.known_until.map(|until| until.revision.number()),
                            state: Arc::new(state(object.kind, &rect.state)),
                        })
                        .collect();
                    prop_assert_eq!(
                        found,
                        rectangles(&lines[..=revision as usize]),
                        "{} at {:?}\n{}",
                        object,
                        known,
                        head.draw_history(object)
                    );
                }
            }
        }
        self.registrations_are_as_believed(registry)
    }

    /// Each registration lists, by kind and id, the maximal periods of equal new state among the days that changed.
    fn registrations_are_as_believed(&self, registry: &Registry) -> Result<(), TestCaseError> {
        let beliefs = &self.model.beliefs;
        let snapshot = registry.snapshot();
        for after in 0..=beliefs.len() {
            let found: Vec<_> = snapshot.registrations(Revision::new(after as u32)).collect();
            prop_assert_eq!(found.len(), (beliefs.len() - 1).saturating_sub(after));
            for registration in found {
                let number = registration.revision.number() as usize;
                let (before, now) = (&beliefs[number - 1].0, &beliefs[number].0);
                prop_assert_eq!(registration.registered_at, beliefs[number].1);
                let touched: Vec<ObjectRef> =
                    registration.changes.iter().map(|change| change.object).collect();
                prop_assert_eq!(&touched, &now.changed(before));
                for change in &registration.changes {
                    let nowhere = WINDOW.nowhere();
                    let was = before.of(change.object).map_or(&nowhere, |object| &object.line);
                    let is = &now.of(change.object).unwrap().line;
                    let mut expected: Vec<((usize, usize), _)> = Vec::new();
                    for day in (0..WINDOW.len()).filter(|day| was[*day] != is[*day]) {
                        match expected.last_mut() {
                            Some(((_, until), state)) if *until == day && *state == is[day] => *until += 1,
                            _ => expected.push(((day, day + 1), is[day].clone())),
                        }
                    }
                    let found: Vec<_> = change
                        .effects
                        .iter()
                        .map(|effect| {
                            let new = effect
                                .state
                                .as_ref()
                                .map(|fields| Arc::new(state(change.object.kind, fields)));
                            (WINDOW.ends(effect.valid), new)
                        })
                        .collect();
                    prop_assert_eq!(found, expected);
                }
            }
        }
        Ok(())
    }
}

fn instant(seconds: i64) -> Instant {
    Instant::from_epoch_micros(1_700_000_000_000_000 + seconds * 1_000_000).unwrap()
}

fn beside_of(effects: &mo_core::registry::SideEffects) -> Beside {
    Beside {
        replaced: effects
            .replaced
            .iter()
            .map(|replaced| (replaced.object, replaced.slot.clone(), replaced.valid, replaced.value.clone()))
            .collect(),
        left_out: effects.left_out.iter().map(|left| (left.command, left.periods.clone())).collect(),
    }
}

proptest! {
    #![proptest_config(config(2_000))]

    #[test]
    fn random_commits_do_what_the_semantics_page_says_day_by_day(steps in steps()) {
        let mut run = Run::new();
        for step in &steps.0 {
            run.step(step)?;
        }
        run.history_is_as_believed(&run.registry, true)?;
        // Effects are recorded, not commands: replayed they give the same beliefs.
        let clock = SteppingClock::new(instant(0));
        let replayed = Registry::open(run.store.clone(), clock, CountedIds::new("again")).unwrap();
        run.history_is_as_believed(&replayed, false)?;
    }
}

/// What is drawn would prove little if it were all refused for one reason.
#[test]
fn what_is_drawn_meets_every_precondition_and_registers_every_verb() {
    let mut runner = TestRunner::deterministic();
    let mut met: BTreeMap<&str, usize> = BTreeMap::new();
    for _ in 0..800 {
        let Shown(steps, _) = steps().new_tree(&mut runner).unwrap().current();
        let mut world = World::new(WINDOW.last);
        for step in &steps {
            let commands = meant(&world, step);
            match run(&world, &commands) {
                Err((_, _, code)) => *met.entry(code).or_default() += 1,
                Ok((after, _)) => {
                    if let [command] = commands.as_slice()
                        && !after.changed(&world).is_empty()
                    {
                        *met.entry(show::verb(command)).or_default() += 1;
                    }
                    world = after.registered(&world);
                }
            }
        }
    }
    let codes = [
        "E_EXISTS",
        "E_UNKNOWN",
        "E_NOT_ALIVE",
        "E_NOTHING_LEFT",
        "E_NOT_ONE_STRETCH",
        "E_OVERLAP",
        "E_FIELD",
    ];
    let verbs = [
        "create", "change", "set", "correct", "end", "suspend", "extend", "shift", "replace", "delete",
        "move", "leave",
    ];
    for name in codes.into_iter().chain(verbs) {
        assert!(met.get(name).is_some_and(|times| *times >= 5), "{name} is hardly drawn: {met:?}");
    }
}

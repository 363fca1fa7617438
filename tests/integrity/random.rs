//! Random histories against the slow reading: what is refused and why, what is settled and how, what is reported, and what
//! `check` finds wrong afterwards.

use std::collections::BTreeMap;
use std::sync::Arc;

use mo_core::model::{CountedIds, ObjectRef};
use mo_core::registry::{Command, Commit, CommitError, Outcome, Registry, SideEffects};
use mo_core::rules::{Policy, Refusal, Violation};
use mo_core::store::MemoryStore;
use mo_core::time::SteppingClock;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use crate::drawn::{WINDOW, policies, pools, said};
use crate::judge::{Found, Judged, Said, judge, standing};
use crate::model::World;
use crate::model::draw::{CPR_NUMBERS, aimed};
use crate::model::runs::config;
use crate::model::show::{self, Shown};
use crate::model::verbs::{Failed, run};

/// A commit: which of three writers, which stretch `shift` means (0: as drawn), policies and commands.
#[derive(Debug, Clone)]
struct Step {
    writer: usize,
    aim: usize,
    said: Said,
    commands: Vec<Command>,
}

#[derive(Debug, Clone)]
struct Story {
    registry: Said,
    steps: Vec<Step>,
}

fn story() -> impl Strategy<Value = Shown<Story>> {
    let begin = pools().creations().prop_map(|commands| Step {
        writer: 0,
        aim: 0,
        // A dirty start: what can be reported is.
        said: Said { otherwise: Some(Policy::Report), ..Said::default() },
        commands,
    });
    let step = (0..3usize, 0..8usize, said(3), pools().commands(4))
        .prop_map(|(writer, aim, said, commands)| Step { writer, aim, said, commands });
    (begin, said(1), prop::collection::vec(step, 1..=8)).prop_map(|(begin, registry, steps)| {
        Shown(Story { registry, steps: [begin].into_iter().chain(steps).collect() }, show_story)
    })
}

fn show_story(story: &Story) -> String {
    let step = |step: &Step| {
        let commands: Vec<String> = step.commands.iter().map(|c| show::command(WINDOW, c)).collect();
        format!(
            "writer {} aim {} {}\n    {}\n",
            step.writer,
            step.aim,
            show_said(&step.said),
            commands.join("\n    ")
        )
    };
    format!("registry {}\n{}", show_said(&story.registry), story.steps.iter().map(step).collect::<String>())
}

fn show_said(said: &Said) -> String {
    let policy = |policy: &Policy| match policy {
        Policy::Fallback(to) => format!("fallback {}", show::id(*to)),
        other => format!("{other:?}"),
    };
    let mut all: Vec<String> = said
        .relations
        .iter()
        .map(|((kind, field), said)| {
            format!("{kind}.{} {}", kind.spec().fields[usize::from(*field)].name, policy(said))
        })
        .collect();
    all.extend(said.otherwise.as_ref().map(|said| format!("* {}", policy(said))));
    format!("[{}]", all.join(", "))
}

fn found(violations: &[Violation]) -> Vec<Found> {
    let found = violations.iter().map(|violation| Found {
        code: violation.code.to_string(),
        objects: violation.objects.clone(),
        periods: violation.periods.clone(),
    });
    found.collect()
}

/// What a commit comes to by the slow reading.
enum Expected {
    Failed(usize, ObjectRef, Failed),
    Judged(World, Judged),
}

fn expected(world: &World, story: &Story, step: &Step, commands: &[Command]) -> Expected {
    match run(world, commands) {
        Err((command, object, code)) => Expected::Failed(command, object, code),
        Ok((mut after, _)) => {
            let changed = !after.changed(world).is_empty();
            let judged = if changed {
                judge(world, &mut after, &step.said, &story.registry)
            } else {
                Judged::default()
            };
            Expected::Judged(after, judged)
        }
    }
}

/// The commands of a step on this belief. Mostly those that a precondition stops are left out: this test is about what
/// comes after preconditions.
fn meant(world: &World, step: &Step) -> Vec<Command> {
    if step.aim == 0 {
        return step.commands.clone();
    }
    let mut kept: Vec<Command> = Vec::new();
    for command in aimed(world, step.aim, &step.commands) {
        kept.push(command);
        if run(world, &kept).is_err() {
            kept.pop();
        }
    }
    kept
}

/// Three writers of one registry, each with its own idea of the head, and the slow reading.
struct Run {
    writers: Vec<Registry>,
    /// Somebody else with the newest snapshot, who tries every commit beforehand and records nothing.
    cautious: Registry,
    world: World,
    /// What was ever reported: by objects and referring side's code, the days.
    admitted: Vec<Found>,
}

impl Run {
    fn new(story: &Story) -> Run {
        let store = MemoryStore::new();
        let clock = Arc::new(SteppingClock::new("2024-01-01T09:00:00Z".parse().unwrap()));
        let writer = |n| {
            let ids = CountedIds::new(&format!("writer {n}"));
            let registry = Registry::open(store.clone(), Arc::clone(&clock), ids).unwrap();
            registry.with_policies(policies(&story.registry))
        };
        Run {
            writers: (0..3).map(writer).collect(),
            cautious: writer(3),
            world: World::new(WINDOW.last),
            admitted: Vec::new(),
        }
    }

    fn step(&mut self, story: &Story, step: &Step) -> Result<(), TestCaseError> {
        let writer = &self.writers[step.writer];
        let mut commit = Commit::new("ib");
        commit.commands = meant(&self.world, step);
        commit.policies = policies(&step.said);
        self.cautious.refresh().unwrap();
        let foretold = self.cautious.dry_run(&commit);
        let answer = writer.commit(&commit);
        is_as_foretold(&foretold, &answer)?;
        match (expected(&self.world, story, step, &commit.commands), answer) {
            (Expected::Failed(command, object, code), Err(CommitError::Refused(refusal))) => {
                let [violation] = refusal.violations.as_slice() else {
                    return Err(TestCaseError::fail(format!("expected {code}, got {refusal}")));
                };
                prop_assert_eq!(violation.code.to_string(), code);
                prop_assert_eq!(violation.command, Some(command));
                prop_assert_eq!(&violation.objects, &[object]);
            }
            (Expected::Judged(_, judged), Err(CommitError::Refused(refusal))) => {
                prop_assert_eq!(found(&refusal.violations), judged.refused, "{}", refusal);
            }
            (Expected::Judged(after, judged), Ok(outcome)) => {
                prop_assert_eq!(&judged.refused, &[]);
                if after.changed(&self.world).is_empty() {
                    prop_assert_eq!(outcome, Outcome::Unchanged);
                    return Ok(());
                }
                let Some(receipt) = outcome.receipt() else { return Err(TestCaseError::fail("unchanged")) };
                let settled: Vec<_> = receipt
                    .effects
                    .settled
                    .iter()
                    .map(|settled| (settled.object, settled.action.name(), settled.periods.clone()))
                    .collect();
                prop_assert_eq!(settled, judged.settled);
                prop_assert_eq!(found(&receipt.effects.reported), judged.reported.clone());
                self.admitted.extend(judged.reported);
                self.world = after.registered(&self.world);
                self.is_as_expected(step.writer)?;
            }
            (Expected::Failed(command, object, code), Ok(outcome)) => {
                let why = format!("expected {code} of command {command} on {object}, got {outcome:?}");
                return Err(TestCaseError::fail(why));
            }
            (_, Err(error)) => return Err(TestCaseError::fail(error.to_string())),
        }
        Ok(())
    }

    /// The timelines, and what `check` finds wrong: nothing that was not reported.
    fn is_as_expected(&self, writer: usize) -> Result<(), TestCaseError> {
        let snapshot = self.writers[writer].snapshot();
        for (id, known) in &self.world.objects {
            let object = ObjectRef { kind: known.kind, id: *id };
            let timeline = snapshot.fields_timeline(object);
            prop_assert_eq!(
                timeline,
                WINDOW.timeline(&known.line),
                "{} should be {}\n{}",
                show::id(*id),
                show::line(known.kind, &known.line),
                snapshot.draw_timeline(object)
            );
        }
        let expected = standing(&self.world);
        prop_assert_eq!(found(&snapshot.check()), expected.clone());
        for wrong in expected.iter().filter(|found| found.code != "W_UNIT_IN_NO_HIERARCHY") {
            let admitted = self.admitted.iter().filter(|admitted| is_same(admitted, wrong));
            let admitted: Vec<_> = admitted.flat_map(|found| &found.periods).collect();
            let on = |day| admitted.iter().any(|period| WINDOW.days(**period).contains(&day));
            for day in wrong.periods.iter().flat_map(|period| WINDOW.days(*period)) {
                prop_assert!(on(day), "{:?} is broken on day {} and was never reported", wrong, day);
            }
        }
        Ok(())
    }
}

/// Whether the dry run gave the answer of the commit, and whether what is wrong is told in full.
fn is_as_foretold(
    foretold: &Result<Option<SideEffects>, Refusal>,
    answer: &Result<Outcome, CommitError>,
) -> Result<(), TestCaseError> {
    match (foretold, answer) {
        (Err(foretold), Err(CommitError::Refused(refusal))) => {
            prop_assert_eq!(foretold, refusal);
            refusal.violations.iter().try_for_each(is_told_in_full)
        }
        (Ok(None), Ok(Outcome::Unchanged)) => Ok(()),
        (Ok(Some(foretold)), Ok(Outcome::Registered(receipt))) => {
            prop_assert_eq!(foretold, &receipt.effects);
            receipt.effects.reported.iter().try_for_each(is_told_in_full)
        }
        _ => Err(TestCaseError::fail(format!("foretold was {foretold:?}, and it came to {answer:?}"))),
    }
}

/// Whether a violation has a sentence, its days and rows to draw, and no form of it holds a CPR number.
fn is_told_in_full(violation: &Violation) -> Result<(), TestCaseError> {
    let precondition = violation.code.name().starts_with("E_");
    prop_assert!(violation.message.ends_with('.'), "{}", violation);
    prop_assert!(!violation.objects.is_empty(), "{}", violation);
    prop_assert_eq!(violation.command.is_some(), precondition);
    prop_assert_eq!(violation.periods.is_empty(), precondition, "{}", violation);
    prop_assert_eq!(violation.rows.is_empty(), precondition, "{}", violation);
    let all = format!("{violation}\n{violation:?}\n{}\n{}", violation.to_json(), violation.picture());
    for number in CPR_NUMBERS {
        let (birth, serial) = number.split_at(6);
        prop_assert!(!all.contains(number), "{}", all);
        prop_assert!(!all.contains(&format!("{birth}-{serial}")), "{}", all);
    }
    Ok(())
}

/// Whether a report is about this wrong: the same ids (what an unknown one names is seen later), and the same code but for
/// the side and the order of a pair.
fn is_same(admitted: &Found, wrong: &Found) -> bool {
    let sorted = |found: &Found| {
        let mut ids: Vec<_> = found.objects.iter().map(|object| object.id).collect();
        ids.sort();
        ids
    };
    let same_code = admitted.code == wrong.code
        || (admitted.code.starts_with("V_TERMINATE_") && wrong.code.starts_with("V_DATE_OUTSIDE_"));
    same_code && sorted(admitted) == sorted(wrong)
}

proptest! {
    #![proptest_config(config(2_000))]

    #[test]
    fn random_histories_are_judged_and_settled_as_the_semantics_page_says(story in story()) {
        let story = story.0;
        let mut run = Run::new(&story);
        for step in &story.steps {
            run.step(&story, step)?;
        }
    }
}

/// What is drawn would prove little if it were all of one kind.
#[test]
fn what_is_drawn_meets_every_rule_and_every_way_of_settling() {
    let mut runner = TestRunner::deterministic();
    let mut met: BTreeMap<String, usize> = BTreeMap::new();
    for _ in 0..600 {
        let Shown(story, _) = story().new_tree(&mut runner).unwrap().current();
        let mut world = World::new(WINDOW.last);
        for step in &story.steps {
            let (name, after) = match expected(&world, &story, step, &meant(&world, step)) {
                Expected::Failed(..) => ("failed", None),
                Expected::Judged(after, judged) => {
                    let refused = judged.refused.iter().map(|found| format!("refused {}", found.code));
                    let reported = judged.reported.iter().map(|found| format!("reported {}", found.code));
                    let settled = judged.settled.iter().map(|(_, action, _)| (*action).to_owned());
                    for name in refused.chain(reported).chain(settled) {
                        *met.entry(name).or_default() += 1;
                    }
                    if judged.refused.is_empty() { ("accepted", Some(after)) } else { ("refused", None) }
                }
            };
            *met.entry(name.to_owned()).or_default() += 1;
            if let Some(after) = after {
                world = after.registered(&world);
            }
        }
    }
    let refused = [
        "V_CANNOT_SUBSTITUTE_SELF",
        "V_CLASS_NOT_VALID",
        "V_CLASS_WRONG_FACET",
        "V_DATE_OUTSIDE_EMPL_RANGE",
        "V_DATE_OUTSIDE_HIERARCHY_RANGE",
        "V_DATE_OUTSIDE_IT_ACCOUNT_RANGE",
        "V_DATE_OUTSIDE_ORG_UNIT_RANGE",
        "V_DUPLICATED_IT_USER",
        "V_EXISTING_CPR",
        "V_MORE_THAN_ONE_ASSOCIATION",
        "V_MORE_THAN_ONE_PRIMARY",
        "V_NO_ACTIVE_ENGAGEMENT",
        "V_ORG_UNIT_MOVE_TO_CHILD",
        "V_PARENT_NOT_IN_HIERARCHY",
        "V_RELATED_TO_SELF",
        "V_TERMINATE_FACET_WITH_ROLES",
        "V_TERMINATE_ITUSER_WITH_ROLEBINDINGS",
        "V_TERMINATE_PERSON_WITH_ROLES",
        "V_TERMINATE_UNIT_WITH_CHILDREN",
        "V_TERMINATE_UNIT_WITH_ROLES",
    ];
    let refused = refused.map(|code| format!("refused {code}"));
    let reported =
        ["V_CLASS_NOT_VALID", "V_TERMINATE_UNIT_WITH_ROLES", "W_ACCOUNT_SHARED", "W_TWO_RESPONSIBLE"];
    let reported = reported.map(|code| format!("reported {code}"));
    let others =
        ["accepted", "refused", "failed", "clipped", "vacated", "moved", "deleted"].map(str::to_owned);
    for name in refused.into_iter().chain(reported).chain(others) {
        assert!(met.contains_key(&name), "{name} is never drawn: {met:#?}");
    }
}

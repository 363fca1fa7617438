//! Change in the large: a [`Proposal`] says what is wanted, a [`Plan`] what that would do, and a registry takes it as one
//! registration or not at all.
//!
//! * [`Proposal`]: intents ([`Intent`]) with author, case number and days. [`Registry::carry_out`] registers it at once.
//! * [`Plan`]: a proposal worked out on one registration ([`Registry::plan`]), with its effects field by field. It can be
//!   printed, kept as JSON, compared, approved, and committed while its effects are still what they were.
//! * [`Reorganisation`]: open, rename, move, merge, split and close units from a day on.
//! * [`Each`]: the same for whatever a condition selects, such as everyone in a unit.
//! * [`ReplaceRetired`](crate::classification::ReplaceRetired): retired KLE numbers give way to what took their place.
//! * [`Intent::Compensate`]: the undoing of any registration.
//! * [`Impact`]: what a plan means for people, managers, KLE, accounts, addresses, payroll and MED.

mod attempt;
mod compensate;
mod effects;
mod form;
mod impact;
mod intent;
mod print;
mod proposal;
mod reorganisation;
mod schema;
mod succession;

#[cfg(test)]
mod tests;

pub use attempt::Unresolved;
pub use effects::{Difference, FieldEffect};
pub(crate) use form::intent_from;
pub use impact::{Impact, Leadership, ManagerSpan, MovedPerson, NumberCover, Rebound, Unplaced};
pub use intent::{Each, Intent, Selection};
pub use proposal::Proposal;
pub use reorganisation::{Reorganisation, Who};
pub use schema::schema;
pub(crate) use schema::{intents, proposal};

use std::collections::BTreeMap;

use attempt::{Attempt, refuse_unresolved};
use effects::{differences, of_evaluated};

use crate::journal::Marks;
use crate::model::value::Text;
use crate::model::{Key, Kind, KleTag, ObjectRef, RoleBinding, Value, ValueType};
use crate::registry::{About, CommitError, Evaluated, Outcome, Registry};
use crate::rules::{self, Code, Refusal, Violation};
use crate::state::Snapshot;
use crate::state::draft::Draft;
use crate::state::tables::{Ix, RegistrationRow, Tables};
use crate::time::{Copenhagen, Day, Instant, Revision, Zone};
use crate::timeline::Timeline;

/// A proposal worked out on one registration: what it would change, field by field.
///
/// It keeps its intent, and [`commit`](Plan::commit) runs that again on the newest registration: where it would do the same
/// it is recorded, whatever else has changed; where it would do something else it is refused (`E_CONFLICT`) with what
/// differs, for a person to look at after [`refresh`](Plan::refresh).
///
/// It is a value: it prints with a summary line first, has forms as HTML and as a picture, is kept as JSON with serde, and
/// two of them can be compared.
///
/// ```
/// use mo_core::model::{CountedIds, Engagement, Patch, Person, Unit};
/// use mo_core::plan::{ApprovalRule, Each, Plan, Proposal};
/// use mo_core::registry::Registry;
/// use mo_core::start_set;
/// use mo_core::time::{Period, SteppingClock};
///
/// let registry = Registry::in_memory(SteppingClock::new("2026-06-01T09:00:00Z".parse()?), CountedIds::new("plan"));
/// let mut edit = registry.edit("anna");
/// start_set::add(&mut edit, Period::ALWAYS);
/// let staff = start_set::class_id("engagement_type", "employee");
/// let (a, b) = (edit.create(Period::ALWAYS, Unit::new("A")), edit.create(Period::ALWAYS, Unit::new("B")));
/// let bo = edit.create(Period::ALWAYS, Person::new("Bo", "Madsen"));
/// let work = edit.create(Period::ALWAYS, Engagement::new(bo, a, staff));
/// edit.commit()?;
///
/// // Everyone in A goes to B.
/// let january = Period::since("2027-01-01".parse()?);
/// let everyone = Each::<Engagement>::during(january)
///     .having(Engagement::UNIT, a)
///     .change(Patch::new().set(Engagement::UNIT, b));
/// let mut plan = registry.plan(Proposal::new("A til B", "anna").with(everyone))?;
/// assert_eq!(plan.effects().len(), 1);
///
/// // It survives on paper …
/// let kept: Plan = serde_json::from_str(&serde_json::to_string(&plan)?)?;
/// assert_eq!(kept, plan);
///
/// // … and is registered once somebody else than its author has approved it.
/// assert!(plan.commit(&registry, "anna", ApprovalRule::ByAnother).is_err());
/// plan.approve("ib", "2026-06-02T09:00:00Z".parse()?);
/// plan.commit(&registry, "anna", ApprovalRule::ByAnother)?;
/// assert_eq!(registry.snapshot().at("2027-03-01".parse()?).get(work).unwrap().unit, b);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[doc(alias = "ændringsplan")]
pub struct Plan {
    proposal: Proposal,
    base: Revision,
    effects: Vec<FieldEffect>,
    unresolved: Vec<Unresolved>,
    warnings: Vec<String>,
    /// What the objects of the effects were called on the base.
    names: BTreeMap<ObjectRef, String>,
    approvals: Vec<Approval>,
}

/// Somebody approved a plan.
///
/// ```
/// # use mo_core::{model::*, plan::*, registry::Registry, start_set::{self, class_id}, time::*};
/// # let clock = SteppingClock::new("2026-06-01T09:00:00Z".parse()?);
/// # let registry = Registry::in_memory(clock, CountedIds::new("approval"));
/// # let january: Day = "2027-01-01".parse()?;
/// # let mut edit = registry.edit("anna");
/// # start_set::add(&mut edit, Period::ALWAYS);
/// # let line = edit.create(Period::ALWAYS, Hierarchy::new("Linje", HierarchyUse::Line));
/// # let town = edit.create(Period::ALWAYS, Unit::new("Korsbæk").placements(line, Placement::Root));
/// # let school = edit.create(Period::ALWAYS, Unit::new("Skole").placements(line, town));
/// # let culture = edit.create(Period::ALWAYS, Unit::new("Kultur").placements(line, town));
/// # let ida = edit.create(Period::ALWAYS, Person::new("Ida", "Holm"));
/// # let bo = edit.create(Period::ALWAYS, Person::new("Bo", "Madsen"));
/// # let employee = class_id("engagement_type", "employee");
/// # let work = edit.create(Period::ALWAYS, Engagement::new(bo, school, employee));
/// # edit.commit()?;
/// let everyone = Each::<Engagement>::during(Period::since(january))
///     .having(Engagement::UNIT, school)
///     .change(Patch::new().set(Engagement::UNIT, culture));
/// let move_all = Proposal::new("Fra Skole til Kultur", "anna").with(everyone);
/// let mut plan = registry.plan(move_all)?;
/// plan.approve("ib", "2026-06-02T09:00:00Z".parse()?);
/// assert_eq!(&*plan.approvals()[0].actor, "ib");
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Approval {
    /// Who.
    pub actor: Text,
    /// When.
    pub at: Instant,
}

/// What must have been approved before a plan may be committed.
///
/// ```
/// # use mo_core::{model::*, plan::*, registry::Registry, start_set::{self, class_id}, time::*};
/// # let clock = SteppingClock::new("2026-06-01T09:00:00Z".parse()?);
/// # let registry = Registry::in_memory(clock, CountedIds::new("approval_rule"));
/// # let january: Day = "2027-01-01".parse()?;
/// # let mut edit = registry.edit("anna");
/// # start_set::add(&mut edit, Period::ALWAYS);
/// # let line = edit.create(Period::ALWAYS, Hierarchy::new("Linje", HierarchyUse::Line));
/// # let town = edit.create(Period::ALWAYS, Unit::new("Korsbæk").placements(line, Placement::Root));
/// # let school = edit.create(Period::ALWAYS, Unit::new("Skole").placements(line, town));
/// # let culture = edit.create(Period::ALWAYS, Unit::new("Kultur").placements(line, town));
/// # let ida = edit.create(Period::ALWAYS, Person::new("Ida", "Holm"));
/// # let bo = edit.create(Period::ALWAYS, Person::new("Bo", "Madsen"));
/// # let employee = class_id("engagement_type", "employee");
/// # let work = edit.create(Period::ALWAYS, Engagement::new(bo, school, employee));
/// # edit.commit()?;
/// let everyone = Each::<Engagement>::during(Period::since(january))
///     .having(Engagement::UNIT, school)
///     .change(Patch::new().set(Engagement::UNIT, culture));
/// let move_all = Proposal::new("Fra Skole til Kultur", "anna").with(everyone);
/// let mut plan = registry.plan(move_all)?;
/// assert!(plan.commit(&registry, "anna", ApprovalRule::ByAnother).is_err()); // she wrote it herself
/// plan.approve("ib", "2026-06-02T09:00:00Z".parse()?);
/// plan.commit(&registry, "anna", ApprovalRule::ByAnother)?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum ApprovalRule {
    /// Nothing.
    None,
    /// The plan as it stands, by somebody else than its author (four eyes).
    #[doc(alias = "fire øjne")]
    ByAnother,
}

impl Plan {
    fn on(registry: &Registry, proposal: Proposal) -> Result<Plan, Refusal> {
        let snapshot = registry.snapshot();
        let attempt = Attempt::new(snapshot.tables(), &proposal.intents, registry.today())?;
        let unresolved = attempt.unresolved.clone();
        let (evaluated, _) = attempt.preview(&proposal.policies, registry.policies())?;
        let effects = of_evaluated(&evaluated);
        let warnings = evaluated.side_effects.reported.iter().map(ToString::to_string).collect();
        let names = named(&evaluated, &effects, &unresolved);
        let base = snapshot.revision();
        Ok(Plan { proposal, base, effects, unresolved, warnings, names, approvals: Vec::new() })
    }

    /// What is wanted.
    pub fn proposal(&self) -> &Proposal {
        &self.proposal
    }

    /// The registration it was worked out on.
    pub fn base(&self) -> Revision {
        self.base
    }

    /// What it changes, by object, field and time: what its dry run, and its commit, would do.
    pub fn effects(&self) -> &[FieldEffect] {
        &self.effects
    }

    /// What is undecided; while there is any, committing is refused with `E_UNRESOLVED`.
    pub fn unresolved(&self) -> &[Unresolved] {
        &self.unresolved
    }

    /// What the rules accept and yet remark on.
    pub fn warnings(&self) -> &[String] {
        &self.warnings
    }

    /// Who approved it as it stands.
    pub fn approvals(&self) -> &[Approval] {
        &self.approvals
    }

    /// Notes that somebody approves it as it stands. It goes when [`refresh`](Plan::refresh) finds other effects.
    pub fn approve(&mut self, actor: impl Into<Text>, at: Instant) {
        self.approvals.push(Approval { actor: actor.into(), at });
    }

    /// How the effects of another plan, or of this one at another time, differ: what only this one has is
    /// [`Gone`](Difference::Gone) in the other.
    pub fn compare(&self, other: &Plan) -> Vec<Difference> {
        differences(&self.effects, &other.effects)
    }

    /// Works it out again on the newest registration, and tells what is no longer as it was. Approvals stay only where
    /// nothing is.
    ///
    /// # Errors
    /// As [`Registry::plan`]; the plan is then left as it is.
    pub fn refresh(&mut self, registry: &Registry) -> Result<Vec<Difference>, Refusal> {
        let mut now = Plan::on(registry, self.proposal.clone())?;
        let found = self.compare(&now);
        if found.is_empty() && self.unresolved == now.unresolved {
            now.approvals = std::mem::take(&mut self.approvals);
        }
        *self = now;
        Ok(found)
    }

    /// Moves its reorganisations to another day and works it out again; approvals go.
    ///
    /// # Errors
    /// As [`Registry::plan`]; the plan is then left as it is.
    pub fn re_date(&mut self, registry: &Registry, day: Day) -> Result<(), Refusal> {
        *self = Plan::on(registry, self.proposal.clone().re_date(day))?;
        Ok(())
    }

    /// The newest registration with the plan on top, as if it were committed: what is unresolved is left broken. Nothing is
    /// recorded, and the snapshot is nobody else's.
    ///
    /// # Errors
    /// As [`Registry::plan`].
    pub fn preview(&self, registry: &Registry) -> Result<Snapshot, Refusal> {
        let tables = registry.snapshot().tables().clone();
        let attempt = Attempt::new(&tables, &self.proposal.intents, registry.today())?;
        let (evaluated, marks) = attempt.preview(&self.proposal.policies, registry.policies())?;
        let mut tables: Tables = evaluated.tables;
        let last = tables.registered_at(tables.head());
        let row = RegistrationRow {
            registered_at: last
                .and_then(|last| last.plus_micros(1))
                .map_or_else(|| registry.now(), |next| next.max(registry.now())),
            id: uuid::Uuid::nil(),
            actor: self.proposal.author.clone(),
            note: self.proposal.note.clone(),
            cause: Some(self.proposal.cause()),
            marks,
            touched: evaluated.effects.iter().map(|(_, ix, _)| *ix).collect(),
        };
        tables.part_ways();
        tables.apply(row, evaluated.effects);
        Ok(Snapshot::new(std::sync::Arc::new(tables)))
    }

    /// Registers it as one registration by `actor`, with its name and case number as the cause, if it still does on the
    /// newest registration what it says.
    ///
    /// # Errors
    /// [`CommitError::Refused`] with `E_ACCESS` where the rule demands an approval that is missing, `E_UNRESOLVED` for what is
    /// undecided, `E_CONFLICT` for every object that would now change in another way, with the differences, and the
    /// broken rules where it can no longer be done at all; [`CommitError::Store`]. Nothing is then recorded.
    pub fn commit(
        &self,
        registry: &Registry,
        actor: impl Into<Text>,
        rule: ApprovalRule,
    ) -> Result<Outcome, CommitError> {
        self.check_approved(rule)?;
        refuse_unresolved(&self.unresolved)?;
        let (actor, cause) = (actor.into(), self.proposal.cause());
        let about = About { actor: &actor, note: self.proposal.note.as_ref(), cause: Some(&cause) };
        registry.commit_with(about, &mut |tables| self.worked_out_again(registry, tables))
    }

    fn worked_out_again(&self, registry: &Registry, tables: &Tables) -> Result<(Evaluated, Marks), Refusal> {
        let again = || {
            let attempt = Attempt::new(tables, &self.proposal.intents, registry.today())?;
            attempt.finish(&self.proposal.policies, registry.policies())
        };
        let moved_on = tables.head() != self.base;
        let (evaluated, marks) =
            again().map_err(|refusal| if moved_on { self.overtaken(refusal) } else { refusal })?;
        let found = differences(&self.effects, &of_evaluated(&evaluated));
        if found.is_empty() { Ok((evaluated, marks)) } else { Err(self.conflict(&evaluated.tables, &found)) }
    }

    /// A refusal by the rules of what the plan could still do on its base.
    fn overtaken(&self, refusal: Refusal) -> Refusal {
        if refusal.violations.iter().all(|violation| violation.code == Code::Unresolved) {
            return refusal;
        }
        let objects: Vec<ObjectRef> =
            refusal.violations.first().map(|violation| violation.objects.clone()).unwrap_or_default();
        let message = format!(
            "the plan “{}” was worked out on registration {} and cannot be carried out any more. Refresh it and look at what \
             stands in the way.",
            self.proposal.name, self.base
        );
        let mut violations = vec![conflict(objects, message)];
        violations.extend(refusal.violations);
        Refusal::new(violations)
    }

    fn conflict(&self, tables: &Tables, found: &[Difference]) -> Refusal {
        let draft = Draft::new(tables);
        let mut by_object: BTreeMap<ObjectRef, Vec<&Difference>> = BTreeMap::new();
        for difference in found {
            by_object.entry(difference.effect().object).or_default().push(difference);
        }
        let violations = by_object.into_iter().map(|(object, differences)| {
            let name = match tables.ix(object.id) {
                Some(ix) if tables.kind(ix).is_some() => rules::name(&draft, ix),
                _ => self.names.get(&object).cloned().unwrap_or_else(|| object.to_string()),
            };
            let words = |difference: &&Difference| match difference {
                Difference::Gone(effect) => format!("planned and no longer so: {}", effect.words(tables)),
                Difference::New(effect) => format!("not planned: {}", effect.words(tables)),
            };
            let shown: Vec<String> = differences.iter().take(3).map(words).collect();
            let more = differences.len().saturating_sub(3);
            let more = if more > 0 { format!("; and {more} more") } else { String::new() };
            let message = format!(
                "{name} would change in another way than registration {} let the plan say: {}{more}. Refresh the plan and \
                 look at it again.",
                self.base,
                shown.join("; ")
            );
            conflict(vec![object], message)
        });
        Refusal::new(violations.collect())
    }

    fn check_approved(&self, rule: ApprovalRule) -> Result<(), Refusal> {
        let author = &self.proposal.author;
        match rule {
            ApprovalRule::None => Ok(()),
            ApprovalRule::ByAnother if self.approvals.iter().any(|approval| approval.actor != *author) => {
                Ok(())
            }
            ApprovalRule::ByAnother => {
                let message = format!(
                    "the plan “{}” lacks an approval by somebody else than its author, {author}. Let another look at it and \
                     approve it.",
                    self.proposal.name
                );
                Err(Refusal::new(vec![Violation::on_days(
                    Code::Access,
                    Vec::new(),
                    &Timeline::new(),
                    message,
                )]))
            }
        }
    }
}

fn conflict(objects: Vec<ObjectRef>, message: String) -> Violation {
    Violation::on_days(Code::Conflict, objects, &Timeline::new(), message)
}

/// What the objects a plan speaks of are called once it is carried out; without CPR numbers.
fn named(
    evaluated: &Evaluated,
    effects: &[FieldEffect],
    unresolved: &[Unresolved],
) -> BTreeMap<ObjectRef, String> {
    let mut tables = evaluated.tables.clone();
    let row = RegistrationRow {
        registered_at: Instant::MAX,
        id: uuid::Uuid::nil(),
        actor: Text::from(""),
        note: None,
        cause: None,
        marks: Marks::default(),
        touched: Vec::new(),
    };
    tables.apply(row, evaluated.effects.clone());
    let mut objects: Vec<ObjectRef> = effects.iter().map(|effect| effect.object).collect();
    objects.extend(unresolved.iter().map(|item| item.object));
    for effect in effects {
        let key = effect.slot.as_ref().and_then(|slot| match slot.key {
            Some(Key::Id(id)) => Some(id),
            _ => None,
        });
        let values = [&effect.before, &effect.after].into_iter().flatten().filter_map(|value| match value {
            Value::Id(id) => Some(*id),
            _ => None,
        });
        for id in values.chain(key) {
            if let Some(kind) = tables.ix(id).and_then(|ix| tables.kind(ix)) {
                objects.push(ObjectRef { kind, id });
            }
        }
    }
    labels(&tables, objects)
}

/// What objects are called: by their names, and those without one by what tells them apart (an address by its value, an
/// account by its user key, a tag by its class) and the person or unit they belong to.
fn labels(tables: &Tables, objects: impl IntoIterator<Item = ObjectRef>) -> BTreeMap<ObjectRef, String> {
    let draft = Draft::new(tables);
    let label = |object: ObjectRef| {
        let ix = tables.ix(object.id)?;
        let now = draft.now(ix);
        let gone = || tables.history(ix)?.iter().last().map(|rect| rect.value.clone());
        let state = now.last().map(|(_, state)| state.clone()).or_else(gone)?;
        if tables.title(object.kind, &state).is_some() {
            return Some(rules::name(&draft, ix));
        }
        let fields = || (0u8..).zip(object.kind.spec().fields);
        let first = |field: u8| state.field(field).next().map(|cell| Ix(cell.value));
        let refers = |to: Kind| {
            let (field, _) = fields().find(|(_, field)| field.value == ValueType::Ref(to))?;
            first(field).map(|ix| rules::name(&draft, ix))
        };
        let text = || {
            let (field, _) = fields().find(|(_, field)| ["value", "user_key"].contains(&field.name))?;
            tables.text_of(&state, field).map(|text| format!("“{text}”"))
        };
        let class = || match object.kind {
            Kind::KleTag => first(KleTag::CLASS.index),
            Kind::RoleBinding => first(RoleBinding::ROLE.index),
            _ => None,
        };
        let what = text().or_else(|| class().map(|ix| rules::name(&draft, ix)));
        let kind = object.kind.name().replace('_', " ");
        let kind = what.map_or_else(|| kind.clone(), |what| format!("{kind} {what}"));
        Some(match refers(Kind::Person).or_else(|| refers(Kind::Unit)) {
            Some(of) => format!("{kind} of {of}"),
            None => rules::name(&draft, ix),
        })
    };
    objects.into_iter().filter_map(|object| Some((object, label(object)?))).collect()
}

/// The civil day on which a plan is looked at, for its pictures.
pub(super) fn day_of(instant: Instant) -> Day {
    Copenhagen.day_of(instant)
}

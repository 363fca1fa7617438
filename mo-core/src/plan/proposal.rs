//! [`Proposal`]: what somebody wants registered, why, and by which policies; and carrying it out on the newest registration.

use super::attempt::Attempt;
use super::{Intent, Plan};
use crate::model::value::Text;
use crate::registry::{About, CommitError, Outcome, Registry, SideEffects};
use crate::rules::{Policies, Refusal};
use crate::time::{Copenhagen, Day, Zone};

/// What somebody wants registered as one: intents, with author, reason, case number and days.
///
/// [`Registry::plan`] makes a [`Plan`] of it, to be looked at, approved and committed; [`Registry::carry_out`] commits it at
/// once.
///
/// ```
/// use mo_core::model::UnitId;
/// use mo_core::plan::Proposal;
/// use mo_core::registry::Command;
///
/// # let unit = UnitId::new(uuid::Uuid::from_u128(1));
/// let proposal = Proposal::new("Nedlæggelse af Arkivet", "anna")
///     .case_number("26/1234")
///     .decided("2026-06-01".parse()?)
///     .effective("2027-01-01".parse()?)
///     .with(Command::End { object: unit.into(), from: "2027-01-01".parse()?, dependents: None });
/// # let _ = proposal;
/// # Ok::<(), mo_core::time::DayError>(())
/// ```
#[derive(Debug, Clone, PartialEq)]
#[non_exhaustive]
pub struct Proposal {
    /// What it is called; the cause of the registration.
    pub name: Text,
    /// Who proposes it.
    pub author: Text,
    /// Why, in words.
    pub note: Option<Text>,
    /// The case it belongs to, in the case system.
    #[doc(alias = "sagsnummer")]
    pub case_number: Option<Text>,
    /// The day it was decided.
    pub decided: Option<Day>,
    /// The day from which it is to hold.
    #[doc(alias = "ikrafttrædelse")]
    pub effective: Option<Day>,
    /// What to do about references that would break.
    pub policies: Policies,
    /// What is wanted, in order.
    pub intents: Vec<Intent>,
}

impl Proposal {
    /// Wants nothing yet.
    pub fn new(name: impl Into<Text>, author: impl Into<Text>) -> Proposal {
        Proposal {
            name: name.into(),
            author: author.into(),
            note: None,
            case_number: None,
            decided: None,
            effective: None,
            policies: Policies::new(),
            intents: Vec::new(),
        }
    }

    /// Wants one thing more. A reorganisation brings its days along.
    #[must_use]
    pub fn with(mut self, intent: impl Into<Intent>) -> Proposal {
        let intent = intent.into();
        if let Intent::Reorganise(reorganisation) = &intent {
            self.effective = Some(reorganisation.day());
            self.decided = reorganisation.decided_day().or(self.decided);
        }
        self.intents.push(intent);
        self
    }

    /// Says why, in words.
    #[must_use]
    pub fn note(self, note: impl Into<Text>) -> Proposal {
        Proposal { note: Some(note.into()), ..self }
    }

    /// Says which case it belongs to.
    #[must_use]
    pub fn case_number(self, case_number: impl Into<Text>) -> Proposal {
        Proposal { case_number: Some(case_number.into()), ..self }
    }

    /// Says when it was decided.
    #[must_use]
    pub fn decided(self, day: Day) -> Proposal {
        Proposal { decided: Some(day), ..self }
    }

    /// Says from when it is to hold.
    #[must_use]
    pub fn effective(self, day: Day) -> Proposal {
        Proposal { effective: Some(day), ..self }
    }

    /// Says what to do about references that would break, relation by relation.
    #[must_use]
    pub fn policies(self, policies: Policies) -> Proposal {
        Proposal { policies, ..self }
    }

    /// The same with its reorganisations on another day.
    #[must_use]
    pub fn re_date(mut self, day: Day) -> Proposal {
        for intent in &mut self.intents {
            if let Intent::Reorganise(reorganisation) = intent {
                *reorganisation = reorganisation.clone().re_date(day);
            }
        }
        Proposal { effective: Some(day), ..self }
    }

    /// What its registration names as its cause.
    pub(super) fn cause(&self) -> Text {
        match &self.case_number {
            Some(case) => Text::from(format!("{} ({case})", self.name)),
            None => self.name.clone(),
        }
    }
}

impl Registry {
    pub(super) fn today(&self) -> Day {
        Copenhagen.day_of(self.now())
    }

    /// Works a proposal out on the newest registration, and records nothing.
    ///
    /// # Errors
    /// What would refuse it: a precondition, or a broken rule with its days. What is merely undecided does not: it is listed
    /// as [`unresolved`](Plan::unresolved).
    ///
    /// # Complexity
    /// As committing it.
    pub fn plan(&self, proposal: Proposal) -> Result<Plan, Refusal> {
        Plan::on(self, proposal)
    }

    /// Registers a proposal on the newest registration, without a plan in between.
    ///
    /// # Errors
    /// [`CommitError::Refused`] with every violation, `E_UNRESOLVED` for what is undecided; [`CommitError::Store`].
    pub fn carry_out(&self, proposal: &Proposal) -> Result<Outcome, CommitError> {
        let cause = proposal.cause();
        let about = About { actor: &proposal.author, note: proposal.note.as_ref(), cause: Some(&cause) };
        self.carry_out_as(about, &proposal.policies, &proposal.intents)
    }

    pub(crate) fn carry_out_as(
        &self,
        about: About<'_>,
        policies: &Policies,
        intents: &[Intent],
    ) -> Result<Outcome, CommitError> {
        self.commit_with(about, &mut |tables| {
            Attempt::new(tables, intents, self.today())?.finish(policies, self.policies())
        })
    }

    /// Tells what carrying intents out would do beside what they say; `None`: it would change nothing.
    pub(crate) fn rehearse(
        &self,
        policies: &Policies,
        intents: &[Intent],
    ) -> Result<Option<SideEffects>, Refusal> {
        let tables = self.snapshot().tables().clone();
        let (evaluated, _) =
            Attempt::new(&tables, intents, self.today())?.finish(policies, self.policies())?;
        Ok((!evaluated.effects.is_empty()).then_some(evaluated.side_effects))
    }
}

//! KLE tags as a spreadsheet: [`TagReader`] reads which unit has to do with which number, [`TagSheet`] is what it says, and
//! [`write_tags`] writes what a registry says in the same form. Nothing is registered here: a sheet gives a wish for a plan.

mod names;
mod read;
#[cfg(test)]
mod tests;
mod write;

pub use read::TagReader;
pub use write::write_tags;

use std::collections::BTreeSet;

use crate::model::UnitId;
use crate::model::value::Text;
use crate::plan::Proposal;
use crate::reconcile::{Guard, Reconcile};
use crate::time::Day;

/// What a CSV of KLE tags says, row by row found in a registry: from a day on, these tags hold.
///
/// It speaks of the tags of the units it names, of one source, from its [`day`](TagSheet::day) on: such a tag that is in no
/// row ends. What was before the day, the tags of other units (unless the reader was told that the sheet is
/// [complete](TagReader::complete)) and those of other sources are left alone. Reading a sheet that was written from the
/// same registry changes nothing.
///
/// ```
/// # use mo_core::{model::*, registry::{Outcome, Registry}, time::*};
/// use mo_core::import::{TagReader, write_tags};
/// use mo_core::plan::ApprovalRule;
///
/// # let clock = SteppingClock::new("2025-03-01T09:00:00Z".parse()?);
/// # let registry = Registry::in_memory(clock, CountedIds::new("tags"));
/// let mut edit = registry.edit("anna");
/// let facet = edit.create(Period::ALWAYS, Facet::new("kle_number"));
/// let topic = edit.create(Period::ALWAYS, Class::new(facet, "28.06.12", "Madordning"));
/// let unit = edit.create(Period::ALWAYS, Unit::new("Dagtilbud"));
/// edit.commit()?;
///
/// let day: Day = "2025-06-01".parse()?;
/// let sheet = "Enhed;KLE-nummer;Aspekter\nDagtilbud;28.06.12;Ansvarlig, Indsigt\n";
/// let sheet = TagReader::new(&registry.snapshot().at(day)).read("kle.csv", &mut sheet.as_bytes())?;
///
/// // A plan is the dry run.
/// let plan = registry.plan(sheet.proposal("KLE-opmærkning", "anna"))?;
/// assert!(plan.summary().starts_with("KLE-opmærkning: + 1 objects"));
/// plan.commit(&registry, "anna", ApprovalRule::None)?;
/// assert_eq!(registry.snapshot().at(day).kle_numbers(unit, None)[0].class, topic);
///
/// // What is wrong is told with its line, and what may have been meant.
/// let view = registry.snapshot().at(day);
/// let wrong = "Enhed;KLE-nummer;Aspekter\nDagtilbudd;28.06.12;Ansvarlig\n";
/// let error = TagReader::new(&view).read("kle.csv", &mut wrong.as_bytes()).unwrap_err();
/// assert_eq!(
///     error.problems[0].to_string(),
///     "kle.csv:2: column \"Enhed\": \"Dagtilbudd\": is no unit on 2025-06-01 or later; did you mean Dagtilbud?"
/// );
///
/// // And back again.
/// let mut out = Vec::new();
/// write_tags(&view, &mut out)?;
/// let sheet = TagReader::new(&view).read("kle.csv", &mut out.as_slice())?;
/// assert_eq!(registry.carry_out(&sheet.proposal("igen", "anna"))?, Outcome::Unchanged);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
#[doc(alias = "KLE-opmærkning")]
pub struct TagSheet {
    day: Day,
    wish: Reconcile,
    units: BTreeSet<UnitId>,
    rows: usize,
    earlier: usize,
    passed_over: Vec<String>,
}

impl TagSheet {
    /// The day from which it speaks.
    pub fn day(&self) -> Day {
        self.day
    }

    /// The units it names.
    pub fn units(&self) -> &BTreeSet<UnitId> {
        &self.units
    }

    /// How many rows say something.
    pub fn rows(&self) -> usize {
        self.rows
    }

    /// How many rows ended before the day: they are about days of which the sheet does not speak.
    pub fn earlier_rows(&self) -> usize {
        self.earlier
    }

    /// The headers of columns that mean nothing here and were passed over, such as a title beside a number.
    pub fn columns_passed_over(&self) -> &[String] {
        &self.passed_over
    }

    /// What it wishes, to be carried out as it is or with other things.
    pub fn wish(&self) -> &Reconcile {
        &self.wish
    }

    /// Refuses (`E_GUARD`) when more tags would end than the guard allows: against a sheet with half its rows.
    #[must_use]
    pub fn guard(self, guard: Guard) -> TagSheet {
        TagSheet { wish: self.wish.guard(guard), ..self }
    }

    /// A proposal of what it wishes: [`Registry::plan`](crate::registry::Registry::plan) is the dry run.
    pub fn proposal(&self, name: impl Into<Text>, author: impl Into<Text>) -> Proposal {
        Proposal::new(name, author).effective(self.day).with(self.wish.clone())
    }
}

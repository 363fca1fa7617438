//! How plans look: a report with a summary line first, as text and as HTML, and their effects as rows over time.

use std::collections::BTreeMap;
use std::fmt::{self, Write as _};

use super::{FieldEffect, Plan};
use crate::draw::{Gantt, Report};
use crate::model::{Key, ObjectRef, Slot, Value};
use crate::time::Period;
use crate::timeline::Timeline;

/// How many rows of the picture a page shows; its table has every effect.
const PAGE_ROWS: usize = 200;

impl Plan {
    /// How many objects come, change and go.
    fn counts(&self) -> (usize, usize, usize) {
        let mut objects: BTreeMap<ObjectRef, (bool, bool)> = BTreeMap::new();
        for effect in &self.effects {
            let seen = objects.entry(effect.object).or_default();
            if effect.slot.is_none() {
                if effect.after.is_some() { seen.0 = true } else { seen.1 = true }
            }
        }
        let count = |kind: (bool, bool)| objects.values().filter(|seen| **seen == kind).count();
        (count((true, false)), count((false, false)) + count((true, true)), count((false, true)))
    }

    /// One line: what it is called, how much it changes, from when, and whether it can be committed.
    pub fn summary(&self) -> String {
        let (come, change, go) = self.counts();
        let mut line = format!("{}: + {come} objects, ~ {change}, − {go}", self.proposal.name);
        if let Some(day) = self.proposal.effective {
            let _ = write!(line, ", from {day}");
        }
        if !self.unresolved.is_empty() {
            let _ = write!(line, "; {} unresolved", self.unresolved.len());
        }
        line
    }

    /// What it says about itself and every effect, object by object.
    pub fn report(&self) -> Report {
        let proposal = &self.proposal;
        let mut report = Report::new(self.summary()).section("Plan");
        let mut about: Vec<[String; 2]> = vec![
            ["author".to_owned(), proposal.author.to_string()],
            ["worked out on".to_owned(), format!("registration {}", self.base)],
        ];
        for (what, text) in [
            ("case", proposal.case_number.as_ref().map(ToString::to_string)),
            ("note", proposal.note.as_ref().map(ToString::to_string)),
            ("decided", proposal.decided.map(|day| day.to_string())),
            ("effective", proposal.effective.map(|day| day.to_string())),
        ] {
            about.extend(text.map(|text| [what.to_owned(), text]));
        }
        for approval in &self.approvals {
            about.push(["approved".to_owned(), format!("{}, {}", approval.actor, approval.at)]);
        }
        report = report.table(["", ""], about);
        if !self.unresolved.is_empty() {
            report = report.section("Unresolved");
            for item in &self.unresolved {
                report = report.line(&item.why);
            }
        }
        if !self.warnings.is_empty() {
            report = report.section("Warnings");
            for warning in &self.warnings {
                report = report.line(warning);
            }
        }
        let rows = self.effects.iter().map(|effect| {
            let (what, before, after) = self.words(effect);
            [self.name(effect.object), what, before, after, effect.valid.to_string()]
        });
        report.section("Effects").table(["object", "field", "before", "after", "days"], rows)
    }

    /// Its report as an HTML document, with the picture.
    pub fn to_html(&self) -> String {
        let picture = self.picture().up_to(PAGE_ROWS);
        self.report().section("Picture").picture(picture.to_string(), picture.to_svg()).to_html()
    }

    /// The effects as rows over time, a row per object and field: as text, or with `to_svg`.
    pub fn picture(&self) -> Gantt {
        let mut rows: Vec<(String, Vec<(Period, String)>)> = Vec::new();
        for effect in &self.effects {
            let (what, _, after) = self.words(effect);
            let label = if effect.slot.is_none() {
                self.name(effect.object)
            } else {
                format!("{}, {what}", self.name(effect.object))
            };
            let text = if effect.slot.is_none() { what } else { after };
            match rows.last_mut() {
                Some((last, pieces)) if *last == label => pieces.push((effect.valid, text)),
                _ => rows.push((label, vec![(effect.valid, text)])),
            }
        }
        rows.into_iter().fold(Gantt::new(), |gantt, (label, pieces)| {
            gantt.row(label, &Timeline::from_pieces(pieces).unwrap_or_default())
        })
    }

    /// What an object is called.
    fn name(&self, object: ObjectRef) -> String {
        self.names.get(&object).cloned().unwrap_or_else(|| object.to_string())
    }

    /// What changes, from what to what.
    fn words(&self, effect: &FieldEffect) -> (String, String, String) {
        let Some(slot) = &effect.slot else {
            let what = if effect.after.is_some() { "begins" } else { "ends" };
            return (what.to_owned(), String::new(), String::new());
        };
        let value = |value: &Option<Value>| value.as_ref().map_or(String::new(), |value| self.value(value));
        (self.slot(effect.object, slot), value(&effect.before), value(&effect.after))
    }

    fn slot(&self, object: ObjectRef, slot: &Slot) -> String {
        let field = object.kind.spec().fields.get(usize::from(slot.field)).map_or("", |field| field.name);
        match &slot.key {
            None => field.to_owned(),
            Some(Key::Id(id)) => format!("{field} {}", self.called(*id)),
            Some(Key::Text(text)) => format!("{field} {text}"),
            Some(Key::Choice(word)) => format!("{field} {word}"),
        }
    }

    fn called(&self, id: uuid::Uuid) -> String {
        let found = self.names.iter().find(|(object, _)| object.id == id);
        found.map_or_else(|| id.to_string(), |(_, name)| name.clone())
    }

    fn value(&self, value: &Value) -> String {
        match value {
            Value::Text(text) => text.to_string(),
            Value::Cpr(cpr) => cpr.to_string(),
            Value::Day(day) => day.to_string(),
            Value::Number(number) => number.to_string(),
            Value::True => "yes".to_owned(),
            Value::Choice(word) => (*word).to_owned(),
            Value::Id(id) => self.called(*id),
            Value::Root => "root".to_owned(),
        }
    }
}

/// Its report as text, the summary line first.
impl fmt::Display for Plan {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.report(), f)
    }
}

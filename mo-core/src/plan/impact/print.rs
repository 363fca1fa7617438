//! An impact as a line, and as a report with names.

use std::collections::{BTreeMap, BTreeSet, HashSet};
use std::fmt;

use super::Impact;
use crate::draw::Report;
use crate::model::{ObjectRef, PersonId, UnitId};
use crate::plan::labels;
use crate::state::Snapshot;
impl Impact {
    pub(super) fn named(&self, snapshot: &Snapshot) -> BTreeMap<ObjectRef, String> {
        let mut objects: BTreeSet<ObjectRef> = BTreeSet::new();
        let units = [&self.opened, &self.closed, &self.renamed, &self.moved, &self.med_uncovered];
        objects.extend(units.into_iter().flatten().map(|unit| ObjectRef::from(*unit)));
        for moved in &self.people {
            objects.extend([ObjectRef::from(moved.person), moved.from.into()]);
            objects.extend(moved.to.map(ObjectRef::from));
        }
        for led in &self.leadership {
            objects.insert(led.unit.into());
            objects.extend(led.before.iter().chain(&led.after).map(|person| ObjectRef::from(*person)));
        }
        objects.extend(self.spans.iter().map(|span| ObjectRef::from(span.manager)));
        for cover in &self.kle {
            objects.insert(cover.class.into());
            objects.extend(cover.before.iter().chain(&cover.after).map(|unit| ObjectRef::from(*unit)));
        }
        for lost in &self.unplaced {
            objects.extend([ObjectRef::from(lost.unit), lost.hierarchy.into()]);
        }
        for rebound in [&self.accounts, &self.addresses, &self.payroll_links].into_iter().flatten() {
            objects.extend([rebound.object, rebound.from.into()]);
            objects.extend(rebound.to.map(ObjectRef::from));
        }
        labels(snapshot.tables(), objects)
    }

    fn name(&self, object: impl Into<ObjectRef>) -> String {
        let object = object.into();
        self.names.get(&object).cloned().unwrap_or_else(|| object.to_string())
    }

    fn names_of<I: Into<ObjectRef> + Copy>(&self, objects: &[I]) -> String {
        if objects.is_empty() {
            return "nobody".to_owned();
        }
        objects.iter().map(|object| self.name(*object)).collect::<Vec<_>>().join(", ")
    }

    /// One line: how many units, people, managers and topics.
    pub fn summary(&self) -> String {
        let people: HashSet<PersonId> = self.people.iter().map(|moved| moved.person).collect();
        let lost = self.leadership.iter().filter(|led| led.is_lost()).count();
        format!(
            "from {}: {}, {}, {}, {}; {}; {}",
            self.day,
            told(self.opened.len(), "unit opens", "units open"),
            told(self.closed.len(), "closes", "close"),
            told(self.moved.len(), "moves", "move"),
            told(self.renamed.len(), "gets another name", "get another name"),
            told(people.len(), "person moves", "people move"),
            told(lost, "unit loses its manager", "units lose their manager"),
        )
    }

    /// Everything, with names, as text or HTML.
    pub fn report(&self) -> Report {
        let mut report = Report::new(self.summary());
        for (heading, units) in [
            ("Units that open", &self.opened),
            ("Units that close", &self.closed),
            ("Units that move", &self.moved),
            ("Units with another name", &self.renamed),
            ("Units no MED link covers any more", &self.med_uncovered),
        ] {
            if !units.is_empty() {
                report = report.section(heading).line(self.names_of(units));
            }
        }
        if !self.people.is_empty() {
            let to = |to: Option<UnitId>| to.map_or("ends".to_owned(), |to| self.name(to));
            let rows = self.people.iter().map(|m| [self.name(m.person), self.name(m.from), to(m.to)]);
            report = report.section("People who move").table(["who", "from", "to"], rows);
        }
        if !self.leadership.is_empty() {
            let rows = self.leadership.iter().map(|led| {
                let note = match led {
                    led if led.is_gained() => "gained",
                    led if led.is_lost() && led.vacant => "vacant",
                    led if led.is_lost() => "lost",
                    led if led.vacant => "a seat is vacant",
                    _ => "",
                };
                [self.name(led.unit), self.names_of(&led.before), self.names_of(&led.after), note.to_owned()]
            });
            report = report.section("Managers").table(["unit", "before", "after", ""], rows);
        }
        if !self.spans.is_empty() {
            let rows = self
                .spans
                .iter()
                .map(|span| [self.name(span.manager), span.before.to_string(), span.after.to_string()]);
            report = report.section("Span of control").table(["manager", "before", "after"], rows);
        }
        if !self.kle.is_empty() {
            let rows = self.kle.iter().map(|cover| {
                let note = match cover.after.len() {
                    0 => "nobody is responsible",
                    1 => "",
                    _ => "more than one",
                };
                [
                    self.name(cover.class),
                    self.names_of(&cover.before),
                    self.names_of(&cover.after),
                    note.to_owned(),
                ]
            });
            report =
                report.section("Responsible for KLE numbers").table(["number", "before", "after", ""], rows);
        }
        for (heading, rebound) in [
            ("Accounts and roles", &self.accounts),
            ("Addresses", &self.addresses),
            ("Payroll links", &self.payroll_links),
        ] {
            if !rebound.is_empty() {
                let rows = rebound.iter().map(|rebound| {
                    let to = rebound.to.map_or("ends".to_owned(), |to| self.name(to));
                    [self.name(rebound.object), self.name(rebound.from), to]
                });
                report = report.section(heading).table(["what", "from", "to"], rows);
            }
        }
        if !self.unplaced.is_empty() {
            let rows = self.unplaced.iter().map(|lost| [self.name(lost.hierarchy), self.name(lost.unit)]);
            report =
                report.section("Hierarchies that lose a unit for nothing").table(["hierarchy", "unit"], rows);
        }
        report
    }
}

/// Its report as text, the summary line first.
impl fmt::Display for Impact {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.report(), f)
    }
}

fn told(number: usize, of_one: &str, of_more: &str) -> String {
    format!("{number} {}", if number == 1 { of_one } else { of_more })
}

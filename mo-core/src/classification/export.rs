//! [`ClassExport`]: the classes of a facet as seen on a day, written as CSV or JSON; SKOS is in `skos`.

use std::io::{self, Write};

use crate::journal::{Json, fields_json, period_json};
use crate::model::value::Text;
use crate::model::{Class, ClassId, FacetId, Kind, Object};
use crate::state::View;
use crate::time::Period;

use super::{ClassNotes, LegalSource};

/// The classes of a facet as seen on a view's day, to be written in one of three forms, by key, then id.
///
/// ```
/// # use mo_core::{classification::ClassExport, model::*, registry::Registry, time::*};
/// # let clock = SteppingClock::new("2025-03-01T09:00:00Z".parse()?);
/// # let registry = Registry::in_memory(clock, CountedIds::new("export"));
/// let mut edit = registry.edit("anna");
/// let facet = edit.create(Period::ALWAYS, Facet::new("kle_number"));
/// edit.create(Period::since("2011-05-01".parse()?), Class::new(facet, "28.06", "Dagtilbud"));
/// edit.commit()?;
///
/// let view = registry.snapshot().at("2025-06-01".parse()?);
/// let mut out = Vec::new();
/// ClassExport::new(&view, facet).csv(&mut out)?;
/// let csv = String::from_utf8(out)?;
/// assert!(csv.lines().nth(1).unwrap().ends_with(",28.06,Dagtilbud,,,2011-05-01,,no,,,,,,,"));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct ClassExport<'v> {
    pub(super) view: &'v View,
    pub(super) facet: FacetId,
    retired: bool,
}

/// A class to be written.
pub(super) struct Row {
    pub(super) class: ClassId,
    pub(super) state: Class,
    /// The stretch of its life that is written of.
    pub(super) valid: Period,
    pub(super) retired: bool,
}

impl<'v> ClassExport<'v> {
    /// The classes that belong to the facet on the view's day.
    pub fn new(view: &'v View, facet: FacetId) -> ClassExport<'v> {
        ClassExport { view, facet, retired: false }
    }

    /// Also the classes that were retired before the day, as they were last: for readers who hold old keys.
    #[must_use]
    pub fn with_retired(self) -> ClassExport<'v> {
        ClassExport { retired: true, ..self }
    }

    pub(super) fn rows(&self) -> Vec<Row> {
        let day = self.view.day();
        let row = |class: ClassId| {
            let timeline = self.view.snapshot().timeline(class);
            let (_, state) = timeline.piece_at(day).or_else(|| timeline.last_before(day))?;
            let life = timeline.coverage();
            let current = life.piece_at(day);
            let (valid, ()) = current.or_else(|| life.last_before(day))?;
            let retired = current.is_none();
            let wanted = state.facet == self.facet && (self.retired || !retired);
            wanted.then(|| Row { class, state: state.clone(), valid, retired })
        };
        let classes: Vec<ClassId> = if self.retired {
            self.view.snapshot().facet_classes(self.facet)
        } else {
            self.view.referrers(self.facet, Class::FACET)
        };
        let mut rows: Vec<Row> = classes.into_iter().filter_map(row).collect();
        rows.sort_by(|a, b| (&a.state.user_key, a.class).cmp(&(&b.state.user_key, b.class)));
        rows
    }

    /// The key of a class, on the day or as it was last.
    fn key(&self, class: ClassId) -> Text {
        self.view.nearest(class).map(|class| class.user_key).unwrap_or_default()
    }

    /// Writes CSV with a header; lists within a cell are divided by line breaks. Days are those of the stretch of life:
    /// `valid_until` is the first day on which the class is no more.
    ///
    /// # Errors
    /// When the output fails.
    pub fn csv(&self, out: &mut dyn Write) -> io::Result<()> {
        let mut csv = csv::Writer::from_writer(out);
        csv.write_record([
            "id",
            "key",
            "title",
            "scope",
            "parent",
            "valid_from",
            "valid_until",
            "retired",
            "replaced_by",
            "owner",
            "guidance",
            "legal_sources",
            "keywords",
            "preservation",
            "deletion",
        ])?;
        for Row { class, state, valid, retired } in self.rows() {
            let notes = ClassNotes::of(&state);
            let day = |day: Option<crate::time::Day>| day.map(|day| day.to_string()).unwrap_or_default();
            let successors = state.replaced_by.iter().map(|class| self.key(*class).into());
            let successors: Vec<String> = successors.chain(notes.unknown_successors).collect();
            let sources: Vec<String> = notes.legal_sources.iter().map(LegalSource::cited).collect();
            let keywords: Vec<String> = notes.keywords.into_iter().map(|keyword| keyword.text).collect();
            csv.write_record([
                class.to_string(),
                state.user_key.into(),
                state.name.into(),
                state.scope.map(String::from).unwrap_or_default(),
                state.parent.map(|parent| String::from(self.key(parent))).unwrap_or_default(),
                day(valid.from()),
                day(valid.until()),
                (if retired { "yes" } else { "no" }).to_owned(),
                successors.join("\n"),
                state.owner.map(|owner| owner.to_string()).unwrap_or_default(),
                notes.guidance,
                sources.join("\n"),
                keywords.join("\n"),
                notes.preservation.unwrap_or_default(),
                notes.deletion.unwrap_or_default(),
            ])?;
        }
        csv.flush()
    }

    /// Writes one JSON object, version 1: facet, day, and per class its id, the stretch of its life, whether it is retired,
    /// and its state in the form of the journal.
    ///
    /// # Errors
    /// When the output fails.
    pub fn json(&self, out: &mut dyn Write) -> io::Result<()> {
        let head = Json::object([
            ("v", Json::Number(1)),
            ("facet", Json::Id(self.facet.uuid())),
            ("day", Json::Text(self.view.day().to_string())),
        ]);
        let head = head.to_string();
        write!(out, "{},\"classes\":[", head.strip_suffix('}').unwrap_or(&head))?;
        for (place, Row { class, state, valid, retired }) in self.rows().into_iter().enumerate() {
            let row = Json::object([
                ("id", Json::Id(class.uuid())),
                ("valid", period_json(valid)),
                ("retired", Json::Bool(retired)),
                ("state", fields_json(Kind::Class, &state.into_fields())),
            ]);
            write!(out, "{}\n{row}", if place > 0 { "," } else { "" })?;
        }
        writeln!(out, "\n]}}")
    }
}

//! The classes of a facet as a SKOS concept scheme in Turtle. Ids are `urn:uuid:` names, texts are Danish.
//!
//! Sources: SKOS Reference (W3C, 2009); DCMI Metadata Terms for validity, succession and sources; DCMI Period, whose end is
//! the last day.

use std::io::{self, Write};

use uuid::Uuid;

use super::export::{ClassExport, Row};
use super::{ClassNotes, LegalSource};
use crate::model::ClassId;
use crate::time::Period;

const PREFIXES: &str = "\
@prefix dcterms: <http://purl.org/dc/terms/> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
";

impl ClassExport<'_> {
    /// Writes a SKOS concept scheme in Turtle: the facet with its classes as concepts.
    ///
    /// The key is the notation, the title the preferred label, keywords are alternative labels, guidance is the scope note.
    /// A class whose parent is not among those written is a top concept. Retired classes are deprecated.
    ///
    /// # Errors
    /// When the output fails.
    pub fn skos(&self, out: &mut dyn Write) -> io::Result<()> {
        let rows = self.rows();
        let written: std::collections::HashSet<Uuid> = rows.iter().map(|row| row.class.uuid()).collect();
        let scheme = self.facet.uuid();
        writeln!(out, "{PREFIXES}")?;
        let mut concept = Subject::new(out, scheme, "skos:ConceptScheme")?;
        if let Some(facet) = self.view.get(self.facet) {
            concept.text("skos:notation", &facet.user_key, "")?;
            if let Some(description) = facet.description {
                concept.text("dcterms:description", &description, "@da")?;
            }
        }
        concept.end()?;
        for Row { class, state, valid, retired } in rows {
            let notes = ClassNotes::of(&state);
            let mut concept = Subject::new(out, class.uuid(), "skos:Concept")?;
            concept.reference("skos:inScheme", scheme)?;
            match state.parent.map(ClassId::uuid).filter(|parent| written.contains(parent)) {
                Some(parent) => concept.reference("skos:broader", parent)?,
                None => concept.reference("skos:topConceptOf", scheme)?,
            }
            concept.text("skos:notation", &state.user_key, "")?;
            concept.text("skos:prefLabel", &state.name, "@da")?;
            // SKOS forbids the preferred label among the alternative ones.
            let mut keywords: Vec<&str> = notes.keywords.iter().map(|keyword| &*keyword.text).collect();
            keywords.sort_unstable();
            keywords.dedup();
            for keyword in keywords.into_iter().filter(|keyword| **keyword != *state.name) {
                concept.text("skos:altLabel", keyword, "@da")?;
            }
            if !notes.guidance.is_empty() {
                concept.text("skos:scopeNote", &notes.guidance, "@da")?;
            }
            for source in &notes.legal_sources {
                concept.text("dcterms:source", &source.cited(), "@da")?;
            }
            for day in &notes.changed {
                concept.text("dcterms:modified", &day.to_string(), "^^xsd:date")?;
            }
            concept.text("dcterms:valid", &dcmi_period(valid), "^^dcterms:Period")?;
            for successor in &state.replaced_by {
                concept.reference("dcterms:isReplacedBy", successor.uuid())?;
            }
            if retired {
                concept.statement("owl:deprecated", "true")?;
            }
            concept.end()?;
        }
        Ok(())
    }
}

impl LegalSource {
    /// The source as a lawyer cites it, with its accession number.
    pub(super) fn cited(&self) -> String {
        let mut cited = self.title.clone();
        for (before, part, after) in [(" ", &self.section, ""), (" (", &self.accession, ")")] {
            if let Some(part) = part {
                cited.push_str(before);
                cited.push_str(part);
                cited.push_str(after);
            }
        }
        cited
    }
}

fn dcmi_period(period: Period) -> String {
    let mut text = String::new();
    for (name, day) in [("start", period.from()), ("end", period.last_day())] {
        if let Some(day) = day {
            text.extend([name, "=", &day.to_string(), "; "]);
        }
    }
    text + "scheme=W3C-DTF;"
}

/// The statements about one subject.
struct Subject<'o> {
    out: &'o mut dyn Write,
}

impl<'o> Subject<'o> {
    fn new(out: &'o mut dyn Write, id: Uuid, class: &str) -> io::Result<Subject<'o>> {
        write!(out, "<urn:uuid:{id}> a {class}")?;
        Ok(Subject { out })
    }

    fn statement(&mut self, predicate: &str, object: &str) -> io::Result<()> {
        write!(self.out, " ;\n    {predicate} {object}")
    }

    fn reference(&mut self, predicate: &str, id: Uuid) -> io::Result<()> {
        self.statement(predicate, &format!("<urn:uuid:{id}>"))
    }

    fn text(&mut self, predicate: &str, text: &str, kind: &str) -> io::Result<()> {
        let mut literal = String::with_capacity(text.len() + 8);
        literal.push('"');
        for c in text.chars() {
            match c {
                '"' => literal.push_str("\\\""),
                '\\' => literal.push_str("\\\\"),
                '\n' => literal.push_str("\\n"),
                '\r' => literal.push_str("\\r"),
                '\t' => literal.push_str("\\t"),
                c if c.is_ascii_control() => literal.extend(["\\u", &format!("{:04X}", u32::from(c))]),
                c => literal.push(c),
            }
        }
        literal.push('"');
        literal.push_str(kind);
        self.statement(predicate, &literal)
    }

    fn end(self) -> io::Result<()> {
        self.out.write_all(b" .\n\n")
    }
}

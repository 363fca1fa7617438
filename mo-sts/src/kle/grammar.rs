//! What may stand in each element of a KLE file, as tables. Source: KL's schemas of the plan, version 2.0 (2011) and REST
//! "fuld" (2016, with what 1.3 adds); for action facets, of which no schema is public, files that others have read.

/// When an element must be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Need {
    Always,
    /// In version 2.0 only.
    V2_0,
    Never,
}

/// How often an element may be there.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Often {
    Once,
    /// Once in version 2.0, as often as it likes in the REST form.
    OnceInV2_0,
    Any,
}

/// An element that may stand among others.
#[derive(Debug, Clone, Copy)]
pub(super) struct Slot {
    pub(super) name: &'static str,
    pub(super) part: Part,
    pub(super) need: Need,
    pub(super) often: Often,
}

/// What an element is, whatever the level it belongs to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    Published,
    Number,
    Title,
    Guidance,
    LegalSource,
    Dates,
    Preservation,
    Deletion,
    Selection,
    Keyword,
    ActionKeyword,
    Uuid,
    Child(usize),
    Text(usize),
}

const fn must(name: &'static str, part: Part) -> Slot {
    Slot { name, part, need: Need::Always, often: Often::Once }
}

const fn v2(name: &'static str, part: Part) -> Slot {
    Slot { name, part, need: Need::V2_0, often: Often::Once }
}

const fn may(name: &'static str, part: Part) -> Slot {
    Slot { name, part, need: Need::Never, often: Often::Once }
}

const fn any(name: &'static str, part: Part) -> Slot {
    Slot { name, part, need: Need::Never, often: Often::Any }
}

const fn children(name: &'static str, level: usize) -> Slot {
    Slot { name, part: Part::Child(level), need: Need::V2_0, often: Often::Any }
}

const fn selection(name: &'static str) -> Slot {
    Slot { name, part: Part::Selection, need: Need::Never, often: Often::OnceInV2_0 }
}

/// The documents, by their outermost element, with the places of their top levels in [`LEVELS`].
pub(super) const ROOTS: &[(&str, &[Slot])] = &[
    ("KLE-Emneplan", &[must("UdgivelsesDato", Part::Published), children("Hovedgruppe", 0)]),
    (
        "KLE-Handlingsfacetter",
        &[must("UdgivelsesDato", Part::Published), children("HandlingsfacetKategori", 3)],
    ),
];

/// The levels in the order of [`Level`](super::Level).
pub(super) const LEVELS: [&[Slot]; 5] = [
    &[
        must("HovedgruppeNr", Part::Number),
        must("HovedgruppeTitel", Part::Title),
        v2("HovedgruppeVejledning", Part::Guidance),
        must("HovedgruppeAdministrativInfo", Part::Dates),
        selection("HovedgruppeFilter"),
        any("HovedgruppeStikord", Part::Keyword),
        may("UUID", Part::Uuid),
        children("Gruppe", 1),
    ],
    &[
        must("GruppeNr", Part::Number),
        must("GruppeTitel", Part::Title),
        may("GruppeVejledning", Part::Guidance),
        any("GruppeRetskildeReference", Part::LegalSource),
        must("GruppeAdministrativInfo", Part::Dates),
        selection("GruppeFilter"),
        any("GruppeStikord", Part::Keyword),
        may("UUID", Part::Uuid),
        children("Emne", 2),
    ],
    &[
        must("EmneNr", Part::Number),
        must("EmneTitel", Part::Title),
        may("EmneVejledning", Part::Guidance),
        any("EmneRetskildeReference", Part::LegalSource),
        must("EmneAdministrativInfo", Part::Dates),
        v2("BevaringJaevnfoerArkivloven", Part::Preservation),
        may("SletningJaevnfoerPersondataloven", Part::Deletion),
        selection("EmneFilter"),
        any("EmneStikord", Part::Keyword),
        any("EmneOgHandlingsfacetStikord", Part::ActionKeyword),
        may("UUID", Part::Uuid),
    ],
    &[
        must("HandlingsfacetKategoriNr", Part::Number),
        must("HandlingsfacetKategoriTitel", Part::Title),
        may("HandlingsfacetKategoriVejledning", Part::Guidance),
        must("HandlingsfacetKategoriAdministrativInfo", Part::Dates),
        any("HandlingsfacetKategoriStikord", Part::Keyword),
        may("UUID", Part::Uuid),
        children("Handlingsfacet", 4),
    ],
    &[
        must("HandlingsfacetNr", Part::Number),
        must("HandlingsfacetTitel", Part::Title),
        may("BevaringJaevnfoerArkivloven", Part::Preservation),
        may("SletningJaevnfoerPersondataloven", Part::Deletion),
        may("HandlingsfacetVejledning", Part::Guidance),
        must("HandlingsfacetAdministrativInfo", Part::Dates),
        any("HandlingsfacetStikord", Part::Keyword),
        may("UUID", Part::Uuid),
    ],
];

pub(super) const GUIDANCE: &[Slot] = &[must("VejledningTekst", Part::Text(0))];

/// Repeated as a whole in version 2.0.
pub(super) const LEGAL_SOURCE: &[Slot] = &[
    must("RetskildeTitel", Part::Text(0)),
    may("ParagrafEllerKapitel", Part::Text(1)),
    v2("RetsinfoAccessionsNr", Part::Text(2)),
    may("RetsinfoURL", Part::Text(3)),
];

pub(super) const SELECTION: &[Slot] =
    &[Slot { name: "FilterTitel", part: Part::Text(0), need: Need::V2_0, often: Often::Any }];

pub(super) const KEYWORD: &[Slot] =
    &[may("Orden", Part::Text(0)), must("Tekst", Part::Text(1)), may("HandlingsfacetNr", Part::Text(2))];

pub(super) const DATES: &[Slot] =
    &[must("OprettetDato", Part::Text(0)), any("RettetDato", Part::Text(1)), may("Historisk", Part::Text(2))];

/// Exactly one of them.
pub(super) const HISTORY: &[Slot] = &[may("UdgaaetDato", Part::Text(0)), may("Flyttet", Part::Text(1))];

pub(super) const MOVED: &[Slot] = &[must("FlyttetDato", Part::Text(0)), any("AfloestAf", Part::Text(1))];

/// Exactly one of them.
pub(super) const SUCCESSOR: &[Slot] = &[
    may("HovedgruppeNr", Part::Text(0)),
    may("GruppeNr", Part::Text(1)),
    may("EmneNr", Part::Text(2)),
    may("HandlingsfacetNr", Part::Text(4)),
];

/// Whether a text is a number of a level, by its place in [`LEVELS`], and what it should be.
pub(super) fn number(level: usize, text: &str) -> Result<(), &'static str> {
    let digits = |part: &str| part.len() == 2 && part.bytes().all(|byte| byte.is_ascii_digit());
    let pairs = |count: usize| text.split('.').count() == count && text.split('.').all(digits);
    let letter = |text: &str| {
        let mut chars = text.chars();
        matches!(chars.next(), Some('A'..='Z' | 'Æ' | 'Ø' | 'Å')).then(|| chars.as_str().to_owned())
    };
    let (fits, expected) = match level {
        0 => (pairs(1), "the number of a main group, such as 28"),
        1 => (pairs(2), "the number of a group, such as 28.06"),
        2 => (pairs(3), "the number of a topic, such as 28.06.12"),
        3 => (letter(text).is_some_and(|rest| rest.is_empty()), "the letter of a category, such as G"),
        _ => (letter(text).is_some_and(|rest| digits(&rest)), "the number of an action facet, such as G01"),
    };
    if fits { Ok(()) } else { Err(expected) }
}

/// Whether a text is a duration of XML Schema (part 2, section 3.2.6), such as `P1825D` or `P5Y`.
pub(super) fn is_duration(text: &str) -> bool {
    let positive = text.strip_prefix('-').unwrap_or(text);
    let Some(parts) = positive.strip_prefix('P') else { return false };
    let (days, time) = match parts.split_once('T') {
        Some((days, time)) => (days, Some(time)),
        None => (parts, None),
    };
    let designated = |mut text: &str, units: &str| {
        let mut units = units.chars();
        let mut count = 0;
        while !text.is_empty() {
            let digits = text.len() - text.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.').len();
            let (number, rest) = text.split_at(digits);
            let mut rest = rest.chars();
            let unit = rest.next()?;
            let whole = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
            let fits = whole
                || (unit == 'S'
                    && number.parse::<f64>().is_ok()
                    && !number.starts_with('.')
                    && !number.ends_with('.'));
            if !fits || !units.any(|next| next == unit) {
                return None;
            }
            count += 1;
            text = rest.as_str();
        }
        Some(count)
    };
    match (designated(days, "YMD"), time.map(|time| designated(time, "HMS"))) {
        (Some(days), None) => days > 0,
        (Some(_), Some(Some(time))) => time > 0,
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_has_the_form_of_its_level() {
        let fits =
            |text: &str| -> Vec<usize> { (0..5).filter(|level| number(*level, text).is_ok()).collect() };
        for (text, levels) in [
            ("28", vec![0]),
            ("28.06", vec![1]),
            ("28.06.12", vec![2]),
            ("Ø", vec![3]),
            ("Å40", vec![4]),
            ("28.06.12.01", vec![]),
            ("28.6", vec![]),
            ("g01", vec![]),
            ("G1", vec![]),
            ("G٠١", vec![]),
            ("", vec![]),
            (" 28", vec![]),
        ] {
            assert_eq!(fits(text), levels, "{text:?}");
        }
    }

    #[test]
    fn durations_are_those_of_xml_schema() {
        for text in ["P1825D", "P5Y", "P1Y2M3D", "PT1H", "P1DT1M1.5S", "-P1D"] {
            assert!(is_duration(text), "{text}");
        }
        for text in
            ["", "P", "1825D", "P1825", "P1D1Y", "P1DT", "PT", "P1.5D", "P1X", "PD", "P1DT1D", "PT.5S", "P٣D"]
        {
            assert!(!is_duration(text), "{text}");
        }
    }
}

//! What the cells of a tag sheet may say: units by id, key or name, numbers, aspects, days, and the headers of columns; and
//! what may have been meant by a text that says none of it.

use std::collections::BTreeMap;

use uuid::Uuid;

use crate::classification::{ALIKE, ClassIndex, KLE_FACET, likeness};
use crate::danish::fold;
use crate::model::value::{KleNumber, Text};
use crate::model::{ClassId, FacetId, Kind, KleAspect, UnitId};
use crate::state::View;
use crate::time::{Day, Period};

/// At most so many are suggested.
const SUGGESTED: usize = 3;

/// The headers of each column; folded they are compared.
pub(super) const HEADERS: [(Role, &[&str]); 6] = [
    (Role::Unit, &["unit", "enhed"]),
    (Role::Number, &["number", "nummer", "KLE-nummer", "KLE", "KLE number"]),
    (Role::Aspects, &["aspects", "aspekter", "aspekt", "aspect", "opgave"]),
    (Role::From, &["valid_from", "gyldig fra", "fra", "from"]),
    (Role::Until, &["valid_until", "ophører", "until"]),
    (Role::LastDay, &["last_day", "til og med", "last day"]),
];

/// What a column says.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Role {
    Unit,
    Number,
    Aspects,
    From,
    /// The first day on which it is no more.
    Until,
    LastDay,
}

const ASPECTS: [(&str, KleAspect); 9] = [
    ("Ansvarlig", KleAspect::Responsible),
    ("Udførende", KleAspect::Performing),
    ("Indsigt", KleAspect::Insight),
    ("responsible", KleAspect::Responsible),
    ("performing", KleAspect::Performing),
    ("insight", KleAspect::Insight),
    ("a", KleAspect::Responsible),
    ("u", KleAspect::Performing),
    ("i", KleAspect::Insight),
];

/// The units and numbers that a sheet of a day may name.
pub(super) struct Names<'v> {
    view: &'v View,
    /// Every name and key that a unit has on the day or later, folded, with how it is written.
    units: BTreeMap<String, Vec<(UnitId, Text)>>,
    index: ClassIndex,
}

impl Names<'_> {
    pub(super) fn of(view: &View) -> Names<'_> {
        let snapshot = view.snapshot();
        let mut units: BTreeMap<String, Vec<(UnitId, Text)>> = BTreeMap::new();
        let tables = snapshot.tables();
        for unit in tables.of_kind(Kind::Unit).map(|ix| UnitId::new(tables.id(ix))) {
            for (_, state) in snapshot.timeline(unit).pieces_in(Period::since(view.day())) {
                for name in [Some(&state.name), state.user_key.as_ref()].into_iter().flatten() {
                    let entry = units.entry(fold(name)).or_default();
                    if !entry.iter().any(|(other, _)| *other == unit) {
                        entry.push((unit, name.clone()));
                    }
                }
            }
        }
        for found in units.values_mut() {
            found.sort_unstable();
        }
        let facet = snapshot.facets_with_key(KLE_FACET).first().copied();
        let index = ClassIndex::new(view, facet.unwrap_or(FacetId::new(Uuid::nil())));
        Names { view, units, index }
    }

    /// # Errors
    /// Why the text is not one unit, and which may have been meant.
    pub(super) fn unit(&self, text: &str) -> Result<UnitId, String> {
        let day = self.view.day();
        if let Ok(id) = Uuid::try_parse(text) {
            let unit = UnitId::new(id);
            let life = self.view.snapshot().timeline(unit);
            let lives = life.pieces_in(Period::since(day)).next().is_some();
            return lives.then_some(unit).ok_or_else(|| format!("is the id of no unit on {day} or later"));
        }
        let folded = fold(text);
        let Some(called) = self.units.get(&folded) else {
            let name = |units: &[(UnitId, Text)]| units.first().map(|(_, name)| name.to_string());
            let all = self.units.iter().filter_map(|(key, units)| Some((key.as_str(), name(units)?)));
            return Err(format!("is no unit on {day} or later{}", did_you_mean(&similar(&folded, all))));
        };
        if let [(unit, _)] = called.as_slice() {
            return Ok(*unit);
        }
        // Of names that differ in their letters alone the one that is written like this.
        let exact: Vec<UnitId> =
            called.iter().filter(|(_, name)| name.trim() == text).map(|(unit, _)| *unit).collect();
        if let [unit] = exact.as_slice() {
            return Ok(*unit);
        }
        let units: Vec<String> = called.iter().map(|(unit, _)| self.described(*unit)).collect();
        Err(format!("is what several units are called; write the id of one: {}", units.join(", ")))
    }

    /// The id of a unit and what tells it apart.
    fn described(&self, unit: UnitId) -> String {
        let timeline = self.view.snapshot().timeline(unit);
        let state = timeline.pieces_in(Period::since(self.view.day())).next().map(|(_, state)| state.clone());
        match state.as_ref().and_then(|state| state.user_key.as_ref()) {
            Some(key) => format!("{unit} (key {key})"),
            None => unit.to_string(),
        }
    }

    /// The classes that ever had a number, the ones valid on the day or later first.
    ///
    /// # Errors
    /// Why the text is no number of KLE, and which may have been meant.
    pub(super) fn number(&self, text: &str) -> Result<Vec<ClassId>, String> {
        let number: KleNumber = text.parse().map_err(|_| {
            let hint = "is not a KLE number, such as 28, 28.06 or 28.06.12 (a spreadsheet may have cut zeros off: \
                        format the column as text)";
            format!("{hint}{}", did_you_mean(&self.numbers_like(text)))
        })?;
        let snapshot = self.view.snapshot();
        let mut classes = snapshot.classes_with_key(KLE_FACET, &number.to_string());
        if classes.is_empty() {
            return Err(format!("is no number of KLE{}", did_you_mean(&self.numbers_like(text))));
        }
        let day = Period::since(self.view.day());
        classes.sort_by_key(|class| snapshot.timeline(*class).pieces_in(day).next().is_none());
        Ok(classes)
    }

    /// Numbers and titles that are like a text, of the day.
    fn numbers_like(&self, text: &str) -> Vec<String> {
        let mut hits = self.index.similar(text, SUGGESTED);
        if hits.is_empty() && text.chars().any(char::is_alphabetic) {
            hits = self.index.search(text);
        }
        hits.into_iter().take(SUGGESTED).map(|hit| format!("{} {}", hit.key, hit.title)).collect()
    }

    /// A class with its number and title, as they are or were last.
    pub(super) fn class(&self, class: ClassId) -> String {
        let timeline = self.view.snapshot().timeline(class);
        let state = timeline.get(self.view.day()).or_else(|| timeline.last().map(|(_, state)| state));
        state.map_or_else(|| class.to_string(), |state| format!("{} {}", state.user_key, state.name))
    }
}

/// # Errors
/// Which word is no aspect, and which may have been meant.
pub(super) fn aspects(text: &str) -> Result<Vec<KleAspect>, String> {
    let words = text.split([',', ';', '/', '+', '|', '\n']).map(str::trim).filter(|word| !word.is_empty());
    let mut found = Vec::new();
    for word in words {
        let folded = fold(word);
        let Some((_, aspect)) = ASPECTS.iter().find(|(name, _)| fold(name) == folded) else {
            let names = ASPECTS.iter().take(6).map(|(name, _)| (*name, (*name).to_owned()));
            let mean = did_you_mean(&similar(&folded, names));
            let word = crate::quote(word);
            return Err(format!(
                "{word:?} is no aspect; write Ansvarlig, Udførende or Indsigt, with commas between{mean}"
            ));
        };
        found.push(*aspect);
    }
    if found.is_empty() { Err("must name at least one aspect".to_owned()) } else { Ok(found) }
}

/// A day as `2025-06-01`, or as Danish spreadsheets write it, `01-06-2025` or `1.6.2025`.
///
/// # Errors
/// That it is none.
pub(super) fn day(text: &str) -> Result<Day, String> {
    if let Ok(day) = text.parse::<Day>() {
        return Ok(day);
    }
    let danish = || {
        let mut parts = text.split(['-', '.']);
        let (day, month, year) = (parts.next()?, parts.next()?, parts.next()?);
        let fits = year.len() == 4 && parts.next().is_none() && (1..=2).contains(&day.len());
        fits.then(|| Day::from_ymd(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?).ok())?
    };
    danish().ok_or_else(|| "is no day; write it as 2025-06-01 or 01-06-2025".to_owned())
}

/// What a header says; `Err` holds what may have been meant by one that says nothing.
pub(super) fn role(header: &str) -> Result<Role, Option<&'static str>> {
    let folded = fold(header);
    let all = || HEADERS.iter().flat_map(|(role, names)| names.iter().map(|name| (*role, *name)));
    if let Some((role, _)) = all().find(|(_, name)| fold(name) == folded) {
        return Ok(role);
    }
    let alike = all().map(|(_, name)| (likeness(&folded, &fold(name)), name));
    let best = alike.max_by(|(a, _), (b, _)| a.total_cmp(b));
    Err(best.filter(|(likeness, _)| *likeness >= ALIKE).map(|(_, name)| name))
}

/// The names that are most like a text, most like first.
fn similar<'a>(folded: &str, names: impl Iterator<Item = (&'a str, String)>) -> Vec<String> {
    let mut close: Vec<(f64, String)> = Vec::new();
    for (key, shown) in names {
        let alike = likeness(folded, &fold(key));
        if alike >= ALIKE {
            close.push((alike, shown));
        }
    }
    close.sort_by(|(a, one), (b, other)| b.total_cmp(a).then_with(|| one.cmp(other)));
    close.dedup_by(|(_, one), (_, other)| one == other);
    close.into_iter().take(SUGGESTED).map(|(_, name)| name).collect()
}

pub(super) fn did_you_mean(similar: &[String]) -> String {
    if similar.is_empty() { String::new() } else { format!("; did you mean {}?", similar.join(" or ")) }
}

//! [`write_tags`]: the KLE tags of a registry as CSV, in the form that [`TagReader`](super::TagReader) reads.

use std::collections::{BTreeMap, BTreeSet};
use std::io::{self, Write};

use crate::danish::{self, SortKey};
use crate::model::{ClassId, Kind, KleAspect, KleTag, KleTagId, UnitId};
use crate::state::{Pick, View};
use crate::time::{Day, Period};
use crate::timeline::Timeline;

/// The tags of a unit with one number, over time: what of it a row says is a period with the same aspects.
type Lines = BTreeMap<(UnitId, ClassId), Timeline<BTreeSet<KleAspect>>>;

/// Writes every tag that holds on the view's day or later, by unit, number and day, under a header: the unit by its id,
/// beside it its name; the number, beside it its title; the aspects; the first day, and the first day on which it is no
/// more (an empty cell: no end). Periods are whole, also what of them was before the day.
///
/// Several tags of a unit with the same number are one line.
///
/// # Errors
/// When the output fails.
pub fn write_tags(view: &View, out: &mut dyn Write) -> io::Result<()> {
    let mut csv = csv::Writer::from_writer(out);
    csv.write_record(["unit", "unit_name", "number", "title", "aspects", "valid_from", "valid_until"])?;
    let mut rows: Vec<((SortKey, UnitId, String), [String; 7])> = Vec::new();
    let since = Period::since(view.day());
    for ((unit, class), line) in lines(view) {
        let nearest = Pick::CurrentElseNextElseLast;
        let name = view.pick(unit, nearest).map(|(_, unit)| unit.name.to_string()).unwrap_or_default();
        let class = view.pick(class, nearest).map(|(_, class)| class);
        let (number, title) =
            class.map(|class| (class.user_key.to_string(), class.name.to_string())).unwrap_or_default();
        for (period, aspects) in line.iter().filter(|(period, _)| period.overlaps(since)) {
            let words: Vec<&str> = aspects.iter().map(|aspect| aspect.name()).collect();
            let day = |day: Option<Day>| day.map(|day| day.to_string()).unwrap_or_default();
            let row = [
                unit.to_string(),
                name.clone(),
                number.clone(),
                title.clone(),
                words.join(", "),
                day(period.from()),
                day(period.until()),
            ];
            rows.push(((danish::sort_key(&name), unit, number.clone()), row));
        }
    }
    // Stable: the periods of a line stay in order.
    rows.sort_by(|(one, _), (other, _)| one.cmp(other));
    for (_, row) in rows {
        csv.write_record(row)?;
    }
    csv.flush()
}

fn lines(view: &View) -> Lines {
    let tables = view.snapshot().tables();
    let mut lines = Lines::new();
    for tag in tables.of_kind(Kind::KleTag).map(|ix| KleTagId::new(tables.id(ix))) {
        for (period, state) in &view.snapshot().timeline(tag) {
            let KleTag { unit, class, aspects, .. } = state;
            let line = lines.entry((*unit, *class)).or_default();
            let both = |one: Option<&BTreeSet<KleAspect>>, other: Option<&BTreeSet<KleAspect>>| {
                let all: BTreeSet<KleAspect> = one.into_iter().chain(other).flatten().copied().collect();
                (!all.is_empty()).then_some(all)
            };
            *line = line.merge(&Timeline::single(period, aspects.clone()), both);
        }
    }
    lines
}

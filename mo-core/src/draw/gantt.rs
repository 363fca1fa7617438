//! [`Gantt`]: timelines as rows over one axis of change points.

use std::fmt;

use super::svg::{self, Color, Svg};
use super::{LABEL, ROWS, fitted, padded};
use crate::time::{Day, OPEN_END, OPEN_START, Period};
use crate::timeline::Timeline;

/// Timelines as rows over one axis. The axis shows change points in even steps, not days to scale: what matters is what
/// comes before what.
///
/// ```
/// use mo_core::draw::Gantt;
/// use mo_core::time::{Day, Period};
/// use mo_core::timeline::Timeline;
///
/// let (a, b): (Day, Day) = ("2020-01-01".parse()?, "2026-01-01".parse()?);
/// let mut name = Timeline::single(Period::since(a), "Skole");
/// name.insert(Period::since(b), "Skole og Dagtilbud");
/// let picture = Gantt::new().row("name", &name);
/// assert_eq!(
///     picture.to_string(),
///     "      2020-01-01          2026-01-01\n\
///      name  Skole ───────────── Skole og Dagtilbud …\n"
/// );
/// assert!(picture.to_svg().starts_with("<svg"));
/// # Ok::<(), mo_core::time::DayError>(())
/// ```
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Gantt {
    rows: Vec<Row>,
    /// How many rows are drawn, where it is not [`ROWS`].
    limit: Option<usize>,
}

#[derive(Debug, Clone, PartialEq, Eq)]
struct Row {
    label: String,
    pieces: Vec<(Period, String)>,
}

/// The widest a column is drawn, in characters.
const WIDEST: usize = 28;
/// The widest a label is drawn as SVG, in characters.
const WIDEST_SVG: usize = 70;

impl Gantt {
    /// Without rows yet.
    pub fn new() -> Gantt {
        Gantt::default()
    }

    /// With one more row.
    #[must_use]
    pub fn row<T: fmt::Display>(mut self, label: impl Into<String>, timeline: &Timeline<T>) -> Gantt {
        let pieces = timeline.iter().map(|(period, value)| (period, value.to_string())).collect();
        self.rows.push(Row { label: label.into(), pieces });
        self
    }

    /// With one more row that marks periods with one text.
    #[must_use]
    pub fn mark(mut self, label: impl Into<String>, text: &str, periods: &[Period]) -> Gantt {
        let pieces = periods.iter().map(|period| (*period, text.to_owned())).collect();
        self.rows.push(Row { label: label.into(), pieces });
        self
    }

    /// The same picture with at most this many rows drawn, instead of [`ROWS`].
    #[must_use]
    pub fn up_to(self, rows: usize) -> Gantt {
        Gantt { limit: Some(rows), ..self }
    }

    /// The rows that are drawn.
    fn shown(&self) -> impl Iterator<Item = &Row> {
        self.rows.iter().take(self.limit.unwrap_or(ROWS))
    }

    /// How many are not.
    fn hidden(&self) -> usize {
        self.rows.len().saturating_sub(self.limit.unwrap_or(ROWS))
    }

    /// Every end of a piece that is drawn, in order; open ends as the sentinels of `Period`.
    fn axis(&self) -> Vec<i32> {
        let pieces = self.shown().flat_map(|row| &row.pieces);
        let mut axis: Vec<i32> = pieces.flat_map(|(period, _)| [period.raw().0, period.raw().1]).collect();
        axis.sort_unstable();
        axis.dedup();
        axis
    }

    /// The picture as SVG, 20 pixels a row.
    pub fn to_svg(&self) -> String {
        let axis = self.axis();
        let shown = self.shown().count();
        let label = self.shown().map(|row| row.label.chars().count()).max().unwrap_or(0).min(WIDEST_SVG);
        let (left, step, height) = ((svg::width(label) + 12).max(180), 130, 20);
        let columns = i32::try_from(axis.len()).unwrap_or(i32::MAX / step).saturating_sub(1);
        let rows = i32::try_from(shown).unwrap_or(0);
        let mut svg = Svg::new(left + columns * step + 90, (rows + 2) * height + 10);
        let x = |end: i32| {
            let place = axis.partition_point(|point| *point < end);
            left + i32::try_from(place).unwrap_or(0) * step
        };
        for point in &axis {
            if let Some(day) = day_of(*point) {
                svg.text(x(*point), 14, &day.to_string());
                svg.line(x(*point), 20, x(*point), (rows + 1) * height + 4);
            }
        }
        for (number, row) in (0i32..).zip(self.shown()) {
            let y = (number + 1) * height + 4;
            svg.text(4, y + 14, &fitted(&row.label, WIDEST_SVG));
            for (period, text) in &row.pieces {
                let (from, until) = (x(period.raw().0), x(period.raw().1));
                svg.rect(from, y, until - from, height - 3, Color::of(text));
                let room = usize::try_from((until - from) / 7).unwrap_or(0);
                svg.text(from + 3, y + 14, &fitted(text, room));
            }
        }
        if self.hidden() > 0 {
            svg.text(4, (rows + 2) * height, &format!("… and {} more rows", self.hidden()));
        }
        svg.finish()
    }
}

/// The day of a point of the axis; none for open ends.
fn day_of(point: i32) -> Option<Day> {
    if point == OPEN_START || point == OPEN_END { None } else { Day::from_epoch_days(point) }
}

impl fmt::Display for Gantt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let axis = self.axis();
        let label = self.shown().map(|row| row.label.chars().count()).max().unwrap_or(0).min(LABEL) + 2;
        // A column is as wide as a day and as the texts that have only one column.
        let single = |(period, text): &(Period, String)| {
            let place = |end| axis.partition_point(|point| *point < end);
            (place(period.raw().1) - place(period.raw().0) == 1).then(|| text.chars().count())
        };
        let widest = self.shown().flat_map(|row| &row.pieces).filter_map(single).max().unwrap_or(0);
        let width = widest.clamp(10, WIDEST) + 2;
        let header: String = axis
            .iter()
            .map(|point| padded(&day_of(*point).map(|day| day.to_string()).unwrap_or_default(), width))
            .collect();
        writeln!(f, "{}{}", " ".repeat(label), header.trim_end())?;
        for row in self.shown() {
            let mut line = padded(&fitted(&row.label, LABEL), label);
            let mut column = 0;
            for (period, text) in &row.pieces {
                let place = |end| axis.partition_point(|point| *point < end);
                let (from, until) = (place(period.raw().0), place(period.raw().1));
                line.push_str(&" ".repeat((from.saturating_sub(column)) * width));
                let room = (until - from) * width;
                let mut bar = fitted(text, room.saturating_sub(2));
                bar.push(' ');
                if period.until().is_none() {
                    bar.push('…');
                } else {
                    while bar.chars().count() + 1 < room {
                        bar.push('─');
                    }
                }
                line.push_str(&padded(&bar, room));
                column = until;
            }
            writeln!(f, "{}", line.trim_end())?;
        }
        if self.hidden() > 0 {
            writeln!(f, "… and {} more rows", self.hidden())?;
        }
        Ok(())
    }
}

//! [`RectanglePicture`]: a history as rectangles, x valid time, y known time.

use std::fmt;

use super::svg::{self, Color, Svg};
use super::{Gantt, LABEL, ROWS, fitted};
use crate::history::History;
use crate::time::{Day, OPEN_END, OPEN_START, Revision};
use crate::timeline::Timeline;

/// One object's history: what was believed of which days, from when. Across run the days (valid), downwards the
/// registrations (known); each different state has a letter.
///
/// ```
/// use mo_core::draw::RectanglePicture;
/// use mo_core::history::History;
/// use mo_core::time::{Day, Period, Revision};
///
/// let (a, b): (Day, Day) = ("2020-01-01".parse()?, "2026-01-01".parse()?);
/// let mut history = History::new();
/// history.apply(Revision::new(1), [(Period::since(a), Some("Skole"))])?;
/// history.apply(Revision::new(4), [(Period::since(b), Some("Dagtilbud"))])?;
/// let picture = RectanglePicture::new(&history, |revision| format!("revision {revision}"));
/// assert_eq!(
///     picture.to_string(),
///     "            2020-01-01  2026-01-01\n\
///      revision 1  A …\n\
///      revision 4  A ───────── B …\n\
///      A  Skole\n\
///      B  Dagtilbud\n"
/// );
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct RectanglePicture {
    /// What each registration that changed the object is called, and what was believed from it on, by letter.
    beliefs: Vec<(String, Timeline<usize>)>,
    states: Vec<String>,
}

impl RectanglePicture {
    /// The picture of a history; `known` says what a revision is called at the edge.
    pub fn new<T: Clone + PartialEq + fmt::Display>(
        history: &History<T>,
        known: impl Fn(Revision) -> String,
    ) -> RectanglePicture {
        let mut revisions: Vec<Revision> =
            history.iter().flat_map(|rect| [Some(rect.known_from), rect.known_until]).flatten().collect();
        revisions.sort_unstable();
        revisions.dedup();
        let mut states: Vec<String> = Vec::new();
        let mut number = |state: &T| {
            let text = state.to_string();
            states.iter().position(|known| *known == text).unwrap_or_else(|| {
                states.push(text);
                states.len() - 1
            })
        };
        let beliefs = revisions
            .into_iter()
            .map(|revision| (known(revision), history.timeline(revision).map(&mut number)))
            .collect();
        RectanglePicture { beliefs, states }
    }

    /// The picture as SVG: boxes over the days, a band per registration.
    pub fn to_svg(&self) -> String {
        let mut axis: Vec<i32> = self
            .beliefs
            .iter()
            .take(ROWS)
            .flat_map(|(_, timeline)| {
                timeline.iter().flat_map(|(period, _)| [period.raw().0, period.raw().1])
            })
            .collect();
        axis.sort_unstable();
        axis.dedup();
        let label = self.beliefs.iter().take(ROWS).map(|(label, _)| label.chars().count()).max().unwrap_or(0);
        let (left, step, band) = ((svg::width(label.min(LABEL)) + 12).max(180), 110, 26);
        let count = |n: usize| i32::try_from(n).unwrap_or(0);
        let rows = count(self.beliefs.len().min(ROWS));
        let states = self.states.iter().enumerate().take(ROWS);
        let states = states.map(|(number, state)| format!("{}  {}", letter(number), fitted(state, 100)));
        let legend: Vec<String> = states.chain(self.left_out()).collect();
        let widest = legend.iter().map(|line| line.chars().count()).max().unwrap_or(0);
        let width = (left + count(axis.len()).max(2) * step).max(svg::width(widest) + 12);
        let mut svg = Svg::new(width, 30 + rows * band + 20 + count(legend.len()) * 18);
        let x = |end: i32| left + count(axis.partition_point(|point| *point < end)) * step;
        for point in axis.iter().filter(|point| **point != OPEN_START && **point != OPEN_END) {
            if let Some(day) = Day::from_epoch_days(*point) {
                svg.text(x(*point), 14, &day.to_string());
            }
        }
        for (row, (label, timeline)) in (0i32..).zip(self.beliefs.iter().take(ROWS)) {
            let y = 22 + row * band;
            svg.text(4, y + 17, &fitted(label, LABEL));
            for (period, state) in timeline {
                let (from, until) = (x(period.raw().0), x(period.raw().1));
                svg.rect(from, y, until - from, band, Color::number(*state));
                svg.text(from + 6, y + 17, &letter(*state));
            }
        }
        let below = 22 + rows * band + 18;
        for (line, text) in (0i32..).zip(&legend) {
            svg.text(4, below + line * 18, text);
        }
        svg.finish()
    }
}

impl RectanglePicture {
    /// What is said of the rows that are not drawn.
    fn left_out(&self) -> Vec<String> {
        let said = |n: usize, what| (n > ROWS).then(|| format!("… and {} more {what}", n - ROWS));
        [said(self.beliefs.len(), "rows"), said(self.states.len(), "states")].into_iter().flatten().collect()
    }
}

/// A, B, … Z, AA, AB, …
fn letter(number: usize) -> String {
    let last = char::from(b'A' + u8::try_from(number % 26).unwrap_or(0));
    match number / 26 {
        0 => last.to_string(),
        more => format!("{}{last}", letter(more - 1)),
    }
}

impl fmt::Display for RectanglePicture {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let rows = self.beliefs.iter().fold(Gantt::new(), |gantt, (label, timeline)| {
            gantt.row(label.clone(), &timeline.map(|state| letter(*state)))
        });
        fmt::Display::fmt(&rows, f)?;
        for (number, state) in self.states.iter().enumerate().take(ROWS) {
            writeln!(f, "{}  {}", letter(number), fitted(state, 100))?;
        }
        if self.states.len() > ROWS {
            writeln!(f, "… and {} more states", self.states.len() - ROWS)?;
        }
        Ok(())
    }
}

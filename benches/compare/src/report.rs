//! What was measured, as CSV, as one SVG plot per workload and way, and as a table of ratios.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::Path;

use crate::workload::{Way, Workload};

/// The time of one question in nanoseconds.
#[derive(Debug, Clone)]
pub struct Measured {
    pub size: usize,
    pub workload: Workload,
    pub way: Way,
    pub engine: &'static str,
    /// The least of the rounds, and the middle one.
    pub least: f64,
    pub median: f64,
    pub questions: usize,
    pub checked: usize,
}

pub fn write(out: &Path, rows: &[Measured]) -> io::Result<()> {
    fs::create_dir_all(out)?;
    let mut csv = String::from("units,workload,way,engine,ns_least,ns_median,questions,checked\n");
    for row in rows {
        let Measured { size, workload, way, engine, least, median, questions, checked } = row;
        let (workload, way) = (workload.name(), way.name());
        let _ =
            writeln!(csv, "{size},{workload},{way},{engine},{least:.1},{median:.1},{questions},{checked}");
    }
    fs::write(out.join("results.csv"), csv)?;
    fs::write(out.join("ratios.md"), ratios(rows))?;
    let mut plots: BTreeMap<(Workload, Way), Vec<&Measured>> = BTreeMap::new();
    for row in rows {
        plots.entry((row.workload, row.way)).or_default().push(row);
    }
    for ((workload, way), rows) in plots {
        fs::write(out.join(format!("{}-{}.svg", workload.name(), way.name())), plot(workload, way, &rows))?;
    }
    Ok(())
}

/// Per workload and size every engine's time, and how many times mo's it is.
pub fn ratios(rows: &[Measured]) -> String {
    let mut table = String::from(
        "| workload | way | units | engine | ns | × mo | × mo tree |\n|---|---|---|---|---|---|---|\n",
    );
    for row in rows {
        let of = |engine| {
            let same = |other: &&Measured| {
                (other.workload, other.way, other.size) == (row.workload, row.way, row.size)
                    && other.engine == engine
            };
            rows.iter()
                .find(same)
                .map_or("–".to_owned(), |other| format!("{:.2}", row.median / other.median))
        };
        let _ = writeln!(
            table,
            "| {} | {} | {} | {} | {:.1} | {} | {} |",
            row.workload.name(),
            row.way.name(),
            row.size,
            row.engine,
            row.median,
            of("mo"),
            of("mo tree"),
        );
    }
    table.push_str(
        "\nGrowth: how many times the ratio of mo's tree to the bare array is that of the smallest size.\n\n",
    );
    table.push_str("| workload | way | units | growth |\n|---|---|---|---|\n");
    for row in rows.iter().filter(|row| row.engine == "mo tree") {
        let ratio = |size: usize| {
            let find = |engine| {
                rows.iter()
                    .find(|r| (r.workload, r.way, r.size, r.engine) == (row.workload, row.way, size, engine))
            };
            Some(find("mo tree")?.median / find("bare array")?.median)
        };
        let smallest = rows.iter().map(|row| row.size).min().unwrap_or(0);
        if let (Some(now), Some(then)) = (ratio(row.size), ratio(smallest)) {
            let (workload, way) = (row.workload.name(), row.way.name());
            let _ = writeln!(table, "| {workload} | {way} | {} | {:.2} |", row.size, now / then);
        }
    }
    table
}

const COLORS: [&str; 6] = ["#1b6ca8", "#2a9d54", "#444444", "#b8651b", "#a8324a", "#6b4ba8"];

/// Time over size, both in powers of ten.
fn plot(workload: Workload, way: Way, rows: &[&Measured]) -> String {
    let (width, height, left, bottom) = (640.0, 400.0, 70.0, 350.0);
    let log = |value: f64| value.max(0.1).log10();
    let bounds = |of: &dyn Fn(&Measured) -> f64| {
        let all = rows.iter().map(|row| log(of(row)));
        let (low, high) = all.fold((f64::MAX, f64::MIN), |(low, high), v| (low.min(v), high.max(v)));
        (low.floor(), high.ceil().max(low.floor() + 1.0))
    };
    let (x_low, x_high) = bounds(&|row| row.size as f64);
    let (y_low, y_high) = bounds(&|row| row.median);
    let x = |size: f64| left + (log(size) - x_low) / (x_high - x_low) * (width - left - 150.0);
    let y = |time: f64| bottom - (log(time) - y_low) / (y_high - y_low) * (bottom - 40.0);
    let mut svg = format!(
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{width}\" height=\"{height}\" font-family=\"sans-serif\" font-size=\"12\">\n\
         <rect width=\"100%\" height=\"100%\" fill=\"white\"/>\n\
         <text x=\"{left}\" y=\"22\" font-size=\"15\">{} ({}): ns a question over units</text>\n",
        workload.name(),
        way.name(),
    );
    let mut power = y_low;
    while power <= y_high {
        let at = y(10f64.powf(power));
        let _ = writeln!(
            svg,
            "<line x1=\"{left}\" x2=\"{}\" y1=\"{at:.1}\" y2=\"{at:.1}\" stroke=\"#ddd\"/><text x=\"8\" y=\"{:.1}\">10^{power} ns</text>",
            width - 150.0,
            at + 4.0,
        );
        power += 1.0;
    }
    let mut lines: Vec<(&str, Vec<&&Measured>)> = Vec::new();
    for row in rows {
        match lines.iter_mut().find(|(engine, _)| *engine == row.engine) {
            Some((_, line)) => line.push(row),
            None => lines.push((row.engine, vec![row])),
        }
    }
    for (number, (engine, line)) in lines.iter().enumerate() {
        let color = COLORS[number % COLORS.len()];
        let points: Vec<String> =
            line.iter().map(|row| format!("{:.1},{:.1}", x(row.size as f64), y(row.median))).collect();
        let _ = writeln!(
            svg,
            "<polyline points=\"{}\" fill=\"none\" stroke=\"{color}\" stroke-width=\"2\"/>",
            points.join(" ")
        );
        for (row, point) in line.iter().zip(&points) {
            let (px, py) = point.split_once(',').unwrap_or(("0", "0"));
            let _ = writeln!(
                svg,
                "<circle cx=\"{px}\" cy=\"{py}\" r=\"3\" fill=\"{color}\"><title>{} units: {:.1} ns</title></circle>",
                row.size, row.median,
            );
        }
        let at = 50 + 18 * number;
        let _ = writeln!(svg, "<text x=\"{}\" y=\"{at}\" fill=\"{color}\">{engine}</text>", width - 140.0);
    }
    for size in [1_000_u32, 10_000, 100_000, 1_000_000] {
        let at = x(f64::from(size));
        if (left..=width - 149.0).contains(&at) {
            let _ = writeln!(
                svg,
                "<text x=\"{at:.1}\" y=\"{}\" text-anchor=\"middle\">{size}</text>",
                bottom + 20.0
            );
        }
    }
    svg.push_str("</svg>\n");
    svg
}

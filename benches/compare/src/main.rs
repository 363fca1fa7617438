//! The rivals side by side: one municipality, the same questions to every engine in one run, each answer checked against a
//! slow oracle before any time counts. See README.md.

mod engines;
mod oracle;
mod over;
mod report;
mod town;
mod workload;

use std::error::Error;
use std::path::PathBuf;
use std::time::Instant;

use engines::Engine;
use engines::{array::Array, graph::Graph, mo, sqlite::Sqlite};
use oracle::Oracle;
use report::Measured;
use town::{Draw, Town, questions};
use workload::{Question, Way, Workload};

const USAGE: &str = "\
Usage: mo-compare [--sizes N,N,…] [--rounds N] [--out DIR] [--seed S] [--only WORKLOAD]

  --sizes   how many units; 1000,10000,100000 when left out (1000000 takes long)
  --rounds  how often everything is measured, engines in turn; 5 when left out
  --out     where results.csv, ratios.md and the plots go; out when left out
  --seed    another number is another municipality; 7 when left out
  --only    this workload alone
";

/// How long one engine is asked in one round, in nanoseconds: after that the rest of the questions is left out.
const BUDGET: u128 = 200_000_000;

struct Options {
    sizes: Vec<usize>,
    rounds: usize,
    out: PathBuf,
    seed: u64,
    only: Option<String>,
}

fn options() -> Result<Option<Options>, Box<dyn Error>> {
    let mut options =
        Options { sizes: vec![1_000, 10_000, 100_000], rounds: 5, out: "out".into(), seed: 7, only: None };
    let mut arguments = std::env::args().skip(1);
    while let Some(argument) = arguments.next() {
        let mut value = || arguments.next().ok_or(format!("{argument} needs a value"));
        match argument.as_str() {
            "--help" => return Ok(None),
            "--sizes" => options.sizes = value()?.split(',').map(str::parse).collect::<Result<_, _>>()?,
            "--rounds" => options.rounds = value()?.parse::<usize>()?.max(1),
            "--out" => options.out = value()?.into(),
            "--seed" => options.seed = value()?.parse()?,
            "--only" => options.only = Some(value()?),
            other => return Err(format!("what is {other}?").into()),
        }
    }
    Ok(Some(options))
}

fn main() -> Result<(), Box<dyn Error>> {
    let Some(options) = options()? else {
        print!("{USAGE}");
        return Ok(());
    };
    let mut rows = Vec::new();
    for size in &options.sizes {
        compare(*size, &options, &mut rows)?;
        report::write(&options.out, &rows)?;
    }
    println!("{}", report::ratios(&rows));
    Ok(())
}

fn compare(size: usize, options: &Options, rows: &mut Vec<Measured>) -> Result<(), Box<dyn Error>> {
    let start = Instant::now();
    let town = Town::new(size, options.seed);
    let (versions, edges) = (town.names.len(), town.edges.len());
    let head = town.registry.snapshot().revision();
    eprintln!(
        "{size} units: {head} registrations, {versions} names, {edges} placements in {:.1?}",
        start.elapsed()
    );
    let start = Instant::now();
    let sqlite = Sqlite::new(&town)?;
    eprintln!("SQLite filled in {:.1?}", start.elapsed());
    let mut draw = Draw(options.seed);
    if options.only.is_none() {
        over::trees(&town);
        over::compare(&town, &sqlite, options.rounds, &mut draw, rows)?;
    }
    let mut engines: Vec<Box<dyn Engine + '_>> = vec![
        Box::new(mo::Views::new(&town)),
        Box::new(mo::Trees::new(&town)),
        Box::new(Array::new(&town)),
        Box::new(Graph::new(&town)),
        Box::new(sqlite),
    ];
    for way in Way::ALL {
        let points = town.points(way, &mut draw);
        let oracles: Vec<Oracle<'_>> = points.iter().map(|point| Oracle::new(&town, *point)).collect();
        let workloads = Workload::ALL.into_iter();
        for workload in workloads.filter(|w| options.only.as_ref().is_none_or(|only| only == w.name())) {
            let questions = questions(&oracles, way, workload, &mut draw);
            // The oracle is slow: a part of the questions is checked, spread over all points.
            let step = (questions.len() / 256).max(1);
            let checks: Vec<(usize, u64)> = (0..questions.len())
                .step_by(step)
                .map(|at| (at, oracles[questions[at].point as usize].answer(workload, questions[at])))
                .collect();
            for engine in &mut engines {
                engine.prepare(way, &points, &questions);
                check(&mut **engine, workload, way, &questions, &checks)?;
            }
            let mut times: Vec<Vec<f64>> = vec![Vec::new(); engines.len()];
            for round in 0..options.rounds {
                for at in 0..engines.len() {
                    let at = (at + round) % engines.len();
                    times[at].extend(ask(&mut *engines[at], workload, &questions));
                }
            }
            for (engine, mut times) in engines.iter().zip(times) {
                times.sort_by(f64::total_cmp);
                let (Some(least), Some(median)) = (times.first(), times.get(times.len() / 2)) else {
                    continue;
                };
                rows.push(Measured {
                    size,
                    workload,
                    way,
                    engine: engine.name(),
                    least: *least,
                    median: *median,
                    questions: questions.len(),
                    checked: checks.len(),
                });
            }
            if let Some(row) = batches(&town, workload, way, &points, &questions, &oracles, options.rounds)? {
                rows.push(Measured { size, ..row });
            }
        }
    }
    Ok(())
}

fn check(
    engine: &mut dyn Engine,
    workload: Workload,
    way: Way,
    questions: &[Question],
    checks: &[(usize, u64)],
) -> Result<(), Box<dyn Error>> {
    for (at, right) in checks {
        let answer = engine.answer(workload, *at, questions[*at]);
        if answer.is_some_and(|answer| answer != *right) {
            let (engine, workload, way) = (engine.name(), workload.name(), way.name());
            return Err(format!("{engine} answers {workload} ({way}) wrong: {answer:?}, not {right}").into());
        }
    }
    Ok(())
}

/// The time of one question in nanoseconds; `None` where the engine has no answer.
fn ask(engine: &mut dyn Engine, workload: Workload, questions: &[Question]) -> Option<f64> {
    engine.answer(workload, 0, *questions.first()?)?;
    let (mut asked, mut sum) = (0_u32, 0_u64);
    let start = Instant::now();
    // Few questions are asked again until it is long enough to be measured.
    while start.elapsed().as_nanos() < BUDGET / 10 {
        for (at, question) in questions.iter().enumerate() {
            sum = sum.wrapping_add(engine.answer(workload, at, *question)?);
            asked += 1;
            // The clock itself costs some fifty nanoseconds.
            if asked % 64 == 0 && start.elapsed().as_nanos() > BUDGET {
                break;
            }
        }
    }
    let spent = start.elapsed();
    std::hint::black_box(sum);
    Some(spent.as_secs_f64() * 1e9 / f64::from(asked))
}

/// mo's batches: the questions of each point in one call.
fn batches(
    town: &Town,
    workload: Workload,
    way: Way,
    points: &[workload::Point],
    questions: &[Question],
    oracles: &[Oracle<'_>],
    rounds: usize,
) -> Result<Option<Measured>, Box<dyn Error>> {
    let units: Vec<Vec<_>> = (0..points.len())
        .map(|point| {
            let here = questions.iter().filter(|question| question.point as usize == point);
            here.map(|question| town.made.units[question.unit as usize]).collect()
        })
        .collect();
    if mo::batch(town, workload, points[0], &[]).is_none() {
        return Ok(None);
    }
    for question in questions.iter().step_by((questions.len() / 64).max(1)) {
        let point = question.point as usize;
        let answer = mo::batch(town, workload, points[point], &[town.made.units[question.unit as usize]]);
        if answer != Some(oracles[point].answer(workload, *question)) {
            return Err(format!("mo answers a batch of {} wrong", workload.name()).into());
        }
    }
    let mut times = Vec::new();
    for _ in 0..rounds {
        let start = Instant::now();
        for (point, units) in points.iter().zip(&units) {
            std::hint::black_box(mo::batch(town, workload, *point, units));
        }
        times.push(start.elapsed().as_secs_f64() * 1e9 / questions.len() as f64);
    }
    times.sort_by(f64::total_cmp);
    let (least, median) = (times[0], times[times.len() / 2]);
    let (questions, checked) = (questions.len(), questions.len().min(64));
    Ok(Some(Measured { size: 0, workload, way, engine: "mo batch", least, median, questions, checked }))
}

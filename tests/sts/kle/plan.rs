//! KL's plan of 2015: exact counts, every report, and the tree of any day against one worked out from the lines of the file
//! by other means.

use std::collections::{BTreeMap, BTreeSet};

use mo_core::classification::{ClassExport, ClassIndex, HitPlace};
use mo_core::model::{Class, ClassId};
use mo_core::rules::Code;
use mo_core::time::Day;
use mo_sts::kle::{Finding, Form, Level, PLAN_FACET};

use super::{day, plan_of_2015, read, registry};

#[test]
fn the_plan_of_2015_has_exactly_its_rows_and_reports() {
    let Some(path) = plan_of_2015() else { return };
    let edition = read(&path).unwrap();
    assert_eq!((edition.form(), edition.published()), (Form::V2_0, day("2015-08-01")));
    let levels = |count: &dyn Fn(Level) -> usize| -> Vec<usize> {
        edition.levels().iter().map(|level| count(*level)).collect()
    };
    assert_eq!(levels(&|level| edition.count(level)), [41, 691, 3457]);
    assert_eq!(levels(&|level| edition.count_without_day(level)), [0, 24, 95]);
    assert_eq!(levels(&|level| edition.count_on(level, day("2015-08-01"))), [36, 480, 2136]);

    let mut reports: BTreeMap<&str, BTreeSet<&str>> = BTreeMap::new();
    for report in edition.reports() {
        let kind = match report.finding {
            Finding::WithoutDay { .. } => "without a day",
            Finding::OutsideParent { .. } => "outside its group",
            Finding::UnknownSuccessor(_) => "unknown successor",
            Finding::MovedWithoutSuccessor => "moved",
            _ => panic!("{report}"),
        };
        reports.entry(kind).or_default().insert(&report.number);
    }
    let told = |kind: &str| -> Vec<&str> { reports[kind].iter().copied().collect() };
    assert_eq!(told("without a day").len(), 119);
    assert_eq!(
        told("outside its group"),
        ["06.04.00", "16.28.06", "16.28.07", "16.28.08", "16.28.09", "16.28.15"]
    );
    assert_eq!((told("unknown successor"), told("moved")), (vec!["16.00.15"], vec!["17.20.25", "81.20"]));
}

#[test]
fn it_loads_as_one_registration_and_check_tells_what_the_reports_tell() {
    let Some(path) = plan_of_2015() else { return };
    let (edition, registry) = (read(&path).unwrap(), registry());
    let loaded = edition.load(&registry, "test").unwrap();
    let reported = &loaded.outcome.receipt().unwrap().effects.reported;
    let broken = |violations: &[mo_core::rules::Violation]| {
        violations.iter().filter(|violation| violation.code == Code::ClassNotValid).count()
    };
    assert_eq!((broken(reported), broken(&registry.check())), (6, 6));
    assert_eq!(reported.len(), 6);
    let view = registry.snapshot().at(edition.published());
    assert_eq!(view.all::<Class>().len(), 36 + 480 + 2136);
    // Again, it changes nothing.
    let again = edition.load(&registry, "test").unwrap();
    assert!(again.outcome.receipt().is_none());
    // The unknown successor is kept as a number.
    let class = registry.snapshot().classes_with_key("kle_number", "16.00.15")[0];
    let (_, state) = registry.snapshot().timeline(class).last().map(|(p, s)| (p, s.clone())).unwrap();
    assert!(state.replaced_by.is_empty());
    assert_eq!(mo_core::classification::ClassNotes::of(&state).unknown_successors, ["29.00.09"]);
}

#[test]
fn its_skos_is_turtle_with_every_number() {
    let Some(path) = plan_of_2015() else { return };
    let (edition, registry) = (read(&path).unwrap(), registry());
    edition.load(&registry, "test").unwrap();
    let view = registry.snapshot().at(edition.published());
    for (retired, classes) in [(false, 36 + 480 + 2136), (true, 41 + 691 - 24 + 3457 - 95)] {
        let export = ClassExport::new(&view, PLAN_FACET);
        let export = if retired { export.with_retired() } else { export };
        let mut out = Vec::new();
        export.skos(&mut out).unwrap();
        let triples = oxttl::TurtleParser::new().for_slice(&out).map(Result::unwrap);
        let labels = triples.filter(|triple| triple.predicate.as_str().ends_with("#prefLabel")).count();
        assert_eq!(labels, classes);
    }
}

#[test]
fn the_text_of_titles_guidance_and_laws_is_searched() {
    let Some(path) = plan_of_2015() else { return };
    let (edition, registry) = (read(&path).unwrap(), registry());
    edition.load(&registry, "test").unwrap();
    let index = ClassIndex::new(&registry.snapshot().at(edition.published()), PLAN_FACET);
    assert_eq!(index.search("00.01.00")[0].place, HitPlace::Key);
    // Words that are those of the file itself.
    for row in edition.rows().iter().filter(|row| row.days().is_some_and(|d| d.contains(edition.published())))
    {
        if let Some(source) = row.notes.legal_sources.first().and_then(|source| source.accession.as_ref()) {
            let hits = index.search(source);
            assert!(hits.iter().any(|hit| *hit.key == *row.number), "{source}");
        }
    }
}

/// A row of the file as its lines have it: number, first day, first day after the last.
type Plain = (String, String, Option<String>);

/// The rows by cutting the text at its tags: no reader of XML, no types of mo.
fn rows_by_lines(text: &str) -> Vec<Plain> {
    let between = |text: &str, tag: &str| -> Option<String> {
        let (_, rest) = text.split_once(&format!("<{tag}>"))?;
        Some(rest.split_once('<')?.0.trim().to_owned())
    };
    let mut rows = Vec::new();
    let mut starts: Vec<(usize, &str)> = Vec::new();
    for level in ["Hovedgruppe", "Gruppe", "Emne"] {
        starts.extend(text.match_indices(&format!("<{level}>")).map(|(at, _)| (at, level)));
    }
    starts.sort_unstable();
    for (place, (at, level)) in starts.iter().enumerate() {
        let own = &text[*at..starts.get(place + 1).map_or(text.len(), |(next, _)| *next)];
        let ended = between(own, "UdgaaetDato").or_else(|| between(own, "FlyttetDato"));
        rows.push((
            between(own, &format!("{level}Nr")).unwrap(),
            between(own, "OprettetDato").unwrap(),
            ended,
        ));
    }
    rows
}

/// The tree of a day: number to number above, worked out with texts alone.
fn tree_by_lines<'a>(rows: &'a [Plain], on: &str) -> BTreeMap<&'a str, Option<&'a str>> {
    let valid: BTreeSet<&str> = rows
        .iter()
        .filter(|(_, created, ended)| {
            created.as_str() <= on && ended.as_ref().is_none_or(|e| e.as_str() > on)
        })
        .map(|(number, ..)| number.as_str())
        .collect();
    valid
        .iter()
        .map(|number| {
            let above = number.len().checked_sub(3).map(|length| &number[..length]);
            (*number, above.filter(|above| valid.contains(above)))
        })
        .collect()
}

#[test]
fn the_tree_of_any_day_is_the_one_worked_out_from_the_lines() {
    let Some(path) = plan_of_2015() else { return };
    let registry = registry();
    read(&path).unwrap().load(&registry, "test").unwrap();
    let snapshot = registry.snapshot();
    let text = std::fs::read_to_string(&path).unwrap();
    let rows = rows_by_lines(&text);
    assert_eq!(rows.len(), 41 + 691 + 3457);

    // Every day on which a row begins or ends with the days around it, and one day a quarter: no other day can differ on
    // the one side, and below it is seen that none does on the other.
    let mut days: BTreeSet<Day> = BTreeSet::new();
    for date in rows.iter().flat_map(|(_, created, ended)| [Some(created), ended.as_ref()]).flatten() {
        let date = day(date);
        days.extend([date.previous(), Some(date), date.next()].into_iter().flatten());
    }
    for class in snapshot.facet_classes(PLAN_FACET) {
        for (period, _) in &snapshot.timeline(class) {
            let ends = [period.from(), period.until()].into_iter().flatten();
            assert!(ends.into_iter().all(|end| days.contains(&end)), "{class}");
        }
    }
    days.extend((1990..=2016).flat_map(|y| [2, 5, 8, 11].map(move |m| Day::from_ymd(y, m, 15).unwrap())));
    days.retain(|date| (1990..=2016).contains(&date.ymd().0));
    assert!(days.len() > 100);
    for date in days {
        let view = snapshot.at(date);
        let number = |class: ClassId| view.field(class, Class::USER_KEY).unwrap().to_string();
        let found: BTreeMap<String, Option<String>> = view
            .all::<Class>()
            .into_iter()
            .map(|class| (number(class), view.class_parent(class).map(number)))
            .collect();
        let on = date.to_string();
        let expected = tree_by_lines(&rows, &on);
        assert!(
            found.iter().map(|(n, p)| (n.as_str(), p.as_deref())).eq(expected.iter().map(|(n, p)| (*n, *p))),
            "{date}"
        );
    }
    // The tree downwards is the same tree.
    let view = snapshot.at(day("2015-08-01"));
    let roots = view.class_roots(PLAN_FACET);
    let below: usize = roots.iter().map(|root| view.class_descendants(*root).len()).sum();
    assert_eq!((roots.len(), roots.len() + below), (36, 36 + 480 + 2136));
}

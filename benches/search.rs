//! Search among many persons, page *Performance*: prefixes as they are typed, several words, keys, and a commit with the
//! search after it.
//!
//! `cargo bench --bench search`; sizes from `MO_BENCH_PERSONS` (comma-separated, default `100000`). Answers are counted
//! before they are timed, and the making of the index is timed once and printed.

use std::hint::black_box;
use std::time::{Duration, Instant as Moment};

use criterion::{BenchmarkId, Criterion};
use mo_core::model::value::Cpr;
use mo_core::model::{CountedIds, Kind, Patch, Person, PersonId};
use mo_core::registry::Registry;
use mo_core::search::SearchQuery;
use mo_core::time::{Day, Instant, Period, SteppingClock};

const GIVEN: &[&str] = &[
    "Anne",
    "Jens",
    "Mette",
    "Peter",
    "Kirsten",
    "Lars",
    "Hanne",
    "Søren",
    "Åse",
    "Bjørn",
    "Zoé",
    "Karen",
    "Niels",
    "Ida",
    "Ole",
    "Gudrun",
    "Emil",
    "Freja",
    "Mads",
    "Sofie",
    "Christian",
    "Dorthe",
    "Viggo",
    "Ærø",
];
const SURNAMES: &[&str] =
    &["Jensen", "Nielsen", "Hansen", "Pedersen", "Nørgård", "Østergaard", "Holm", "Bech", "Aagaard"];
const SYLLABLES: &[&str] =
    &["skov", "bæk", "lund", "by", "ager", "høj", "dal", "krog", "mark", "gård", "toft", "sø"];

/// Numbers that look drawn, the same in every run.
struct Draw(u64);

impl Draw {
    fn below(&mut self, limit: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % limit
    }

    fn of<'a>(&mut self, all: &[&'a str]) -> &'a str {
        all[self.below(all.len())]
    }

    /// Half the people have one of a few surnames, the others one of some ten thousand.
    fn surname(&mut self) -> String {
        if self.below(2) == 0 {
            return self.of(SURNAMES).to_owned();
        }
        let parts: String = (0..4).map(|_| self.of(SYLLABLES)).collect();
        parts[..1].to_uppercase() + &parts[1..]
    }
}

fn persons(count: usize) -> Registry {
    let registry = Registry::in_memory(SteppingClock::new(Instant::MIN), CountedIds::new("search"));
    let mut draw = Draw(7);
    let numbers = (0..=9999).flat_map(|serial| (1..=28).map(move |day| (day, serial)));
    let mut cprs = (1..=12)
        .flat_map(|month| (70..=79).map(move |year| (month, year)))
        .flat_map(|(month, year)| numbers.clone().map(move |(day, serial)| (day, month, year, serial)))
        .filter_map(|(day, month, year, serial)| {
            format!("{day:02}{month:02}{year}{serial:04}").parse::<Cpr>().ok()
        });
    for chunk in (0..count).collect::<Vec<_>>().chunks(100_000) {
        let mut edit = registry.edit("bench");
        for n in chunk {
            let given = if draw.below(3) == 0 {
                format!("{} {}", draw.of(GIVEN), draw.of(GIVEN))
            } else {
                draw.of(GIVEN).into()
            };
            let person = Person::new(given, draw.surname()).user_key(format!("M{n:07}"));
            edit.create(Period::ALWAYS, person.cpr(cprs.next().unwrap()));
        }
        edit.commit().unwrap();
    }
    registry
}

fn main() {
    let mut criterion =
        Criterion::default().warm_up_time(Duration::from_millis(300)).sample_size(20).configure_from_args();
    let sizes = std::env::var("MO_BENCH_PERSONS").unwrap_or_else(|_| "100000".into());
    for size in sizes.split(',').filter_map(|size| size.trim().parse::<usize>().ok()) {
        let registry = persons(size);
        let view = registry.snapshot().at(Day::from_ymd(2025, 1, 1).unwrap());
        #[allow(clippy::disallowed_methods)] // measured once, outside criterion
        let start = Moment::now();
        assert!(!view.search(SearchQuery::new("jensen").limit(1)).is_empty());
        println!("search/index of {size} persons: made in {:?}", start.elapsed());
        let mut group = criterion.benchmark_group("search");
        for (name, text) in [
            ("prefix-1", "j"),
            ("prefix-3", "nør"),
            ("prefix-name", "jens h"),
            ("prefix-surname", "jense"),
            ("words", "holm anne"),
            ("words-three", "jensen jens bjørn"),
            ("words-rare", "skovbækbydal anne"),
            ("words-never-together", "holm jensen"),
            ("contains", "ovbækby"),
            ("nothing", "xyzzy"),
            ("key", "M0000077"),
        ] {
            let query = SearchQuery::new(text).kinds([Kind::Person, Kind::Unit]).limit(20);
            println!("search/{name}: {} hits", view.search(query.clone()).len());
            group.bench_function(BenchmarkId::new(name, size), |bencher| {
                bencher.iter(|| black_box(view.search(query.clone())));
            });
        }
        let person = PersonId::new(view.search("M0000077")[0].object.id);
        let mut n = 0;
        group.bench_function(BenchmarkId::new("after-a-commit", size), |bencher| {
            bencher.iter(|| {
                n += 1;
                let mut edit = registry.edit("bench");
                edit.correct(person, view.day(), Patch::new().set(Person::SURNAME, format!("Ny{n}")));
                edit.commit().unwrap();
                let hits =
                    registry.snapshot().at(view.day()).search(SearchQuery::new(format!("ny{n}")).limit(20));
                assert!(!hits.is_empty());
            });
        });
        group.finish();
    }
    criterion.final_summary();
}

//! A whole plan of KLE from its bytes into an empty registry: time and the memory it takes at most, `cargo bench --bench
//! kle`. The file is `MO_KLE_FILE`, else KL's of 2015 beside the repository, else a made-up one of the same size. Checks
//! first that the registry then has as many numbers as the file has rows with a day.

use std::io::BufReader;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use mo_core::model::CountedIds;
use mo_core::registry::Registry;
use mo_core::time::{Instant as Known, SteppingClock};
use mo_sts::kle::Edition;
use mo_sts::xml::Limits;
use peak_alloc::PeakAlloc;

#[global_allocator]
static ALLOCATED: PeakAlloc = PeakAlloc;

const RUNS: usize = 21;

/// A plan with 41 main groups, 691 groups and 3,457 topics, 3.4 MB.
fn made_up() -> String {
    use std::fmt::Write as _;
    let guidance =
        "Emnet omfatter alt om fyrtårne, tågehorn, bøjer og lodser, der ikke har et emne for sig. ".repeat(5);
    let text = format!("<VejledningTekst><p>{guidance}</p></VejledningTekst>");
    let dates = "<OprettetDato>1988-01-01</OprettetDato><RettetDato>2007-05-01</RettetDato>";
    let mut plan = String::from("<KLE-Emneplan>\n<UdgivelsesDato>2015-08-01</UdgivelsesDato>\n");
    let (mut groups, mut topics) = (691, 3457);
    for main in 0..41 {
        let _ = writeln!(
            plan,
            "<Hovedgruppe><HovedgruppeNr>{main:02}</HovedgruppeNr><HovedgruppeTitel>Havn {main}</HovedgruppeTitel>\
             <HovedgruppeVejledning>{text}</HovedgruppeVejledning>\
             <HovedgruppeAdministrativInfo>{dates}</HovedgruppeAdministrativInfo>"
        );
        let here = groups / (41 - main);
        for group in 0..here {
            let _ = writeln!(
                plan,
                "<Gruppe><GruppeNr>{main:02}.{group:02}</GruppeNr><GruppeTitel>Fyr {group}</GruppeTitel>\
                 <GruppeAdministrativInfo>{dates}</GruppeAdministrativInfo>"
            );
            let below = topics / (groups - group);
            for topic in 0..below {
                let _ = writeln!(
                    plan,
                    "<Emne><EmneNr>{main:02}.{group:02}.{topic:02}</EmneNr><EmneTitel>Lys {topic}</EmneTitel>\
                     <EmneVejledning>{text}</EmneVejledning><EmneRetskildeReference><RetskildeTitel>Fyrtårnsloven\
                     </RetskildeTitel><RetsinfoAccessionsNr>A19000000001</RetsinfoAccessionsNr></EmneRetskildeReference>\
                     <EmneAdministrativInfo>{dates}</EmneAdministrativInfo>\
                     <BevaringJaevnfoerArkivloven>K5</BevaringJaevnfoerArkivloven></Emne>"
                );
            }
            topics -= below;
            plan.push_str("</Gruppe>\n");
        }
        groups -= here;
        plan.push_str("</Hovedgruppe>\n");
    }
    plan + "</KLE-Emneplan>\n"
}

/// The file to load, and what it is called.
fn file() -> (PathBuf, &'static str, Option<tempfile::TempDir>) {
    if let Some(file) = std::env::var_os("MO_KLE_FILE") {
        return (file.into(), "the given file", None);
    }
    let shared = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/data/kle");
    let shared = shared.join("KLE-Emneplan_Version2-0_2015-08-01.xml");
    if shared.exists() {
        return (shared, "KL's plan of 2015", None);
    }
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("plan.xml");
    std::fs::write(&path, made_up()).unwrap();
    (path, "a made-up plan", Some(folder))
}

fn read(path: &Path) -> Edition {
    let file = BufReader::new(std::fs::File::open(path).unwrap());
    Edition::read(file, Limits::default()).unwrap()
}

fn load(edition: &Edition) -> Registry {
    let registry = Registry::in_memory(SteppingClock::new(Known::MIN), CountedIds::new("kle"));
    edition.load(&registry, "bench").unwrap();
    registry
}

fn median(mut times: Vec<Duration>) -> f64 {
    times.sort_unstable();
    times[times.len() / 2].as_secs_f64() * 1000.0
}

#[allow(clippy::disallowed_methods)] // what is measured is time
fn main() {
    let (path, name, _folder) = file();
    let edition = read(&path);
    let stored = edition.rows().iter().filter(|row| row.days().is_some()).count();
    let loaded = edition.load(&load(&edition), "bench").unwrap();
    assert!(loaded.outcome.receipt().is_none());
    assert_eq!(load(&edition).snapshot().facet_classes(loaded.facet).len(), stored);
    drop(edition);

    let (mut reading, mut whole) = (Vec::new(), Vec::new());
    let before = ALLOCATED.current_usage();
    ALLOCATED.reset_peak_usage();
    for _ in 0..RUNS {
        let start = Instant::now();
        let edition = read(&path);
        reading.push(start.elapsed());
        let registry = load(&edition);
        whole.push(start.elapsed());
        drop((edition, registry));
    }
    #[allow(clippy::cast_precision_loss)] // megabytes for people
    let peak = (ALLOCATED.peak_usage() - before) as f64 / 1e6;
    println!(
        "kle: {name}, {} bytes, {stored} numbers: read {:.0} ms, with load {:.0} ms (medians of {RUNS}), at most {peak:.1} MB",
        std::fs::metadata(&path).unwrap().len(),
        median(reading),
        median(whole),
    );
}

//! Ib mirrors the staff of one unit to a CSV file. The feed says when something became current, be it by a registration or
//! because a planned day came, so the file also changes on days on which nobody registers anything.

use mo_core::model::{CountedIds, Engagement, Kind, Patch, Person, Unit, UnitId};
use mo_core::registry::Registry;
use mo_core::start_set::{self, class_id};
use mo_core::state::{Snapshot, View};
use mo_core::time::{Copenhagen, Instant, Period, SteppingClock, Zone};
use std::{error::Error, fs, sync::Arc};

type Done<T> = Result<T, Box<dyn Error>>;
/// The file as it should be on the day of a view. Whose name is protected is left out.
fn staff(view: &View, unit: UnitId) -> Done<Vec<u8>> {
    let mut csv = csv::Writer::from_writer(b"given name,surname\n".to_vec());
    let engaged = view.referrers(unit, Engagement::UNIT).into_iter().filter_map(|id| view.get(id));
    for person in engaged.filter_map(|it| view.get(it.person)).filter(|person| !person.protected) {
        csv.write_record([&*person.given_name, &*person.surname])?;
    }
    Ok(csv.into_inner()?)
}

/// Brings the file up to `now`. The moment last looked at, `seen`, is all that a mirror must remember.
fn mirror(all: &Snapshot, seen: &mut Instant, now: Instant, unit: UnitId, file: &str) -> Done<()> {
    let mut kinds = all.current(*seen, now).map(|turn| turn.object.kind);
    let turned = kinds.any(|kind| matches!(kind, Kind::Engagement | Kind::Person));
    let wished = staff(&all.at(Copenhagen.day_of(now)), unit)?;
    let stale = turned && fs::read(file).ok().as_ref() != Some(&wished);
    if stale {
        let new = format!("{file}.new"); // renamed, so that a reader never sees half a file
        fs::write(&new, &wished).and_then(|()| fs::rename(&new, file))?;
    }
    *seen = now; // last, so that what failed is tried again
    println!("{now}, written: {stale}\n{}", String::from_utf8(wished)?);
    Ok(())
}

fn main() -> Done<()> {
    let file = std::env::args().nth(1).ok_or("usage: staff_csv FILE")?;
    let clock = Arc::new(SteppingClock::new("2026-01-05T09:00:00Z".parse()?));
    let registry = Registry::in_memory(Arc::clone(&clock), CountedIds::new("staff_csv"));
    let mut edit = registry.edit("ib");
    start_set::add(&mut edit, Period::ALWAYS);
    let school = edit.create(Period::ALWAYS, Unit::new("Skole"));
    let ida = edit.create(Period::ALWAYS, Person::new("Ida", "Madsen"));
    let bo = edit.create(Period::ALWAYS, Person::new("Bo", "Åkjær"));
    let works = |person| Engagement::new(person, school, class_id("engagement_type", "employee"));
    edit.create(Period::ALWAYS, works(ida));
    edit.create(Period::since("2026-02-01".parse()?), works(bo));
    edit.commit()?;
    let mut seen = Instant::MIN;
    let mut look = |now: &str| mirror(&registry.snapshot(), &mut seen, now.parse()?, school, &file);
    look("2026-01-05T12:00:00Z")?; // Ida; Bo is planned
    look("2026-01-31T22:59:00Z")?; // nothing turned and nothing is written
    look("2026-02-01T05:00:00Z")?; // Bo too: midnight passed, nobody registered anything
    clock.set("2026-03-02T09:00:00Z".parse()?);
    let mut edit = registry.edit("ib");
    edit.change(ida, "2026-03-01".parse()?, Patch::new().set(Person::SURNAME, "Madsen Holm"));
    edit.commit()?;
    look("2026-03-02T09:00:00Z") // the new name, registered a day late
}

//! One of the processes: a thread that commits, a thread that follows, and a line for everything one of them was told.

use std::error::Error;
use std::io::Write as _;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

use mo_core::journal::Registration;
use mo_core::model::{Patch, Unit, UnitId};
use mo_core::registry::Registry;
use mo_core::state::Snapshot;
use mo_core::time::{Clock, Day, Instant, Revision};
use mo_storage::{RandomIds, SystemClock, open_store};
use uuid::Uuid;

use super::Options;

/// What a process saw, as a line of its output.
pub enum Seen {
    /// A registration of its own was acknowledged at this moment (microseconds of the machine's clock).
    Committed { revision: u32, registered_at: Instant, at: i64 },
    /// It read the registry up to this revision, whose registrations have this hash.
    Prefix { revision: u32, hash: u64, at: i64 },
    /// A settled answer: the name of a unit on a day, as known at a moment.
    Answer { unit: Uuid, day: Day, known: Instant, name: Option<String> },
}

impl Seen {
    fn line(&self) -> String {
        match self {
            Seen::Committed { revision, registered_at, at } => {
                format!("committed\t{revision}\t{registered_at}\t{at}")
            }
            Seen::Prefix { revision, hash, at } => format!("prefix\t{revision}\t{hash}\t{at}"),
            Seen::Answer { unit, day, known, name } => {
                let name = name.as_ref().map_or(String::new(), |name| format!("\t{name}"));
                format!("answer\t{unit}\t{day}\t{known}{name}")
            }
        }
    }

    pub fn parse(line: &str) -> Option<Seen> {
        let parts: Vec<&str> = line.split('\t').collect();
        Some(match *parts.as_slice() {
            ["committed", revision, registered_at, at] => Seen::Committed {
                revision: revision.parse().ok()?,
                registered_at: registered_at.parse().ok()?,
                at: at.parse().ok()?,
            },
            ["prefix", revision, hash, at] => Seen::Prefix {
                revision: revision.parse().ok()?,
                hash: hash.parse().ok()?,
                at: at.parse().ok()?,
            },
            ["answer", unit, day, known, ref name @ ..] => Seen::Answer {
                unit: unit.parse().ok()?,
                day: day.parse().ok()?,
                known: known.parse().ok()?,
                name: name.first().map(|name| (*name).to_owned()),
            },
            _ => return None,
        })
    }
}

/// The hash of a journal, from that of what was before its last registration.
pub fn chain(before: u64, last: &Registration) -> u64 {
    let (high, low) = last.id.as_u64_pair();
    [before, u64::from(last.revision.number()), high, low].iter().fold(0xcbf2_9ce4_8422_2325, |hash, part| {
        (hash ^ part).wrapping_mul(0x0100_0000_01b3).rotate_left(23)
    })
}

/// A clock that goes wrong by so many microseconds.
struct Skewed(i64);

impl Clock for Skewed {
    fn now(&self) -> Instant {
        SystemClock.now().plus_micros(self.0).unwrap_or(Instant::MAX)
    }
}

/// A few numbers that differ from process to process and from call to call.
struct Draws(u64);

impl Draws {
    fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap_or(0) % bound.max(1)
    }
}

pub fn run(options: &Options, number: u32) -> Result<(), Box<dyn Error>> {
    let registry = if options.skew == 0 {
        mo_storage::open(&options.place())?
    } else {
        // Spread from -skew to +skew.
        let steps = i64::from(options.processes.max(2)) - 1;
        let micros = options.skew * 1_000_000 * (2 * i64::from(number) - steps) / steps;
        Registry::open_boxed(open_store(&options.place())?, Box::new(Skewed(micros)), Box::new(RandomIds))?
    };
    let ended = AtomicBool::new(false);
    let seen = thread::scope(|scope| {
        let following = scope.spawn(|| follow(&registry, number, &ended).map_err(|error| error.to_string()));
        let writing = write(&registry, number, Duration::from_secs(options.seconds));
        ended.store(true, Ordering::SeqCst);
        let followed = following.join().map_err(|_| "the follower panicked")??;
        Ok::<_, Box<dyn Error>>(writing?.into_iter().chain(followed).collect::<Vec<_>>())
    })?;
    let mut out = std::io::stdout().lock();
    for seen in seen {
        writeln!(out, "{}", seen.line())?;
    }
    Ok(())
}

fn day(draws: &mut Draws) -> Result<Day, Box<dyn Error>> {
    Ok(format!("20{:02}-{:02}-01", 20 + draws.below(12), 1 + draws.below(12)).parse()?)
}

/// Renames units until the time is up; half of the time one of a few that all processes rename.
fn write(registry: &Registry, number: u32, time: Duration) -> Result<Vec<Seen>, Box<dyn Error>> {
    let mut draws = Draws(0x9e37_79b9_7f4a_7c15 ^ (u64::from(number) + 1));
    let units: Vec<UnitId> = registry.snapshot().at(day(&mut draws)?).all::<Unit>();
    let until = SystemClock.now().epoch_micros() + i64::try_from(time.as_micros())?;
    let mut seen = Vec::new();
    while SystemClock.now().epoch_micros() < until {
        let among = if draws.below(2) == 0 { 3 } else { units.len() };
        let Some(unit) = units.get(draws.below(among)) else { return Err("there are no units".into()) };
        let mut edit = registry.edit(format!("process {number}"));
        let name = format!("Enhed {} af {number}", seen.len());
        edit.change(*unit, day(&mut draws)?, Patch::new().set(Unit::NAME, name));
        // Another process may be quicker; then this is worked out again on top of what it registered.
        if let Some(receipt) = edit.commit()?.receipt() {
            let stamp = &receipt.stamp;
            let at = SystemClock.now().epoch_micros();
            let (revision, registered_at) = (stamp.revision.number(), stamp.registered_at);
            seen.push(Seen::Committed { revision, registered_at, at });
        }
    }
    Ok(seen)
}

/// Reads whatever is registered, and writes down what it can of it.
fn follow(registry: &Registry, number: u32, ended: &AtomicBool) -> Result<Vec<Seen>, Box<dyn Error>> {
    let mut draws = Draws(0xd1b5_4a32_d192_ed03 ^ (u64::from(number) + 1));
    let units: Vec<UnitId> = registry.snapshot().at(day(&mut draws)?).all::<Unit>();
    let mut seen = Vec::new();
    let (mut last, mut hash) = (Revision::ZERO, 0);
    while !ended.load(Ordering::SeqCst) {
        registry.store().wait(last, Duration::from_millis(200))?;
        let snapshot = registry.refresh()?;
        let at = SystemClock.now().epoch_micros();
        for registration in snapshot.registrations(last) {
            hash = chain(hash, &registration);
        }
        if snapshot.revision() == last {
            continue;
        }
        last = snapshot.revision();
        seen.push(Seen::Prefix { revision: last.number(), hash, at });
        let unit = units.get(draws.below(units.len())).ok_or("there are no units")?;
        seen.extend(settled(&snapshot, *unit, &mut draws)?);
    }
    Ok(seen)
}

/// An answer that must never change again, if there is one yet. The moment lies just before the newest registration or
/// at one before: where a process with a slow clock would slip something in, if it could.
fn settled(snapshot: &Snapshot, unit: UnitId, draws: &mut Draws) -> Result<Option<Seen>, Box<dyn Error>> {
    let Some(newest) = snapshot.stamp() else { return Ok(None) };
    let known = if draws.below(2) == 0 {
        newest.registered_at.plus_micros(-1)
    } else {
        let back = u32::try_from(draws.below(20))?;
        let earlier = Revision::new(newest.revision.number().saturating_sub(back));
        snapshot.as_known(earlier).stamp().map(|stamp| stamp.registered_at)
    };
    let Some(known) = known else { return Ok(None) };
    let then = snapshot.as_known(known);
    if !then.is_settled() {
        return Ok(None);
    }
    let day = day(draws)?;
    let name = then.at(day).get(unit).map(|unit| unit.name.to_string());
    Ok(Some(Seen::Answer { unit: unit.into(), day, known, name }))
}

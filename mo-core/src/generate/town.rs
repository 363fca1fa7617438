//! [`Town`]: the municipality while it is made up, day by day. What keeps every commit within the rules: whoever is above a
//! unit was opened before it, so no circle can close; and only units that never had anybody below or in them are closed.

use crate::model::{
    Engagement, EngagementId, Hierarchy, HierarchyId, HierarchyUse, Manager, Patch, Person, PersonId,
    Placement, Unit, UnitId,
};
use crate::registry::{CommitError, Edit, Registry};
use crate::start_set::{self, class_id};
use crate::time::{Day, Instant, Period};

use super::draw::Draw;
use super::{Generated, Generator, Settable};

/// The entry of a journal has a largest size, so the first load comes in several.
const COMMANDS: usize = 50_000;
/// The most levels: nine, the root included.
const DEEPEST: u8 = 8;

/// A unit as the generator remembers it.
#[derive(Debug, Clone, Copy)]
struct Made {
    id: UnitId,
    from: i32,
    depth: u8,
    /// The number of the unit it was opened under.
    under: usize,
    /// Never gets engagements or units below, and may be closed.
    spare: bool,
    closed: bool,
}

pub(super) struct Town<'a, C> {
    plan: &'a Generator,
    registry: &'a Registry,
    clock: &'a C,
    draw: Draw,
    line: HierarchyId,
    payroll: HierarchyId,
    made: Vec<Made>,
    persons: Vec<PersonId>,
    engagements: Vec<EngagementId>,
    /// Until when nothing more may be said of an engagement, or from when it is over.
    left: Vec<bool>,
    first: i32,
    /// Whether it is decided that the second municipality becomes a part of the first.
    merged: bool,
    registrations: u32,
}

fn day(number: i32) -> Day {
    Day::from_epoch_days(number).unwrap_or(Day::MIN)
}

fn year(year: i32) -> i32 {
    Day::from_ymd(year, 1, 1).unwrap_or(Day::MIN).epoch_days()
}

impl<'a, C: Settable> Town<'a, C> {
    pub(super) fn new(plan: &'a Generator, registry: &'a Registry, clock: &'a C) -> Town<'a, C> {
        let mut draw = Draw::new(plan.seed);
        let (line, payroll) = (HierarchyId::new(draw.id()), HierarchyId::new(draw.id()));
        Town {
            plan,
            registry,
            clock,
            draw,
            line,
            payroll,
            made: Vec::with_capacity(plan.units),
            persons: Vec::with_capacity(plan.persons),
            engagements: Vec::with_capacity(plan.persons),
            left: Vec::with_capacity(plan.persons),
            first: year(2026 - i32::try_from(plan.years).unwrap_or(100)),
            merged: false,
            registrations: 0,
        }
    }

    pub(super) fn build(mut self, mut progress: impl FnMut(i32, i32)) -> Result<Generated, CommitError> {
        self.found()?;
        let last = year(2026);
        let days = last - self.first;
        let merger = self.first + days / 2;
        for today in self.first + 1..last {
            progress(today - self.first, days);
            // 1970-01-01 was a Thursday.
            if (today + 3).rem_euclid(7) < 5 {
                self.day(today, days)?;
            }
            if (today - self.first) % 182 == 120 {
                self.reorganise(today, today + 62)?;
            }
            if today == merger - 270.min(days / 4) {
                self.merge(today, merger)?;
            }
        }
        Ok(Generated {
            line: self.line,
            payroll: self.payroll,
            units: self.made.into_iter().map(|unit| unit.id).collect(),
            persons: self.persons,
            engagements: self.engagements,
            first_day: day(self.first),
            last_day: day(last),
            registrations: self.registrations,
        })
    }

    fn edit(&self, today: i32) -> Edit<'a> {
        let nine = (i64::from(today) * 24 + 9) * 3_600_000_000;
        self.clock.set(Instant::from_epoch_micros(nine).unwrap_or(Instant::MIN));
        self.registry.edit("generator")
    }

    fn commit(&mut self, edit: Edit<'_>) -> Result<(), CommitError> {
        if !edit.as_commit().commands.is_empty() {
            edit.commit()?;
            self.registrations += 1;
        }
        Ok(())
    }

    /// Commits what has been said so far once it is much.
    fn rolled_over(&mut self, edit: Edit<'a>, today: i32) -> Result<Edit<'a>, CommitError> {
        if edit.as_commit().commands.len() < COMMANDS {
            return Ok(edit);
        }
        self.commit(edit)?;
        Ok(self.edit(today))
    }

    /// What is there on the first day: seven tenths of the units, eight of the persons, and the managers.
    fn found(&mut self) -> Result<(), CommitError> {
        let mut edit = self.edit(self.first).note("begyndelsen");
        start_set::add(&mut edit, Period::ALWAYS);
        edit.create_as(self.line, Period::ALWAYS, Hierarchy::new("Linje", HierarchyUse::Line));
        edit.create_as(self.payroll, Period::ALWAYS, Hierarchy::new("Løn", HierarchyUse::Payroll));
        for _ in 0..self.plan.units * 72 / 100 {
            self.open(&mut edit, self.first);
            edit = self.rolled_over(edit, self.first)?;
        }
        for _ in 0..self.plan.persons * 8 / 10 {
            self.hire(&mut edit, self.first);
            edit = self.rolled_over(edit, self.first)?;
        }
        let mut led: Vec<usize> =
            self.made.iter().filter(|unit| unit.depth > 1).map(|unit| unit.under).collect();
        led.sort_unstable();
        led.dedup();
        for unit in led {
            let person = self.draw.below(self.persons.len() + self.persons.len() / 10 + 1);
            let mut manager =
                Manager::new(self.unit(unit).id, class_id("manager_type", "head_of_department"));
            // One in eleven is vacant.
            if let Some(person) = self.persons.get(person) {
                manager = manager.person(*person);
            }
            edit.create(Period::since(day(self.first)), manager);
            edit = self.rolled_over(edit, self.first)?;
        }
        self.commit(edit)
    }

    /// A unit by its number, which was given.
    fn unit(&self, number: usize) -> Made {
        let first = Made {
            id: UnitId::new(uuid::Uuid::nil()),
            from: 0,
            depth: 0,
            under: 0,
            spare: false,
            closed: false,
        };
        self.made.get(number).copied().unwrap_or(first)
    }

    fn open(&mut self, edit: &mut Edit<'_>, from: i32) {
        let number = self.made.len();
        let id = UnitId::new(self.draw.id());
        // Two municipalities, ten directorates between them, and below these whatever comes.
        let (name, under) = match number {
            0 => ("Korsbæk Kommune".to_owned(), 0),
            1 => ("Nabostrup Kommune".to_owned(), 1),
            2..=11 => (format!("Forvaltning {}", number - 1), usize::from(number > 8)),
            _ => (self.draw.unit_name(), self.home(number)),
        };
        let above = self.unit(under);
        let depth = if number < 2 { 0 } else { above.depth + 1 };
        let placement = if number < 2 { Placement::Root } else { Placement::Under(above.id) };
        let mut unit = Unit::new(name).user_key(format!("E{number}")).placements(self.line, placement);
        if depth < 3 {
            // Flatter: directly below the own root.
            let root = if self.merged { 0 } else { above.under };
            let top = if depth < 2 { placement } else { Placement::Under(self.unit(root).id) };
            unit = unit.placements(self.payroll, top);
        }
        edit.create_as(id, Period::since(day(from)), unit);
        let spare = number > 11 && self.draw.in_thousand(120);
        self.made.push(Made { id, from, depth, under, spare, closed: false });
    }

    /// Under whom a new unit comes: the more a unit has below it, the more likely it gets another.
    fn home(&mut self, number: usize) -> usize {
        for _ in 0..64 {
            let like = 2 + self.draw.below(number - 2);
            let other = self.unit(like);
            let under = if self.draw.in_thousand(580) { other.under } else { like };
            let above = self.unit(under);
            if under > 1 && under < number && !above.spare && above.depth < DEEPEST {
                return under;
            }
        }
        2
    }

    /// A unit that can be said something about on `today`, and its number.
    fn any(&mut self) -> Option<(usize, Made)> {
        let number = 12 + self.draw.below(self.made.len().saturating_sub(12));
        let unit = self.made.get(number).copied()?;
        (!unit.closed).then_some((number, unit))
    }

    /// Where a unit may move: opened before it, and with room below.
    fn new_home(&mut self, number: usize) -> Option<UnitId> {
        let limit = self.draw.below(number.saturating_sub(2)) + 1;
        // Those opened first are the larger ones, and draw more.
        let under = 2 + self.draw.below(limit);
        let above = self.made.get(under).filter(|above| !above.spare && above.depth < DEEPEST - 2)?;
        (under < number).then_some(above.id)
    }

    fn hire(&mut self, edit: &mut Edit<'_>, from: i32) {
        let Some((_, unit)) = (0..64).find_map(|_| self.any().filter(|(_, unit)| !unit.spare)) else {
            return;
        };
        let (person, engagement) = (PersonId::new(self.draw.id()), EngagementId::new(self.draw.id()));
        let (given, surname) = (self.draw.given_name(), self.draw.surname());
        let period = Period::since(day(from));
        edit.create_as(person, period, Person::new(given, surname));
        let number = self.persons.len();
        let state = Engagement::new(person, unit.id, class_id("engagement_type", "employee"));
        edit.create_as(engagement, period, state.user_key(format!("{number:06}")));
        self.persons.push(person);
        self.engagements.push(engagement);
        self.left.push(false);
    }

    /// What happens on one working day.
    fn day(&mut self, today: i32, days: i32) -> Result<(), CommitError> {
        let mut edit = self.edit(today);
        // So many a day that the years come out right, and by chance one more.
        let mut share = |whole: usize, done: usize| {
            let left = usize::try_from(days + self.first - today).unwrap_or(1).max(1) * 5 / 7 + 1;
            let (even, rest) = (whole.saturating_sub(done) / left, whole.saturating_sub(done) % left);
            even + usize::from(self.draw.below(left) < rest)
        };
        let opened = share(self.plan.units, self.made.len());
        let hired = share(self.plan.persons, self.persons.len());
        let working_days = (usize::try_from(days).unwrap_or(1) * 5 / 7).max(1);
        let mut even = |whole: usize| {
            whole / working_days + usize::from(self.draw.below(working_days) < whole % working_days)
        };
        let events = even(self.plan.units * 23 / 10);
        let staff = even(self.plan.persons * 6 / 10);
        for _ in 0..opened {
            self.open(&mut edit, today);
        }
        for _ in 0..events {
            self.event(&mut edit, today);
        }
        for _ in 0..hired {
            self.hire(&mut edit, today);
        }
        for _ in 0..staff {
            self.staff(&mut edit, today);
        }
        self.commit(edit)
    }

    fn event(&mut self, edit: &mut Edit<'_>, today: i32) {
        let Some((number, unit)) = self.any() else { return };
        let rename = |draw: &mut Draw| Patch::new().set(Unit::NAME, draw.unit_name());
        match self.draw.below(1000) {
            0..560 => {
                let patch = rename(&mut self.draw);
                edit.change(unit.id, day(today), patch);
            }
            560..710 => self.relocate(edit, number, unit, today),
            // What was said of the past was wrong: three in five for a while, the rest until now.
            710..850 => {
                let from = (today - self.draw.days(29, 700)).max(unit.from);
                let until = (from + self.draw.days(20, 300)).min(today);
                let bounded = self.draw.in_thousand(600) && from < until;
                match self.new_home(number).filter(|_| self.draw.in_thousand(200)) {
                    Some(home) if bounded => {
                        let patch = Patch::new().put(Unit::PLACEMENTS, self.line, home);
                        if let Ok(period) = Period::new(day(from), day(until)) {
                            edit.set(unit.id, period, patch);
                        }
                    }
                    Some(home) => {
                        edit.move_unit(unit.id, self.line, home, day(from));
                    }
                    None => {
                        let patch = rename(&mut self.draw);
                        match Period::new(day(from), day(until)) {
                            Ok(period) if bounded => edit.set(unit.id, period, patch),
                            _ => edit.change(unit.id, day(from), patch),
                        };
                    }
                }
            }
            850..910 => {
                let (from, patch) = (today + self.draw.days(30, 400), rename(&mut self.draw));
                edit.change(unit.id, day(from), patch);
            }
            910..950 => {
                let from = today + self.draw.days(30, 400);
                self.relocate(edit, number, unit, from);
            }
            _ => {
                if unit.spare {
                    edit.end(unit.id, day(today + 1 + self.draw.days(0, 90)));
                    if let Some(made) = self.made.get_mut(number) {
                        made.closed = true;
                    }
                }
            }
        }
    }

    fn relocate(&mut self, edit: &mut Edit<'_>, number: usize, unit: Made, from: i32) {
        if let Some(home) = self.new_home(number) {
            edit.move_unit(unit.id, self.line, home, day(from));
        }
    }

    /// Somebody changes workplace, or leaves.
    fn staff(&mut self, edit: &mut Edit<'_>, today: i32) {
        let number = self.draw.below(self.engagements.len());
        let (Some(engagement), Some(false)) =
            (self.engagements.get(number).copied(), self.left.get(number).copied())
        else {
            return;
        };
        if self.draw.in_thousand(300) {
            edit.end(engagement, day(today + self.draw.days(1, 60)));
            if let Some(left) = self.left.get_mut(number) {
                *left = true;
            }
        } else if let Some((_, unit)) = self.any().filter(|(_, unit)| !unit.spare) {
            edit.change(engagement, day(today), Patch::new().set(Engagement::UNIT, unit.id));
        }
    }

    /// Three units in two hundred move on one later day.
    fn reorganise(&mut self, today: i32, from: i32) -> Result<(), CommitError> {
        let mut edit = self.edit(today).cause("omorganisering");
        for _ in 0..self.plan.units * 3 / 200 {
            if let Some((number, unit)) = self.any() {
                self.relocate(&mut edit, number, unit, from);
            }
        }
        self.commit(edit)
    }

    /// The second municipality becomes a part of the first on a later day.
    fn merge(&mut self, today: i32, from: i32) -> Result<(), CommitError> {
        let (Some(first), Some(second)) = (self.made.first().copied(), self.made.get(1).copied()) else {
            return Ok(());
        };
        let mut edit = self.edit(today).cause("kommunesammenlægning");
        let then = self.registry.snapshot().at(day(from));
        for hierarchy in [self.line, self.payroll] {
            for unit in then.children(hierarchy, second.id) {
                edit.move_unit(unit, hierarchy, first.id, day(from));
            }
        }
        edit.change(first.id, day(from), Patch::new().set(Unit::NAME, "Korsbæk-Nabostrup Kommune"));
        edit.end(second.id, day(from));
        self.merged = true;
        self.commit(edit)
    }
}

//! [`Comparison`]: a person of the registry beside the register's answer, as wishes to reconcile. Asks nothing and
//! registers nothing.

use mo_core::model::value::Text;
use mo_core::model::{Address, AddressId, ClassId, Person, PersonId};
use mo_core::reconcile::{Reconcile, Scope};
use mo_core::state::Snapshot;
use mo_core::time::{Day, Period};
use mo_core::timeline::Timeline;
use uuid::Uuid;

use super::person::name;
use super::wish::{change, rewrite};
use crate::cpr::{CprAddress, Followed, Guarded};

/// Who masters the private addresses that are kept.
const SOURCE: &str = "cpr";

/// What is registered of a person.
///
/// ```
/// use mo_core::time::Day;
/// use mo_serviceplatform::refresh::Change;
///
/// fn from(change: &Change) -> Option<Day> {
///     match change {
///         Change::Name(day) | Change::Number(day) | Change::Address(day) | Change::NoAddress(day) => Some(*day),
///         Change::Protected(days) | Change::Unprotected(days) => days.from(),
///         _ => None,
///     }
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Change {
    /// Another name, from this day.
    Name(Day),
    /// Another CPR number, from this day; the old one stays in the past.
    Number(Day),
    /// Protected on these days.
    Protected(Period),
    /// Not protected (any more) on these days.
    Unprotected(Period),
    /// Another private address, from this day.
    Address(Day),
    /// No private address any more, from this day: the register has none, or the person is protected.
    NoAddress(Day),
}

/// What came of a comparison: the changes in words, and the wishes that bring them about.
#[derive(Default)]
pub(super) struct Compared {
    pub(super) changes: Vec<Change>,
    pub(super) wishes: Vec<Reconcile>,
}

/// A person of the registry.
pub(super) struct Comparison<'a> {
    day: Day,
    /// The type of private addresses, where they are kept.
    addresses: Option<ClassId>,
    snapshot: &'a Snapshot,
    person: PersonId,
    changes: Vec<Change>,
}

impl<'a> Comparison<'a> {
    pub(super) fn new(
        day: Day,
        addresses: Option<ClassId>,
        snapshot: &'a Snapshot,
        person: PersonId,
    ) -> Comparison<'a> {
        Comparison { day, addresses, snapshot, person, changes: Vec::new() }
    }

    pub(super) fn compare(mut self, found: &Followed) -> Compared {
        let timeline = self.snapshot.timeline(self.person);
        let day = self.day;
        let Some((_, state)) = timeline.piece_at(day) else { return Compared::default() };
        let source = state.source.clone().unwrap_or_else(|| "local".into());
        let mut becomes = timeline.clone();
        if state.cpr != Some(found.number) {
            change(&mut becomes, day, |person| &mut person.cpr, &Some(found.number));
            self.changes.push(Change::Number(day));
        }
        let record = &found.answer.record;
        if let Some((given, surname)) = name(record) {
            let since = record.name.as_ref().and_then(|name| name.since).map_or(day, |since| since.day);
            self.name(&timeline, &mut becomes, &given.into(), &surname.into(), since);
        }
        self.protection(&mut becomes, found);
        let mut wishes = Vec::new();
        if !self.changes.is_empty() {
            let wish = Reconcile::new(source, Scope::objects([self.person]))
                .masters(Person::GIVEN_NAME)
                .masters(Person::SURNAME)
                .masters(Person::CPR)
                .masters(Person::PROTECTED)
                .wish(self.person, &becomes);
            wishes.push(wish);
        }
        if let Some(address_type) = self.addresses {
            let life =
                timeline.stretches().find(|life| life.contains(day)).and_then(|life| life.starting(day));
            let home = match record.addresses_on(day) {
                Guarded::Open(addresses) => addresses.current.as_ref().filter(|home| !home.is_nowhere()),
                Guarded::Protected(_) => None,
            };
            wishes.extend(self.address(address_type, life, home.map(line)));
        }
        Compared { changes: self.changes, wishes }
    }

    fn name(
        &mut self,
        timeline: &Timeline<Person>,
        wished: &mut Timeline<Person>,
        given: &Text,
        surname: &Text,
        since: Day,
    ) {
        let names = timeline.map(|state| (state.given_name.clone(), state.surname.clone()));
        let day = self.day;
        let Some((run, old)) = names.piece_at(day) else { return };
        if (&old.0, &old.1) == (given, surname) {
            return;
        }
        // Not before the registry's own last change: what was registered before it was meant for other days.
        let from = since.min(day);
        let from = run.from().map_or(from, |first| first.max(from));
        change(wished, from, |person| &mut person.given_name, given);
        change(wished, from, |person| &mut person.surname, surname);
        self.changes.push(Change::Name(from));
    }

    fn protection(&mut self, wished: &mut Timeline<Person>, found: &Followed) {
        let protected = wished.map(|state| state.protected);
        let answered = found.answer.day();
        let days = found.answer.record.protected_period(answered);
        if let Some(days) = days
            && protected.pieces_in(days).any(|(_, protected)| !protected)
        {
            rewrite(wished, days, |person| person.protected = true);
            self.changes.push(Change::Protected(days));
        }
        // From the answer on, the days outside are known not to be.
        let open = match days {
            None => [Some(Period::since(answered)), None],
            Some(days) => [
                days.from().and_then(|from| Period::new(answered, from).ok()),
                days.until().map(|until| Period::since(until.max(answered))),
            ],
        };
        for open in open.into_iter().flatten() {
            if protected.pieces_in(open).any(|(_, protected)| *protected) {
                rewrite(wished, open, |person| person.protected = false);
                self.changes.push(Change::Unprotected(open));
            }
        }
    }

    /// The wish that from the day on the person has this one private address, or none.
    fn address(
        &mut self,
        address_type: ClassId,
        life: Option<Period>,
        text: Option<String>,
    ) -> Option<Reconcile> {
        let day = self.day;
        let view = self.snapshot.at(day);
        let mut kept: Vec<AddressId> = view.referrers(self.person, Address::PERSON);
        kept.retain(|id| {
            view.get(*id).is_some_and(|address| {
                address.address_type == address_type && address.source.as_deref() == Some(SOURCE)
            })
        });
        let value = |id: &AddressId| view.field(*id, Address::VALUE);
        match (&text, &*kept) {
            (None, []) => return None,
            (None, _) => self.changes.push(Change::NoAddress(day)),
            (Some(text), [one]) if value(one).as_deref() == Some(text) => return None,
            (Some(_), _) => self.changes.push(Change::Address(day)),
        }
        let wish =
            Reconcile::new(SOURCE, Scope::objects(kept)).within(Period::since(day)).masters(Address::VALUE);
        let (Some(text), Some(life)) = (text, life) else { return Some(wish) };
        let address = Address::new(address_type, text).person(self.person).source(SOURCE);
        let id = Uuid::new_v5(&self.person.uuid(), address_type.uuid().as_bytes());
        Some(wish.wish_new(AddressId::new(id), &Timeline::single(life, address)))
    }
}

/// A private address in one line.
fn line(home: &CprAddress) -> String {
    let floor = home.floor.as_ref().map(|floor| format!("{floor}."));
    let street = [home.street.as_deref(), home.house_number.as_deref()];
    let unit = [floor.as_deref(), home.door.as_deref()];
    let place = [home.postcode.as_deref(), home.district.as_deref()];
    let joined = |parts: [Option<&str>; 2]| parts.into_iter().flatten().collect::<Vec<_>>().join(" ");
    let town = home.town.clone().unwrap_or_default();
    let parts = [joined(street), joined(unit), town, joined(place)];
    parts.into_iter().filter(|part| !part.is_empty()).collect::<Vec<_>>().join(", ")
}

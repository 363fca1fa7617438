//! The made-up persons, company and addresses of Korsbæk. One of each status that matters, so that a demonstration and a
//! test have somebody for every case.

use mo_core::model::value::{Cpr, Cvr, PNumber};
use uuid::Uuid;

use super::{Fake, FakeAddress, FakeCompany, FakePerson, FakePlace, day};
use crate::address::DarId;
use crate::cpr::{Protection, Status};

pub(super) fn fake() -> Fake {
    let mut fake = Fake::empty();
    for person in persons().into_iter().flatten() {
        fake = fake.with_person(person);
    }
    for address in addresses() {
        fake = fake.with_address(address);
    }
    match company() {
        Some(company) => fake.with_company(company),
        None => fake,
    }
}

/// Numbers are constants of this file and valid; an `Option` spares a panic in library code.
fn persons() -> [Option<FakePerson>; 9] {
    let cpr = |text: &str| text.parse::<Cpr>().ok();
    let person = |number: &str, given: &str, surname: &str| {
        cpr(number).map(|number| FakePerson::new(number, given, surname))
    };
    [
        // Lives at Torvet 1, 2. tv.
        person("0101505000", "Agnes", "Eksempel").map(|p| FakePerson { middle: "Ørum".to_owned(), ..p }),
        // Protected for a year from 1 February 2026.
        person("0202505001", "Bertel", "Prøvesen").map(|p| {
            let (from, until) = (Some(day("2026-02-01")), Some(day("2027-02-01")));
            p.protected(Protection { flag: Some(true), from, until })
        }),
        // Emigrated.
        person("0303505002", "Clara", "Testrup")
            .map(|p| p.status(Status::Emigrated, day("2025-06-01")).abroad(5120, "Exempelgatan 1, Malmö")),
        // Dead.
        person("0404505003", "Ditlev", "Eksempel")
            .map(|p| p.status(Status::Dead, day("2026-08-15")).homeless()),
        // Has the next number now.
        person("0505505004", "Ebba", "Prøvesen").and_then(|p| {
            let p = p.status(Status::Renumbered, day("2024-01-01")).homeless();
            cpr("0505505012").map(|current| p.renumbered(current))
        }),
        person("0505505012", "Ebba", "Prøvesen"),
        // Works here, lives abroad, never lived here.
        person("0606505005", "Frode", "Testrup")
            .map(|p| p.status(Status::Administrative, day("2023-01-01")).homeless()),
        // No fixed abode.
        person("0707505006", "Gerda", "Eksempel")
            .map(|p| p.status(Status::ResidentWithoutAddress, day("2022-01-01")).homeless()),
        // Missing.
        person("0808505007", "Hugo", "Prøvesen")
            .map(|p| p.status(Status::Missing, day("2020-01-01")).homeless()),
    ]
}

fn company() -> Option<FakeCompany> {
    let cvr: Cvr = "99999993".parse().ok()?;
    let place = |number: &str, name: &str, house: u16| -> Option<FakePlace> {
        let p_number: PNumber = number.parse().ok()?;
        Some(FakePlace { p_number, name: name.to_owned(), number: house, advertising_protection: house == 1 })
    };
    let places = vec![place("1003123456", "Korsbæk Rådhus", 1)?, place("1003123457", "Korsbæk Skole", 7)?];
    Some(FakeCompany { cvr, name: "Korsbæk Kommune".to_owned(), places })
}

fn addresses() -> [FakeAddress; 4] {
    // Ids of the form most ids of the register have: no version, no variant.
    let id = |n: u128| DarId::new(Uuid::from_u128(0x0a3f_50b4_2d3a_32b8_e044_0003_ba29_8000 + n));
    let renamed = |address: FakeAddress| address.renamed(day("2017-03-01"), "Torvet");
    [
        renamed(FakeAddress::new(id(1), id(0x101), "Gamle Torv", "1").unit("2", "tv")),
        renamed(FakeAddress::new(id(2), id(0x101), "Gamle Torv", "1").unit("2", "th")),
        renamed(FakeAddress::new(id(3), id(0x103), "Gamle Torv", "7")),
        FakeAddress::new(id(4), id(0x104), "Stationsvej", "12B").closed(day("2020-01-01")),
    ]
}

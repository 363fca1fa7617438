//! Companies and their places.

use mo_serviceplatform::LookupError;
use mo_serviceplatform::client::Connection;
use mo_serviceplatform::cvr::{CompanyLookup, CvrService};
use mo_serviceplatform::fake::{Fake, Injected};

use crate::support::{TestClock, call};

fn service(fake: Fake) -> CvrService {
    let connection = Connection::new(fake, TestClock::new());
    CvrService::new(connection, "https://korsbaek.example/service/CVR/Online/2".parse().unwrap(), None)
}

#[test]
fn a_legal_unit_has_its_name_address_and_places_but_no_participants() {
    let unit = service(Fake::korsbaek()).legal_unit("99999993".parse().unwrap(), &call()).unwrap();
    let name = unit.name.clone().unwrap();
    assert_eq!(
        (&*name.value, name.valid_from.unwrap().to_string()),
        ("Korsbæk Kommune", "2007-01-01".into())
    );
    assert!(unit.advertising_protection);
    assert_eq!(unit.lifecycle.started.unwrap().to_string(), "2007-01-01");
    let address = unit.address.clone().unwrap().value;
    assert_eq!((address.street.as_deref(), address.house_number.as_deref()), (Some("Torvet"), Some("1")));
    assert_eq!(
        (address.municipality_code.as_deref(), address.street_code.as_deref()),
        (Some("0999"), Some("0042"))
    );
    assert_eq!(address.country.as_deref(), Some("DK"));
    let places: Vec<_> = unit.production_units.iter().map(|place| place.value.to_string()).collect();
    assert_eq!(places, ["1003123456", "1003123457"]);
    // The answer has a participant with a CPR number.
    let kept = format!("{unit:?}");
    assert!(!kept.contains("3112505999") && !kept.contains("Deltager"), "{kept}");
}

#[test]
fn a_place_knows_its_legal_unit_and_a_legal_unit_its_places() {
    let service = service(Fake::korsbaek());
    let place = service.production_unit("1003123457".parse().unwrap(), &call()).unwrap();
    assert_eq!(place.name.unwrap().value, "Korsbæk Skole");
    assert_eq!(place.legal_unit.unwrap().value.to_string(), "99999993");
    assert!(!place.advertising_protection);
    let places = service.production_units_of("99999993".parse().unwrap(), &call()).unwrap();
    let shown: Vec<_> = places
        .iter()
        .map(|place| {
            let address = &place.address.as_ref().unwrap().value;
            (place.p_number.to_string(), address.house_number.clone().unwrap(), place.advertising_protection)
        })
        .collect();
    assert_eq!(shown, [("1003123456".into(), "1".into(), true), ("1003123457".into(), "7".into(), false)]);
}

#[test]
fn no_such_company_is_not_found_by_an_empty_answer_or_by_the_back_ends_complaint() {
    let none = service(Fake::empty()).legal_unit("99999993".parse().unwrap(), &call());
    assert!(matches!(none, Err(LookupError::NotFound { .. })));
    let fake = Fake::korsbaek();
    fake.inject(Injected::Fault {
        status: 500,
        code: "soap:Server".into(),
        text: "Required property '/virksomhed/CVRNummer' missing.".into(),
        error: None,
    });
    let none = service(fake).legal_unit("99999993".parse().unwrap(), &call());
    assert!(matches!(none, Err(LookupError::NotFound { .. })));
}

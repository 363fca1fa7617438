//! Mappings of several files and kinds: references between rows, code lists, addresses, sets and maps.

use mo_core::import::{Extract, ImportError, Mapping};
use mo_core::model::{
    Address, Association, Class, Engagement, ExtensionKey, Facet, Kind, KleAspect, KleTag, Manager, Object,
    Person, Unit,
};
use mo_core::registry::Outcome;
use mo_core::time::Period;

use super::{Desk, day, read};

const MAPPING: &str = r#"{
  "source": "lon", "day": "2024-01-01", "hierarchy": {"name": "Løn", "use": "payroll"},
  "tables": [
    {"file": "enheder.csv", "kind": "unit", "key": "nr",
     "fields": {"name": "navn", "user_key": "nr", "placements": "under"}},
    {"file": "personer.csv", "kind": "person", "key": "nr",
     "fields": {"given_name": {"column": "navn", "word": "but_last"}, "surname": {"column": "navn", "word": "last"},
                "cpr": "cpr", "protected": "beskyttet", "user_key": "nr"}},
    {"file": "personer.csv", "kind": "address", "part": "mail", "key": "nr", "when": "mail",
     "fields": {"person": "nr", "value": "mail",
                "address_type": {"value": "E-mail", "facet": "employee_address_type", "scope": "EMAIL", "create": true}}},
    {"file": "personer.csv", "kind": "address", "part": "phone", "key": "nr", "when": "telefon",
     "fields": {"person": "nr", "value": "telefon",
                "address_type": {"value": "Telefon", "facet": "employee_address_type", "scope": "PHONE", "create": true}}},
    {"file": "ansat.csv", "kind": "engagement", "key": "nr",
     "fields": {"person": "person", "unit": "enhed", "engagement_type": {"column": "form", "create": true},
                "fraction": "brøk", "extensions": {"1": "lokale"}, "user_key": "nr"}},
    {"file": "leder.csv", "kind": "manager", "key": "enhed",
     "fields": {"unit": "enhed", "person": "person", "manager_type": {"value": "leder", "create": true},
                "responsibilities": {"column": "ansvar", "split": "/", "create": true}}},
    {"file": "leder.csv", "kind": "kle_tag", "key": "enhed", "when": "kle",
     "fields": {"unit": "enhed", "class": "kle", "aspects": {"column": "aspekt", "split": "/"}}}
  ]}"#;

fn files() -> [(&'static str, String); 4] {
    [
        ("ansat.csv", "nr,person,enhed,form,brøk,lokale\n7001,1,20,Månedsløn,810811,A 12\n".to_owned()),
        ("enheder.csv", "nr,navn,under\n10,Rådhuset,\n20,Skole,10\n".to_owned()),
        (
            "personer.csv",
            "nr,navn,cpr,beskyttet,mail,telefon\n\
             1,Anna Bente Madsen,010150-5000,ja,anna@korsbaek.example,12 34 56 78\n\
             2,Ib Holm,,nej,,\n"
                .to_owned(),
        ),
        (
            "leder.csv",
            "enhed,person,ansvar,kle,aspekt\n20,2,Personale / Økonomi,17.00.00,performing/insight\n"
                .to_owned(),
        ),
    ]
}

fn load(files: &[(&str, String)]) -> Result<Extract, ImportError> {
    let files: Vec<(&str, &[u8])> = files.iter().map(|(name, text)| (*name, text.as_bytes())).collect();
    read(&Mapping::parse(MAPPING).unwrap_or_else(|e| panic!("{e}")), &files)
}

/// A desk whose registry has the KLE number that a row refers to.
fn desk() -> Desk {
    let desk = Desk::new();
    let mut edit = desk.registry.edit("kl");
    let facet = edit.create(Period::ALWAYS, Facet::new("kle_number"));
    edit.create(Period::ALWAYS, Class::new(facet, "17.00.00", "Skolevæsen"));
    edit.commit().unwrap();
    desk
}

fn only<K: Object>(desk: &Desk) -> K {
    let view = desk.at("2024-06-01");
    let all = view.all::<K>();
    assert_eq!(all.len(), 1, "{}", K::KIND);
    view.get(all[0]).unwrap()
}

#[test]
fn rows_of_several_files_refer_to_each_other_by_key() {
    let desk = desk();
    let extract = load(&files()).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!((extract.count(Kind::Person), extract.count(Kind::Address)), (2, 2));
    desk.import(&extract);
    let view = desk.at("2024-06-01");
    let find = |key: &str| view.find(Person::USER_KEY, key)[0];
    let anna = view.get(find("1")).unwrap();
    assert_eq!((&*anna.given_name, &*anna.surname, anna.protected), ("Anna Bente", "Madsen", true));
    assert_eq!(anna.cpr.unwrap().reveal(), "0101505000");

    let engagement: Engagement = only(&desk);
    assert_eq!(engagement.person, find("1"));
    assert_eq!(engagement.unit, view.find(Unit::USER_KEY, "20")[0]);
    assert_eq!(engagement.fraction.unwrap().parts_per_million(), 810_811);
    assert_eq!(engagement.extensions[&ExtensionKey::One], "A 12");
    assert_eq!(view.get(engagement.engagement_type).unwrap().name, "Månedsløn");

    let manager: Manager = only(&desk);
    let mut answers: Vec<String> =
        manager.responsibilities.iter().map(|class| view.get(*class).unwrap().name.to_string()).collect();
    answers.sort();
    assert_eq!(answers, ["Personale", "Økonomi"]);

    let tag: KleTag = only(&desk);
    assert_eq!(tag.aspects.into_iter().collect::<Vec<_>>(), [KleAspect::Performing, KleAspect::Insight]);
    assert_eq!(
        view.get(tag.class).unwrap().name,
        "Skolevæsen",
        "the class that is registered, not a new one"
    );

    let values: Vec<String> =
        view.all::<Address>().iter().map(|address| view.get(*address).unwrap().value.to_string()).collect();
    assert!(
        values.contains(&"anna@korsbaek.example".to_owned()) && values.contains(&"12 34 56 78".to_owned())
    );
    assert_eq!(desk.import(&extract), Outcome::Unchanged);
}

#[test]
fn an_emptied_cell_empties_its_field_and_a_member_left_out_goes() {
    let desk = desk();
    desk.import(&load(&files()).unwrap());
    let mut files = files();
    files[0].1 = files[0].1.replace("810811,A 12", ",");
    files[2].1 = files[2].1.replace(",ja,anna@korsbaek.example,", ",nej,,");
    files[3].1 = files[3].1.replace("Personale / ", "");
    desk.import(&load(&files).unwrap());
    let engagement: Engagement = only(&desk);
    assert!(engagement.fraction.is_none() && engagement.extensions.is_empty());
    assert_eq!(only::<Manager>(&desk).responsibilities.len(), 1);
    assert_eq!(only::<Address>(&desk).value, "12 34 56 78", "the mail address is no more");
    let view = desk.at("2024-06-01");
    assert!(!view.get(view.find(Person::USER_KEY, "1")[0]).unwrap().protected);
}

#[test]
fn a_class_nobody_registered_is_made_only_where_the_mapping_says_so() {
    let desk = Desk::new();
    let extract = load(&files()).unwrap();
    let refused = extract.commit(&desk.registry.snapshot(), "test").unwrap_err().to_string();
    assert!(
        refused.contains(
            "leder.csv:2: kle_tag.class: \"17.00.00\": is the user key of no class in facet kle_number"
        ),
        "{refused}"
    );
}

#[test]
fn every_row_that_cannot_be_imported_is_named_with_its_rule() {
    let mut files = files();
    files[0].1.push_str("7002,9,21,,2000000,\n");
    files[2].1.push_str("3,Madonna,010150-500,måske,anna(at)korsbaek.example,\n");
    files[3].1.push_str("10,2,,17.00.00,udførende\n");
    let problems = load(&files).unwrap_err().problems;
    let told: Vec<String> = problems.iter().map(ToString::to_string).collect();
    for expected in [
        "ansat.csv:3: column \"form\" (engagement.engagement_type): must have a value",
        "ansat.csv:3: column \"brøk\" (engagement.fraction): \"2000000\": must be a whole number from 0 to 1000000",
        "ansat.csv:3: column \"person\" (engagement.person): \"9\": is the key of no person in these files",
        "ansat.csv:3: column \"enhed\" (engagement.unit): \"21\": is the key of no unit in these files",
        "personer.csv:4: column \"navn\" (person.given_name): \"Madonna\": must have a value",
        "personer.csv:4: column \"cpr\" (person.cpr): \"**********\": ",
        "personer.csv:4: column \"beskyttet\" (person.protected): \"måske\": must be true or false",
        "personer.csv:4: column \"mail\" (address.value): \"anna(at)korsbaek.example\": ",
        "leder.csv:3: column \"aspekt\" (kle_tag.aspects): \"udførende\": must be one of responsible",
    ] {
        assert!(told.iter().any(|line| line.starts_with(expected)), "{expected}\n{}", told.join("\n"));
    }
    assert_eq!(told.len(), 9, "{}", told.join("\n"));
    assert!(!format!("{problems:?}").contains("150-500"));
}

#[test]
fn kombits_korsbaek_loads_with_its_own_ids() {
    let Some(folder) = crate::shared::shared("data/korsbaek") else { return };
    let mapping = std::fs::read_to_string("examples/data/mappings/kombit-korsbaek.json").unwrap();
    let mapping = Mapping::parse(&mapping).unwrap();
    let mut names: Vec<String> = std::fs::read_dir(&folder)
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    let contents: Vec<Vec<u8>> = names.iter().map(|name| std::fs::read(folder.join(name)).unwrap()).collect();
    let files: Vec<(&str, &[u8])> =
        names.iter().map(String::as_str).zip(contents.iter().map(Vec::as_slice)).collect();
    let extract = read(&mapping, &files).unwrap_or_else(|e| panic!("{e}"));
    assert_eq!(extract.reports().len(), 1, "the municipality itself stands at the root");
    let desk = Desk::new();
    desk.import(&extract);

    let view = desk.at("2020-01-01");
    let (line, jobcenter) = (extract.hierarchy().unwrap(), view.find(Unit::USER_KEY, "Jobcenter")[0]);
    assert_eq!(jobcenter.to_string(), "e265f56e-031f-46b5-a403-6ded21e8d3e2");
    let path: Vec<String> =
        view.path(line, jobcenter).iter().map(|unit| view.get(*unit).unwrap().name.to_string()).collect();
    assert_eq!(
        path,
        ["Korsbæk Kommune", "Social og Sundhedsforvaltningen", "Beskæftigelsesområdet", "Jobcenter"]
    );
    assert_eq!((view.count(line, view.roots(line)[0]), view.all::<Person>().len()), (28, 39));

    let borgerservice = view.find(Unit::USER_KEY, "Borgerservice")[0];
    let chief = view.get(view.referrers(borgerservice, Engagement::UNIT)[0]).unwrap();
    assert_eq!(chief.user_key.as_deref(), Some("Chef Borgerservice"));
    let person = view.get(chief.person).unwrap();
    assert_eq!(person.user_key.as_deref(), Some("MAKOJE"));
    let mail = view.get(view.referrers(chief.person, Address::PERSON)[0]).unwrap();
    assert_eq!(mail.value, "makoje@korsbaek.dk");
    let contact = view.get(view.referrers(borgerservice, Association::UNIT)[0]).unwrap();
    assert_eq!(view.get(contact.association_type.unwrap()).unwrap().name, "Henvendelsessted");
    assert_eq!(extract.day(), day("2018-04-11"));
    assert_eq!(desk.import(&extract), Outcome::Unchanged);
}

//! Answers about persons that look odd and are valid by the schema all the same: each is shown to be valid, in both
//! versions, with and without prefixes, and then read for what it says.

use mo_serviceplatform::cpr::{CprAddress, PersonQuestion, PersonRecord, PrivateAddresses, Status, Version};

use crate::schemas::{V4, V5};
use crate::support::{AGNES, authority, cpr, soap, validate};

/// What is in a `PersonLookupResponse`, and what a reader must find there.
type Oddity = (String, fn(&PersonRecord) -> bool);

fn is_protected(record: &PersonRecord) -> bool {
    record.is_protected_on("2026-11-01".parse().unwrap())
}

fn addresses(record: &PersonRecord) -> &PrivateAddresses {
    record.addresses_on("2026-11-01".parse().unwrap()).open().unwrap()
}

fn home(record: &PersonRecord) -> &CprAddress {
    addresses(record).current.as_ref().unwrap()
}

/// Person data with these elements before and after the one that is mandatory.
fn data(before: &str, after: &str) -> String {
    format!("<persondata>{before}<antalBoernUnder18>0</antalBoernUnder18>{after}</persondata>")
}

fn with_home(content: &str) -> String {
    format!("{}<adresse><aktuelAdresse>{content}</aktuelAdresse></adresse>", data("", ""))
}

fn protection(content: &str) -> String {
    data("", &format!("<adressebeskyttelse>{content}</adressebeskyttelse>"))
}

fn oddities() -> [Oddity; 26] {
    [
        // Next to nothing.
        (String::new(), |r| !r.has_person_data() && is_protected(r)),
        (data("", ""), |r| r.has_person_data() && r.name.is_none() && r.status.is_none() && !is_protected(r)),
        (format!("{}<adresse/><relationer/><notater/><notater/>", data("", "")), |r| {
            *addresses(r) == PrivateAddresses::default()
        }),
        (with_home(""), |r| addresses(r).current.is_none()),
        (with_home("<husnummer/><etage> </etage><adr1-supladr/><adr2-supladr/><distrikter/>"), |r| {
            addresses(r).current.is_none()
        }),
        ("<adresse/>".to_owned(), |r| !r.has_person_data() && is_protected(r)),
        // Whole numbers with signs and zeros.
        (
            "<persondata><alder>+00</alder><antalBoernUnder18>-000</antalBoernUnder18></persondata>"
                .to_owned(),
            |r| r.has_person_data() && r.unreadable.is_empty(),
        ),
        (with_home("<kommunekode>0751</kommunekode><vejkode>+42</vejkode>"), |r| {
            let home = home(r);
            (home.municipality_code.as_deref(), home.street_code.as_deref()) == (Some("0751"), Some("0042"))
        }),
        (with_home("<kommunekode>\n 751 </kommunekode><vejkode>9901</vejkode>"), |r| {
            home(r).municipality_code.as_deref() == Some("0751") && home(r).is_nowhere()
        }),
        // A number beyond every code is valid and no code: its field is empty, and that is told.
        (with_home("<kommunekode>99999999999999999999</kommunekode><vejnavn>Torvet</vejnavn>"), |r| {
            home(r).municipality_code.is_none() && r.unreadable[0].element == "kommunekode"
        }),
        (data("", "<status><status>+090</status></status>"), |r| r.status == Some(Status::Dead)),
        (data("", "<status/>"), |r| r.status.is_none() && r.unreadable.is_empty()),
        // Truth in four spellings, and protection without any.
        (protection("<beskyttet>1</beskyttet>"), is_protected),
        (protection("<beskyttet> true </beskyttet>"), is_protected),
        (protection("<beskyttet>0</beskyttet>"), |r| !is_protected(r)),
        (protection("<beskyttet>false</beskyttet>"), |r| !is_protected(r)),
        (protection(""), is_protected),
        (protection("<startdato>2026-11-01+01:00</startdato>"), is_protected),
        (protection("<startdato>2026-11-02Z</startdato>"), |r| !is_protected(r)),
        (protection("<slutdato>12001-01-01</slutdato>"), is_protected),
        // Days with zones, before our era, and moments near midnight.
        (
            data(
                "<foedselsdato><dato>2001-01-01+01:00</dato><usikkerhedsmarkering/></foedselsdato><startdato><dato>-0044-03-15</dato></startdato>",
                "",
            ),
            |r| {
                let birth = r.birth_date.unwrap();
                (birth.day.to_string(), birth.uncertain) == ("2001-01-01".to_owned(), false)
                    && r.from.is_none()
                    && r.unreadable.is_empty()
            },
        ),
        (data("", "<status><statusdato><dato>2025-01-01T23:30:00Z</dato></statusdato></status>"), |r| {
            r.status_since.unwrap().day.to_string() == "2025-01-02"
        }),
        (data("", "<status><statusdato><dato>2025-06-30T24:00:00</dato></statusdato></status>"), |r| {
            r.status_since.unwrap().day.to_string() == "2025-07-01"
        }),
        // The same text written in other ways.
        (
            data(
                "<navn><personadresseringsnavn>Bang &amp; <![CDATA[<Olu]]>f<!-- et -->sen&#x20;&#198;</personadresseringsnavn><fornavn/></navn>",
                "",
            ),
            |r| r.name.as_ref().unwrap().addressing == "Bang & <Olufsen Æ",
        ),
        (data("<personnummer/><gaeldendePersonnummer/>", ""), |r| {
            r.new_number().is_none() && r.unreadable.is_empty()
        }),
        // What is skipped may be there many times, and hold the numbers of others.
        (
            format!(
                "{}<relationer><barn><personnummer>3112505999</personnummer></barn><barn><personnummer/></barn><mor/><far><navn>X</navn></far></relationer><notater><notatlinie>x</notatlinie></notater>",
                data("", "<stilling/>")
            ),
            |r| r.current_number.is_none() && !is_protected(r),
        ),
    ]
}

/// The payload in the default namespace, and the same with a prefix before every name.
fn written(version: Version, content: &str) -> [String; 2] {
    let number = if version == Version::V4 { 4 } else { 5 };
    let ns = format!("http://serviceplatformen.dk/xml/wsdl/soap11/CPR/PersonBaseDataExtended/{number}/");
    let prefixed = content.replace('<', "<p:").replace("<p:/", "</p:").replace("<p:!", "<!");
    // Inside CDATA nothing is a tag.
    let prefixed = prefixed.replace("[<p:Olu", "[<Olu");
    [
        format!("<PersonLookupResponse xmlns=\"{ns}\">{content}</PersonLookupResponse>"),
        format!("<p:PersonLookupResponse xmlns:p=\"{ns}\">{prefixed}</p:PersonLookupResponse>"),
    ]
}

#[test]
fn what_is_valid_is_read_for_what_it_says_however_odd_it_looks() {
    for (version, schema) in [(Version::V4, V4), (Version::V5, V5)] {
        let question = PersonQuestion::new(version, authority());
        for (content, says) in oddities() {
            for payload in written(version, &content) {
                validate(schema, &payload).unwrap();
                let response = http::Response::new(soap(&payload).into_bytes());
                let record = question.read(cpr(AGNES), &response).unwrap();
                assert!(says(&record), "{payload}\n{record:?}");
            }
        }
    }
}

/// Attributes that belong to XML Schema itself are valid on every element.
#[test]
fn hints_about_the_schema_are_passed_over() {
    let [payload, _] = written(Version::V5, &data("", ""));
    let hint = "PersonLookupResponse xmlns:i=\"http://www.w3.org/2001/XMLSchema-instance\" i:schemaLocation=\"urn:x x.xsd\"";
    let payload = payload.replacen("PersonLookupResponse", hint, 1);
    validate(V5, &payload).unwrap();
    let response = http::Response::new(soap(&payload).into_bytes());
    let record = PersonQuestion::new(Version::V5, authority()).read(cpr(AGNES), &response).unwrap();
    assert!(record.has_person_data());
}

//! Editions of a made-up plan, one after another, in both forms, beside a municipality's own numbers and tags.

use std::collections::BTreeMap;

use mo_core::classification::{
    ClassExport, ClassIndex, ClassNotes, HitPlace, KLE_FACET, KleQuery, ReplaceRetired, add_local_class,
    migrate,
};
use mo_core::import::TagReader;
use mo_core::model::{Class, ClassId, Facet, KleAspect, KleTag, KleTagId, Unit};
use mo_core::plan::ApprovalRule;
use mo_core::registry::Registry;
use mo_core::rules::Policy;
use mo_core::start_set;
use mo_core::time::Period;
use mo_sts::kle::{
    ACTION_FACET, CLASSIFICATION, Edition, End, Finding, Form, KleError, Level, PLAN_FACET, UUID_SYSTEM,
};
use mo_sts::xml::Limits;

use super::{day, made_up, read, registry};

fn of_2015() -> Edition {
    read(&made_up("korsbaek-emneplan-2015-02-01.xml")).unwrap()
}

fn of_2025() -> Edition {
    read(&made_up("korsbaek-emneplan-2025-05-01.xml")).unwrap()
}

fn actions() -> Edition {
    read(&made_up("korsbaek-handlingsfacetter-2025-05-01.xml")).unwrap()
}

fn class(registry: &Registry, number: &str) -> ClassId {
    let found = registry.snapshot().classes_with_key(KLE_FACET, number);
    assert_eq!(found.len(), 1, "{number}");
    found[0]
}

fn title(registry: &Registry, number: &str, on: &str) -> Option<String> {
    let view = registry.snapshot().at(day(on));
    view.get(class(registry, number)).map(|class| class.name.into())
}

#[test]
fn a_row_is_read_with_all_it_says() {
    let edition = of_2015();
    let row = |number: &str| edition.rows().iter().find(|row| row.number == number).unwrap();
    let lights = row("61.01.10");
    assert_eq!(lights.notes.guidance, "Omfatter:\n- pærer,\n- reservestrøm.");
    assert_eq!((lights.level, lights.parent.as_deref()), (Level::Topic, Some("61.01")));
    assert_eq!(lights.notes.preservation.as_deref(), Some("K5"));
    assert_eq!(lights.notes.deletion.as_deref(), Some("P1825D"));
    let law = &lights.notes.legal_sources[0];
    assert_eq!((law.title.as_str(), law.section.as_deref()), ("Fyrtårnsloven", Some("§ 4")));
    assert_eq!((law.accession.as_deref(), law.url.as_deref()), (Some("A19000000001"), None));
    assert_eq!(row("61.01.05").end, Some(End::Moved(day("1999-01-01"))));
    assert_eq!(row("61.01.05").successors, ["61.01.10"]);
    assert_eq!(row("61.02.02").notes.changed, [day("2011-05-01")]);
    assert_eq!(row("61.02.01").notes.preservation, None, "tom is no code");

    let edition = of_2025();
    assert_eq!(edition.form(), Form::Rest1_3);
    let row = edition.rows().iter().find(|row| row.number == "61.01.20").unwrap();
    assert_eq!(row.notes.legal_sources[0].url.as_deref(), Some("https://example.org/fyr#4"));
    let words: Vec<(&str, Option<&str>)> =
        row.notes.keywords.iter().map(|k| (k.text.as_str(), k.action.as_deref())).collect();
    assert_eq!(words, [("pærer", None), ("dieselgenerator", None), ("indkøb af pærer", Some("G01"))]);
    assert!(row.uuid.is_some());
}

#[test]
fn reports_are_lines_that_say_where_and_what() {
    let reports: Vec<String> = of_2015().reports().iter().map(ToString::to_string).collect();
    let expected = [
        "61.01.12 (Tågehorn) was created on 1990-01-01 and ended on 1990-01-01; it is not stored",
        "61.02.01 is valid from 1988-01-01 until 1995-01-01, when 61.02 is not; there it is a root",
        "61.02.02 is valid from 2012-01-01, when 61.02 is not; there it is a root",
        "61.02.03 was replaced by 61.09.01, which is no number of this edition; kept as a number",
        "62.01.02 was moved, and nothing is said of where",
        "62.02 (Bolde) was created on 1992-01-01 and ended on 1992-01-01; it is not stored",
        "62.02.01 (Fodbolde) was created on 1992-01-01 and ended on 1992-01-01; it is not stored",
    ];
    assert_eq!(reports.len(), expected.len(), "{reports:#?}");
    for (report, expected) in reports.iter().zip(expected) {
        assert!(report.starts_with("line ") && report.ends_with(expected), "{report}");
    }
}

#[test]
fn the_first_edition_makes_classification_facet_and_classes_with_ids_that_every_registry_agrees_on() {
    let (one, other) = (registry(), registry());
    for registry in [&one, &other] {
        of_2015().load(registry, "test").unwrap();
    }
    assert_eq!(class(&one, "61.01.10"), class(&other, "61.01.10"));
    let view = one.snapshot().at(day("2015-02-01"));
    assert_eq!(view.get(PLAN_FACET).unwrap().classification, Some(CLASSIFICATION));
    assert_eq!(view.class_path(class(&one, "61.01.10")).len(), 3);
    assert!(!view.exists(class(&one, "61.01.05")), "its row has ended");
    let old = class(&one, "61.01.05");
    assert_eq!(one.snapshot().class_successors(old), [class(&one, "61.01.10")]);
    assert_eq!(one.snapshot().classes_with_key(KLE_FACET, "61.01.12"), [], "it has no day");
}

#[test]
fn a_facet_that_is_there_is_used() {
    let registry = registry();
    let mut edit = registry.edit("test");
    start_set::add(&mut edit, Period::ALWAYS);
    edit.commit().unwrap();
    let loaded = of_2015().load(&registry, "test").unwrap();
    assert_eq!(loaded.facet, start_set::facet_id(KLE_FACET));
    assert_eq!(registry.snapshot().facets_with_key(KLE_FACET), [loaded.facet]);
}

#[test]
fn an_edition_with_uuids_keeps_the_ids_of_one_without_and_tells_the_uuids() {
    let registry = registry();
    of_2015().load(&registry, "test").unwrap();
    let before = class(&registry, "61.01.10");
    let edition = of_2025();
    edition.load(&registry, "test").unwrap();
    assert_eq!(class(&registry, "61.01.10"), before, "what refers to it stays");
    let row = edition.rows().iter().find(|row| row.number == "61.01.10").unwrap();
    let uuid = row.uuid.unwrap().to_string();
    let view = registry.snapshot().at(day("2024-01-01"));
    assert_eq!(view.find(Class::EXTERNAL_IDS, (UUID_SYSTEM, uuid.as_str())), [before]);
    // A new number has KL's UUID for id.
    let row = edition.rows().iter().find(|row| row.number == "61.01.20").unwrap();
    assert_eq!(class(&registry, "61.01.20").uuid(), row.uuid.unwrap());
    // The same again, and the form without UUIDs after it, makes no new classes and forgets no UUID.
    assert!(edition.load(&registry, "test").unwrap().outcome.receipt().is_none());
    let wishes = of_2015();
    let loading = wishes.loading(&registry.snapshot());
    let wish = loading.wishes().find(|(class, _)| *class == before).unwrap().1;
    assert_eq!(wish.last().unwrap().1.external_ids[UUID_SYSTEM], *uuid);
}

#[test]
fn an_edition_with_uuids_first_gives_its_uuids_as_ids() {
    let registry = registry();
    let edition = of_2025();
    edition.load(&registry, "test").unwrap();
    for row in edition.rows() {
        assert_eq!(class(&registry, &row.number).uuid(), row.uuid.unwrap());
    }
}

#[test]
fn a_change_with_a_new_day_counts_from_that_day_and_one_without_corrects() {
    let registry = registry();
    of_2015().load(&registry, "test").unwrap();
    of_2025().load(&registry, "test").unwrap();
    // 61.01 was changed on 2020-05-01.
    assert_eq!(title(&registry, "61.01", "2020-04-30").as_deref(), Some("Fyr"));
    assert_eq!(title(&registry, "61.01", "2020-05-01").as_deref(), Some("Fyr og tågehorn"));
    // 61.01.10 has another title without a day: it was so all the time, and ends now.
    assert_eq!(title(&registry, "61.01.10", "2000-01-01").as_deref(), Some("Lyskilder [udgår]"));
    assert_eq!(title(&registry, "61.01.10", "2025-04-30").as_deref(), Some("Lyskilder [udgår]"));
    assert_eq!(title(&registry, "61.01.10", "2025-05-01"), None);
    // What was believed before is still there.
    let then = registry.snapshot().as_known(mo_core::time::Revision::new(1)).at(day("2030-01-01"));
    assert_eq!(&*then.get(class(&registry, "61.01.10")).unwrap().name, "Lyskilder");
    // A successor that was not told before.
    let snapshot = registry.snapshot();
    assert_eq!(snapshot.class_successors(class(&registry, "62.01.02")), [class(&registry, "62.01.01")]);
    assert_eq!(
        snapshot.class_successors_on(class(&registry, "61.01.05"), day("2026-01-01")),
        [class(&registry, "61.01.20")],
        "through both editions"
    );
}

#[test]
fn a_number_that_a_later_edition_does_not_have_ends_on_its_day_and_is_told() {
    let registry = registry();
    of_2015().load(&registry, "test").unwrap();
    let loaded = of_2025().load(&registry, "test").unwrap();
    let gone: Vec<&str> = loaded
        .reports
        .iter()
        .filter(|report| matches!(report.finding, Finding::Gone { from } if from == day("2025-05-01")))
        .map(|report| report.number.as_str())
        .collect();
    assert_eq!(gone, ["62.01.80"]);
    assert_eq!(title(&registry, "62.01.80", "2025-04-30").as_deref(), Some("Rutsjebane på Torvet"));
    assert_eq!(title(&registry, "62.01.80", "2025-05-01"), None);
    // One that had ended before keeps its days.
    assert_eq!(title(&registry, "61.02.03", "2009-12-31").as_deref(), Some("Slæbebåde"));
}

#[test]
fn a_municipalitys_own_numbers_are_left_alone() {
    let registry = registry();
    of_2015().load(&registry, "test").unwrap();
    let view = registry.snapshot().at(day("2015-02-01"));
    let mut edit = registry.edit("test");
    let local = [("61.01.80", "Fyrets café"), ("61.80", "Fiskekasser")].map(|(number, title)| {
        add_local_class(&mut edit, &view, number.parse().unwrap(), title, None, Period::since(view.day()))
            .unwrap()
    });
    edit.commit().unwrap();
    let text = std::fs::read_to_string(made_up("korsbaek-emneplan-2025-05-01.xml")).unwrap();
    let text =
        text.replace("61.01.20</EmneNr>\n        <EmneTitel>", "61.01.80</EmneNr>\n        <EmneTitel>");
    let edition = Edition::read(text.as_bytes(), Limits::default()).unwrap();
    let loaded = edition.load(&registry, "test").unwrap();
    let view = registry.snapshot().at(day("2026-01-01"));
    assert_eq!(local.map(|class| view.get(class).unwrap().name.to_string()), ["Fyrets café", "Fiskekasser"]);
    let told: Vec<&str> = loaded
        .reports
        .iter()
        .filter(|report| report.finding == Finding::LocalNumber)
        .map(|report| report.number.as_str())
        .collect();
    assert_eq!(told, ["61.01.80"]);
}

/// Tags of a unit on two numbers that the edition of 2025 retires: one with a successor, one without.
fn tagged(registry: &Registry) -> [KleTagId; 2] {
    let mut edit = registry.edit("test");
    let since = Period::since(day("2016-01-01"));
    let unit = edit.create(since, Unit::new("Havnekontoret"));
    let tag = |number| KleTag::new(unit, class(registry, number)).aspects([KleAspect::Responsible]);
    let tags = ["61.01.10", "62.01.80"].map(|number| edit.create(since, tag(number)));
    edit.commit().unwrap();
    tags
}

#[test]
fn a_new_edition_loads_although_units_are_tagged_and_the_tags_are_moved_after_it() {
    let registry = registry();
    of_2015().load(&registry, "test").unwrap();
    let [lights, slide] = tagged(&registry);
    let loaded = of_2025().load(&registry, "test").unwrap();
    assert!(loaded.outcome.receipt().unwrap().effects.reported.len() >= 2);
    let used = registry.snapshot().retired_in_use();
    assert_eq!(used.iter().map(|used| &*used.number).collect::<Vec<_>>(), ["61.01.10", "62.01.80"]);

    let migration = migrate(&registry.snapshot().at(day("2025-05-01")));
    assert_eq!(migration.unresolved.iter().map(|u| u.tag).collect::<Vec<_>>(), [slide]);
    let mut edit = registry.edit("test");
    migration.add_to(&mut edit);
    edit.commit().unwrap();
    let on = |date| registry.snapshot().at(day(date)).get(lights).unwrap().class;
    assert_eq!(
        (on("2025-04-30"), on("2025-05-01")),
        (class(&registry, "61.01.10"), class(&registry, "61.01.20"))
    );
}

#[test]
fn a_new_edition_and_what_follows_for_the_tags_are_one_plan() {
    let registry = registry();
    of_2015().load(&registry, "test").unwrap();
    let [lights, slide] = tagged(&registry);
    let edition = of_2025();
    let loading = edition.loading(&registry.snapshot());
    let with = |wish: ReplaceRetired| {
        let mut proposal = loading.proposal("anna").with(wish);
        proposal.policies = proposal.policies.with(KleTag::CLASS, Policy::Report);
        registry.plan(proposal).unwrap()
    };
    let plan = with(ReplaceRetired::since(edition.published()));
    assert_eq!(plan.unresolved().iter().map(|item| item.object).collect::<Vec<_>>(), [slide.into()]);
    let why = &plan.unresolved()[0].why;
    assert!(
        why.starts_with("Havnekontoret: 62.01.80 Rutsjebane på Torvet is not valid 2025-05-01 …,"),
        "{why}"
    );
    assert!(
        plan.commit(&registry, "anna", ApprovalRule::None).unwrap_err().to_string().contains("E_UNRESOLVED")
    );

    let decided = ReplaceRetired::since(edition.published()).end(class(&registry, "62.01.80"));
    with(decided).commit(&registry, "anna", ApprovalRule::None).unwrap();
    let view = registry.snapshot().at(edition.published());
    assert_eq!(view.get(lights).unwrap().class, class(&registry, "61.01.20"));
    assert_eq!(view.get(slide), None);
    assert!(registry.snapshot().retired_in_use().is_empty());
    let registration = registry.snapshot().registration(registry.snapshot().revision()).unwrap();
    assert_eq!(registration.cause.as_deref(), Some("KLE 2025-05-01"));
    assert!(edition.load(&registry, "test").unwrap().outcome.receipt().is_none(), "it is loaded");
}

#[test]
fn a_sheet_of_tags_is_read_against_the_numbers_of_the_day() {
    let registry = registry();
    of_2015().load(&registry, "test").unwrap();
    let mut edit = registry.edit("test");
    edit.create(Period::ALWAYS, Unit::new("Havnekontoret"));
    edit.commit().unwrap();
    let view = registry.snapshot().at(day("2016-01-01"));
    let read = |rows: &str| {
        let text = format!("Enhed;KLE;Aspekt\n{rows}\n");
        TagReader::new(&view).read("opmærkning.csv", &mut text.as_bytes())
    };
    let said = |rows: &str| read(rows).unwrap_err().problems[0].to_string();
    for (row, message) in [
        (
            "Havnekontoret;61.01.05;Ansvarlig",
            "opmærkning.csv:2: column \"KLE\": \"61.01.05\": 61.01.05 Lampeolie is not valid 2016-01-01 …; it was replaced \
             by 61.01.10 Lyskilder",
        ),
        (
            "Havnekontoret;61.1.10;Ansvarlig",
            "opmærkning.csv:2: column \"KLE\": \"61.1.10\": is not a KLE number, such as 28, 28.06 or 28.06.12 (a \
             spreadsheet may have cut zeros off: format the column as text); did you mean 61.01.10 Lyskilder",
        ),
        (
            "Havnkontoret;61.01.10;Ansvarlig",
            "opmærkning.csv:2: column \"Enhed\": \"Havnkontoret\": is no unit on 2016-01-01 or later; did you mean \
             Havnekontoret?",
        ),
    ] {
        assert!(said(row).starts_with(message), "{}", said(row));
    }
    let sheet = read("Havnekontoret;61.01.10;Ansvarlig, Udførende").unwrap();
    let plan = registry.plan(sheet.proposal("KLE-opmærkning", "anna")).unwrap();
    assert_eq!(registry.snapshot().revision().number(), 2, "a plan registers nothing");
    plan.commit(&registry, "anna", ApprovalRule::None).unwrap();
    let view = registry.snapshot().at(view.day());
    let query = KleQuery::new("61.01.10".parse().unwrap(), KleAspect::Performing);
    assert_eq!(view.responsible(&query).len(), 1);
}

#[test]
fn the_turtle_of_an_edition_is_turtle() {
    let registry = registry();
    let loaded = of_2025().load(&registry, "test").unwrap();
    let view = registry.snapshot().at(day("2026-01-01"));
    let mut out = Vec::new();
    ClassExport::new(&view, loaded.facet).with_retired().skos(&mut out).unwrap();
    let mut of: BTreeMap<String, usize> = BTreeMap::new();
    for triple in oxttl::TurtleParser::new().for_slice(&out) {
        *of.entry(triple.unwrap().predicate.as_str().to_owned()).or_default() += 1;
    }
    let classes = registry.snapshot().facet_classes(loaded.facet).len();
    let count = |name: &str| of.iter().find(|(of, _)| of.ends_with(name)).map_or(0, |(_, count)| *count);
    assert_eq!(
        (count("#notation"), count("#prefLabel"), count("#inScheme")),
        (classes + 1, classes, classes)
    );
    assert_eq!(count("#broader") + count("#topConceptOf"), classes);
    assert!(count("/isReplacedBy") > 0 && count("#altLabel") > 0 && count("#scopeNote") > 0, "{of:?}");
}

#[test]
fn what_is_tolerated_hides_nothing_that_is_not() {
    let text = std::fs::read_to_string(made_up("korsbaek-emneplan-2025-05-01.xml")).unwrap();
    let created = "<EmneAdministrativInfo><OprettetDato>2025-05-01</OprettetDato></EmneAdministrativInfo>";
    assert!(text.contains(created));
    // An element that is passed over, and in the same row no first day; so many elements that not all are told.
    let strange = "<EmneFarve/>".repeat(1500);
    for before in ["", "<EmneFarve/>", strange.as_str()] {
        let broken = text.replacen(created, before, 1);
        let Err(KleError::Refused(problems)) = Edition::read(broken.as_bytes(), Limits::default()) else {
            panic!("{before:.20} hides that the first day is missing");
        };
        assert_eq!(problems.len(), 1, "{problems:?}");
        assert!(problems[0].to_string().contains("EmneAdministrativInfo is missing"), "{}", problems[0]);
    }
    let read = text.replacen("<EmneStikord>", &format!("{strange}<EmneStikord>"), 1);
    let edition = Edition::read(read.as_bytes(), Limits::default()).unwrap();
    assert_eq!(
        edition.reports().iter().filter(|r| matches!(r.finding, Finding::PassedOver { .. })).count(),
        1000
    );
    assert!(edition.reports().iter().any(|r| r.finding == Finding::MorePassedOver { count: 500 }));
}

#[test]
fn two_rows_of_one_number_stay_the_classes_they_are() {
    let text = std::fs::read_to_string(made_up("korsbaek-emneplan-2015-02-01.xml")).unwrap();
    for (from, to) in [
        // Equal days; a row that has no day before one that has.
        ("<GruppeNr>61.01</GruppeNr>", "<GruppeNr>62.01</GruppeNr>"),
        ("<EmneNr>62.01.02</EmneNr>", "<EmneNr>62.01.01</EmneNr>"),
        ("<EmneNr>61.02.01</EmneNr>", "<EmneNr>61.01.12</EmneNr>"),
    ] {
        let registry = registry();
        let edition = Edition::read(text.replacen(from, to, 1).as_bytes(), Limits::default()).unwrap();
        edition.load(&registry, "test").unwrap();
        assert!(edition.load(&registry, "test").unwrap().outcome.receipt().is_none(), "{from} as {to}");
    }
}

#[test]
fn action_facets_are_a_facet_of_their_own_and_may_replace_topics() {
    let registry = registry();
    let edition = actions();
    assert_eq!((edition.count(Level::ActionCategory), edition.count(Level::Action)), (1, 2));
    assert!(edition.is_actions() && edition.reports().is_empty(), "{:?}", edition.reports());
    edition.load(&registry, "test").unwrap();
    let snapshot = registry.snapshot();
    let daily = snapshot.classes_with_key("kle_action", "G01")[0];
    let view = snapshot.at(day("2015-01-01"));
    assert_eq!((view.class_path(daily).len(), view.all::<Facet>()), (2, vec![ACTION_FACET]));
    assert!(!view.exists(snapshot.classes_with_key("kle_action", "G02")[0]));

    let text = std::fs::read_to_string(made_up("korsbaek-emneplan-2015-02-01.xml")).unwrap();
    let text = text.replace(
        "<AfloestAf><EmneNr>61.09.01</EmneNr></AfloestAf>",
        "<AfloestAf><HandlingsfacetNr>G01</HandlingsfacetNr></AfloestAf>\
         <AfloestAf><HandlingsfacetNr>Ø40</HandlingsfacetNr></AfloestAf>",
    );
    let loaded = Edition::read(text.as_bytes(), Limits::default()).unwrap().load(&registry, "test").unwrap();
    let tugs = class(&registry, "61.02.03");
    assert_eq!(registry.snapshot().class_successors(tugs), [daily]);
    assert_eq!(registry.snapshot().class_predecessors(daily), [tugs]);
    let unknown = |report: &&mo_sts::kle::Report| report.finding == Finding::UnknownSuccessor("Ø40".into());
    assert_eq!(loaded.reports.iter().filter(unknown).count(), 1);
    let state = registry.snapshot().timeline(tugs).last().unwrap().1.clone();
    assert_eq!(ClassNotes::of(&state).unknown_successors, ["Ø40"]);
}

#[test]
fn keywords_guidance_and_laws_are_searched() {
    let registry = registry();
    let loaded = of_2025().load(&registry, "test").unwrap();
    let index = ClassIndex::new(&registry.snapshot().at(day("2026-01-01")), loaded.facet);
    for (text, number, place) in [
        ("FYRPASSER", "61.01.00", HitPlace::Keyword),
        ("indkoeb pærer", "61.01.20", HitPlace::Keyword),
        ("emne for sig", "61.01.00", HitPlace::Guidance),
        ("Legepladsloven", "62.01.01", HitPlace::Guidance),
        ("gynger", "62.01.01", HitPlace::Title),
    ] {
        let hit = &index.search(text)[0];
        assert_eq!((&*hit.key, hit.place), (number, place), "{text}");
    }
    assert_eq!(&*index.similar("Gyngr", 1)[0].key, "62.01.01");
}

#[test]
fn what_the_rest_form_may_grow_is_passed_over_and_told() {
    let text = std::fs::read_to_string(made_up("korsbaek-emneplan-2025-05-01.xml")).unwrap();
    let text = text.replacen("<EmneStikord>", "<EmneFarve><Navn>rød</Navn></EmneFarve><EmneStikord>", 1);
    let uuid = text.split("<UUID>").nth(3).unwrap()[..36].to_owned();
    let text = text.replacen(&uuid, "", 1);
    let edition = Edition::read(text.as_bytes(), Limits::default()).unwrap();
    let told = |finding: &dyn Fn(&Finding) -> bool| {
        edition
            .reports()
            .iter()
            .filter(|report| finding(&report.finding))
            .map(|r| r.number.as_str())
            .collect::<Vec<_>>()
    };
    assert_eq!(told(&|finding| matches!(finding, Finding::PassedOver { .. })), ["61.01.00"]);
    assert_eq!(told(&|finding| *finding == Finding::WithoutUuid).len(), 1);
}

#[test]
fn a_number_that_is_given_again_is_two_classes() {
    let text = std::fs::read_to_string(made_up("korsbaek-emneplan-2015-02-01.xml")).unwrap();
    // The boat shed: a number of 1988 that ended in 2003, given again in 1995.
    let text = text.replace("<EmneNr>61.02.02</EmneNr>", "<EmneNr>61.02.01</EmneNr>");
    let edition = Edition::read(text.as_bytes(), Limits::default()).unwrap();
    assert!(edition.reports().iter().any(|report| matches!(report.finding, Finding::NumberTwice { .. })));
    let registry = registry();
    edition.load(&registry, "test").unwrap();
    assert_eq!(registry.snapshot().classes_with_key(KLE_FACET, "61.02.01").len(), 2);
    assert!(edition.load(&registry, "test").unwrap().outcome.receipt().is_none(), "and stays so");
}

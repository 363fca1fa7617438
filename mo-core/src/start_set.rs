//! A ready-made Danish start set of facets and classes, so that a first registry can hold people, managers, leave and
//! addresses without a code list being typed. Ids are worked out from the keys, so every registry with the start set agrees
//! on them.

use uuid::Uuid;

use crate::model::{Class, ClassId, Facet, FacetId};
use crate::registry::Edit;
use crate::time::Period;

/// A class of the start set.
///
/// ```
/// use mo_core::start_set::FACETS;
/// let types = FACETS.iter().find(|facet| facet.user_key == "engagement_type").unwrap();
/// let volunteer = types.classes.iter().find(|class| class.user_key == "volunteer").unwrap();
/// assert_eq!(volunteer.name, "Frivillig");
/// assert!(!volunteer.description.is_empty());
/// ```
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct StartClass {
    /// Its key, English and stable.
    pub user_key: &'static str,
    /// Its Danish title.
    pub name: &'static str,
    /// Its scope: of an address type what its value is, of a visibility who sees it, of a primary type its rank.
    pub scope: Option<&'static str>,
    /// What it means, in Danish.
    pub description: &'static str,
}

/// A facet of the start set with its classes.
///
/// ```
/// use mo_core::start_set::FACETS;
/// for facet in FACETS {
///     println!("{}: {} ({} classes)", facet.user_key, facet.description, facet.classes.len());
/// }
/// assert!(FACETS.iter().any(|facet| facet.user_key == "leave_type"));
/// ```
#[derive(Debug, Clone, Copy)]
#[non_exhaustive]
pub struct StartFacet {
    /// The key that fields demand.
    pub user_key: &'static str,
    /// What the list is for, in Danish.
    pub description: &'static str,
    /// Its classes, in the order they are usually shown.
    pub classes: &'static [StartClass],
}

/// The namespace of the ids: the UUID of version 5 of `mo start set` in the OID namespace.
fn namespace() -> Uuid {
    Uuid::new_v5(&Uuid::NAMESPACE_OID, b"mo start set")
}

/// The id of a facet of the start set.
pub fn facet_id(facet: &str) -> FacetId {
    FacetId::new(Uuid::new_v5(&namespace(), facet.as_bytes()))
}

/// The id of a class of the start set; also of one that is not in it, which then names nothing.
///
/// ```
/// use mo_core::model::{CountedIds, Engagement, Person, Unit};
/// use mo_core::registry::Registry;
/// use mo_core::start_set::{self, class_id};
/// use mo_core::time::{Period, SteppingClock};
///
/// let clock = SteppingClock::new("2025-03-01T09:00:00Z".parse()?);
/// let registry = Registry::in_memory(clock, CountedIds::new("start"));
/// let mut edit = registry.edit("anna").note("startsæt");
/// start_set::add(&mut edit, Period::ALWAYS);
/// let unit = edit.create(Period::ALWAYS, Unit::new("Skole").unit_type(class_id("org_unit_type", "institution")));
/// let person = edit.create(Period::ALWAYS, Person::new("Pia", "Korsbæk"));
/// edit.create(Period::ALWAYS, Engagement::new(person, unit, class_id("engagement_type", "volunteer")));
/// edit.commit()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub fn class_id(facet: &str, class: &str) -> ClassId {
    ClassId::new(Uuid::new_v5(&namespace(), format!("{facet}/{class}").as_bytes()))
}

/// Adds commands to an edit that create every facet and class of the start set, alive on `period`.
///
/// Where they exist already the commit is refused (`E_EXISTS`); a registry is started once.
pub fn add(edit: &mut Edit<'_>, period: Period) {
    for facet in FACETS {
        let id = facet_id(facet.user_key);
        edit.create_as(id, period, Facet::new(facet.user_key).description(facet.description));
        for class in facet.classes {
            let mut state = Class::new(id, class.user_key, class.name).description(class.description);
            if let Some(scope) = class.scope {
                state = state.scope(scope);
            }
            edit.create_as(class_id(facet.user_key, class.user_key), period, state);
        }
    }
}

const fn class(user_key: &'static str, name: &'static str, description: &'static str) -> StartClass {
    StartClass { user_key, name, scope: None, description }
}

const fn scoped(
    user_key: &'static str,
    name: &'static str,
    scope: &'static str,
    description: &'static str,
) -> StartClass {
    StartClass { user_key, name, scope: Some(scope), description }
}

/// Every facet of the start set.
pub const FACETS: &[StartFacet] = &[
    StartFacet {
        user_key: "org_unit_type",
        description: "Enhedstyper: hvad for en slags enhed det er.",
        classes: &[
            class("municipality", "Kommune", "Kommunen som helhed, øverst i linjen."),
            class("administration", "Forvaltning", "Et direktørområde under kommunen."),
            class("centre", "Center", "En administrativ enhed, der samler afdelinger."),
            class("department", "Afdeling", "En enhed under et center eller en forvaltning."),
            class("institution", "Institution", "Et driftssted: skole, dagtilbud, plejecenter, bibliotek."),
            class("team", "Team", "En gruppe medarbejdere under en afdeling eller institution."),
            class("committee", "Udvalg", "Et udvalg, en bestyrelse eller en MED-enhed."),
            class("project", "Projekt", "En enhed, der findes så længe et projekt varer."),
            class("payroll", "Lønenhed", "En enhed, som kun lønsystemet kender."),
        ],
    },
    StartFacet {
        user_key: "org_unit_level",
        description: "Enhedsniveauer: hvor højt en enhed står.",
        classes: &[
            class("N1", "Niveau 1", "Kommunens øverste ledelse."),
            class("N2", "Niveau 2", "Forvaltninger og direktørområder."),
            class("N3", "Niveau 3", "Centre og sektorer."),
            class("N4", "Niveau 4", "Afdelinger og institutioner."),
            class("N5", "Niveau 5", "Team og grupper."),
        ],
    },
    StartFacet {
        user_key: "time_planning",
        description: "Tidsregistrering: hvordan enhedens medarbejdere registrerer tid.",
        classes: &[
            class("none", "Ingen", "Der registreres ikke tid."),
            class("shift_plan", "Vagtplan", "Tiden følger en vagtplan i et system til tjenesteplanlægning."),
            class("flexitime", "Flekstid", "Medarbejderne registrerer selv komme- og gåtider."),
            class("payroll_report", "Indberetning til løn", "Timer indberettes direkte til lønsystemet."),
        ],
    },
    StartFacet {
        user_key: "engagement_type",
        description: "Engagementstyper: på hvilke vilkår nogen arbejder i en enhed.",
        classes: &[
            class("employee", "Medarbejder, månedslønnet", "Fast eller midlertidigt ansat med månedsløn."),
            class("employee_hourly", "Medarbejder, timelønnet", "Ansat med timeløn, også vikarer."),
            class(
                "external_consultant",
                "Ekstern konsulent",
                "Arbejder for kommunen uden at være ansat i den.",
            ),
            class("volunteer", "Frivillig", "Yder en ulønnet indsats, fx besøgsven eller træner."),
            class("intern", "Praktikant", "I praktik eller studieophold, med eller uden løn."),
            class("trainee", "Elev eller lærling", "Under uddannelse med ansættelse i kommunen."),
            class("elected", "Folkevalgt", "Medlem af kommunalbestyrelsen eller et politisk udvalg."),
        ],
    },
    StartFacet {
        user_key: "engagement_job_function",
        description: "Stillingsbetegnelser: hvad nogen er ansat som.",
        classes: &[
            class("manager", "Leder", "Leder en enhed."),
            class(
                "clerk",
                "Administrativ medarbejder",
                "Kontor og sagsbehandling på kontorfagligt grundlag.",
            ),
            class("case_worker", "Sagsbehandler", "Behandler borgersager."),
            class("specialist", "Specialkonsulent", "Akademisk medarbejder med et fagligt område."),
            class("teacher", "Lærer", "Underviser i folkeskolen."),
            class("pedagogue", "Pædagog", "Arbejder pædagogisk i dagtilbud, skole eller botilbud."),
            class(
                "health_assistant",
                "Social- og sundhedsassistent",
                "Pleje og omsorg i hjem og på plejecenter.",
            ),
            class("nurse", "Sygeplejerske", "Sygepleje i hjem og på plejecenter."),
            class("technician", "Teknisk servicemedarbejder", "Drift og vedligehold af bygninger og anlæg."),
        ],
    },
    StartFacet {
        user_key: "association_type",
        description: "Tilknytningsroller: i hvilken rolle nogen hører til en enhed uden at være ansat i den.",
        classes: &[
            class("member", "Medlem", "Almindeligt medlem af et udvalg eller en gruppe."),
            class("chair", "Formand", "Leder udvalgets møder; i MED er det ledelsens repræsentant."),
            class(
                "vice_chair",
                "Næstformand",
                "Træder i formandens sted; i MED medarbejdernes repræsentant.",
            ),
            class("secretary", "Sekretær", "Indkalder og skriver referat."),
            class("med_management", "Ledelsesrepræsentant (MED)", "Sidder i MED-udvalget for ledelsen."),
            class("med_employee", "Medarbejderrepræsentant (MED)", "Valgt eller udpeget til MED-udvalget."),
            class("tr", "Tillidsrepræsentant (TR)", "Valgt af kollegerne efter overenskomsten."),
            class("tr_deputy", "TR-suppleant", "Træder i tillidsrepræsentantens sted."),
            class("amr", "Arbejdsmiljørepræsentant (AMR)", "Valgt af medarbejderne til arbejdsmiljøgruppen."),
            class("aml", "Arbejdsmiljøleder", "Ledelsens medlem af arbejdsmiljøgruppen."),
            class("joint_tr", "Fællestillidsrepræsentant (FTR)", "Fælles for flere tillidsrepræsentanter."),
            class("project_member", "Projektdeltager", "Deltager i et projekt ved siden af sin ansættelse."),
            class("project_manager", "Projektleder", "Leder et projekt."),
        ],
    },
    StartFacet {
        user_key: "manager_type",
        description: "Ledertyper.",
        classes: &[
            class("chief_executive", "Kommunaldirektør", "Øverste embedsmand."),
            class("director", "Direktør", "Leder en forvaltning."),
            class("head_of_centre", "Centerchef", "Leder et center."),
            class("head_of_department", "Afdelingsleder", "Leder en afdeling."),
            class(
                "head_of_institution",
                "Institutionsleder",
                "Leder en skole, et dagtilbud, et plejecenter.",
            ),
            class("team_leader", "Teamleder", "Leder et team."),
            class("acting", "Konstitueret leder", "Leder midlertidigt, til stillingen er besat."),
        ],
    },
    StartFacet {
        user_key: "manager_level",
        description: "Lederniveauer.",
        classes: &[
            class("level_1", "Niveau 1", "Direktion."),
            class("level_2", "Niveau 2", "Chefer med budget- og personaleansvar for et center."),
            class("level_3", "Niveau 3", "Ledere af afdelinger og institutioner."),
            class("level_4", "Niveau 4", "Ledere af team."),
        ],
    },
    StartFacet {
        user_key: "responsibility",
        description: "Lederansvar: hvad en leder svarer for.",
        classes: &[
            class("personnel", "Personaleledelse", "Ansætter, afskediger og holder samtaler."),
            class("personnel_sick_leave", "Personale: sygefravær", "Følger op på sygefravær."),
            class("budget", "Økonomi", "Råder over budgettet."),
            class("professional", "Faglig ledelse", "Svarer for fagligheden."),
            class("working_environment", "Arbejdsmiljø", "Svarer for arbejdsmiljøet."),
            class("it_authorisation", "It-autorisation", "Godkender adgang til it-systemer."),
        ],
    },
    StartFacet {
        user_key: "leave_type",
        description: "Orlovstyper.",
        classes: &[
            class("parental", "Barsel og forældreorlov", "Fravær ved graviditet, fødsel og adoption."),
            class("care", "Plejeorlov", "Pasning af nærtstående eller børn."),
            class("education", "Uddannelsesorlov", "Fravær for at uddanne sig."),
            class("unpaid", "Tjenestefri uden løn", "Aftalt fravær uden løn."),
            class(
                "sabbatical",
                "Seniorfri og anden aftalt frihed",
                "Frihed efter aftale eller overenskomst.",
            ),
            class("military", "Værnepligt og udsendelse", "Fravær for at gøre tjeneste."),
        ],
    },
    StartFacet {
        user_key: "org_unit_address_type",
        description: "Adressetyper for enheder.",
        classes: &[
            scoped("postal", "Postadresse", "DAR", "Hvor post sendes til."),
            scoped("visiting", "Besøgsadresse", "DAR", "Hvor borgere møder op."),
            scoped("phone", "Telefon", "PHONE", "Enhedens hovednummer."),
            scoped("email", "E-mail", "EMAIL", "Enhedens postkasse."),
            scoped("www", "Hjemmeside", "WWW", "Enhedens sider."),
            scoped("ean", "EAN-lokationsnummer", "EAN", "Hvor elektroniske fakturaer sendes til."),
            scoped("p_number", "P-nummer", "PNUMBER", "Produktionsenhedens nummer i CVR."),
            scoped("opening_hours", "Åbningstider", "TEXT", "Hvornår der er åbent, i ord."),
            scoped("contact", "Kontakt, i to felter", "MULTIFIELD_TEXT", "Overskrift og tekst."),
        ],
    },
    StartFacet {
        user_key: "employee_address_type",
        description: "Adressetyper for personer.",
        classes: &[
            scoped("home", "Privatadresse", "DAR", "Folkeregisteradressen, hvis den må kendes."),
            scoped("work_phone", "Arbejdstelefon", "PHONE", "Direkte nummer på arbejdet."),
            scoped("mobile", "Mobiltelefon", "PHONE", "Arbejdsmobil."),
            scoped("work_email", "Arbejdsmail", "EMAIL", "Personlig postkasse på arbejdet."),
            scoped("location", "Lokale", "TEXT", "Hvor personen sidder."),
        ],
    },
    StartFacet {
        user_key: "manager_address_type",
        description: "Adressetyper for ledere.",
        classes: &[
            scoped("manager_phone", "Lederens telefon", "PHONE", "Nummer til lederen."),
            scoped("manager_email", "Lederens e-mail", "EMAIL", "Postkasse til lederen."),
        ],
    },
    StartFacet {
        user_key: "visibility",
        description: "Synlighed: hvem der må se en adresse.",
        classes: &[
            scoped("public", "Må vises eksternt", "PUBLIC", "Alle må se den."),
            scoped("internal", "Må vises internt", "INTERNAL", "Kun kommunens egne må se den."),
            scoped("secret", "Hemmelig", "SECRET", "Kun de, der skal bruge den, må se den."),
        ],
    },
    StartFacet {
        user_key: "primary_type",
        description: "Primær: hvilken af flere der tæller som hovedansættelse, efter rang.",
        classes: &[
            scoped(
                "explicitly_primary",
                "Manuelt primær",
                "5000",
                "Valgt af et menneske; går foran det beregnede.",
            ),
            scoped("primary", "Primær", "3000", "Beregnet som hovedansættelse."),
            scoped("non_primary", "Ikke primær", "0", "Ikke hovedansættelse."),
        ],
    },
    StartFacet {
        user_key: "role",
        description: "Roller i it-systemer; kommunen tilføjer sine egne.",
        classes: &[],
    },
    StartFacet {
        user_key: "kle_number",
        description: "KLE-numre; indlæses fra KL's emneplan.",
        classes: &[],
    },
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::str::FromStr;

    use super::*;
    use crate::model::value::AddressScope;
    use crate::model::{CountedIds, Kind};
    use crate::registry::Registry;
    use crate::time::{Instant, SteppingClock};

    #[test]
    fn one_call_fills_an_empty_registry() {
        let registry = Registry::in_memory(SteppingClock::new(Instant::MIN), CountedIds::new("start"));
        let mut edit = registry.edit("anna");
        add(&mut edit, Period::ALWAYS);
        edit.commit().unwrap();
        let view = registry.snapshot().at("2025-01-01".parse().unwrap());
        assert_eq!(view.all::<Facet>().len(), FACETS.len());
        assert_eq!(view.all::<Class>().len(), FACETS.iter().map(|facet| facet.classes.len()).sum::<usize>());
    }

    #[test]
    fn every_facet_that_a_field_demands_is_there() {
        let there: BTreeSet<&str> = FACETS.iter().map(|facet| facet.user_key).collect();
        for field in Kind::ALL.into_iter().flat_map(|kind| kind.spec().fields) {
            assert!(field.facet.is_none_or(|facet| there.contains(facet)), "{:?}", field.facet);
        }
    }

    #[test]
    fn every_class_is_documented_and_has_a_key_of_its_own() {
        for facet in FACETS {
            let keys: BTreeSet<&str> = facet.classes.iter().map(|class| class.user_key).collect();
            assert_eq!(keys.len(), facet.classes.len());
            assert!(
                facet.classes.iter().all(|class| !class.name.is_empty() && class.description.ends_with('.'))
            );
        }
    }

    #[test]
    fn address_types_have_the_scopes_that_values_are_checked_by() {
        for facet in FACETS.iter().filter(|facet| facet.user_key.ends_with("address_type")) {
            for class in facet.classes {
                assert!(AddressScope::from_str(class.scope.unwrap()).is_ok(), "{}", class.user_key);
            }
        }
    }
}

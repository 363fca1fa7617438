//! The elements of the OIO schemas, each declared once: name, namespace, the schema's rule for its text, and what it is.
//! Which object has which of them, how often and in which order is said with the object.

/// Declares the macro `element!`: `element!(name)` is the [`Element`](crate::xml::Element), `element!(doc name)` its
/// description for the field that holds it.
macro_rules! elements {
    ($( #[doc = $doc:literal] $field:ident = $namespace:ident $local:literal $($rule:ident($($limit:expr),*))?; )*) => {
        macro_rules! element {
            $(
                ($field) => {
                    $crate::xml::Element::new($crate::oio::namespace::$namespace, $local)
                        $( .rule($crate::oio::elements::$rule($($limit),*)) )?
                };
                (doc $field) => { concat!("`", $local, "`:", $doc) };
            )*
        }
    };
}

elements! {
    // Common parts.
    /// the UUID of the object.
    uuid_identifikator = SD "UUIDIdentifikator";
    /// a URN, where there is no UUID.
    urn_identifikator = SD "URNIdentifikator" longest(255);
    /// a note, at most 1024 characters.
    note_tekst = SD "NoteTekst" longest(1024);
    /// when it was registered.
    tidspunkt = SD "Tidspunkt";
    /// what the registration did to the object.
    livscyklus_kode = SD "LivscyklusKode";
    /// who registered it.
    bruger_ref = SD "BrugerRef";
    /// from when to when it holds.
    virkning = SD "Virkning";
    /// from when, inclusive.
    fra_tidspunkt = SD "FraTidspunkt";
    /// until when, exclusive.
    til_tidspunkt = SD "TilTidspunkt";
    /// who says so.
    aktoer_ref = SD "AktoerRef";
    /// what kind of object that is.
    aktoer_type_kode = SD "AktoerTypeKode";
    /// the object pointed at.
    reference_id = SD "ReferenceID";
    /// in which role.
    rolle = SD "Rolle";
    /// of which kind the relation is, depending on the owner.
    objekt_type = SD "Type";
    /// tells relations of one role apart and orders them.
    indeks = SD "Indeks";
    /// whether the object is in use.
    gyldighed = OF "Gyldighed";
    /// in use or not.
    gyldighed_status_kode = OF "GyldighedStatusKode";
    /// whether it is published.
    er_publiceret_indikator = SD "ErPubliceretIndikator";
    /// elements of somebody's own.
    lokal_udvidelse = SD "LokalUdvidelse";
    /// how the call went.
    standard_retur = SD "StandardRetur";
    /// 20 when it went well.
    status_kode = SD "StatusKode";
    /// what went wrong, in words.
    fejlbesked_tekst = SD "FejlbeskedTekst";
    /// one result for each object.
    unik_retur = SD "UnikRetur";
    /// UUIDs found.
    id_liste = SD "IdListe";
    /// who owns the data.
    data_ejer = SD "DataEjer";
    /// eight digits.
    cvr = SD "CVR" digits(8, 8, "a CVR number of eight digits");

    // Reading and searching.
    /// only what holds at this time or later.
    virkning_fra_filter = SD "VirkningFraFilter";
    /// only what holds before this time.
    virkning_til_filter = SD "VirkningTilFilter";
    /// only registrations of this time or later.
    registrering_fra_filter = SD "RegistreringFraFilter";
    /// only registrations before this time.
    registrering_til_filter = SD "RegistreringTilFilter";
    /// how many results to pass over.
    foerste_resultat_reference = SD "FoersteResultatReference";
    /// how many results at most; the service caps it at 500.
    maksimal_antal_kvantitet = SD "MaksimalAntalKvantitet";
    /// when and by whom it was registered.
    soeg_registrering = SD "SoegRegistrering";
    /// when it holds.
    soeg_virkning = SD "SoegVirkning";

    // Attributes of the organisation objects.
    /// the key people know the object by, at most 50 characters.
    brugervendt_noegle_tekst = SD "BrugervendtNoegleTekst" longest(50);
    /// the name of the organisation, at most 200 characters.
    organisation_navn = SD "OrganisationNavn" longest(200);
    /// the name of the unit, at most 200 characters.
    enhed_navn = SD "EnhedNavn" longest(200);
    /// the name of the function, often a job title, at most 200 characters.
    funktion_navn = SD "FunktionNavn" longest(200);
    /// the user name, at most 200 characters.
    bruger_navn = SD "BrugerNavn" longest(200);
    /// the type of user in words, at most 50 characters.
    bruger_type_tekst = SD "BrugerTypeTekst" longest(50);
    /// the name of the community, at most 200 characters.
    interessefaellesskab_navn = SD "InteressefaellesskabNavn" longest(200);
    /// the type of community in words, at most 50 characters.
    interessefaellesskab_type_tekst = SD "InteressefaellesskabTypeTekst" longest(50);
    /// the name of the IT system, at most 200 characters.
    it_system_navn = SD "ItSystemNavn" longest(200);
    /// the type of IT system in words, at most 50 characters.
    it_system_type_tekst = SD "ItSystemTypeTekst" longest(50);
    /// a configuration item, at most 1024 characters.
    konfiguration_reference = SD "KonfigurationReference" longest(1024);
    /// the address in words, at most 200 characters.
    adresse_tekst = STS "AdresseTekst" longest(200);
    /// the CPR number, ten digits without hyphen.
    cpr_nummer_tekst = STS "CPR-NummerTekst" digits(10, 10, "a number of ten digits without hyphen");
    /// the person's name, at most 100 characters.
    person_navn_tekst = PERSON "NavnTekst" longest(100);
    /// the name, at most 200 characters.
    navn_tekst = STS "NavnTekst" longest(200);
    /// the CVR number, eight digits.
    cvr_nummer_tekst = STS "CVR-NummerTekst" digits(8, 8, "a CVR number of eight digits");
    /// the number of the tax unit, eight digits.
    se_nummer_tekst = STS "SE-NummerTekst" digits(8, 8, "an SE number of eight digits");
    /// the number of the production unit, ten digits.
    p_nummer_tekst = STS "P-NummerTekst" digits(10, 10, "a P number of ten digits");
    /// the code of the authority, three or four digits.
    myndigheds_kode = STS "MyndighedsKode" digits(3, 4, "an authority's code of three or four digits");

    // Relations of the organisation objects.
    /// addresses, with role and type.
    adresser = SD "Adresser";
    /// persons employed.
    ansatte = SD "Ansatte";
    /// the line of business, a class.
    branche = SD "Branche";
    /// the type of organisation, a class.
    organisationstype = SD "Organisationstype";
    /// the type of unit, a class.
    enhedstype = SD "Enhedstype";
    /// the type of function, a class.
    funktionstype = SD "Funktionstype";
    /// types of user, classes.
    bruger_typer = SD "BrugerTyper";
    /// types of IT system, classes.
    system_typer = SD "SystemTyper";
    /// the type of community, a class.
    interessefaellesskabstype = SD "Interessefaellesskabstype";
    /// the authority.
    myndighed = SD "Myndighed";
    /// the type of authority, a class.
    myndighedstype = SD "Myndighedstype";
    /// the enterprise in CVR.
    virksomhed = SD "Virksomhed";
    /// the type of enterprise, a class.
    virksomhedstype = SD "Virksomhedstype";
    /// tasks, classes of KLE, with role and type.
    opgaver = SD "Opgaver";
    /// tasks, classes of KLE.
    tilknyttede_opgaver = SD "TilknyttedeOpgaver";
    /// the unit above; of an organisation, its root unit.
    overordnet = SD "Overordnet";
    /// the production unit in CVR.
    produktionsenhed = SD "Produktionsenhed";
    /// the tax unit in CVR.
    skatteenhed = SD "Skatteenhed";
    /// the organisation it belongs to.
    tilhoerer = SD "Tilhoerer";
    /// users.
    tilknyttede_brugere = SD "TilknyttedeBrugere";
    /// units.
    tilknyttede_enheder = SD "TilknyttedeEnheder";
    /// functions.
    tilknyttede_funktioner = SD "TilknyttedeFunktioner";
    /// communities of interest.
    tilknyttede_interessefaellesskaber = SD "TilknyttedeInteressefaellesskaber";
    /// organisations.
    tilknyttede_organisationer = SD "TilknyttedeOrganisationer";
    /// persons.
    tilknyttede_personer = SD "TilknyttedePersoner";
    /// IT systems.
    tilknyttede_it_systemer = SD "TilknyttedeItSystemer";

    // Attributes of the classification objects.
    /// the title, at most 300 characters.
    titel_tekst = SD "TitelTekst" longest(300);
    /// the description, at most 10000 characters.
    beskrivelse_tekst = SD "BeskrivelseTekst" longest(10_000);
    /// the name in daily use, at most 50 characters.
    kaldenavn_tekst = SD "KaldenavnTekst" longest(50);
    /// who holds the rights, at most 4096 characters.
    ophavsret_tekst = SD "OphavsretTekst" longest(4096);
    /// how it is built, at most 1024 characters.
    opbygning_tekst = SD "OpbygningTekst" longest(1024);
    /// the plan, 1 to 100.
    plan_identifikator = SD "PlanIdentifikator" one_to_hundred();
    /// a supplement, at most 1024 characters.
    supplement_tekst = SD "SupplementTekst" longest(1024);
    /// the legal basis, at most 4096 characters.
    retskilde_tekst = SD "RetskildeTekst" longest(4096);
    /// an example, at most 4096 characters.
    eksempel_tekst = SD "EksempelTekst" longest(4096);
    /// the extent, at most 1024 characters.
    omfang_tekst = SD "OmfangTekst" longest(1024);
    /// what was changed, at most 1024 characters.
    aendringsnotat_tekst = SD "AendringsnotatTekst" longest(1024);
    /// the place in the order, 1 to 100.
    sortering = SD "Sortering" one_to_hundred();
    /// keywords.
    soegeord = KLASSE "Soegeord";
    /// keywords.
    soegeord_7 = KLASSE_7 "Soegeord";
    /// the keyword, at most 50 characters.
    soegeord_identifikator = SD "SoegeordIdentifikator" longest(50);
    /// its category, at most 1024 characters.
    soegeord_kategori_tekst = SD "SoegeordKategoriTekst" longest(1024);

    // Relations of the classification objects.
    /// who is responsible.
    ansvarlig = SD "Ansvarlig";
    /// who owns it.
    ejer = SD "Ejer";
    /// the classification it belongs to.
    facet_tilhoerer = SD "FacetTilhoerer";
    /// editors.
    redaktoerer = SD "Redaktoerer";
    /// classes it replaces.
    erstatter = SD "Erstatter";
    /// the facet it belongs to.
    facet = SD "Facet";
    /// classes it may be combined with.
    lovlige_kombinationer = SD "LovligeKombinationer";
    /// classes elsewhere that mean the same.
    mapninger = SD "Mapninger";
    /// the class above.
    overordnet_klasse = SD "OverordnetKlasse";
    /// classes beside it.
    sideordnede = SD "Sideordnede";
    /// classes added to it.
    tilfoejelser = SD "Tilfoejelser";
}

pub(crate) use element;

use crate::xml::Rule;

pub(crate) const fn longest(most: usize) -> Rule {
    Rule::Longest(most)
}

pub(crate) const fn digits(least: usize, most: usize, words: &'static str) -> Rule {
    Rule::Digits { least, most, words }
}

pub(crate) const fn one_to_hundred() -> Rule {
    Rule::OneToHundred
}

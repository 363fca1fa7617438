//! Messages that concern several kinds of the organisation at once: read a whole tree, bring in a whole tree, anonymise a
//! person, and remove an organisation from the test environment.

use uuid::Uuid;

use super::declare::{choice, sequence};
use super::elements::element;
use super::kind::{Kind, Objekt};
use super::message::{FiltreretOejebliksbillede, SoegRegistrering, StandardRetur, UnikRetur, operations};
use super::state::CprNummer;
use super::virkning::Virkning;
use super::{
    Bruger, BrugerEgenskab, Interessefaellesskab, InteressefaellesskabEgenskab, ItSystem, ItSystemEgenskab,
    Organisation, OrganisationEgenskab, OrganisationEnhed, OrganisationEnhedEgenskab, OrganisationFunktion,
    OrganisationFunktionEgenskab,
};
use crate::xml::{Element, Namespace, Rule};

const SYSTEM: Namespace = Namespace::new("http://stoettesystemerne.dk/organisation/organisationsystem/6/");
const ADMINISTRATION: Namespace =
    Namespace::new("http://stoettesystemerne.dk/organisation/organisationadministration/6/");

const fn system(local: &'static str) -> Element {
    Element::new(SYSTEM, local)
}

sequence! {
    /// *fremsoegobjekthierarki*: read the objects of an organisation, page by page. What stands in the criteria is what
    /// the objects of that kind must have.
    ///
    /// Pages hold at most 500 objects; the next page starts after the number that was returned.
    ///
    /// ```
    /// use mo_sts::oio::organisation_system::FremsoegObjekthierarkiInput;
    /// let first = FremsoegObjekthierarkiInput { maksimal_antal_kvantitet: Some(500), ..Default::default() };
    /// ```
    #[doc(alias = "FremsøgObjekthierarki")]
    pub struct FremsoegObjekthierarkiInput {
        foerste_resultat_reference: Option<i64>,
        maksimal_antal_kvantitet: Option<i64>,
        soeg_registrering: Option<SoegRegistrering>,
        soeg_virkning: Option<Virkning>,
        /// `OrganisationSoegEgenskab`: of organisations.
        organisation: Option<OrganisationEgenskab> = system("OrganisationSoegEgenskab"),
        /// `OrganisationEnhedSoegEgenskab`: of units.
        organisation_enhed: Option<OrganisationEnhedEgenskab> = system("OrganisationEnhedSoegEgenskab"),
        /// `OrganisationFunktionSoegEgenskab`: of functions.
        organisation_funktion: Option<OrganisationFunktionEgenskab> =
            system("OrganisationFunktionSoegEgenskab"),
        /// `BrugerSoegEgenskab`: of users.
        bruger: Option<BrugerEgenskab> = system("BrugerSoegEgenskab"),
        /// `InteressefaellesskabSoegEgenskab`: of communities.
        interessefaellesskab: Option<InteressefaellesskabEgenskab> =
            system("InteressefaellesskabSoegEgenskab"),
        /// `ItSystemSoegEgenskab`: of IT systems.
        it_system: Option<ItSystemEgenskab> = system("ItSystemSoegEgenskab"),
    }
}

sequence! {
    /// The answer to [`FremsoegObjekthierarkiInput`]: one page of objects, by kind.
    ///
    /// ```
    /// use mo_sts::oio::organisation_system::FremsoegObjekthierarkiOutput;
    /// assert!(FremsoegObjekthierarkiOutput::default().brugere.filtreret_oejebliksbillede.is_empty());
    /// ```
    pub struct FremsoegObjekthierarkiOutput {
        standard_retur: StandardRetur,
        /// `Organisationer`: organisations.
        organisationer: Billeder<Organisation> = system("Organisationer"),
        /// `OrganisationEnheder`: units.
        organisation_enheder: Billeder<OrganisationEnhed> = system("OrganisationEnheder"),
        /// `OrganisationFunktioner`: functions.
        organisation_funktioner: Billeder<OrganisationFunktion> = system("OrganisationFunktioner"),
        /// `Brugere`: users.
        brugere: Billeder<Bruger> = system("Brugere"),
        /// `Interessefaellesskaber`: communities.
        interessefaellesskaber: Billeder<Interessefaellesskab> = system("Interessefaellesskaber"),
        /// `ItSystemer`: IT systems.
        it_systemer: Billeder<ItSystem> = system("ItSystemer"),
    }
}

sequence! {
    /// The objects of one kind on a page.
    ///
    /// ```
    /// use mo_sts::oio::{Bruger, organisation_system::Billeder};
    /// assert!(Billeder::<Bruger>::default().filtreret_oejebliksbillede.is_empty());
    /// ```
    pub struct Billeder<K: Kind> {
        /// `FiltreretOejebliksbillede`: the objects.
        filtreret_oejebliksbillede: Vec<FiltreretOejebliksbillede<K>> = system("FiltreretOejebliksbillede"),
    }
}

sequence! {
    /// *import*: bring in an organisation with all its units in one call; no functions and no users.
    ///
    /// ```
    /// use mo_sts::oio::organisation_system::ImporterOrganisationSystemInput;
    /// let tree = ImporterOrganisationSystemInput::default();
    /// ```
    pub struct ImporterOrganisationSystemInput {
        /// `Organisation`: the organisation.
        organisation: Objekt<Organisation> = Element::new(Organisation::NAMESPACE, Organisation::NAME),
        /// `OrganisationEnhederInput`: its units.
        organisation_enheder: OrganisationEnheder = system("OrganisationEnhederInput"),
    }
}

sequence! {
    /// Units to bring in.
    ///
    /// ```
    /// assert!(mo_sts::oio::organisation_system::OrganisationEnheder::default().organisation_enhed.is_empty());
    /// ```
    pub struct OrganisationEnheder {
        /// `OrganisationEnhed`: the units.
        organisation_enhed: Vec<Objekt<OrganisationEnhed>> =
            Element::new(OrganisationEnhed::NAMESPACE, OrganisationEnhed::NAME),
    }
}

choice! {
    /// The answer to [`ImporterOrganisationSystemInput`].
    ///
    /// ```
    /// use mo_sts::oio::organisation_system::ImporterOrganisationSystemOutput as Output;
    /// assert_eq!(Output::default(), Output::Standard(vec![]));
    /// ```
    pub enum ImporterOrganisationSystemOutput {
        /// `UnikRetur`: how it went for each object.
        Unik(Vec<UnikRetur>) = element!(unik_retur),
        /// `StandardRetur`: how it went.
        Standard(Vec<StandardRetur>) = element!(standard_retur),
    }
}

impl Default for ImporterOrganisationSystemOutput {
    fn default() -> Self {
        ImporterOrganisationSystemOutput::Standard(Vec::new())
    }
}

choice! {
    /// *anonymiser*: remove what identifies a person.
    ///
    /// ```
    /// use mo_sts::oio::{Message, organisation_system::AnonymiserInput};
    ///
    /// let forget = AnonymiserInput::PersonUuid(uuid::Uuid::from_u128(1));
    /// assert_eq!(AnonymiserInput::from_xml(&forget.to_xml()?)?, forget);
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    #[doc(alias = "anonymise")]
    pub enum AnonymiserInput {
        /// `PersonUUID`: named by the UUID of its Person.
        PersonUuid(Uuid) = system("PersonUUID"),
        /// `PersonCPR`: named by its CPR number.
        PersonCpr(CprNummer) = system("PersonCPR").rule(CPR),
    }
}

/// The rule for a CPR number, the same as in `CPR-NummerTekst`.
const CPR: Rule = element!(cpr_nummer_tekst).rule;

impl Default for AnonymiserInput {
    fn default() -> AnonymiserInput {
        AnonymiserInput::PersonUuid(Uuid::nil())
    }
}

sequence! {
    /// The answer to [`AnonymiserInput`].
    ///
    /// ```
    /// use mo_sts::oio::organisation_system::AnonymiserOutput;
    /// assert!(!AnonymiserOutput::default().standard_retur.is_ok());
    /// ```
    pub struct AnonymiserOutput {
        standard_retur: StandardRetur,
    }
}

sequence! {
    /// *fysiskslet*: remove an organisation and its units for good; only in the test environment.
    ///
    /// ```
    /// use mo_sts::oio::organisation_system::FysiskSletInput;
    /// assert!(FysiskSletInput::default().organisation_uuid.is_nil());
    /// ```
    pub struct FysiskSletInput {
        /// `OrganisationUUID`: the organisation.
        organisation_uuid: Uuid = Element::new(ADMINISTRATION, "OrganisationUUID"),
        /// `OrganisationEnhedUUID`: its root unit.
        organisation_enhed_uuid: Uuid = Element::new(ADMINISTRATION, "OrganisationEnhedUUID"),
    }
}

sequence! {
    /// The answer to [`FysiskSletInput`].
    ///
    /// ```
    /// use mo_sts::oio::organisation_system::FysiskSletOutput;
    /// assert!(!FysiskSletOutput::default().standard_retur.is_ok());
    /// ```
    pub struct FysiskSletOutput {
        standard_retur: StandardRetur,
    }
}

operations! {
    // The double s stands in the service description.
    "http://kombit.dk/sts/organisation/organisationssystem/fremsoegobjekthierarki":
        FremsoegObjekthierarkiInput -> FremsoegObjekthierarkiOutput in SYSTEM,
    "http://kombit.dk/sts/organisation/organisationssystem/import":
        ImporterOrganisationSystemInput -> ImporterOrganisationSystemOutput in SYSTEM,
    "http://kombit.dk/sts/organisation/organisationssystem/anonymiser":
        AnonymiserInput -> AnonymiserOutput in SYSTEM,
    "http://kombit.dk/sts/organisation/organisationadministration/fysiskslet":
        FysiskSletInput -> FysiskSletOutput in ADMINISTRATION,
}

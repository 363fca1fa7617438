//! Messages that concern several kinds of the classification at once: read a whole classification and bring in a whole one.

use super::declare::{choice, sequence};
use super::elements::element;
use super::kind::{Kind, Objekt};
use super::message::{FiltreretOejebliksbillede, SoegRegistrering, StandardRetur, UnikRetur, operations};
use super::virkning::Virkning;
use super::{Facet, FacetEgenskab, Klasse, KlasseEgenskab, Klassifikation, KlassifikationEgenskab};
use crate::xml::{Element, Namespace};

const SYSTEM: Namespace =
    Namespace::new("http://stoettesystemerne.dk/klassifikation/klassifikationsystem/6/");

const fn system(local: &'static str) -> Element {
    Element::new(SYSTEM, local)
}

sequence! {
    /// *fremsoegobjekthierarki*: read the objects of classifications, page by page. What stands in the criteria is what the
    /// objects of that kind must have.
    ///
    /// ```
    /// use mo_sts::oio::klassifikation_system::FremsoegObjekthierarkiInput;
    /// let first = FremsoegObjekthierarkiInput { maksimal_antal_kvantitet: Some(500), ..Default::default() };
    /// ```
    #[doc(alias = "FremsøgObjekthierarki")]
    pub struct FremsoegObjekthierarkiInput {
        foerste_resultat_reference: Option<i64>,
        maksimal_antal_kvantitet: Option<i64>,
        soeg_registrering: Option<SoegRegistrering>,
        soeg_virkning: Option<Virkning>,
        /// `KlassifikationSoegEgenskab`: of classifications.
        klassifikation: Option<KlassifikationEgenskab> = system("KlassifikationSoegEgenskab"),
        /// `FacetSoegEgenskab`: of facets.
        facet: Option<FacetEgenskab> = system("FacetSoegEgenskab"),
        /// `KlasseSoegEgenskab`: of classes.
        klasse: Option<KlasseEgenskab> = system("KlasseSoegEgenskab"),
    }
}

sequence! {
    /// The answer to [`FremsoegObjekthierarkiInput`]: one page of objects, by kind.
    ///
    /// ```
    /// use mo_sts::oio::klassifikation_system::FremsoegObjekthierarkiOutput;
    /// assert!(FremsoegObjekthierarkiOutput::default().klasser.filtreret_oejebliksbillede.is_empty());
    /// ```
    pub struct FremsoegObjekthierarkiOutput {
        standard_retur: StandardRetur,
        /// `Klassifikationer`: classifications.
        klassifikationer: Billeder<Klassifikation> = system("Klassifikationer"),
        /// `Facetter`: facets.
        facetter: Billeder<Facet> = system("Facetter"),
        /// `Klasser`: classes.
        klasser: Billeder<Klasse> = system("Klasser"),
    }
}

sequence! {
    /// The objects of one kind on a page.
    ///
    /// ```
    /// use mo_sts::oio::{Klasse, klassifikation_system::Billeder};
    /// assert!(Billeder::<Klasse>::default().filtreret_oejebliksbillede.is_empty());
    /// ```
    pub struct Billeder<K: Kind> {
        /// `FiltreretOejebliksbillede`: the objects.
        filtreret_oejebliksbillede: Vec<FiltreretOejebliksbillede<K>> = system("FiltreretOejebliksbillede"),
    }
}

sequence! {
    /// *import*: bring in a classification with its facets and classes in one call.
    ///
    /// ```
    /// let local = mo_sts::oio::klassifikation_system::ImporterKlassifikationSystemInput::default();
    /// ```
    pub struct ImporterKlassifikationSystemInput {
        /// `Klassifikation`: the classification.
        klassifikation: Objekt<Klassifikation> =
            Element::new(Klassifikation::NAMESPACE, Klassifikation::NAME),
        /// `FacetterInput`: its facets.
        facetter: Facetter = system("FacetterInput"),
        /// `KlasserInput`: their classes.
        klasser: Klasser = system("KlasserInput"),
    }
}

sequence! {
    /// Facets to bring in.
    ///
    /// ```
    /// assert!(mo_sts::oio::klassifikation_system::Facetter::default().facet.is_empty());
    /// ```
    pub struct Facetter {
        /// `Facet`: the facets.
        facet: Vec<Objekt<Facet>> = Element::new(Facet::NAMESPACE, Facet::NAME),
    }
}

sequence! {
    /// Classes to bring in.
    ///
    /// ```
    /// assert!(mo_sts::oio::klassifikation_system::Klasser::default().klasse.is_empty());
    /// ```
    pub struct Klasser {
        /// `Klasse`: the classes.
        klasse: Vec<Objekt<Klasse>> = Element::new(Klasse::NAMESPACE, Klasse::NAME),
    }
}

choice! {
    /// The answer to [`ImporterKlassifikationSystemInput`].
    ///
    /// ```
    /// use mo_sts::oio::klassifikation_system::ImporterKlassifikationSystemOutput as Output;
    /// assert_eq!(Output::default(), Output::Standard(vec![]));
    /// ```
    pub enum ImporterKlassifikationSystemOutput {
        /// `UnikRetur`: how it went for each object.
        Unik(Vec<UnikRetur>) = element!(unik_retur),
        /// `StandardRetur`: how it went.
        Standard(Vec<StandardRetur>) = element!(standard_retur),
    }
}

impl Default for ImporterKlassifikationSystemOutput {
    fn default() -> Self {
        ImporterKlassifikationSystemOutput::Standard(Vec::new())
    }
}

operations! {
    "http://kombit.dk/sts/klassifikation/klassifikationsystem/fremsoegobjekthierarki":
        FremsoegObjekthierarkiInput -> FremsoegObjekthierarkiOutput in SYSTEM,
    "http://kombit.dk/sts/klassifikation/klassifikationsystem/import":
        ImporterKlassifikationSystemInput -> ImporterKlassifikationSystemOutput in SYSTEM,
}

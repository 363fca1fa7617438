//! [`KlasseV7`]: a class as version 7 of the service has it, the one in service. Read leniently: elements in any order,
//! and several parents, which the schema does not allow but answers hold.

use super::declare::{object, sequence};
use super::{MaerketRelation, MapningV7, Soegeord, Virkning};

object! {
    /// The kind *Klasse* in version 7: references carry labels, mappings roles, and every object names the owner of its
    /// data. Some relations of version 6 are gone.
    ///
    /// ```
    /// use mo_sts::oio::{Kind, KlasseV7};
    /// assert_eq!(KlasseV7::NAMESPACE.uri(), "http://stoettesystemerne.dk/klassifikation/klasse/7/");
    /// ```
    pub struct KlasseV7: klassifikation_7, "Klasse",
        super::namespace::KLASSE_7,
        "http://kombit.dk/sts/klassifikation/klasse/";

    /// What a class is called and means, in version 7.
    ///
    /// ```
    /// assert_eq!(mo_sts::oio::KlasseV7Egenskab::default().sortering, None);
    /// ```
    pub struct KlasseV7Egenskab {
        virkning: Option<Virkning>,
        brugervendt_noegle_tekst: Option<String>,
        beskrivelse_tekst: Option<String>,
        eksempel_tekst: Option<String>,
        omfang_tekst: Option<String>,
        titel_tekst: Option<String>,
        retskilde_tekst: Option<String>,
        sortering: Option<String>,
        aendringsnotat_tekst: Option<String>,
        soegeord_7: Vec<Soegeord>,
    }

    /// What a class points at, in version 7. The schema allows one `OverordnetKlasse`; answers hold one for each period.
    ///
    /// ```
    /// assert!(mo_sts::oio::KlasseV7Relationer::default().overordnet_klasse.is_empty());
    /// ```
    pub struct KlasseV7Relationer {
        ansvarlig: Option<MaerketRelation>,
        ejer: Option<MaerketRelation>,
        facet: Option<MaerketRelation>,
        mapninger: Vec<MapningV7>,
        overordnet_klasse: Vec<MaerketRelation>,
        redaktoerer: Vec<MaerketRelation>,
    }
}

sequence! {
    /// Who owns the data of an object, in version 7.
    ///
    /// ```
    /// let kl = mo_sts::oio::DataEjer { cvr: Some("12345678".into()) };
    /// ```
    pub struct DataEjer {
        cvr: Option<String>,
    }
}

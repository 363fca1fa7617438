//! Every operation there is: those of every kind of object, and those that concern several kinds.

use mo_sts::oio::{
    Adresse, Bruger, Facet, ImportInput, Interessefaellesskab, ItSystem, Kind, Klasse, KlasseV7,
    Klassifikation, LaesInput, ListInput, Myndighed, OpretInput, Organisation, OrganisationEnhed,
    OrganisationFunktion, PassiverInput, Person, Request, RetInput, SletInput, SoegInput, Virksomhed,
    klassifikation_system, organisation_system,
};

/// Something done with a type of request and the type of its answer.
pub trait Visitor {
    fn visit<Q: Request>(&mut self);
}

/// Calls the visitor for each type of request.
pub fn request(visitor: &mut impl Visitor) {
    fn kind<K: Kind>(visitor: &mut impl Visitor) {
        visitor.visit::<OpretInput<K>>();
        visitor.visit::<ImportInput<K>>();
        visitor.visit::<RetInput<K>>();
        visitor.visit::<PassiverInput<K>>();
        visitor.visit::<SletInput<K>>();
        visitor.visit::<LaesInput<K>>();
        visitor.visit::<ListInput<K>>();
        visitor.visit::<SoegInput<K>>();
    }
    kind::<Organisation>(visitor);
    kind::<OrganisationEnhed>(visitor);
    kind::<OrganisationFunktion>(visitor);
    kind::<Bruger>(visitor);
    kind::<Person>(visitor);
    kind::<Adresse>(visitor);
    kind::<ItSystem>(visitor);
    kind::<Interessefaellesskab>(visitor);
    kind::<Myndighed>(visitor);
    kind::<Virksomhed>(visitor);
    kind::<Klassifikation>(visitor);
    kind::<Facet>(visitor);
    kind::<Klasse>(visitor);
    kind::<KlasseV7>(visitor);
    visitor.visit::<organisation_system::FremsoegObjekthierarkiInput>();
    visitor.visit::<organisation_system::ImporterOrganisationSystemInput>();
    visitor.visit::<organisation_system::AnonymiserInput>();
    visitor.visit::<organisation_system::FysiskSletInput>();
    visitor.visit::<klassifikation_system::FremsoegObjekthierarkiInput>();
    visitor.visit::<klassifikation_system::ImporterKlassifikationSystemInput>();
}

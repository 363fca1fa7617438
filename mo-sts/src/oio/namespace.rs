//! The namespaces that several objects share. Each object's own namespace is declared with the object.

use crate::xml::Namespace;

/// Registration, virkning, relations, most texts: `SagDokObjekt.xsd`.
pub(crate) const SD: Namespace = Namespace::with_prefix("urn:oio:sagdok:3.0.0", "sd");
/// Numbers and names of the Danish registers: `GenerelleDefinitioner.xsd`.
pub(crate) const STS: Namespace = Namespace::with_prefix("urn:oio:sts:6", "sts");
/// What the organisation objects share: `OrganisationFaelles.xsd`.
pub(crate) const OF: Namespace = Namespace::with_prefix("http://stoettesystemerne.dk/organisation/6/", "of");
/// The namespace of Person, which also holds a person's name.
pub(crate) const PERSON: Namespace = Namespace::new("http://stoettesystemerne.dk/organisation/person/6/");
/// The namespace of Klasse, which also holds its keywords.
pub(crate) const KLASSE: Namespace = Namespace::new("http://stoettesystemerne.dk/klassifikation/klasse/6/");
/// The namespace of Klasse in version 7.
pub(crate) const KLASSE_7: Namespace = Namespace::new("http://stoettesystemerne.dk/klassifikation/klasse/7/");

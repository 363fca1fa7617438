//! SOAP 1.1, document/literal: the XML of an envelope written and read, and faults. The payloads belong to the services,
//! and HTTP to `exchange`.

mod fault;
mod write;
mod xml;

pub use fault::{Fault, FaultClass, FaultClasses, FaultEntry};
pub(crate) use write::{Out, envelope};
pub(crate) use xml::{Element, Ns, Reader};
pub use xml::{XmlError, XmlLimits};

/// The namespace of the envelope: SOAP **1.1**.
pub(crate) const ENVELOPE_NS: &str = "http://schemas.xmlsoap.org/soap/envelope/";
/// The namespace of Serviceplatformen's fault detail.
pub(crate) const FAULT_NS: &str = "http://serviceplatformen.dk/xml/schemas/ServiceplatformFault/1/";

/// The envelope's namespace in every list of known namespaces: the first.
pub(crate) const SOAP: Ns = Ns::at(0);
/// The fault's namespace in every list of known namespaces: the second.
pub(crate) const SPF: Ns = Ns::at(1);

//! SOAP 1.1, document/literal: the envelope around a question and around its answer, and what an HTTP answer means when
//! it is none. The payloads belong to the services.

mod fault;
mod write;
mod xml;

pub use fault::{Fault, FaultClass, FaultClasses, FaultEntry};
pub(crate) use write::{Out, envelope};
pub(crate) use xml::{Element, Ns, Reader};
pub use xml::{XmlError, XmlLimits};

use http::Response;

use crate::client::{content_type, header};
use crate::error::{AccessRefusal, Complaint, LookupError, Outage, ProtocolError, Service};

/// The namespace of the envelope: SOAP **1.1**.
pub(crate) const ENVELOPE_NS: &str = "http://schemas.xmlsoap.org/soap/envelope/";
/// The namespace of Serviceplatformen's fault detail.
pub(crate) const FAULT_NS: &str = "http://serviceplatformen.dk/xml/schemas/ServiceplatformFault/1/";

/// The envelope's namespace in every list of known namespaces: the first.
pub(crate) const SOAP: Ns = Ns::at(0);
/// The fault's namespace in every list of known namespaces: the second.
pub(crate) const SPF: Ns = Ns::at(1);

/// How an answer is read: the service it comes from, the namespaces known (the first two [`ENVELOPE_NS`] and
/// [`FAULT_NS`]), limits, and what its faults mean.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Reading<'f> {
    pub(crate) service: Service,
    pub(crate) namespaces: &'static [&'static str],
    pub(crate) limits: XmlLimits,
    pub(crate) faults: &'f FaultClasses,
}

impl Reading<'_> {
    /// The payload of an HTTP answer, read by `payload` from the first element in the SOAP body; a fault or an answer
    /// that is no SOAP at all becomes the error it stands for.
    pub(crate) fn answer<T>(
        self,
        response: &Response<Vec<u8>>,
        payload: impl for<'a> FnOnce(&mut Reader<'a>, &Element<'a>) -> Result<T, ProtocolError>,
    ) -> Result<T, LookupError> {
        let service = self.service;
        let protocol = |error| LookupError::Protocol { service, error };
        let status = response.status().as_u16();
        if let Some(encoding) = header(response, "content-encoding").filter(|e| *e != "identity") {
            return Err(protocol(ProtocolError::Compressed(mo_core::quote(encoding))));
        }
        if (300..400).contains(&status) {
            return Err(protocol(ProtocolError::Redirect(status)));
        }
        if content_type(response).contains("html") {
            return Err(self.by_status(status).unwrap_or_else(|| {
                protocol(ProtocolError::ContentType {
                    expected: "XML",
                    content_type: mo_core::quote(content_type(response)),
                })
            }));
        }
        match self.body(response.body(), payload) {
            Ok(Ok(payload)) if response.status().is_success() => Ok(payload),
            Ok(Ok(_)) => Err(self.by_status(status).unwrap_or(LookupError::NotFound { service })),
            Ok(Err(fault)) => Err(self.faults.error(service, fault)),
            // What came with an error status need not be SOAP: a gateway speaks for itself.
            Err(error) => Err(self.by_status(status).unwrap_or_else(|| protocol(error))),
        }
    }

    fn body<T>(
        self,
        bytes: &[u8],
        payload: impl for<'a> FnOnce(&mut Reader<'a>, &Element<'a>) -> Result<T, ProtocolError>,
    ) -> Result<Result<T, Fault>, ProtocolError> {
        let mut reader = Reader::new(bytes, self.namespaces, self.limits)?;
        let root = reader.root()?;
        if root.name() != (SOAP, "Envelope") {
            return Err(unexpected("Envelope", Some(&root)));
        }
        while let Some(part) = reader.child(&root)? {
            if part.name() != (SOAP, "Body") {
                continue;
            }
            let Some(first) = reader.child(&part)? else { return Err(unexpected("the payload", None)) };
            let answer = if first.name() == (SOAP, "Fault") {
                Err(Fault::read(&mut reader, &first)?)
            } else {
                Ok(payload(&mut reader, &first)?)
            };
            reader.finish()?;
            return Ok(answer);
        }
        Err(unexpected("Body", None))
    }

    /// What an HTTP status alone says; `None` for success.
    fn by_status(self, status: u16) -> Option<LookupError> {
        status_error(self.service, status)
    }
}

/// What an HTTP status means where no body explains it; `None` for success.
pub(crate) fn status_error(service: Service, status: u16) -> Option<LookupError> {
    match status {
        200..=299 => None,
        300..=399 => Some(LookupError::Protocol { service, error: ProtocolError::Redirect(status) }),
        401 | 403 | 407 => Some(LookupError::NoAccess { service, refusal: AccessRefusal::Status(status) }),
        408 | 429 | 500..=599 => {
            Some(LookupError::Unavailable { service, outage: Outage::Status(status), retry_after: None })
        }
        _ => Some(LookupError::BadRequest { service, complaint: Complaint::Status(status) }),
    }
}

/// An element that is not the one expected.
pub(crate) fn unexpected(expected: &'static str, found: Option<&Element<'_>>) -> ProtocolError {
    let found = found.map(|element| mo_core::quote(element.local())).unwrap_or_default();
    ProtocolError::Element { expected, found }
}

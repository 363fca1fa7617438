//! A question and its answer as HTTP: SOAP questions put into requests, and what an answer means (payload, fault, or a
//! status that speaks for itself). Knows no service's payloads.

use http::{Method, Response};
use mo_core::quote;
use serde::de::DeserializeOwned;

use crate::error::{AccessRefusal, Complaint, LookupError, Outage, ProtocolError, Service};
use crate::soap::{Element, Fault, FaultClass, FaultClasses, Reader, SOAP, XmlLimits};
use crate::transport::{Endpoint, Request, content_type, header};

/// A SOAP 1.1 message as HTTP.
pub(crate) fn soap_request(endpoint: &Endpoint, action: &str, body: Vec<u8>) -> Request {
    let headers = [
        ("content-type", "text/xml; charset=utf-8".to_owned()),
        ("soapaction", action.to_owned()),
        ("accept", "text/xml".to_owned()),
        ("accept-encoding", "identity".to_owned()),
    ];
    Request::new(Method::POST, endpoint.uri_itself(&[]), &headers, body)
}

/// How an answer is read: the service it comes from, the namespaces known (the first two [`ENVELOPE_NS`](crate::soap::ENVELOPE_NS) and
/// [`FAULT_NS`](crate::soap::FAULT_NS)), limits, and what its faults mean.
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
            return Err(protocol(ProtocolError::Compressed(quote(encoding))));
        }
        if (300..400).contains(&status) {
            return Err(protocol(ProtocolError::Redirect(status)));
        }
        if content_type(response).contains("html") {
            return Err(self.by_status(status).unwrap_or_else(|| {
                protocol(ProtocolError::ContentType {
                    expected: "XML",
                    content_type: quote(content_type(response)),
                })
            }));
        }
        match self.body(response.body(), payload) {
            Ok(Ok(payload)) if response.status().is_success() => Ok(payload),
            Ok(Ok(_)) => Err(self.by_status(status).unwrap_or(LookupError::NotFound { service })),
            Ok(Err(fault)) => Err(self.fault(fault)),
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

    /// The error that a fault stands for.
    fn fault(self, fault: Fault) -> LookupError {
        let service = self.service;
        match self.faults.class(&fault) {
            Some(FaultClass::NotFound) => LookupError::NotFound { service },
            Some(FaultClass::NoAccess) => {
                LookupError::NoAccess { service, refusal: AccessRefusal::Fault(fault) }
            }
            Some(FaultClass::BadRequest) => {
                LookupError::BadRequest { service, complaint: Complaint::Fault(fault) }
            }
            Some(FaultClass::Unavailable) => {
                LookupError::Unavailable { service, outage: Outage::Fault(fault), retry_after: None }
            }
            None => LookupError::Protocol { service, error: ProtocolError::Fault(fault) },
        }
    }

    /// What an HTTP status alone says; `None` for success.
    fn by_status(self, status: u16) -> Option<LookupError> {
        status_error(self.service, status)
    }
}

/// What an HTTP status means where no body explains it; `None` for success.
fn status_error(service: Service, status: u16) -> Option<LookupError> {
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
    let found = found.map(|element| quote(element.local())).unwrap_or_default();
    ProtocolError::Element { expected, found }
}

/// How many bytes of JSON are read at most.
pub(crate) const JSON_LIMIT: usize = 8 << 20;

/// The JSON of an answer with a status of success, or of another status if `also` takes it.
pub(crate) fn json<T: DeserializeOwned>(
    service: Service,
    response: &Response<Vec<u8>>,
    also: &[u16],
) -> Result<T, LookupError> {
    let protocol = |error| LookupError::Protocol { service, error };
    if let Some(encoding) = header(response, "content-encoding").filter(|e| *e != "identity") {
        return Err(protocol(ProtocolError::Compressed(quote(encoding))));
    }
    let status = response.status().as_u16();
    if !also.contains(&status)
        && let Some(error) = status_error(service, status)
    {
        return Err(error);
    }
    if content_type(response).contains("html") {
        let content_type = quote(content_type(response));
        return Err(protocol(ProtocolError::ContentType { expected: "JSON", content_type }));
    }
    serde_json::from_slice(response.body()).map_err(|error| {
        // serde's message repeats content; where it is says enough.
        let what = match error.classify() {
            serde_json::error::Category::Eof => "it ends in the middle",
            serde_json::error::Category::Data => "it has another shape than expected",
            _ => "it is not JSON",
        };
        protocol(ProtocolError::Json(format!("{what} (line {}, column {})", error.line(), error.column())))
    })
}

//! Companies from CVR: SF1530 *CVR-Online*, version 2. [`CompanyLookup`] is the seam, [`CvrService`] the real thing.
//! Look-up by number only; the service's searches are left out.

mod read;
mod unit;

use std::fmt;
use std::num::NonZeroU32;

use http::Response;
use mo_core::model::value::{Cvr, PNumber};

pub use unit::{CompanyAddress, Dated, LegalUnit, Lifecycle, ProductionUnit};

use crate::audit::Auditing;
use crate::client::{Connection, Question};
use crate::context::{Call, Context, Invocation};
use crate::error::{LookupError, ProtocolError, Service};
use crate::exchange::{Reading, soap_request};
use crate::recording::{Looked, recorded};
use crate::soap::{Element, FaultClasses, Out, Reader, XmlLimits, envelope};
use crate::transport::{Endpoint, Request};

/// Looks companies up by number.
///
/// ```
/// use mo_serviceplatform::cvr::CompanyLookup;
/// use mo_serviceplatform::{Call, LookupError};
/// # use mo_core::model::value::PNumber;
///
/// fn still_there(cvr: &dyn CompanyLookup, place: PNumber, call: &Call) -> Result<bool, LookupError> {
///     Ok(cvr.production_unit(place, call)?.lifecycle.ceased.is_none())
/// }
/// ```
pub trait CompanyLookup: Send + Sync {
    /// The legal unit with this number.
    ///
    /// # Errors
    /// [`LookupError`].
    fn legal_unit(&self, cvr: Cvr, call: &Call) -> Result<LegalUnit, LookupError>;

    /// The production unit with this number.
    ///
    /// # Errors
    /// [`LookupError`].
    fn production_unit(&self, p_number: PNumber, call: &Call) -> Result<ProductionUnit, LookupError>;

    /// The production units of a legal unit, with name, address and advertising protection.
    ///
    /// # Errors
    /// [`LookupError`].
    fn production_units_of(&self, cvr: Cvr, call: &Call) -> Result<Vec<ProductionUnit>, LookupError>;
}

/// SF1530 at an endpoint.
///
/// ```no_run
/// # fn example(connection: mo_serviceplatform::client::Connection, agreement: mo_serviceplatform::Invocation, call: mo_serviceplatform::Call)
/// # -> Result<(), Box<dyn std::error::Error>> {
/// use mo_serviceplatform::cvr::{CompanyLookup, CvrService};
///
/// let endpoint = "https://exttest.serviceplatformen.dk/service/CVR/Online/2".parse()?;
/// let service = CvrService::new(connection, endpoint, Some(agreement));
/// println!("{:?}", service.legal_unit("99999993".parse()?, &call)?.name);
/// # Ok(())
/// # }
/// ```
pub struct CvrService {
    connection: Connection,
    endpoint: Endpoint,
    context: Context,
    level: NonZeroU32,
    auditing: Auditing,
    faults: FaultClasses,
    limits: XmlLimits,
}

impl fmt::Debug for CvrService {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("CvrService")
            .field("endpoint", &self.endpoint)
            .field("level", &self.level)
            .field("auditing", &self.auditing)
            .finish_non_exhaustive()
    }
}

impl CvrService {
    /// The service at `endpoint`, asked by the right of a service agreement; `None` where a token that the transport adds
    /// says it. The contract has no `AuthorityContext`.
    pub fn new(connection: Connection, endpoint: Endpoint, agreement: Option<Invocation>) -> CvrService {
        let context = agreement.map_or(Context::Token, Context::Invocation);
        CvrService {
            connection,
            endpoint,
            context,
            level: NonZeroU32::MIN,
            auditing: Auditing::default(),
            faults: FaultClasses::new(),
            limits: XmlLimits::default(),
        }
    }

    /// Recording look-ups there. They are about no person, so none is refused without.
    #[must_use]
    pub fn audited(mut self, auditing: Auditing) -> CvrService {
        self.auditing = auditing;
        self
    }

    /// With what is known of the service's error codes.
    #[must_use]
    pub fn knowing_faults(mut self, faults: FaultClasses) -> CvrService {
        self.faults = faults;
        self
    }

    /// With another value of the attribute `level`, which the contract demands and does not explain; 1 unless said.
    #[must_use]
    pub fn at_level(mut self, level: NonZeroU32) -> CvrService {
        self.level = level;
        self
    }

    /// `<Op>Request` around the context and the operation's own `<Op>Request`.
    fn request(&self, operation: &Operation, number: &str, call: &Call) -> Request {
        let level = self.level.to_string();
        let body = envelope(|out| {
            out.element(operation.message, &[("xmlns:msg", "http://rep.oio.dk/eogs/xml/2/")], |out| {
                call.write(self.context, out);
                let mut attributes = vec![("xmlns:op", "http://rep.oio.dk/eogs/xml.wsdl/")];
                if operation.levelled {
                    attributes.push(("level", &level));
                }
                let id = |out: &mut Out| {
                    let ns = [("xmlns:cvr", "http://rep.oio.dk/eogs/xml.schema/")];
                    out.element(operation.id, &ns, |out| out.text(number));
                };
                out.element(operation.payload, &attributes, id);
            });
        });
        soap_request(&self.endpoint, operation.action, body)
    }

    fn ask<T>(
        &self,
        operation: &Operation,
        number: &str,
        call: &Call,
        read: impl for<'a> FnOnce(&mut Reader<'a>, &Element<'a>) -> Result<Option<T>, ProtocolError>,
        same: impl FnOnce(&T) -> bool,
    ) -> Result<T, LookupError> {
        let service = Service::Cvr;
        let look_up = || {
            let exchange = self.connection.ask(&Question {
                service,
                correlation: call.correlation(),
                response_limit: self.limits.bytes,
                passing: None,
                request: &self.request(operation, number, call),
            });
            let found = exchange.answer.and_then(|response| self.read(&response, read)).and_then(|unit| {
                if same(&unit) {
                    Ok(unit)
                } else {
                    Err(LookupError::Protocol { service, error: ProtocolError::OtherSubject })
                }
            });
            Looked::asked(exchange.attempts, found)
        };
        recorded(&self.auditing, &**self.connection.clock(), service, Some(call), None, look_up)
    }

    fn read<T>(
        &self,
        response: &Response<Vec<u8>>,
        read: impl for<'a> FnOnce(&mut Reader<'a>, &Element<'a>) -> Result<Option<T>, ProtocolError>,
    ) -> Result<T, LookupError> {
        let service = Service::Cvr;
        let reading =
            Reading { service, namespaces: read::NAMESPACES, limits: self.limits, faults: &self.faults };
        reading.answer(response, read)?.ok_or(LookupError::NotFound { service })
    }
}

struct Operation {
    action: &'static str,
    message: &'static str,
    payload: &'static str,
    id: &'static str,
    levelled: bool,
}

const LEGAL_UNIT: Operation = Operation {
    action: "\"http://rep.oio.dk/eogs/xml.wsdl/2/getLegalUnit\"",
    message: "msg:GetLegalUnitRequest",
    payload: "op:GetLegalUnitRequest",
    id: "cvr:LegalUnitIdentifier",
    levelled: true,
};
const PRODUCTION_UNIT: Operation = Operation {
    action: "\"http://rep.oio.dk/eogs/xml.wsdl/2/getProductionUnit\"",
    message: "msg:GetProductionUnitRequest",
    payload: "op:GetProductionUnitRequest",
    id: "cvr:ProductionUnitIdentifier",
    levelled: true,
};
const PRODUCTION_UNITS_OF: Operation = Operation {
    action: "\"http://rep.oio.dk/eogs/xml.wsdl/2/getRelatedProductionUnitNameAndAddress\"",
    message: "msg:GetRelatedProductionUnitNameAndAddressRequest",
    payload: "op:GetRelatedProductionUnitNameAndAddressRequest",
    id: "cvr:LegalUnitIdentifier",
    levelled: false,
};

impl CompanyLookup for CvrService {
    fn legal_unit(&self, cvr: Cvr, call: &Call) -> Result<LegalUnit, LookupError> {
        let same = |unit: &LegalUnit| unit.cvr == cvr;
        self.ask(&LEGAL_UNIT, &cvr.to_string(), call, read::legal_unit, same)
    }

    fn production_unit(&self, p_number: PNumber, call: &Call) -> Result<ProductionUnit, LookupError> {
        let same = |unit: &ProductionUnit| unit.p_number == p_number;
        self.ask(&PRODUCTION_UNIT, &p_number.to_string(), call, read::production_unit, same)
    }

    fn production_units_of(&self, cvr: Cvr, call: &Call) -> Result<Vec<ProductionUnit>, LookupError> {
        self.ask(&PRODUCTION_UNITS_OF, &cvr.to_string(), call, read::production_units, |_| true)
    }
}

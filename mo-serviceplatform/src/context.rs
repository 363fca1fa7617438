//! [`Context`]: by which right a service is asked; [`Call`]: who asks, for whom and why. Both travel in every question
//! to Serviceplatformen; neither says which person it is about.

use std::fmt;

use mo_core::model::value::{Cvr, Text};
use mo_core::quote;
use thiserror::Error;
use uuid::Uuid;

use crate::soap::Out;

/// By which right Serviceplatformen is asked: exactly one of three.
///
/// ```
/// use mo_serviceplatform::Context;
///
/// let context = Context::authority("99999993".parse()?);
/// # let _ = context;
/// # Ok::<(), mo_core::model::value::CvrError>(())
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Context {
    /// `AuthorityContext`: the municipality's CVR number; agreement and system follow from the client certificate. The
    /// simplest. SF1530 does not have it.
    #[doc(alias = "AuthorityContext")]
    Authority {
        /// The municipality asked for, `MunicipalityCVR`.
        municipality: Cvr,
    },
    /// `InvocationContext`: four UUIDs from the service agreement.
    #[doc(alias = "InvocationContext")]
    Invocation(Invocation),
    /// Nothing in the question: a security token that the transport adds says it all.
    Token,
}

impl Context {
    /// The context of a municipality.
    pub const fn authority(municipality: Cvr) -> Context {
        Context::Authority { municipality }
    }
}

/// The four UUIDs of a service agreement.
///
/// ```
/// use mo_serviceplatform::{Context, Invocation, SERVICE_CPR_4};
/// use uuid::Uuid;
///
/// let context = Context::Invocation(Invocation {
///     agreement: Uuid::from_u128(1),
///     user_system: Uuid::from_u128(2),
///     user: Uuid::from_u128(3),
///     service: SERVICE_CPR_4,
/// });
/// # let _ = context;
/// ```
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[allow(clippy::exhaustive_structs)] // fixed by the schema InvocationContext/1
pub struct Invocation {
    /// `ServiceAgreementUUID` (serviceaftale).
    pub agreement: Uuid,
    /// `UserSystemUUID` (anvendersystem).
    pub user_system: Uuid,
    /// `UserUUID` (the municipality).
    pub user: Uuid,
    /// `ServiceUUID`; of SF1520 version 4 [`SERVICE_CPR_4`], of SF1530 [`SERVICE_CVR_2`].
    pub service: Uuid,
}

/// The `ServiceUUID` of SF1520 version 4. That of version 5 is in the service agreement.
pub const SERVICE_CPR_4: Uuid = Uuid::from_u128(0xe6be_2436_bf35_4df2_83fe_9251_4282_5dc2);
/// The `ServiceUUID` of SF1530.
pub const SERVICE_CVR_2: Uuid = Uuid::from_u128(0xc0da_ecde_e278_43b7_84fd_477b_feee_a027);

/// Who looks something up, for whom and why. Goes into the audit record, and as `CallContext` into the question, so
/// that Serviceplatformen's own log can be compared with ours.
///
/// ```
/// use mo_serviceplatform::Call;
/// use uuid::Uuid;
///
/// let call = Call::new("ib@korsbaek.example", "Ansættelse, sag 2026-114", Uuid::from_u128(7))?
///     .on_behalf_of("anna@korsbaek.example")?;
/// assert_eq!(call.purpose(), "Ansættelse, sag 2026-114");
/// assert!(Call::new("", "", Uuid::nil()).is_err());
/// # Ok::<(), mo_serviceplatform::CallError>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq)]
#[doc(alias = "CallContext")]
pub struct Call {
    actor: Text,
    on_behalf_of: Option<Text>,
    purpose: Text,
    correlation: Uuid,
    accounting: Option<Text>,
    person: Option<mo_core::model::PersonId>,
}

/// What a text of a [`Call`] must be.
///
/// ```
/// use mo_serviceplatform::Call;
/// use uuid::Uuid;
///
/// let error = Call::new("ib", " ", Uuid::nil()).unwrap_err();
/// assert_eq!(error.field, "purpose");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the {field} of a look-up must be 1 to 255 characters without control characters, not {text:?}")]
pub struct CallError {
    /// Which text.
    pub field: &'static str,
    /// The text as given, shortened and masked.
    pub text: String,
}

impl Call {
    /// A call by `actor` (a user or a system) for this purpose, under this correlation id.
    ///
    /// # Errors
    /// [`CallError`]: every look-up has an actor and a purpose.
    pub fn new(
        actor: impl Into<Text>,
        purpose: impl Into<Text>,
        correlation: Uuid,
    ) -> Result<Call, CallError> {
        Ok(Call {
            actor: checked("actor", actor.into())?,
            on_behalf_of: None,
            purpose: checked("purpose", purpose.into())?,
            correlation,
            accounting: None,
            person: None,
        })
    }

    /// For another user than the actor: `OnBehalfOfUser`.
    ///
    /// # Errors
    /// [`CallError`].
    pub fn on_behalf_of(mut self, user: impl Into<Text>) -> Result<Call, CallError> {
        self.on_behalf_of = Some(checked("user on whose behalf", user.into())?);
        Ok(self)
    }

    /// With `AccountingInfo`.
    ///
    /// # Errors
    /// [`CallError`].
    pub fn accounted_to(mut self, reference: impl Into<Text>) -> Result<Call, CallError> {
        self.accounting = Some(checked("accounting reference", reference.into())?);
        Ok(self)
    }

    /// Under another correlation id.
    #[must_use]
    pub fn correlated(mut self, correlation: Uuid) -> Call {
        self.correlation = correlation;
        self
    }

    /// About a person the registry has already, so that the audit record follows that person's erasure.
    #[must_use]
    pub fn about(mut self, person: mo_core::model::PersonId) -> Call {
        self.person = Some(person);
        self
    }

    /// Who asks.
    pub fn actor(&self) -> &Text {
        &self.actor
    }

    /// For whom, if not for the actor.
    pub fn user(&self) -> Option<&Text> {
        self.on_behalf_of.as_ref()
    }

    /// Why.
    pub fn purpose(&self) -> &Text {
        &self.purpose
    }

    /// The id under which both ends can find the call: `CallersServiceCallIdentifier`. Retries keep it.
    pub fn correlation(&self) -> Uuid {
        self.correlation
    }

    /// The person of the registry it is about.
    pub fn person(&self) -> Option<mo_core::model::PersonId> {
        self.person
    }

    /// Writes `CallContext` and the context, in the order of the schemas.
    pub(crate) fn write(&self, context: Context, out: &mut Out) {
        out.element("call:CallContext", &[("xmlns:call", CALL_NS)], |out| {
            out.leaf("call:OnBehalfOfUser", self.on_behalf_of.as_ref().unwrap_or(&self.actor));
            out.leaf("call:CallersServiceCallIdentifier", &self.correlation.to_string());
            out.optional("call:AccountingInfo", self.accounting.as_deref());
        });
        match context {
            Context::Authority { municipality } => {
                out.element("auth:AuthorityContext", &[("xmlns:auth", AUTHORITY_NS)], |out| {
                    out.leaf("auth:MunicipalityCVR", &municipality.to_string());
                });
            }
            Context::Invocation(ids) => {
                out.element("inv:InvocationContext", &[("xmlns:inv", INVOCATION_NS)], |out| {
                    // Lower-case hexadecimal is all the schema takes, and what Display writes.
                    out.leaf("inv:ServiceAgreementUUID", &ids.agreement.to_string());
                    out.leaf("inv:UserSystemUUID", &ids.user_system.to_string());
                    out.leaf("inv:UserUUID", &ids.user.to_string());
                    out.leaf("inv:ServiceUUID", &ids.service.to_string());
                });
            }
            Context::Token => {}
        }
    }
}

pub(crate) const CALL_NS: &str = "http://serviceplatformen.dk/xml/schemas/CallContext/1/";
pub(crate) const AUTHORITY_NS: &str = "http://serviceplatformen.dk/xml/schemas/AuthorityContext/1/";
pub(crate) const INVOCATION_NS: &str = "http://serviceplatformen.dk/xml/schemas/InvocationContext/1/";

fn checked(field: &'static str, text: Text) -> Result<Text, CallError> {
    let good = (1..=255).contains(&text.chars().count())
        && !text.trim().is_empty()
        && !text.chars().any(|c| c.is_control() || matches!(c, '\u{fffe}' | '\u{ffff}'));
    if good { Ok(text) } else { Err(CallError { field, text: quote(&text) }) }
}

impl fmt::Display for Call {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.actor, self.correlation)
    }
}

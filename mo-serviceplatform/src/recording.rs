//! A look-up between its two records: begun, and over. Where records go is `audit`'s.

use mo_core::model::value::{Cpr, Text};
use mo_core::time::Clock;

use crate::audit::{AuditEnd, AuditRecord, Auditing};
use crate::context::Call;
use crate::error::{LookupError, Refusal, Service};

/// Makes a look-up between its two records. Look-ups of a person are refused where nothing was chosen.
pub(crate) fn recorded<T>(
    auditing: &Auditing,
    clock: &dyn Clock,
    service: Service,
    call: Option<&Call>,
    subject: Option<Cpr>,
    look_up: impl FnOnce() -> Looked<T>,
) -> Result<T, LookupError> {
    let (sink, key) = match auditing.sink() {
        Err(_) if subject.is_some() => return Err(Refusal::NoAudit.into()),
        Err(_) | Ok(None) => return look_up().result,
        Ok(Some(sink)) => sink,
    };
    let Some(call) = call else { return Err(Refusal::NoAudit.into()) };
    let mut record = AuditRecord {
        service: Text::from(service.name()),
        correlation: call.correlation(),
        actor: call.actor().clone(),
        on_behalf_of: call.user().cloned(),
        purpose: call.purpose().clone(),
        subject: subject.map(|number| key.pseudonym(number)),
        person: call.person(),
        begun: clock.now(),
        end: None,
    };
    sink.record(&record).map_err(Refusal::from)?;
    let looked = look_up();
    let outcome = looked.result.as_ref().map_or_else(LookupError::class, |_| "found");
    record.end = Some(AuditEnd {
        at: clock.now(),
        outcome: outcome.into(),
        attempts: looked.attempts,
        cached: looked.cached,
    });
    sink.record(&record).map_err(Refusal::from)?;
    looked.result
}

/// How a look-up went, for its record.
pub(crate) struct Looked<T> {
    pub(crate) result: Result<T, LookupError>,
    pub(crate) attempts: u32,
    pub(crate) cached: bool,
}

impl<T> Looked<T> {
    pub(crate) fn asked(attempts: u32, result: Result<T, LookupError>) -> Looked<T> {
        Looked { result, attempts, cached: false }
    }

    pub(crate) fn kept(result: Result<T, LookupError>) -> Looked<T> {
        Looked { result, attempts: 0, cached: true }
    }
}

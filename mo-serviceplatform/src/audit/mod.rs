//! The record of who looked up whom: [`AuditSink`] takes it, [`AuditTrail`] tells it per person. Persons stand in it
//! under a [`Pseudonym`], never by number.

mod pseudonym;
mod side;

use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};

use mo_core::model::PersonId;
use mo_core::model::value::Text;
use mo_core::time::Instant;
use serde::{Deserialize, Serialize};
use thiserror::Error;
use uuid::Uuid;

pub use pseudonym::{KeyTooShort, Pseudonym, PseudonymError, PseudonymKey};
pub use side::{AUDIT_TABLE, StoredAudit};

/// One look-up: begun, and when it is over, how it went.
///
/// Purpose and actor are the caller's words; see to it that they hold no CPR number. Its JSON form is stable.
///
/// ```
/// use mo_serviceplatform::audit::AuditRecord;
///
/// /// A line for the one who asks who looked them up.
/// fn line(record: &AuditRecord) -> String {
///     format!("{} {}: {}", record.begun, record.actor, record.purpose)
/// }
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AuditRecord {
    /// The service asked, by name.
    pub service: Text,
    /// The correlation id, which the service's own log has too.
    pub correlation: Uuid,
    /// Who asked.
    pub actor: Text,
    /// For whom, if not for the actor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub on_behalf_of: Option<Text>,
    /// Why.
    pub purpose: Text,
    /// About whom; absent for look-ups that are about no person.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<Pseudonym>,
    /// The person of the registry, where the caller knew.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub person: Option<PersonId>,
    /// When it was begun.
    pub begun: Instant,
    /// How it ended; absent while it is under way, and for ever if the program stopped in between.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<AuditEnd>,
}

/// How a look-up ended.
///
/// ```
/// use mo_serviceplatform::audit::AuditEnd;
///
/// let end: AuditEnd = serde_json::from_str(
///     r#"{"at":"2026-11-01T09:00:00Z","outcome":"not_found","attempts":1,"cached":false}"#,
/// )?;
/// assert_eq!(&*end.outcome, "not_found");
/// # Ok::<(), serde_json::Error>(())
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[non_exhaustive]
pub struct AuditEnd {
    /// When.
    pub at: Instant,
    /// `found`, or the [class](crate::LookupError::class) of the error.
    pub outcome: Text,
    /// How often the service was asked; each attempt stands in its log. 0 when it was not asked.
    pub attempts: u32,
    /// Whether the answer came from the cache.
    pub cached: bool,
}

/// Why a record was not taken or cannot be told. Holds nothing of the record.
///
/// ```
/// use mo_serviceplatform::audit::AuditError;
///
/// let error = AuditError("the disk is full".to_owned());
/// assert_eq!(error.to_string(), "the audit sink failed: the disk is full");
/// ```
#[derive(Debug, Clone, PartialEq, Eq, Error)]
#[error("the audit sink failed: {0}")]
pub struct AuditError(pub String);

/// Takes the record of every look-up, before it is made and again when it is over.
///
/// ```
/// use mo_serviceplatform::audit::{AuditError, AuditRecord, AuditSink};
///
/// /// Passes records on to a log that is kept elsewhere.
/// struct Passed<W>(std::sync::Mutex<W>);
///
/// impl<W: std::io::Write + Send> AuditSink for Passed<W> {
///     fn record(&self, record: &AuditRecord) -> Result<(), AuditError> {
///         let line = serde_json::to_string(record).map_err(|error| AuditError(error.to_string()))?;
///         let mut log = self.0.lock().map_err(|_| AuditError("the log is broken".to_owned()))?;
///         writeln!(log, "{line}").map_err(|error| AuditError(error.to_string()))
///     }
/// }
/// ```
pub trait AuditSink: Send + Sync {
    /// Keeps `record`. Called with `end: None` before the look-up and with the same record and its end afterwards; the
    /// second takes the place of the first. When this fails before, nothing is asked; when it fails after, the answer
    /// is held back.
    ///
    /// # Errors
    /// [`AuditError`] when the record is not safely kept.
    fn record(&self, record: &AuditRecord) -> Result<(), AuditError>;
}

/// Tells what was recorded: a person may ask who looked them up (GDPR article 15; Court of Justice C-579/21).
///
/// ```
/// use mo_core::model::value::Cpr;
/// use mo_serviceplatform::audit::{AuditError, AuditTrail, PseudonymKey};
///
/// /// What is told a person who asks: when, by whom and why.
/// fn told(trail: &dyn AuditTrail, key: &PseudonymKey, number: Cpr) -> Result<Vec<String>, AuditError> {
///     let records = trail.about(key.pseudonym(number))?;
///     Ok(records.iter().map(|r| format!("{} {} {}", r.begun, r.actor, r.purpose)).collect())
/// }
/// ```
pub trait AuditTrail {
    /// The records about a person, oldest first.
    ///
    /// # Errors
    /// [`AuditError`] when they cannot be read.
    fn about(&self, subject: Pseudonym) -> Result<Vec<AuditRecord>, AuditError>;
}

impl<S: AuditSink + ?Sized> AuditSink for Arc<S> {
    fn record(&self, record: &AuditRecord) -> Result<(), AuditError> {
        (**self).record(record)
    }
}

/// Keeps records in memory, for tests and for programs that pass them on.
///
/// ```
/// use mo_serviceplatform::audit::{AuditTrail, MemoryAudit, PseudonymKey};
///
/// let audit = MemoryAudit::new();
/// let key = PseudonymKey::new(*b"a key of at least sixteen bytes")?;
/// assert!(audit.about(key.pseudonym("0101505000".parse()?))?.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Default)]
pub struct MemoryAudit(Mutex<Vec<AuditRecord>>);

impl MemoryAudit {
    /// Nothing recorded yet.
    pub fn new() -> MemoryAudit {
        MemoryAudit::default()
    }

    /// Everything recorded, oldest first.
    pub fn records(&self) -> Vec<AuditRecord> {
        self.lock().clone()
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, Vec<AuditRecord>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl AuditSink for MemoryAudit {
    fn record(&self, record: &AuditRecord) -> Result<(), AuditError> {
        let mut records = self.lock();
        let begun = AuditRecord { end: None, ..record.clone() };
        match records.iter_mut().rev().find(|kept| **kept == begun) {
            Some(kept) => *kept = record.clone(),
            None => records.push(record.clone()),
        }
        Ok(())
    }
}

impl AuditTrail for MemoryAudit {
    fn about(&self, subject: Pseudonym) -> Result<Vec<AuditRecord>, AuditError> {
        Ok(self.lock().iter().filter(|record| record.subject == Some(subject)).cloned().collect())
    }
}

/// Where a service's look-ups are recorded.
///
/// ```
/// use mo_serviceplatform::audit::{Auditing, MemoryAudit, PseudonymKey};
///
/// let key = PseudonymKey::new(*b"sixteen bytes or more")?;
/// let auditing = Auditing::to(MemoryAudit::new(), key);
/// assert_eq!(format!("{auditing:?}"), "to a sink");
/// assert_eq!(format!("{:?}", Auditing::default()), "not chosen");
/// # Ok::<(), mo_serviceplatform::audit::KeyTooShort>(())
/// ```
#[derive(Clone, Default)]
pub struct Auditing(Choice);

#[derive(Clone, Default)]
enum Choice {
    #[default]
    NotChosen,
    None,
    Sink(Arc<dyn AuditSink>, PseudonymKey),
}

impl Auditing {
    /// Into `sink`, with persons under pseudonyms of `key`.
    pub fn to(sink: impl AuditSink + 'static, key: PseudonymKey) -> Auditing {
        Auditing(Choice::Sink(Arc::new(sink), key))
    }

    /// Nowhere. Choose it only where another system keeps the record.
    pub fn none() -> Auditing {
        Auditing(Choice::None)
    }

    /// The sink and its key; `Ok(None)` where none was chosen on purpose, `Err` where nothing was chosen.
    pub(crate) fn sink(&self) -> Result<Option<(&dyn AuditSink, &PseudonymKey)>, NotChosen> {
        match &self.0 {
            Choice::NotChosen => Err(NotChosen),
            Choice::None => Ok(None),
            Choice::Sink(sink, key) => Ok(Some((&**sink, key))),
        }
    }
}

/// Nothing was said about where look-ups are recorded.
#[derive(Debug, Clone, Copy)]
pub(crate) struct NotChosen;

impl fmt::Debug for Auditing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self.0 {
            Choice::NotChosen => "not chosen",
            Choice::None => "none",
            Choice::Sink(..) => "to a sink",
        })
    }
}

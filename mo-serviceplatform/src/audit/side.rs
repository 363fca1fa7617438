//! [`StoredAudit`]: look-up records in a side table of the registry's store, so that erasing a person reaches them and a
//! person's access to what is held about them shows them.

use mo_core::store::{SideExt, SideSpec, Store, StoreError};
use uuid::Uuid;

use super::{AuditError, AuditRecord, AuditSink, AuditTrail, Pseudonym};

/// The name of the side table that [`StoredAudit`] keeps its records in.
pub const AUDIT_TABLE: &str = "serviceplatform.audit";

/// Keeps look-up records in the store of a registry, durable before the look-up is made.
///
/// Rows are ordered by subject and time. A row is about the pseudonym and, where the caller knew, the person of the
/// registry: [`Store::forget`] of that person removes it.
///
/// ```
/// use std::sync::Arc;
/// use mo_core::store::MemoryStore;
/// use mo_serviceplatform::audit::{AuditTrail, PseudonymKey, StoredAudit};
///
/// let audit = StoredAudit::new(Arc::new(MemoryStore::new()));
/// let key = PseudonymKey::new(*b"sixteen bytes or more")?;
/// assert!(audit.about(key.pseudonym("0101505000".parse()?))?.is_empty());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Debug, Clone)]
pub struct StoredAudit<S>(S);

impl<S: Store> StoredAudit<S> {
    /// Keeps records in `store`.
    pub fn new(store: S) -> StoredAudit<S> {
        StoredAudit(store)
    }
}

fn key(record: &AuditRecord) -> Vec<u8> {
    let subject = record.subject.map_or_else(|| "-".to_owned(), |subject| subject.to_string());
    // The time as a number of fixed width whose order is that of time, also before 1970.
    let time = record.begun.epoch_micros().cast_unsigned() ^ (1 << 63);
    format!("{subject}/{time:016x}/{}/{}", record.correlation, record.service).into_bytes()
}

// Errors of a store name tables and revisions, no content.
#[allow(clippy::needless_pass_by_value)]
fn failed(error: StoreError) -> AuditError {
    AuditError(error.to_string())
}

impl<S: Store> AuditSink for StoredAudit<S> {
    fn record(&self, record: &AuditRecord) -> Result<(), AuditError> {
        let row = serde_json::to_vec(record).map_err(|error| AuditError(error.to_string()))?;
        let mut about: Vec<Uuid> = record.person.map(Uuid::from).into_iter().collect();
        about.push(record.subject.map_or(record.correlation, Pseudonym::uuid));
        let table = self.0.side(SideSpec::personal(AUDIT_TABLE)).map_err(failed)?;
        table.set(&key(record), &row, &about).map_err(failed)
    }
}

impl<S: Store> AuditTrail for StoredAudit<S> {
    fn about(&self, subject: Pseudonym) -> Result<Vec<AuditRecord>, AuditError> {
        let table = self.0.side(SideSpec::personal(AUDIT_TABLE)).map_err(failed)?;
        let rows = table.rows(format!("{subject}/").as_bytes()).map_err(failed)?;
        rows.iter()
            .map(|row| {
                serde_json::from_slice(&row.value).map_err(|error| {
                    AuditError(format!(
                        "a row cannot be read (line {}, column {})",
                        error.line(),
                        error.column()
                    ))
                })
            })
            .collect()
    }
}

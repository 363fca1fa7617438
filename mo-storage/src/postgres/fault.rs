//! What went wrong with a statement, in the words of the storage contract: whether it surely was not done, or may have
//! been. Nothing that a server says about values (a detail, a parameter) gets into an error, since it may be about people.

use mo_core::store::StoreError;

/// Why a statement gave no answer.
#[derive(Debug)]
pub(super) enum Fault {
    /// It was not done.
    NotDone(StoreError),
    /// It was not done, because the connection leads to a server that takes no changes: a standby.
    Standby(String),
    /// It was not done, because a row with its key is there already.
    Doubled,
    /// The connection was lost, or the answer did not come in time: it may have been done.
    Lost(String),
}

impl Fault {
    /// The error of a call that changes nothing.
    pub(super) fn of_reading(self) -> StoreError {
        match self {
            Fault::NotDone(error) => error,
            Fault::Standby(what) | Fault::Lost(what) => StoreError::Unavailable { what, source: None },
            Fault::Doubled => {
                StoreError::Unavailable { what: "somebody else was quicker".into(), source: None }
            }
        }
    }

    /// The error of a call that changes something called `what`, other than an append.
    pub(super) fn of_changing(self, change: &str) -> StoreError {
        match self {
            Fault::Lost(why) => StoreError::UnknownChange { what: format!("{change} ({why})"), source: None },
            fault => fault.of_reading(),
        }
    }

    /// Whether the connection it came over is of no use any more.
    pub(super) fn spoils_connection(&self) -> bool {
        matches!(self, Fault::Lost(_) | Fault::Standby(_))
    }

    /// The same for whoever knows that nothing was sent.
    pub(super) fn not_done(self) -> Fault {
        Fault::NotDone(self.of_reading())
    }
}

impl From<StoreError> for Fault {
    fn from(error: StoreError) -> Fault {
        Fault::NotDone(error)
    }
}

/// Translates what sqlx says about a statement that was sent to `place`.
pub(super) fn translate(error: &sqlx::Error, place: &str) -> Fault {
    match error {
        sqlx::Error::Database(said) => {
            let code = said.code().unwrap_or_default();
            of_server(&code, said.message(), place)
        }
        sqlx::Error::Io(io) => Fault::Lost(format!("the connection to {place} was lost: {io}")),
        sqlx::Error::Tls(why) => setup(format!(
            "no encrypted connection to {place}: {why}; name the authority that signed its certificate with sslrootcert=FILE"
        )),
        sqlx::Error::Configuration(_) | sqlx::Error::InvalidArgument(_) => {
            setup(format!("the address of {place} cannot be used"))
        }
        sqlx::Error::ColumnDecode { index, .. } => Fault::NotDone(StoreError::Corrupt {
            entry: None,
            what: format!("{place} gave a value that mo never writes, in column {index}"),
        }),
        // What is left (protocol, types, columns) says that the server is not what it was taken for.
        other => Fault::Lost(format!("{place} answered something else than was asked ({})", name(other))),
    }
}

/// Translates an error of the server by its SQLSTATE
/// (<https://www.postgresql.org/docs/current/errcodes-appendix.html>).
fn of_server(code: &str, message: &str, place: &str) -> Fault {
    let said = format!("{place} says {code}: {message}");
    match code {
        // disk_full
        "53100" => Fault::NotDone(StoreError::Full { what: said, source: None }),
        // read_only_sql_transaction: a standby, or a primary that became one
        "25006" => Fault::Standby(format!("{place} takes no changes: the server is a standby")),
        // unique_violation
        "23505" => Fault::Doubled,
        // cannot_connect_now
        "57P03" => unavailable(said),
        // invalid_catalog_name, insufficient_privilege, undefined_table, undefined_function, invalid_schema_name,
        // check_violation (a registry without a partition)
        "3D000" | "42501" | "42P01" | "42883" | "3F000" | "23514" => setup(said),
        // data_corrupted, index_corrupted
        "XX001" | "XX002" => Fault::NotDone(StoreError::Corrupt { entry: None, what: said }),
        // The end of the session may come after the commit: admin_shutdown, crash_shutdown, database_dropped,
        // connection exceptions, statement_completion_unknown.
        _ if code.starts_with("57P") || code.starts_with("08") || code == "40003" => Fault::Lost(said),
        // invalid_authorization_specification and its kin
        _ if code.starts_with("28") => setup(said),
        _ => unavailable(said),
    }
}

pub(super) fn unavailable(what: String) -> Fault {
    Fault::NotDone(StoreError::Unavailable { what, source: None })
}

pub(super) fn setup(what: String) -> Fault {
    Fault::NotDone(StoreError::Setup { what, source: None })
}

fn name(error: &sqlx::Error) -> &'static str {
    match error {
        sqlx::Error::Protocol(_) => "protocol",
        sqlx::Error::RowNotFound => "no row",
        sqlx::Error::TypeNotFound { .. } => "unknown type",
        sqlx::Error::Decode(_) | sqlx::Error::Encode(_) => "unexpected type",
        _ => "unexpected",
    }
}

//! [`PostgresOptions`]: where the server is and how it is used, and the reading of its address.

use std::fmt;
use std::str::FromStr as _;
use std::time::Duration;

use mo_core::store::StoreError;
use sqlx::ConnectOptions as _;
use sqlx::postgres::{PgConnectOptions, PgSslMode};

/// The registry that is used when none is named.
pub(super) const DEFAULT_REGISTRY: &str = "default";

/// What an address may say. Anything else is refused rather than passed on: sqlx would log it, and a password with a
/// misspelt name would be logged with it.
const PARAMETERS: [&str; 17] = [
    "sslmode",
    "ssl-mode",
    "sslrootcert",
    "ssl-root-cert",
    "ssl-ca",
    "sslcert",
    "ssl-cert",
    "sslkey",
    "ssl-key",
    "statement-cache-capacity",
    "host",
    "hostaddr",
    "port",
    "dbname",
    "user",
    "password",
    "application_name",
];

/// Where a PostgreSQL server is, which of its registries is meant, and how it is used.
///
/// The address is a URL, `postgresql://USER:PASSWORD@HOST:PORT/DATABASE?sslmode=…`; what it does not say comes from the
/// usual environment variables (`PGHOST`, `PGPASSWORD` …) and the password file. A server that is not on this machine is
/// spoken to over TLS and its certificate is verified (`verify-full`), unless the address or `PGSSLMODE` says otherwise.
///
/// An address may name several servers, `postgresql://mo@db1.example,db2.example/mo`: a primary and its standbys. Whichever
/// takes changes is used; when it fails and another is promoted, that one.
///
/// ```
/// use std::time::Duration;
/// use mo_storage::postgres::PostgresOptions;
///
/// let options = PostgresOptions::new("postgresql://mo:hemmelig@db.example/mo")?
///     .registry("korsbaek")?
///     .connections(4)
///     .patience(Duration::from_secs(5));
/// assert!(!format!("{options:?}").contains("hemmelig"));
/// assert!(PostgresOptions::new("postgresql://db.example/mo?passwrod=hemmelig").is_err());
/// # Ok::<(), mo_core::store::StoreError>(())
/// ```
#[derive(Clone)]
pub struct PostgresOptions {
    pub(super) servers: Vec<PgConnectOptions>,
    pub(super) replicas: Vec<PgConnectOptions>,
    pub(super) registry: String,
    pub(super) connections: u32,
    pub(super) patience: Duration,
    pub(super) existing_only: bool,
}

impl PostgresOptions {
    /// The server at this address.
    ///
    /// # Errors
    /// [`StoreError::Setup`] when the address cannot be read. It does not repeat the address, which may hold a password.
    pub fn new(url: &str) -> Result<PostgresOptions, StoreError> {
        Ok(PostgresOptions {
            servers: servers(url)?,
            replicas: Vec::new(),
            registry: DEFAULT_REGISTRY.to_owned(),
            connections: 8,
            patience: Duration::from_secs(15),
            existing_only: false,
        })
    }

    /// Uses this registry of the database; without it the one called `default`.
    ///
    /// # Errors
    /// [`StoreError::Setup`] unless the name is 1 to 63 of `a–z`, `0–9`, `_`, `.` and `-`.
    pub fn registry(mut self, name: &str) -> Result<PostgresOptions, StoreError> {
        let allowed = |c: u8| c.is_ascii_lowercase() || c.is_ascii_digit() || b"_.-".contains(&c);
        if !(1..=63).contains(&name.len()) || !name.bytes().all(allowed) {
            let shown: String = name.chars().take(80).collect();
            return Err(refused(format!(
                "{shown:?} does not name a registry: use 1 to 63 of a–z, 0–9, _, . and -"
            )));
        }
        name.clone_into(&mut self.registry);
        Ok(self)
    }

    /// Reads journals from this replica of the server first, and only what it lacks from the server itself. Heads,
    /// changes, side tables and waiting are the server's.
    ///
    /// # Errors
    /// As [`new`](PostgresOptions::new).
    pub fn replica(mut self, url: &str) -> Result<PostgresOptions, StoreError> {
        self.replicas = servers(url)?;
        Ok(self)
    }

    /// Keeps at most so many connections for calls (8 when not told), and one more once somebody waits.
    #[must_use]
    pub fn connections(mut self, most: u32) -> PostgresOptions {
        self.connections = most.max(1);
        self
    }

    /// Gives up a call after this long (15 s when not told): first for a connection, then for the answer. An erasure may
    /// take as long as it needs.
    #[must_use]
    pub fn patience(mut self, patience: Duration) -> PostgresOptions {
        self.patience = patience;
        self
    }

    /// Refuses to make the schema or the registry when they are not there.
    #[must_use]
    pub fn existing_only(mut self) -> PostgresOptions {
        self.existing_only = true;
        self
    }

    /// The registry and its servers, for messages: neither user nor password.
    pub(super) fn place(&self) -> String {
        let servers: Vec<String> = self.servers.iter().map(shown).collect();
        format!("registry {} of {}", self.registry, servers.join(" or "))
    }
}

fn shown(server: &PgConnectOptions) -> String {
    let database = server.get_database().unwrap_or_else(|| server.get_username());
    match server.get_socket() {
        Some(folder) => format!("{}/{database}", folder.display()),
        None => format!("{}:{}/{database}", server.get_host(), server.get_port()),
    }
}

impl fmt::Debug for PostgresOptions {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresOptions")
            .field("place", &self.place())
            .field("replica", &!self.replicas.is_empty())
            .field("connections", &self.connections)
            .field("patience", &self.patience)
            .field("existing_only", &self.existing_only)
            .finish_non_exhaustive()
    }
}

/// The servers that an address names, in its order.
fn servers(url: &str) -> Result<Vec<PgConnectOptions>, StoreError> {
    let unreadable = || {
        refused(
            "the address of the PostgreSQL server cannot be read: write postgresql://USER:PASSWORD@HOST:PORT/DATABASE, with %XX for signs that mean something there"
                .into(),
        )
    };
    let (scheme, rest) = url.split_once("://").ok_or_else(unreadable)?;
    if scheme != "postgres" && scheme != "postgresql" {
        return Err(refused("the address of a PostgreSQL server begins with postgresql://".into()));
    }
    let (authority, tail) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
    let (user, hosts) = authority.split_at(authority.rfind('@').map_or(0, |at| at + 1));
    let query = tail.split_once('?').map_or("", |(_, query)| query);
    let mut tls_is_said = std::env::var_os("PGSSLMODE").is_some();
    for pair in query.split('&').filter(|pair| !pair.is_empty()) {
        let key = pair.split('=').next().unwrap_or_default();
        if !PARAMETERS.contains(&key) {
            return Err(refused(format!(
                "the address of a PostgreSQL server has a parameter that is none of {}",
                PARAMETERS.join(", ")
            )));
        }
        tls_is_said |= key == "sslmode" || key == "ssl-mode";
    }
    let server = |host: &str| {
        // The error underneath may repeat the address.
        let one = format!("{scheme}://{user}{host}{tail}");
        let mut options = PgConnectOptions::from_str(&one).map_err(|_| unreadable())?;
        if !tls_is_said && !is_local(&options) {
            options = options.ssl_mode(PgSslMode::VerifyFull);
        }
        if options.get_application_name().is_none() {
            options = options.application_name("mo");
        }
        Ok(options.disable_statement_logging())
    };
    hosts.split(',').map(server).collect()
}

fn is_local(options: &PgConnectOptions) -> bool {
    let host = options.get_host();
    options.get_socket().is_some()
        || host.starts_with('/')
        || host == "localhost"
        || host
            .trim_matches(['[', ']'])
            .parse::<std::net::IpAddr>()
            .is_ok_and(|address| address.is_loopback())
}

fn refused(what: String) -> StoreError {
    StoreError::Setup { what, source: None }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn another_machine_is_spoken_to_over_verified_tls_unless_the_address_says_otherwise() {
        let mode = |url: &str| servers(url).unwrap()[0].get_ssl_mode();
        assert!(matches!(mode("postgresql://db.example/mo"), PgSslMode::VerifyFull));
        assert!(matches!(mode("postgresql://10.1.2.3:5433/mo"), PgSslMode::VerifyFull));
        assert!(matches!(mode("postgresql://db.example/mo?sslmode=require"), PgSslMode::Require));
        for here in [
            "postgresql://localhost/mo",
            "postgresql://127.0.0.1/mo",
            "postgresql://[::1]/mo",
            "postgresql:///mo?host=/run/postgresql",
        ] {
            assert!(matches!(mode(here), PgSslMode::Prefer), "{here}");
        }
    }

    #[test]
    fn an_address_may_name_several_servers() {
        let options = PostgresOptions::new("postgresql://ib:a@db1.example:5433,db2.example/mo").unwrap();
        assert_eq!(options.place(), "registry default of db1.example:5433/mo or db2.example:5432/mo");
        assert!(options.servers.iter().all(|server| server.get_username() == "ib"));
    }

    #[test]
    fn an_address_that_cannot_be_read_is_refused_without_being_repeated() {
        for url in [
            "mysql://ib:hemmelig@db.example/mo",
            "postgresql://ib:hemmelig@db.example:port/mo",
            "postgresql://ib:hemmelig@db.example/mo?sslmode=hemmelig",
            "postgresql://db.example/mo?passwrod=hemmelig",
            "postgresql://db.example/mo?hemmelig",
        ] {
            let error = PostgresOptions::new(url).unwrap_err();
            assert!(!format!("{error} {error:?}").contains("hemmelig"), "{error:?}");
        }
    }

    #[test]
    fn what_names_no_registry_is_refused() {
        let options = PostgresOptions::new("postgresql:///mo").unwrap();
        for name in ["", "Korsbæk", "a b", "a'b", &"x".repeat(64)] {
            assert!(options.clone().registry(name).is_err(), "{name}");
        }
        assert_eq!(options.registry("korsbaek-2026").unwrap().registry, "korsbaek-2026");
    }
}

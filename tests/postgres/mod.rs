//! A PostgreSQL server of the tests' own, from the installed programs, in a temporary folder and reachable through a socket
//! in it only. Shared by several test binaries; no test of its own.
#![allow(dead_code, reason = "each test binary uses a part of it")]

use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use std::{env, fs, thread};

use tempfile::TempDir;

/// The server of this test binary, started when first asked for. `None`, with the reason printed, where PostgreSQL is not
/// installed; where `MO_REQUIRE_SHARED` is set that is a failure.
pub fn server() -> Option<&'static Server> {
    static SERVER: OnceLock<Option<Server>> = OnceLock::new();
    // Nothing static is ever dropped, so the keeper removes the folder.
    let start = |programs: PathBuf| Server::start_kept(&programs, &["fsync=off"], true);
    let server = SERVER.get_or_init(|| programs().map(start)).as_ref();
    if server.is_none() {
        let why = "initdb and postgres are not installed (Debian package postgresql; or name their folder in MO_TEST_PG_BIN)";
        assert!(env::var_os("MO_REQUIRE_SHARED").is_none(), "{why}");
        println!("skipped: {why}");
    }
    server
}

/// The folder of the server's programs.
pub fn programs() -> Option<PathBuf> {
    let named = env::var_os("MO_TEST_PG_BIN").map(PathBuf::from).into_iter();
    let mut debian: Vec<PathBuf> = fs::read_dir("/usr/lib/postgresql")
        .map(|folders| folders.flatten().map(|folder| folder.path().join("bin")).collect())
        .unwrap_or_default();
    debian.sort();
    let path = env::var_os("PATH").unwrap_or_default();
    let mut folders = named.chain(debian.into_iter().rev()).chain(env::split_paths(&path));
    folders.find(|folder| folder.join("initdb").is_file() && folder.join("postgres").is_file())
}

pub struct Server {
    folder: TempDir,
    programs: PathBuf,
    /// A shell that stops the server when its input ends, which it does however the tests end.
    keeper: Child,
}

/// A command that does not run as root, as which the server's programs refuse to run.
pub fn unprivileged(program: &Path) -> Command {
    #[cfg_attr(not(unix), expect(unused_mut))]
    let mut command = Command::new(program);
    #[cfg(unix)]
    if let Some((user, group)) = other_user() {
        use std::os::unix::process::CommandExt as _;
        command.uid(user).gid(group);
    }
    command
}

/// The user `postgres`, else `nobody`; `None` unless this is root.
#[cfg(unix)]
pub fn other_user() -> Option<(u32, u32)> {
    use std::os::unix::fs::MetadataExt as _;
    let probe = tempfile::tempdir().unwrap();
    if fs::metadata(probe.path()).unwrap().uid() != 0 {
        return None;
    }
    let users = fs::read_to_string("/etc/passwd").unwrap();
    ["postgres", "nobody"].iter().find_map(|name| {
        let line = users.lines().find(|line| line.split(':').next() == Some(name))?;
        let mut numbers = line.split(':').skip(2).map(|number| number.parse().unwrap());
        Some((numbers.next()?, numbers.next()?))
    })
}

/// A folder of whoever runs the server's programs.
pub fn folder() -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    #[cfg(unix)]
    if let Some((user, group)) = other_user() {
        std::os::unix::fs::chown(folder.path(), Some(user), Some(group)).unwrap();
    }
    folder
}

/// Runs to the end; what it printed.
pub fn run(command: &mut Command) -> String {
    let output = command.stdin(Stdio::null()).output().unwrap();
    let says = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {says}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

impl Server {
    /// A new server with these settings.
    pub fn start(programs: &Path, settings: &[&str]) -> Server {
        Server::start_kept(programs, settings, false)
    }

    fn start_kept(programs: &Path, settings: &[&str], remove: bool) -> Server {
        let folder = folder();
        let data = folder.path().join("data");
        run(unprivileged(&programs.join("initdb"))
            .current_dir(folder.path())
            .args(["--no-sync", "--username=postgres", "--auth=trust", "--encoding=UTF8", "--locale=C", "-D"])
            .arg(&data));
        let keeper = keeper(programs, folder.path(), settings, remove);
        let server = Server { folder, programs: programs.to_owned(), keeper };
        server.answers();
        server
    }

    /// Waits until it answers.
    pub fn answers(&self) {
        for _ in 0..600 {
            let ready = Command::new(self.programs.join("pg_isready"))
                .arg("-q")
                .arg("-h")
                .arg(self.folder.path())
                .status();
            if ready.is_ok_and(|status| status.success()) {
                return;
            }
            thread::sleep(Duration::from_millis(50));
        }
        let log = fs::read_to_string(self.folder.path().join("log")).unwrap_or_default();
        panic!("the server does not answer:\n{log}");
    }

    /// The folder that holds the socket, and the data in `data`.
    pub fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// How URLs name the host.
    pub fn host(&self) -> String {
        self.folder.path().display().to_string().replace('/', "%2F")
    }

    /// The address of the database every server has.
    pub fn url(&self) -> String {
        self.url_of("postgres")
    }

    pub fn url_of(&self, database: &str) -> String {
        format!("postgresql://postgres@{}/{database}", self.host())
    }

    /// A registry of its own, as a place: `postgres:URL#registry`.
    pub fn place(&self) -> String {
        format!("postgres:{}#{}", self.url(), registry())
    }

    /// A database of its own.
    pub fn database(&self) -> String {
        let name = registry().replace('-', "_");
        self.sql("postgres", &format!("CREATE DATABASE {name}"));
        name
    }

    /// Runs statements; what they answer, one line per row.
    pub fn sql(&self, database: &str, statements: &str) -> String {
        let mut command = Command::new(self.programs.join("psql"));
        command.args([
            "-XAtq",
            "-v",
            "ON_ERROR_STOP=1",
            "-U",
            "postgres",
            "-d",
            database,
            "-c",
            statements,
            "-h",
        ]);
        run(command.arg(self.folder.path())).trim_end().to_owned()
    }

    /// A synchronous standby of it.
    pub fn standby(&self) -> Server {
        let folder = folder();
        run(unprivileged(&self.programs.join("pg_basebackup"))
            .current_dir(folder.path())
            .args(["-U", "postgres", "-D", "data", "-R", "--no-sync", "-c", "fast", "-h"])
            .arg(self.folder.path()));
        let keeper = keeper(&self.programs, folder.path(), &["synchronous_standby_names="], false);
        let standby = Server { folder, programs: self.programs.clone(), keeper };
        standby.answers();
        self.sql("postgres", "ALTER SYSTEM SET synchronous_standby_names = '*'");
        self.sql("postgres", "SELECT pg_reload_conf()");
        let state =
            "SELECT count(*) FROM pg_stat_replication WHERE sync_state = 'sync' AND state = 'streaming'";
        while self.sql("postgres", state) == "0" {
            thread::sleep(Duration::from_millis(20));
        }
        standby
    }

    /// Kills it; its own processes go when they notice.
    pub fn kill(&mut self) {
        let state = fs::read_to_string(self.folder.path().join("data/postmaster.pid")).unwrap();
        run(Command::new("/bin/kill").arg("-KILL").arg(state.lines().next().unwrap()));
        self.stop();
    }

    /// Stops it at once, as if it had been killed, and waits for that. [`again`](Server::again) starts it.
    pub fn stop(&mut self) {
        drop(self.keeper.stdin.take());
        self.keeper.wait().unwrap();
    }

    pub fn again(&mut self, settings: &[&str]) {
        self.keeper = keeper(&self.programs, self.folder.path(), settings, false);
        self.answers();
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.stop();
    }
}

/// Starts the server in a folder that has been set up; the folder is removed after its end, if so wished.
fn keeper(programs: &Path, folder: &Path, settings: &[&str], remove: bool) -> Child {
    let script =
        "\"$@\" >>log 2>&1 & read -r _; kill -QUIT $!; wait $!; [ -z \"$REMOVE\" ] || rm -rf \"$REMOVE\"";
    let mut command = unprivileged(Path::new("/bin/sh"));
    command
        .current_dir(folder)
        .args(["-c", script, "sh"])
        .arg(programs.join("postgres"))
        .arg("-D")
        .arg("data");
    if remove {
        command.env("REMOVE", folder);
    }
    command.arg("-k").arg(folder).args(["-h", "", "-c", "max_connections=200"]);
    command.args(settings.iter().flat_map(|setting| ["-c", setting]));
    command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap()
}

/// The name of a registry that no other test of this binary uses.
pub fn registry() -> String {
    static COUNT: AtomicU32 = AtomicU32::new(0);
    format!("r-{}", COUNT.fetch_add(1, Ordering::SeqCst))
}

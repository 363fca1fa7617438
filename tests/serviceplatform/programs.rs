//! The example programs as a user runs them, against a server with real mutual TLS: what they print, their exit codes,
//! and that nothing they print when they fail holds a number, a token or a key.

use std::path::PathBuf;
use std::process::{Command, Output};
use std::sync::Arc;

use mo_serviceplatform::fake::{Behaviour, Fake, FakePki, FakeServer, Injected};
use serde_json::Value;

use crate::support::{AGNES, BERTEL};

/// A program that `cargo test` has built beside this test, or `None` with a printed reason when it built only tests.
fn program(name: &str) -> Option<Command> {
    let tests = std::env::current_exe().unwrap();
    let path: PathBuf = tests.parent()?.parent()?.join("examples").join(name);
    if path.exists() {
        return Some(Command::new(path));
    }
    assert!(std::env::var_os("MO_REQUIRE_SHARED").is_none(), "{} was not built", path.display());
    eprintln!("skipped: {} was not built; `cargo test --workspace` builds it", path.display());
    None
}

struct Files {
    folder: tempfile::TempDir,
    pki: FakePki,
}

impl Files {
    fn new() -> Files {
        let (folder, pki) = (tempfile::tempdir().unwrap(), FakePki::new().unwrap());
        std::fs::write(folder.path().join("client.pem"), pki.client_pem()).unwrap();
        std::fs::write(folder.path().join("ca.pem"), pki.ca_pem()).unwrap();
        Files { folder, pki }
    }

    fn path(&self, name: &str) -> String {
        self.folder.path().join(name).to_str().unwrap().to_owned()
    }

    fn look_up(&self, endpoint: &str, number: &str, more: &[&str]) -> Option<Output> {
        let mut program = program("cpr_lookup")?;
        program.args([
            "--endpoint",
            endpoint,
            "--cert",
            &self.path("client.pem"),
            "--ca",
            &self.path("ca.pem"),
        ]);
        program.args(["--municipality-cvr", "99999993", "--cpr", number]).args(more);
        Some(program.output().unwrap())
    }
}

fn json(output: &Output) -> Value {
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    serde_json::from_slice(&output.stdout).unwrap()
}

fn everything(output: &Output) -> String {
    format!("{}{}", String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr))
}

#[test]
fn cpr_lookup_prints_a_person_with_the_number_masked_unless_asked() {
    let files = Files::new();
    let server = FakeServer::new(&files.pki, Arc::new(Fake::korsbaek())).start().unwrap();
    let endpoint = server.url("/service/CPR/PersonBaseDataExtended/5");
    let Some(output) = files.look_up(&endpoint, AGNES, &["--version", "5"]) else { return };
    let person = json(&output);
    assert_eq!(person["cpr"], "**********");
    assert_eq!(person["name"]["given"], "Agnes Ørum");
    assert_eq!(person["status"]["code"], 1);
    assert_eq!(person["protected"], false);
    assert_eq!(person["address"]["street"], "Torvet");
    assert!(!everything(&output).contains(AGNES));

    let output = files.look_up(&endpoint, "050550-5004", &["--show-cpr"]).unwrap();
    let person = json(&output);
    assert_eq!(person["cpr"], "0505505012");
    assert_eq!(person["former_cpr"], serde_json::json!(["0505505004"]));

    let protected = json(&files.look_up(&endpoint, BERTEL, &["--version", "5"]).unwrap());
    assert_eq!((&protected["protected"], &protected["address"]), (&Value::Bool(true), &Value::Null));
}

#[test]
fn cpr_lookup_fails_without_telling_the_number() {
    let files = Files::new();
    let (unknown, other) = ("3112505011", Files::new());
    for (behaviour, wrong_ca, reason) in [
        (Behaviour::Answer, false, "knows nothing"),
        (Behaviour::Answer, true, "not trusted"),
        (Behaviour::WebPage, false, "text/html"),
        (Behaviour::Redirect, false, "redirects"),
        (Behaviour::Reset, false, "broke"),
    ] {
        let server =
            FakeServer::new(&files.pki, Arc::new(Fake::korsbaek())).behaving(behaviour).start().unwrap();
        let endpoint = server.url("/service/CPR/PersonBaseDataExtended/4");
        let files = if wrong_ca { &other } else { &files };
        let Some(output) = files.look_up(&endpoint, unknown, &[]) else { return };
        assert_eq!(output.status.code(), Some(1));
        assert_eq!(output.stdout, b"");
        let shown = everything(&output);
        assert!(shown.contains(reason), "{shown}");
        for secret in [unknown, "5011", "311250"] {
            assert!(!repeats(&shown, secret), "{secret} in {shown}");
        }
    }
    for arguments in [&["--cpr", "3112505011x"][..], &["--version", "3"], &["3112505011"], &["--cpr"]] {
        let output = files.look_up("https://localhost/", unknown, arguments).unwrap();
        assert_eq!(output.status.code(), Some(2), "{arguments:?}");
        assert!(!everything(&output).contains("3112505011"));
    }
}

/// A failing run of either program, against services that repeat what they were asked: everything it prints.
#[test]
fn whatever_fails_the_programs_print_no_number_no_token_and_no_key() {
    let files = Files::new();
    let (number, token) = ("3112505011", "hemmeligt-token");
    let echo = format!("kunne ikke slå 311250-5011 op: {number}, token={token}");
    let mut shown = String::new();
    for status in [200, 302, 401, 404, 500, 503] {
        for content_type in ["text/xml", "application/json", "text/html"] {
            let fake = Arc::new(Fake::korsbaek());
            let fail = || {
                for _ in 0..3 {
                    let content_type = content_type.to_owned();
                    fake.inject(Injected::Body { status, content_type, body: echo.clone().into_bytes() });
                }
            };
            fail();
            let server = FakeServer::new(&files.pki, Arc::clone(&fake) as _).start().unwrap();
            let Some(output) = files.look_up(&server.url("/5"), number, &[]) else { return };
            assert_eq!(output.status.code(), Some(1), "{status} {content_type}");
            shown += &everything(&output);

            fail();
            let endpoint = clear_server(fake);
            let mut program = program("address").unwrap();
            program.args(["--endpoint", &endpoint, "--key", token]).args(["--wash", "Torvet 1, 311250-5011"]);
            let output = program.output().unwrap();
            assert_eq!(output.status.code(), Some(1), "{status} {content_type}");
            shown += &everything(&output);
        }
    }
    // Nobody is there, a key that is none, and a token in the address itself.
    let damaged = files.pki.client_pem().replace("END PRIVATE", "END PUBLIC");
    std::fs::write(files.folder.path().join("client.pem"), damaged).unwrap();
    shown += &everything(&files.look_up("https://localhost:1/", number, &[]).unwrap());
    for endpoint in ["https://localhost:1/", &format!("https://localhost:1/?token={token}")] {
        let mut program = program("address").unwrap();
        let output = program.args(["--endpoint", endpoint, "--key", token, "--search", "Torvet"]).output();
        shown += &everything(&output.unwrap());
    }
    assert!(shown.contains("\"outcome\":") && shown.contains("HTTP status 503"), "{shown}");
    let key = files.pki.client_pem();
    let key = key.split_once("PRIVATE KEY-----\n").unwrap().1.lines().next().unwrap();
    for secret in [number, "311250", "5011", token, "hemmeligt", key] {
        assert!(!repeats(&shown, secret), "{secret} in {shown}");
    }
}

/// Whether a secret is repeated. Part of a number counts where it stands by itself: the digits of a pseudonym, of a port
/// and of a moment are drawn, and hold any four sooner or later.
fn repeats(shown: &str, secret: &str) -> bool {
    let part = secret.len() < 10 && secret.bytes().all(|byte| byte.is_ascii_digit());
    let apart = |c: Option<char>| !part || c.is_none_or(|c| !c.is_ascii_hexdigit());
    shown.match_indices(secret).any(|(at, _)| {
        apart(shown[..at].chars().next_back()) && apart(shown[at + secret.len()..].chars().next())
    })
}

#[test]
fn a_part_of_a_number_counts_where_it_stands_by_itself() {
    assert!(repeats("nr. 311250-5011 her", "5011") && repeats("3112505011", "3112505011"));
    assert!(!repeats("a50113", "5011") && !repeats("https://localhost:50113/", "5011"));
}

#[test]
fn address_looks_up_searches_washes_and_reads_the_past() {
    // The address services want no client certificate, so these go in the clear to this machine.
    let server = clear_server(Arc::new(Fake::korsbaek()));
    let ask = |arguments: &[&str]| {
        let mut program = program("address")?;
        Some(program.args(["--endpoint", &server]).args(arguments).output().unwrap())
    };
    let id = "0a3f50b4-2d3a-32b8-e044-0003ba298001";
    let Some(output) = ask(&["--id", id]) else { return };
    let found = json(&output);
    assert_eq!(found["text"], "Torvet 1, 2. tv, 4999 Korsbæk");
    assert!((found["latitude"].as_f64().unwrap() - 55.675_627).abs() < 1e-6);
    assert_eq!(found["municipality_code"], "0999");

    let found = json(&ask(&["--id", id, "--on", "2016-05-01", "--key", "hemmeligt-token"]).unwrap());
    assert_eq!(found["text"], "Gamle Torv 1, 2. tv, 4999 Korsbæk");

    let output = ask(&["--search", "torvet 1, 2"]).unwrap();
    let first: Value = serde_json::from_slice(output.stdout.split(|c| *c == b'\n').next().unwrap()).unwrap();
    assert_eq!(first["kind"], "address");

    assert_eq!(json(&ask(&["--wash", "torvet 1 2 tv 4999 korsbæk"]).unwrap())["id"], id);
    let doubtful = ask(&["--wash", "Stationsvej 12B, 4999 Korsbæk"]).unwrap();
    assert_eq!(doubtful.status.code(), Some(1));

    let missing = ask(&["--id", "00000000-0000-0000-0000-000000000000", "--key", "hemmeligt-token"]).unwrap();
    assert_eq!(missing.status.code(), Some(1));
    assert!(!everything(&missing).contains("hemmeligt"));
    assert_eq!(ask(&["--search", "x", "--on", "2016-05-01"]).unwrap().status.code(), Some(2));
}

/// A server on loopback without TLS; ends after the questions of one test.
fn clear_server(fake: Arc<Fake>) -> String {
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for stream in listener.incoming().take(64) {
            let Ok(mut stream) = stream else { continue };
            stream.set_read_timeout(Some(std::time::Duration::from_secs(5))).ok();
            mo_serviceplatform::fake::serve_once(&mut stream, &*fake).ok();
        }
    });
    format!("http://{address}")
}

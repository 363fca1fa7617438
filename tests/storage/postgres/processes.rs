//! Several processes on one registry at once, through the program `serve_postgres`: one order, nothing lost or doubled, and
//! no settled answer that changes, whatever the processes' clocks show.

use std::process::Command;

use serde_json::Value;

use crate::harness::long;
use crate::postgres_server::{self, registry};

#[test]
fn processes_commit_and_follow_together_with_right_and_with_wrong_clocks() {
    let Some(server) = postgres_server::server() else { return };
    let tests = std::env::current_exe().unwrap();
    let program = tests.parent().unwrap().parent().unwrap().join("examples/serve_postgres");
    if !program.exists() {
        assert!(std::env::var_os("MO_REQUIRE_SHARED").is_none(), "{} was not built", program.display());
        eprintln!("skipped: {} was not built; `cargo test --workspace` builds it", program.display());
        return;
    }
    let seconds = if long() { "30" } else { "2" };
    for skew in ["0", "3600"] {
        let name = registry();
        let output = Command::new(&program)
            .args(["--url", &server.url(), "--registry", &name, "--processes", "3"])
            .args(["--seconds", seconds, "--skew", skew])
            .output()
            .unwrap();
        let (out, says) = (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        println!("reliability: processes {}", out.trim_end());
        assert!(output.status.success(), "{out}{says}");
        let judged: Value = serde_json::from_str(&out).unwrap();
        for none in ["lost", "doubled", "strayed", "changed"] {
            assert_eq!(judged[none], 0, "{out}");
        }
        for some in ["commits", "prefixes", "settled"] {
            assert!(judged[some].as_u64().unwrap() > 0, "{out}");
        }
    }
}

//! Anna embeds the registry in her web service: trees and managers of any day, as known now or at any moment before.
//! `web_service STORE` serves the registry that `municipality` made; with `--ask PATH` it asks itself, prints, and ends.

use axum::{Router, extract::Path, extract::Query, extract::State, routing::get};
use mo_core::model::{Hierarchy, HierarchyUse, Unit};
use mo_core::time::{Day, Instant};
use mo_core::{hierarchy::ManagerQuery, registry::Registry, state::View};
use std::sync::Arc;
use tokio::io::{AsyncReadExt, AsyncWriteExt};

/// Both times of a question. One that cannot be read is answered with 400 and what a day or an instant looks like.
#[derive(serde::Deserialize)]
struct Times {
    valid: Day,
    known: Option<Instant>,
}

/// A snapshot costs the copying of a pointer: no request waits for a writer, and no writer for a request.
fn view(registry: &Registry, times: &Times) -> View {
    let head = registry.snapshot();
    times.known.map_or(head.clone(), |known| head.as_known(known)).at(times.valid)
}

async fn tree(town: State<Arc<Registry>>, times: Query<Times>) -> String {
    let view = view(&town, &times);
    view.all::<Hierarchy>().into_iter().map(|id| view.draw_tree(id).to_string()).collect()
}

/// The nearest managers in the line of every unit of that name; a line each, none where nobody leads.
async fn managers(town: State<Arc<Registry>>, unit: Path<String>, times: Query<Times>) -> String {
    let (view, nearest) = (view(&town, &times), ManagerQuery::default().inherit(true));
    let mut names = String::new();
    for line in view.find(Hierarchy::USE, HierarchyUse::Line) {
        for unit in view.find(Unit::NAME, unit.as_str()) {
            let seats = view.managers(line, unit, nearest).into_iter();
            let people = seats.filter_map(|seat| view.get(seat.person?));
            people.for_each(|person| names += &format!("{} {}\n", person.given_name, person.surname));
        }
    }
    names
}

#[tokio::main(flavor = "current_thread")]
async fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let store = arguments.next().ok_or("usage: web_service STORE [--ask PATH]")?;
    let registry = Arc::new(mo_storage::open(&store)?);
    let routes = Router::new().route("/tree", get(tree)).route("/managers/{unit}", get(managers));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await?;
    let address = listener.local_addr()?;
    eprintln!("try http://{address}/tree?valid=2026-01-01");
    let served = tokio::spawn(axum::serve(listener, routes.with_state(registry)).into_future());
    let Some(path) = arguments.nth(1) else { return Ok(served.await??) };
    let mut stream = tokio::net::TcpStream::connect(address).await?;
    stream.write_all(format!("GET {path} HTTP/1.0\r\n\r\n").as_bytes()).await?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer).await?;
    println!("{answer}");
    Ok(())
}

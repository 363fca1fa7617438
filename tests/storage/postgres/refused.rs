//! What is said when a registry on a server cannot be opened or used, and that nothing private is said with it.

use std::thread;

use mo_core::store::{SideSpec, Store, StoreError, StoreErrorKind, StoreExt};
use mo_core::time::Revision;
use mo_storage::postgres::{PostgresOptions, PostgresStore};

use crate::harness::{entry, fill};
use crate::postgres_server::{self, Server, registry};

fn options(server: &Server, database: &str) -> PostgresOptions {
    PostgresOptions::new(&server.url_of(database)).unwrap()
}

#[test]
fn without_a_server_opening_fails_at_once_and_says_where() {
    let folder = tempfile::tempdir().unwrap();
    let host = folder.path().display().to_string().replace('/', "%2F");
    let url = format!("postgresql://ib:hemmelig@{host}/mo");
    let error = PostgresStore::open(PostgresOptions::new(&url).unwrap()).unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Unavailable);
    assert!(error.to_string().contains(&folder.path().display().to_string()), "{error}");
    assert!(!format!("{error} {error:?}").contains("hemmelig"), "{error:?}");
}

#[test]
fn a_database_or_user_that_is_not_there_is_a_matter_of_setting_up() {
    let Some(server) = postgres_server::server() else { return };
    for url in [server.url_of("nowhere"), format!("postgresql://nobody:hemmelig@{}/postgres", server.host())]
    {
        let error = PostgresStore::open(PostgresOptions::new(&url).unwrap()).unwrap_err();
        assert_eq!(error.kind(), StoreErrorKind::Invalid, "{error}");
        assert!(error.to_string().contains("does not exist"), "{error}");
        assert!(!format!("{error} {error:?}").contains("hemmelig"), "{error:?}");
    }
}

#[test]
fn a_schema_of_a_newer_version_is_refused() {
    let Some(server) = postgres_server::server() else { return };
    let database = server.database();
    drop(PostgresStore::open(options(server, &database)).unwrap());
    server.sql(&database, "INSERT INTO mo.migration (version) VALUES (99)");
    let error = PostgresStore::open(options(server, &database)).unwrap_err();
    assert!(matches!(error, StoreError::Newer { found: 99, known: 1, .. }), "{error:?}");
}

#[test]
fn what_shall_exist_already_is_not_made() {
    let Some(server) = postgres_server::server() else { return };
    let database = server.database();
    let open =
        |name: &str| PostgresStore::open(options(server, &database).registry(name).unwrap().existing_only());
    assert_eq!(open("korsbaek").unwrap_err().kind(), StoreErrorKind::Invalid);
    assert_eq!(server.sql(&database, "SELECT to_regnamespace('mo') IS NULL"), "t");
    drop(PostgresStore::open(options(server, &database).registry("korsbaek").unwrap()).unwrap());
    assert_eq!(open("andeby").unwrap_err().kind(), StoreErrorKind::Invalid);
    assert_eq!(server.sql(&database, "SELECT name FROM mo.registry"), "korsbaek");
    assert_eq!(open("korsbaek").unwrap().head().unwrap().revision, Revision::ZERO);
}

#[test]
fn several_who_make_the_same_registry_get_one() {
    let Some(server) = postgres_server::server() else { return };
    let database = server.database();
    thread::scope(|scope| {
        for _ in 0..6 {
            scope.spawn(|| PostgresStore::open(options(server, &database)).unwrap());
        }
    });
    assert_eq!(server.sql(&database, "SELECT count(*) FROM mo.registry"), "1");
    assert_eq!(server.sql(&database, "SELECT count(*) FROM mo.migration"), "1");
}

#[test]
fn registries_of_one_database_do_not_mix() {
    let Some(server) = postgres_server::server() else { return };
    let database = server.database();
    let open = |name: &str| PostgresStore::open(options(server, &database).registry(name).unwrap()).unwrap();
    let (korsbaek, andeby) = (open("korsbaek"), open("andeby"));
    fill(&korsbaek, 1..=30);
    fill(&andeby, 1..=3);
    korsbaek.side(SideSpec::personal("rows")).unwrap();
    andeby.side(SideSpec::plain("rows")).unwrap();
    korsbaek.rewrite(&mut |_| Some(b"erased".to_vec())).unwrap();
    assert_eq!(korsbaek.head().unwrap().revision, Revision::new(30));
    assert_eq!(andeby.entries(Revision::ZERO).unwrap(), (1..=3).map(entry).collect::<Vec<_>>());
}

#[test]
fn a_damaged_entry_is_named_and_those_before_it_are_given() {
    let Some(server) = postgres_server::server() else { return };
    for (damage, says) in [
        ("UPDATE mo.entry SET bytes = 'changed' WHERE revision = 137", "checksum"),
        (
            "UPDATE mo.entry SET registered_at = registered_at - interval '1 s' WHERE revision = 137",
            "checksum",
        ),
        ("DELETE FROM mo.entry WHERE revision = 137", "missing"),
    ] {
        let database = server.database();
        let store = PostgresStore::open(options(server, &database)).unwrap();
        fill(&store, 1..=200);
        server.sql(&database, damage);
        let mut given = 0;
        let error = store.read(Revision::ZERO, &mut |_| {
            given += 1;
            std::ops::ControlFlow::Continue(())
        });
        let error = error.unwrap_err();
        assert!(
            matches!(&error, StoreError::Corrupt { entry: Some(at), .. } if at.number() == 137),
            "{error:?}"
        );
        assert!(error.to_string().contains(says), "{error}");
        assert_eq!(given, 136);
        assert!(store.rewrite(&mut |_| None).is_err(), "a rewrite would have sealed the damage");
        assert_eq!(store.head().unwrap().revision, Revision::new(200));
    }
}

/// Makes every append fail as the server fails when it has no room, with a detail about the row.
const NO_ROOM: &str = "CREATE FUNCTION fail() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
        RAISE EXCEPTION 'no space left' USING ERRCODE = '53100', DETAIL = 'Failing row contains (hemmelig)';
    END $$;
    CREATE TRIGGER fail BEFORE INSERT ON mo.entry FOR EACH ROW EXECUTE FUNCTION fail()";

#[test]
fn a_full_disk_loses_nothing_and_the_store_goes_on_when_there_is_room() {
    let Some(server) = postgres_server::server() else { return };
    let database = server.database();
    let store = PostgresStore::open(options(server, &database)).unwrap();
    fill(&store, 1..=3);
    server.sql(&database, NO_ROOM);
    let error = store.append(Revision::new(3), &entry(4)).unwrap_err();
    assert_eq!(error.kind(), StoreErrorKind::Full, "{error}");
    assert!(!format!("{error} {error:?}").contains("hemmelig"), "{error:?}");
    assert_eq!(store.entries(Revision::ZERO).unwrap().len(), 3);
    server.sql(&database, "DROP TRIGGER fail ON mo.entry");
    fill(&store, 4..=5);
}

#[test]
fn an_append_is_durable_even_where_the_database_would_not_wait_for_it() {
    let Some(server) = postgres_server::server() else { return };
    let database = server.database();
    server.sql("postgres", &format!("ALTER DATABASE {database} SET synchronous_commit = off"));
    let store = PostgresStore::open(options(server, &database)).unwrap();
    server.sql(
        &database,
        "CREATE TABLE public.seen (setting text);
        CREATE FUNCTION see() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            INSERT INTO public.seen VALUES (current_setting('synchronous_commit') || ' ' || current_setting('statement_timeout'));
            RETURN new;
        END $$;
        CREATE TRIGGER see BEFORE INSERT ON mo.entry FOR EACH ROW EXECUTE FUNCTION see()",
    );
    fill(&store, 1..=1);
    assert_eq!(server.sql(&database, "SELECT setting FROM public.seen"), "on 0");
}

#[test]
fn the_server_gives_the_time() {
    use mo_core::time::Clock as _;
    let Some(server) = postgres_server::server() else { return };
    let store = PostgresStore::open(options(server, "postgres").registry(&registry()).unwrap()).unwrap();
    let clock = store.clock();
    let head = store.head().unwrap();
    let (shown, later) = (clock.now(), clock.now());
    assert!(head.now.unwrap() <= shown && shown <= later, "{head:?} {shown} {later}");
    assert!(later < head.now.unwrap().plus_micros(60_000_000).unwrap());
}

#[test]
fn neither_content_nor_password_is_in_debug_output() {
    let Some(server) = postgres_server::server() else { return };
    let url = format!("postgresql://postgres:hemmelig@{}/postgres", server.host());
    let options = PostgresOptions::new(&url).unwrap().registry(&registry()).unwrap();
    let shown = format!("{options:?}");
    let store = PostgresStore::open(options).unwrap();
    fill(&store, 1..=1);
    let shown = format!("{shown} {store:?} {:?}", store.entries(Revision::ZERO).unwrap());
    assert!(!shown.contains("hemmelig") && !shown.contains("entry number"), "{shown}");
}

//! Cases about side tables.

use std::ops::ControlFlow;

use mo_core::store::{Put, SideExt, SideRow, SideSpec, Store, StoreError, StoreExt};
use mo_core::time::Revision;
use uuid::Uuid;

use super::patient::Patient;
use super::{Case, Checked, Harness, ensure, ensure_eq, fill, noise, reopened, small};

pub(super) const CASES: &[Case] = &[
    Case::new("a_row_is_put_read_and_deleted", "a side row is kept as it was put, until it is deleted", row),
    Case::new(
        "a_row_is_set_only_from_the_expected_value",
        "put changes a row only from the expected value, and tells the value there is",
        compare_and_set,
    ),
    Case::new(
        "a_scan_gives_the_rows_of_a_prefix_in_order",
        "scan gives exactly the rows whose key begins with the prefix, ascending byte by byte",
        scan,
    ),
    Case::new(
        "a_scan_gives_every_row_once",
        "scan gives every row once, however many and however large",
        scan_many,
    ),
    Case::new(
        "a_scanner_may_use_the_store",
        "the callback of a scan may change the table",
        scanner_uses_store,
    ),
    Case::new("tables_do_not_mix", "tables keep their rows apart, and apart from the journal", apart),
    Case::new("a_side_table_has_a_plain_name", "a name other than 1–64 of a–z 0–9 _ . - is refused", names),
    Case::new(
        "a_table_stays_as_it_was_declared",
        "a table declared personal is not opened as plain, nor the other way round",
        declared,
    ),
    Case::new(
        "rows_name_their_objects_if_and_only_if_personal",
        "a row of a personal table names an object, a row of a plain one none",
        about,
    ),
    Case::new(
        "forgetting_deletes_every_row_about_an_object",
        "forget deletes the rows about the object from all personal tables, and no others",
        forget,
    ),
    Case::new(
        "a_row_is_about_the_objects_of_its_last_value",
        "when a row is set anew, the objects it was about before no longer count",
        about_anew,
    ),
    Case::new("what_is_held_about_an_object_is_listed", "held_about gives every row about the object", held),
    Case::new(
        "forgetting_reaches_many_rows",
        "held_about and forget reach every row, however many and however large",
        forget_many,
    ),
    Case::new(
        "side_tables_are_there_after_reopening",
        "rows, objects and declarations are there when the store is opened again, rewritten or not",
        after_reopening,
    ),
];

const PLAIN: SideSpec<'static> = SideSpec::plain("plain");
const PERSONAL: SideSpec<'static> = SideSpec::personal("personal");

fn object(n: u32) -> Uuid {
    Uuid::from_u64_pair(0xabcd, u64::from(n))
}

/// Table and key of every row about an object.
fn held_keys(store: &dyn Store, object: Uuid) -> Result<Vec<(String, Vec<u8>)>, StoreError> {
    let mut keys = Vec::new();
    store.held_about(object, &mut |name, row| {
        keys.push((name.to_owned(), row.key));
        ControlFlow::Continue(())
    })?;
    Ok(keys)
}

fn row(harness: &mut dyn Harness) -> Checked {
    let store = Patient::new(harness.fresh());
    let side = store.side(PLAIN)?;
    let keys: [&[u8]; 6] = [b"key", b"", b"\0", b"\xff\xff", "n\u{f8}gle".as_bytes(), b"key\0"];
    for (n, key) in (0..).zip(keys) {
        ensure_eq!(side.get(key)?, None, "a row that was never put");
        let value = noise(n, n as usize * 100);
        ensure_eq!(side.put(key, None, &value, &[])?, Put::Done, "putting a new row");
        ensure_eq!(side.get(key)?, Some(value), "the row");
    }
    for key in keys {
        let deleted = side.delete(key)?;
        ensure!(deleted || !store.is_sure(), "deleting a row said there was none");
        ensure_eq!(side.get(key)?, None, "a row that was deleted");
        ensure!(!side.delete(key)?, "deleting a row twice said there was one");
    }
    ensure_eq!(side.rows(b"")?.len(), 0, "rows left");
    Ok(())
}

fn compare_and_set(harness: &mut dyn Harness) -> Checked {
    let store = Patient::new(harness.fresh());
    let side = store.side(PLAIN)?;
    let differs = |value: &[u8]| Put::Differs(Some(value.to_vec()));
    ensure_eq!(
        side.put(b"k", Some(b""), b"1", &[])?,
        Put::Differs(None),
        "setting a missing row from a value"
    );
    ensure_eq!(side.get(b"k")?, None, "the row after a refused put");
    ensure_eq!(side.put(b"k", None, b"", &[])?, Put::Done, "putting an empty value");
    ensure_eq!(side.get(b"k")?, Some(Vec::new()), "an empty value");
    ensure_eq!(side.put(b"k", None, b"2", &[])?, differs(b""), "putting a new row where one is");
    ensure_eq!(side.put(b"k", Some(b"x"), b"2", &[])?, differs(b""), "setting from another value");
    ensure_eq!(side.put(b"k", Some(b""), b"2", &[])?, Put::Done, "setting from the value there is");
    ensure_eq!(side.put(b"k", Some(b""), b"3", &[])?, differs(b"2"), "setting from an old value");
    ensure_eq!(side.put(b"k", Some(b"2"), b"2", &[])?, Put::Done, "setting to the value there is");
    ensure_eq!(side.get(b"k")?, Some(b"2".to_vec()), "the row in the end");
    side.set(b"k", b"4", &[])?;
    side.set(b"l", b"5", &[])?;
    ensure_eq!(
        (side.get(b"k")?, side.get(b"l")?),
        (Some(b"4".to_vec()), Some(b"5".to_vec())),
        "rows set outright"
    );
    Ok(())
}

fn scan(harness: &mut dyn Harness) -> Checked {
    let store = Patient::new(harness.fresh());
    let side = store.side(PLAIN)?;
    let mut keys: Vec<Vec<u8>> =
        ["", "a", "a\0", "a.b", "a.c", "ab", "b", "\u{e6}"].map(|key| key.as_bytes().to_vec()).to_vec();
    keys.extend([vec![0xff], vec![0xff, 0], vec![0xff, 0xff], vec![0xfe, 0xff], vec![0]]);
    for key in keys.iter().rev() {
        side.set(key, b"v", &[])?;
    }
    keys.sort_unstable();
    for prefix in [&b""[..], b"a", b"a.", b"a.b", b"b", b"c", b"\xff", b"\xff\xff", b"\xff\xff\xff", b"\0"] {
        let expected: Vec<Vec<u8>> = keys.iter().filter(|key| key.starts_with(prefix)).cloned().collect();
        let found: Vec<Vec<u8>> = side.rows(prefix)?.into_iter().map(|row| row.key).collect();
        ensure_eq!(found, expected, "the keys that begin with {prefix:?}");
    }
    let mut given = Vec::new();
    side.scan(b"a", &mut |row| {
        given.push(row.key);
        if given.len() == 2 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    ensure_eq!(given, [b"a".to_vec(), b"a\0".to_vec()], "the rows given until the callback broke");
    Ok(())
}

fn scan_many(harness: &mut dyn Harness) -> Checked {
    let store = Patient::new(harness.fresh());
    let side = store.side(PLAIN)?;
    let length = |n: u32| if n.is_multiple_of(50) { 400_000 } else { n as usize % 700 };
    let expected: Vec<SideRow> = (0..150)
        .map(|n: u32| SideRow {
            key: n.to_be_bytes().to_vec(),
            value: noise(n, length(n)),
            about: Vec::new(),
        })
        .collect();
    for row in &expected {
        side.set(&row.key, &row.value, &[])?;
    }
    let found = side.rows(b"")?;
    ensure_eq!(found.len(), expected.len(), "how many rows there are");
    ensure!(found == expected, "the rows came back as others");
    Ok(())
}

fn scanner_uses_store(harness: &mut dyn Harness) -> Checked {
    let store = Patient::new(harness.fresh());
    let side = store.side(PLAIN)?;
    for n in 0..20u8 {
        side.set(&[n], &[n], &[])?;
    }
    let mut inside: Checked = Ok(());
    let mut given = 0;
    side.scan(b"", &mut |row| {
        given += 1;
        inside = (|| {
            side.delete(&row.key)?;
            side.set(&[b"done", &row.key[..]].concat(), b"", &[])?;
            Ok(())
        })();
        if inside.is_err() || given == 20 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    inside?;
    ensure_eq!(side.rows(b"done")?.len(), 20, "rows set while scanning");
    ensure_eq!(side.rows(b"")?.len(), 20, "rows left after each was deleted while scanning");
    Ok(())
}

fn apart(harness: &mut dyn Harness) -> Checked {
    let store = Patient::new(harness.fresh());
    let names = ["a", "ab", "a.b", "a-b", "a_b", "0", "z"];
    for name in names {
        store.side(SideSpec::plain(name))?.set(b"key", name.as_bytes(), &[])?;
        store.side(SideSpec::plain(name))?.set(b"b.key", name.as_bytes(), &[])?;
    }
    fill(&store, &small(3))?;
    for name in names {
        let side = store.side(SideSpec::plain(name))?;
        ensure_eq!(side.get(b"key")?, Some(name.as_bytes().to_vec()), "the row of table {name}");
        ensure_eq!(side.rows(b"")?.len(), 2, "rows of table {name}");
    }
    store.side(SideSpec::plain("a"))?.delete(b"key")?;
    ensure_eq!(store.side(SideSpec::plain("ab"))?.rows(b"")?.len(), 2, "rows of another table");
    ensure_eq!(store.entries(Revision::ZERO)?, small(3), "the journal");
    Ok(())
}

fn names(harness: &mut dyn Harness) -> Checked {
    let store = Patient::new(harness.fresh());
    let long = "x".repeat(65);
    for name in ["", "Upper", "with space", "\u{e6}", "a/b", "a\0", long.as_str()] {
        let refused = store.side(SideSpec::plain(name)).err();
        ensure!(matches!(refused, Some(StoreError::SideName(_))), "the name {name:?} was not refused");
    }
    for name in ["a", "0", "feed.cursors-2_b", long.get(1..).unwrap_or_default()] {
        store.side(SideSpec::plain(name))?.set(b"k", b"v", &[])?;
    }
    Ok(())
}

fn declared(harness: &mut dyn Harness) -> Checked {
    let store = harness.fresh();
    let check = |store: &dyn Store| -> Checked {
        store.side(PLAIN)?;
        store.side(PERSONAL)?;
        for (name, personal) in [("plain", false), ("personal", true)] {
            let refused = store.side(SideSpec { name, personal: !personal }).err();
            ensure!(
                matches!(&refused, Some(StoreError::SideDeclared { personal: told, .. }) if *told == personal),
                "opening the table {name} as declared otherwise: {refused:?}"
            );
        }
        Ok(())
    };
    let patient = Patient::new(store);
    check(&patient)?;
    check(&patient)?;
    match harness.reopen(patient.into_inner()) {
        Some(store) => check(&Patient::new(store)),
        None => Ok(()),
    }
}

fn about(harness: &mut dyn Harness) -> Checked {
    let store = Patient::new(harness.fresh());
    let plain = store.side(PLAIN)?.put(b"k", None, b"v", &[object(1)]);
    ensure!(matches!(plain, Err(StoreError::SideAbout { .. })), "a plain row about an object: {plain:?}");
    let personal = store.side(PERSONAL)?.put(b"k", None, b"v", &[]);
    ensure!(
        matches!(personal, Err(StoreError::SideAbout { .. })),
        "a personal row about nothing: {personal:?}"
    );
    ensure_eq!(store.side(PLAIN)?.get(b"k")?, None, "a refused row");
    ensure_eq!(store.side(PERSONAL)?.get(b"k")?, None, "a refused row");
    let objects = [object(3), object(1), object(3), object(2), object(1)];
    store.side(PERSONAL)?.set(b"k", b"v", &objects)?;
    let rows = store.side(PERSONAL)?.rows(b"")?;
    let found: Vec<&[Uuid]> = rows.iter().map(|row| row.about.as_slice()).collect();
    ensure_eq!(found, [&[object(1), object(2), object(3)][..]], "the objects of a row");
    Ok(())
}

fn forget(harness: &mut dyn Harness) -> Checked {
    let store = Patient::new(harness.fresh());
    let other = SideSpec::personal("other");
    store.side(PLAIN)?.set(b"cursor", object(1).as_bytes(), &[])?;
    for n in 1..=3 {
        store.side(PERSONAL)?.set(&[b'p', n], b"one", &[object(u32::from(n))])?;
        store.side(other)?.set(&[b'o', n], b"one", &[object(u32::from(n))])?;
    }
    store.side(PERSONAL)?.set(b"shared", b"two", &[object(2), object(1)])?;
    store.side(PERSONAL)?.set(b"others", b"two", &[object(2), object(3)])?;
    let forgotten = store.forget(object(1))?;
    ensure!(forgotten == 3 || !store.is_sure(), "forgot {forgotten} rows instead of 3");
    let keys = |spec| -> Result<Vec<Vec<u8>>, StoreError> {
        Ok(store.side(spec)?.rows(b"")?.into_iter().map(|row| row.key).collect())
    };
    ensure_eq!(keys(PERSONAL)?, [b"others".to_vec(), vec![b'p', 2], vec![b'p', 3]], "the rows left");
    ensure_eq!(keys(other)?, [vec![b'o', 2], vec![b'o', 3]], "the rows left in the other table");
    ensure_eq!(keys(PLAIN)?, [b"cursor".to_vec()], "the rows left in the plain table");
    ensure_eq!(held_keys(&store, object(1))?.len(), 0, "rows about the object forgotten");
    ensure_eq!(held_keys(&store, object(2))?.len(), 3, "rows about another object");
    ensure_eq!(store.forget(object(1))?, 0, "rows forgotten the second time");
    ensure_eq!(store.forget(object(99))?, 0, "rows forgotten about an object nobody knows");
    Ok(())
}

fn about_anew(harness: &mut dyn Harness) -> Checked {
    let store = Patient::new(harness.fresh());
    let side = store.side(PERSONAL)?;
    side.set(b"k", b"1", &[object(1), object(2)])?;
    side.set(b"k", b"2", &[object(2), object(3)])?;
    side.set(b"gone", b"1", &[object(1)])?;
    side.delete(b"gone")?;
    ensure_eq!(held_keys(&store, object(1))?.len(), 0, "rows about an object no row is about any more");
    ensure_eq!(store.forget(object(1))?, 0, "rows forgotten about it");
    ensure_eq!(side.get(b"k")?, Some(b"2".to_vec()), "the row after forgetting its former object");
    store.forget(object(3))?;
    ensure_eq!(side.get(b"k")?, None, "the row after forgetting its object");
    side.set(b"k", b"3", &[object(4)])?;
    ensure_eq!(held_keys(&store, object(2))?.len(), 0, "rows about an object of the row before");
    Ok(())
}

fn held(harness: &mut dyn Harness) -> Checked {
    let store = Patient::new(harness.fresh());
    let tables = ["b", "a", "c"];
    for name in tables {
        let side = store.side(SideSpec::personal(name))?;
        for key in ["2", "1"] {
            side.set(key.as_bytes(), format!("{name}{key}").as_bytes(), &[object(5), object(6)])?;
            side.set(format!("x{key}").as_bytes(), b"", &[object(6)])?;
        }
    }
    let mut found = Vec::new();
    store.held_about(object(5), &mut |name, row| {
        found.push((name.to_owned(), row));
        ControlFlow::Continue(())
    })?;
    let expected: Vec<(String, SideRow)> = ["a", "b", "c"]
        .iter()
        .flat_map(|name| {
            ["1", "2"].map(|key| {
                let value = format!("{name}{key}").into_bytes();
                ((*name).to_owned(), SideRow { key: key.into(), value, about: vec![object(5), object(6)] })
            })
        })
        .collect();
    ensure!(found == expected, "the rows held about the object are others: {found:?}");
    let mut given = 0;
    store.held_about(object(6), &mut |_, _| {
        given += 1;
        if given == 4 { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    })?;
    ensure_eq!(given, 4, "rows given until the callback broke");
    Ok(())
}

fn forget_many(harness: &mut dyn Harness) -> Checked {
    let store = Patient::new(harness.fresh());
    let side = store.side(PERSONAL)?;
    for n in 0..120u32 {
        let length = if n.is_multiple_of(40) { 300_000 } else { 50 };
        side.set(&n.to_be_bytes(), &noise(n, length), &[object(n % 2), object(7)])?;
    }
    ensure_eq!(held_keys(&store, object(7))?.len(), 120, "rows about the object");
    let forgotten = store.forget(object(0))?;
    ensure!(forgotten == 60 || !store.is_sure(), "forgot {forgotten} rows instead of 60");
    ensure_eq!(side.rows(b"")?.len(), 60, "rows left");
    ensure_eq!(held_keys(&store, object(7))?.len(), 60, "rows about the other object");
    store.forget(object(7))?;
    ensure_eq!(side.rows(b"")?.len(), 0, "rows left in the end");
    Ok(())
}

fn after_reopening(harness: &mut dyn Harness) -> Checked {
    let store = Patient::new(harness.fresh());
    fill(&store, &small(2))?;
    store.side(PLAIN)?.set(b"cursor", b"17", &[])?;
    store.side(PERSONAL)?.set(b"r1", b"one", &[object(1)])?;
    store.side(PERSONAL)?.set(b"r2", b"two", &[object(1), object(2)])?;
    store.side(PERSONAL)?.set(b"r3", b"three", &[object(3)])?;
    let mut store = store.into_inner();
    for rewritten in [false, true] {
        store = reopened(harness, store)?;
        let patient = Patient::new(&store);
        if rewritten {
            patient.rewrite(&mut |_| Some(b"rewritten".to_vec()))?;
        }
        ensure_eq!(patient.side(PLAIN)?.get(b"cursor")?, Some(b"17".to_vec()), "the plain row");
        ensure_eq!(patient.side(PERSONAL)?.rows(b"r")?.len(), 3, "the personal rows");
        ensure_eq!(held_keys(&patient, object(1))?.len(), 2, "the rows about the object");
    }
    let store = reopened(harness, store)?;
    let patient = Patient::new(&store);
    patient.forget(object(1))?;
    let rows = patient.side(PERSONAL)?.rows(b"")?;
    ensure_eq!(rows.iter().map(|row| row.key.as_slice()).collect::<Vec<_>>(), [b"r3"], "the rows left");
    Ok(())
}

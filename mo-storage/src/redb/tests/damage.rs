//! Files that are damaged, of another program or of a newer version: what is said about them, and what is saved.

use std::ops::ControlFlow;

use ::redb::{Builder, TableDefinition};
use mo_core::store::{Entry, Store, StoreError, StoreErrorKind};
use mo_core::time::Revision;

use super::disk::Disk;
use super::workload::{Step, entry, holding, make, open, steps, take};
use super::{Dice, long};
use crate::redb::file::Medium as _;
use crate::redb::format::{FORMAT, META, META_FORMAT};
use crate::redb::salvage::survey;
use crate::redb::{RedbOptions, RedbStore, open};

/// The bytes of a file with entries of several sizes and some rows, closed as it should be.
fn sound_file(with_pages: bool) -> (Vec<u8>, Vec<Entry>) {
    let disk = Disk::empty();
    let store = make(&disk);
    for step in steps(3, 40).iter().filter(|step| !matches!(step, Step::Rewrite(_))) {
        take(&store, step).unwrap();
    }
    if with_pages {
        let next = store.head().unwrap().revision.next().unwrap();
        take(&store, &Step::Append(entry(next.number(), vec![5; 1_300_000]))).unwrap();
    }
    let entries = holding(&store).unwrap().entries;
    assert!(entries.len() > 12);
    drop(store);
    (disk.file().0, entries)
}

fn saved(image: &[u8]) -> (Vec<Entry>, crate::redb::Salvage) {
    let disk = Disk::holding(image.to_vec());
    let (backend, _) = disk.open().unwrap();
    let survey = survey(&*backend).unwrap();
    let mut entries = Vec::new();
    survey
        .give(&*backend, &mut |entry| {
            entries.push(entry);
            ControlFlow::Continue(())
        })
        .unwrap();
    (entries, survey.summary())
}

fn place_of(haystack: &[u8], needle: &[u8]) -> usize {
    haystack.windows(needle.len()).position(|part| part == needle).unwrap()
}

#[test]
fn a_flipped_byte_anywhere_is_harmless_or_named() {
    let (image, entries) = sound_file(false);
    let whole = holding(&open(&Disk::holding(image.clone())).unwrap()).unwrap();
    let stride = if long() { 1 } else { 409 };
    let (mut tried, mut harmless, mut named) = (0, 0, 0);
    for place in (0..image.len()).step_by(stride) {
        tried += 1;
        let mut damaged = image.clone();
        damaged[place] ^= 0x55;
        match open(&Disk::holding(damaged.clone())) {
            Ok(store) => {
                assert_eq!(holding(&store).unwrap(), whole, "byte {place} changed an answer");
                harmless += 1;
            }
            Err(StoreError::Corrupt { entry, what }) => {
                named += 1;
                let (saved, summary) = saved(&damaged);
                let lost: Vec<&Entry> = entries.iter().filter(|entry| !saved.contains(entry)).collect();
                assert!(
                    saved.iter().all(|entry| entries.contains(entry)),
                    "byte {place}: salvaged what never was"
                );
                assert!(lost.len() <= 1, "byte {place}: lost {lost:?}");
                let first = lost.first().map(|entry| entry.revision);
                // When the mark of the very last entry is gone, nothing tells that there was one.
                let told = entry == first || entry.is_none() && lost == [&entries[entries.len() - 1]];
                assert!(told, "byte {place}: entry {entry:?} instead of {first:?}: {what}, {summary}");
            }
            Err(error) => {
                // The bytes that say which format it is.
                assert!(
                    matches!(error.kind(), StoreErrorKind::Newer | StoreErrorKind::Invalid) && place < 512,
                    "byte {place}: {error:?}"
                );
            }
        }
    }
    println!("reliability: redb-flipped-bytes tried={tried} harmless={harmless} named={named} silent=0");
    assert!(named > 0 && harmless > 0);
}

#[test]
fn a_cut_or_blanked_file_is_refused_and_what_is_sound_is_saved() {
    let (image, entries) = sound_file(true);
    let mut dice = Dice::new(4);
    for round in 0..if long() { 400 } else { 40 } {
        let mut damaged = image.clone();
        if round % 2 == 0 {
            damaged.truncate(dice.roll(image.len() - 1) + 1);
        } else {
            let from = dice.roll(image.len());
            let until = (from + 1 + dice.roll(40_000)).min(image.len());
            damaged[from..until].fill(0);
        }
        let (saved, summary) = saved(&damaged);
        assert!(saved.iter().all(|entry| entries.contains(entry)), "round {round}");
        let mut known = saved.iter().map(|entry| entry.revision).collect::<Vec<_>>();
        known.extend(
            summary.lost.iter().flat_map(|r| r.start().number()..=r.end().number()).map(Revision::new),
        );
        known.sort_unstable();
        let all: Vec<Revision> = (1..=u32::try_from(known.len()).unwrap()).map(Revision::new).collect();
        assert_eq!(known, all, "round {round}: {summary}");
        match open(&Disk::holding(damaged)) {
            Ok(store) => assert_eq!(holding(&store).unwrap().entries, entries, "round {round}"),
            Err(error) => assert_eq!(error.kind(), StoreErrorKind::Corrupt, "round {round}: {error:?}"),
        }
    }
}

#[test]
fn without_verifying_a_damaged_entry_is_found_when_it_is_read() {
    let (mut image, entries) = sound_file(false);
    let victim = &entries[7];
    let place = place_of(&image, &victim.bytes);
    image[place] ^= 1;
    let disk = Disk::holding(image);
    let options = RedbOptions::new().verify_on_open(false);
    let medium = disk.medium();
    let opened = open::again(&*medium, "the disk", &options).unwrap();
    let store = RedbStore::with("the disk".into(), medium, opened, options).unwrap();
    let mut given = Vec::new();
    let error = store.read(Revision::ZERO, &mut |entry| {
        given.push(entry);
        ControlFlow::Continue(())
    });
    assert_eq!(given, entries[..7]);
    let error = error.unwrap_err();
    assert!(
        matches!(&error, StoreError::Corrupt { entry: Some(at), .. } if *at == victim.revision),
        "{error}"
    );
    let error = store.check().unwrap_err();
    assert!(
        matches!(&error, StoreError::Corrupt { entry: Some(at), .. } if *at == victim.revision),
        "{error}"
    );
    let sentence = error.to_string();
    let saved = format!("{} entries can be salvaged, lost are 8", entries.len() - 1);
    assert!(sentence.contains("damaged at entry 8") && sentence.contains(&saved), "{sentence}");
}

#[test]
fn a_damaged_page_of_a_large_entry_is_named() {
    let (mut image, entries) = sound_file(true);
    let large = entries.last().unwrap();
    let place = place_of(&image, &large.bytes[..1000]);
    image[place + 100_000] ^= 1;
    let error = open(&Disk::holding(image.clone())).unwrap_err();
    assert!(
        matches!(&error, StoreError::Corrupt { entry: Some(at), .. } if *at == large.revision),
        "{error}"
    );
    let (saved, summary) = saved(&image);
    assert_eq!(saved, entries[..entries.len() - 1]);
    assert_eq!(summary.lost, [large.revision..=large.revision]);
}

/// A redb file with a format of its own, or with none of ours.
fn foreign(format: Option<u32>) -> Disk {
    let disk = Disk::empty();
    {
        let database = Builder::new().create_with_backend(crate::redb::file::Watched::new(
            disk.stage().unwrap(),
            std::sync::Arc::default(),
        ));
        let database = database.unwrap();
        let transaction = database.begin_write().unwrap();
        if let Some(format) = format {
            transaction.open_table(META).unwrap().insert(META_FORMAT, format).unwrap();
        } else {
            let table = TableDefinition::<u64, u64>::new("somebody else's");
            transaction.open_table(table).unwrap().insert(1, 2).unwrap();
        }
        transaction.commit().unwrap();
    }
    disk.publish(true).unwrap();
    disk
}

#[test]
fn a_newer_format_is_refused_with_both_numbers() {
    let error = open(&foreign(Some(FORMAT + 6))).unwrap_err();
    assert!(
        matches!(error, StoreError::Newer { found, known, .. } if (found, known) == (FORMAT + 6, FORMAT)),
        "{error}"
    );
    assert!(error.to_string().contains("use a newer version"), "{error}");
}

#[test]
fn a_newer_redb_file_is_refused_with_both_numbers() {
    let (mut image, _) = sound_file(false);
    // The two places of redb's first page that say which format the file has.
    assert_eq!((image[64], image[192]), (3, 3));
    image[64] = 9;
    image[192] = 9;
    let error = open(&Disk::holding(image)).unwrap_err();
    assert!(matches!(error, StoreError::Newer { found: 9, known: 3, .. }), "{error:?}");
}

#[test]
fn a_file_of_another_program_is_refused() {
    let redb = open(&foreign(None)).unwrap_err();
    assert_eq!(redb.kind(), StoreErrorKind::Invalid);
    assert!(redb.to_string().contains("another program"), "{redb}");
    let text = open(&Disk::holding(b"Dear diary, this is no registry.".to_vec())).unwrap_err();
    assert_eq!(text.kind(), StoreErrorKind::Corrupt);
    assert!(text.to_string().contains("is not a registry"), "{text}");
    let empty = open(&Disk::holding(Vec::new())).unwrap_err();
    assert_eq!(empty.kind(), StoreErrorKind::Invalid);
    assert!(empty.to_string().contains("empty file"), "{empty}");
    let never = open(&foreign(Some(0))).unwrap_err();
    assert_eq!(never.kind(), StoreErrorKind::Corrupt);
}

#[test]
fn a_sound_file_is_sound() {
    let (image, entries) = sound_file(true);
    let store = open(&Disk::holding(image.clone())).unwrap();
    let integrity = store.check().unwrap();
    assert!(integrity.is_sound(), "{integrity:?}");
    assert_eq!(integrity.entries, entries.len() as u64);
    assert_eq!(integrity.bytes, entries.iter().map(|entry| entry.bytes.len() as u64).sum::<u64>());
    let (saved, summary) = saved(&image);
    assert_eq!(saved, entries);
    assert!(summary.lost.is_empty());
}

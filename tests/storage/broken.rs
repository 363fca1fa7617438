//! Negative controls: stores with one defect each. The suite must catch every one of them, in the case named for it,
//! or its passing means nothing.

use std::ops::ControlFlow;
use std::time::Duration;

use mo_core::store::{
    Entry, Head, MemoryStore, Put, Side, SideExt, SideRow, SideSpec, Store, StoreError, StoreExt,
};
use mo_core::time::Revision;
use mo_storage::conformance::{Harness, Outcome, cases, run};
use uuid::Uuid;

use crate::harness::long;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Defect {
    None,
    AppendsOnAnyHead,
    AcceptsEarlyEntries,
    LeavesOutTheLastOfSeveral,
    RecordsWhatFollowsARefusedOne,
    FlipsABit,
    SkipsAnEntry,
    ReadsOn,
    TearsEntries,
    ReturnsWithoutWaiting,
    NeverWakes,
    LosesTheLastEntry,
    LosesSideTables,
    RewritesHalf,
    RewritesEverything,
    PutsWhateverIsThere,
    ScansTooFar,
    ScansBackwards,
    MixesTables,
    ForgetsDeclarations,
    AcceptsRowsAboutNothing,
    ForgetsOneTableOnly,
    ForgetsByFormerObjects,
    ListsOneRowOnly,
}

use Defect as D;

/// Each defect with a case that must catch it.
const CAUGHT: &[(Defect, &str)] = &[
    (D::AppendsOnAnyHead, "an_append_on_another_head_conflicts"),
    (D::AppendsOnAnyHead, "of_the_writers_on_one_head_exactly_one_succeeds"),
    (D::AppendsOnAnyHead, "an_append_repeated_is_recorded_once"),
    (D::AcceptsEarlyEntries, "an_entry_is_registered_later_than_the_head"),
    (D::LeavesOutTheLastOfSeveral, "several_entries_are_recorded_in_order"),
    (D::RecordsWhatFollowsARefusedOne, "of_several_entries_those_after_a_refused_one_are_not_recorded"),
    (D::FlipsABit, "an_entry_is_read_back_as_it_was_written"),
    (D::SkipsAnEntry, "entries_come_in_order_after_a_revision"),
    (D::ReadsOn, "a_read_ends_when_told"),
    (D::TearsEntries, "entries_around_one_mebibyte_come_back"),
    (D::ReturnsWithoutWaiting, "an_append_ends_the_waiting"),
    (D::NeverWakes, "an_append_ends_the_waiting"),
    (D::LosesTheLastEntry, "what_was_recorded_is_there_after_reopening"),
    (D::LosesSideTables, "side_tables_are_there_after_reopening"),
    (D::RewritesHalf, "a_rewrite_that_is_refused_changes_nothing"),
    (D::RewritesEverything, "a_rewrite_replaces_bytes_and_nothing_else"),
    (D::PutsWhateverIsThere, "a_row_is_set_only_from_the_expected_value"),
    (D::PutsWhateverIsThere, "compare_and_set_loses_no_update"),
    (D::ScansTooFar, "a_scan_gives_the_rows_of_a_prefix_in_order"),
    (D::ScansBackwards, "a_scan_gives_the_rows_of_a_prefix_in_order"),
    (D::MixesTables, "tables_do_not_mix"),
    (D::ForgetsDeclarations, "a_table_stays_as_it_was_declared"),
    (D::AcceptsRowsAboutNothing, "rows_name_their_objects_if_and_only_if_personal"),
    (D::ForgetsOneTableOnly, "forgetting_deletes_every_row_about_an_object"),
    (D::ForgetsByFormerObjects, "a_row_is_about_the_objects_of_its_last_value"),
    (D::ListsOneRowOnly, "what_is_held_about_an_object_is_listed"),
];

#[test]
fn the_suite_catches_every_defect() {
    let mut caught = 0;
    for (defect, name) in CAUGHT {
        if *defect == D::NeverWakes && !long() {
            println!("skipped: NeverWakes takes a minute; set MO_LONG to run it");
            continue;
        }
        let case = cases().find(|case| case.name() == *name).unwrap();
        let outcome = case.run(&mut Control { defect: *defect, content: MemoryStore::new() });
        assert!(matches!(outcome, Outcome::Broken(_)), "{defect:?} was not caught by {name}: {outcome:?}");
        caught += 1;
    }
    println!("reliability: conformance-negative-control tried={caught} caught={caught}");
}

#[test]
fn the_control_without_a_defect_passes() {
    let report = run(&mut Control { defect: D::None, content: MemoryStore::new() });
    assert!(report.is_kept(), "{report}");
}

struct Control {
    defect: Defect,
    content: MemoryStore,
}

impl Harness for Control {
    fn fresh(&mut self) -> Box<dyn Store> {
        self.content = MemoryStore::new();
        Box::new(Broken { inner: self.content.clone(), defect: self.defect })
    }

    fn reopen(&mut self, store: Box<dyn Store>) -> Option<Box<dyn Store>> {
        drop(store);
        if matches!(self.defect, D::LosesTheLastEntry | D::LosesSideTables) {
            let mut entries = self.content.entries(Revision::ZERO).unwrap();
            if self.defect == D::LosesTheLastEntry {
                entries.pop();
            }
            self.content = MemoryStore::new();
            for entry in entries {
                let expected = Revision::new(entry.revision.number() - 1);
                self.content.append(expected, &entry).unwrap();
            }
        }
        Some(Box::new(Broken { inner: self.content.clone(), defect: self.defect }))
    }
}

struct Broken {
    inner: MemoryStore,
    defect: Defect,
}

impl Broken {
    /// Makes the store hold these entries, past every rule.
    fn replace(&self, change: impl Fn(&mut Entry)) {
        let mut entries = self.inner.entries(Revision::ZERO).unwrap();
        entries.iter_mut().for_each(change);
        let _ = self
            .inner
            .rewrite(&mut |entry| entries.get(entry.revision.number() as usize - 1).map(|e| e.bytes.clone()));
    }
}

impl Store for Broken {
    fn head(&self) -> Result<Head, StoreError> {
        self.inner.head()
    }

    fn append(&self, expected: Revision, entry: &Entry) -> Result<(), StoreError> {
        let result = self.inner.append(expected, entry);
        match (self.defect, &result) {
            (D::AppendsOnAnyHead, Err(StoreError::Conflict { .. })) => loop {
                let head = self.inner.head()?;
                let revision = head.revision.next().unwrap();
                let registered_at = head
                    .registered_at
                    .map_or(entry.registered_at, |at| entry.registered_at.max(at.plus_micros(1).unwrap()));
                let moved = Entry { revision, registered_at, ..entry.clone() };
                match self.inner.append(head.revision, &moved) {
                    Err(StoreError::Conflict { .. }) => {}
                    done => return done,
                }
            },
            (D::AcceptsEarlyEntries, Err(StoreError::NotLater { head_at, .. })) => {
                let registered_at = head_at.plus_micros(1).unwrap();
                self.inner.append(expected, &Entry { registered_at, ..entry.clone() })
            }
            (D::TearsEntries, Ok(())) if entry.bytes.len() > 1 << 20 => {
                self.replace(|entry| entry.bytes.truncate(1 << 20));
                result
            }
            _ => result,
        }
    }

    fn append_all(&self, expected: Revision, entries: &[Entry]) -> Result<(), StoreError> {
        let mut result = Ok(());
        let mut expected = expected;
        let left_out = usize::from(self.defect == D::LeavesOutTheLastOfSeveral && entries.len() > 1);
        for entry in &entries[..entries.len() - left_out] {
            let moved = Entry { revision: expected.next().unwrap(), ..entry.clone() };
            let given = if result.is_ok() { entry } else { &moved };
            match self.append(expected, given) {
                Ok(()) => expected = given.revision,
                Err(error) if self.defect == D::RecordsWhatFollowsARefusedOne => result = Err(error),
                refused => return refused,
            }
        }
        result
    }

    fn read(
        &self,
        after: Revision,
        each: &mut dyn FnMut(Entry) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        self.inner.read(after, &mut |mut entry| {
            if self.defect == D::FlipsABit
                && let Some(byte) = entry.bytes.last_mut()
            {
                *byte ^= 1;
            }
            if self.defect == D::SkipsAnEntry && entry.revision.number() == 150 {
                return ControlFlow::Continue(());
            }
            let flow = each(entry);
            if self.defect == D::ReadsOn { ControlFlow::Continue(()) } else { flow }
        })
    }

    fn wait(&self, after: Revision, timeout: Duration) -> Result<Head, StoreError> {
        match self.defect {
            D::ReturnsWithoutWaiting => self.inner.head(),
            D::NeverWakes => {
                std::thread::sleep(timeout.min(Duration::from_secs(60)));
                self.inner.head()
            }
            _ => self.inner.wait(after, timeout),
        }
    }

    fn rewrite(&self, replace: &mut dyn FnMut(&Entry) -> Option<Vec<u8>>) -> Result<u64, StoreError> {
        match self.defect {
            D::RewritesHalf => {
                let mut first = true;
                self.inner.rewrite(&mut |entry| replace(entry).filter(|_| std::mem::take(&mut first)))?;
                self.inner.rewrite(replace)
            }
            D::RewritesEverything => {
                self.inner.rewrite(&mut |entry| replace(entry).or_else(|| Some(b"{}".to_vec())))
            }
            _ => self.inner.rewrite(replace),
        }
    }

    fn side<'s>(&'s self, spec: SideSpec<'s>) -> Result<Box<dyn Side + 's>, StoreError> {
        let asked = spec;
        let spec = match self.defect {
            D::MixesTables => {
                spec.check()?;
                SideSpec { name: if spec.personal { "personal" } else { "plain" }, ..spec }
            }
            _ => spec,
        };
        let side = match self.inner.side(spec) {
            Err(StoreError::SideDeclared { personal, .. }) if self.defect == D::ForgetsDeclarations => {
                self.inner.side(SideSpec { personal, ..spec })?
            }
            side => side?,
        };
        Ok(Box::new(BrokenSide { side, store: self, spec: asked }))
    }

    fn held_about(
        &self,
        object: Uuid,
        each: &mut dyn FnMut(&str, SideRow) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        self.inner.held_about(object, &mut |name, row| {
            let flow = each(name, row);
            if self.defect == D::ListsOneRowOnly { ControlFlow::Break(()) } else { flow }
        })
    }

    fn forget(&self, object: Uuid) -> Result<u64, StoreError> {
        match self.defect {
            D::ForgetsOneTableOnly => {
                let side = self.inner.side(SideSpec::personal("personal"))?;
                let rows = side.rows(b"")?;
                let about = rows.iter().filter(|row| row.about.contains(&object));
                about.map(|row| side.delete(&row.key).map(u64::from)).sum()
            }
            _ => self.inner.forget(object),
        }
    }
}

struct BrokenSide<'s> {
    side: Box<dyn Side + 's>,
    store: &'s Broken,
    spec: SideSpec<'s>,
}

impl Side for BrokenSide<'_> {
    fn get(&self, key: &[u8]) -> Result<Option<Vec<u8>>, StoreError> {
        self.side.get(key)
    }

    fn put(
        &self,
        key: &[u8],
        expected: Option<&[u8]>,
        value: &[u8],
        about: &[Uuid],
    ) -> Result<Put, StoreError> {
        match self.store.defect {
            D::PutsWhateverIsThere => {
                // The gap in which another thread gets overwritten.
                std::thread::yield_now();
                self.side.set(key, value, about)?;
                Ok(Put::Done)
            }
            D::AcceptsRowsAboutNothing if self.spec.personal && about.is_empty() => {
                self.side.put(key, expected, value, &[Uuid::nil()])
            }
            D::ForgetsByFormerObjects => {
                let rows = self.side.rows(key)?;
                let former = rows.iter().find(|row| row.key == key).map(|row| row.about.clone());
                self.side.put(key, expected, value, &[about, &former.unwrap_or_default()].concat())
            }
            _ => self.side.put(key, expected, value, about),
        }
    }

    fn scan(
        &self,
        prefix: &[u8],
        each: &mut dyn FnMut(SideRow) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        match self.store.defect {
            D::ScansTooFar => self.side.scan(b"", &mut |row| {
                if row.key.as_slice() < prefix { ControlFlow::Continue(()) } else { each(row) }
            }),
            D::ScansBackwards => {
                for row in self.side.rows(prefix)?.into_iter().rev() {
                    if each(row).is_break() {
                        break;
                    }
                }
                Ok(())
            }
            _ => self.side.scan(prefix, each),
        }
    }

    fn delete(&self, key: &[u8]) -> Result<bool, StoreError> {
        self.side.delete(key)
    }
}

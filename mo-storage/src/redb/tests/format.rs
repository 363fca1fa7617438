//! The bytes of records: they come back as they were written, and any change of them is noticed.

use mo_core::store::Entry;
use mo_core::time::{Instant, Revision};
use proptest::prelude::*;
use uuid::Uuid;

use crate::redb::format::{
    ENTRY_HEADER, PAGE, decode_row, encode_entry, encode_pages, encode_row, entry_header, page_bytes,
    page_count, page_header,
};

fn entries() -> impl Strategy<Value = Entry> {
    let instants = Instant::MIN.epoch_micros()..=Instant::MAX.epoch_micros();
    let bytes = prop::collection::vec(any::<u8>(), 0..300);
    (any::<u32>(), instants, any::<u128>(), bytes).prop_map(|(revision, micros, id, bytes)| Entry {
        revision: Revision::new(revision),
        registered_at: Instant::from_epoch_micros(micros).unwrap(),
        id: Uuid::from_u128(id),
        bytes,
    })
}

fn decode(value: &[u8]) -> Option<Entry> {
    entry_header(value)?.with_bytes(value, value.get(ENTRY_HEADER..)?.to_vec())
}

proptest! {
    #[test]
    fn an_entry_comes_back(entry in entries()) {
        prop_assert_eq!(decode(&encode_entry(&entry)), Some(entry));
    }

    #[test]
    fn a_flipped_bit_of_an_entry_is_noticed(entry in entries(), place in any::<prop::sample::Index>(), bit in 0..8) {
        let mut value = encode_entry(&entry);
        let place = place.index(value.len());
        value[place] ^= 1u8 << bit;
        prop_assert_eq!(decode(&value), None);
    }

    #[test]
    fn a_cut_entry_is_noticed(entry in entries(), place in any::<prop::sample::Index>()) {
        let value = encode_entry(&entry);
        prop_assert_eq!(decode(&value[..place.index(value.len())]), None);
    }

    #[test]
    fn a_row_comes_back_and_a_flipped_bit_is_noticed(
        key in prop::collection::vec(any::<u8>(), 0..40),
        value in prop::collection::vec(any::<u8>(), 0..200),
        about in prop::collection::btree_set(any::<u128>(), 0..4),
        place in any::<prop::sample::Index>(),
        bit in 0..8,
    ) {
        let about: Vec<Uuid> = about.into_iter().map(Uuid::from_u128).collect();
        let mut bytes = encode_row("name", &key, &value, &about);
        let row = decode_row("name", &key, &bytes).unwrap();
        prop_assert_eq!((&row.key, &row.value, &row.about), (&key, &value, &about));
        prop_assert_eq!(decode_row("other", &key, &bytes), None);
        let place = place.index(bytes.len());
        bytes[place] ^= 1u8 << bit;
        prop_assert_eq!(decode_row("name", &key, &bytes), None);
    }
}

#[test]
fn pages_hold_all_bytes_of_an_entry_above_one_page() {
    for length in [PAGE - 1, PAGE, PAGE + 1, 2 * PAGE, 2 * PAGE + 1] {
        let bytes: Vec<u8> = (0..length).map(|n| u8::try_from(n % 251).unwrap()).collect();
        let entry = super::workload::entry(3, bytes);
        let value = encode_entry(&entry);
        let pages: Vec<(u32, Vec<u8>)> = encode_pages(&entry).collect();
        assert_eq!(pages.len(), page_count(length), "{length}");
        let mut found = value[ENTRY_HEADER..].to_vec();
        for (number, value) in &pages {
            let header = page_header(value).unwrap();
            assert_eq!((header.revision, header.page, header.id), (entry.revision, *number, entry.id));
            found.extend_from_slice(page_bytes(&header, value).unwrap());
        }
        assert_eq!(entry_header(&value).unwrap().with_bytes(&value, found), Some(entry));
        assert!(pages.iter().all(|(_, value)| value.len() + 64 <= 1 << 20), "a page outgrows a mebibyte");
    }
}

//! What the registry keeps in memory, counted by the allocator: `cargo bench --bench memory`. Sizes from `MO_BENCH_UNITS`
//! (comma-separated, default `1000,100000`). Prints, per unit version, the live bytes of a registry beyond its texts and
//! the journal that the memory store holds.

mod town;

use std::ops::ControlFlow;

use mo_core::registry::Registry;
use mo_core::time::Revision;
use peak_alloc::PeakAlloc;

use town::{Town, VERSIONS};

#[global_allocator]
static ALLOCATED: PeakAlloc = PeakAlloc;

fn journal_bytes(registry: &Registry) -> usize {
    let mut bytes = 0;
    let read = registry.store().read(Revision::ZERO, &mut |entry| {
        bytes += entry.bytes.len();
        ControlFlow::Continue(())
    });
    read.unwrap();
    bytes
}

fn main() {
    let sizes = std::env::var("MO_BENCH_UNITS").unwrap_or_else(|_| "1000,100000".to_owned());
    for size in sizes.split(',').filter_map(|size| size.trim().parse().ok()) {
        let before = ALLOCATED.current_usage();
        // The town goes: what is left of its texts is the registry's.
        let (registry, text_bytes) = {
            let town = Town::new(size);
            (town.full(), town.text_bytes)
        };
        let live = ALLOCATED.current_usage() - before - journal_bytes(&registry) - text_bytes;
        println!("memory/{size}: {} bytes per version beyond texts and journal", live / (size * VERSIONS));
    }
}

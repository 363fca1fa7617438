//! How often a property is tried.

use proptest::prelude::ProptestConfig;

/// The configuration of a property that CI tries `cases` times; `MO_PROPTEST_CASES` or `PROPTEST_CASES` say otherwise,
/// `PROPTEST_RNG_SEED` repeats a run.
pub fn config(cases: u32) -> ProptestConfig {
    let said = ["MO_PROPTEST_CASES", "PROPTEST_CASES"].into_iter().find_map(|name| std::env::var(name).ok());
    let cases = said.map_or(cases, |said| said.parse().expect("a number of cases"));
    ProptestConfig { cases, failure_persistence: None, max_shrink_iters: 20_000, ..ProptestConfig::default() }
}

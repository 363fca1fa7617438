//! Tests of the redb store that need its seams: a simulated disk that crashes, fills up and fails, and files damaged
//! byte by byte. Everything else is tested through the public suite.

mod crash;
mod damage;
mod disk;
mod failing;
mod format;
mod workload;

/// Whether the long versions of the tests are asked for.
fn long() -> bool {
    std::env::var_os("MO_LONG").is_some()
}

/// Numbers that look random and are the same in every run.
struct Dice(u64);

impl Dice {
    fn new(seed: u64) -> Dice {
        Dice(seed.wrapping_mul(0x9e37_79b9_7f4a_7c15) | 1)
    }

    /// One of `0..below`.
    fn roll(&mut self, below: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 >> 33).unwrap() % below
    }
}

//! A repeatable stream of pseudo-random numbers.

use std::hash::{DefaultHasher, Hasher};

/// A stream of numbers from a seed by `SplitMix64` (Steele and others). It is small and gives the
/// same numbers everywhere.
#[derive(Debug)]
pub(super) struct SplitMix64(u64);

impl SplitMix64 {
    /// The stream of one mapping of one object.
    pub(super) fn new(seed: u64, object_id: &str, target: &str) -> Self {
        let mut hasher = DefaultHasher::new();
        hasher.write_u64(seed);
        hasher.write(object_id.as_bytes());
        hasher.write_u8(0xff); // no text holds it: "a" and "bc" differ from "ab" and "c"
        hasher.write(target.as_bytes());
        Self(hasher.finish())
    }

    /// The next number.
    pub(super) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut mixed = self.0;
        mixed = (mixed ^ (mixed >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    /// A number below `limit`, which is not 0. The lists here are short, so the bias is negligible.
    pub(super) fn below(&mut self, limit: usize) -> usize {
        let limit = u64::try_from(limit).expect("a usize fits into 64 bits");
        usize::try_from(self.next() % limit).expect("it is below a usize")
    }
}

//! Chance from a seed.
//!
//! The generator is xoshiro256++, by name: `StdRng` may become another algorithm with any release
//! of `rand`, and then every seeded tenant would change. For the same reason numbers are brought
//! into a range here and not by `rand`. It is seeded anew for each person and group, which this
//! small generator does in no time, so person 700,000 needs none of those before.

use fake::rand::rngs::Xoshiro256PlusPlus;
use fake::rand::{Rng, SeedableRng};

/// The chance that belongs to one thing.
pub(super) struct Dice(Xoshiro256PlusPlus);

impl Dice {
    /// The dice of thing number `index` of a kind. The same arguments, the same throws.
    pub(super) fn new(seed: u64, kind: &str, index: usize) -> Self {
        Self(Xoshiro256PlusPlus::seed_from_u64(key(seed, kind, index)))
    }

    /// A number below `limit`, which is not 0.
    pub(super) fn below(&mut self, limit: usize) -> usize {
        let product = u128::from(self.0.next_u64()) * limit as u128;
        usize::try_from(product >> 64).expect("a product shifted by 64 is below the limit")
    }

    /// True once in `chances` times.
    pub(super) fn one_in(&mut self, chances: usize) -> bool {
        self.below(chances) == 0
    }

    /// One of the items; there is at least one.
    pub(super) fn pick<'a, T>(&mut self, items: &'a [T]) -> &'a T {
        &items[self.below(items.len())]
    }
}

/// A number that belongs to thing number `index` of a kind.
pub(super) fn key(seed: u64, kind: &str, index: usize) -> u64 {
    let kind = kind.bytes().fold(0, |hash, byte| mix(hash ^ u64::from(byte)));
    mix(mix(seed ^ kind) ^ index as u64)
}

/// Where `index` goes when the numbers below `count` are shuffled: each goes to another place, and
/// no list is needed to know where. `index` is below `count`.
pub(super) fn shuffled(key: u64, count: usize, index: usize) -> usize {
    // Four Feistel rounds shuffle the numbers of an even number of bits, whatever the round
    // function is. What lands above `count` is shuffled on until it lands below: at most three
    // times more in the mean, as there are less than four times as many numbers.
    let half = (usize::BITS - (count - 1).leading_zeros()).div_ceil(2).max(1);
    let mask = (1 << half) - 1;
    let mut place = index as u64;
    loop {
        let (mut left, mut right) = (place >> half, place & mask);
        for round in 0..4 {
            (left, right) = (right, left ^ (mix(key ^ (right << 2) ^ round) & mask));
        }
        place = (left << half) | right;
        if place < count as u64 {
            return usize::try_from(place).expect("it is below a usize");
        }
    }
}

/// Spreads a number over 64 bits (the finaliser of splitmix64).
fn mix(number: u64) -> u64 {
    let mut it = number.wrapping_add(0x9e37_79b9_7f4a_7c15);
    it = (it ^ (it >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    it = (it ^ (it >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    it ^ (it >> 31)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case(1)]
    #[case(2)]
    #[case(40)]
    #[case(1000)]
    #[case(4097)]
    fn shuffling_gives_each_number_a_place_of_its_own(#[case] count: usize) {
        let mut places: Vec<_> = (0..count).map(|it| shuffled(7, count, it)).collect();
        places.sort_unstable();

        assert_eq!(places, (0..count).collect::<Vec<_>>());
    }

    #[test]
    fn another_key_shuffles_otherwise() {
        let places = |key| (0..100).map(|it| shuffled(key, 100, it)).collect::<Vec<_>>();

        assert_ne!(places(1), places(2));
    }

    #[test]
    fn throws_are_the_same_in_every_release() {
        let mut dice = Dice::new(42, "person", 0);

        let throws: Vec<_> = (0..8).map(|_| dice.below(1000)).collect();

        expect_test::expect!["[418, 743, 475, 608, 490, 3, 801, 384]"]
            .assert_eq(&format!("{throws:?}"));
    }

    #[test]
    fn kinds_and_indexes_have_dice_of_their_own() {
        let first = |kind, index| Dice::new(42, kind, index).below(usize::MAX);

        assert_ne!(first("person", 0), first("person", 1));
        assert_ne!(first("person", 0), first("group", 0));
    }
}

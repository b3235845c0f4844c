//! Reproducible random numbers: each follows from its purpose.

/// A number that follows from a seed, these texts and a counter.
///
/// It is the FNV-1a hash of the inputs, finished by the mixer of `SplitMix64`, so that similar inputs give
/// unrelated numbers. It does not need to resist attackers.
pub(super) fn number(seed: u64, texts: &[&str], n: u64) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut take = |bytes: &[u8]| {
        for byte in bytes {
            hash = (hash ^ u64::from(*byte)).wrapping_mul(0x0100_0000_01b3);
        }
    };
    take(&seed.to_le_bytes());
    for text in texts {
        take(text.as_bytes());
        take(&[0xff]); // a byte that UTF-8 never contains, so that "ab", "c" differs from "a", "bc"
    }
    take(&n.to_le_bytes());
    mixed(hash)
}

/// The next number after this one.
pub(super) fn next(number: u64) -> u64 {
    mixed(number.wrapping_add(0x9e37_79b9_7f4a_7c15))
}

/// A number scaled to the range from 0 (included) to 1 (excluded).
#[expect(clippy::cast_precision_loss, reason = "53 bits are what a double holds")]
pub(super) fn part(number: u64) -> f64 {
    (number >> 11) as f64 / (1_u64 << 53) as f64
}

fn mixed(mut number: u64) -> u64 {
    number = (number ^ (number >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    number = (number ^ (number >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    number ^ (number >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rolls_are_repeatable_and_uniform() {
        let rolls = |seed| (0..10_000).map(move |n| part(number(seed, &["t", "r", "ada"], n)));

        let below: Vec<usize> =
            [0.1, 0.5, 0.9].map(|p| rolls(7).filter(|it| *it < p).count()).into();

        assert!(rolls(7).eq(rolls(7)));
        assert!(rolls(7).ne(rolls(8)));
        for (found, expected) in below.into_iter().zip([1_000_usize, 5_000, 9_000]) {
            assert!(found.abs_diff(expected) < 200, "{found} instead of about {expected}");
        }
    }

    #[test]
    fn texts_with_other_boundaries_give_another_number() {
        assert_ne!(number(1, &["ab", "c"], 0), number(1, &["a", "bc"], 0));
    }
}

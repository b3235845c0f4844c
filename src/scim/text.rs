//! Text that is compared without case.

use smol_str::{SmolStr, SmolStrBuilder};

/// The text as it is compared where `caseExact` is false: lower case by Unicode's simple rules.
///
/// RFC 7643 §2.2 leaves the folding open; a name such as `Åsa` and `ÅSA` must meet.
pub fn fold(text: &str) -> SmolStr {
    let is_folded = |it: char| it.is_ascii() && !it.is_ascii_uppercase();
    if text.chars().all(is_folded) {
        return SmolStr::new(text);
    }
    let mut folded = SmolStrBuilder::new();
    for it in text.chars().flat_map(char::to_lowercase) {
        folded.push(it);
    }
    folded.finish()
}

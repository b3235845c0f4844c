//! Secrets at names in other texts than JSON: the pairs of a query or a form, elements of markup.

use smol_str::SmolStr;

use super::{Secrecy, Spot, asks, decoded, secrecy};

/// Where the values of secret fields lie in a query or a form (`password=x&count=1`), and of a
/// `filter` that asks for a secret.
pub(super) fn pairs(text: &str, names: &[SmolStr]) -> Vec<Spot> {
    let mut spots = Vec::new();
    let mut start = 0;
    for pair in text.split(['&', '\n', '\r']) {
        if let Some((name, value)) = pair.split_once('=') {
            let is_secret = secrecy(name.trim(), names) != Secrecy::Open
                || (decoded::name(name.trim()).eq_ignore_ascii_case("filter")
                    && asks(value, names));
            if is_secret && !value.is_empty() {
                spots.push((start + name.len() + 1..start + pair.len(), false));
            }
        }
        start += pair.len() + 1;
    }
    spots
}

/// Where the contents of secret elements lie in a text that may be markup (`<password>x</password>`).
pub(super) fn elements(text: &str, names: &[SmolStr]) -> Vec<Spot> {
    let mut spots = Vec::new();
    let mut start = 0;
    for piece in text.split('<') {
        if let Some((tag, content)) = piece.split_once('>') {
            let name = tag.split_ascii_whitespace().next().unwrap_or_default();
            let is_open = start > 0 && !name.starts_with('/') && !content.is_empty();
            if is_open && secrecy(name, names) != Secrecy::Open {
                spots.push((start + tag.len() + 1..start + piece.len(), false));
            }
        }
        start += piece.len() + 1;
    }
    spots
}

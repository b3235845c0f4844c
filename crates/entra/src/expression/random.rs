//! Functions of random values. The random stream is an input, so results repeat.

use super::call::{CallArguments, CallError, EvaluationResult, FunctionCall};
use crate::SourceValue;
use crate::split_mix::SplitMix64;

/// `Guid()`
#[expect(clippy::unnecessary_wraps, reason = "every function has this shape")]
pub(super) fn guid(it: &mut CallArguments<'_, '_, '_>) -> EvaluationResult {
    let chance = &mut it.context.chance;
    let bits = u128::from(chance.next()) << 64 | u128::from(chance.next());
    let guid = uuid::Builder::from_random_bytes(bits.to_be_bytes()).into_uuid();
    Ok(SourceValue::Text(guid.to_string().into()))
}

const NUMBERS: &str = "0123456789";
const CAPITALS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const LOWER: &str = "abcdefghijklmnopqrstuvwxyz";
/// The special characters of the Windows password rules, which the reference names.
const SPECIAL: &str = "~!@#$%^&*_-+=`|\\(){}[]:;\"'<>,.?/";

/// `RandomString(length, minimumNumbers, minimumSpecialCharacters, minimumCapital,
/// minimumLowerCase, charactersToAvoid)`. The rest of the length is filled with digits and letters
/// (assumed).
pub(super) fn random_string(it: &mut CallArguments<'_, '_, '_>) -> EvaluationResult {
    let length = it.size(0)?;
    if length > LONGEST {
        return Err(too_long(length));
    }
    let avoided = it.text_or_empty(5)?;
    let kept = |all: &str| all.chars().filter(|it| !avoided.contains(*it)).collect::<Vec<char>>();
    let minima = [
        (it.size(1)?, kept(NUMBERS)),
        (it.size(2)?, kept(SPECIAL)),
        (it.size(3)?, kept(CAPITALS)),
        (it.size(4)?, kept(LOWER)),
    ];
    let least: usize = minima.iter().map(|(count, _)| count.min(&(LONGEST + 1))).sum();
    has_room(length, least)?;
    let mut drawn = Vec::with_capacity(length);
    let chance = &mut it.context.chance;
    for (count, from) in minima {
        draw(&mut drawn, count, &from, chance)?;
    }
    let rest = [kept(NUMBERS), kept(CAPITALS), kept(LOWER)].concat();
    let missing = length - drawn.len();
    draw(&mut drawn, missing, &rest, chance)?;
    for place in (1..drawn.len()).rev() {
        drawn.swap(place, chance.below(place + 1));
    }
    Ok(SourceValue::Text(drawn.into_iter().collect::<String>().into()))
}

/// How long a text may be.
const LONGEST: usize = 256;

/// Refuses a length that is too large, or too small for the required characters.
pub(super) fn refuse_length(call: &FunctionCall) -> Result<(), CallError> {
    let size = |index| call.whole(index).and_then(|it| usize::try_from(it).ok());
    let Some(length) = size(0) else { return Ok(()) };
    if length > LONGEST {
        return Err(CallError::at(0, too_long(length)));
    }
    let least = (1..=4).filter_map(size).map(|it| it.min(LONGEST + 1)).sum();
    has_room(length, least).map_err(|it| CallError::at(0, it))
}

fn too_long(length: usize) -> String {
    format!("length is at most {LONGEST}, not {length}")
}

fn has_room(length: usize, least: usize) -> Result<(), String> {
    if least <= length {
        return Ok(());
    }
    Err(format!("length {length} has no room for the {least} characters that must be"))
}

fn draw(
    into: &mut Vec<char>,
    count: usize,
    from: &[char],
    chance: &mut SplitMix64,
) -> Result<(), String> {
    if count > 0 && from.is_empty() {
        return Err("charactersToAvoid leaves nothing to choose from".into());
    }
    into.extend((0..count).map(|_| from[chance.below(from.len())]));
    Ok(())
}

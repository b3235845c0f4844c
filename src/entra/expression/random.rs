//! Functions of chance, which is an argument.

use super::call::Arguments;
use crate::entra::SourceValue;
use crate::entra::moment::Chance;

type Answer = Result<SourceValue, String>;

/// `Guid()`
#[expect(clippy::unnecessary_wraps, reason = "every function has this shape")]
pub(super) fn guid(it: &mut Arguments<'_, '_, '_>) -> Answer {
    let chance = &mut it.context.chance;
    let bits = u128::from(chance.next()) << 64 | u128::from(chance.next());
    let guid = uuid::Builder::from_random_bytes(bits.to_be_bytes()).into_uuid();
    Ok(SourceValue::Text(guid.to_string().into()))
}

const NUMBERS: &str = "0123456789";
const CAPITALS: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const LOWER: &str = "abcdefghijklmnopqrstuvwxyz";
/// Those of Windows' password rules, to which the reference points.
const SPECIAL: &str = "~!@#$%^&*_-+=`|\\(){}[]:;\"'<>,.?/";

/// `RandomString(length, minimumNumbers, minimumSpecialCharacters, minimumCapital,
/// minimumLowerCase, charactersToAvoid)`. What the minima leave open is filled with numbers and
/// letters (assumed).
pub(super) fn random_string(it: &mut Arguments<'_, '_, '_>) -> Answer {
    let length = size(it, 0, "length")?;
    if length > 256 {
        return Err(format!("length is at most 256, not {length}"));
    }
    let avoided = it.text_or_empty(5)?;
    let kept = |all: &str| all.chars().filter(|it| !avoided.contains(*it)).collect::<Vec<char>>();
    let minima = [
        (size(it, 1, "minimumNumbers")?, kept(NUMBERS)),
        (size(it, 2, "minimumSpecialCharacters")?, kept(SPECIAL)),
        (size(it, 3, "minimumCapital")?, kept(CAPITALS)),
        (size(it, 4, "minimumLowerCase")?, kept(LOWER)),
    ];
    let least: usize = minima.iter().map(|(count, _)| count.min(&257)).sum();
    if least > length {
        return Err(format!("length {length} has no room for the {least} characters that must be"));
    }
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

fn size(it: &mut Arguments<'_, '_, '_>, index: usize, name: &str) -> Result<usize, String> {
    let number = it.number(index, name)?;
    usize::try_from(number)
        .ok()
        .ok_or_else(|| format!("{name} is a whole number from 0, not {number}"))
}

fn draw(
    into: &mut Vec<char>,
    count: usize,
    from: &[char],
    chance: &mut Chance,
) -> Result<(), String> {
    if count > 0 && from.is_empty() {
        return Err("charactersToAvoid leaves nothing to choose from".into());
    }
    into.extend((0..count).map(|_| from[chance.below(from.len())]));
    Ok(())
}

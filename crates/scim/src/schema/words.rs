//! Keywords of schema data, read so that a wrong one is told what is expected there.

/// Reads an enum from one of its keywords; the error of any other text names them all.
macro_rules! words {
    ($type:ident, $what:literal { $first:literal = $one:ident $(, $word:literal = $other:ident)* $(,)? }) => {
        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                const EXPECTED: &str = concat!($what, ": ", $first $(, ", ", $word)*);
                let text = <String as serde::Deserialize>::deserialize(deserializer)?;
                match text.as_str() {
                    $first => Ok(Self::$one),
                    $($word => Ok(Self::$other),)*
                    other => Err(serde::de::Error::invalid_value(
                        serde::de::Unexpected::Str(other),
                        &EXPECTED,
                    )),
                }
            }
        }
    };
}

pub(super) use words;

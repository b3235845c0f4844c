//! Reads the keywords of schema data, with errors that list the known ones.

/// Reads an enum from one of its keywords. The error for any other text lists them all.
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

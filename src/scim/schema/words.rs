//! Keywords of schema data, read so that a wrong one is told what is expected there.

/// Reads an enum from one of its keywords; the error of any other text names them all.
macro_rules! words {
    ($type:ident, $what:literal { $($word:literal = $variant:ident,)* }) => {
        impl<'de> serde::Deserialize<'de> for $type {
            fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                const EXPECTED: &str = concat!($what, " of" $(, " ", $word)*);
                let text = <String as serde::Deserialize>::deserialize(deserializer)?;
                match text.as_str() {
                    $($word => Ok(Self::$variant),)*
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

//! How long the things of a sign-in are good for, and how far clocks may differ: settings of a tenant.
//!
//! The lives of codes and tokens are Entra's to begin with; those of sessions, and the tolerance, are assumed.

use std::{convert::Infallible, fmt, time::Duration};

use jiff::SignedDuration;
#[cfg(feature = "web")]
use jiff::Timestamp;
use serde::{
    Deserialize, Deserializer, Serialize, Serializer,
    de::{self, Unexpected, Visitor},
};

use super::{Master, Tenant};
use crate::fault::parse_duration;

/// The settings of a tenant's sign-ins.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct SignInSettings {
    /// How long somebody stays logged in to MediusFlow: eight hours (assumed).
    pub session_life: SignInLife,
    /// How long a code can be redeemed: "Typically, they expire after about 10 minutes" (Microsoft's page on
    /// the authorization code flow).
    pub code_life: SignInLife,
    /// How long tokens are valid: ID tokens one hour (Microsoft's page on configurable token lifetimes).
    /// Access tokens, which vary there, have the same life here.
    pub token_life: SignInLife,
    /// How far the clock of an issuer may be off: five minutes, what Microsoft's libraries have where nothing
    /// else is said (assumed for MediusFlow).
    pub tolerance: ClockTolerance,
}

/// New values of some settings; a setting without one stays as it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct SignInSettingsChange {
    #[serde(deserialize_with = "given")]
    session_life: Option<SignInLife>,
    #[serde(deserialize_with = "given")]
    code_life: Option<SignInLife>,
    #[serde(deserialize_with = "given")]
    token_life: Option<SignInLife>,
    #[serde(deserialize_with = "given")]
    tolerance: Option<ClockTolerance>,
}

/// How long something is good for: a second to 365 days.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SignInLife(Duration);

/// How far two clocks may differ: up to a day.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ClockTolerance(Duration);

impl SignInLife {
    /// As a duration.
    #[cfg(feature = "web")]
    pub fn get(self) -> Duration {
        self.0
    }

    /// The end of a life that begins now.
    #[cfg(feature = "web")]
    pub fn after(self, now: Timestamp) -> Timestamp {
        now.saturating_add(self.0).unwrap_or(Timestamp::MAX)
    }
}

impl ClockTolerance {
    /// As a duration.
    #[cfg(feature = "web")]
    pub fn get(self) -> Duration {
        self.0
    }
}

impl Default for SignInSettings {
    fn default() -> Self {
        Self {
            session_life: SignInLife(Duration::from_hours(8)),
            code_life: SignInLife(Duration::from_mins(10)),
            token_life: SignInLife(Duration::from_hours(1)),
            tolerance: ClockTolerance(Duration::from_mins(5)),
        }
    }
}

impl SignInSettingsChange {
    /// The names of the settings that get a value.
    pub fn names(&self) -> Vec<&'static str> {
        let given = [
            ("sessionLife", self.session_life.is_some()),
            ("codeLife", self.code_life.is_some()),
            ("tokenLife", self.token_life.is_some()),
            ("tolerance", self.tolerance.is_some()),
        ];
        given.into_iter().filter_map(|(name, is_given)| is_given.then_some(name)).collect()
    }
}

impl SignInSettings {
    fn with(self, change: &SignInSettingsChange) -> Self {
        Self {
            session_life: change.session_life.unwrap_or(self.session_life),
            code_life: change.code_life.unwrap_or(self.code_life),
            token_life: change.token_life.unwrap_or(self.token_life),
            tolerance: change.tolerance.unwrap_or(self.tolerance),
        }
    }
}

impl Tenant {
    /// The settings of its sign-ins at this moment.
    pub fn sign_in_settings(&self) -> SignInSettings {
        self.master().sign_in
    }

    /// Changes some settings, and answers all. What was issued before keeps its life.
    pub fn change_sign_in_settings(&self, change: &SignInSettingsChange) -> SignInSettings {
        let done = self.write(|state| {
            let master = Master::clone(&state.master);
            let sign_in = master.sign_in.with(change);
            state.master = Master { sign_in, ..master }.into();
            Ok::<_, Infallible>(sign_in)
        });
        let Ok((settings, _)) = done;
        settings
    }
}

/// A value that is there: null is none.
fn given<'de, D: Deserializer<'de>, T: Deserialize<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    T::deserialize(deserializer).map(Some)
}

impl Serialize for SignInLife {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        write(self.0, serializer)
    }
}

impl Serialize for ClockTolerance {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        write(self.0, serializer)
    }
}

impl<'de> Deserialize<'de> for SignInLife {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let most = Duration::from_hours(365 * 24);
        let expected = "a duration from 1s to 365d, such as \"8h\", or whole milliseconds";
        let range = DurationRange { least: Duration::from_secs(1), most, expected };
        deserializer.deserialize_any(range).map(Self)
    }
}

impl<'de> Deserialize<'de> for ClockTolerance {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let most = Duration::from_hours(24);
        let expected = "a duration from 0s to 1d, such as \"5m\", or whole milliseconds";
        let range = DurationRange { least: Duration::ZERO, most, expected };
        deserializer.deserialize_any(range).map(Self)
    }
}

/// In a form that is read again as the same duration.
fn write<S: Serializer>(duration: Duration, serializer: S) -> Result<S::Ok, S::Error> {
    let signed = SignedDuration::try_from(duration).unwrap_or(SignedDuration::MAX);
    serializer.serialize_str(&format!("{signed:#}"))
}

/// Reads a duration within bounds.
struct DurationRange {
    least: Duration,
    most: Duration,
    expected: &'static str,
}

impl DurationRange {
    fn admit<E: de::Error>(
        &self,
        found: Unexpected<'_>,
        read: Option<Duration>,
    ) -> Result<Duration, E> {
        let fitting = read.filter(|it| (self.least..=self.most).contains(it));
        fitting.ok_or_else(|| E::invalid_value(found, self))
    }
}

impl Visitor<'_> for DurationRange {
    type Value = Duration;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.expected)
    }

    fn visit_str<E: de::Error>(self, text: &str) -> Result<Duration, E> {
        let read = parse_duration(text).and_then(|it| it.try_into().ok());
        self.admit(Unexpected::Str(text), read)
    }

    fn visit_u64<E: de::Error>(self, milliseconds: u64) -> Result<Duration, E> {
        let read = Duration::from_millis(milliseconds);
        self.admit(Unexpected::Unsigned(milliseconds), Some(read))
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::{Value as Json, json};

    use super::*;

    #[test]
    fn what_is_written_is_read_again() {
        let settings = SignInSettings {
            session_life: SignInLife(Duration::from_millis(5_400_250)),
            tolerance: ClockTolerance(Duration::ZERO),
            ..SignInSettings::default()
        };

        let written = json!(settings);

        assert_eq!(written["sessionLife"], "1h 30m 250ms");
        assert_eq!(serde_json::from_value::<SignInSettings>(written).unwrap(), settings);
        assert_eq!(
            serde_json::from_value::<SignInSettings>(json!({})).unwrap(),
            SignInSettings::default()
        );
    }

    #[rstest]
    #[case(json!("1s"), true)]
    #[case(json!("365d"), true)]
    #[case(json!(1000), true)]
    #[case(json!(999), false)]
    #[case(json!("366d"), false)]
    #[case(json!("-8h"), false)]
    #[case(json!("99999999999999d"), false)]
    #[case(json!(-1), false)]
    #[case(json!(1e9), false)]
    #[case(json!([]), false)]
    #[case(json!(null), false)]
    fn a_life_has_bounds(#[case] life: Json, #[case] is_one: bool) {
        let body = json!({"codeLife": life});

        assert_eq!(serde_json::from_value::<SignInSettings>(body.clone()).is_ok(), is_one);
        assert_eq!(serde_json::from_value::<SignInSettingsChange>(body).is_ok(), is_one);
    }
}

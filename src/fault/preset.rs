//! Named sets of rules that are built in.

use std::sync::LazyLock;

use serde::Deserialize;
use serde_json::Value as Json;

/// A set of rules and limits for a common kind of failure.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Preset {
    /// Its name.
    pub name: String,
    /// Its description, in one sentence.
    pub about: String,
    /// Its rules, each with an id, in the form of `POST faults`.
    pub rules: Vec<Json>,
    /// Its limits, in the form of `PUT limits`.
    pub limits: Option<Json>,
}

static PRESETS: LazyLock<Vec<Preset>> = LazyLock::new(|| {
    let files = [
        include_str!("../../fixtures/faults/flaky.json"),
        include_str!("../../fixtures/faults/throttle.json"),
        include_str!("../../fixtures/faults/slow.json"),
        include_str!("../../fixtures/faults/expired-key.json"),
        include_str!("../../fixtures/faults/lost-acknowledgements.json"),
        include_str!("../../fixtures/faults/gateway-flap.json"),
        include_str!("../../fixtures/faults/bad-day.json"),
        #[cfg(feature = "web")]
        include_str!("../../fixtures/faults/token-expired.json"),
        #[cfg(feature = "web")]
        include_str!("../../fixtures/faults/token-for-another.json"),
        #[cfg(feature = "web")]
        include_str!("../../fixtures/faults/clock-skew.json"),
        #[cfg(feature = "web")]
        include_str!("../../fixtures/faults/key-rotated.json"),
    ];
    files.map(|it| serde_json::from_str(it).expect("the fixtures are tested")).into()
});

/// All presets.
pub fn presets() -> &'static [Preset] {
    &PRESETS
}

#[cfg(test)]
mod tests {
    use super::super::{RateLimits, Rule};
    use super::*;

    #[test]
    fn every_preset_can_be_read() {
        let known = ["user.create", "user.replace", "user.patch", "user.delete", "signin.token"];
        let known = known.map(str::to_owned);
        for preset in presets() {
            for rule in &preset.rules {
                let read =
                    Rule::read(rule, &known).unwrap_or_else(|it| panic!("{}: {it}", preset.name));
                assert!(
                    read.id().is_some_and(|it| it.starts_with(&preset.name)),
                    "{}",
                    preset.name
                );
            }
            if let Some(limits) = &preset.limits {
                RateLimits::read(limits, &known)
                    .unwrap_or_else(|it| panic!("{}: {it}", preset.name));
            }
        }
    }
}

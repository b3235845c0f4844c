//! Which key of mock Entra signs, and which are published. The keys are fixtures: see
//! `fixtures/sign-in/keys/README.md`.

use std::sync::LazyLock;

use jiff::{SignedDuration, Timestamp};
use smol_str::SmolStr;

use crate::oidc::{PublicKeys, SigningKey};

/// The keys that sign in turn, read when the first is needed.
static KEYS: LazyLock<[SigningKey; 3]> = LazyLock::new(|| {
    [
        read("a1", include_bytes!("../../../fixtures/sign-in/keys/a1.pk8")),
        read("a2", include_bytes!("../../../fixtures/sign-in/keys/a2.pk8")),
        read("a3", include_bytes!("../../../fixtures/sign-in/keys/a3.pk8")),
    ]
});

static UNPUBLISHED: LazyLock<SigningKey> = LazyLock::new(|| {
    read("unpublished", include_bytes!("../../../fixtures/sign-in/keys/unpublished.pk8"))
});

/// Whose turn it is to sign.
#[derive(Clone, Debug, Default)]
pub(super) struct KeyTurn {
    /// How often the keys were rotated.
    rotations: usize,
    /// Until when the key before is published.
    before_until: Option<Timestamp>,
}

/// What came of a rotation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Rotation {
    /// The id of the key that signs now.
    pub key: SmolStr,
    /// The id of the one that signed before.
    pub before: SmolStr,
    /// Until when that one is published.
    pub published_until: Timestamp,
}

/// A key that is never published: what it signs is refused.
pub fn unpublished_key() -> &'static SigningKey {
    &UNPUBLISHED
}

impl KeyTurn {
    pub(super) fn keys(&self, now: Timestamp) -> (&'static SigningKey, PublicKeys) {
        let signs = key(self.rotations);
        let is_before_published = self.before_until.is_some_and(|it| now < it);
        let before = is_before_published.then(|| key(self.rotations + KEYS.len() - 1));
        let published = [Some(signs), before].into_iter().flatten().map(SigningKey::public);
        (signs, PublicKeys(published.collect()))
    }

    pub(super) fn rotate(&mut self, grace: SignedDuration, now: Timestamp) -> Rotation {
        let before = key(self.rotations).id().into();
        self.rotations += 1;
        let until = now.saturating_add(grace).unwrap_or(Timestamp::MAX);
        self.before_until = Some(until);
        Rotation { key: key(self.rotations).id().into(), before, published_until: until }
    }
}

fn key(rotations: usize) -> &'static SigningKey {
    &KEYS[rotations % KEYS.len()]
}

fn read(id: &str, pkcs8: &[u8]) -> SigningKey {
    SigningKey::read(id, pkcs8).expect("the fixtures are RSA keys in PKCS#8")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(turn: &KeyTurn, now: Timestamp) -> Vec<String> {
        turn.keys(now).1.0.into_iter().filter_map(|it| it.id).collect()
    }

    #[test]
    fn a_rotated_key_stays_published_for_its_grace() {
        let now: Timestamp = "2024-03-18T08:00:00Z".parse().unwrap();
        let later = now + SignedDuration::from_hours(24);
        let mut turn = KeyTurn::default();
        assert_eq!(ids(&turn, now), ["a1"]);

        turn.rotate(SignedDuration::from_hours(24), now);

        assert_eq!(turn.keys(now).0.id(), "a2");
        assert_eq!(ids(&turn, now), ["a2", "a1"]);
        assert_eq!(ids(&turn, later), ["a2"]);
    }

    #[test]
    fn a_rotation_without_grace_publishes_the_new_key_alone() {
        let now = Timestamp::UNIX_EPOCH;
        let mut turn = KeyTurn::default();

        for expected in ["a2", "a3", "a1"] {
            turn.rotate(SignedDuration::ZERO, now);
            assert_eq!(ids(&turn, now), [expected]);
        }
    }
}

//! Which secrets are live in a tenant, so that no record of its exchanges shows one.

use std::sync::PoisonError;

use smol_str::SmolStr;

use super::{Refusal, SecretKey, Tenant};
use crate::journal::Secrets;

/// How many secrets of others are remembered.
const REMEMBERED: usize = 16;

/// How many keys and tokens are remembered that a reset or later logins ended; older ones are wrong to
/// it.
const ENDED: usize = 1_000;

impl Tenant {
    /// Why a caller is not let in, where all that is known of its token by the present state is this.
    pub fn why_refused(&self, refusal: Refusal, presented: Option<&str>) -> Refusal {
        let ended = self.ended_secrets.lock().unwrap_or_else(PoisonError::into_inner);
        let is_ended = || presented.is_some_and(|it| ended.iter().any(|key| key.is(it)));
        if refusal == Refusal::Wrong && is_ended() { Refusal::Ended } else { refusal }
    }

    /// Remembers keys and tokens that are not known any more, so that their bearer hears why.
    pub(super) fn end_secrets(&self, gone: impl Iterator<Item = SecretKey>) {
        let mut ended = self.ended_secrets.lock().unwrap_or_else(PoisonError::into_inner);
        for key in gone {
            ended.retain(|it| *it != key);
            ended.push_back(key);
        }
        let surplus = ended.len().saturating_sub(ENDED);
        ended.drain(..surplus);
    }

    /// Remembers a secret of somebody who calls the tenant, such as the Secret Token of its
    /// provisioning job, so that no record of an exchange shows it.
    pub fn keep_secret(&self, secret: &str) {
        let mut kept = self.kept_secrets.lock().unwrap_or_else(PoisonError::into_inner);
        if kept.iter().any(|it| it == secret) {
            return;
        }
        if kept.len() == REMEMBERED {
            kept.remove(0);
        }
        kept.push(SmolStr::new(secret));
    }

    /// Adds the secrets that are live in it at this moment: keys and tokens that were not made here,
    /// since [`Secrets`] tells the others by their form.
    pub fn add_secrets(&self, to: &mut Secrets<'_>) {
        for secret in self.snapshot().console().foreign_secrets() {
            to.add(secret);
        }
        for secret in &*self.kept_secrets.lock().unwrap_or_else(PoisonError::into_inner) {
            to.add(secret);
        }
    }
}

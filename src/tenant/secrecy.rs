//! Which secrets are live in a tenant, so that no record of its exchanges shows one.

use std::sync::PoisonError;

use smol_str::SmolStr;

use super::Tenant;
use crate::journal::Secrets;

/// How many secrets of others are remembered.
const REMEMBERED: usize = 16;

impl Tenant {
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

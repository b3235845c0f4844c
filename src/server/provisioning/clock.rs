//! A job's clock: its tenant's.

use std::{
    sync::{Arc, Weak},
    time::Duration,
};

use jiff::{SignedDuration, Timestamp};

use super::outside::Brake;
use crate::{
    entra,
    http::ServerClock,
    tenant::{ClockSetting, Tenant},
};

/// What time it is for a tenant, and how a job of it waits: as long as the tenant's clock takes. A
/// clock that stands still is moved on by whoever waits, as nobody else would.
#[derive(Debug)]
pub(super) struct TenantTime {
    server: ServerClock,
    tenant: Weak<Tenant>,
    brake: Arc<Brake>,
}

impl TenantTime {
    pub(super) fn new(server: ServerClock, tenant: &Arc<Tenant>, brake: Arc<Brake>) -> Self {
        Self { server, tenant: Arc::downgrade(tenant), brake }
    }
}

impl entra::JobClock for TenantTime {
    fn now(&self) -> Timestamp {
        let base = self.server.now();
        self.tenant.upgrade().map_or(base, |it| it.now(base))
    }

    fn wait(&self, time: SignedDuration) {
        let Some(tenant) = self.tenant.upgrade().filter(|_| time.is_positive()) else { return };
        let factor = match (&self.server, tenant.clock().setting()) {
            (ServerClock::System, ClockSetting::Real | ClockSetting::Offset { .. }) => 1.0,
            (ServerClock::System, ClockSetting::Scaled { factor, .. }) => factor,
            _ => 0.0,
        };
        if factor > 0.0 {
            drop(tenant); // a tenant that is deleted meanwhile is gone
            let seconds = time.as_secs_f64() / factor;
            let real = Duration::try_from_secs_f64(seconds).unwrap_or(Duration::MAX);
            self.brake.wait(real);
            // By a clock that runs fast it has waited long enough, also for the limits.
            let skipped = SignedDuration::try_from(real).map(|real| time.saturating_sub(real));
            if let (Some(tenant), Ok(skipped)) = (self.tenant.upgrade(), skipped) {
                tenant.clock().skip(skipped);
            }
        } else if !self.brake.is_pulled() {
            tenant.advance_clock(time);
        }
    }
}

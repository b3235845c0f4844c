//! Whether a tenant has something going on that may take long.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use super::Tenant;

/// That a tenant has something going on which may take long, until this is dropped. Meanwhile
/// whoever must not wait for a lock keeps away from it.
#[derive(Debug)]
pub struct Busy(Arc<AtomicUsize>);

impl Busy {
    /// Begins something.
    pub fn of(tenant: &Tenant) -> Self {
        tenant.busy.fetch_add(1, Ordering::AcqRel);
        Self(tenant.busy.clone())
    }
}

impl Drop for Busy {
    fn drop(&mut self) {
        self.0.fetch_sub(1, Ordering::AcqRel);
    }
}

impl Tenant {
    /// Whether something is going on that may take long.
    pub fn is_busy(&self) -> bool {
        self.busy.load(Ordering::Acquire) > 0
    }
}

//! How many wait for something of a tenant.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

/// Those who wait: long polls, assertions with time, event streams.
#[derive(Clone, Debug, Default)]
pub struct WaiterCount(Arc<AtomicUsize>);

/// One who waits, counted until this is dropped.
#[derive(Debug)]
pub struct Waiter(WaiterCount);

impl WaiterCount {
    /// Counts one more.
    pub fn begin(&self) -> Waiter {
        self.0.fetch_add(1, Ordering::SeqCst);
        Waiter(self.clone())
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.0.load(Ordering::SeqCst)
    }
}

impl Drop for Waiter {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::SeqCst);
    }
}

//! What a job of the server works with: HTTP that can be cut off.

use std::{
    sync::{Condvar, Mutex, PoisonError},
    time::Duration,
};

use crate::{
    entra::{HttpTransport, Request, Response, Transport, TransportError},
    tenant::JOB_EPOCH,
};

/// Stops a job: it sends nothing more, and waits for nothing more.
#[derive(Debug, Default)]
pub(super) struct Brake {
    is_pulled: Mutex<bool>,
    pulled: Condvar,
}

impl Brake {
    pub(super) fn pull(&self) {
        *self.is_pulled.lock().unwrap_or_else(PoisonError::into_inner) = true;
        self.pulled.notify_all();
    }

    pub(super) fn is_pulled(&self) -> bool {
        *self.is_pulled.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns after this time, or as soon as it is pulled.
    pub(super) fn wait(&self, time: Duration) {
        let guard = self.is_pulled.lock().unwrap_or_else(PoisonError::into_inner);
        let waited = self.pulled.wait_timeout_while(guard, time, |it| !*it);
        drop(waited.unwrap_or_else(PoisonError::into_inner));
    }
}

/// HTTP until the brake is pulled; then every request fails at once, so that a cycle that runs ends.
#[derive(Debug)]
pub(super) struct Wire<'a> {
    pub(super) http: &'a HttpTransport,
    pub(super) brake: &'a Brake,
    pub(super) own: &'a OwnTarget,
}

/// The tenant's own SCIM service, as a job's target.
#[derive(Debug)]
pub(super) struct OwnTarget {
    /// What its addresses begin with.
    pub(super) base: String,
    /// The tenant's epoch when the job was made. A reset ends the job, but not a request that is on
    /// its way: the server refuses it by this number.
    pub(super) epoch: u64,
}

impl Transport for Wire<'_> {
    fn send(&self, request: &Request) -> Result<Response, TransportError> {
        if self.brake.is_pulled() {
            return Err(TransportError::Broken("the job was stopped".into()));
        }
        if !request.url.starts_with(&self.own.base) {
            return self.http.send(request);
        }
        let mut request = request.clone();
        request.headers.push((JOB_EPOCH, self.own.epoch.to_string()));
        self.http.send(&request)
    }
}

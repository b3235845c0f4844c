//! All tenants of a server.

use std::sync::Arc;

use dashmap::DashMap;

use super::Tenant;
use crate::medius::TenantName;

/// The tenants of a server, by name without case.
///
/// Hands out the tenants themselves, never a guard, so nobody can hold the map while it waits.
#[derive(Debug, Default)]
pub struct Tenants(DashMap<TenantName, Arc<Tenant>>);

impl Tenants {
    /// The tenant with this name.
    pub fn get(&self, name: &str) -> Option<Arc<Tenant>> {
        let name: TenantName = name.parse().ok()?;
        self.0.get(&name).map(|it| it.value().clone())
    }

    /// Adds a tenant, or puts it in the place of one with its name.
    pub fn insert(&self, tenant: Arc<Tenant>) {
        self.0.insert(tenant.name().clone(), tenant);
    }

    /// All tenants, ordered by name.
    pub fn all(&self) -> Vec<Arc<Tenant>> {
        let mut all: Vec<Arc<Tenant>> = self.0.iter().map(|it| it.value().clone()).collect();
        all.sort_by_key(|it| it.name().as_str().to_ascii_lowercase());
        all
    }
}

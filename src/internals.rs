//! The rooms inside, for this project's own tests, benches and fuzz targets. What is in here changes
//! without notice.

use std::sync::Arc;

use crate::{MockServer, TenantSeed, TestTenant};

/// What a tenant of a test is inside.
pub trait TenantInternals {
    /// The tenant itself.
    fn tenant(&self) -> Arc<tenant::Tenant>;
}

impl TenantInternals for TestTenant {
    fn tenant(&self) -> Arc<tenant::Tenant> {
        Self::tenant(self)
    }
}

/// What a server is inside.
pub trait ServerInternals {
    /// All its tenants.
    fn tenants(&self) -> Arc<tenant::Tenants>;

    /// What runs the provisioning jobs of its tenants, if this build can.
    fn provisioning(&self) -> Option<Arc<dyn tenant::Provisioning>>;
}

impl ServerInternals for MockServer {
    fn tenants(&self) -> Arc<tenant::Tenants> {
        Self::tenants(self)
    }

    fn provisioning(&self) -> Option<Arc<dyn tenant::Provisioning>> {
        Self::provisioning(self)
    }
}

/// A tenant of a fixture, without people.
pub fn empty_tenant(seed: &TenantSeed, profile: tenant::ScimProfile) -> tenant::Tenant {
    let (data, console_users) = (seed.data.clone(), seed.console_users.clone());
    let master = tenant::Master { data, console_users, sign_in: seed.sign_in };
    tenant::Tenant::new(seed.name.clone(), Arc::new(master), profile, 1)
}

macro_rules! rooms {
    ($($(#[$condition:meta])? $room:ident),* $(,)?) => {$(
        $(#[$condition])?
        #[doc = concat!("The room `", stringify!($room), "`.")]
        pub mod $room {
            pub use crate::$room::*;
        }
    )*};
}

rooms!(
    #[cfg(feature = "cli")]
    cli,
    #[cfg(feature = "dashboard")]
    dashboard,
    fault,
    http,
    journal,
    medius,
    #[cfg(feature = "web")]
    oidc,
    seed,
    server,
    tenant,
);

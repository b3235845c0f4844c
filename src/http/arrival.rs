//! The tenant, the epoch and the time of a request.

use std::sync::Arc;

use actix_web::{
    HttpRequest,
    http::{Method, header::HeaderMap},
    web::Data,
};
use jiff::Timestamp;

use super::{
    App,
    answer::Answer,
    api::{RefusedAt, TenantApi},
    problem::ProblemDetails,
};
use crate::tenant::Tenant;

/// The arrival of a request at a tenant.
pub(super) struct Arrival {
    pub(super) tenant: Arc<Tenant>,
    /// How often the tenant had been reset. After another reset, nothing of this request is performed or
    /// recorded.
    pub(super) epoch: u64,
    /// The same count of the tenant's fault book, which ends delays at a reset.
    pub(super) fault_epoch: u64,
    /// The time of arrival by the server's clock. Durations are measured by it.
    pub(super) received: Timestamp,
    /// The time of arrival by the tenant's clock.
    pub(super) at: Timestamp,
}

/// A request to a service of a tenant.
pub(super) struct RequestContext {
    pub(super) app: Data<App>,
    pub(super) request: HttpRequest,
    pub(super) arrival: Arrival,
    pub(super) api: TenantApi,
    /// The call that is made and recorded, where it is another one than the request: a click on a page.
    pub(super) click: Option<Box<CallHead>>,
}

/// The head of a call that the server makes for somebody who clicks on a page.
pub(super) struct CallHead {
    pub(super) method: Method,
    /// Path and query.
    pub(super) target: String,
    pub(super) headers: HeaderMap,
    /// Who makes it, as the journal says.
    pub(super) from: &'static str,
}

impl Arrival {
    /// The arrival of a request at this time of the server's clock, in the tenant's current epoch.
    pub(super) fn new(tenant: Arc<Tenant>, received: Timestamp) -> Self {
        Self {
            epoch: tenant.epoch(),
            fault_epoch: tenant.faults().epoch(),
            received,
            at: tenant.now(received),
            tenant,
        }
    }

    /// Whether the tenant was reset since.
    pub(super) fn is_over(&self) -> bool {
        self.tenant.epoch() != self.epoch
    }

    /// The time by which callers of the tenant wait: see [`TenantClock::waited`].
    ///
    /// [`TenantClock::waited`]: crate::tenant::TenantClock::waited
    pub(super) fn waited(&self) -> Timestamp {
        self.tenant.clock().waited(self.received)
    }
}

impl RequestContext {
    /// The header lines of what is asked.
    pub(super) fn headers(&self) -> &HeaderMap {
        self.click.as_ref().map_or_else(|| self.request.headers(), |it| &it.headers)
    }

    /// The path of what is asked.
    pub(super) fn path(&self) -> &str {
        let target = self.click.as_ref().map(|it| it.target.split('?').next().unwrap_or_default());
        target.unwrap_or_else(|| self.request.path())
    }

    /// The answer to a request during which the tenant was reset.
    pub(super) fn overtaken(&self) -> Answer {
        self.refusal(ProblemDetails::tenant_reset())
    }

    /// An error answer in the format of the service.
    pub(super) fn refusal(&self, problem: ProblemDetails) -> Answer {
        let server = self.app.authority(&self.request);
        let tenant = Some(self.arrival.tenant.name().as_str());
        self.api.refusal(problem, RefusedAt { server: &server, now: self.arrival.at, tenant })
    }
}

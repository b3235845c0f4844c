//! Guesses the intended address of a request to an unknown one.
//!
//! The parts of the path are compared with the names of the tenants, the endpoints, and the addresses of
//! the console and the control API.

use std::sync::Arc;

use actix_web::http::header::HeaderMap;

use super::{App, admin, bearer::bearer, control, routes::segment, scim::routes as scim, server};
use crate::{
    scim::{is_same, nearest},
    tenant::Tenant,
};

/// A service in an address.
#[derive(Clone, Copy, PartialEq)]
enum Service {
    Scim,
    Console,
    Control,
}

/// The intended path for an unknown one: with the name of an existing tenant, with missing parts added, and
/// with names in their correct spelling.
pub(super) fn guess(app: &App, path: &str, headers: &HeaderMap) -> Option<String> {
    let guess = Guess { app, headers };
    let parts: Vec<&str> = path.split('/').filter(|it| !it.is_empty()).collect();
    let meant = guess.address(&parts)?;
    (meant != path).then_some(meant)
}

struct Guess<'a> {
    app: &'a App,
    headers: &'a HeaderMap,
}

impl Guess<'_> {
    fn address(&self, parts: &[&str]) -> Option<String> {
        let named = parts.iter().enumerate().find_map(|(at, it)| Some((at, service(it)?)));
        if let Some((at, service)) = named {
            let (before, rest) = (&parts[..at], without_version(&parts[at + 1..]));
            return match service {
                Service::Control => self.control(rest),
                Service::Console if rest.first().is_some_and(|it| is_like(it, "authenticate")) => {
                    Some("/admin/v1/authenticate".to_owned())
                }
                service => self.below_tenant(service, before, rest),
            };
        }
        let whole = parts.join("/");
        if let Some(own) =
            nearest(&whole, server::ROUTES.iter().map(|it| it.path).filter(|it| !it.is_empty()))
        {
            return Some(format!("/{own}"));
        }
        if parts.last().is_some_and(|it| is_like(it, "authenticate")) {
            return Some("/admin/v1/authenticate".to_owned());
        }
        self.without_service(parts)
    }

    /// An address without a service: of a tenant, or of an endpoint.
    fn without_service(&self, parts: &[&str]) -> Option<String> {
        let own = self.tenant_at(parts);
        let rest = if own.is_some() { &parts[1..] } else { parts };
        let rest = without_version(rest);
        let tenant = own.clone().or_else(|| self.own_tenant())?;
        let at = rest.iter().position(|it| endpoint(&tenant, it).is_some());
        match (own, at) {
            (_, Some(at)) => self.below_tenant(
                Service::Scim,
                &parts[..parts.len() - rest.len() + at],
                &rest[at..],
            ),
            (Some(tenant), None) if rest.is_empty() => Some(format!("/{}/scim/v2", tenant.name())),
            (Some(_), None) => {
                let is_console = nearest(&plain(rest[0]), admin::first_segments()).is_some();
                is_console.then(|| self.below_tenant(Service::Console, &parts[..1], rest))?
            }
            (None, None) => None,
        }
    }

    /// An address of a tenant's service. `before` and `rest` are the parts before and after the name of the
    /// service.
    fn below_tenant(&self, service: Service, before: &[&str], rest: &[&str]) -> Option<String> {
        let named = before.iter().rev().find_map(|it| self.tenant_at(&[*it]));
        // `/scim/v2/NordlysQA/Users`
        let (named, rest) = match named.or_else(|| self.tenant_at(rest)) {
            Some(it) if self.tenant_at(rest).is_some() => (Some(it), without_version(&rest[1..])),
            other => (other, rest),
        };
        let tenant = named.or_else(|| self.tenant_of_key()).or_else(|| self.own_tenant())?;
        let base = match service {
            Service::Console => "admin/v1",
            _ => "scim/v2",
        };
        let mut address = format!("/{}/{base}", tenant.name());
        let Some((first, more)) = rest.split_first() else { return Some(address) };
        let known = match service {
            Service::Console => nearest(&plain(first), admin::first_segments()).map(str::to_owned),
            _ => endpoint(&tenant, first),
        };
        // The address of a resource is its endpoint and its id, and nothing follows.
        let more = if known.is_some() { &more[..more.len().min(1)] } else { more };
        address.push('/');
        address.push_str(known.as_deref().unwrap_or(first));
        address.extend(more.iter().flat_map(|it| ["/", *it]));
        Some(address)
    }

    /// An address of the control API, found with the patterns of its routes.
    fn control(&self, rest: &[&str]) -> Option<String> {
        let own = self.own_tenant();
        let own = own.as_ref().map_or("", |it| it.name().as_str());
        let tries =
            [rest.to_vec(), [&["tenants"], rest].concat(), [&["tenants", own], rest].concat()];
        let found = tries.iter().find_map(|parts| {
            let mut all =
                control::routes().map(|it| it.path).filter_map(|it| self.fitting(it, parts));
            all.next()
        });
        found.map(|it| format!("/_mock/v1/{it}"))
    }

    /// The address of a pattern that is similar to these parts.
    fn fitting(&self, pattern: &str, parts: &[&str]) -> Option<String> {
        let steps: Vec<&str> = pattern.split('/').filter(|it| !it.is_empty()).collect();
        if steps.len() != parts.len() {
            return None;
        }
        let part = |(step, part): (&&str, &&str)| match *step {
            "{tenant}" => Some(self.tenant_at(&[*part])?.name().to_string()),
            step if step.starts_with('{') => Some((*part).to_owned()),
            step => is_like(part, step).then(|| step.to_owned()),
        };
        let parts = steps.iter().zip(parts).map(part).collect::<Option<Vec<_>>>()?;
        Some(parts.join("/"))
    }

    /// The tenant whose name is equal or similar to the first of these parts.
    fn tenant_at(&self, parts: &[&str]) -> Option<Arc<Tenant>> {
        let name = plain(parts.first()?);
        let tenants = &self.app.tenants;
        tenants.get(&name).or_else(|| {
            let all = tenants.all();
            tenants.get(nearest(&name, all.iter().map(|it| it.name().as_str()))?)
        })
    }

    /// The tenant whose secret key the caller sends.
    fn tenant_of_key(&self) -> Option<Arc<Tenant>> {
        let presented = bearer(self.headers)?;
        let has_key = |it: &Arc<Tenant>| {
            it.snapshot().console().secret_key().is_some_and(|it| it.is(presented))
        };
        self.app.tenants.all().into_iter().find(has_key)
    }

    /// The server's own tenant.
    fn own_tenant(&self) -> Option<Arc<Tenant>> {
        self.app.tenants.get(self.app.own_tenant.as_ref()?.as_str())
    }
}

/// The SCIM endpoint that is equal or similar to a part of a path.
fn endpoint(tenant: &Tenant, part: &str) -> Option<String> {
    let schemas = tenant.schemas();
    let types = schemas.resource_types().iter();
    let mut known: Vec<&str> = types.map(|it| it.endpoint.trim_start_matches('/')).collect();
    known.extend(scim::common_endpoints());
    nearest(&plain(part), known).map(str::to_owned)
}

/// The service with this name in a path.
fn service(part: &str) -> Option<Service> {
    let part = plain(part);
    let named = [("scim", Service::Scim), ("admin", Service::Console), ("_mock", Service::Control)];
    let is = |(name, _): &&(&str, Service)| {
        is_same(&part, name) || is_same(&part, name.trim_start_matches('_'))
    };
    named.iter().find(is).map(|(_, service)| *service)
}

/// The parts after a version, such as `v2`, if they begin with one.
fn without_version<'a, 'b>(parts: &'a [&'b str]) -> &'a [&'b str] {
    let is_version = |it: &&&str| {
        let number = it.trim_start_matches(['v', 'V']);
        !number.is_empty() && number.len() < 4 && number.starts_with(|it: char| it.is_ascii_digit())
    };
    &parts[parts.iter().take(1).filter(is_version).count()..]
}

fn is_like(part: &str, name: &str) -> bool {
    nearest(&plain(part), [name]).is_some()
}

/// A part of a path, decoded.
fn plain(part: &str) -> String {
    segment(part)
}

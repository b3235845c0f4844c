//! Switches given to the builder, before the first request.

use mediusflow_mock::internals::TenantInternals as _;
use mediusflow_mock::{
    MockServer,
    scim::{Dialect, PageCap, Profile},
};

use crate::support::Tenant;

#[test]
fn a_dialect_given_at_the_start_holds_from_the_first_request() {
    let most_results = PageCap::new(2).unwrap();
    let tenant = Tenant::with(Dialect { most_results, ..Dialect::of(Profile::Rfc) });
    for name in ["ada", "bo", "cy"] {
        tenant.user(name);
    }

    let page = tenant.get("/Users?count=10").json;

    assert_eq!((&page["totalResults"], &page["itemsPerPage"]), (&3.into(), &2.into()));
    assert_eq!(tenant.settings()["mostResults"], 2);
}

#[test]
fn a_strict_tenant_is_seeded_like_any_other() {
    let strict = Dialect::of(Profile::Mediusflow).strict();
    let server = MockServer::builder().dialect(strict).start().unwrap();

    assert_eq!(server.tenant().snapshot().resources().len("User"), 25);
}

#[test]
fn a_dialect_can_be_written_and_read_back() {
    for profile in [Profile::Mediusflow, Profile::Rfc] {
        for dialect in [Dialect::of(profile), Dialect::of(profile).strict()] {
            let text = serde_json::to_string(&dialect).unwrap();

            assert_eq!(serde_json::from_str::<Dialect>(&text).unwrap(), dialect);
        }
    }
}

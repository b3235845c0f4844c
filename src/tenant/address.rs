//! Addresses that lead to a tenant's resources.

use url::{Host, Url};

use crate::scim::decode_segment;

/// Where an address leads, seen from a tenant's SCIM service.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum AddressTarget {
    /// Below the base URL: the segments of the path behind it, decoded, such as `["Users", "2819c223"]`.
    Below(Vec<String>),
    /// Anywhere else.
    Elsewhere,
}

/// The places to which an address may lead, resolved as RFC 3986 §5.2 does.
///
/// RFC 7643 §2.3.7 resolves a relative address against the base URL (`Users/2819c223`); its examples
/// (§8.3) resolve it against the URL of a resource (`../Users/2819c223`). Both are tried, in this order.
/// A query or fragment does not count, nor does a slash at the end: a GET of such an address is answered
/// with the resource.
pub(super) fn places(base: &str, address: &str) -> Vec<AddressTarget> {
    let base = if base.is_empty() { NO_BASE } else { base };
    // Readers of URLs mend what is none; here a blank or a backslash is none.
    let is_uri = address.bytes().all(|it| it.is_ascii_graphic() && it != b'\\');
    let roots = [format!("{base}/"), format!("{base}/{ANY_ENDPOINT}/")];
    let roots = roots.iter().filter_map(|it| Url::parse(it).ok()).filter(|_| is_uri);
    let found = roots.filter_map(|root| Some(place(&root, base, &root.join(address).ok()?)));
    let mut places: Vec<AddressTarget> = found.collect();
    places.dedup();
    places
}

/// What a tenant without an address of its own is taken to have; nobody else has it.
const NO_BASE: &str = "http://tenant.invalid";

/// Which endpoint a resource has, does not matter to an address that leaves it.
const ANY_ENDPOINT: &str = "-";

fn place(root: &Url, base: &str, address: &Url) -> AddressTarget {
    let path = base.split_once("://").and_then(|(_, rest)| rest.split_once('/'));
    let above: Vec<&str> = path.map(|(_, it)| it.split('/').collect()).unwrap_or_default();
    let whole = address.path_segments().map(|all| all.map(decode_segment)).into_iter().flatten();
    let mut whole = whole.filter(|it| !it.is_empty());
    // The name of a tenant, a part of the base, has no case.
    let is_below = is_same_authority(root, address)
        && above.iter().all(|it| whole.next().is_some_and(|own| own.eq_ignore_ascii_case(it)));
    if is_below { AddressTarget::Below(whole.collect()) } else { AddressTarget::Elsewhere }
}

/// Whether both have the same scheme, host and port, and no user. All names of the machine for itself
/// are one host.
fn is_same_authority(one: &Url, other: &Url) -> bool {
    let is_user = !other.username().is_empty() || other.password().is_some();
    !is_user
        && one.scheme() == other.scheme()
        && one.port_or_known_default() == other.port_or_known_default()
        && (one.host() == other.host() || is_loopback(one) && is_loopback(other))
}

fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(it)) => it.is_loopback(),
        Some(Host::Ipv6(it)) => it.to_canonical().is_loopback(),
        None => false,
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const BASE: &str = "http://127.0.0.1:8420/NordlysQA/scim/v2";

    fn below(base: &str, address: &str) -> bool {
        places(base, address).contains(&AddressTarget::Below(vec!["Users".into(), "a-1".into()]))
    }

    #[rstest]
    #[case::whole("http://127.0.0.1:8420/NordlysQA/scim/v2/Users/a-1")]
    #[case::another_case("HTTP://127.0.0.1:8420/nordlysqa/scim/v2/Users/a-1")]
    #[case::another_name("http://LOCALHOST:8420/NordlysQA/scim/v2/Users/a-1")]
    #[case::another_address("http://[::1]:8420/NordlysQA/scim/v2/Users/a-1")]
    #[case::without_scheme("//127.0.0.1:8420/NordlysQA/scim/v2/Users/a-1")]
    #[case::without_host("/NordlysQA/scim/v2/Users/a-1")]
    #[case::of_the_base("Users/a-1")]
    #[case::of_the_base_with_a_dot("./Users/a-1")]
    #[case::of_the_base_over_its_parent("../v2/Users/a-1")]
    #[case::of_the_endpoint("../Users/a-1")]
    #[case::of_the_endpoint_over_its_parent("../../v2/Users/a-1")]
    #[case::dots_within("/NordlysQA/scim/v2/Groups/../Users/./a-1")]
    #[case::escaped("../Users/a%2D1")]
    #[case::escaped_above("/%4Eordlys%51A/scim/v2/Users/a%2d1")]
    #[case::query("../Users/a-1?attributes=id")]
    #[case::fragment("../Users/a-1#it")]
    #[case::slash_at_the_end("../Users/a-1/")]
    fn an_address_of_the_service_is_below_its_base(#[case] address: &str) {
        assert!(below(BASE, address));
    }

    #[rstest]
    #[case::another_scheme("https://127.0.0.1:8420/NordlysQA/scim/v2/Users/a-1")]
    #[case::another_host("http://127.0.0.1.example:8420/NordlysQA/scim/v2/Users/a-1")]
    #[case::another_host_without_scheme("//example.com/NordlysQA/scim/v2/Users/a-1")]
    #[case::another_port("http://127.0.0.1:8421/NordlysQA/scim/v2/Users/a-1")]
    #[case::no_port("http://127.0.0.1/NordlysQA/scim/v2/Users/a-1")]
    #[case::a_user("http://a@127.0.0.1:8420/NordlysQA/scim/v2/Users/a-1")]
    #[case::another_tenant("http://127.0.0.1:8420/Nordlys/scim/v2/Users/a-1")]
    #[case::another_tenant_that_begins_so("http://127.0.0.1:8420/NordlysQA/scim/v20/Users/a-1")]
    #[case::another_path("/NordlysQA/admin/v1/Users/a-1")]
    #[case::nothing_behind_the_host("http://127.0.0.1:8420")]
    #[case::a_urn("urn:uuid:a-1")]
    fn an_address_of_elsewhere_is_not(#[case] address: &str) {
        assert_eq!(places(BASE, address), [AddressTarget::Elsewhere]);
    }

    #[rstest]
    #[case::blank(" ../Users/a-1")]
    #[case::backslash("..\\Users\\a-1")]
    #[case::letter("/NordlysQA/scim/v\u{e5}/Users/a-1")]
    #[case::port("http://127.0.0.1:port/NordlysQA/scim/v2/Users/a-1")]
    fn what_is_no_uri_has_no_place(#[case] address: &str) {
        assert_eq!(places(BASE, address), []);
    }

    #[test]
    fn the_usual_port_need_not_be_named() {
        let base = "https://mock.example/NordlysQA/scim/v2";

        assert!(below(base, "https://mock.example:443/NordlysQA/scim/v2/Users/a-1"));
    }

    #[test]
    fn without_a_base_only_a_relative_address_leads_somewhere() {
        assert!(below("", "Users/a-1") && below("", "../Users/a-1") && below("", "/Users/a-1"));
        assert_eq!(places("", &format!("{BASE}/Users/a-1")), [AddressTarget::Elsewhere]);
    }
}

//! Addresses that lead to a tenant's resources.

use std::net::IpAddr;

/// The part of an address behind the base URL of a SCIM service, `Users/2819c223`; `None` if it leads
/// elsewhere.
///
/// RFC 7643 §2.3.7 resolves a relative address against the base URL; its examples (§8.3) resolve it
/// against the endpoint: `../Users/2819c223`.
pub(super) fn below<'a>(base: &str, address: &'a str) -> Option<&'a str> {
    if let Some((scheme, rest)) = address.split_once("://") {
        let (base_scheme, base_rest) = base.split_once("://")?;
        let (authority, path) = rest.split_at(rest.find('/')?);
        let (base_authority, base_path) = base_rest.split_at(base_rest.find('/')?);
        let is_here = scheme.eq_ignore_ascii_case(base_scheme)
            && same_authority(scheme, (authority, base_authority));
        return under(base_path, path).filter(|_| is_here);
    }
    if address.starts_with("//") {
        return None;
    }
    if address.starts_with('/') {
        let path = base.split_once("://").map_or(base, |(_, rest)| rest);
        return under(&path[path.find('/')?..], address);
    }
    Some(address.strip_prefix("../").or_else(|| address.strip_prefix("./")).unwrap_or(address))
}

/// What stands below a base in a path. The name of a tenant, a part of the base, has no case.
fn under<'a>(base: &str, path: &'a str) -> Option<&'a str> {
    let (start, rest) = (path.get(..base.len())?, path.get(base.len()..)?);
    rest.strip_prefix('/').filter(|_| start.eq_ignore_ascii_case(base))
}

/// Whether both are the same host and port. All names of the machine for itself are one host.
fn same_authority(scheme: &str, (one, other): (&str, &str)) -> bool {
    let usual = if scheme.eq_ignore_ascii_case("https") { "443" } else { "80" };
    let parts = |authority: &str| {
        let port =
            authority.rsplit_once(':').filter(|(_, it)| it.bytes().all(|it| it.is_ascii_digit()));
        let (host, port) = port.unwrap_or((authority, usual));
        (host.to_ascii_lowercase(), port.to_owned())
    };
    let ((one, one_port), (other, other_port)) = (parts(one), parts(other));
    one_port == other_port && (one == other || is_loopback(&one) && is_loopback(&other))
}

fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']').parse::<IpAddr>();
    address.map_or(host == "localhost", |it| it.to_canonical().is_loopback())
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const BASE: &str = "http://127.0.0.1:8420/NordlysQA/scim/v2";

    #[rstest]
    #[case::whole("http://127.0.0.1:8420/NordlysQA/scim/v2/Users/1")]
    #[case::another_case("HTTP://127.0.0.1:8420/nordlysqa/scim/v2/Users/1")]
    #[case::another_name("http://LOCALHOST:8420/NordlysQA/scim/v2/Users/1")]
    #[case::another_address("http://[::1]:8420/NordlysQA/scim/v2/Users/1")]
    #[case::without_host("/NordlysQA/scim/v2/Users/1")]
    #[case::of_the_base("Users/1")]
    #[case::of_the_base_with_a_dot("./Users/1")]
    #[case::of_the_endpoint("../Users/1")]
    fn an_address_of_the_service_is_below_its_base(#[case] address: &str) {
        assert_eq!(below(BASE, address), Some("Users/1"));
    }

    #[rstest]
    #[case::another_scheme("https://127.0.0.1:8420/NordlysQA/scim/v2/Users/1")]
    #[case::another_host("http://127.0.0.1.example:8420/NordlysQA/scim/v2/Users/1")]
    #[case::another_port("http://127.0.0.1:8421/NordlysQA/scim/v2/Users/1")]
    #[case::no_port("http://127.0.0.1/NordlysQA/scim/v2/Users/1")]
    #[case::a_user("http://a@127.0.0.1:8420/NordlysQA/scim/v2/Users/1")]
    #[case::another_tenant("http://127.0.0.1:8420/Nordlys/scim/v2/Users/1")]
    #[case::another_tenant_that_begins_so("http://127.0.0.1:8420/NordlysQA/scim/v20/Users/1")]
    #[case::no_scheme("//127.0.0.1:8420/NordlysQA/scim/v2/Users/1")]
    #[case::another_path("/NordlysQA/admin/v1/Users/1")]
    #[case::nothing_behind_the_host("http://127.0.0.1:8420")]
    #[case::within_a_letter("/NordlysQA/scim/v\u{e5}/Users/1")]
    fn an_address_of_elsewhere_is_not(#[case] address: &str) {
        assert_eq!(below(BASE, address), None);
    }

    #[test]
    fn the_usual_port_need_not_be_named() {
        let base = "https://mock.example/NordlysQA/scim/v2";

        assert_eq!(
            below(base, "https://mock.example:443/NordlysQA/scim/v2/Users/1"),
            Some("Users/1")
        );
    }

    #[test]
    fn without_a_base_only_a_relative_address_leads_somewhere() {
        assert_eq!(below("", "Users/1"), Some("Users/1"));
        assert_eq!(below("", "/Users/1"), None);
        assert_eq!(below("", BASE), None);
    }
}

//! The Tenant URL. Its query selects the dialect of PATCH.

use std::fmt;

use smol_str::SmolStr;

use scim_engine::nearest;

/// "Tenant URL": the base of the target's SCIM service, and the flags behind its `?`.
///
/// The flags are for the provisioning service. They are not sent to the target: requests go to
/// [`Self::base`] (assumed: no recording of a request with a flag is public).
///
/// ```
/// use entra_provisioning::{Flag, TenantUrl};
///
/// let url: TenantUrl = "https://scim.example/nordlys/?aadOptscim062020".parse()?;
///
/// assert_eq!(url.base(), "https://scim.example/nordlys");
/// assert_eq!(url.flag(), Some(Flag::AadOptscim062020));
/// # Ok::<(), String>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TenantUrl {
    text: SmolStr,
    base: SmolStr,
    flag: Option<Flag>,
}

/// A feature flag in the Tenant URL ("Known issues and resolutions with SCIM 2.0 protocol
/// compliance", COMPAT).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Flag {
    /// `aadOptscim062020`: PATCH as RFC 7644 has it, with lower-case operations.
    AadOptscim062020,
    /// `AzureAdScimPatch2017`: the behaviour without a flag.
    AzureAdScimPatch2017,
}

impl TenantUrl {
    /// The URL without flags and without slash at the end; `/Users` is appended to it.
    pub fn base(&self) -> &str {
        &self.base
    }

    /// The flag behind the `?`.
    pub fn flag(&self) -> Option<Flag> {
        self.flag
    }
}

/// Reads `http://` or `https://`, a host, and an optional port, path and flag.
impl std::str::FromStr for TenantUrl {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let text = text.trim();
        if text.is_empty() {
            return Err("the Tenant URL is empty: copy the SCIM link in the admin console".into());
        }
        if text.chars().any(|it| it.is_whitespace() || it.is_control()) {
            return Err("a Tenant URL has no blanks".into());
        }
        let (base, query) = text.split_once('?').unwrap_or((text, ""));
        let lower = base.to_ascii_lowercase();
        let scheme = ["https://", "http://"].into_iter().find(|it| lower.starts_with(it));
        let Some(scheme) = scheme else {
            return Err("a Tenant URL begins with https:// or http://".into());
        };
        let authority = base[scheme.len()..].split('/').next().unwrap_or_default();
        if authority.is_empty() || authority.starts_with(':') {
            return Err(format!("a Tenant URL names a host after {scheme}"));
        }
        if authority.contains('@') {
            return Err("a Tenant URL carries no user name and password".into());
        }
        refuse_bad_address(authority)?;
        if text.contains('#') {
            return Err("a Tenant URL has no #fragment".into());
        }
        let base = base.trim_end_matches('/');
        if let Err(why) = base.parse::<http::Uri>() {
            return Err(format!("the Tenant URL is no URL: {why}"));
        }
        Ok(Self { text: text.into(), base: base.into(), flag: flag(query)? })
    }
}

/// Refuses an invalid port or IPv6 address, which would otherwise fail at the first request.
fn refuse_bad_address(authority: &str) -> Result<(), String> {
    let port = if let Some(inner) = authority.strip_prefix('[') {
        let wrong = || format!("`{authority}` is no IPv6 address such as [::1]:8080");
        let (address, rest) = inner.split_once(']').ok_or_else(wrong)?;
        if address.parse::<std::net::Ipv6Addr>().is_err() {
            return Err(wrong());
        }
        if rest.is_empty() { None } else { Some(rest.strip_prefix(':').ok_or_else(wrong)?) }
    } else {
        authority.split_once(':').map(|(_, port)| port)
    };
    match port.map(str::parse::<u16>) {
        None | Some(Ok(1..)) => Ok(()),
        Some(_) => Err(format!("the port of `{authority}` is no number from 1 to 65535")),
    }
}

const FLAGS: [(&str, Flag); 2] = [
    ("aadOptscim062020", Flag::AadOptscim062020),
    ("AzureAdScimPatch2017", Flag::AzureAdScimPatch2017),
];

/// The flag of a query. A misspelled flag is refused, because it would silently change nothing.
fn flag(query: &str) -> Result<Option<Flag>, String> {
    let mut found = None;
    for parameter in query.split('&').filter(|it| !it.is_empty()) {
        let name = parameter.split('=').next().unwrap_or_default();
        let flag = FLAGS.iter().find(|(known, _)| known.eq_ignore_ascii_case(name));
        let Some((_, flag)) = flag else {
            let hint = match nearest(name, FLAGS.map(|(known, _)| known)) {
                Some(near) => format!("did you mean `{near}`?"),
                None => "it knows aadOptscim062020 and AzureAdScimPatch2017".into(),
            };
            return Err(format!("a Tenant URL knows no flag `{name}`; {hint}"));
        };
        if found.is_some_and(|it| it != *flag) {
            return Err("the flags of a Tenant URL contradict each other".into());
        }
        found = Some(*flag);
    }
    Ok(found)
}

/// The URL as it was given.
impl fmt::Display for TenantUrl {
    fn fmt(&self, out: &mut fmt::Formatter<'_>) -> fmt::Result {
        out.write_str(&self.text)
    }
}

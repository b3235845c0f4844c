//! Entity tags: what a resource's names, and what a list of them asks for.
//!
//! The version of a resource is that of its stored content. A user is shown with the groups that name
//! it, so their digest is in its tag, too: `W/"3-5d41402a"`. Whoever changes a user names the version and
//! may name any digest, for groups come and go meanwhile; whoever has a copy has it with its groups.

use smol_str::SmolStr;

use super::presentation::{Memberships, Presentation};
use crate::scim::{Group, Projection, Resource, ResourceType, Value, hash};

impl Presentation<'_> {
    /// The entity tag of a resource as it is shown.
    pub fn etag(&self, resource: &Resource) -> SmolStr {
        let version = resource.etag();
        if !self.resource_type(resource).is_some_and(derives_groups) {
            return version;
        }
        let Memberships { groups, direct } = self.memberships(resource);
        if groups.is_empty() {
            return version;
        }
        let mut said = direct.to_string();
        for group in &groups {
            said.extend(["\0", &group.id, "\0", Group(group).display_name()]);
        }
        let version = version.trim_end_matches('"');
        smol_str::format_smolstr!("{version}-{:08x}\"", hash(&said) >> 32)
    }

    /// Whether what is shown of other resources, such as the name of a manager, may have changed since
    /// the resource did: then its tag does not tell whether a copy is up to date. The life is the tenant's
    /// present one.
    pub fn may_differ(
        &self,
        resource: &Resource,
        resource_type: &ResourceType,
        projection: &Projection,
        life: u64,
    ) -> bool {
        let state = self.state();
        let ids = |value: &Value| {
            let one = |it: &Value| it.as_object().and_then(|it| it.text("value")).cloned();
            match value {
                Value::List(list) => list.iter().filter_map(one).collect(),
                value => one(value).into_iter().collect::<Vec<_>>(),
            }
        };
        let references = resource_type.attributes().iter().filter(|it| {
            let definition = &it.definition;
            definition.is_resource_reference()
                && !definition.is_read_only()
                && !projection.hides(it)
        });
        let shown = references.filter_map(|it| resource.at(it)).flat_map(ids);
        let mut others = shown.filter_map(|id| state.resources().find(&id));
        // After a reset, others may be older than in the copy that the tag is of.
        others.any(|it| it.last_modified > resource.last_modified || resource.life != life)
    }
}

/// Whether resources of a type show the groups that name them. A type of one's own may have something
/// else of that name.
fn derives_groups(of: &ResourceType) -> bool {
    let groups = of.core("groups").map(|it| &it.definition);
    groups.is_some_and(|it| it.is_read_only() && it.is_multi_valued() && it.is_complex())
}

/// What a request wants of the version of what it reads or changes
/// ([RFC 9110 §13.1](https://www.rfc-editor.org/rfc/rfc9110#section-13.1)); anything where nothing is said.
#[derive(Clone, Copy, Debug, Default)]
pub struct Preconditions<'a> {
    /// The versions that it may have.
    pub if_match: Option<&'a str>,
    /// The versions that it must not have.
    pub if_none_match: Option<&'a str>,
}

/// Whether a list of entity tags, or `*`, names this one, weak and strong ones being alike, as in
/// `If-None-Match` ([RFC 9110 §13.1.2](https://www.rfc-editor.org/rfc/rfc9110#section-13.1.2)).
pub fn names_etag(list: &str, etag: &str) -> bool {
    list.split(',').any(|it| it.trim() == "*" || plain(it) == plain(etag))
}

/// As [`names_etag`], but a weak tag names nothing, as in `If-Match`
/// ([RFC 9110 §13.1.1](https://www.rfc-editor.org/rfc/rfc9110#section-13.1.1)).
pub fn names_strong_etag(list: &str, etag: &str) -> bool {
    list.split(',').any(|it| it.trim() == "*" || it.trim() == etag)
}

/// As [`names_etag`], of the version in a tag alone, whatever groups were shown with it: `If-Match` in
/// SCIM, whose tags are weak and stand there all the same
/// ([RFC 7644 §3.14](https://www.rfc-editor.org/rfc/rfc7644#section-3.14)).
pub fn names_version(list: &str, etag: &str) -> bool {
    list.split(',').any(|it| it.trim() == "*" || version(plain(it)) == plain(etag))
}

fn plain(tag: &str) -> &str {
    let tag = tag.trim();
    tag.strip_prefix("W/").unwrap_or(tag)
}

/// A tag without the digest of groups.
fn version(tag: &str) -> SmolStr {
    let parts = tag.strip_suffix('"').and_then(|it| it.rsplit_once('-'));
    let is_digest = |it: &str| it.len() == 8 && it.bytes().all(|it| it.is_ascii_hexdigit());
    match parts.filter(|(_, digest)| is_digest(digest)) {
        Some((version, _)) => smol_str::format_smolstr!("{version}\""),
        None => tag.into(),
    }
}

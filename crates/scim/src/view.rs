//! Typed, borrowed views of a resource, for callers that read a few attributes.

use smol_str::SmolStr;

use super::{
    resource::Resource,
    urn,
    value::{List, Value},
};

/// A user, by the attributes of RFC 7643 §4.1.
#[derive(Clone, Copy, Debug)]
pub struct User<'a>(pub &'a Resource);

/// A group, by the attributes of RFC 7643 §4.2.
#[derive(Clone, Copy, Debug)]
pub struct Group<'a>(pub &'a Resource);

impl<'a> User<'a> {
    /// `userName`, which every user has.
    pub fn user_name(self) -> &'a str {
        text(self.0, None, "userName").unwrap_or_default()
    }

    /// `active`; true if it is unassigned.
    pub fn is_active(self) -> bool {
        self.0.value(None, "active").and_then(Value::as_boolean).unwrap_or(true)
    }

    /// `displayName`, else `name.formatted`, else given and family name, else `userName`.
    pub fn full_name(self) -> SmolStr {
        let name = |part: &str| {
            let name = self.0.value(None, "name").and_then(Value::as_object);
            name.and_then(|it| it.text(part)).cloned()
        };
        let both = || match (name("givenName"), name("familyName")) {
            (Some(given), Some(family)) => Some(smol_str::format_smolstr!("{given} {family}")),
            (given, family) => given.or(family),
        };
        text(self.0, None, "displayName")
            .map(SmolStr::new)
            .or_else(|| name("formatted"))
            .or_else(both)
            .unwrap_or_else(|| self.user_name().into())
    }

    /// The id of the manager, from the enterprise extension.
    pub fn manager(self) -> Option<&'a SmolStr> {
        self.0.value(Some(urn::ENTERPRISE_USER), "manager")?.as_object()?.text("value")
    }

    /// The mail address of type `work`, else the primary one, else the first.
    pub fn email(self) -> Option<&'a SmolStr> {
        let emails = self.0.value(None, "emails")?.as_list()?;
        let objects = || emails.iter().filter_map(Value::as_object);
        let is_work = |it: &SmolStr| it.eq_ignore_ascii_case("work");
        objects()
            .find(|it| it.text("type").is_some_and(is_work))
            .or_else(|| objects().find(|it| it.get("primary") == Some(&Value::Boolean(true))))
            .or_else(|| objects().next())?
            .text("value")
    }

    /// A text of an extension; `None` if it is blank.
    pub fn extension(self, urn: &str, name: &str) -> Option<&'a str> {
        text(self.0, Some(urn), name).filter(|it| !it.trim().is_empty())
    }
}

impl<'a> Group<'a> {
    /// `displayName`, which every group has.
    pub fn display_name(self) -> &'a str {
        text(self.0, None, "displayName").unwrap_or_default()
    }

    /// The members; `None` if it has none.
    pub fn members(self) -> Option<&'a List> {
        self.0.value(None, "members")?.as_list()
    }
}

/// The name of a resource for a reader: a user's full name; of another resource its `displayName`,
/// else its id.
pub fn name_of(resource: &Resource) -> SmolStr {
    if resource.kind == "User" {
        return User(resource).full_name();
    }
    text(resource, None, "displayName").map_or_else(|| resource.id.clone(), SmolStr::new)
}

fn text<'a>(resource: &'a Resource, extension: Option<&str>, name: &str) -> Option<&'a str> {
    resource.value(extension, name)?.as_text().map(SmolStr::as_str)
}

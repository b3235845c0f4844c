//! The attributes that mappings, expressions and scoping filters may name.

use super::ObjectType;
use scim_engine::nearest;

/// An attribute of users or groups in the source directory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct SourceAttribute {
    /// Its name, as mappings write it; the case counts.
    pub name: &'static str,
    /// What its values are.
    pub kind: AttributeKind,
    /// Whether it may hold several values.
    pub multi_valued: bool,
}

/// What the values of an attribute are (MAP, "Editing the list of supported attributes").
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum AttributeKind {
    /// Text.
    String,
    /// `true` or `false`.
    Boolean,
    /// A whole number.
    Integer,
    /// A point in time, as ISO 8601 text.
    DateTime,
    /// The id of another object.
    Reference,
    /// The roles assigned for this application.
    Roles,
}

/// The attributes that a user or a group can have, in the order of their names without case.
pub fn source_attributes(of: ObjectType) -> &'static [SourceAttribute] {
    match of {
        ObjectType::User => &USER,
        ObjectType::Group => &GROUP,
    }
}

/// The attribute with this name. A directory extension is always known and is text: `extension_`,
/// the 32 digits of the owning application, and a name.
///
/// # Errors
///
/// If it is unknown. The message names the nearest attribute, or all.
pub fn source_attribute(of: ObjectType, name: &str) -> Result<SourceAttribute, String> {
    let all = source_attributes(of);
    if let Some(found) = all.iter().find(|it| it.name == name) {
        return Ok(*found);
    }
    if of == ObjectType::User && is_extension(name) {
        return Ok(text("extension"));
    }
    let kind = match of {
        ObjectType::User => "users",
        ObjectType::Group => "groups",
    };
    let hint = match nearest(name, all.iter().map(|it| it.name)) {
        Some(near) => format!("did you mean `{near}`?"),
        None => {
            format!("there are {}", all.iter().map(|it| it.name).collect::<Vec<_>>().join(", "))
        }
    };
    Err(format!("{kind} have no attribute `{name}`; {hint}"))
}

/// Whether the name is of a directory extension: `extension_<32 hexadecimal digits>_<name>`.
fn is_extension(name: &str) -> bool {
    let parts = name.strip_prefix("extension_").and_then(|it| it.split_once('_'));
    parts.is_some_and(|(owner, rest)| {
        owner.len() == 32 && owner.bytes().all(|it| it.is_ascii_hexdigit()) && !rest.is_empty()
    })
}

const fn of(name: &'static str, kind: AttributeKind) -> SourceAttribute {
    SourceAttribute { name, kind, multi_valued: false }
}

const fn text(name: &'static str) -> SourceAttribute {
    of(name, AttributeKind::String)
}

const fn several(name: &'static str, kind: AttributeKind) -> SourceAttribute {
    SourceAttribute { name, kind, multi_valued: true }
}

/// The source attributes of Entra's mapping editor. Names are those of the older Azure AD Graph
/// (`surname`, `telephoneNumber`, `mobile`, `IsSoftDeleted`), which provisioning still uses.
static USER: [SourceAttribute; 60] = [
    of("accountEnabled", AttributeKind::Boolean),
    several("appRoleAssignments", AttributeKind::Roles),
    text("city"),
    text("companyName"),
    text("country"),
    of("createdDateTime", AttributeKind::DateTime),
    text("creationType"),
    text("department"),
    text("displayName"),
    text("dnsDomainName"),
    of("employeeHireDate", AttributeKind::DateTime),
    text("employeeId"),
    of("employeeLeaveDateTime", AttributeKind::DateTime),
    text("employeeOrgData.costCenter"),
    text("employeeOrgData.division"),
    text("employeeType"),
    text("extensionAttribute1"),
    text("extensionAttribute2"),
    text("extensionAttribute3"),
    text("extensionAttribute4"),
    text("extensionAttribute5"),
    text("extensionAttribute6"),
    text("extensionAttribute7"),
    text("extensionAttribute8"),
    text("extensionAttribute9"),
    text("extensionAttribute10"),
    text("extensionAttribute11"),
    text("extensionAttribute12"),
    text("extensionAttribute13"),
    text("extensionAttribute14"),
    text("extensionAttribute15"),
    text("facsimileTelephoneNumber"),
    text("givenName"),
    text("immutableId"),
    of("IsSoftDeleted", AttributeKind::Boolean),
    text("jobTitle"),
    text("mail"),
    text("mailNickname"),
    of("manager", AttributeKind::Reference),
    text("mobile"),
    text("netBiosName"),
    text("objectId"),
    text("onPremisesDistinguishedName"),
    text("onPremisesSamAccountName"),
    text("onPremisesSecurityIdentifier"),
    text("onPremisesUserPrincipalName"),
    text("originalUserPrincipalName"),
    several("otherMails", AttributeKind::String),
    text("physicalDeliveryOfficeName"),
    text("postalCode"),
    text("preferredLanguage"),
    several("proxyAddresses", AttributeKind::String),
    text("sipProxyAddress"),
    text("state"),
    text("streetAddress"),
    text("surname"),
    text("telephoneNumber"),
    text("usageLocation"),
    text("userPrincipalName"),
    text("userType"),
];

static GROUP: [SourceAttribute; 11] = [
    text("description"),
    of("dirSyncEnabled", AttributeKind::Boolean),
    text("displayName"),
    of("IsSoftDeleted", AttributeKind::Boolean),
    text("mail"),
    of("mailEnabled", AttributeKind::Boolean),
    text("mailNickname"),
    several("members", AttributeKind::Reference),
    text("objectId"),
    several("proxyAddresses", AttributeKind::String),
    of("securityEnabled", AttributeKind::Boolean),
];

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use rstest::rstest;

    use super::*;

    #[rstest]
    fn no_attribute_is_listed_twice(#[values(ObjectType::User, ObjectType::Group)] of: ObjectType) {
        let all = source_attributes(of);

        let names: BTreeSet<_> = all.iter().map(|it| it.name.to_lowercase()).collect();

        assert_eq!(names.len(), all.len());
    }

    #[test]
    fn a_directory_extension_of_users_is_known() {
        let name = format!("extension_{}_acmeCostCenter", "0123456789abcdef".repeat(2));

        assert!(source_attribute(ObjectType::User, &name).is_ok());
        assert!(source_attribute(ObjectType::Group, &name).is_err());
        assert!(source_attribute(ObjectType::User, "extension_1_acmeCostCenter").is_err());
    }

    #[rstest]
    #[case(
        "userprincipalname",
        "users have no attribute `userprincipalname`; did you mean `userPrincipalName`?"
    )]
    #[case(
        "x",
        "users have no attribute `x`; there are accountEnabled, appRoleAssignments, city, "
    )]
    fn an_unknown_attribute_is_answered_with_known_ones(#[case] name: &str, #[case] why: &str) {
        let message = source_attribute(ObjectType::User, name).unwrap_err();

        assert!(message.starts_with(why), "{message}");
    }
}

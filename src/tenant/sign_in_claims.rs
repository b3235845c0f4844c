//! What a token of mock Entra says of the account that a provisioned user came from. All of it is assumed.
//!
//! The account's user name is `userName`, its mail address the user's, and its object id `externalId` or
//! `nameIdentifier`, whichever is a GUID.

use std::borrow::Cow;

use smol_str::SmolStr;
use uuid::Uuid;

use super::State;
use crate::{
    medius::{NameClaim, attribute},
    scim::{Resource, User, Value},
};

/// Whether a claim depends on this attribute.
pub(super) fn is_read_by_claims(path: &str) -> bool {
    path == "externalId" || path.starts_with("emails")
}

impl State {
    /// What a claim says of the account of a user; `None` if tokens do not have it.
    pub(super) fn claim<'a>(&self, user: &'a Resource, claim: NameClaim) -> Option<Cow<'a, str>> {
        match claim {
            NameClaim::PreferredUsername | NameClaim::Upn => Some(User(user).user_name().into()),
            NameClaim::Email => User(user).email().map(|it| it.as_str().into()),
            NameClaim::Oid => Some(self.object_id(user)),
            NameClaim::Sub => self.subject_for_login(user),
        }
    }

    /// The object id of the account of a user; one that follows from the user's id if nothing tells it.
    pub(super) fn object_id<'a>(&self, user: &'a Resource) -> Cow<'a, str> {
        let external = user.value(None, "externalId").and_then(Value::as_text);
        let external = external.map(SmolStr::as_str);
        let told = [external, attribute(User(user), "nameIdentifier")];
        let guid = told.into_iter().flatten().find(|it| Uuid::try_parse(it).is_ok());
        let derived = || self.object_id_of(&user.id).to_string().into();
        guid.map_or_else(derived, Cow::Borrowed)
    }

    /// The object id that follows from the name of an account.
    pub(super) fn object_id_of(&self, name: &str) -> SmolStr {
        self.ids.derive(&format!("entra/account/{name}"))
    }

    /// The subject by which MediusFlow's own login knows a user.
    #[cfg(feature = "web")]
    fn subject_for_login(&self, user: &Resource) -> Option<Cow<'static, str>> {
        let tenant_id = self.console.setup().entra_tenant()?.to_string();
        let oid = self.object_id(user);
        Some(crate::oidc::subject(&self.entra_client_id(), &tenant_id, &oid).into())
    }

    /// Without mock Entra, nobody knows subjects.
    #[cfg(not(feature = "web"))]
    #[expect(clippy::unused_self, reason = "there is no mock Entra")]
    fn subject_for_login(&self, _user: &Resource) -> Option<Cow<'static, str>> {
        None
    }
}

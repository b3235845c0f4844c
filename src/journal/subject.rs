//! What an exchange is about.

use serde::Serialize;
use smol_str::SmolStr;

/// The object that an exchange is about.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct ExchangeSubject {
    /// The resource type's name, such as `User`; for admin objects `Configuration`, `SecretKey`, …
    pub kind: SmolStr,
    /// Its id.
    pub id: SmolStr,
    /// Its name for display: displayName, else userName, else the id.
    pub name: SmolStr,
    /// A user's userName, if it differs from the name.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub user_name: Option<SmolStr>,
}

impl ExchangeSubject {
    /// An object without a userName, or whose userName is its name.
    pub fn new(kind: impl Into<SmolStr>, id: impl Into<SmolStr>, name: impl Into<SmolStr>) -> Self {
        Self { kind: kind.into(), id: id.into(), name: name.into(), user_name: None }
    }

    /// The same object, with this userName.
    #[must_use]
    pub fn with_user_name(mut self, user_name: Option<SmolStr>) -> Self {
        self.user_name = user_name.filter(|it| *it != self.name);
        self
    }
}

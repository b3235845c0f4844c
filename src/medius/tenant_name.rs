//! The name of a tenant in MediusFlow, and its id in Microsoft Entra ID.

use std::fmt;
use std::hash::{Hash, Hasher};
use std::str::FromStr;

use crate::scim::quoted;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;
use uuid::Uuid;

/// The longest tenant name in bytes (assumed: that of a host label).
const MAX_LENGTH: usize = 63;

/// What the addresses of a server begin with that are no tenant's.
const RESERVED: [&str; 4] = ["admin", "docs", "livez", "readyz"];

/// The name of a MediusFlow tenant, part of all its addresses.
///
/// It has ASCII letters and digits, is compared without case, and prints as it was given.
/// Documented: the name becomes part of the URLs and never changes. Assumed: the alphabet and the
/// length.
///
/// ```
/// use mediusflow_mock::internals::medius::{Environment, TenantName};
///
/// let name: TenantName = "NordlysQA".parse()?;
/// assert_eq!(name, "nordlysqa".parse()?);
/// assert_eq!(name.environment(), Environment::QualityAssurance);
/// # Ok::<(), mediusflow_mock::internals::medius::TenantNameError>(())
/// ```
#[derive(Clone, Debug, Eq, Serialize, Deserialize)]
#[serde(try_from = "String")]
pub struct TenantName(SmolStr);

impl TenantName {
    /// The name as it was given.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Name and environment, such as `NordlysQA, Quality assurance`. It is the answer of *Verify
    /// the connection*.
    pub fn described(&self) -> String {
        format!("{self}, {}", self.environment())
    }

    /// Whether this is a test or a production tenant, by its suffix.
    pub fn environment(&self) -> Environment {
        let suffix = self.0.len().checked_sub(2).map(|start| &self.0[start..]);
        match suffix {
            Some(suffix) if suffix.eq_ignore_ascii_case("QA") => Environment::QualityAssurance,
            _ => Environment::Production,
        }
    }
}

impl FromStr for TenantName {
    type Err = TenantNameError;

    fn from_str(text: &str) -> Result<Self, TenantNameError> {
        if text.is_empty() {
            return Err(TenantNameError::Empty);
        }
        if let Some(found) = text.chars().find(|it| !it.is_ascii_alphanumeric()) {
            return Err(TenantNameError::Character { name: text.into(), found });
        }
        if text.len() > MAX_LENGTH {
            return Err(TenantNameError::TooLong { length: text.len() });
        }
        if RESERVED.iter().any(|it| it.eq_ignore_ascii_case(text)) {
            return Err(TenantNameError::Reserved { name: text.into() });
        }
        Ok(Self(text.into()))
    }
}

impl PartialEq for TenantName {
    fn eq(&self, other: &Self) -> bool {
        self.0.eq_ignore_ascii_case(&other.0)
    }
}

impl Hash for TenantName {
    fn hash<H: Hasher>(&self, state: &mut H) {
        for byte in self.0.bytes() {
            state.write_u8(byte.to_ascii_lowercase());
        }
        state.write_u8(0xff);
    }
}

impl fmt::Display for TenantName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(&self.0)
    }
}

impl TryFrom<String> for TenantName {
    type Error = TenantNameError;

    fn try_from(text: String) -> Result<Self, TenantNameError> {
        text.parse()
    }
}

/// Why a text is not the name of a tenant.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum TenantNameError {
    /// It is empty.
    #[error("a tenant name has at least one letter or digit")]
    Empty,
    /// It has a character that is not allowed.
    #[error(
        "a tenant name has only letters (a-z) and digits, and {} has {}",
        quoted(name),
        quoted(&found.to_string())
    )]
    Character {
        /// The refused name.
        name: String,
        /// The first character that is not allowed.
        found: char,
    },
    /// It is too long.
    #[error("a tenant name has at most {MAX_LENGTH} characters, and this one has {length}")]
    TooLong {
        /// Its length.
        length: usize,
    },
    /// An address of the server begins with it.
    #[error("{} is no tenant name: an address of the server begins so", quoted(name))]
    Reserved {
        /// The refused name.
        name: String,
    },
}

/// What a tenant is for (documented: "a Quality assurance or Production tenant", tutorial,
/// prerequisites).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum Environment {
    /// For real invoices.
    Production,
    /// For tests. The name ends in `QA` (documented by Medius).
    QualityAssurance,
}

impl fmt::Display for Environment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(match self {
            Self::Production => "Production",
            Self::QualityAssurance => "Quality assurance",
        })
    }
}

/// The id of a Microsoft Entra tenant, a GUID (documented, tutorial step 3).
///
/// It is read in the form of Microsoft's portal, `8-4-4-4-12` hexadecimal digits, in upper or lower
/// case. Blanks around it are ignored. It prints in lower case.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Deserialize)]
#[serde(try_from = "String")]
pub struct EntraTenantId(Uuid);

impl FromStr for EntraTenantId {
    type Err = EntraTenantIdError;

    fn from_str(text: &str) -> Result<Self, EntraTenantIdError> {
        let refused = || EntraTenantIdError { found: text.into() };
        let text = text.trim();
        if text.len() != uuid::fmt::Hyphenated::LENGTH {
            return Err(refused()); // the crate also reads URNs, braces and bare digits
        }
        Uuid::try_parse(text).ok().map(Self).ok_or_else(refused)
    }
}

impl fmt::Display for EntraTenantId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&self.0, f)
    }
}

impl Serialize for EntraTenantId {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(self)
    }
}

impl TryFrom<String> for EntraTenantId {
    type Error = EntraTenantIdError;

    fn try_from(text: String) -> Result<Self, EntraTenantIdError> {
        text.parse()
    }
}

/// The error for a text that is not an [`EntraTenantId`].
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error(
    "a Microsoft Entra tenant ID is a GUID such as 4f1a2b3c-5d6e-4f70-8192-a3b4c5d6e7f8, \
     and {} is none",
    quoted(found)
)]
pub struct EntraTenantIdError {
    /// The refused text.
    pub found: String,
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("Nordlys", Environment::Production)]
    #[case("NordlysQA", Environment::QualityAssurance)]
    #[case("nordlysqa", Environment::QualityAssurance)]
    #[case("QALab", Environment::Production)]
    #[case("A", Environment::Production)]
    fn the_suffix_decides_the_environment(#[case] name: TenantName, #[case] is: Environment) {
        assert_eq!(name.environment(), is);
    }

    #[test]
    fn names_are_compared_without_case() {
        let names: HashSet<TenantName> =
            ["Nordlys", "NORDLYS", "nordlys", "NordlysQA"].map(|it| it.parse().unwrap()).into();

        assert_eq!(names.len(), 2);
    }

    #[rstest]
    #[case("", "a tenant name has at least one letter or digit")]
    #[case(
        "nord-lys",
        "a tenant name has only letters (a-z) and digits, and \"nord-lys\" has \"-\""
    )]
    #[case("Admin", "\"Admin\" is no tenant name: an address of the server begins so")]
    #[case("Nordlÿs", "a tenant name has only letters (a-z) and digits, and \"Nordlÿs\" has \"ÿ\"")]
    fn the_error_of_a_name_says_why(#[case] name: &str, #[case] why: &str) {
        assert_eq!(name.parse::<TenantName>().unwrap_err().to_string(), why);
    }

    #[test]
    fn a_name_longer_than_a_host_label_is_refused() {
        assert!("a".repeat(63).parse::<TenantName>().is_ok());
        assert_eq!(
            "a".repeat(64).parse::<TenantName>(),
            Err(TenantNameError::TooLong { length: 64 })
        );
    }

    #[test]
    fn an_entra_tenant_id_is_read_in_any_case_and_printed_in_lower_case() {
        let id: EntraTenantId = " 9D0B4F6E-2C1A-4E5B-8A7D-3F6C5B4A2910 ".parse().unwrap();

        assert_eq!(id.to_string(), "9d0b4f6e-2c1a-4e5b-8a7d-3f6c5b4a2910");
        assert_eq!(serde_json::to_string(&id).unwrap(), format!("\"{id}\""));
    }

    #[rstest]
    #[case("nordlys.onmicrosoft.com")]
    #[case("9d0b4f6e2c1a4e5b8a7d3f6c5b4a2910")]
    #[case("{9d0b4f6e-2c1a-4e5b-8a7d-3f6c5b4a2910}")]
    #[case("9d0b4f6e-2c1a-4e5b-8a7d-3f6c5b4a291g")]
    #[case("")]
    fn anything_but_a_hyphenated_guid_is_refused(#[case] text: &str) {
        let error = text.parse::<EntraTenantId>().unwrap_err();

        assert_eq!(error.found, text);
    }
}

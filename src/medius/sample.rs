//! A small tenant for the tests of this room.

use std::sync::Arc;

use super::{ConfigurationDraft, MasterData, MasterDataDraft, UserConfiguration};

/// Master data with one active, one inactive and two virtual companies.
pub(super) fn draft() -> MasterDataDraft {
    serde_json::from_str(TENANT).unwrap()
}

/// The same, resolved.
pub(super) fn data() -> MasterData {
    draft().resolve().unwrap()
}

/// A configuration of `data` with this name and filter.
pub(super) fn configuration(name: &str, filter: &str) -> Arc<UserConfiguration> {
    let draft = ConfigurationDraft {
        name: Some(name.into()),
        filter: Some(filter.into()),
        companies: vec!["NOSE".into()],
        ..ConfigurationDraft::default()
    };
    Arc::new(draft.resolve(&format!("id-{name}"), &data(), &[]).unwrap())
}

const TENANT: &str = r#"{
  "companies": [
    {"name": "Nordlys Group", "companyId": "NORD", "externalSystemId": "NORD[MED]",
     "isVirtual": true, "accountingCurrency": "SEK", "format": "sv-SE", "language": "sv-SE"},
    {"name": "Nordlys Sverige", "companyId": "SE", "externalSystemId": "SE[MED]",
     "isVirtual": true, "parentCompanyName": "Nordlys Group",
     "accountingCurrency": "SEK", "format": "sv-SE", "language": "sv-SE"},
    {"name": "Nordlys Polska", "companyId": "NOPL", "externalSystemId": "NOPL[MED]",
     "isActive": false, "parentCompanyName": "Nordlys Group",
     "accountingCurrency": "SEK", "format": "sv-SE", "language": "en-GB"},
    {"name": "Nordlys Energi AB", "companyId": "NOSE", "externalSystemId": "NOSE[MED]",
     "parentCompanyName": "nordlys sverige",
     "accountingCurrency": "SEK", "format": "sv-SE", "language": "sv-SE"}
  ],
  "roles": [{"name": "Admin"}, {"name": "Auditor"}, {"name": "Expense AP"}],
  "authorizationGroups": [{"name": "Approvers SE"}, {"name": "Approvers NO"}],
  "locales": {
    "languages": [{"code": "sv-SE", "name": "Swedish"}, {"code": "en-GB", "name": "English"}],
    "formats": [{"code": "sv-SE", "name": "2026-01-31"}],
    "timeZones": [{"code": "Europe/Stockholm", "name": "Stockholm"}],
    "currencies": [{"code": "SEK", "name": "Swedish krona"}, {"code": "EUR", "name": "Euro"}]
  },
  "loginOptions": [
    {"displayName": "Microsoft Entra ID", "issuer": "https://sts.windows.net/", "isVisible": true},
    {"displayName": "Medius.Security", "issuer": "../LocalAccount/"}
  ],
  "defaults": {
    "roles": ["Expense AP"],
    "authorizationGroups": [],
    "locale": {"language": "sv-SE", "format": "sv-SE", "timeZone": "Europe/Stockholm",
               "currency": "SEK"},
    "loginOption": "Microsoft Entra ID"
  }
}"#;

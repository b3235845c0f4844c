//! What a restart forgets (Graph's `synchronizationJobRestartCriteria`).

use std::str::FromStr;

use serde::Deserialize;

/// What a restart forgets (Graph's `resetScope`). `Restart::default()` is the portal's "Restart
/// provisioning": escrows, quarantine and watermark.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(try_from = "String")]
#[expect(clippy::struct_excessive_bools, reason = "Graph's scopes are flags that are combined")]
pub struct Restart {
    /// `ConnectorDataStore`: the links to objects of the target, so that all objects are matched
    /// again.
    pub connector_data_store: bool,
    /// `Escrows`: failed operations.
    pub escrows: bool,
    /// `Watermark`: an initial cycle follows.
    pub watermark: bool,
    /// `QuarantineState`: the job is out of quarantine, and is switched on.
    pub quarantine_state: bool,
    /// `ForceDeletes`: "Allow deletes". The next cycle ignores the accidental-deletion threshold.
    pub force_deletes: bool,
}

/// The scope of a restart; by default that of the portal's "Restart provisioning".
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct RestartOrder {
    /// Graph's `resetScope`.
    #[serde(default)]
    pub scope: Restart,
}

impl Default for Restart {
    fn default() -> Self {
        let nothing = Self::NOTHING;
        Self { escrows: true, watermark: true, quarantine_state: true, ..nothing }
    }
}

impl Restart {
    /// `None`: a paused job continues.
    pub const NOTHING: Self = Self {
        connector_data_store: false,
        escrows: false,
        watermark: false,
        quarantine_state: false,
        force_deletes: false,
    };

    /// `Full`: everything except the logs. Deletions are not forced.
    pub const FULL: Self = Self {
        connector_data_store: true,
        escrows: true,
        watermark: true,
        quarantine_state: true,
        force_deletes: false,
    };

    /// "Allow deletes".
    pub const FORCE_DELETES: Self = Self { force_deletes: true, ..Self::NOTHING };

    /// Graph's names of the scopes; empty if there is none.
    pub fn names(self) -> impl Iterator<Item = &'static str> {
        let mut of = self;
        SCOPES.into_iter().filter(move |(_, scope)| *scope(&mut of)).map(|(name, _)| name)
    }
}

/// Accesses the field of a scope.
type ScopeField = fn(&mut Restart) -> &mut bool;

/// Graph's names of the single scopes.
const SCOPES: [(&str, ScopeField); 5] = [
    ("ConnectorDataStore", |it| &mut it.connector_data_store),
    ("Escrows", |it| &mut it.escrows),
    ("Watermark", |it| &mut it.watermark),
    ("QuarantineState", |it| &mut it.quarantine_state),
    ("ForceDeletes", |it| &mut it.force_deletes),
];

/// Reads Graph's list: `Full`, `Escrows,Watermark`, `ForceDeletes`.
impl FromStr for Restart {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let mut all = Self::NOTHING;
        for word in text.split(',').map(str::trim).filter(|it| !it.is_empty()) {
            if word.eq_ignore_ascii_case("Full") {
                all = Self { force_deletes: all.force_deletes, ..Self::FULL };
            } else if let Some((_, scope)) =
                SCOPES.iter().find(|(name, _)| name.eq_ignore_ascii_case(word))
            {
                *scope(&mut all) = true;
            } else if !word.eq_ignore_ascii_case("None") {
                let known = ["None", "Full"].into_iter().chain(SCOPES.map(|(name, _)| name));
                let known = known.collect::<Vec<_>>().join(", ");
                return Err(format!("`{word}` is no scope of a restart; it knows {known}"));
            }
        }
        Ok(all)
    }
}

impl TryFrom<String> for Restart {
    type Error = String;

    fn try_from(text: String) -> Result<Self, String> {
        text.parse()
    }
}

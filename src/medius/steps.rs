//! The eleven steps that set a tenant up for provisioning (documented, tutorial, "Configure user
//! provisioning").

use std::fmt;

use serde::Serialize;

/// One step of the tutorial's list, in its order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum SetupStep {
    /// 1: log in to the admin console by tenant name.
    Authenticate,
    /// 2: verify the connection with MediusFlow.
    VerifyConnection,
    /// 3: provide the Microsoft Entra tenant ID.
    EntraTenantId,
    /// 4: save that configuration.
    SaveConfiguration,
    /// 5: select user provisioning.
    UseUserProvisioning,
    /// 6: generate the secret key that goes into Entra's *Secret Token*.
    GenerateSecretKey,
    /// 7: confirm the notification about a new secret key.
    ConfirmSecretKey,
    /// 8: open the window for a new user configuration.
    AddConfiguration,
    /// 9: provide the default settings for the users.
    DefaultSettings,
    /// 10: save the user configuration.
    SaveUserConfiguration,
    /// 11: copy the link that goes into Entra's *Tenant URL*.
    CopyScimLink,
}

impl SetupStep {
    /// All steps in order.
    pub const ALL: [Self; 11] = [
        Self::Authenticate,
        Self::VerifyConnection,
        Self::EntraTenantId,
        Self::SaveConfiguration,
        Self::UseUserProvisioning,
        Self::GenerateSecretKey,
        Self::ConfirmSecretKey,
        Self::AddConfiguration,
        Self::DefaultSettings,
        Self::SaveUserConfiguration,
        Self::CopyScimLink,
    ];

    /// Its number in the tutorial, from 1 to 11.
    pub fn number(self) -> u8 {
        self as u8 + 1
    }

    /// Its name in the tutorial: the button, or the words of the step.
    pub fn label(self) -> &'static str {
        match self {
            Self::Authenticate => "Authenticate",
            Self::VerifyConnection => "Verify the connection",
            Self::EntraTenantId => "Microsoft Entra tenant ID",
            Self::SaveConfiguration => "Save configuration",
            Self::UseUserProvisioning => "Use user provisioning",
            Self::GenerateSecretKey => "Generate Secret Key",
            Self::ConfirmSecretKey => "OK",
            Self::AddConfiguration => "Add new configuration",
            Self::DefaultSettings => "Default settings",
            Self::SaveUserConfiguration => "Save",
            Self::CopyScimLink => "Copy SCIM link",
        }
    }

    /// The step that must be done before it.
    ///
    /// Documented: the order. Assumed: where it is enforced. Steps 1 to 5 are pages of a wizard, so
    /// each needs the previous one. The others are buttons of a tab that appears when user
    /// provisioning is chosen. Key, configurations and link do not need each other.
    pub fn needs(self) -> Option<Self> {
        match self {
            Self::Authenticate => None,
            Self::VerifyConnection => Some(Self::Authenticate),
            Self::EntraTenantId => Some(Self::VerifyConnection),
            Self::SaveConfiguration => Some(Self::EntraTenantId),
            Self::UseUserProvisioning => Some(Self::SaveConfiguration),
            Self::GenerateSecretKey | Self::AddConfiguration | Self::CopyScimLink => {
                Some(Self::UseUserProvisioning)
            }
            Self::ConfirmSecretKey => Some(Self::GenerateSecretKey),
            Self::DefaultSettings => Some(Self::AddConfiguration),
            Self::SaveUserConfiguration => Some(Self::DefaultSettings),
        }
    }
}

impl fmt::Display for SetupStep {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "step {} ({})", self.number(), self.label())
    }
}

/// A step as a tenant's set-up page shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct StepEntry {
    /// The step.
    pub step: SetupStep,
    /// Its number in the tutorial.
    pub number: u8,
    /// Its name in the tutorial.
    pub label: &'static str,
    /// Its state.
    pub state: StepState,
    /// What was entered or answered; never the secret key itself.
    pub value: Option<String>,
}

impl StepEntry {
    /// The same step as this server shows it: a link below its URL, which ends without a slash, is told as a whole.
    #[must_use]
    pub fn at(self, server: &str) -> Self {
        match self.value {
            Some(link) if self.step == SetupStep::CopyScimLink && link.starts_with('/') => {
                Self { value: Some([server, &link].concat()), ..self }
            }
            value => Self { value, ..self },
        }
    }
}

/// The state of a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub enum StepState {
    /// It was done.
    Done,
    /// It is the first step that was not done: the next one to do.
    Current,
    /// Neither it nor an earlier step was done.
    Open,
}

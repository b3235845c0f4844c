//! How far a tenant is set up: a state machine over the tutorial's eleven steps.
//!
//! The configurations of steps 8 to 10 are not stored here. The tenant has them, and
//! [`Setup::entries`] reads them there.

use std::sync::Arc;

use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use super::{
    EntraTenantId, MasterKind, Present, SetupStep, StepEntry, StepState, TenantName,
    UserConfiguration,
};

/// What was entered and answered in the tutorial's steps. The default is a tenant without any step
/// done.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
pub struct Setup {
    authenticated_as: Option<SmolStr>,
    connection: Option<String>,
    entra_tenant: Option<EntraTenantId>,
    mode: Option<ProvisioningMode>,
    masked_key: Option<SmolStr>,
    scim_link: Option<String>,
}

/// How users are created in the tenant.
///
/// # Incomplete
///
/// The tutorial shows a choice at step 5, but names only this one.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub enum ProvisioningMode {
    /// By SCIM: "Use user provisioning".
    UserProvisioning,
}

impl Setup {
    /// Step 1: an administrator logged in. It may be done again.
    pub fn authenticate(&mut self, user_name: &str) {
        self.authenticated_as = Some(user_name.into());
    }

    /// Step 2: the connection was verified; `answer` is that of the console.
    ///
    /// # Errors
    ///
    /// [`SetupError::MissingStep`] before step 1.
    pub fn verify(&mut self, answer: impl Into<String>) -> Result<(), SetupError> {
        self.reaches(SetupStep::VerifyConnection)?;
        self.connection = Some(answer.into());
        Ok(())
    }

    /// Steps 3 and 4: provides and saves the Microsoft Entra tenant ID. They may be done again.
    ///
    /// # Errors
    ///
    /// [`SetupError::MissingStep`] before step 2.
    pub fn save_entra_tenant(&mut self, id: EntraTenantId) -> Result<(), SetupError> {
        self.reaches(SetupStep::EntraTenantId)?;
        self.entra_tenant = Some(id);
        Ok(())
    }

    /// Step 5: chooses how users are created.
    ///
    /// # Errors
    ///
    /// [`SetupError::MissingStep`] before step 4.
    pub fn choose_mode(&mut self, mode: ProvisioningMode) -> Result<(), SetupError> {
        self.reaches(SetupStep::UseUserProvisioning)?;
        self.mode = Some(mode);
        Ok(())
    }

    /// Steps 6 and 7: a secret key was generated. It replaces the old one (documented: the
    /// notification tells "to click Ok to generate a new secret key"; assumed: that the old one
    /// becomes invalid at once). `masked` is the part that may be shown later, such as `…7f3a`.
    ///
    /// # Errors
    ///
    /// [`SetupError::MissingStep`] before step 5.
    pub fn confirm_key(&mut self, masked: &str) -> Result<(), SetupError> {
        self.reaches(SetupStep::GenerateSecretKey)?;
        self.masked_key = Some(masked.into());
        Ok(())
    }

    /// The error for step 6 alone: it only asks, and step 7 makes the key.
    pub fn unconfirmed_key(&self) -> SetupError {
        match self.reaches(SetupStep::GenerateSecretKey) {
            Err(missing) => missing,
            Ok(()) if self.masked_key.is_some() => SetupError::KeyExists,
            Ok(()) => SetupError::NotConfirmed,
        }
    }

    /// Steps 8 to 10: whether a user configuration may be added. The tenant saves the
    /// configuration; nothing is stored here.
    ///
    /// # Errors
    ///
    /// [`SetupError::MissingStep`] before step 5.
    pub fn add_configuration(&self) -> Result<(), SetupError> {
        self.reaches(SetupStep::AddConfiguration)
    }

    /// Step 11: the SCIM link was copied. It does not need the secret key, since the link contains
    /// no secret and does not change with the key.
    ///
    /// # Errors
    ///
    /// [`SetupError::MissingStep`] before step 5.
    pub fn copy_link(&mut self, link: impl Into<String>) -> Result<(), SetupError> {
        self.reaches(SetupStep::CopyScimLink)?;
        self.scim_link = Some(link.into());
        Ok(())
    }

    /// The same without traces of users who only looked: the login, the answer of the verified
    /// connection, and the address of the copied link.
    #[must_use]
    pub fn decided(&self) -> Self {
        Self { authenticated_as: None, connection: None, scim_link: None, ..self.clone() }
    }

    /// The same for the tenant with this name: values that contain a tenant's name get this one.
    #[must_use]
    pub fn at(self, tenant: &TenantName) -> Self {
        let own = format!("/{tenant}/scim/v2");
        let is_own = |it: &String| it.to_ascii_lowercase().ends_with(&own.to_ascii_lowercase());
        let connection = self.connection.map(|_| tenant.described());
        let scim_link = self.scim_link.map(|it| if is_own(&it) { it } else { own.clone() });
        Self { connection, scim_link, ..self }
    }

    /// The first value that is present although an earlier step was not done: its name, and the
    /// step.
    pub fn contradiction(&self) -> Option<(&'static str, SetupError)> {
        let written = [
            ("connection", SetupStep::VerifyConnection),
            ("entraTenant", SetupStep::SaveConfiguration),
            ("mode", SetupStep::UseUserProvisioning),
            ("maskedKey", SetupStep::GenerateSecretKey),
            ("scimLink", SetupStep::CopyScimLink),
        ];
        let done = written.into_iter().filter(|(_, step)| self.is_done(*step, &[]));
        done.into_iter().find_map(|(name, step)| Some((name, self.reaches(step).err()?)))
    }

    /// The user who logged in last.
    pub fn authenticated_as(&self) -> Option<&SmolStr> {
        self.authenticated_as.as_ref()
    }

    /// Whether a secret key was generated.
    pub fn has_key(&self) -> bool {
        self.masked_key.is_some()
    }

    /// Whether SCIM requests are served: user provisioning was chosen (assumed).
    pub fn uses_user_provisioning(&self) -> bool {
        self.mode == Some(ProvisioningMode::UserProvisioning)
    }

    /// The Microsoft Entra tenant ID, if it was saved.
    pub fn entra_tenant(&self) -> Option<EntraTenantId> {
        self.entra_tenant
    }

    /// The eleven steps with their state and values, for a tenant with this current data. If the
    /// key has `expired`, its steps must be done again.
    pub fn entries(&self, present: Present<'_>, expired: Option<Timestamp>) -> Vec<StepEntry> {
        let configurations = present.configurations;
        let is_of_key = |it: SetupStep| {
            matches!(it, SetupStep::GenerateSecretKey | SetupStep::ConfirmSecretKey)
        };
        let is_open = |it: &SetupStep| {
            !self.is_done(*it, configurations) || expired.is_some() && is_of_key(*it)
        };
        let current = SetupStep::ALL.into_iter().find(is_open);
        let entry = |step: SetupStep| StepEntry {
            step,
            number: step.number(),
            label: step.label(),
            state: match step {
                _ if current == Some(step) => StepState::Current,
                _ if is_open(&step) => StepState::Open,
                _ => StepState::Done,
            },
            value: match (self.value(step, present), expired) {
                (Some(key), Some(at)) if is_of_key(step) => Some(format!("{key}, expired {at}")),
                (value, _) => value,
            },
        };
        SetupStep::ALL.into_iter().map(entry).collect()
    }

    /// Refuses a step if a step before it was not done. The error names the first of these.
    fn reaches(&self, step: SetupStep) -> Result<(), SetupError> {
        let earlier = std::iter::successors(step.needs(), |it| it.needs());
        match earlier.filter(|it| !self.is_done(*it, &[])).last() {
            Some(needed) => Err(SetupError::MissingStep { step, needed }),
            None => Ok(()),
        }
    }

    fn is_done(&self, step: SetupStep, configurations: &[Arc<UserConfiguration>]) -> bool {
        match step {
            SetupStep::Authenticate => self.authenticated_as.is_some(),
            SetupStep::VerifyConnection => self.connection.is_some(),
            SetupStep::EntraTenantId | SetupStep::SaveConfiguration => self.entra_tenant.is_some(),
            SetupStep::UseUserProvisioning => self.mode.is_some(),
            SetupStep::GenerateSecretKey | SetupStep::ConfirmSecretKey => self.masked_key.is_some(),
            SetupStep::AddConfiguration
            | SetupStep::DefaultSettings
            | SetupStep::SaveUserConfiguration => !configurations.is_empty(),
            SetupStep::CopyScimLink => self.scim_link.is_some(),
        }
    }

    fn value(&self, step: SetupStep, present: Present<'_>) -> Option<String> {
        let Present { data, configurations } = present;
        let last = configurations.last();
        match step {
            SetupStep::Authenticate => self.authenticated_as.as_ref().map(ToString::to_string),
            SetupStep::VerifyConnection => self.connection.clone(),
            SetupStep::EntraTenantId => self.entra_tenant.as_ref().map(ToString::to_string),
            SetupStep::UseUserProvisioning => self.mode.map(|_| "User provisioning".into()),
            SetupStep::GenerateSecretKey => self.masked_key.as_ref().map(ToString::to_string),
            SetupStep::AddConfiguration => last.map(|it| it.name.clone()),
            SetupStep::DefaultSettings => {
                last.map(|it| data.names(MasterKind::Company, &it.companies).join(", "))
            }
            SetupStep::SaveUserConfiguration => match configurations.len() {
                0 => None,
                1 => Some("1 configuration".into()),
                count => Some(format!("{count} configurations")),
            },
            SetupStep::SaveConfiguration | SetupStep::ConfirmSecretKey => None,
            SetupStep::CopyScimLink => self.scim_link.clone(),
        }
    }
}

/// Why a step cannot be done now.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SetupError {
    /// An earlier step is missing.
    #[error("{step} needs {needed} first")]
    MissingStep {
        /// The refused step.
        step: SetupStep,
        /// The first missing step before it.
        needed: SetupStep,
    },
    /// Step 7, which makes the secret key, was not done.
    #[error(
        "no secret key was made: {} makes it, and {} only asks",
        SetupStep::ConfirmSecretKey,
        SetupStep::GenerateSecretKey
    )]
    NotConfirmed,
    /// The tenant already has a secret key.
    #[error(
        "there is a secret key already: confirm that a new one replaces it ({})",
        SetupStep::ConfirmSecretKey
    )]
    KeyExists,
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    fn entra_tenant() -> EntraTenantId {
        "9d0b4f6e-2c1a-4e5b-8a7d-3f6c5b4a2910".parse().unwrap()
    }

    /// The steps of a tenant with these configurations.
    fn entries(setup: &Setup, configurations: &[Arc<UserConfiguration>]) -> Vec<StepEntry> {
        setup.entries(Present { data: &sample::data(), configurations }, None)
    }

    fn provisioning() -> Setup {
        let mut setup = Setup::default();
        setup.authenticate("admin@nordlys.example");
        setup.verify("Nordlys, Production").unwrap();
        setup.save_entra_tenant(entra_tenant()).unwrap();
        setup.choose_mode(ProvisioningMode::UserProvisioning).unwrap();
        setup
    }

    #[test]
    fn provisioning_before_the_entra_tenant_id_names_the_missing_step() {
        let mut setup = Setup::default();
        setup.authenticate("admin@nordlys.example");
        setup.verify("Nordlys, Production").unwrap();

        let error = setup.choose_mode(ProvisioningMode::UserProvisioning).unwrap_err();

        assert_eq!(
            error.to_string(),
            "step 5 (Use user provisioning) needs step 3 (Microsoft Entra tenant ID) first"
        );
        assert!(!setup.uses_user_provisioning());
    }

    #[test]
    fn only_the_login_can_be_done_first() {
        let mut setup = Setup::default();
        let missing = |step| SetupError::MissingStep { step, needed: SetupStep::Authenticate };

        assert_eq!(setup.verify("yes"), Err(missing(SetupStep::VerifyConnection)));
        assert_eq!(setup.save_entra_tenant(entra_tenant()), Err(missing(SetupStep::EntraTenantId)));
        assert_eq!(setup.confirm_key("…7f3a"), Err(missing(SetupStep::GenerateSecretKey)));
        assert_eq!(setup.unconfirmed_key(), missing(SetupStep::GenerateSecretKey));
        assert_eq!(setup.add_configuration(), Err(missing(SetupStep::AddConfiguration)));
        assert_eq!(setup.copy_link("http://localhost"), Err(missing(SetupStep::CopyScimLink)));
        assert_eq!(setup, Setup::default());
    }

    #[test]
    fn the_buttons_of_the_tab_do_not_need_each_other() {
        let mut setup = provisioning();

        assert_eq!(setup.copy_link("http://localhost"), Ok(()));
        assert_eq!(setup.add_configuration(), Ok(()));
        assert_eq!(setup.confirm_key("…7f3a"), Ok(()));
    }

    #[test]
    fn every_key_needs_a_confirmation() {
        let mut setup = provisioning();

        assert_eq!(setup.unconfirmed_key(), SetupError::NotConfirmed);
        setup.confirm_key("…7f3a").unwrap();
        assert_eq!(setup.unconfirmed_key(), SetupError::KeyExists);
        assert_eq!(setup.confirm_key("…0001"), Ok(()));
        assert_eq!(entries(&setup, &[])[5].value.as_deref(), Some("…0001"));
    }

    #[test]
    fn the_first_open_step_is_the_current_one() {
        let mut setup = provisioning();
        setup.confirm_key("…7f3a").unwrap();

        let entries = entries(&setup, &[]);

        let states: Vec<_> = entries.iter().map(|it| it.state).collect();
        assert_eq!(states[..7], [StepState::Done; 7]);
        assert_eq!(states[7], StepState::Current);
        assert_eq!(states[8..], [StepState::Open; 3]);
    }

    #[test]
    fn a_complete_setup_shows_all_values() {
        let mut setup = provisioning();
        setup.confirm_key("…7f3a").unwrap();
        setup.copy_link("http://localhost/Nordlys/scim/v2").unwrap();

        let entries = entries(&setup, &[sample::configuration("Sweden", "SE-AP")]);

        let lines: Vec<_> = entries
            .iter()
            .map(|it| format!("{} {}: {}", it.number, it.label, it.value.as_deref().unwrap_or("-")))
            .collect();
        expect_test::expect![[r"
            1 Authenticate: admin@nordlys.example
            2 Verify the connection: Nordlys, Production
            3 Microsoft Entra tenant ID: 9d0b4f6e-2c1a-4e5b-8a7d-3f6c5b4a2910
            4 Save configuration: -
            5 Use user provisioning: User provisioning
            6 Generate Secret Key: …7f3a
            7 OK: -
            8 Add new configuration: Sweden
            9 Default settings: Nordlys Energi AB
            10 Save: 1 configuration
            11 Copy SCIM link: http://localhost/Nordlys/scim/v2"]]
        .assert_eq(&lines.join("\n"));
        assert!(entries.iter().all(|it| it.state == StepState::Done));
    }

    #[test]
    fn a_setup_can_be_written_to_json_and_read_back() {
        let setup = provisioning();

        let text = serde_json::to_string(&setup).unwrap();

        assert_eq!(serde_json::from_str::<Setup>(&text).unwrap(), setup);
    }

    #[test]
    fn an_entry_is_written_for_programs_and_readers() {
        let entry = &entries(&Setup::default(), &[])[0];

        assert_eq!(
            serde_json::to_string(entry).unwrap(),
            r#"{"step":"authenticate","number":1,"label":"Authenticate","state":"current","value":null}"#
        );
    }
}

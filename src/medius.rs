//! MediusFlow's data besides users and groups: companies, roles, authorization groups, login
//! options and user configurations, and which configuration applies to which user.
//!
//! The room has plain data and pure functions. Each item says where it comes from: *documented*
//! (Microsoft's MediusFlow provisioning tutorial, with its step, or Medius' public documentation)
//! or *assumed* (this project's own design, since no public source says it).

mod attention;
mod choice;
mod company;
mod configuration;
mod configuration_error;
mod locale;
mod login_option;
mod lookup;
mod master_data;
mod pointer;
mod roles;
#[cfg(test)]
mod sample;
mod schema;
mod setup;
mod sign_in;
mod steps;
mod tenant_name;
mod user_view;

pub use crate::scim::{fold, is_same, nearest};
pub use attention::{Attention, Present, attention};
pub use choice::{ConfigurationChoice, Reason, login_option_of, select};
pub use company::{Company, CompanyTree};
pub use configuration::{
    ConfigurationDraft, Defaults, DefaultsDraft, Deleted, LocaleDraft, Recall, UserConfiguration,
};
pub use configuration_error::{ConfigurationProblem, Unknown, UserConfigurationError};
pub use locale::{LocaleOption, LocaleSettings, Locales};
pub use login_option::{LoginOption, NameClaim, StandsFor};
pub use lookup::{MasterEntry, MasterItem};
pub use master_data::{
    MasterData, MasterDataDraft, MasterDataEdit, MasterDataError, MasterDataId, MasterDataIds,
    MasterKind,
};
pub(crate) use pointer::path_of;
pub use roles::{
    ADMIN, AuthorizationGroup, ConsoleUser, ConsoleUserDraft, UserRole, console_users,
};
pub use schema::{USER_EXTENSION, attribute, schemas};
pub use setup::{ProvisioningMode, Setup, SetupError};
pub use sign_in::{
    Identified, SignInDecision, SignInFacts, SignInRefusal, SignInResult, SignInSequence,
    SignInSequenceError, UnknownSignInResult, decide,
};
pub use steps::{SetupStep, StepEntry, StepState};
pub use tenant_name::{
    EntraTenantId, EntraTenantIdError, Environment, TenantName, TenantNameError,
};
pub use user_view::{UserFacts, UserView};

//! The data of the screens, which a [`DashboardSource`](super::DashboardSource) fills in.
//!
//! Texts are as the clients sent them. The screens escape control characters.

use std::sync::Arc;

use jiff::Timestamp;
use smol_str::SmolStr;

use crate::journal::{Exchange, Rates, Totals};
use crate::{medius::StepEntry, tenant::ClockSetting};

/// The overview of one tenant.
#[derive(Clone, Debug, Default)]
pub struct Overview {
    /// The tenant's name, such as `NordlysQA`.
    pub tenant: SmolStr,
    /// Its environment in words, such as `Quality assurance`.
    pub environment: SmolStr,
    /// The address of the server, such as `http://127.0.0.1:8420`.
    pub url: String,
    /// The SCIM link: what Microsoft Entra calls the Tenant URL.
    pub scim_link: String,
    /// The secret key in full, if there is one; the screens mask it.
    pub secret_key: Option<String>,
    /// The time at which the secret key expired, if it did.
    pub key_expired: Option<Timestamp>,
    /// The Microsoft Entra tenant ID, if it was entered.
    pub entra_tenant: Option<String>,
    /// The tutorial's steps in their order.
    pub setup: Vec<StepEntry>,
    /// How many users there are.
    pub users: UserCount,
    /// How many groups there are.
    pub groups: usize,
    /// The totals since the start or the last reset.
    pub totals: Totals,
    /// The rates of requests; `None` before the first request.
    pub rates: Option<Rates>,
    /// The things that need attention, the most urgent first.
    pub attention: Vec<AttentionRow>,
    /// The newest exchanges, newest first, up to the requested number.
    pub activity: Vec<Arc<Exchange>>,
    /// The time of the tenant.
    pub now: Timestamp,
    /// How the tenant's clock runs.
    pub clock: ClockSetting,
    /// A sentence about its provisioning while a cycle is ordered or runs.
    pub cycle: Option<String>,
    /// How often it was reset.
    pub epoch: u64,
    /// Whether it was deleted. The rest is its last state then.
    pub is_gone: bool,
}

/// How many users a tenant has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UserCount {
    /// All of them.
    pub total: usize,
    /// Those with `active` true.
    pub active: usize,
    /// The users that need attention, because no user configuration applied.
    pub flagged: usize,
}

/// Something that needs attention.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttentionRow {
    /// A sentence without a full stop.
    pub what: String,
    /// Whether something failed, or is only unusual.
    pub is_failure: bool,
    /// The screen with more details. Its key is shown behind the sentence.
    pub see: Option<ScreenLink>,
}

/// A link to a screen.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScreenLink {
    /// The list of users.
    Users,
    /// The journal.
    Traffic,
    /// The provisioning job.
    Provisioning,
}

/// A user with its MediusFlow data.
#[derive(Clone, Debug)]
pub struct UserDetail {
    /// The SCIM id.
    pub id: SmolStr,
    /// As in [`UserRow`](super::UserRow).
    pub name: SmolStr,
    /// The attributes worth reading, in schema order: path and value, such as `emails[work]`.
    pub profile: Vec<(SmolStr, String)>,
    /// What MediusFlow applied.
    pub applied: AppliedRow,
    /// The groups the user is a member of.
    pub groups: Vec<GroupName>,
    /// The whole SCIM resource, indented by two.
    pub json: String,
}

/// The user configuration that MediusFlow applied to a user, and why.
#[derive(Clone, Debug, Default)]
pub struct AppliedRow {
    /// The name of the user configuration; `None`: none applied.
    pub configuration: Option<SmolStr>,
    /// The reason, and the values that the user got, as labels and values.
    pub lines: Vec<(&'static str, String)>,
    /// The things that need attention, such as a configuration that was edited since.
    pub attention: Vec<String>,
}

/// A group, named for a reader.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GroupName {
    /// The SCIM id.
    pub id: SmolStr,
    /// Its `displayName`.
    pub name: SmolStr,
}

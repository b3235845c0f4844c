//! What the screens show, as plain data that a [`DashboardSource`](super::Source) fills in.
//!
//! All texts are as the clients sent them: the screens escape control characters themselves.

use std::sync::Arc;

use jiff::Timestamp;
use smol_str::SmolStr;

use crate::journal::{Exchange, Rates, Totals};
use crate::{medius::StepEntry, tenant::ClockSetting};

/// One tenant at a glance.
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
    /// Since when the secret key is refused, if its time is over.
    pub key_expired: Option<Timestamp>,
    /// The Microsoft Entra tenant ID, if it was entered.
    pub entra_tenant: Option<String>,
    /// The tutorial's steps in their order.
    pub setup: Vec<StepEntry>,
    /// How many users there are.
    pub users: UserCount,
    /// How many groups there are.
    pub groups: usize,
    /// What passed through the tenant since its start or its last reset.
    pub totals: Totals,
    /// How busy it is; `None` before anything was asked.
    pub rates: Option<Rates>,
    /// What somebody should look at, the most urgent first.
    pub attention: Vec<AttentionRow>,
    /// The newest exchanges, newest first, as many as were asked for.
    pub activity: Vec<Arc<Exchange>>,
    /// What time it is for the tenant.
    pub now: Timestamp,
    /// How the tenant's clock runs.
    pub clock: ClockSetting,
    /// How its provisioning is getting on while a cycle is ordered or runs, a sentence.
    pub cycle: Option<String>,
    /// How often it was reset.
    pub epoch: u64,
    /// Whether it was deleted; what is shown is what it was like then.
    pub is_gone: bool,
}

/// How many users a tenant has.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct UserCount {
    /// All of them.
    pub total: usize,
    /// Those with `active` true.
    pub active: usize,
    /// Those flagged for attention, because no user configuration applied.
    pub flagged: usize,
}

/// Something that somebody should look at.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct AttentionRow {
    /// What it is, one sentence without a full stop.
    pub what: String,
    /// Whether something failed, rather than being merely odd.
    pub is_failure: bool,
    /// The screen on which to see more; its key is shown behind the sentence.
    pub see: Option<ScreenLink>,
}

/// A screen on which to see more.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScreenLink {
    /// The list of users.
    Users,
    /// The journal.
    Traffic,
    /// The provisioning job.
    Provisioning,
}

/// A user with what MediusFlow makes of it.
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

/// What MediusFlow applied to a user, and why.
#[derive(Clone, Debug, Default)]
pub struct AppliedRow {
    /// The name of the user configuration; `None`: none applied.
    pub configuration: Option<SmolStr>,
    /// Why this one or why none, and what the user got: labels and values.
    pub lines: Vec<(&'static str, String)>,
    /// What an administrator should look at, such as that the configuration was edited since.
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

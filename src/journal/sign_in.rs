//! What an exchange records about sign-ins: the result of one, and the users whose result it changed.

use serde::Serialize;
use smol_str::SmolStr;

use super::ExchangeSubject;
use crate::medius::SignInResult;

/// A sign-in and its result. The user is the subject of the exchange.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SignInAttempt {
    /// The result.
    pub result: SignInResult,
    /// The display name of the login option that the user came with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub option: Option<SmolStr>,
    /// The reason of a refusal, in a few words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl SignInAttempt {
    /// A sign-in with this result, without option and reason.
    pub fn new(result: SignInResult) -> Self {
        Self { result, option: None, reason: None }
    }
}

/// The result that a sign-in of a user has before and after a write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SignInChange {
    /// The result before.
    pub before: SignInResult,
    /// The result after.
    pub after: SignInResult,
    /// Other users whose result changed, because they have the new or the old name identifier of this
    /// user: at most two.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<SignInTurn>,
    /// The revision of the tenant's state after the write. It orders writes that were recorded in another
    /// order.
    #[serde(skip)]
    pub rev: u64,
}

impl SignInChange {
    /// A change that affects no other user.
    pub fn new(before: SignInResult, after: SignInResult, rev: u64) -> Self {
        Self { before, after, others: Vec::new(), rev }
    }

    /// Whether no result changed. Such a value is kept if the user got another name.
    pub fn turned_nobody(&self) -> bool {
        self.before == self.after && self.others.is_empty()
    }

    #[expect(clippy::ref_option, reason = "serde hands over the field as it is")]
    pub(super) fn is_silent(change: &Option<Box<Self>>) -> bool {
        change.as_ref().is_none_or(|it| it.turned_nobody())
    }
}

/// A user whose result changed.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SignInTurn {
    /// The user.
    pub user: ExchangeSubject,
    /// The result before.
    pub before: SignInResult,
    /// The result after.
    pub after: SignInResult,
}

impl SignInTurn {
    /// The turn of a user.
    pub fn new(user: ExchangeSubject, before: SignInResult, after: SignInResult) -> Self {
        Self { user, before, after }
    }
}

/// A turn with the least that is needed to find it. Its texts are shared with the user's attributes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BriefTurn {
    pub(crate) id: SmolStr,
    pub(crate) user_name: SmolStr,
    pub(crate) before: SignInResult,
    pub(crate) after: SignInResult,
}

/// The users whose result changed in a call for all users.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct TurnedSignIns {
    /// How many users.
    pub total: usize,
    /// The first of them: at most [`MOST_TOLD`](Self::MOST_TOLD).
    pub users: Vec<SignInTurn>,
    /// All others, for the history of a single user.
    #[serde(skip)]
    pub(crate) others: Vec<BriefTurn>,
    /// The revision of the tenant's state after the call.
    #[serde(skip)]
    pub rev: u64,
}

impl TurnedSignIns {
    /// The largest number of users that are listed.
    pub const MOST_TOLD: usize = 100;

    /// No user yet; the call made this revision.
    pub fn new(rev: u64) -> Self {
        Self { total: 0, users: Vec::new(), others: Vec::new(), rev }
    }

    /// Adds a user; lists it if there is room.
    pub(crate) fn add(&mut self, turn: BriefTurn, user: impl FnOnce() -> ExchangeSubject) {
        self.total += 1;
        if self.users.len() < Self::MOST_TOLD {
            self.users.push(SignInTurn::new(user(), turn.before, turn.after));
        } else {
            self.others.push(turn);
        }
    }
}

//! What an exchange says of signing in: how a sign-in ended, and for whom it ends otherwise from now on.

use serde::Serialize;
use smol_str::SmolStr;

use super::ExchangeSubject;
use crate::medius::SignInResult;

/// How a sign-in ended. Who signed in is the exchange's subject.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SignIn {
    /// How it ended.
    pub result: SignInResult,
    /// The display name of the login option that the user came with.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub option: Option<SmolStr>,
    /// Why it was refused, in a few words.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
}

impl SignIn {
    /// One that ended so, without further words.
    pub fn new(result: SignInResult) -> Self {
        Self { result, option: None, reason: None }
    }
}

/// How a sign-in of a user ends before and after a write.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SignInChange {
    /// How it would have ended before.
    pub before: SignInResult,
    /// How it would end after.
    pub after: SignInResult,
    /// Other users for whom it turned, since they have the name identifier that this one got or had:
    /// two at most.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub others: Vec<SignInTurn>,
    /// The revision of the tenant's state that the write made. Writes have their order by it, whichever
    /// is recorded first.
    #[serde(skip)]
    pub rev: u64,
}

impl SignInChange {
    /// What a write that made this revision did to nobody but its user.
    pub fn new(before: SignInResult, after: SignInResult, rev: u64) -> Self {
        Self { before, after, others: Vec::new(), rev }
    }

    /// Whether it turned for nobody: it is kept then because the user got another name.
    pub fn turned_nobody(&self) -> bool {
        self.before == self.after && self.others.is_empty()
    }

    #[expect(clippy::ref_option, reason = "serde hands over the field as it is")]
    pub(super) fn is_silent(change: &Option<Box<Self>>) -> bool {
        change.as_ref().is_none_or(|it| it.turned_nobody())
    }
}

/// A user for whom a sign-in ends otherwise than before.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct SignInTurn {
    /// The user.
    pub user: ExchangeSubject,
    /// How it would have ended before.
    pub before: SignInResult,
    /// How it would end after.
    pub after: SignInResult,
}

impl SignInTurn {
    /// The turn of a user.
    pub fn new(user: ExchangeSubject, before: SignInResult, after: SignInResult) -> Self {
        Self { user, before, after }
    }
}

/// A turn without more than is needed to find it: texts are shared with the user's attributes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct BriefTurn {
    pub(crate) id: SmolStr,
    pub(crate) user_name: SmolStr,
    pub(crate) before: SignInResult,
    pub(crate) after: SignInResult,
}

/// The users for whom an exchange that was about all of them turned something.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[non_exhaustive]
pub struct TurnedSignIns {
    /// How many they are.
    pub total: usize,
    /// The first of them: at most [`MOST_TOLD`](Self::MOST_TOLD).
    pub users: Vec<SignInTurn>,
    /// All others, for who asks about one of them.
    #[serde(skip)]
    pub(crate) others: Vec<BriefTurn>,
    /// The revision of the tenant's state that the exchange made.
    #[serde(skip)]
    pub rev: u64,
}

impl TurnedSignIns {
    /// How many users are told by name.
    pub const MOST_TOLD: usize = 100;

    /// Nobody yet, by what made this revision.
    pub fn new(rev: u64) -> Self {
        Self { total: 0, users: Vec::new(), others: Vec::new(), rev }
    }

    /// Counts a user. The name is told if there is room.
    pub(crate) fn add(&mut self, turn: BriefTurn, user: impl FnOnce() -> ExchangeSubject) {
        self.total += 1;
        if self.users.len() < Self::MOST_TOLD {
            self.users.push(SignInTurn::new(user(), turn.before, turn.after));
        } else {
            self.others.push(turn);
        }
    }
}

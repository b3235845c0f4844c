//! Which users may sign in to a tenant, and which users a write affects.
//!
//! [`medius::decide`](crate::medius::decide) makes the decision; this module finds the users for it. An
//! index finds a name identifier, so that a sign-in costs the same in a small and in a large tenant.

use std::{borrow::Cow, sync::Arc};

use super::{
    State, effect::subject, resources::is_name_identifier, sign_in_claims::is_read_by_claims,
};
use crate::{
    journal::{AttributeChange, BriefTurn, SignInChange, SignInTurn, TurnedSignIns},
    medius::{
        ConfigurationChoice, Identified, LoginOption, NameClaim, Reason, SignInDecision,
        SignInFacts, SignInResult, USER_EXTENSION, attribute, decide, login_option_of,
    },
    scim::{Resource, Target, User, fold},
};

/// The applied configuration of a user who has none.
static NOTHING_APPLIED: ConfigurationChoice =
    ConfigurationChoice { configuration: None, reason: Reason::None { filter: None } };

/// A user with the configuration that was applied.
#[derive(Clone, Copy, Debug)]
struct Applicant<'a> {
    user: &'a Resource,
    choice: &'a ConfigurationChoice,
}

/// The name identifier of a user: `nameIdentifier`, or the user name if there is none.
pub fn name_identifier(user: &Resource) -> &str {
    attribute(User(user), "nameIdentifier").unwrap_or_else(|| User(user).user_name())
}

/// Whether the result of a sign-in depends on this attribute.
fn decides(change: &AttributeChange) -> bool {
    let path = change.path.as_str();
    if matches!(path, "active" | "userName") || is_read_by_claims(path) {
        return true;
    }
    let own = path.strip_prefix(USER_EXTENSION).and_then(|it| it.strip_prefix(':'));
    matches!(own, Some("nameIdentifier" | "configurationFilter" | "identityProvider"))
}

impl<'a> Applicant<'a> {
    /// Whether both have the same name identifier.
    fn is_identified_as(self, other: Applicant<'_>) -> bool {
        let (one, other) = (name_identifier(self.user), name_identifier(other.user));
        one == other || fold(one) == fold(other)
    }

    fn facts(self) -> SignInFacts<'a> {
        SignInFacts {
            name_identifier: name_identifier(self.user),
            is_active: User(self.user).is_active(),
            identity_provider: attribute(User(self.user), "identityProvider"),
            choice: self.choice,
        }
    }
}

impl State {
    /// The users with this name identifier: as their `nameIdentifier`, or as their user name if they have
    /// no `nameIdentifier`. Case is ignored.
    pub fn identified<'a>(
        &'a self,
        identifier: &'a str,
    ) -> impl Iterator<Item = &'a Arc<Resource>> + 'a {
        let is_user_name = |it: &Target| it.is_core("userName");
        let named = self.resources.having("User", is_user_name, identifier);
        let named = named.filter(|it| attribute(User(it), "nameIdentifier").is_none());
        self.with_name_identifier(identifier).chain(named)
    }

    /// The users with this `nameIdentifier`.
    fn with_name_identifier<'a>(
        &'a self,
        identifier: &'a str,
    ) -> impl Iterator<Item = &'a Arc<Resource>> + 'a {
        self.resources.having("User", is_name_identifier, identifier)
    }

    /// The user with this id, or else with this user name.
    pub fn user_called(&self, key: &str) -> Option<&Arc<Resource>> {
        let named = || self.resources.named("User", "userName", key).first().copied();
        self.resources.get("User", key).or_else(named)
    }

    /// Whether a user may sign in with this login option, or with their own one if none is given.
    pub fn sign_in<'a>(
        &'a self,
        user: &'a Resource,
        came_with: Option<&'a LoginOption>,
    ) -> SignInDecision<'a> {
        self.decision(user, came_with, |claim| self.claim(user, claim))
    }

    /// The same for a user whom a token, or a user name that was typed, has found already.
    #[cfg(feature = "web")]
    pub fn sign_in_of_found<'a>(
        &'a self,
        user: &'a Resource,
        came_with: Option<&'a LoginOption>,
    ) -> SignInDecision<'a> {
        self.decision(user, came_with, |_| Some(name_identifier(user).into()))
    }

    fn decision<'a>(
        &'a self,
        user: &'a Resource,
        came_with: Option<&'a LoginOption>,
        claim_of: impl Fn(NameClaim) -> Option<Cow<'a, str>>,
    ) -> SignInDecision<'a> {
        let facts = self.applicant(user).facts();
        let identified = match self.identified(name_identifier(user)).count() {
            0 | 1 => Identified::User(facts),
            several => Identified::Several(facts, several),
        };
        decide(identified, came_with, &self.master.data, claim_of)
    }

    /// The result that a sign-in of the user with this id or user name would have.
    pub fn sign_in_result(&self, key: &str) -> SignInResult {
        match self.user_called(key) {
            Some(user) => self.sign_in(user, None).result(),
            None => SignInResult::NotProvisioned,
        }
    }

    /// The login option of a user, if there is one.
    pub fn login_option_of(&self, user: &Resource) -> Option<&LoginOption> {
        let Applicant { choice, .. } = self.applicant(user);
        login_option_of(choice, attribute(User(user), "identityProvider"), &self.master.data)
    }

    /// The results before and after a write, for its user and for others with the same name identifier.
    /// Call it right after the write. `before` is `None` for a new user, `after` for a deleted one.
    fn sign_in_change(
        &self,
        before: Option<Applicant<'_>>,
        after: Option<Applicant<'_>>,
    ) -> SignInChange {
        let left = before.map(|it| self.others(it.user)).unwrap_or_default();
        if let (Some(before), Some(after)) = (before, after)
            && before.is_identified_as(after)
        {
            let before = self.result(Some(before), left.len());
            return SignInChange::new(before, self.result(Some(after), left.len()), self.revision);
        }
        let joined = after.map(|it| self.others(it.user)).unwrap_or_default();
        let mut change = SignInChange::new(
            self.result(before, left.len()),
            self.result(after, joined.len()),
            self.revision,
        );
        let alone = |it: &Resource| self.result(Some(self.applicant(it)), 0);
        let beside = |it: &Resource| self.result(Some(self.applicant(it)), 1);
        let mut turn = |other: &Arc<Resource>, before, after| {
            if before != after {
                change.others.push(SignInTurn::new(subject(other), before, after));
            }
        };
        if let ([other], Some(_)) = (&*left, before) {
            turn(other, beside(other), alone(other));
        }
        if let ([other], Some(_)) = (&*joined, after) {
            turn(other, alone(other), beside(other));
        }
        change
    }

    /// The same for a new resource.
    pub(super) fn sign_in_of_new(&self, user: &Resource) -> Option<Box<SignInChange>> {
        (user.kind == "User")
            .then(|| Box::new(self.sign_in_change(None, Some(self.applicant(user)))))
    }

    /// The same for a deleted resource, to which this configuration was applied.
    pub(super) fn sign_in_of_deleted(
        &self,
        user: &Resource,
        applied: Option<&ConfigurationChoice>,
    ) -> Option<Box<SignInChange>> {
        let gone = Applicant { user, choice: applied.unwrap_or(&NOTHING_APPLIED) };
        (user.kind == "User").then(|| Box::new(self.sign_in_change(Some(gone), None)))
    }

    /// The same for a changed resource. `applied` is the configuration before, if the write applied
    /// another one. `None` if the result does not depend on what changed.
    pub(super) fn sign_in_of_changed(
        &self,
        changes: &[AttributeChange],
        before: &Resource,
        applied: Option<&ConfigurationChoice>,
        after: &Resource,
    ) -> Option<Box<SignInChange>> {
        if after.kind != "User" || !changes.iter().any(decides) {
            return None;
        }
        let after = self.applicant(after);
        let before = Applicant { user: before, choice: applied.unwrap_or(after.choice) };
        let change = self.sign_in_change(Some(before), Some(after));
        // A history by user name needs to know when the user gives the name up.
        let is_renamed = || changes.iter().any(|it| it.path == "userName");
        (!change.turned_nobody() || is_renamed()).then(|| Box::new(change))
    }

    /// Notes a user whose result differs after the configurations were applied again. Name identifiers
    /// do not change then.
    pub(super) fn note_reapplied(
        &self,
        turned: &mut TurnedSignIns,
        user: &Resource,
        before: Option<&ConfigurationChoice>,
    ) {
        let now = self.applicant(user);
        let before = before.unwrap_or(&NOTHING_APPLIED);
        if before.configuration.is_some() == now.choice.configuration.is_some() {
            return;
        }
        let others = self.others(user).len();
        let before = self.result(Some(Applicant { user, choice: before }), others);
        let after = self.result(Some(now), others);
        if before != after {
            let user_name = User(user).user_name().into();
            let turn = BriefTurn { id: user.id.clone(), user_name, before, after };
            turned.add(turn, || subject(user));
        }
    }

    /// The result of a user beside this many others with the same name identifier.
    fn result(&self, applicant: Option<Applicant<'_>>, others: usize) -> SignInResult {
        let Some(applicant) = applicant else { return SignInResult::NotProvisioned };
        let identified = match others {
            0 => Identified::User(applicant.facts()),
            others => Identified::Several(applicant.facts(), 1 + others),
        };
        let claim_of = |claim| self.claim(applicant.user, claim);
        decide(identified, None, &self.master.data, claim_of).result()
    }

    /// The first two other users with the same name identifier.
    fn others<'a>(&'a self, user: &'a Resource) -> Vec<&'a Arc<Resource>> {
        let is_other = |it: &&Arc<Resource>| it.id != user.id;
        if let Some(own) = attribute(User(user), "nameIdentifier") {
            return self.identified(own).filter(is_other).take(2).collect();
        }
        // Nobody else has the same user name: it is unique.
        let named = self.with_name_identifier(User(user).user_name());
        named.filter(is_other).take(2).collect()
    }

    fn applicant<'a>(&'a self, user: &'a Resource) -> Applicant<'a> {
        Applicant { user, choice: self.applied(&user.id).unwrap_or(&NOTHING_APPLIED) }
    }
}

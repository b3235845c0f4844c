//! The functions with which the keys of the filter language read an exchange.

use super::super::{
    AttributeChange, EffectKind, Exchange, ExchangeSubject, NamedValue, Operation, SignInTurn,
    ValueChange, target,
};
use crate::medius::SignInResult;

/// A test for one text of an exchange.
pub(super) type TextTest<'a> = dyn Fn(&str) -> bool + 'a;

pub(super) fn words(exchange: &Exchange, test: &TextTest<'_>) -> bool {
    test(&exchange.summary) || test(&exchange.target)
}

pub(super) fn is_login(exchange: &Exchange) -> bool {
    exchange.operation == Operation::Admin
        && target::path(&exchange.target).ends_with("/authenticate")
}

pub(super) fn types(exchange: &Exchange, test: &TextTest<'_>) -> bool {
    let known_as = |kind: &str| {
        let short = match kind {
            "Configuration" | "UserConfiguration" => "config",
            "SecretKey" | "AccessToken" => "token",
            _ => kind,
        };
        test(kind) || test(short)
    };
    let subjects = exchange.subject.iter().chain(exchange.effects.iter().map(|it| &it.subject));
    subjects.map(|it| it.kind.as_str()).chain(target::kind(&exchange.target)).any(known_as)
        || match exchange.operation {
            Operation::Discover => test("schema"),
            Operation::Admin => test("admin"),
            _ => false,
        }
}

pub(super) fn users(exchange: &Exchange, test: &TextTest<'_>) -> bool {
    named(exchange, "User", test)
}

pub(super) fn groups(exchange: &Exchange, test: &TextTest<'_>) -> bool {
    named(exchange, "Group", test)
}

/// Tests the names and ids of objects of one kind, the values of searches for them, and the members that
/// were added and removed, whose kind is not recorded.
fn named(exchange: &Exchange, kind: &str, test: &TextTest<'_>) -> bool {
    let effects = &exchange.effects;
    let mut subjects = exchange.subject.iter().chain(effects.iter().map(|it| &it.subject));
    let is_named = |it: &ExchangeSubject| {
        test(&it.name) || test(&it.id) || it.user_name.as_deref().is_some_and(test)
    };
    if subjects.any(|it| it.kind == kind && is_named(it)) {
        return true;
    }
    let mut of_kind = effects.iter().filter(|it| it.subject.kind == kind);
    if of_kind.any(|it| it.changes.iter().any(|it| renamed(it, test))) {
        return true;
    }
    if elements(exchange).any(|it| test(&it.name) || test(&it.value)) {
        return true;
    }
    exchange.operation == Operation::Find
        && target::kind(&exchange.target) == Some(kind)
        && sought(exchange).iter().any(|it| test(it))
}

/// The texts that the filter of a search compares with.
fn sought(exchange: &Exchange) -> Vec<String> {
    target::filter(exchange).map(|it| target::values(&it)).unwrap_or_default()
}

/// Tests the names of an object before and after a change.
fn renamed(change: &AttributeChange, test: &TextTest<'_>) -> bool {
    let is_name = ["userName", "displayName"].contains(&change.attribute());
    match &change.value {
        ValueChange::Single { before, after } if is_name => {
            before.iter().chain(after).any(|it| test(it))
        }
        _ => false,
    }
}

pub(super) fn ids(exchange: &Exchange, test: &TextTest<'_>) -> bool {
    let effects = exchange.effects.iter();
    let mut subjects = exchange.subject.iter().chain(effects.map(|it| &it.subject));
    subjects.any(|it| test(&it.id))
        || target::id(&exchange.target).is_some_and(|id| test(id) || test(&target::decoded(id)))
        || elements(exchange).any(|it| test(&it.value))
}

/// The members that were added and removed.
fn elements(exchange: &Exchange) -> impl Iterator<Item = &NamedValue> {
    let changes = exchange.effects.iter().flat_map(|it| &it.changes);
    changes.filter(|it| it.path == "members").flat_map(|it| match &it.value {
        ValueChange::Multiple { added, removed, .. } => added.iter().chain(removed),
        ValueChange::Single { .. } => [].iter().chain(&[]),
    })
}

pub(super) fn attributes(exchange: &Exchange, test: &TextTest<'_>) -> bool {
    exchange.effects.iter().flat_map(|it| &it.changes).any(|change| {
        let attribute = change.attribute();
        let ends = attribute.split_once('.').into_iter().flat_map(|(first, last)| [first, last]);
        [change.path.as_str(), attribute].into_iter().chain(ends).any(test)
    })
}

pub(super) fn did(exchange: &Exchange, kind: EffectKind) -> bool {
    exchange.effects.iter().any(|it| it.kind == kind)
}

pub(super) fn code(exchange: &Exchange) -> Option<&str> {
    exchange.problem.as_ref()?.code.as_deref()
}

pub(super) fn senders(exchange: &Exchange, test: &TextTest<'_>) -> bool {
    let headers = &exchange.request.headers;
    let agent = headers.iter().find(|(name, _)| name == "user-agent");
    test(&exchange.from) || agent.is_some_and(|(_, value)| test(value))
}

pub(super) fn targets(exchange: &Exchange, test: &TextTest<'_>) -> bool {
    test(&exchange.target)
        || exchange.target.contains(['%', '+']) && test(&target::decoded(&exchange.target))
}

pub(super) fn headers(exchange: &Exchange, test: &TextTest<'_>) -> bool {
    let mut line = String::new();
    exchange.request.headers.iter().chain(&exchange.response.headers).any(|(name, value)| {
        line.clear();
        line.extend([name.as_str(), ": ", value]);
        test(&line)
    })
}

pub(super) fn micros(exchange: &Exchange) -> u64 {
    u64::try_from(exchange.took.as_micros()).unwrap_or(u64::MAX)
}

pub(super) fn faults(exchange: &Exchange, test: &TextTest<'_>) -> bool {
    exchange.fault.as_ref().is_some_and(|it| test(&it.rule) || test("any"))
}

pub(super) fn findings(exchange: &Exchange, test: &TextTest<'_>) -> bool {
    exchange.findings.iter().any(|it| test(&it.quirk) || test("any"))
}

/// Whether an exchange is a sign-in with such a result, or changed the result of a user to one.
pub(super) fn sign_in_ends(exchange: &Exchange, is_meant: impl Fn(SignInResult) -> bool) -> bool {
    let is_turned = |before: SignInResult, after: SignInResult| before != after && is_meant(after);
    let of = |it: &SignInTurn| is_turned(it.before, it.after);
    let mut changes = exchange.effects.iter().filter_map(|it| it.sign_in.as_ref());
    exchange.sign_in.as_ref().is_some_and(|it| is_meant(it.result))
        || changes.any(|it| is_turned(it.before, it.after) || it.others.iter().any(of))
        || exchange.sign_ins.as_ref().is_some_and(|it| {
            it.users.iter().any(of) || it.others.iter().any(|it| is_turned(it.before, it.after))
        })
}

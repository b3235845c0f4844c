//! The one-line summary of an exchange, in SCIM terms.
//!
//! It is written once, when the exchange is recorded. Log, dashboard, control API and tests share it:
//! `PATCH group Finance +3 members`.

use super::change::{is_bare, quoted};
use super::mark::main_effect;
use super::target;
use super::text::{is_guid, short_id, shorten, thousands};
use super::{
    AttributeChange, Auth, Effect, EffectKind, NamedValue, Operation, Record, SignInAttempt,
    ValueChange, visible,
};

/// The width of a summary in columns.
const WIDTH: usize = 120;
/// The largest width of a name, so that what happened is never cut off.
const NAME: usize = 48;
/// The largest width of a single value.
const VALUE: usize = 24;

/// The summary of an exchange: at most 120 columns of plain text. Invisible characters are escaped, and
/// only the last four characters of a secret are shown.
pub fn summary(record: &Record) -> String {
    let line = match record.status {
        0 if record.effects.is_empty() => unanswered(record),
        400.. => refused(record),
        _ => answered(record),
    };
    shorten(&visible(&line), WIDTH).into_owned()
}

fn answered(record: &Record) -> String {
    let verb = verb(record);
    let line = match record.operation {
        _ if is_undone(record) => format!("{verb} {} not done", object(record)),
        Operation::Create => created(record),
        Operation::List => listed(record),
        Operation::Find => found(record),
        Operation::Replace | Operation::Modify => {
            format!("{verb} {} {}", object(record), changed(record))
        }
        Operation::Delete => return format!("{verb} {}{}", object(record), in_brackets(record)),
        Operation::Get if record.status == 304 => format!("{verb} {} not modified", object(record)),
        Operation::Get => format!("{verb} {}", object(record)),
        Operation::Bulk => format!("{verb} {}", counted(&record.effects)),
        Operation::Discover => {
            format!("{verb} {}", target::scim_path(&record.target).unwrap_or("/"))
        }
        Operation::Admin => return format!("{verb} {}", admin_words(record)),
        Operation::SignIn | Operation::SignOut => signed(record, verb),
        Operation::Entra => return format!("{verb} {}", entra_words(record)),
        Operation::Unknown => format!("{verb} {}", target::path(&record.target)),
    };
    match &record.remark {
        Some(remark) => format!("{line} · {remark}"),
        None => line,
    }
}

/// Whether a fault answered as if something had been created or deleted, although nothing was. For other
/// writes, the summary says that nothing changed.
fn is_undone(record: &Record) -> bool {
    let is_told = matches!(record.operation, Operation::Create | Operation::Delete);
    is_told && record.fault.is_some() && record.effects.is_empty()
}

/// The verb of the summary: the operation in capitals.
fn verb(record: &Record) -> &str {
    match record.operation {
        Operation::Create => "CREATE",
        Operation::Get => "GET",
        Operation::List => "LIST",
        Operation::Find => "FIND",
        Operation::Replace => "REPLACE",
        Operation::Modify => "PATCH",
        Operation::Delete => "DELETE",
        Operation::Bulk => "BULK",
        Operation::Discover => "DISCOVER",
        Operation::Admin => "ADMIN",
        Operation::SignIn => "SIGN-IN",
        Operation::SignOut => "SIGN-OUT",
        Operation::Entra => "ENTRA",
        Operation::Unknown => &record.method,
    }
}

/// What the exchange is about: `user Anna Larsson`, `group 8991`, `user`.
fn object(record: &Record) -> String {
    if let Some(subject) = &record.subject {
        let name = if subject.name == subject.id {
            short_id(&subject.id)
        } else {
            shorten(&subject.name, NAME)
        };
        return format!("{} {name}", target::kind_word(&subject.kind));
    }
    match target::kind_and_id(&record.target) {
        Some((kind, Some(id))) => format!("{kind} {}", short_id(&id)),
        Some((kind, None)) => kind,
        None => "resource".to_owned(),
    }
}

fn created(record: &Record) -> String {
    let id = record.subject.as_ref().map(|it| it.id.as_str()).filter(|id| !id.is_empty());
    let id = id.map_or(String::new(), |id| format!(" → {}", short_id(id)));
    format!("CREATE {}{id}", object(record))
}

fn listed(record: &Record) -> String {
    let Some(hits) = record.hits else { return format!("LIST {}", plural(record)) };
    let total = thousands(hits.total);
    let range = match hits.answered {
        _ if hits.total == 0 => "none".to_owned(),
        0 => format!("0 of {total}"),
        answered => {
            let last = thousands(hits.start_index + answered - 1);
            format!("{}–{last} of {total}", thousands(hits.start_index))
        }
    };
    format!("LIST {} {range}", plural(record))
}

fn plural(record: &Record) -> String {
    target::kind_and_id(&record.target)
        .map_or_else(|| "resources".to_owned(), |(kind, _)| kind + "s")
}

fn found(record: &Record) -> String {
    let filter = target::filter(record);
    let value = filter.as_deref().and_then(target::only_value);
    let hits = record.hits.map_or(0, |it| it.total);
    let named = target::kind_and_id(&record.target);
    let kind = named.as_ref().map_or("resource", |(kind, _)| kind);
    if hits == 0
        && value.as_deref().is_some_and(is_guid)
        && let Some(of) = filter.as_deref().and_then(|it| probed(kind, it))
    {
        return format!("TEST connection probe{of} → 0 hits, {}", record.status);
    }
    let sought = value.as_deref().or(filter.as_deref());
    let sought = sought.map_or(String::new(), |it| format!(" {}", shorten(it, NAME)));
    let unit = if hits == 1 { "hit" } else { "hits" };
    format!("FIND {kind}{sought} → {} {unit}", thousands(hits))
}

/// Recognizes the search of Entra's *Test Connection* for a GUID that no user has as name. The result is
/// the text to add: empty for users, ` of groups` for groups. By other attributes (`externalId`), a search
/// for a GUID is an ordinary one.
fn probed(kind: &str, filter: &str) -> Option<&'static str> {
    let mut words = filter.split_whitespace();
    let name = words.next()?;
    let is_equality = words.next()?.eq_ignore_ascii_case("eq");
    let (attribute, of) = match kind {
        "user" => ("userName", ""),
        "group" => ("displayName", " of groups"),
        _ => return None,
    };
    (is_equality && name.eq_ignore_ascii_case(attribute)).then_some(of)
}

/// The changes of a PATCH or PUT, attribute by attribute.
fn changed(record: &Record) -> String {
    let effect = main_effect(record.subject.as_ref(), &record.effects);
    let changes = effect.map_or(&[][..], |it| &it.changes);
    let told: Vec<_> = changes.iter().filter(|it| !it.is_bookkeeping()).collect();
    match (effect.map(|it| it.kind), told.as_slice()) {
        (None | Some(EffectKind::Unchanged), _) => "no change".to_owned(),
        (Some(EffectKind::Created), []) => "created".to_owned(),
        (_, []) => "changed".to_owned(),
        (_, [only]) => one_change(only),
        (_, several) => several.iter().map(|it| short_change(it)).collect::<Vec<_>>().join(", "),
    }
}

/// The only change of an exchange: with its values, if they are short.
fn one_change(change: &AttributeChange) -> String {
    let name = change.attribute();
    let ValueChange::Single { before, after } = &change.value else { return short_change(change) };
    if change.is_secret() || is_telling(name, after.as_deref()) {
        return short_change(change);
    }
    let name = if name == "displayName" { String::new() } else { format!("{name} ") };
    match (before, after) {
        (Some(before), Some(after)) => {
            format!("{name}{}→{}", quoted(before, VALUE), quoted(after, VALUE))
        }
        (None, Some(after)) => format!("{name}→ {}", quoted(after, VALUE)),
        (_, None) => format!("{}removed", if name.is_empty() { "displayName " } else { &name }),
    }
}

/// One of several changes: its name, and its values only if they are important.
fn short_change(change: &AttributeChange) -> String {
    let name = change.attribute();
    match &change.value {
        ValueChange::Single { before, after } if is_telling(name, after.as_deref()) => {
            match (before, after) {
                (Some(before), Some(after)) if is_bare(after) => format!("{name} {before}→{after}"),
                (_, Some(after)) => format!("{name} → {}", shorten(after, NAME)),
                (_, None) => format!("{name} removed"),
            }
        }
        ValueChange::Single { .. } => name.to_owned(),
        ValueChange::Multiple { added, removed, .. } => {
            let (came, went) = change.value.counts();
            let came = ValueCount { count: came, listed: added };
            values(name, came, ValueCount { count: went, listed: removed })
        }
    }
}

/// Whether the new value of an attribute is important: true and false, and the manager.
fn is_telling(name: &str, after: Option<&str>) -> bool {
    after.is_some_and(is_bare) || name.eq_ignore_ascii_case("manager")
}

/// The added or the removed values of an attribute.
#[derive(Clone, Copy)]
struct ValueCount<'a> {
    count: usize,
    /// The values that are recorded with their names.
    listed: &'a [NamedValue],
}

/// Added and removed values: `+3 members`, `−1 member (Nils Ek)`, `+2 −1 emails`.
fn values(name: &str, came: ValueCount<'_>, went: ValueCount<'_>) -> String {
    let one = |name: &str| name.strip_suffix('s').unwrap_or(name).to_owned();
    let named = |of: &[NamedValue]| {
        of.first().map_or(String::new(), |it| format!(" ({})", shorten(&it.name, NAME)))
    };
    match (came.count, went.count) {
        (0, 0) => name.to_owned(),
        (1, 0) => format!("+1 {}{}", one(name), named(came.listed)),
        (0, 1) => format!("−1 {}{}", one(name), named(went.listed)),
        (came, 0) => format!("+{} {name}", thousands(came)),
        (0, went) => format!("−{} {name}", thousands(went)),
        (came, went) => format!("+{} −{} {name}", thousands(came), thousands(went)),
    }
}

/// What a bulk request did, by kind: `3 created, 1 deleted`.
fn counted(effects: &[Effect]) -> String {
    let kinds = [
        (EffectKind::Created, "created"),
        (EffectKind::Changed, "changed"),
        (EffectKind::Unchanged, "unchanged"),
        (EffectKind::Deleted, "deleted"),
    ];
    let counts = kinds.iter().filter_map(|(kind, word)| {
        let count = effects.iter().filter(|it| it.kind == *kind).count();
        (count > 0).then(|| format!("{} {word}", thousands(count)))
    });
    let counts: Vec<_> = counts.collect();
    if counts.is_empty() { "no change".to_owned() } else { counts.join(", ") }
}

/// The remark of an admin call, else its method and address.
fn admin_words(record: &Record) -> String {
    record.remark.clone().unwrap_or_else(|| {
        let place =
            target::admin_path(&record.target).unwrap_or_else(|| target::path(&record.target));
        format!("{} {place}", record.method)
    })
}

/// A sign-in that worked, or the end of a session: `SIGN-IN Elin Ångström with Microsoft Entra ID`,
/// `SIGN-OUT Owen Davies: disabled`. `SIGN-OUT nobody` ended no session.
fn signed(record: &Record, verb: &str) -> String {
    let unnamed = if record.operation == Operation::SignOut { "nobody" } else { "somebody" };
    let who = record.subject.as_ref().map_or_else(|| unnamed.into(), |it| shorten(&it.name, NAME));
    let Some(SignInAttempt { option, reason, .. }) = record.sign_in.as_deref() else {
        return format!("{verb} {who}");
    };
    let option = option.as_ref().map_or(String::new(), |it| format!(" with {}", shorten(it, NAME)));
    let reason = reason.as_ref().map_or(String::new(), |it| format!(": {it}"));
    format!("{verb} {who}{option}{reason}")
}

/// A sign-in or a logout that was refused: `SIGN-IN refused Owen Davies: disabled, active is false since 41`.
/// It says why in words, and its problem has the code.
fn refused_sign_in(record: &Record) -> String {
    let verb = verb(record);
    let who = record.subject.as_ref().map_or(String::new(), |it| {
        let name = shorten(&it.name, NAME);
        format!(" {name}")
    });
    let said = record.sign_in.as_ref().and_then(|it| it.reason.clone());
    let reason = record.remark.clone().or_else(|| Some(record.problem.as_ref()?.detail.clone()));
    match (said, reason) {
        (Some(said), _) if record.remark.is_some() => {
            format!(
                "{verb} refused{who}: {said} · {}",
                record.remark.as_deref().unwrap_or_default()
            )
        }
        (Some(said), _) | (None, Some(said)) => format!("{verb} refused{who}: {said}"),
        (None, None) => format!("{verb} refused{who}"),
    }
}

/// The remark of a call of the mock Entra, else its method and address.
fn entra_words(record: &Record) -> String {
    let place = || format!("{} {}", record.method, target::path(&record.target));
    record.remark.clone().unwrap_or_else(place)
}

fn in_brackets(record: &Record) -> String {
    record.remark.as_ref().map_or(String::new(), |remark| format!(" ({remark})"))
}

/// The summary of a request that had no effect and got no answer.
fn unanswered(record: &Record) -> String {
    let reason = record.remark.as_deref().unwrap_or("no answer");
    match record.operation {
        Operation::SignIn | Operation::SignOut | Operation::Entra => {
            format!("{} {reason}", verb(record))
        }
        Operation::Unknown | Operation::Admin | Operation::Discover | Operation::Bulk => {
            format!("{} {} {reason}", record.method, target::path(&record.target))
        }
        Operation::List | Operation::Find => {
            format!("{} {} {reason}", verb(record), plural(record))
        }
        _ => format!("{} {} {reason}", verb(record), object(record)),
    }
}

/// The summary of a refused or failed request: the object, the status and the reason.
fn refused(record: &Record) -> String {
    let status = record.status;
    match record.operation {
        Operation::SignIn => return refused_sign_in(record),
        // Whoever may not stay logged in is logged out: that is what happened.
        Operation::SignOut if record.sign_in.is_some() => return signed(record, verb(record)),
        Operation::SignOut => return refused_sign_in(record),
        Operation::Entra => return format!("{} {}", verb(record), entra_words(record)),
        _ => {}
    }
    match (status, record.auth) {
        (401, Auth::Missing) => return "401 bearer token missing".to_owned(),
        (401, Auth::Wrong) => return format!("401 bearer token wrong{}", token(record)),
        (401, Auth::Expired) => return format!("401 bearer token expired{}", token(record)),
        (401, Auth::Replaced) => {
            return format!("401 bearer token replaced by a newer one{}", token(record));
        }
        (401, Auth::Ended) => return format!("401 bearer token ended by a reset{}", token(record)),
        (404, _) if record.operation == Operation::Get => {
            return format!("404 {}{}", object(record), in_brackets(record));
        }
        _ => {}
    }
    let reason = reason(record).map_or(String::new(), |it| format!(" {it}"));
    match record.operation {
        Operation::Admin => format!("ADMIN {status}{reason}"),
        Operation::Unknown => {
            format!("{status} {} {}", record.method, target::path(&record.target))
        }
        _ if record.subject.is_some() || names_an_object(record) => {
            format!("{} {} {status}{reason}", verb(record), object(record))
        }
        _ if reason.is_empty() => format!("{status} {}", verb(record)),
        _ => format!("{status}{reason}"),
    }
}

fn names_an_object(record: &Record) -> bool {
    target::kind_and_id(&record.target).is_some_and(|(_, id)| id.is_some())
}

/// The remark of the record (`by fault "flaky"`), else the code and detail of the error.
fn reason(record: &Record) -> Option<String> {
    if let Some(remark) = &record.remark {
        return Some(remark.clone());
    }
    let problem = record.problem.as_ref()?;
    match &problem.code {
        Some(code) => Some(format!("{code}: {}", problem.detail)),
        None => Some(problem.detail.clone()),
    }
}

/// The last four characters of the sent token, taken from the masked header.
fn token(record: &Record) -> String {
    let header = record.request.headers.iter().find(|(name, _)| name == "authorization");
    let shown = header.and_then(|(_, value)| value.rsplit_once('•')).map(|(_, end)| end);
    let shown = shown.filter(|end| !end.is_empty());
    shown.map_or(String::new(), |end| format!(" (…{end})"))
}

#[cfg(test)]
mod tests;

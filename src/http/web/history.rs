//! What happened, in the words of the journal, with the numbers of the exchanges.

use std::{collections::BTreeMap, sync::Arc};

use maud::{Markup, html};

use super::{exchange_link::exchange, request::PageRequest, time};
use crate::{
    journal::{Exchange, Seq, history},
    tenant::{PastTurn, SignInHistory, TurnCause},
};

/// How many exchanges are looked at in one go for the last one that changed something.
const LOOKED_AT: Seq = 500;

/// How many lines a history has.
const LINES: usize = 20;

/// Something that happened to a user or a group.
#[derive(Default)]
struct HistoryEntry {
    /// The exchange that did it; `None` if the journal has none.
    exchange: Option<Arc<Exchange>>,
    /// What it did to the sign-ins of the user.
    turns: Vec<String>,
}

/// The last exchange that changed a resource of this type, in one line.
pub(in crate::http::web) fn last_of(page: &PageRequest, kind: &str) -> Markup {
    let is_it = |it: &Exchange| it.effects.iter().any(|effect| effect.subject.kind == kind);
    html! { p.said #last data-live { (last(page, is_it)) } }
}

/// The last exchange that is meant, in one line.
pub(in crate::http::web) fn last(
    page: &PageRequest,
    is_meant: impl Fn(&Exchange) -> bool,
) -> Markup {
    html! {
        @if let Some(it) = latest_one(page, is_meant) { span { (line(&it)) } " " (number(page, &it)) }
    }
}

/// The last exchange that is meant. It is mostly among the latest, so not all are looked at at once.
fn latest_one(page: &PageRequest, is_meant: impl Fn(&Exchange) -> bool) -> Option<Arc<Exchange>> {
    let journal = page.tenant().journal();
    let held = journal.seqs();
    let mut end = held.end;
    while end > held.start {
        let start = held.start.max(end.saturating_sub(LOOKED_AT));
        let found = journal.pick(start..end).into_iter().rev().find(|it| is_meant(it));
        if found.is_some() {
            return found;
        }
        end = start;
    }
    None
}

/// What changed a user, and what became of the user's sign-ins.
pub(in crate::http::web) fn of_user(page: &PageRequest, id: &str) -> Markup {
    let sign_ins = page.tenant().sign_in_history(id);
    of_resource(page, id, Some(&sign_ins))
}

/// What changed a group.
pub(in crate::http::web) fn of_group(page: &PageRequest, id: &str) -> Markup {
    of_resource(page, id, None)
}

fn of_resource(page: &PageRequest, id: &str, sign_ins: Option<&SignInHistory>) -> Markup {
    let kept = page.tenant().journal().since(0, usize::MAX);
    let mut entries: BTreeMap<Seq, HistoryEntry> = BTreeMap::new();
    for (it, _) in history(&kept.items, id) {
        entries.entry(it.seq).or_default().exchange = Some(it.clone());
    }
    for turn in sign_ins.iter().flat_map(|it| &it.turns) {
        let (seq, exchange) = place(turn);
        let entry = entries.entry(seq).or_default();
        entry.exchange = entry.exchange.take().or(exchange);
        entry.turns.push(words(turn));
    }
    let missed = (kept.missed > 0).then(|| kept.items.first().map_or(kept.next, |it| it.seq - 1));
    let known_behind = missed.max(sign_ins.and_then(|it| it.known_behind));
    html! {
        p.say { (coverage(entries.len(), known_behind)) }
        ul.history {
            @for entry in entries.values().rev().take(LINES) { li { (shown(page, entry)) } }
        }
    }
}

/// Where a turn stands among the exchanges, and its own exchange. What is not in the journal stands last, as the
/// history does not know more of it.
fn place(turn: &PastTurn) -> (Seq, Option<Arc<Exchange>>) {
    match &turn.cause {
        TurnCause::Exchange(it) => (it.seq, Some(it.clone())),
        TurnCause::OtherState(seq) => (*seq, None),
        TurnCause::Unrecorded => (Seq::MAX, None),
    }
}

fn words(turn: &PastTurn) -> String {
    let what = format!("sign-in: {} → {}", turn.from, turn.to);
    match &turn.cause {
        TurnCause::Exchange(_) => what,
        cause => format!("{cause}, {what}"),
    }
}

/// What a history covers.
fn coverage(entries: usize, known_behind: Option<Seq>) -> String {
    let span = match known_behind {
        None => "since the tenant began or was reset last".to_owned(),
        Some(seq) => format!("since exchange {}; the journal has let go of those before", seq + 1),
    };
    match entries {
        0 => format!("Nothing has changed {span}."),
        entries if entries > LINES => format!("The latest {LINES} of {entries} changes {span}."),
        _ => format!("All changes {span}."),
    }
}

fn shown(page: &PageRequest, entry: &HistoryEntry) -> Markup {
    let turns = entry.turns.join(" · ");
    html! {
        span {
            @if let Some(it) = entry.exchange.as_deref() { (line(it)) @if !turns.is_empty() { " · " } }
            (turns)
        }
        @if let Some(it) = &entry.exchange { " " (number(page, it)) }
    }
}

/// The exchanges that are meant, newest first.
pub(in crate::http::web) fn latest(
    page: &PageRequest,
    is_meant: impl Fn(&Exchange) -> bool,
) -> impl Iterator<Item = Arc<Exchange>> {
    let mut all = page.tenant().journal().since(0, usize::MAX).items;
    all.retain(|it| is_meant(it));
    all.into_iter().rev()
}

/// When, from whom, what.
fn line(it: &Exchange) -> Markup {
    html! { (time::shown(it.at)) " " (it.from) " " (it.summary) }
}

/// The number of an exchange as a link to it.
pub(in crate::http::web) fn number(page: &PageRequest, it: &Exchange) -> Markup {
    exchange(page, it.seq)
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::coverage;

    #[rstest]
    #[case(0, None, "Nothing has changed since the tenant began or was reset last.")]
    #[case(3, None, "All changes since the tenant began or was reset last.")]
    #[case(21, None, "The latest 20 of 21 changes since the tenant began or was reset last.")]
    #[case(3, Some(40), "All changes since exchange 41; the journal has let go of those before.")]
    fn a_history_says_what_it_covers(
        #[case] entries: usize,
        #[case] known_behind: Option<u64>,
        #[case] expected: &str,
    ) {
        assert_eq!(coverage(entries, known_behind), expected);
    }
}

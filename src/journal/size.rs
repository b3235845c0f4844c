//! The memory size of an exchange.

use smol_str::SmolStr;

use super::{
    Exchange, ExchangeSubject, Message, NamedValue, SignInAttempt, SignInChange, SignInTurn,
    TurnedSignIns, ValueChange,
};

/// The approximate overhead of an allocation.
const BLOCK: usize = 16;
/// The longest text that a `SmolStr` stores inline.
const INLINE: usize = 23;

/// An estimate of the memory of an exchange in bytes, including everything that it owns.
///
/// It counts the reserved capacity, not the used part. A text that several exchanges share is counted in
/// each of them.
pub(super) fn memory(exchange: &Exchange) -> usize {
    let texts =
        [&exchange.from, &exchange.method, &exchange.target].map(smol).iter().sum::<usize>();
    let effects = list(&exchange.effects, |effect| {
        let versions = [&effect.version.0, &effect.version.1];
        let changes = list(&effect.changes, |it| smol(&it.path) + value_change(&it.value));
        let turned = effect.sign_in.as_ref();
        let turned =
            turned.map_or(0, |it| block(size_of::<SignInChange>()) + list(&it.others, turn));
        subject(&effect.subject)
            + turned
            + versions.iter().filter_map(|it| it.as_ref()).map(smol).sum::<usize>()
            + changes
    });
    let findings = list(&exchange.findings, |it| {
        block(it.at.capacity())
            + block(it.what.capacity())
            + smol(&it.quirk)
            + smol(&it.section)
            + smol(&it.sent_by)
    });
    let problem = exchange.problem.as_ref();
    let problem =
        problem.map_or(0, |it| it.code.as_ref().map_or(0, smol) + block(it.detail.capacity()));
    BLOCK
        + size_of::<Exchange>()
        + texts
        + message(&exchange.request)
        + message(&exchange.response)
        + exchange.subject.as_ref().map_or(0, subject)
        + effects
        + findings
        + problem
        + exchange.sign_in.as_deref().map_or(0, sign_in)
        + exchange.sign_ins.as_deref().map_or(0, turned)
        + option(exchange.remark.as_ref())
        + exchange.fault.as_ref().map_or(0, |it| smol(&it.rule) + block(it.action.capacity()))
        + block(exchange.summary.capacity())
}

fn message(message: &Message) -> usize {
    let headers = list(&message.headers, |(name, value)| smol(name) + block(value.capacity()));
    headers + block(message.body.capacity())
}

fn sign_in(it: &SignInAttempt) -> usize {
    block(size_of::<SignInAttempt>())
        + it.option.as_ref().map_or(0, smol)
        + option(it.reason.as_ref())
}

fn turned(it: &TurnedSignIns) -> usize {
    block(size_of::<TurnedSignIns>()) + list(&it.users, turn) + list(&it.others, |_| 0)
}

fn turn(turn: &SignInTurn) -> usize {
    subject(&turn.user)
}

fn subject(subject: &ExchangeSubject) -> usize {
    smol(&subject.kind)
        + smol(&subject.id)
        + smol(&subject.name)
        + subject.user_name.as_ref().map_or(0, smol)
}

fn value_change(change: &ValueChange) -> usize {
    let elements = |of: &Vec<NamedValue>| list(of, |it| smol(&it.value) + smol(&it.name));
    match change {
        ValueChange::Single { before, after } => option(before.as_ref()) + option(after.as_ref()),
        ValueChange::Multiple { added, removed, .. } => elements(added) + elements(removed),
    }
}

fn list<T>(items: &Vec<T>, owned: impl Fn(&T) -> usize) -> usize {
    block(items.capacity() * size_of::<T>()) + items.iter().map(owned).sum::<usize>()
}

fn option(text: Option<&String>) -> usize {
    text.map_or(0, |it| block(it.capacity()))
}

fn smol(text: &SmolStr) -> usize {
    if text.len() <= INLINE { 0 } else { block(text.len() + 2 * size_of::<usize>()) }
}

fn block(bytes: usize) -> usize {
    if bytes == 0 { 0 } else { bytes + BLOCK }
}

#[cfg(test)]
mod tests {
    use super::super::Operation;
    use super::super::sample::{self, exchange, record, value};
    use super::*;

    #[test]
    fn every_text_and_list_counts() {
        let plain = memory(&exchange(record(Operation::Get, "/Users/4f2c")));
        let long = "x".repeat(1_000);
        let grown = |change: &dyn Fn(&mut Exchange)| {
            let mut exchange = exchange(record(Operation::Get, "/Users/4f2c"));
            change(&mut exchange);
            memory(&exchange) - plain
        };

        let mut grew = vec![
            grown(&|it| it.record.request.body += &long),
            grown(&|it| it.record.response.headers.push(("x".into(), long.clone()))),
            grown(&|it| it.record.target = long.clone().into()),
            grown(&|it| it.record.subject = Some(sample::subject("User", &long, "1"))),
            grown(&|it| it.record.remark = Some(long.clone())),
            grown(&|it| it.summary += &long),
        ];
        for changes in [vec![value("title", None, Some(&long))], vec![value(&long, None, None)]] {
            let subject = sample::subject("User", "Anna", "1");
            grew.push(grown(&move |it| {
                let kind = super::super::EffectKind::Changed;
                let written =
                    sample::write(Operation::Modify, subject.clone(), kind, changes.clone());
                it.record.effects.clone_from(&written.effects);
            }));
        }

        assert!(grew.iter().all(|bytes| (900..2_000).contains(bytes)), "{grew:?}");
    }

    #[test]
    fn an_exchange_with_nothing_in_it_stays_small() {
        assert!(size_of::<Exchange>() <= 640, "{}", size_of::<Exchange>());
    }
}

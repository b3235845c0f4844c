//! The history of one object in the journal, and which exchange last set each attribute.

use std::{collections::BTreeMap, sync::Arc};

use jiff::Timestamp;
use serde::Serialize;
use smol_str::SmolStr;

use super::{Effect, EffectKind, Exchange, Seq, ValueChange};

/// Which exchange last set an attribute.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Blame {
    /// The attribute's path, as in [`AttributeChange`](super::AttributeChange).
    pub path: SmolStr,
    /// The exchange.
    pub seq: Seq,
    /// The time of the exchange.
    pub at: Timestamp,
    /// Who sent it.
    pub from: SmolStr,
    /// The summary of the exchange.
    pub summary: String,
    /// The value before and after.
    #[serde(flatten)]
    pub value: ValueChange,
}

/// The exchanges that changed an object, oldest first, each with its effect on the object.
pub fn history<'a>(
    exchanges: &'a [Arc<Exchange>],
    id: &'a str,
) -> impl Iterator<Item = (&'a Arc<Exchange>, &'a Effect)> {
    let is_it =
        move |effect: &&Effect| effect.subject.id == id && effect.kind != EffectKind::Unchanged;
    exchanges
        .iter()
        .flat_map(move |it| it.effects.iter().filter(is_it).map(move |effect| (it, effect)))
}

/// For each attribute of an object, the last of these exchanges that changed it, ordered by path.
/// Attributes that none of them changed are not included.
pub fn blame(exchanges: &[Arc<Exchange>], id: &str) -> Vec<Blame> {
    let mut latest = BTreeMap::new();
    for (exchange, effect) in history(exchanges, id) {
        // An object that was created again with the same id has a new history.
        if effect.kind == EffectKind::Created {
            latest.clear();
        }
        for change in &effect.changes {
            let blame = Blame {
                path: change.path.clone(),
                seq: exchange.seq,
                at: exchange.at,
                from: exchange.from.clone(),
                summary: exchange.summary.clone(),
                value: change.value.clone(),
            };
            latest.insert(change.path.clone(), blame);
        }
    }
    latest.into_values().collect()
}

#[cfg(test)]
mod tests {
    use super::super::{Journal, Limits, Operation, sample};
    use super::*;

    fn journal(kinds: &[(EffectKind, &str)]) -> Vec<Arc<Exchange>> {
        let journal = Journal::new(Limits::default());
        for (kind, title) in kinds {
            let mut record = sample::record(Operation::Modify, "/Users/4f2c");
            record.effects = vec![Effect {
                subject: sample::subject("User", "Anna", "4f2c"),
                kind: *kind,
                version: (None, None),
                changes: vec![sample::value("title", None, Some(title))],
                sign_in: None,
            }];
            journal.record(record);
        }
        journal.since(0, usize::MAX).items
    }

    #[test]
    fn blame_names_the_latest_exchange_of_each_attribute() {
        let seen = journal(&[(EffectKind::Created, "Clerk"), (EffectKind::Changed, "Head")]);

        let blame = blame(&seen, "4f2c");

        assert_eq!(blame.iter().map(|it| (&*it.path, it.seq)).collect::<Vec<_>>(), [("title", 2)]);
        assert_eq!(history(&seen, "4f2c").count(), 2);
        assert_eq!(history(&seen, "other").count(), 0);
    }

    #[test]
    fn an_object_made_again_has_forgotten_its_former_life() {
        let seen = journal(&[(EffectKind::Changed, "Head"), (EffectKind::Created, "Clerk")]);

        assert_eq!(blame(&seen, "4f2c")[0].seq, 2);
    }
}

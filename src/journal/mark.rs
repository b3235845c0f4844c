//! One character for the outcome of an exchange.

use super::{Effect, EffectKind, Exchange, ExchangeSubject, Operation};

/// The outcome of an exchange; shown before its summary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mark {
    /// `+`: something was created.
    Created,
    /// `~`: something was changed.
    Changed,
    /// `=`: a write was accepted and changed nothing.
    Unchanged,
    /// `-`: something was deleted.
    Deleted,
    /// A blank: the request did not ask for a change.
    Read,
    /// `!`: refused, status 4xx.
    Refused,
    /// `✗`: failed, status 5xx, or no answer at all.
    Failed,
}

impl Mark {
    /// The character.
    pub fn glyph(self) -> char {
        match self {
            Self::Failed => '✗',
            _ => self.ascii(),
        }
    }

    /// The character for terminals and logs that support only ASCII.
    pub fn ascii(self) -> char {
        match self {
            Self::Created => '+',
            Self::Changed => '~',
            Self::Unchanged => '=',
            Self::Deleted => '-',
            Self::Read => ' ',
            Self::Refused => '!',
            Self::Failed => 'x',
        }
    }
}

impl Exchange {
    /// Its outcome: by the status, then by the effect on its subject, then by the first effect.
    pub fn mark(&self) -> Mark {
        match self.status {
            0 | 500.. => return Mark::Failed,
            400.. => return Mark::Refused,
            _ => {}
        }
        let Some(effect) = main_effect(self.subject.as_ref(), &self.effects) else {
            return match self.operation {
                Operation::Replace | Operation::Modify => Mark::Unchanged,
                _ => Mark::Read,
            };
        };
        match effect.kind {
            EffectKind::Created => Mark::Created,
            EffectKind::Changed => Mark::Changed,
            EffectKind::Unchanged => Mark::Unchanged,
            EffectKind::Deleted => Mark::Deleted,
        }
    }
}

/// The effect that represents an exchange: the one on its subject, else the first. Names are not compared,
/// because the effect may be a new name.
pub(super) fn main_effect<'a>(
    subject: Option<&ExchangeSubject>,
    effects: &'a [Effect],
) -> Option<&'a Effect> {
    let is_subject = |it: &&Effect| {
        subject.is_some_and(|of| (&of.kind, &of.id) == (&it.subject.kind, &it.subject.id))
    };
    effects.iter().find(is_subject).or_else(|| effects.first())
}

#[cfg(test)]
mod tests {
    use super::super::sample;
    use super::*;

    #[test]
    fn every_ending_has_its_own_mark() {
        let marks = sample::all().iter().map(|it| it.mark().glyph()).collect::<String>();

        assert_eq!(marks, sample::MARKS);
    }

    #[test]
    fn an_exchange_is_told_by_what_happened_to_its_subject() {
        let anna = sample::subject("User", "Anna", "4f2c");
        let group = sample::subject("Group", "Finance", "8991");
        let left = Effect { subject: group, ..effect_on(anna.clone(), EffectKind::Changed) };
        let renamed = sample::subject("User", "Anna Larsson", "4f2c");
        let deleted = effect_on(renamed, EffectKind::Deleted);

        let main = [left.clone(), deleted.clone()];
        assert_eq!(main_effect(Some(&anna), &main), Some(&deleted));
        assert_eq!(main_effect(None, &main), Some(&left));
        assert_eq!(main_effect(Some(&anna), &[]), None);
    }

    fn effect_on(subject: ExchangeSubject, kind: EffectKind) -> Effect {
        Effect { subject, kind, version: (None, None), changes: vec![], sign_in: None }
    }
}

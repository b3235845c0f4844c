//! One character that says how an exchange ended.

use super::{Effect, EffectKind, Exchange, ExchangeSubject, Operation};

/// How an exchange ended, at one glance; shown in front of its summary.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Mark {
    /// `+`: something was made.
    Created,
    /// `~`: something differs from before.
    Changed,
    /// `=`: a write was accepted and changed nothing.
    Unchanged,
    /// `-`: something is gone.
    Deleted,
    /// A blank: nothing was to be changed.
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

    /// The character for a terminal or log that knows no other than ASCII ones.
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
    /// How it ended: by its status, then by what it did to its subject, then by what it did at all.
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

/// The effect that an exchange is told by: the one on its subject, else the first. Names are not
/// compared, since the effect may be a new name.
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
        Effect { subject, kind, version: (None, None), changes: vec![] }
    }
}

//! One character that says how an exchange ended.

use super::{EffectKind, Exchange, Operation};

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
    /// `✗`: failed, status 5xx.
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
            500.. => return Mark::Failed,
            400.. => return Mark::Refused,
            _ => {}
        }
        let of_subject = self.effects.iter().find(|it| Some(&it.subject) == self.subject.as_ref());
        let Some(effect) = of_subject.or_else(|| self.effects.first()) else {
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

#[cfg(test)]
mod tests {
    use super::super::sample;

    #[test]
    fn every_ending_has_its_own_mark() {
        let marks = sample::all().iter().map(|it| it.mark().glyph()).collect::<String>();

        assert_eq!(marks, sample::MARKS);
    }
}

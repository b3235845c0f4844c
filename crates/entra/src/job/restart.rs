//! Restarting a job (Graph's `synchronizationJobRestartCriteria`).

use super::Job;

/// What a restart forgets (Graph's `resetScope`). `Restart::default()` is the portal's "Restart
/// provisioning": escrows, quarantine and watermark.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[expect(clippy::struct_excessive_bools, reason = "Graph's scopes are flags that are combined")]
pub struct Restart {
    /// `ConnectorDataStore`: the links to the target's objects, so that all are matched anew.
    pub connector_data_store: bool,
    /// `Escrows`: failed operations.
    pub escrows: bool,
    /// `Watermark`: an initial cycle follows.
    pub watermark: bool,
    /// `QuarantineState`: the job is out of quarantine, and is switched on.
    pub quarantine_state: bool,
    /// `ForceDeletes`: "Allow deletes"; the next cycle deletes whatever the threshold says.
    pub force_deletes: bool,
}

impl Default for Restart {
    fn default() -> Self {
        let nothing = Self::NOTHING;
        Self { escrows: true, watermark: true, quarantine_state: true, ..nothing }
    }
}

impl Restart {
    /// `None`: a job that paused goes on.
    pub const NOTHING: Self = Self {
        connector_data_store: false,
        escrows: false,
        watermark: false,
        quarantine_state: false,
        force_deletes: false,
    };

    /// `Full`: everything but the logs; deletions are not forced.
    pub const FULL: Self = Self {
        connector_data_store: true,
        escrows: true,
        watermark: true,
        quarantine_state: true,
        force_deletes: false,
    };

    /// Reads Graph's list: `Full`, `Escrows,Watermark`, `ForceDeletes`.
    ///
    /// # Errors
    ///
    /// If a word is none of Graph's.
    pub fn parse(text: &str) -> Result<Self, String> {
        let words = [
            "None",
            "Full",
            "ConnectorDataStore",
            "Escrows",
            "Watermark",
            "QuarantineState",
            "ForceDeletes",
        ];
        let mut all = Self::NOTHING;
        for word in text.split(',').map(str::trim).filter(|it| !it.is_empty()) {
            match words.iter().position(|it| it.eq_ignore_ascii_case(word)) {
                Some(0) => {}
                Some(1) => all = Self { force_deletes: all.force_deletes, ..Self::FULL },
                Some(2) => all.connector_data_store = true,
                Some(3) => all.escrows = true,
                Some(4) => all.watermark = true,
                Some(5) => all.quarantine_state = true,
                Some(_) => all.force_deletes = true,
                None => {
                    let known = words.join(", ");
                    return Err(format!("`{word}` is no scope of a restart; it knows {known}"));
                }
            }
        }
        Ok(all)
    }
}

impl Job {
    /// Restarts the job. Without links, what is in the target is found by its matching attributes.
    pub fn restart(&mut self, scope: Restart) {
        let state = &mut self.state;
        if scope.connector_data_store {
            state.unlink_all();
        }
        if scope.escrows {
            state.escrows.clear();
        }
        if scope.watermark {
            state.watermark = None;
        }
        // "Allow deletes" ends the quarantine that waits for it.
        if scope.quarantine_state || scope.force_deletes {
            state.quarantine = None;
            state.disabled = None;
        }
        state.allow_deletes |= scope.force_deletes;
    }
}

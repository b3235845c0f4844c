//! Restarting a job.

use super::Job;
use crate::service::Restart;

impl Job {
    /// Restarts the job. Without links, objects of the target are found by their matching
    /// attributes.
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

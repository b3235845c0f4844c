//! Replays what clients send against a tenant that tolerates nothing: every deviation is refused,
//! and the refusal says what to send instead.

use std::path::Path;

use mediusflow_mock::scim::{Dialect, Profile, Quirk};

use crate::support::recording::{Recording, Step};
use crate::support::replay::Stage;

for_each_recording!(a_strict_tenant_says_what_to_send_instead, replay_strictly);

fn replay_strictly(file: &Path) {
    let recording = Recording::read(file);
    let profile = if recording.profile == "rfc" { Profile::Rfc } else { Profile::Mediusflow };
    let dialect = Dialect::of(profile).strict();
    let mut stage = Stage::with(profile, dialect, recording.schemas.as_ref());
    stage.prepare_all(&recording.given).unwrap();

    for step in &recording.steps {
        // A step may need the answer of one that was refused; without it, it cannot be sent.
        let Ok(answer) = stage.send(&step.request) else { continue };
        if let (Some(name), Some(resource)) = (&step.name, answer.json()) {
            stage.keep(name, resource);
        }
        if step.findings.is_empty() {
            continue;
        }
        let detail = answer.json().map(|it| it["detail"].to_string()).unwrap_or_default();
        let place = format!("{}\n{}: {detail}", file.display(), answer.status);
        assert!((400..500).contains(&answer.status), "{place}");
        assert!(says_what_to_send(step, &detail), "{place}");
    }
}

/// Whether a refusal names the way out of one of the step's deviations: it stops at the first.
fn says_what_to_send(step: &Step, detail: &str) -> bool {
    let quirks = Quirk::ALL.iter().filter(|it| step.findings.contains(it.name()));
    let mut ways = quirks.map(|it| format!("{} ({})", it.instead(), it.section()));
    // These two name the very attribute that was meant.
    let guesses = ["nameDisplayName", "unqualifiedExtensionAttribute"];
    let is_guess = guesses.iter().any(|it| step.findings.contains(*it));
    ways.any(|way| detail.contains(&way)) || (is_guess && detail.contains("did you mean"))
}

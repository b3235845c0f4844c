//! Replays what clients send (`fixtures/entra/`, `fixtures/okta/`, …) and what the RFCs ask
//! (`fixtures/rfc/`): each file is one test of its own name, against a server of its own.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use mediusflow_mock::scim::Quirk;

use crate::support::recording::Recording;
use crate::support::replay::replay;

for_each_recording!(a_client_gets_the_recorded_answers, replay);

/// The folders of recordings: of clients, and of what the RFC lets them do.
const CLIENTS: [&str; 10] = [
    "fixtures/authentik",
    "fixtures/entra",
    "fixtures/google",
    "fixtures/handwritten",
    "fixtures/jumpcloud",
    "fixtures/okta",
    "fixtures/onelogin",
    "fixtures/oxide",
    "fixtures/rfc",
    "fixtures/scim2-client",
];

#[test]
fn every_quirk_is_proved_by_a_recording() {
    let proved: BTreeSet<String> = CLIENTS
        .into_iter()
        .flat_map(recordings)
        .flat_map(|(_, recording)| recording.steps)
        .flat_map(|step| step.findings)
        .collect();

    assert_eq!(proved, Quirk::ALL.iter().map(|it| it.name().to_owned()).collect());
}

#[test]
fn the_table_of_quirks_in_the_readme_is_that_of_the_server() {
    let readme = Path::new(env!("CARGO_MANIFEST_DIR")).join("fixtures/README.md");
    let readme = std::fs::read_to_string(readme).expect("the fixtures have a README");
    let rows: Vec<&str> = readme.lines().collect();

    for quirk in Quirk::ALL {
        let begin = format!("| `{}` |", quirk.name());
        let row = rows.iter().find(|it| it.starts_with(&begin)).copied().unwrap_or_default();
        let facts = format!("| {} | `{}` |", quirk.section(), quirk.form());
        assert!(row.contains(&facts), "the row of `{}` must hold: {facts}", quirk.name());
    }
}

#[test]
fn a_recording_named_after_a_dialect_is_of_that_dialect() {
    for (file, recording) in recordings("fixtures/entra") {
        let stem = file.file_stem().unwrap_or_default().to_string_lossy();
        for dialect in ["default", "aadOptscim062020"] {
            if stem.ends_with(&format!(".{dialect}")) {
                assert_eq!(recording.dialect.as_deref(), Some(dialect), "{}", file.display());
            }
        }
    }
}

fn recordings(folder: &str) -> Vec<(PathBuf, Recording)> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join(folder);
    let files = std::fs::read_dir(&folder)
        .unwrap_or_else(|error| panic!("{} cannot be read: {error}", folder.display()));
    files
        .map(|entry| entry.expect("a folder that opened can be read").path())
        .filter(|file| file.extension().is_some_and(|extension| extension == "json"))
        .map(|file| (file.clone(), Recording::read(&file)))
        .collect()
}

//! Sends what clients send with a part that is refused: all the deviations of the other parts are found.

use std::path::Path;

use serde_json::{Value, json};

use crate::support::recording::{Recording, Request, Step};
use crate::support::replay::Stage;

for_each_recording!(a_refused_part_hides_no_finding, hides_none);

fn hides_none(file: &Path) {
    let recording = Recording::read(file);
    let mut stage = Stage::new(&recording.profile, recording.schemas.as_ref());
    stage.prepare_all(&recording.given).unwrap();

    for step in &recording.steps {
        if let Some(request) = with_nonsense(step) {
            let answer = stage.send(&request).unwrap();
            let found = stage.noted().unwrap().findings;
            let place = format!("{}\n{}: {}", file.display(), answer.status, answer.text);
            let is_refused = answer.status >= 400 || answer.text.contains("\"status\":\"400\"");
            assert!(is_refused, "{place}");
            assert_eq!(found, step.findings, "{place}");
        }
        let answer = stage.send(&step.request).unwrap();
        if let (Some(name), Some(resource)) = (&step.name, answer.json()) {
            stage.keep(name, resource);
        }
    }
}

/// The request of a step that deviates, with an attribute that no schema knows in front.
fn with_nonsense(step: &Step) -> Option<Request> {
    let request = &step.request;
    if step.findings.is_empty() || request.path.contains(".search") {
        return None;
    }
    let mut body = request.body.clone()?;
    if request.path == "/Bulk" {
        let operations = body["Operations"].as_array_mut()?;
        operations.iter_mut().filter_map(|it| it.get_mut("data")).for_each(add_nonsense);
    } else {
        add_nonsense(&mut body);
    }
    // A DELETE of a Bulk has no data.
    (request.body.as_ref() != Some(&body)).then(|| Request { body: Some(body), ..request.clone() })
}

fn add_nonsense(body: &mut Value) {
    let Some(members) = body.as_object_mut() else { return };
    let operations = members.iter_mut().find(|(key, _)| key.eq_ignore_ascii_case("Operations"));
    if let Some((_, Value::Array(operations))) = operations {
        operations.insert(0, json!({"op": "replace", "path": "nonsense", "value": 1}));
    } else {
        members.insert("aNonsense".into(), json!(1));
    }
}

//! `entra directory generate`: whose configurations its people match; and how a cycle of it shows.
#![expect(clippy::unwrap_used, reason = "a test may panic")]

use std::fs;

use serde_json::{Value as Json, json};

use super::desk::{Desk, at};
use crate::running::text;

/// The lines that a command prints.
fn lines(printed: &[u8]) -> Vec<Json> {
    text(printed).lines().map(|it| serde_json::from_str(it).unwrap()).collect()
}

/// `extensionAttribute1` of all people in the directory.
fn filters(desk: &Desk) -> Vec<String> {
    let all = desk.done(&["directory", "show"]);
    let people = all.iter().filter(|it| it["userPrincipalName"].is_string());
    people.map(|it| it["extensionAttribute1"].as_str().unwrap_or_default().to_owned()).collect()
}

#[test]
fn the_people_have_the_filters_of_the_tenants_configurations_but_one() {
    let desk = Desk::new("entra-generated");

    let made = desk.done(&["directory", "generate", "--users", "57"]);

    assert_eq!(made[0]["configurationFilters"], json!(["NO-AP", "SE-AP"]));
    let filters = filters(&desk);
    let other: Vec<&str> =
        filters.iter().map(String::as_str).filter(|it| !["NO-AP", "SE-AP"].contains(it)).collect();
    assert_eq!((filters.len(), other), (57, vec!["IT-OPS"]));
    desk.done(&["directory", "generate", "--users", "57"]);
    assert_eq!(self::filters(&desk), filters);
}

#[test]
fn configurations_of_a_target_that_does_not_list_them_are_unknown() {
    let desk = Desk::new("entra-generated-unknown");
    let foreign = desk.url.replace("/scim/v2", "/scim");
    let nowhere = "http://127.0.0.1:1/NordlysQA/scim/v2";
    let unknown = desk.url.replace("NordlysQA", "NobodyQA");

    for url in [foreign.as_str(), nowhere, &unknown] {
        let run = at(&desk.folder, url, "k", &["directory", "generate"]);
        assert_eq!(run.status.code(), Some(0), "{url}: {}", text(&run.stderr));
        let made = lines(&run.stdout).remove(0);
        assert_eq!(made["configurationFilters"], Json::Null, "{made}");
        assert!(made["unknownBecause"].as_str().unwrap().contains(url), "{made}");
    }
    let mut command = crate::running::program(&["entra", "directory", "generate"]);
    let state = desk.folder.join("other.json");
    let run = command.arg("--state").arg(&state).current_dir(&desk.folder).output().unwrap();
    assert_eq!(lines(&run.stdout)[0]["unknownBecause"], "no Tenant URL is given");
}

#[test]
fn each_percent_of_a_cycle_is_a_line_and_the_first_is_its_begin() {
    let desk = Desk::with_company("entra-generated-progress");

    let all = desk.done(&["cycle"]);

    let told: Vec<&Json> = all.iter().filter(|it| it["event"] == "progress").collect();
    assert_eq!((&told[0]["percent"], &told[0]["steps"]), (&json!(0), &Json::Null));
    let steps = told.last().unwrap()["steps"].as_u64().unwrap();
    let done: Vec<u64> = told.iter().filter_map(|it| it["done"].as_u64()).skip(1).collect();
    assert_eq!(done, (1..=steps).collect::<Vec<_>>());
    assert!(fs::metadata(desk.folder.join("entra-state.json")).is_ok());
}

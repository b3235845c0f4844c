//! The calls that `docs/` tells of: the document knows each, and what they ask for is taken.

use std::fs;

use serde_json::Value;

use crate::{Visitor, filled, support};

const METHODS: [&str; 5] = ["GET", "POST", "PUT", "PATCH", "DELETE"];

/// A call as a page has it.
struct Told {
    line: String,
    method: String,
    /// Below the address that stands at the head of its table.
    path: String,
    query: String,
}

#[test]
fn every_call_of_the_pages_is_known_with_its_parameters() {
    let visitor = Visitor::to(support::small().start().unwrap());
    let mut asked = 0;

    for told in ["control-api", "faults"].map(page).into_iter().flat_map(|it| calls(&it)) {
        let Told { line, method, path, query } = told;
        let operation = operation(&visitor.document, &method, &path);
        let (pattern, operation) =
            operation.unwrap_or_else(|| panic!("{line}: {method} {path} is not in the document"));
        let parameters = operation["parameters"].as_array().unwrap();
        for (name, _) in query.split('&').filter_map(|it| it.split_once('=')) {
            let is_told = parameters.iter().any(|it| it["in"] == "query" && it["name"] == name);
            assert!(is_told, "{line}: {method} {path} has no parameter {name}");
        }
        // A stream of events does not end.
        if method == "GET" && !query.is_empty() && !path.ends_with("/events") {
            let query = query.replace("timeout=5s", "timeout=1ms");
            let target = filled(pattern, &visitor.tenant, &["1"; 3]);
            let answer = visitor.send("GET", &format!("{target}?{query}"), operation, &Value::Null);
            assert_ne!(answer.status, 400, "{line}: {}", answer.text);
            asked += 1;
        }
    }

    assert!(asked > 5, "only {asked} calls with parameters were made");
}

fn page(name: &str) -> String {
    let path = format!("{}/docs/{name}.md", env!("CARGO_MANIFEST_DIR"));
    fs::read_to_string(path).unwrap()
}

/// The calls in the first cells of a page's tables.
fn calls(page: &str) -> Vec<Told> {
    let mut base = "/_mock/v1/tenants/{tenant}".to_owned();
    let mut calls = Vec::new();
    for line in page.lines().filter(|it| it.starts_with("| ")) {
        let cell = line.split(" | ").next().unwrap();
        let spans: Vec<&str> = cell.split('`').skip(1).step_by(2).collect();
        if let (true, Some(at)) = (cell.starts_with("| call"), spans.first()) {
            at.trim_end_matches('/').clone_into(&mut base);
            continue;
        }
        // A method by itself stands for the address of the next one.
        let mut address = "";
        for span in spans.iter().rev() {
            let (method, rest) = span.split_once(' ').unwrap_or((span, address));
            if !METHODS.contains(&method) {
                continue;
            }
            address = rest;
            let (path, query) = rest.split_once('?').unwrap_or((rest, ""));
            calls.push(Told {
                line: line.to_owned(),
                method: method.to_owned(),
                path: format!("{base}/{}", path.trim_start_matches('/'))
                    .trim_end_matches('/')
                    .to_owned(),
                query: query.to_owned(),
            });
        }
    }
    calls
}

/// An operation and the path under which the document has it; names in braces may differ.
fn operation<'a>(document: &'a Value, method: &str, path: &str) -> Option<(&'a str, &'a Value)> {
    let is_hole = |it: &str| it.starts_with('{');
    let is_same = |one: &str, other: &str| one == other || is_hole(one) && is_hole(other);
    let paths = document["paths"].as_object().unwrap();
    let (pattern, operations) = paths.iter().find(|(pattern, _)| {
        let pattern = pattern.trim_end_matches('/');
        pattern.split('/').count() == path.split('/').count()
            && pattern.split('/').zip(path.split('/')).all(|(one, other)| is_same(one, other))
    })?;
    Some((pattern, operations.get(method.to_lowercase())?))
}

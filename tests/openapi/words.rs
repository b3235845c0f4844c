//! What a wrong value is answered: in words that need no Rust.

use serde_json::{Value, json};

use crate::{Visitor, filled, first_content, is_of_web, support};

/// What serde calls things in Rust.
const RUST: [&str; 12] = [
    "struct", "enum", "tuple", "variant", "newtype", "Option", "borrowed", "u64", "u32", "usize",
    "i64", "f64",
];

#[test]
fn a_wrong_value_is_refused_without_the_names_of_types() {
    let visitor = Visitor::to(support::small().start().unwrap());
    let wrong = [json!(-7.5), json!("?"), json!([[]]), json!({"?": 1}), json!(true), json!([{}])];
    let mut refused = 0;
    for (path, methods) in visitor.document["paths"].as_object().unwrap() {
        for (method, operation) in methods.as_object().unwrap() {
            if is_of_web(operation) {
                continue; // its bodies are forms, whose values are texts
            }
            for name in members(&visitor.document, operation) {
                for value in &wrong {
                    let target = filled(path, &visitor.tenant, &["x"; 3]);
                    let body = json!({ (name.as_str()): value });
                    let answer = visitor.send(&method.to_uppercase(), &target, operation, &body);

                    let said = [answer.at("/detail"), answer.at("/hint"), answer.at("/field")];
                    let rust = RUST.iter().find(|it| said.iter().any(|said| named(said, it)));
                    assert_eq!(rust, None, "{method} {target} {body}: {}", answer.text);
                    refused += usize::from(answer.status == 400);
                }
            }
        }
    }
    assert!(refused > 200, "only {refused} were refused");
}

#[test]
fn a_wrong_parameter_is_named_without_the_names_of_types() {
    let visitor = Visitor::to(support::small().start().unwrap());
    let mut refused = 0;
    for (path, methods) in visitor.document["paths"].as_object().unwrap() {
        let Some(operation) = methods.get("get").filter(|_| path.starts_with("/_mock/")) else {
            continue;
        };
        let parameters: Vec<_> = operation["parameters"].as_array().unwrap().iter().collect();
        let names = parameters.iter().filter(|it| it["in"] == "query");
        let names: Vec<_> = names.map(|it| it["name"].as_str().unwrap()).collect();
        for (name, wrong) in
            names.iter().flat_map(|it| ["", "-1", "x%22", "1.5"].map(|of| (it, of)))
        {
            // No wait is to last.
            let waits = names.contains(&"timeout") && *name != "timeout";
            let target = filled(path, &visitor.tenant, &["1"; 3]);
            let query = format!("{name}={wrong}{}", if waits { "&timeout=1ms" } else { "" });
            if path.ends_with("/events") {
                continue; // it does not end
            }
            let answer = visitor.send("GET", &format!("{target}?{query}"), operation, &Value::Null);

            if answer.at("/code") == "invalid-query" {
                let rust = RUST.iter().find(|it| named(answer.at("/detail"), it));
                assert_eq!(rust, None, "{target}?{query}: {}", answer.text);
                assert_eq!(answer.at("/field"), *name, "{target}?{query}: {}", answer.text);
                refused += 1;
            }
        }
    }
    assert!(refused > 20, "only {refused} were refused");
}

/// Whether a word stands in a text by itself.
fn named(text: &str, word: &str) -> bool {
    text.split(|it: char| !it.is_alphanumeric()).any(|it| it == word)
}

/// The members that the document tells of an operation's body.
fn members(document: &Value, operation: &Value) -> Vec<String> {
    let Some((_, schema)) = first_content(&operation["requestBody"]) else { return Vec::new() };
    let reference = schema["$ref"].as_str().and_then(|it| it.strip_prefix('#'));
    let schema = reference.and_then(|it| document.pointer(it)).unwrap_or(schema);
    let named = schema["properties"].as_object().into_iter().flatten();
    named.map(|(name, _)| name.clone()).collect()
}

//! Whether an answer holds what a recording expects of it, and where it does not.

use serde_json::Value;

/// Stands for anything; around a text: for anything before or after; last in a list: for further
/// elements.
const ANYTHING: &str = "...";

/// Where `actual` does not hold what `expected` says, one line each; empty if it does.
///
/// An object may hold more than is expected. A list holds the expected elements and no others, in
/// any order.
pub(crate) fn differences(expected: &Value, actual: &Value) -> Vec<String> {
    let mut found = Vec::new();
    compare(expected, actual, "", &mut found);
    found
}

/// The places in `actual` that should be empty and are not, and those that hold `null`.
pub(crate) fn unwanted(absent: &[String], actual: &Value) -> Vec<String> {
    let mut found: Vec<String> = absent
        .iter()
        .filter_map(|pointer| Some((pointer, actual.pointer(pointer)?)))
        .map(|(pointer, value)| format!("{pointer}: nothing should be there, but {value} is"))
        .collect();
    nulls(actual, "", &mut found);
    found
}

fn compare(expected: &Value, actual: &Value, at: &str, found: &mut Vec<String>) {
    match (expected, actual) {
        (Value::Object(wanted), Value::Object(there)) => {
            for (name, wanted) in wanted {
                let at = format!("{at}/{name}");
                match there.get(name) {
                    Some(value) => compare(wanted, value, &at, found),
                    None => found.push(format!("{at}: {wanted} is expected, nothing is there")),
                }
            }
        }
        (Value::Array(wanted), Value::Array(there)) => compare_lists(wanted, there, at, found),
        (Value::String(wanted), there) if is_text(wanted, there) => {}
        (wanted, there) if wanted == there => {}
        (wanted, there) => found.push(format!("{at}: {wanted} is expected, {there} is there")),
    }
}

fn compare_lists(wanted: &[Value], there: &[Value], at: &str, found: &mut Vec<String>) {
    let (wanted, open) = match wanted.split_last() {
        Some((Value::String(last), others)) if last == ANYTHING => (others, true),
        _ => (wanted, false),
    };
    if wanted.len() > there.len() || (!open && wanted.len() < there.len()) {
        let least = if open { "at least " } else { "" };
        found.push(format!("{at}: {least}{} expected, {} there", wanted.len(), there.len()));
        return;
    }
    if assign(wanted, &there.iter().collect::<Vec<_>>()) {
        return;
    }
    let mut named = false;
    for (index, wanted) in wanted.iter().enumerate() {
        if !there.iter().any(|value| differences(wanted, value).is_empty()) {
            compare(wanted, &there[index], &format!("{at}/{index}"), found);
            named = true;
        }
    }
    if !named {
        found.push(format!("{at}: one element answers two expectations"));
    }
}

/// Whether each wanted element has one of its own among those that are there.
fn assign(wanted: &[Value], there: &[&Value]) -> bool {
    let Some((first, others)) = wanted.split_first() else { return true };
    there.iter().enumerate().any(|(index, value)| {
        differences(first, value).is_empty() && {
            let mut left = there.to_vec();
            left.remove(index);
            assign(others, &left)
        }
    })
}

fn is_text(wanted: &str, there: &Value) -> bool {
    if wanted == ANYTHING {
        return true;
    }
    let Some(there) = there.as_str() else { return false };
    match (wanted.strip_prefix(ANYTHING), wanted.strip_suffix(ANYTHING)) {
        (Some(_), Some(_)) => there.contains(wanted.trim_matches('.')),
        (Some(end), None) => there.ends_with(end),
        (None, Some(start)) => there.starts_with(start),
        (None, None) => there == wanted,
    }
}

fn nulls(value: &Value, at: &str, found: &mut Vec<String>) {
    match value {
        Value::Null => found.push(format!("{at}: null is never answered")),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                nulls(item, &format!("{at}/{index}"), found);
            }
        }
        Value::Object(members) => {
            for (name, member) in members {
                nulls(member, &format!("{at}/{name}"), found);
            }
        }
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    #[rstest]
    #[case::a_part_of_an_object(json!({ "a": 1 }), json!({ "a": 1, "b": 2 }))]
    #[case::a_list_in_another_order(json!([{ "v": 1 }, { "v": 2 }]), json!([{ "v": 2 }, { "v": 1, "t": 3 }]))]
    #[case::a_list_whose_first_choice_is_wrong(json!([{}, { "v": 1 }]), json!([{ "v": 1 }, { "v": 2 }]))]
    #[case::further_elements(json!(["a", "..."]), json!(["b", "a"]))]
    #[case::anything(json!({ "a": "..." }), json!({ "a": 7 }))]
    #[case::a_part_of_a_text(json!(["...b...", "a...", "...c"]), json!(["abc", "abc", "abc"]))]
    fn equal_values_match(#[case] expected: Value, #[case] actual: Value) {
        assert_eq!(differences(&expected, &actual), Vec::<String>::new());
    }

    #[rstest]
    #[case(json!({ "a": 1 }), json!({}), "/a: 1 is expected, nothing is there")]
    #[case(json!({ "a": false }), json!({ "a": "False" }), "/a: false is expected, \"False\" is there")]
    #[case(json!([1]), json!([1, 1]), ": 1 expected, 2 there")]
    #[case(json!([1, 2, "..."]), json!([1]), ": at least 2 expected, 1 there")]
    #[case(json!([{ "v": 1 }, { "v": 2 }]), json!([{ "v": 1 }, { "v": 3 }]), "/1/v: 2 is expected, 3 is there")]
    #[case(json!([{ "v": 1 }, {"v": 1}]), json!([{ "v": 1 }, { "v": 3 }]), ": one element answers two expectations")]
    #[case(json!("...b..."), json!("ac"), ": \"...b...\" is expected, \"ac\" is there")]
    fn a_difference_is_named_by_its_path(
        #[case] expected: Value,
        #[case] actual: Value,
        #[case] difference: &str,
    ) {
        assert_eq!(differences(&expected, &actual), [difference]);
    }

    #[test]
    fn unexpected_members_and_nulls_are_reported() {
        let answer = json!({ "urn:x:User": { "manager": null }, "emails": [{ "type": null }] });

        assert_eq!(
            unwanted(&["/urn:x:User/manager".into(), "/title".into()], &answer),
            [
                "/urn:x:User/manager: nothing should be there, but null is",
                "/emails/0/type: null is never answered",
                "/urn:x:User/manager: null is never answered",
            ]
        );
    }
}

//! Whether a value is what a schema says: as much of JSON Schema as the document uses.

use serde_json::Value;

/// Where and why a value does not fit a schema of the document; nothing if it fits.
pub(crate) fn misfit(document: &Value, schema: &Value, value: &Value) -> Option<String> {
    if let Some(reference) = schema["$ref"].as_str() {
        let target = document.pointer(reference.trim_start_matches('#')).unwrap();
        return misfit(document, target, value);
    }
    if let Some(choices) = schema["oneOf"].as_array() {
        let fitting = choices.iter().filter(|it| misfit(document, it, value).is_none()).count();
        return (fitting != 1).then(|| format!(": fits {fitting} of {} choices", choices.len()));
    }
    if let Some(choices) = schema["enum"].as_array().filter(|it| !it.contains(value)) {
        return Some(format!(": {value} is none of {choices:?}"));
    }
    if !types(schema).is_none_or(|types| types.iter().any(|it| is_of(value, it))) {
        return Some(format!(": {value} is no {}", schema["type"]));
    }
    if let Some(least) = schema["minimum"].as_f64().filter(|it| value.as_f64() < Some(*it)) {
        return Some(format!(": {value} is less than {least}"));
    }
    let items = value.as_array().into_iter().flatten();
    let in_items = items
        .enumerate()
        .find_map(|(at, it)| Some(format!("[{at}]{}", misfit(document, &schema["items"], it)?)));
    in_items.or_else(|| member_misfit(document, schema, value))
}

fn member_misfit(document: &Value, schema: &Value, value: &Value) -> Option<String> {
    let members = value.as_object()?;
    let required = schema["required"].as_array().into_iter().flatten();
    let mut missing = required.filter_map(Value::as_str).filter(|it| !members.contains_key(*it));
    if let Some(name) = missing.next() {
        return Some(format!(": {name} is missing"));
    }
    members.iter().find_map(|(name, it)| match schema["properties"].get(name) {
        Some(property) => Some(format!(".{name}{}", misfit(document, property, it)?)),
        None if schema["additionalProperties"] == false => Some(format!(".{name} is not told")),
        None => None,
    })
}

/// The types that a schema allows; nothing if it allows all.
fn types(schema: &Value) -> Option<Vec<&str>> {
    match &schema["type"] {
        Value::String(one) => Some(vec![one]),
        Value::Array(some) => Some(some.iter().filter_map(Value::as_str).collect()),
        _ => None,
    }
}

fn is_of(value: &Value, name: &str) -> bool {
    match name {
        "object" => value.is_object(),
        "array" => value.is_array(),
        "string" => value.is_string(),
        "boolean" => value.is_boolean(),
        "integer" => value.is_i64() || value.is_u64(),
        "number" => value.is_number(),
        "null" => value.is_null(),
        _ => panic!("{name} is no type of JSON Schema"),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::misfit;

    #[test]
    fn a_misfit_is_found_wherever_it_is() {
        let document = json!({"one": {"type": "integer", "minimum": 0}});
        let schema = json!({
            "type": "object",
            "required": ["all"],
            "properties": {"all": {"type": "array", "items": {"$ref": "#/one"}}},
            "additionalProperties": false,
        });

        let of = |value| misfit(&document, &schema, &value);

        assert_eq!(of(json!({"all": [1, 2]})), None);
        for wrong in [json!(1), json!({}), json!({"all": [1, "2"]}), json!({"all": [-1]})] {
            assert!(of(wrong.clone()).is_some(), "{wrong}");
        }
        assert!(of(json!({"all": [], "more": 1})).is_some());
    }
}

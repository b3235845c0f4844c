//! `{{adele.id}}`: what earlier answers held, written into later requests and expectations.

use std::collections::BTreeMap;

use serde_json::Value;

#[derive(Default)]
pub(crate) struct Variables(BTreeMap<String, Value>);

impl Variables {
    pub(crate) fn keep(&mut self, name: &str, value: Value) {
        self.0.insert(name.into(), value);
    }

    /// The text with every `{{name.member.member}}` replaced; in a list the member is a place,
    /// counted from 0.
    ///
    /// # Errors
    ///
    /// Says which name is not known.
    pub(crate) fn fill(&self, text: &str) -> Result<String, String> {
        let mut filled = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once("{{") {
            let (name, after) = after
                .split_once("}}")
                .ok_or_else(|| format!("`{text}` opens a name and does not close it"))?;
            filled.push_str(before);
            filled.push_str(self.look_up(name)?);
            rest = after;
        }
        Ok(filled + rest)
    }

    /// The value with every text in it filled, names of members included.
    ///
    /// # Errors
    ///
    /// Says which name is not known.
    pub(crate) fn fill_all(&self, value: &Value) -> Result<Value, String> {
        Ok(match value {
            Value::String(text) => Value::String(self.fill(text)?),
            Value::Array(items) => Value::Array(
                items.iter().map(|item| self.fill_all(item)).collect::<Result<_, _>>()?,
            ),
            Value::Object(members) => members
                .iter()
                .map(|(name, member)| Ok((self.fill(name)?, self.fill_all(member)?)))
                .collect::<Result<_, String>>()?,
            plain => plain.clone(),
        })
    }

    fn look_up(&self, name: &str) -> Result<&str, String> {
        let mut parts = name.split('.');
        let first = parts.next().unwrap_or_default();
        parts
            .try_fold(self.0.get(first), |value, part| {
                let place = || part.parse::<usize>().ok();
                let member = value?.get(part);
                Some(member.or_else(|| value?.get(place()?)))
            })
            .flatten()
            .and_then(Value::as_str)
            .ok_or_else(|| format!("nothing is known as {{{{{name}}}}}"))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    fn adele() -> Variables {
        let mut variables = Variables::default();
        variables.keep("adele", json!({ "id": "17", "meta": { "version": "W/\"1\"" } }));
        variables.keep("scim", json!("http://localhost/scim"));
        variables
    }

    #[test]
    fn variables_are_replaced_everywhere() {
        let body = json!({ "path": "members[value eq \"{{adele.id}}\"]", "value": [{ "$ref": "{{scim}}/Users/{{adele.id}}" }], "n": 1 });

        let filled = adele().fill_all(&body);

        assert_eq!(
            filled,
            Ok(
                json!({ "path": "members[value eq \"17\"]", "value": [{ "$ref": "http://localhost/scim/Users/17" }], "n": 1 })
            )
        );
    }

    #[test]
    fn an_unknown_variable_is_reported() {
        assert_eq!(
            adele().fill("/Users/{{alex.id}}"),
            Err("nothing is known as {{alex.id}}".into())
        );
        assert_eq!(
            adele().fill("{{adele.name}}"),
            Err("nothing is known as {{adele.name}}".into())
        );
        assert!(adele().fill("{{adele").is_err());
    }
}

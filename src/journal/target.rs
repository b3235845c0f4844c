//! Reads the path and query of a request in SCIM terms.

use std::borrow::Cow;

use super::{Operation, Record};

/// The target without its query.
pub(super) fn path(target: &str) -> &str {
    target.split_once('?').map_or(target, |(path, _)| path)
}

/// The part of the path after the base of the SCIM service, such as `Users/4f2c`.
pub(super) fn scim_path(target: &str) -> Option<&str> {
    path(target).split_once("/scim/v2").map(|(_, rest)| rest.trim_matches('/'))
}

/// The part of the path after the base of the admin console's API, such as `secret-key`.
pub(super) fn admin_path(target: &str) -> Option<&str> {
    path(target).split_once("/admin/v1/").map(|(_, rest)| rest.trim_matches('/'))
}

/// The kind of object in a SCIM path, in words, and the id after it: `("user", Some("4f2c"))` for
/// `/Users/4f2c`.
pub(super) fn kind_and_id(target: &str) -> Option<(String, Option<Cow<'_, str>>)> {
    Some((kind_word(kind(target)?), id(target).map(decoded)))
}

/// The resource type in a SCIM path: `User` for `/Users/4f2c`.
pub(super) fn kind(target: &str) -> Option<&str> {
    let endpoint = scim_path(target)?.split('/').next()?;
    let is_endpoint = !endpoint.is_empty() && !endpoint.starts_with('.');
    is_endpoint.then(|| endpoint.strip_suffix('s').unwrap_or(endpoint))
}

/// The id in a SCIM path, as it was sent.
pub(super) fn id(target: &str) -> Option<&str> {
    scim_path(target)?.split('/').nth(1).filter(|it| !it.is_empty() && !it.starts_with('.'))
}

/// The name of a resource type or admin object in words: `user`, `secret key`.
pub(super) fn kind_word(kind: &str) -> String {
    let mut word = String::with_capacity(kind.len() + 1);
    for c in kind.chars() {
        if c.is_uppercase() && !word.is_empty() {
            word.push(' ');
        }
        word.extend(c.to_lowercase());
    }
    word
}

/// The SCIM filter of a list or search: from the query, or from the body of a `POST /.search` (RFC 7644
/// §3.4.3).
pub(super) fn filter(record: &Record) -> Option<Cow<'_, str>> {
    query_value(&record.target, "filter").or_else(|| {
        let is_search = record.operation == Operation::Find && record.method == "POST";
        let body = is_search.then_some(&record.request.body)?;
        let body: serde_json::Value = serde_json::from_str(body).ok()?;
        Some(Cow::Owned(body.get("filter")?.as_str()?.to_owned()))
    })
}

/// The texts with which a SCIM filter compares, such as `anna` of `userName eq "anna"`.
pub(super) fn values(filter: &str) -> Vec<String> {
    let mut values = Vec::new();
    let mut rest = filter;
    while let Some(start) = rest.find('"') {
        let mut texts = serde_json::Deserializer::from_str(&rest[start..]).into_iter::<String>();
        let Some(Ok(text)) = texts.next() else { break };
        rest = &rest[start + texts.byte_offset()..];
        values.push(text);
    }
    values
}

/// The value of a filter with exactly one comparison, such as `anna` of `userName eq "anna"`.
pub(super) fn only_value(filter: &str) -> Option<String> {
    let (comparison, quoted) = filter.split_once('"')?;
    let is_one = comparison.split_whitespace().count() == 2 && !comparison.contains('(');
    let text = is_one.then(|| serde_json::from_str(&format!("\"{}", quoted.trim_end())).ok())?;
    text.filter(|text: &String| !text.is_empty())
}

fn query_value<'a>(target: &'a str, name: &str) -> Option<Cow<'a, str>> {
    let (_, query) = target.split_once('?')?;
    query.split('&').find_map(|pair| {
        let (key, value) = pair.split_once('=')?;
        key.eq_ignore_ascii_case(name).then(|| decoded(value))
    })
}

/// The text with `%41` and `+` decoded. Invalid encodings are unchanged.
pub(super) fn decoded(text: &str) -> Cow<'_, str> {
    if !text.contains(['%', '+']) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(crate::scim::decode(text))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("userName+eq+%22anna.larsson%40acme.se%22", "userName eq \"anna.larsson@acme.se\"")]
    #[case("Zo%C3%AB", "Zoë")]
    #[case("100%", "100%")]
    #[case("%zz%2", "%zz%2")]
    #[case("%+1", "% 1")]
    #[case("%ff", "\u{fffd}")]
    #[case("å%æ", "å%æ")]
    fn percent_encoding_is_undone_where_it_is_one(#[case] text: &str, #[case] plain: &str) {
        assert_eq!(decoded(text), plain);
    }

    #[rstest]
    #[case(r#"userName eq "anna""#, Some("anna"))]
    #[case(r#"userName eq "a\"b""#, Some("a\"b"))]
    #[case(r#"id eq "a" and manager eq "b""#, None)]
    #[case(r#"emails[type eq "work"]"#, None)]
    #[case("active eq true", None)]
    fn only_a_single_comparison_has_an_only_value(
        #[case] filter: &str,
        #[case] value: Option<&str>,
    ) {
        assert_eq!(only_value(filter).as_deref(), value);
    }

    #[rstest]
    #[case("/NordlysQA/scim/v2/Users/4f2c?attributes=id", Some(("user", Some("4f2c"))))]
    #[case("/NordlysQA/scim/v2/Groups", Some(("group", None)))]
    #[case("/NordlysQA/scim/v2/ParkingSpaces/.search", Some(("parking space", None)))]
    #[case("/NordlysQA/scim/v2/.search", None)]
    #[case("/NordlysQA/admin/v1/users", None)]
    fn a_path_names_kind_and_id(#[case] target: &str, #[case] named: Option<(&str, Option<&str>)>) {
        let found = kind_and_id(target);

        assert_eq!(found.as_ref().map(|(kind, id)| (kind.as_str(), id.as_deref())), named);
    }
}

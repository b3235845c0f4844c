//! The window of a configuration as a draft. It has a field for each text and each list of a
//! [`ConfigurationDraft`], under the name that the call has for it.

use serde_json::{Map, Value as Json, json};

use super::super::form::Form;
use crate::medius::{ConfigurationDraft, MasterData};

/// Members that a call has in any case, so that its line says what they are.
const ALWAYS: [&str; 2] = ["companies", "filter"];

/// A draft with the standard settings of the tenant.
pub(super) fn standard(data: &MasterData) -> ConfigurationDraft {
    ConfigurationDraft::default().or_defaults(&data.document().defaults)
}

/// The draft that a form holds.
pub(super) fn of_form(form: &Form, data: &MasterData) -> ConfigurationDraft {
    let mut draft = json!(standard(data));
    read(&mut draft, form);
    serde_json::from_value(draft).expect("a form has texts where a draft has texts")
}

/// Puts the values of a form's fields into the members of these names.
fn read(draft: &mut Json, form: &Form) {
    let Json::Object(members) = draft else { return };
    for (name, value) in members {
        match value {
            Json::Object(_) => read(value, form),
            Json::Array(_) => *value = form.all(name).collect(),
            _ => *value = json!(form.one(name)),
        }
    }
}

/// The body of the call. It leaves out what is as the standard settings or empty.
pub(super) fn body(draft: &ConfigurationDraft, data: &MasterData) -> Json {
    let mut body = other(&json!(draft), &json!(standard(data)));
    body.remove("id");
    body.into()
}

/// The members of a draft that differ from the standard ones and are not empty.
fn other(draft: &Json, standard: &Json) -> Map<String, Json> {
    let mut found = Map::new();
    for (name, own) in draft.as_object().into_iter().flatten() {
        let own = match own {
            Json::Object(_) => match other(own, &standard[name]) {
                members if members.is_empty() => continue,
                members => members.into(),
            },
            own => own.clone(),
        };
        let is_empty = own.is_null() || own.as_str().is_some_and(|it| it.trim().is_empty());
        if ALWAYS.contains(&name.as_str()) || !is_empty && own != standard[name] {
            found.insert(name.clone(), own);
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;
    use crate::medius::MasterDataDraft;

    fn data() -> MasterData {
        let fixture = include_str!("../../../../fixtures/tenants/nordlys.json");
        let fixture: Json = serde_json::from_str(fixture).unwrap();
        let draft: MasterDataDraft = serde_json::from_value(fixture["masterData"].clone()).unwrap();
        draft.resolve().unwrap()
    }

    /// The form of the standard settings, and what is typed and chosen besides.
    fn form(more: &str) -> Form {
        let it = standard(&data());
        let mut text = format!("companies=NOSE&{more}");
        for role in it.roles.unwrap() {
            text.extend(["&roles=", &role.replace(' ', "+")]);
        }
        for group in it.authorization_groups.unwrap() {
            text.extend(["&authorizationGroups=", &group.replace(' ', "+")]);
        }
        Form::of_query(&format!("{text}&filter=&name=")).unwrap()
    }

    #[rstest]
    #[case("", json!({}))]
    #[case("name=Sweden&filter=SE", json!({"name": "Sweden", "filter": "SE"}))]
    #[case("name=+", json!({}))]
    #[case("language=en-GB&format=", json!({"locale": {"language": "en-GB"}}))]
    #[case("do=save&loginOption=ADFS", json!({"loginOption": "ADFS"}))]
    fn a_call_has_what_differs_from_the_standard_settings(
        #[case] more: &str,
        #[case] differing: Json,
    ) {
        let data = data();
        let mut expected = json!({"companies": ["NOSE"], "filter": ""});
        expected.as_object_mut().unwrap().extend(differing.as_object().unwrap().clone());

        let draft = of_form(&form(more), &data);

        assert_eq!(body(&draft, &data), expected);
    }

    #[test]
    fn no_role_is_another_choice_than_the_standard_roles() {
        let data = data();
        let form = Form::of_query("companies=NOSE&filter=&name=").unwrap();

        let body = body(&of_form(&form, &data), &data);

        assert_eq!((&body["roles"], &body["authorizationGroups"]), (&json!([]), &Json::Null));
    }
}

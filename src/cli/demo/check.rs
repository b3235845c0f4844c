//! Compares the tenant at the end of the demo with `fixtures/demo/end.json`.
//!
//! Both are brought into one shape, and then every single value is compared.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};

use super::{
    console::Console,
    entra::Scim,
    wire::{DemoError, Wire},
};
use crate::seed::fixture::parse;

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";

/// The expected end, as a person writes it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct End {
    setup_steps_done: usize,
    configurations: BTreeMap<String, Granted>,
    users: BTreeMap<String, ExpectedUser>,
    groups: BTreeMap<String, BTreeSet<String>>,
}

/// What a configuration gives to each of its users.
#[derive(Clone, Deserialize, Serialize)]
#[serde(deny_unknown_fields)]
struct Granted {
    companies: Vec<String>,
    roles: Vec<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ExpectedUser {
    display_name: String,
    active: bool,
    department: String,
    manager: Option<String>,
    configuration: String,
}

/// What must be there.
///
/// # Errors
///
/// [`DemoError::Script`] when the fixture is wrong.
pub(super) fn expected() -> Result<Json, DemoError> {
    let text = include_str!("../../../fixtures/demo/end.json");
    let end: End = parse("fixtures/demo/end.json", text)?;
    let users = end.users.iter().map(|(name, it)| {
        let granted = end.configurations.get(&it.configuration);
        let view = json!({
            "displayName": it.display_name,
            "active": it.active,
            "department": it.department,
            "manager": it.manager,
            "configuration": it.configuration,
            "companies": granted.map(|it| &it.companies),
            "roles": granted.map(|it| &it.roles),
        });
        (name.clone(), view)
    });
    let users: serde_json::Map<String, Json> = users.collect();
    let set_up = json!({ "steps done": end.setup_steps_done });
    Ok(json!({ "set-up": set_up, "users": users, "groups": end.groups }))
}

/// What is there: the console's set-up page and its view of the users, and the SCIM resources.
///
/// # Errors
///
/// When the tenant cannot be read.
pub(super) fn found(wire: &mut Wire, console: &Console) -> Result<Json, DemoError> {
    let setup = console.read(wire, "setup")?;
    let views = console.read(wire, "users")?;
    let mut scim = Scim { wire, credentials: console.credentials()? };
    let users = scim.send(("GET", "Users?count=100", 200), None)?;
    let groups = scim.send(("GET", "Groups?count=100", 200), None)?;
    let names: BTreeMap<&str, &Json> =
        items(&users, "Resources").map(|it| (text(&it["id"]), &it["userName"])).collect();
    let name_of = |id: &Json| names.get(text(id)).map_or(id, |it| *it).clone();
    let is_done = |it: &&Json| it["state"] == "done";
    Ok(json!({
        "set-up": { "steps done": items(&setup, "items").filter(is_done).count() },
        "users": found_users(&users, &views, &name_of),
        "groups": found_groups(&groups, &name_of),
    }))
}

/// By userName: what SCIM says of a user, and what MediusFlow made of it.
fn found_users(users: &Json, views: &Json, name_of: &dyn Fn(&Json) -> Json) -> Json {
    let views: BTreeMap<&str, &Json> =
        items(views, "items").map(|it| (text(&it["id"]), it)).collect();
    let seen = items(users, "Resources").map(|user| {
        let view = views.get(text(&user["id"])).copied().unwrap_or(&Json::Null);
        let enterprise = &user[ENTERPRISE];
        let seen = json!({
            "displayName": user["displayName"],
            "active": user["active"],
            "department": enterprise["department"],
            "manager": name_of(&enterprise["manager"]["value"]),
            "configuration": view["configuration"]["name"],
            "companies": view["companies"],
            "roles": view["roles"],
        });
        (text(&user["userName"]).to_owned(), seen)
    });
    Json::Object(seen.collect())
}

/// By displayName: the userNames of the members, in their order.
fn found_groups(groups: &Json, name_of: &dyn Fn(&Json) -> Json) -> Json {
    let seen = items(groups, "Resources").map(|group| {
        let members = items(group, "members").map(|it| name_of(&it["value"]));
        let mut members: Vec<Json> = members.collect();
        members.sort_by(|one, other| text(one).cmp(text(other)));
        (text(&group["displayName"]).to_owned(), members.into())
    });
    Json::Object(seen.collect())
}

fn items<'a>(list: &'a Json, field: &str) -> impl Iterator<Item = &'a Json> {
    list[field].as_array().into_iter().flatten()
}

fn text(value: &Json) -> &str {
    value.as_str().unwrap_or_default()
}

/// What was compared, and what differs.
#[derive(Debug)]
pub(super) struct Report {
    /// How many values were compared, by topic.
    compared: Vec<(String, usize)>,
    pub(super) differences: Vec<Difference>,
}

/// A value that is not the expected one; null stands for none.
#[derive(Debug, PartialEq)]
pub(super) struct Difference {
    /// Where, such as `users asa.oberg@nordlys.example active`.
    at: Vec<String>,
    expected: Json,
    found: Json,
}

impl Report {
    /// Compares all values of two objects.
    pub(super) fn of(expected: &Json, found: &Json) -> Self {
        let mut report = Self { compared: Vec::new(), differences: Vec::new() };
        for topic in keys(expected, found) {
            let (one, other) = (&expected[&topic], &found[&topic]);
            let count = report.compare(&mut vec![topic.clone()], one, other);
            report.compared.push((topic, count));
        }
        report
    }

    /// Compares what lies below a path. Answers how many values that were.
    fn compare(&mut self, at: &mut Vec<String>, expected: &Json, found: &Json) -> usize {
        if expected.is_object() && found.is_object() {
            let mut count = 0;
            for key in keys(expected, found) {
                let (one, other) = (&expected[&key], &found[&key]);
                at.push(key);
                count += self.compare(at, one, other);
                at.pop();
            }
            return count;
        }
        if expected != found {
            let (expected, found) = (expected.clone(), found.clone());
            self.differences.push(Difference { at: at.clone(), expected, found });
        }
        1
    }
}

fn keys(one: &Json, other: &Json) -> BTreeSet<String> {
    let objects = [one, other].into_iter().filter_map(Json::as_object);
    objects.flat_map(|it| it.keys().cloned()).collect()
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\nThe end state")?;
        for (topic, count) in &self.compared {
            let differ = self.differences.iter().filter(|it| it.at[0] == *topic).count();
            let outcome =
                if differ == 0 { "as expected".into() } else { format!("{differ} differ") };
            writeln!(f, "  {topic:8} {count:4} values  {outcome}")?;
        }
        for Difference { at, expected, found } in &self.differences {
            writeln!(f, "  {}: expected {expected}, found {found}", at.join(" "))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_end_as_expected_has_no_differences() {
        let end = expected().unwrap();

        let report = Report::of(&end, &end);

        assert_eq!(report.differences, []);
        expect_test::expect![[r"

            The end state
              groups      4 values  as expected
              set-up      1 values  as expected
              users      98 values  as expected
        "]]
        .assert_eq(&report.to_string());
    }

    #[test]
    fn whatever_differs_is_named_also_what_is_missing_or_too_much() {
        let expected = json!({
            "users": { "asa": { "active": true }, "bo": { "active": true } },
            "groups": { "Finance": ["asa"] },
        });
        let found = json!({
            "users": { "asa": { "active": false }, "eve": { "active": true } },
            "groups": { "Finance": ["asa"] },
        });

        expect_test::expect![[r#"

            The end state
              groups      1 values  as expected
              users       3 values  3 differ
              users asa active: expected true, found false
              users bo: expected {"active":true}, found null
              users eve: expected null, found {"active":true}
        "#]]
        .assert_eq(&Report::of(&expected, &found).to_string());
    }
}

//! Compares the tenant at the end of the demo with the source directory, attribute by attribute, and
//! with `fixtures/demo/end.json`, which says what MediusFlow makes of its users.
//!
//! All are converted into one form, and every value is compared.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt,
};

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};

use super::{
    console::Administrator,
    http_client::{DemoError, HttpClient, HttpRequest},
    sign_in::SignInResults,
};
use crate::{
    entra::{DirectoryObject, ObjectKind, SourceDirectory},
    seed::parse,
};

const ENTERPRISE: &str = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User";
const MEDIUS: &str = "urn:ietf:params:scim:schemas:extension:medius:2.0:User";

/// The expected state at the end, as the fixture has it.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ExpectedEnd {
    setup_steps_done: usize,
    configurations: BTreeMap<String, Granted>,
    users: BTreeMap<String, ExpectedUser>,
    groups: BTreeMap<String, BTreeSet<String>>,
    /// The results that a sign-in of these users had one after the other.
    sign_ins: BTreeMap<String, Vec<String>>,
}

/// The companies and roles that a configuration grants.
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

/// The expected values; `sign_ins` are what was to come of the sign-ins.
///
/// # Errors
///
/// [`DemoError::Script`] when the fixture is wrong.
pub(super) fn expected(
    directory: &SourceDirectory,
    sign_ins: &Map<String, Json>,
) -> Result<Json, DemoError> {
    let end = read_end()?;
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
    let users: Map<String, Json> = users.collect();
    let set_up = json!({ "steps done": end.setup_steps_done });
    let source = source(directory);
    let sign_ins = json!({ "attempts": sign_ins, "results": end.sign_ins });
    Ok(json!({
        "set-up": set_up,
        "users": users,
        "groups": end.groups,
        "directory": source,
        "sign-ins": sign_ins,
    }))
}

fn read_end() -> Result<ExpectedEnd, DemoError> {
    let text = include_str!("../../../fixtures/demo/end.json");
    Ok(parse("fixtures/demo/end.json", text)?)
}

/// The values of the directory, by the names of the tutorial's attributes.
fn source(directory: &SourceDirectory) -> Json {
    let mut source = Map::new();
    for object in directory.objects().filter(|it| directory.is_assigned(it)) {
        let name_of = |id| directory.object(id).and_then(|it| it.text("userPrincipalName"));
        let shown = match &object.kind {
            ObjectKind::User { manager, .. } => {
                source_user(object, manager.as_deref().and_then(name_of))
            }
            ObjectKind::Group { .. } => {
                let members = directory.members(object).map(|it| it.text("userPrincipalName"));
                let members: BTreeSet<_> = members.collect();
                json!({ "externalId": object.object_id, "members": members })
            }
        };
        let name = object.text("userPrincipalName").unwrap_or_else(|| object.name());
        source.insert(name.to_owned(), shown);
    }
    source.into()
}

/// The expected value of each attribute of the tutorial's Step 5 with the default mapping.
fn source_user(user: &DirectoryObject, manager: Option<&str>) -> Json {
    let formatted = [user.text("givenName"), user.text("surname")];
    json!({
        "active": user.is_active(),
        "email": user.text("mail"),
        "displayName": user.text("displayName"),
        "givenName": user.text("givenName"),
        "familyName": user.text("surname"),
        "formatted": formatted.into_iter().flatten().collect::<Vec<_>>().join(" "),
        "externalId": user.text("mailNickname"),
        "manager": manager,
        "configurationFilter": user.text("extensionAttribute1"),
        "identityProvider": user.text("extensionAttribute2"),
        "nameIdentifier": user.text("userPrincipalName"),
        "customFieldText1": user.text("department"),
        "customFieldText2": user.text("jobTitle"),
        "customFieldText3": user.text("employeeId"),
        "customFieldText4": user.text("physicalDeliveryOfficeName"),
        "customFieldText5": user.text("companyName"),
    })
}

/// The values of the tenant.
fn target(users: &Json, groups: &Json, name_of: &dyn Fn(&Json) -> Json) -> Json {
    let users = items(users, "Resources").map(|user| {
        let (name, medius) = (&user["name"], &user[MEDIUS]);
        let shown = json!({
            "active": user["active"],
            "email": user["emails"][0]["value"],
            "displayName": user["displayName"],
            "givenName": name["givenName"],
            "familyName": name["familyName"],
            "formatted": name["formatted"],
            "externalId": user["externalId"],
            "manager": name_of(&user[ENTERPRISE]["manager"]["value"]),
            "configurationFilter": medius["configurationFilter"],
            "identityProvider": medius["identityProvider"],
            "nameIdentifier": medius["nameIdentifier"],
            "customFieldText1": medius["customFieldText1"],
            "customFieldText2": medius["customFieldText2"],
            "customFieldText3": medius["customFieldText3"],
            "customFieldText4": medius["customFieldText4"],
            "customFieldText5": medius["customFieldText5"],
        });
        (text(&user["userName"]).to_owned(), shown)
    });
    let groups = items(groups, "Resources").map(|group| {
        let members = members(group, name_of);
        let shown = json!({ "externalId": group["externalId"], "members": members });
        (text(&group["displayName"]).to_owned(), shown)
    });
    Json::Object(users.chain(groups).collect())
}

/// The actual values: the console's set-up page and its view of the users, the SCIM resources, and what came of
/// the sign-ins.
///
/// # Errors
///
/// When the tenant cannot be read.
pub(super) fn found(
    client: &mut HttpClient,
    console: &Administrator,
    sign_ins: &SignInResults,
) -> Result<Json, DemoError> {
    let setup = console.read(client, "setup")?;
    let views = console.read(client, "users")?;
    let users = read(client, console, "Users?count=100")?;
    let groups = read(client, console, "Groups?count=100")?;
    let names: BTreeMap<&str, &Json> =
        items(&users, "Resources").map(|it| (text(&it["id"]), &it["userName"])).collect();
    let name_of = |id: &Json| names.get(text(id)).map_or(id, |it| *it).clone();
    let lives = sign_ins.lives(client, read_end()?.sign_ins.into_keys())?;
    let is_done = |it: &&Json| it["state"] == "done";
    Ok(json!({
        "set-up": { "steps done": items(&setup, "items").filter(is_done).count() },
        "users": found_users(&users, &views, &name_of),
        "groups": found_groups(&groups, &name_of),
        "directory": target(&users, &groups, &name_of),
        "sign-ins": { "attempts": sign_ins.found, "results": lives },
    }))
}

fn read(client: &mut HttpClient, console: &Administrator, path: &str) -> Result<Json, DemoError> {
    let credentials = console.credentials()?;
    let request = HttpRequest {
        method: "GET",
        url: &format!("{}/{path}", credentials.tenant_url),
        token: Some(credentials.secret_token),
        content_type: "application/scim+json",
        sender: ("user-agent", "demo-check"),
        body: None,
    };
    client.send(request, 200)
}

/// By userName: the user in SCIM, and the user configuration that MediusFlow applied.
fn found_users(users: &Json, views: &Json, name_of: &dyn Fn(&Json) -> Json) -> Json {
    let views: BTreeMap<&str, &Json> =
        items(views, "items").map(|it| (text(&it["id"]), it)).collect();
    let seen = items(users, "Resources").map(|user| {
        let view = views.get(text(&user["id"])).copied().unwrap_or(&Json::Null);
        let enterprise = &user[ENTERPRISE];
        let seen = json!({
            "displayName": user["displayName"],
            "active": user["active"],
            "department": user[MEDIUS]["customFieldText1"],
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
    let seen = items(groups, "Resources")
        .map(|group| (text(&group["displayName"]).to_owned(), members(group, name_of).into()));
    Json::Object(seen.collect())
}

/// The userNames of a group's members, in their order.
fn members(group: &Json, name_of: &dyn Fn(&Json) -> Json) -> Vec<Json> {
    let mut members: Vec<Json> = items(group, "members").map(|it| name_of(&it["value"])).collect();
    members.sort_by(|one, other| text(one).cmp(text(other)));
    members
}

fn items<'a>(list: &'a Json, field: &str) -> impl Iterator<Item = &'a Json> {
    list[field].as_array().into_iter().flatten()
}

fn text(value: &Json) -> &str {
    value.as_str().unwrap_or_default()
}

/// The number of compared values, and the differences.
#[derive(Debug)]
pub(super) struct EndReport {
    /// The number of compared values by topic.
    compared: Vec<(String, usize)>,
    pub(super) differences: Vec<EndDifference>,
}

/// A value that differs from the expected one; null stands for a missing value.
#[derive(Debug, PartialEq)]
pub(super) struct EndDifference {
    /// Its path, such as `users asa.oberg@nordlys.example active`.
    at: Vec<String>,
    expected: Json,
    found: Json,
}

impl EndReport {
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

    /// Compares the values below a path and returns their number.
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
            self.differences.push(EndDifference { at: at.clone(), expected, found });
        }
        1
    }
}

fn keys(one: &Json, other: &Json) -> BTreeSet<String> {
    let objects = [one, other].into_iter().filter_map(Json::as_object);
    objects.flat_map(|it| it.keys().cloned()).collect()
}

impl fmt::Display for EndReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        writeln!(f, "\nThe end state")?;
        for (topic, count) in &self.compared {
            let differ = self.differences.iter().filter(|it| it.at[0] == *topic).count();
            let outcome =
                if differ == 0 { "as expected".into() } else { format!("{differ} differ") };
            writeln!(f, "  {topic:9} {count:4} values  {outcome}")?;
        }
        for EndDifference { at, expected, found } in &self.differences {
            writeln!(f, "  {}: expected {expected}, found {found}", at.join(" "))?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_expected_final_state_has_no_differences() {
        let end = expected(&SourceDirectory::default(), &Map::new()).unwrap();

        let report = EndReport::of(&end, &end);

        assert_eq!(report.differences, []);
        expect_test::expect![[r"

            The end state
              directory    0 values  as expected
              groups       4 values  as expected
              set-up       1 values  as expected
              sign-ins     3 values  as expected
              users       98 values  as expected
        "]]
        .assert_eq(&report.to_string());
    }

    #[test]
    fn differences_missing_and_additional_values_are_named() {
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
              groups       1 values  as expected
              users        3 values  3 differ
              users asa active: expected true, found false
              users bo: expected {"active":true}, found null
              users eve: expected null, found {"active":true}
        "#]]
        .assert_eq(&EndReport::of(&expected, &found).to_string());
    }
}

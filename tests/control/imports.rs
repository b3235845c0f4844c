//! A state that contradicts itself is refused with its place, or made right, at every door.

use mediusflow_mock::MockServer;
use rstest::rstest;
use serde_json::{Value, json};

use crate::{
    Control, DEFAULT, empty,
    support::{Answer, Client, MEDIUS, fresh_server, server},
};

const STATE: &str = "/tenants/NordlysQA/state";

/// A server's state with a value changed, or left out where it is null, and what putting it in place
/// answers.
fn put(server: &MockServer, query: &str, edit: impl FnOnce(&mut Value)) -> Answer {
    let control = Control::of(server);
    let mut document = control.get(&format!("{STATE}{query}")).json;
    edit(&mut document);
    control.send("PUT", STATE, &document)
}

fn set(document: &mut Value, pointer: &str, value: Value) {
    let (parent, name) = pointer.rsplit_once('/').unwrap();
    match document.pointer_mut(parent).unwrap() {
        Value::Array(list) => list[name.parse::<usize>().unwrap()] = value,
        parent => parent[name] = value,
    }
}

#[rstest]
#[case::unknown_role("/consoleUsers/0/roles", json!(["Admin", "Revisor"]), "consoleUsers[0].roles[1]", "\"Revisor\"")]
#[case::user_name_twice("/consoleUsers/1/userName", json!("ADMIN@nordlys.example"), "consoleUsers[1].userName", "again")]
#[case::user_name_in_full_width("/consoleUsers/1/userName", json!("ａdmin＠nordlys.example"), "consoleUsers[1].userName", "again")]
#[case::user_name_with_a_blank("/consoleUsers/1/userName", json!("admin@nordlys.example\u{3000}"), "consoleUsers[1].userName", "again")]
#[case::empty_user_name("/consoleUsers/1/userName", json!(" "), "consoleUsers[1].userName", "empty")]
#[case::login_of_nobody("/setup/authenticatedAs", json!("ghost@nordlys.example"), "setup.authenticatedAs", "ghost")]
#[case::login_of_no_admin("/setup/authenticatedAs", json!("auditor@nordlys.example"), "setup.authenticatedAs", "Admin")]
#[case::mode_without_entra("/setup/entraTenant", json!(null), "setup.mode", "step 5 (Use user provisioning) needs step 3")]
#[case::connection_without_login("/setup/authenticatedAs", json!(null), "setup.connection", "needs step 1")]
#[case::key_without_mode("/setup/mode", json!(null), "setup.maskedKey", "needs step 5")]
#[case::no_key_was_made("/made/key", json!(0), "setup.maskedKey", "no secret key")]
#[case::count_beyond_all("/made/key", json!(u64::MAX), "made.key", "expected less than")]
#[case::number_beyond_all("/retired", json!({"User/x": u64::MAX}), "retired.User/x", "expected less than")]
#[case::applied_to_one_twice("/applied/1/user", json!("same"), "applied[1].user", "twice")]
#[case::reason_without_configuration("/applied/0/configuration", json!(null), "applied[0].reason", "does not fit")]
#[case::configuration_without_reason("/applied/0", json!("none"), "applied[0].reason", "does not fit")]
#[case::empty_id("/configurations/0/id", json!(""), "configurations[0].id", "letters, digits")]
#[case::unknown_role_of_a_configuration("/configurations/1/roles", json!(["Auditor", "Revisor"]), "configurations[1].roles[1]", "\"Revisor\"")]
#[case::unknown_default("/masterData/defaults/roles", json!(["Revisor"]), "masterData.defaults.roles[0]", "\"Revisor\"")]
#[case::id_of_no_address("/configurations/0/id", json!("../x"), "configurations[0].id", "letters, digits")]
#[case::role_twice_in_the_past("/applied/0", json!("twice"), "applied[0].configuration.roles[1]", "\"auditor\" twice")]
#[case::changed_before_it_was_made("/resources/User/0/meta/lastModified", json!("2001-01-01T00:00:00Z"), "resources.User[0].meta.lastModified", "not before")]
#[case::count_of_nothing("/made/keys", json!(1), "made.keys", "expected key, token")]
#[case::no_uuid("/resources/User/1/id", json!("x"), "resources.User[1].id", "UUID")]
#[case::no_time("/resources/User/1/meta/created", json!("x"), "resources.User[1].meta.created", "")]
#[case::without_meta("/resources/User/1/meta", json!({}), "resources.User[1].meta.created", "missing")]
#[case::mistake_in_a_list("/resources/User/1/emails", json!([{"value": 1}]), "resources.User[1].emails[0].value", "a string")]
#[case::sub_attribute_of_no_name("/resources/User/1/name", json!({"givnName": "x"}), "resources.User[1].name.givnName", "givenName")]
#[case::attribute_of_no_name("/resources/User/1/usrName", json!("x"), "resources.User[1].usrName", "userName")]
#[case::required("/resources/User/1/userName", json!(null), "resources.User[1].userName", "required")]
#[case::other_schemas("/resources/User/1/schemas", json!(["urn:none"]), "resources.User[1].schemas", "urn:none")]
#[case::resource_type_of_no_name("/resources/Foo", json!([]), "resources.Foo", "resource type")]
#[case::resources_that_are_none("/resources/User", json!([1]), "resources.User[0]", "")]
#[case::schema_of_no_name("/schemas/1", json!("urn:none"), "schemas[1]", "urn:none")]
#[case::retired_of_no_kind("/retired", json!({"foo": 1}), "retired.foo", "resource type")]
#[case::retired_of_another_kind("/retired", json!({"Robot/x": 1}), "retired.Robot/x", "resource type")]
#[case::version_0("/resources/User/0/meta/version", json!(0), "resources.User[0].meta.version", "1 or more")]
#[case::version_beyond_all("/resources/User/0/meta/version", json!(u64::MAX), "resources.User[0].meta.version", "less than")]
fn a_contradiction_is_refused_with_its_pointer(
    #[case] pointer: &str,
    #[case] value: Value,
    #[case] place: &str,
    #[case] words: &str,
) {
    let server = server();
    let before = Control::of(&server).get(STATE).text;

    let refused = put(&server, "", |document| {
        let first = document["applied"][0].clone();
        let value = match value.as_str() {
            Some("same") => first["user"].clone(),
            Some("none") => {
                let mut it = first;
                it["reason"] = json!("none");
                it.as_object_mut().unwrap().remove("filter");
                it
            }
            Some("twice") => {
                let mut it = first;
                it["configuration"] = document["configurations"][0].clone();
                it["configuration"]["roles"] = json!(["Auditor", "auditor"]);
                it
            }
            _ => value,
        };
        set(document, pointer, value);
    });

    assert_eq!((refused.status, refused.at("/field")), (400, place), "{refused:?}");
    refused.says(&[words]);
    assert_eq!(Control::of(&server).get(STATE).text, before);
}

/// A state in which the configuration for Sweden was applied to the first user, the default one to the
/// second, for want of a filter of its own, and to the third, who has no filter.
fn applied_state(control: &Control) -> Value {
    let start = control.get(STATE).json;
    for it in start["applied"].as_array().unwrap() {
        let path = format!("{DEFAULT}/users/{}", it["user"].as_str().unwrap());
        assert_eq!(control.delete(&path).status, 204);
    }
    for (name, filter) in [("a", json!("SE-AP")), ("b", json!("nowhere")), ("c", json!(null))] {
        let body = json!({"userName": name, MEDIUS: {"configurationFilter": filter}});
        let made = control.post(&format!("{DEFAULT}/users"), &body);
        assert_eq!(made.status, 201, "{made:?}");
    }
    let state = control.get(STATE).json;
    let reasons = [0, 1, 2].map(|at| state["applied"][at]["reason"].clone());
    assert_eq!(json!(reasons), json!(["filterEquals", "noMatch", "default"]));
    state
}

#[rstest]
#[case::filter_of_another("/1/filter", json!("elsewhere"), "[1].filter", "\"nowhere\"")]
#[case::filter_of_a_configuration("/1/filter", json!("SE-AP"), "[1].filter", "\"nowhere\"")]
#[case::no_filter("/1/filter", json!(""), "[1].filter", "\"nowhere\"")]
#[case::default_despite_a_filter("/1", json!({"reason": "default", "filter": null}), "[1].reason", "\"nowhere\"")]
#[case::filter_of_nobody("/2", json!({"reason": "noMatch", "filter": "x"}), "[2].filter", "no configurationFilter")]
#[case::empty_filter_of_nobody("/2", json!({"reason": "noMatch", "filter": ""}), "[2].filter", "no configurationFilter")]
#[case::none_for_a_filter("/1", json!({"reason": "none", "filter": null, "configuration": null}), "[1].filter", "\"nowhere\"")]
#[case::unnamed_past("/0", json!({"name": ""}), "[0].configuration.name", "empty")]
#[case::past_without_companies("/0", json!({"companies": []}), "[0].configuration.companies", "at least one company")]
#[case::past_with_a_company_of_no_name("/0", json!({"companies": [" "]}), "[0].configuration.companies[0]", "empty")]
#[case::past_locale("/0", json!({"locale": {"timeZone": "Mars"}}), "[0].configuration.locale.timeZone", "\"Mars\"")]
#[case::past_id("/0", json!({"id": "a/b"}), "[0].configuration.id", "letters")]
#[case::past_of_another_shape("/0", json!({"roles": [1]}), "[0].configuration.roles[0]", "string")]
#[case::past_with_another_member("/0", json!({"role": []}), "[0].configuration.role", "unknown field")]
#[case::deleted_of_no_name("/0/deleted", json!({"roles": [""]}), "[0].deleted.roles[0]", "empty")]
#[case::deleted_of_no_kind("/0/deleted", json!({"foo": ["x"]}), "[0].deleted.foo", "unknown value")]
#[case::two_login_options("/0/deleted", json!({"loginOptions": ["x"]}), "[0].deleted.loginOptions[0]", "at most")]
#[case::deleted_beside_an_id("/1/deleted", json!({"roles": ["Gone"]}), "[1].deleted", "expected none")]
fn applied_configurations_must_fit_the_user_and_the_data(
    #[case] pointer: &str,
    #[case] value: Value,
    #[case] place: &str,
    #[case] words: &str,
) {
    let server = server();
    let control = Control::of(&server);
    let mut document = applied_state(&control);
    let before = control.get(STATE).text;
    // The first user's configuration is written out.
    let id = document["applied"][0]["configuration"].clone();
    let all = document["configurations"].as_array().unwrap();
    let mut past = all.iter().find(|it| it["id"] == id).unwrap().clone();
    past["roles"] = json!([]);
    document["applied"][0]["configuration"] = past;
    assert_eq!(control.send("PUT", STATE, &document).status, 200);
    let before = control.get(STATE).text.replace(&before, "");
    let change = value.as_object().filter(|_| !pointer.ends_with("/deleted"));
    match change {
        Some(change) => {
            let at = if pointer == "/0" { "/0/configuration" } else { pointer };
            let it = document["applied"].pointer_mut(at).unwrap();
            it.as_object_mut().unwrap().extend(change.clone());
        }
        None => set(&mut document["applied"], pointer, value),
    }

    let refused = control.send("PUT", STATE, &document);

    let place = format!("applied{place}");
    assert_eq!((refused.status, refused.at("/field")), (400, &*place), "{refused:?}");
    refused.says(&[words]);
    assert_eq!(control.get(STATE).text, before);
}

#[test]
fn a_state_in_which_a_filter_was_added_later_is_accepted() {
    let server = server();
    let control = Control::of(&server);
    applied_state(&control);
    let draft = json!({"name": "Late", "filter": "NOWHERE", "companies": ["NOSE"]});
    assert_eq!(control.post(&format!("{DEFAULT}/configurations"), &draft).status, 201);
    let path = format!("{STATE}/digest");
    let (state, digest) = (control.get(STATE), control.get(&path).json);

    let read = control.send("PUT", STATE, &state.json);

    assert_eq!(read.status, 200, "{read:?}");
    assert_eq!(control.get(STATE).text, state.text);
    assert_eq!(control.get(&path).json["sha256"], digest["sha256"]);
}

#[test]
fn deleted_entries_are_kept_if_the_other_entries_of_their_list_are_left_out() {
    let server = server();
    let control = Control::of(&server);
    let mut document = applied_state(&control);
    let mut past = document["configurations"][0].clone();
    past.as_object_mut().unwrap().retain(|name, _| name != "roles");
    past["filter"] = json!("SE-AP");
    document["applied"][0]["configuration"] = past;
    document["applied"][0]["deleted"] = json!({"roles": ["Gone"]});

    let read = control.send("PUT", STATE, &document);

    assert_eq!(read.status, 200, "{read:?}");
    let applied = &control.get(STATE).json["applied"][0];
    assert_eq!(applied["configuration"]["roles"], json!([]));
    assert_eq!(applied["deleted"], json!({"roles": ["Gone"]}));
}

#[rstest]
#[case::another_user(|it: &mut Value| it["secrets"]["accessTokens"][1]["userName"] = json!("auditor@nordlys.example"))]
#[case::admin_no_more(|it: &mut Value| {
    it["consoleUsers"][0]["roles"] = json!(["Auditor"]);
    it["consoleUsers"][1]["roles"] = json!(["Admin"]);
    it["setup"]["authenticatedAs"] = it["consoleUsers"][1]["userName"].clone();
    it["secrets"]["accessTokens"][0]["userName"] = it["consoleUsers"][1]["userName"].clone();
})]
#[case::nobody(|it: &mut Value| it["secrets"]["accessTokens"][1]["userName"] = json!("ghost@nordlys.example"))]
fn a_token_of_a_user_who_may_not_log_in_is_refused(#[case] edit: fn(&mut Value)) {
    let server = server();
    Client::console(&server);
    Client::console(&server);

    let refused = put(&server, "?secrets=true", edit);

    refused.is_problem(400, "invalid-state", &["role Admin"]);
    assert_eq!(refused.at("/field"), "secrets.accessTokens[1].userName");
}

#[test]
fn a_repeated_role_of_a_console_user_is_kept_once() {
    let server = server();

    let read = put(&server, "", |it| {
        it["consoleUsers"][0]["roles"] = json!(["ADMIN", "auditor", "admin", " Admin", "Ａdmin"]);
    });

    assert_eq!(read.status, 200, "{read:?}");
    let roles = &Control::of(&server).get(STATE).json["consoleUsers"][0]["roles"];
    assert_eq!(*roles, json!(["Admin", "Auditor"]));
}

#[test]
fn a_count_of_keys_creates_no_key() {
    let server = fresh_server();
    let (control, console) = (Control::of(&server), Client::console(&server));
    console.get("/connection");
    console.put("/integration", &json!({"entraTenantId": "9d0b4f6e-2c1a-4e5b-8a7d-3f6c5b4a2910"}));
    console.put("/provisioning", &json!({"mode": "userProvisioning"}));

    let masked = put(&server, "", |it| it["setup"]["maskedKey"] = json!("\u{2022}abcd"));
    let counted = put(&server, "", |it| it["made"]["key"] = json!(1));

    masked.is_problem(400, "invalid-state", &["no secret key"]);
    assert_eq!(masked.at("/field"), "setup.maskedKey");
    assert_eq!(counted.status, 200, "{counted:?}");
    assert_eq!(control.get(DEFAULT).json["secretKey"], json!(null));
    let open = control.get(DEFAULT).json["openSteps"].clone();
    assert_eq!(open[0], "generateSecretKey");
}

#[rstest]
#[case::key_without_its_step("/setup/maskedKey", json!(null), "setup.maskedKey", "secrets.secretKey")]
#[case::step_without_its_key("/secrets/secretKey", json!(null), "setup.maskedKey", "no secret key")]
#[case::another_time("/keyExpires", json!("2031-01-01T00:00:00Z"), "keyExpires", "secrets.secretKey.expires")]
#[case::replaced_by_none("/secrets", json!({"secretKey": null, "accessTokens": [],
    "replacedKeys": [{"text": "mfk_mock_nordlysqa_0d32be6a0f92522fa13007177d3e32b7", "expires": null}]}),
    "secrets.replacedKeys", "expected none")]
#[case::login_of_nobody("/setup", json!({}), "setup.authenticatedAs", "secrets.accessTokens")]
fn a_key_and_its_description_must_fit(
    #[case] pointer: &str,
    #[case] value: Value,
    #[case] place: &str,
    #[case] words: &str,
) {
    let server = server();

    let refused = put(&server, "?secrets=true", |it| set(it, pointer, value));

    refused.is_problem(400, "invalid-state", &[words]);
    assert_eq!(refused.at("/field"), place);
}

#[test]
fn secrets_that_contradict_each_other_are_refused() {
    let server = server();
    let key = server.secret_key().unwrap();
    Client::console(&server);

    let twice = put(&server, "?secrets=true", |it| {
        it["secrets"]["replacedKeys"] = json!([{"text": key, "expires": null}]);
    });
    let stranger = put(&server, "?secrets=true", |it| {
        it["secrets"]["accessTokens"][0]["userName"] = json!("ghost@nordlys.example");
    });

    twice.is_problem(400, "invalid-state", &["one text stands for two"]);
    assert_eq!(twice.at("/field"), "secrets.replacedKeys[0].text");
    stranger.is_problem(400, "invalid-state", &["ghost@nordlys.example"]);
}

#[test]
fn ids_of_an_imported_state_are_not_used_again() {
    let server = server();
    let (control, console) = (Control::of(&server), Client::console(&server));
    let draft = |name: &str| json!({"name": name, "filter": name, "companies": ["NOSE"]});
    let ids: Vec<String> = (1..4)
        .map(|n| console.post("/configurations", &draft(&format!("C{n}"))).at("/id").to_owned())
        .collect();
    control.post(&format!("{DEFAULT}/reset"), &empty());
    let read = put(&server, "", |document| {
        let mut it = document["configurations"][0].clone();
        for (n, id) in ids.iter().enumerate() {
            it["id"] = json!(id);
            it["name"] = json!(format!("Imported {n}"));
            it["filter"] = json!(format!("imported-{n}"));
            document["configurations"].as_array_mut().unwrap().push(it.clone());
        }
    });
    assert_eq!(read.status, 200, "{read:?}");
    let console = Client::console(&server);

    let added: Vec<Answer> =
        (1..4).map(|n| console.post("/configurations", &draft(&format!("C{n}")))).collect();
    let path = format!("/configurations/{}", added[0].at("/id"));
    let changed = console.put(&path, &draft("Changed"));

    assert!(added.iter().all(|it| it.status == 201), "{added:?}");
    assert_eq!(changed.status, 200);
    let list = console.get("/configurations").json;
    let items = list["items"].as_array().unwrap();
    let mut all: Vec<&str> = items.iter().map(|it| it["id"].as_str().unwrap()).collect();
    let count = all.len();
    all.sort_unstable();
    all.dedup();
    assert_eq!((all.len(), count), (9, 9), "{list}");
    assert_eq!(items.iter().filter(|it| it["name"] == "Changed").count(), 1);
    let own = control.get(STATE).json;
    assert_eq!(control.send("PUT", STATE, &own).status, 200, "its own export is taken");
}

#[test]
fn keys_of_an_imported_state_are_not_used_again() {
    let server = server();
    let console = Client::console(&server);
    let second = console.post("/secret-key", &json!({"confirm": true})).at("/secretKey").to_owned();
    let read = put(&server, "?secrets=true", |it| it["made"]["key"] = json!(1));
    assert_eq!(read.status, 200, "{read:?}");

    let third = Client::console(&server).post("/secret-key", &json!({"confirm": true}));

    assert_eq!(third.status, 201);
    assert_ne!(third.at("/secretKey"), second);
}

#[test]
fn the_setup_of_another_tenant_gets_the_name_of_this_one() {
    let server = server();
    let control = Control::of(&server);
    let document = control.get(STATE).json;

    let read = control.send("PUT", "/tenants/Nordlys/state", &document);
    let copied =
        control.post("/tenants", &json!({"name": "Copy", "from": {"tenant": "NordlysQA"}}));

    assert_eq!((read.status, copied.status), (200, 201), "{read:?} {copied:?}");
    for name in ["Nordlys", "Copy"] {
        let setup = &control.get(&format!("/tenants/{name}/state")).json["setup"];
        assert_eq!(setup["connection"], format!("{name}, Production"));
        let link = setup["scimLink"].as_str().unwrap();
        assert!(link.ends_with(&format!("/{name}/scim/v2")), "{link}");
        let key = control.get(&format!("/tenants/{name}")).at("/secretKey").to_owned();
        let masked = setup["maskedKey"].as_str().unwrap();
        assert!(masked.ends_with(&key[key.len() - 4..]), "{masked} is not of {name}");
    }
}

#[test]
fn a_tenant_created_from_another_one_has_another_key() {
    let server = server();
    let control = Control::of(&server);
    let read = put(&server, "?secrets=true", |it| {
        it["secrets"]["secretKey"]["text"] = json!("a-key-that-somebody-brought");
        it["made"]["key"] = json!(0);
    });
    assert_eq!(read.status, 200, "{read:?}");

    let copied =
        control.post("/tenants", &json!({"name": "Copy", "from": {"tenant": "NordlysQA"}}));

    assert!(copied.at("/secretKey").starts_with("mfk_mock_copy_"), "{copied:?}");
    let state = control.get("/tenants/Copy/state").json;
    assert_eq!(control.send("PUT", "/tenants/Copy/state", &state).status, 200);
}

#[test]
fn a_state_can_be_imported_at_each_step_of_the_setup() {
    let server = fresh_server();
    let control = Control::of(&server);
    let is_taken = || {
        let state = control.get(STATE);
        let read = control.send("PUT", STATE, &state.json);
        assert_eq!(read.status, 200, "{read:?}");
        assert_eq!(control.get(STATE).text, state.text);
        Client::console(&server)
    };

    Client::console(&server);
    let console = is_taken();
    console.get("/connection");
    let console = is_taken();
    console.put("/integration", &json!({"entraTenantId": "9d0b4f6e-2c1a-4e5b-8a7d-3f6c5b4a2910"}));
    let console = is_taken();
    console.put("/provisioning", &json!({"mode": "userProvisioning"}));
    let console = is_taken();
    console.get("/scim-link");
    let console = is_taken();
    console.post("/secret-key", &json!({"confirm": true}));
    let console = is_taken();
    console.post("/configurations", &json!({"companies": ["NOSE"]}));
    is_taken();
}

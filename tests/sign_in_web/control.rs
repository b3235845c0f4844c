//! What a test does to sign-ins by the control API, and by Rust.

use super::*;

#[test]
fn the_picker_answers_itself() {
    let (server, _clock) = server();
    let (_, name) = somebody(&server);
    let control = Program::control(&server);
    let begin = "/NordlysQA/login?option=Microsoft+Entra+ID";

    let set = control.send("PUT", "/sign-in", &json!({"account": name, "times": 1}));
    assert_eq!(set.status, 200, "{}", set.text);
    assert!(Browser::of(&server).open(begin).text.contains("Logged in with"));
    assert_eq!(Browser::of(&server).open(begin).heading(), "Pick an account");
    control.send("PUT", "/sign-in", &json!({"account": name}));
    for _ in 0..2 {
        assert!(Browser::of(&server).open(begin).text.contains("Logged in with"));
    }
    assert_eq!(control.send("DELETE", "/sign-in", &json!({})).status, 204);

    assert_eq!(Browser::of(&server).open(begin).heading(), "Pick an account");
}

#[test]
fn a_test_signs_somebody_in() {
    let (server, _clock) = server();
    let (user, name) = somebody(&server);

    let done = Program::control(&server).send("POST", "/sign-in", &json!({"user": name}));

    assert_eq!(done.status, 200, "{}", done.text);
    assert_eq!(done.json["claims"]["preferred_username"], name);
    assert_eq!(done.json["view"]["displayName"], user["displayName"]);
    let browser = Browser::of(&server);
    browser.take(done.json["session"]["cookie"].as_str().unwrap());
    assert!(browser.open("/NordlysQA/").text.contains("Logged in with Microsoft Entra ID"));
    let all = server.requests();
    assert!(all.iter().all(|it| it.from == "test"), "{:?}", all.last());
}

#[test]
fn a_test_hears_why_somebody_may_not_sign_in() {
    let (server, _clock) = server();
    let (user, name) = somebody(&server);
    change(&server, &user, "active", json!(false));

    let refused = Program::control(&server).send("POST", "/sign-in", &json!({"user": name}));

    assert_eq!((refused.status, &refused.json["code"]), (422, &json!("sign-in-refused")));
    assert_eq!(refused.json["reason"]["code"], "disabled");
}

#[test]
fn sessions_are_listed_and_ended() {
    let (server, _clock) = server();
    let (user, name) = somebody(&server);
    let control = Program::control(&server);
    let done = control.send("POST", "/sign-in", &json!({"user": name})).json;

    let listed = control.get("/sign-ins").json;
    assert_eq!(listed["items"][0]["user"], user["id"]);
    assert_eq!(listed["items"][0]["option"], "Microsoft Entra ID");
    let ended = control.send("DELETE", "/sign-ins", &json!({}));

    assert_eq!((ended.status, &ended.json["ended"]), (200, &json!(1)));
    let browser = Browser::of(&server);
    browser.take(done["session"]["cookie"].as_str().unwrap());
    assert_eq!(browser.open("/NordlysQA/").heading(), "How do you want to log in?");
}

#[test]
fn keys_are_rotated_with_and_without_grace() {
    let (server, _clock) = server();
    let (_, name) = somebody(&server);
    let control = Program::control(&server);
    let sign_in = || control.send("POST", "/sign-in", &json!({"user": name})).status;
    let ids = || {
        let keys = Program::entra(&server)
            .get(&format!("/{}/discovery/v2.0/keys", tenant_id(&server)))
            .json;
        let keys = keys["keys"].as_array().unwrap().clone();
        keys.iter().map(|it| it["kid"].as_str().unwrap().to_owned()).collect::<Vec<_>>()
    };
    assert_eq!(sign_in(), 200);

    let rotated = control.send("POST", "/sign-in/rotate-key", &json!({"grace": "1d"}));
    assert_eq!(rotated.json["key"], "a2", "{}", rotated.text);
    assert_eq!(ids(), ["a2", "a1"]);
    assert_eq!(sign_in(), 200, "MediusFlow fetches the keys again");
    control.send("POST", "/sign-in/rotate-key", &json!({"grace": 0}));
    assert_eq!(ids(), ["a3"]);
    assert_eq!(sign_in(), 422, "not twice within five minutes");
    control.send("POST", "/clock/advance", &json!({"by": "5m"}));

    assert_eq!(sign_in(), 200);
}

#[test]
fn a_provisioning_job_lends_its_directory() {
    let (server, _clock) = server();
    let control = Program::control(&server);
    let made = control.send("PUT", "/entra", &json!({}));
    assert!(made.status < 300, "{}", made.text);
    let browser = Browser::of(&server);

    let picker = browser.open("/NordlysQA/login?option=Microsoft+Entra+ID");

    assert!(picker.text.contains("Not provisioned"), "{}", picker.text);
    let handle = picker.link("Use another account").replace("?other", "");
    let unknown = browser.open(&format!("{handle}?account=nobody%40nordlys.example"));
    assert!(unknown.text.contains("AADSTS50034"), "{}", unknown.text);
}

#[test]
fn rust_signs_somebody_in() {
    let (server, _clock) = server();
    let (_, name) = somebody(&server);

    let signed_in = server.sign_in(&name).unwrap();

    let browser = Browser::of(&server);
    browser.take(&signed_in.cookie);
    assert!(browser.open("/NordlysQA/").text.contains("Logged in with"));
    let refused = server.sign_in("nobody@nordlys.example").unwrap_err();
    assert!(refused.to_string().contains("is not provisioned"), "{refused}");
}

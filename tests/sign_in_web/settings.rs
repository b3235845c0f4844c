//! The settings of sign-ins: each takes effect, travels with the state, and is refused where it says nothing.

use rstest::rstest;

use super::*;

/// One who is logged in to the console's API of the tenant.
struct Console {
    program: Program,
    bearer: String,
}

impl Console {
    fn of(server: &MockServer) -> Self {
        let url = format!("http://{}", server.address());
        let login = Program::at(url.clone()).send(
            "POST",
            "/admin/v1/authenticate",
            &json!({"tenantName": "NordlysQA"}),
        );
        let token = login.json["accessToken"].as_str().unwrap();
        let program = Program::at(format!("{url}/NordlysQA/admin/v1/sign-in-settings"));
        Self { program, bearer: format!("Bearer {token}") }
    }

    fn call(&self, method: &str, body: &Value) -> Page {
        let request = ureq::http::Request::builder().method(method).uri(&self.program.url);
        let request = request.header("authorization", &self.bearer);
        let request = request.header("content-type", "application/json");
        let text = if method == "GET" { String::new() } else { body.to_string() };
        Page::of(self.program.agent.run(request.body(text).unwrap()).unwrap())
    }

    fn settings(&self) -> Value {
        self.call("GET", &Value::Null).json
    }

    /// Changes settings, which works.
    fn set(&self, body: &Value) {
        let answer = self.call("PATCH", body);
        assert_eq!(answer.status, 200, "{}", answer.text);
    }
}

fn usual() -> Value {
    json!({"sessionLife": "8h", "codeLife": "10m", "tokenLife": "1h", "tolerance": "5m"})
}

fn advance(server: &MockServer, by: &str) {
    let moved = Program::control(server).send("POST", "/clock/advance", &json!({"by": by}));
    assert_eq!(moved.status, 200, "{}", moved.text);
}

#[test]
fn settings_are_read_and_changed_one_by_one() {
    let (server, _clock) = server();
    let console = Console::of(&server);
    assert_eq!(console.settings(), usual());

    let changed = console.call("PATCH", &json!({"sessionLife": "90m", "tolerance": 0}));

    let expected =
        json!({"sessionLife": "1h 30m", "codeLife": "10m", "tokenLife": "1h", "tolerance": "0s"});
    assert_eq!((changed.status, &changed.json), (200, &expected));
    assert_eq!(console.settings(), expected);
    assert_eq!(last(&server), "ADMIN sign-in settings read");
    Program::control(&server).send("POST", "/reset", &json!({}));
    assert_eq!(Console::of(&server).settings(), usual());
}

#[rstest]
#[case(json!({"sessionLife": "soon"}), "sessionLife", "1s to 365d")]
#[case(json!({"sessionLife": "0s"}), "sessionLife", "1s to 365d")]
#[case(json!({"sessionLife": "-1h"}), "sessionLife", "1s to 365d")]
#[case(json!({"sessionLife": "366d"}), "sessionLife", "1s to 365d")]
#[case(json!({"codeLife": null}), "codeLife", "1s to 365d")]
#[case(json!({"codeLife": 1.5}), "codeLife", "1s to 365d")]
#[case(json!({"tokenLife": "999ms"}), "tokenLife", "1s to 365d")]
#[case(json!({"tolerance": "25h"}), "tolerance", "0s to 1d")]
#[case(json!({"tolerance": true}), "tolerance", "0s to 1d")]
#[case(json!({"tokenlife": "1h"}), "tokenlife", "tokenLife")]
#[case(json!({"tokenLife": "2h", "codeLife": ""}), "codeLife", "1s to 365d")]
fn a_wrong_value_names_its_field_and_changes_nothing(
    #[case] body: Value,
    #[case] field: &str,
    #[case] expected: &str,
) {
    let (server, _clock) = server();
    let console = Console::of(&server);

    let refused = console.call("PATCH", &body);

    assert_eq!((refused.status, refused.json["field"].as_str()), (400, Some(field)));
    let detail = refused.json["detail"].as_str().unwrap();
    assert!(detail.contains(expected), "{detail}");
    assert_eq!(console.settings(), usual());
}

#[test]
fn a_session_lasts_as_long_as_is_set() {
    let (server, _clock) = server();
    Console::of(&server).set(&json!({"sessionLife": "2h"}));
    let browser = Browser::of(&server);
    browser.take(&server.sign_in(&somebody(&server).1).unwrap().cookie);

    advance(&server, "119m");
    assert!(browser.open("/NordlysQA/").text.contains("Logged in with"));
    advance(&server, "1m");

    assert_eq!(browser.open("/NordlysQA/").heading(), "How do you want to log in?");
}

#[test]
fn a_code_is_good_as_long_as_is_set() {
    let (server, _clock) = server();
    Console::of(&server).set(&json!({"codeLife": "30s"}));
    let (_, name) = somebody(&server);
    let redeem =
        |code: &str| Program::entra(&server).form(&token_path(&server), &redemption(code)).json;

    let (early, late) = (code_for(&server, &name), code_for(&server, &name));
    advance(&server, "30s");
    assert!(redeem(&early)["id_token"].is_string());
    advance(&server, "1s");

    assert_eq!(redeem(&late)["error_codes"][0], 70008);
}

#[test]
fn tokens_are_valid_as_long_as_is_set() {
    let (server, _clock) = server();
    Console::of(&server).set(&json!({"tokenLife": "10m"}));
    let code = code_for(&server, &somebody(&server).1);

    let tokens = Program::entra(&server).form(&token_path(&server), &redemption(&code));

    let claims = tokens::claims(&tokens);
    let times = [&claims["exp"], &claims["iat"]].map(|it| it.as_i64().unwrap());
    assert_eq!((times[0] - times[1], &tokens.json["expires_in"]), (600, &json!(599)));
    let bearer = format!("Bearer {}", tokens.json["access_token"].as_str().unwrap());
    let user_info = || {
        let url = format!("{}/oidc/userinfo", Program::entra(&server).url);
        let request = browser::agent().get(url).header("authorization", &bearer);
        Page::of(request.call().unwrap()).status
    };
    advance(&server, "599s");
    assert_eq!(user_info(), 200);
    advance(&server, "1s");
    assert_eq!(user_info(), 401);
}

#[rstest]
#[case("5m", "10m", "tokenNotYetValid")]
#[case("10m", "10m", "works")]
#[case("0s", "1s", "tokenNotYetValid")]
fn clocks_may_differ_by_as_much_as_is_set(
    #[case] tolerance: &str,
    #[case] skew: &str,
    #[case] result: &str,
) {
    let (server, _clock) = server();
    Console::of(&server).set(&json!({"tolerance": tolerance}));
    let control = Program::control(&server);
    let rule =
        json!({"match": {"operation": "signin.token"}, "action": {"idToken": {"skew": skew}}});
    assert_eq!(control.send("POST", "/faults", &rule).status, 201);

    let answer = control.send("POST", "/sign-in", &json!({"user": somebody(&server).1}));

    let code = answer.json["reason"]["code"].as_str().unwrap_or("works");
    assert_eq!(code, result, "{}", answer.text);
}

#[test]
fn settings_travel_with_the_state() {
    let (server, _clock) = server();
    let control = Program::control(&server);
    let digest = || control.get("/state/digest").json["sha256"].clone();
    let (exported, before) = (control.get("/state").json, digest());
    assert_eq!(exported["signIn"], usual());
    Console::of(&server).set(&json!({"codeLife": "1m"}));
    let changed = control.get("/state").json;
    assert_eq!(changed["signIn"]["codeLife"], "1m");
    assert_ne!(digest(), before);

    control.send("PUT", "/state", &exported);
    assert_eq!(Console::of(&server).settings(), usual());
    control.send("PUT", "/state", &changed);
    assert_eq!(Console::of(&server).settings()["codeLife"], "1m");
    let mut old = exported.clone();
    old.as_object_mut().unwrap().remove("signIn");
    assert_eq!(control.send("PUT", "/state", &old).status, 200);
    assert_eq!(Console::of(&server).settings(), usual());
    let mut wrong = exported;
    wrong["signIn"]["codeLife"] = json!("never");
    let refused = control.send("PUT", "/state", &wrong);

    assert_eq!((refused.status, &refused.json["field"]), (400, &json!("signIn.codeLife")));
}

#[test]
fn another_seed_keeps_the_settings() {
    let (server, _clock) = server();
    Console::of(&server).set(&json!({"codeLife": "1m"}));

    let seeded = Program::control(&server).send("POST", "/seed", &json!({"users": 2}));

    assert_eq!(seeded.status, 200, "{}", seeded.text);
    assert_eq!(Console::of(&server).settings()["codeLife"], "1m");
}

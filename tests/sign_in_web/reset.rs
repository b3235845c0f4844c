//! A reset in the middle of a sign-in: who goes on with it hears of the reset, and the next test sees nothing of it.

use super::*;

const BEGIN: &str = "/NordlysQA/login?option=Microsoft+Entra+ID";

/// Resets the tenant.
fn reset(server: &MockServer) {
    let done = Program::control(server).send("POST", "/reset", &json!({}));
    assert!(done.status < 300, "{done:?}");
}

/// Expects the page that tells of the reset, and that the journal of the new epoch has nothing of it.
#[track_caller]
fn assert_told(server: &MockServer, page: &Page) {
    assert_eq!((page.status, page.heading().as_str()), (503, "The tenant was reset"), "{page:?}");
    let recorded: Vec<_> = server.requests().iter().map(|it| it.summary.clone()).collect();
    assert!(recorded.is_empty(), "{recorded:?}");
}

#[test]
fn an_answer_of_entra_that_comes_after_a_reset_is_told_of_it() {
    let (server, _clock) = server();
    let (_, name) = somebody(&server);
    let browser = Browser::of(&server);
    let picker = browser.open(BEGIN);
    let callback = browser.get(&picker.link(&name)).header("location").unwrap().to_owned();
    reset(&server);

    let page = browser.open(&callback);

    assert_told(&server, &page);
    let again = "href=\"/NordlysQA/?choose\">Begin again</a>";
    assert!(page.text.contains(again), "{page:?}");
    reset(&server);
    assert_told(&server, &browser.open(&callback));
}

#[test]
fn every_step_behind_the_login_is_told_of_a_reset() {
    let (server, _clock) = server();
    let (_, name) = somebody(&server);
    let browser = Browser::of(&server);
    let authorize = browser.get(BEGIN).header("location").unwrap().to_owned();
    let picker = browser.get(&authorize);
    let (account, other) = (picker.link(&name), picker.link("Use another account"));
    reset(&server);

    for step in [&authorize, &account, &other] {
        assert_told(&server, &browser.get(step));
    }
    assert_eq!(browser.open(BEGIN).heading(), "Pick an account", "a new one begins");
}

#[test]
fn a_program_that_redeems_a_code_of_before_a_reset_is_told_of_it() {
    let (server, _clock) = server();
    let (_, name) = somebody(&server);
    let code = code_for(&server, &name);
    let path = token_path(&server);
    reset(&server);

    let refused = Program::entra(&server).form(&path, &redemption(&code));

    assert_eq!((refused.status, &refused.json["error"]), (503, &json!("temporarily_unavailable")));
    assert!(server.requests().is_empty());
}

#[test]
fn what_a_reset_ended_uses_up_no_fault_of_the_next_test() {
    let (server, _clock) = server();
    let (_, name) = somebody(&server);
    let browser = Browser::of(&server);
    let picker = browser.open(BEGIN);
    let callback = browser.get(&picker.link(&name)).header("location").unwrap().to_owned();
    reset(&server);
    let rule = json!({"match": {"operation": "signin.callback"}, "action": {"status": 500}});
    let armed = Program::control(&server).send("POST", "/faults", &rule);
    assert_eq!(armed.status, 201, "{armed:?}");

    assert_eq!(browser.open(&callback).status, 503);

    let rules = Program::control(&server).get("/faults");
    assert_eq!(rules.json["items"][0]["matched"], 0, "{}", rules.text);
}

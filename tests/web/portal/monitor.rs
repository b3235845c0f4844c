//! What the pages say of the job is so.

use serde_json::json;

use super::{at, control, press, scim_link, with_job};
use crate::browser::Browser;

/// The state of the job at the head of the pages.
fn status(browser: &Browser) -> String {
    let page = browser.page(&at("/monitor"));
    let line = page.split("id=\"status\"").nth(1).unwrap().split("</div>").next().unwrap();
    let words = line.split('<').filter_map(|it| it.split_once('>')).map(|(_, text)| text);
    words.collect()
}

#[test]
fn a_quarantine_is_told_with_its_reason_until_it_ends() {
    let server = with_job(2);
    let mut browser = Browser::at_portal(&server);
    let link = scim_link(&server);
    let run = || control(&server).call("POST", "/entra/cycle?wait=true").send();
    let wrong = [
        ("tenantUrl", &*link),
        ("secretToken", "wrong-token-1234"),
        ("notificationEmail", "it@contoso.com"),
        ("sendEmailWhenAFailureOccurs", "yes"),
    ];
    assert_eq!(press(&mut browser, "save", &wrong).status, 303);
    run();

    let page = browser.page(&at("/monitor"));
    for words in [
        "The job is in quarantine.",
        "EncounteredQuarantineException",
        "SystemForCrossDomainIdentityManagementCredentialValidationFailure",
        "Initial cycle ended in quarantine",
        "to it@contoso.com",
    ] {
        assert!(page.contains(words), "{words}: {page}");
    }
    assert!(status(&browser).starts_with("Provisioning Status Off, in quarantine"));

    let key = server.secret_key().unwrap();
    press(&mut browser, "save", &[("tenantUrl", &*link), ("secretToken", &*key)]);
    browser.press(&at("/monitor"), &[("do", "restart")]);
    run();

    let page = browser.page(&at("/monitor"));
    assert!(!page.contains("The job is in quarantine."), "{page}");
    assert_eq!(status(&browser), "Provisioning Status Off, initial cycle completed");
}

#[test]
fn on_and_off_follow_from_the_job() {
    let server = with_job(1);
    let mut browser = Browser::at_portal(&server);
    assert_eq!(status(&browser), "Provisioning Status Off, no cycle has run");

    let on = press(&mut browser, "settings", &[("status", "on"), ("scope", "assigned")]);
    assert_eq!(on.header("location"), at("/monitor"));
    let page = browser.page(&at("/monitor"));
    assert!(!page.contains("Provisioning Status is Off"), "{page}");
    assert!(status(&browser).starts_with("Provisioning Status On, "), "{}", status(&browser));
    let off = press(&mut browser, "settings", &[("status", "off"), ("scope", "assigned")]);
    assert_eq!(off.header("location"), at("?saved=yes"));
    assert!(status(&browser).starts_with("Provisioning Status Off, "), "{}", status(&browser));
}

#[test]
fn failures_are_counted_where_a_cycle_is_told() {
    let server = with_job(2);
    let rule = json!({"match": {"operation": "user.create"}, "action": {"status": 400}});
    assert_eq!(control(&server).post("/faults", &rule).status, 201);
    control(&server).call("POST", "/entra/cycle?wait=true").send();
    let browser = Browser::at_portal(&server);

    let page = browser.page(&at("/monitor"));

    assert!(status(&browser).contains("failed"), "{}", status(&browser));
    assert!(page.contains("objects failed and will be tried again."), "{page}");
}

#[test]
fn nobody_assigned_is_told_while_the_scope_wants_an_assignment() {
    let server = with_job(0);
    let changes = control(&server).get("/entra/directory").json["objects"].clone();
    let changes: Vec<_> = changes
        .as_array()
        .unwrap()
        .iter()
        .map(|it| json!({"change": "unassign", "object": it["objectId"]}))
        .collect();
    control(&server).post("/entra/directory/changes", &json!({"changes": changes}));
    let mut browser = Browser::at_portal(&server);
    let nobody = "Nobody is assigned to the application: a cycle provisions nobody.";

    assert!(browser.page(&at("/monitor")).contains(nobody));
    press(&mut browser, "settings", &[("status", "off"), ("scope", "all")]);
    assert!(!browser.page(&at("/monitor")).contains(nobody));
}

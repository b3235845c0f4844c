//! What is typed: good and bad, and what the page says then.

use mediusflow_mock::internals::TenantInternals as _;
use rstest::rstest;
use serde_json::json;

use crate::{
    browser::{Browser, arm, hidden},
    support::{Client, fresh_server, server},
};

const INTEGRATION: &str = "/NordlysQA/admin/integration";
const TAB: &str = "/NordlysQA/admin/user-provisioning-configuration";

fn new_configuration() -> String {
    format!("{TAB}/configurations/new")
}

fn notification() -> String {
    format!("{TAB}/secret-key/new")
}

#[test]
fn a_wrong_guid_is_told_at_its_field_and_stays_there() {
    let server = fresh_server();
    let mut browser = Browser::logged_in(&server);
    browser.press(INTEGRATION, &[("do", "verify")]);

    let answer = browser.press(INTEGRATION, &[("do", "save"), ("entraTenantId", "4f1a\"<b>")]);

    assert_eq!(answer.status, 400);
    let field = answer.text.split("<input class=\"field\" id=\"entraTenantId\"").nth(1).unwrap();
    let field = field.split("</div>").next().unwrap();
    assert!(field.contains("value=\"4f1a&quot;&lt;b&gt;\""), "{field}");
    assert!(field.contains(" autofocus aria-invalid=\"true\""), "{field}");
    assert!(field.contains("A Microsoft Entra tenant ID is a GUID"), "{field}");
}

#[test]
fn a_step_that_is_too_early_is_refused_in_the_words_of_the_call() {
    let server = fresh_server();
    let mut browser = Browser::logged_in(&server);

    let id = "c41f6a0e-7d52-4b9e-8f0d-2a6b9c3e5d71";
    let answer = browser.press(INTEGRATION, &[("do", "save"), ("entraTenantId", id)]);

    assert_eq!(answer.status, 409);
    assert!(answer.text.contains("step 2 (Verify the connection) first"), "{}", answer.text);
    assert_eq!(browser.get(TAB).header("location"), INTEGRATION);
    assert_eq!(browser.get(&notification()).header("location"), INTEGRATION);
}

#[test]
fn a_key_is_shown_once_and_an_old_notification_makes_none() {
    let server = server();
    let mut browser = Browser::logged_in(&server);
    let old = server.secret_key().unwrap();
    let form = hidden(&browser.page(&notification()), &notification());
    assert_eq!(form[1].0, "replaces");
    assert!(old.ends_with(&form[1].1), "{old} {form:?}");

    let fields: Vec<_> = form.iter().map(|(name, value)| (&**name, &**value)).collect();
    let answer = browser.send(&notification(), &fields);
    let again = browser.send(&notification(), &fields);

    let key = server.secret_key().unwrap();
    assert_ne!(key, old);
    assert_eq!((answer.status, answer.header("cache-control")), (200, "no-store"));
    assert!(answer.text.contains(&format!("value=\"{key}\"")), "{}", answer.text);
    assert!(!answer.text.contains("data-changes"), "the page would renew itself");
    assert_eq!(again.status, 409);
    assert!(again.text.contains("The key was changed meanwhile, nothing was generated."));
    let refused = server.requests().pop().unwrap();
    let words = "ADMIN 409 the key was changed meanwhile, nothing was generated";
    assert_eq!((refused.summary.as_str(), refused.target.as_str()), (words, &*notification()));
    assert!(!browser.page(TAB).contains(&key));
    assert_eq!(server.secret_key().unwrap(), key);
}

#[test]
fn a_company_is_enough_and_what_is_as_usual_is_left_out() {
    let server = server();
    let mut browser = Browser::logged_in(&server);

    let company = [("do", "save"), ("filter", "X-1"), ("companies", "Nordlys Energi AB")];
    let page = browser.page(&new_configuration());
    let chosen = chosen(&page);
    let chosen = chosen.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let fields: Vec<_> = company.into_iter().chain(chosen).collect();
    let answer = browser.press(&new_configuration(), &fields);

    assert_eq!(answer.status, 303, "{}", answer.text);
    let last = server.requests().pop().unwrap();
    let sent: serde_json::Value = serde_json::from_str(&last.request.body).unwrap();
    assert_eq!(sent, json!({"filter": "X-1", "companies": ["Nordlys Energi AB"]}));
}

/// The boxes that are checked and the options that are selected in a window.
fn chosen(page: &str) -> Vec<(String, String)> {
    let window = page.split("<dialog").nth(1).unwrap();
    let quoted = |text: &str, name: &str| {
        let rest = text.split(&format!("{name}=\"")).nth(1)?;
        Some(rest.split('"').next()?.to_owned())
    };
    let boxes = window.split("<input type=\"checkbox\" ").skip(1);
    let boxes = boxes.map(|it| it.split('>').next().unwrap()).filter(|it| it.ends_with("checked"));
    let boxes = boxes.map(|it| (quoted(it, "name").unwrap(), quoted(it, "value").unwrap()));
    let lists = window.split("<select class=\"field\" ").skip(1).filter_map(|it| {
        let option = it.split("<option").find(|it| it.contains(" selected"))?;
        let value = quoted(option, "value")
            .or_else(|| Some(option.split('>').nth(1)?.split('<').next()?.to_owned()))?;
        Some((quoted(it, "name")?, value))
    });
    boxes.chain(lists).collect()
}

#[test]
fn a_window_that_is_refused_stays_open_with_what_was_typed() {
    let server = server();
    let mut browser = Browser::logged_in(&server);
    let taken = server.tenant().snapshot().console().configurations()[0].filter.clone();

    let fields = [
        ("do", "save"),
        ("name", "Typed <name>"),
        ("filter", &*taken),
        ("companies", "Nordlys Handel AB"),
        ("roles", "Expense AP"),
    ];
    let answer = browser.press(&new_configuration(), &fields);

    assert_eq!(answer.status, 400);
    let window = answer.text.split("<dialog").nth(1).unwrap();
    assert!(window.contains("value=\"Typed &lt;name&gt;\""), "{window}");
    assert!(window.contains("value=\"Nordlys Handel AB\" checked"), "{window}");
    assert!(window.contains("value=\"Expense AP\" checked"), "{window}");
    assert!(window.contains("aria-invalid=\"true\""), "{window}");
    assert!(answer.text.contains("<div inert"), "the page behind is out of reach");
}

/// The opening tags that take the focus when the page is opened.
fn focused(page: &str) -> Vec<&str> {
    let tags = page.split('<').map(|it| it.split('>').next().unwrap_or_default());
    tags.filter(|it| it.contains(" autofocus")).collect()
}

#[rstest]
#[case::filter(
    &[("filter", "SE-AP"), ("companies", "Nordlys Energi AB")],
    "filter", "Filter", "has the filter &quot;SE-AP&quot; already."
)]
#[case::companies(&[("filter", "X-1")], "companies", "Companies", "Expected at least one company.")]
#[case::roles(
    &[("filter", "X-1"), ("companies", "Nordlys Energi AB"), ("roles", "King")],
    "roles", "Roles", "No role is called &quot;King&quot;"
)]
#[case::locale(
    &[("filter", "X-1"), ("companies", "Nordlys Energi AB"), ("timeZone", "Mars")],
    "timeZone", "Time zone", "No time zone is called &quot;Mars&quot;"
)]
#[case::login(
    &[("filter", "X-1"), ("companies", "Nordlys Energi AB"), ("loginOption", "Okta")],
    "loginOption", "Login option", "No login option is called &quot;Okta&quot;"
)]
fn a_field_in_trouble_is_told_once_has_the_focus_and_is_linked_to(
    #[case] typed: &[(&str, &str)],
    #[case] field: &str,
    #[case] label: &str,
    #[case] words: &str,
) {
    let server = server();
    let mut browser = Browser::logged_in(&server);
    let typed: Vec<_> = typed.iter().copied().chain([("do", "save")]).collect();

    let page = browser.press(&new_configuration(), &typed).text;

    assert_eq!(page.matches(words).count(), 1, "{page}");
    let summary = format!("Look at <a href=\"#{field}\">{label}</a>.");
    assert_eq!(page.matches(&summary).count(), 1, "{page}");
    assert_eq!(page.matches("role=\"alert\"").count(), 1, "{page}");
    let focused = focused(&page);
    assert_eq!(focused.len(), 1, "{focused:?}");
    assert!(focused[0].contains(&format!("id=\"{field}\"")), "{focused:?}");
    assert!(
        !page.contains(&format!("{field}: ")) && !page.contains(&format!("{field}[")),
        "{page}"
    );
}

#[test]
fn a_configuration_is_edited_and_deleted_in_its_window() {
    let server = server();
    let mut browser = Browser::logged_in(&server);
    let id = server.tenant().snapshot().console().configurations()[0].id.clone();
    let window = format!("{TAB}/configurations/{id}");
    let page = browser.page(&window);
    let chosen = chosen(&page);
    let chosen = chosen.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let named = [("do", "save"), ("name", "Renamed"), ("filter", "")];

    let edited = browser.press(&window, &named.into_iter().chain(chosen).collect::<Vec<_>>());
    assert_eq!(edited.status, 303, "{}", edited.text);
    assert!(browser.page(TAB).contains("Renamed"));

    assert_eq!(browser.press(&window, &[("do", "delete")]).status, 303);
    assert_eq!(browser.get(&window).status, 404);
}

#[test]
fn a_login_option_is_saved_with_what_the_form_has_not() {
    let server = server();
    let mut browser = Browser::logged_in(&server);
    let path = "/NordlysQA/admin/login-options/Microsoft%20Entra%20ID";
    let before = server.tenant().snapshot().master().data.login_options()[0].clone();

    let fields =
        [("displayName", "Work account"), ("issuer", &*before.issuer), ("protocolType", "WsTrust")];
    let refused = browser.press(path, &[("displayName", ""), ("issuer", "x")]);
    let answer = browser.press(path, &fields);

    assert_eq!(refused.status, 400, "{}", refused.text);
    assert!(refused.text.contains("aria-invalid=\"true\""), "{}", refused.text);
    assert_eq!(answer.status, 303, "{}", answer.text);
    let saved = server.tenant().snapshot().master().data.login_options()[0].clone();
    assert_eq!((saved.display_name.as_str(), saved.is_visible), ("Work account", false));
    assert_eq!(saved.realm, None, "an empty field is none");
}

#[rstest]
#[case("tenantName=%FF", 400, "The field &quot;tenantName&quot; is no text.")]
#[case("tenantName=%00", 400, "The field &quot;tenantName&quot; is no text.")]
#[case("tenantName=%", 400, "The field &quot;tenantName&quot; is no text.")]
#[case("tenantName=Nordlisqa", 404, "There is no tenant &quot;Nordlisqa&quot;")]
#[case("tenantName=%3Cscript%3E", 404, "There is no tenant &quot;&lt;script&gt;&quot;")]
#[case(
    "tenantName=NordlysQA&userName=auditor%40nordlys.example",
    403,
    "has no admin access rights"
)]
fn bad_input_of_step_1_is_told(#[case] body: &str, #[case] status: u16, #[case] words: &str) {
    let server = server();
    let client = Client::at(format!("http://{}", server.address()));

    let call = client.call("POST", "/admin/").header("accept", "text/html");
    let answer = call.header("content-type", "application/x-www-form-urlencoded").body(body).send();

    assert_eq!(answer.status, status, "{answer:?}");
    assert!(answer.text.contains(words), "{}", answer.text);
}

#[test]
fn a_form_of_another_type_or_size_is_refused() {
    let server = server();
    let client = Client::at(format!("http://{}", server.address()));
    let post = |body: &str| client.call("POST", "/admin/").body(body);

    let json = post("{}").header("content-type", "application/json").send();
    let large = format!("tenantName={}", "x".repeat(300 * 1024));
    let large = post(&large).header("content-type", "application/x-www-form-urlencoded").send();

    assert_eq!((json.status, large.status), (415, 413));
}

#[rstest]
#[case(json!({"status": 503, "detail": "the console rests"}), 503, "The console rests.")]
#[case(json!({"connection": "reset"}), 502, "The call got no whole answer: the connection ended.")]
fn a_fault_of_a_call_is_shown_where_it_was_made(
    #[case] action: serde_json::Value,
    #[case] status: u16,
    #[case] words: &str,
) {
    let server = server();
    let mut browser = Browser::logged_in(&server);
    let old = server.secret_key();
    arm(&server, "admin.secret-key", &action);

    let answer = browser.press(&notification(), &[]);

    assert_eq!(answer.status, status, "{}", answer.text);
    assert!(answer.text.contains(words), "{}", answer.text);
    assert_eq!(server.secret_key(), old);
}

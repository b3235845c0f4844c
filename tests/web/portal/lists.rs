//! Users and groups, provisioning on demand, mappings and logs.

use serde_json::json;

use super::{at, calls, control, empty_server, press, scim_link, with_job};
use crate::browser::Browser;

#[test]
fn pages_keep_to_their_budget_with_forty_people() {
    const BUDGET: usize = 14_000;
    let server = with_job(40);
    let ended = control(&server).call("POST", "/entra/cycle?wait=true").send();
    assert_eq!(ended.status, 200, "{ended:?}");
    let browser = Browser::at_portal(&server);
    let logs = browser.page(&at("/logs"));
    let line = logs.split("href=\"logs/").nth(1).unwrap().split('"').next().unwrap();

    for path in [
        String::new(),
        "/mappings/users".to_owned(),
        "/mappings/groups".to_owned(),
        "/users-and-groups".to_owned(),
        "/users-and-groups?page=2".to_owned(),
        "/on-demand".to_owned(),
        "/monitor".to_owned(),
        "/logs".to_owned(),
        format!("/logs/{line}"),
    ] {
        let size = browser.page(&at(&path)).len();
        println!("{path}: {size} of {BUDGET} bytes");
        assert!(size <= BUDGET, "{path} has {size} bytes, at most {BUDGET} were wanted");
    }
}

#[test]
fn the_enterprise_applications_lead_to_the_provisioning_of_mediusflow() {
    let server = with_job(3);
    let browser = Browser::at_portal(&server);

    let list = browser.page(&at("").replace("/provisioning", "/applications"));

    assert!(list.contains("<h1>Enterprise applications</h1>"), "{list}");
    assert!(list.contains("Provisioning Status Off"), "{list}");
    let link = list.split(">MediusFlow</a>").next().unwrap().rsplit("href=\"").next().unwrap();
    let link = link.trim_end_matches('"');
    assert!(link.ends_with("/provisioning"), "{link}");
    assert!(browser.page(&at("")).contains(">Enterprise applications</a>"));
}

#[test]
fn a_row_assigns_and_disables_and_the_list_stays_where_it_was() {
    let server = with_job(3);
    let mut browser = Browser::at_portal(&server);
    let directory = control(&server).get("/entra/directory").json;
    let users = directory["objects"].as_array().unwrap().iter();
    let user = users.clone().find(|it| it["kind"]["type"] == "user").unwrap();
    let id = user["objectId"].as_str().unwrap();
    let name = user["attributes"]["userPrincipalName"].as_str().unwrap();
    let list = at("/users-and-groups");

    for change in ["unassign", "disable", "enable", "assign"] {
        let query = [(change, id), ("q", "contoso"), ("show", "users")];
        let answer = browser.press(&list, &query);
        assert_eq!(answer.status, 303, "{}", answer.text);
        let there = format!("{list}?q=contoso&show=users&done={change}&object={id}");
        assert_eq!(answer.header("location"), there);
        assert!(browser.page(&there).contains("MediusFlow learns of it in the next cycle"));
    }

    let sent: Vec<_> = calls(&server).iter().map(|it| it[3]["changes"][0].clone()).collect();
    let expected = ["unassign", "disable", "enable", "assign"];
    let expected = expected.map(|it| json!({"change": it, "object": name}));
    assert_eq!(sent, expected);
}

#[test]
fn the_directory_is_searched_and_cut_into_segments_and_pages() {
    let server = with_job(40);
    let mut browser = Browser::at_portal(&server);
    let page =
        |browser: &Browser, query: &str| browser.page(&at(&format!("/users-and-groups{query}")));

    let all = page(&browser, "");
    assert!(all.contains("1–25 of 42") && all.contains("Assigned 42</a>"), "{all}");
    assert!(page(&browser, "?page=2").contains("26–42 of 42"));
    assert!(page(&browser, "?show=groups").contains("1–2 of 2"));
    assert!(
        page(&browser, "?q=%3Cscript%3E")
            .contains("No user or group matches &quot;&lt;script&gt;&quot;.")
    );
    let id = all.split("name=\"disable\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    browser.press(&at("/users-and-groups"), &[("disable", id)]);
    assert!(page(&browser, "?show=disabled").contains(&format!("name=\"enable\" value=\"{id}\"")));
}

#[test]
fn an_empty_directory_says_so_and_gets_people() {
    let server = empty_server();
    let directory = json!({"objects": {"users": [], "groups": []}});
    control(&server).put("/entra", &json!({"directory": directory}));
    let mut browser = Browser::at_portal(&server);
    let list = at("/users-and-groups");
    assert!(browser.page(&list).contains("The directory is empty"));
    assert!(
        browser
            .page(&at("/monitor"))
            .contains("The directory is empty: a cycle provisions nobody.")
    );

    let refused = browser.press(&list, &[("do", "generate"), ("users", "many"), ("groups", "1")]);
    assert_eq!(refused.status, 400, "{}", refused.text);
    assert!(refused.text.contains("value=\"many\""), "what was typed stays: {}", refused.text);
    let made = browser.press(&list, &[("do", "generate"), ("users", "2"), ("groups", "1")]);

    assert_eq!(made.status, 303, "{}", made.text);
    assert!(browser.page(&list).contains("1–3 of 3"));
}

#[test]
fn on_demand_shows_each_step_and_why_not() {
    let server = with_job(2);
    let mut browser = Browser::at_portal(&server);
    let list = browser.page(&at("/users-and-groups?show=users"));
    let id = list.split("on-demand?object=").nth(1).unwrap().split('"').next().unwrap();
    let path = at(&format!("/on-demand?object={id}"));
    let shown = browser.page(&path);
    let name = shown.split("name=\"object\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    assert!(name.contains('@'), "{name}");

    let done = browser.press(&at("/on-demand"), &[("object", name)]);
    let unknown = browser.press(&at("/on-demand"), &[("object", "<nobody>")]);

    assert_eq!(done.status, 200);
    for step in ["1. Import user", "2. Determine if user is in scope", "4. Perform action"] {
        assert!(done.text.contains(step), "{step}: {}", done.text);
    }
    assert_eq!(unknown.status, 404);
    assert!(unknown.text.contains("value=\"&lt;nobody&gt;\""), "{}", unknown.text);
    assert!(unknown.text.contains("aria-invalid=\"true\""), "{}", unknown.text);
}

#[test]
fn the_mappings_are_the_tutorials_and_the_job_file_makes_the_same_job() {
    let server = with_job(1);
    let browser = Browser::at_portal(&server);

    let users = browser.page(&at("/mappings/users"));
    assert_eq!(users.matches("<th scope=\"row\">").count(), 17, "{users}");
    assert!(users.contains("Yes, precedence 1"), "{users}");
    let file = browser.get(&at("/job.toml"));
    assert_eq!(file.header("content-disposition"), "attachment; filename=\"job.toml\"");
    assert!(
        file.text.contains(&format!("tenant-url = \"{}\"", scim_link(&server))),
        "{}",
        file.text
    );

    let before = control(&server).get("/entra").json["settings"].clone();
    let key = server.secret_key().unwrap();
    let again = json!({"configuration": file.text, "secretToken": key});
    assert_eq!(control(&server).put("/entra", &again).json["settings"], before);
    assert_eq!(browser.get(&at("/mappings/roles")).status, 404);
}

#[test]
fn the_logs_lead_to_the_steps_of_each_line() {
    let server = with_job(2);
    control(&server).call("POST", "/entra/cycle?wait=true").send();
    let browser = Browser::at_portal(&server);

    let logs = browser.page(&at("/logs?status=success"));
    let line = logs.split("href=\"logs/").nth(1).unwrap().split('"').next().unwrap();
    let shown = browser.page(&at(&format!("/logs/{line}")));

    assert!(shown.contains("1. EntryImport") && shown.contains("Modified properties"), "{shown}");
    assert!(browser.page(&at("/logs?status=failure")).contains("There is no such line."));
    assert_eq!(browser.get(&at("/logs/%3Cscript%3E")).status, 404);
}

#[test]
fn without_a_job_every_page_says_so() {
    let server = empty_server();
    let mut browser = Browser::at_portal(&server);

    for path in ["/users-and-groups", "/on-demand", "/monitor", "/logs"] {
        let page = browser.page(&at(path));
        assert!(page.contains("There is no provisioning job yet."), "{path}: {page}");
        assert!(page.contains("Not configured"), "{path}: {page}");
    }
    assert_eq!(browser.get(&at("/mappings/users")).status, 303);
    assert_eq!(browser.get(&at("/job.toml")).status, 404);
    let settings = press(&mut browser, "settings", &[("status", "on"), ("scope", "all")]);
    assert_eq!(settings.status, 404, "{}", settings.text);
}

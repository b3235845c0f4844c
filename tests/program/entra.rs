//! `entra`: the provisioning service as a command.

use std::{fs, net::TcpListener};

use serde_json::Value as Json;

use crate::running::{folder, program, text};

mod desk;
mod generated;
mod hung;
mod output;
mod refused;
mod tls;
mod together;

use desk::{Desk, at};

#[test]
fn a_company_is_provisioned_and_a_second_cycle_writes_nothing() {
    let desk = Desk::with_company("entra-cycles");
    assert_eq!(desk.done(&["test-connection"])[0]["result"], "success");

    let first = desk.cycle(&[]);
    let second = desk.cycle(&[]);

    assert_eq!((&first["kind"], &first["state"]), (&"initial".into(), &"Succeeded".into()));
    assert!(first["counts"]["created"].as_u64().unwrap() > 10, "{first}");
    assert_eq!(second["kind"], "incremental");
    for count in ["created", "updated", "disabled", "deleted", "failed"] {
        assert_eq!(second["counts"][count], 0, "{count}");
    }
    let status = &desk.done(&["status"])[0];
    assert_eq!(status["status"]["code"], "Active");
}

#[test]
fn changes_of_the_directory_arrive_with_the_next_cycle() {
    let desk = Desk::with_company("entra-changes");
    let ada = "ada@contoso.example";
    desk.done(&["directory", "create", ada, "displayName=Ada Berg", "department=Sales"]);
    desk.done(&["directory", "create", "Auditors", "--group"]);
    desk.done(&["directory", "join", ada, "Auditors"]);
    desk.cycle(&[]);
    assert_eq!(desk.user(ada)["active"], true);

    desk.done(&["directory", "update", ada, "displayName=Ada Lund", "manager="]);
    desk.cycle(&[]);
    assert_eq!(desk.user(ada)["displayName"], "Ada Lund");

    desk.done(&["directory", "disable", ada]);
    desk.cycle(&[]);
    assert_eq!(desk.user(ada)["active"], false);

    desk.done(&["directory", "enable", ada]);
    desk.done(&["directory", "leave", ada, "Auditors"]);
    desk.cycle(&[]);
    assert_eq!(desk.user(ada)["active"], true);

    desk.done(&["directory", "unassign", ada]);
    desk.cycle(&[]);
    assert_eq!(desk.user(ada)["active"], false);

    // Whoever was disabled for leaving the scope is not deleted later, until back in scope.
    desk.done(&["directory", "assign", ada]);
    desk.cycle(&[]);
    desk.done(&["directory", "delete", ada]);
    desk.done(&["directory", "restore", ada]);
    desk.done(&["directory", "delete", ada]);
    desk.cycle(&[]);
    assert_eq!(desk.user(ada)["active"], false);

    desk.cycle(&["--advance", "30d"]);
    assert_eq!(desk.user(ada), Json::Null);
    let lines = desk.done(&["logs", "--identity", "ada", "--action", "delete"]);
    assert_eq!(lines.len(), 1);
    assert_eq!(lines[0]["provisioningStatusInfo"]["status"], "success");
}

#[test]
fn a_week_runs_at_once() {
    let desk = Desk::with_company("entra-run");

    let lines = desk.done(&["run", "--at-once", "--busy", "--cycles", "5"]);

    let cycles: Vec<&Json> = lines.iter().filter(|it| it["event"] == "cycle").collect();
    assert_eq!(cycles.len(), 5);
    assert!(desk.user("new.hire5@contoso.example")["id"].is_string());
    assert!(desk.done(&["directory", "week", "--day", "6"]).is_empty());
    let found = desk.done(&["directory", "show", "new.hire1@contoso.example"]);
    assert_eq!(found[0]["assigned"][0], "Default Access");
    assert!(desk.done(&["directory", "show"]).len() > 15);
}

#[test]
fn idle_cycles_that_are_not_written_one_by_one_are_remembered_at_the_end() {
    let desk = Desk::with_company("entra-idle");
    let ended = |desk: &Desk| {
        let status = &desk.done(&["status"])[0]["status"];
        let ended = status["lastExecution"]["timeEnded"].as_str().unwrap();
        ended.parse::<jiff::Timestamp>().unwrap()
    };
    desk.cycle(&[]);
    let before = ended(&desk);

    desk.done(&["run", "--at-once", "--cycles", "20"]);

    assert!(ended(&desk).duration_since(before) >= jiff::SignedDuration::from_mins(20 * 40));
    assert_eq!(desk.cycle(&[])["counts"]["imported"], 0);
}

#[test]
fn a_signal_ends_the_wait_for_the_next_cycle_with_the_state_saved() {
    let desk = Desk::with_company("entra-signal");
    let mut run = desk.start(&["run", "--format", "json"]);
    let mut waits = 0;
    while waits < 2 {
        let line: Json = serde_json::from_str(&run.line()).unwrap();
        waits += usize::from(line["event"] == "waiting");
    }

    run.signal("INT");

    assert_eq!(run.end().0.code(), Some(0));
    assert_eq!(desk.cycle(&[])["kind"], "incremental");
}

#[test]
fn a_signal_ends_a_cycle_between_two_objects_and_the_next_one_goes_on() {
    let desk = Desk::with_company("entra-stopped");
    desk.write("job.toml", "[settings]\nrequests-per-second = 1\n");
    let run = desk.start(&["cycle"]);
    while desk.users() == 0 {}

    run.signal("INT");

    let (status, printed) = run.end();
    assert_eq!(status.code(), Some(0));
    assert!(printed.contains(r#""ended":"stopped""#), "{printed}");
    let created = desk.users();
    desk.write("job.toml", "[settings]\nrequests-per-second = 0\n");
    let all = desk.cycle(&[])["counts"]["entitled"].as_u64().unwrap();
    assert!(created < all, "{created} of {all}");
    assert_eq!(desk.cycle(&[])["counts"]["created"], 0);
}

#[test]
fn somebody_is_provisioned_on_demand_with_each_step_told() {
    let desk = Desk::with_company("entra-on-demand");
    let ada = "ada@contoso.example";
    desk.done(&["directory", "create", ada]);
    desk.done(&["directory", "create", "Auditors", "--group"]);
    desk.done(&["directory", "join", ada, "Auditors"]);

    let user = &desk.done(&["on-demand", ada])[0];
    let again = &desk.done(&["on-demand", ada])[0];
    let group = &desk.done(&["on-demand", "--group", "Auditors", "--member", ada])[0];
    let nobody = desk.run(&["on-demand", "nobody@contoso.example"]);

    assert_eq!((&user["result"], &again["result"]), (&"success".into(), &"skipped".into()));
    assert_eq!(user["steps"].as_array().unwrap().len(), 4);
    assert_eq!(group["result"], "success");
    assert_eq!(nobody.status.code(), Some(2));
    assert!(text(&nobody.stderr).contains("no user or group `nobody@contoso.example`"));
}

#[test]
fn logs_are_filtered_and_printed_as_the_portal_has_them() {
    let desk = Desk::with_company("entra-logs");
    desk.cycle(&[]);

    let creations = desk.done(&["logs", "--action", "create", "--status", "success"]);
    assert!(creations.iter().all(|it| it["provisioningAction"] == "create"));
    assert_eq!(desk.done(&["logs", "--last", "3", "--last-cycle"]).len(), 3);
    let csv = desk.run(&["logs", "--format", "csv"]);
    assert!(text(&csv.stdout).starts_with("Id,ActivityDateTime,ChangeId"));
    let files = desk.run(&["logs", "--format", "csv", "--into", "logs"]);
    assert_eq!((files.status.code(), text(&files.stdout)), (Some(0), ""));
    assert_eq!(fs::read_dir(desk.folder.join("logs")).unwrap().count(), 3);
    assert_eq!(desk.run(&["logs", "--into", "logs"]).status.code(), Some(2));
}

#[test]
fn a_manager_who_is_out_of_scope_is_a_warning_and_is_counted() {
    let desk = Desk::with_company("entra-warning");
    desk.cycle(&[]);
    let (ada, ben) = ("ada@contoso.example", "ben@contoso.example");
    desk.done(&["directory", "create", ada]);
    desk.done(&["directory", "unassign", ada]);
    desk.done(&["directory", "create", ben, &format!("manager={ada}")]);

    let lines = desk.done(&["cycle"]);

    let warning = lines.iter().find(|it| it["event"] == "warning").unwrap();
    assert!(warning["reason"].as_str().unwrap().contains("unable to assign ada"), "{warning}");
    let counts = &lines.last().unwrap()["execution"]["counts"];
    assert_eq!((&counts["notAssigned"], &counts["failedReferences"]), (&1.into(), &0.into()));
}

#[test]
fn logs_of_a_last_cycle_that_logged_nothing_are_not_those_of_another() {
    let desk = Desk::with_company("entra-idle-logs");
    desk.cycle(&[]);
    desk.cycle(&[]);

    assert!(!desk.done(&["logs"]).is_empty());
    assert!(desk.done(&["logs", "--last-cycle"]).is_empty());
    let told = desk.run(&["logs", "--last-cycle", "--format", "text"]);
    assert_eq!(text(&told.stdout), "the last cycle logged nothing\n");
}

#[test]
fn too_many_deletions_wait_until_they_are_allowed_and_are_mailed_about() {
    let desk = Desk::with_company("entra-deletions");
    desk.write(
        "job.toml",
        "[settings]\nrequests-per-second = 0\nprevent-accidental-deletions = true\n\
         accidental-deletion-threshold = 1\nnotification-email = \"it@contoso.example\"\n",
    );
    desk.done(&["directory", "create", "ada@contoso.example"]);
    desk.cycle(&[]);
    desk.done(&["directory", "disable", "ada@contoso.example"]);

    let held = desk.run(&["cycle"]);

    assert_eq!(held.status.code(), Some(4));
    assert!(text(&held.stdout).contains("TooManyDeletes"));
    assert_eq!(fs::read_dir(desk.folder.join("entra-outbox")).unwrap().count(), 1);
    desk.done(&["allow-deletions"]);
    desk.cycle(&[]);
    assert_eq!(desk.user("ada@contoso.example")["active"], false);
}

#[test]
fn a_restart_forgets_what_its_scope_says() {
    let desk = Desk::with_company("entra-restart");
    desk.cycle(&[]);
    desk.done(&["restart", "--scope", "Watermark,ConnectorDataStore"]);

    let again = desk.cycle(&[]);

    assert_eq!((&again["kind"], &again["counts"]["created"]), (&"initial".into(), &0.into()));
    desk.done(&["restart"]);
    let wrong = desk.run(&["restart", "--scope", "Everything"]);
    assert_eq!(wrong.status.code(), Some(2));
    assert!(text(&wrong.stderr).contains("no scope of a restart"));
}

#[test]
fn a_role_of_the_application_is_added_assigned_and_provisioned() {
    let desk = Desk::with_company("entra-roles");
    let ada = "ada@contoso.example";
    desk.write(
        "job.toml",
        "[settings]\nrequests-per-second = 0\n[users]\nattribute-mappings = [\n\
         { target = \"userName\", direct = \"userPrincipalName\", matching-precedence = 1 },\n\
         { target = 'roles[primary eq \"True\"].value', \
         expression = 'SingleAppRoleAssignment([appRoleAssignments])' },\n]\n",
    );
    desk.done(&["directory", "create", ada]);
    desk.done(&["directory", "add-role", "Approver", "--value", "approver"]);
    desk.done(&["directory", "unassign", ada]);
    desk.done(&["directory", "assign", ada, "--role", "Approver"]);

    desk.cycle(&[]);

    assert_eq!(desk.user(ada)["roles"][0]["value"], "approver");
    let unknown = desk.run(&["directory", "assign", ada, "--role", "Nobody"]);
    assert_eq!(unknown.status.code(), Some(2), "{}", text(&unknown.stderr));
    assert!(text(&unknown.stderr).contains("Nobody"), "{}", text(&unknown.stderr));
}

#[test]
fn what_the_target_refuses_is_told_and_is_no_success() {
    let desk = Desk::with_company("entra-refused");
    desk.write(
        "job.toml",
        "[users]\nattribute-mappings = [\n\
         { target = \"userName\", direct = \"userPrincipalName\", matching-precedence = 1 },\n\
         { target = \"nonsense\", constant = \"perhaps\" },\n]\n\
         target-attributes = [\"nonsense\"]\n",
    );

    let run = desk.run(&["cycle", "--format", "text"]);

    assert_eq!(run.status.code(), Some(4), "{}", text(&run.stdout));
    assert!(text(&run.stdout).contains("StatusCode: 400"), "{}", text(&run.stdout));
}

#[test]
fn a_wrong_token_fails_the_connection_and_quarantines_a_cycle() {
    let desk = Desk::with_company("entra-token");

    for (command, told) in [("test-connection", "failure"), ("cycle", "quarantined")] {
        let run = at(&desk.folder, &desk.url, "mfk_wrong", &[command]);
        assert_eq!(run.status.code(), Some(1), "{command}");
        assert!(text(&run.stdout).contains(told), "{}", text(&run.stdout));
        assert!(!text(&run.stdout).contains("mfk_wrong"));
    }
    assert_eq!(desk.users(), 0);
    desk.cycle(&[]);
}

#[test]
fn a_server_that_is_not_there_is_a_failure() {
    let desk = Desk::with_company("entra-unreachable");
    let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
    let nowhere = format!("http://{free}/scim");

    for command in ["test-connection", "cycle"] {
        let run = at(&desk.folder, &nowhere, &desk.key, &[command]);
        assert_eq!(run.status.code(), Some(1), "{command}");
        assert!(text(&run.stdout).contains("cannot be reached"), "{}", text(&run.stdout));
    }
}

#[test]
fn another_company_takes_the_place_of_the_first_and_the_logs_are_kept() {
    let desk = Desk::with_company("entra-replaced");
    desk.cycle(&[]);
    let before = desk.done(&["logs"]).len();
    desk.write("one.json", r#"{"users": [{"userPrincipalName": "ada@contoso.example"}]}"#);
    desk.write("none.json", "[]");

    let refused = desk.run(&["directory", "import", "none.json"]);
    assert_eq!(refused.status.code(), Some(3));
    assert!(desk.done(&["directory", "show"]).len() > 12);
    desk.done(&["directory", "import", "one.json"]);

    assert_eq!(desk.done(&["directory", "show"]).len(), 1);
    assert_eq!(desk.done(&["logs"]).len(), before);
    let status = &desk.done(&["status"])[0]["status"];
    assert_eq!(status["synchronizedEntryCountByType"][0]["value"], 0, "{status}");
    let help = desk.run(&["directory", "import", "--help"]);
    assert!(text(&help.stdout).contains("docs/entra.md"));
}

#[test]
fn the_built_in_job_is_a_job_file() {
    let desk = Desk::new("entra-default");
    let job = desk.run(&["job"]);
    desk.write("own.toml", text(&job.stdout));

    assert_eq!(desk.done(&["test-connection", "--job", "own.toml"])[0]["result"], "success");
}

#[test]
fn no_file_and_no_line_holds_the_secret() {
    let desk = Desk::with_company("entra-secret");
    desk.cycle(&[]);

    let state = fs::read_to_string(desk.folder.join("entra-state.json")).unwrap();
    let help = desk.run(&["--help"]);

    assert!(!state.contains(&desk.key));
    assert!(!text(&help.stdout).contains(&desk.key));
    assert!(text(&help.stdout).contains("Exit codes:"));
}

#[test]
fn exec_gives_it_a_tenant() {
    let folder = folder("entra-exec");
    let script = r#""$0" entra directory generate --users 3 --groups 1 && exec "$0" entra cycle"#;
    let words = ["exec", "--users", "0", "--groups", "0", "--", "sh", "-c", script];
    let mut command = program(&words);
    command.arg(env!("CARGO_BIN_EXE_mediusflow-mock")).current_dir(folder);

    let run = command.output().unwrap();

    assert_eq!((run.status.code(), text(&run.stderr)), (Some(0), ""));
    assert!(text(&run.stdout).contains(r#""ended":"completed""#), "{}", text(&run.stdout));
}

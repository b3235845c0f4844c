//! The dashboard's source over a job of the server.

use jiff::Timestamp;
use mediusflow_mock::MockServer;
use mediusflow_mock::entra::{CycleKind, LogEntry};
use mediusflow_mock::internals::ServerInternals as _;
use mediusflow_mock::internals::TenantInternals as _;
use mediusflow_mock::internals::dashboard::{
    DashboardSource as _, JobCommand, ListOrder, ListQuery, LocalSource, RowAnchor, WindowQuery,
};
use serde_json::{Value, json};

use crate::World;

/// The dashboard's source over the world's server.
fn source(world: &World) -> LocalSource {
    let server = &world.server;
    let clock = server.clock();
    LocalSource::new(server.tenants(), server.tenant(), server.url(), move || clock.now())
        .with_provisioning(server.provisioning())
}

fn ask(filter: &str) -> ListQuery {
    let view = WindowQuery { anchor: RowAnchor::First, step: 0, above: 0, limit: 5 };
    ListQuery { filter: filter.to_owned(), order: ListOrder::NEWEST, reverse: false, view }
}

#[test]
fn the_first_order_makes_a_job_whose_log_the_dashboard_shows() {
    let world = World::new();
    let mut source = source(&world);
    assert!(source.provisioning(&ask("")).view.is_none());

    assert_eq!(source.order(JobCommand::Cycle), "ordered: a cycle");
    world.cycle(); // the one before has ended when this one has

    let shown = source.provisioning(&ask("create"));
    let view = shown.view.unwrap();
    assert_eq!((view.cycles.len(), view.cycles[1].execution.kind), (2, CycleKind::Initial));
    assert_eq!((view.objects, view.running.is_none()), (29, true));
    assert_eq!(shown.lines.rows.len(), 5);
    assert!(shown.lines.total < shown.lines.unfiltered);
}

#[test]
fn each_order_moves_what_is_shown_but_not_while_the_view_is_held() {
    let world = World::with_job(10, 1);
    let mut source = source(&world);
    let revision = source.revision();
    source.hold();

    assert_eq!(
        source.order(JobCommand::NextDay),
        "ordered: the next day of the directory; then c provisions it"
    );
    world.get("/entra/directory"); // carried out after the order

    assert_eq!(source.provisioning(&ask("")).view.unwrap().day, 0);
    source.release();
    assert_eq!(source.provisioning(&ask("")).view.unwrap().day, 1);
    assert_ne!(source.revision(), revision, "it is a hash: any other number is news");
}

#[test]
fn an_order_that_is_refused_at_once_says_why() {
    let server = MockServer::builder().fresh().start().unwrap();
    let clock = server.clock();
    let source =
        LocalSource::new(server.tenants(), server.tenant(), server.url(), move || clock.now());

    let said = source.with_provisioning(server.provisioning()).order(JobCommand::Cycle);

    assert!(said.starts_with("the Secret Token is missing"), "{said}");
}

#[test]
fn the_tenants_clock_goes_faster_slower_and_stands_still_from_where_it_is() {
    let world = World::with_job(5, 1);
    let mut source = source(&world);
    let before = world.get("/clock").json["now"].clone();
    let mut pace = |order| {
        let said = source.order(order);
        let clock = world.get("/clock").json;
        (said, clock["mode"].clone(), clock["factor"].clone())
    };

    let (faster, fastest) = (JobCommand::Faster, [JobCommand::Faster; 4]);
    assert_eq!(pace(faster).2, json!(10.0));
    let last = fastest.map(&mut pace)[3].0.clone();
    assert_eq!(last, "the tenant's clock goes 3600 times as fast already");
    let slower = [JobCommand::Slower; 5].map(&mut pace);

    assert_eq!(slower[3].2, json!(1.0));
    assert_eq!(
        (&slower[4].0[..], &slower[4].1),
        ("the tenant's clock goes not at all", &json!("frozen"))
    );
    let now = |it: &Value| it.as_str().unwrap().parse::<Timestamp>().unwrap();
    assert!(now(&world.get("/clock").json["now"]) >= now(&before));
    let shown = source.overview(world.server.clock().now(), 0);
    assert_eq!(shown.now, now(&world.get("/clock").json["now"]));
}

#[test]
fn restarting_lets_the_next_cycle_look_at_everybody() {
    let world = World::with_job(5, 1);
    world.cycle();

    let said = source(&world).order(JobCommand::Restart);

    assert_eq!(said, "ordered: restart; then the next cycle looks at everybody");
    assert_eq!(world.cycle()["cycle"]["kind"], "initial");
}

#[test]
fn a_line_of_the_log_names_the_attributes_in_a_few_words() {
    let world = World::with_job(30, 1);
    world.cycle();

    let shown = |filter: &str| {
        let rows = source(&world).provisioning(&ask(filter)).lines.rows;
        rows.iter().map(LogEntry::result).collect::<Vec<_>>()
    };

    let (managers, members) = (shown("manager"), shown("members"));
    assert!(managers.iter().all(|it| it == "manager") && !managers.is_empty(), "{managers:?}");
    assert!(members.iter().any(|it| it.starts_with("members ×")), "{members:?}");
}

/// What the overview says of the job.
fn attention(world: &World) -> Vec<String> {
    let overview = source(world).overview(world.server.clock().now(), 0);
    overview.attention.into_iter().map(|it| it.what).filter(|it| it.contains("prov")).collect()
}

#[test]
fn a_job_that_failed_needs_attention_until_a_cycle_is_good() {
    let world = World::with_job(5, 0);
    assert!(attention(&world).is_empty());
    world.put("/entra", &json!({"secretToken": "wrong"}));

    world.cycle();
    let told = attention(&world);
    let why = "provisioning: quarantine: the credentials are not accepted: HTTP 401";
    assert!(told.len() == 1 && told[0].starts_with(why), "{told:?}");

    world.put("/entra", &json!({}));
    world.cycle();
    assert!(attention(&world).is_empty());
}

#[test]
fn a_target_that_is_away_is_told_as_a_failed_cycle() {
    let world = World::with_job(5, 0);
    let away =
        "[admin-credentials]\ntenant-url = 'http://127.0.0.1:1/scim/v2'\nsecret-token = 'k'\n";
    assert_eq!(world.put("/entra", &json!({"configuration": away})).status, 200);

    let report = world.cycle();

    assert_eq!(
        (&report["ended"], &report["cycle"]["outcome"]),
        (&json!("unavailable"), &json!("unavailable"))
    );
    let told = attention(&world);
    assert!(
        told.len() == 1 && told[0].starts_with("provisioning: the last cycle failed: "),
        "{told:?}"
    );
}

#[test]
fn a_reset_clears_counts_and_alarms() {
    let world = World::with_job(5, 0);
    world.put("/entra", &json!({"secretToken": "wrong"}));
    world.cycle();
    let mut source = source(&world);
    let now = world.server.clock().now();
    let before = source.overview(now, 9);
    assert!(before.totals.errors > 0 && !before.attention.is_empty());
    let revision = source.revision();

    assert_eq!(world.post("/reset", &json!({})).status, 200);

    let after = source.overview(now, 9);
    assert_ne!(source.revision(), revision);
    assert_eq!(
        (after.epoch, after.totals.exchanges, after.totals.errors),
        (before.epoch + 1, 0, 0)
    );
    assert!(after.activity.is_empty() && after.attention.is_empty(), "{:?}", after.attention);
    assert!(after.rates.unwrap().seconds.iter().all(|it| it.exchanges == 0));
}

#[test]
fn what_failed_by_fault_is_named_as_that() {
    let world = World::new();
    let tenant = format!("{}/_mock/v1/tenants/NordlysQA", world.server.url());
    let fault = json!({"action": {"status": 503}});
    assert_eq!(crate::support::Client::at(tenant).post("/faults", &fault).status, 201);
    let mut source = source(&world);

    crate::support::Client::scim(&world.server).get("/Users");

    let attention = source.overview(world.server.clock().now(), 0).attention;
    let told: Vec<&str> = attention.iter().map(|it| it.what.as_str()).collect();
    assert_eq!(told, ["1 request failed by fault, as asked"]);
}

#[test]
fn a_user_whose_configuration_was_edited_since_is_flagged_with_the_reason() {
    let world = World::new();
    let scim = crate::support::Client::scim(&world.server);
    let made = scim.post("/Users", &crate::support::user("ada@nordlys.example", json!({})));
    let console = crate::support::Client::console(&world.server);
    let mut default = console.get("/configurations").json["items"][0].clone();
    default["roles"] = json!(["Auditor"]);
    let path = format!("/configurations/{}", default["id"].as_str().unwrap());
    let mut source = source(&world);
    let now = world.server.clock().now();
    assert_eq!(source.overview(now, 0).users.flagged, 0);

    assert_eq!(console.put(&path, &default).status, 200);

    source.revision();
    assert_eq!(source.user(made.at("/id")).unwrap().applied.attention.len(), 1);
    let shown = source.user(made.at("/id")).unwrap().applied.attention.swap_remove(0);
    assert!(shown.contains("was edited since it applied"), "{shown}");
}

#[test]
fn a_deleted_tenant_is_gone_and_nothing_is_done_in_it() {
    let world = World::new();
    let api = crate::support::Client::at(format!("{}/_mock/v1", world.server.url()));
    let made = api.post("/tenants", &json!({"name": "ShortQA"}));
    assert_eq!(made.status, 201, "{made:?}");
    let mut source = source(&world);
    source.select("ShortQA");
    let now = world.server.clock().now();
    assert!(!source.overview(now, 0).is_gone);
    let revision = source.revision();

    assert_eq!(api.delete("/tenants/ShortQA").status, 204);

    assert_ne!(source.revision(), revision);
    assert!(source.overview(now, 0).is_gone);
    assert_eq!(source.order(JobCommand::Cycle), "the tenant ShortQA was deleted: nothing is done");

    let revision = source.revision();
    assert_eq!(api.post("/tenants", &json!({"name": "ShortQA"})).status, 201);

    // The one that was deleted stays so, and another has its name.
    assert_ne!(source.revision(), revision);
    assert!(source.overview(now, 0).is_gone && source.tenants().contains(&"ShortQA".into()));
}

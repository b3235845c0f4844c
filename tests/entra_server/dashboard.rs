//! The dashboard's source over a job of the server.

use mediusflow_mock::dashboard::{Anchor, JobOrder, ListAsk, Local, Order, Source as _, View};
use mediusflow_mock::server::MockServer;

use crate::World;

/// The dashboard's source over the world's server.
fn source(world: &World) -> Local {
    let server = &world.server;
    let clock = server.clock();
    Local::new(server.tenants(), server.tenant(), server.url(), move || clock.now())
        .with_provisioning(server.provisioning())
}

fn ask(filter: &str) -> ListAsk {
    let view = View { anchor: Anchor::First, step: 0, above: 0, limit: 5 };
    ListAsk { filter: filter.to_owned(), order: Order::Newest, reverse: false, view }
}

#[test]
fn the_first_order_makes_a_job_whose_log_the_dashboard_shows() {
    let world = World::new();
    let mut source = source(&world);
    assert!(source.provisioning(&ask("")).view.is_none());

    assert_eq!(source.order(JobOrder::Cycle), "a cycle runs");
    world.cycle(); // the one before has ended when this one has

    let shown = source.provisioning(&ask("create"));
    let view = shown.view.unwrap();
    assert_eq!((view.cycles.len(), view.cycles[1].kind), (2, "initial"));
    assert_eq!((view.objects, view.running.is_none()), (29, true));
    assert_eq!(shown.lines.rows.len(), 5);
    assert!(shown.lines.total < shown.lines.unfiltered);
}

#[test]
fn each_order_moves_what_is_shown_but_not_while_the_view_is_held() {
    let world = World::with_job(10, 1);
    let mut source = source(&world);
    let revision = source.revision();
    source.hold(true);

    assert_eq!(source.order(JobOrder::NextDay), "the directory is a day older; c provisions it");
    world.get("/entra/directory"); // carried out after the order

    assert_eq!(source.provisioning(&ask("")).view.unwrap().day, 0);
    source.hold(false);
    assert_eq!(source.provisioning(&ask("")).view.unwrap().day, 1);
    assert!(source.revision() > revision);
}

#[test]
fn an_order_that_is_refused_at_once_says_why() {
    let server = MockServer::builder().fresh(true).start().unwrap();
    let clock = server.clock();
    let source = Local::new(server.tenants(), server.tenant(), server.url(), move || clock.now());

    let said = source.with_provisioning(server.provisioning()).order(JobOrder::Cycle);

    assert!(said.starts_with("the Secret Token is missing"), "{said}");
}

//! The server as a value: starting, many at once, stopping.

use mediusflow_mock::internals::ServerInternals as _;
use mediusflow_mock::internals::TenantInternals as _;
use std::{
    net::{SocketAddr, TcpListener, TcpStream},
    thread,
    time::Duration,
};

use mediusflow_mock::{MockServer, StartError, scim::Profile};
use rstest::rstest;
use serde_json::json;

use crate::support::{Client, Wire, group, server, small, user};

fn refuses(address: SocketAddr) -> bool {
    TcpStream::connect(address).is_err()
}

#[test]
fn a_server_answers_as_soon_as_it_has_started() {
    let server = MockServer::start().unwrap();

    let users = Client::scim(&server).get("/Users");
    let groups = Client::scim(&server).get("/Groups");

    assert_eq!((users.status, &users.json["totalResults"]), (200, &json!(25)));
    assert_eq!(groups.json["totalResults"], 4);
    assert_eq!(server.scim_url(), format!("{}/NordlysQA/scim/v2", server.url()));
}

#[test]
fn a_server_starts_and_stops_inside_an_actix_runtime() {
    actix_web::rt::System::new().block_on(async {
        let server = server();
        let client = Client::scim(&server);

        assert_eq!(client.get("/Users").status, 200);
        drop(server);
    });
}

#[tokio::test]
async fn a_server_starts_and_stops_inside_a_tokio_runtime() {
    let server = server();
    let client = Client::scim(&server);

    assert_eq!(client.get("/Users").status, 200);
    server.stop(Duration::ZERO);
}

#[test]
fn fifty_servers_run_at_once_and_share_nothing() {
    let servers: Vec<MockServer> =
        (0..50).map(|_| small().users(1).groups(0).start().unwrap()).collect();

    for (n, server) in servers.iter().enumerate() {
        let made =
            Client::scim(server).post("/Users", &user(&format!("u{n}@x.example"), json!({})));
        assert_eq!(made.status, 201);
    }

    for server in &servers {
        assert_eq!(server.requests().len(), 1);
        assert_eq!(Client::scim(server).all("/Users").len(), 2);
    }
}

#[test]
fn writes_of_many_clients_at_once_are_all_kept() {
    let server = small().workers(2).start().unwrap();
    let team = Client::scim(&server).post("/Groups", &group("Team", &[]));
    let path = format!("/Groups/{}", team.at("/id"));

    thread::scope(|scope| {
        for client in 0..8 {
            let (server, path) = (&server, &path);
            scope.spawn(move || {
                let scim = Client::scim(server);
                for n in 0..10 {
                    let name = format!("u{client}-{n}@nordlys.example");
                    let made = scim.post("/Users", &user(&name, json!({})));
                    let member = json!([{"value": made.at("/id")}]);
                    let add = json!([{"op": "add", "path": "members", "value": member}]);
                    let patched = scim.patch(path, &crate::support::operations(add));
                    assert_eq!((made.status, patched.status), (201, 204));
                }
            });
        }
    });

    let members = Client::scim(&server).get(&path).json["members"].as_array().unwrap().len();
    assert_eq!((members, Client::scim(&server).all("/Users").len()), (80, 85));
}

#[test]
fn of_two_writers_with_the_same_version_one_is_refused() {
    let server = small().workers(2).start().unwrap();
    let it = Client::scim(&server).first_user();
    let path = format!("/Users/{}", it["id"].as_str().unwrap());
    let etag = it["meta"]["version"].as_str().unwrap();

    let statuses: Vec<u16> = thread::scope(|scope| {
        let rename = |n: usize| {
            let (server, path) = (&server, &path);
            scope.spawn(move || {
                let body = user(&format!("u{n}@nordlys.example"), json!({}));
                let scim = Client::scim(server);
                scim.call("PUT", path).header("If-Match", etag).json(&body).send().status
            })
        };
        let all: Vec<_> = (0..8).map(rename).collect();
        all.into_iter().map(|it| it.join().unwrap()).collect()
    });

    assert_eq!(statuses.iter().filter(|it| **it == 200).count(), 1, "{statuses:?}");
    assert_eq!(statuses.iter().filter(|it| **it == 412).count(), 7, "{statuses:?}");
}

#[test]
fn a_dropped_server_stops_even_if_a_client_is_connected() {
    let server = server();
    let address = server.address();
    let mut idle = Wire::to(&server);
    let mut half = Wire::to(&server);
    half.send("POST /NordlysQA/scim/v2/Users HTTP/1.1\r\nContent-Le");
    idle.send("GET /livez HTTP/1.1\r\nHost: localhost\r\n\r\n").answer();

    drop(server);

    // Open connections are closed, and no new one is accepted.
    assert_eq!(idle.rest(), "");
    while !refuses(address) {
        thread::yield_now();
    }
}

#[test]
fn a_server_has_stopped_when_stop_returns() {
    let server = server();
    let address = server.address();
    let idle = Wire::to(&server);

    server.stop(Duration::from_secs(20));

    assert!(refuses(address));
    assert_eq!(idle.rest(), "");
}

#[test]
fn a_running_request_is_finished_within_the_grace() {
    let server = server();
    let mut wire = Wire::to(&server);
    let body = user("ada@nordlys.example", json!({})).to_string();
    wire.send(format!(
        "POST /NordlysQA/scim/v2/Users HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\nExpect: 100-continue\r\n\r\n",
        server.secret_key().unwrap(),
        body.len()
    ));
    // The server is answering the request from here on.
    assert_eq!(wire.head().status, 100);
    let tenant = server.tenant();

    let stopping = thread::spawn(move || server.stop(Duration::from_secs(20)));
    let made = wire.send(body).answer();
    stopping.join().unwrap();

    assert_eq!(made.status, 201);
    assert_eq!(tenant.journal().totals().exchanges, 1);
}

#[test]
fn a_request_that_never_ends_does_not_hold_up_a_stop_without_grace() {
    let server = server();
    let mut wire = Wire::to(&server);
    wire.send(format!(
        "POST /NordlysQA/scim/v2/Users HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {}\r\n\
         Content-Length: 9\r\nExpect: 100-continue\r\n\r\n",
        server.secret_key().unwrap()
    ));
    assert_eq!(wire.head().status, 100);

    server.stop(Duration::ZERO);

    assert_eq!(wire.rest(), "");
}

#[test]
fn a_port_in_use_names_the_mock_that_has_it() {
    let first = server();

    let error = small().listen(first.address()).start().unwrap_err();

    let address = first.address();
    let pid = std::process::id();
    assert_eq!(
        error.to_string(),
        format!("can't listen on {address}: another program has it (mediusflow-mock, pid {pid})")
    );
    assert!(matches!(error, StartError::AddressInUse { .. }));
}

#[test]
fn the_error_of_a_port_in_use_by_another_program_has_no_name() {
    let stranger = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = stranger.local_addr().unwrap();
    // A program that closes connections without an answer.
    let hangs_up = thread::spawn(move || drop(stranger.accept()));

    let error = small().listen(address).start().unwrap_err();
    hangs_up.join().unwrap();

    let expected = format!("can't listen on {address}: another program has it");
    assert_eq!(error.to_string(), expected);
}

#[test]
fn a_server_can_start_without_users() {
    let server = small().users(0).groups(3).start().unwrap();
    let scim = Client::scim(&server);

    assert_eq!(scim.all("/Users"), Vec::<serde_json::Value>::new());
    assert_eq!(scim.all("/Groups").len(), 3);
    let made = scim.post("/Users", &user("ada@nordlys.example", json!({})));
    assert_eq!(made.status, 201);
}

#[test]
fn more_users_than_memory_are_refused_before_any_is_created() {
    let error = small().users(usize::MAX / 8192).start().unwrap_err();

    let StartError::TooManyUsers { asked, most } = error else { panic!("{error:?}") };
    assert_eq!(asked, usize::MAX / 8192);
    assert!(most > 0);
    assert!(error.to_string().contains("there is memory for"), "{error}");
}

#[rstest]
#[case("Contoso", "Production")]
#[case("ContosoQA", "Quality assurance")]
fn another_tenant_can_be_created_beside_the_seeded_ones(
    #[case] name: &str,
    #[case] environment: &str,
) {
    let server = small().tenant(name).start().unwrap();

    let connection = Client::console(&server).get("/connection");

    assert_eq!(connection.at("/tenant"), name);
    assert_eq!(connection.at("/environment"), environment);
    let tenants = server.tenants().all();
    let names: Vec<_> = tenants.iter().map(|it| it.name().to_string()).collect();
    assert_eq!(names, [name, "Nordlys", "NordlysQA"]);
    assert_eq!(Client::scim(&server).all("/Users").len(), 5);
}

#[test]
fn an_invalid_tenant_name_is_refused() {
    let error = small().tenant("no/name").start().unwrap_err();

    assert!(matches!(error, StartError::TenantName(_)), "{error:?}");
}

#[test]
fn a_seeded_server_has_every_profile_ready() {
    for profile in [Profile::Mediusflow, Profile::Rfc] {
        let server = small().profile(profile).start().unwrap();
        assert_eq!(server.tenant().snapshot().profile().profile, profile);
        assert_eq!(Client::console(&server).get("/setup").json["total"], 11);
    }
}

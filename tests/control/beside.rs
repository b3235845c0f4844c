//! A request that takes long keeps nobody waiting who wants nothing of what it holds.

use mediusflow_mock::internals::ServerInternals as _;
use mediusflow_mock::internals::TenantInternals as _;
use std::{
    sync::{
        Arc,
        mpsc::{Receiver, RecvTimeoutError, Sender, TryRecvError, channel},
    },
    thread,
    time::{Duration, Instant},
};

use jiff::SignedDuration;
use mediusflow_mock::internals::tenant::{MasterError, Tenant};
use serde_json::{Value, json};

use crate::{
    Control, DEFAULT, empty, scim,
    support::{Client, Wire, operations, small, timed_server, user},
};

/// A test that hangs should fail; nothing is measured by it.
const DEADLOCK: Duration = Duration::from_mins(2);

/// Keeps every write of a tenant waiting until it is dropped: the longest request there
/// could be, and it ends when the test says so.
struct Hold {
    release: Option<Sender<()>>,
    thread: Option<thread::JoinHandle<()>>,
}

impl Hold {
    fn of(tenant: Arc<Tenant>) -> Self {
        let ((held, is_held), (release, released)) = (channel(), channel::<()>());
        let thread = thread::spawn(move || {
            let edited = tenant.edit_master(|_| {
                held.send(()).unwrap();
                // Ends with the hold, too, if the test panics.
                assert!(released.recv().is_err());
                Ok::<_, MasterError>(())
            });
            edited.unwrap();
        });
        is_held.recv().unwrap();
        Self { release: Some(release), thread: Some(thread) }
    }
}

impl Drop for Hold {
    fn drop(&mut self) {
        drop(self.release.take());
        drop(self.thread.take().map(thread::JoinHandle::join));
    }
}

/// Sends a request on a thread of its own; its status comes when it is answered.
fn sent(send: impl FnOnce() -> u16 + Send + 'static) -> Receiver<u16> {
    let (answered, status) = channel();
    thread::spawn(move || answered.send(send()));
    status
}

/// Returns when the tenant has something going on.
fn until_busy(tenant: &Tenant) {
    until(|| tenant.is_busy());
}

/// Returns when it is so.
fn until(is_so: impl Fn() -> bool) {
    let until = Instant::now() + DEADLOCK;
    while !is_so() {
        assert!(Instant::now() < until, "the request did not arrive");
        thread::yield_now();
    }
}

/// A body that is too long for a call to be taken for a short one.
fn long_patch() -> Value {
    let operation = json!({"op": "replace", "path": "title", "value": "Chief"});
    operations(Value::Array(vec![operation; 1_000]))
}

#[test]
fn health_is_answered_during_every_long_request() {
    let server = small().start().unwrap();
    let (scim, control) = (Client::scim(&server), Control::of(&server));
    let ada = scim.post("/Users", &user("ada@x.example", json!({}))).at("/id").to_owned();
    let state = control.get(&format!("{DEFAULT}/state?secrets=true")).json;
    let console = Client::console(&server);
    let hold = Hold::of(server.tenant());
    let patch = {
        let (scim, path) = (Client::scim(&server), format!("/Users/{ada}"));
        sent(move || scim.patch(&path, &long_patch()).status)
    };
    until_busy(&server.tenant());

    assert_eq!(scim.get(&format!("/Users/{ada}")).status, 200, "who reads does not wait either");
    let address = server.address();
    let control_of = move || Control(Client::at(format!("http://{address}/_mock/v1")));
    let others = [
        sent({
            let scim = Client::scim(&server);
            move || scim.post("/Users", &user("bo@x.example", json!({}))).status
        }),
        sent({
            let scim = Client::scim(&server);
            let body = json!({"schemas": ["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],
                "Operations": [{"method": "POST", "path": "/Users", "bulkId": "c",
                    "data": user("cy@x.example", json!({}))}]});
            move || scim.post("/Bulk", &body).status
        }),
        sent(move || console.put("/integration", &json!({})).status),
        sent(move || {
            let body = json!({"userName": "di@x.example"});
            control_of().post(&format!("{DEFAULT}/users"), &body).status
        }),
        sent(move || control_of().send("PUT", &format!("{DEFAULT}/state"), &state).status),
        sent(move || control_of().get(&format!("{DEFAULT}/state/wait?users=&count=2")).status),
        sent(move || {
            let job = json!({"directory": {"generate": {"users": 2, "groups": 1, "seed": 1}}});
            control_of().send("PUT", &format!("{DEFAULT}/entra"), &job).status
        }),
        sent(move || {
            let cycle = format!("{DEFAULT}/entra/cycle?wait=true");
            control_of().post(&cycle, &json!({})).status
        }),
        sent(move || {
            let expected = json!({"match": "op:patch", "within": "60s"});
            control_of().post(&format!("{DEFAULT}/requests/verify"), &expected).status
        }),
        sent(move || {
            let wait = format!("{DEFAULT}/requests/wait?q=op:patch&timeout=60s");
            control_of().get(&wait).status
        }),
        sent(move || control_of().post(&format!("{DEFAULT}/reset"), &json!({})).status),
    ];

    let root = Client::at(format!("http://{address}"));
    for _ in 0..3 {
        assert_eq!(root.get("/livez").status, 200);
        assert_eq!(root.get("/readyz").status, 200);
    }
    assert_eq!(patch.try_recv(), Err(TryRecvError::Empty), "it was answered before its end");
    assert!(server.tenant().is_busy());
    drop(hold);

    for answered in others.iter().chain([&patch]) {
        assert_ne!(answered.recv_timeout(DEADLOCK), Err(RecvTimeoutError::Timeout));
    }
}

#[test]
fn a_request_whose_client_leaves_is_done_and_recorded() {
    let server = small().start().unwrap();
    let scim = Client::scim(&server);
    let ada = scim.post("/Users", &user("ada@x.example", json!({}))).at("/id").to_owned();
    let next = server.tenant().journal().seqs().end;
    let hold = Hold::of(server.tenant());
    let (key, body) = (server.secret_key().unwrap(), long_patch().to_string());
    let head = format!(
        "PATCH /NordlysQA/scim/v2/Users/{ada} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer \
         {key}\r\nContent-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    let mut stream = std::net::TcpStream::connect(server.address()).unwrap();
    std::io::Write::write_all(&mut stream, (head + &body).as_bytes()).unwrap();
    until_busy(&server.tenant());

    drop(stream);
    drop(hold);

    let recorded = server.wait_for("op:patch", DEADLOCK).unwrap();
    assert_eq!((recorded.status, recorded.effects.len()), (200, 1));
    assert!(recorded.seq >= next);
    assert_eq!(scim.get(&format!("/Users/{ada}")).at("/title"), "Chief");
}

#[test]
fn the_last_request_of_an_expired_tenant_does_not_block_others() {
    let (server, clock) = timed_server();
    let control = Control::of(&server);
    let made = control.tenant(&json!({"name": "Mine", "timeToLive": "10m"}));
    let client = scim(&server, &made);
    let ada = client.post("/Users", &user("ada@x.example", json!({}))).at("/id").to_owned();
    let mine = server.tenants().get("Mine").unwrap();
    let hold = Hold::of(mine.clone());
    let patch = {
        let (client, path) = (scim(&server, &made), format!("/Users/{ada}"));
        sent(move || client.patch(&path, &long_patch()).status)
    };
    // What has not begun when the time is over is not done.
    until(|| mine.is_held());
    let root = Client::at(format!("http://{}", server.address()));

    clock.advance(SignedDuration::from_mins(10));

    assert_eq!(client.get("/Users").status, 404);
    assert_eq!(root.get("/livez").status, 200);
    control.get("/tenants/Mine/users").is_problem(404, "unknown-tenant", &["\"Mine\""]);
    control.delete("/tenants/Mine").is_problem(404, "unknown-tenant", &[]);
    assert_eq!(control.get("/tenants").json["total"], 2);
    assert_eq!(patch.try_recv(), Err(TryRecvError::Empty), "it was answered before its end");
    let again = {
        let address = server.address();
        let control = Control(Client::at(format!("http://{address}/_mock/v1")));
        sent(move || control.post("/tenants", &json!({"name": "mine"})).status)
    };
    assert_eq!(root.get("/livez").status, 200);
    assert_eq!(again.try_recv(), Err(TryRecvError::Empty), "it counted on before that was known");
    drop(hold);

    assert_eq!(patch.recv_timeout(DEADLOCK), Ok(200), "what was under way is done");
    assert_eq!(again.recv_timeout(DEADLOCK), Ok(201));
    let seen = mine.journal().seqs().end - 1;
    assert!(seen > 0);
    assert_eq!(control.get("/tenants/mine").json["seq"], seen);
}

#[test]
fn an_answer_that_a_fault_truncates_does_not_wait_for_a_reset() {
    for action in [json!({"truncateAfter": 3}), json!({"connection": "close"})] {
        let server = small().start().unwrap();
        let control = Control::of(&server);
        let path = {
            let made = Client::scim(&server).post("/Users", &user("ada@x.example", empty()));
            format!("/Users/{}", made.at("/id"))
        };
        let rule = json!({"match": {"operation": "user.list"}, "action": action});
        let made = control.post(&format!("{DEFAULT}/faults"), &rule);
        assert_eq!(made.status, 201, "{made:?}");
        let tenant = server.tenant();
        let hold = Hold::of(tenant.clone());
        let client = Client::scim(&server);
        let patch = sent(move || client.patch(&path, &long_patch()).status);
        until_busy(&tenant);
        let reset = {
            let control = Control::of(&server);
            sent(move || control.post(&format!("{DEFAULT}/reset"), &empty()).status)
        };
        until(|| tenant.hold_now().is_none());
        let mut broken = Wire::to(&server);
        let key = server.secret_key().unwrap();
        broken.send(format!(
            "GET /NordlysQA/scim/v2/Users HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer {key}\r\nConnection: close\r\n\r\n"
        ));

        let root = Client::at(format!("http://{}", server.address()));
        for _ in 0..3 {
            assert_eq!(root.get("/livez").status, 200, "{action}");
        }
        assert_eq!(patch.try_recv(), Err(TryRecvError::Empty), "it was answered before its end");
        drop(hold);

        broken.rest();
        assert_ne!(patch.recv_timeout(DEADLOCK), Err(RecvTimeoutError::Timeout));
        assert_eq!(reset.recv_timeout(DEADLOCK), Ok(200));
    }
}

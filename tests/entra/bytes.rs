//! Requests as bytes: what leaves the socket, header by header.

use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::{Arc, Mutex};
use std::thread;

use expect_test::expect;

use super::support::{World, configuration};

/// Passes connections on to a server and keeps what its clients send. The thread ends with the test's
/// process.
struct Tap {
    address: SocketAddr,
    heard: Arc<Mutex<Vec<u8>>>,
}

impl Tap {
    fn before(server: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let heard = Arc::new(Mutex::new(Vec::new()));
        let kept = Arc::clone(&heard);
        thread::spawn(move || {
            for client in listener.incoming() {
                let (client, kept) = (client.unwrap(), Arc::clone(&kept));
                let server = TcpStream::connect(server).unwrap();
                let (from, to) = (client.try_clone().unwrap(), server.try_clone().unwrap());
                thread::spawn(move || pass(from, to, &|bytes| kept.lock().unwrap().extend(bytes)));
                thread::spawn(move || pass(server, client, &|_| ()));
            }
        });
        Self { address, heard }
    }

    /// The first request that begins so, with its body.
    fn first(&self, start: &str) -> String {
        let heard = String::from_utf8(self.heard.lock().unwrap().clone()).unwrap();
        let begin = heard.find(start).unwrap_or_else(|| panic!("no {start} in {heard}"));
        let (head, rest) = heard[begin..].split_once("\r\n\r\n").unwrap();
        let length = head.lines().find_map(|it| it.strip_prefix("content-length: "));
        let body = &rest[..length.map_or(0, |it| it.parse().unwrap())];
        format!("{head}\n\n{body}\n").replace("\r\n", "\n")
    }
}

/// Passes bytes on until one side ends; `keep` hears them before they go on.
fn pass(mut from: TcpStream, mut to: TcpStream, keep: &dyn Fn(&[u8])) {
    let mut buffer = [0; 8192];
    while let Ok(count @ 1..) = from.read(&mut buffer) {
        keep(&buffer[..count]);
        if to.write_all(&buffer[..count]).is_err() {
            break;
        }
    }
    let _ = to.shutdown(Shutdown::Both);
}

#[test]
fn a_whole_request_of_each_method_has_the_headers_of_the_service_and_no_others() {
    let mut world = World::new();
    let own = world.server.address();
    let tap = Tap::before(own);
    let mut tapped = configuration(&world.server, "", "");
    let url = world.server.scim_url().replace(&own.to_string(), &tap.address.to_string());
    tapped.tenant_url = Some(url.parse().unwrap());
    world.job.configure(tapped).unwrap();
    world.user("unassign", "alex");
    world.cycle();
    let id = world.target_user("adele")["id"].as_str().unwrap().to_owned();
    world.user("disable", "adele");
    world.cycle();
    world.user("hardDelete", "adele");
    world.cycle();

    let key = world.server.secret_key().unwrap();
    let shown = |start: &str| {
        let request = tap.first(start).replace(&key, "{key}").replace(&id, "{id}");
        let request = request.replace(&tap.address.to_string(), "{address}");
        let place = request.find("activityid: ").unwrap() + "activityid: ".len();
        let activity = &request[place..place + 36];
        assert!(activity.parse::<uuid::Uuid>().is_ok(), "{request}");
        request.replace(activity, "{activity}")
    };
    let path = world.server.scim_url().split_once(&own.to_string()).unwrap().1.to_owned();
    expect![[r"
        GET /NordlysQA/scim/v2/Users?filter=userName+eq+%22adele%40contoso.com%22 HTTP/1.1
        host: {address}
        authorization: Bearer {key}
        adscimversion: 5.0
        activityid: {activity}


    "]]
    .assert_eq(&shown(&format!("GET {path}/Users?filter=userName+eq+%22adele")));
    expect![[r#"
        POST /NordlysQA/scim/v2/Users HTTP/1.1
        content-length: 483
        host: {address}
        authorization: Bearer {key}
        adscimversion: 5.0
        activityid: {activity}
        content-type: application/scim+json

        {"schemas":["urn:ietf:params:scim:schemas:core:2.0:User","urn:ietf:params:scim:schemas:extension:enterprise:2.0:User"],"active":true,"emails":[{"primary":true,"type":"work","value":"adele@contoso.com"}],"externalId":"adele","meta":{"resourceType":"User"},"name":{"displayName":"Adele Berg","familyName":"Berg","formatted":"Adele Berg","givenName":"Adele"},"urn:ietf:params:scim:schemas:extension:medius:2.0:User":{"nameIdentifier":"adele@contoso.com"},"userName":"adele@contoso.com"}
    "#]].assert_eq(&shown("POST "));
    expect![[r#"
        PATCH /NordlysQA/scim/v2/Users/{id} HTTP/1.1
        content-length: 125
        host: {address}
        authorization: Bearer {key}
        adscimversion: 5.0
        activityid: {activity}
        content-type: application/scim+json

        {"schemas":["urn:ietf:params:scim:api:messages:2.0:PatchOp"],"Operations":[{"op":"Replace","path":"active","value":"False"}]}
    "#]].assert_eq(&shown("PATCH "));
    expect![[r"
        DELETE /NordlysQA/scim/v2/Users/{id} HTTP/1.1
        host: {address}
        authorization: Bearer {key}
        adscimversion: 5.0
        activityid: {activity}


    "]]
    .assert_eq(&shown("DELETE "));
}

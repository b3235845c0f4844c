//! The server itself: index, configuration, end.

use std::{net::TcpStream, sync::mpsc};

use mediusflow_mock::LogSwitch;
use rstest::rstest;
use serde_json::{Value, json};

use crate::{
    Control, DEFAULT, empty,
    support::{server, small},
};

#[test]
fn the_index_describes_the_server() {
    let server = server();

    let index = Control::of(&server).get("/");

    assert_eq!((index.status, index.at("/name")), (200, "mediusflow-mock"));
    assert_eq!(index.at("/version"), env!("CARGO_PKG_VERSION"));
    assert_eq!(index.at("/url"), server.url());
    assert_eq!(index.json["seed"], server.seed());
    assert_eq!(index.json["pid"], std::process::id());
    assert_eq!(index.at("/tenants/1/tenant"), "NordlysQA");
}

#[test]
fn the_error_of_an_unknown_address_lists_the_known_ones() {
    let refused = Control::of(&server()).get("/tenant");

    let detail = refused.at("/detail");
    assert!(detail.contains("there are: config, shutdown, tenants"), "{detail}");
    assert_eq!((refused.status, refused.at("/hint")), (404, "did you mean \"tenants\"?"));
}

#[test]
fn links_begin_with_the_public_url_that_was_set() {
    let server = server();
    let control = Control::of(&server);
    let link = || control.get("/tenants/NordlysQA").at("/scimUrl").to_owned();

    let set = control.send("PATCH", "/config", &json!({"publicUrl": "https://scim.example/m/"}));

    assert_eq!((set.status, set.at("/publicUrl")), (200, "https://scim.example/m"));
    assert_eq!(link(), "https://scim.example/m/NordlysQA/scim/v2");
    assert_eq!(
        control.send("PATCH", "/config", &empty()).at("/publicUrl"),
        "https://scim.example/m"
    );
    control.send("PATCH", "/config", &json!({"publicUrl": null}));
    assert_eq!(link(), server.scim_url());
}

#[test]
fn the_log_level_is_passed_to_the_logger() {
    let (told, levels) = mpsc::channel();
    let told = std::sync::Mutex::new(told);
    let switch = LogSwitch(std::sync::Arc::new(move |level: &str| {
        told.lock().unwrap().send(level.to_owned()).unwrap();
    }));
    let server = small().log_switch(switch).start().unwrap();

    let answer = Control::of(&server).send("PATCH", "/config", &json!({"logLevel": "debug"}));

    assert_eq!(answer.status, 200);
    assert_eq!(levels.recv().unwrap(), "debug");
}

#[rstest]
#[case(json!({"publicUrl": "scim.example"}), 400, "invalid-body", "publicUrl")]
#[case(json!({"publicUrl": "http://a:b@scim.example"}), 400, "invalid-body", "publicUrl")]
#[case(json!({"publicUrl": "http://scim.example/<b>"}), 400, "invalid-body", "publicUrl")]
#[case(json!({"publicURL": "http://scim.example"}), 400, "invalid-body", "`publicURL`")]
#[case(json!({"logLevel": "loud"}), 400, "invalid-body", "loud")]
#[case(json!({"logLevel": "info"}), 409, "no-log-switch", "logged")]
fn an_invalid_server_configuration_is_refused(
    #[case] body: Value,
    #[case] status: u16,
    #[case] code: &str,
    #[case] words: &str,
) {
    let server = server();

    Control::of(&server).send("PATCH", "/config", &body).is_problem(status, code, &[words]);
}

#[test]
fn a_server_answers_the_call_that_stops_it() {
    let server = server();
    let address = server.address();

    let answer = Control::of(&server).post("/shutdown", &empty());

    assert_eq!((answer.status, &answer.json["stopping"]), (202, &json!(true)));
    // Each try waits for the system's answer, and the server stops meanwhile.
    while TcpStream::connect(address).is_ok() {
        std::thread::yield_now();
    }
}

#[test]
fn an_unknown_address_names_those_there_are() {
    let server = server();

    Control::of(&server).get("/tenant").is_problem(404, "unknown-address", &["tenants"]);
    let clock = Control::of(&server).get(&format!("{DEFAULT}/clocks"));
    let advance = Control::of(&server).get(&format!("{DEFAULT}/clock/x"));

    clock.is_problem(404, "unknown-address", &["faults"]);
    assert_eq!(clock.json["hint"], format!("did you mean \"{}/clock\"?", &DEFAULT[1..]));
    advance.is_problem(404, "unknown-address", &["there are: tenants/", "clock/advance"]);
    assert!(!advance.text.contains("faults"), "{}", advance.text);
}

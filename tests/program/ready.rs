//! The ready line.

use crate::running::{Running, program};

#[test]
fn the_text_output_has_the_addresses() {
    let mut server = Running::start(program(&["serve", "--port", "0"]));

    let line = server.line();

    let version = env!("CARGO_PKG_VERSION");
    let start = format!("mediusflow-mock {version} ready on http://127.0.0.1:");
    let port = line.strip_prefix(&start).unwrap().split(' ').next().unwrap();
    assert_ne!(port.parse::<u16>().unwrap(), 0);
    let url = format!("http://127.0.0.1:{port}");
    let pid = server.pid();
    assert_eq!(
        line,
        format!(
            "mediusflow-mock {version} ready on {url} (scim {url}/NordlysQA/scim/v2) pid {pid}; \
             secretKey: curl -s {url}/_mock/v1/tenants/NordlysQA"
        )
    );
    let tenant = ureq::get(format!("{url}/_mock/v1/tenants/NordlysQA")).call();
    let tenant: serde_json::Value = tenant.unwrap().body_mut().read_json().unwrap();
    let key = tenant["secretKey"].as_str().unwrap();
    assert!(key.starts_with("mfk_") && !line.contains(key), "{line}");
}

#[test]
fn a_server_on_other_addresses_has_random_keys_and_says_so() {
    let keys = |arguments: &[&str]| {
        let ready = Running::serve(&[&["--listen", "0.0.0.0"], arguments].concat()).ready();
        (ready["secretKey"].clone(), ready["warning"].as_str().unwrap().to_owned())
    };
    let local = Running::serve(&[]).ready();

    let (one, warning) = keys(&[]);
    let (other, _) = keys(&[]);
    let (typed, of_typed) = keys(&["--seed", "1"]);
    let (of_file, _) = keys(&["--tenant-file", "fixtures/tenants/nordlysqa.json"]);

    assert!(local["warning"].is_null());
    assert_ne!(one, local["secretKey"]);
    assert_ne!(one, other);
    assert!(warning.contains("of chance"), "{warning}");
    assert_eq!((&typed, &of_file), (&local["secretKey"], &local["secretKey"]));
    assert!(of_typed.contains("whoever knows the seed (1) knows the keys"), "{of_typed}");
}

#[test]
fn the_text_output_warns_of_keys_that_follow_from_a_known_seed() {
    let words = ["serve", "--port=0", "--listen=0.0.0.0", "--seed=1"];
    let line = Running::start(program(&words)).line();

    assert!(line.contains("; warning: whoever knows the seed (1) knows the keys"), "{line}");
    assert!(line.contains("with the control token (yours, or that of --ready-file"), "{line}");
}

#[test]
fn the_text_output_says_that_a_fresh_tenant_has_no_key() {
    let line = Running::start(program(&["serve", "--port=0", "--fresh"])).line();

    assert!(line.ends_with("; no secret key yet: the eleven steps are open"), "{line}");
}

#[test]
fn the_json_output_has_everything_for_the_first_request() {
    let mut server = Running::serve(&["--users", "3", "--seed", "7"]);

    let ready = server.ready();

    assert_eq!(ready["tenant"], "NordlysQA");
    assert_eq!(ready["pid"], server.pid());
    assert_eq!(ready["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(ready["seed"], 7);
    let url = ready["url"].as_str().unwrap();
    assert_eq!(ready["scimUrl"], format!("{url}/NordlysQA/scim/v2"));
    assert_eq!(ready["controlUrl"], format!("{url}/_mock/v1"));
    let members: Vec<&String> = ready.as_object().unwrap().keys().collect();
    assert_eq!(ready["loginUrl"], format!("{url}/NordlysQA/"));
    assert_eq!(ready["authority"], format!("{url}/NordlysQA/entra"));
    assert_eq!(members.len(), 10, "{members:?}");
    let key = ready["secretKey"].as_str().unwrap();
    let users = format!("{}/Users", ready["scimUrl"].as_str().unwrap());
    let answer = ureq::get(&users).header("authorization", format!("Bearer {key}")).call();
    let list: serde_json::Value = answer.unwrap().body_mut().read_json().unwrap();
    assert_eq!(list["totalResults"], 3);
}

#[test]
fn a_fresh_tenant_has_no_secret_key_yet() {
    let ready = Running::serve(&["--fresh"]).ready();

    assert!(ready["secretKey"].is_null());
    assert!(ready.as_object().unwrap().contains_key("secretKey"));
}

#[test]
fn links_begin_with_the_public_url() {
    let ready =
        Running::serve(&["--public-url", "https://mock.example/", "--tenant", "Acme"]).ready();

    assert_eq!(ready["url"], "https://mock.example");
    assert_eq!(ready["scimUrl"], "https://mock.example/Acme/scim/v2");
}

#[test]
fn without_a_terminal_the_bare_program_serves_too() {
    let mut command = program(&["--log-format", "json"]);
    command.env("MEDIUSFLOW_MOCK_PORT", "0").env("MEDIUSFLOW_MOCK_TENANT", "Acme");
    let mut server = Running::start(command);

    let ready = server.ready();

    assert_eq!(ready["tenant"], "Acme");
}

#[test]
fn stdout_gets_the_ready_line_only() {
    let mut server = Running::serve(&[]);
    server.ready();

    server.signal("TERM");

    let (_, rest) = server.end();
    assert_eq!(rest, "");
}

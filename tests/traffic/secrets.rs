//! No record of an exchange shows a secret, wherever it stood in it and whoever reads.

use std::fmt::Write as _;

use mediusflow_mock::{MockServer, schemas_from, scim::Profile};
use serde_json::{Value, json};

use crate::{
    control,
    support::{Answer, Client, MEDIUS, USER, Wire, operations, server, small, user},
};

/// The control token of [`world`].
const TOKEN: &str = "Control-Token-of-the-test";
/// Its secret key, which came with a state.
const KEY: &str = "Key \"of\" 2026/Ab+1";

/// The Secret Token of its provisioning job.
const JOB: &str = "Job-token-of-the-test";

/// A server whose secrets are of all kinds: a key that it made and one that came with a state, tokens
/// of the console, the control API and a job; and one who calls the control API.
fn world() -> (MockServer, Client, Vec<String>) {
    let server = small().control_token(TOKEN).start().unwrap();
    let made = server.secret_key().unwrap();
    let login = Client::at(server.url())
        .post("/admin/v1/authenticate", &json!({"tenantName": "NordlysQA"}));
    let control = control(&server).with_token(TOKEN);
    let mut state = control.get("/state?secrets=true").json;
    state["secrets"]["replacedKeys"] = json!([state["secrets"]["secretKey"]]);
    state["secrets"]["secretKey"]["text"] = json!(KEY);
    let put = control.call("PUT", "/state").header("content-type", "application/json");
    assert_eq!(put.json(&state).send().status, 200);
    let job = json!({"secretToken": JOB, "directory": {"generate": {"users": 1, "groups": 0}}});
    let put = control.call("PUT", "/entra").header("content-type", "application/json");
    let has_jobs = cfg!(feature = "entra");
    assert_eq!(put.json(&job).send().status, if has_jobs { 200 } else { 501 });
    let secrets = [&made, login.at("/accessToken"), TOKEN, KEY];
    let job = has_jobs.then_some(JOB);
    (server, control, secrets.into_iter().chain(job).map(str::to_owned).collect())
}

/// Every answer of the control API that tells of exchanges.
fn told(control: &Client) -> String {
    let list = control.get("/requests");
    let mut all = list.text.clone();
    for item in list.json["items"].as_array().unwrap() {
        for form in ["json", "har", "curl"] {
            all += &control.get(&format!("/requests/{}?as={form}", item["seq"])).text;
        }
    }
    for format in ["har", "jsonl"] {
        all += &control.get(&format!("/requests/export?format={format}")).text;
    }
    let nothing = json!({"match": "status:999", "count": 1});
    let verify =
        control.call("POST", "/requests/verify").header("content-type", "application/json");
    all += &verify.json(&nothing).send().text;
    all += &control.get("/requests/wait?q=status:999&timeout=0ms").text;
    all
}

/// The text with every byte of it percent-encoded.
fn percent_encoded(text: &str) -> String {
    let mut encoded = String::new();
    for byte in text.bytes() {
        write!(encoded, "%{byte:02x}").unwrap();
    }
    encoded
}

/// The text in each way in which it may be written.
fn spellings(text: &str) -> Vec<String> {
    let mut all = vec![text.to_owned(), text.replace(' ', "+")];
    let (mut json, mut markup) = (String::new(), String::new());
    let percent = percent_encoded(text);
    for unit in text.encode_utf16() {
        write!(json, "\\u{unit:04X}").unwrap();
    }
    for c in text.chars() {
        write!(markup, "&#{};", u32::from(c)).unwrap();
    }
    let twice = percent.replace('%', "%25");
    let some =
        text.replace(' ', "%20").replace('"', "%22").replace('å', "%C3%A5").replace('_', "%5F");
    let quoted = json!(text).to_string();
    let slashes = text.replace('"', "\\\"").replace('/', "\\/");
    let entities = text.replace('"', "&quot;");
    let form = some.replace("%20", "+").replace("+1", "%2B1");
    all.extend([percent, json, markup, twice, some, slashes, entities, form]);
    all.push(quoted.trim_matches('"').to_owned());
    all
}

#[track_caller]
fn hides(told: &str, secret: &str) {
    for spelling in spellings(secret) {
        // What the control API tells is JSON, in which quotes are escaped once more.
        for spelling in [json!(spelling).to_string().trim_matches('"').to_owned(), spelling] {
            let at = told.find(&spelling);
            let around = at.map(|at| told[..at].chars().rev().take(80).collect::<Vec<_>>());
            let around = around.map(|it| it.into_iter().rev().collect::<String>());
            assert_eq!(around, None, "{spelling:?} is told behind this");
        }
    }
}

#[test]
fn a_secret_is_masked_everywhere_wherever_it_was_sent() {
    let (server, control, secrets) = world();
    let scim = Client::scim(&server);

    let mut sent = 0;
    for secret in &secrets {
        for text in spellings(secret) {
            let percent = percent_encoded(&text);
            // As it is where that makes a request, with its odd characters escaped otherwise.
            let plain = |it: &char| it.is_ascii_alphanumeric() || "%+-_./&;".contains(*it);
            let in_path = if text.chars().all(|it| plain(&it)) { &text } else { &percent };
            scim.get(&format!("/Users/{in_path}"));
            scim.get(&format!("/{in_path}?count=1"));
            scim.get(&format!("/Users?filter=userName+eq+%22{in_path}%22&x={in_path}"));
            scim.call("GET", "/Users?count=1").header("X-Note", &text).send();
            scim.call("GET", "/Users?count=1").header("User-Agent", &text).send();
            for body in [
                format!(
                    "{{\"schemas\":[\"{USER}\"],\"userName\":\"{text}\",\"title\":\"{text}\"}}"
                ),
                format!("{{\"{text}\":[\"{text}\"]"),
                format!("a=1&note={text}"),
                format!("<note about=\"x\">{text}</note>"),
                text.clone(),
            ] {
                scim.call("POST", "/Users").body(&body).send();
                scim.call("POST", "/Users").header("content-type", "text/plain").body(body).send();
            }
            sent += 15;
        }
    }

    let told = told(&control);
    assert!(server.requests().len() >= sent);
    for secret in &secrets {
        hides(&told, secret);
    }
    assert!(told.contains("••••"));
}

#[test]
fn filters_do_not_find_what_is_masked() {
    let (server, control, secrets) = world();
    let scim = Client::scim(&server);
    scim.call("GET", &format!("/Users?x={}", secrets[0])).header("X-Note", TOKEN).send();

    for secret in ["mfk_mock_nordlysqa", TOKEN] {
        let found = control.get(&format!("/requests?q=path:{secret}|hdr:{secret}|{secret}"));
        assert_eq!(found.json["items"], json!([]), "{found:?}");
    }
    assert_eq!(control.get("/requests?q=hdr:x-note").json["items"].as_array().unwrap().len(), 1);
}

#[test]
fn a_refusal_does_not_repeat_a_secret() {
    let (server, _, secrets) = world();
    let scim = Client::scim(&server);

    for secret in &secrets[..3] {
        let answers = [
            scim.get(&format!("/{secret}")),
            scim.get(&format!("/Users?filter={secret}+eq+1")),
            scim.post("/Users", &json!({"schemas": [USER], "userName": "a", "active": secret})),
        ];
        for Answer { status, text, .. } in answers {
            assert!(status >= 400 && !text.contains(secret.as_str()), "{text}");
        }
    }
}

#[test]
fn a_refusal_that_shows_a_part_of_a_filter_shows_no_part_of_a_secret() {
    let (server, control, secrets) = world();
    let scim = Client::scim(&server);
    let hexadecimal = &secrets[0][secrets[0].len() - 32..];

    let mut all = String::new();
    for secret in [secrets[0].as_str(), TOKEN] {
        for filter in [
            format!("userName+eq+%22{secret}%22+zz"),
            format!("userName+eq+{secret}"),
            format!("zz+{secret}"),
            format!("password+eq+%22{secret}%22+zz"),
        ] {
            let answer = scim.get(&format!("/Users?filter={filter}"));
            assert_eq!(answer.status, 400, "{answer:?}");
            all += &answer.text;
        }
        let search = json!({
            "schemas": ["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],
            "filter": format!("userName eq \"{secret}\" zz"),
        });
        all += &scim.post("/Users/.search", &search).text;
    }
    all += &told(&control);

    for secret in [hexadecimal, TOKEN] {
        for start in 0..secret.len() - 8 {
            let part = &secret[start..start + 8];
            assert!(!all.contains(part), "{part} is told");
        }
    }
}

#[test]
fn a_body_that_is_shortened_within_a_secret_shows_no_part_of_it() {
    let (server, control, _) = world();
    let scim = Client::scim(&server);

    for shown in [4, 9, 16] {
        let filling = "x".repeat(mediusflow_mock::internals::journal::BODY_CAP - shown);
        scim.call("POST", "/Users").body(format!("{filling}{TOKEN} and more")).send();
        scim.call("POST", "/Users").body(format!("{filling}%43ontrol-Token-of-the-test")).send();
    }

    let told = told(&control);
    assert!(!told.contains("xCon") && !told.contains("x%43on"), "a part is told");
}

#[test]
fn a_value_that_was_sent_as_a_password_is_masked_elsewhere_too() {
    let server = server();
    let (scim, control) = (Client::scim(&server), control(&server));
    let id = scim.first_user()["id"].as_str().unwrap().to_owned();
    let path = format!("/Users/{id}?note=hunter-of-words");
    let secret = "hunter-of-words";

    scim.post("/Users", &user("anna@contoso.com", json!({"password": secret, "title": secret})));
    for body in [
        format!(r#"{{"op":"replace","path":"p\u0061ssword","value":"{secret}"}}"#),
        format!(r#"{{"op":"replace","value":{{"pass\u0077ord":"{secret}","title":"{secret}"}}}}"#),
        format!(r#"{{"op":"add","path":"emails[password eq \"{secret}\"].type","value":"x"}}"#),
    ] {
        let operations: Value = operations(json!([]));
        let body = operations.to_string().replace("[]", &format!("[{body}]"));
        scim.call("PATCH", &path).body(body).send();
    }
    scim.call("POST", "/Bulk").body(format!(
        r#"{{"schemas":["urn:ietf:params:scim:api:messages:2.0:BulkRequest"],"Operations":[{{"method":"POST","bulkId":"a","path":"/Users","data":{{"schemas":["{USER}"],"userName":"b","p\u0061ssword":"{secret}"}}}}]}}"#
    )).send();
    scim.call("POST", "/Users/.search").body(format!(
        r#"{{"schemas":["urn:ietf:params:scim:api:messages:2.0:SearchRequest"],"filter":"p\u0061ssword eq \"{secret}\""}}"#
    )).send();
    scim.get(&format!("/Users?filter=p%61ssword+eq+%22{secret}%22"));
    scim.get(&format!("/Users?p%61ssword={secret}&access%5Ftoken={secret}"));
    for name in ["X-Api-Key", "X-Auth", "Client-Secret", "Csrf-Token", "Cookie", "Authorization"] {
        scim.call("GET", "/Users?count=0").header(name, secret).send();
    }
    scim.call("POST", "/Users").body(format!("name=anna&p%61ssword={secret}")).send();
    scim.call("POST", "/Users").body(format!("<User><password>{secret}</password></User>")).send();

    let mut told = told(&control);
    told += &control.get(&format!("/users/{id}/history")).text;
    told += &control.get(&format!("/users/{id}/blame")).text;
    assert_eq!(told.matches(secret).count(), 0, "{told}");
    assert!(server.requests().len() >= 16);
}

#[test]
fn a_sub_attribute_that_is_never_returned_is_in_no_effect() {
    let schema = r#"{
      "schemas": [{"schemas": ["urn:ietf:params:scim:schemas:core:2.0:Schema"],
        "id": "urn:example:params:scim:schemas:extension:card:2.0:User", "name": "CardUser",
        "description": "Cards.",
        "attributes": [{"name": "cards", "type": "complex", "multiValued": true, "required": false,
          "mutability": "readWrite", "returned": "default", "description": "Cards.",
          "subAttributes": [
            {"name": "label", "type": "string", "multiValued": false, "required": false,
             "mutability": "readWrite", "returned": "default", "description": "Its label."},
            {"name": "pin", "type": "string", "multiValued": false, "required": false,
             "mutability": "writeOnly", "returned": "never", "description": "Its secret."}]}]}],
      "schemaExtensions": [{"resourceType": "User", "required": false,
        "schema": "urn:example:params:scim:schemas:extension:card:2.0:User"}]}"#;
    let schemas = schemas_from(&[("cards.json", schema)]).unwrap();
    let server = small().profile(Profile::Mediusflow).schemas(schemas).start().unwrap();
    let (scim, control) = (Client::scim(&server), control(&server));
    let urn = "urn:example:params:scim:schemas:extension:card:2.0:User";

    let cards = json!({"cards": [{"label": "Gold", "pin": "4711"}]});
    let mut body = user("anna@contoso.com", json!({urn: cards}));
    body["schemas"] = json!([USER, MEDIUS, urn]);
    let made = scim.post("/Users", &body);
    scim.patch(
        &format!("/Users/{}", made.at("/id")),
        &operations(json!([{"op": "remove", "path": format!("{urn}:cards[pin eq \"4711\"]")}])),
    );

    let told = told(&control);
    assert_eq!(made.status, 201, "{made:?}");
    assert!(told.contains("Gold") && !told.contains("4711"), "{told}");
}

#[test]
fn a_secret_that_is_like_other_words_is_refused_with_a_state() {
    let server = server();
    let control = control(&server);
    let mut state = control.get("/state?secrets=true").json;

    for weak in ["a", "hunter2", "NordlysQA", "application/json", "userName"] {
        state["secrets"]["secretKey"]["text"] = json!(weak);
        let put = control.call("PUT", "/state").header("content-type", "application/json");
        let answer = put.json(&state).send();
        assert!(answer.status == 400 && answer.text.contains("secrets"), "{answer:?}");
    }
    assert!(server.secret_key().unwrap().starts_with("mfk_mock_"));
}

#[test]
fn a_waiting_request_shows_no_secret() {
    let (server, control, secrets) = world();
    let head = format!(
        "POST /NordlysQA/scim/v2/Users?x={}&y=%43ontrol-Token-of-the-test HTTP/1.1\r\nHost: {}\r\n\
         User-Agent: {TOKEN}/1\r\nContent-Length: 9\r\n\r\n",
        secrets[0],
        server.address()
    );
    let mut wire = Wire::to(&server);
    wire.send(&head);

    let waiting = control.get("/requests/wait?state=received&timeout=10s");

    assert_eq!(waiting.status, 200, "{waiting:?}");
    hides(&waiting.text, &secrets[0]);
    assert!(!waiting.text.to_lowercase().contains(&TOKEN.to_lowercase()), "{}", waiting.text);
}

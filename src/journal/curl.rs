//! An exchange as a command that sends the same request again.

use super::{Operation, Record};

/// Header lines that curl makes itself, or that belong to the connection and not to the request.
const LEFT_OUT: [&str; 11] = [
    "accept-encoding",
    "connection",
    "content-length",
    "expect",
    "forwarded",
    "host",
    "keep-alive",
    "te",
    "transfer-encoding",
    "upgrade",
    "user-agent",
];

/// A recorded request as a `curl` command for a POSIX shell, sent to `base_url` (scheme and
/// authority, such as `http://127.0.0.1:8420`).
///
/// The journal keeps no keys, so the command reads them from the environment: the secret key from
/// `MEDIUSFLOW_MOCK_SECRET_KEY`, the admin console's token from `MEDIUSFLOW_MOCK_ACCESS_TOKEN`, the control
/// API's token from `MEDIUSFLOW_MOCK_CONTROL_TOKEN`. Masked values in the body stay masked. If the journal
/// kept only the beginning of the body, the result is a comment that says so, because a command would send
/// something else.
pub fn as_curl(record: &Record, base_url: &str) -> String {
    let request = &record.request;
    if request.cut {
        let (size, kept) = (request.size, request.body.len());
        return format!("# no curl command: of the body's {size} bytes, the journal kept {kept}");
    }
    let mut lines = vec!["curl -sS -i".to_owned()];
    match record.method.as_str() {
        "GET" => {}
        "HEAD" => lines[0] += " --head",
        method => lines[0] += &[" -X ", &quoted(method)].concat(),
    }
    if record.target.contains(['[', ']', '{', '}']) {
        lines[0] += " --globoff"; // curl would read them as a pattern of several addresses
    }
    let path = record.target.split('?').next().unwrap_or_default();
    if path.split('/').any(|it| matches!(it, "." | "..")) {
        lines[0] += " --path-as-is"; // curl would remove them
    }
    let base = base_url.trim_end_matches('/');
    lines[0] += &[" ", &quoted(&[base, &record.target].concat())].concat();
    for (name, value) in &request.headers {
        if name == "authorization" {
            let variable = match record.operation {
                _ if record.target.starts_with("/_mock/") => "CONTROL_TOKEN",
                Operation::Admin => "ACCESS_TOKEN",
                _ => "SECRET_KEY",
            };
            lines.push(format!("-H \"Authorization: Bearer $MEDIUSFLOW_MOCK_{variable}\""));
        } else if !LEFT_OUT.contains(&name.as_str()) && !name.starts_with("x-forwarded-") {
            lines.push(format!("-H {}", quoted(&format!("{name}: {value}"))));
        }
    }
    if !request.body.is_empty() {
        lines.push(format!("--data-raw {}", quoted(&request.body)));
    }
    lines.join(" \\\n  ")
}

/// The text as one word of a POSIX shell.
fn quoted(text: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "-_./:@%+=,".contains(c);
    if !text.is_empty() && text.chars().all(is_plain) {
        return text.to_owned();
    }
    format!("'{}'", text.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use std::process::Command;

    use expect_test::expect;
    use proptest::prelude::*;

    use super::super::sample::{exchange, record};
    use super::super::{Exchange, Message};
    use super::*;

    const BASE_URL: &str = "http://127.0.0.1:8420/";

    fn sent(operation: Operation, target: &str, headers: &[(&str, &str)], body: &str) -> Exchange {
        let request = Message::recorded(headers.iter().copied(), body.as_bytes(), 64);
        exchange(Record { request, ..record(operation, target) })
    }

    #[test]
    fn a_write_is_repeated_with_its_headers_and_body() {
        let headers = [
            ("host", "127.0.0.1:8420"),
            ("authorization", "Bearer mfk_0123456789_9f3c"),
            ("content-type", "application/scim+json"),
            ("if-match", "W/\"41\""),
            ("content-length", "31"),
        ];
        let exchange = sent(Operation::Modify, "/Users/4f2c", &headers, r#"{"title":"O'Brien's"}"#);

        expect![[r#"
            curl -sS -i -X PATCH http://127.0.0.1:8420/NordlysQA/scim/v2/Users/4f2c \
              -H "Authorization: Bearer $MEDIUSFLOW_MOCK_SECRET_KEY" \
              -H 'content-type: application/scim+json' \
              -H 'if-match: W/"41"' \
              --data-raw '{"title":"O'\''Brien'\''s"}'"#]]
        .assert_eq(&as_curl(&exchange, BASE_URL));
    }

    #[test]
    fn an_admin_call_takes_its_own_token_and_a_read_is_plain() {
        let token = [("authorization", "Bearer eyJ0123456789ab12")];
        let admin = sent(Operation::Admin, "/NordlysQA/admin/v1/secret-key", &token, "");
        let read = sent(Operation::Find, "/Users?filter=emails[type eq \"work\"]", &[], "");

        expect![[r#"
            curl -sS -i -X POST http://127.0.0.1:8420/NordlysQA/admin/v1/secret-key \
              -H "Authorization: Bearer $MEDIUSFLOW_MOCK_ACCESS_TOKEN""#]]
        .assert_eq(&as_curl(&admin, BASE_URL));
        let control = sent(Operation::Create, "", &token, "");
        let target = "/_mock/v1/tenants/A/../users".into();
        let control = exchange(Record { target, ..control.record });
        expect![[r#"
            curl -sS -i -X POST --path-as-is http://127.0.0.1:8420/_mock/v1/tenants/A/../users \
              -H "Authorization: Bearer $MEDIUSFLOW_MOCK_CONTROL_TOKEN""#]]
        .assert_eq(&as_curl(&control, BASE_URL));
        expect![[r#"curl -sS -i --globoff 'http://127.0.0.1:8420/NordlysQA/scim/v2/Users?filter=emails[type eq "work"]'"#]]
        .assert_eq(&as_curl(&read, BASE_URL));
    }

    #[test]
    fn a_body_that_was_not_kept_whole_has_no_command() {
        let exchange = sent(Operation::Create, "/Users", &[], &"x".repeat(100));

        let command = as_curl(&exchange, BASE_URL);

        assert_eq!(command, "# no curl command: of the body's 100 bytes, the journal kept 64");
    }

    #[cfg(unix)]
    proptest! {
        #![proptest_config(ProptestConfig::with_cases(24))]
        #[test]
        fn a_shell_reads_a_quoted_text_as_it_was(text in "[\\PC\n'\"$`\\\\!*~ ]{0,40}") {
            let script = format!("printf %s {}", quoted(&text));
            let output = Command::new("sh").args(["-c", &script]).output().unwrap();

            prop_assert_eq!(String::from_utf8(output.stdout).unwrap(), text);
        }
    }
}

//! Proof that the checker can fail, and that it fails for nothing else.

use super::circles::circles;
use super::source::{Source, test_modules};
use super::{ROOMS, untidy, wrong_at_the_top, wrong_doors};

fn doors(path: &str, text: &str) -> Vec<String> {
    let source = Source::new(path, text);
    match ROOMS.iter().find(|room| source.belongs_to(room.name)) {
        Some(room) => wrong_doors(&source, room),
        None => wrong_at_the_top(&source),
    }
}

#[test]
fn finds_a_wrong_door_in_every_spelling() {
    for text in [
        "use crate::http::Handler;",
        "use crate::{medius::Company, http};",
        "use crate::{\n    medius::{Company, Role},\n    http::{a, b},\n};",
        "fn f() { crate::http::start() }",
        "use super::super::http;",
        "use super::super::{http::Handler};",
    ] {
        let found = doors("src/tenant/registry.rs", text);
        assert_eq!(found.len(), 1, "{text}: {found:?}");
        assert!(found[0].contains("tenant may not use http: a tenant is used"), "{found:?}");
    }
}

#[test]
fn names_the_line() {
    let found = doors("src/medius.rs", "//! Doc.\n\n/* a\nb */\nuse super::tenant;\n");

    assert!(found[0].starts_with("src/medius.rs:5: medius may not use tenant: "), "{found:?}");
}

#[test]
fn finds_circles_in_every_spelling_and_no_others() {
    let circles_of = |texts: &[(&str, &str)]| {
        let sources: Vec<Source> =
            texts.iter().map(|(path, text)| Source::new(path, text)).collect();
        circles(&sources)
    };
    let entry = ("src/http/entry.rs", "use super::{App, fault as faults, record::*};");
    let outer = ("src/http.rs", "use self::entry::serve; mod entry; mod fault; mod record;");
    let back = [
        "use super::entry;",
        "use crate::{http::{App, entry::{serve, Api}}, scim};",
        "fn f() { crate::http::entry::serve() }",
    ];

    for text in back {
        let found = circles_of(&[outer, entry, ("src/http/record.rs", text)]);
        assert_eq!(found, ["http::entry, http::record"], "{text}");
    }
    let by_a_third = ("src/http/fault/wire.rs", "use super::super::record;");
    let fault = ("src/http/fault.rs", "use crate::http::App;");
    let record = ("src/http/record.rs", back[0]);
    let found = circles_of(&[outer, entry, fault, by_a_third, record]);
    assert_eq!(found, ["http::entry, http::fault, http::record"]);
    assert!(circles_of(&[outer, entry, fault, by_a_third]).is_empty());
}

#[test]
fn lets_downward_arrows_and_own_modules_through() {
    for (path, text) in [
        ("src/tenant.rs", "use crate::scim::urn; use crate::{journal::Seq, medius};"),
        ("src/tenant/set_up.rs", "use super::registry; use crate::tenant::Tenant;"),
        ("src/http/scim.rs", "use super::server; use crate::http::auth;"),
        ("src/lib.rs", "pub use crate::server::MockServer;"),
    ] {
        assert_eq!(doors(path, text), Vec::<String>::new(), "{path}: {text}");
    }
}

#[test]
fn finds_what_a_room_has_to_do_without() {
    for (path, text, of) in [
        ("src/medius/patch.rs", "async fn apply() {}", "async code (`async`)"),
        ("crates/scim/src/view.rs", "use std::sync::{Arc, Mutex};", "locks (`Mutex`)"),
        ("src/tenant.rs", "let now = Timestamp::now();", "a clock (`Timestamp::now`)"),
        ("src/tenant.rs", "use actix_web::web;", "HTTP (`actix_web`)"),
        ("src/http.rs", "use ratatui::Frame;", "a terminal (`ratatui`)"),
        ("src/tenant/keys.rs", "use serde_json::{Map, Value};", "untyped JSON (`serde_json`)"),
        (
            "src/tenant/bulk.rs",
            "use serde_json::Value; fn f(it: serde_json::Map) {}",
            "untyped JSON (`serde_json`)",
        ),
        ("src/dashboard/model.rs", "lock: RwLock<u8>", "locks (`RwLock`)"),
    ] {
        let found = doors(path, text);
        assert_eq!(found.len(), 1, "{text}: {found:?}");
        assert!(found[0].contains(&format!("does without {of}: ")), "{found:?}");
    }
}

#[test]
fn passes_over_comments_texts_and_tests() {
    let text = r##"
        //! See [`crate::http`], and async too.
        /* crate::http /* async */ Mutex */
        const A: &str = "use crate::http; \" async";
        const B: &str = r#"crate::http "quoted" async"#;
        const C: char = '"'; const D: char = '\''; fn f<'async_>(x: &'async_ str) {}
        fn operand() { asynchronous() }
        #[cfg(test)]
        mod tests { use crate::http; fn f() -> [u8; 2] { async { "}" } } }
        #[cfg(test)]
        use crate::http::X;
        #[cfg(all(test, unix))]
        fn g() { crate::http::g().unwrap() }
    "##;

    assert_eq!(doors("src/medius.rs", text), Vec::<String>::new());
    assert_eq!(untidy(&Source::new("src/medius.rs", text)), Vec::<String>::new());
    assert_eq!(doors("src/medius.rs", &format!("{text}\nuse crate::http;")).len(), 1);
}

#[test]
fn knows_the_files_that_are_tests() {
    let text = "mod parse;\n#[cfg(test)]\nmod tests;\n#[cfg(test)] mod inline { fn f() {} }";

    assert_eq!(test_modules(text), ["tests"]);
}

#[test]
fn wants_a_row_for_a_new_room() {
    assert!(doors("src/garage.rs", "")[0].contains("no row in tests/house"));
}

#[test]
fn finds_what_is_untidy() {
    let long = "\n".repeat(601);
    for (path, text, rule) in [
        (
            "src/medius.rs",
            "fn f() {\n    x.unwrap();\n}",
            "src/medius.rs:2: unwrap() outside tests",
        ),
        ("src/medius/mod.rs", "", "src/medius/mod.rs:1: mod.rs"),
        ("src/medius.rs", long.as_str(), "src/medius.rs:601: 601 lines"),
    ] {
        let found = untidy(&Source::new(path, text));
        assert_eq!(found.len(), 1, "{found:?}");
        assert!(found[0].starts_with(rule), "{found:?}");
    }
}

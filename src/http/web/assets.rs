//! The two files that every page loads. Their addresses name their content, so a browser keeps them.

use std::sync::LazyLock;

use sha2::{Digest as _, Sha256};

use super::{handler::PageHandler, site::Site};
use crate::http::{answer::Answer, page, routes::Route};

static STYLE: LazyLock<String> = LazyLock::new(|| sent(include_str!("site.css")));
const SCRIPT: &str = include_str!("site.js");

pub(super) const ROUTES: &[Route<PageHandler>] = &[
    Route::get("_mock/assets/site.css", "What pages look like", PageHandler::File(style_file))
        .query("v:string")
        .answers("Style"),
    Route::get("_mock/assets/site.js", "What pages do", PageHandler::File(script_file))
        .query("v:string")
        .answers("Script"),
];

/// The address of the style.
pub(in crate::http) fn style(site: &Site) -> String {
    static VERSION: LazyLock<String> = LazyLock::new(|| version(&STYLE));
    site.link(&format!("/_mock/assets/site.css?v={}", *VERSION))
}

/// The address of the script.
pub(in crate::http) fn script(site: &Site) -> String {
    static VERSION: LazyLock<String> = LazyLock::new(|| version(SCRIPT));
    site.link(&format!("/_mock/assets/site.js?v={}", *VERSION))
}

/// A style as it is sent: without comments, indentation and empty lines.
fn sent(style: &str) -> String {
    let parts = style.split("/*").enumerate();
    let parts = parts.map(|(at, it)| match it.split_once("*/") {
        Some((_, behind)) if at > 0 => behind,
        _ => it,
    });
    let plain: String = parts.collect();
    let lines: Vec<&str> = plain.lines().map(str::trim).filter(|it| !it.is_empty()).collect();
    lines.join("\n")
}

/// What tells a file's content from every other.
fn version(content: &str) -> String {
    let digest = Sha256::digest(content);
    let first = digest.iter().take(8).fold(0, |all, it| all << 8 | u64::from(*it));
    format!("{first:016x}")
}

fn style_file() -> Answer {
    file("text/css; charset=utf-8", &STYLE)
}

fn script_file() -> Answer {
    file("text/javascript; charset=utf-8", SCRIPT)
}

fn file(content_type: &str, content: &'static str) -> Answer {
    let answer = Answer { body: content.into(), ..Answer::empty(200) };
    page::kept(answer.header("content-type", content_type))
}

#[cfg(test)]
mod tests {
    use super::sent;

    #[test]
    fn a_style_is_sent_without_what_only_its_authors_read() {
        let style =
            "/* One file,\n   two lines. */\n\na { b: c }\n@media x {\n  a { d: e } /* why */\n}\n";

        assert_eq!(sent(style), "a { b: c }\n@media x {\na { d: e }\n}");
        assert_eq!(sent("a { b: c }"), "a { b: c }");
    }
}

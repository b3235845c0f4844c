//! The two files that every page loads. Their addresses name their content, so a browser keeps them.

use std::sync::LazyLock;

use sha2::{Digest as _, Sha256};

use super::{handler::PageHandler, site::Site};
use crate::http::{answer::Answer, page, routes::Route};

const STYLE: &str = include_str!("site.css");
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
    static VERSION: LazyLock<String> = LazyLock::new(|| version(STYLE));
    site.link(&format!("/_mock/assets/site.css?v={}", *VERSION))
}

/// The address of the script.
pub(in crate::http) fn script(site: &Site) -> String {
    static VERSION: LazyLock<String> = LazyLock::new(|| version(SCRIPT));
    site.link(&format!("/_mock/assets/site.js?v={}", *VERSION))
}

/// What tells a file's content from every other.
fn version(content: &str) -> String {
    let digest = Sha256::digest(content);
    let first = digest.iter().take(8).fold(0, |all, it| all << 8 | u64::from(*it));
    format!("{first:016x}")
}

fn style_file() -> Answer {
    file("text/css; charset=utf-8", STYLE)
}

fn script_file() -> Answer {
    file("text/javascript; charset=utf-8", SCRIPT)
}

fn file(content_type: &str, content: &'static str) -> Answer {
    let answer = Answer { body: content.into(), ..Answer::empty(200) };
    page::kept(answer.header("content-type", content_type))
}

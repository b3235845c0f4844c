//! What every page has: its head, its marks, and the page that says why there is none.

use maud::{DOCTYPE, Markup, html};
use serde_json::Value as Json;

use super::{assets, site::Site};
use crate::http::{answer::Answer, page};

/// What stands at the foot of every page.
const FOOTER: &str =
    "A mock: no password is asked and none is kept. Not affiliated with Medius or Microsoft.";

/// A page as it is sent.
pub(in crate::http) fn page(status: u16, markup: Markup) -> Answer {
    page::secured(Answer::text(status, "text/html; charset=utf-8", markup.into_string()))
}

/// A document of the site: its title, and what `<body>` holds besides its attributes.
pub(in crate::http) fn document(site: &Site, title: &str, body: Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                title { (title) }
                link rel="icon" href="data:,";
                link rel="stylesheet" href=(assets::style(site));
                script defer src=(assets::script(site)) {}
            }
            (body)
        }
    }
}

/// A page of one narrow column: its title, and what the column holds. The login and the pages of mock
/// Microsoft Entra ID are such pages.
pub(in crate::http) fn narrow(site: &Site, title: &str, main: Markup) -> Markup {
    document(
        site,
        title,
        html! {
            body.narrow {
                main.panel { (main) }
                (footer(site))
            }
        },
    )
}

/// The same for a list that takes the whole width of the column.
pub(in crate::http) fn narrow_list(site: &Site, title: &str, main: Markup) -> Markup {
    document(
        site,
        title,
        html! {
            body.narrow {
                main.panel.list { (main) }
                (footer(site))
            }
        },
    )
}

/// The foot of a page: what the server is, and the way to its tenants.
pub(in crate::http) fn footer(site: &Site) -> Markup {
    html! { footer { (FOOTER) " " a href=(site.link("/")) { "Tenants" } } }
}

/// The mark of MediusFlow.
pub(in crate::http) fn mark() -> Markup {
    html! {
        svg.mark viewBox="0 0 18 18" aria-hidden="true" { path d="M3 14V5.5l6 5 6-5V14" {} }
    }
}

/// The mark of mock Entra.
pub(in crate::http) fn entra_mark() -> Markup {
    html! {
        svg.mark.other viewBox="0 0 18 18" aria-hidden="true" {
            path d="M9 2.5 15.5 11 9 15.5 2.5 11z" {}
            path d="M9 2.5v13" {}
        }
    }
}

/// What went wrong and what would help, in the colour of trouble.
pub(in crate::http) fn notice(what: &str, help: Option<&str>) -> Markup {
    html! {
        div.notice role="alert" {
            b { (sentence(what)) }
            @if let Some(help) = help { span { (sentence(help)) } }
        }
    }
}

/// A fragment as a sentence: a capital letter in front, unless a name stands there, and a full stop.
pub(in crate::http) fn sentence(text: &str) -> String {
    let word = text.split(' ').next().unwrap_or_default();
    let is_word = !word.is_empty() && word.chars().all(|it| it.is_ascii_lowercase() || it == ',');
    let mut sentence = match text.chars().next() {
        Some(first) if is_word => first.to_uppercase().chain(text.chars().skip(1)).collect(),
        _ => text.to_owned(),
    };
    if !sentence.ends_with(['.', '?', '!']) {
        sentence.push('.');
    }
    sentence
}

/// A refusal in JSON as a page that says the same, and `more`.
pub(in crate::http) fn refusal(site: &Site, answer: Answer, more: Markup) -> Answer {
    let told: Json = serde_json::from_slice(&answer.body).unwrap_or_default();
    let text = |member: &str| told.get(member).and_then(Json::as_str);
    let what = text("detail").unwrap_or_else(|| heading(&answer));
    let notice = notice(what, text("hint"));
    refusal_page(site, answer, notice, more)
}

/// A refusal in JSON as a page that says it in these words instead, and `more` in place of the hint.
pub(in crate::http) fn refusal_as(site: &Site, answer: Answer, what: &str, more: Markup) -> Answer {
    refusal_page(site, answer, notice(what, None), more)
}

fn refusal_page(site: &Site, answer: Answer, notice: Markup, more: Markup) -> Answer {
    let heading = heading(&answer);
    let main = html! {
        div.brand { (mark()) " MediusFlow" }
        header { h1 { (heading) } }
        (notice)
        (more)
        div.actions { a.button href=(site.link("/")) { "Tenants" } }
    };
    let title = format!("{heading} · MediusFlow");
    let mut page = page(answer.record.status, narrow(site, &title, main));
    let kept = answer.headers.into_iter().filter(|(name, _)| name != "content-type");
    page.headers.extend(kept);
    page.record = answer.record;
    page.guess = answer.guess;
    page
}

/// What the page of a refusal is called.
fn heading(answer: &Answer) -> &'static str {
    let problem = answer.record.problem.as_ref();
    let code = problem.and_then(|it| it.code.as_deref()).unwrap_or_default();
    match (answer.record.status, code) {
        (_, "unknown-tenant") => "There is no such tenant",
        (503, "tenant-reset") => "The tenant was reset",
        (404, _) => "There is no such page",
        (403, _) => "This is not let in",
        (405, _) => "That cannot be done here",
        (400..=499, _) => "That did not fit",
        (501, _) => "This mock does not do that",
        _ => "Something went wrong",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fragment_becomes_a_sentence() {
        assert_eq!(sentence("there is no tenant \"x\""), "There is no tenant \"x\".");
        assert_eq!(sentence("userName is taken"), "userName is taken.");
        assert_eq!(sentence("did you mean \"x\"?"), "Did you mean \"x\"?");
        assert_eq!(sentence(""), ".");
    }

    #[test]
    fn a_refusal_shows_what_it_repeats_as_text() {
        let problem = crate::http::problem::ProblemDetails::new(
            404,
            "unknown-tenant",
            "<script>alert(1)</script>",
        );
        let site = Site::new("http://localhost:8420".into());

        let page = refusal(&site, problem.into_answer(), html! {});

        let text = String::from_utf8(page.body.to_vec()).unwrap();
        assert!(text.contains("&lt;script&gt;alert(1)"), "{text}");
        assert!(!text.contains("<script>alert"), "{text}");
        assert_eq!(page.record.status, 404);
    }
}

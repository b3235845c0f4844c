//! What mock Entra's pages have in common, and the ways back to a client.

use maud::{Markup, html};

use crate::{
    http::{
        answer::Answer,
        web::{frame, sign_in_step::SignInRequest},
    },
    oidc::{Client, ResponseMode},
};

/// The mark of mock Entra.
pub(super) fn brand() -> Markup {
    html! {
        div.brand {
            (frame::entra_mark())
            " Mock Microsoft Entra ID"
        }
    }
}

/// A page of mock Entra.
pub(super) fn page(asked: &SignInRequest, status: u16, title: &str, main: Markup) -> Answer {
    let title = format!("{title} · mock Microsoft Entra ID");
    frame::page(status, frame::narrow(&asked.page.site, &title, main))
}

/// What people call a client.
pub(super) fn name_of(asked: &SignInRequest, client: &Client) -> String {
    if is_medius_flow(asked, client) {
        format!("MediusFlow ({})", asked.page.tenant().name())
    } else {
        format!("application {}", client.id)
    }
}

/// Whether a client is MediusFlow itself.
pub(super) fn is_medius_flow(asked: &SignInRequest, client: &Client) -> bool {
    client.id.eq_ignore_ascii_case(&asked.state.entra_client_id())
}

/// Sends the browser back to the client with the members of an answer, in the mode that it asked for.
pub(super) fn send_back(
    asked: &SignInRequest,
    client: &Client,
    members: &[(&str, &str)],
) -> Answer {
    if client.response_mode == ResponseMode::FormPost {
        return form(asked, client, members);
    }
    let answer = Answer::empty(303).header("location", client.redirect(members));
    answer.header("cache-control", "no-store").header("referrer-policy", "no-referrer")
}

/// A page with a form that goes to the client: a script presses its button, and a person can
/// (OAuth 2.0 Form Post Response Mode).
fn form(asked: &SignInRequest, client: &Client, members: &[(&str, &str)]) -> Answer {
    let main = html! {
        (brand())
        header { h1 { "Continue" } p { "to " (name_of(asked, client)) } }
        form method="post" action=(client.redirect_uri) data-submit {
            @for (name, value) in members { input type="hidden" name=(name) value=(value); }
            div.actions { button.button.primary { "Continue" } }
        }
    };
    let mut answer = page(asked, 200, "Continue", main);
    for (name, value) in &mut answer.headers {
        if name == "content-security-policy" {
            let own = "form-action 'self'";
            *value = value.replace(own, &format!("{own} {}", client.origin()));
        }
    }
    answer
}

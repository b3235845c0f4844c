//! Step 7: the notification that tells to click *OK* to generate a new secret key.

use maud::{Markup, html};

use super::{
    super::{
        cookies::CookieKind,
        csrf,
        request::{ApiAnswer, Click, ClickRequest, PageRequest},
        trouble::Trouble,
    },
    layout::ConsoleWindow,
    provisioning::{TabContent, generate, tab},
};
use crate::{http::answer::Answer, medius::SetupStep, tenant::SecretKey};

/// *OK*.
pub(super) const CLICK: Click = Click { call, after };

/// The address of the notification.
const PATH: &str = "admin/user-provisioning-configuration/secret-key/new";

/// The field that says which key is replaced, by its last characters.
const REPLACES: &str = "replaces";

/// `GET {t}/admin/user-provisioning-configuration/secret-key/new`.
pub(super) fn show(page: &PageRequest) -> Answer {
    let window = ConsoleWindow {
        title: "Generate a new secret key",
        content: notification(page),
        step: Some(SetupStep::GenerateSecretKey),
    };
    tab(page, TabContent { window: Some(window), ..TabContent::default() })
}

/// A form that was shown before the key changed (a reload, another tab) makes none.
fn call(page: &PageRequest) -> ClickRequest {
    if page.form.one(REPLACES) == Some(&present(page)) {
        return ClickRequest::Call(generate());
    }
    let words = "the key was changed meanwhile, nothing was generated";
    let help = "click Generate Secret Key to replace the present one";
    let trouble = Trouble::new(409, words, help);
    let mut shown = tab(page, TabContent { trouble: Some(&trouble), ..TabContent::default() });
    shown.record.problem = Some(trouble.problem());
    ClickRequest::Refused(Box::new(shown))
}

fn after(page: &PageRequest, answer: &ApiAnswer) -> Answer {
    match answer.text("secretKey").filter(|_| answer.is_success()) {
        Some(key) => tab(page, TabContent { key: Some(key), ..TabContent::default() }),
        None => {
            tab(page, TabContent { trouble: Some(&Trouble::of(answer)), ..TabContent::default() })
        }
    }
}

/// The last characters of the key in force; nothing without one.
fn present(page: &PageRequest) -> String {
    page.tenant().snapshot().console().secret_key().map(SecretKey::last_four).unwrap_or_default()
}

fn notification(page: &PageRequest) -> Markup {
    let old = present(page);
    let token = CookieKind::Console.read(&page.site, &page.headers).unwrap_or_default();
    html! {
        dialog open aria-labelledby="dt" aria-describedby="dd" {
            h2 #dt { "Generate a new secret key" }
            p #dd {
                "Click " strong { "OK" }
                " to generate a new secret key. It is shown once; copy it right away."
            }
            @if !old.is_empty() {
                p {
                    "The key ending in " strong { (old) } " stops working at once: Microsoft Entra ID gets "
                    "401 until its Secret Token is replaced."
                }
            }
            form.actions.end method="post" action=(page.link(PATH)) {
                input type="hidden" name=(csrf::FIELD) value=(csrf::token(&token, &page.path_of(PATH)));
                input type="hidden" name=(REPLACES) value=(old);
                a.button href=(page.link("admin/user-provisioning-configuration")) data-cancel { "Cancel" }
                " "
                button.button.primary autofocus { (SetupStep::ConfirmSecretKey.label()) }
            }
        }
    }
}

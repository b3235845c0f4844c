//! The login options: the ways in which users log in. The fields are those of the page in the product
//! (documented); what stands behind an option is assumed.

use maud::{Markup, html};
use serde_json::{Value as Json, json};

use super::{
    super::{
        api::as_call,
        fields::{Field, Select},
        form::Form,
        list::edit,
        request::{ApiAnswer, ApiCall, Click, ClickRequest, PageRequest},
        trouble::{FormField, Trouble},
    },
    fields::form,
    layout::{ConsolePage, Tab, head},
};
use crate::{
    http::{
        answer::Answer,
        problem::{HandlerResult, ProblemDetails},
    },
    medius::NameClaim,
    scim::{encode, quoted},
};

/// *Save*.
pub(super) const CLICK: Click = Click { call, after };

/// The fields of text: label, name in form and call, and what is said of it.
const TEXTS: [(&str, &str, Option<&str>); 8] = [
    ("Display Name", "displayName", Some("What the login screen calls it.")),
    ("Realm", "realm", None),
    ("Issuer", "issuer", Some("Who issues the tokens; ../LocalAccount/ for the local login.")),
    ("Home Realm", "homeRealm", None),
    ("Thumbprint", "thumbprint", None),
    ("Protocol Type", "protocolType", None),
    ("Metadata provider url", "metadataUrl", None),
    ("Client id", "clientId", Some("Assumed. Only an issuer outside needs it.")),
];

/// The field of the claim that names the user, which is assumed, too.
const NAME_CLAIM: &str = "nameClaim";

/// `GET {t}/admin/login-options`.
pub(super) fn show(page: &PageRequest) -> Answer {
    let master = page.tenant().master();
    let main = html! {
        (head("Login options", "The ways in which users log in to MediusFlow.", html! {}))
        div.sheet #sheet data-live {
            table {
                caption.hidden { "Login options of " (page.tenant().name()) }
                thead { tr {
                    @for it in ["Display name", "On the login screen", "Issuer", "Protocol", "Stands for"] {
                        th scope="col" { (it) }
                    }
                    th scope="col" { span.hidden { "Edit" } }
                } }
                tbody {
                    @for it in master.data.login_options() {
                        @let window = page.link(&format!("admin/login-options/{}", encode(&it.display_name)));
                        tr {
                            th scope="row" { bdi { (it.display_name) } }
                            td data-label="Login screen" { @if it.is_visible { "Visible" } @else { span.muted { "Hidden" } } }
                            td data-label="Issuer" { span.break { (it.issuer) } }
                            td data-label="Protocol" { (it.protocol_type.as_deref().unwrap_or("–")) }
                            td data-label="Stands for" { (it.stands_for()) }
                            td.edit { (edit(&window, &it.display_name)) }
                        }
                    }
                }
            }
        }
    };
    ConsolePage::new(Tab::LoginOptions, main).answer(page)
}

/// `GET {t}/admin/login-options/{name}`.
///
/// # Errors
///
/// 404 `unknown-login-option`.
pub(super) fn one(page: &PageRequest) -> HandlerResult {
    let master = page.tenant().master();
    let Some(option) = master.data.login_option(key(page)) else {
        let detail = format!("there is no login option {}", quoted(key(page)));
        return Err(ProblemDetails::new(404, "unknown-login-option", detail));
    };
    Ok(render(page, &json!(option), None))
}

fn key(page: &PageRequest) -> &str {
    page.path_parameters.get(1).map(String::as_str).unwrap_or_default()
}

fn call(page: &PageRequest) -> ClickRequest {
    let master = page.tenant().master();
    let before = master.data.login_option(key(page)).map(|it| json!(it)).unwrap_or_default();
    ClickRequest::Call(put(page, &typed(&page.form, before)))
}

fn put(page: &PageRequest, option: &Json) -> ApiCall {
    ApiCall::new("PUT", ["login-options", key(page)]).with(option.clone())
}

/// The option as the form has it: an empty field is none, and what the form does not have stays.
fn typed(form: &Form, before: Json) -> Json {
    let mut option = before;
    let Some(members) = option.as_object_mut() else { return option };
    for (_, name, _) in TEXTS {
        match form.text(name) {
            Some(text) => members.insert(name.into(), text.into()),
            None if matches!(name, "displayName" | "issuer") => {
                members.insert(name.into(), "".into())
            }
            None => members.remove(name),
        };
    }
    members.insert("isVisible".into(), form.has("isVisible").into());
    if let Some(claim) = form.text(NAME_CLAIM) {
        // The usual one is left out, unless it was said before.
        if claim != NameClaim::default().name() || members.contains_key(NAME_CLAIM) {
            members.insert(NAME_CLAIM.into(), claim.into());
        }
    }
    option
}

fn after(page: &PageRequest, answer: &ApiAnswer) -> Answer {
    if answer.is_success() {
        return page.see_other(Tab::LoginOptions.path());
    }
    let option = typed(&page.form, json!({}));
    render(page, &option, Some(&Trouble::of(answer)))
}

fn render(page: &PageRequest, option: &Json, trouble: Option<&Trouble>) -> Answer {
    let text = |name: &str| option.get(name).and_then(Json::as_str).unwrap_or_default();
    let error = |name: &str| trouble.and_then(|it| it.at(name));
    let texts = TEXTS.iter().map(|(label, name, _)| FormField { name, label });
    let claims = FormField { name: NAME_CLAIM, label: "Name claim" };
    let fields: Vec<FormField> = texts.chain([claims]).collect();
    let is_visible = option.get("isVisible").and_then(Json::as_bool).unwrap_or_default();
    let path = format!("{}/{}", Tab::LoginOptions.path(), encode(key(page)));
    let claim = Some(text(NAME_CLAIM)).filter(|it| !it.is_empty());
    let claim = claim.unwrap_or_else(|| NameClaim::default().name());
    let field = |label, name, hint| {
        Field { label, name, value: text(name), hint, error: error(name), ..Field::default() }
            .render()
    };
    let content: Markup = html! {
        div.pair {
            @for (label, name, hint) in TEXTS { (field(label, name, hint)) }
            (Select {
                label: "Name claim",
                name: NAME_CLAIM,
                options: html! {
                    @for it in NameClaim::ALL {
                        option selected[it.name() == claim] { (it.name()) }
                    }
                },
                hint: Some("Assumed. It equals the user's nameIdentifier."),
                error: error(NAME_CLAIM),
            }.render())
        }
        label.check {
            input type="checkbox" name="isVisible" value="yes" checked[is_visible];
            " Visible on login screen"
        }
        div.actions.end {
            a.button href=(page.link(Tab::LoginOptions.path())) { "Cancel" } " "
            button.button.primary { "Save" }
        }
    };
    let master = page.tenant().master();
    let stands_for = master.data.login_option(key(page)).map(|it| it.stands_for().to_string());
    let stands_for = stands_for.unwrap_or_default();
    let main = html! {
        (head(key(page), "A way in which users log in to MediusFlow.", html! {}))
        @if let Some(trouble) = trouble { (trouble.above(&fields)) }
        section.card aria-labelledby="fields" {
            div.in { h2 #fields { "Login option" } p.say { "Stands for " (stands_for) ". Assumed: OpenID Connect stands in for what MediusFlow's login speaks." } (form(page, &path, Some("option"), content)) }
            (as_call(page, &put(page, option)))
        }
    };
    let mut shown = ConsolePage::new(Tab::LoginOptions, main).after(trouble);
    shown.title = Some(key(page));
    shown.is_live = false;
    shown.answer(page)
}

//! Step 1: "Login to MediusFlow admin console by providing the tenant ID" (tutorial); the box is called
//! *MediusFlow tenant name* there.

use maud::html;
use serde_json::{Value as Json, json};

use super::{
    super::{
        api,
        fields::Field,
        form::Form,
        frame::{self, mark},
        request::{ApiAnswer, ApiCall, PageRequest, see_other},
        trouble::Trouble,
    },
    with_session,
};
use crate::http::answer::Answer;

/// `GET /admin/`.
pub(super) fn show(page: &PageRequest) -> Answer {
    render(page, None)
}

/// The body of the call that the form is.
pub(super) fn credentials(form: &Form) -> Json {
    body(form.text("tenantName").unwrap_or_default(), form.text("userName"))
}

fn body(tenant: &str, user_name: Option<&str>) -> Json {
    let mut body = json!({"tenantName": tenant});
    if let Some(user_name) = user_name {
        body["userName"] = user_name.into();
    }
    body
}

/// What follows the call: the console, or the form again.
pub(super) fn done(page: &PageRequest, answer: &ApiAnswer) -> Answer {
    let token = answer.text("accessToken").filter(|_| answer.is_success());
    let (Some(token), Some(tenant)) = (token, answer.text("tenant")) else {
        return render(page, Some(&Trouble::of(answer)));
    };
    let own = format!("/{tenant}/");
    let next = page.form.one("next").filter(|it| is_return(it, &own));
    let next = next.map_or_else(|| format!("{own}admin/"), str::to_owned);
    with_session(page, see_other(page.site.link(&next)), tenant, token)
}

/// Whether an address is one of the tenant's, to which a browser may be sent back.
fn is_return(address: &str, own: &str) -> bool {
    address.starts_with(own)
        && !address.contains("//")
        && !address.contains(|it: char| it == '\\' || it.is_control())
}

fn render(page: &PageRequest, trouble: Option<&Trouble>) -> Answer {
    let form = &page.form;
    let tenant = form.one("tenantName").or_else(|| form.one("tenant")).unwrap_or_default();
    let user_name = form.one("userName").unwrap_or_default();
    let error = |name: &str| trouble.and_then(|it| it.at(name));
    let is_told = error("tenantName").or_else(|| error("userName")).is_some();
    let call = ApiCall::new("POST", []).with(body(tenant, form.text("userName")));
    let main = html! {
        div.brand { (mark()) " MediusFlow" }
        header {
            h1 { "MediusFlow admin console" }
            p { "Step 1 of 11: log in with the name of your MediusFlow tenant." }
        }
        @if let Some(trouble) = trouble.filter(|_| !is_told) { (trouble.notice()) }
        @if form.has("ended") {
            div.notice.warn role="status" {
                b { "Your session has ended" }
                span { "Log in again to go on where you were." }
            }
        }
        form.stack method="post" action=(page.site.link("/admin/")) {
            @if let Some(next) = form.one("next") { input type="hidden" name="next" value=(next); }
            (Field {
                label: "MediusFlow tenant name",
                name: "tenantName",
                value: tenant,
                error: error("tenantName"),
                is_first: !is_told,
                ..Field::default()
            }.render())
            details.more open[!user_name.is_empty()] {
                summary { "Log in as somebody else" }
                div {
                    (Field {
                        label: "User name",
                        name: "userName",
                        value: user_name,
                        hint: Some("A console user with the role Admin. Empty: the first one."),
                        error: error("userName"),
                        ..Field::default()
                    }.render())
                }
            }
            div.actions.end { button.button.primary { "Authenticate" } }
        }
        (api::shown(page, &call, "/admin/v1/authenticate", None))
    };
    let title = "Log in · MediusFlow admin console";
    frame::page(trouble.map_or(200, |it| it.status), frame::narrow(&page.site, title, main))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("/NordlysQA/admin/users", true)]
    #[case("/Nordlys/admin/users", false)]
    #[case("/NordlysQA//evil.example", false)]
    #[case("//evil.example", false)]
    #[case("/NordlysQA/\\evil.example", false)]
    #[case("https://evil.example/NordlysQA/", false)]
    #[case("/NordlysQA/\r\nSet-Cookie: x", false)]
    fn a_browser_is_sent_back_to_its_tenant_alone(#[case] address: &str, #[case] is_so: bool) {
        assert_eq!(is_return(address, "/NordlysQA/"), is_so);
    }
}

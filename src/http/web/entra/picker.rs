//! The account picker. Its rows are links, since a policy that allows forms to the own server alone
//! stops the redirects that follow a form at the first foreign origin, and a link passes (measured in
//! Chromium).

use maud::{Markup, html};

use super::reply;
use crate::{
    http::{
        answer::Answer,
        web::{cookies::CookieKind, login_decision::trouble_of, sign_in_step::SignInRequest},
    },
    journal::Operation,
    oidc::Account,
    scim::encode,
    tenant::{AccountPage, EntraAccount, PickerRequest, SignInSecret},
};

/// How many accounts a page shows.
const ROWS: usize = 25;

/// A picker that is shown.
struct Picker<'a> {
    asked: &'a SignInRequest,
    picked: &'a PickerRequest,
    /// The address of the picker; an account's is below it.
    address: String,
}

/// Shows the picker for a request, and keeps the request until somebody is picked.
pub(super) fn show(asked: &SignInRequest, picked: &PickerRequest) -> Answer {
    let handle = asked.secret(SignInSecret::Handle);
    asked.book().show_picker(&handle, picked.clone());
    let picker = Picker::new(asked, picked, &handle);
    let mut answer = match &picked.request.login_hint {
        Some(hint) => picker.one(hint),
        None => picker.list(),
    };
    answer.record.operation = Operation::Entra;
    answer
        .remark(format!("authorize: picker for {}", reply::name_of(asked, &picked.request.client)))
}

/// `GET .../authorize/{handle}`: another page of the picker, a search, or another account.
pub(super) fn show_again(asked: &SignInRequest) -> Answer {
    let handle = asked.page.path_parameters.get(2).map(String::as_str).unwrap_or_default();
    let browser = CookieKind::Entra.read(&asked.page.site, &asked.page.headers);
    let Some(picked) = asked.book().picker(handle, browser.as_deref(), asked.page.now) else {
        return gone(asked);
    };
    let picker = Picker::new(asked, &picked, handle);
    match asked.page.form.text("account") {
        Some(account) => picker.one(account),
        None if asked.page.form.has("other") => picker.ask(None),
        None => picker.list(),
    }
}

/// The page of a picker that was answered, is too old, or is of another browser.
pub(super) fn gone(asked: &SignInRequest) -> Answer {
    let main = html! {
        (reply::brand())
        header { h1 { "This page is used up" } }
        div.notice role="alert" {
            b { "An account was picked here before, or the page is more than ten minutes old." }
            span { "Begin again where you wanted to sign in." }
        }
        div.actions {
            a.button.primary href=(asked.page.link("?choose")) { "To the login of MediusFlow" }
        }
    };
    let mut answer = reply::page(asked, 400, "Pick an account", main);
    answer.record.operation = Operation::Entra;
    answer.remark("authorize refused: the picker was used, is too old, or is of another browser")
}

impl<'a> Picker<'a> {
    fn new(asked: &'a SignInRequest, picked: &'a PickerRequest, handle: &str) -> Self {
        let (authority, tenant_id) = (asked.authority(), &picked.tenant_id);
        let address = format!("{authority}/{tenant_id}/oauth2/v2.0/authorize/{handle}");
        Self { asked, picked, address }
    }

    /// All accounts, or those with a text in their names, a page of them.
    fn list(&self) -> Answer {
        let form = &self.asked.page.form;
        let wanted = form.text("q").unwrap_or_default();
        let page = form.text("page").and_then(|it| it.parse().ok()).unwrap_or(1).max(1_usize);
        let skipped = (page - 1).saturating_mul(ROWS);
        let found = self.asked.accounts().list(wanted, skipped, ROWS);
        let all = self.asked.accounts().list("", 0, 0).total;
        let search = html! {
            form.search role="search" action=(self.address) {
                svg width="16" height="16" viewBox="0 0 20 20" aria-hidden="true" {
                    circle cx="9" cy="9" r="5" {}
                    path d="m13 13 3.5 3.5" {}
                }
                label.hidden for="q" { "Find an account" }
                input.field #q name="q" type="search" value=(wanted) autocomplete="off"
                    placeholder={ "Find among " (all) " accounts" };
            }
        };
        let pager = self.pager(wanted, page, skipped, &found);
        self.page(&search, &found.accounts, &pager)
    }

    /// One account alone.
    fn one(&self, key: &str) -> Answer {
        match self.asked.accounts().find(key) {
            Some(found) => self.page(&html! {}, &[found], &html! {}),
            None => self.ask(Some(key)),
        }
    }

    /// Asks for the name of an account; `unknown` is one that nobody has.
    fn ask(&self, unknown: Option<&str>) -> Answer {
        let main = html! {
            (reply::brand())
            header { h1 { "Sign in" } p { "to continue to " (self.client()) } }
            @if let Some(unknown) = unknown {
                div.notice role="alert" {
                    b { "AADSTS50034: there is no account " bdi { (unknown) } " in the directory." }
                }
            }
            form.login action=(self.address) {
                label.label for="account" { "User name" }
                input.field #account name="account" autocomplete="off" autofocus required
                    value=[unknown];
                div.actions {
                    button.button.primary { "Next" }
                    a.button href=(self.address) { "Back" }
                }
            }
        };
        reply::page(self.asked, 200, "Sign in", main)
    }

    fn page(&self, search: &Markup, accounts: &[EntraAccount], pager: &Markup) -> Answer {
        let main = html! {
            (reply::brand())
            header { h1 { "Pick an account" } p { "to continue to " (self.client()) } }
            (search)
            ul aria-label="Accounts" {
                @for account in accounts { li { (self.row(account)) } }
            }
            @if accounts.is_empty() { p.pager { "No account has this in its name." } }
            (pager)
            div.rule {}
            a.account href={ (self.address) "?other" } {
                span.face.plus aria-hidden="true" {
                    svg width="16" height="16" viewBox="0 0 20 20" aria-hidden="true" {
                        path d="M10 5v10M5 10h10" {}
                    }
                }
                span.who { b { "Use another account" } }
            }
        };
        let title = "Pick an account · mock Microsoft Entra ID";
        let site = &self.asked.page.site;
        crate::http::web::frame::page(200, crate::http::web::frame::narrow_list(site, title, main))
    }

    fn row(&self, found: &EntraAccount) -> Markup {
        let Account { user_principal_name, display_name, .. } = &found.account;
        let name = display_name.as_ref().unwrap_or(user_principal_name);
        let trouble = self.trouble(found);
        html! {
            a.account href={ (self.address) "/" (encode(user_principal_name)) } {
                span.face.off[trouble.is_some()] aria-hidden="true" { (initials(name)) }
                span.who {
                    b { bdi { (name) } }
                    @if let Some((words, class)) = trouble { span class={ "state " (class) } { (words) } }
                    span { (user_principal_name) }
                }
            }
        }
    }

    /// What keeps an account from signing in, in a word or two, and how bad that looks.
    fn trouble(&self, found: &EntraAccount) -> Option<(&'static str, &'static str)> {
        if !found.is_enabled {
            return Some(("Disabled in the directory", "bad"));
        }
        if !found.is_assigned {
            return Some(("Not assigned", "warn"));
        }
        let is_own = reply::is_medius_flow(self.asked, &self.picked.request.client);
        is_own.then(|| trouble_of(self.asked, found)).flatten()
    }

    fn pager(&self, wanted: &str, page: usize, skipped: usize, found: &AccountPage) -> Markup {
        let (shown, total) = (found.accounts.len(), found.total);
        let to = |page: usize| format!("{}?q={}&page={page}", self.address, encode(wanted));
        html! {
            @if total > ROWS {
                p.pager {
                    span { (skipped + 1) "–" (skipped + shown) " of " (total) }
                    span {
                        @if page > 1 { a href=(to(page - 1)) { "Previous" } " " }
                        @if skipped + shown < total { a href=(to(page + 1)) { "Next" } }
                    }
                }
            }
        }
    }

    fn client(&self) -> String {
        reply::name_of(self.asked, &self.picked.request.client)
    }
}

/// The first letters of a name: of its first and its last word.
fn initials(name: &str) -> String {
    let mut words = name.split_whitespace().filter_map(|it| it.chars().next());
    let first = words.next();
    first.into_iter().chain(words.next_back()).flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests {
    use super::initials;

    #[test]
    fn a_face_has_the_first_letters_of_a_name() {
        assert_eq!(initials("Elin Ångström"), "EÅ");
        assert_eq!(initials("zoë maria o’brien"), "ZO");
        assert_eq!(initials("朱"), "朱");
        assert_eq!(initials(""), "");
    }
}

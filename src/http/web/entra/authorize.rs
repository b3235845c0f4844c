//! The authorize endpoint: who asks, who is signed in, and the code that comes of it.

use uuid::Uuid;

use super::{
    picker,
    refusal::{RefusedRequest, unknown_tenant},
    reply, tenant_of,
};
use crate::{
    http::{
        answer::Answer,
        web::{
            cookies::{CookieKind, CookieLife},
            sign_in_step::{SignInRequest, random_guid},
        },
    },
    journal::{ExchangeSubject, Operation},
    oidc::{AadstsCode, AuthorizePrompt, AuthorizeRequest, Client, Parameters, ProtocolError},
    tenant::{
        EntraAccount, EntraSession, IssuedCode, PickerRequest, SignInSecret, SignedInAccount,
    },
};

/// What tells a browser at mock Entra, and the cookie that says so to it, if it is new.
struct Browser {
    value: String,
    is_new: bool,
}

/// `GET` and `POST .../oauth2/v2.0/authorize`.
pub(super) fn authorize(asked: &SignInRequest) -> Answer {
    let tenant_id = match tenant_of(asked) {
        Ok(it) => it,
        Err(named) => return unknown_tenant(named).as_page(asked),
    };
    let client = Client::read(&asked.parameters).and_then(|it| known_client(asked, it));
    let client = match client {
        Ok(it) => it,
        Err(error) => return RefusedRequest::from(error).as_page(asked),
    };
    let request = match AuthorizeRequest::read(client.clone(), &asked.parameters) {
        Ok(it) => it,
        Err(error) => return RefusedRequest::from(error).to_client(asked, &client, None),
    };
    let browser = browser_of(asked);
    let picked = PickerRequest {
        request,
        tenant_id: tenant_id.into(),
        browser: browser.value.as_str().into(),
        began: asked.page.now,
    };
    let answer = answered(asked, &picked);
    if !browser.is_new {
        return answer;
    }
    let path = asked.page.path_of("entra/");
    let cookie =
        CookieKind::Entra.set(&asked.page.site, &path, &browser.value, CookieLife::Session);
    answer.header("set-cookie", cookie)
}

/// `GET .../oauth2/v2.0/authorize/{handle}/{account}`: a row of the picker.
pub(super) fn pick(asked: &SignInRequest) -> Answer {
    let [_, _, handle, account] = &asked.page.path_parameters[..] else {
        return picker::gone(asked);
    };
    let browser = CookieKind::Entra.read(&asked.page.site, &asked.page.headers);
    let Some(picked) = asked.book().picker(handle, browser.as_deref(), asked.page.now) else {
        return picker::gone(asked);
    };
    asked.book().answer_picker(handle);
    sign_in(asked, &picked, account)
}

/// Signs an account in for MediusFlow's authorize request with this query, in a browser of its own.
pub(in crate::http) fn sign_in_as(asked: &SignInRequest, query: &str, account: &str) -> Answer {
    let parameters = Parameters::read(query).map_err(ProtocolError::from);
    let request = parameters.and_then(|parameters| {
        let client = Client::read(&parameters).and_then(|it| known_client(asked, it))?;
        AuthorizeRequest::read(client, &parameters)
    });
    let request = match request {
        Ok(it) => it,
        Err(error) => return RefusedRequest::from(error).as_page(asked),
    };
    let picked = PickerRequest {
        request,
        tenant_id: asked.tenant_id().unwrap_or_default().into(),
        browser: asked.secret(SignInSecret::Browser).into(),
        began: asked.page.now,
    };
    sign_in(asked, &picked, account)
}

/// Whether a client of this id may have the answer where it wants it.
///
/// # Errors
///
/// AADSTS700016, AADSTS50011.
fn known_client(asked: &SignInRequest, client: Client) -> Result<Client, ProtocolError> {
    let wrong_address = |whose: &str| {
        let detail = format!(
            "The redirect URI '{}' specified in the request does not match the redirect URIs configured for \
             the application '{}'. {whose}",
            client.redirect_uri, client.id
        );
        Err(ProtocolError::new(AadstsCode::InvalidReplyTo, detail))
    };
    if client.id.eq_ignore_ascii_case(&asked.state.entra_client_id()) {
        if client.redirect_uri == asked.own_redirect_uri() {
            return Ok(client);
        }
        return wrong_address("It is MediusFlow's own, whose only one is its signin-oidc.");
    }
    if Uuid::try_parse(&client.id).is_err() {
        let detail = format!(
            "Application with identifier '{}' was not found in the directory. Here any GUID is an application.",
            client.id
        );
        return Err(ProtocolError::new(AadstsCode::UnauthorizedClient, detail));
    }
    if client.is_on_loopback() {
        return Ok(client);
    }
    wrong_address("Here it may be any on localhost or a loopback address.")
}

/// What the person gets: a code at once, the picker, or a refusal where nothing may be shown.
fn answered(asked: &SignInRequest, picked: &PickerRequest) -> Answer {
    if let Some(account) = asked.book().take_pick() {
        return sign_in(asked, picked, &account);
    }
    let request = &picked.request;
    let session = asked.book().entra_session(&picked.browser);
    let session = session.filter(|it| is_wanted(asked, request, it));
    match (request.prompt, session) {
        (None | Some(AuthorizePrompt::None), Some(session)) => {
            code_of_session(asked, picked, session)
        }
        (Some(AuthorizePrompt::None), None) => {
            let detail = "Session information is not sufficient for single-sign-on: nobody is \
                          signed in, or somebody else.";
            let error = ProtocolError::new(AadstsCode::UserInformationNotProvided, detail);
            RefusedRequest::from(error).to_client(asked, &request.client, None)
        }
        _ => picker::show(asked, picked),
    }
}

/// Whether a session is of the one who is to sign in, and young enough.
fn is_wanted(asked: &SignInRequest, request: &AuthorizeRequest, session: &EntraSession) -> bool {
    let is_hinted = request.login_hint.as_ref().is_none_or(|hint| {
        let hinted = asked.accounts().find(hint);
        hinted.is_some_and(|it| it.account.user_principal_name == session.account)
    });
    let age = asked.page.now.duration_since(session.at).as_secs();
    let is_young = request.max_age.is_none_or(|most| u64::try_from(age).unwrap_or(0) <= most);
    is_hinted && is_young
}

fn code_of_session(asked: &SignInRequest, picked: &PickerRequest, session: EntraSession) -> Answer {
    match asked.accounts().find(&session.account) {
        Some(found) => match refusal_of(&found) {
            None => code(asked, picked, found, session),
            Some(error) => RefusedRequest::from(error).to_client(
                asked,
                &picked.request.client,
                Some(&session.account),
            ),
        },
        None => no_account(asked, picked, &session.account),
    }
}

/// Signs an account in, in this browser, and gives the client its code.
fn sign_in(asked: &SignInRequest, picked: &PickerRequest, account: &str) -> Answer {
    let Some(found) = asked.accounts().find(account) else {
        return no_account(asked, picked, account);
    };
    if let Some(error) = refusal_of(&found) {
        let who = found.account.user_principal_name.as_str();
        return RefusedRequest::from(error).to_client(asked, &picked.request.client, Some(who));
    }
    let account = found.account.user_principal_name.clone();
    let session = EntraSession { id: random_guid().into(), account, at: asked.page.now };
    asked.book().sign_in_to_entra(&picked.browser, session.clone());
    code(asked, picked, found, session)
}

/// Why an account may not sign in at Entra.
fn refusal_of(found: &EntraAccount) -> Option<ProtocolError> {
    let EntraAccount { account, is_enabled, is_assigned } = found;
    let name = &account.user_principal_name;
    if !is_enabled {
        let detail = format!("The user account is disabled in the directory: {name}.");
        return Some(ProtocolError::new(AadstsCode::UserDisabled, detail));
    }
    let detail =
        format!("The signed in user {name} is not assigned to a role for the application.");
    (!is_assigned).then(|| ProtocolError::new(AadstsCode::EntitlementGrantsNotFound, detail))
}

fn no_account(asked: &SignInRequest, picked: &PickerRequest, account: &str) -> Answer {
    let detail =
        format!("The user account {account} does not exist in the directory of this tenant.");
    let error = ProtocolError::new(AadstsCode::UserAccountNotFound, detail);
    RefusedRequest::from(error).to_client(asked, &picked.request.client, Some(account))
}

/// Issues a code and sends the browser back to the client with it.
fn code(
    asked: &SignInRequest,
    picked: &PickerRequest,
    found: EntraAccount,
    session: EntraSession,
) -> Answer {
    let (client, account) = (&picked.request.client, found.account);
    let name = account.user_principal_name.clone();
    let subject = ExchangeSubject::new("User", &account.oid, &name);
    let (session_id, at) = (session.id.clone(), session.at);
    let signed_in = SignedInAccount { account, session_id, at };
    let code = asked.secret(SignInSecret::Code);
    let request = picked.request.clone();
    let expires = asked.state.master().sign_in.code_life.after(asked.page.now);
    let issued = IssuedCode::new(request, picked.tenant_id.clone(), signed_in, expires);
    asked.book().issue_code(&code, issued);
    let mut members = vec![("code", code.as_str())];
    members.extend(client.state.as_deref().map(|it| ("state", it)));
    members.push(("session_state", &session.id));
    let mut answer = reply::send_back(asked, client, &members);
    answer.record.operation = Operation::Entra;
    answer.record.subject = Some(subject);
    answer.remark(format!("authorize {name} → code for {}", reply::name_of(asked, client)))
}

/// What tells this browser at mock Entra.
fn browser_of(asked: &SignInRequest) -> Browser {
    match CookieKind::Entra.read(&asked.page.site, &asked.page.headers) {
        Some(value) => Browser { value, is_new: false },
        None => Browser { value: asked.secret(SignInSecret::Browser), is_new: true },
    }
}

//! Mock Entra: the OpenID provider behind MediusFlow's own login, at addresses of Entra's shape.
//!
//! What is documented of Entra is cited where it is decided. It stands below the tenant, so that two tests with one
//! Microsoft Entra tenant ID stay apart. While no applications are registered, which this mock does not know,
//! any GUID is a client, whose answers stay on the machine of the browser.

mod authorize;
mod metadata;
mod picker;
mod refusal;
mod reply;
mod sign_out;
mod token;

use super::{
    handler::PageHandler,
    sign_in_step::{SignInRequest, SignInStep},
};
use crate::http::routes::Route;

pub(in crate::http) use authorize::sign_in_as;
pub(in crate::http) use metadata::answer as keys_answer;
pub(in crate::http) use refusal::refused;
pub(in crate::http) use token::{TokenCall, answer as token_answer};

const AUTHORIZE: PageHandler =
    PageHandler::Step(SignInStep::browser("authorize", authorize::authorize).for_any());
const PICK: PageHandler = PageHandler::Step(SignInStep::browser("authorize", authorize::pick));
const SHOW_PICKER: PageHandler =
    PageHandler::Step(SignInStep::browser("picker", picker::show_again).if_told());
const SIGN_OUT: PageHandler =
    PageHandler::Step(SignInStep::browser("signout", sign_out::sign_out).for_any());
const USER_INFO: PageHandler = PageHandler::Step(SignInStep::program("userinfo", token::user_info));

pub(super) const ROUTES: &[Route<PageHandler>] = &[
    Route::get(
        "{tenant}/entra/{tid}/v2.0/.well-known/openid-configuration",
        "The metadata of mock Entra",
        PageHandler::Step(SignInStep::program("metadata", metadata::metadata)),
    )
    .answers("OpenIdMetadata"),
    Route::get(
        "{tenant}/entra/{tid}/discovery/v2.0/keys",
        "The public keys of mock Entra",
        PageHandler::Step(SignInStep::program("keys", metadata::keys)),
    )
    .answers("PublicKeys"),
    Route::get(
        "{tenant}/entra/{tid}/oauth2/v2.0/authorize",
        "Signs somebody in to mock Entra for a client",
        AUTHORIZE,
    )
    .query(
        "client_id:string redirect_uri:string response_type:string scope:string state:string \
         nonce:string code_challenge:string code_challenge_method:string response_mode:string \
         prompt:string login_hint:string max_age:string",
    ),
    Route::post(
        "{tenant}/entra/{tid}/oauth2/v2.0/authorize",
        "Signs somebody in to mock Entra for a client",
        AUTHORIZE,
    )
    .takes("AuthorizeForm"),
    Route::get(
        "{tenant}/entra/{tid}/oauth2/v2.0/authorize/{handle}",
        "The account picker",
        SHOW_PICKER,
    )
    .query("q:string page:integer account:string other:string"),
    Route::get(
        "{tenant}/entra/{tid}/oauth2/v2.0/authorize/{handle}/{account}",
        "Picks an account",
        PICK,
    ),
    Route::post(
        "{tenant}/entra/{tid}/oauth2/v2.0/token",
        "Redeems a code for tokens",
        PageHandler::Step(SignInStep::program("token", token::token)),
    )
    .takes("TokenForm")
    .answers("Tokens"),
    Route::get("{tenant}/entra/{tid}/oauth2/v2.0/logout", "Signs out of mock Entra", SIGN_OUT)
        .query("post_logout_redirect_uri:string state:string"),
    Route::post("{tenant}/entra/{tid}/oauth2/v2.0/logout", "Signs out of mock Entra", SIGN_OUT),
    Route::get("{tenant}/entra/oidc/userinfo", "Who an access token is about", USER_INFO)
        .answers("UserInfo"),
    Route::post("{tenant}/entra/oidc/userinfo", "Who an access token is about", USER_INFO)
        .answers("UserInfo"),
];

/// The Microsoft Entra tenant ID under which a request asks: the saved one, by itself or by a name that
/// stands for any tenant.
///
/// # Errors
///
/// What was asked for, if it is no tenant of this mock.
fn tenant_of(asked: &SignInRequest) -> Result<String, &str> {
    let named = asked.page.path_parameters.get(1).map(String::as_str).unwrap_or_default();
    let saved = asked.tenant_id().ok_or(named)?;
    let is_it = named.eq_ignore_ascii_case(&saved) || ["organizations", "common"].contains(&named);
    if is_it { Ok(saved) } else { Err(named) }
}

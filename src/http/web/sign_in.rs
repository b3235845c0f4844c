//! MediusFlow's own login. Documented are "How do you want to log in?", "Always log in this way" and the
//! address of the local login; that MediusFlow speaks OpenID Connect is assumed: it stands in for what the
//! real one speaks (its login options name `WsTrust`).

mod as_test;
mod callback;
mod chooser;
mod local;
mod refused;
mod relying_party;
mod start;

pub(in crate::http) use as_test::{TestSignIn, sign_in};

use super::{handler::PageHandler, sign_in_step::SignInStep};
use crate::http::routes::Route;

const START: PageHandler = PageHandler::Step(SignInStep::browser("start", start::start).if_told());
const LOGIN: PageHandler =
    PageHandler::Step(SignInStep::browser("login", chooser::login).if_told());
const SHOW_LOCAL: PageHandler =
    PageHandler::Step(SignInStep::browser("local", local::show).if_told());
const LOCAL: PageHandler = PageHandler::Step(SignInStep::browser("local", local::log_in));
const CALLBACK: PageHandler =
    PageHandler::Step(SignInStep::calling("callback", callback::callback));
const LOG_OUT: PageHandler = PageHandler::Step(SignInStep::browser("logout", start::log_out));

pub(super) const ROUTES: &[Route<PageHandler>] = &[
    Route::get("{tenant}", "The start page, or how to log in", START).query("choose:string"),
    Route::get("{tenant}/login", "Begins a login with an option", LOGIN)
        .query("option:string login_hint:string always:string other:string"),
    Route::get("{tenant}/LocalAccount", "The local login", SHOW_LOCAL).query("user:string"),
    Route::post("{tenant}/LocalAccount", "Logs a local account in", LOCAL).takes("LocalLoginForm"),
    Route::get("{tenant}/signin-oidc", "What Microsoft Entra ID answers", CALLBACK)
        .query("code:string state:string error:string error_description:string"),
    Route::post("{tenant}/logout", "Logs out", LOG_OUT),
];

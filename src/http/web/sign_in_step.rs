//! A step of a sign-in: an address, and a request that comes there.

use std::{pin::Pin, sync::Arc};

use actix_web::{HttpRequest, web::Data};
use ring::rand::{SecureRandom as _, SystemRandom};

use super::{form::Form, request::PageRequest};
use crate::{
    http::{App, answer::Answer, arrival::RequestContext, authority::entra_authority, call::Call},
    journal::Operation,
    oidc::{Issuer, Parameters},
    tenant::{AccountSource, EntraAccount, SignInSecret, SignIns, State, Tenant},
};

/// An address of a sign-in.
#[derive(Clone, Copy)]
pub(in crate::http) struct SignInStep {
    pub(in crate::http) kind: StepKind,
    pub(in crate::http) recorded: RecordedSteps,
    pub(in crate::http) work: StepWork,
}

/// What is done at an address.
#[derive(Clone, Copy)]
pub(in crate::http) enum StepWork {
    /// It answers at once.
    Now(fn(&SignInRequest) -> Answer),
    /// It makes calls of its own first, and they give the rest of the work.
    Calling(for<'a> fn(&'a RequestContext, SignInRequest) -> StepCalls<'a>),
}

/// The calls that a step makes of its own.
pub(in crate::http) type StepCalls<'a> = Pin<Box<dyn Future<Output = StepRest> + 'a>>;

/// The work of a step after its own calls.
pub(in crate::http) type StepRest = Box<dyn FnOnce(&Call<'_>) -> Answer + Send>;

/// What a step of a sign-in is, and for whom.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::http) struct StepKind {
    /// What fault rules call it, behind `signin.`.
    pub(in crate::http) name: &'static str,
    pub(in crate::http) caller: StepCaller,
}

/// Who asks at an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::http) enum StepCaller {
    /// A browser that pages of this server send there; other sites may lead there by a link.
    Browser,
    /// A browser, whoever sends it: what it gets there needs a person (OpenID Connect Core §3.1.2.1).
    AnyBrowser,
    /// A program, which has no cookies and no `Origin`.
    Program,
}

/// The requests at an address that are recorded.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(in crate::http) enum RecordedSteps {
    /// All.
    All,
    /// Those that say what they were, by an operation.
    Told,
}

/// A request of a sign-in, as its handler sees it.
pub(in crate::http) struct SignInRequest {
    pub(in crate::http) page: PageRequest,
    /// The parameters of the query or the form.
    pub(in crate::http) parameters: Parameters,
    /// The state of the tenant.
    pub(in crate::http) state: Arc<State>,
    /// The accounts of the source directory, if the tenant has a provisioning job.
    pub(in crate::http) directory: Option<Arc<[EntraAccount]>>,
}

impl StepKind {
    /// A step of a browser.
    pub(in crate::http) const fn browser(name: &'static str) -> Self {
        Self { name, caller: StepCaller::Browser }
    }

    /// A step of a program.
    pub(in crate::http) const fn program(name: &'static str) -> Self {
        Self { name, caller: StepCaller::Program }
    }

    /// The operation of the step, as far as its name tells.
    pub(in crate::http) fn operation(self) -> Operation {
        match self.name {
            "login" | "local" | "callback" => Operation::SignIn,
            "logout" => Operation::SignOut,
            // Showing the start page is not recorded.
            "start" => Operation::Unknown,
            _ => Operation::Entra,
        }
    }
}

impl SignInStep {
    /// An address for browsers.
    pub(in crate::http) const fn browser(
        name: &'static str,
        work: fn(&SignInRequest) -> Answer,
    ) -> Self {
        Self {
            kind: StepKind::browser(name),
            recorded: RecordedSteps::All,
            work: StepWork::Now(work),
        }
    }

    /// An address for browsers that makes calls of its own first.
    pub(in crate::http) const fn calling(
        name: &'static str,
        work: for<'a> fn(&'a RequestContext, SignInRequest) -> StepCalls<'a>,
    ) -> Self {
        let kind = StepKind::browser(name);
        Self { kind, recorded: RecordedSteps::All, work: StepWork::Calling(work) }
    }

    /// An address for programs.
    pub(in crate::http) const fn program(
        name: &'static str,
        work: fn(&SignInRequest) -> Answer,
    ) -> Self {
        Self { kind: StepKind::program(name), ..Self::browser(name, work) }
    }

    /// The same address, where forms of other sites are taken, too.
    pub(in crate::http) const fn for_any(self) -> Self {
        Self { kind: StepKind { caller: StepCaller::AnyBrowser, ..self.kind }, ..self }
    }

    /// The same address, where only what says its operation is recorded.
    pub(in crate::http) const fn if_told(self) -> Self {
        Self { recorded: RecordedSteps::Told, ..self }
    }

    /// Whether forms of other sites are taken here.
    pub(in crate::http) fn takes_foreign_forms(self) -> bool {
        self.kind.caller == StepCaller::AnyBrowser
    }
}

impl SignInRequest {
    /// The URL that stands for `https://login.microsoftonline.com`.
    pub(in crate::http) fn authority(&self) -> String {
        entra_authority(&self.page.site.url, self.page.tenant().name())
    }

    /// The saved Microsoft Entra tenant ID.
    pub(in crate::http) fn tenant_id(&self) -> Option<String> {
        Some(self.state.console().setup().entra_tenant()?.to_string())
    }

    /// The address to which Entra sends the answers of MediusFlow's own sign-ins.
    pub(in crate::http) fn own_redirect_uri(&self) -> String {
        format!("{}/{}/signin-oidc", self.page.site.url, self.page.tenant().name())
    }

    /// The sign-ins of the tenant.
    pub(in crate::http) fn book(&self) -> &SignIns {
        self.page.tenant().sign_ins()
    }

    /// Where accounts come from.
    pub(in crate::http) fn accounts(&self) -> AccountSource<'_> {
        match &self.directory {
            Some(all) => AccountSource::Directory(all),
            None => AccountSource::Users(&self.state),
        }
    }

    /// The same request once more, for another thread.
    pub(in crate::http) fn again(&self) -> Self {
        Self {
            page: self.page.again(),
            parameters: self.parameters.clone(),
            state: self.state.clone(),
            directory: self.directory.clone(),
        }
    }

    /// A new secret of this kind.
    pub(in crate::http) fn secret(&self, kind: SignInSecret) -> String {
        kind.of(self.page.tenant().name(), random())
    }
}

/// The mock Entra of a Microsoft Entra tenant.
pub(in crate::http) fn issuer<'a>(authority: &'a str, tenant_id: &'a str) -> Issuer<'a> {
    Issuer { authority, tenant_id }
}

/// Random bytes.
pub(in crate::http) fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0; N];
    SystemRandom::new().fill(&mut bytes).expect("the system has a source of randomness");
    bytes
}

/// Random hexadecimal digits that nobody guesses.
pub(in crate::http) fn random_hex() -> String {
    format!("{:032x}", u128::from_ne_bytes(random()))
}

/// A random GUID.
pub(in crate::http) fn random_guid() -> String {
    uuid::Builder::from_random_bytes(random()).into_uuid().to_string()
}

/// A sign-in that somebody else asks for by this request, without parameters.
pub(super) fn of_request(
    app: &Data<App>,
    request: &HttpRequest,
    tenant: &Arc<Tenant>,
) -> SignInRequest {
    let path_parameters = vec![tenant.name().to_string()];
    let page = PageRequest::new(
        app.clone(),
        request,
        Form::default(),
        path_parameters,
        Some(tenant.clone()),
    );
    let directory = app.provisioning.as_ref().and_then(|it| it.accounts(tenant));
    let parameters = Parameters::default();
    SignInRequest { page, parameters, state: tenant.snapshot(), directory }
}

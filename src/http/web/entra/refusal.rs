//! How mock Entra refuses: as a page, as JSON, or back to the client.

use jiff::Timestamp;
use maud::html;

use super::reply;
use crate::{
    http::{
        answer::Answer,
        problem::ProblemDetails,
        web::{
            frame::{self, sentence},
            sign_in_step::{SignInRequest, random_guid},
        },
    },
    journal::{Operation, Problem},
    oidc::{AadstsCode, Client, ErrorIds, ProtocolError},
};

/// What a program gets whose request its endpoint does not see: OAuth's JSON with the status of the problem
/// (RFC 6749 §5.2).
pub(in crate::http) fn refused(what: &str, problem: ProblemDetails, at: Timestamp) -> Answer {
    let problem = problem.into_answer();
    let status = problem.record.status;
    let detail = problem.record.problem.map(|it| sentence(&it.detail)).unwrap_or_default();
    let error = ProtocolError::of_status(status, detail);
    let mut answer = RefusedRequest::from(error).as_json(what, at);
    answer.record.status = status;
    let kept = problem.headers.into_iter().filter(|(name, _)| name != "content-type");
    answer.headers.extend(kept);
    answer
}

/// A refusal that is recorded.
pub(super) struct RefusedRequest {
    pub(super) error: ProtocolError,
}

/// The refusal of a tenant that is none of this mock.
pub(super) fn unknown_tenant(named: &str) -> RefusedRequest {
    let detail = format!(
        "Tenant '{named}' not found. Check to make sure you have the correct tenant ID: this mock has the one \
         that was saved in step 3 and 4 of the set-up."
    );
    ProtocolError::new(AadstsCode::InvalidTenantName, detail).into()
}

impl From<ProtocolError> for RefusedRequest {
    fn from(error: ProtocolError) -> Self {
        Self { error }
    }
}

impl RefusedRequest {
    /// As Entra's token endpoint says it; `what` is the endpoint.
    pub(super) fn as_json(&self, what: &str, at: Timestamp) -> Answer {
        let answer = Answer::json(self.error.status(), &self.error.body(&ids(at)));
        let answer = answer.header("cache-control", "no-store");
        self.told(answer, &format!("{what} refused"))
    }

    /// To the person alone, as a page: no client that could be told is known.
    pub(super) fn as_page(&self, asked: &SignInRequest) -> Answer {
        let main = html! {
            (reply::brand())
            header { h1 { "Sorry, but we're having trouble signing you in." } }
            (frame::notice(&self.error.numbered(), None))
        };
        let page = reply::page(asked, 400, "Trouble signing in", main);
        self.told(page, "authorize refused")
    }

    /// Back to the client (RFC 6749 §4.1.2.1). `who` is the account, if one was picked.
    pub(super) fn to_client(
        &self,
        asked: &SignInRequest,
        client: &Client,
        who: Option<&str>,
    ) -> Answer {
        let description = self.error.description(&ids(asked.page.now));
        let mut members =
            vec![("error", self.error.oauth()), ("error_description", description.as_str())];
        members.extend(client.state.as_deref().map(|it| ("state", it)));
        let answer = reply::send_back(asked, client, &members);
        let who = who.map(|it| format!(" {it}")).unwrap_or_default();
        self.told(answer, &format!("authorize refused{who}"))
    }

    fn told(&self, mut answer: Answer, words: &str) -> Answer {
        answer.record.operation = Operation::Entra;
        answer.record.problem =
            Some(Problem { code: Some(self.error.oauth().into()), detail: self.error.numbered() });
        answer.remark(format!("{words}: {}", self.error.numbered()))
    }
}

fn ids(at: Timestamp) -> ErrorIds {
    ErrorIds { trace: random_guid(), correlation: random_guid(), at }
}

//! `POST /Bulk` ([RFC 7644 §3.7](https://www.rfc-editor.org/rfc/rfc7644#section-3.7)).

use actix_web::http::Method;

use super::{Answer, Call, findings, not_allowed};
use crate::{
    journal::Record,
    scim::{
        ScimError,
        bulk::{BulkRequest, BulkResponse},
    },
    tenant::State,
};

/// Answers a bulk request.
///
/// # Errors
///
/// As [`BulkRequest::parse`]. The errors of single operations are part of the answer.
pub(super) fn answer(
    call: &Call<'_>,
    state: &State,
    record: &mut Record,
) -> Result<Answer, ScimError> {
    if call.method != Method::POST {
        return Ok(not_allowed(call, "Bulk"));
    }
    let mut request = BulkRequest::parse(&call.scim_body(record)?, &state.profile().dialect)?;
    record.findings.extend(findings(std::mem::take(&mut request.noted)));
    let done = call.tenant.bulk(&request, &call.scim_base(), call.now);
    let refused = done.results.iter().filter(|it| it.outcome.is_err()).count();
    let sent = request.operations.len();
    record.effects = done.effects;
    record.findings.extend(findings(done.noted));
    record.remark = (refused > 0).then(|| format!("{refused} of {sent} refused"));
    Ok(Answer::scim(200, &BulkResponse { operations: done.results }))
}

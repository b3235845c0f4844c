//! Lists and searches: at an endpoint or at the root, by GET or by `POST /.search`
//! ([RFC 7644 §3.4.2](https://www.rfc-editor.org/rfc/rfc7644#section-3.4.2)).

use std::sync::Arc;

use actix_web::http::Method;

use super::{Answer, Call, findings, not_allowed};
use crate::{
    journal::{Hits, Operation, Record},
    scim::{
        ListResponse, NotedQuirk, PageCursor, ResourceType, Rules, ScimError, SearchRequest,
        WorkBudget,
    },
    tenant::State,
};

/// Answers a list or search of resources of these types, at the path with these segments.
///
/// # Errors
///
/// As [`SearchRequest::resolve_all`] and [`SearchRequest::page`].
pub(super) fn answer(
    call: &Call<'_>,
    state: &State,
    segments: &[&str],
    types: &[Arc<ResourceType>],
    record: &mut Record,
) -> Result<Answer, ScimError> {
    let is_search = segments.last() == Some(&".search");
    let request = match (is_search, &call.method) {
        (true, &Method::POST) => SearchRequest::from_body(&call.scim_body(record)?)?,
        (true, _) => return Ok(not_allowed(call, ".search")),
        (false, &Method::GET) => SearchRequest::from_query(&call.query)?,
        (false, _) if segments.is_empty() => return Ok(not_allowed(call, "")),
        (false, _) => return Ok(not_allowed(call, "Users")),
    };
    if request.filter.is_some() {
        record.operation = Operation::Find;
    }
    let profile = state.profile();
    let work = WorkBudget::default();
    let rules_of = |it| Rules::new(it, &profile.schemas, &profile.dialect).with_budget(&work);
    let rules: Vec<Rules<'_>> = types.iter().map(|it| rules_of(it)).collect();
    let searches = request.resolve_all(&rules);
    note(rules, record);
    let searches = searches?;
    let secret = state.console().secret_key().map_or("", |it| it.reveal());
    // The same query by GET and by POST is one query: its cursors are valid for both.
    let endpoint = if is_search { &segments[..segments.len() - 1] } else { segments }.join("/");
    let page = request.page(&profile.dialect, &endpoint, secret, call.now)?;
    let base = call.scim_base();
    let presentation = state.present(&base);
    let asked: Vec<_> = types.iter().map(|it| it.name.as_str()).zip(&searches).collect();
    let found = state.resources().search(&asked, &page, &presentation, &work)?;
    let views = found.page.iter().filter_map(|it| {
        let at = types.iter().position(|of| of.name == it.kind)?;
        Some(presentation.view(it, &types[at], &searches[at].projection))
    });
    let encoded =
        |cursor: &Option<PageCursor>| cursor.as_ref().map(|it| page.encode(it, secret, call.now));
    let list = ListResponse {
        total_results: found.total,
        start_index: page.index(),
        next_cursor: encoded(&found.next),
        previous_cursor: encoded(&found.previous),
        resources: views.collect(),
    };
    let hits = |start_index| Hits { start_index, answered: found.page.len(), total: found.total };
    record.hits = found.first.map(hits);
    let answer = Answer::scim(200, &list);
    let has_tag = call.method == Method::GET && !list.has_cursors();
    Ok(if has_tag { answer.tagged(call.condition("if-none-match").as_deref()) } else { answer })
}

/// Records the findings. Several resource types may have the same ones.
fn note(rules: Vec<Rules<'_>>, record: &mut Record) {
    let mut noted: Vec<NotedQuirk> = Vec::new();
    for it in rules.into_iter().flat_map(Rules::into_noted) {
        if !noted.contains(&it) {
            noted.push(it);
        }
    }
    record.findings.extend(findings(noted));
}

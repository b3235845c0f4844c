//! A fault rule.

use serde_json::{Map, Value as Json};
use smol_str::SmolStr;

use super::{
    action::{FaultAction, FaultOutcome},
    matching::RequestMatch,
    phase::Phase,
    read::{FieldError, FieldValue, Fields},
    when::When,
};
use crate::scim::{is_dot_segment, quoted};

/// A fault rule: a condition on requests, a selection among them, an action and a phase.
#[derive(Clone, Debug, PartialEq)]
pub struct Rule {
    id: Option<SmolStr>,
    pub(super) matching: RequestMatch,
    pub(super) when: When,
    action: FaultAction,
    phase: Phase,
    /// The rule as written, without the id.
    written: Map<String, Json>,
}

/// The operation that answers ID tokens.
const TOKENS: &str = "signin.token";

/// Members that are shown with a rule but are not part of it.
const COUNTS: &[&str] = &["matched", "fired"];

impl Rule {
    /// Reads the body of `POST faults`. `operations` are the known operations of the tenant.
    ///
    /// # Errors
    ///
    /// The first invalid member.
    pub fn read(body: &Json, operations: &[String]) -> Result<Self, FieldError> {
        let mut fields = Fields::of(body)?;
        let id = fields.take("id").map(|it| id(&it)).transpose()?;
        let matching =
            fields.take("match").map(|it| RequestMatch::read(&it, operations)).transpose()?;
        let when = fields.take("when").map(|it| When::read(&it)).transpose()?;
        let action = fields.take("action");
        let phase = fields.take("phase");
        fields.pass(COUNTS);
        fields.finish()?;
        let action = action.ok_or_else(|| FieldError {
            field: "action".into(),
            detail: "a rule needs an action".into(),
            word: None,
        })?;
        let action = FaultAction::read(&action)?;
        let phase = Phase::read(phase.as_ref(), action.outcome().own_phase())?;
        let mut written = body.as_object().cloned().unwrap_or_default();
        written.retain(|name, value| {
            name != "id" && !COUNTS.contains(&name.as_str()) && !value.is_null()
        });
        let (matching, when) = (matching.unwrap_or_default(), when.unwrap_or_default());
        if matches!(action.outcome(), FaultOutcome::IdToken(_)) && !matching.is_of(TOKENS) {
            return Err(FieldError {
                field: "match.operation".into(),
                detail: format!("`idToken` needs the operation \"{TOKENS}\""),
                word: None,
            });
        }
        Ok(Self { id, matching, when, action, phase, written })
    }

    /// Its id, if it has one.
    pub fn id(&self) -> Option<&SmolStr> {
        self.id.as_ref()
    }

    /// The action on the requests to which the rule applies.
    pub fn action(&self) -> &FaultAction {
        &self.action
    }

    /// Whether the fault happens before or after the operation.
    pub fn phase(&self) -> Phase {
        self.phase
    }

    /// The rule as written, without the id.
    pub fn written(&self) -> &Map<String, Json> {
        &self.written
    }

    /// The number of changes by which the state is earlier from which the rule answers; 0 for the current
    /// state.
    pub(super) fn staleness(&self) -> usize {
        if let FaultOutcome::Stale(changes) = self.action.outcome() { *changes } else { 0 }
    }
}

/// Reserved ids: `presets` in a path, `any` in a traffic filter.
const TAKEN: [&str; 2] = ["presets", "any"];

fn id(place: &FieldValue<'_>) -> Result<SmolStr, FieldError> {
    let id = place.text()?;
    let is_plain = id.chars().all(|it| it.is_ascii_alphanumeric() || "-_.".contains(it));
    if is_plain && (1..=64).contains(&id.len()) && !TAKEN.contains(&id) && !is_dot_segment(id) {
        return Ok(SmolStr::new(id));
    }
    let taken = TAKEN.map(|it| format!("{}", quoted(it))).join(", ");
    let expected = format!(
        "letters, digits, dots, dashes and underscores, 64 at most, and none of {taken}, \".\", \"..\""
    );
    Err(place.wrong(&expected))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;
    use serde_json::json;

    use super::*;

    fn read(rule: Json) -> Result<Rule, String> {
        let known = ["user.create", "user.patch", "group.patch"].map(str::to_owned);
        Rule::read(&rule, &known).map_err(|it| format!("{}: {}", it.field, it.detail))
    }

    #[rstest]
    #[case(json!([]), ": the body must be an object, found a list")]
    #[case(json!({}), "action: a rule needs an action")]
    #[case(json!({"mtch": {}}), "mtch: unknown field `mtch`, expected id, match, when, action, phase")]
    #[case(json!({"action": {}}), "action: an action needs one of status, html, contentType, headers, connection, truncateAfter, staleBy, expiredKey, wrongBasePath, idToken, delay")]
    #[case(json!({"id": "a/b", "action": {"status": 500}}), "id: id must be letters, digits, dots, dashes and underscores, 64 at most, and none of \"presets\", \"any\", \".\", \"..\", found \"a/b\"")]
    #[case(json!({"id": "..", "action": {"status": 500}}), "id: id must be letters, digits, dots, dashes and underscores, 64 at most, and none of \"presets\", \"any\", \".\", \"..\", found \"..\"")]
    #[case(json!({"match": {"operation": "user.crate"}}), "match.operation: unknown operation `user.crate`, expected user.create, user.patch, group.patch")]
    #[case(json!({"match": {"operation": ["user.*", 7]}}), "match.operation[1]: match.operation[1] must be a text, found 7")]
    #[case(json!({"match": {"path": "Users"}}), "match.path: match.path must be a path that begins with a slash or a star, found \"Users\"")]
    #[case(json!({"match": {"header": {"equals": "x"}}}), "match.header: match.header must be an object with a name, found an object")]
    #[case(json!({"match": {"body": {"equals": 1}}}), "match.body: match.body must be an object with a pointer, or with contains alone, found an object")]
    #[case(json!({"match": {"body": {"pointer": "active"}}}), "match.body.pointer: match.body.pointer must be a JSON pointer such as \"/name/givenName\", found \"active\"")]
    #[case(json!({"when": {"probability": 1.5}}), "when.probability: when.probability must be a number from 0 to 1, found 1.5")]
    #[case(json!({"when": {"nth": 0}}), "when.nth: when.nth must be a whole number from 1, found 0")]
    #[case(json!({"when": {"sequence": ["fail", "fial"]}}), "when.sequence[1]: unknown sequence[1] `fial`, expected pass, fail")]
    #[case(json!({"when": {"between": {"from": "2026-01-02T00:00:00Z", "to": "2026-01-01T00:00:00Z"}}}), "when.between.to: when.between.to must be later than from, found \"2026-01-01T00:00:00Z\"")]
    #[case(json!({"when": {"between": {"from": "noon"}}}), "when.between.from: when.between.from must be a point in time such as \"2026-03-01T08:00:00Z\", found \"noon\"")]
    #[case(json!({"action": {"status": 99}}), "action.status: action.status must be a status from 200 to 599, found 99")]
    #[case(json!({"action": {"status": 500, "connection": "reset"}}), "action: `connection` and `status` exclude each other")]
    #[case(json!({"action": {"connection": "hang", "delay": 1}}), "action: `connection` \"hang\" and `delay` exclude each other")]
    #[case(json!({"action": {"connection": "rest"}}), "action.connection: unknown connection `rest`, expected reset, close, hang, garbage")]
    #[case(json!({"action": {"detail": "busy"}}), "action.detail: it is part of an error, which needs a status")]
    #[case(json!({"action": {"status": 500, "headers": {"a b": "c"}}}), "action.headers.a b: `a b` is no header name (RFC 9110 §5.1)")]
    #[case(json!({"action": {"status": 500, "headers": {"x": "a\nb"}}}), "action.headers.x: action.headers.x must be printable ASCII (RFC 9110 §5.5), found \"a\\nb\"")]
    #[case(json!({"action": {"status": 500, "headers": {"Content-Length": "3"}}}), "action.headers.Content-Length: `content-length` is the server's own")]
    #[case(json!({"action": {"staleBy": 17}}), "action.staleBy: action.staleBy must be 16 changes at most, found 17")]
    #[case(json!({"action": {"truncateAfter": 3}, "phase": "before"}), "phase: phase must be \"after\" for this action, found \"before\"")]
    #[case(json!({"action": {"status": 500}, "phase": "during"}), "phase: unknown phase `during`, expected before, after")]
    fn an_error_names_its_field(#[case] rule: Json, #[case] expected: &str) {
        assert_eq!(read(rule).unwrap_err(), expected);
    }

    #[test]
    fn the_phase_is_after_for_outcomes_that_need_the_real_answer() {
        let phase = |action: Json| read(json!({"action": action})).unwrap().phase();

        assert_eq!(phase(json!({"truncateAfter": 3})), Phase::After);
        assert_eq!(phase(json!({"contentType": "text/plain"})), Phase::After);
        assert_eq!(phase(json!({"status": 503})), Phase::Before);
        assert_eq!(phase(json!({"html": "<h1>"})), Phase::Before);
        assert_eq!(phase(json!({"connection": "reset"})), Phase::Before);
    }
}

//! The condition of a rule on requests.

use jiff::Timestamp;
use serde_json::Value as Json;
use smol_str::SmolStr;

use super::{
    glob::is_like,
    read::{FieldError, FieldValue},
};
use crate::scim::fold;

/// The properties of a request that rules test.
#[derive(Debug)]
pub struct RequestFacts<'a> {
    /// The operation of the request, by every name that applies: `group.patch`, `group.members.add`.
    pub operations: Vec<String>,
    /// Every id and name of its resource, case-folded.
    pub names: Vec<SmolStr>,
    /// The key of the resource, by which matches are counted and random numbers are made.
    pub subject: SmolStr,
    /// The method, in upper case.
    pub method: &'a str,
    /// The path as sent.
    pub path: &'a str,
    /// The path after the base of the service, beginning with a slash.
    pub tail: String,
    /// The header lines, names in lower case.
    pub headers: Vec<(&'a str, &'a str)>,
    /// The body as text.
    pub text: &'a str,
    /// The body as JSON, if it is JSON.
    pub json: Option<Json>,
    /// Whether the request only reads.
    pub is_read: bool,
    /// Whether the request is for the SCIM service and not for the admin console.
    pub is_scim: bool,
}

/// The condition of a rule on requests. All given members must match.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct RequestMatch {
    operations: Vec<String>,
    subjects: Vec<String>,
    methods: Vec<String>,
    paths: Vec<String>,
    headers: Vec<HeaderMatch>,
    body: Vec<BodyMatch>,
}

#[derive(Clone, Debug, PartialEq)]
struct HeaderMatch {
    name: String,
    test: BodyTest,
}

#[derive(Clone, Debug, PartialEq)]
struct BodyMatch {
    /// A JSON pointer (RFC 6901). Without it, the whole body is tested as text.
    pointer: Option<String>,
    test: BodyTest,
}

#[derive(Clone, Debug, PartialEq)]
enum BodyTest {
    IsThere,
    Equals(Json),
    Contains(String),
}

impl RequestMatch {
    /// Reads the member `match` of a rule. `known` are the known operations.
    ///
    /// # Errors
    ///
    /// A member is invalid, or an operation matches no known one.
    pub(super) fn read(place: &FieldValue<'_>, known: &[String]) -> Result<Self, FieldError> {
        let mut fields = place.fields()?;
        let mut read = Self::default();
        for it in each(fields.take("operation")) {
            let pattern = it.text()?;
            if !known.iter().any(|name| is_like(pattern, name)) {
                return Err(it.unknown(pattern, known));
            }
            read.operations.push(pattern.to_owned());
        }
        for it in each(fields.take("subject")) {
            read.subjects.push(fold(it.text()?).to_string());
        }
        for it in each(fields.take("method")) {
            read.methods.push(it.text()?.to_ascii_uppercase());
        }
        for it in each(fields.take("path")) {
            let path = it.text()?;
            if !path.starts_with(['/', '*', '?']) {
                return Err(it.wrong("a path that begins with a slash or a star"));
            }
            read.paths.push(path.to_owned());
        }
        for it in each(fields.take("header")) {
            read.headers.push(header(&it)?);
        }
        for it in each(fields.take("body")) {
            read.body.push(body(&it)?);
        }
        fields.finish()?;
        Ok(read)
    }

    /// Whether it is about this operation and no other.
    pub(super) fn is_of(&self, operation: &str) -> bool {
        !self.operations.is_empty() && self.operations.iter().all(|it| it == operation)
    }

    /// Whether the request matches.
    pub(super) fn meets(&self, request: &RequestFacts<'_>) -> bool {
        let says = |patterns: &[String], texts: &[&str]| {
            let found = |it: &String| texts.iter().any(|text| is_like(it, text));
            patterns.is_empty() || patterns.iter().any(found)
        };
        let operations: Vec<&str> = request.operations.iter().map(String::as_str).collect();
        let names: Vec<&str> = request.names.iter().map(SmolStr::as_str).collect();
        says(&self.operations, &operations)
            && says(&self.methods, &[request.method])
            && says(&self.paths, &[request.path, &request.tail])
            && says(&self.subjects, &names)
            && self.headers.iter().all(|it| it.meets(&request.headers))
            && self.body.iter().all(|it| it.meets(request))
    }
}

impl HeaderMatch {
    fn meets(&self, headers: &[(&str, &str)]) -> bool {
        let mut values = headers.iter().filter(|(name, _)| *name == self.name);
        values.any(|(_, value)| match &self.test {
            BodyTest::IsThere => true,
            BodyTest::Equals(wanted) => wanted.as_str() == Some(value),
            BodyTest::Contains(part) => value.contains(part.as_str()),
        })
    }
}

impl BodyMatch {
    fn meets(&self, request: &RequestFacts<'_>) -> bool {
        let Some(pointer) = &self.pointer else {
            return matches!(&self.test, BodyTest::Contains(part) if request.text.contains(part));
        };
        let found = request.json.as_ref().and_then(|it| it.pointer(pointer));
        found.is_some_and(|value| match &self.test {
            BodyTest::IsThere => true,
            BodyTest::Equals(wanted) => value == wanted,
            BodyTest::Contains(part) => match value {
                Json::String(text) => text.contains(part),
                value => value.to_string().contains(part),
            },
        })
    }
}

/// A range of the tenant's time. The rule matches only requests that arrive in it.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(super) struct TimeRange {
    from: Option<Timestamp>,
    to: Option<Timestamp>,
}

impl TimeRange {
    /// Reads `{"from": .., "to": ..}`. One of the members may be absent.
    ///
    /// # Errors
    ///
    /// It is not a time range, or it ends before it begins.
    pub(super) fn read(place: &FieldValue<'_>) -> Result<Self, FieldError> {
        let mut fields = place.fields()?;
        let [from, to] = [fields.take("from"), fields.take("to")];
        fields.finish()?;
        if from.is_none() && to.is_none() {
            return Err(place.wrong("an object with from, to or both"));
        }
        let from = from.map(|it| it.time()).transpose()?;
        let read = Self { from, to: to.as_ref().map(FieldValue::time).transpose()? };
        match (to, read) {
            (Some(to), Self { from: Some(from), to: Some(until) }) if until <= from => {
                Err(to.wrong("later than from"))
            }
            _ => Ok(read),
        }
    }

    pub(super) fn holds(self, now: Timestamp) -> bool {
        self.from.is_none_or(|it| it <= now) && self.to.is_none_or(|it| now < it)
    }
}

fn each(place: Option<FieldValue<'_>>) -> Vec<FieldValue<'_>> {
    place.map(|it| it.each()).unwrap_or_default()
}

fn header(place: &FieldValue<'_>) -> Result<HeaderMatch, FieldError> {
    let mut fields = place.fields()?;
    let name = fields.take("name").ok_or_else(|| place.wrong("an object with a name"))?;
    let [equals, contains] = [fields.take("equals"), fields.take("contains")];
    fields.finish()?;
    if let Some(it) = &equals {
        it.text()?;
    }
    Ok(HeaderMatch {
        name: name.text()?.to_ascii_lowercase(),
        test: test(place, equals, contains)?,
    })
}

fn body(place: &FieldValue<'_>) -> Result<BodyMatch, FieldError> {
    let mut fields = place.fields()?;
    let pointer = fields.take("pointer");
    let [equals, contains] = [fields.take("equals"), fields.take("contains")];
    fields.finish()?;
    let pointer = pointer.map(|it| match it.text()? {
        text if text.starts_with('/') => Ok(text.to_owned()),
        _ => Err(it.wrong("a JSON pointer such as \"/name/givenName\"")),
    });
    let (pointer, test) = (pointer.transpose()?, test(place, equals, contains)?);
    if pointer.is_none() && !matches!(test, BodyTest::Contains(_)) {
        return Err(place.wrong("an object with a pointer, or with contains alone"));
    }
    Ok(BodyMatch { pointer, test })
}

fn test(
    place: &FieldValue<'_>,
    equals: Option<FieldValue<'_>>,
    contains: Option<FieldValue<'_>>,
) -> Result<BodyTest, FieldError> {
    match (equals, contains) {
        (None, None) => Ok(BodyTest::IsThere),
        (Some(value), None) => Ok(BodyTest::Equals(value.json().clone())),
        (None, Some(part)) => Ok(BodyTest::Contains(part.text()?.to_owned())),
        (Some(_), Some(_)) => Err(place.wrong("an object with equals or contains, not both")),
    }
}

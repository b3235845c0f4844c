//! A recording as it stands in its file; `fixtures/README.md` says what each field means.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt;
use std::path::Path;

use serde::Deserialize;
use serde_json::{Map, Value};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Recording {
    pub(crate) about: String,
    #[serde(rename = "source")]
    pub(crate) _source: String,
    pub(crate) dialect: Option<String>,
    #[serde(default = "mediusflow")]
    pub(crate) profile: String,
    /// Schemas of the tenant's own, in the shape of the files in `fixtures/examples/`.
    pub(crate) schemas: Option<Value>,
    #[serde(default)]
    pub(crate) given: Given,
    pub(crate) steps: Vec<Step>,
    #[serde(default)]
    pub(crate) then: Vec<Check>,
}

/// What is there before the first step: bodies of POST, each with the name it goes by (`as`).
#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Given {
    #[serde(default)]
    pub(crate) users: Vec<Map<String, Value>>,
    #[serde(default)]
    pub(crate) groups: Vec<Map<String, Value>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Step {
    pub(crate) request: Request,
    pub(crate) response: Response,
    #[serde(default)]
    pub(crate) findings: BTreeSet<String>,
    pub(crate) effect: Option<String>,
    #[serde(rename = "as")]
    pub(crate) name: Option<String>,
}

#[derive(Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Request {
    pub(crate) method: String,
    pub(crate) path: String,
    /// `None` takes a header away that would be sent otherwise.
    #[serde(default)]
    pub(crate) headers: BTreeMap<String, Option<String>>,
    pub(crate) body: Option<Value>,
    /// A body that is no JSON, as it goes over the wire.
    pub(crate) text: Option<String>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Response {
    pub(crate) status: OneOrMore,
    #[serde(default)]
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: Option<Value>,
    #[serde(default)]
    pub(crate) absent: Vec<String>,
}

#[derive(Deserialize)]
#[serde(untagged)]
pub(crate) enum OneOrMore {
    One(u16),
    More(Vec<u16>),
}

/// A GET after the last step.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Check {
    pub(crate) get: String,
    #[serde(default = "found")]
    pub(crate) status: u16,
    pub(crate) contains: Option<Value>,
    #[serde(default)]
    pub(crate) absent: Vec<String>,
}

impl Recording {
    pub(crate) fn read(file: &Path) -> Self {
        let text = std::fs::read_to_string(file)
            .unwrap_or_else(|error| panic!("{} cannot be read: {error}", file.display()));
        serde_json::from_str(&text)
            .unwrap_or_else(|error| panic!("{} is no recording: {error}", file.display()))
    }
}

impl OneOrMore {
    pub(crate) fn allows(&self, status: u16) -> bool {
        match self {
            Self::One(one) => *one == status,
            Self::More(more) => more.contains(&status),
        }
    }
}

impl fmt::Display for OneOrMore {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::One(one) => one.fmt(f),
            Self::More(more) => write!(f, "one of {more:?}"),
        }
    }
}

impl Check {
    /// The same as a step, so that there is one way to ask and to compare.
    pub(crate) fn into_step(self) -> Step {
        Step {
            request: Request {
                method: "GET".into(),
                path: self.get,
                headers: BTreeMap::new(),
                body: None,
                text: None,
            },
            response: Response {
                status: OneOrMore::One(self.status),
                headers: BTreeMap::new(),
                body: self.contains,
                absent: self.absent,
            },
            findings: BTreeSet::new(),
            effect: None,
            name: None,
        }
    }
}

fn mediusflow() -> String {
    "mediusflow".into()
}

fn found() -> u16 {
    200
}

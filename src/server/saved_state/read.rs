//! Reading a document with the tenants of a server: all of them, or none.

use std::{collections::HashSet, sync::Arc};

use jiff::Timestamp;
use serde::Deserialize;

use super::{FORMAT, ServerSnapshot, VERSION};
use crate::{
    http::SettingsBody,
    medius,
    scim::{Dialect, Profile, SchemaBundle, in_plain_words, quoted},
    tenant::{ClockSetting, Import, ScimProfile, Tenant},
};

/// The tenants of a server that ran before.
#[derive(Clone, Debug)]
pub(crate) struct SavedTenants {
    /// When they were saved.
    pub(crate) saved_at: Timestamp,
    pub(crate) tenants: Vec<Arc<Tenant>>,
}

/// Why a document cannot be read, and where: `3:17: what is wrong`.
#[derive(Debug, thiserror::Error)]
#[error("{line}:{column}: {why}")]
pub(crate) struct UnreadableState {
    line: usize,
    column: usize,
    why: String,
}

/// What tells documents apart, before anything else is expected of them.
#[derive(Deserialize)]
struct DocumentHead {
    format: Option<String>,
    program: Option<String>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ReadServer<'a> {
    #[serde(rename = "format")]
    _format: String,
    #[serde(rename = "program")]
    _program: String,
    saved_at: Timestamp,
    #[serde(borrow)]
    tenants: Vec<ReadTenant<'a>>,
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct ReadTenant<'a> {
    clock: ClockSetting,
    scim_schemas: SchemaBundle,
    #[serde(borrow)]
    state: Import<'a, SettingsBody>,
}

impl SavedTenants {
    /// Reads a document. Every resource gets another version than it had in the server that wrote the
    /// document, because that may have given the next ones to other content before it was killed.
    ///
    /// # Errors
    ///
    /// [`UnreadableState`]: it is cut short, of another form, or contradicts itself.
    pub(crate) fn read(text: &[u8], now: Timestamp) -> Result<Self, UnreadableState> {
        if text.trim_ascii().is_empty() {
            return Err(wrong("the file is empty; delete it to begin with a new one"));
        }
        let head = serde_json::from_slice(text).map_err(|it| broken(&it, ""))?;
        is_readable(head)?;
        let reader = &mut serde_json::Deserializer::from_slice(text);
        let read: ReadServer<'_> = serde_path_to_error::deserialize(reader)
            .map_err(|it| broken(it.inner(), &it.path().to_string()))?;
        let life = life(now, read.saved_at);
        let mut names = HashSet::new();
        let mut tenants = Vec::with_capacity(read.tenants.len());
        for (index, it) in read.tenants.into_iter().enumerate() {
            let tenant = it.restored(life).map_err(|it| wrong(format!("tenants[{index}].{it}")))?;
            if !names.insert(tenant.name().clone()) {
                let name = quoted(tenant.name().as_str()).to_string();
                return Err(wrong(format!("tenants[{index}]: the tenant {name} is there twice")));
            }
            tenants.push(Arc::new(tenant));
        }
        Ok(Self { saved_at: read.saved_at, tenants })
    }

    /// The tenants as they were read.
    pub(crate) fn snapshot(&self) -> ServerSnapshot {
        ServerSnapshot::of(&self.tenants, self.saved_at)
    }
}

impl ReadTenant<'_> {
    fn restored(self, life: u64) -> Result<Tenant, String> {
        let schemas = medius::schemas().extended(&[self.scim_schemas]);
        let schemas = schemas.map_err(|it| format!("scimSchemas.{}: {it}", it.field()))?;
        // The document has every setting; the profile only says where they begin.
        let dialect = Dialect::of(Profile::default());
        let profile = ScimProfile::with(Profile::default(), dialect, &Arc::new(schemas));
        let tenant = Tenant::restored(&profile, self.state, life);
        let tenant = tenant.map_err(|it| format!("state.{it}"))?;
        tenant.set_clock(self.clock);
        Ok(tenant)
    }
}

/// The life in which tenants begin again. A server begins fewer lives than microseconds pass, so no
/// server that had the document before has given this number, also if it was killed after it was saved.
fn life(now: Timestamp, saved_at: Timestamp) -> u64 {
    let micros = now.as_microsecond().max(saved_at.as_microsecond().saturating_add(1));
    u64::try_from(micros).unwrap_or(1)
}

fn is_readable(head: DocumentHead) -> Result<(), UnreadableState> {
    let Some(format) = head.format else {
        return Err(wrong(format!("expected a state file with the format {FORMAT}{VERSION}")));
    };
    match format.strip_prefix(FORMAT).map(str::parse) {
        Some(Ok(VERSION)) => Ok(()),
        Some(Ok(newer)) if newer > VERSION => Err(wrong(format!(
            "the file is of a newer program: mediusflow-mock {} wrote it as {FORMAT}{newer}, and this \
             is mediusflow-mock {}, which reads {FORMAT}{VERSION}",
            head.program.as_deref().unwrap_or("(unknown)"),
            env!("CARGO_PKG_VERSION"),
        ))),
        _ => Err(wrong(format!("format: expected {FORMAT}{VERSION}, found {}", quoted(&format)))),
    }
}

/// What is not said by the parser has no line of its own: the document has one.
fn wrong(why: impl Into<String>) -> UnreadableState {
    UnreadableState { line: 1, column: 1, why: why.into() }
}

fn broken(error: &serde_json::Error, path: &str) -> UnreadableState {
    let whole = error.to_string();
    let words = whole.rsplit_once(" at line ").map_or(&*whole, |(words, _)| words);
    let words = in_plain_words(words);
    let why = match path {
        _ if error.is_eof() => format!("the file is cut short: {words}"),
        "" | "." => words,
        path => format!("{path}: {words}"),
    };
    UnreadableState { line: error.line().max(1), column: error.column().max(1), why }
}

//! What was applied to the users, as a state that was written has it.

use std::{fmt, sync::Arc};

use serde::{
    Deserialize, Deserializer,
    de::{MapAccess, Visitor, value::MapAccessDeserializer},
};

use super::is_segment;
use crate::{
    medius::{
        ConfigurationChoice, ConfigurationDraft, Deleted, MasterData, MasterKind, Reason, Recall,
        UserConfiguration, attribute, is_same, path_of,
    },
    scim::{User, quoted},
    tenant::{
        Console, ImportError, Resources,
        export::{AppliedConfiguration, AppliedDocument},
        state::Applied,
    },
};

pub(super) fn read(
    all: Vec<AppliedDocument>,
    resources: &Resources,
    console: &Console,
    data: &mut MasterData,
) -> Result<Applied, ImportError> {
    let mut applied = Applied::default();
    let mut past = PastConfigurations { recall: Recall::new(data), known: Vec::new() };
    for (index, it) in all.into_iter().enumerate() {
        let at = |error: ImportError| error.within(format!("applied[{index}]"));
        let id = it.user.clone();
        let Some(user) = resources.get("User", &id) else {
            return Err(at(ImportError::new("user", format!("there is no user {}", quoted(&id)))));
        };
        let choice = it.choice(console, &mut past).map_err(at)?;
        let wanted = attribute(User(user), "configurationFilter");
        is_of_filter(&choice.reason, wanted).map_err(at)?;
        if applied.insert(&id, choice).is_some() {
            let reason = format!("the user {} is there twice", quoted(&id));
            return Err(at(ImportError::new("user", reason)));
        }
    }
    // Every user has had some configuration, or none, applied.
    let missing = resources.all("User").find(|it| applied.get(&it.id).is_none());
    match missing {
        Some(user) => {
            Err(ImportError::new("applied", format!("nothing is said of user {}", user.id)))
        }
        None => Ok(applied),
    }
}

impl AppliedDocument {
    fn choice(
        self,
        console: &Console,
        past: &mut PastConfigurations<'_>,
    ) -> Result<ConfigurationChoice, ImportError> {
        let is_past = matches!(self.configuration, Some(AppliedConfiguration::Past(_)));
        if !is_past && self.deleted.values().any(|it| !it.is_empty()) {
            let reason = "expected none, as there is no configuration with all its members";
            return Err(ImportError::new("deleted", reason));
        }
        let configuration = match self.configuration {
            None => None,
            Some(AppliedConfiguration::Past(draft)) => Some(past.read(*draft, self.deleted)?),
            Some(AppliedConfiguration::Present(id)) => {
                let found = console.configuration(&id);
                let unknown =
                    |error: &dyn fmt::Display| ImportError::new("configuration", error.to_string());
                Some(found.map_err(|it| unknown(&it))?.clone())
            }
        };
        let name = quoted(&self.reason);
        let reason = Reason::coded(&self.reason, self.filter).ok_or_else(|| {
            ImportError::new("reason", format!("there is no reason {name} with this filter"))
        })?;
        let choice = ConfigurationChoice { configuration, reason };
        if !choice.is_consistent() {
            let why = format!("the reason {name} does not fit the configuration");
            return Err(ImportError::new("reason", why));
        }
        Ok(choice)
    }
}

/// Checks that a reason speaks of the filter that the user has: it is another one as soon as that
/// changes.
fn is_of_filter(reason: &Reason, wanted: Option<&str>) -> Result<(), ImportError> {
    let fits = match (reason.filter(), wanted) {
        (Some(filter), Some(wanted)) => is_same(filter, wanted),
        (filter, wanted) => filter.is_none() && wanted.is_none(),
    };
    if fits {
        return Ok(());
    }
    let place = if matches!(reason, Reason::Default) { "reason" } else { "filter" };
    let expected = match wanted {
        Some(wanted) => format!("the user's configurationFilter is {}", quoted(wanted)),
        None => "the user has no configurationFilter".into(),
    };
    let found = match reason.filter() {
        Some(filter) => format!("found {}", quoted(filter)),
        None => format!("found the reason {} without one", quoted(reason.code())),
    };
    Err(ImportError::new(place, format!("{expected}, {found}")))
}

/// The configurations that were applied and are not so any more; users of the same one share it.
struct PastConfigurations<'a> {
    recall: Recall<'a>,
    known: Vec<Arc<UserConfiguration>>,
}

impl PastConfigurations<'_> {
    fn read(
        &mut self,
        draft: ConfigurationDraft,
        deleted: Deleted,
    ) -> Result<Arc<UserConfiguration>, ImportError> {
        if draft.id.as_ref().is_some_and(|it| !is_segment(it)) {
            return Err(ImportError::new("configuration.id", super::SEGMENT));
        }
        are_names(&deleted, &draft)?;
        let read = self.recall.read(draft, deleted).map_err(|error| {
            let place = path_of(&format!("configuration{}", error.pointer));
            ImportError::new(place, error.problem.to_string())
        })?;
        if let Some(known) = self.known.iter().rev().find(|it| ***it == read) {
            return Ok(known.clone());
        }
        let read = Arc::new(read);
        self.known.push(read.clone());
        Ok(read)
    }
}

/// Checks that what was deleted has names, and that there is one login option at most.
fn are_names(deleted: &Deleted, draft: &ConfigurationDraft) -> Result<(), ImportError> {
    for (kind, names) in deleted {
        for (at, name) in names.iter().enumerate() {
            let place = format!("deleted.{}[{at}]", kind.list());
            if name.trim().is_empty() {
                return Err(ImportError::new(place, "expected a text, found an empty one"));
            }
            let is_first = at == 0 && draft.login_option.is_none();
            if *kind == MasterKind::LoginOption && !is_first {
                return Err(ImportError::new(place, "expected one login option at most"));
            }
        }
    }
    Ok(())
}

impl<'de> Deserialize<'de> for AppliedConfiguration {
    /// By hand, since an error in one of serde's untagged forms has no place.
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either;

        impl<'de> Visitor<'de> for Either {
            type Value = AppliedConfiguration;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("the id of a configuration, or a whole one")
            }

            fn visit_str<E>(self, id: &str) -> Result<AppliedConfiguration, E> {
                Ok(AppliedConfiguration::Present(id.into()))
            }

            fn visit_map<A: MapAccess<'de>>(
                self,
                map: A,
            ) -> Result<AppliedConfiguration, A::Error> {
                let draft = ConfigurationDraft::deserialize(MapAccessDeserializer::new(map))?;
                Ok(AppliedConfiguration::Past(Box::new(draft)))
            }
        }

        deserializer.deserialize_any(Either)
    }
}

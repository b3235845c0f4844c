//! The one place where the recordings touch the mock.

use std::collections::BTreeSet;

use mediusflow_mock::schemas_from;
use mediusflow_mock::scim::{Dialect, Profile};
use mediusflow_mock::traffic::EffectKind;
use mediusflow_mock::{MockServer, MockServerBuilder};
use serde_json::Value;

/// A server with one tenant that holds no users and no groups.
pub(crate) struct Server(MockServer);

/// What the journal says of an exchange.
pub(crate) struct Noted {
    /// The quirks that were tolerated.
    pub(crate) findings: BTreeSet<String>,
    /// What happened to the object that was named, if anything could.
    pub(crate) effect: Option<&'static str>,
}

impl Server {
    pub(crate) fn start(profile: &str, schemas: Option<&Value>) -> Self {
        let profile = match profile {
            "rfc" => Profile::Rfc,
            "mediusflow" => Profile::Mediusflow,
            other => panic!("no profile {other:?}"),
        };
        Self::of(MockServer::builder().profile(profile), schemas)
    }

    /// One with another dialect than its profile's.
    pub(crate) fn with(profile: Profile, dialect: Dialect, schemas: Option<&Value>) -> Self {
        Self::of(MockServer::builder().profile(profile).dialect(dialect), schemas)
    }

    fn of(builder: MockServerBuilder, schemas: Option<&Value>) -> Self {
        let builder = builder.users(0).groups(0);
        let builder = match schemas {
            Some(own) => builder.schemas(schemas_from(&[("recording", &own.to_string())]).unwrap()),
            None => builder,
        };
        Self(builder.start().unwrap())
    }

    pub(crate) fn scim_url(&self) -> String {
        self.0.scim_url()
    }

    pub(crate) fn secret_key(&self) -> String {
        self.0.secret_key().unwrap()
    }

    /// What the journal says of the newest exchange.
    pub(crate) fn noted(&self) -> Option<Noted> {
        let exchange = self.0.requests().pop()?;
        Some(Noted {
            findings: exchange.findings.iter().map(|finding| finding.quirk.to_string()).collect(),
            effect: exchange.effects.first().map(|effect| match effect.kind {
                EffectKind::Created => "created",
                EffectKind::Changed => "changed",
                EffectKind::Unchanged => "unchanged",
                EffectKind::Deleted => "deleted",
            }),
        })
    }
}

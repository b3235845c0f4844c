//! The console's side of a state that moves to another tenant, or to a file and back.

use std::{
    collections::{BTreeMap, HashSet},
    sync::Arc,
};

use imbl::Vector;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use super::{AccessToken, Console, SecretKey, key_of, token_of};
use crate::{
    journal::{is_formed, weakness},
    medius::{Setup, TenantName, UserConfiguration},
    scim::quoted,
    tenant::{ImportError, ids::IdSource},
};

/// What is counted, as [`Console`] calls it: keys are what somebody asked for, tokens show who looked.
const COUNTED: [&str; 2] = ["key", TOKEN];
pub(in crate::tenant) const TOKEN: &str = "token";

/// Keys and tokens, as they are written where they may be.
#[derive(Clone, Debug, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(in crate::tenant) struct ConsoleSecrets {
    secret_key: Option<Key>,
    replaced_keys: Vec<Key>,
    access_tokens: Vec<Token>,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Key {
    text: SmolStr,
    expires: Option<Timestamp>,
}

#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Token {
    text: SmolStr,
    user_name: SmolStr,
    expires: Timestamp,
}

impl ConsoleSecrets {
    /// Checks that a document says nothing else of keys and tokens.
    ///
    /// # Errors
    ///
    /// [`ImportError`] at what it says otherwise.
    pub(in crate::tenant) fn fit(
        &self,
        setup: &Setup,
        expires: Option<Timestamp>,
    ) -> Result<(), ImportError> {
        let wrong = |place: &str, why: &str| Err(ImportError::new(place, why));
        if !self.access_tokens.is_empty() && setup.authenticated_as().is_none() {
            let place = "setup.authenticatedAs";
            return wrong(place, "expected who logged in, as there are secrets.accessTokens");
        }
        let Some(key) = &self.secret_key else {
            if self.replaced_keys.is_empty() {
                return Ok(());
            }
            let why = "expected none, as there is no secrets.secretKey";
            return wrong("secrets.replacedKeys", why);
        };
        if key.expires != expires {
            return wrong("keyExpires", "expected what secrets.secretKey.expires is");
        }
        if setup.uses_user_provisioning() && !setup.has_key() {
            return wrong("setup.maskedKey", "expected a text, as there is a secrets.secretKey");
        }
        Ok(())
    }

    /// Who has logged in, each with the place where that stands.
    pub(in crate::tenant) fn bearers(&self) -> impl Iterator<Item = (String, &SmolStr)> {
        let tokens = self.access_tokens.iter().enumerate();
        tokens.map(|(at, it)| (format!("secrets.accessTokens[{at}].userName"), &it.user_name))
    }

    /// The texts of keys and tokens, each with its place.
    fn texts(&self) -> impl Iterator<Item = (String, &SmolStr)> {
        let key = self.secret_key.iter().map(|it| ("secrets.secretKey.text".into(), &it.text));
        let replaced = self.replaced_keys.iter().enumerate();
        let replaced =
            replaced.map(|(at, it)| (format!("secrets.replacedKeys[{at}].text"), &it.text));
        let tokens = self.access_tokens.iter().enumerate();
        let tokens = tokens.map(|(at, it)| (format!("secrets.accessTokens[{at}].text"), &it.text));
        key.chain(replaced).chain(tokens)
    }
}

impl Console {
    /// How many of each were made.
    pub(in crate::tenant) fn counts(&self) -> BTreeMap<&'static str, u64> {
        COUNTED.into_iter().map(|it| (it, self.made(it))).collect()
    }

    /// Keys and tokens.
    pub(in crate::tenant) fn secrets(&self) -> ConsoleSecrets {
        let key = |it: &SecretKey| Key { text: it.reveal().into(), expires: it.expires };
        let token = |it: &AccessToken| Token {
            text: it.reveal().into(),
            user_name: it.user_name.clone(),
            expires: it.expires,
        };
        ConsoleSecrets {
            secret_key: self.key.as_ref().map(key),
            replaced_keys: self.replaced.iter().map(key).collect(),
            access_tokens: self.tokens.iter().map(token).collect(),
        }
    }

    /// A console without keys and tokens.
    ///
    /// # Errors
    ///
    /// [`ImportError`] when something is counted that is not, or too far.
    pub(in crate::tenant) fn read(
        setup: Setup,
        made: BTreeMap<String, u64>,
        configurations: Vec<Arc<UserConfiguration>>,
    ) -> Result<Self, ImportError> {
        let made = made.into_iter().map(|(name, count)| {
            let wrong = |reason| ImportError::new(format!("made.{name}"), reason);
            let known = COUNTED.into_iter().find(|known| **known == *name);
            let what = known.ok_or_else(|| {
                wrong(format!("expected {}, found {}", COUNTED.join(", "), quoted(&name)))
            })?;
            Ok((what, countable(count).map_err(wrong)?))
        });
        let made = made.collect::<Result<_, ImportError>>()?;
        Ok(Self { setup, made, configurations: Arc::new(configurations), ..Self::default() })
    }

    /// Takes keys and tokens as they were written.
    ///
    /// # Errors
    ///
    /// [`ImportError`] when there is a key, and a step before it was not done; when a key or token is
    /// there twice, or cannot be told from other words, the tenant's name among them.
    pub(in crate::tenant) fn adopt(
        &mut self,
        name: &TenantName,
        secrets: ConsoleSecrets,
    ) -> Result<(), ImportError> {
        let mut met = HashSet::new();
        for (place, text) in secrets.texts() {
            if !met.insert(text) {
                return Err(ImportError::new(place, "one text stands for two keys or tokens"));
            }
            let is_name = name.as_str().eq_ignore_ascii_case(text);
            let why = is_name.then_some("a secret is not the tenant's name");
            if let Some(why) = why.or_else(|| weakness(text)) {
                let reason = format!("{why}: it could not be hidden in what is recorded");
                return Err(ImportError::new(place, reason));
            }
        }
        let foreign = secrets.texts().map(|(_, it)| it).filter(|it| !is_formed(it));
        self.foreign = foreign.cloned().collect();
        let key = |it: Key| SecretKey::new(it.text, it.expires);
        if let Some(it) = secrets.secret_key {
            self.set_key(key(it)).map_err(|why| ImportError::new("secrets.secretKey", why))?;
        }
        self.replaced = secrets.replaced_keys.into_iter().map(key).collect();
        let token = |it: Token| AccessToken::new(it.text, it.user_name, it.expires);
        self.tokens = secrets.access_tokens.into_iter().map(token).collect();
        Ok(())
    }

    /// Takes the key that a tenant of this name generated last, if the set-up says that it has one: a
    /// count alone makes none.
    ///
    /// # Errors
    ///
    /// When there is a key, and a step before it was not done.
    pub(in crate::tenant) fn derive_key(
        &mut self,
        name: &TenantName,
        ids: &IdSource,
        expires: Option<Timestamp>,
    ) -> Result<(), String> {
        match self.made("key") {
            n if n == 0 || !self.setup.has_key() => Ok(()),
            n => self.set_key(SecretKey::new(key_of(name, ids, n), expires)),
        }
    }

    /// The same for a tenant of another name: a secret key of its own, and nobody is logged in.
    pub(in crate::tenant) fn moved(&self, name: &TenantName, ids: &IdSource) -> Self {
        let mut next = Self {
            setup: self.setup.clone().at(name),
            tokens: Vector::new(),
            replaced: Vector::new(),
            foreign: Arc::default(),
            ..self.clone()
        };
        if let Some(key) = next.key.take() {
            // A key that came with a state need not have been counted.
            next.made.insert("key", self.made("key").max(1));
            let derived = next.derive_key(name, ids, key.expires);
            derived.expect("there was a key before, so the steps that it needs were done");
        }
        next
    }

    /// Raises what is counted above all that is there: nothing of it is made again.
    pub(in crate::tenant) fn skip_known(&mut self, name: &TenantName, ids: &IdSource) {
        let keys = self.key.iter().chain(&self.replaced);
        let keys: HashSet<SmolStr> = keys.map(|it| it.reveal().into()).collect();
        while keys.contains(&key_of(name, ids, self.made("key") + 1)) {
            self.count("key");
        }
        let tokens: HashSet<SmolStr> = self.tokens.iter().map(|it| it.reveal().into()).collect();
        while tokens.contains(&token_of(name, ids, self.made("token") + 1)) {
            self.count("token");
        }
    }

    fn set_key(&mut self, key: SecretKey) -> Result<(), String> {
        self.setup.confirm_key(&key.masked()).map_err(|it| it.to_string())?;
        self.key = Some(key);
        Ok(())
    }
}

/// A number that can be counted on from.
///
/// # Errors
///
/// When it is so large that a run would not reach it.
pub(in crate::tenant) fn countable(count: u64) -> Result<u64, String> {
    // What every JSON reader keeps whole (RFC 8259 §6).
    const MOST: u64 = 1 << 53;
    if count < MOST { Ok(count) } else { Err(format!("expected less than {MOST}, found {count}")) }
}

impl std::fmt::Debug for Key {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Key({})", crate::journal::mask(&self.text))
    }
}

impl std::fmt::Debug for Token {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Token({})", crate::journal::mask(&self.text))
    }
}

//! Provisions changes in the order in which Entra does: match, then create or update.

use std::collections::BTreeMap;

use serde_json::Value as Json;
use uuid::Uuid;

use super::{
    console::Credentials,
    messages::{self, equals, filter},
    script::{Change, Group, Person},
    wire::{DemoError, Request, Wire},
};

/// How many members one PATCH adds.
const BATCH: usize = 5;

/// The provisioning service: it remembers the id of everything that it made.
#[derive(Debug, Default)]
pub(super) struct Entra {
    ids: BTreeMap<String, String>,
}

/// A service at a Tenant URL, with the wire to it.
#[derive(Debug)]
pub(super) struct Scim<'a> {
    pub(super) wire: &'a mut Wire,
    pub(super) credentials: Credentials<'a>,
}

impl Entra {
    /// "Test Connection": asks for a user and a group that cannot exist.
    ///
    /// # Errors
    ///
    /// When the answer is another than an empty list.
    pub(super) fn test_connection(scim: &mut Scim<'_>) -> Result<String, DemoError> {
        let nobody = Uuid::new_v5(&Uuid::NAMESPACE_URL, scim.credentials.tenant_url.as_bytes());
        let nobody = nobody.to_string();
        scim.matches(&users_named(&nobody), 0)?;
        scim.matches(&groups_named(&nobody), 0)?;
        Ok("it works".into())
    }

    /// Provisions one change. Answers what is worth telling.
    ///
    /// # Errors
    ///
    /// When the service answers otherwise than Entra expects.
    pub(super) fn provision(
        &mut self,
        scim: &mut Scim<'_>,
        change: &Change,
    ) -> Result<String, DemoError> {
        match change {
            Change::Hire(person) => self.create_user(scim, person),
            Change::Manager { who, manager } => self.set_manager(scim, who, manager),
            Change::Group(group) => self.create_group(scim, group),
            Change::Update { who, attributes } => {
                let attributes = attributes.iter();
                let values = attributes.map(|(path, value)| (path.as_str(), value.as_str()));
                self.update(scim, who, &messages::replace(values))
            }
            Change::Disable(who) => {
                self.update(scim, who, &messages::replace([("active", "False")]))
            }
            Change::Enable(who) => self.update(scim, who, &messages::replace([("active", "True")])),
            Change::Join { who, group } => {
                self.membership(scim, (who, group), messages::add_members)
            }
            Change::Leave { who, group } => {
                self.membership(scim, (who, group), messages::remove_members)
            }
            Change::CreateAgain(who) => self.create_again(scim, who),
            Change::Delete(who) => self.delete(scim, who),
        }
    }

    fn create_user(&mut self, scim: &mut Scim<'_>, person: &Person) -> Result<String, DemoError> {
        scim.matches(&users_named(&person.user_name()), 0)?;
        let created = scim.send(("POST", "Users", 201), Some(&messages::user(person)))?;
        self.remember(&person.nickname, &created);
        Ok(person.configuration_filter.clone().unwrap_or_default())
    }

    /// The second pass: asks whether the manager is there already, then sets it.
    fn set_manager(
        &self,
        scim: &mut Scim<'_>,
        who: &str,
        manager: &str,
    ) -> Result<String, DemoError> {
        let (user, manager) = (self.id(who)?, self.id(manager)?);
        let both = format!("{} and {}", equals("id", user), equals("manager", manager));
        scim.matches(&format!("Users?{}&attributes=id", filter(&both)), 0)?;
        scim.send(("PATCH", &at("Users", user), 200), Some(&messages::add_manager(manager)))?;
        Ok(String::new())
    }

    fn create_group(&mut self, scim: &mut Scim<'_>, group: &Group) -> Result<String, DemoError> {
        let name = &group.display_name;
        scim.matches(&groups_named(name), 0)?;
        let created = scim.send(("POST", "Groups", 201), Some(&messages::group(name)))?;
        self.remember(name, &created);
        let place = at("Groups", self.id(name)?);
        let members = group.members.iter().map(|it| self.id(it).map(str::to_owned));
        let members: Vec<String> = members.collect::<Result<_, _>>()?;
        for batch in members.chunks(BATCH) {
            scim.send(("PATCH", &place, 204), Some(&messages::add_members(batch)))?;
        }
        Ok(String::new())
    }

    fn update(&self, scim: &mut Scim<'_>, who: &str, patch: &Json) -> Result<String, DemoError> {
        let place = at("Users", self.id(who)?);
        scim.send(("GET", &place, 200), None)?;
        scim.send(("PATCH", &place, 200), Some(patch))?;
        Ok(String::new())
    }

    fn membership(
        &self,
        scim: &mut Scim<'_>,
        (who, group): (&str, &str),
        patch: fn(&[String]) -> Json,
    ) -> Result<String, DemoError> {
        let place = at("Groups", self.id(group)?);
        scim.send(("GET", &format!("{place}?excludedAttributes=members"), 200), None)?;
        let members = [self.id(who)?.to_owned()];
        scim.send(("PATCH", &place, 204), Some(&patch(&members)))?;
        Ok(String::new())
    }

    /// A client that does not match first; `userName` is unique without regard to case.
    fn create_again(&self, scim: &mut Scim<'_>, who: &str) -> Result<String, DemoError> {
        let mut user = scim.send(("GET", &at("Users", self.id(who)?), 200), None)?;
        let name = user["userName"].as_str().unwrap_or_default().to_uppercase();
        user["userName"] = name.into();
        if let Some(user) = user.as_object_mut() {
            user.remove("id");
            user.remove("meta");
        }
        let refused = scim.send(("POST", "Users", 409), Some(&user))?;
        Ok(refused["scimType"].as_str().unwrap_or_default().to_owned())
    }

    fn delete(&mut self, scim: &mut Scim<'_>, who: &str) -> Result<String, DemoError> {
        let place = at("Users", self.id(who)?);
        scim.send(("DELETE", &place, 204), None)?;
        scim.send(("GET", &place, 404), None)?;
        self.ids.remove(who);
        Ok(String::new())
    }

    fn remember(&mut self, key: &str, created: &Json) {
        let id = created["id"].as_str().unwrap_or_default();
        self.ids.insert(key.to_owned(), id.to_owned());
    }

    fn id(&self, key: &str) -> Result<&str, DemoError> {
        let id = self.ids.get(key).map(String::as_str);
        id.ok_or_else(|| DemoError::Missing(format!("{key:?}")))
    }
}

impl Scim<'_> {
    /// Sends a request with the Secret Token; the path is relative to the Tenant URL.
    ///
    /// # Errors
    ///
    /// When the answer has another status.
    pub(super) fn send(
        &mut self,
        (method, path, status): (&'static str, &str, u16),
        body: Option<&Json>,
    ) -> Result<Json, DemoError> {
        let Credentials { tenant_url, secret_token } = self.credentials;
        let url = format!("{tenant_url}/{path}");
        let content_type = "application/scim+json; charset=utf-8";
        let token = Some(secret_token);
        // Only Entra's client sends this header.
        let sender = ("adscimversion", "5.0");
        self.wire.send(Request { method, url: &url, token, content_type, sender, body }, status)
    }

    /// A query that must find so many.
    fn matches(&mut self, path: &str, expected: u64) -> Result<(), DemoError> {
        let list = self.send(("GET", path, 200), None)?;
        let found = &list["totalResults"];
        if found.as_u64() == Some(expected) {
            return Ok(());
        }
        Err(DemoError::Unexpected {
            method: "GET",
            url: path.to_owned(),
            found: format!("totalResults {found}"),
            expected: expected.to_string(),
        })
    }
}

fn users_named(user_name: &str) -> String {
    format!("Users?{}", filter(&equals("userName", user_name)))
}

fn groups_named(display_name: &str) -> String {
    format!("Groups?excludedAttributes=members&{}", filter(&equals("displayName", display_name)))
}

fn at(endpoint: &str, id: &str) -> String {
    format!("{endpoint}/{id}")
}

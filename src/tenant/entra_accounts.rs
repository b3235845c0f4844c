//! The accounts of mock Entra: who can sign in there (feature `web`).
//!
//! A tenant with a provisioning job has those of the job's source directory. Without one, the provisioned users
//! stand for the directory that they came from, and a name that nobody has is an account, too, so that
//! strangers can come.

use smol_str::SmolStr;

use super::{State, name_identifier};
use crate::{
    medius::NameClaim,
    oidc::Account,
    scim::{Resource, User, Value, fold},
};

/// An account of the directory.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EntraAccount {
    /// What tokens say of it.
    pub account: Account,
    /// Whether sign-in is allowed.
    pub is_enabled: bool,
    /// Whether it is assigned to the application, or need not be.
    pub is_assigned: bool,
}

/// A page of accounts.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct AccountPage {
    /// The accounts.
    pub accounts: Vec<EntraAccount>,
    /// How many there are in all.
    pub total: usize,
}

/// Where accounts come from.
#[derive(Clone, Copy, Debug)]
pub enum AccountSource<'a> {
    /// The accounts of a source directory.
    Directory(&'a [EntraAccount]),
    /// The provisioned users of a tenant.
    Users(&'a State),
}

impl AccountSource<'_> {
    /// The account that a provisioned user came from; in a directory, the one that this claim says is the
    /// user's, else the one of the user's name.
    pub fn of(self, user: &Resource, claim: NameClaim) -> Option<EntraAccount> {
        let all = match self {
            Self::Users(state) => return Some(of_user(state, user)),
            Self::Directory(all) => all,
        };
        let identifier = name_identifier(user);
        let is_it = |it: &&EntraAccount| {
            let said = it.says(claim);
            let is_same = |it: &str| !claim.is_case_exact() && fold(it) == fold(identifier);
            said.is_some_and(|it| it == identifier || is_same(it))
        };
        let found = all.iter().find(is_it);
        found.or_else(|| all.iter().find(|it| it.is_called(User(user).user_name()))).cloned()
    }

    /// The account with this object id or user principal name.
    pub fn find(self, key: &str) -> Option<EntraAccount> {
        match self {
            Self::Directory(all) => all.iter().find(|it| it.is_called(key)).cloned(),
            Self::Users(state) => {
                let resources = state.resources();
                let named = |name: &str| resources.named("User", name, key).first().copied();
                let found = named("userName").or_else(|| named("externalId"));
                Some(found.map_or_else(|| stranger(state, key), |it| of_user(state, it)))
            }
        }
    }

    /// The accounts whose name, user principal name or mail address has this text in it: so many behind
    /// the first `skipped`.
    pub fn list(self, wanted: &str, skipped: usize, most: usize) -> AccountPage {
        let wanted = fold(wanted.trim());
        let has = |it: &EntraAccount| wanted.is_empty() || it.has(&wanted);
        match self {
            Self::Directory(all) => page(all.iter().filter(|it| has(it)).cloned(), skipped, most),
            Self::Users(state) if wanted.is_empty() => {
                let resources = state.resources();
                let users = resources.from("User", skipped).take(most);
                let accounts = users.map(|it| of_user(state, it)).collect();
                AccountPage { accounts, total: resources.len("User") }
            }
            Self::Users(state) => {
                let users = state.resources().all("User").map(|it| of_user(state, it));
                page(users.filter(has), skipped, most)
            }
        }
    }
}

impl EntraAccount {
    /// What a claim says of it.
    pub fn says(&self, claim: NameClaim) -> Option<&str> {
        let account = &self.account;
        match claim {
            NameClaim::PreferredUsername | NameClaim::Upn => Some(&account.user_principal_name),
            NameClaim::Email => account.mail.as_deref(),
            NameClaim::Oid => Some(&account.oid),
            // It differs from client to client, so the directory does not know it.
            NameClaim::Sub => None,
        }
    }

    /// Whether this is its object id or user principal name.
    fn is_called(&self, key: &str) -> bool {
        self.account.oid == key || fold(&self.account.user_principal_name) == fold(key)
    }

    /// Whether this text, folded, is in one of its names.
    fn has(&self, wanted: &str) -> bool {
        let Account { user_principal_name, display_name, mail, .. } = &self.account;
        let names = [Some(user_principal_name), display_name.as_ref(), mail.as_ref()];
        names.into_iter().flatten().any(|it| fold(it).contains(wanted))
    }
}

impl State {
    /// The client id under which MediusFlow is known to mock Entra: a GUID that follows from the tenant.
    pub fn entra_client_id(&self) -> SmolStr {
        self.ids.derive("entra/client")
    }
}

fn page(all: impl Iterator<Item = EntraAccount>, skipped: usize, most: usize) -> AccountPage {
    let mut page = AccountPage::default();
    for account in all {
        if page.total >= skipped && page.accounts.len() < most {
            page.accounts.push(account);
        }
        page.total += 1;
    }
    page
}

/// The account that a provisioned user came from.
fn of_user(state: &State, user: &Resource) -> EntraAccount {
    let it = User(user);
    let part = |part: &str| {
        let name = user.value(None, "name").and_then(Value::as_object);
        name.and_then(|it| it.text(part)).map(ToString::to_string)
    };
    let account = Account {
        oid: state.object_id(user).into_owned(),
        user_principal_name: it.user_name().to_owned(),
        display_name: Some(it.full_name().to_string()),
        given_name: part("givenName"),
        family_name: part("familyName"),
        mail: it.email().map(ToString::to_string),
        roles: Vec::new(),
    };
    EntraAccount { account, is_enabled: true, is_assigned: true }
}

/// Somebody whom the tenant does not know.
fn stranger(state: &State, name: &str) -> EntraAccount {
    let account = Account {
        oid: state.object_id_of(&fold(name)).to_string(),
        user_principal_name: name.to_owned(),
        display_name: Some(name.to_owned()),
        mail: name.contains('@').then(|| name.to_owned()),
        ..Account::default()
    };
    EntraAccount { account, is_enabled: true, is_assigned: true }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use uuid::Uuid;

    use super::*;
    use crate::tenant::sample::tenant;

    const GUID: &str = "4b063a0e-1111-4222-8333-444455556666";

    fn with_users() -> std::sync::Arc<State> {
        let tenant = tenant();
        for (name, external) in [("elin@nordlys", GUID), ("owen@nordlys", "42")] {
            let user = json!({
                "userName": name, "externalId": external, "displayName": format!("{name} shown"),
                "emails": [{"value": format!("mail.{name}"), "type": "work"}],
            });
            tenant.post("User", user).unwrap();
        }
        tenant.snapshot()
    }

    #[test]
    fn a_provisioned_user_is_the_account_it_came_from() {
        let state = with_users();
        let source = AccountSource::Users(&state);

        let elin = source.find("ELIN@nordlys").unwrap();

        assert_eq!(elin.account.oid, GUID);
        assert_eq!(elin.account.mail.as_deref(), Some("mail.elin@nordlys"));
        assert_eq!(source.find(GUID), Some(elin));
        let owen = source.find("owen@nordlys").unwrap();
        assert!(Uuid::try_parse(&owen.account.oid).is_ok(), "{}", owen.account.oid);
    }

    #[test]
    fn a_name_that_nobody_has_is_an_account_without_a_directory() {
        let state = with_users();

        let stranger = AccountSource::Users(&state).find("zoe@nordlys").unwrap();

        assert_eq!(stranger.account.user_principal_name, "zoe@nordlys");
        assert_eq!(
            AccountSource::Users(&state).find("ZOE@nordlys").unwrap().account.oid,
            stranger.account.oid
        );
        assert_eq!(AccountSource::Directory(&[]).find("zoe@nordlys"), None);
    }

    #[test]
    fn accounts_are_found_by_a_part_of_a_name() {
        let state = with_users();
        let all = AccountSource::Users(&state).list("", 0, 25);
        let source = AccountSource::Directory(&all.accounts);

        for source in [source, AccountSource::Users(&state)] {
            assert_eq!(source.list("OWEN", 0, 25).total, 1);
            assert_eq!(source.list("mail.", 0, 25).total, 2);
            assert_eq!(source.list("none", 0, 25), AccountPage::default());
            let second = source.list("", 1, 1);
            assert_eq!((second.total, second.accounts.len()), (2, 1));
            assert_eq!(second.accounts[0].account.user_principal_name, "owen@nordlys");
        }
    }
}

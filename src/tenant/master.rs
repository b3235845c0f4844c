//! What a tenant has from its owner and keeps as it is.

use std::sync::Arc;

use smol_str::SmolStr;

use crate::medius::{ConsoleUser, MasterData};

/// A tenant's master data and console users.
#[derive(Clone, Debug)]
pub struct Master {
    /// Companies, roles, authorization groups, locales, login options.
    pub data: Arc<MasterData>,
    /// Who may log in to the admin console; the first one is meant when no name is given.
    pub console_users: Arc<[ConsoleUser]>,
}

impl Master {
    /// The console user with this name in any case, or the first one.
    pub(super) fn console_user(&self, name: Option<&str>) -> Option<&ConsoleUser> {
        match name {
            Some(name) => {
                self.console_users.iter().find(|it| crate::medius::is_same(&it.user_name, name))
            }
            None => self.console_users.first(),
        }
    }

    /// The names of those who may log in, for an error's detail.
    pub(super) fn names(&self) -> Vec<SmolStr> {
        self.console_users.iter().map(|it| SmolStr::new(&it.user_name)).collect()
    }
}

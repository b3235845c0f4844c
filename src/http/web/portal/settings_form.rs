//! What the form of the Admin Credentials holds, and the call that it becomes.

use serde_json::{Map, Value as Json, json};

use super::{
    super::{request::PageRequest, trouble::Trouble},
    layout::Portal,
};
use crate::{entra::JobView, tenant::SecretKey};

/// The fields of the form, as they are shown.
pub(super) struct SettingsForm {
    pub(super) mode: Mode,
    pub(super) tenant_url: String,
    /// What was typed and not saved.
    pub(super) secret_token: String,
    /// The last characters of the console's secret key, if it stands for the Secret Token.
    pub(super) filled: Option<String>,
    pub(super) notification_email: String,
    pub(super) sends_email: bool,
    pub(super) users: String,
    pub(super) groups: String,
}

/// "Provisioning Mode".
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Manual,
    Automatic,
}

impl SettingsForm {
    /// What the form holds when it is opened: the saved settings.
    pub(super) fn saved(portal: &Portal<'_>) -> Self {
        let settings = portal.job.as_ref().map(|it| &it.settings);
        let email = settings.and_then(|it| it.notification_email.as_ref());
        Self {
            mode: if settings.is_some() { Mode::Automatic } else { Mode::Manual },
            tenant_url: settings
                .map(|it| shown_url(portal.page, &it.tenant_url))
                .unwrap_or_default(),
            secret_token: String::new(),
            filled: None,
            notification_email: email.map(ToString::to_string).unwrap_or_default(),
            sends_email: settings.is_none_or(|it| it.send_email_when_a_failure_occurs),
            users: "25".into(),
            groups: "4".into(),
        }
    }

    /// What was typed.
    pub(super) fn typed(portal: &Portal<'_>) -> Self {
        let form = &portal.page.form;
        let text = |name: &str| form.text(name).unwrap_or_default().to_owned();
        let typed = text("secretToken");
        let is_automatic = portal.job.is_some() || form.one("mode") == Some("automatic");
        Self {
            mode: if is_automatic { Mode::Automatic } else { Mode::Manual },
            tenant_url: text("tenantUrl"),
            filled: form.text("filled").filter(|_| typed.is_empty()).map(str::to_owned),
            secret_token: typed,
            notification_email: text("notificationEmail"),
            sends_email: form.has("sendEmailWhenAFailureOccurs"),
            users: text("users"),
            groups: text("groups"),
        }
    }

    /// Fills in what the console gave in steps 6 and 11.
    ///
    /// # Errors
    ///
    /// What is to be done in the console before; the Tenant URL is filled in then, too.
    pub(super) fn fill(&mut self, page: &PageRequest) -> Result<(), Trouble> {
        self.tenant_url = scim_link(page);
        let state = page.tenant().snapshot();
        let key = state.console().secret_key();
        let Some(usable) = key.filter(|it| it.expired(page.now).is_none()) else {
            let what = match key {
                Some(_) => "the secret key of the console has expired",
                None => "the console has no secret key yet",
            };
            let help = "click Generate Secret Key in the admin console: step 6";
            return Err(Trouble::new(409, what, help));
        };
        self.mode = Mode::Automatic;
        self.secret_token.clear();
        self.filled = Some(usable.last_four());
        Ok(())
    }

    /// The credentials as members of a body. A Secret Token that is left empty is the saved one, if there is a
    /// job.
    ///
    /// # Errors
    ///
    /// If the key that was filled in is not the console's any more.
    pub(super) fn credentials(
        &self,
        page: &PageRequest,
        job: Option<&JobView>,
    ) -> Result<Map<String, Json>, Trouble> {
        let mut members = Map::new();
        members.insert("tenantUrl".into(), json!(self.tenant_url));
        let token = match (&self.filled, self.secret_token.as_str()) {
            (Some(last), "") => Some(console_key(page, last)?),
            (_, "") if job.is_some() => None,
            (_, typed) => Some(typed.to_owned()),
        };
        members.extend(token.map(|it| ("secretToken".to_owned(), json!(it))));
        Ok(members)
    }

    /// Refuses the saved Secret Token for another Tenant URL than its own.
    ///
    /// # Errors
    ///
    /// At the Secret Token.
    pub(super) fn own_token(&self, portal: &Portal<'_>) -> Result<(), Trouble> {
        let Some(job) = &portal.job else { return Ok(()) };
        let base =
            |url: &str| url.split('?').next().unwrap_or_default().trim_end_matches('/').to_owned();
        let saved = base(&shown_url(portal.page, &job.settings.tenant_url));
        let is_typed = !self.secret_token.is_empty() || self.filled.is_some();
        if is_typed || self.tenant_url.is_empty() || base(&self.tenant_url) == saved {
            return Ok(());
        }
        let what =
            "the saved Secret Token belongs to the saved Tenant URL: enter the one of this URL";
        Err(Trouble::at_field("secretToken", what))
    }

    /// All that the form saves, as the body of a call.
    ///
    /// # Errors
    ///
    /// As [`Self::credentials`].
    pub(super) fn body(&self, page: &PageRequest, job: Option<&JobView>) -> Result<Json, Trouble> {
        let mut members = self.credentials(page, job)?;
        if job.is_some() || !self.notification_email.is_empty() {
            members.insert("notificationEmail".into(), json!(self.notification_email));
        }
        members.insert("sendEmailWhenAFailureOccurs".into(), json!(self.sends_email));
        if job.is_none() {
            members.insert("scope".into(), json!("assigned"));
            let users = number("directory.generate.users", &self.users)?;
            let groups = number("directory.generate.groups", &self.groups)?;
            let generate = json!({"generate": {"users": users, "groups": groups}});
            members.insert("directory".into(), generate);
        }
        Ok(members.into())
    }
}

/// A number that was typed.
///
/// # Errors
///
/// At this field.
pub(super) fn number(field: &str, text: &str) -> Result<u64, Trouble> {
    let wrong = |_| Trouble::at_field(field, "expected a whole number, 0 or more");
    text.trim().parse().map_err(wrong)
}

/// The link of step 11.
pub(super) fn scim_link(page: &PageRequest) -> String {
    format!("{}/{}/scim/v2", page.site.url, page.tenant().name())
}

/// A Tenant URL as the browser's machine knows it: the job calls this server by an address of its own.
fn shown_url(page: &PageRequest, saved: &str) -> String {
    match saved.strip_prefix(&page.app.own_scim_base(page.tenant())) {
        Some(rest) => format!("{}{rest}", scim_link(page)),
        None => saved.to_owned(),
    }
}

/// The console's secret key, if it still ends like this.
fn console_key(page: &PageRequest, last: &str) -> Result<String, Trouble> {
    let state = page.tenant().snapshot();
    let key = state.console().secret_key().filter(|it| it.last_four() == last);
    key.map(|it| SecretKey::reveal(it).to_owned()).ok_or_else(|| {
        let what = "the secret key of the console was changed meanwhile";
        Trouble::new(409, what, "click Fill in what the console gave once more")
    })
}

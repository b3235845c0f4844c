//! The login options: how users log in to MediusFlow.

use super::{Answer, Call, HandlerResult, ProblemDetails, master_list};
use crate::{
    medius::{LoginOption, MasterData, MasterDataId, path_of},
    scim::quoted,
    tenant::MasterError,
};

/// `GET login-options`.
pub(super) fn list(call: &Call<'_>) -> Answer {
    master_list::<LoginOption>(&call.tenant.snapshot())
        .about("LoginOption", "login options")
        .remark("login options read")
}

/// `GET login-options/{name}`: by display name or issuer.
pub(super) fn get(call: &Call<'_>, key: &str) -> HandlerResult {
    let master = call.tenant.master();
    let (_, found) = named(&master.data, key)?;
    Ok(of(found, "read"))
}

/// `PUT login-options/{name}`: what refers to the option goes on to mean it, whatever it is called then.
pub(super) fn replace(call: &Call<'_>, key: &str) -> HandlerResult {
    let option: LoginOption = call.admin_body()?;
    let mut id = None;
    let edited = call.tenant.edit_master(|edit| {
        let (found, _) = named(edit.before(), key)?;
        edit.replace(found, option);
        id = Some(found);
        Ok::<_, ProblemDetails>(())
    });
    let data = edited?;
    let saved = id.and_then(|it| data.entry(it)).expect("what was replaced is there");
    Ok(of(saved, "saved"))
}

fn named<'a>(
    data: &'a MasterData,
    key: &str,
) -> Result<(MasterDataId, &'a LoginOption), ProblemDetails> {
    data.find(key).ok_or_else(|| {
        let detail = format!("there is no login option {}", quoted(key));
        ProblemDetails::new(404, "unknown-login-option", detail)
    })
}

fn of(it: &LoginOption, what: &str) -> Answer {
    let name = &it.display_name;
    let answer = Answer::json(200, it).about("LoginOption", name);
    answer.remark(format!("login option {name} {what}"))
}

impl From<MasterError> for ProblemDetails {
    /// Why an entry of the console's own lists cannot be saved: the field as the body has it.
    fn from(error: MasterError) -> Self {
        let MasterError::Unfit(unfit) = error else {
            return Self::new(409, "in-use", error.to_string());
        };
        let inside = unfit.pointer.splitn(4, '/').nth(3).map(path_of);
        let problem = Self::new(400, "invalid-body", unfit.message);
        match inside {
            Some(field) => problem.field(field),
            None => problem,
        }
    }
}

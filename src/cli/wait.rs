//! Waits until a server answers.

use std::{
    thread,
    time::{Duration, Instant},
};

use serde_json::Value as Json;
use ureq::Agent;

use super::{Exit, arguments::ReadyArguments, fail};
use crate::journal::human_duration;

/// The longest time for one answer.
const PATIENCE: Duration = Duration::from_secs(1);

/// The time between two attempts after a refusal.
const BETWEEN_TRIES: Duration = Duration::from_millis(10);

/// Calls `/readyz` until the server answers and is a mediusflow-mock, or the time is over.
pub(super) fn run(options: &ReadyArguments) -> Exit {
    // A proxy of the environment would answer for servers that do not run.
    let agent = Agent::new_with_config(Agent::config_builder().proxy(None).build());
    let begin = Instant::now();
    let mut refusal = None;
    loop {
        let left = options.timeout.saturating_sub(begin.elapsed());
        let patience = left.clamp(Duration::from_millis(1), PATIENCE);
        let Err(error) = ask(&agent, &options.url, patience) else { return Exit::Done };
        // A timeout of the last attempt, which was cut short, says less than earlier errors.
        if refusal.is_none() || !matches!(error, ServerNotReady::Silent(ureq::Error::Timeout(_))) {
            refusal = Some(error);
        }
        let left = options.timeout.saturating_sub(begin.elapsed());
        match refusal {
            Some(why) if left.is_zero() => {
                let (url, waited) = (&options.url, human_duration(options.timeout));
                let why = match why {
                    ServerNotReady::Silent(why) => {
                        format!("{url}/readyz did not answer within {waited}: {why}")
                    }
                    ServerNotReady::Stranger => format!(
                        "{url} answered within {waited}, but it is no {NAME}: expected {url}/ to \
                         say {{\"name\":\"{NAME}\", ..}}"
                    ),
                };
                return fail(Exit::TimedOut, why);
            }
            _ => thread::park_timeout(BETWEEN_TRIES.min(left)),
        }
    }
}

/// The name by which servers identify themselves.
const NAME: &str = "mediusflow-mock";

/// Why a server is not ready.
enum ServerNotReady {
    /// It does not answer, or refuses the connection.
    Silent(ureq::Error),
    /// It is another program.
    Stranger,
}

/// Calls the server once; each of the two answers may take this long.
fn ask(agent: &Agent, url: &str, patience: Duration) -> Result<(), ServerNotReady> {
    let get = |address: &str| {
        let request = agent.get(format!("{url}{address}")).config();
        request.timeout_global(Some(patience)).build().call()
    };
    get("/readyz").map_err(ServerNotReady::Silent)?;
    // Another program may answer 200 everywhere. Its index has another name.
    let index = agent.get(format!("{url}/")).config().http_status_as_error(false);
    let index = index.timeout_global(Some(patience)).build().call();
    match index.map(|it| it.into_body().read_json::<Json>()) {
        Ok(Ok(index)) if index["name"] == NAME => Ok(()),
        // A mediusflow-mock that refuses the host name answers with its own problem document.
        Ok(Ok(refusal)) if is_own_refusal(&refusal) => Ok(()),
        Err(error @ ureq::Error::Timeout(_)) => Err(ServerNotReady::Silent(error)),
        _ => Err(ServerNotReady::Stranger),
    }
}

/// Whether it is a problem document of this program.
fn is_own_refusal(answer: &Json) -> bool {
    let kind = answer["type"].as_str();
    kind.is_some_and(|it| it.starts_with("urn:mediusflow-mock:problem:"))
}

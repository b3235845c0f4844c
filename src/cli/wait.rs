//! Waiting until a server answers.

use std::{
    thread,
    time::{Duration, Instant},
};

use serde_json::Value as Json;
use ureq::Agent;

use super::{Exit, arguments::ReadyArguments, fail};
use crate::journal::human_duration;

/// How long a server may take for one answer.
const PATIENCE: Duration = Duration::from_secs(1);

/// How long to wait after a refusal, which costs next to nothing.
const BETWEEN_TRIES: Duration = Duration::from_millis(10);

/// Asks until the server answers at `/readyz` and is one of ours, or the time is over.
pub(super) fn run(options: &ReadyArguments) -> Exit {
    // A proxy that the environment names answers for servers that are not there.
    let agent = Agent::new_with_config(Agent::config_builder().proxy(None).build());
    let begin = Instant::now();
    let mut refusal = None;
    loop {
        let left = options.timeout.saturating_sub(begin.elapsed());
        let patience = left.clamp(Duration::from_millis(1), PATIENCE);
        let Err(error) = ask(&agent, &options.url, patience) else { return Exit::Done };
        // That the last try was cut short says nothing; what those before met does.
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

/// What servers call themselves.
const NAME: &str = "mediusflow-mock";

/// Why a server is not ready.
enum ServerNotReady {
    /// It does not answer, or refuses.
    Silent(ureq::Error),
    /// It is another program.
    Stranger,
}

/// Asks once; each of the two answers may take so long.
fn ask(agent: &Agent, url: &str, patience: Duration) -> Result<(), ServerNotReady> {
    let get = |address: &str| {
        let request = agent.get(format!("{url}{address}")).config();
        request.timeout_global(Some(patience)).build().call()
    };
    get("/readyz").map_err(ServerNotReady::Silent)?;
    // Whatever answers 200 everywhere is told apart by what it calls itself.
    let index = agent.get(format!("{url}/")).config().http_status_as_error(false);
    let index = index.timeout_global(Some(patience)).build().call();
    match index.map(|it| it.into_body().read_json::<Json>()) {
        Ok(Ok(index)) if index["name"] == NAME => Ok(()),
        // One that is called by a name that it does not know says so in its own words.
        Ok(Ok(refusal)) if is_own_refusal(&refusal) => Ok(()),
        Err(error @ ureq::Error::Timeout(_)) => Err(ServerNotReady::Silent(error)),
        _ => Err(ServerNotReady::Stranger),
    }
}

/// Whether it refuses as the program does (a problem document of its own).
fn is_own_refusal(answer: &Json) -> bool {
    let kind = answer["type"].as_str();
    kind.is_some_and(|it| it.starts_with("urn:mediusflow-mock:problem:"))
}

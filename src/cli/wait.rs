//! Waiting until a server answers.

use std::{
    thread,
    time::{Duration, Instant},
};

use ureq::Agent;

use super::{Exit, arguments::ReadyArguments, fail};

/// How long a server may take for one answer.
const PATIENCE: Duration = Duration::from_secs(1);

/// How long to wait after a refusal, which costs next to nothing.
const BETWEEN_TRIES: Duration = Duration::from_millis(10);

/// Asks until the server answers at `/readyz`, or the time is over.
pub(super) fn run(options: &ReadyArguments) -> Exit {
    let url = format!("{}/readyz", options.url);
    // A proxy that the environment names answers for servers that are not there.
    let agent = Agent::new_with_config(Agent::config_builder().proxy(None).build());
    let begin = Instant::now();
    let mut refusal = None;
    loop {
        let left = options.timeout.saturating_sub(begin.elapsed());
        let patience = left.clamp(Duration::from_millis(1), PATIENCE);
        let request = agent.get(&url).config().timeout_global(Some(patience)).build();
        let Err(error) = request.call() else { return Exit::Done };
        // That the last try was cut short says nothing; what those before met does.
        if refusal.is_none() || !matches!(error, ureq::Error::Timeout(_)) {
            refusal = Some(error);
        }
        let left = options.timeout.saturating_sub(begin.elapsed());
        match refusal {
            Some(why) if left.is_zero() => {
                let waited = options.timeout;
                let why = format_args!("{url} did not answer within {waited:?}: {why}");
                return fail(Exit::TimedOut, why);
            }
            _ => thread::park_timeout(BETWEEN_TRIES.min(left)),
        }
    }
}

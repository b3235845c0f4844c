//! The server itself: its description, its configuration, and its shutdown.

use serde::{Deserialize, Deserializer};
use serde_json::json;

use super::{Answer, ControlCall, ControlHandler, HandlerResult, ProblemDetails, Route};

pub(super) const ROUTES: &[Route<ControlHandler>] = &[
    Route::get("", "A description of the server", ControlHandler::Now(|call| Ok(index(call))))
        .answers("Index"),
    Route::patch(
        "config",
        "Changes the public URL or the log level",
        ControlHandler::Now(configure),
    )
    .takes("Config"),
    Route::post("shutdown", "Stops the server", ControlHandler::Now(|call| Ok(shut_down(call))))
        .status(202),
];

/// `GET /_mock/v1/`.
fn index(call: &ControlCall) -> Answer {
    Answer::json(200, &call.app.index(&call.authority))
}

#[derive(Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
struct Config {
    #[serde(default)]
    public_url: PublicUrl,
    log_level: Option<Level>,
}

/// The new beginning of links.
#[derive(Default)]
enum PublicUrl {
    /// The member is absent: no change.
    #[default]
    AsItIs,
    /// Null: links follow from the requests.
    AsRequested,
    Fixed(String),
}

impl<'de> Deserialize<'de> for PublicUrl {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let said: Option<String> = Deserialize::deserialize(deserializer)?;
        Ok(said.map_or(Self::AsRequested, Self::Fixed))
    }
}

#[derive(Clone, Copy, Deserialize)]
#[serde(rename_all = "camelCase")]
enum Level {
    Off,
    Error,
    Warn,
    Info,
    Debug,
    Trace,
}

/// `PATCH config`: changes the given members only.
fn configure(call: &ControlCall) -> HandlerResult {
    let config: Config = call.body()?;
    let url = match config.public_url {
        PublicUrl::AsItIs => call.app.public_url(),
        PublicUrl::AsRequested => None,
        PublicUrl::Fixed(url) => Some(public_url(&url)?),
    };
    if let Some(level) = config.log_level {
        let Some(log) = &call.app.log else {
            let detail = "the program that runs the server decides what is logged";
            return Err(ProblemDetails::new(409, "no-log-switch", detail).field("logLevel"));
        };
        (log.0)(level.name());
    }
    if url != call.app.public_url() {
        call.app.tenants.all().iter().for_each(|it| it.move_away());
    }
    call.app.set_public_url(url);
    Ok(Answer::json(200, &json!({"publicUrl": call.app.public_url()})))
}

/// `POST shutdown`: answers, and then stops the server as SIGTERM does.
fn shut_down(call: &ControlCall) -> Answer {
    call.app.ask_to_end();
    Answer::json(202, &json!({"stopping": true}))
}

impl Level {
    fn name(self) -> &'static str {
        match self {
            Self::Off => "off",
            Self::Error => "error",
            Self::Warn => "warn",
            Self::Info => "info",
            Self::Debug => "debug",
            Self::Trace => "trace",
        }
    }
}

/// The URL without the slash at its end.
///
/// # Errors
///
/// 400 if it is not a valid base URL.
fn public_url(text: &str) -> Result<String, ProblemDetails> {
    crate::http::public_url(text).map_err(|expected| {
        ProblemDetails::new(400, "invalid-body", format!("publicUrl: {expected}"))
            .field("publicUrl")
    })
}

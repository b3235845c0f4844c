//! The dashboard in the terminal of this process.

use std::{
    env,
    io::{self, IsTerminal as _},
};

use jiff::tz::TimeZone;

use crate::{
    dashboard::{self, DashboardHandle, DashboardOptions, LocalSource, TerminalEnvironment, Theme},
    server::MockServer,
};

/// Why there can be no dashboard, as a sentence; `None` if there can be one.
#[expect(clippy::redundant_closure_for_method_calls, reason = "a method has one lifetime alone")]
pub(super) fn refusal() -> Option<&'static str> {
    with_environment(|it| it.refusal())
}

/// Shows a server's tenants, the default one first; `told` is called with the reason when the
/// dashboard ends.
///
/// # Errors
///
/// When no thread can be made.
pub(super) fn start(
    server: &MockServer,
    told: impl FnOnce(io::Result<dashboard::DashboardExit>) + Send + 'static,
) -> io::Result<DashboardHandle> {
    let clock = server.clock();
    let source =
        LocalSource::new(server.tenants(), server.tenant(), server.url(), move || clock.now())
            .with_provisioning(server.provisioning());
    let options = DashboardOptions {
        theme: with_environment(Theme::of),
        zone: TimeZone::system(),
        tmux: env::var_os("TMUX").is_some_and(|it| !it.is_empty()),
        ..DashboardOptions::default()
    };
    dashboard::start(Box::new(source), options, told)
}

fn with_environment<T>(look: impl FnOnce(&TerminalEnvironment<'_>) -> T) -> T {
    let text = |name| env::var(name).ok();
    let (no_color, force) = (text("NO_COLOR"), text("CLICOLOR_FORCE"));
    let term = text("TERM");
    look(&TerminalEnvironment {
        is_terminal: io::stdout().is_terminal() && io::stdin().is_terminal(),
        no_color: no_color.as_deref(),
        clicolor_force: force.as_deref(),
        term: term.as_deref(),
    })
}

//! How the dashboard ends.

/// How the dashboard ended; its terminal was restored in every case in which there still was one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DashboardExit {
    /// The user wants the server to stop too.
    StopBoth,
    /// The user wants the server to go on without the dashboard.
    Hidden,
    /// Somebody called [`StopFlag::now`].
    Stopped,
    /// The process got this signal, SIGINT or SIGTERM, and should end.
    Signalled(i32),
    /// The terminal is gone (SIGHUP, or it cannot be read or written any more).
    TerminalLost,
}

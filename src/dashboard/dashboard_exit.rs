//! How the dashboard ends.

/// How the dashboard ended. The terminal was restored if it still existed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DashboardExit {
    /// The user wants the server to stop too.
    StopBoth,
    /// The user wants the server to continue without the dashboard.
    Hidden,
    /// [`StopFlag::now`] was called.
    Stopped,
    /// The process received this signal, SIGINT or SIGTERM, and should end.
    Signalled(i32),
    /// The terminal is gone (SIGHUP, or reading or writing fails).
    TerminalLost,
}

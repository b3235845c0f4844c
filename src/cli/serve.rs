//! Serving until a signal says stop.

use std::{io, thread};

use tokio::{
    runtime::Builder as RuntimeBuilder,
    select,
    sync::oneshot::{self, Receiver},
};

use super::{Exit, arguments::ServeArguments, fail, log::Log, ready};

/// Serves: prints the ready line, then waits for SIGTERM or SIGINT.
///
/// The first one stops the server and lets what runs finish; a second one ends the program at once.
pub(super) fn run(options: &ServeArguments) -> Exit {
    let _log = Log::start(options.log_format);
    let runtime = match RuntimeBuilder::new_current_thread().enable_all().build() {
        Ok(runtime) => runtime,
        Err(error) => return fail(Exit::Failed, format_args!("can't wait for signals: {error}")),
    };
    runtime.block_on(serve(options))
}

async fn serve(options: &ServeArguments) -> Exit {
    // Before anything is announced, so that whoever reads the line may send a signal at once.
    let mut signals = match Signals::listen() {
        Ok(signals) => signals,
        Err(error) => return fail(Exit::Failed, format_args!("can't wait for signals: {error}")),
    };
    let builder = options.server();
    let starting = in_background(move || builder.start());
    let started = select! {
        started = starting => started,
        () = signals.next() => return Exit::Done,
    };
    let server = match started {
        Ok(Ok(server)) => server,
        Ok(Err(error)) => return fail(Exit::from(&error), error),
        Err(_panicked) => return Exit::Failed, // the panic has said why
    };
    tracing::info!(url = server.url(), tenant = %server.tenant().name(), "serving");
    ready::announce(&server, options.log_format);
    signals.next().await;
    tracing::info!("stopping");
    let grace = options.grace;
    let stopping = in_background(move || server.stop(grace));
    select! {
        _stopped = stopping => {}
        () = signals.next() => {}
    }
    Exit::Done
}

/// Does something that takes its time on a thread of its own, so that a signal is not missed.
fn in_background<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Receiver<T> {
    let (done, wait) = oneshot::channel();
    // Nobody waits for it any more once the program ends.
    thread::spawn(move || drop(done.send(work())));
    wait
}

/// The signals that stop the program.
#[cfg(unix)]
struct Signals {
    terminate: tokio::signal::unix::Signal,
    interrupt: tokio::signal::unix::Signal,
}

#[cfg(unix)]
impl Signals {
    fn listen() -> io::Result<Self> {
        use tokio::signal::unix::{SignalKind, signal};
        let terminate = signal(SignalKind::terminate())?;
        let interrupt = signal(SignalKind::interrupt())?;
        Ok(Self { terminate, interrupt })
    }

    async fn next(&mut self) {
        select! {
            _received = self.terminate.recv() => {}
            _received = self.interrupt.recv() => {}
        }
    }
}

/// The signals that stop the program.
#[cfg(windows)]
struct Signals(tokio::signal::windows::CtrlC);

#[cfg(windows)]
impl Signals {
    fn listen() -> io::Result<Self> {
        tokio::signal::windows::ctrl_c().map(Self)
    }

    async fn next(&mut self) {
        drop(self.0.recv().await);
    }
}

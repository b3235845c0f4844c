//! A server of the program, from its start to its end, with its state file.

use std::{thread, time::Duration};

use tokio::{
    select,
    sync::oneshot::{self, Receiver},
};

use super::{
    Exit,
    arguments::ServeArguments,
    fail, log,
    ready::{ReadyFile, ReadyLine},
    state_file::{LockedStateFile, StateFileRefusal, StateKeeper},
};
use crate::{
    http::ServerClock,
    server::{MockServer, MockServerBuilder},
};

/// A server that answers.
pub(super) struct StartedServer {
    pub(super) server: MockServer,
    /// Saves its state, with `--state`.
    keeper: Option<StateKeeper>,
}

/// Why the server did not start.
pub(super) enum NotStarted<T> {
    /// The program was stopped before.
    Stopped(T),
    /// It cannot start; the error was printed.
    Failed(Exit),
}

/// Starts the server, unless the program is told to stop.
pub(super) async fn start<T>(
    options: &ServeArguments,
    told: impl Future<Output = T>,
) -> Result<StartedServer, NotStarted<T>> {
    if let Some(path) = &options.ready_file {
        ReadyFile::prepare(path)
            .map_err(|error| NotStarted::Failed(fail(Exit::from(&error), error)))?;
    }
    // Files may be pipes, which block, and a large state takes long.
    let asked = options.clone();
    let starting = in_background(move || StartedServer::start(&asked));
    let started = select! {
        started = starting => started,
        told = told => return Err(NotStarted::Stopped(told)),
    };
    match started {
        Ok(Ok(started)) => {
            let server = &started.server;
            tracing::info!(url = server.url(), tenant = %server.tenant().name(), "serving");
            Ok(started)
        }
        Ok(Err(exit)) => Err(NotStarted::Failed(exit)), // which has been said
        Err(_panicked) => Err(NotStarted::Failed(Exit::Failed)), // the panic has said why
    }
}

impl StartedServer {
    /// Starts a server with the state of its file, if it has one; an error is printed.
    fn start(options: &ServeArguments) -> Result<Self, Exit> {
        let mut builder = options.server().map_err(|error| fail(Exit::Invalid, error))?;
        if let Some(switch) = log::switch() {
            builder = builder.log_switch(switch);
        }
        let started =
            |it: MockServerBuilder| it.start().map_err(|error| fail(Exit::from(&error), error));
        let Some(path) = &options.state else {
            return Ok(Self { server: started(builder)?, keeper: None });
        };
        let refused = |error: StateFileRefusal| fail(Exit::from(&error), error);
        let file = LockedStateFile::lock(path).map_err(refused)?;
        let loaded = file.read(ServerClock::default().now()).map_err(refused)?;
        if let Some(loaded) = &loaded {
            builder = builder.saved_tenants(loaded.tenants.clone());
        }
        let server = started(builder)?;
        let source = server.state_source();
        let keeper = StateKeeper::start(file, loaded.as_ref(), source, options.save_every);
        let keeper = keeper.map_err(refused)?;
        tracing::info!("{}", keeper.report());
        Ok(Self { server, keeper: Some(keeper) })
    }

    /// Its ready line.
    pub(super) fn ready_line(&self) -> ReadyLine {
        ReadyLine::of(&self.server, self.keeper.as_ref().map(StateKeeper::report))
    }

    /// Stops the server, saves its state, and logs the reason, if it is known. The wait for running
    /// requests and for the file ends when the program is told to stop again. A state that is not saved
    /// is an error, which is printed.
    pub(super) async fn stop<T>(
        self,
        grace: Duration,
        why: Option<&str>,
        told: impl Future<Output = T>,
    ) -> Exit {
        tracing::info!(why, "stopping");
        let Self { server, keeper } = self;
        let file = keeper.as_ref().map(|it| it.report().file.clone());
        let stopping = in_background(move || {
            server.stop(grace);
            keeper.map_or(Ok(()), StateKeeper::finish)
        });
        let stopped = select! {
            stopped = stopping => stopped.ok(),
            _told = told => None,
        };
        match (stopped, file) {
            (Some(Ok(())), _) | (_, None) => Exit::Done,
            (Some(Err(error)), _) => fail(Exit::from(&error), error),
            (None, Some(file)) => {
                fail(Exit::Failed, format_args!("the state was not saved to {file} at the end"))
            }
        }
    }
}

/// Runs slow work on a thread of its own, so that signals are not missed.
fn in_background<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Receiver<T> {
    let (done, wait) = oneshot::channel();
    // When the program ends, nothing waits for the result.
    thread::spawn(move || drop(done.send(work())));
    wait
}

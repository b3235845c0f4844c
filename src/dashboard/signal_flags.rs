//! Signals, as inputs of the loop: each sets a flag that the loop looks at.

use super::event_loop::Input;

#[cfg(unix)]
pub(super) use unix::SignalFlags;

/// There are no signals that matter here.
#[cfg(not(unix))]
#[derive(Debug)]
pub(super) struct SignalFlags;

#[cfg(not(unix))]
impl SignalFlags {
    pub(super) fn new() -> std::io::Result<Self> {
        Ok(Self)
    }

    pub(super) fn take(&self) -> Option<Input> {
        None
    }

    pub(super) fn stop_process(&self) -> std::io::Result<()> {
        Ok(())
    }
}

#[cfg(unix)]
mod unix {
    use std::io;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicBool, Ordering};

    use signal_hook::consts::{SIGCONT, SIGHUP, SIGINT, SIGTERM, SIGTSTP};
    use signal_hook::{SigId, flag, low_level};

    use super::Input;

    /// The signals in the order in which they matter.
    const KINDS: [i32; 5] = [SIGHUP, SIGTERM, SIGINT, SIGTSTP, SIGCONT];

    /// Flags that signals set, until this is dropped.
    #[derive(Debug)]
    pub(in super::super) struct SignalFlags {
        flags: [Arc<AtomicBool>; KINDS.len()],
        ids: Vec<SigId>,
    }

    impl SignalFlags {
        /// Listens to the signals; other listeners of the process hear them too.
        pub(in super::super) fn new() -> io::Result<Self> {
            let mut signals = Self { flags: Default::default(), ids: Vec::new() };
            for (kind, flag) in KINDS.into_iter().zip(&signals.flags) {
                signals.ids.push(flag::register(kind, Arc::clone(flag))?);
            }
            Ok(signals)
        }

        /// The most important signal that came and was not taken yet.
        pub(in super::super) fn take(&self) -> Option<Input> {
            let came = self.flags.iter().position(|it| it.swap(false, Ordering::AcqRel))?;
            Some(match KINDS[came] {
                SIGHUP => Input::Hangup,
                SIGTSTP => Input::Suspend,
                SIGCONT => Input::Continue,
                signal => Input::Signal(signal),
            })
        }

        /// Stops the process, as Ctrl-Z would; returns when it is continued.
        pub(in super::super) fn stop_process(&self) -> io::Result<()> {
            low_level::emulate_default_handler(SIGTSTP)?;
            // Returning says it all.
            let [.., continued] = &self.flags;
            continued.store(false, Ordering::Release);
            Ok(())
        }
    }

    impl Drop for SignalFlags {
        fn drop(&mut self) {
            for id in self.ids.drain(..) {
                low_level::unregister(id);
            }
            // A signal once listened to would do nothing from now on. Ctrl-Z shall work again;
            // for the others the program that goes on has its own listeners.
            let always = Arc::new(AtomicBool::new(true));
            let _ = flag::register_conditional_default(SIGTSTP, always);
        }
    }
}

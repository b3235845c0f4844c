//! Signals as inputs of the loop: each sets a flag that the loop reads.

use super::event_loop::Input;

/// Flags that signals set, until this is dropped. Only Unix has signals that matter here.
#[derive(Debug)]
pub(super) struct SignalFlags {
    #[cfg(unix)]
    flags: [std::sync::Arc<std::sync::atomic::AtomicBool>; unix::KINDS.len()],
    #[cfg(unix)]
    ids: Vec<signal_hook::SigId>,
}

#[cfg(not(unix))]
impl SignalFlags {
    pub(super) fn new() -> std::io::Result<Self> {
        Ok(Self {})
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
    use signal_hook::{flag, low_level};

    use super::{Input, SignalFlags};

    /// The signals in the order in which they matter.
    pub(super) const KINDS: [i32; 5] = [SIGHUP, SIGTERM, SIGINT, SIGTSTP, SIGCONT];

    impl SignalFlags {
        /// Listens to the signals. Other listeners of the process get them too.
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
            // The return says that the process was continued, so the flag need not say it again.
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
            // A signal that was listened to would do nothing from now on. Ctrl-Z must work again.
            // The rest of the program has its own listeners for the other signals.
            let always = Arc::new(AtomicBool::new(true));
            let _ = flag::register_conditional_default(SIGTSTP, always);
        }
    }
}

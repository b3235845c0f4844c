//! Wakes tasks that wait for a change.

use std::{
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    task::Waker,
};

/// Wakes all waiting tasks. If none waits, this costs one atomic operation.
///
/// A waiter creates a [listener](Self::listener), arms it, checks its condition, and sleeps. The code that
/// makes a change notifies afterwards. The change is behind a lock, so either the waiter sees the change,
/// or the notification finds the armed waiter. No change between the check and the sleep is missed.
#[derive(Clone, Debug, Default)]
pub struct Notifier(Arc<NotifierInner>);

#[derive(Debug, Default)]
struct NotifierInner {
    is_heard: AtomicBool,
    waiters: Mutex<RegisteredWakers>,
}

#[derive(Debug, Default)]
struct RegisteredWakers {
    latest: u64,
    wakers: Vec<(u64, Waker)>,
}

/// A registered waiter. Dropping it removes the registration.
#[derive(Debug)]
pub struct Listener {
    notifier: Notifier,
    number: u64,
}

impl Notifier {
    /// Wakes all armed waiters. They must be [armed](Listener::arm) again.
    pub fn notify(&self) {
        if self.0.is_heard.swap(false, Ordering::SeqCst) {
            let wakers = std::mem::take(&mut self.waiters().wakers);
            for (_, waker) in wakers {
                waker.wake();
            }
        }
    }

    /// A new waiter, which is not armed yet.
    pub fn listener(&self) -> Listener {
        let mut waiters = self.waiters();
        waiters.latest += 1;
        Listener { notifier: self.clone(), number: waiters.latest }
    }

    fn waiters(&self) -> MutexGuard<'_, RegisteredWakers> {
        // Every change of the list is one move, so a thread that panicked has left it complete.
        self.0.waiters.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Listener {
    /// Registers the waker for the next notification. Check the condition after this call, not before.
    pub fn arm(&self, waker: &Waker) {
        let mut waiters = self.notifier.waiters();
        match waiters.wakers.iter_mut().find(|(number, _)| *number == self.number) {
            Some((_, old)) => old.clone_from(waker),
            None => waiters.wakers.push((self.number, waker.clone())),
        }
        self.notifier.0.is_heard.store(true, Ordering::SeqCst);
    }
}

impl Drop for Listener {
    fn drop(&mut self) {
        self.notifier.waiters().wakers.retain(|(number, _)| *number != self.number);
    }
}

#[cfg(test)]
mod tests {
    use std::{sync::atomic::AtomicUsize, task::Wake};

    use super::*;

    #[derive(Default)]
    struct Count(AtomicUsize);

    impl Wake for Count {
        fn wake(self: Arc<Self>) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }

    fn counting() -> (Arc<Count>, Waker) {
        let count = Arc::new(Count::default());
        (count.clone(), count.into())
    }

    #[test]
    fn a_ring_wakes_each_listener_once() {
        let notifier = Notifier::default();
        let ((one, its), (other, others)) = (counting(), counting());
        let (first, second) = (notifier.listener(), notifier.listener());

        first.arm(&its);
        first.arm(&its);
        second.arm(&others);
        notifier.notify();
        notifier.notify();

        let times = [one, other].map(|it| it.0.load(Ordering::SeqCst));
        assert_eq!(times, [1, 1]);
    }

    #[test]
    fn a_listener_that_is_gone_is_not_woken_and_leaves_nothing_behind() {
        let notifier = Notifier::default();
        let (count, waker) = counting();
        let listener = notifier.listener();

        listener.arm(&waker);
        drop(listener);
        notifier.notify();

        assert_eq!(count.0.load(Ordering::SeqCst), 0);
        assert!(notifier.waiters().wakers.is_empty());
    }
}

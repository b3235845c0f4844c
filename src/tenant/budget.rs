//! One budget of memory for the journals of all tenants of a server.
//!
//! Each journal has limits of its own, which are those of one tenant; a server may have ten thousand.
//! When all together hold more than the budget, the largest give way: every journal that holds more
//! than a common level loses its oldest exchanges, and the level is as high as the budget allows. So a
//! tenant that is busy costs itself its past, and not a quiet one beside it.

use std::sync::{
    Arc, Mutex,
    atomic::{AtomicUsize, Ordering},
};

use super::Tenant;

/// How much the journals hold if nobody says, in bytes.
const MOST: usize = 256 * 1024 * 1024;

/// Which part of the budget is freed at once, so that not every exchange has to look at all journals.
const SLACK: usize = 64;

/// What the journals of a server hold and may hold.
#[derive(Debug)]
pub(super) struct Budget {
    most: usize,
    used: Arc<AtomicUsize>,
    settling: Mutex<()>,
}

impl Default for Budget {
    fn default() -> Self {
        Self::of(MOST)
    }
}

impl Budget {
    /// A budget of so many bytes.
    pub(super) fn of(most: usize) -> Self {
        Self { most, used: Arc::default(), settling: Mutex::default() }
    }

    /// How many bytes the journals hold, and how many they may hold.
    pub(super) fn fill(&self) -> (usize, usize) {
        (self.used.load(Ordering::Acquire), self.most)
    }

    /// Counts what the tenant's journal holds from now on.
    pub(super) fn count(&self, tenant: &Tenant) {
        tenant.journal().count_in(&self.used);
    }

    /// Whether the journals hold too much.
    pub(super) fn is_exceeded(&self) -> bool {
        let (used, most) = self.fill();
        used > most
    }

    /// Has the largest journals give way. The newest exchange of `latest` stays.
    pub(super) fn settle(&self, all: Vec<Arc<Tenant>>, latest: &Tenant) {
        // Who comes second finds that it is done.
        let Ok(_alone) = self.settling.try_lock() else { return };
        let surplus = self.fill().0.saturating_sub(self.most - self.most / SLACK);
        let mut sizes: Vec<_> = all.into_iter().map(|it| (it.journal().bytes(), it)).collect();
        sizes.sort_by_key(|(bytes, _)| std::cmp::Reverse(*bytes));
        let bytes: Vec<usize> = sizes.iter().map(|(bytes, _)| *bytes).collect();
        let level = level(&bytes, surplus);
        for (_, tenant) in sizes.into_iter().take_while(|(bytes, _)| *bytes > level) {
            let least = usize::from(std::ptr::eq(Arc::as_ptr(&tenant), latest));
            drop(tenant.journal().shrink_to(level, least));
        }
    }
}

/// To how much the largest of these, which come first, have to shrink so that all together shrink by
/// the surplus.
fn level(sizes: &[usize], surplus: usize) -> usize {
    let mut above = 0;
    for (at, size) in sizes.iter().enumerate() {
        above += size;
        let next = sizes.get(at + 1).copied().unwrap_or(0);
        if above - next * (at + 1) >= surplus {
            return above.saturating_sub(surplus) / (at + 1);
        }
    }
    0
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::the_largest_alone(&[100, 20, 10], 50, 50)]
    #[case::two_that_are_alike(&[100, 100, 10], 50, 75)]
    #[case::down_to_the_third(&[100, 60, 10], 140, 10)]
    #[case::all(&[30, 30], 100, 0)]
    #[case::nothing(&[30, 30], 0, 30)]
    #[case::none(&[], 5, 0)]
    fn the_level_is_as_high_as_the_budget_allows(
        #[case] sizes: &[usize],
        #[case] surplus: usize,
        #[case] expected: usize,
    ) {
        assert_eq!(level(sizes, surplus), expected);
    }
}

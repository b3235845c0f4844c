//! Whether so many users fit into memory.

use super::StartError;

/// What a seeded user takes, in bytes, indexes and group memberships included, generously.
const BYTES_A_USER: usize = 4 * 1024;

/// Where the system does not say how much memory is available, this many users are allowed.
const UNKNOWN: usize = 2_000_000;

/// Refuses more users than there is memory for.
///
/// # Errors
///
/// [`StartError::TooManyUsers`].
pub(super) fn admits(asked: usize) -> Result<(), StartError> {
    let most = available().map_or(UNKNOWN, |bytes| bytes / BYTES_A_USER);
    if asked > most { Err(StartError::TooManyUsers { asked, most }) } else { Ok(()) }
}

/// How much memory so many users need, in MiB.
pub(super) fn mebibytes(users: usize) -> usize {
    users.saturating_mul(BYTES_A_USER) / (1024 * 1024)
}

/// The memory that is available, in bytes, where the system says (Linux).
fn available() -> Option<usize> {
    let text = std::fs::read_to_string("/proc/meminfo").ok()?;
    let line = text.lines().find_map(|it| it.strip_prefix("MemAvailable:"))?;
    let kibibytes: usize = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kibibytes.checked_mul(1024)
}

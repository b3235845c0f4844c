//! Whether the process may open as many files and connections as a server needs.

use std::io;

use super::StartError;

/// What a server has open itself (its listener, the polls and wakers of its threads), and some
/// connections besides.
const NEEDED: usize = 32;

/// Refuses to start where descriptors run out before the first connection: parts of the runtime know
/// no way on then but a panic.
///
/// # Errors
///
/// [`StartError::Descriptors`].
pub(super) fn admit() -> Result<(), StartError> {
    let pipes = (0..NEEDED / 2).map(|_| io::pipe()).collect::<io::Result<Vec<_>>>();
    pipes.map(drop).map_err(|source| StartError::Descriptors { needed: NEEDED, source })
}

impl StartError {
    /// Looks whether a server could be started at all, before anything else is opened.
    ///
    /// # Errors
    ///
    /// [`StartError::Descriptors`].
    #[cfg(feature = "cli")]
    pub(crate) fn look() -> Result<(), Self> {
        admit()
    }
}

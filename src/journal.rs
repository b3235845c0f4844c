//! The journal: every exchange of a tenant, bounded, readable by cursor.

mod change;
mod draft;
mod exchange;
mod mark;
mod mask;
mod rates;
mod ring;
#[cfg(test)]
mod sample;
mod size;
mod summary;
mod target;
mod text;
mod totals;

pub use draft::{BODY_CAP, Draft};
pub use exchange::*;
pub use mark::Mark;
pub use mask::{mask, mask_body, mask_header};
pub use rates::{Latency, Rates, Second};
pub use ring::{Journal, Limits, Page};
pub use summary::summary;
pub use text::visible;
pub use totals::Totals;

//! The journal: every exchange of a tenant, bounded, readable by cursor.
//!
//! The code that answers a request fills a [`Record`] and [records](Journal::record) it before the answer
//! leaves. Readers come later: with a cursor ([`Journal::since`]), or with a [`TrafficView`], which keeps a
//! window over the exchanges that a [`TrafficFilter`] matches. The journal knows none of its readers.
//!
//! Everything in the journal can be shown. [`Message::hiding`] masks the values at places that hold
//! secrets, and [`Record::hide`] masks the same secrets wherever else they occur. Each exchange has a
//! one-line [`summary`].

mod arrivals;
mod change;
mod curl;
mod exchange;
mod expectation;
mod filter;
mod har;
mod history;
mod mark;
mod mask;
mod message;
mod notifier;
mod rates;
mod removals;
mod report;
mod ring;
#[cfg(test)]
mod sample;
mod sign_in;
mod size;
mod subject;
mod summary;
mod target;
mod text;
mod totals;
mod view;
mod watch;

pub use curl::as_curl;
pub use exchange::*;
pub(crate) use expectation::LONGEST_ORDER;
pub use expectation::{
    ArrivalWait, Count, Expectation, ExpectationWait, Mismatch, NearMiss, Timing, UnmetExpectation,
    VerifiedTraffic, WaitStep,
};
pub use filter::{FilterError, FilterKey, FilterTestResult, TrafficFilter};
pub use har::as_har;
pub use history::{blame, history};
pub use mark::Mark;
pub use mask::{Secrets, is_formed, mask, mask_target, weakness};
pub(crate) use message::OWN_NUMBER;
pub use message::{BODY_CAP, Message};
pub use notifier::{Listener, Notifier};
pub use rates::Rates;
pub use removals::MissingExchanges;
pub(crate) use report::Tally;
pub use report::{BrokenRule, Report};
pub use ring::{ClearedExchanges, Journal, JournalPage, Limits};
pub(crate) use sign_in::BriefTurn;
pub use sign_in::{SignInAttempt, SignInChange, SignInTurn, TurnedSignIns};
pub use subject::ExchangeSubject;
pub use summary::summary;
pub use text::{human_duration, visible};
pub use totals::Totals;
pub use view::TrafficView;
pub use watch::Watch;

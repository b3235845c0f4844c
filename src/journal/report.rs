//! A report of what a strict server would refuse: the findings of many exchanges, grouped by rule.

use std::{
    fmt::Write as _,
    sync::{Arc, Mutex, PoisonError},
};

use super::{Auth, Exchange, Finding, JournalPage, MissingExchanges, Operation, Record, as_curl};

/// The largest number of places that are listed for a rule.
const PLACES: usize = 5;

/// What a strict server would refuse in the examined exchanges.
///
/// Calls that a test makes through the control API are not examined.
///
/// ```
/// use mediusflow_mock::MockServer;
///
/// let report = MockServer::start()?.findings();
///
/// assert!(report.rules().is_empty() && report.missed().total() == 0);
/// # Ok::<(), mediusflow_mock::StartError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Report {
    rules: Vec<BrokenRule>,
    read: u64,
    unread: u64,
    /// The number of read requests that were refused. A refused request may have further deviations that
    /// were not noticed.
    refused: u64,
    missed: MissingExchanges,
}

/// A rule that was broken.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct BrokenRule {
    /// The first finding of the rule: with its name, its section, and the form that every server accepts.
    pub finding: Finding,
    /// The number of exchanges with this finding.
    pub count: u64,
    /// The first few places in the requests.
    pub places: Vec<String>,
    /// The first exchange with this finding.
    pub first: Arc<Exchange>,
}

impl Report {
    /// The findings of those exchanges of a page that pass the test.
    pub(crate) fn of(page: &JournalPage, mut is_meant: impl FnMut(&Exchange) -> bool) -> Self {
        let mut report = Self { missed: page.why, ..Self::default() };
        page.items.iter().filter(|it| is_meant(it)).for_each(|it| report.add(it));
        report
    }

    /// The broken rules, in the order of their first finding.
    pub fn rules(&self) -> &[BrokenRule] {
        &self.rules
    }

    /// The number of requests that were read, so that deviations would have been noticed.
    pub fn read(&self) -> u64 {
        self.read
    }

    /// The number of requests that were not read: those without a valid key, and those that a fault or a
    /// limit answered.
    pub fn unread(&self) -> u64 {
        self.unread
    }

    /// The exchanges that had been removed from the journal. Their findings are not known.
    pub fn missed(&self) -> MissingExchanges {
        self.missed
    }

    fn add(&mut self, exchange: &Arc<Exchange>) {
        let is_scim = !matches!(
            exchange.operation,
            Operation::Admin | Operation::SignIn | Operation::SignOut | Operation::Entra
        );
        if !is_scim || exchange.target.starts_with("/_mock/") {
            return;
        }
        let is_replaced = exchange.fault.as_ref().is_some_and(|it| it.phase == "before");
        let is_read = matches!(exchange.auth, Auth::Accepted | Auth::NotNeeded) && !is_replaced;
        *(if is_read { &mut self.read } else { &mut self.unread }) += 1;
        self.refused += u64::from(is_read && (400..500).contains(&exchange.status));
        let mut counted: Vec<&str> = Vec::new();
        for finding in &exchange.findings {
            let known = self.rules.iter_mut().find(|it| it.finding.quirk == finding.quirk);
            let Some(rule) = known else {
                counted.push(&finding.quirk);
                self.rules.push(BrokenRule {
                    finding: finding.clone(),
                    count: 1,
                    places: vec![finding.at.clone()],
                    first: exchange.clone(),
                });
                continue;
            };
            if !counted.contains(&finding.quirk.as_str()) {
                counted.push(&finding.quirk);
                rule.count += 1;
            }
            if rule.places.len() < PLACES && !rule.places.contains(&finding.at) {
                rule.places.push(finding.at.clone());
            }
        }
    }

    /// The report as text for a person. Its curl commands call the server at this URL.
    pub fn to_text(&self, base_url: &str) -> String {
        let of = requests(self.read);
        let mut parts = vec![match (self.rules.len(), self.read) {
            (0, 0) => "no request of a client was read, so nothing is known of it".to_owned(),
            (0, _) => format!("a strict server would refuse nothing of {of}"),
            (1, _) => format!("a strict server would refuse 1 thing, in {of}"),
            (many, _) => format!("a strict server would refuse {many} things, in {of}"),
        }];
        if self.refused > 0 {
            let were = were(self.refused);
            parts.push(format!("{were} refused, and may deviate in what was not looked at"));
        }
        if self.unread > 0 {
            let were = were(self.unread);
            parts.push(format!("{were} not read (no valid key, a fault or a limit)"));
        }
        let missed = self.missed;
        if missed.total() > 0 {
            let total = missed.total();
            parts.push(format!("{total} had left the journal, and nobody knows of them: {missed}"));
        }
        let mut text = parts.join("; ");
        for rule in &self.rules {
            rule.tell(base_url, &mut text);
        }
        text
    }
}

impl BrokenRule {
    fn tell(&self, base_url: &str, text: &mut String) {
        let Finding { quirk, what, section, instead, form, .. } = &self.finding;
        // An exchange that is counted before it is recorded has no number yet.
        let number = match self.first.seq {
            0 => String::new(),
            seq => format!("#{seq} "),
        };
        let written = write!(
            text,
            "\n\n{quirk} ({section}), {}: {what}\n  at {}\n  {instead}\n  every server takes: {form}\n  \
             first: {number}{}\n    {}",
            requests(self.count),
            self.places.join(", "),
            self.first.summary,
            as_curl(&self.first, base_url).replace('\n', "\n    "),
        );
        written.expect("writing into a text does not fail");
    }
}

fn requests(count: u64) -> String {
    if count == 1 { "1 request".to_owned() } else { format!("{count} requests") }
}

fn were(count: u64) -> String {
    if count == 1 { "1 was".to_owned() } else { format!("{count} were") }
}

/// A report that is updated while requests are answered. A reset or the limits of a journal do not affect
/// it.
#[derive(Debug, Default)]
pub(crate) struct Tally(Mutex<Report>);

impl Tally {
    /// Adds an exchange that is about to be recorded.
    pub(crate) fn add(&self, record: &Record) {
        self.report().add(&Arc::new(Exchange::unnumbered(record.clone())));
    }

    /// The report so far.
    #[cfg(feature = "cli")]
    pub(crate) fn told(&self) -> Report {
        self.report().clone()
    }

    fn report(&self) -> std::sync::MutexGuard<'_, Report> {
        // After a panic, a count may be one too low.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests;

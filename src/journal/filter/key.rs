//! The keys of the filter language. This one table is read by the parser, matching, completion, help and
//! documentation.

use super::super::{Auth, EffectKind, Exchange, Mark, Operation};
use super::reads::{self, TextTest};
use crate::medius::SignInResult;

/// A key of the traffic filter language.
#[derive(Debug)]
pub struct FilterKey {
    /// Its name before the colon: `status`.
    pub name: &'static str,
    /// The shorthand of mitmproxy: `~c`.
    pub alias: Option<&'static str>,
    /// Examples of values for help and messages: `409`, `4xx`, `>=400`. All values, if the key takes only
    /// certain words.
    pub values: &'static [&'static str],
    /// Its help text, one line.
    pub help: &'static str,
    pub(super) reads: Reads,
}

/// How a key reads an exchange, and therefore which values it takes.
#[derive(Debug)]
pub(super) enum Reads {
    /// A test for each of certain words, in the order of `values`.
    Words(&'static [fn(&Exchange) -> bool]),
    /// Whether a test holds for one of some texts. A value is a part of the text.
    Texts(fn(&Exchange, &TextTest<'_>) -> bool),
    /// The same, but a value is the whole text.
    Names(fn(&Exchange, &TextTest<'_>) -> bool),
    /// A number.
    Number(fn(&Exchange) -> u64, Units),
    /// The largest age.
    Age(Units),
}

/// Units with their size. A number without a unit has the first one.
pub(super) type Units = &'static [(&'static str, u64)];

pub(super) const PLAIN: Units = &[("", 1)];
const MICROSECONDS: Units = &[("ms", 1_000), ("us", 1), ("s", 1_000_000), ("m", 60_000_000)];
const BYTES: Units = &[("b", 1), ("k", 1 << 10), ("m", 1 << 20)];
const SECONDS: Units = &[("s", 1), ("m", 60), ("h", 3_600), ("d", 86_400)];

/// The words of `signin`: the code of each result, and `refused` for all refusals.
const SIGN_IN_WORDS: &[&str] = &sign_in_words();

const fn sign_in_words() -> [&'static str; SignInResult::ALL.len() + 1] {
    let mut words = ["refused"; SignInResult::ALL.len() + 1];
    let mut at = 0;
    while at < SignInResult::ALL.len() {
        words[at] = SignInResult::ALL[at].code();
        at += 1;
    }
    words
}

/// A test for each result of a sign-in, and one for all refusals.
macro_rules! sign_in_tests {
    ($($result:ident),* $(,)?) => {
        &[
            $(|it| reads::sign_in_ends(it, |result| result == SignInResult::$result),)*
            |it| reads::sign_in_ends(it, |result| !result.works()),
        ]
    };
}

/// The tests of [`SIGN_IN_WORDS`], in their order.
const SIGN_IN_TESTS: &[fn(&Exchange) -> bool] = sign_in_tests![
    Works,
    NotProvisioned,
    Disabled,
    WrongIdentityProvider,
    NoConfiguration,
    Ambiguous,
    UnsupportedOption,
    NoEntraTenant,
    TokenExpired,
    TokenNotYetValid,
    WrongAudience,
    WrongIssuer,
    WrongTenant,
    WrongNonce,
    UnknownKey,
    BadSignature,
    WrongAlgorithm,
    MalformedToken,
    FlowUnknown,
    FlowExpired,
    IssuerUnreachable,
    RefusedByIssuer,
];

// A result without a test would be found only when somebody filters for it.
const _: () = assert!(SIGN_IN_TESTS.len() == SIGN_IN_WORDS.len());

/// The key of a word that stands without a key.
pub(super) static WORD: FilterKey = FilterKey {
    name: "",
    alias: None,
    values: &["Larsson"],
    help: "in the summary or the path",
    reads: Reads::Texts(reads::words),
};

/// Every key, in the order of the help.
pub(super) static KEYS: [FilterKey; 25] = [
    FilterKey {
        name: "op",
        alias: None,
        values: &[
            "create", "replace", "patch", "delete", "get", "find", "list", "bulk", "discover",
            "login", "admin", "signin", "signout", "entra", "unknown",
        ],
        help: "what was asked for",
        reads: Reads::Words(&[
            |it| it.operation == Operation::Create,
            |it| it.operation == Operation::Replace,
            |it| it.operation == Operation::Modify,
            |it| it.operation == Operation::Delete,
            |it| it.operation == Operation::Get,
            |it| it.operation == Operation::Find,
            |it| it.operation == Operation::List,
            |it| it.operation == Operation::Bulk,
            |it| it.operation == Operation::Discover,
            reads::is_login,
            |it| it.operation == Operation::Admin,
            |it| it.operation == Operation::SignIn,
            |it| it.operation == Operation::SignOut,
            |it| it.operation == Operation::Entra,
            |it| it.operation == Operation::Unknown,
        ]),
    },
    FilterKey {
        name: "type",
        alias: None,
        values: &["user", "group", "schema", "config", "token", "admin"],
        help: "the type of the object: these, or the name of a resource type",
        reads: Reads::Names(reads::types),
    },
    FilterKey {
        name: "status",
        alias: Some("~c"),
        values: &["409", "4xx", ">=400", "200,201", "400..499"],
        help: "the status of the answer",
        reads: Reads::Number(|it| it.status.into(), PLAIN),
    },
    FilterKey {
        name: "user",
        alias: None,
        values: &["anna@contoso.com", "\"Anna Larsson\"", "~anna"],
        help: "name, userName or id of a user touched or looked for; name or id of a member",
        reads: Reads::Names(reads::users),
    },
    FilterKey {
        name: "group",
        alias: None,
        values: &["Finance", "~fin"],
        help: "name or id of a group touched or looked for, also as a member",
        reads: Reads::Names(reads::groups),
    },
    FilterKey {
        name: "id",
        alias: None,
        values: &["4f2c91aa", "~^4f2c"],
        help: "id of an object touched or asked for, also as a member",
        reads: Reads::Names(reads::ids),
    },
    FilterKey {
        name: "attr",
        alias: None,
        values: &["active", "members", "name.givenName"],
        help: "an attribute that changed: its path, or the beginning or end of it",
        reads: Reads::Names(reads::attributes),
    },
    FilterKey {
        name: "what",
        alias: None,
        values: &["changed", "noop", "created", "deleted"],
        help: "what happened to any object; noop: a write that changed nothing",
        reads: Reads::Words(&[
            |it| reads::did(it, EffectKind::Changed),
            |it| it.mark() == Mark::Unchanged,
            |it| reads::did(it, EffectKind::Created),
            |it| reads::did(it, EffectKind::Deleted),
        ]),
    },
    FilterKey {
        name: "scimtype",
        alias: None,
        values: &["uniqueness", "invalidFilter", "mutability"],
        help: "the scimType of a SCIM error, or the code of another problem",
        reads: Reads::Names(|it, test| reads::code(it).is_some_and(test)),
    },
    FilterKey {
        name: "auth",
        alias: None,
        values: &["ok", "missing", "bad", "expired", "replaced", "ended", "none", "unchecked"],
        help: "how the caller proved who it is; expired: its time is over; replaced: a newer \
               key took its place; ended: a reset took it away; none: the address wants no proof; unchecked: nobody looked, \
               since a fault or a limit answered before",
        reads: Reads::Words(&[
            |it| it.auth == Auth::Accepted,
            |it| it.auth == Auth::Missing,
            |it| it.auth == Auth::Wrong,
            |it| it.auth == Auth::Expired,
            |it| it.auth == Auth::Replaced,
            |it| it.auth == Auth::Ended,
            |it| it.auth == Auth::NotNeeded,
            |it| it.auth == Auth::Unchecked,
        ]),
    },
    FilterKey {
        name: "from",
        alias: Some("~src"),
        values: &["entra", "entra-portal", "console", "curl", "127.0.0.1"],
        help: "who sent it: the client's name, address or user agent",
        reads: Reads::Texts(reads::senders),
    },
    FilterKey {
        name: "method",
        alias: Some("~m"),
        values: &["POST"],
        help: "the HTTP method",
        reads: Reads::Names(|it, test| test(&it.method)),
    },
    FilterKey {
        name: "path",
        alias: Some("~u"),
        values: &["/Users", "~\"Users/.+\""],
        help: "path and query, as sent or decoded",
        reads: Reads::Texts(reads::targets),
    },
    FilterKey {
        name: "hdr",
        alias: Some("~h"),
        values: &["if-match", "\"content-type: application/scim+json\""],
        help: "a header line of request or answer, as `name: value`",
        reads: Reads::Texts(reads::headers),
    },
    FilterKey {
        name: "body",
        alias: Some("~b"),
        values: &["emails", "~\"active.*false\""],
        help: "the body of request or answer",
        reads: Reads::Texts(|it, test| test(&it.request.body) || test(&it.response.body)),
    },
    FilterKey {
        name: "req",
        alias: Some("~bq"),
        values: &["PatchOp"],
        help: "the body of the request",
        reads: Reads::Texts(|it, test| test(&it.request.body)),
    },
    FilterKey {
        name: "res",
        alias: Some("~bs"),
        values: &["ListResponse"],
        help: "the body of the answer",
        reads: Reads::Texts(|it, test| test(&it.response.body)),
    },
    FilterKey {
        name: "took",
        alias: None,
        values: &[">200ms", "120..140", "<1s"],
        help: "time until the answer: us, ms (if no unit is given), s, m",
        reads: Reads::Number(reads::micros, MICROSECONDS),
    },
    FilterKey {
        name: "size",
        alias: None,
        values: &[">1k", "<=512", "1m"],
        help: "bytes of both bodies together: b (if no unit is given), k, m",
        reads: Reads::Number(|it| (it.request.size + it.response.size) as u64, BYTES),
    },
    FilterKey {
        name: "n",
        alias: None,
        values: &["403", ">400", "100..200"],
        help: "the number in the journal",
        reads: Reads::Number(|it| it.seq, PLAIN),
    },
    FilterKey {
        name: "since",
        alias: None,
        values: &["5m", "30s", "2h"],
        help: "not longer ago than this: s (if no unit is given), m, h, d",
        reads: Reads::Age(SECONDS),
    },
    FilterKey {
        name: "finding",
        alias: None,
        values: &["any", "stringBoolean"],
        help: "something tolerated that a stricter server refuses: the quirk's name, or any",
        reads: Reads::Names(reads::findings),
    },
    FilterKey {
        name: "fault",
        alias: None,
        values: &["any", "flaky"],
        help: "made to go wrong: the id of the fault rule, or any",
        reads: Reads::Names(reads::faults),
    },
    FilterKey {
        name: "signin",
        alias: None,
        values: SIGN_IN_WORDS,
        help: "the result of a sign-in, or the result that a user has from this write on: works, \
               refused, or the code of a refusal",
        reads: Reads::Words(SIGN_IN_TESTS),
    },
    FilterKey {
        name: "is",
        alias: Some("~e"),
        values: &["error"],
        help: "error: refused or failed, status 400 and above, or left without an answer by a fault",
        reads: Reads::Words(&[|it| it.is_error()]),
    },
];

impl PartialEq for FilterKey {
    /// Keys with the same name are equal.
    fn eq(&self, other: &Self) -> bool {
        self.name == other.name
    }
}

/// The key with this name, in any case.
pub(super) fn named(name: &str) -> Option<&'static FilterKey> {
    KEYS.iter().find(|it| it.name.eq_ignore_ascii_case(name))
}

#[cfg(test)]
mod tests {
    use super::super::super::{Record, SignInAttempt, TrafficFilter, sample};
    use super::*;

    #[test]
    fn every_key_takes_the_values_that_its_help_shows() {
        for key in &KEYS {
            for value in key.values {
                let text = format!("{}:{value}", key.name);
                assert!(text.parse::<TrafficFilter>().is_ok(), "{text}");
            }
        }
    }

    #[test]
    fn words_and_their_meanings_are_as_many() {
        for key in &KEYS {
            if let Reads::Words(meanings) = key.reads {
                assert_eq!(meanings.len(), key.values.len(), "{}", key.name);
            }
        }
    }

    #[test]
    fn every_result_of_a_sign_in_is_a_word() {
        for (at, result) in SignInResult::ALL.into_iter().enumerate() {
            let record =
                Record { sign_in: Some(SignInAttempt::new(result).into()), ..Record::default() };
            let exchange = sample::exchange(record);

            let holding = SIGN_IN_TESTS.iter().map(|it| it(&exchange)).collect::<Vec<_>>();
            assert!(holding[at], "{result}");
            assert_eq!(holding[SIGN_IN_TESTS.len() - 1], at > 0, "{result}");
            assert_eq!(holding.iter().filter(|it| **it).count(), if at > 0 { 2 } else { 1 });
        }
    }

    #[test]
    fn names_and_aliases_are_used_once() {
        let aliases = KEYS.iter().filter_map(|it| it.alias);
        let mut all: Vec<_> = KEYS.iter().map(|it| it.name).chain(aliases).collect();
        let count = all.len();

        all.sort_unstable();
        all.dedup();

        assert_eq!(all.len(), count);
    }
}

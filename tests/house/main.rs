//! The doors of the house: which room may use which, and what keeps the rooms tidy.
//!
//! The compiler holds the doors of a crate. Those of the rooms inside one, and what a room has to do
//! without, are held by this test, which reads the sources as text. It knows no Rust grammar: it blanks
//! comments, texts and `#[cfg(test)]` items, and then looks for words. A new room gets a row in
//! [`ROOMS`]; a new door gets a reason in `ARCHITECTURE.md`.

mod circles;
mod map;
mod source;
mod the_checker;
mod words;

use std::path::Path;

use circles::circles;
use source::{Source, files, places, rooms_used, shown, sources, text_of};

/// One room: `src/<name>.rs` and everything in `src/<name>/`, or the crate in `crates/<name>/`.
struct Room {
    name: &'static str,
    /// The rooms it may use: arrows point downwards only.
    uses: &'static [&'static str],
    /// What it has to do without.
    lacks: &'static [Lack],
    why: &'static str,
}

/// Words that a room has to do without, and what they stand for.
struct Lack {
    of: &'static str,
    words: &'static [&'static str],
}

const HTTP: Lack = Lack { of: "HTTP", words: &["actix_web", "actix_http", "ureq"] };
const ASYNC: Lack = Lack { of: "async code", words: &["async", "await", "tokio"] };
const TERMINAL: Lack = Lack { of: "a terminal", words: &["ratatui", "crossterm"] };
const LOCKS: Lack = Lack { of: "locks", words: &["Mutex", "RwLock", "Condvar", "DashMap"] };
const SOCKETS: Lack = Lack { of: "sockets", words: &["TcpListener", "TcpStream", "UdpSocket"] };
const CLOCK: Lack =
    Lack { of: "a clock", words: &["Instant", "SystemTime", "Timestamp::now", "Zoned::now"] };
const JSON: Lack = Lack { of: "untyped JSON", words: &["serde_json"] };
const CHANCE: Lack = Lack { of: "randomness", words: &["rand", "getrandom", "new_v4"] };
/// A signature takes random numbers, from whoever asks for it.
const SOURCES: Lack =
    Lack { of: "a source of randomness", words: &["SystemRandom", "getrandom", "new_v4"] };

const ROOMS: [Room; 12] = [
    Room {
        name: "scim",
        uses: &[],
        lacks: &[HTTP, ASYNC, TERMINAL, LOCKS, SOCKETS, CLOCK, CHANCE],
        why: "SCIM is data and pure functions: the same input gives the same output",
    },
    Room {
        name: "medius",
        uses: &["scim"],
        lacks: &[HTTP, ASYNC, TERMINAL, LOCKS, SOCKETS, CLOCK, CHANCE],
        why: "the Medius rules are data and pure functions over SCIM resources",
    },
    Room {
        name: "oidc",
        uses: &["scim"],
        lacks: &[HTTP, ASYNC, TERMINAL, LOCKS, SOCKETS, CLOCK, SOURCES],
        why: "tokens are data and pure functions: the time and the source of randomness are arguments",
    },
    Room {
        name: "journal",
        uses: &["medius", "scim"],
        lacks: &[HTTP, ASYNC, TERMINAL, SOCKETS, CLOCK, CHANCE],
        why: "the journal does not know who writes or reads it",
    },
    Room {
        name: "fault",
        uses: &["scim"],
        lacks: &[HTTP, ASYNC, TERMINAL, SOCKETS, CLOCK, CHANCE],
        why: "a fault is data; whoever answers makes it happen",
    },
    Room {
        name: "tenant",
        uses: &["entra", "oidc", "scim", "medius", "journal", "fault"],
        lacks: &[HTTP, ASYNC, TERMINAL, SOCKETS, CLOCK, CHANCE, JSON],
        why: "a tenant is used in process too, and time and ids are arguments so that runs repeat",
    },
    Room {
        name: "seed",
        uses: &["scim", "medius", "tenant"],
        lacks: &[HTTP, ASYNC, TERMINAL, SOCKETS, CLOCK],
        why: "the same seed gives the same people, whoever asks for them",
    },
    Room {
        name: "http",
        uses: &["tenant", "entra", "medius", "oidc", "scim", "journal", "fault"],
        lacks: &[TERMINAL],
        why: "handlers take, call and answer: what to decide is decided below",
    },
    Room {
        name: "server",
        uses: &["http", "entra", "tenant", "seed", "medius", "oidc", "scim", "journal", "fault"],
        lacks: &[TERMINAL],
        why: "the fixture server is a library that wires both sides: no terminal, no arguments",
    },
    Room {
        name: "entra",
        uses: &["scim"],
        lacks: &[TERMINAL],
        why: "the provisioning service is a client and knows the mock by its address only",
    },
    Room {
        name: "dashboard",
        uses: &["journal", "tenant", "entra", "medius", "scim"],
        lacks: &[HTTP, ASYNC, LOCKS, SOCKETS],
        why: "the screens draw snapshots and never meet a lock, a socket or the server",
    },
    Room {
        name: "cli",
        uses: &[
            "server",
            "http",
            "dashboard",
            "entra",
            "seed",
            "tenant",
            "medius",
            "scim",
            "journal",
            "fault",
        ],
        lacks: &[],
        why: "arguments and wiring only",
    },
];

/// Files of `tenant` that name `serde_json`, and how often. Bodies of resources and operations are JSON
/// until `scim` reads them, so three files hand them on; an export orders values by their text.
const JSON_IN_TENANT: [(&str, usize); 4] = [
    ("src/tenant/bulk.rs", 1),
    ("src/tenant/export.rs", 1),
    ("src/tenant/import/resources.rs", 1),
    ("src/tenant/operations.rs", 1),
];

#[test]
fn every_room_keeps_to_its_doors() {
    let mut broken = Vec::new();
    for source in sources() {
        broken.extend(match ROOMS.iter().find(|room| source.belongs_to(room.name)) {
            Some(room) => wrong_doors(&source, room),
            None => wrong_at_the_top(&source),
        });
    }
    assert!(broken.is_empty(), "\n{}\n", broken.join("\n"));
}

/// The one circle that stays: the table of expression functions names each function, and these take
/// their arguments as calls by the table.
const FUNCTIONS: &str = "expression::call, expression::compare, expression::dates, \
    expression::function, expression::lists, expression::logic, expression::random, \
    expression::replace, expression::text";

#[test]
fn no_two_modules_of_a_room_need_each_other() {
    for room in &ROOMS {
        let own: Vec<Source> =
            sources().into_iter().filter(|source| source.belongs_to(room.name)).collect();

        let mut found = circles(&own);
        found.retain(|it| it != FUNCTIONS);
        assert_eq!(found, Vec::<String>::new(), "circles in {}", room.name);
    }
}

#[test]
fn every_file_is_tidy() {
    let mut broken: Vec<String> = sources().iter().flat_map(untidy).collect();
    broken.extend(files("tests", "rs").iter().filter_map(|file| old_module_file(&shown(file))));
    assert!(broken.is_empty(), "\n{}\n", broken.join("\n"));
}

/// Files that may use `Debug` output in a text, and how often: a decimal of a filter keeps its point so,
/// and an example of the dashboard names its orders.
const DEBUG_OUTPUT: [(&str, usize); 2] =
    [("crates/scim/src/filter.rs", 1), ("src/dashboard/sample.rs", 1)];

#[test]
fn messages_quote_texts_as_they_are() {
    let mut broken = Vec::new();
    for source in &sources() {
        let text = text_of(Path::new(&source.path));
        let lines = text.lines().zip(source.code.lines()).enumerate();
        let found = lines.filter(|(_, (text, code))| {
            text.contains(":?}") && !code.trim().is_empty() && !code.contains("assert")
        });
        let allowed = DEBUG_OUTPUT.iter().find(|(path, _)| *path == source.path);
        let allowed = allowed.map_or(0, |(_, count)| *count);
        broken.extend(found.skip(allowed).map(|(at, _)| {
            let (path, line) = (&source.path, at + 1);
            format!("{path}:{line}: Debug output escapes letters: quote a text with scim::quoted")
        }));
    }
    assert!(broken.is_empty(), "\n{}\n", broken.join("\n"));
}

#[test]
fn every_fixture_is_json() {
    let fixtures = files("fixtures", "json");
    let broken: Vec<String> = fixtures
        .iter()
        .filter_map(|file| {
            let error = serde_json::from_str::<serde_json::Value>(&text_of(file)).err()?;
            Some(format!("{}:{}: {error}", shown(file), error.line()))
        })
        .collect();
    assert!(broken.is_empty(), "\n{}\n", broken.join("\n"));
    assert!(!fixtures.is_empty(), "fixtures/ holds no JSON: this test looked in the wrong place");
}

fn wrong_doors(source: &Source, room: &Room) -> Vec<String> {
    let Room { name, why, .. } = room;
    let used = if source.is_in_a_crate() {
        Vec::new()
    } else {
        rooms_used(&source.code, "crate", source.depth())
    };
    let doors = used.iter().filter(|(_, other)| {
        let is_room = ROOMS.iter().any(|room| room.name == other);
        is_room && other != name && !room.uses.contains(&other.as_str())
    });
    let doors = doors.map(|(offset, other)| {
        format!("{}:{}: {name} may not use {other}: {why}", source.path, source.line_of(*offset))
    });
    let lacks = room.lacks.iter().flat_map(|lack| {
        let allowed = allowed(source, lack);
        lack.words.iter().flat_map(move |word| {
            places(&source.code, word).into_iter().skip(allowed).map(move |offset| {
                let line = source.line_of(offset);
                let of = lack.of;
                format!("{}:{line}: {name} does without {of} (`{word}`): {why}", source.path)
            })
        })
    });
    doors.chain(lacks).collect()
}

/// How often a file may have a word that its room has to do without.
fn allowed(source: &Source, lack: &Lack) -> usize {
    let known = JSON_IN_TENANT.iter().filter(|_| lack.of == JSON.of);
    known.filter(|(path, _)| *path == source.path).map(|(_, count)| count).sum()
}

/// Files at the top that are no rooms: two are the crate's pages, one shows our own tests what is inside.
/// Any other has to be one.
fn wrong_at_the_top(source: &Source) -> Vec<String> {
    match source.path.as_str() {
        "src/lib.rs" | "src/main.rs" | "src/internals.rs" => Vec::new(),
        path => vec![format!("{path}:1: this room has no row in tests/house: give it its doors")],
    }
}

fn untidy(source: &Source) -> Vec<String> {
    let path = &source.path;
    let long = (source.lines > 600).then(|| {
        format!(
            "{path}:601: {} lines: a file over 600 lines does more than one thing",
            source.lines
        )
    });
    let unwraps = source.code.match_indices(".unwrap()").map(|(offset, _)| {
        let line = source.line_of(offset);
        format!("{path}:{line}: unwrap() outside tests: say in an expect() why it cannot fail")
    });
    old_module_file(path).into_iter().chain(long).chain(unwraps).collect()
}

fn old_module_file(path: &str) -> Option<String> {
    let named = path.ends_with("/mod.rs");
    named.then(|| {
        format!("{path}:1: mod.rs: name the file after its module, so that it can be found")
    })
}

//! Requests a second, case by case, at each size of the tenant.

use mediusflow_mock::internals::TenantInternals as _;
use std::{collections::VecDeque, sync::Arc};

use actix_web::web::Bytes;
use dashmap::DashMap;
use mediusflow_mock::{internals::tenant::State, scim::Profile};
use serde_json::json;
use smol_str::SmolStr;

use crate::{
    Extent,
    floor::Floor,
    load::{CONNECTIONS, Load, Round},
    subject::{Dice, Subject, USERS, new_user, patch},
    table::{Table, count, least, rate},
};

/// One row of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Case {
    FloorGet,
    Get,
    UserName,
    List,
    FloorPost,
    Post,
    PostHeld,
    Patch,
    PatchHeld,
    Delete,
}

/// The order within a round: what was made is deleted before the next case, so that the tenants
/// keep their size.
const ORDER: [Case; 11] = [
    Case::FloorGet,
    Case::Get,
    Case::UserName,
    Case::List,
    Case::FloorPost,
    Case::Post,
    Case::Delete,
    Case::PostHeld,
    Case::Delete,
    Case::Patch,
    Case::PatchHeld,
];

/// The order in the table.
const ROWS: [Case; 10] = [
    Case::FloorGet,
    Case::Get,
    Case::UserName,
    Case::List,
    Case::FloorPost,
    Case::Post,
    Case::PostHeld,
    Case::Patch,
    Case::PatchHeld,
    Case::Delete,
];

/// A server of ours, and a floor with the same bytes.
struct Pair {
    subject: Subject,
    running: Floor,
    floor: Load,
    /// Makes each user's name a new one.
    made: usize,
    rounds: Vec<(Case, Round)>,
}

/// How many snapshots are held while a case writes: that of each of the last so many requests.
const HELD: usize = 1_000;

/// Measures every case at every size, by turns.
pub(crate) fn table(extent: &Extent) -> Table {
    let mut pairs: Vec<Pair> = extent.sizes.iter().map(|it| Pair::start(*it)).collect();
    // Journals are full and caches warm when the first round begins. Connections do not rest for as
    // long as the largest tenant takes to be made.
    for pair in &mut pairs {
        pair.connect();
        pair.run(Case::FloorGet, extent.requests);
        pair.run(Case::Get, 2 * extent.requests);
        pair.rounds.clear();
    }
    for _ in 0..extent.rounds {
        for case in ORDER {
            for pair in &mut pairs {
                pair.run(case, case.requests(extent.requests));
            }
        }
    }
    let mut head = vec!["requests a second".to_owned()];
    head.extend(extent.sizes.iter().map(|it| format!("{} users", count(*it))));
    head.extend(["slower at the largest".into(), "target".into()]);
    let mut table = Table::new(head);
    for case in ROWS {
        let cells = pairs.iter().map(|it| it.cell(case));
        let name = [case.name().to_owned()];
        let last = [growth(&pairs, case), case.target().to_owned()];
        table.row(name.into_iter().chain(cells).chain(last));
    }
    table
}

/// How much longer a request takes at the largest size than at the smallest.
fn growth(pairs: &[Pair], case: Case) -> String {
    match pairs {
        [smallest, .., largest] => format!("{:.2}×", largest.micros(case) / smallest.micros(case)),
        _ => String::new(),
    }
}

impl Case {
    fn name(self) -> &'static str {
        match self {
            Self::FloorGet => "floor: GET",
            Self::Get => "GET by id",
            Self::UserName => "`userName eq`",
            Self::List => "list of 100, any page",
            Self::FloorPost => "floor: POST",
            Self::Post => "POST",
            Self::PostHeld => "POST, snapshots held",
            Self::Patch => "PATCH of a user",
            Self::PatchHeld => "PATCH, snapshots held",
            Self::Delete => "DELETE",
        }
    }

    fn target(self) -> &'static str {
        match self {
            Self::FloorGet | Self::FloorPost => "",
            Self::Get => "0.5, 1.5×",
            Self::UserName => "0.4, 1.5×",
            Self::Post | Self::PostHeld => "0.3, 1.5×",
            _ => "1.5×",
        }
    }

    /// The case that its ratio refers to.
    fn floor(self) -> Self {
        match self {
            Self::FloorGet | Self::Get | Self::UserName | Self::List => Self::FloorGet,
            _ => Self::FloorPost,
        }
    }

    fn status(self) -> u16 {
        match self {
            Self::FloorPost | Self::Post | Self::PostHeld => 201,
            Self::Delete => 204,
            _ => 200,
        }
    }

    /// How many requests make a round, if it is so many for the fastest case.
    fn requests(self, most: usize) -> usize {
        match self {
            Self::FloorGet | Self::Get | Self::UserName => most,
            Self::List => most / 20,
            _ => most / 4,
        }
    }

    fn holds_snapshots(self) -> bool {
        matches!(self, Self::PostHeld | Self::PatchHeld)
    }
}

impl Pair {
    fn start(users: usize) -> Self {
        let mut subject = Subject::start(users, Profile::Mediusflow);
        let bodies: DashMap<String, Bytes> =
            subject.bodies().map(|(id, body)| (id, body.into())).collect();
        let (id, _) = subject.users[0].clone();
        let answered = subject.load.ask(&subject.bare("GET", &format!("{USERS}/{id}")), 200);
        assert_eq!(answered, *bodies.get(&*id).expect("it was listed").value());
        let running = Floor::start(USERS, bodies);
        let floor = Load::connect(running.address, CONNECTIONS);
        Self { subject, running, floor, made: 0, rounds: Vec::new() }
    }

    fn connect(&mut self) {
        self.subject.load = Load::connect(self.subject.server.address(), CONNECTIONS);
        self.floor = Load::connect(self.running.address, CONNECTIONS);
    }

    fn run(&mut self, case: Case, requests: usize) {
        let requests = self.requests(case, requests);
        let tenant = self.subject.server.tenant();
        let mut held: VecDeque<Arc<State>> = VecDeque::new();
        let hold = || {
            if case.holds_snapshots() {
                held.push_back(tenant.snapshot());
                if held.len() > HELD {
                    held.pop_front();
                }
            }
        };
        let load = if case == case.floor() { &mut self.floor } else { &mut self.subject.load };
        let round = load.run(&requests, case.status(), hold);
        self.rounds.push((case, round));
    }

    fn requests(&mut self, case: Case, count: usize) -> Vec<Vec<u8>> {
        let subject = &self.subject;
        let mut dice = Dice::new(self.rounds.len() as u64);
        match case {
            Case::Delete => {
                let newcomers = subject.newcomers();
                newcomers.iter().map(|id| subject.bare("DELETE", &at(id))).collect()
            }
            Case::FloorPost | Case::Post | Case::PostHeld => {
                self.made += count;
                let names = self.made - count..self.made;
                let body = |at: usize| new_user(&format!("newcomer-{at}"));
                names.map(|it| subject.with_body("POST", USERS, &body(it))).collect()
            }
            Case::Patch | Case::PatchHeld => {
                self.made += count;
                let titles = self.made - count..self.made;
                let one = |title: usize| {
                    let (id, _) = &subject.users[dice.below(subject.users.len())];
                    let title = format!("Title {title}");
                    let body = patch(&json!({"op": "Replace", "path": "title", "value": title}));
                    subject.with_body("PATCH", &at(id), &body)
                };
                titles.map(one).collect()
            }
            Case::FloorGet | Case::Get | Case::UserName | Case::List => {
                let one = |_| {
                    let place = dice.below(subject.users.len());
                    subject.bare("GET", &reading(case, place, &subject.users[place]))
                };
                (0..count).map(one).collect()
            }
        }
    }

    fn of(&self, case: Case) -> impl Iterator<Item = Round> {
        self.rounds.iter().filter(move |it| it.0 == case).map(|it| it.1)
    }

    /// Microseconds that a request took in the best round.
    fn micros(&self, case: Case) -> f64 {
        least(self.of(case).map(|it| it.micros()))
    }

    /// The rate, and as a ratio to the floor's; the server's processor time.
    fn cell(&self, case: Case) -> String {
        let micros = self.micros(case);
        let busy = least(self.of(case).map(|it| it.busy_micros()));
        let measured = format!("{}, {busy:.0} µs", rate(1e6 / micros));
        if case == case.floor() {
            return measured;
        }
        format!("{:.2} ({measured})", self.micros(case.floor()) / micros)
    }
}

fn at(id: &str) -> String {
    format!("{USERS}/{id}")
}

fn reading(case: Case, place: usize, (id, user_name): &(SmolStr, String)) -> String {
    match case {
        Case::UserName => {
            let name = user_name.replace('@', "%40");
            format!("{USERS}?filter=userName%20eq%20%22{name}%22")
        }
        Case::List => format!("{USERS}?startIndex={}&count=100", place + 1),
        _ => at(id),
    }
}

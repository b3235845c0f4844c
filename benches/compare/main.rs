//! How fast the server is, beside a bare actix-web server that holds the same bytes.
//!
//! `cargo bench --bench compare` measures both in one run, by turns, with one load generator, and
//! prints what each did and their ratio. Of several rounds the best counts: whatever else the machine
//! does can only make one slower. Nothing here is asserted, and the ratios say more than the rates.
//! `benches/README.md` says what is measured.

#![expect(clippy::print_stdout, reason = "a report is printed")]

mod alone;
mod floor;
#[path = "../shared/load.rs"]
#[expect(dead_code, reason = "a part of the load generator is used")]
mod load;
mod members;
#[path = "../shared/resident.rs"]
mod resident;
mod subject;
#[path = "../shared/table.rs"]
mod table;
mod traffic;

/// How much is measured.
#[derive(Clone, Debug)]
pub(crate) struct Extent {
    /// How many users the tenants have.
    pub(crate) sizes: Vec<usize>,
    /// How many members the groups have.
    pub(crate) members: Vec<usize>,
    /// How often each case is measured; the best counts.
    pub(crate) rounds: usize,
    /// How many requests make a round of the fastest case.
    pub(crate) requests: usize,
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    if let [flag, task, number] = &arguments[..]
        && flag == alone::FLAG
    {
        let number = number.parse().expect("the parent passes a number");
        println!("{}", alone::child(task, number));
        return;
    }
    let has = |flag: &str| arguments.iter().any(|it| it == flag);
    let extent = if has("--quick") { Extent::quick() } else { Extent::whole() };
    let print = |table: table::Table| {
        println!("{}", if has("--markdown") { table.markdown() } else { table.plain() });
    };
    // The processes that must be alone come before this one has grown.
    let alone = alone::table(&extent);
    print(traffic::table(&extent));
    print(members::table(&extent));
    print(alone);
}

impl Extent {
    fn whole() -> Self {
        Self {
            sizes: vec![1_000, 100_000, 1_000_000],
            members: vec![10, 10_000, 100_000],
            rounds: 9,
            requests: 20_000,
        }
    }

    /// As much as a check that runs with every change can afford.
    fn quick() -> Self {
        Self {
            sizes: vec![1_000, 10_000],
            members: vec![10, 1_000, 10_000],
            rounds: 3,
            requests: 3_000,
        }
    }

    /// The size in the middle, for what is measured at one size only: 100,000 if all is measured.
    pub(crate) fn middle(&self) -> usize {
        self.sizes[self.sizes.len() / 2]
    }
}

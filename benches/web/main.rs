//! What the pages cost: a sign-in, a token, and the list of the users in small and in large tenants.
//!
//! `cargo bench --bench web` prints two tables. Each time is beside a floor that is measured in the same run:
//! that of a sign-in and of a token is one RS256 signature, that of a page is a `GET` of one user by its id
//! on the same server. Of several rounds the best counts. Nothing here is asserted: a machine that is busy
//! makes other numbers.

#![expect(clippy::print_stdout, reason = "a report is printed")]

#[path = "../../tests/sign_in_web/browser.rs"]
#[expect(dead_code, clippy::unwrap_used, reason = "a part of what the tests use, who may panic")]
mod browser;
#[path = "../shared/load.rs"]
#[expect(dead_code, reason = "a part of the load generator is used")]
mod load;
mod sign_in;
#[path = "../shared/table.rs"]
mod table;
mod users;

use table::Table;

fn main() {
    let has = |flag: &str| std::env::args().any(|it| it == flag);
    let print = |table: Table| {
        println!("{}", if has("--markdown") { table.markdown() } else { table.plain() });
    };
    print(sign_in::table(if has("--quick") { 3 } else { 9 }));
    let sizes: &[usize] =
        if has("--quick") { &[25, 10_000] } else { &[25, 1_000, 100_000, 1_000_000] };
    print(users::table(sizes));
}

//! How large pages are: a phone on a bad line loads them, too.

use mediusflow_mock::MockServer;

use crate::{browser::Browser, support::Client};

#[test]
fn pages_and_their_files_keep_to_their_budgets() {
    let server = MockServer::builder().users(60).start().unwrap();
    let browser = Browser::logged_in(&server);
    let files = browser.page("/");
    let anyone = Client::at(format!("http://{}", server.address()));
    let file = |name: &str| {
        let address = files.split('"').find(|it| it.contains(name)).unwrap();
        anyone.get(address).text.len()
    };
    let tab = "/NordlysQA/admin/user-provisioning-configuration";
    let window = format!("{tab}/configurations/new");

    let sizes = [
        ("site.css", file("site.css"), 24_000),
        ("site.js", file("site.js"), 4_000),
        ("tab", browser.page(tab).len(), 10_000),
        ("window", browser.page(&window).len(), 16_000),
        ("users", browser.page("/NordlysQA/admin/users").len(), 45_000),
    ];

    for (what, size, most) in sizes {
        println!("{what}: {size} of {most} bytes");
        assert!(size <= most, "{what} has {size} bytes, at most {most} were wanted");
    }
}

//! How large pages are, and what a browser loads for them: a phone on a bad line loads them, too.

use mediusflow_mock::MockServer;

use crate::{browser::Browser, support::Client};

/// The tab of which a window is opened.
const TAB: &str = "/NordlysQA/admin/user-provisioning-configuration";

#[test]
fn pages_and_their_files_keep_to_their_budgets() {
    let server = MockServer::builder().users(60).start().unwrap();
    let browser = Browser::logged_in(&server);
    let window = format!("{TAB}/configurations/new");
    let edited = first_configuration(&browser);

    let sizes = [
        ("site.css", file(&server, "site.css").len(), 24_000),
        ("site.js", file(&server, "site.js").len(), 4_000),
        ("tab with 3 configurations", browser.page(TAB).len(), 10_000),
        ("window", browser.page(&window).len(), 14_000),
        ("window of one that there is", browser.page(&edited).len(), 14_000),
        ("users, 50 rows", browser.page("/NordlysQA/admin/users").len(), 45_000),
    ];

    for (what, size, most) in sizes {
        println!("{what}: {size} of {most} bytes");
        assert!(size <= most, "{what} has {size} bytes, at most {most} were wanted");
    }
}

#[test]
fn a_page_loads_one_style_and_one_script_and_nothing_else() {
    let server = MockServer::builder().users(60).start().unwrap();
    let browser = Browser::logged_in(&server);
    let window = format!("{TAB}/configurations/new");
    let admin = |tab: &str| format!("/NordlysQA/admin/{tab}");
    let mut pages = vec!["/".to_owned(), "/admin/".to_owned(), TAB.to_owned(), window];
    pages.extend(["integration", "users", "groups", "login-options", "sign-ins"].map(admin));

    for path in pages {
        let page = browser.page(&path);
        let count = |what: &str| page.matches(what).count();
        let loaded =
            [" src=", "<link ", "rel=\"icon\" href=\"data:,\"", "rel=\"stylesheet\""].map(count);
        assert_eq!(loaded, [1, 2, 1, 1], "{path}");
        assert_eq!(["<img", "<iframe", "<object", "srcset"].map(count), [0; 4], "{path}");
    }
    let style = file(&server, "site.css");
    assert!(!style.contains("@import"), "{style}");
    assert!(style.split("url(").skip(1).all(|it| it.starts_with("\"data:")), "{style}");
}

/// A file of the pages, which browsers keep for good.
fn file(server: &MockServer, name: &str) -> String {
    let page = Browser::at(server).page("/");
    let address = page.split('"').find(|it| it.contains(name)).unwrap();
    let answer = Client::at(format!("http://{}", server.address())).get(address);
    assert!(answer.header("cache-control").ends_with("immutable"), "{answer:?}");
    answer.text
}

/// The address of the first configuration's window.
fn first_configuration(browser: &Browser) -> String {
    let page = browser.page(TAB);
    let list = page.split("id=\"configuration-list\"").nth(1).unwrap();
    list.split("href=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

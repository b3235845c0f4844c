//! How large the pages of a sign-in are, and how many requests it takes.

use super::*;

#[test]
fn the_pages_of_a_sign_in_keep_to_their_budgets() {
    let server = MockServer::builder().users(60).start().unwrap();
    let browser = Browser::of(&server);
    let (chooser, _) = walk(&browser, "/NordlysQA/");

    let (picker, to_picker) = walk(&browser, "/NordlysQA/login?option=Microsoft+Entra+ID");
    let (start, to_start) = walk(&browser, &picker.link("@nordlys.example"));

    assert!(start.text.contains("Logged in with Microsoft Entra ID"), "{}", start.text);
    assert_eq!(picker.text.matches("class=\"account\"").count(), 26, "25 and another one");
    for (what, page, most) in [("chooser", chooser, 2_500), ("picker", picker, 12_000)] {
        let size = page.text.len();
        println!("{what}: {size} of {most} bytes");
        assert!(size <= most, "{what} has {size} bytes, at most {most} were wanted");
    }
    assert_eq!(to_picker + to_start, 5, "requests from the chooser to the start page");
}

/// Opens an address; the page behind its redirects, and how many requests that took.
fn walk(browser: &Browser, address: &str) -> (Page, usize) {
    let mut page = browser.get(address);
    let mut requests = 1;
    while page.status == 303 {
        let next = page.header("location").unwrap().to_owned();
        page = browser.get(&next);
        requests += 1;
        assert!(requests < 10, "{next} leads nowhere");
    }
    assert_eq!(page.status, 200, "{page:?}");
    (page, requests)
}

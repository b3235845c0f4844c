//! What is said of a user's sign-in is what comes of it: the decision without a sign-in, and the sign-in.

use super::*;

/// What the decision says, and what comes of the sign-in of this user with this option.
fn both(control: &Program, user: &str, option: Option<&str>) -> [String; 2] {
    let query = option.map_or_else(String::new, |it| format!("?option={}", it.replace(' ', "%20")));
    let decided = control.get(&format!("/users/{user}/sign-in{query}"));
    let mut wanted = json!({"user": user});
    if let Some(option) = option {
        wanted["option"] = json!(option);
    }
    let done = control.send("POST", "/sign-in", &wanted);
    let came = match done.status {
        200 => "works",
        501 => "unsupportedOption",
        _ => done.json["reason"]["code"].as_str().unwrap_or(&done.text),
    };
    [decided.json["result"].as_str().unwrap().to_owned(), came.to_owned()]
}

/// Sets the Name claim of the login option that mock Entra stands behind.
fn with_claim(control: &Program, claim: &str) {
    let path = "/login-options/Microsoft%20Entra%20ID";
    let options = control.get("/login-options").json;
    let all = options["items"].as_array().unwrap_or_else(|| panic!("{options}"));
    let mut option =
        all.iter().find(|it| it["displayName"] == "Microsoft Entra ID").unwrap().clone();
    option["nameClaim"] = json!(claim);
    let members = option.as_object_mut().unwrap();
    members.retain(|name, _| !matches!(name.as_str(), "id" | "standsFor" | "users" | "usages"));
    let saved = control.send("PUT", path, &option);
    assert_eq!(saved.status, 200, "{}", saved.text);
}

#[test]
fn the_decision_is_what_comes_of_the_sign_in_for_each_seeded_user_option_and_claim() {
    let server = MockServer::builder().users(25).groups(2).start().unwrap();
    let control = Program::control(&server);
    let all = users(&server);
    let identifier = "urn:ietf:params:scim:schemas:extension:medius:2.0:User:nameIdentifier";
    let is_found = |it: &&Value| {
        let name = it["userName"].as_str().unwrap();
        control.get(&format!("/users/{name}/sign-in")).json["result"] == "works"
    };
    let working: Vec<&Value> = all.iter().filter(is_found).take(4).collect();
    // One has the name of another, one a subject, one is disabled.
    change(&server, working[0], identifier, working[1]["userName"].clone());
    let signed_in = server.sign_in(working[2]["userName"].as_str().unwrap()).unwrap();
    change(&server, working[2], identifier, signed_in.claims.unwrap()["sub"].clone());
    change(&server, working[3], "active", json!(false));
    let mut seen = std::collections::BTreeSet::new();

    for claim in ["preferred_username", "upn", "email", "oid", "sub"] {
        with_claim(&control, claim);
        for user in &all {
            let name = user["userName"].as_str().unwrap();
            for option in [None, Some("Microsoft Entra ID"), Some("Medius.Security")] {
                let [decided, came] = both(&control, name, option);
                assert_eq!(decided, came, "{name} with {option:?}, found by {claim}");
                seen.insert(decided);
            }
        }
    }

    let expected = ["works", "notProvisioned", "ambiguous", "disabled", "wrongIdentityProvider"];
    for result in expected {
        assert!(seen.contains(result), "no {result} in {seen:?}");
    }
}

#[test]
fn a_login_option_that_stands_for_nothing_does_not_work() {
    let (server, _clock) = server();
    let control = Program::control(&server);
    let (_, name) = somebody(&server);
    let option = json!({"displayName": "Microsoft Entra ID", "issuer": "https://adfs.example/x"});
    let saved = control.send("PUT", "/login-options/Microsoft%20Entra%20ID", &option);
    assert_eq!(saved.status, 200, "{}", saved.text);

    assert_eq!(both(&control, &name, None), ["unsupportedOption"; 2]);
    let reason = control.get(&format!("/users/{name}/sign-in")).json["reason"]["text"].clone();
    assert_eq!(
        reason,
        "Nobody can log in with Microsoft Entra ID here. The login option stands for nothing: this mock does \
         not speak WsTrust to https://adfs.example/x."
    );
    assert!(!server.can_sign_in(&name));
}

#[test]
fn the_page_of_who_is_not_found_says_what_is_so_and_leads_to_the_login_option() {
    let (server, _clock) = server();
    let (user, name) = somebody(&server);
    let oid = user["externalId"].clone();
    let identifier = "urn:ietf:params:scim:schemas:extension:medius:2.0:User:nameIdentifier";
    change(&server, &user, identifier, oid.clone());
    let begin = "/NordlysQA/login?option=Microsoft+Entra+ID";
    let browser = Browser::of(&server);

    let picker = browser.open(begin);
    assert!(picker.text.contains("Other name claim"), "{}", picker.text);
    let page = browser.open(&picker.link(&name));

    let (oid, shown) = (oid.as_str().unwrap(), user["displayName"].as_str().unwrap());
    for said in [
        &format!("The sign-in does not find {shown}."),
        &format!(
            "has the name identifier {oid}, and the preferred_username of the token is {name}."
        ),
        "Set the login option's Name claim to oid.",
    ] {
        assert!(page.text.contains(said), "{said} is not in {}", page.text);
    }
    assert!(!page.text.contains("not provisioned") && !page.text.contains("by SCIM"), "{page:?}");
    let link = page.link("Login option Microsoft Entra ID");
    assert_eq!(link, "/NordlysQA/admin/login-options/Microsoft%20Entra%20ID");
}

#[test]
fn the_list_of_sign_ins_says_why_each_was_refused() {
    let (server, _clock) = server();
    let option = json!({"displayName": "Old", "issuer": "https://adfs.example/x"});
    let saved = Program::control(&server).send("PUT", "/login-options/Medius.Security", &option);
    assert_eq!(saved.status, 200, "{}", saved.text);
    let browser = Browser::of(&server);
    for query in ["option=nope", "option=%FF", "option=Old"] {
        browser.get(&format!("/NordlysQA/login?{query}"));
    }
    browser.post("/admin/", &[("tenantName", "NordlysQA")]);

    let page = browser.open("/NordlysQA/admin/sign-ins").text;

    let rows: Vec<&str> = page.split("<tr>").filter(|it| it.contains("Refused")).collect();
    assert_eq!(rows.len(), 3, "{page}");
    assert!(
        rows[0].contains("this mock does not speak WsTrust to https://adfs.example/x"),
        "{page}"
    );
    assert!(rows[0].contains("<td data-label=\"Login option\">Old</td>"), "{page}");
    assert!(rows[2].contains("there is no login option"), "{page}");
    assert!(rows.iter().all(|it| it.contains("<span class=\"sub\">")), "{page}");
}

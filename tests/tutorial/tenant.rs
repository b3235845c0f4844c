//! What there is before anything is provisioned.

use serde_json::json;

use crate::{support::Client, world::World};

pub(crate) fn two_environments() {
    let world = World::set_up();
    let connection = |tenant: &str| {
        let anyone = Client::at(world.server.url());
        let login = anyone.post("/admin/v1/authenticate", &json!({"tenantName": tenant}));
        let base = format!("{}/{tenant}/admin/v1", world.server.url());
        let console = Client::at(base).with_token(login.at("/accessToken"));
        console.get("/connection").at("/environment").to_owned()
    };

    assert_eq!(connection("Nordlys"), "Production");
    assert_eq!(connection("NordlysQA"), "Quality assurance");
}

pub(crate) fn admins_only() {
    let world = World::set_up();
    let anyone = Client::at(world.server.url());
    let login = |user: &str| {
        let body = json!({"tenantName": "NordlysQA", "userName": user});
        anyone.post("/admin/v1/authenticate", &body)
    };

    assert_eq!(login("admin@nordlys.example").status, 200);
    login("auditor@nordlys.example").is_problem(403, "not-admin", &["admin access rights"]);
}

pub(crate) fn companies_come_first() {
    let world = World::set_up();
    let console = world.console();
    let draft = json!({"filter": "X", "companies": ["Contoso AB"]});
    let company = json!({
        "name": "Contoso AB", "companyId": "CONT", "externalSystemId": "CONT[MED]",
        "parentCompanyName": "Nordlys Group", "accountingCurrency": "SEK", "format": "sv-SE",
        "language": "sv-SE",
    });

    let before = console.post("/configurations", &draft);
    let added = world.post("/companies", &company);
    let after = console.post("/configurations", &draft);

    before.is_problem(400, "invalid-configuration", &["companies[0]", "Contoso AB"]);
    assert_eq!((added.status, after.status), (201, 201), "{added:?} {after:?}");
}

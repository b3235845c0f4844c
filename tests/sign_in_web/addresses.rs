//! Where the login and the authority are, as the server tells it.

use super::*;

#[test]
fn a_tenant_is_told_with_its_login_and_its_authority() {
    let (server, _clock) = server();
    let url = format!("http://{}", server.address());
    let index = Program::at(url.clone()).get("/").json;
    let tenants = index["tenants"].as_array().unwrap();
    let listed = tenants.iter().find(|it| it["tenant"] == "NordlysQA").unwrap();
    let control = Program::control(&server).get("").json;

    for told in [listed, &control] {
        assert_eq!(told["loginUrl"], format!("{url}/NordlysQA/"));
        assert_eq!(told["authority"], format!("{url}/NordlysQA/entra"));
    }
    let page = Browser::of(&server).open(control["loginUrl"].as_str().unwrap());
    assert_eq!(page.heading(), "How do you want to log in?");
    let authority = Program::at(control["authority"].as_str().unwrap().to_owned());
    let metadata = authority.get("/common/v2.0/.well-known/openid-configuration");
    let issuer = metadata.json["issuer"].as_str().unwrap();
    assert!(issuer.starts_with(&authority.url), "{issuer}");
}

#[test]
fn both_begin_with_the_public_url() {
    let server = MockServer::builder().public_url("https://mock.example/medius").start().unwrap();

    let told = Program::control(&server).get("").json;

    assert_eq!(told["loginUrl"], "https://mock.example/medius/NordlysQA/");
    assert_eq!(told["authority"], "https://mock.example/medius/NordlysQA/entra");
}

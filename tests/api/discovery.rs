//! The server's description of itself: discovery, health, the index.

use mediusflow_mock::internals::ServerInternals as _;
use mediusflow_mock::{internals::http::LARGEST_BODY, scim::MOST_RESULTS};
use rstest::rstest;
use serde_json::{Value, json};

use crate::support::{Client, ENTERPRISE, GROUP, MEDIUS, USER, server};

#[test]
fn discovery_needs_no_key() {
    let server = server();
    let anyone = Client::at(server.scim_url());

    for path in ["/ServiceProviderConfig", "/ResourceTypes", "/Schemas"] {
        let answer = anyone.get(path);
        assert_eq!(answer.status, 200, "{path}");
        assert_eq!(answer.header("content-type"), "application/scim+json");
    }
}

#[test]
fn the_service_provider_config_is_true() {
    let server = server();

    let config = Client::at(server.scim_url()).get("/ServiceProviderConfig").json;

    assert_eq!(config["patch"], json!({"supported": true}));
    assert_eq!(config["etag"], json!({"supported": true}));
    assert_eq!(config["filter"], json!({"supported": true, "maxResults": MOST_RESULTS}));
    assert_eq!(
        config["bulk"],
        json!({"supported": true, "maxOperations": 1_000, "maxPayloadSize": LARGEST_BODY})
    );
    assert_eq!(config["sort"], json!({"supported": true}));
    assert_eq!(config["changePassword"], json!({"supported": false}));
    assert_eq!(config["authenticationSchemes"][0]["type"], "oauthbearertoken");
    let location = format!("{}/ServiceProviderConfig", server.scim_url());
    let meta = json!({"resourceType": "ServiceProviderConfig", "location": location});
    assert_eq!(config["meta"], meta);
}

#[test]
fn the_resource_types_are_users_and_groups() {
    let server = server();
    let anyone = Client::at(server.scim_url());

    let list = anyone.get("/ResourceTypes").json;
    let one = anyone.get("/ResourceTypes/user").json;

    assert_eq!(list["totalResults"], 2);
    assert_eq!(list["Resources"][0], one);
    assert_eq!((&one["id"], &one["endpoint"]), (&json!("User"), &json!("/Users")));
    let extensions = json!([
        {"schema": ENTERPRISE, "required": false}, {"schema": MEDIUS, "required": false},
    ]);
    assert_eq!(one["schemaExtensions"], extensions);
    assert_eq!(one["meta"]["location"], format!("{}/ResourceTypes/User", server.scim_url()));
}

#[test]
fn every_schema_is_listed_and_found_by_its_urn() {
    let server = server();
    let anyone = Client::at(server.scim_url());

    let list = anyone.get("/Schemas").json;
    let all = list["Resources"].as_array().unwrap();

    assert_eq!(list["totalResults"], all.len());
    for it in all {
        let urn = it["id"].as_str().unwrap();
        let one = anyone.get(&format!("/Schemas/{urn}"));
        assert_eq!((one.status, &one.json), (200, it));
        assert_eq!(it["schemas"], json!(["urn:ietf:params:scim:schemas:core:2.0:Schema"]));
        assert_eq!(it["meta"]["location"], format!("{}/Schemas/{urn}", server.scim_url()));
    }
    let urns: Vec<_> = all.iter().map(|it| it["id"].as_str().unwrap()).collect();
    for urn in [USER, GROUP, ENTERPRISE, MEDIUS] {
        assert!(urns.contains(&urn), "{urn}");
    }
}

#[test]
fn the_medius_extension_has_eight_string_attributes() {
    let server = server();

    let schema = Client::at(server.scim_url()).get(&format!("/Schemas/{MEDIUS}")).json;

    let attributes = schema["attributes"].as_array().unwrap();
    let names: Vec<_> = attributes.iter().map(|it| it["name"].as_str().unwrap()).collect();
    assert_eq!(
        names,
        [
            "configurationFilter",
            "identityProvider",
            "nameIdentifier",
            "customFieldText1",
            "customFieldText2",
            "customFieldText3",
            "customFieldText4",
            "customFieldText5"
        ]
    );
    assert!(attributes.iter().all(|it| it["type"] == "string"));
}

#[rstest]
#[case("POST", "/Schemas", 405)]
#[case("DELETE", "/ServiceProviderConfig", 405)]
#[case("GET", "/Schemas?filter=id+eq+%22x%22", 403)]
#[case("GET", "/Schemas?count=1&fil%74er=name", 403)]
#[case("GET", "/Schemas?filter", 403)]
#[case("GET", "/ResourceTypes?filter=name+eq+%22User%22", 403)]
#[case("GET", "/ResourceTypes/User?filter=name+eq+%22User%22", 403)]
#[case("GET", "/Schemas/urn:none", 404)]
#[case("GET", "/ResourceTypes/Robot", 404)]
#[case("GET", "/ServiceProviderConfig/1", 404)]
fn discovery_refuses_what_the_rfc_forbids(
    #[case] method: &str,
    #[case] path: &str,
    #[case] status: u16,
) {
    let server = server();

    let refused = Client::at(server.scim_url()).call(method, path).send();

    refused.is_scim_error(status, "", &[]);
}

#[test]
fn the_configuration_ignores_every_query_parameter() {
    let server = server();
    let anyone = Client::at(server.scim_url());
    let plain = anyone.get("/ServiceProviderConfig");

    for query in ["filter=patch.supported+eq+false", "filter=", "sortBy=x&count=0&startIndex=9"] {
        let answer = anyone.get(&format!("/ServiceProviderConfig?{query}"));
        assert_eq!((answer.status, &answer.json), (200, &plain.json), "{query}");
    }
}

#[rstest]
#[case(USER, "User Account")]
#[case(GROUP, "Group")]
#[case(ENTERPRISE, "Enterprise User")]
#[case(
    "urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig",
    "Schema for representing the service provider's configuration"
)]
#[case(
    "urn:ietf:params:scim:schemas:core:2.0:ResourceType",
    "Specifies the schema that describes a SCIM resource type"
)]
#[case(
    "urn:ietf:params:scim:schemas:core:2.0:Schema",
    "Specifies the schema that describes a SCIM schema"
)]
fn a_schema_is_described_in_the_form_of_the_rfc(#[case] urn: &str, #[case] description: &str) {
    let server = server();

    let schema = Client::at(server.scim_url()).get(&format!("/Schemas/{urn}")).json;

    assert_eq!(schema["description"], description);
}

#[rstest]
#[case("GET", "/Me")]
#[case("PATCH", "/Me")]
fn an_endpoint_that_is_not_implemented_is_501(#[case] method: &str, #[case] path: &str) {
    let server = server();

    let refused = Client::scim(&server).call(method, path).send();

    refused.is_scim_error(501, "", &["RFC 7644"]);
}

#[test]
fn health_and_index_need_no_key_and_are_not_recorded() {
    let server = server();
    let anyone = Client::at(server.url());

    for path in ["/livez", "/readyz", "/"] {
        let (get, head) = (anyone.get(path), anyone.call("HEAD", path).send());
        assert_eq!((get.status, head.status, head.text.as_str()), (200, 200, ""), "{path}");
        let wrong = anyone.post(path, &Value::Null);
        wrong.is_problem(405, "method-not-allowed", &["GET, HEAD"]);
        assert_eq!(wrong.header("allow"), "GET, HEAD");
    }
    let nowhere = anyone.get("/nowhere");

    nowhere.is_problem(404, "unknown-address", &["/nowhere", "/TENANT/scim/v2"]);
    let recorded =
        server.tenants().all().iter().map(|it| it.journal().totals().exchanges).sum::<u64>();
    assert_eq!(recorded, 0);
}

#[test]
fn the_index_lists_the_services() {
    let server = server();

    let index = Client::at(server.url()).get("/").json;

    assert_eq!(index["name"], "mediusflow-mock");
    assert_eq!(index["url"], server.url());
    assert_eq!(index["pid"], std::process::id());
    assert_eq!(index["seed"], 1);
    let qa = &index["tenants"][1];
    assert_eq!(
        (&qa["tenant"], &qa["environment"]),
        (&json!("NordlysQA"), &json!("Quality assurance"))
    );
    assert_eq!(qa["scimUrl"], server.scim_url());
}

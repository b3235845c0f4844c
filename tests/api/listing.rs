//! Compares the served `/Schemas` with the listing of RFC 7643 §8.7. The table of
//! `fixtures/README.md` has each difference, and nothing else.

use std::{collections::BTreeSet, fs};

use mediusflow_mock::{MockServer, scim::Profile};
use serde_json::{Value as Json, json};

use crate::support::Client;

/// The defaults of characteristics that are left out (RFC 7643 §2.2).
const DEFAULTS: [(&str, &str); 9] = [
    ("type", "string"),
    ("multiValued", "false"),
    ("required", "false"),
    ("caseExact", "false"),
    ("mutability", "readWrite"),
    ("returned", "default"),
    ("uniqueness", "none"),
    ("canonicalValues", ""),
    ("referenceTypes", ""),
];

/// One difference: schema, attribute, characteristic, listing, here.
type Difference = [String; 5];

#[test]
fn each_difference_from_the_listing_is_in_the_table_and_no_other() {
    let server = MockServer::builder().profile(Profile::Rfc).users(0).groups(0).start().unwrap();
    let served = Client::at(server.scim_url()).get("/Schemas").json["Resources"].clone();
    let listing: Json = serde_json::from_str(&read("listings/rfc7643-8.7.json")).unwrap();

    let mut found = BTreeSet::new();
    for listed in listing.as_array().unwrap() {
        let served = served.as_array().unwrap().iter().find(|it| it["id"] == listed["id"]);
        let served = served.unwrap_or_else(|| panic!("{} is not served", listed["id"]));
        let schema = served["name"].as_str().unwrap();
        compare((schema, ""), (&listed["attributes"], &served["attributes"]), &mut found);
    }

    assert_eq!(found, table());
}

/// Notes the differences of attributes or sub-attributes.
fn compare(
    (schema, parent): (&str, &str),
    (listed, served): (&Json, &Json),
    found: &mut BTreeSet<Difference>,
) {
    let all = |it: &Json| it.as_array().cloned().unwrap_or_default();
    let named = |among: &Json, name: &Json| all(among).into_iter().find(|it| it["name"] == *name);
    for served in all(served) {
        let path = format!("{parent}{}", served["name"].as_str().unwrap());
        let difference = |what: &str, listed: &str, here: &str| {
            [schema, &path, what, listed, here].map(str::to_owned)
        };
        let Some(listed) = named(listed, &served["name"]) else {
            found.insert(difference("", "missing", "there"));
            continue;
        };
        for (name, usual) in DEFAULTS {
            let (before, after) = (values(&listed[name], usual), values(&served[name], usual));
            let (gone, come) = (&before - &after, &after - &before);
            let code = |it: &BTreeSet<String>| {
                it.iter().map(|it| format!("`{it}`")).collect::<Vec<_>>().join(", ")
            };
            if !usual.is_empty() {
                for (before, after) in before.iter().zip(&after).filter(|(a, b)| a != b) {
                    found.insert(difference(name, before, after));
                }
                continue;
            }
            if listed[name].is_array() && before.is_empty() && served[name].is_null() {
                found.insert(difference(name, "empty", "missing"));
            }
            if !gone.is_empty() {
                found.insert(difference(name, &format!("with {}", code(&gone)), "without"));
            }
            if !come.is_empty() {
                found.insert(difference(name, &format!("without {}", code(&come)), "with"));
            }
        }
        let subs = (&listed["subAttributes"], &served["subAttributes"]);
        compare((schema, &format!("{path}.")), subs, found);
    }
    for listed in all(listed) {
        if named(served, &listed["name"]).is_none() {
            let path = format!("{parent}{}", listed["name"].as_str().unwrap());
            found.insert([schema, &path, "", "there", "missing"].map(str::to_owned));
        }
    }
}

/// The values of a characteristic; the default if it is left out.
fn values(given: &Json, usual: &str) -> BTreeSet<String> {
    let text = |it: &Json| it.as_str().map_or_else(|| it.to_string(), str::to_owned);
    match given {
        Json::Null if usual.is_empty() => BTreeSet::new(),
        Json::Null => BTreeSet::from([usual.to_owned()]),
        Json::Array(all) => all.iter().map(text).collect(),
        one => BTreeSet::from([text(one)]),
    }
}

/// The rows of the README's table, one for each attribute.
fn table() -> BTreeSet<Difference> {
    let readme = read("README.md");
    let head = "| schema | attributes | characteristic | listing | here | because of |";
    let rows = readme.lines().skip_while(|it| *it != head).skip(2);
    let rows = rows.take_while(|it| it.starts_with('|'));
    let cells = |row: &str| -> Vec<String> {
        row.trim_matches('|').split('|').map(|it| it.trim().to_owned()).collect()
    };
    rows.map(cells)
        .flat_map(|row| {
            let [schema, paths, what, listed, here, because] = &row[..] else {
                panic!("a row has six cells: {row:?}")
            };
            assert!(!because.is_empty(), "{row:?}");
            let one = |path: &str| {
                let plain = |it: &str| it.trim_matches('`').to_owned();
                [plain(schema), plain(path), plain(what), listed.clone(), here.clone()]
            };
            paths.split(", ").map(one).collect::<Vec<_>>()
        })
        .collect()
}

fn read(file: &str) -> String {
    let path = format!("{}/fixtures/{file}", env!("CARGO_MANIFEST_DIR"));
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

#[test]
fn a_group_name_is_unique_in_the_profile_of_the_tutorial_only() {
    for (profile, uniqueness) in [(Profile::Rfc, "none"), (Profile::Mediusflow, "server")] {
        let server = MockServer::builder().profile(profile).users(0).groups(0).start().unwrap();

        let group = Client::at(server.scim_url())
            .get("/Schemas/urn:ietf:params:scim:schemas:core:2.0:Group")
            .json;

        assert_eq!(group["attributes"][0]["uniqueness"], json!(uniqueness));
    }
}

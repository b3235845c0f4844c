//! The journals of all tenants share one budget.

use serde_json::json;

use crate::{
    Control, scim,
    support::{small, user},
};

const MOST: u64 = 400_000;

#[test]
fn a_busy_tenant_loses_its_own_exchanges_and_not_those_of_a_quiet_one() {
    let server = small().journal_bytes(usize::try_from(MOST).unwrap()).start().unwrap();
    let control = Control::of(&server);
    let held = || control.get("/").json["journals"].clone();
    let kept = |name: &str| {
        let list = control.get(&format!("/tenants/{name}/requests?limit=1000")).json;
        let items = list["items"].as_array().unwrap().iter();
        items.map(|it| it["seq"].as_u64().unwrap()).collect::<Vec<_>>()
    };
    let [quiet, busy] = ["Quiet", "Busy"].map(|name| control.tenant(&json!({"name": name})));
    let (quiet, busy) = (scim(&server, &quiet), scim(&server, &busy));
    for _ in 0..5 {
        quiet.get("/Users?count=1");
    }
    let large = user("ada@contoso.com", json!({"title": "x".repeat(20_000)}));

    for seq in 1..=60 {
        busy.put("/Users/none", &large);

        let held = held();
        assert!(held["bytes"].as_u64().unwrap() <= MOST, "{held}");
        assert_eq!(held["mostBytes"], MOST);
        assert_eq!(kept("Busy").last(), Some(&seq), "what was answered is there");
    }

    assert_eq!(kept("Quiet"), [1, 2, 3, 4, 5]);
    let busy = kept("Busy");
    assert!(busy.len() > 5 && busy[0] > 1, "the oldest have left: {busy:?}");
    let shown = control.get("/tenants/Busy").json["journal"].clone();
    assert_eq!(shown["exchanges"], json!(busy.len()));

    control.delete("/tenants/Busy");
    let after = held();
    assert!(after["bytes"].as_u64() < shown["bytes"].as_u64(), "{after} and {shown}");
}

#[test]
fn the_journal_of_a_tenant_shows_its_size_and_its_limit() {
    let server = small().start().unwrap();
    let control = Control::of(&server);

    let shown = &control.get("/tenants/NordlysQA").json["journal"];

    let most = json!({"exchanges": 0, "bytes": 0, "mostExchanges": 50_000, "mostBytes": 64 << 20});
    assert_eq!(*shown, most);
    assert_eq!(control.get("/").json["journals"], json!({"bytes": 0, "mostBytes": 256 << 20}));
}

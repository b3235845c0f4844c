use std::sync::Arc;

use proptest::prelude::*;
use serde_json::{Value as Json, json};

use crate::{
    scim::{Dialect, PageStart, Profile, ScimType, Search, SearchRequest, User, WorkBudget, urn},
    tenant::{
        Tenant,
        sample::{at, fresh},
    },
};

const NAMES: [&str; 6] = ["a", "A", "b", "Å", "å", "c"];

/// What a client does; numbers pick one of the resources that are there.
#[derive(Clone, Debug)]
enum Step {
    User(&'static str, Option<&'static str>, Option<usize>),
    Group(&'static str, Vec<usize>),
    Patch(usize, &'static str, Json),
    Members(usize, &'static str, Vec<usize>),
    /// A PATCH whose first operation fits and whose second one does not.
    HalfWrong(usize, &'static str),
    Delete(usize),
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let name = || prop::sample::select(NAMES.to_vec());
    let picks = || prop::collection::vec(any::<usize>(), 0..4);
    let step = prop_oneof![
        4 => (name(), prop::option::of(name()), prop::option::of(any::<usize>()))
            .prop_map(|(name, external, manager)| Step::User(name, external, manager)),
        2 => (name(), picks()).prop_map(|(name, members)| Step::Group(name, members)),
        2 => (any::<usize>(), prop::sample::select(vec!["userName", "displayName", "externalId"]), name())
            .prop_map(|(at, path, value)| Step::Patch(at, path, json!(value))),
        3 => (any::<usize>(), prop::sample::select(vec!["add", "replace", "remove"]), picks())
            .prop_map(|(at, op, members)| Step::Members(at, op, members)),
        1 => (any::<usize>(), name()).prop_map(|(at, name)| Step::HalfWrong(at, name)),
        2 => any::<usize>().prop_map(Step::Delete),
    ];
    prop::collection::vec(step, 1..25)
}

/// Does a step, whatever comes of it; ids that are gone are used on purpose. If it is not refused,
/// there is an id more.
fn play(tenant: &Tenant, ids: &mut Vec<(&'static str, String)>, step: Step) {
    let pick =
        |at: usize| ids.get(at % ids.len().max(1)).cloned().unwrap_or_else(|| ("User", "x".into()));
    let values = |picks: Vec<usize>| -> Vec<Json> {
        picks.into_iter().map(|at| json!({"value": pick(at).1})).collect()
    };
    let made = match step {
        Step::User(name, external, manager) => {
            let manager = manager.map(|at| json!({"value": pick(at).1}));
            let enterprise = json!({"manager": manager});
            let body =
                json!({"userName": name, "externalId": external, urn::ENTERPRISE_USER: enterprise});
            tenant.post("User", body).ok().map(|it| ("User", it))
        }
        Step::Group(name, members) => {
            let body = json!({"displayName": name, "members": values(members)});
            tenant.post("Group", body).ok().map(|it| ("Group", it))
        }
        Step::Patch(at, path, value) => {
            let (kind, id) = pick(at);
            let operations = json!([{"op": "replace", "path": path, "value": value}]);
            tenant.patch(kind, &id, operations).ok().map(|it| (kind, it))
        }
        Step::Members(at, op, members) => {
            let (kind, id) = pick(at);
            let operations = json!([{"op": op, "path": "members", "value": values(members)}]);
            tenant.patch(kind, &id, operations).ok().map(|it| (kind, it))
        }
        Step::HalfWrong(at, name) => {
            let (kind, id) = pick(at);
            let operations = json!([
                {"op": "replace", "path": "displayName", "value": name},
                {"op": "replace", "path": "nothing", "value": name},
            ]);
            tenant.patch(kind, &id, operations).ok().map(|it| (kind, it))
        }
        Step::Delete(at) => {
            let (kind, id) = pick(at);
            tenant.drop_one(kind, &id).ok().map(|it| (kind, it))
        }
    };
    ids.extend(made.map(|(kind, done)| (kind, done.resource.id.to_string())));
}

/// The ids that a search finds when it looks at everything.
fn scanned(tenant: &Tenant, kind: &str, search: &Search) -> Vec<String> {
    let state = tenant.snapshot();
    let (predicate, derive) = (search.predicate.as_ref().unwrap(), state.present("x"));
    let all = state.resources().all(kind);
    let work = WorkBudget::default();
    all.filter(|it| predicate.matches(it, &derive, &work)).map(|it| it.id.to_string()).collect()
}

proptest! {
    #[test]
    fn what_an_index_answers_is_what_is_there(steps in steps()) {
        let tenant = fresh(Profile::Rfc);
        let mut ids = Vec::new();
        for step in steps {
            play(&tenant, &mut ids, step);
        }

        let names = NAMES.map(|name| {
            [
                ("User", format!("userName eq \"{name}\"")),
                ("User", format!("active pr or externalId eq \"{name}\"")),
                ("User", format!("externalId eq \"{name}\" and userName pr")),
                ("Group", format!("displayName eq \"{name}\"")),
            ]
        });
        let resources = ids.iter().flat_map(|(_, id)| {
            [
                ("User", format!("id eq \"{id}\"")),
                ("User", format!("manager eq \"{id}\"")),
                ("User", format!("manager[value eq \"{id}\"] and userName pr")),
                ("Group", format!("members.value eq \"{id}\"")),
                ("Group", format!("members[value eq \"{id}\" and type eq \"User\"]")),
                ("Group", format!("members eq \"{id}\" and id eq \"{id}\"")),
            ]
        });
        for (kind, filter) in names.into_iter().flatten().chain(resources) {
            let search = tenant.search(kind, &filter);
            prop_assert_eq!(tenant.found(kind, &filter), scanned(&tenant, kind, &search), "{}", filter);
        }
    }

    #[test]
    fn what_is_refused_changes_nothing(steps in steps()) {
        let tenant = fresh(Profile::Rfc);
        let mut ids = Vec::new();
        for step in steps {
            let (before, done) = (tenant.snapshot(), ids.len());
            play(&tenant, &mut ids, step);
            if ids.len() == done {
                prop_assert!(Arc::ptr_eq(&before, &tenant.snapshot()));
            }
        }
    }

    #[test]
    fn nobody_points_to_what_was_deleted(steps in steps()) {
        let tenant = fresh(Profile::Rfc);
        let mut ids: Vec<(&str, String)> = Vec::new();
        for step in steps {
            let before = tenant.snapshot();
            let gone = match step {
                Step::Delete(at) => ids.get(at % ids.len().max(1)).map(|(_, id)| id.clone()),
                _ => None,
            };
            play(&tenant, &mut ids, step);
            let state = tenant.snapshot();
            for gone in gone.iter().filter(|id| before.resources().find(id).is_some()) {
                let resources = state.resources();
                let is_manager = resources.all("User").any(|it| User(it).manager().is_some_and(|it| it == gone));
                prop_assert!(!is_manager);
                prop_assert_eq!(resources.pointing(gone, "members").count(), 0);
            }
        }
    }

    #[test]
    fn pages_are_the_whole_in_order_of_creation(
        count in 1..60_usize,
        gone in prop::collection::vec(0..60_usize, 0..5),
        size in 1..20_usize,
    ) {
        let tenant = fresh(Profile::Rfc);
        let mut ids: Vec<String> = (0..count).map(|n| tenant.user(&format!("u{n}"))).collect();
        for at in gone {
            if at < ids.len() {
                tenant.drop_one("User", &ids.remove(at)).unwrap();
            }
        }
        let state = tenant.snapshot();
        let search = Search { predicate: None, ..tenant.search("User", "id pr") };
        let mut page = SearchRequest::default().page(&Dialect::of(Profile::Rfc), "Users", "", at(0)).unwrap();
        page.count = size;

        let mut seen = Vec::new();
        for start in (1..=count).step_by(size) {
            page.start = PageStart::Index(start);
            let derive = state.present("x");
            let work = WorkBudget::default();
            let found = state.resources().search(&[("User", &search)], &page, &derive, &work).unwrap();
            prop_assert_eq!(found.total, ids.len());
            seen.extend(found.page.iter().map(|it| it.id.to_string()));
        }
        prop_assert_eq!(seen, ids);
    }
}

#[test]
fn a_search_stops_where_its_budget_ends() {
    let tenant = fresh(Profile::Rfc);
    for n in 0..20 {
        tenant.user(&format!("user{n}"));
    }
    let (state, search) = (tenant.snapshot(), tenant.search("User", "userName co \"r\""));
    let page =
        SearchRequest::default().page(&Dialect::of(Profile::Rfc), "Users", "", at(0)).unwrap();
    let derive = state.present("x");
    let found = |steps| {
        let work = WorkBudget::of(steps);
        state.resources().search(&[("User", &search)], &page, &derive, &work)
    };

    assert_eq!(found(20).unwrap().total, 20);
    assert_eq!(found(19).unwrap_err().scim_type(), Some(ScimType::TooMany));
}

#[test]
fn an_or_of_indexed_values_finds_each_resource_once() {
    let tenant = fresh(Profile::Rfc);
    let ids = ["ada", "bo", "cy"].map(|name| tenant.user(name));
    let both = format!("userName eq \"CY\" or id eq \"{}\" or userName eq \"ada\"", ids[0]);

    assert_eq!(tenant.found("User", &both), [&*ids[0], &*ids[2]]);
    assert_eq!(tenant.found("User", "userName eq \"ada\" or userName ne \"bo\"").len(), 2);
    assert_eq!(tenant.found("User", "userName eq \"bo\" or title co \"x\""), [&*ids[1]]);
    assert_eq!(tenant.found("User", "userName sw \"a\" or userName eq \"cy\"").len(), 2);
}

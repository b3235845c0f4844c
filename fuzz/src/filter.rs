//! Filters: what is read prints and reads back as the same; what is bound matches without fail.

use std::sync::{Arc, LazyLock};

use mediusflow_mock::{
    internals::tenant::State,
    scim::{
        Filter, Predicate, Projection, ResourceType, Rules, Search, SearchRequest, Urns, WorkBudget,
    },
};
use smol_str::SmolStr;

use super::{
    plain::plain,
    sample::{BASE, NOW, profiles, tenant, with_ids},
};

/// The same resources in each profile, and their ids.
static STATES: LazyLock<[(Arc<State>, [SmolStr; 5]); 3]> = LazyLock::new(|| {
    profiles().map(|profile| {
        let (tenant, ids) = tenant(profile);
        (tenant.snapshot(), ids)
    })
});

/// The text is refused, or is a filter that:
///
/// - prints as a text that reads back as itself;
/// - in each profile is refused or bound, and then matches each resource or not;
/// - matches exactly those that `not (…)` of it does not;
/// - finds by the indexes what a look at every resource finds.
///
/// # Panics
///
/// If not.
pub fn filter(text: &str) {
    for (state, ids) in &*STATES {
        let text = with_ids(text, ids);
        reads_back(&text, Urns::default());
        let urns = Urns(state.profile().schemas.urns());
        reads_back(&text, urns);
        let Ok(filter) = Filter::parse(&text, urns) else { continue };
        for resource_type in state.profile().schemas.resource_types() {
            matches(state, resource_type, &filter);
        }
    }
}

fn reads_back(text: &str, urns: Urns<'_>) {
    let Ok(filter) = Filter::parse(text, urns) else { return };
    let printed = filter.to_string();
    let again = Filter::parse(&printed, urns);
    let again = again.unwrap_or_else(|error| panic!("{printed:?} is refused: {error}"));
    assert_eq!(plain(&again), plain(&filter), "{printed:?} reads back as another filter");
}

fn matches(state: &State, resource_type: &ResourceType, filter: &Filter) {
    let profile = state.profile();
    let rules = Rules::new(resource_type, &profile.schemas, &profile.dialect);
    let Ok(predicate) = Predicate::bind(&rules, filter) else { return };
    let not = Filter::Not(Box::new(filter.clone()));
    let not = Predicate::bind(&rules, &not).expect("not (…) of a filter that fits does, too");
    let (kind, derive) = (&*resource_type.name, state.present(BASE));
    let work = WorkBudget::default();
    let mut scanned = Vec::new();
    for resource in state.resources().all(kind) {
        let is_match = predicate.matches(resource, &derive, &work);
        assert_ne!(is_match, not.matches(resource, &derive, &work), "it both matches and does not");
        scanned.extend(is_match.then_some(&resource.id));
    }
    let search = Search { predicate: Some(predicate), projection: Projection::Default, sort: None };
    let page = SearchRequest::default().page(&profile.dialect, kind, "", NOW);
    let page = page.expect("the first page can be asked for");
    let found = state.resources().search(&[(kind, &search)], &page, &derive, &work);
    let found = found.expect("a few resources are searched within the budget");
    let found: Vec<_> = found.page.iter().map(|it| &it.id).collect();
    assert_eq!(found, scanned, "an index finds others than a scan");
}

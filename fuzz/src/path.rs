//! Paths: of PATCH operations, and of attributes in queries.

use std::sync::{Arc, LazyLock};

use mediusflow_mock::{
    internals::tenant::State,
    scim::{AttrPath, PatchPath, Rules, ScimError, SearchRequest, Urns},
};

use super::{
    plain::plain_path,
    sample::{BASE, profiles, tenant},
};

static STATE: LazyLock<Arc<State>> = LazyLock::new(|| {
    let [rfc, ..] = profiles();
    tenant(rfc).0.snapshot()
});

/// The text is refused, or is a path that prints as a text that reads back as itself. As
/// `attributes`, `excludedAttributes` and `sortBy` it is refused or shows and sorts resources.
///
/// # Panics
///
/// If not.
pub fn path(text: &str) {
    for urns in [Urns::default(), Urns(STATE.profile().schemas.urns())] {
        reads_back(text, urns);
    }
    for resource_type in STATE.profile().schemas.resource_types() {
        let rules = Rules::new(resource_type, &STATE.profile().schemas, &STATE.profile().dialect);
        let names = || vec![text.to_owned()];
        let asked = [
            SearchRequest { attributes: names(), ..SearchRequest::default() },
            SearchRequest { excluded_attributes: names(), ..SearchRequest::default() },
            SearchRequest { sort_by: Some(text.into()), ..SearchRequest::default() },
        ];
        for request in &asked {
            // What is refused has been read; that is all that is asked of it.
            drop(shown(&rules, request));
        }
    }
}

fn reads_back(text: &str, urns: Urns<'_>) {
    if let Ok(attr) = AttrPath::parse(text, urns) {
        assert_eq!(AttrPath::parse(&attr.to_string(), urns), Ok(attr));
    }
    if let Ok(path) = PatchPath::parse(text, urns) {
        let printed = path.to_string();
        let again = PatchPath::parse(&printed, urns).map(|it| plain_path(&it));
        assert_eq!(again, Ok(plain_path(&path)), "{printed:?} reads back as another path");
    }
}

/// All resources of a type as the request wants them.
fn shown(rules: &Rules<'_>, request: &SearchRequest) -> Result<Vec<String>, ScimError> {
    let search = request.resolve(rules)?;
    let presentation = STATE.present(BASE);
    let all = STATE.resources().all(&rules.resource_type.name);
    let show = |it| {
        drop(search.sort.as_ref().and_then(|sort| sort.key(it, &presentation, &rules.work)));
        let view = presentation.view(it, rules.resource_type, &search.projection);
        serde_json::to_string(&view).expect("a view has text keys only")
    };
    Ok(all.map(|it| show(&**it)).collect())
}

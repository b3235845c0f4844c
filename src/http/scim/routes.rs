//! The calls of the SCIM service.
//!
//! Resource types are data, so [`route`](super::route) matches the segments itself. Here, `Users` stands
//! for the endpoint of each type.

use crate::http::routes::Route;

/// The query of a list (RFC 7644 §3.4.2, RFC 9865).
pub(in crate::http) const LIST: &str = "filter:string sortBy:string sortOrder:string \
    startIndex:integer count:integer cursor:string attributes:string excludedAttributes:string";

/// The query of a single resource (RFC 7644 §3.9).
pub(in crate::http) const SHOWN: &str = "attributes:string excludedAttributes:string";

/// Every call, the built-in types' first.
pub(in crate::http) fn routes() -> impl Iterator<Item = &'static Route<()>> + Clone {
    [USERS, GROUPS, COMMON].into_iter().flatten()
}

/// The endpoints that belong to no resource type.
pub(in crate::http) fn common_endpoints<'a>() -> impl Iterator<Item = &'a str> {
    let mut first: Vec<&'a str> =
        COMMON.iter().filter_map(|it| it.path.split('/').next()).collect();
    first.dedup();
    first.into_iter().filter(|it| !it.is_empty())
}

const USERS: &[Route<()>] = &of_type(["Users", "Users/.search", "Users/{id}"], "NewUser", "User");
const GROUPS: &[Route<()>] =
    &of_type(["Groups", "Groups/.search", "Groups/{id}"], "NewGroup", "Group");

const fn of_type(
    [list, search, one]: [&'static str; 3],
    new: &'static str,
    shape: &'static str,
) -> [Route<()>; 7] {
    [
        Route::get(list, "Lists or searches resources", ())
            .query(LIST)
            .answers("ListResponse")
            .or(&[304]),
        Route::post(list, "Creates a resource", ())
            .query(SHOWN)
            .takes(new)
            .creates(shape)
            .or(&[200]),
        Route::post(search, "Searches resources", ())
            .takes("SearchRequest")
            .answers("ListResponse"),
        Route::get(one, "Gets a resource", ()).query(SHOWN).answers(shape).or(&[304]).versioned(),
        Route::put(one, "Replaces a resource", ())
            .query(SHOWN)
            .takes(new)
            .answers(shape)
            .versioned(),
        Route::patch(one, "Changes a resource", ())
            .query(SHOWN)
            .takes("PatchOp")
            .answers(shape)
            .or(&[204])
            .versioned(),
        Route::delete(one, "Deletes a resource", ()).no_content().versioned(),
    ]
}

const COMMON: &[Route<()>] = &[
    Route::get("", "Searches resources of all types", ())
        .query(LIST)
        .answers("ListResponse")
        .or(&[304]),
    Route::post(".search", "Searches resources of all types (RFC 7644 §3.4.3)", ())
        .takes("SearchRequest")
        .answers("ListResponse"),
    Route::post("Bulk", "Many operations in one request (RFC 7644 §3.7)", ())
        .takes("BulkRequest")
        .answers("BulkResponse"),
    Route::get("ServiceProviderConfig", "The capabilities of the service (RFC 7643 §5)", ())
        .or(&[304]),
    Route::get("ResourceTypes", "The resource types", ()).answers("ListResponse").or(&[304]),
    Route::get("ResourceTypes/{name}", "A resource type", ()).or(&[304]),
    Route::get("Schemas", "The schemas", ()).answers("ListResponse").or(&[304]),
    Route::get("Schemas/{urn}", "A schema", ()).or(&[304]),
    Route::get("Me", "The authenticated user (RFC 7644 §3.11)", ())
        .query(SHOWN)
        .answers("User")
        .or(&[304]),
    Route::put("Me", "Replaces the authenticated user", ())
        .query(SHOWN)
        .takes("NewUser")
        .answers("User"),
    Route::patch("Me", "Changes the authenticated user", ())
        .query(SHOWN)
        .takes("PatchOp")
        .answers("User")
        .or(&[204]),
    Route::delete("Me", "Deletes the authenticated user", ()).no_content(),
];

//! A tenant's own schemas and resource types, from files.

use super::fixture::{self, FixtureError};
use crate::scim::{SchemaBundle, Schemas};

/// Reads files of schemas, extensions and resource types, each with its name; one may name what
/// another defines. `fixtures/examples/` shows the format.
///
/// ```
/// use mediusflow_mock::{seed::schemas_from, server::MockServer};
///
/// let text = include_str!("../../fixtures/examples/devices.json");
/// let server = MockServer::builder().schemas(schemas_from(&[("devices.json", text)])?).start()?;
///
/// assert!(server.tenant().schemas().endpoint("Devices").is_some());
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
///
/// # Errors
///
/// [`FixtureError`] at the first value that is wrong or does not fit the others.
pub fn schemas_from(files: &[(&str, &str)]) -> Result<Schemas, FixtureError> {
    let bundles = files.iter().map(|(file, text)| fixture::parse(file, text));
    let bundles = bundles.collect::<Result<Vec<SchemaBundle>, _>>()?;
    Schemas::extended(&bundles).map_err(|error| {
        let (file, text) = files[error.part];
        fixture::at(file, text, &error.pointer, error.message)
    })
}

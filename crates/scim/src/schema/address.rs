//! References that a client gives by their address, `$ref`, which only the server writes.

use serde_json::{Map, Value as Json};
use smol_str::SmolStr;

use super::{AttributeDefinition, admit::Place, attribute::is_no_resource};
use crate::{
    dialect::{Quirk, Rules},
    error::{ScimError, ScimType},
    quoted,
    value::{Object, Value},
};

impl AttributeDefinition {
    /// Reads the `$ref` of a reference: without a `value` it says what is meant, beside one it must
    /// not say something else. An address of elsewhere, beside a `value`, is left to the client.
    ///
    /// # Errors
    ///
    /// `invalidValue` when it leads nowhere, to a resource of a type that is not asked for, or to
    /// another one than the `value` names, and when nothing says what is meant.
    pub(super) fn take_address(
        &self,
        rules: &Rules<'_>,
        at: Place<'_>,
        members: &Map<String, Json>,
        object: &mut Object,
    ) -> Result<(), ScimError> {
        let given = |name: &str| members.iter().find(|(it, _)| it.eq_ignore_ascii_case(name));
        let address = given("$ref").map(|(_, it)| it).filter(|it| !it.is_null());
        // A `value` of null says that there is no reference (RFC 7643 §2.5).
        if given("value").is_some() {
            let text = address.and_then(Json::as_str);
            return text.map_or(Ok(()), |text| refuse_contradiction(rules, at, text, object));
        }
        let Some(address) = address else { return self.refuse_nothing(at, members, object) };
        let (Some(value), Some(reference)) =
            (self.default_sub_attribute(), self.sub_attribute("$ref"))
        else {
            return Ok(());
        };
        let is_elsewhere = || address.as_str().is_some_and(|it| locate(rules, it).is_none());
        if object.get(reference.name()).is_some() && reference.may_leave() && is_elsewhere() {
            return Ok(());
        }
        let id = self.located(rules, at, address)?;
        if !rules.tolerates(Quirk::RefWithoutValue, at) {
            let detail = format!("{at} has a $ref and no value");
            return Err(
                ScimError::new(ScimType::InvalidValue, detail).hinting(Quirk::RefWithoutValue)
            );
        }
        // The address is derived from the value whenever it is shown.
        object.remove(reference.name());
        object.set(value.name(), Value::Text(id));
        Ok(())
    }

    /// The id of the resource that an address leads to.
    fn located(
        &self,
        rules: &Rules<'_>,
        at: Place<'_>,
        address: &Json,
    ) -> Result<SmolStr, ScimError> {
        let Json::String(text) = address else {
            let reference = self.sub_attribute("$ref");
            return Err(reference.map_or_else(
                || self.misfit(at, address),
                |it| it.misfit(at.sub(it.name()), address),
            ));
        };
        let found = locate(rules, text);
        let is_wanted = |kind: &SmolStr| self.referenced().any(|it| it == kind);
        let wrong = match found {
            Some((kind, id)) if is_wanted(&kind) => return Ok(id),
            Some((kind, _)) => format!("leads to a {kind}"),
            None => "leads to no resource of this tenant".into(),
        };
        let endpoint = |name: &SmolStr| Some(&rules.schemas.resource_type(name)?.endpoint);
        let known = self.referenced().filter_map(endpoint);
        let known: Vec<String> = known.map(|it| format!("..{it}/ID")).collect();
        let detail = format!("{at}.$ref {wrong}, expected {}", known.join(" or "));
        Err(ScimError::new(ScimType::InvalidValue, detail)
            .hint("or give the id as value")
            .by("RFC 7643 §2.3.7"))
    }

    /// Refuses a reference of which only the server's own parts are given: it would be lost without a
    /// word.
    fn refuse_nothing(
        &self,
        at: Place<'_>,
        members: &Map<String, Json>,
        object: &Object,
    ) -> Result<(), ScimError> {
        let is_said = |(key, value): (&String, &Json)| {
            !value.is_null() && self.sub_attribute(key).is_some_and(|it| it.is_read_only())
        };
        if !object.is_empty() || !members.iter().any(is_said) {
            return Ok(());
        }
        let detail = format!("{at} does not say what it refers to, expected its value or its $ref");
        Err(ScimError::new(ScimType::InvalidValue, detail).by("RFC 7643 §2.4"))
    }

    /// Whether an address may lead out of the tenant.
    fn may_leave(&self) -> bool {
        self.reference_types().iter().any(|it| is_no_resource(it))
    }
}

fn refuse_contradiction(
    rules: &Rules<'_>,
    at: Place<'_>,
    address: &str,
    object: &Object,
) -> Result<(), ScimError> {
    let Some(value) = object.text("value").filter(|it| !it.is_empty()) else { return Ok(()) };
    let Some((kind, id)) = locate(rules, address).filter(|(_, id)| id != value) else {
        return Ok(());
    };
    let detail = format!("{at}.value is {} and {at}.$ref leads to {kind} {id}", quoted(value));
    Err(ScimError::new(ScimType::InvalidValue, detail)
        .hint("leave one of the two out")
        .by("RFC 7643 §2.4"))
}

fn locate(rules: &Rules<'_>, address: &str) -> Option<(SmolStr, SmolStr)> {
    rules.others?.locate(address)
}

//! Reads a reference that a client gives by its address, `$ref`, instead of its `value`.

use serde_json::{Map, Value as Json};
use smol_str::SmolStr;

use crate::{
    derive::ResolvedAddress,
    error::{ScimError, ScimType},
    location::Location,
    quirk::Quirk,
    quoted,
    rules::Rules,
    schema::AttributeDefinition,
    value::{Object, Value},
};

impl AttributeDefinition {
    /// Reads the `$ref` of a reference. Without a `value` it names the resource; beside a `value`
    /// it must not name another resource of this tenant. An address outside this tenant, beside a
    /// `value`, is accepted as it is.
    ///
    /// # Errors
    ///
    /// `invalidValue` when no resource has the address, when the resource has another type than the
    /// attribute refers to or is not the one that `value` names, and when neither `value` nor
    /// `$ref` is given.
    pub(super) fn read_ref(
        &self,
        rules: &Rules<'_>,
        at: Location<'_>,
        members: &Map<String, Json>,
        object: &mut Object,
    ) -> Result<(), ScimError> {
        // "Unassigned" and "null" are the same (RFC 7643 §2.5).
        let assigned = || members.iter().filter(|(_, it)| !it.is_null());
        let given = |name: &str| assigned().find(|(it, _)| it.eq_ignore_ascii_case(name));
        let address = given("$ref").map(|(_, it)| it);
        if given("value").is_some() {
            return address.map_or(Ok(()), |it| self.refuse_contradiction(rules, at, it, object));
        }
        let Some(address) = address else {
            return self.refuse_empty_reference(at, members, object);
        };
        let (Some(value), Some(reference)) =
            (self.default_sub_attribute(), self.sub_attribute("$ref"))
        else {
            return Ok(());
        };
        if let Some(id) = self.id_of(rules, at, address)? {
            // The server derives the address from the value.
            object.remove(reference.name());
            object.set(value.name(), Value::Text(id));
        }
        Ok(())
    }

    /// The id of the resource at an address, where no `value` is given. `None` for an address
    /// outside this tenant, if the attribute allows one.
    ///
    /// # Errors
    ///
    /// `invalidValue`, as [`AttributeDefinition::read_ref`].
    pub(crate) fn id_of(
        &self,
        rules: &Rules<'_>,
        at: Location<'_>,
        address: &Json,
    ) -> Result<Option<SmolStr>, ScimError> {
        let reference = self.sub_attribute("$ref");
        let may_leave = reference.is_some_and(|it| !it.is_read_only() && it.may_be_external());
        let is_elsewhere =
            || address.as_str().is_some_and(|it| locate(rules, it) == ResolvedAddress::External);
        if may_leave && is_elsewhere() {
            return Ok(None);
        }
        let id = self.resource_at(rules, at, address)?;
        if !rules.tolerates(Quirk::RefWithoutValue, at) {
            let detail = format!("{at} has a $ref and no value");
            return Err(ScimError::new(ScimType::InvalidValue, detail)
                .at(at)
                .hinting(Quirk::RefWithoutValue));
        }
        Ok(Some(id))
    }

    /// The id of the resource at an address.
    fn resource_at(
        &self,
        rules: &Rules<'_>,
        at: Location<'_>,
        address: &Json,
    ) -> Result<SmolStr, ScimError> {
        let is_wanted = |kind: &SmolStr| self.referenced().any(|it| it == kind);
        let wrong = match locate(rules, self.address_text(at, address)?) {
            ResolvedAddress::Resource(kind, id) if is_wanted(&kind) => return Ok(id),
            ResolvedAddress::Resource(kind, _) => format!("leads to a {kind}"),
            ResolvedAddress::NotFound | ResolvedAddress::External => {
                "leads to no resource of this tenant".into()
            }
        };
        let endpoint = |name: &SmolStr| Some(&rules.schemas.resource_type(name)?.endpoint);
        let known = self.referenced().filter_map(endpoint);
        let known: Vec<String> = known.map(|it| format!("..{it}/ID")).collect();
        let detail = format!("{at}.$ref {wrong}, expected {}", known.join(" or "));
        Err(ScimError::new(ScimType::InvalidValue, detail)
            .at(at.sub("$ref"))
            .hint("or give the id as value")
            .by("RFC 7643 §2.3.7"))
    }

    fn address_text<'v>(&self, at: Location<'_>, address: &'v Json) -> Result<&'v str, ScimError> {
        let reference = self.sub_attribute("$ref");
        let type_error = || match reference {
            Some(it) => it.type_error(at.sub(it.name()), address),
            None => self.type_error(at, address),
        };
        address.as_str().ok_or_else(type_error)
    }

    /// Refuses an address of this tenant that is not that of the resource that the `value` names.
    fn refuse_contradiction(
        &self,
        rules: &Rules<'_>,
        at: Location<'_>,
        address: &Json,
        object: &Object,
    ) -> Result<(), ScimError> {
        let address = self.address_text(at, address)?;
        let Some(value) = object.text("value").filter(|it| !it.is_empty()) else { return Ok(()) };
        let leads = match locate(rules, address) {
            ResolvedAddress::Resource(kind, id) if id != *value => format!("{kind} {id}"),
            ResolvedAddress::NotFound => "no resource of this tenant".into(),
            ResolvedAddress::Resource(..) | ResolvedAddress::External => return Ok(()),
        };
        let detail = format!("{at}.value is {} and {at}.$ref leads to {leads}", quoted(value));
        Err(ScimError::new(ScimType::InvalidValue, detail)
            .at(at.sub("$ref"))
            .hint("leave one of the two out")
            .by("RFC 7643 §2.4"))
    }

    /// Refuses a reference of which only read-only sub-attributes are given. Without this error it
    /// would be dropped silently.
    fn refuse_empty_reference(
        &self,
        at: Location<'_>,
        members: &Map<String, Json>,
        object: &Object,
    ) -> Result<(), ScimError> {
        let is_assigned = |(key, value): (&String, &Json)| {
            !value.is_null() && self.sub_attribute(key).is_some_and(|it| it.is_read_only())
        };
        if !object.is_empty() || !members.iter().any(is_assigned) {
            return Ok(());
        }
        let detail = format!("{at} does not say what it refers to, expected its value or its $ref");
        Err(ScimError::new(ScimType::InvalidValue, detail).at(at).by("RFC 7643 §2.4"))
    }
}

fn locate(rules: &Rules<'_>, address: &str) -> ResolvedAddress {
    rules.others.map_or(ResolvedAddress::External, |it| it.locate(address))
}

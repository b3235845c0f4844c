//! Finds the attribute of a name or path, also of a form that only the tenant tolerates.

use std::fmt;

use serde_json::Value as Json;

use super::{
    error::{ScimError, ScimType},
    filter::{AttrPath, Urns},
    quirk::Quirk,
    rules::Rules,
    schema::{Extension, Target},
};

/// What a key of a body, or of a PATCH value without a path, names.
pub(super) enum Member<'a> {
    /// `schemas`, which is derived and never stored.
    Schemas,
    /// An attribute.
    Attribute(&'a Target),
    /// The object of an extension.
    Extension(&'a Extension),
}

impl<'a> Rules<'a> {
    /// Finds what a key names: an attribute, or an extension by its URN; `None` if it names
    /// neither.
    pub(super) fn member(&self, key: &str) -> Option<Member<'a>> {
        match self.resource_type.core(key) {
            Some(target) if target.is_core("schemas") => Some(Member::Schemas),
            Some(target) => Some(Member::Attribute(target)),
            None => self.resource_type.extension(key).map(Member::Extension),
        }
    }

    /// Finds the attribute of a path.
    ///
    /// # Errors
    ///
    /// The given type (`invalidPath`, `invalidFilter`) when no attribute has this path. The detail
    /// names the nearest attribute.
    pub(super) fn resolve(&self, path: &AttrPath, error: ScimType) -> Result<Target, ScimError> {
        if let Some(target) =
            self.resource_type.resolve(path).or_else(|| self.resolve_tolerated(path))
        {
            // Microsoft's collection for inbound provisioning; see
            // fixtures/entra/inbound-manager-by-dotted-path.json.
            let dotted = Quirk::DottedExtensionPath;
            if path.is_dotted && !self.tolerates_path(dotted, &path.to_string(), &target.path()) {
                let detail = format!("{path} has a dot behind the URN of a schema");
                return Err(ScimError::new(error, detail).hinting(Quirk::DottedExtensionPath));
            }
            return Ok(target);
        }
        let kind = &self.resource_type.name;
        Err(ScimError::new(error, format!("{kind} has no attribute {path}"))
            .meant(self.meant(path))
            .by("RFC 7644 §3.10"))
    }

    fn meant(&self, path: &AttrPath) -> Option<String> {
        let core = path.schema.as_deref().is_none_or(|urn| self.resource_type.is_core(urn));
        let beside = || self.beside_name(&path.name, path.sub.as_deref()?).filter(|_| core);
        beside().or_else(|| self.resource_type.meant(path))
    }

    /// Whether a path names an attribute of an extension that is the tenant's own.
    pub(super) fn is_of_own_extension(&self, path: &AttrPath) -> bool {
        let whole = AttrPath { sub: None, ..path.clone() };
        let odd = || path.schema.is_none().then(|| self.resource_type.extended(&path.name));
        let found = self.resource_type.resolve(&whole).or_else(|| odd().flatten().cloned());
        found.and_then(|it| it.extension).is_some_and(|urn| self.schemas.is_own(&urn))
    }

    /// Whether the object of an unknown extension is ignored.
    pub(super) fn ignores_extension(&self, key: &str, value: &Json) -> bool {
        // Okta sends every group's description like this; see
        // fixtures/okta/create-group-with-description.json.
        self.is_unknown_extension(key, value) && self.tolerates(Quirk::UnknownExtension, key)
    }

    /// Whether a key is the URN of an unknown extension.
    ///
    /// A URN that resembles that of a known extension counts as misspelt, and is refused.
    pub(super) fn is_unknown_extension(&self, key: &str, value: &Json) -> bool {
        let is_urn = key.get(..4).is_some_and(|it| it.eq_ignore_ascii_case("urn:"));
        is_urn
            && value.is_object()
            && self.resource_type.nearest_urn(key).is_none()
            && !self.is_known_path(key)
    }

    /// Whether a key is the path of an attribute of a known schema.
    fn is_known_path(&self, key: &str) -> bool {
        let path = AttrPath::parse(key, Urns(self.schemas.urns())).ok();
        let urn = path.and_then(|it| it.schema);
        urn.is_some_and(|urn| self.schemas.urns().iter().any(|it| it.eq_ignore_ascii_case(&urn)))
    }

    /// Finds the attribute of a path in a form that only a tolerant tenant accepts.
    fn resolve_tolerated(&self, path: &AttrPath) -> Option<Target> {
        let (resource_type, sub) = (self.resource_type, path.sub.as_deref());
        let is_core = path.schema.as_deref().is_none_or(|urn| resource_type.is_core(urn));
        if is_core
            && sub.is_some_and(|it| it.eq_ignore_ascii_case("displayName"))
            && let Some(target) = self.display_name_for(&path.name)
        {
            return self.tolerates(Quirk::NameDisplayName, path).then(|| target.clone());
        }
        if path.schema.is_some() {
            return None;
        }
        let target = resource_type.extended(&path.name)?.with_sub(sub)?;
        // Entra addresses the manager as "manager"; see fixtures/entra/manager-check.json.
        let unqualified = Quirk::UnqualifiedExtensionAttribute;
        self.tolerates_path(unqualified, &path.to_string(), &target.path()).then_some(target)
    }

    /// Takes `displayName` out of a value of `name`, where the tutorial's mapping puts it. Returns
    /// the user's `displayName` attribute, its text, and the rest of `name`.
    pub(super) fn split_display_name<'v>(
        &self,
        target: &Target,
        value: &'v Json,
    ) -> Option<(&'a Target, &'v Json, Json)> {
        let members = value.as_object().filter(|_| target.is_core("name"))?;
        let (key, text) = members.iter().find(|(it, _)| it.eq_ignore_ascii_case("displayName"))?;
        let display_name = self.display_name_for(target.definition.name())?;
        if text.is_null() || !self.tolerates(Quirk::NameDisplayName, "name.displayName") {
            return None;
        }
        let mut rest = members.clone();
        rest.remove(key);
        Some((display_name, text, Json::Object(rest)))
    }

    /// The path that was meant by `name.displayName`.
    pub(super) fn beside_name(&self, at: impl fmt::Display, key: &str) -> Option<String> {
        let is_display_name = key.eq_ignore_ascii_case("displayName");
        let target = self.display_name_for(&at.to_string()).filter(|_| is_display_name)?;
        Some(target.path().into())
    }

    /// The attribute that `name.displayName` means, if this is `name` and it has no such
    /// sub-attribute. The tutorial's mapping table (Step 5) has `name.displayName`; RFC 7643 §4.1.1
    /// has `displayName` only.
    fn display_name_for(&self, name: &str) -> Option<&'a Target> {
        let target = self.resource_type.core(name).filter(|it| it.is_core("name"))?;
        if target.definition.sub_attribute("displayName").is_some() {
            return None;
        }
        self.resource_type.core("displayName")
    }
}

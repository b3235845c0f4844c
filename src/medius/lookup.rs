//! Finding a company, role, group, login option or locale option by what people call it.

use super::configuration_error::{ConfigurationError, ConfigurationProblem, Unknown};
use super::{AuthorizationGroup, Company, LocaleOption, LoginOption, Role, is_same};

/// Something of the master data that is found by a name.
pub(super) trait Listed {
    /// What it is stored and listed as.
    fn label(&self) -> &str;

    /// Whether `key` means it.
    fn is_called(&self, key: &str) -> bool {
        is_same(self.label(), key)
    }
}

impl Listed for Company {
    fn label(&self) -> &str {
        &self.name
    }

    fn is_called(&self, key: &str) -> bool {
        Self::is_called(self, key)
    }
}

impl Listed for Role {
    fn label(&self) -> &str {
        &self.name
    }
}

impl Listed for AuthorizationGroup {
    fn label(&self) -> &str {
        &self.name
    }
}

impl Listed for LoginOption {
    fn label(&self) -> &str {
        &self.display_name
    }

    fn is_called(&self, key: &str) -> bool {
        Self::is_called(self, key)
    }
}

impl Listed for LocaleOption {
    fn label(&self) -> &str {
        &self.code
    }

    fn is_called(&self, key: &str) -> bool {
        Self::is_called(self, key)
    }
}

/// The first of `items` that `key` means.
pub(super) fn find<'a, T: Listed>(items: &'a [T], key: &str) -> Option<&'a T> {
    items.iter().find(|it| it.is_called(key))
}

/// The one of `items` that `value` means, or an error at `pointer` that lists what there is.
pub(super) fn require<'a, T: Listed>(
    kind: &'static str,
    items: &'a [T],
    pointer: &str,
    value: &str,
) -> Result<&'a T, ConfigurationError> {
    find(items, value).ok_or_else(|| {
        let known = items.iter().map(|it| it.label().to_owned()).collect();
        let unknown = Unknown::new(kind, value, known);
        ConfigurationError::new(pointer, ConfigurationProblem::Unknown(unknown))
    })
}

/// The labels of what each of `values` means, without repetitions; `pointer` is that of the list.
pub(super) fn require_each<T: Listed>(
    kind: &'static str,
    items: &[T],
    pointer: &str,
    values: &[String],
) -> Result<Vec<String>, ConfigurationError> {
    let mut labels: Vec<String> = Vec::with_capacity(values.len());
    for (index, value) in values.iter().enumerate() {
        let label = require(kind, items, &format!("{pointer}/{index}"), value)?.label();
        if !labels.iter().any(|it| it == label) {
            labels.push(label.to_owned());
        }
    }
    Ok(labels)
}

//! Changes as lines of text: by meaning, not by lines of JSON.

use super::text::{short_id, shorten, thousands};
use super::{AttributeChange, Effect, NamedValue, ValueChange, visible};

/// How many columns of a single value are shown.
const VALUE: usize = 80;

impl Effect {
    /// The effect as lines: the object with its versions, then one or more lines for each change.
    ///
    /// ```text
    /// Group Finance W/"41" → W/"42"
    /// members 2 → 5
    ///   + Zoë O'Brien (b31d)
    /// ```
    pub fn lines(&self) -> Vec<String> {
        let version = match &self.version {
            (Some(before), Some(after)) if before != after => format!(" {before} → {after}"),
            (_, Some(version)) | (Some(version), None) => format!(" {version}"),
            (None, None) => String::new(),
        };
        let head = format!("{} {}{version}", self.subject.kind, visible(&self.subject.name));
        let changes = self.changes.iter().flat_map(AttributeChange::lines);
        std::iter::once(head).chain(changes).collect()
    }
}

impl AttributeChange {
    /// The change as lines: the attribute before and after, then each value that was added (`+`) or removed
    /// (`−`).
    pub fn lines(&self) -> Vec<String> {
        let name = visible(self.attribute()).into_owned();
        match &self.value {
            ValueChange::Single { before, after } => {
                vec![format!(
                    "{name} {} → {}",
                    self.shown(before.as_deref()),
                    self.shown(after.as_deref())
                )]
            }
            ValueChange::Multiple { before, after, added, removed } => {
                let head = format!("{name} {} → {}", thousands(*before), thousands(*after));
                let came = added.iter().map(|it| format!("  + {}", it.line()));
                let went = removed.iter().map(|it| format!("  − {}", it.line()));
                let (all_came, all_went) = self.value.counts();
                let more = all_came + all_went - added.len() - removed.len();
                let more = (more > 0).then(|| format!("  … and {} more", thousands(more)));
                std::iter::once(head).chain(came).chain(went).chain(more).collect()
            }
        }
    }

    /// The attribute's name without its schema's URN: `department`, `name.givenName`.
    pub fn attribute(&self) -> &str {
        let path = self.path.rsplit(':').next().unwrap_or(&self.path);
        if path.eq_ignore_ascii_case("manager.value") { &path[.."manager".len()] } else { path }
    }

    /// Whether the attribute's value must not be shown. The tenant leaves such values out already; this is
    /// a second check.
    pub(super) fn is_secret(&self) -> bool {
        self.attribute().eq_ignore_ascii_case("password")
    }

    /// Whether the attribute is metadata, which no summary mentions.
    pub(super) fn is_bookkeeping(&self) -> bool {
        self.path.starts_with("meta.") || self.path == "schemas"
    }

    fn shown(&self, value: Option<&str>) -> String {
        match value {
            None => "(none)".to_owned(),
            Some(_) if self.is_secret() => "••••".to_owned(),
            Some(text) if is_bare(text) || self.is_bookkeeping() => visible(text).into_owned(),
            Some(text) => quoted(text, VALUE),
        }
    }
}

impl ValueChange {
    /// The lowest possible numbers of added and removed values: for those that are not listed, only the
    /// difference of the counts is known.
    pub(super) fn counts(&self) -> (usize, usize) {
        match self {
            Self::Single { .. } => (0, 0),
            Self::Multiple { before, after, added, removed } => {
                let came = (after + removed.len()).saturating_sub(*before).max(added.len());
                let went = (before + added.len()).saturating_sub(*after).max(removed.len());
                (came, went)
            }
        }
    }
}

impl NamedValue {
    /// The value as text: its name, and the value in brackets if it differs.
    fn line(&self) -> String {
        if self.name == self.value || self.name.is_empty() {
            return visible(&shorten(&self.value, VALUE)).into_owned();
        }
        let name = shorten(&self.name, VALUE);
        format!("{} ({})", visible(&name), visible(&short_id(&self.value)))
    }
}

/// The text in quotes, cut to `limit` columns.
pub(super) fn quoted(text: &str, limit: usize) -> String {
    format!("\"{}\"", visible(&shorten(text, limit)))
}

/// Whether a value is shown without quotes.
pub(super) fn is_bare(text: &str) -> bool {
    matches!(text, "true" | "false")
}

#[cfg(test)]
mod tests {
    use expect_test::expect;

    use super::super::sample::{element, member, value};
    use super::super::{EffectKind, ExchangeSubject};
    use super::*;

    #[test]
    fn an_effect_reads_from_the_object_to_its_values() {
        let effect = Effect {
            subject: ExchangeSubject::new("Group", "8991", "Finance"),
            kind: EffectKind::Changed,
            version: (Some("W/\"41\"".into()), Some("W/\"42\"".into())),
            changes: vec![
                AttributeChange {
                    path: "members".into(),
                    value: ValueChange::Multiple {
                        before: 2,
                        after: 4,
                        added: vec![
                            member("Zoë O'Brien", "b31d91aa-0a5b-5c1d-9e8f-000000000001"),
                            element("c2e7"),
                            member("evil\u{202e}", "d0f4"),
                        ],
                        removed: vec![member("Nils Ek", "90aa")],
                    },
                },
                value("displayName", Some("Fin"), Some("Finance")),
                value("meta.version", Some("W/\"41\""), Some("W/\"42\"")),
            ],
            sign_in: None,
        };

        expect![[r#"
            Group Finance W/"41" → W/"42"
            members 2 → 4
              + Zoë O'Brien (b31d91aa)
              + c2e7
              + evil\u{202e} (d0f4)
              − Nils Ek (90aa)
            displayName "Fin" → "Finance"
            meta.version W/"41" → W/"42""#]]
        .assert_eq(&effect.lines().join("\n"));
    }

    #[test]
    fn single_values_tell_unassigned_from_empty_and_never_a_password() {
        let urn = "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:department";
        let lines = [
            value(urn, None, Some("")),
            value("title", Some("Clerk"), None),
            value("active", Some("true"), Some("false")),
            value("password", Some("hunter22"), Some("hunter23")),
        ]
        .map(|it| it.lines().join("\n"));

        expect![[r#"
            department (none) → ""
            title "Clerk" → (none)
            active true → false
            password •••• → ••••"#]]
        .assert_eq(&lines.join("\n"));
    }

    #[test]
    fn values_that_are_not_listed_are_counted() {
        let change = AttributeChange {
            path: "members".into(),
            value: ValueChange::Multiple {
                before: 0,
                after: 1_300,
                added: vec![element("a")],
                removed: vec![],
            },
        };

        assert_eq!(change.lines(), ["members 0 → 1,300", "  + a", "  … and 1,299 more"]);
    }
}

//! The companies of a tenant, a tree under its root company.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};
use smol_str::SmolStr;

use super::fold;

/// A company of a MediusFlow tenant, with the fields of its page in the product (documented by
/// Medius).
///
/// A user configuration names the companies that its users may work for (documented, tutorial
/// step 9: "a valid company name").
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub struct Company {
    /// Its display name; unique in the tenant.
    pub name: String,
    /// Its short id, such as `NOSE`; unique in the tenant.
    pub company_id: String,
    /// Its name in other systems, in the documented form `company[MED]`; unique in the tenant.
    pub external_system_id: String,
    /// Its name for suppliers, if that differs.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub external_display_name: Option<String>,
    /// The number in its country's register of companies.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub organization_number: Option<String>,
    /// Whether it is only a node of the tree, such as a country or a division, and not a legal
    /// entity.
    #[serde(default)]
    pub is_virtual: bool,
    /// Its parent in the tree. Only the root company has none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub parent_company_name: Option<String>,
    /// The currency of its books, such as `SEK`.
    pub accounting_currency: String,
    /// How it writes numbers and dates, such as `sv-SE`.
    pub format: String,
    /// The language of its documents, such as `sv-SE`.
    pub language: String,
    /// Whether it is in use.
    #[serde(default = "yes")]
    pub is_active: bool,
    /// The accounting system that its data comes from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub erp_source_id: Option<String>,
}

fn yes() -> bool {
    true
}

impl Company {
    /// Whether users can work for it: it is active, and not only a node of the tree.
    pub(crate) fn holds_invoices(&self) -> bool {
        self.is_active && !self.is_virtual
    }
}

/// Every company with its depth in the tree, parents before children, siblings in the order given;
/// the root has depth 0. See [`super::MasterData::company_tree`].
#[derive(Debug)]
pub struct CompanyTree<'a> {
    /// The companies by the name of their parent, the last ones first.
    children: HashMap<SmolStr, Vec<&'a Company>>,
    pending: Vec<(usize, &'a Company)>,
}

impl<'a> CompanyTree<'a> {
    pub(super) fn new(companies: &'a [Company]) -> Self {
        let mut children: HashMap<SmolStr, Vec<&Company>> = HashMap::new();
        let mut pending = Vec::new();
        for company in companies.iter().rev() {
            match &company.parent_company_name {
                Some(parent) => children.entry(fold(parent.trim())).or_default().push(company),
                None => pending.push((0, company)),
            }
        }
        Self { children, pending }
    }
}

impl<'a> Iterator for CompanyTree<'a> {
    type Item = (usize, &'a Company);

    fn next(&mut self) -> Option<Self::Item> {
        let (depth, company) = self.pending.pop()?;
        let children = self.children.remove(&fold(company.name.trim())).unwrap_or_default();
        self.pending.extend(children.into_iter().map(|child| (depth + 1, child)));
        Some((depth, company))
    }
}

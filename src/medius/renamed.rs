//! Names that change: everything that refers to a company, role or authorization group follows.
//!
//! Master data is found by what people call it, and what refers to it keeps that name; so a name is
//! changed at one door ([`MasterDataDraft::rename`](super::MasterDataDraft::rename)), and what is
//! stored never names something as it was called before.

use std::{collections::HashMap, sync::Arc};

use super::{UserConfiguration, is_same};

/// A list of the master data whose entries are referred to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MasterKind {
    /// The companies.
    Company,
    /// The roles.
    Role,
    /// The authorization groups.
    AuthorizationGroup,
}

impl MasterKind {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Company, Self::Role, Self::AuthorizationGroup];

    /// What a reader calls one of them.
    pub fn noun(self) -> &'static str {
        match self {
            Self::Company => "company",
            Self::Role => "role",
            Self::AuthorizationGroup => "authorization group",
        }
    }
}

/// Something that has another name now, if only in another case.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Renamed {
    /// What it is.
    pub kind: MasterKind,
    /// What it was called.
    pub from: String,
    /// What it is called now.
    pub to: String,
}

impl Renamed {
    /// Writes the new name wherever the old one stands among references to entries of this kind.
    pub fn apply<'a>(&self, kind: MasterKind, names: impl IntoIterator<Item = &'a mut String>) {
        if self.kind != kind {
            return;
        }
        for name in names {
            if is_same(name, &self.from) {
                name.clone_from(&self.to);
            }
        }
    }
}

/// Writes new names into configurations; those that were shared are shared afterwards.
#[derive(Debug)]
pub struct Renaming<'a> {
    renamed: &'a [Renamed],
    /// What became of each configuration, by its address; `None` if nothing did. The first is kept
    /// alive, so that no other one gets its address.
    done: HashMap<usize, (Arc<UserConfiguration>, Option<Arc<UserConfiguration>>)>,
}

impl<'a> Renaming<'a> {
    /// A renaming of all these.
    pub fn new(renamed: &'a [Renamed]) -> Self {
        Self { renamed, done: HashMap::new() }
    }

    /// The configuration with the new names; `None` if it has none of the old ones.
    pub fn of(&mut self, it: &Arc<UserConfiguration>) -> Option<Arc<UserConfiguration>> {
        let (_, next) = self.done.entry(Arc::as_ptr(it).addr()).or_insert_with(|| {
            let mut next = UserConfiguration::clone(it);
            for renamed in self.renamed {
                renamed.apply(MasterKind::Company, &mut next.companies);
                renamed.apply(MasterKind::Role, &mut next.roles);
                renamed.apply(MasterKind::AuthorizationGroup, &mut next.authorization_groups);
            }
            (it.clone(), (next != **it).then(|| Arc::new(next)))
        });
        next.clone()
    }
}

#[cfg(test)]
mod tests {
    use super::{super::sample, *};

    #[test]
    fn a_configuration_follows_and_stays_shared() {
        let (one, other) =
            (sample::configuration("Sweden", "SE"), sample::configuration("Norway", "NO"));
        let renamed = [
            Renamed {
                kind: MasterKind::Company,
                from: "Nordlys Energi AB".into(),
                to: "Nordlys AB".into(),
            },
            Renamed { kind: MasterKind::Role, from: "expense ap".into(), to: "Expense ap".into() },
        ];
        let mut renaming = Renaming::new(&renamed);

        let next = renaming.of(&one).unwrap();

        assert_eq!((&*next.companies[0], &*next.roles[0]), ("Nordlys AB", "Expense ap"));
        assert!(Arc::ptr_eq(&next, &renaming.of(&one).unwrap()));
        assert!(renaming.of(&other).is_some());
        assert!(Renaming::new(&[]).of(&one).is_none());
    }
}

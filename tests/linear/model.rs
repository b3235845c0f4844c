//! The few users and the one group of a round, one operation after the other.

use std::collections::{BTreeMap, BTreeSet};

use crate::history::Sequential;

/// What a client asks for.
#[derive(Clone, Debug)]
pub(crate) enum Operation {
    /// `POST` of a user with this name.
    Create(String),
    /// `PATCH` of the `userName` of the user with this id.
    Rename(String, String),
    /// `DELETE` of a user.
    Delete(String),
    /// `PATCH` of the group: this member comes.
    Add(String),
    /// `PATCH` of the group: this member goes.
    Remove(String),
    /// `GET` of the group: who is in it?
    Members,
    /// `GET` with a filter: who has this name?
    Find(String),
}

/// What it hears.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// 201, with the new id.
    Created(String),
    /// 409.
    Conflict,
    /// 404.
    NotFound,
    /// 200 or 204.
    Done,
    /// 200, with these ids.
    Ids(BTreeSet<String>),
}

/// The users, the members of the group, and every id that was ever given.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct Directory {
    users: BTreeMap<String, String>,
    members: BTreeSet<String>,
    given: BTreeSet<String>,
}

impl Directory {
    fn holder(&self, name: &str) -> Option<&String> {
        self.users.iter().find(|(_, it)| *it == name).map(|(id, _)| id)
    }
}

impl Sequential for Directory {
    type Operation = Operation;
    type Answer = Answer;

    fn after(&self, operation: &Operation, answer: &Answer) -> Option<Self> {
        let mut next = self.clone();
        let is_right = match (operation, answer) {
            // An id is never given twice (RFC 7643 §3.1, "non-reassignable").
            (Operation::Create(name), Answer::Created(id)) => {
                next.users.insert(id.clone(), name.clone());
                self.holder(name).is_none() && next.given.insert(id.clone())
            }
            (Operation::Create(name), Answer::Conflict) => self.holder(name).is_some(),
            (Operation::Rename(id, name), Answer::Done) => {
                self.holder(name).is_none_or(|it| it == id)
                    && next.users.insert(id.clone(), name.clone()).is_some()
            }
            (Operation::Rename(id, name), Answer::Conflict) => {
                self.users.contains_key(id) && self.holder(name).is_some_and(|it| it != id)
            }
            // Who is deleted leaves the group in the same moment.
            (Operation::Delete(id), Answer::Done) => {
                next.members.remove(id);
                next.users.remove(id).is_some()
            }
            (Operation::Rename(id, _) | Operation::Delete(id), Answer::NotFound) => {
                !self.users.contains_key(id)
            }
            // Members need not exist, and need not be there to go.
            (Operation::Add(id), Answer::Done) => {
                next.members.insert(id.clone());
                true
            }
            (Operation::Remove(id), Answer::Done) => {
                next.members.remove(id);
                true
            }
            (Operation::Members, Answer::Ids(ids)) => *ids == self.members,
            (Operation::Find(name), Answer::Ids(ids)) => ids.iter().eq(self.holder(name)),
            _ => false,
        };
        is_right.then_some(next)
    }
}

//! An `or` of many comparisons of one attribute, such as that of a client that looks for a hundred
//! users by name.

use std::collections::HashSet;

use smol_str::SmolStr;

use super::{Condition, Operand, accepts_text};
use crate::{filter::CompareOp, text::fold_shared, value::Value, work::WorkBudget};

/// Texts that an attribute is compared with. Those of `eq` are looked up in a set, so their number
/// does not matter. For all others the value is folded once.
#[derive(Clone, Debug, Default)]
pub(super) struct TextChoice {
    equal: HashSet<SmolStr>,
    /// The same texts, if no other comparison is there.
    keys: Vec<SmolStr>,
    others: Vec<(CompareOp, SmolStr)>,
    is_exact: bool,
}

impl TextChoice {
    fn add(&mut self, op: CompareOp, text: SmolStr) {
        if op != CompareOp::Eq {
            self.others.push((op, text));
            self.keys.clear();
        } else if self.equal.insert(text.clone()) && self.others.is_empty() {
            self.keys.push(text);
        }
    }

    /// The texts of which a value must equal one; empty if another value may be accepted as well.
    pub(super) fn keys(&self) -> &[SmolStr] {
        &self.keys
    }

    pub(super) fn accepts(&self, value: &Value, work: &WorkBudget) -> bool {
        let Value::Text(text) = value else { return false };
        work.read(text);
        let text = if self.is_exact { text.clone() } else { fold_shared(text) };
        let is_so = |(op, other): &(CompareOp, SmolStr)| {
            work.spend(1);
            work.read(&text);
            accepts_text(*op, &text, other)
        };
        self.equal.contains(&text) || self.others.iter().any(is_so)
    }
}

/// The terms of an `or`, with one condition for all that compare the same attribute with texts.
pub(super) fn any<A: Clone>(
    nodes: Vec<Condition<A>>,
    is_same: impl Fn(&A, &A) -> bool,
) -> Condition<A> {
    let mut terms: Vec<Condition<A>> = Vec::with_capacity(nodes.len());
    for node in nodes {
        let Some((at, ..)) = comparison(&node) else {
            terms.push(node);
            continue;
        };
        let is_alike = |it: &&mut Condition<A>| match it {
            Condition::Choose(of, _) => is_same(of, at),
            it => comparison(it).is_some_and(|(of, ..)| is_same(of, at)),
        };
        match terms.iter_mut().find(is_alike) {
            Some(first) => join(first, &node),
            None => terms.push(node),
        }
    }
    Condition::Any(terms)
}

/// A comparison with a text, except `ne`. An `ne` cannot be part of a choice: it also holds for an
/// attribute without a value.
fn comparison<A>(node: &Condition<A>) -> Option<(&A, CompareOp, &SmolStr, bool)> {
    match node {
        Condition::Compare(at, op, Operand::Text { text, is_exact, .. })
            if *op != CompareOp::Ne =>
        {
            Some((at, *op, text, *is_exact))
        }
        _ => None,
    }
}

/// Adds a comparison to the first one of the same attribute, which becomes a choice.
fn join<A: Clone>(first: &mut Condition<A>, second: &Condition<A>) {
    if let Some((at, op, text, is_exact)) = comparison(first) {
        let mut choice = TextChoice { is_exact, ..TextChoice::default() };
        choice.add(op, text.clone());
        *first = Condition::Choose(at.clone(), choice);
    }
    if let (Condition::Choose(_, choice), Some((_, op, text, _))) = (first, comparison(second)) {
        choice.add(op, text.clone());
    }
}

//! In which order the operations of a bulk request can be done.

use std::collections::{BTreeSet, HashMap, HashSet};

use smol_str::SmolStr;

use super::{BulkMethod, BulkOperation};

/// The operations that are not yet done. An operation waits for the operations that create the
/// resources it refers to, and for the previous operation on the same resource. Otherwise the order
/// is that of the request ("the service provider MUST ensure that the client's intent is
/// preserved", RFC 7644 §3.7).
#[derive(Clone, Debug)]
pub struct BulkOrder {
    /// For each operation, the operations that it waits for.
    needs: Vec<BTreeSet<usize>>,
    /// For each operation, the operations that wait for it.
    waiting: Vec<Vec<usize>>,
    is_post: Vec<bool>,
    ready: BTreeSet<usize>,
    open: BTreeSet<usize>,
}

/// What to do next.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BulkStep {
    /// The operation at this index, which waits for no other.
    Perform(usize),
    /// The POST at this index, without its references to resources that do not exist yet. It is one
    /// of several operations that wait for each other in a circle.
    Begin(usize),
}

impl BulkOrder {
    /// The order of these operations.
    pub fn new(operations: &[BulkOperation]) -> Self {
        let makers: HashMap<&SmolStr, usize> = (0..)
            .zip(operations)
            .filter_map(|(at, operation)| Some((operation.makes()?, at)))
            .collect();
        let mut last: HashMap<&SmolStr, usize> = HashMap::new();
        let mut needs: Vec<BTreeSet<usize>> = Vec::with_capacity(operations.len());
        for (at, operation) in (0..).zip(operations) {
            let mut own = BTreeSet::new();
            if let Ok(task) = &operation.task {
                let references = task.references();
                let names = references.data.iter().chain(&references.path);
                own.extend(names.filter_map(|it| makers.get(it)));
                if task.method != BulkMethod::Post {
                    own.extend(last.insert(&operation.path, at));
                }
            }
            needs.push(own);
        }
        let mut waiting = vec![Vec::new(); needs.len()];
        for (at, own) in needs.iter().enumerate() {
            for it in own {
                waiting[*it].push(at);
            }
        }
        let is_post = operations.iter().map(|it| it.makes().is_some()).collect();
        let open: BTreeSet<usize> = (0..needs.len()).collect();
        let ready = open.iter().copied().filter(|it| needs[*it].is_empty()).collect();
        Self { needs, waiting, is_post, ready, open }
    }

    /// Takes the next operation that can be done; `None` when all are done.
    pub fn next_step(&mut self) -> Option<BulkStep> {
        let step = match self.ready.pop_first() {
            Some(at) => BulkStep::Perform(at),
            None => BulkStep::Begin(self.first_post_of_a_circle()?),
        };
        let (BulkStep::Perform(at) | BulkStep::Begin(at)) = step;
        self.open.remove(&at);
        for other in std::mem::take(&mut self.waiting[at]) {
            self.needs[other].remove(&at);
            if self.needs[other].is_empty() && self.open.contains(&other) {
                self.ready.insert(other);
            }
        }
        Some(step)
    }

    /// The first POST of a circle, when every operation waits for another.
    ///
    /// There always is one: an operation waits for a POST, or for an earlier operation on the same
    /// resource, and a circle cannot consist of earlier operations alone.
    fn first_post_of_a_circle(&self) -> Option<usize> {
        let (mut walked, mut seen) = (Vec::new(), HashSet::new());
        let mut at = *self.open.first()?;
        while seen.insert(at) {
            walked.push(at);
            at = *self.needs[at].first()?;
        }
        let circle = walked.into_iter().skip_while(|it| *it != at);
        circle.filter(|it| self.is_post[*it]).min()
    }
}

//! Finding, sorting and paging, over resources of one type or several.
//!
//! A page of everything in the order of creation is taken by ordinals and costs what it holds. Any
//! other list is gone through as a whole, for its total, whichever page is asked for; an index
//! answers where the filter asks for one value of it.

use std::{
    cmp::Ordering,
    collections::{BTreeMap, VecDeque},
    sync::Arc,
};

use super::{Resources, shelf::Shelf};
use crate::scim::{
    CursorPosition, Derive, Page, PageCursor, PageStart, Resource, ScimError, Search, SortOrder,
    Target, WorkBudget,
};

/// The resources that a search found.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// How many match.
    pub total: usize,
    /// The 1-based index of the first one of the page, where it is known without counting.
    pub first: Option<usize>,
    /// Those of the page asked for.
    pub page: Vec<Arc<Resource>>,
    /// Where the page before ends, if there is one.
    pub previous: Option<PageCursor>,
    /// Where the next page begins, if there is one.
    pub next: Option<PageCursor>,
}

/// A resource that matches, and where it stands.
type Hit<'a> = (CursorPosition, &'a Arc<Resource>);

/// A page while a list passes by in its order.
struct SearchWindow<'a> {
    before: usize,
    hits: VecDeque<Hit<'a>>,
    after: usize,
}

impl Resources {
    /// Finds what is asked of each resource type, and takes one page of it.
    ///
    /// Without an order, the types follow each other as given, and within a type the resources as
    /// they were made; so do resources that are sorted alike. While a cursor is followed, whatever
    /// comes and goes, a resource that stays where it is in that order is seen exactly once.
    ///
    /// # Errors
    ///
    /// `tooMany` when that takes more than the budget.
    pub fn search(
        &self,
        asked: &[(&str, &Search)],
        page: &Page,
        derive: &dyn Derive,
        work: &WorkBudget,
    ) -> Result<Found, ScimError> {
        let shelves: Vec<(&Shelf, &Search)> =
            asked.iter().filter_map(|(kind, it)| Some((self.shelf(kind)?, *it))).collect();
        if shelves.iter().all(|(_, it)| it.predicate.is_none() && it.sort.is_none()) {
            let shelves: Vec<&Shelf> = shelves.into_iter().map(|(shelf, _)| shelf).collect();
            return Ok(browse(&shelves, page));
        }
        let mut hits: Vec<Hit<'_>> = Vec::new();
        let order = shelves.iter().find_map(|(_, it)| Some(it.sort.as_ref()?.order));
        let order = order.unwrap_or_default();
        for (at, (shelf, search)) in (0..).zip(&shelves) {
            hits.extend(self.hits(shelf, search, derive, work).map(|(ordinal, it)| {
                let key = search.sort.as_ref().and_then(|sort| sort.key(it, derive, work));
                (CursorPosition { key, type_index: at, ordinal }, it)
            }));
        }
        let mut hits = work.search_result(hits)?;
        hits.sort_unstable_by(|(one, _), (other, _)| compare(order, one, other));
        let mut window = SearchWindow { before: 0, hits: VecDeque::new(), after: 0 };
        for hit in hits {
            window.pass(hit, page, order);
        }
        Ok(window.close(page))
    }

    /// The resources of a shelf that match, with their ordinals.
    fn hits<'a>(
        &'a self,
        shelf: &'a Shelf,
        search: &'a Search,
        derive: &'a dyn Derive,
        work: &'a WorkBudget,
    ) -> Box<dyn Iterator<Item = (u64, &'a Arc<Resource>)> + 'a> {
        let Some(predicate) = &search.predicate else { return Box::new(shelf.entries()) };
        // An id has one candidate at most; any other index may have many.
        let by_id = predicate.keys().filter(|(target, _)| target.is_core("id"));
        let mut keys = by_id.chain(predicate.keys());
        let candidates = keys.find_map(|(target, text)| self.candidates(shelf, target, text));
        let is_hit = move |it: &Resource| !work.is_spent() && predicate.matches(it, derive, work);
        let placed = |it: &'a Arc<Resource>| Some((shelf.ordinal(&it.id)?, it));
        let few = candidates.map(|few| few.into_iter().filter_map(placed).collect::<Vec<_>>());
        let any_of = || predicate.alternatives().find_map(|it| self.candidates_of(shelf, it));
        match few.or_else(any_of) {
            Some(few) => Box::new(few.into_iter().filter(move |(_, it)| is_hit(it))),
            None => Box::new(shelf.entries().filter(move |(_, it)| is_hit(it))),
        }
    }

    /// The few resources that can have one of these values, each once, if indexes know them all.
    fn candidates_of<'a>(
        &'a self,
        shelf: &'a Shelf,
        values: Vec<(&Target, &str)>,
    ) -> Option<Vec<(u64, &'a Arc<Resource>)>> {
        let mut few = BTreeMap::new();
        for (target, text) in values {
            for it in self.candidates(shelf, target, text)? {
                few.extend(shelf.ordinal(&it.id).map(|ordinal| (ordinal, it)));
            }
        }
        Some(few.into_iter().collect())
    }
}

impl<'a> SearchWindow<'a> {
    /// Takes the next one of the list, or counts it.
    fn pass(&mut self, hit: Hit<'a>, page: &Page, order: SortOrder) {
        let is_before = |edge: &CursorPosition| compare(order, &hit.0, edge).is_lt();
        let is_after = match &page.start {
            PageStart::Index(first) => self.before + 1 >= *first,
            PageStart::First => true,
            PageStart::Cursor(PageCursor::After(edge)) => compare(order, &hit.0, edge).is_gt(),
            PageStart::Cursor(PageCursor::Before(edge)) => {
                if !is_before(edge) {
                    self.after += 1;
                    return;
                }
                // Those right before the edge are wanted: the window moves on with the list.
                self.hits.push_back(hit);
                if self.hits.len() > page.count {
                    self.hits.pop_front();
                    self.before += 1;
                }
                return;
            }
        };
        if !is_after {
            self.before += 1;
        } else if self.hits.len() < page.count {
            self.hits.push_back(hit);
        } else {
            self.after += 1;
        }
    }

    fn close(self, page: &Page) -> Found {
        let Self { before, hits, after } = self;
        let first = hits.front().filter(|_| before > 0);
        let last = hits.back().filter(|_| after > 0);
        let (previous, next) = edges(first, last, page);
        Found {
            total: before + hits.len() + after,
            first: Some(before + 1),
            page: hits.into_iter().map(|(_, it)| it.clone()).collect(),
            previous,
            next,
        }
    }
}

/// Takes a page of all resources in the order in which they were made, by their ordinals.
fn browse(shelves: &[&Shelf], page: &Page) -> Found {
    let total = shelves.iter().map(|it| it.len()).sum();
    let found = Found { total, ..Found::default() };
    if let PageStart::Index(first) = page.start {
        return Found { first: Some(first), page: from(shelves, first - 1, page.count), ..found };
    }
    let mut hits: Vec<Hit<'_>> = match &page.start {
        PageStart::Cursor(PageCursor::After(edge)) => {
            after(shelves, edge).take(page.count).collect()
        }
        PageStart::Cursor(PageCursor::Before(edge)) => {
            before(shelves, edge).take(page.count).collect()
        }
        _ => every(shelves, 0).take(page.count).collect(),
    };
    if matches!(page.start, PageStart::Cursor(PageCursor::Before(_))) {
        hits.reverse();
    }
    let first = hits.first().filter(|(rank, _)| before(shelves, rank).next().is_some());
    let last = hits.last().filter(|(rank, _)| after(shelves, rank).next().is_some());
    let (previous, next) = edges(first, last, page);
    let first = (page.start == PageStart::First).then_some(1);
    let page = hits.into_iter().map(|(_, it)| it.clone()).collect();
    Found { first, page, previous, next, ..found }
}

/// The resources from a 0-based place on.
fn from(shelves: &[&Shelf], mut offset: usize, count: usize) -> Vec<Arc<Resource>> {
    let mut page = Vec::new();
    for shelf in shelves {
        if offset >= shelf.len() {
            offset -= shelf.len();
            continue;
        }
        page.extend(shelf.from(offset).take(count - page.len()).cloned());
        offset = 0;
    }
    page
}

/// The resources of the shelves from one on.
fn every<'a>(shelves: &[&'a Shelf], first: usize) -> impl Iterator<Item = Hit<'a>> {
    let from = (0..).zip(shelves).skip(first);
    from.flat_map(|(at, shelf)| shelf.entries().map(move |(ordinal, it)| hit(at, ordinal, it)))
}

/// The resources behind a place.
fn after<'a>(shelves: &[&'a Shelf], edge: &CursorPosition) -> impl Iterator<Item = Hit<'a>> {
    let (at, ordinal) = (edge.type_index, edge.ordinal);
    let shelf = shelves.get(usize::from(at)).copied();
    let same = shelf.into_iter().flat_map(move |it| it.after(ordinal));
    let same = same.map(move |(ordinal, it)| hit(at, ordinal, it));
    same.chain(every(shelves, usize::from(at) + 1))
}

/// The resources before a place, the nearest first.
fn before<'a>(shelves: &[&'a Shelf], edge: &CursorPosition) -> impl Iterator<Item = Hit<'a>> {
    let (last, ordinal) = (edge.type_index, edge.ordinal);
    let up_to = (0..=last).zip(shelves).rev();
    up_to.flat_map(move |(at, shelf)| {
        let end = if at == last { ordinal } else { u64::MAX };
        shelf.before(end).map(move |(ordinal, it)| hit(at, ordinal, it))
    })
}

fn hit(type_index: u16, ordinal: u64, resource: &Arc<Resource>) -> Hit<'_> {
    (CursorPosition { key: None, type_index, ordinal }, resource)
}

/// Where the pages beside this one end and begin, if cursors are used: before its first hit and after its
/// last one, where there are others.
fn edges(
    first: Option<&Hit<'_>>,
    last: Option<&Hit<'_>>,
    page: &Page,
) -> (Option<PageCursor>, Option<PageCursor>) {
    if matches!(page.start, PageStart::Index(_)) {
        return (None, None);
    }
    let rank = |(rank, _): &Hit<'_>| rank.clone();
    (first.map(rank).map(PageCursor::Before), last.map(rank).map(PageCursor::After))
}

fn compare(order: SortOrder, one: &CursorPosition, other: &CursorPosition) -> Ordering {
    let place = |it: &CursorPosition| (it.type_index, it.ordinal);
    order.compare(one.key.as_ref(), other.key.as_ref()).then_with(|| place(one).cmp(&place(other)))
}

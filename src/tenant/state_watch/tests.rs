use serde_json::{Value as Json, json};

use super::*;
use crate::{
    scim::{Dialect, Profile, Rules, SearchRequest},
    tenant::sample::tenant,
};

/// A tenant whose states are looked at when the test says so.
struct Held(Tenant, Groups);

impl Held {
    fn new() -> Self {
        let held = Self(tenant(), Groups::default());
        held.queue().has_thread = true;
        held
    }

    fn queue(&self) -> MutexGuard<'_, Queue> {
        self.0.state_watches.0.queue()
    }

    fn watch(&self, kind: &str, filter: &str, count: Count) -> StateWatch {
        let state = self.0.snapshot();
        let schemas = &state.profile().schemas;
        let dialect = Dialect::of(Profile::Rfc);
        let rules = Rules::new(schemas.resource_type(kind).unwrap(), schemas, &dialect);
        let wanted = (!filter.is_empty()).then(|| filter.to_owned());
        let request = SearchRequest { filter: wanted, ..SearchRequest::default() };
        let predicate = request.resolve(&rules).unwrap().predicate;
        let (kind, base, filter) = (kind.into(), String::new(), filter.to_owned());
        self.0.watch_state(Wanted { kind, predicate, filter, count, base })
    }

    fn user(&self, name: &str, title: &str) -> String {
        let made = self.0.post("User", json!({"userName": name, "title": title})).unwrap();
        made.resource.id.to_string()
    }

    /// The id of the user in a place.
    fn id(&self, place: usize) -> String {
        let state = self.0.snapshot();
        state.resources().all("User").nth(place).unwrap().id.to_string()
    }

    fn group(&self, name: &str, members: &[&str]) {
        let members: Json = members.iter().map(|it| json!({"value": it})).collect();
        self.0.post("Group", json!({"displayName": name, "members": members})).unwrap();
    }

    /// Looks at the next thing; whether there was any.
    fn look_once(&mut self) -> bool {
        let next = self.queue().next();
        let Some((news, behind)) = next else { return false };
        self.1.take(news, behind);
        true
    }

    fn look(&mut self) {
        while self.look_once() {}
    }
}

fn seen(watch: &StateWatch) -> StateWatchProgress {
    watch.seen(Waker::noop())
}

fn counted(seen: Option<(usize, u64)>) -> Option<usize> {
    seen.map(|(count, _)| count)
}

#[test]
fn what_was_written_before_a_wait_expires_is_looked_at_before_it_is_over() {
    for filter in ["title eq \"Chief\"", "groups.display eq \"Pilots\""] {
        let mut held = Held::new();
        let watch = held.watch("User", filter, Count::default());
        held.look();
        let ann = held.user("ann", "Chief");
        held.group("Pilots", &[&ann]);
        held.0.drop_one("User", &ann).unwrap();

        watch.expire();
        let before = seen(&watch);
        held.user("bo", "Chief");
        held.look();

        let after = seen(&watch);
        assert_eq!((counted(before.latest), before.met, before.is_over), (Some(0), None, false));
        assert_eq!((counted(after.met), after.is_over), (Some(1), true), "{filter}");
    }
}

#[test]
fn who_begins_is_told_of_the_present_state_before_older_ones_are_looked_at() {
    let mut held = Held::new();
    let first = held.watch("User", "", Count::at_least(9));
    held.look();
    for name in ["ann", "bo", "cy"] {
        held.user(name, "Chief");
    }

    let second = held.watch("User", "", Count::exactly(1));
    let third = held.watch("User", "title eq \"Chief\"", Count::exactly(2));
    assert!(held.look_once() && held.look_once());

    assert_eq!(held.queue().states, 3);
    assert_eq!(counted(seen(&first).latest), Some(0));
    assert_eq!([&second, &third].map(|it| counted(seen(it).latest)), [Some(3); 2]);
    held.look();
    let all = [&first, &second, &third].map(seen);
    assert_eq!(all.clone().map(|it| counted(it.latest)), [Some(3); 3]);
    assert_eq!(all.map(|it| counted(it.met)), [None; 3], "a state before it began met a wait");
}

#[test]
fn a_filter_that_takes_more_than_a_look_may_is_refused() {
    let mut held = Held::new();
    held.1 = Groups::with_work(20);
    let watches = [
        held.watch("User", "title co \"hief\"", Count::at_least(99)),
        held.watch("User", "groups.display eq \"Pilots\"", Count::at_least(99)),
    ];
    held.look();
    assert!(watches.iter().all(|it| seen(it).refused.is_none()));

    let members: Vec<String> = (0..40).map(|n| held.user(&format!("user {n}"), "Chief")).collect();
    held.group("Pilots", &members.iter().map(String::as_str).collect::<Vec<_>>());
    let late = held.watch("User", "title co \"hie\"", Count::at_least(99));
    held.look();

    let refused = [&watches[0], &watches[1], &late].map(|it| seen(it).refused.map(|it| it.code()));
    // From state to state only one user differs, unless all must be looked at again.
    assert_eq!(refused, [None, Some(400), Some(400)]);
    assert!(seen(&late).refused.unwrap().detail().contains("maxWork"));
}

#[test]
fn a_queue_that_is_full_leaves_all_states_out_but_the_newest_and_says_how_many() {
    let mut held = Held::new();
    let watch = held.watch("User", "", Count::at_least(2));
    held.look();
    let began = held.0.revision();
    held.user("ann", "Chief");
    let (state, most) = (held.0.snapshot(), u64::try_from(MOST_STATES).unwrap());
    for revision in began + 2..=began + most {
        held.queue().tell(&state, revision);
    }
    watch.expire();
    assert_eq!(held.queue().states, MOST_STATES);

    held.queue().tell(&state, began + most + 1);
    let late = held.watch("User", "", Count::at_least(3));
    assert_eq!(held.queue().states, 2);
    held.look();

    let after = seen(&watch);
    assert_eq!((after.skipped, after.is_over), (most - 1, true));
    assert_eq!(after.latest, Some((1, began + most + 1)));
    assert_eq!(seen(&late).skipped, most - 2, "it began at the second revision");
}

#[test]
fn a_filter_over_what_follows_from_others_leaves_states_out_when_too_many_are_waiting() {
    let mut held = Held::new();
    let watch = held.watch("User", "groups.display eq \"Pilots\"", Count::at_least(2));
    let plain = held.watch("User", "title eq \"Chief\"", Count::at_least(9));
    let ann = held.user("ann", "Chief");
    held.look();

    held.group("Pilots", &[&ann]);
    let news = held.queue().news.pop_front().unwrap();
    held.queue().states -= 1;
    held.1.take(news, Behind { are_many: true, is_late: false });
    let behind = seen(&watch);
    watch.expire();
    held.look();

    let after = seen(&watch);
    assert_eq!((counted(behind.latest), behind.skipped), (Some(0), 1));
    // The last state is looked at in the end, so none was left out.
    assert_eq!((counted(after.latest), after.skipped, after.is_over), (Some(1), 0, true));
    assert_eq!(seen(&plain).skipped, 0);
}

/// Leaves so few steps to those who are late that one look takes more.
fn late(held: &mut Held) {
    let members: Vec<String> = (0..40).map(|n| held.user(&format!("user {n}"), "Chief")).collect();
    held.group("Pilots", &members.iter().map(String::as_str).collect::<Vec<_>>());
    held.1.late_work = 1;
}

#[test]
fn who_is_late_is_told_of_the_newest_state_and_of_how_many_were_left_out() {
    for filter in ["groups.display eq \"Pilots\"", "title co \"hief\""] {
        let mut held = Held::new();
        let over = held.watch("User", filter, Count::at_least(99));
        let other = held.watch("User", "groups.display sw \"P\"", Count::exactly(38));
        let all = held.watch("User", "", Count::exactly(37));
        held.look();
        late(&mut held);
        held.0.drop_one("User", &held.id(0)).unwrap();
        held.0.drop_one("User", &held.id(0)).unwrap();
        held.0.drop_one("User", &held.id(0)).unwrap();

        over.expire();
        let states = held.queue().states;
        held.look();

        let (over, other, all) = (seen(&over), seen(&other), seen(&all));
        assert_eq!((states, over.is_over), (44, true), "{filter}");
        assert_eq!(counted(over.latest), Some(37), "{filter}");
        assert!((40..=43).contains(&over.skipped), "{filter}: {}", over.skipped);
        // Those who are not late lose moments too, and look at the newest state in the end.
        assert_eq!((counted(other.latest), counted(other.met)), (Some(37), None));
        assert!(other.skipped >= 40, "{}", other.skipped);
        // What takes no steps is never left out.
        assert_eq!((counted(all.met), all.skipped), (Some(37), 0));
    }
}

#[test]
fn who_is_not_late_has_its_steps_again_when_all_who_were_late_are_told() {
    let mut held = Held::new();
    let over = held.watch("User", "groups.display sw \"Pilots\"", Count::at_least(99));
    let other = held.watch("User", "groups.display sw \"Pilots\"", Count::exactly(1));
    held.look();
    late(&mut held);
    over.expire();
    held.look();
    let before = seen(&other).skipped;

    let ann = held.user("ann", "Chief");
    held.group("Pilots too", &[&ann]);
    held.look();

    let after = seen(&other);
    assert_eq!((counted(after.latest), after.skipped), (Some(41), before));
}

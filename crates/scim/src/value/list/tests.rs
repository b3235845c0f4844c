use proptest::prelude::*;
use serde_json::json;

use super::*;

/// An operation that a test does on a list, and on the vector that it must agree with.
#[derive(Clone, Debug)]
enum Step {
    Push(Value),
    Set(usize, Value),
    Remove(usize),
}

fn values() -> impl Strategy<Value = Value> {
    let key = || prop::sample::select(vec!["a", "A", "b", "å", "Å", "c"]);
    let object = |value: Option<&str>, kind: Option<&str>| {
        let entries = [("value", value), ("type", kind)];
        let entries = entries.into_iter().filter_map(|(name, it)| it.map(|it| (name, it.into())));
        Value::Object(entries.collect())
    };
    prop_oneof![
        key().prop_map(Value::from),
        (key(), prop::option::of(key())).prop_map(move |(value, kind)| object(Some(value), kind)),
        key().prop_map(move |kind| object(None, Some(kind))),
        any::<bool>().prop_map(Value::from),
    ]
}

fn steps() -> impl Strategy<Value = Vec<Step>> {
    let step = prop_oneof![
        3 => values().prop_map(Step::Push),
        1 => (any::<usize>(), values()).prop_map(|(at, value)| Step::Set(at, value)),
        2 => any::<usize>().prop_map(Step::Remove),
    ];
    prop::collection::vec(step, 0..30)
}

fn apply(steps: Vec<Step>, list: &mut List, model: &mut Vec<Value>) {
    for step in steps {
        let position = |list: &List, at: usize| list.entries().nth(at).map(|(at, _)| at);
        match step {
            Step::Push(value) => {
                let at = list.push(value.clone());
                assert_eq!(list.get(at), Some(&value));
                model.push(value);
            }
            Step::Set(at, value) if !model.is_empty() => {
                let at = at % model.len();
                list.set(position(list, at).unwrap(), value.clone());
                model[at] = value;
            }
            Step::Remove(at) if !model.is_empty() => {
                let at = at % model.len();
                list.remove(position(list, at).unwrap());
                model.remove(at);
            }
            _ => {}
        }
    }
}

proptest! {
    #[test]
    fn a_list_behaves_like_a_vector_at_any_length(
        start in prop::collection::vec(values(), 0..48),
        steps in steps(),
        asked in values(),
    ) {
        let mut list: List = start.iter().cloned().collect();
        let mut model = start;

        apply(steps, &mut list, &mut model);

        prop_assert!(list.iter().eq(&model));
        prop_assert_eq!(list.len(), model.len());
        prop_assert_eq!(list.contains(&asked), model.contains(&asked));
        prop_assert_eq!(&list, &model.iter().cloned().collect());
        prop_assert_eq!(&list, &List::derived(model.clone()));
        let key = |it: &Value| key_of(it);
        for asked in model.iter().filter_map(key) {
            let keyed = list.keyed(&asked).map(|(at, it)| (list.get(at), it));
            let expected = model.iter().filter(|it| key(it).as_ref() == Some(&asked));
            prop_assert!(keyed.eq(expected.map(|it| (Some(it), it))));
        }
    }

    #[test]
    fn the_difference_is_the_values_that_only_one_list_has(
        start in prop::collection::vec(values(), 0..48),
        steps in steps(),
        is_shared in any::<bool>(),
    ) {
        let before: List = start.iter().cloned().collect();
        let (mut after, mut model) = (before.clone(), start.clone());
        apply(steps, &mut after, &mut model);
        let after = if is_shared { after } else { model.iter().cloned().collect() };

        let (added, removed) = before.difference(&after);

        prop_assert!(added.iter().all(|it| model.contains(it) && !start.contains(it)));
        prop_assert!(removed.iter().all(|it| start.contains(it) && !model.contains(it)));
        prop_assert!(model.iter().all(|it| start.contains(it) || added.contains(it)));
        prop_assert!(start.iter().all(|it| model.contains(it) || removed.contains(it)));
        prop_assert_eq!(before == after, start == model);
    }
}

#[test]
fn a_change_of_a_list_does_not_change_its_copy() {
    for length in [3, 31, 32, 100] {
        let original: List = (0..length).map(|n| Value::from(&*n.to_string())).collect();
        let mut copy = original.clone();

        copy.push(Value::from("new"));
        let first = copy.entries().next().map(|(at, _)| at);
        copy.remove(first.unwrap());

        assert_eq!(original.len(), length);
        assert_eq!(original.iter().next(), Some(&Value::from("0")));
        assert_eq!(copy.iter().last(), Some(&Value::from("new")));
    }
}

#[test]
fn a_value_is_found_by_some_of_its_sub_attributes() {
    let value = |json: serde_json::Value| {
        let members = json.as_object().unwrap();
        let entries = members.iter().map(|(name, it)| (&**name, it.as_str().unwrap().into()));
        Value::Object(entries.collect())
    };
    let list: List = [value(json!({"value": "a", "type": "work"})), value(json!({"value": "b"}))]
        .into_iter()
        .collect();
    let like =
        |json| list.position_like(&value(json), &WorkBudget::default()).map(|Position(at)| at);

    assert_eq!(like(json!({"value": "A"})), Some(0));
    assert_eq!(like(json!({"type": "WORK"})), Some(0));
    assert_eq!(like(json!({"value": "b", "type": "work"})), None);
    assert_eq!(
        List::from_iter([Value::from("x")]).position_like(&"X".into(), &WorkBudget::default()),
        Some(Position(0))
    );
}

#[test]
fn a_position_of_another_list_changes_nothing() {
    for length in [3, 40] {
        let mut list: List = (0..length).map(|n| Value::from(&*n.to_string())).collect();
        let before = list.clone();

        list.remove(Position(1_000));
        list.set(Position(1_000), Value::from("x"));

        assert_eq!(list, before);
        assert_eq!(list.get(Position(1_000)), None);
    }
}

use proptest::prelude::*;
use rstest::rstest;

use super::super::sample::{all, at};
use super::*;

fn filter(text: &str) -> TrafficFilter {
    text.parse().unwrap_or_else(|error| panic!("{text}: {error}"))
}

/// The numbers of the sample exchanges that are meant, half a minute after the first.
fn meant(text: &str) -> Vec<u64> {
    let filter = filter(text);
    let all = all();
    all.iter().filter(|it| filter.matches(it, at(30))).map(|it| it.seq).collect()
}

#[rstest]
#[case("op:create", &[1, 2, 16])]
#[case("op:find,LIST", &[3, 4, 5, 17, 18, 19])]
#[case("op:login", &[24])]
#[case("op:admin", &[23, 24])]
#[case("type:group", &[10, 11, 12, 21, 22])]
#[case("type:token", &[23])]
#[case("type:admin", &[23, 24])]
#[case("status:409", &[16])]
#[case("status:401,5xx", &[17, 18, 21])]
#[case("status:>=400 -status:401", &[16, 19, 20, 21])]
#[case("status:400..404", &[17, 18, 19, 20])]
#[case("status:=409", &[16])]
#[case("user:anna.larsson@acme.se op:find", &[3])]
#[case("user:ANNA.larsson@acme.se op:patch", &[7, 8, 9, 13])]
#[case("user:anna.larsson@acme", &[])]
#[case("user:~anna.larsson@acme op:find", &[3])]
#[case("user:\"anna larsson\" op:patch", &[7, 8, 9, 13])]
#[case("user:~zoë", &[10])]
#[case("user:90aa", &[11])]
#[case("group:Finance", &[10, 11, 12, 21, 22])]
#[case("group:Fin", &[12])]
#[case("group:~fin", &[10, 11, 12, 21, 22])]
#[case("group:=Fin", &[12])]
#[case("id:4f2c status:4xx", &[20])]
#[case("id:~B31D", &[10])]
#[case("id:B31D", &[10])]
#[case("id:B31", &[])]
#[case("attr:active", &[8])]
#[case("attr:manager", &[9])]
#[case("attr:title,members", &[7, 10, 11, 14])]
#[case("attr:lastModified | attr:version", &[9])]
#[case("what:noop", &[13])]
#[case("what:created", &[1, 2, 22])]
#[case("what:deleted", &[15])]
#[case("scimtype:invalidfilter", &[19])]
#[case("auth:missing", &[17])]
#[case("auth:bad", &[18])]
#[case("from:curl", &[17])]
#[case("from:Entra/1.0 n:<3", &[1, 2])]
#[case("method:put", &[14])]
#[case("method:pu", &[])]
#[case("method:~pu", &[14])]
#[case("path:anna.larsson@acme.se", &[3])]
#[case("path:~\"users/4f2c$\" op:get", &[6, 20])]
#[case("path:~(Users|Groups)/8991", &[10, 11, 12, 21])]
#[case("hdr:77b1", &[18])]
#[case("hdr:\"authorization: Bearer\"", &[18])]
#[case("body:{} n:1..2", &[1, 2])]
#[case("req:{} n:17..18", &[17])]
#[case("took:>3ms n:1", &[1])]
#[case("took:3 n:1", &[1])]
#[case("took:<3100us", &[])]
#[case("size:<4", &[18])]
#[case("size:4b n:1", &[1])]
#[case("n:3", &[3])]
#[case("since:10s", &[21, 22, 23, 24])]
#[case("-since:1m", &[])]
#[case("finding:stringBoolean", &[8])]
#[case("finding:any", &[8])]
#[case("is:error", &[16, 17, 18, 19, 20, 21])]
#[case("~e -~c 401", &[16, 19, 20, 21])]
#[case("~c >=500", &[21])]
#[case("~m put | ~u authent", &[14, 24])]
#[case("~src curl & ~e", &[17])]
#[case("~bq \\{\\} ~bs . n:1", &[1])]
#[case("no change", &[13])]
#[case("larsson default", &[1])]
#[case("\"no change\"", &[13])]
#[case("!(op:patch | op:list | op:find) !user:~anna !type:admin", &[20, 22])]
#[case("--n:3", &[3])]
#[case("", &[1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22, 23, 24])]
fn a_filter_means_these_exchanges(#[case] text: &str, #[case] expected: &[u64]) {
    assert_eq!(meant(text), expected);
}

#[rstest]
#[case("stauts:409", 0, 6, "no key `stauts`, did you mean `status`?")]
#[case("op:patch urn:ietf", 9, 3, "no key `urn`; quote text that holds a colon")]
#[case(
    "op:crate",
    3,
    5,
    "`op` takes no `crate`, but create replace patch delete get find list bulk discover login admin signin signout entra unknown, did you mean `create`?"
)]
#[case("status:4y4", 7, 3, "`status` takes no `4y4`, but 409 4xx >=400 200,201 400..499")]
#[case("Zoë took:5h", 10, 2, "`took` takes no `5h`, but >200ms 120..140 <1s")]
#[case("since:>5m", 6, 3, "`since` takes no `>5m`, but 5m 30s 2h")]
#[case("status:", 0, 6, "`status` wants a value, such as 409")]
#[case("status:200,", 11, 0, "`status` wants a value, such as 409")]
#[case("~c", 0, 2, "`status` wants a value, such as 409")]
#[case("~zz 1", 0, 3, "no shorthand `~zz`; there are ~c ~src ~m ~u ~h ~b ~bq ~bs ~e")]
#[case("user:>5", 5, 2, "`user` is a text: `>` compares numbers")]
#[case("path:~\"[\"", 5, 4, "no regular expression: found unclosed character class")]
#[case("(op:patch", 0, 1, "this bracket is never closed")]
#[case("op:patch)", 8, 1, "this bracket closes nothing")]
#[case("()", 1, 0, "a test is missing here")]
#[case("op:patch |", 10, 0, "a test is missing here")]
#[case("-", 1, 0, "a test is missing here")]
#[case("a \"b", 2, 2, "this quote is never closed")]
fn a_mistake_is_said_and_shown(
    #[case] text: &str,
    #[case] offset: usize,
    #[case] length: usize,
    #[case] message: &str,
) {
    let error = text.parse::<TrafficFilter>().unwrap_err();

    assert_eq!((error.offset, error.length, error.to_string().as_str()), (offset, length, message));
}

#[test]
fn nesting_and_length_have_a_limit() {
    let nested = |depth: usize| format!("{}a{}", "(".repeat(depth), ")".repeat(depth));

    assert!(nested(32).parse::<TrafficFilter>().is_ok());
    assert_eq!(nested(33).parse::<TrafficFilter>().unwrap_err().offset, 33);
    assert_eq!(
        "-".repeat(4_000).parse::<TrafficFilter>().unwrap_err().message,
        "nested deeper than 32"
    );
    assert_eq!("a".repeat(5_000).parse::<TrafficFilter>().unwrap_err().offset, 4_096);
}

#[rstest]
#[case("  op:PATCH & status:4xx  ", "op:patch status:4xx")]
#[case("(a|b)c", "(a | b) c")]
#[case("!(a)", "-a")]
#[case("((a b))", "a b")]
#[case("took:120", "took:120ms")]
#[case("~u Users", "path:~Users")]
#[case("~e", "is:error")]
#[case("\"a:b\" \"-c\" \"d\"", "\"a:b\" \"-c\" d")]
#[case("path:~\"a|b\\d\"", "path:~\"a|b\\\\d\"")]
#[case("user:=\"Anna Larsson\",Zoë", "user:=\"Anna Larsson\",Zoë")]
#[case("hdr:\">x\"", "hdr:\">x\"")]
fn a_filter_has_one_spelling(#[case] text: &str, #[case] spelling: &str) {
    assert_eq!(filter(text).to_string(), spelling);
}

#[test]
fn only_since_looks_at_the_clock() {
    assert!(filter("a (op:patch | -since:5m)").depends_on_time());
    assert!(!filter("a n:5 \"since:5m\"").depends_on_time());
}

fn texts() -> impl Strategy<Value = String> {
    prop_oneof!["[a-zA-Z0-9å王]{1,6}", "[-!~&=<>:,.()|\"\\\\ a\t]{1,6}", "\\PC{1,6}"]
}

fn patterns() -> impl Strategy<Value = Pattern> {
    prop_oneof![
        texts().prop_map(|it| Pattern::Plain(value::Folded::new(&it))),
        texts().prop_map(|it| Pattern::Whole(value::Folded::new(&it))),
        "[a-z.*+|\\\\d\" ]{1,6}".prop_filter_map("a regular expression", |it| Pattern::regex(
            &it,
            1 << 16
        )
        .ok()),
    ]
}

fn tests() -> impl Strategy<Value = FilterNode> {
    let words =
        texts().prop_map(|it| Values::Patterns(vec![Pattern::Plain(value::Folded::new(&it))]));
    let keyed = (0..KEYS.len()).prop_flat_map(|at| {
        let key = &KEYS[at];
        let quantity = |units: key::Units| {
            let unit = prop::sample::select(units);
            (0..100_000u64, unit).prop_map(|(number, unit)| Quantity { number, unit })
        };
        let values = match key.reads {
            Reads::Words(words) => {
                prop::collection::vec(0..words.len(), 1..3).prop_map(Values::Words).boxed()
            }
            Reads::Texts(_) | Reads::Names(_) => {
                let is_whole = matches!(key.reads, Reads::Names(_));
                let can_match = move |it: &Pattern| {
                    !is_whole || it.plain().is_none_or(|text| !text.contains('*'))
                };
                let pattern = patterns().prop_filter("no glob", can_match);
                prop::collection::vec(pattern, 1..3).prop_map(Values::Patterns).boxed()
            }
            Reads::Number(_, units) => {
                let side = prop::sample::select(&value::Side::ALL[..]);
                let amount = prop_oneof![
                    quantity(units).prop_map(Amount::Exact),
                    (quantity(units), 0..9u64).prop_map(|(first, more)| {
                        let last = Quantity { number: first.number + more, ..first };
                        Amount::Range(first, last)
                    }),
                    (side, quantity(units))
                        .prop_map(|((_, side), bound)| Amount::Side(side, bound)),
                ];
                let can_match = move |it: &Amount| key.impossible(it).is_none();
                let amount = amount.prop_filter("an amount that there could be", can_match);
                prop::collection::vec(amount, 1..3).prop_map(Values::Amounts).boxed()
            }
            Reads::Age(units) => quantity(units).prop_map(Values::Age).boxed(),
        };
        values.prop_map(move |it| FilterNode::Test(key, it))
    });
    prop_oneof![words.prop_map(|it| FilterNode::Test(&WORD, it)), keyed]
}

fn filters() -> impl Strategy<Value = TrafficFilter> {
    let node = tests().prop_recursive(4, 16, 3, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 2..4).prop_map(FilterNode::Any),
            prop::collection::vec(inner.clone(), 2..4).prop_map(FilterNode::All),
            inner.prop_map(|it| FilterNode::Not(Box::new(it))),
        ]
    });
    node.prop_map(|it| TrafficFilter { root: Some(it) })
}

proptest! {
    #[test]
    fn what_is_printed_reads_back_as_the_same(filter in filters()) {
        prop_assert_eq!(&filter.to_string().parse::<TrafficFilter>(), &Ok(filter));
    }

    #[test]
    fn any_text_is_a_filter_or_a_mistake_within_it(text in "[-!~&=<>:,.()|\"\\\\ a4opxstatus\tåc]{0,24}") {
        match text.parse::<TrafficFilter>() {
            Ok(filter) => prop_assert_eq!(&filter.to_string().parse::<TrafficFilter>(), &Ok(filter)),
            Err(error) => prop_assert!(text.get(error.offset..error.offset + error.length).is_some()),
        }
    }

    #[test]
    fn any_filter_matches_any_exchange_without_panic(filter in filters(), second in -9_000_000_000..9_000_000_000i64) {
        let now = at(second);
        let meant = all().iter().filter(|it| filter.matches(it, now)).count();
        let others = TrafficFilter { root: filter.root.map(|it| FilterNode::Not(Box::new(it))) };
        let unmeant = all().iter().filter(|it| others.matches(it, now)).count();

        prop_assert_eq!(meant + unmeant, all().len());
    }
}

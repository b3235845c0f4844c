mod vectors;

use std::collections::BTreeMap;

use proptest::prelude::*;
use rstest::rstest;

use super::*;
use crate::AppRole;

/// An object with the attributes that a test names.
struct Object(BTreeMap<&'static str, SourceValue>);

impl Attributes for Object {
    fn value(&self, name: &str) -> SourceValue {
        self.0.get(name).cloned().unwrap_or_default()
    }
}

fn moment() -> EvaluationContext {
    EvaluationContext { now: "2021-07-02T15:33:38Z".parse().unwrap(), seed: 7 }
}

/// The expression's value, for an object with these texts.
fn value(text: &str, attributes: &[(&'static str, &str)]) -> Result<SourceValue, String> {
    let attributes = attributes.iter().map(|(name, text)| (*name, (*text).into()));
    evaluated(text, attributes.collect())
}

fn evaluated(
    text: &str,
    attributes: BTreeMap<&'static str, SourceValue>,
) -> Result<SourceValue, String> {
    let expression: Expression = text.parse().map_err(|it: ExpressionError| it.to_string())?;
    expression.evaluate(&Object(attributes), &moment(), "userName").map(|it| it.value)
}

#[rstest]
#[case("CBool([a] = [b])", false)]
#[case("CBool([a] = [a])", true)]
#[case("CBool([nothing] = [nothing])", true)]
#[case("CBool([a] <> [nothing])", true)]
#[case(r#"CBool("10" > "9")"#, true)]
#[case(r#"CBool("a" < "b")"#, true)]
#[case(r#"CBool(CDate("2021-10-02") > CDate("2021-9-30"))"#, true)]
#[case("CBool(3 >= 3)", true)]
#[case("CBool(3 <= 2)", false)]
#[case("CBool(0)", false)]
#[case("CBool(-1)", true)]
#[case(r#"Not("True")"#, false)]
#[case(r#"Not("whatever")"#, true)]
#[case("IsNull([nothing])", true)]
#[case("IsNull([empty])", false)]
#[case("IsNullOrEmpty([empty])", true)]
#[case("IsPresent([a])", true)]
#[case("IsString([a])", true)]
#[case("IsString(1)", false)]
fn conditions_are_decided(#[case] expression: &str, #[case] expected: bool) {
    let attributes = [("a", "A"), ("b", "B"), ("empty", "")];

    assert_eq!(value(expression, &attributes), Ok(expected.into()));
}

fn list(texts: &[&str]) -> SourceValue {
    SourceValue::List(texts.iter().map(SmolStr::new).collect())
}

#[rstest]
#[case(r#"Split("PermissionSetOne, PermissionSetTwo", ",")"#, list(&["PermissionSetOne", "PermissionSetTwo"]))]
#[case("Count([proxyAddresses])", 3.into())]
#[case("Item([proxyAddresses], 1)", "smtp:a".into())]
#[case("Item([proxyAddresses], 4)", SourceValue::Absent)]
#[case("RemoveDuplicates([proxyAddresses])", list(&["smtp:a", "SMTP:b"]))]
#[case(r#"Join("; ", [proxyAddresses], "x")"#, "smtp:a; SMTP:b; smtp:a; x".into())]
#[case("CStr([manager])", "0001".into())]
#[case("SingleAppRoleAssignment([appRoleAssignments])", "Approver".into())]
#[case(r#"SelectUniqueValue("a", [nothing], "b")"#, list(&["a", "b"]))]
#[case("Append([nothing], \"@contoso.com\")", SourceValue::Absent)]
fn lists_references_and_roles_are_read(#[case] expression: &str, #[case] expected: SourceValue) {
    let role = AppRole { id: "r1".into(), value: None, display_name: "Approver".into() };
    let attributes = BTreeMap::from([
        ("proxyAddresses", list(&["smtp:a", "SMTP:b", "smtp:a"])),
        ("manager", SourceValue::Reference("0001".into())),
        ("appRoleAssignments", SourceValue::Roles(vec![role])),
    ]);

    assert_eq!(evaluated(expression, attributes), Ok(expected));
}

#[rstest]
#[case("", 0, "expected a function")]
#[case("[mail]", 0, "an expression is a function")]
#[case("append([mail], \"x\")", 0, "no function `append`; did you mean `Append`?")]
#[case("Append([mail])", 0, "Append does not take 1 arguments: Append(source, suffix)")]
#[case("Append([mail], )", 0, "Append needs argument 2")]
#[case("Append([mail] \"x\")", 14, "expected \",\" or \")\", found")]
#[case("Append([mail, \"x\")", 7, "this attribute has no closing bracket")]
#[case("Append([], \"x\")", 7, "an attribute has a name")]
#[case("Append([mail], \"x)", 15, "this text has no closing quote")]
#[case(r#"Append([mail], "a\d")"#, 17, "a backslash in a text is written twice")]
#[case("Append([mail], x)", 15, "`x` is no function call; a text stands in quotes")]
#[case("Append([mail], \"x\") y", 20, "expected the end, found \"y\"")]
#[case("Left([mail], 1.5)", 13, "numbers are whole")]
#[case("Left([mail], 99999999999999999999)", 13, "expected a whole number")]
#[case("IIF([a]=1 AND [b]=2, 1, 2)", 10, "there is no AND and no OR: nest IIF")]
#[case("Switch([a], \"\", \"k\", \"v\", \"k2\")", 0, "come in pairs")]
#[case("Not(SelectUniqueValue(\"a\", \"b\"))", 4, "cannot stand inside another function")]
#[case("Append([appRoleAssignments], \"x\")", 0, "roles are read by role functions")]
#[case("SingleAppRoleAssignment([mail])", 0, "roles are read by role functions")]
#[case("Replace([mail], \"a\", , , , , )", 0, "Replace needs oldValue with")]
#[case("Replace([mail], , \"(\", , \"\", , )", 18, "no regular expression")]
#[case("Replace([mail], , \"(?=a)\", , \"\", , )", 18, "look-around")]
#[case("Replace([mail], , \"(?<a>b)\", \"c\", \"\", , )", 29, "has no group `c`")]
#[case("DateAdd(\"w\", 1, Now())", 8, "interval is yyyy, m, d, ww, h, n or s, not \"w\"")]
#[case("FormatDateTime([a], , \"d\", \"yyyy\")", 22, "the date format \"d\" is too short")]
#[case("FormatDateTime([a], \"Nonsense\", \"dd\", \"yyyy\")", 20, "no DateTimeStyles value")]
#[case("ToLower([a], \"not a culture\")", 13, "is no culture such as sv-SE")]
#[case("Split([a], \"\")", 11, "Split needs a delimiter")]
#[case("InStr([a], \"b\", 1, \"binary\")", 19, "compareType is vbBinaryCompare or vbTextCompare")]
#[case("Mid([mail],0,1)", 11, "start is a whole number from 1, not 0")]
#[case("Mid([mail], 1, -1)", 15, "length is a whole number from 0, not -1")]
#[case("Mid([mail], \"x\", 1)", 12, "start is a whole number, not \"x\"")]
#[case("Item([mail],0)", 12, "index is a whole number from 1, not 0")]
#[case("InStr([mail], \"a\", 0)", 19, "start is a whole number from 1, not 0")]
#[case("Left([mail], \"\")", 13, "numChars is a whole number, not \"\"")]
#[case("Word([mail], \"two\", \" \")", 13, "wordNumber is a whole number, not \"two\"")]
#[case("BitAnd([mail], \"x\")", 15, "value2 is a whole number, not \"x\"")]
#[case("RandomString(300,0,0,0,0,\"\")", 13, "length is at most 256, not 300")]
#[case("RandomString(5, 3, 3, 0, 0, [mail])", 13, "no room for the 6 characters")]
#[case("RandomString(5, -3, 0, 0, 0)", 16, "minimumNumbers is a whole number from 0, not -3")]
#[case("RandomString(2, 1, 0, 0, 0, \"0123456789\")", 0, "leaves nothing to choose from")]
#[case("DateAdd(\"d\",1,\"nodate\")", 14, "\"nodate\" is no date")]
#[case("DateAdd(\"d\", [a], \"nodate\")", 18, "\"nodate\" is no date")]
#[case("DateAdd(\"d\", \"x\", [a])", 13, "value is a whole number, not \"x\"")]
#[case("DateDiff(\"d\", \"nodate\", [a])", 14, "\"nodate\" is no date")]
#[case("DateDiff(\"d\", [a], 7)", 19, "\"7\" is no date")]
#[case("Append(CDate(\"nodate\"), [a])", 7, "CDate: \"nodate\" is no date")]
#[case("DateFromNum(-1)", 0, "-1 is no date of Active Directory")]
#[case("FormatDateTime(\"x\", , \"yyyy\", \"yy\")", 0, "\"x\" is not of the format yyyy")]
#[case("IIF(\"perhaps\", [a], [b])", 4, "expected True, False or a number, found \"perhaps\"")]
fn a_mistake_is_named_with_its_place(
    #[case] text: &str,
    #[case] offset: usize,
    #[case] message: &str,
) {
    let error = text.parse::<Expression>().unwrap_err();

    assert!(error.message.contains(message), "{error}");
    assert_eq!(error.offset, offset, "{error}");
}

#[test]
fn an_unknown_attribute_is_refused_when_the_expression_is_bound() {
    let expression: Expression = "Append([mail], [userPrincpalName])".parse().unwrap();

    let error = expression.bind(ObjectType::User).unwrap_err();

    assert_eq!(
        error.to_string(),
        "users have no attribute `userPrincpalName`; did you mean `userPrincipalName`? \
         At byte 15: end([mail], [userPrincpa"
    );
}

#[rstest]
#[case("Mid([a], [zero], 1)", "Mid: start is a whole number from 1, not 0")]
#[case("Left([a], [a])", "Left: numChars is a whole number, not \"A\"")]
#[case("Item([a], [zero])", "Item: index is a whole number from 1, not 0")]
#[case("CDate([a])", "CDate: \"A\" is no date")]
#[case("CBool([a])", "CBool: expected True, False or a number, found \"A\"")]
#[case(
    "FormatDateTime([a], , \"yyyy\", \"yy\")",
    "FormatDateTime: \"A\" is not of the format yyyy"
)]
#[case("DateAdd(\"yyyy\", 9000, Now())", "DateAdd: value 9000 leads out of the calendar")]
#[case(
    "Append([manager], \"\")",
    "Append: a reference to another object is no text; CStr makes one of it"
)]
#[case(
    "RandomString(5, [three], [three], 0, 0)",
    "RandomString: length 5 has no room for the 6 characters that must be"
)]
#[case(
    "RandomString(2, 1, 0, 0, 0, [digits])",
    "RandomString: charactersToAvoid leaves nothing to choose from"
)]
#[case("RandomString([long], 0, 0, 0, 0)", "RandomString: length is at most 256, not 257")]
fn what_an_object_cannot_give_fails_with_the_function(#[case] text: &str, #[case] message: &str) {
    let attributes = BTreeMap::from([
        ("a", "A".into()),
        ("zero", "0".into()),
        ("three", 3.into()),
        ("long", 257.into()),
        ("digits", "0123456789".into()),
        ("manager", SourceValue::Reference("0001".into())),
    ]);

    assert_eq!(evaluated(text, attributes), Err(message.into()));
}

#[test]
fn a_random_text_has_the_required_characters_and_repeats() {
    let text = r#"RandomString(10,2,2,2,1,"?,")"#;
    let SourceValue::Text(drawn) = value(text, &[]).unwrap() else { panic!("no text") };

    let count = |of: fn(&char) -> bool| drawn.chars().filter(of).count();
    assert_eq!(drawn.chars().count(), 10);
    assert!(count(char::is_ascii_digit) >= 2 && count(char::is_ascii_punctuation) >= 2, "{drawn}");
    assert!(count(char::is_ascii_uppercase) >= 2 && count(char::is_ascii_lowercase) >= 1);
    assert!(!drawn.contains(['?', ',']));
    assert_eq!(value(text, &[]), Ok(SourceValue::Text(drawn.clone())));
    assert_ne!(value(text, &[("objectId", "1")]), Ok(SourceValue::Text(drawn)));
}

#[test]
fn a_guid_is_one_of_version_4() {
    let SourceValue::Text(guid) = value("Guid()", &[]).unwrap() else { panic!("no text") };

    assert_eq!(uuid::Uuid::parse_str(&guid).unwrap().get_version_num(), 4);
}

#[test]
fn redact_and_ignore_flags_are_set_beside_the_value() {
    let expression: Expression = r#"Append(Redact([a]), "x")"#.parse().unwrap();
    let object = Object(BTreeMap::from([("a", "A".into())]));
    let redacted = expression.evaluate(&object, &moment(), "").unwrap();
    let expression: Expression = "IgnoreFlowIfNullOrEmpty([b])".parse().unwrap();
    let ignored = expression.evaluate(&object, &moment(), "").unwrap();

    assert_eq!(
        redacted,
        Evaluated { value: "Ax".into(), redacted: true, ignored: false, assertive: false }
    );
    let nothing = SourceValue::Absent;
    assert_eq!(
        ignored,
        Evaluated { value: nothing, redacted: false, ignored: true, assertive: false }
    );
}

#[test]
fn nesting_and_growth_have_limits() {
    let deep = "Not(".repeat(MAX_DEPTH + 1) + &")".repeat(MAX_DEPTH + 1);
    let error = deep.parse::<Expression>().unwrap_err();
    assert!(error.message.contains("nested at most"), "{error}");

    let mut twice = r#"Append([a], "")"#.to_owned();
    for _ in 0..20 {
        twice = format!(r#"Replace({twice}, "a", , , "aa", , )"#);
    }
    let error = value(&twice, &[("a", "aaaaaaaaaa")]).unwrap_err();
    assert_eq!(error, "Replace: the text is longer than 100000 bytes");
}

/// Texts that are nearly expressions.
fn nearly() -> impl Strategy<Value = String> {
    let word = prop_oneof![
        proptest::sample::select(functions()).prop_map(|it| format!("{}(", it.name)),
        proptest::sample::select(
            &[
                "(",
                ")",
                ",",
                "[a]",
                "[",
                "\"a1\"",
                "\"",
                "\"(?<g>.)\"",
                "\"yyyy-MM-dd\"",
                "-1",
                "3",
                "&HF",
                "=",
                "<>",
                " ",
                "\\",
                "ö",
                "vbTextCompare",
                "\"d\"",
                "9223372036854775807",
            ][..]
        )
        .prop_map(str::to_owned),
        ".{0,3}",
    ];
    proptest::collection::vec(word, 0..12).prop_map(|it| it.concat())
}

proptest! {
    #[test]
    fn any_text_is_read_or_refused(text in nearly()) {
        if let Ok(expression) = text.parse::<Expression>() {
            let object = Object(BTreeMap::from([("a", "2021-08-24".into())]));
            let once = expression.evaluate(&object, &moment(), "userName");
            prop_assert_eq!(once, expression.evaluate(&object, &moment(), "userName"));
        }
    }

    #[test]
    fn every_function_takes_any_arguments(
        function in proptest::sample::select(functions()),
        arguments in proptest::collection::vec(
            proptest::sample::select(&[
                "[a]", "[nothing]", "\"d\"", "\"yyyy\"", "\"1/31/2023\"", "0", "1", "-1", "7",
                "9223372036854775807", "-9223372036854775807", "\"\"", "\"[a-z]\"", "", "\"öä ß\"",
                "[appRoleAssignments]", "Now()", "1=1", "\"ss.fff zz\"", "\"a(?<g>b)\"", "\"g\"",
            ][..]),
            0..8,
        ),
    ) {
        let text = format!("{}({})", function.name, arguments.join(", "));
        if let Ok(expression) = text.parse::<Expression>() {
            let object = Object(BTreeMap::from([("a", "öaß 2021".into())]));
            let _ = expression.evaluate(&object, &moment(), "userName");
        }
    }
}

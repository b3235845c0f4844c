use rstest::rstest;

use super::*;

/// A user with one attribute.
struct User(&'static str, SourceValue);

impl Attributes for User {
    fn value(&self, name: &str) -> SourceValue {
        if name == self.0 { self.1.clone() } else { SourceValue::Absent }
    }
}

fn clause(attribute: &str, operator: &str, value: &str) -> Clause {
    Clause::new(ObjectType::User, attribute, operator.parse().unwrap(), value).unwrap()
}

#[rstest]
#[case("&", "a Sales b", "Sales", true)]
#[case("&", "a sales b", "Sales", false)]
#[case("!&", "a Sales b", "Sales", false)]
#[case("!&", "other", "Sales", true)]
#[case("ENDS_WITH", "les", "Sales", true)]
#[case("ENDS_WITH", "LES", "Sales", false)]
#[case("EQUALS", "Sales", "Sales", true)]
#[case("EQUALS", "sales", "Sales", false)]
#[case("Greater_Than", "41", "42", true)]
#[case("Greater_Than", "42", "42", false)]
#[case("Greater_Than", "9", "10", true)]
#[case("Greater_Than", "0", "many", false)]
#[case("Greater_Than", "0", "-1", false)]
#[case("Greater_Than_OR_EQUALS", "42", "42", true)]
#[case("Greater_Than_OR_EQUALS", "43", "42", false)]
#[case("Greater_Than_OR_EQUALS", "0", "many", false)]
#[case("Includes", "ale", "Sales", true)]
#[case("Includes", "ALE", "Sales", false)]
#[case("NOT EQUALS", "Sales", "Sales", false)]
#[case("NOT EQUALS", "sales", "Sales", true)]
#[case("REGEX MATCH", "([1-9][0-9])", "42", true)]
#[case("REGEX MATCH", "^[a-z]+$", "Sales", false)]
#[case("REGEX MATCH", r".*\@domain.com", "anna@domain.com", true)]
#[case("NOT REGEX MATCH", r".*\@domain.com", "anna@domain.com", false)]
#[case("NOT REGEX MATCH", r".*\@domain.com", "anna@other.com", true)]
#[case("IS NULL", "", "Sales", false)]
#[case("IS NULL", "", "", true)]
#[case("IS NOT NULL", "", "Sales", true)]
#[case("IS NOT NULL", "", "", false)]
#[case("IS TRUE", "", "True", false)]
fn an_operator_compares_a_text(
    #[case] operator: &str,
    #[case] value: &str,
    #[case] department: &'static str,
    #[case] holds: bool,
) {
    let user = User("department", department.into());

    assert_eq!(clause("department", operator, value).holds(&user), holds);
}

#[rstest]
#[case("IS TRUE", true, true)]
#[case("IS TRUE", false, false)]
#[case("IS FALSE", false, true)]
#[case("IS FALSE", true, false)]
#[case("IS NOT NULL", false, true)]
fn an_operator_reads_a_boolean(#[case] operator: &str, #[case] enabled: bool, #[case] holds: bool) {
    let user = User("accountEnabled", enabled.into());

    assert_eq!(clause("accountEnabled", operator, "").holds(&user), holds);
}

#[rstest]
fn without_a_value_only_is_null_holds(#[values("", "absent")] kind: &str) {
    let nothing = if kind.is_empty() { "".into() } else { SourceValue::Absent };
    let user = User("department", nothing);

    let held = Operator::all().into_iter().filter(|it| {
        let value = if it.takes_a_value() { "1" } else { "" };
        clause("department", it.name(), value).holds(&user)
    });

    assert_eq!(held.collect::<Vec<_>>(), [Operator::IsNull]);
}

#[test]
fn clauses_are_joined_by_and_filters_by_or() {
    let filter = |clauses: Vec<Clause>| ScopingFilter { title: "T".into(), clauses };
    let is = |value| clause("department", "Includes", value);
    let user = User("department", "Sales".into());
    let one_fails = filter(vec![is("Sal"), is("x")]);
    let both_hold = filter(vec![is("Sal"), is("les")]);

    assert!(ScopingFilters::default().hold(&user));
    assert!(!ScopingFilters::new(vec![one_fails.clone()]).hold(&user));
    assert!(ScopingFilters::new(vec![one_fails, both_hold]).hold(&user));
}

#[rstest]
#[case("proxyAddresses", "multi-valued")]
#[case("appRoleAssignments", "multi-valued")]
#[case("manager", "reference")]
#[case("employeeHireDate", "date")]
#[case("userType", "userType")]
#[case("IsMemberOf", "users have no attribute")]
fn what_cannot_be_filtered_by_is_refused(#[case] attribute: &str, #[case] why: &str) {
    let refused = Clause::new(ObjectType::User, attribute, Operator::IsNull, "");

    assert!(refused.unwrap_err().to_string().contains(why));
}

#[test]
fn an_operator_is_known_by_its_name_in_any_case() {
    for operator in Operator::all() {
        assert_eq!(operator.name().to_uppercase().parse(), Ok(operator));
    }
}

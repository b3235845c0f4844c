use expect_test::expect;
use proptest::prelude::*;
use rstest::rstest;

use super::super::sample::{element, record, records, subject, value, write};
use super::super::text::columns;
use super::super::{ExchangeSubject, Fault, SignInAttempt};
use super::*;
use crate::medius::SignInResult;

#[test]
fn every_kind_of_exchange_has_its_line() {
    let lines: Vec<_> = records().iter().map(summary).collect();

    expect![[r#"
        CREATE user Anna Larsson → 4f2c · SE default (3 roles, 2 companies)
        CREATE user Anna Larsson → 4f2c · no configuration matches "NO", fallback
        FIND user anna.larsson@acme.se → 0 hits
        TEST connection probe → 0 hits, 200
        LIST users 1–100 of 1,204
        GET user Anna Larsson
        PATCH user Anna Larsson title, department
        PATCH user Anna Larsson active true→false
        PATCH user Anna Larsson manager → Ida Holm
        PATCH group Finance +3 members
        PATCH group Finance −1 member (Nils Ek)
        PATCH group Finance "Fin"→"Finance"
        PATCH user Anna Larsson no change
        REPLACE user Anna Larsson title "Clerk"→"Head"
        DELETE user Anna Larsson (was inactive)
        CREATE user Anna Larsson 409 uniqueness: userName in use by 90aa
        401 bearer token missing
        401 bearer token wrong (…77b1)
        400 invalidFilter: emails[type eq "work"] not supported
        404 user 4f2c (deleted 2m ago)
        PATCH group Finance 503 by fault "flaky"
        BULK 1 created
        ADMIN secret key generated (…9f3c), old one revoked
        ADMIN POST authenticate"#]]
    .assert_eq(&lines.join("\n"));
}

fn user() -> ExchangeSubject {
    subject("User", "Anna Larsson", "4f2c")
}

/// A sign-in of a user that ended so.
fn sign_in(status: u16, result: SignInResult, reason: Option<&str>) -> Record {
    let option = Some("Microsoft Entra ID".into());
    let sign_in = SignInAttempt { result, option, reason: reason.map(str::to_owned) };
    Record { status, sign_in: Some(sign_in.into()), ..record(Operation::SignIn, "/signin-oidc") }
}

#[test]
fn a_sign_in_says_who_came_how_and_why_not() {
    use SignInResult::{Disabled, NotProvisioned, TokenExpired, Works};

    let worked = sign_in(303, Works, None).about(user());
    let disabled = sign_in(403, Disabled, Some("disabled, active is false since 41")).about(user());
    let stranger =
        sign_in(403, NotProvisioned, Some("not provisioned")).about(subject("User", "zoe@x", ""));
    let late =
        sign_in(401, TokenExpired, Some("ID token expired 1h ago")).remarked("fault token-expired");
    let reason = Some("disabled".to_owned());
    let out = SignInAttempt { option: None, reason, ..SignInAttempt::new(Disabled) };
    let out =
        Record { sign_in: Some(out.into()), ..record(Operation::SignOut, "/logout") }.about(user());
    let entra = record(Operation::Entra, "/entra/keys");
    let lines = [
        worked.remarked("Standard, 3 companies, 4 roles"),
        disabled,
        stranger.remarked("Microsoft Entra ID"),
        late,
        out,
        Record { status: 0, ..record(Operation::SignIn, "/signin-oidc") },
        record(Operation::Entra, "/entra/keys"),
        Record { status: 400, ..entra }.remarked("authorize refused anna: AADSTS50057"),
    ];

    expect![[r"
        SIGN-IN Anna Larsson with Microsoft Entra ID · Standard, 3 companies, 4 roles
        SIGN-IN refused Anna Larsson: disabled, active is false since 41
        SIGN-IN refused zoe@x: not provisioned · Microsoft Entra ID
        SIGN-IN refused: ID token expired 1h ago · fault token-expired
        SIGN-OUT Anna Larsson: disabled
        SIGN-IN no answer
        ENTRA GET /NordlysQA/scim/v2/entra/keys
        ENTRA authorize refused anna: AADSTS50057"]]
    .assert_eq(&lines.iter().map(summary).collect::<Vec<_>>().join("\n"));
}

#[rstest]
#[case(vec![value("title", Some("Clerk"), None)], "title removed")]
#[case(vec![value("title", None, Some("Clerk"))], "title → \"Clerk\"")]
#[case(vec![value("manager", Some("Ida Holm"), None)], "manager removed")]
#[case(vec![value("password", None, Some("hunter22"))], "password")]
#[case(vec![value("active", None, Some("true"))], "active → true")]
#[case(vec![value("displayName", Some("A"), None)], "displayName removed")]
#[case(vec![value("meta.version", Some("1"), Some("2"))], "changed")]
#[case(vec![value("title", None, Some("A")), value("active", Some("true"), Some("false"))], "title, active true→false")]
fn a_patch_names_what_a_reader_looks_for(
    #[case] changes: Vec<AttributeChange>,
    #[case] told: &str,
) {
    let record = write(Operation::Modify, user(), EffectKind::Changed, changes);

    assert_eq!(summary(&record), format!("PATCH user Anna Larsson {told}"));
}

#[rstest]
#[case(Operation::Create, vec![], "CREATE user Anna Larsson no answer by fault \"lost\" (close)")]
#[case(Operation::List, vec![], "LIST users no answer by fault \"lost\" (close)")]
#[case(Operation::Modify, vec![value("active", Some("true"), Some("false"))], "PATCH user Anna Larsson active true→false · no answer by fault \"lost\" (close)")]
fn what_got_no_answer_says_whether_it_was_done(
    #[case] operation: Operation,
    #[case] changes: Vec<AttributeChange>,
    #[case] told: &str,
) {
    let mut record = write(operation, user(), EffectKind::Changed, changes.clone());
    if changes.is_empty() {
        record.effects.clear();
    }
    record.status = 0;

    assert_eq!(summary(&record.remarked("no answer by fault \"lost\" (close)")), told);
}

#[rstest]
#[case(Operation::Create, 201, "CREATE user Anna Larsson not done · by fault \"lie\"")]
#[case(Operation::Delete, 204, "DELETE user Anna Larsson not done · by fault \"lie\"")]
#[case(Operation::Modify, 200, "PATCH user Anna Larsson no change · by fault \"lie\"")]
fn what_a_fault_answered_before_it_was_done_is_said_to_be_not_done(
    #[case] operation: Operation,
    #[case] status: u16,
    #[case] told: &str,
) {
    let mut record = write(operation, user(), EffectKind::Changed, vec![]);
    record.effects.clear();
    record.status = status;
    record.fault = Some(Fault {
        rule: "lie".into(),
        n: 1,
        roll: 0.0,
        phase: "before".into(),
        action: format!("status {status}"),
    });

    assert_eq!(summary(&record.remarked("by fault \"lie\"")), told);
}

#[rstest]
#[case(0, 1, "+1 email (a@b.se)")]
#[case(1, 1, "+1 −1 emails")]
#[case(0, 200, "+200 emails")]
#[case(1_500, 0, "−1,500 emails")]
#[case(150, 250, "+200 −100 emails")]
fn values_are_counted_beyond_those_listed(
    #[case] before: usize,
    #[case] after: usize,
    #[case] told: &str,
) {
    let listed = |count: usize| vec![element("a@b.se"); count.min(100)];
    let (added, removed) = (listed(after), listed(before));
    let change = AttributeChange {
        path: "emails".into(),
        value: ValueChange::Multiple { before, after, added, removed },
    };
    let record = write(Operation::Modify, user(), EffectKind::Changed, vec![change]);

    assert_eq!(summary(&record), format!("PATCH user Anna Larsson {told}"));
}

#[rstest]
#[case(record(Operation::List, "/Users").hits(1, 0, 0), "LIST users none")]
#[case(record(Operation::List, "/Users?count=0").hits(1, 0, 1_204), "LIST users 0 of 1,204")]
#[case(record(Operation::Find, "/Groups?filter=id+eq+%22a%22+and+members+eq+%22b%22").hits(1, 1, 1), "FIND group id eq \"a\" and members eq \"b\" → 1 hit")]
#[case(record(Operation::Find, "/Users?filter=externalId+eq+%224f2c91aa-0a5b-5c1d-9e8f-000000000001%22").hits(1, 0, 0), "FIND user 4f2c91aa-0a5b-5c1d-9e8f-000000000001 → 0 hits")]
#[case(record(Operation::Find, "/Groups?excludedAttributes=members&filter=displayName+eq+%224f2c91aa-0a5b-5c1d-9e8f-000000000001%22").hits(1, 0, 0), "TEST connection probe of groups → 0 hits, 200")]
#[case(record(Operation::Find, "/Groups?filter=displayName+eq+%224f2c91aa-0a5b-5c1d-9e8f-000000000001%22").hits(1, 1, 1), "FIND group 4f2c91aa-0a5b-5c1d-9e8f-000000000001 → 1 hit")]
#[case(record(Operation::Find, "/Groups?filter=externalId+eq+%224f2c91aa-0a5b-5c1d-9e8f-000000000001%22").hits(1, 0, 0), "FIND group 4f2c91aa-0a5b-5c1d-9e8f-000000000001 → 0 hits")]
#[case(record(Operation::Find, "/Groups?filter=displayName+eq+%22Finance%22").hits(1, 0, 0), "FIND group Finance → 0 hits")]
#[case(record(Operation::Find, "/Users?filter=username+eq+%224f2c91aa-0a5b-5c1d-9e8f-000000000001%22").hits(1, 0, 0), "TEST connection probe → 0 hits, 200")]
#[case(record(Operation::Find, "/Groups?filter=displayName+sw+%224f2c91aa-0a5b-5c1d-9e8f-000000000001%22").hits(1, 0, 0), "FIND group 4f2c91aa-0a5b-5c1d-9e8f-000000000001 → 0 hits")]
#[case(record(Operation::Discover, "/Schemas"), "DISCOVER Schemas")]
#[case(record(Operation::Delete, "/Users/4f2c91aa-0a5b-5c1d-9e8f-000000000001").refused(404, "", "no such user"), "DELETE user 4f2c91aa 404 no such user")]
#[case(record(Operation::Unknown, "/Nothing").refused(404, "", "no such path"), "404 GET /NordlysQA/scim/v2/Nothing")]
#[case(record(Operation::Admin, "/NordlysQA/admin/v1/secret-key").refused(409, "confirm", "a key exists"), "ADMIN 409 confirm: a key exists")]
#[case(record(Operation::Admin, "/NordlysQA/admin/v1/secret-key"), "ADMIN POST secret-key")]
#[case(record(Operation::Bulk, "/Bulk"), "BULK no change")]
fn other_lines(#[case] record: Record, #[case] line: &str) {
    assert_eq!(summary(&record), line);
}

#[test]
fn a_search_in_the_body_is_read_like_one_in_the_address() {
    let mut record = record(Operation::Find, "/Users/.search").hits(1, 1, 1);
    record.method = "POST".into();
    record.request.body = r#"{"filter":"userName eq \"anna\""}"#.to_owned();

    assert_eq!(summary(&record), "FIND user anna → 1 hit");
}

#[test]
fn a_name_cannot_forge_a_line() {
    let name = "Anna\n500 all is lost\u{1b}[2J\u{202e}";
    let record = record(Operation::Get, "/Users/4f2c").about(subject("User", name, "4f2c"));

    assert_eq!(summary(&record), "GET user Anna␊500 all is lost␛[2J\\u{202e}");
}

proptest! {
    #[test]
    fn no_summary_is_wider_than_its_column_or_shows_a_control(
        name in "\\PC{0,200}", path in "\\PC*", remark in ".*", status in 200u16..600, which in 0..11usize,
    ) {
        let mut record = record(Operation::ALL[which], &path).about(subject("User", &name, "4f2c"));
        record.remark = Some(remark);
        record.status = status;
        let line = summary(&record);

        prop_assert!(columns(&line) <= 120, "{line}");
        prop_assert!(!line.chars().any(char::is_control), "{line:?}");
    }
}

mod targets;

use expect_test::expect;
use proptest::prelude::*;
use rstest::rstest;

use super::*;
use crate::{Apply, MappingSource, TargetType, sample::mediusflow};

#[test]
fn the_built_in_job_has_the_tutorials_mappings() {
    let job = JobConfiguration::default();

    let targets = |of: &ObjectMapping| {
        let all = of.mappings.all().iter();
        let lines: Vec<_> = all.map(|it| format!("{} {:?}\n", it.target, it.target_type)).collect();
        lines.concat()
    };
    expect![[r#"
        userName String
        active Boolean
        emails[type eq "work"].value String
        name.displayName String
        name.givenName String
        name.familyName String
        name.formatted String
        externalId String
        urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager Reference
        urn:ietf:params:scim:schemas:extension:medius:2.0:User:configurationFilter String
        urn:ietf:params:scim:schemas:extension:medius:2.0:User:identityProvider String
        urn:ietf:params:scim:schemas:extension:medius:2.0:User:nameIdentifier String
        urn:ietf:params:scim:schemas:extension:medius:2.0:User:customFieldText1 String
        urn:ietf:params:scim:schemas:extension:medius:2.0:User:customFieldText2 String
        urn:ietf:params:scim:schemas:extension:medius:2.0:User:customFieldText3 String
        urn:ietf:params:scim:schemas:extension:medius:2.0:User:customFieldText4 String
        urn:ietf:params:scim:schemas:extension:medius:2.0:User:customFieldText5 String
    "#]]
    .assert_eq(&targets(&job.users));
    assert_eq!(targets(&job.groups), "displayName String\nexternalId String\nmembers Reference\n");
    let matching: Vec<_> = job.users.mappings.matching().iter().map(|it| &*it.target).collect();
    assert_eq!(matching, ["userName"]);
    assert_eq!((job.scope, job.accidental_deletion_threshold), (Scope::Assigned, None));
    assert_eq!(job.requests_per_second.map(NonZeroU32::get), Some(25));
    assert!(job.tenant_url.is_none() && job.secret_token.is_none());
}

#[test]
fn the_built_in_file_reads_as_the_built_in_job() {
    let job = JobConfiguration::parse("job.toml", JobConfiguration::DEFAULT, &mediusflow());

    assert_eq!(job, Ok(JobConfiguration::default()));
}

#[rstest]
#[case::built_in(JobConfiguration::DEFAULT)]
#[case::everything(
    r#"
    [admin-credentials]
    tenant-url = "https://scim.example/nordlys?aadOptscim062020"

    [settings]
    notification-email = "it@contoso.com"
    send-an-email-notification-when-a-failure-occurs = false
    scope = "Sync only assigned users and groups"
    prevent-accidental-deletions = true
    accidental-deletion-threshold = 7
    skip-out-of-scope-deletions = true
    without-soft-delete = "delete"
    requests-per-second = 0

    [quarantine]
    failed-percent = 50

    [users]
    target-object-actions = ["Create"]
    target-attributes = ["costCode", { name = "name.familyName", exact-case = true, required = true }]
    attribute-mappings = [
      { target = "userName", direct = "userPrincipalName", matching-precedence = 1 },
      { target = "costCode", constant = "a \"b\" \u007F é" },
      { target = "name.familyName", direct = "surname", default-value = "None" },
      { target = "nickName", none = true, default-value = "new" },
      { target = "title", expression = 'Join(" ", [givenName], [surname])', apply = "Only during object creation" },
      { target = "urn:example:2.0:User:onCall", direct = "extensionAttribute3", target-type = "Boolean" },
    ]

    [[users.scoping-filters]]
    title = "Sales, but no trainees"
    clauses = [
      { attribute = "department", operator = "EQUALS", value = "Sales" },
      { attribute = "jobTitle", operator = "IS NOT NULL" },
    ]

    [groups]
    enabled = false
    "#
)]
fn a_written_file_reads_as_the_same_job(#[case] text: &str) {
    let job = JobConfiguration::parse("job.toml", text, &mediusflow()).unwrap();

    let written = job.to_toml();

    assert_eq!(JobConfiguration::parse("job.toml", &written, &mediusflow()), Ok(job), "{written}");
}

#[test]
fn a_written_file_has_no_secret() {
    let text = "[admin-credentials]\nsecret-token = 'mfk-hush-hush'";
    let job = JobConfiguration::parse("job.toml", text, &mediusflow()).unwrap();

    assert!(!job.to_toml().contains("hush"), "{}", job.to_toml());
}

/// State files hold it: another one starts an initial cycle.
#[test]
fn the_fingerprint_of_the_built_in_job_stays_the_same() {
    let fingerprint = JobConfiguration::default().fingerprint();

    expect!["b60c509d-05c2-5262-97d2-e3778b9ef86e"].assert_eq(&fingerprint);
}

#[rstest]
#[case::enabled("[groups]\nenabled = false")]
#[case::filter(
    "[[users.scoping-filters]]\ntitle = 't'\nclauses = [{attribute = 'department', operator = 'EQUALS', value = 'IT'}]"
)]
#[case::source(
    "[[users.attribute-mappings]]\ntarget = 'userName'\ndirect = 'mail'\nmatching-precedence = 1"
)]
fn other_mappings_and_filters_have_another_fingerprint(#[case] text: &str) {
    let job = JobConfiguration::parse("job.toml", text, &mediusflow()).unwrap();

    assert_ne!(job.fingerprint(), JobConfiguration::default().fingerprint());
}

#[rstest]
#[case::settings("[settings]\nrequests-per-second = 3")]
#[case::actions("[users]\ntarget-object-actions = ['Create']")]
fn settings_that_do_not_affect_the_scope_keep_the_fingerprint(#[case] text: &str) {
    let job = JobConfiguration::parse("job.toml", text, &mediusflow()).unwrap();

    assert_eq!(job.fingerprint(), JobConfiguration::default().fingerprint());
}

#[test]
fn keys_that_a_file_leaves_out_keep_their_defaults() {
    let text = r#"
        [admin-credentials]
        tenant-url = "http://127.0.0.1:8080/scim/nordlys?aadOptscim062020"
        secret-token = "key-1"
        [settings]
        notification-email = "it@contoso.com"
        scope = "Sync all users and groups"
        prevent-accidental-deletions = true
        requests-per-second = 0
        [quarantine]
        evaluated-from = 5
        [users]
        target-object-actions = ["Create", "Update"]
        [[users.scoping-filters]]
        title = "Sales"
        clauses = [{ attribute = "department", operator = "equals", value = "Sales" }]
        [groups]
        enabled = false
        target-attributes = ["note"]
        attribute-mappings = [
          { target = "displayName", expression = 'ToUpper([displayName])', matching-precedence = 2 },
          { target = "externalId", direct = "objectId", matching-precedence = 1 },
          { target = "urn:example:x", none = true, default-value = "7", target-type = "Integer" },
          { target = "note", constant = "z", apply = "Only during object creation" },
        ]
    "#;

    let job = JobConfiguration::parse("job.toml", text, &mediusflow()).unwrap();

    let url = job.tenant_url.unwrap();
    assert_eq!(url.base(), "http://127.0.0.1:8080/scim/nordlys");
    assert_eq!(url.flag(), Some(Flag::AadOptscim062020));
    assert_eq!(job.secret_token.unwrap().expose(), "key-1");
    assert_eq!(job.scope, Scope::All);
    assert_eq!(job.accidental_deletion_threshold, Some(500));
    assert_eq!(job.requests_per_second, None);
    assert_eq!((job.quarantine.evaluated_from, job.quarantine.failures), (5, 40_000));
    assert!(job.users.actions.update && !job.users.actions.delete);
    let filter = &job.users.scoping_filters.all()[0];
    assert_eq!(filter.clauses[0].to_string(), "department EQUALS Sales");
    assert_eq!(job.users.mappings, JobConfiguration::default().users.mappings);
    let matching: Vec<_> = job.groups.mappings.matching().iter().map(|it| &*it.target).collect();
    assert_eq!(matching, ["externalId", "displayName"]);
    let [.., third, fourth] = job.groups.mappings.all() else { panic!("four mappings") };
    assert_eq!((&third.source, third.target_type), (&MappingSource::None, TargetType::Integer));
    assert_eq!(fourth.apply, Apply::OnlyDuringCreation);
    assert!(!job.groups.enabled);
}

#[test]
fn a_secret_is_not_printed() {
    let text = "[admin-credentials]\nsecret-token = \"hush-hush\"";
    let job = JobConfiguration::parse("job.toml", text, &mediusflow()).unwrap();

    let debug = format!("{job:?}");

    assert!(debug.contains("SecretToken(***)") && !debug.contains("hush"), "{debug}");
}

/// A file with one mapping of a user, which begins in column 25 of line 2.
fn mapping(row: &str) -> String {
    format!("[users]\nattribute-mappings = [ {{ {row} }} ]\ntarget-attributes = ['a', 'b', 'c.d']")
}

/// A file with one clause, which begins in column 17 of line 3.
fn clause(row: &str) -> String {
    format!("[[users.scoping-filters]]\ntitle = 'T'\nclauses = [    {{ {row} }} ]")
}

#[rstest]
#[case::no_toml("[users", "job.toml:1:7: unclosed table, expected `]`")]
#[case::unknown_field(
    "[settings]\nscop = 1",
    "job.toml:2:1: settings.scop: unknown field `scop`, expected one of `notification-email`, \
     `send-an-email-notification-when-a-failure-occurs`, `scope`, `prevent-accidental-deletions`, \
     `accidental-deletion-threshold`, `skip-out-of-scope-deletions`, `without-soft-delete`, `requests-per-second`"
)]
#[case::scope(
    "[settings]\nscope = \"some\"",
    "job.toml:2:9: settings.scope: unknown value `some`, expected `Sync only assigned users and \
     groups` or `Sync all users and groups`"
)]
#[case::wrong_type(
    "[users]\nenabled = \"yes\"",
    "job.toml:2:11: users.enabled: expected a boolean, found string \"yes\""
)]
#[case::empty_token(
    "[admin-credentials]\nsecret-token = \"\"",
    "job.toml:2:16: admin-credentials.secret-token: the Secret Token is empty: generate a secret \
     key in the admin console"
)]
#[case::token_of_another_type(
    "[admin-credentials]\nsecret-token = 4711",
    "job.toml:2:16: admin-credentials.secret-token: expected a text in quotes"
)]
#[case::no_url(
    "[admin-credentials]\ntenant-url = \"contoso.com\"",
    "job.toml:2:14: admin-credentials.tenant-url: a Tenant URL begins with https:// or http://"
)]
#[case::no_email(
    "[settings]\nnotification-email = \"it\"",
    "job.toml:2:22: settings.notification-email: expected an email address"
)]
#[case::threshold_alone(
    "[settings]\naccidental-deletion-threshold = 5",
    "job.toml:2:33: settings.accidental-deletion-threshold: takes effect with \
     prevent-accidental-deletions only"
)]
#[case::percent(
    "[quarantine]\nfailed-percent = 101",
    "job.toml:2:18: quarantine.failed-percent: expected a share of at most 100 percent"
)]
#[case::unknown_attribute(
    mapping("target = 'userName', direct = 'userPrincipleName', matching-precedence = 1"),
    "job.toml:2:56: users.attribute-mappings[0].direct: users have no attribute \
     `userPrincipleName`; did you mean `userPrincipalName`?"
)]
#[case::syntax_of_an_expression(
    mapping("target = 'userName', expression = 'Append([mail], \"x\" \"y\")'"),
    "job.toml:2:80: users.attribute-mappings[0].expression: expected \",\" or \")\", found \"\"\". \
     At byte 19: [mail], \"x\" \"y\")"
)]
#[case::unknown_attribute_in_an_expression(
    mapping("target = 'userName', expression = 'ToLower([maill])'"),
    "job.toml:2:69: users.attribute-mappings[0].expression: users have no attribute `maill`; \
     did you mean `mail`? At byte 8: ToLower([maill])"
)]
#[case::two_sources(
    mapping("target = 'userName', direct = 'mail', constant = 'x'"),
    "job.toml:2:24: users.attribute-mappings[0]: a mapping has one of direct, constant, \
     expression and none = true"
)]
#[case::no_path(
    mapping("target = 'emails[type]', direct = 'mail'"),
    "job.toml:2:35: users.attribute-mappings[0].target: expected an operator (eq, ne, \
     co, sw, ew, gt, ge, lt, le, pr) after \"type\", found \"]\""
)]
#[case::whole_complex_values(
    mapping("target = 'emails[type eq \"work\"]', direct = 'mail'"),
    "job.toml:2:35: users.attribute-mappings[0].target: a sub-attribute has to follow: \
     emails[type eq \"work\"].value"
)]
#[case::no_match(
    mapping("target = 'userName', direct = 'mail'"),
    "job.toml:2:22: users.attribute-mappings: objects are matched by at least one attribute: one \
     mapping needs a matching-precedence"
)]
#[case::twice(
    mapping(
        "target = 'a', direct = 'mail', matching-precedence = 1 }, { target = 'A', direct = 'mail'"
    ),
    "job.toml:2:95: users.attribute-mappings[1].target: this target is mapped twice"
)]
#[case::same_precedence(
    mapping(
        "target = 'a', direct = 'mail', matching-precedence = 1 }, { target = 'b', direct = 'mail', matching-precedence = 1"
    ),
    "job.toml:2:139: users.attribute-mappings[1].matching-precedence: another mapping has this \
     precedence"
)]
#[case::precedence_0(
    mapping("target = 'a', direct = 'mail', matching-precedence = 0"),
    "job.toml:2:79: users.attribute-mappings[0].matching-precedence: a precedence is a number from 1"
)]
#[case::reference_to_text(
    mapping("target = 'title', direct = 'manager'"),
    "job.toml:2:35: users.attribute-mappings[0].target: a reference to another object flows to a \
     target of target-type Reference"
)]
#[case::text_to_reference(
    mapping(
        "target = 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager', direct = 'mail'"
    ),
    "job.toml:2:35: users.attribute-mappings[0].target: this target takes the direct mapping of a \
     reference, such as manager"
)]
#[case::constant_of_another_type(
    mapping("target = 'active', constant = 'yes'"),
    "job.toml:2:35: users.attribute-mappings[0].target: expected True or False, found \"yes\""
)]
#[case::roles(
    mapping("target = 'roles', direct = 'appRoleAssignments'"),
    "job.toml:2:53: users.attribute-mappings[0].direct: roles are mapped by an expression: \
     SingleAppRoleAssignment([appRoleAssignments])"
)]
#[case::unique_always(
    mapping("target = 'userName', expression = 'SelectUniqueValue([mail], [objectId])'"),
    "job.toml:2:35: users.attribute-mappings[0].target: SelectUniqueValue applies only during \
     object creation"
)]
#[case::roles_of_all(
    format!("{}\n[settings]\nscope = 'Sync all users and groups'",
        mapping("target = 'a', expression = 'SingleAppRoleAssignment([appRoleAssignments])'")),
    "job.toml:2:53: users.attribute-mappings[0].expression: roles cannot be provisioned with \
     \"Sync all users and groups\""
)]
#[case::multi_valued_filter(
    clause("attribute = 'proxyAddresses', operator = 'IS NULL'"),
    "job.toml:3:30: users.scoping-filters[0].clauses[0].attribute: `proxyAddresses`: filtering by \
     a multi-valued attribute is not supported"
)]
#[case::unknown_operator(
    clause("attribute = 'mail', operator = 'EQUAL', value = 'x'"),
    "job.toml:3:49: users.scoping-filters[0].clauses[0].operator: no operator `EQUAL`; did you \
     mean `EQUALS`?"
)]
#[case::no_number(
    clause("attribute = 'employeeId', operator = 'Greater_Than', value = 'ten'"),
    "job.toml:3:79: users.scoping-filters[0].clauses[0].value: Greater_Than compares with a whole \
     number from 0"
)]
#[case::no_pattern(
    clause("attribute = 'mail', operator = 'REGEX MATCH', value = '['"),
    "job.toml:3:72: users.scoping-filters[0].clauses[0].value: no regular expression: unclosed \
     character class"
)]
#[case::a_value_too_many(
    clause("attribute = 'mail', operator = 'IS NULL', value = 'x'"),
    "job.toml:3:68: users.scoping-filters[0].clauses[0].value: IS NULL takes no value"
)]
#[case::no_clause(
    "[[users.scoping-filters]]\ntitle = 'T'\nclauses = []",
    "job.toml:2:9: users.scoping-filters[0].title: a scoping filter has a clause"
)]
fn a_mistake_is_named_with_line_column_and_field(
    #[case] text: impl AsRef<str>,
    #[case] expected: &str,
) {
    let error = JobConfiguration::parse("job.toml", text.as_ref(), &mediusflow()).unwrap_err();

    assert_eq!(error.to_string(), expected);
}

#[rstest]
#[case("https://contoso.com/scim/", "https://contoso.com/scim", None)]
#[case("HTTP://[::1]:80", "HTTP://[::1]:80", None)]
#[case("http://x/?AzureAdScimPatch2017", "http://x", Some(Flag::AzureAdScimPatch2017))]
#[case("http://x?aadoptscim062020=1&", "http://x", Some(Flag::AadOptscim062020))]
fn the_flag_of_a_tenant_url_is_read(
    #[case] text: &str,
    #[case] base: &str,
    #[case] flag: Option<Flag>,
) {
    let url: TenantUrl = text.parse().unwrap();

    assert_eq!((url.base(), url.flag()), (base, flag));
    assert_eq!(url.to_string(), text);
}

#[rstest]
#[case(" ", "is empty")]
#[case("ftp://x", "begins with https:// or http://")]
#[case("http://", "names a host")]
#[case("http://:80", "names a host")]
#[case("http://x y", "has no blanks")]
#[case("http://me:hush@x", "carries no user name and password")]
#[case("http://x#a", "has no #fragment")]
#[case("http://x?aadOptscim062002", "did you mean `aadOptscim062020`?")]
#[case("http://x?v=2", "it knows aadOptscim062020 and AzureAdScimPatch2017")]
#[case("http://x?aadOptscim062020&AzureAdScimPatch2017", "contradict each other")]
fn a_tenant_url_that_cannot_be_used_is_refused(#[case] text: &str, #[case] why: &str) {
    let message = text.parse::<TenantUrl>().unwrap_err();

    assert!(message.contains(why) && !message.contains("hush"), "{message}");
}

#[rstest]
#[case("", "is empty")]
#[case("a b", "no header can carry")]
#[case("a\r\nHost: b", "no header can carry")]
fn a_token_that_no_header_carries_is_refused(#[case] text: &str, #[case] why: &str) {
    assert!(SecretToken::new(text).unwrap_err().contains(why));
}

proptest! {
    #[test]
    fn any_file_is_read_or_refused_with_a_line_that_it_has(
        at in 0..JobConfiguration::DEFAULT.len(),
        cut in 0..20_usize,
        put in "[a-z0-9\"'\\[\\]{}=,.# \n\u{e9}-]{0,6}",
    ) {
        let default = JobConfiguration::DEFAULT;
        let behind: String = default.chars().skip(at + cut).collect();
        let before: String = default.chars().take(at).collect();
        let text = before + &put + &behind;
        if let Err(error) = JobConfiguration::parse("job.toml", &text, &mediusflow()) {
            let line = text.split('\n').nth(error.line - 1);
            prop_assert!(line.is_some_and(|it| error.column <= it.chars().count() + 1), "{error}");
            prop_assert!(!error.message.is_empty());
        }
    }
}

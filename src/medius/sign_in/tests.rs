use std::sync::Arc;

use rstest::rstest;

use super::*;
use crate::medius::{UserConfiguration, sample, select};

const ENTRA: &str = "Microsoft Entra ID";
const LOCAL: &str = "Medius.Security";

/// The configurations of a tenant in which one applies to everybody.
fn with_default() -> Vec<Arc<UserConfiguration>> {
    vec![sample::configuration("Default", "")]
}

/// What is decided of a user with this `active` and `identityProvider` who comes with a login option.
fn decided(
    user: (bool, Option<&str>),
    came_with: Option<&str>,
    configurations: &[Arc<UserConfiguration>],
) -> SignInResult {
    let (data, choice) = (sample::data(), select(configurations, None));
    let (is_active, identity_provider) = user;
    let name_identifier = "bo@x.y";
    let facts = SignInFacts { name_identifier, is_active, identity_provider, choice: &choice };
    let came_with = came_with.map(|it| data.login_option(it).unwrap());
    decide(Identified::User(facts), came_with, &data, |_| Some(name_identifier.into())).result()
}

#[rstest]
#[case::no_option_asked(true, None, None, "works")]
#[case::the_own_one(true, None, Some(ENTRA), "works")]
#[case::another_one(true, None, Some(LOCAL), "wrongIdentityProvider")]
#[case::a_provider_of_ones_own(true, Some(LOCAL), Some(LOCAL), "works")]
#[case::not_that_provider(true, Some(LOCAL), Some(ENTRA), "wrongIdentityProvider")]
#[case::a_provider_by_issuer(true, Some("../localaccount/"), Some(LOCAL), "works")]
#[case::a_provider_that_is_none(true, Some("Okta"), Some(ENTRA), "works")]
#[case::disabled(false, None, None, "disabled")]
#[case::disabled_before_all_else(false, Some(LOCAL), Some(ENTRA), "disabled")]
fn a_user_with_a_configuration(
    #[case] is_active: bool,
    #[case] provider: Option<&str>,
    #[case] came_with: Option<&str>,
    #[case] result: &str,
) {
    assert_eq!(decided((is_active, provider), came_with, &with_default()).code(), result);
}

#[rstest]
#[case(true, None, None, "noConfiguration")]
#[case(true, None, Some(ENTRA), "noConfiguration")]
#[case(true, Some(LOCAL), Some(ENTRA), "wrongIdentityProvider")]
#[case(false, None, None, "disabled")]
fn a_user_without_a_configuration(
    #[case] is_active: bool,
    #[case] provider: Option<&str>,
    #[case] came_with: Option<&str>,
    #[case] result: &str,
) {
    assert_eq!(decided((is_active, provider), came_with, &[]).code(), result);
}

/// The three texts of a refusal.
fn told(refusal: SignInRefusal<'_>) -> String {
    [refusal.what("Bo Ek"), refusal.why(Some(41)), refusal.brief(Some(41))].join("\n") + "\n"
}

#[test]
fn each_refusal_has_its_words() {
    let (data, choice) = (sample::data(), select(&[], Some("SE")));
    let [own, came_with] = [LOCAL, ENTRA].map(|it| data.login_option(it).unwrap());
    let refusals = [
        SignInRefusal::NotProvisioned { came_with: Some(came_with) },
        SignInRefusal::Disabled,
        SignInRefusal::WrongIdentityProvider { own, came_with },
        SignInRefusal::NoConfiguration { reason: &choice.reason },
        SignInRefusal::Ambiguous { users: 2 },
    ];

    expect_test::expect![[r#"
        Bo Ek is not provisioned.
        Microsoft Entra ID says who it is, and this tenant has no user with that name identifier.
        not provisioned · Microsoft Entra ID

        Bo Ek is disabled.
        active is false since exchange 41.
        disabled, active is false since 41

        Bo Ek logs in with Medius.Security.
        They came with Microsoft Entra ID; the user's identityProvider, or the configuration, says otherwise.
        logs in with Medius.Security, came with Microsoft Entra ID

        No configuration applies to Bo Ek.
        Without one there are no companies and no roles (none: no match for "SE", and no configuration has an empty filter).
        no configuration applies: none has the filter "SE" or an empty one

        Two users have this name identifier.
        So the tenant cannot tell which of them it is.
        2 users have this name identifier
    "#]]
    .assert_eq(&refusals.map(told).join("\n"));
}

#[test]
fn who_is_nobody_or_several_is_refused() {
    let (data, choice) = (sample::data(), select(&with_default(), None));
    let (name_identifier, identity_provider) = ("bo@x.y", None);
    let facts =
        SignInFacts { name_identifier, is_active: true, identity_provider, choice: &choice };
    let result = |it| decide(it, None, &data, |_| Some(name_identifier.into())).result();

    let results = [result(Identified::Nobody), result(Identified::Several(facts, 3))];

    assert_eq!(results, [SignInResult::NotProvisioned, SignInResult::Ambiguous]);
}

#[rstest]
#[case::a_name_in_other_case("BO@X.Y", Some("bo@x.y"), None, "works")]
#[case::a_name_identifier_that_is_the_oid(
    "0f1e",
    Some("bo@x.y"),
    Some("0f1e"),
    "The sign-in does not find Bo. The user has the name identifier 0f1e, and the preferred_username of the \
     token is bo@x.y. Set the login option's Name claim to oid."
)]
#[case::an_oid_in_other_case(
    "0F1E",
    Some("bo@x.y"),
    Some("0f1e"),
    "The sign-in does not find Bo. The user has the name identifier 0F1E, and the preferred_username of the \
     token is bo@x.y. Give the user the nameIdentifier bo@x.y."
)]
#[case::a_token_without_the_claim(
    "0f1e",
    None,
    None,
    "The sign-in does not find Bo. The user has the name identifier 0f1e, and a token of this account has no \
     preferred_username. Set the login option's Name claim to one that tokens have."
)]
fn the_claim_of_the_login_option_finds_the_user(
    #[case] name_identifier: &str,
    #[case] name: Option<&str>,
    #[case] oid: Option<&str>,
    #[case] told: &str,
) {
    let (data, choice) = (sample::data(), select(&with_default(), None));
    let facts =
        SignInFacts { name_identifier, is_active: false, identity_provider: None, choice: &choice };
    let facts = SignInFacts { is_active: told == "works", ..facts };
    let claim_of = |claim| match claim {
        NameClaim::PreferredUsername => name.map(Into::into),
        NameClaim::Oid => oid.map(Into::into),
        _ => None,
    };

    let decision = decide(Identified::User(facts), None, &data, claim_of);

    match decision {
        SignInDecision::Allowed(_) => assert_eq!(told, "works"),
        SignInDecision::Refused(it) => {
            assert_eq!(it.result(), SignInResult::NotProvisioned);
            assert_eq!(it.told("Bo", None), told);
        }
    }
}

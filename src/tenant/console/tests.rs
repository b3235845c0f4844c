use rstest::rstest;

use super::*;
use crate::{
    scim::Profile,
    tenant::{
        Preconditions,
        sample::{at, configuration, fresh, tenant},
    },
};

#[test]
fn the_steps_are_done_in_their_order() {
    let tenant = fresh(Profile::Mediusflow);
    let entra = || "11111111-2222-3333-4444-555555555555".parse().unwrap();
    let link = "http://scim";

    assert!(tenant.verify_connection("yes").is_err());
    tenant.authenticate(None, at(0)).unwrap();
    assert!(tenant.save_entra_tenant(entra()).is_err());
    tenant.verify_connection("yes").unwrap();
    assert!(tenant.choose_mode(ProvisioningMode::UserProvisioning).is_err());
    tenant.save_entra_tenant(entra()).unwrap();
    assert!(tenant.generate_key(None).is_err());
    assert!(tenant.add_configuration(configuration("Default", "")).is_err());
    assert!(tenant.copy_link(link).is_err());
    tenant.choose_mode(ProvisioningMode::UserProvisioning).unwrap();
    assert_eq!(tenant.unconfirmed_key(), SetupError::NotConfirmed);
    tenant.generate_key(None).unwrap();
    tenant.add_configuration(configuration("Default", "")).unwrap();
    tenant.copy_link(link).unwrap();

    let steps = tenant.snapshot().steps(at(0));
    assert!(steps.len() == 11 && steps.iter().all(|it| it.state == StepState::Done));
}

#[test]
fn a_refused_step_changes_nothing() {
    let tenant = fresh(Profile::Mediusflow);

    assert!(tenant.generate_key(None).is_err());

    assert_eq!(tenant.revision(), 0);
    assert!(tenant.snapshot().console().secret_key().is_none());
}

#[rstest]
#[case::seeded(None, Ok(()))]
#[case::by_name(Some("ADMIN@nordlys"), Ok(()))]
#[case::no_admin(Some("clerk@nordlys"), Err("clerk@nordlys has no admin access rights"))]
#[case::nobody(
    Some("x"),
    Err("\"x\" is no MediusFlow user of this tenant; there are: admin@nordlys, clerk@nordlys")
)]
fn only_admins_log_in(#[case] name: Option<&str>, #[case] expected: Result<(), &str>) {
    let tenant = fresh(Profile::Mediusflow);

    match (tenant.authenticate(name, at(0)), expected) {
        (Ok(token), Ok(())) => assert_eq!(token.user_name, "admin@nordlys"),
        (Err(error), Err(start)) => assert!(error.to_string().starts_with(start), "{error}"),
        (found, _) => panic!("{found:?}"),
    }
}

#[test]
fn a_token_is_good_for_an_hour_and_for_its_tenant_only() {
    let tenant = fresh(Profile::Mediusflow);
    let first = tenant.authenticate(None, at(0)).unwrap();
    let second = tenant.authenticate(None, at(10)).unwrap();
    let state = tenant.snapshot();
    let admit =
        |token: Option<&str>, now| state.console().admit_admin(token, now).map(SmolStr::as_str);

    assert_ne!(first.reveal(), second.reveal());
    assert_eq!(admit(Some(first.reveal()), at(3_599)), Ok("admin@nordlys"));
    assert_eq!(admit(Some(first.reveal()), at(3_600)), Err(Refusal::Expired));
    assert_eq!(admit(Some(second.reveal()), at(3_600)), Ok("admin@nordlys"));
    assert_eq!(admit(Some("other"), at(0)), Err(Refusal::Wrong));
    assert_eq!(admit(None, at(0)), Err(Refusal::Missing));
}

#[test]
fn a_new_key_ends_the_old_one_and_is_never_the_same() {
    let tenant = tenant();
    let first = tenant.snapshot().console().secret_key().unwrap().clone();

    assert_eq!(tenant.unconfirmed_key(), SetupError::KeyExists);
    let (second, old) = tenant.generate_key(Some(at(60))).unwrap();

    let state = tenant.snapshot();
    let admit = |key: Option<&str>, now| state.console().admit(key, now);
    assert_eq!(old, Some(first.clone()));
    assert_ne!(first.reveal(), second.reveal());
    assert_eq!(admit(Some(second.reveal()), at(59)), Ok(()));
    assert_eq!(admit(Some(second.reveal()), at(60)), Err(Refusal::Expired));
    assert_eq!(admit(Some(first.reveal()), at(0)), Err(Refusal::Replaced));
    assert_eq!(admit(Some("other"), at(0)), Err(Refusal::Wrong));
    assert_eq!(admit(None, at(0)), Err(Refusal::Missing));
}

#[test]
fn keys_say_whose_they_are_and_are_not_printed() {
    let tenant = tenant();
    let state = tenant.snapshot();
    let key = state.console().secret_key().unwrap();

    assert!(key.reveal().starts_with("mfk_mock_nordlysqa_"), "{}", key.reveal());
    let printed = format!("{:?} {:?}", state, state.steps(at(0)));
    assert!(!printed.contains(key.reveal()));
}

#[test]
fn only_the_last_hundred_tokens_are_remembered() {
    let tenant = fresh(Profile::Mediusflow);
    let first = tenant.authenticate(None, at(0)).unwrap();
    for _ in 0..REMEMBERED {
        tenant.authenticate(None, at(0)).unwrap();
    }

    let state = tenant.snapshot();
    assert_eq!(state.console().admit_admin(Some(first.reveal()), at(1)), Err(Refusal::Wrong));
}

#[test]
fn configurations_come_change_and_go_and_no_id_comes_twice() {
    let tenant = tenant();
    let default = tenant.add_configuration(configuration("Default", "")).unwrap().configuration;
    let sweden = tenant.add_configuration(configuration("Sweden", "SE")).unwrap().configuration;

    assert!(tenant.add_configuration(configuration("Other", "se")).is_err());
    tenant.delete_configuration(&sweden.id, Preconditions::default()).unwrap();
    let again = tenant.add_configuration(configuration("Sweden", "SE")).unwrap().configuration;
    let norway = tenant
        .replace_configuration(&default.id, configuration("Norway", "NO"), Preconditions::default())
        .unwrap();

    assert_ne!(again.id, sweden.id);
    assert_eq!(norway.configuration.id, default.id);
    let state = tenant.snapshot();
    let names: Vec<_> =
        state.console().configurations().iter().map(|it| it.name.as_str()).collect();
    assert_eq!(names, ["Norway", "Sweden"]);
    assert!(matches!(
        tenant.delete_configuration(&sweden.id, Preconditions::default()),
        Err(ConsoleError::UnknownConfiguration { .. })
    ));
    assert!(matches!(tenant.reapply(Some("x")), Err(ConsoleError::UnknownUserId { .. })));
}

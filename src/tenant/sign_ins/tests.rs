//! What the book of sign-ins gives out, and to whom.

use rstest::rstest;

use super::*;
use crate::{
    oidc::{Client, Parameters},
    tenant::SignInSettings,
};

const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const QUERY: &str = "client_id=a&redirect_uri=http://localhost/&response_type=code&scope=openid\
    &code_challenge=E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM&code_challenge_method=S256";

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_780_000_000 + second).unwrap()
}

fn flow() -> LoginFlow {
    LoginFlow {
        option: "Microsoft Entra ID".into(),
        browser: "b1".into(),
        nonce: "n".into(),
        verifier: Verifier::new([7; 32]),
        issuer: "http://localhost/v2.0".into(),
        began: at(0),
    }
}

fn code() -> IssuedCode {
    let parameters = Parameters::read(QUERY).unwrap();
    let request = AuthorizeRequest::read(Client::read(&parameters).unwrap(), &parameters).unwrap();
    let account = Account { oid: "4b06".into(), ..Account::default() };
    let signed_in = SignedInAccount { account, session_id: "5d71".into(), at: at(0) };
    IssuedCode::new(request, "c41f".into(), signed_in, at(600))
}

fn token(text: &str) -> NewAccessToken<'_> {
    NewAccessToken { text, life: SignInSettings::default().token_life }
}

fn redemption(more: &str) -> TokenRequest {
    let form = format!("grant_type=authorization_code&{more}");
    TokenRequest::read(&Parameters::read(&form).unwrap(), None).unwrap()
}

fn good() -> TokenRequest {
    redemption(&format!(
        "client_id=a&code=c&redirect_uri=http://localhost/&code_verifier={VERIFIER}"
    ))
}

#[test]
fn a_flow_is_completed_once_by_the_browser_that_began_it() {
    let book = SignIns::default();
    book.begin_flow("s", flow());

    assert_eq!(book.complete_flow("t", Some("b1"), at(1)).unwrap_err(), FlowError::Unknown);
    assert_eq!(book.complete_flow("s", Some("b2"), at(1)).unwrap_err(), FlowError::Unknown);
    assert_eq!(book.complete_flow("s", None, at(1)).unwrap_err(), FlowError::Unknown);
    assert_eq!(book.complete_flow("s", Some("b1"), at(600)).unwrap().nonce, "n");
    assert_eq!(book.complete_flow("s", Some("b1"), at(1)).unwrap_err(), FlowError::Unknown);
}

#[test]
fn a_flow_expires() {
    let book = SignIns::default();
    book.begin_flow("s", flow());

    assert_eq!(book.complete_flow("s", Some("b1"), at(601)).unwrap_err(), FlowError::Expired);
}

#[test]
fn a_code_is_redeemed_for_an_access_token() {
    let book = SignIns::default();
    book.issue_code("c", code());

    let redeemed = book.redeem(&good(), "c41f", token("t"), at(600)).unwrap();

    assert_eq!(redeemed.signed_in.account.oid, "4b06");
    assert_eq!(book.access("t", at(601)).unwrap().client_id, "a");
    assert!(book.access("t", at(600 + 3600)).is_none());
    assert!(book.access("u", at(601)).is_none());
}

#[test]
fn a_code_that_comes_again_ends_the_token_that_it_got() {
    let book = SignIns::default();
    book.issue_code("c", code());
    book.redeem(&good(), "c41f", token("t"), at(1)).unwrap();

    let error = book.redeem(&good(), "c41f", token("u"), at(2)).unwrap_err();

    assert_eq!((error.oauth(), error.code), ("invalid_grant", AadstsCode::CodeRedeemed));
    assert!(book.access("t", at(2)).is_none());
    assert!(book.access("u", at(2)).is_none());
}

#[rstest]
#[case("client_id=b&code=c&redirect_uri=http://localhost/", 70_000)]
#[case("client_id=a&code=d&redirect_uri=http://localhost/", 70_000)]
#[case("client_id=a&code=c&redirect_uri=http://localhost", 70_000)]
#[case("client_id=a&code=c&redirect_uri=http://localhost/", 501_481)]
#[case("client_id=a&code=c&redirect_uri=http://localhost/&code_verifier=x", 501_481)]
fn a_wrong_redemption_is_refused_and_the_code_stays_good(#[case] form: &str, #[case] number: u32) {
    let book = SignIns::default();
    book.issue_code("c", code());

    let error = book.redeem(&redemption(form), "c41f", token("t"), at(1)).unwrap_err();

    assert_eq!((error.oauth(), error.code.number()), ("invalid_grant", number));
    assert!(book.redeem(&good(), "c41f", token("t"), at(1)).is_ok());
}

#[test]
fn a_code_is_bound_to_its_tenant_and_its_time() {
    let book = SignIns::default();
    book.issue_code("c", code());

    let elsewhere = book.redeem(&good(), "0000", token("t"), at(1)).unwrap_err();
    let late = book.redeem(&good(), "c41f", token("t"), at(601)).unwrap_err();

    assert_eq!(elsewhere.code, AadstsCode::GrantOfAnotherTenant);
    assert_eq!(late.code, AadstsCode::ExpiredGrant);
}

#[test]
fn a_session_ends_by_its_time_or_by_logging_out() {
    let book = SignIns::default();
    let who = NamedLogin { user: LoggedInUser::Provisioned("u".into()), name: "Elin".into() };
    let session =
        LoginSession::new(who, "Entra", None, at(0), SignInSettings::default().session_life);
    book.log_in("one", session.clone());
    book.log_in("two", session);

    assert!(book.session("one", at(8 * 3600 - 1)).is_some());
    assert!(book.session("one", at(8 * 3600)).is_none());
    assert_eq!(book.sessions(at(1)).len(), 2);
    assert!(book.log_out("one").is_some());
    assert!(book.session("one", at(1)).is_none());
    assert_eq!(book.log_out_all(at(1)), 1);
}

#[test]
fn the_picker_answers_itself_as_often_as_asked() {
    let book = SignIns::default();
    book.answer_with(Some(AccountPick { account: "elin".into(), times: Some(2) }));

    let picks = [book.take_pick(), book.take_pick(), book.take_pick()];

    assert_eq!(picks, [Some("elin".into()), Some("elin".into()), None]);
    book.answer_with(Some(AccountPick { account: "elin".into(), times: None }));
    assert_eq!([book.take_pick(), book.take_pick()], [Some("elin".into()), Some("elin".into())]);
    book.answer_with(None);
    assert_eq!(book.take_pick(), None);
}

#[test]
fn a_picker_is_for_its_browser() {
    let book = SignIns::default();
    let request = code().request;
    let (tenant_id, browser) = ("c41f".into(), "b1".into());
    book.show_picker("h", PickerRequest { request, tenant_id, browser, began: at(0) });

    assert!(book.picker("h", Some("b1"), at(600)).is_some());
    assert!(book.picker("h", Some("b1"), at(601)).is_none());
    assert!(book.picker("h", Some("b2"), at(1)).is_none());
    assert!(book.picker("h", None, at(1)).is_none());
    book.answer_picker("h");
    assert!(book.picker("h", Some("b1"), at(1)).is_none());
}

#[test]
fn a_secret_says_what_it_is_and_is_hidden_by_its_form() {
    let name: TenantName = "NordlysQA".parse().unwrap();

    let code = SignInSecret::Code.of(&name, [0xa5; 16]);

    assert_eq!(code, format!("mfc_mock_nordlysqa_{}", "a5".repeat(16)));
    for kind in [
        SignInSecret::Code,
        SignInSecret::Handle,
        SignInSecret::Browser,
        SignInSecret::Session,
        SignInSecret::AccessToken,
    ] {
        assert!(crate::journal::is_formed(&kind.of(&name, [1; 16])), "{kind:?}");
    }
}

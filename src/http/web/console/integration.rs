//! Steps 2 to 5: the tab *Integration*.

use maud::{Markup, html};
use serde_json::json;

use super::{
    super::{
        api::as_call,
        fields::Field,
        request::{ApiAnswer, ApiCall, Click, ClickRequest, PageRequest},
        trouble::Trouble,
    },
    fields::form,
    layout::{ConsolePage, Tab, head},
    steps, unknown_button,
};
use crate::{
    http::answer::Answer,
    medius::{SetupStep, StepEntry, StepState},
};

/// The id that "As a call" shows until one is saved.
const SAMPLE_ID: &str = "c41f6a0e-7d52-4b9e-8f0d-2a6b9c3e5d71";

/// *Verify*, *Save configuration*, *OK*.
pub(super) const CLICK: Click = Click { call, after };

/// `GET {t}/admin/integration`.
pub(super) fn show(page: &PageRequest) -> Answer {
    render(page, None)
}

fn verify() -> ApiCall {
    ApiCall::new("GET", ["connection"])
}

fn save(id: &str) -> ApiCall {
    ApiCall::new("PUT", ["integration"]).with(json!({"entraTenantId": id}))
}

fn choose(mode: Option<&str>) -> ApiCall {
    ApiCall::new("PUT", ["provisioning"]).with(json!({"mode": mode}))
}

fn call(page: &PageRequest) -> ClickRequest {
    let form = &page.form;
    ClickRequest::Call(match form.one("do") {
        Some("verify") => verify(),
        Some("save") => save(form.one("entraTenantId").unwrap_or_default()),
        Some("choose") => choose(form.one("mode")),
        _ => return unknown_button(page),
    })
}

fn after(page: &PageRequest, answer: &ApiAnswer) -> Answer {
    if !answer.is_success() {
        return render(page, Some(&Trouble::of(answer)));
    }
    page.see_other(match page.form.one("do") {
        Some("verify") => "admin/integration#entra-tenant-id",
        Some("save") => "admin/integration#use",
        _ => "admin/user-provisioning-configuration",
    })
}

fn render(page: &PageRequest, trouble: Option<&Trouble>) -> Answer {
    let steps = steps::entries(page, None);
    let field = trouble.and_then(|it| it.at("entraTenantId"));
    let main = html! {
        (head(
            "Integration",
            "Connects this MediusFlow tenant with a Microsoft Entra tenant.",
            steps::next(page, &steps),
        ))
        @if let Some(trouble) = trouble.filter(|_| field.is_none()) { (trouble.notice()) }
        div.split {
            div.stack {
                (verify_card(page, &steps))
                (save_cards(page, &steps, field))
                (use_card(page, &steps))
            }
            (steps::list(page, &steps))
        }
    };
    ConsolePage::new(Tab::Integration, main).after(trouble).answer(page)
}

fn verify_card(page: &PageRequest, steps: &[StepEntry]) -> Markup {
    let data = &page.tenant().master().data;
    let (companies, roles) = (data.companies().len(), data.roles().len());
    let usable = data.companies().iter().filter(|it| it.holds_invoices()).count();
    let step = of(steps, SetupStep::VerifyConnection);
    let verified = step.value.as_deref().filter(|_| step.state == StepState::Done);
    let content = html! {
        div.line {
            div {
                h2 #verify { "Verify the connection with MediusFlow" }
                p.say {
                    @match verified {
                        Some(it) => { "Verified: " (it) ", " (companies) " companies, " (usable)
                            " of them for users (the others are inactive or only group others), " (roles) " roles" }
                        None => "Companies and roles come from there.",
                    }
                }
            }
            (button(step, "verify", "Verify"))
        }
    };
    let inside = form(page, Tab::Integration.path(), Some("in"), content);
    card(step, "verify", inside, as_call(page, &verify()))
}

/// Steps 3 and 4 are one form: what is typed in one card is saved by the other.
fn save_cards(page: &PageRequest, steps: &[StepEntry], error: Option<&str>) -> Markup {
    let saved = page.tenant().snapshot().console().setup().entra_tenant().map(|it| it.to_string());
    let typed = page.form.one("entraTenantId").map(str::to_owned);
    let value = typed.or_else(|| saved.clone()).unwrap_or_default();
    let (id, save_step) =
        (of(steps, SetupStep::EntraTenantId), of(steps, SetupStep::SaveConfiguration));
    let field = Field {
        label: "Microsoft Entra tenant ID",
        name: "entraTenantId",
        value: &value,
        hint: Some("A GUID; the Microsoft Entra admin center shows it on the tenant's overview."),
        error,
        ..Field::default()
    };
    let content = html! {
        section class=(class(id)) aria-labelledby="entra-tenant-id" {
            div.in { h2 #entra-tenant-id { "Provide the Microsoft Entra tenant ID" } (field.render()) }
        }
        section class=(class(save_step)) aria-labelledby="save" {
            div.in {
                div.line {
                    div {
                        h2 #save { "Save the configuration" }
                        p.say {
                            @match &saved {
                                Some(it) => { "Saved: " code { (it) } }
                                None => "Saves the Microsoft Entra tenant ID above.",
                            }
                        }
                    }
                    (button(id, "save", "Save configuration"))
                }
            }
            (as_call(page, &save(saved.as_deref().unwrap_or(SAMPLE_ID))))
        }
    };
    form(page, Tab::Integration.path(), Some("stack"), content)
}

fn use_card(page: &PageRequest, steps: &[StepEntry]) -> Markup {
    let step = of(steps, SetupStep::UseUserProvisioning);
    let is_done = step.state == StepState::Done;
    let content = html! {
        div.line {
            div {
                h2 #use { "Select user provisioning" }
                label.check {
                    input type="radio" name="mode" value="userProvisioning" required checked[is_done];
                    " Use user provisioning"
                }
            }
            (button(step, "choose", "OK"))
        }
    };
    let inside = form(page, Tab::Integration.path(), Some("in"), content);
    card(step, "use", inside, as_call(page, &choose(Some("userProvisioning"))))
}

fn card(step: &StepEntry, id: &str, inside: Markup, call: Markup) -> Markup {
    html! { section class=(class(step)) aria-labelledby=(id) { (inside) (call) } }
}

/// The card of the step that is next is marked.
fn class(step: &StepEntry) -> &'static str {
    if step.state == StepState::Current { "card now" } else { "card" }
}

fn button(step: &StepEntry, action: &str, label: &str) -> Markup {
    let class = if step.state == StepState::Current { "button primary" } else { "button" };
    html! { button class=(class) name="do" value=(action) { (label) } }
}

fn of(steps: &[StepEntry], step: SetupStep) -> &StepEntry {
    steps.iter().find(|it| it.step == step).expect("every step has an entry")
}

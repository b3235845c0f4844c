//! Steps 8 to 10: the window *Add new configuration*, and the same for one that there is.

use maud::{Markup, html};
use serde_json::Value as Json;

use super::{
    super::{
        fields::Field,
        request::{ApiAnswer, ApiCall, Click, ClickRequest, PageRequest},
        trouble::Trouble,
    },
    draft::{body, of_form, standard},
    fields::form,
    provisioning::{TabContent, TabWindow, tab},
};
use crate::{
    http::{answer::Answer, problem::ProblemDetails},
    medius::{
        Company, ConfigurationDraft, LocaleDraft, LocaleOption, MasterData, MasterItem as _,
        SetupStep,
    },
};

/// *Save* of a new configuration.
pub(super) const ADD: Click = Click { call: add, after };

/// *Save* and *Delete* of one that there is.
pub(super) const EDIT: Click = Click { call: edit, after };

/// The address of the tab's configurations.
const LIST: &str = "admin/user-provisioning-configuration/configurations";

/// `GET .../configurations/new`.
pub(super) fn new(page: &PageRequest) -> Answer {
    window(page, &standard(&page.tenant().master().data), None)
}

/// `GET .../configurations/{id}`.
///
/// # Errors
///
/// 404 `unknown-configuration`.
pub(super) fn show(page: &PageRequest) -> Result<Answer, ProblemDetails> {
    let state = page.tenant().snapshot();
    let data = &state.master().data;
    let found = state.console().configuration(id(page).unwrap_or_default())?;
    let typed = found.document(data).or_defaults(&data.document().defaults);
    Ok(window(page, &typed, None))
}

/// The id of the configuration that the window is about; `None` for a new one.
fn id(page: &PageRequest) -> Option<&str> {
    page.path_parameters.get(1).map(String::as_str)
}

fn add(page: &PageRequest) -> ClickRequest {
    ClickRequest::Call(ApiCall::new("POST", ["configurations"]).with(typed_body(page)))
}

fn edit(page: &PageRequest) -> ClickRequest {
    let segments = ["configurations", id(page).unwrap_or_default()];
    if page.form.one("do") == Some("delete") {
        return ClickRequest::Call(ApiCall::new("DELETE", segments));
    }
    ClickRequest::Call(ApiCall::new("PUT", segments).with(typed_body(page)))
}

/// The body of the call for what is typed and chosen in the form.
fn typed_body(page: &PageRequest) -> Json {
    let data = &page.tenant().master().data;
    body(&of_form(&page.form, data), data)
}

fn after(page: &PageRequest, answer: &ApiAnswer) -> Answer {
    if answer.is_success() {
        return page.see_other("admin/user-provisioning-configuration#configurations");
    }
    let typed = of_form(&page.form, &page.tenant().master().data);
    window(page, &typed, Some(&Trouble::of(answer)))
}

fn window(page: &PageRequest, typed: &ConfigurationDraft, trouble: Option<&Trouble>) -> Answer {
    let id = id(page);
    let title =
        if id.is_some() { "Edit configuration" } else { SetupStep::AddConfiguration.label() };
    let path = format!("{LIST}/{}", id.unwrap_or("new"));
    let content = html! {
        dialog.wide open aria-labelledby="wt" {
            (form(page, &path, None, content(page, typed, trouble)))
        }
    };
    let step = id.is_none().then_some(SetupStep::AddConfiguration);
    tab(
        page,
        TabContent {
            window: Some(TabWindow { title, content, step }),
            trouble,
            ..TabContent::default()
        },
    )
}

fn content(page: &PageRequest, typed: &ConfigurationDraft, trouble: Option<&Trouble>) -> Markup {
    let master = page.tenant().master();
    let data = &master.data;
    let error = |name: &str| trouble.and_then(|it| it.at(name));
    let is_new = id(page).is_none();
    let heading = if is_new { SetupStep::AddConfiguration.label() } else { "Edit configuration" };
    let shown = ["name", "filter"].iter().any(|it| error(it).is_some());
    html! {
        h2 #wt { (heading) }
        p {
            "The default settings for the users it applies to. A company is enough; all else has "
            "standard settings."
        }
        @if let Some(trouble) = trouble.filter(|_| !shown) { (trouble.notice()) }
        div.pair {
            (Field {
                label: "Name",
                name: "name",
                value: text(typed.name.as_ref()),
                error: error("name"),
                is_first: !shown,
                ..Field::default()
            }.render())
            (Field {
                label: "Filter",
                name: "filter",
                value: text(typed.filter.as_ref()),
                hint: Some("For users whose configurationFilter equals it. Empty: for all others."),
                error: error("filter"),
                ..Field::default()
            }.render())
        }
        h3 #companies-label { "Companies" }
        (companies(data, typed))
        (more("Roles", list(typed.roles.as_ref()), html! {
            (boxes("roles", data.roles().iter().map(|it| it.name.as_str()), list(typed.roles.as_ref())))
        }, error("roles")))
        (more("Authorization groups", list(typed.authorization_groups.as_ref()), html! {
            (boxes(
                "authorizationGroups",
                data.authorization_groups().iter().map(|it| it.name.as_str()),
                list(typed.authorization_groups.as_ref()),
            ))
        }, error("authorizationGroups")))
        (locale(data, &typed.locale, error("locale")))
        (login_option(data, text(typed.login_option.as_ref())))
        div.actions.end {
            @if !is_new { button.button.quiet name="do" value="delete" { "Delete" } " " }
            a.button href=(page.link("admin/user-provisioning-configuration")) data-cancel { "Cancel" } " "
            button.button.primary name="do" value="save" { (SetupStep::SaveUserConfiguration.label()) }
        }
    }
}

fn text(typed: Option<&String>) -> &str {
    typed.map_or("", String::as_str)
}

fn list(chosen: Option<&Vec<String>>) -> &[String] {
    chosen.map_or(&[], Vec::as_slice)
}

/// The companies that can be named, below what stands above them in the tree.
fn companies(data: &MasterData, typed: &ConfigurationDraft) -> Markup {
    let is_shown = |it: &&Company| it.holds_invoices() || typed.companies.contains(&it.name);
    let mut groups: Vec<(&str, Vec<&str>)> = Vec::new();
    for company in data.company_tree().map(|(_, it)| it).filter(is_shown) {
        let above = company.parent_company_name.as_deref().unwrap_or("Root company");
        match groups.iter_mut().find(|(it, _)| *it == above) {
            Some((_, names)) => names.push(&company.name),
            None => groups.push((above, vec![&company.name])),
        }
    }
    html! {
        div.boxes.tall tabindex="0" role="group" aria-labelledby="companies-label" {
            @for (above, names) in groups {
                fieldset {
                    legend { (above) }
                    @for name in names { (check("companies", name, &typed.companies)) }
                }
            }
        }
    }
}

fn boxes<'a>(name: &str, all: impl Iterator<Item = &'a str>, chosen: &[String]) -> Markup {
    html! {
        div.boxes { @for it in all { (check(name, it, chosen)) } }
    }
}

fn check(name: &str, value: &str, chosen: &[String]) -> Markup {
    let is_chosen = chosen.iter().any(|it| it == value);
    html! {
        label.check { input type="checkbox" name=(name) value=(value) checked[is_chosen]; " " (value) }
    }
}

/// A part that shows what is chosen in it. It is open if there is an error in it.
fn more(label: &str, chosen: &[String], content: Markup, error: Option<&str>) -> Markup {
    let told = if chosen.is_empty() { "none".to_owned() } else { chosen.join(", ") };
    html! {
        details.more open[error.is_some()] { summary { (label) " " span.n { (told) } } div { (content) } }
    }
}

fn locale(data: &MasterData, typed: &LocaleDraft, error: Option<&str>) -> Markup {
    let lists = data.locales();
    let LocaleDraft { language, format, time_zone, currency } = typed;
    let named = |all: &[LocaleOption], code: &str| {
        all.iter()
            .find(|it| it.is_called(code))
            .map_or_else(|| code.to_owned(), |it| it.name.clone())
    };
    let told = [
        named(&lists.languages, text(language.as_ref())),
        named(&lists.time_zones, text(time_zone.as_ref())),
        text(currency.as_ref()).to_owned(),
    ];
    let select = |label: &str, name: &str, all: &[LocaleOption], chosen: &str| {
        html! {
            label.label {
                (label)
                select.field name=(name) {
                    @for it in all { option value=(it.code) selected[it.is_called(chosen)] { (it.name) } }
                }
            }
        }
    };
    html! {
        details.more open[error.is_some()] {
            summary { "Locale settings " span.n { (told.join(", ")) } }
            div.pair {
                (select("Language", "language", &lists.languages, text(language.as_ref())))
                (select("Format", "format", &lists.formats, text(format.as_ref())))
                (select("Time zone", "timeZone", &lists.time_zones, text(time_zone.as_ref())))
                (select("Currency", "currency", &lists.currencies, text(currency.as_ref())))
            }
        }
    }
}

fn login_option(data: &MasterData, typed: &str) -> Markup {
    html! {
        details.more {
            summary { "Login option " span.n { (typed) } }
            div {
                label.label {
                    "Login option"
                    select.field name="loginOption" {
                        @for it in data.login_options() {
                            option selected[it.is_called(typed)] { (it.display_name) }
                        }
                    }
                }
            }
        }
    }
}

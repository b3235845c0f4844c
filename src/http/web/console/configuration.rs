//! Steps 8 to 10: the window *Add new configuration*, and the same for one that there is.

use maud::{Markup, html};
use serde_json::Value as Json;

use super::{
    super::{
        fields::{Field, Select},
        frame::sentence,
        request::{ApiAnswer, ApiCall, Click, ClickRequest, PageRequest},
        trouble::{FormField, Trouble},
    },
    draft::{body, of_form, standard},
    fields::form,
    layout::ConsoleWindow,
    provisioning::{TabContent, tab},
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

/// The fields of the window.
const FIELDS: [FormField; 10] = [
    FormField { name: "name", label: "Name" },
    FormField { name: "filter", label: "Filter" },
    FormField { name: "companies", label: "Companies" },
    FormField { name: "roles", label: "Roles" },
    FormField { name: "authorizationGroups", label: "Authorization groups" },
    FormField { name: "language", label: "Language" },
    FormField { name: "format", label: "Format" },
    FormField { name: "timeZone", label: "Time zone" },
    FormField { name: "currency", label: "Currency" },
    FormField { name: "loginOption", label: "Login option" },
];

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
            window: Some(ConsoleWindow { title, content, step }),
            trouble,
            ..TabContent::default()
        },
    )
}

fn content(page: &PageRequest, typed: &ConfigurationDraft, trouble: Option<&Trouble>) -> Markup {
    let master = page.tenant().master();
    let data = &master.data;
    let error = |name: &str| trouble.and_then(|it| it.at(name));
    let is_told = FIELDS.iter().any(|it| error(it.name).is_some());
    let is_new = id(page).is_none();
    let heading = if is_new { SetupStep::AddConfiguration.label() } else { "Edit configuration" };
    html! {
        h2 #wt { (heading) }
        p {
            "The default settings for the users it applies to. A company is enough; all else has "
            "standard settings."
        }
        @if let Some(trouble) = trouble { (trouble.above(&FIELDS)) }
        div.pair {
            (Field {
                label: "Name",
                name: "name",
                value: text(typed.name.as_ref()),
                error: error("name"),
                is_first: !is_told,
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
        (companies(data, typed, error("companies")))
        (more(Choices {
            label: "Roles",
            name: "roles",
            all: data.roles().iter().map(|it| it.name.as_str()).collect(),
            chosen: list(typed.roles.as_ref()),
            error: error("roles"),
        }))
        (more(Choices {
            label: "Authorization groups",
            name: "authorizationGroups",
            all: data.authorization_groups().iter().map(|it| it.name.as_str()).collect(),
            chosen: list(typed.authorization_groups.as_ref()),
            error: error("authorizationGroups"),
        }))
        (locale(data, &typed.locale, trouble))
        (login_option(data, text(typed.login_option.as_ref()), error("loginOption")))
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
fn companies(data: &MasterData, typed: &ConfigurationDraft, error: Option<&str>) -> Markup {
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
        (said("companies", error))
        div.boxes.tall #companies tabindex="0" role="group" aria-labelledby="companies-label"
            autofocus[error.is_some()] aria-describedby=[error.map(|_| "companies-help")] {
            @for (above, names) in groups {
                fieldset {
                    legend { (above) }
                    @for name in names { (check("companies", name, &typed.companies)) }
                }
            }
        }
    }
}

/// What is wrong with what was chosen.
fn said(name: &str, error: Option<&str>) -> Markup {
    html! {
        @if let Some(error) = error {
            p.hint.error id=(format!("{name}-help")) { (sentence(error)) }
        }
    }
}

fn check(name: &str, value: &str, chosen: &[String]) -> Markup {
    let is_chosen = chosen.iter().any(|it| it == value);
    html! {
        label { input type="checkbox" name=(name) value=(value) checked[is_chosen]; " " (value) }
    }
}

/// A list of names of which some are chosen.
struct Choices<'a> {
    label: &'a str,
    /// The name of its fields.
    name: &'a str,
    all: Vec<&'a str>,
    chosen: &'a [String],
    error: Option<&'a str>,
}

/// A part that shows what is chosen in it. It is open if there is an error in it.
fn more(choices: Choices<'_>) -> Markup {
    let Choices { label, name, all, chosen, error } = choices;
    let told = if chosen.is_empty() { "none".to_owned() } else { chosen.join(", ") };
    html! {
        details.more open[error.is_some()] {
            summary { (label) " " span.n { (told) } }
            div {
                (said(name, error))
                div.boxes id=[error.map(|_| name)] role=[error.map(|_| "group")]
                    aria-label=[error.map(|_| label)] tabindex=[error.map(|_| "0")]
                    autofocus[error.is_some()] aria-describedby=[error.map(|_| format!("{name}-help"))] {
                    @for it in all { (check(name, it, chosen)) }
                }
            }
        }
    }
}

fn locale(data: &MasterData, typed: &LocaleDraft, trouble: Option<&Trouble>) -> Markup {
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
    let error = |name: &str| trouble.and_then(|it| it.at(name));
    let select = |label: &str, name: &str, all: &[LocaleOption], chosen: &str| {
        let options = html! {
            @for it in all { option value=(it.code) selected[it.is_called(chosen)] { (it.name) } }
        };
        Select { label, name, options, error: error(name), ..Select::default() }.render()
    };
    html! {
        details.more open[error("locale").is_some()] {
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

fn login_option(data: &MasterData, typed: &str, error: Option<&str>) -> Markup {
    let options = html! {
        @for it in data.login_options() {
            option selected[it.is_called(typed)] { (it.display_name) }
        }
    };
    let (label, name) = ("Login option", "loginOption");
    let select = Select { label, name, options, error, ..Select::default() };
    html! {
        details.more open[error.is_some()] {
            summary { "Login option " span.n { (typed) } }
            div { (select.render()) }
        }
    }
}

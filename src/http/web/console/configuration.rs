//! Steps 8 to 10: the window *Add new configuration*, and the same for one that there is.

use maud::{Markup, html};

use super::{
    super::request::{ApiAnswer, ApiCall, Click, ClickRequest, PageRequest},
    draft::Typed,
    fields::{Field, form},
    provisioning::{TabContent, TabWindow, tab},
    trouble::Trouble,
};
use crate::{
    http::{answer::Answer, problem::ProblemDetails},
    medius::{Company, LocaleOption, MasterData, SetupStep},
};

/// *Save* of a new configuration.
pub(super) const ADD: Click = Click { call: add, after };

/// *Save* and *Delete* of one that there is.
pub(super) const EDIT: Click = Click { call: edit, after };

/// The address of the tab's configurations.
const LIST: &str = "admin/user-provisioning-configuration/configurations";

/// `GET .../configurations/new`.
pub(super) fn new(page: &PageRequest) -> Answer {
    let typed = Typed::standard(&page.tenant().master().data);
    window(page, &typed, None)
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
    Ok(window(page, &Typed::of_document(found.document(data), data), None))
}

/// The id of the configuration that the window is about; `None` for a new one.
fn id(page: &PageRequest) -> Option<&str> {
    page.path_parameters.get(1).map(String::as_str)
}

fn add(page: &PageRequest) -> ClickRequest {
    let body = Typed::of_form(&page.form).body(&page.tenant().master().data);
    ClickRequest::Call(ApiCall::new("POST", ["configurations"]).with(body))
}

fn edit(page: &PageRequest) -> ClickRequest {
    let segments = ["configurations", id(page).unwrap_or_default()];
    if page.form.one("do") == Some("delete") {
        return ClickRequest::Call(ApiCall::new("DELETE", segments));
    }
    let body = Typed::of_form(&page.form).body(&page.tenant().master().data);
    ClickRequest::Call(ApiCall::new("PUT", segments).with(body))
}

fn after(page: &PageRequest, answer: &ApiAnswer) -> Answer {
    if answer.is_success() {
        return page.see_other("admin/user-provisioning-configuration#configurations");
    }
    window(page, &Typed::of_form(&page.form), Some(&Trouble::of(answer)))
}

fn window(page: &PageRequest, typed: &Typed, trouble: Option<&Trouble>) -> Answer {
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

fn content(page: &PageRequest, typed: &Typed, trouble: Option<&Trouble>) -> Markup {
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
                value: &typed.name,
                error: error("name"),
                is_first: !shown,
                ..Field::default()
            }.render())
            (Field {
                label: "Filter",
                name: "filter",
                value: &typed.filter,
                hint: Some("For users whose configurationFilter equals it. Empty: for all others."),
                error: error("filter"),
                ..Field::default()
            }.render())
        }
        h3 #companies-label { "Companies" }
        (companies(data, typed))
        (more("Roles", &typed.roles, html! {
            (boxes("roles", data.roles().iter().map(|it| it.name.as_str()), &typed.roles))
        }, error("roles").is_some()))
        (more("Authorization groups", &typed.authorization_groups, html! {
            (boxes(
                "authorizationGroups",
                data.authorization_groups().iter().map(|it| it.name.as_str()),
                &typed.authorization_groups,
            ))
        }, error("authorizationGroups").is_some()))
        (locale(data, typed, error("locale").is_some()))
        (login_option(data, typed))
        div.actions.end {
            @if !is_new { button.button.quiet name="do" value="delete" { "Delete" } " " }
            a.button href=(page.link("admin/user-provisioning-configuration")) data-cancel { "Cancel" } " "
            button.button.primary name="do" value="save" { (SetupStep::SaveUserConfiguration.label()) }
        }
    }
}

/// The companies that can be named, below what stands above them in the tree.
fn companies(data: &MasterData, typed: &Typed) -> Markup {
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
                    @for name in names { (check("companies", name, typed.companies.iter().any(|it| it == name))) }
                }
            }
        }
    }
}

fn boxes<'a>(name: &str, all: impl Iterator<Item = &'a str>, chosen: &[String]) -> Markup {
    html! {
        div.boxes { @for it in all { (check(name, it, chosen.iter().any(|chosen| chosen == it))) } }
    }
}

fn check(name: &str, value: &str, is_chosen: bool) -> Markup {
    html! {
        label.check { input type="checkbox" name=(name) value=(value) checked[is_chosen]; " " (value) }
    }
}

/// A part that opens, with what is chosen in it.
fn more(label: &str, chosen: &[String], content: Markup, is_open: bool) -> Markup {
    let told = if chosen.is_empty() { "none".to_owned() } else { chosen.join(", ") };
    html! {
        details.more open[is_open] { summary { (label) " " span.n { (told) } } div { (content) } }
    }
}

fn locale(data: &MasterData, typed: &Typed, is_open: bool) -> Markup {
    let lists = data.locales();
    let named = |all: &[LocaleOption], code: &str| {
        all.iter()
            .find(|it| it.is_called(code))
            .map_or_else(|| code.to_owned(), |it| it.name.clone())
    };
    let told = [
        named(&lists.languages, &typed.locale[0]),
        named(&lists.time_zones, &typed.locale[2]),
        typed.locale[3].clone(),
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
        details.more open[is_open] {
            summary { "Locale settings " span.n { (told.join(", ")) } }
            div.pair {
                (select("Language", "language", &lists.languages, &typed.locale[0]))
                (select("Format", "format", &lists.formats, &typed.locale[1]))
                (select("Time zone", "timeZone", &lists.time_zones, &typed.locale[2]))
                (select("Currency", "currency", &lists.currencies, &typed.locale[3]))
            }
        }
    }
}

fn login_option(data: &MasterData, typed: &Typed) -> Markup {
    html! {
        details.more {
            summary { "Login option " span.n { (typed.login_option) } }
            div {
                label.label {
                    "Login option"
                    select.field name="loginOption" {
                        @for it in data.login_options() {
                            option selected[it.is_called(&typed.login_option)] { (it.display_name) }
                        }
                    }
                }
            }
        }
    }
}

//! The rows: every sentence of the tutorial, in its order.

use crate::{attributes as a, console as c, entra as e, tenant as t};

/// A part of the tutorial.
pub(crate) struct Section {
    pub(crate) name: &'static str,
    /// How many sentences the tutorial has there.
    pub(crate) count: usize,
    pub(crate) sentences: &'static [Sentence],
}

/// One sentence.
pub(crate) struct Sentence {
    /// Where it stands, such as `Step 2, 6.3`: the third sentence of the sixth item.
    pub(crate) place: &'static str,
    /// What it says, in our words.
    pub(crate) says: &'static str,
    pub(crate) proof: Proof,
}

/// What shows that a sentence is so.
pub(crate) enum Proof {
    /// This, over HTTP.
    Shown(fn()),
    /// This, over HTTP, of the attribute with this name.
    Attribute(fn(&str), &'static str),
    /// Nothing here: the reason why the sentence is not about the product.
    NotOurs(&'static str),
}

const fn section(name: &'static str, count: usize, sentences: &'static [Sentence]) -> Section {
    Section { name, count, sentences }
}

const fn shown(place: &'static str, says: &'static str, by: fn()) -> Sentence {
    Sentence { place, says, proof: Proof::Shown(by) }
}

const fn row(place: &'static str, name: &'static str, by: fn(&str)) -> Sentence {
    Sentence { place, says: name, proof: Proof::Attribute(by, name) }
}

const fn not_ours(place: &'static str, says: &'static str, why: &'static str) -> Sentence {
    Sentence { place, says, proof: Proof::NotOurs(why) }
}

const POINTER: &str = "it only points to another page";
const PORTAL: &str = "a page or button of Microsoft's portal, which the mock's Entra side has not: \
                      its job is made and changed by `PUT entra`";
const ADVICE: &str = "advice on how to go about it, not behaviour";
const ENTRA: &str = "about Microsoft Entra, not about MediusFlow";
const LEAD_IN: &str = "it leads to the list that follows";

pub(crate) const SECTIONS: &[Section] = &[
    section("Introduction", 3, INTRODUCTION),
    section("Capabilities supported", 5, CAPABILITIES),
    section("Prerequisites", 6, PREREQUISITES),
    section("Step 1", 3, STEP_1),
    section("Step 2: activate", 3, STEP_2_ACTIVATE),
    section("Step 2: configure user provisioning", 21, STEP_2),
    section("Step 3", 4, STEP_3),
    section("Step 4", 8, STEP_4),
    section("Step 5", 27, STEP_5),
    section("Step 5: user attributes", 17, STEP_5_USERS),
    section("Step 5: group attributes", 3, STEP_5_GROUPS),
    section("Step 6", 5, STEP_6),
    section("Change log", 1, CHANGE_LOG),
    section("Additional resources", 2, ADDITIONAL),
    section("Next steps", 1, NEXT_STEPS),
];

const INTRODUCTION: &[Sentence] = &[
    not_ours("Introduction, 1", "the steps on both sides are described", LEAD_IN),
    shown(
        "Introduction, 2",
        "once configured, users and groups are provisioned and deprovisioned automatically",
        e::people_come_and_go,
    ),
    not_ours("Introduction, 3", "details and questions stand elsewhere", POINTER),
];

const CAPABILITIES: &[Sentence] = &[
    shown("Capabilities, 1", "users are created", e::users_are_created),
    shown("Capabilities, 2", "users who need no access any more are removed", e::users_are_removed),
    shown("Capabilities, 3", "attributes are kept in step", e::attributes_are_kept_in_step),
    shown("Capabilities, 4", "groups and memberships are provisioned", e::groups_are_provisioned),
    not_ours(
        "Capabilities, 5",
        "single sign-on is recommended",
        "signing in is another protocol (WS-Federation or SAML), and the mock has no product to \
         sign in to",
    ),
];

const PREREQUISITES: &[Sentence] = &[
    not_ours("Prerequisites, 0", "the scenario assumes what follows", LEAD_IN),
    not_ours("Prerequisites, 1", "a Microsoft Entra tenant", ENTRA),
    not_ours("Prerequisites, 2", "an account with the permission to provision", ENTRA),
    shown("Prerequisites, 3", "a Production or a Quality assurance tenant", t::two_environments),
    shown("Prerequisites, 4", "an account with admin access rights", t::admins_only),
    shown("Prerequisites, 5", "the companies are in the tenant before", t::companies_come_first),
];

const STEP_1: &[Sentence] = &[
    not_ours("Step 1, 1", "learn how the service works", POINTER),
    not_ours("Step 1, 2", "decide who is in scope", ADVICE),
    not_ours("Step 1, 3", "decide which data to map", ADVICE),
];

const STEP_2_ACTIVATE: &[Sentence] = &[
    not_ours(
        "Step 2, activate",
        "enable the login and the configuration feature in MediusFlow",
        "it is done in the product's own administration; a tenant of the mock has both enabled",
    ),
    not_ours("Step 2, user login", "an article tells how to enable the login", POINTER),
    not_ours("Step 2, user transfer", "an article tells how to enable the portal", POINTER),
];

const STEP_2: &[Sentence] = &[
    shown("Step 2, 1", "log in to the console by the tenant's name", c::log_in_by_tenant),
    shown("Step 2, 2", "verify the connection", c::verify_the_connection),
    shown("Step 2, 3.1", "provide the Entra tenant ID", c::provide_the_entra_tenant),
    not_ours("Step 2, 3.2", "the FAQ tells where to find it", POINTER),
    shown("Step 2, 4", "save the configuration", c::save_the_configuration),
    shown("Step 2, 5", "select user provisioning and OK", c::select_user_provisioning),
    shown("Step 2, 6.1", "click Generate Secret Key", c::click_generate),
    shown("Step 2, 6.2", "copy and save the value", c::the_key_is_shown_once),
    shown("Step 2, 6.3", "the value goes into Secret Token", e::key_is_the_secret_token),
    shown("Step 2, 7", "OK makes the key", c::confirm_the_key),
    shown(
        "Step 2, 8.1",
        "roles and companies come from a configuration",
        c::users_get_what_is_configured,
    ),
    shown("Step 2, 8.2", "Add new configuration", c::add_a_configuration),
    shown("Step 2, 9.1", "provide the default settings of the users", c::settings_reach_the_users),
    shown("Step 2, 9.2", "each default can be set in that view", c::every_setting_can_be_set),
    shown("Step 2, 9.3", "a valid company name is enough", c::a_company_is_enough),
    shown(
        "Step 2, 9.4",
        "settings are fetched from MediusFlow and come first",
        c::settings_come_from_the_tenant,
    ),
    not_ours("Step 2, 9.5", "the prerequisites say more", POINTER),
    shown("Step 2, 10", "Save", c::save_a_user_configuration),
    shown("Step 2, 11.1", "Copy SCIM Link", c::copy_the_link),
    shown("Step 2, 11.2", "copy and save the link", c::the_link_stays),
    shown("Step 2, 11.3", "the link goes into Tenant URL", e::link_is_the_tenant_url),
];

const STEP_3: &[Sentence] = &[
    not_ours("Step 3, 1", "add MediusFlow from the application gallery", PORTAL),
    not_ours("Step 3, 2", "an application for single sign-on can be used again", PORTAL),
    not_ours("Step 3, 3", "a separate application is better for a first test", ADVICE),
    not_ours("Step 3, 4", "another page tells how to add an application", POINTER),
];

const STEP_4: &[Sentence] = &[
    shown(
        "Step 4, 1",
        "scope goes by assignment and by attributes",
        e::scope_by_assignment_and_attributes,
    ),
    shown("Step 4, 2", "users and groups are assigned", e::who_is_assigned_comes),
    shown("Step 4, 3", "a scoping filter picks by attributes", e::a_scoping_filter_picks),
    not_ours("Step 4, 4.1", "start small", ADVICE),
    not_ours("Step 4, 4.2", "test with a few before all come", ADVICE),
    shown("Step 4, 4.3", "one or two can be assigned for a test", e::two_are_assigned),
    shown("Step 4, 4.4", "with everybody in scope, a filter limits", e::a_filter_limits_everybody),
    not_ours(
        "Step 4, 5",
        "more roles come with the application's manifest",
        "they are roles of the Entra application; MediusFlow's come from user configurations",
    ),
];

const STEP_5: &[Sentence] = &[
    shown(
        "Step 5, 0",
        "users and groups are created, updated and disabled",
        e::created_updated_disabled,
    ),
    not_ours("Step 5, a", "sign in to the admin center", PORTAL),
    not_ours("Step 5, b", "browse to the enterprise applications", PORTAL),
    not_ours("Step 5, c", "select MediusFlow", PORTAL),
    not_ours("Step 5, 3", "select the tab Provisioning", PORTAL),
    not_ours("Step 5, 4", "the mode is Automatic", PORTAL),
    shown("Step 5, 5.1", "the link is the Tenant URL", e::link_is_the_tenant_url),
    shown("Step 5, 5.2", "the key is the Secret Token", e::key_is_the_secret_token),
    shown("Step 5, 5.3", "Test Connection finds MediusFlow", e::the_connection_is_tested),
    shown("Step 5, 5.4", "if it fails, mend it and try again", e::a_failed_test_is_tried_again),
    shown("Step 5, 6", "failures are mailed to an address", e::failures_are_mailed),
    shown("Step 5, 7", "Save", e::the_job_is_saved),
    not_ours("Step 5, 8", "select the mapping of users", PORTAL),
    shown("Step 5, 9.1", "review the attributes of users", e::all_attributes_are_mapped),
    shown("Step 5, 9.2", "Matching attributes find users for updates", e::users_are_matched),
    shown(
        "Step 5, 9.3",
        "a matching attribute has to be one to filter by",
        e::matching_needs_filtering,
    ),
    not_ours("Step 5, 9.4", "Save the mapping", PORTAL),
    not_ours("Step 5, 10", "select the mapping of groups", PORTAL),
    shown("Step 5, 11.1", "review the attributes of groups", e::group_attributes_are_mapped),
    shown("Step 5, 11.2", "Matching attributes find groups for updates", e::groups_are_matched),
    not_ours("Step 5, 11.3", "Save the mapping", PORTAL),
    not_ours("Step 5, 12", "another page tells of scoping filters", POINTER),
    shown("Step 5, 13", "the status On enables the service", e::status_on_starts),
    shown("Step 5, 14", "Scope says who is provisioned", e::the_scope_is_chosen),
    not_ours("Step 5, 15", "Save when ready", PORTAL),
    shown(
        "Step 5, 16",
        "the initial cycle brings everybody in scope",
        e::the_initial_cycle_brings_all,
    ),
    shown("Step 5, 17", "later cycles are shorter and come every 40 minutes", e::later_cycles),
];

const STEP_5_USERS: &[Sentence] = &[
    row("users, 1", "userName", a::user_name_and_its_filter),
    row("users, 2", "emails[type eq \"work\"].value", a::user_text),
    row("users, 3", "name.displayName", a::name_display_name),
    row("users, 4", "active", a::active),
    row("users, 5", "name.givenName", a::user_text),
    row("users, 6", "name.familyName", a::user_text),
    row("users, 7", "name.formatted", a::user_text),
    row("users, 8", "externalId", a::user_text),
    row(
        "users, 9",
        "urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:manager",
        a::manager,
    ),
    row(
        "users, 10",
        "urn:ietf:params:scim:schemas:extension:medius:2.0:User:configurationFilter",
        a::user_text,
    ),
    row(
        "users, 11",
        "urn:ietf:params:scim:schemas:extension:medius:2.0:User:identityProvider",
        a::user_text,
    ),
    row(
        "users, 12",
        "urn:ietf:params:scim:schemas:extension:medius:2.0:User:nameIdentifier",
        a::user_text,
    ),
    row(
        "users, 13",
        "urn:ietf:params:scim:schemas:extension:medius:2.0:User:customFieldText1",
        a::user_text,
    ),
    row(
        "users, 14",
        "urn:ietf:params:scim:schemas:extension:medius:2.0:User:customFieldText2",
        a::user_text,
    ),
    row(
        "users, 15",
        "urn:ietf:params:scim:schemas:extension:medius:2.0:User:customFieldText3",
        a::user_text,
    ),
    row(
        "users, 16",
        "urn:ietf:params:scim:schemas:extension:medius:2.0:User:customFieldText4",
        a::user_text,
    ),
    row(
        "users, 17",
        "urn:ietf:params:scim:schemas:extension:medius:2.0:User:customFieldText5",
        a::user_text,
    ),
];

const STEP_5_GROUPS: &[Sentence] = &[
    row("groups, 1", "displayName", a::group_text),
    row("groups, 2", "externalID", a::group_text),
    row("groups, 3", "members", a::members),
];

const STEP_6: &[Sentence] = &[
    not_ours("Step 6, 0", "what follows helps to monitor", LEAD_IN),
    shown("Step 6, 1", "the logs tell who was provisioned and who was not", e::logs_tell_of_both),
    shown("Step 6, 2", "the progress of a cycle can be seen", e::progress_is_seen),
    shown("Step 6, 3.1", "an unhealthy job goes into quarantine", e::quarantine),
    not_ours("Step 6, 3.2", "another page tells of quarantine", POINTER),
];

const CHANGE_LOG: &[Sentence] = &[shown(
    "Change log, 1",
    "the attributes of the extension are there (customFieldText3 is named twice, and means 4)",
    a::the_extension_is_served,
)];

const ADDITIONAL: &[Sentence] = &[
    not_ours("Additional resources, 1", "a page on provisioning", POINTER),
    not_ours("Additional resources, 2", "a page on single sign-on", POINTER),
];

const NEXT_STEPS: &[Sentence] = &[not_ours("Next steps, 1", "a page on logs and reports", POINTER)];

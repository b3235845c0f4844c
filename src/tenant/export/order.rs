//! An order that follows from what a state holds, where the order in which it was said has no meaning.

use crate::medius::{ConfigurationDraft, ConsoleUserDraft, LocaleOption, MasterDataDraft};

/// Configurations by their ids, and their lists by name.
pub(super) fn configurations(all: &mut [ConfigurationDraft]) {
    all.sort_unstable_by(|one, other| one.id.cmp(&other.id));
    all.iter_mut().for_each(configuration);
}

/// A configuration whose lists are in the order of their names.
pub(super) fn configuration(it: &mut ConfigurationDraft) {
    it.lists_mut().for_each(|list| list.sort_unstable());
}

/// Console users by their names; only who is meant when a login names nobody stands first.
pub(super) fn console_users(all: &mut [ConsoleUserDraft], default: Option<&str>) {
    let is_other = |it: &ConsoleUserDraft| Some(it.user_name.as_str()) != default;
    all.sort_by_cached_key(|it| (is_other(it), it.user_name.clone()));
    for it in all {
        it.roles.sort_unstable();
    }
}

/// Master data whose lists are in the order of the names of their entries.
pub(super) fn master_data(data: &MasterDataDraft) -> MasterDataDraft {
    let mut data = data.clone();
    data.companies.sort_by(|one, other| one.company_id.cmp(&other.company_id));
    data.roles.sort_by(|one, other| one.name.cmp(&other.name));
    data.authorization_groups.sort_by(|one, other| one.name.cmp(&other.name));
    data.login_options.sort_by(|one, other| one.display_name.cmp(&other.display_name));
    let by_code = |all: &mut Vec<LocaleOption>| all.sort_by(|one, other| one.code.cmp(&other.code));
    by_code(&mut data.locales.languages);
    by_code(&mut data.locales.formats);
    by_code(&mut data.locales.time_zones);
    by_code(&mut data.locales.currencies);
    data.defaults.lists_mut().for_each(|list| list.sort_unstable());
    data
}

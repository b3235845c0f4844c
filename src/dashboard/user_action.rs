//! The list of all actions. Keys, hints, help and palette are made from it.

use super::key_press::KeyPress;
use super::screen::Screen;

/// Something the user can do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum UserAction {
    GoOverview,
    GoUsers,
    GoGroups,
    GoTraffic,
    GoProvisioning,
    Help,
    Palette,
    Filter,
    Open,
    Back,
    NextPane,
    PreviousPane,
    NextItem,
    PreviousItem,
    Down,
    Up,
    Right,
    Left,
    PageDown,
    PageUp,
    First,
    Last,
    Order,
    Reverse,
    Follow,
    ErrorsOnly,
    RunCycle,
    StartOrPause,
    NextDay,
    ClearQuarantine,
    Restart,
    Faster,
    Slower,
    Wrap,
    Related,
    Copy,
    Pause,
    Zoom,
    Present,
    Secrets,
    Tenant,
    MoreKeys,
    Repaint,
    Suspend,
    Quit,
    Interrupt,
}

/// The scope of an action; help is grouped by it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum ActionScope {
    /// On every screen.
    Everywhere,
    /// Where there are rows to move over.
    Lists,
    /// In the list of users and of groups.
    Directory,
    /// Where a user or a group is selected, also in the provisioning log.
    Objects,
    /// In the detail of a user or an exchange.
    Detail,
    /// On the traffic screen.
    Traffic,
    /// On the provisioning screen.
    Provisioning,
}

/// The description of an action.
#[derive(Clone, Copy, Debug)]
pub(super) struct ActionEntry {
    /// What is done.
    pub(super) action: UserAction,
    /// Its name in the palette.
    pub(super) name: &'static str,
    /// What it does, for help.
    pub(super) help: &'static str,
    /// One or two words for the hint row.
    pub(super) hint: &'static str,
    /// Its keys by name; the first one is shown.
    pub(super) keys: &'static [&'static str],
    /// Where.
    pub(super) scope: ActionScope,
}

impl UserAction {
    /// Its description.
    pub(super) fn entry(self) -> &'static ActionEntry {
        ENTRIES
            .iter()
            .find(|it| it.action == self)
            .expect("a test holds that each action is listed")
    }

    /// The action of a key in one of these scopes.
    pub(super) fn of(key: KeyPress, scopes: &[ActionScope]) -> Option<Self> {
        let found = ENTRIES
            .iter()
            .filter(|it| scopes.contains(&it.scope))
            .find(|it| it.keys.iter().any(|name| KeyPress::named(name) == Some(key)));
        found.map(|it| it.action)
    }
}

impl ActionScope {
    /// All of them, in the order of the help.
    pub(super) const ALL: [Self; 7] = [
        Self::Everywhere,
        Self::Lists,
        Self::Directory,
        Self::Objects,
        Self::Detail,
        Self::Traffic,
        Self::Provisioning,
    ];

    /// Those of a screen.
    pub(super) fn of(screen: Screen) -> Vec<Self> {
        let mut scopes = vec![Self::Everywhere, Self::Lists];
        match screen {
            Screen::Users => scopes.extend([Self::Directory, Self::Objects, Self::Detail]),
            Screen::Groups => scopes.extend([Self::Directory, Self::Objects]),
            Screen::Traffic => scopes.extend([Self::Traffic, Self::Detail]),
            Screen::Provisioning => {
                scopes.extend([Self::Provisioning, Self::Objects, Self::Detail]);
            }
            Screen::Overview | Screen::Help => {}
        }
        scopes
    }

    /// Its heading in the help.
    pub(super) fn title(self) -> &'static str {
        match self {
            Self::Everywhere => "Everywhere",
            Self::Lists => "Lists",
            Self::Directory => "Users and groups",
            Self::Objects => "Users, groups and the provisioning log",
            Self::Detail => "Detail",
            Self::Traffic => "Traffic",
            Self::Provisioning => "Provisioning",
        }
    }
}

const fn entry(
    action: UserAction,
    scope: ActionScope,
    keys: &'static [&'static str],
    [name, hint, help]: [&'static str; 3],
) -> ActionEntry {
    ActionEntry { action, name, help, hint, keys, scope }
}

/// All actions, in the order of the help.
pub(super) const ENTRIES: &[ActionEntry] = {
    use ActionScope as S;
    use UserAction as A;
    &[
        entry(A::GoOverview, S::Everywhere, &["1"], ["overview", "overview", "go to Overview"]),
        entry(A::GoUsers, S::Everywhere, &["2"], ["users", "users", "go to Users"]),
        entry(A::GoGroups, S::Everywhere, &["3"], ["groups", "groups", "go to Groups"]),
        entry(A::GoTraffic, S::Everywhere, &["4"], ["traffic", "traffic", "go to Traffic"]),
        entry(
            A::GoProvisioning,
            S::Everywhere,
            &["5"],
            ["provisioning", "provisioning", "go to Provisioning"],
        ),
        entry(A::Help, S::Everywhere, &["?", "F1"], ["help", "help", "help: all keys and filters"]),
        entry(
            A::Palette,
            S::Everywhere,
            &[":", "Ctrl-p"],
            ["palette", "command", "commands by name"],
        ),
        entry(A::Filter, S::Everywhere, &["/"], ["filter", "filter", "filter this list"]),
        entry(A::Open, S::Everywhere, &["Enter"], ["open", "open", "open, accept"]),
        entry(A::Back, S::Everywhere, &["Esc"], ["back", "back", "one step back (never quits)"]),
        entry(A::NextPane, S::Everywhere, &["Tab"], ["next-pane", "next tab", "next pane or tab"]),
        entry(
            A::PreviousPane,
            S::Everywhere,
            &["S-Tab"],
            ["previous-pane", "previous tab", "previous pane or tab"],
        ),
        entry(A::Pause, S::Everywhere, &["Space"], ["pause", "pause", "pause or resume the view"]),
        entry(A::Copy, S::Everywhere, &["y"], ["copy", "copy", "copy…"]),
        entry(A::Present, S::Everywhere, &["p"], ["present", "present", "presentation mode"]),
        entry(A::Secrets, S::Everywhere, &["s"], ["secrets", "secrets", "show secrets for 10 s"]),
        entry(A::Zoom, S::Everywhere, &["z"], ["zoom", "zoom", "zoom this pane"]),
        entry(A::Tenant, S::Everywhere, &["T"], ["tenant", "tenant", "next tenant"]),
        entry(
            A::MoreKeys,
            S::Everywhere,
            &["."],
            ["more-keys", "more keys", "all keys in the hint row"],
        ),
        entry(
            A::Repaint,
            S::Everywhere,
            &["Ctrl-l"],
            ["repaint", "repaint", "draw everything again"],
        ),
        entry(
            A::Suspend,
            S::Everywhere,
            &["Ctrl-z"],
            ["suspend", "suspend", "stop, `fg` goes on (server too)"],
        ),
        entry(A::Quit, S::Everywhere, &["q"], ["quit", "quit", "quit (asks about the server)"]),
        entry(
            A::Interrupt,
            S::Everywhere,
            &["Ctrl-c"],
            ["interrupt", "quit", "quit; twice within 2 s: at once"],
        ),
        entry(A::Down, S::Lists, &["j", "Down"], ["down", "down", "down"]),
        entry(A::Up, S::Lists, &["k", "Up"], ["up", "up", "up"]),
        entry(A::Right, S::Lists, &["l", "Right"], ["right", "right", "into the detail"]),
        entry(A::Left, S::Lists, &["h", "Left"], ["left", "left", "back to the list"]),
        entry(
            A::PageDown,
            S::Lists,
            &["PgDn", "Ctrl-d"],
            ["page-down", "page down", "one page down"],
        ),
        entry(A::PageUp, S::Lists, &["PgUp", "Ctrl-u"], ["page-up", "page up", "one page up"]),
        entry(A::First, S::Lists, &["g", "Home"], ["first", "first", "first row"]),
        entry(A::Last, S::Lists, &["G", "End"], ["last", "last", "last row; in Traffic: follow"]),
        entry(A::Order, S::Directory, &["o"], ["order", "order", "order by the next column"]),
        entry(A::Reverse, S::Directory, &["v"], ["reverse", "reverse", "turn the order round"]),
        entry(
            A::Related,
            S::Objects,
            &["t"],
            ["its-traffic", "its traffic", "the traffic about it"],
        ),
        entry(A::NextItem, S::Detail, &["]"], ["next", "next", "next row's detail"]),
        entry(
            A::PreviousItem,
            S::Detail,
            &["["],
            ["previous", "previous", "previous row's detail"],
        ),
        entry(A::Wrap, S::Detail, &["w"], ["wrap", "wrap", "wrap long lines"]),
        entry(A::Follow, S::Traffic, &["f"], ["follow", "follow", "follow the newest, or stop"]),
        entry(
            A::ErrorsOnly,
            S::Traffic,
            &["!"],
            ["errors-only", "errors", "only errors: 400 and up, no answer"],
        ),
        entry(A::RunCycle, S::Provisioning, &["c"], ["cycle", "run cycle", "run a cycle now"]),
        entry(
            A::NextDay,
            S::Provisioning,
            &["d"],
            ["next-day", "next day", "the next day's changes in the directory"],
        ),
        entry(
            A::StartOrPause,
            S::Provisioning,
            &["a"],
            ["start-or-pause", "start/pause", "cycles by the clock, or not"],
        ),
        entry(
            A::ClearQuarantine,
            S::Provisioning,
            &["Q"],
            ["clear-quarantine", "clear quarantine", "forget quarantine and failures"],
        ),
        entry(
            A::Restart,
            S::Provisioning,
            &["R"],
            ["restart", "restart", "restart provisioning (asks)"],
        ),
        entry(
            A::Faster,
            S::Provisioning,
            &["+"],
            ["faster", "faster", "the tenant's clock faster"],
        ),
        entry(
            A::Slower,
            S::Provisioning,
            &["-"],
            ["slower", "slower", "the tenant's clock slower, or still"],
        ),
    ]
};

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn names_are_unique_and_keys_are_known() {
        let names: HashSet<_> = ENTRIES.iter().map(|it| it.name).collect();
        let actions: HashSet<_> = ENTRIES.iter().map(|it| it.action).collect();
        assert_eq!((names.len(), actions.len()), (ENTRIES.len(), ENTRIES.len()));
        for key in ENTRIES.iter().flat_map(|it| it.keys) {
            assert!(KeyPress::named(key).is_some(), "{key}");
        }
    }

    #[test]
    fn no_key_means_two_things() {
        let keys: Vec<_> = ENTRIES.iter().flat_map(|it| it.keys).collect();
        let distinct: HashSet<_> = keys.iter().collect();
        assert_eq!(distinct.len(), keys.len());
    }

    #[test]
    fn a_key_acts_only_where_its_action_can_be_done() {
        let f = KeyPress::named("f").unwrap();
        assert_eq!(
            UserAction::of(f, &[ActionScope::Everywhere, ActionScope::Traffic]),
            Some(UserAction::Follow)
        );
        assert_eq!(UserAction::of(f, &[ActionScope::Everywhere, ActionScope::Lists]), None);
    }

    #[test]
    fn keys_that_terminals_and_multiplexers_reserve_are_not_used() {
        for key in ENTRIES.iter().flat_map(|it| it.keys) {
            assert!(!["Ctrl-s", "Ctrl-q", "Ctrl-b", "Ctrl-a"].contains(key));
            assert!(!["Ctrl-h", "Ctrl-i", "Ctrl-m"].contains(key) && !key.starts_with("Alt"));
        }
    }
}

//! Which screen is shown, and which of its panes has the keys.

/// One of the screens, in the order of their tabs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Screen {
    Overview,
    Users,
    Groups,
    Traffic,
    Provisioning,
    Help,
}

impl Screen {
    /// Those that have a tab, in their order.
    pub(super) const ALL: [Self; 6] =
        [Self::Overview, Self::Users, Self::Groups, Self::Traffic, Self::Provisioning, Self::Help];

    /// Its key.
    pub(super) fn key(self) -> &'static str {
        match self {
            Self::Overview => "1",
            Self::Users => "2",
            Self::Groups => "3",
            Self::Traffic => "4",
            Self::Provisioning => "5",
            Self::Help => "?",
        }
    }

    /// Its name.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Overview => "Overview",
            Self::Users => "Users",
            Self::Groups => "Groups",
            Self::Traffic => "Traffic",
            Self::Provisioning => "Provisioning",
            Self::Help => "Help",
        }
    }
}

/// The pane that has the keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Focus {
    /// The list.
    List,
    /// The detail beside or over it.
    Detail,
}

/// Whether a pane has the keys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PaneFocus {
    /// It has the keys.
    Focused,
    /// Another pane, or a dialog, has the keys.
    Unfocused,
}

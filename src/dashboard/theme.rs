//! The look of roles. Colour is never the only sign of a state: a glyph or a word shows it too.

use ratatui::style::{Color, Modifier, Style};

/// The colours of the dashboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    /// No colour in any cell; states are told by glyphs, words, bold, dim and reverse.
    Mono,
    /// The sixteen colours that the user chose for the terminal.
    Ansi,
}

/// The terminal and its environment variables; `None` for a variable that is not set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TerminalEnvironment<'a> {
    /// Whether input and output are a terminal.
    pub is_terminal: bool,
    /// `NO_COLOR`.
    pub no_color: Option<&'a str>,
    /// `CLICOLOR_FORCE`.
    pub clicolor_force: Option<&'a str>,
    /// `TERM`.
    pub term: Option<&'a str>,
}

impl TerminalEnvironment<'_> {
    /// Why no dashboard can be drawn in this terminal, as a sentence; `None` if one can.
    pub fn refusal(&self) -> Option<&'static str> {
        match self.term {
            _ if !self.is_terminal => {
                Some("The output is not a terminal, so there is no dashboard.")
            }
            _ if cfg!(windows) => None,
            None | Some("") => Some("TERM is not set, so there is no dashboard."),
            Some("dumb") => Some("TERM is \"dumb\", so there is no dashboard."),
            Some(_) => None,
        }
    }

    fn is_monochrome(&self) -> bool {
        // vt100 and similar terminals, but not vte-256color; xterm-mono, linux-m.
        let is_old = |it: &str| it.starts_with("vt1") || it.starts_with("vt2");
        self.term.is_some_and(|it| is_old(it) || it.ends_with("-m") || it.ends_with("-mono"))
    }
}

impl Theme {
    /// The default theme. It has no colours if `NO_COLOR` is set and not empty, or if the terminal
    /// has none (unless `CLICOLOR_FORCE` is set). Otherwise it has the terminal's sixteen colours.
    pub fn of(environment: &TerminalEnvironment<'_>) -> Self {
        let is_set = |it: Option<&str>| it.is_some_and(|it| !it.is_empty());
        let is_forced =
            is_set(environment.clicolor_force) && environment.clicolor_force != Some("0");
        if is_set(environment.no_color) || environment.is_monochrome() && !is_forced {
            Self::Mono
        } else {
            Self::Ansi
        }
    }

    /// The style of a role.
    pub(super) fn style(self, role: TextRole) -> Style {
        let style = Style::new().add_modifier(role.modifier());
        match role.colour() {
            Some(colour) if self == Self::Ansi => style.fg(colour),
            _ => style,
        }
    }
}

/// The role of a text; the theme decides its look.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum TextRole {
    /// Ordinary text.
    Text,
    /// Less important text: labels, units, borders out of focus.
    Dim,
    /// Important text: numbers, titles.
    Strong,
    /// The border of the pane that has the keys.
    Focus,
    /// Alive, done, made.
    Good,
    /// Changed, and what a key does.
    Info,
    /// Paused, odd, refused.
    Warn,
    /// Failed.
    Bad,
    /// Deleted.
    Gone,
    /// The row under the cursor of the pane that has the keys.
    Selected,
    /// The row under the cursor of another pane.
    Remembered,
    /// A mistake in a prompt.
    Mistake,
}

impl TextRole {
    fn modifier(self) -> Modifier {
        match self {
            Self::Text | Self::Info | Self::Good | Self::Gone => Modifier::empty(),
            // In some schemes bright black is the background. Dim text is never that.
            Self::Dim => Modifier::DIM,
            Self::Strong | Self::Focus | Self::Warn | Self::Bad => Modifier::BOLD,
            Self::Selected => Modifier::REVERSED,
            Self::Remembered => Modifier::BOLD.union(Modifier::UNDERLINED),
            Self::Mistake => Modifier::BOLD.union(Modifier::UNDERLINED),
        }
    }

    fn colour(self) -> Option<Color> {
        match self {
            Self::Good => Some(Color::Green),
            Self::Info | Self::Focus => Some(Color::Cyan),
            Self::Warn => Some(Color::Yellow),
            Self::Bad | Self::Mistake => Some(Color::Red),
            Self::Gone => Some(Color::Magenta),
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case::nothing_said(TerminalEnvironment::default(), Theme::Ansi)]
    #[case::no_color(TerminalEnvironment { no_color: Some("1"), ..colourful() }, Theme::Mono)]
    #[case::an_empty_no_color(TerminalEnvironment { no_color: Some(""), ..colourful() }, Theme::Ansi)]
    #[case::a_term_without(TerminalEnvironment { term: Some("vt100"), ..TerminalEnvironment::default() }, Theme::Mono)]
    #[case::a_term_that_only_sounds_like_one(
        TerminalEnvironment { term: Some("vte-256color"), ..TerminalEnvironment::default() },
        Theme::Ansi
    )]
    #[case::forced(
        TerminalEnvironment { term: Some("vt100"), clicolor_force: Some("1"), ..TerminalEnvironment::default() },
        Theme::Ansi
    )]
    fn the_environment_chooses(
        #[case] environment: TerminalEnvironment<'_>,
        #[case] expected: Theme,
    ) {
        assert_eq!(Theme::of(&environment), expected);
    }

    #[test]
    fn a_dumb_terminal_is_refused_with_a_sentence() {
        let piped = TerminalEnvironment { is_terminal: false, ..colourful() };
        let dumb = TerminalEnvironment {
            is_terminal: true,
            term: Some("dumb"),
            ..TerminalEnvironment::default()
        };

        assert!(dumb.refusal().unwrap().contains("dumb"));
        assert!(piped.refusal().unwrap().contains("not a terminal"));
        assert_eq!(colourful().refusal(), None);
    }

    fn colourful() -> TerminalEnvironment<'static> {
        TerminalEnvironment {
            is_terminal: true,
            term: Some("xterm-256color"),
            ..TerminalEnvironment::default()
        }
    }
}

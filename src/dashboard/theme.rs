//! What a state looks like. Colour is never the only sign of it: a glyph or a word says it too.

use ratatui::style::{Color, Modifier, Style};

/// The colours of the dashboard.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Theme {
    /// No colour in any cell; states are told by glyphs, words, bold, dim and reverse.
    Mono,
    /// The sixteen colours that the user chose for the terminal.
    Ansi,
    /// Colours that people with any kind of colour vision tell apart, after Okabe and Ito, in 24
    /// bits.
    OkabeIto,
    /// The same for terminals that know 256 colours.
    OkabeIto256,
}

/// What the environment says about the terminal; `None` for a variable that is not set.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct TerminalEnvironment<'a> {
    /// `NO_COLOR`.
    pub no_color: Option<&'a str>,
    /// `CLICOLOR_FORCE`.
    pub clicolor_force: Option<&'a str>,
    /// `COLORTERM`.
    pub colorterm: Option<&'a str>,
    /// `TERM`.
    pub term: Option<&'a str>,
}

impl TerminalEnvironment<'_> {
    /// Why no dashboard can be drawn in this terminal, as a sentence for its user; `None` if it
    /// can.
    pub fn refusal(&self, is_terminal: bool) -> Option<&'static str> {
        match self.term {
            _ if !is_terminal => Some("The output is not a terminal, so there is no dashboard."),
            _ if cfg!(windows) => None,
            None | Some("") => Some("TERM is not set, so there is no dashboard."),
            Some("dumb") => Some("TERM is \"dumb\", so there is no dashboard."),
            Some(_) => None,
        }
    }

    fn has_true_colour(&self) -> bool {
        matches!(self.colorterm, Some("truecolor" | "24bit"))
    }

    fn is_monochrome(&self) -> bool {
        // vt100 and its family, but not vte-256color; xterm-mono, linux-m.
        let is_old = |it: &str| it.starts_with("vt1") || it.starts_with("vt2");
        self.term.is_some_and(|it| is_old(it) || it.ends_with("-m") || it.ends_with("-mono"))
    }
}

impl Theme {
    /// The theme for a user who named none: no colours if `NO_COLOR` is set and not empty, nor in
    /// a terminal without any (unless `CLICOLOR_FORCE` insists), else the terminal's own sixteen.
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

    /// The theme of that name: `mono`, `ansi`, `okabe-ito`; `auto` and every other name let the
    /// environment decide.
    pub fn named(name: &str, environment: &TerminalEnvironment<'_>) -> Self {
        match name {
            "mono" => Self::Mono,
            "ansi" => Self::Ansi,
            "okabe-ito" if environment.has_true_colour() => Self::OkabeIto,
            "okabe-ito" => Self::OkabeIto256,
            _ => Self::of(environment),
        }
    }

    /// The style of a role.
    pub(super) fn style(self, role: TextRole) -> Style {
        let style = Style::new().add_modifier(role.modifier());
        match role.hue() {
            Some(hue) => self.colour(hue).map_or(style, |it| style.fg(it)),
            None => style,
        }
    }

    fn colour(self, hue: Hue) -> Option<Color> {
        let (ansi, (r, g, b), index) = hue.colours();
        match self {
            Self::Mono => None,
            Self::Ansi => Some(ansi),
            Self::OkabeIto => Some(Color::Rgb(r, g, b)),
            Self::OkabeIto256 => Some(Color::Indexed(index)),
        }
    }
}

/// What a piece of text is; the theme says how that looks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum TextRole {
    /// Ordinary text.
    Text,
    /// What matters less: labels, units, borders out of focus.
    Dim,
    /// What matters more: numbers, titles.
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

enum Hue {
    Good,
    Info,
    Warn,
    Bad,
    Gone,
}

impl TextRole {
    fn modifier(self) -> Modifier {
        match self {
            Self::Text | Self::Info | Self::Good | Self::Gone => Modifier::empty(),
            // Bright black would be the background in some schemes; dim text is never that.
            Self::Dim => Modifier::DIM,
            Self::Strong | Self::Focus | Self::Warn | Self::Bad => Modifier::BOLD,
            Self::Selected => Modifier::REVERSED,
            Self::Remembered => Modifier::BOLD.union(Modifier::UNDERLINED),
            Self::Mistake => Modifier::BOLD.union(Modifier::UNDERLINED),
        }
    }

    fn hue(self) -> Option<Hue> {
        match self {
            Self::Good => Some(Hue::Good),
            Self::Info | Self::Focus => Some(Hue::Info),
            Self::Warn => Some(Hue::Warn),
            Self::Bad | Self::Mistake => Some(Hue::Bad),
            Self::Gone => Some(Hue::Gone),
            _ => None,
        }
    }
}

impl Hue {
    /// The terminal's name for it, and Okabe and Ito's colour in 24 bits and of 256.
    fn colours(&self) -> (Color, (u8, u8, u8), u8) {
        match self {
            Self::Good => (Color::Green, (0x00, 0x9e, 0x73), 36),
            Self::Info => (Color::Cyan, (0x56, 0xb4, 0xe9), 74),
            Self::Warn => (Color::Yellow, (0xe6, 0x9f, 0x00), 178),
            Self::Bad => (Color::Red, (0xd5, 0x5e, 0x00), 166),
            Self::Gone => (Color::Magenta, (0xcc, 0x79, 0xa7), 175),
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
        assert_eq!(Theme::named("auto", &environment), expected);
    }

    #[test]
    fn a_named_theme_wins_over_no_color() {
        let environment = TerminalEnvironment { no_color: Some("1"), ..colourful() };

        assert_eq!(Theme::named("okabe-ito", &environment), Theme::OkabeIto);
        assert_eq!(Theme::named("okabe-ito", &TerminalEnvironment::default()), Theme::OkabeIto256);
    }

    #[test]
    fn a_dumb_terminal_is_refused_with_a_sentence() {
        let dumb = TerminalEnvironment { term: Some("dumb"), ..TerminalEnvironment::default() };

        assert!(dumb.refusal(true).unwrap().contains("dumb"));
        assert!(colourful().refusal(false).unwrap().contains("not a terminal"));
        assert_eq!(colourful().refusal(true), None);
    }

    #[test]
    fn okabe_and_ito_are_readable_on_black() {
        for hue in [Hue::Good, Hue::Info, Hue::Warn, Hue::Bad, Hue::Gone] {
            let (_, (r, g, b), _) = hue.colours();
            let light = 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);
            assert!((light + 0.05) / 0.05 >= 4.5, "{r} {g} {b}");
        }
    }

    /// Relative luminance, WCAG 2.1.
    fn linear(channel: u8) -> f64 {
        let c = f64::from(channel) / 255.0;
        if c <= 0.04045 { c / 12.92 } else { ((c + 0.055) / 1.055).powf(2.4) }
    }

    fn colourful() -> TerminalEnvironment<'static> {
        TerminalEnvironment {
            term: Some("xterm-256color"),
            colorterm: Some("truecolor"),
            ..TerminalEnvironment::default()
        }
    }
}

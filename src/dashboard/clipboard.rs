//! Copies text to the clipboard of the user's terminal, also through ssh.

use std::io::Write as _;
use std::process::{Command, Stdio};

use base64::{Engine as _, prelude::BASE64_STANDARD};

use super::text::size;

/// The longest text that terminals accept: 74,994 bytes of base64, the limit of xterm.
const LIMIT: usize = 74_994;

/// The sequence that copies text to the clipboard (OSC 52), or an error sentence.
pub(super) fn sequence(what: &str, text: &str) -> Result<String, String> {
    let coded = BASE64_STANDARD.encode(text);
    if coded.len() > LIMIT {
        return Err(format!(
            "{what} is too long for a terminal's clipboard ({})",
            size(text.len())
        ));
    }
    Ok(format!("\x1b]52;c;{coded}\x07"))
}

/// Hands text to the tmux of this terminal, which passes it on to its own terminal.
///
/// tmux ignores OSC 52 of its programs unless it is configured to accept it.
pub(super) fn hand_to_tmux(text: &str) -> std::io::Result<bool> {
    let mut tmux = Command::new("tmux")
        .args(["load-buffer", "-w", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    if let Some(mut stdin) = tmux.stdin.take() {
        stdin.write_all(text.as_bytes())?;
    }
    Ok(tmux.wait()?.success())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_that_is_too_long_is_refused_with_a_sentence() {
        let text = "x".repeat(60_000);

        assert_eq!(
            sequence("JSON", &text).unwrap_err(),
            "JSON is too long for a terminal's clipboard (60 kB)"
        );
    }
}

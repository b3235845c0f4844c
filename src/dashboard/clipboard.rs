//! Text for the clipboard of the terminal that the user sits at, also through ssh.

use std::io::Write as _;
use std::process::{Command, Stdio};

use super::text::size;

/// What terminals take at most: 74,994 bytes of base64, xterm's limit.
const LIMIT: usize = 74_994;

/// The sequence that puts text on the clipboard (OSC 52), or the sentence that says why not.
pub(super) fn sequence(what: &str, text: &str) -> Result<String, String> {
    let coded = base64(text.as_bytes());
    if coded.len() > LIMIT {
        return Err(format!(
            "{what} is too long for a terminal's clipboard ({})",
            size(text.len())
        ));
    }
    Ok(format!("\x1b]52;c;{coded}\x07"))
}

/// Hands text to the tmux that this terminal is in; it passes it on to its own terminal.
///
/// tmux does not listen to OSC 52 of the programs in it unless it was told to.
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

fn base64(bytes: &[u8]) -> String {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let letter = |bits: u32| char::from(LETTERS[(bits & 63) as usize]);
    let mut coded = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for three in bytes.chunks(3) {
        let bits = three.iter().fold(0, |bits, byte| bits << 8 | u32::from(*byte))
            << (8 * (3 - three.len()));
        coded.extend([letter(bits >> 18), letter(bits >> 12)]);
        coded.push(if three.len() > 1 { letter(bits >> 6) } else { '=' });
        coded.push(if three.len() > 2 { letter(bits) } else { '=' });
    }
    coded
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("", "")]
    #[case("f", "Zg==")]
    #[case("fo", "Zm8=")]
    #[case("foo", "Zm9v")]
    #[case("foobar", "Zm9vYmFy")]
    fn base64_is_that_of_rfc_4648(#[case] text: &str, #[case] expected: &str) {
        assert_eq!(base64(text.as_bytes()), expected);
    }

    #[test]
    fn a_text_too_long_is_refused_with_a_sentence() {
        let text = "x".repeat(60_000);

        assert_eq!(
            sequence("JSON", &text).unwrap_err(),
            "JSON is too long for a terminal's clipboard (60 kB)"
        );
    }
}

//! Formats JSON for people, with members in the order in which they were sent.

/// The text with each member and each element on a line of its own, indented by two.
///
/// Works on the text alone. So the order of members, unusual numbers and the end of a truncated
/// body stay as they are. A text that is not JSON is returned line by line.
pub(super) fn lines(text: &str) -> Vec<String> {
    if !text.trim_start().starts_with(['{', '[']) {
        return text.lines().map(str::to_owned).collect();
    }
    let mut layout = JsonLayout::default();
    let mut rest = text.chars().peekable();
    while let Some(c) = rest.next() {
        match c {
            '"' => {
                layout.line.push(c);
                let mut is_escaped = false;
                for c in rest.by_ref() {
                    layout.line.push(c);
                    if c == '"' && !is_escaped {
                        break;
                    }
                    is_escaped = c == '\\' && !is_escaped;
                }
            }
            '{' | '[' => {
                layout.line.push(c);
                while rest.next_if(char::is_ascii_whitespace).is_some() {}
                match rest.next_if(|it| matches!(it, '}' | ']')) {
                    Some(end) => layout.line.push(end),
                    None => layout.indent(1),
                }
            }
            '}' | ']' => {
                layout.indent(-1);
                layout.line.push(c);
            }
            ',' => {
                layout.line.push(c);
                layout.indent(0);
            }
            ':' => layout.line.push_str(": "),
            _ if c.is_ascii_whitespace() => {}
            _ => layout.line.push(c),
        }
    }
    layout.indent(0);
    layout.lines
}

#[derive(Default)]
struct JsonLayout {
    lines: Vec<String>,
    line: String,
    depth: usize,
}

impl JsonLayout {
    /// Ends the line and changes the indentation by this depth.
    fn indent(&mut self, by: isize) {
        self.depth = self.depth.saturating_add_signed(by);
        // A body of many brackets must not be indented out of the screen.
        let next = " ".repeat(2 * self.depth.min(20));
        let line = std::mem::replace(&mut self.line, next);
        if !line.trim().is_empty() {
            self.lines.push(line);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn members_keep_their_order_on_separate_lines() {
        let text = r#"{"schemas":["urn:a"],"b":{"x":1.50,"a":[]}, "c":"a,\"{b\\"}"#;

        let expected = [
            "{",
            "  \"schemas\": [",
            "    \"urn:a\"",
            "  ],",
            "  \"b\": {",
            "    \"x\": 1.50,",
            "    \"a\": []",
            "  },",
            r#"  "c": "a,\"{b\\""#,
            "}",
        ];
        assert_eq!(lines(text), expected);
    }

    #[test]
    fn a_cut_body_is_laid_out_as_far_as_it_goes() {
        assert_eq!(lines(r#"{"a":["b","#), ["{", "  \"a\": [", "    \"b\","]);
    }

    #[test]
    fn a_text_that_is_not_json_is_unchanged() {
        assert_eq!(lines("a=b\nc"), ["a=b", "c"]);
        assert!(lines("").is_empty());
    }

    #[test]
    fn many_brackets_are_indented_up_to_a_limit() {
        assert!(lines(&"[".repeat(5_000)).iter().all(|it| it.len() <= 41));
    }

    proptest::proptest! {
        #[test]
        fn only_blanks_are_added(text in "[{\\[][\\[\\]{}\",:a1 \\\\]{0,40}") {
            let bare = |it: &str| it.chars().filter(|c| !c.is_ascii_whitespace()).collect::<String>();
            assert_eq!(bare(&lines(&text).concat()), bare(&text));
        }
    }
}

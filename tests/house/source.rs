//! Reads Rust files as text: enough to say which words stand in the code proper.

use std::fs;
use std::path::{Path, PathBuf};

/// Every file of the package and of the crates below it that is compiled outside tests.
pub(crate) fn sources() -> Vec<Source> {
    let all: Vec<(String, String)> = ["src", "crates"]
        .iter()
        .flat_map(|folder| files(folder, "rs"))
        .map(|file| (shown(&file), text_of(&file)))
        .collect();
    let tests: Vec<String> = all
        .iter()
        .flat_map(|(path, text)| {
            let folder = path.trim_end_matches("/lib.rs").trim_end_matches(".rs").to_owned();
            test_modules(text).into_iter().map(move |name| format!("{folder}/{name}"))
        })
        .collect();
    all.iter()
        .filter(|(path, _)| {
            !tests
                .iter()
                .any(|test| path.starts_with(&format!("{test}/")) || *path == format!("{test}.rs"))
        })
        .map(|(path, text)| Source::new(path, text))
        .collect()
}

/// A file that is compiled outside tests.
pub(crate) struct Source {
    /// From the package's folder, with `/`.
    pub(crate) path: String,
    /// How many lines it has, tests included.
    pub(crate) lines: usize,
    /// Its code: comments, texts and test items are blank, lines are kept.
    pub(crate) code: String,
}

impl Source {
    pub(crate) fn new(path: &str, text: &str) -> Self {
        let code = without_tests(&without_comments_and_texts(text));
        Self { path: path.into(), lines: text.lines().count(), code }
    }

    pub(crate) fn belongs_to(&self, room: &str) -> bool {
        let is_below = |folder: String| self.path.starts_with(&folder);
        self.path == format!("src/{room}.rs")
            || is_below(format!("src/{room}/"))
            || is_below(format!("crates/{room}/src/"))
    }

    /// Whether it lies in a crate of its own, whose doors the compiler holds.
    pub(crate) fn is_in_a_crate(&self) -> bool {
        self.path.starts_with("crates/")
    }

    /// How many `super` lead from this file to the crate's root.
    pub(crate) fn depth(&self) -> usize {
        self.path.matches('/').count()
    }

    pub(crate) fn line_of(&self, offset: usize) -> usize {
        self.code[..offset].matches('\n').count() + 1
    }
}

/// The first names after `root::`, or after as many `super::` as lead to the root, with their
/// places: `crate::a::b` and `use crate::{a, b::c}`.
pub(crate) fn rooms_used(code: &str, root: &str, depth: usize) -> Vec<(usize, String)> {
    let from_root = places(code, root).into_iter().map(|offset| offset + root.len());
    let climbs = places(code, "super").into_iter().filter_map(|offset| {
        let (ends, climbed) = climb(code, offset);
        (climbed == depth && !code[..offset].ends_with("super::")).then_some(ends)
    });
    let mut used = Vec::new();
    for offset in from_root.chain(climbs) {
        let Some(path) = code[offset..].strip_prefix("::") else { continue };
        let names = match path.strip_prefix('{') {
            Some(group) => first_names(group),
            None => vec![first_name(path)],
        };
        used.extend(names.into_iter().map(|name| (offset, name.to_owned())));
    }
    used
}

/// Where a chain of `super::super` that starts at `offset` ends, and how long it is.
fn climb(code: &str, offset: usize) -> (usize, usize) {
    let mut end = offset + "super".len();
    let mut climbed = 1;
    while code[end..].starts_with("::super") {
        end += "::super".len();
        climbed += 1;
    }
    (end, climbed)
}

/// The first name of each path in `{a::b, c::{d, e}}`, from behind the opening brace.
fn first_names(group: &str) -> Vec<&str> {
    let mut names = Vec::new();
    let mut depth = 0;
    let mut begins = true;
    for (offset, character) in group.char_indices() {
        match character {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => begins = true,
            _ if begins && !character.is_whitespace() => {
                names.push(first_name(&group[offset..]));
                begins = false;
            }
            _ => {}
        }
    }
    names
}

fn first_name(path: &str) -> &str {
    path.split(|character| !in_word(character)).next().unwrap_or_default()
}

/// Where `word` stands by itself, not as a part of a longer word.
pub(crate) fn places(code: &str, word: &str) -> Vec<usize> {
    code.match_indices(word)
        .map(|(offset, _)| offset)
        .filter(|&offset| {
            !code[..offset].ends_with(in_word) && !code[offset + word.len()..].starts_with(in_word)
        })
        .collect()
}

fn in_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// The text with comments, string and character literals blanked; every line stays where it is.
fn without_comments_and_texts(text: &str) -> String {
    let mut code = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(first) = rest.chars().next() {
        let skipped = match first {
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => comment_length(rest),
            '"' => text_length(rest),
            'r' | 'b' | 'c' if !code.ends_with(in_word) => prefixed_text_length(rest),
            '\'' => character_length(rest),
            _ => 0,
        };
        let kept = if skipped == 0 { first.len_utf8() } else { 0 };
        code.push_str(&rest[..kept]);
        code.extend(rest[..skipped].chars().map(|it| if it == '\n' { '\n' } else { ' ' }));
        rest = &rest[kept + skipped..];
    }
    code
}

/// The length of a block comment, which may hold others.
fn comment_length(text: &str) -> usize {
    let mut depth = 0;
    let mut at = 0;
    while at < text.len() {
        let rest = &text[at..];
        if rest.starts_with("/*") {
            depth += 1;
            at += 2;
        } else if rest.starts_with("*/") {
            depth -= 1;
            at += 2;
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
        if depth == 0 {
            break;
        }
    }
    at
}

/// The length of `"..."`, escapes included.
fn text_length(text: &str) -> usize {
    let mut escaped = false;
    for (offset, character) in text.char_indices().skip(1) {
        match character {
            '"' if !escaped => return offset + 1,
            '\\' => escaped = !escaped,
            _ => escaped = false,
        }
    }
    text.len()
}

/// The length of `r"..."`, `br#"..."#` and the like, or 0 if this is no literal.
fn prefixed_text_length(text: &str) -> usize {
    let letters = text.len() - text.trim_start_matches(['r', 'b', 'c']).len();
    let hashes = text[letters..].len() - text[letters..].trim_start_matches('#').len();
    let opened = letters + hashes;
    if letters > 2 || !text[opened..].starts_with('"') {
        return 0;
    }
    if !text[..letters].contains('r') {
        return letters + text_length(&text[letters..]);
    }
    let end = format!("\"{}", "#".repeat(hashes));
    text[opened + 1..].find(&end).map_or(text.len(), |found| opened + 1 + found + end.len())
}

/// The length of `'x'` or `'\n'`, or 0 if this is a lifetime.
fn character_length(text: &str) -> usize {
    let inner = &text[1..];
    let escaped = inner.starts_with('\\');
    // Behind a backslash the next character is part of the literal, be it a quote.
    let skip: usize = inner.chars().take(1 + usize::from(escaped)).map(char::len_utf8).sum();
    match inner[skip..].find('\'') {
        Some(end) if escaped || end == 0 => 1 + skip + end + 1,
        _ => 0,
    }
}

/// The code with every item behind `#[cfg(test)]` blanked.
fn without_tests(code: &str) -> String {
    let mut kept = code.to_owned();
    for mark in TEST_MARKS {
        while let Some(start) = kept.find(mark) {
            let end = start + item_length(&kept[start..]);
            let blank: String =
                kept[start..end].chars().map(|it| if it == '\n' { '\n' } else { ' ' }).collect();
            kept.replace_range(start..end, &blank);
        }
    }
    kept
}

const TEST_MARKS: [&str; 2] = ["#[cfg(test)]", "#[cfg(all(test"];

/// The length of an item with its attributes: to the `;` or the closing brace that ends it.
fn item_length(code: &str) -> usize {
    let (mut depth, mut begun) = (0, false);
    for (offset, character) in code.char_indices() {
        match character {
            '{' | '(' | '[' => {
                begun |= character == '{' && depth == 0;
                depth += 1;
            }
            '}' | ')' | ']' => depth -= 1,
            _ => {}
        }
        let ends = character == ';' || (begun && character == '}');
        if ends && depth == 0 {
            return offset + character.len_utf8();
        }
    }
    code.len()
}

/// The modules that a file declares for its tests only: `#[cfg(test)] mod tests;`.
pub(crate) fn test_modules(text: &str) -> Vec<String> {
    let code = without_comments_and_texts(text);
    let items = TEST_MARKS.iter().flat_map(|mark| code.match_indices(mark));
    items
        .filter_map(|(offset, _)| {
            let item = &code[offset..offset + item_length(&code[offset..])];
            let (_, name) = item.strip_suffix(';')?.rsplit_once("mod ")?;
            Some(name.trim().to_owned())
        })
        .collect()
}

/// Every file below a folder of the package with that extension, in the order of their names.
pub(crate) fn files(folder: &str, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![package().join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(&folder).expect("the package has this folder") {
            let path = entry.expect("a folder that opened can be read").path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == extension) {
                found.push(path);
            }
        }
    }
    found.sort();
    found
}

/// The names of the files and folders in a folder of the package.
pub(crate) fn entries(folder: &str) -> Vec<String> {
    let entries = fs::read_dir(package().join(folder)).expect("the package has this folder");
    let names = entries.map(|entry| entry.expect("a folder that opened can be read").file_name());
    names.map(|name| name.to_string_lossy().into_owned()).collect()
}

pub(crate) fn text_of(file: &Path) -> String {
    fs::read_to_string(file).expect("the package's files are readable text")
}

pub(crate) fn shown(file: &Path) -> String {
    let path = file.strip_prefix(package()).expect("only the package's files are read");
    path.to_string_lossy().replace('\\', "/")
}

fn package() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

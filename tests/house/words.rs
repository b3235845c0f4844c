//! Names and parameters: one name stands for one type, and a parameter says what it is.

use std::collections::BTreeMap;

use super::source::{Source, places, sources};

/// Names that may stand for several types.
const ALLOWED_NAMES: [(&str, &str); 1] =
    [("Readme", "the examples of a README, which each crate runs as its own doctests")];

#[test]
fn one_name_stands_for_one_type() {
    let repeated = repeated_names(&sources());
    let known = |name: &&String| ALLOWED_NAMES.iter().any(|(allowed, _)| allowed == name);
    let broken: Vec<String> = repeated
        .iter()
        .filter(|(name, _)| !known(name))
        .map(|(name, places)| format!("{name} stands for several types: {}", places.join(", ")))
        .collect();
    assert!(broken.is_empty(), "\n{}\n", broken.join("\n"));
}

#[test]
fn no_parameter_is_a_tuple() {
    hold("a tuple parameter: make it a struct", tuple_parameters);
}

#[test]
fn no_parameter_is_a_bool() {
    hold("a bool parameter: make it an enum, or two functions", bool_parameters);
}

/// Fails for every such parameter.
fn hold(what: &str, parameters: impl Fn(&Source, &[String]) -> Vec<Parameter>) {
    let sources = sources();
    let traits = own_traits(&sources);
    let found = sources.iter().flat_map(|source| parameters(source, &traits));
    let broken: Vec<String> =
        found.map(|it| format!("{}: {what}: `{}`", it.place, it.text)).collect();
    assert!(broken.is_empty(), "\n{}\n", broken.join("\n"));
}

/// A function's parameter that should be a type of its own.
struct Parameter {
    /// Where the function is: `src/http.rs:12`.
    place: String,
    /// The parameter as written.
    text: String,
}

/// The places where each type name is defined, for the names that are defined more than once.
///
/// Associated types do not count. Definitions in one file count once: they are alternatives for
/// different platforms or features.
fn repeated_names(sources: &[Source]) -> BTreeMap<String, Vec<String>> {
    let mut defined: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for source in sources {
        for (offset, name) in definitions(&source.code) {
            let places = defined.entry(name.to_owned()).or_default();
            if places.iter().all(|it| !it.starts_with(&format!("{}:", source.path))) {
                places.push(format!("{}:{}", source.path, source.line_of(offset)));
            }
        }
    }
    defined.retain(|_, places| places.len() > 1);
    defined
}

/// The type names that a file defines, with their offsets.
fn definitions(code: &str) -> Vec<(usize, &str)> {
    let words = ["struct", "enum", "trait", "union", "type"].iter();
    let found = words.flat_map(|word| places(code, word).into_iter().map(move |it| (it, *word)));
    let named = found.filter_map(|(offset, word)| {
        let line = code[..offset].rfind('\n').map_or(0, |it| it + 1);
        let before = code[line..offset].trim_end();
        let is_item = before.is_empty() || before.trim_start().starts_with("pub");
        // An associated type is indented, and so is a `union` or `type` that is no keyword.
        let is_inside = word == "type" && code[line..].starts_with(' ');
        let name = identifier(code[offset + word.len()..].trim_start());
        (is_item && !is_inside && !name.is_empty()).then_some((offset, name))
    });
    named.collect()
}

fn identifier(code: &str) -> &str {
    code.split(|it: char| !it.is_alphanumeric() && it != '_').next().unwrap_or_default()
}

/// The parameters that are tuples: they hide that a function takes more parameters than it shows.
fn tuple_parameters(source: &Source, traits: &[String]) -> Vec<Parameter> {
    let is_tuple = |pattern: &str, kind: &str| {
        let kind = kind.trim_start_matches('&').trim_start_matches("mut ").trim_start();
        pattern.starts_with('(') || kind.starts_with('(') && kind != "()"
    };
    parameters(source, traits, is_tuple)
}

/// The parameters of type `bool`: a reader of the call does not see what `true` means.
fn bool_parameters(source: &Source, traits: &[String]) -> Vec<Parameter> {
    parameters(source, traits, |_, kind| kind == "bool")
}

/// The parameters with such a pattern and type. Methods of traits other than `traits` do not count: their
/// parameters are given.
fn parameters(
    source: &Source,
    traits: &[String],
    is_wanted: impl Fn(&str, &str) -> bool,
) -> Vec<Parameter> {
    let code = &source.code;
    let mut found = Vec::new();
    for offset in places(code, "fn") {
        let Some(list) = parameter_list(&code[offset + 2..]) else { continue };
        for parameter in split(list) {
            let Some((pattern, kind)) = typed(parameter) else { continue };
            if is_wanted(pattern.trim(), kind.trim()) && is_own(code, offset, traits) {
                found.push(Parameter {
                    place: format!("{}:{}", source.path, source.line_of(offset)),
                    text: parameter.split_whitespace().collect::<Vec<_>>().join(" "),
                });
            }
        }
    }
    found
}

/// What stands between the brackets of a named function.
fn parameter_list(code: &str) -> Option<&str> {
    let code = code.trim_start();
    let name = identifier(code);
    let mut rest = code[name.len()..].trim_start();
    if name.is_empty() {
        return None; // a type, as in `fn(u8) -> u8`
    }
    if rest.starts_with('<') {
        rest = rest[closing(rest)?..].trim_start();
    }
    let end = closing(rest).filter(|_| rest.starts_with('('))?;
    rest.get(1..end - 1)
}

/// The offset behind the bracket that closes the first one.
fn closing(code: &str) -> Option<usize> {
    let mut depth = 0;
    for (offset, sign) in brackets(code) {
        depth += sign;
        if depth == 0 {
            return Some(offset + 1);
        }
    }
    None
}

/// The offset of every bracket: 1 for an opening one, -1 for a closing one. The `>` of an arrow is none.
fn brackets(code: &str) -> impl Iterator<Item = (usize, i32)> {
    code.char_indices().filter_map(|(offset, it)| match it {
        '(' | '[' | '{' | '<' => Some((offset, 1)),
        '>' if code[..offset].ends_with(['-', '=']) => None,
        ')' | ']' | '}' | '>' => Some((offset, -1)),
        _ => None,
    })
}

/// The parts of a list between the commas that stand in no bracket.
fn split(list: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut start = 0;
    for (offset, _) in list.match_indices(',') {
        let depth: i32 = brackets(&list[start..offset]).map(|it| it.1).sum();
        if depth == 0 {
            parts.push(&list[start..offset]);
            start = offset + 1;
        }
    }
    parts.push(&list[start..]);
    parts
}

/// The pattern and the type of a parameter; `self` has none.
fn typed(parameter: &str) -> Option<(&str, &str)> {
    let colons = parameter.match_indices(':').map(|it| it.0);
    let mut single = colons.filter(|&at| {
        let is_path = parameter[..at].ends_with(':') || parameter[at + 1..].starts_with(':');
        let depth: i32 = brackets(&parameter[..at]).map(|it| it.1).sum();
        !is_path && depth == 0
    });
    let at = single.next()?;
    Some((&parameter[..at], &parameter[at + 1..]))
}

/// Whether a function is free to choose its parameters: it is no method of a trait from elsewhere.
fn is_own(code: &str, offset: usize, traits: &[String]) -> bool {
    let Some(header) = enclosing(code, offset) else { return true };
    let Some((implemented, _)) = header.split_once(" for ").filter(|_| header.contains("impl"))
    else {
        return true;
    };
    let path = implemented.rsplit_once("impl").map_or("", |(_, it)| it).trim_start();
    let path = match closing(path).filter(|_| path.starts_with('<')) {
        Some(end) => path[end..].trim_start(),
        None => path,
    };
    let path = path.split('<').next().unwrap_or_default();
    let name = path.rsplit("::").next().unwrap_or_default().trim();
    traits.iter().any(|it| it == name)
}

/// What stands before the block around an offset.
fn enclosing(code: &str, offset: usize) -> Option<&str> {
    let mut depth = 0;
    for (at, it) in code[..offset].char_indices().rev() {
        match it {
            '}' => depth += 1,
            '{' if depth == 0 => {
                let start = code[..at].rfind(['{', '}', ';']).map_or(0, |it| it + 1);
                return Some(&code[start..at]);
            }
            '{' => depth -= 1,
            _ => {}
        }
    }
    None
}

/// The names of the traits that these files define.
fn own_traits(sources: &[Source]) -> Vec<String> {
    let traits = sources.iter().flat_map(|source| {
        let code = &source.code;
        places(code, "trait").into_iter().map(|it| identifier(code[it + 5..].trim_start()))
    });
    traits.map(str::to_owned).collect()
}

#[test]
fn a_name_in_two_files_is_found_and_alternatives_in_one_file_are_not() {
    let files = [
        ("src/a.rs", "struct Page;\n#[cfg(unix)]\nenum Exit {}\n#[cfg(not(unix))]\nenum Exit {}"),
        ("src/b.rs", "impl T for A {\n    type Exit = u8;\n}\nfn f() {\n    enum Page {}\n}"),
    ];
    let sources = files.map(|(path, text)| Source::new(path, text));

    let found = repeated_names(&sources);

    assert_eq!(found.into_iter().collect::<Vec<_>>(), [("Page".to_owned(), places_of_page())]);
}

fn places_of_page() -> Vec<String> {
    ["src/a.rs:1", "src/b.rs:5"].map(str::to_owned).into()
}

#[test]
fn parameters_are_found_but_not_those_that_a_foreign_trait_demands() {
    let text = "
        trait Own { fn a(&self, is_set: bool); }
        impl Own for A { fn a(&self, is_set: bool) {} }
        impl<'de> de::Visitor<'de> for A { fn visit_bool(self, it: bool) {} }
        impl From<(u8, u8)> for A { fn from((a, b): (u8, u8)) -> Self { a } }
        fn b<F: Fn(bool) -> u8>(f: F, (c, d): (u8, u8), e: &(u8, u8), unit: ()) {}
        fn g(each: impl Fn((u8, bool)), Wrapped(it): Wrapped, list: &[(u8, u8)]) {}";
    let source = Source::new("src/a.rs", text);
    let traits = own_traits(std::slice::from_ref(&source));

    let texts = |found: Vec<Parameter>| found.into_iter().map(|it| it.text).collect::<Vec<_>>();

    let tuples = texts(tuple_parameters(&source, &traits));
    assert_eq!(tuples, ["(c, d): (u8, u8)", "e: &(u8, u8)"]);
    let bools = texts(bool_parameters(&source, &traits));
    assert_eq!(bools, ["is_set: bool", "is_set: bool"]);
}

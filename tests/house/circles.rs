//! Circles of modules: none of two that lie beside each other needs the other, directly or by others.
//!
//! A module and those inside it may need each other. What a module takes from the one around it is not
//! looked into, so a name that is re-exported there makes no arrow.

use std::collections::{BTreeMap, BTreeSet};

use super::source::{Source, places};

/// A module's path below the crate's root.
type Module = Vec<String>;

/// The modules that each module needs, of those that lie beside it.
type Arrows = BTreeMap<Module, BTreeSet<Module>>;

/// Every circle among these files, as the modules that are in it.
pub(crate) fn circles(sources: &[Source]) -> Vec<String> {
    let modules: BTreeSet<Module> = sources.iter().map(module_of).collect();
    let mut arrows = Arrows::new();
    for source in sources {
        for (from, to) in needed(source) {
            if modules.contains(&to) {
                arrows.entry(from).or_default().insert(to);
            }
        }
    }
    let mut found = BTreeSet::new();
    for module in arrows.keys() {
        let reached = reached(&arrows, module);
        if reached.contains(module) {
            let is_in = |it: &&Module| self::reached(&arrows, it).contains(module);
            let circle: Vec<String> =
                reached.iter().filter(is_in).map(|it| it.join("::")).collect();
            found.insert(circle.join(", "));
        }
    }
    found.into_iter().collect()
}

/// The path of a file's module; `lib.rs` of a crate is the crate's root.
fn module_of(source: &Source) -> Module {
    let path = source.path.trim_end_matches(".rs");
    let below = path.strip_prefix("src/").or_else(|| path.split_once("/src/").map(|it| it.1));
    let below = below.expect("every source lies in src");
    below.split('/').filter(|it| *it != "lib").map(str::to_owned).collect()
}

/// The arrows of a file: from a module that it lies in to one beside that.
fn needed(source: &Source) -> Vec<(Module, Module)> {
    let own = module_of(source);
    let mut found = Vec::new();
    let starts = ["crate", "super"].iter().flat_map(|word| places(&source.code, word));
    for start in starts.filter(|it| !source.code[..*it].ends_with("::")) {
        let mut paths = Vec::new();
        read(&source.code[start..], &[], &mut paths);
        for path in paths {
            let climbed = path.iter().take_while(|it| *it == "super").count();
            let base = if climbed == 0 { 0 } else { own.len().saturating_sub(climbed) };
            let rest = path.iter().skip(climbed.max(1));
            let named: Module = own[..base].iter().chain(rest).cloned().collect();
            let shared = own.iter().zip(&named).take_while(|(own, named)| own == named).count();
            if shared < own.len() && shared < named.len() {
                found.push((own[..=shared].to_vec(), named[..=shared].to_vec()));
            }
        }
    }
    found
}

/// Reads `a::b`, or each of `a::{b, c::{d, e}}`, behind a prefix; returns what follows.
fn read<'a>(code: &'a str, prefix: &[String], found: &mut Vec<Module>) -> &'a str {
    let (name, rest) = first_word(code);
    let path = [prefix, &[name.to_owned()]].concat();
    let Some(more) = rest.strip_prefix("::") else {
        found.push(path);
        return rest;
    };
    let Some(mut group) = more.strip_prefix('{') else { return read(more, &path, found) };
    loop {
        group = read(group.trim_start(), &path, found).trim_start_matches('*').trim_start();
        if let Some(renamed) = group.strip_prefix("as ") {
            group = first_word(renamed).1.trim_start();
        }
        match group.strip_prefix(',').map(str::trim_start) {
            Some(next) if !next.starts_with('}') => group = next,
            Some(end) => return &end[1..],
            None => return group.strip_prefix('}').unwrap_or(group),
        }
    }
}

fn first_word(code: &str) -> (&str, &str) {
    let ends = |it: char| !(it.is_alphanumeric() || it == '_');
    code.split_at(code.find(ends).unwrap_or(code.len()))
}

/// The modules that a module needs, by others too.
fn reached(arrows: &Arrows, from: &Module) -> BTreeSet<Module> {
    let mut reached = BTreeSet::new();
    let mut next: Vec<&Module> = arrows.get(from).into_iter().flatten().collect();
    while let Some(module) = next.pop() {
        if reached.insert(module.clone()) {
            next.extend(arrows.get(module).into_iter().flatten());
        }
    }
    reached
}

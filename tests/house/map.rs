//! The map in `ARCHITECTURE.md`: it shows each part of `src` and `crates`, and no other.

use std::collections::BTreeSet;
use std::path::Path;

use super::ROOMS;
use super::source::{entries, text_of};

#[test]
fn the_map_shows_each_room_and_crate() {
    let text = text_of(Path::new("ARCHITECTURE.md"));

    for folder in ["src", "crates"] {
        assert_eq!(in_map(&text, folder), rooms_in(folder), "the map of {folder}/");
    }
    let rooms: BTreeSet<&str> = ROOMS.iter().map(|room| room.name).collect();
    assert_eq!(in_table(&text), rooms, "the table of rooms");
}

/// The names below a folder of the map: lines that are indented, behind the folder's own. Further
/// indented ones go on with what they follow.
fn in_map(text: &str, folder: &str) -> BTreeSet<String> {
    let heading = format!("{folder}/");
    let lines = text.lines().skip_while(|line| *line != heading).skip(1);
    let lines = lines.take_while(|line| line.starts_with("  "));
    let names = lines.filter(|line| !line.starts_with("   "));
    names.filter_map(|line| line.split_whitespace().next()).map(str::to_owned).collect()
}

/// What is in a folder: rooms and crates by their names, other files as `lib.rs`.
fn rooms_in(folder: &str) -> BTreeSet<String> {
    let is_room = |name: &str| ROOMS.iter().any(|room| room.name == name);
    let names = entries(folder).into_iter().map(|name| match name.strip_suffix(".rs") {
        Some(room) if is_room(room) => room.to_owned(),
        _ => name,
    });
    names.collect()
}

/// The first cells of the table of rooms.
fn in_table(text: &str) -> BTreeSet<&str> {
    let lines = text.lines().skip_while(|line| !line.starts_with("| room |")).skip(2);
    let lines = lines.take_while(|line| line.starts_with('|'));
    lines.filter_map(|line| line.split('`').nth(1)).collect()
}

#[test]
fn the_map_is_read_as_it_is_drawn() {
    let text = "src/\n  lib.rs  the page\n  http    calls\n          and answers\ncrates/\n  scim    data\n```\n\n\
                | room | may use |\n|---|---|\n| `scim` | nothing |\n| `http` | `scim` |\n\ntext";

    assert_eq!(in_map(text, "src"), ["http", "lib.rs"].map(String::from).into());
    assert_eq!(in_map(text, "crates"), ["scim"].map(String::from).into());
    assert_eq!(in_table(text), ["http", "scim"].into());
}

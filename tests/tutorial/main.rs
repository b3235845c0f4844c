//! Microsoft's tutorial *Configure MediusFlow for automatic user provisioning*, sentence by sentence.
//!
//! The tutorial of 11/21/2022 is not part of this repository, so each sentence has a row that tells
//! its place and, in words of our own, what it says. A row shows over HTTP that the product is so, or
//! has the reason why the sentence is not about the product. The alternative texts of pictures are no
//! rows: what they add (a notification, the fields of a window) stands in the rows of their steps.

#![expect(clippy::unwrap_used, reason = "a test may panic")]

mod attributes;
mod console;
mod entra;
mod sentences;
#[expect(dead_code, reason = "these tests need a part of what those of the APIs need")]
#[path = "../api/support.rs"]
mod support;
mod tenant;
mod world;

use std::{collections::HashSet, panic};

use sentences::{Proof, SECTIONS, Sentence};

/// How many sentences the tutorial has, its two tables of attributes counted by their rows.
const SENTENCES: usize = 109;

fn all() -> impl Iterator<Item = &'static Sentence> {
    SECTIONS.iter().flat_map(|it| it.sentences)
}

#[test]
fn each_sentence_of_the_tutorial_has_its_row() {
    for section in SECTIONS {
        assert_eq!(section.sentences.len(), section.count, "{}", section.name);
    }
    let mut places = HashSet::new();
    for it in all() {
        assert!(places.insert(it.place), "{} is there twice", it.place);
        assert!(!it.says.is_empty(), "{}", it.place);
        if let Proof::NotOurs(why) = it.proof {
            assert!(!why.is_empty(), "{} has no reason", it.place);
        }
    }
    assert_eq!(places.len(), SENTENCES);
}

#[test]
fn what_the_tutorial_says_of_the_product_is_so() {
    let failed: Vec<String> = all()
        .filter_map(|it| {
            let shown = match it.proof {
                Proof::Shown(run) => panic::catch_unwind(run),
                Proof::Attribute(run, name) => panic::catch_unwind(|| run(name)),
                Proof::NotOurs(_) => return None,
            };
            shown.err().map(|_panic| format!("{}: {}", it.place, it.says))
        })
        .collect();

    assert!(failed.is_empty(), "not so:\n{}", failed.join("\n"));
}

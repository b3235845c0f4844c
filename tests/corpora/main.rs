//! The texts that fuzzing kept, each by its own name: what held for them then must hold now.
//!
//! `fuzz/README.md` says how they came about.

#[path = "../../fuzz/src/lib.rs"]
pub mod checks;

use std::{panic::catch_unwind, path::PathBuf};

use rstest::rstest;

/// Runs a check on every text in `fuzz/corpus/<target>/`.
fn replay(target: &str, check: fn(&str)) {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fuzz/corpus").join(target);
    let files = std::fs::read_dir(&folder).expect("the corpus is in the repository");
    let mut count = 0;
    for file in files {
        let file = file.expect("a folder can be read").path();
        let text = std::fs::read_to_string(&file).expect("only texts are kept");
        assert!(catch_unwind(|| check(&text)).is_ok(), "it was {}", file.display());
        count += 1;
    }
    assert!(count > 20, "only {count} texts in {}", folder.display());
}

#[rstest]
#[case::filter("filter", checks::filter)]
#[case::path("path", checks::path)]
#[case::patch("patch", checks::patch)]
#[case::bulk("bulk", checks::bulk)]
fn the_corpora_of_fuzzing_pass(#[case] target: &str, #[case] check: fn(&str)) {
    replay(target, check);
}

//! The position of an error in a document: a JSON pointer for programs, and a path for people.

/// A JSON pointer in the notation of errors: `companies[3].parentCompanyName`.
pub(crate) fn path_of(pointer: &str) -> String {
    let mut path = String::new();
    for part in pointer.split('/').filter(|it| !it.is_empty()) {
        if part.bytes().all(|it| it.is_ascii_digit()) {
            path.extend(["[", part, "]"]);
        } else {
            path.extend([if path.is_empty() { "" } else { "." }, part]);
        }
    }
    path
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    #[rstest]
    #[case("/name", "name")]
    #[case("/companies/3/parentCompanyName", "companies[3].parentCompanyName")]
    #[case("/defaults/roles/0", "defaults.roles[0]")]
    #[case("/0/roles/1", "[0].roles[1]")]
    #[case("/companies", "companies")]
    #[case("language", "language")]
    #[case("", "")]
    fn a_pointer_is_written_as_a_path(#[case] pointer: &str, #[case] expected: &str) {
        assert_eq!(path_of(pointer), expected);
    }
}

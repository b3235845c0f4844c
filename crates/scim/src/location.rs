//! Where a value is in the JSON of a request, for errors and findings: `emails[0].value`.

use std::fmt;

/// The path from the top of a request to one of its values. It is a chain of references, so that making
/// one costs nothing; the text is made when it is printed.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Location<'a> {
    parent: Option<&'a Self>,
    segment: Segment<'a>,
}

#[derive(Clone, Copy, Debug)]
enum Segment<'a> {
    Urn(&'a str),
    Name(&'a str),
    Index(usize),
}

impl<'a> Location<'a> {
    /// An attribute of the resource or, with a URN, of an extension.
    pub(crate) fn name(name: &'a str) -> Self {
        Self::member(None, name)
    }

    /// An extension.
    pub(crate) fn urn(urn: &'a str) -> Self {
        Self { parent: None, segment: Segment::Urn(urn) }
    }

    /// A member of the object at this location.
    pub(crate) fn sub(&'a self, name: &'a str) -> Self {
        Self::member(Some(self), name)
    }

    /// An element of the array at this location.
    pub(crate) fn index(&'a self, index: usize) -> Self {
        Self::element(Some(self), index)
    }

    /// A member of an object; without a parent that is the whole JSON.
    pub(crate) fn member(parent: Option<&'a Self>, name: &'a str) -> Self {
        Self { parent, segment: Segment::Name(name) }
    }

    /// An element of an array; without a parent that is the whole JSON.
    pub(crate) fn element(parent: Option<&'a Self>, index: usize) -> Self {
        Self { parent, segment: Segment::Index(index) }
    }

    /// Whether it is the member `schemas` of an extension's object.
    pub(crate) fn is_schemas_of_extension(&self) -> bool {
        let is_schemas =
            matches!(self.segment, Segment::Name(name) if name.eq_ignore_ascii_case("schemas"));
        is_schemas && matches!(self.parent.map(|it| it.segment), Some(Segment::Urn(_)))
    }
}

impl fmt::Display for Location<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some(parent) = self.parent {
            parent.fmt(f)?;
        }
        match (self.parent.map(|it| it.segment), self.segment) {
            (_, Segment::Urn(urn)) => f.write_str(urn),
            (None, Segment::Name(name)) => f.write_str(name),
            (Some(Segment::Urn(_)), Segment::Name(name)) => write!(f, ":{name}"),
            (Some(_), Segment::Name(name)) => write!(f, ".{name}"),
            (_, Segment::Index(index)) => write!(f, "[{index}]"),
        }
    }
}

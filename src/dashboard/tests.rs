//! The dashboard as its users meet it: pictures of its screens, and the real loop under a script.

mod harness;
mod pictures;

//! The program: parse arguments, run, one error line, exit code.

fn main() {}

//! The program as scripts meet it: arguments, the ready line, signals, exit codes.
#![cfg(unix)]

mod arguments;
mod demo;
mod ready;
mod running;
mod signals;

//! The mock as its users meet it: over a socket, with a real HTTP client.

mod recordings;
mod strict;
mod support;

//! The floor of any Rust program's start-up.

fn main() {}

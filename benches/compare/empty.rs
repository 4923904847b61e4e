//! An empty program: its start-up is the least that any Rust program takes.

fn main() {}

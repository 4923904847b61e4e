//! JSON: objects as rows, their fields as columns.

mod fields;
mod lines;
mod pattern;

pub use lines::JsonLines;

//! Files and streams: opening, decompressing and reading, and what differs between operating
//! systems. It does not know what the bytes mean.

mod nearby;
#[doc(hidden)]
pub mod platform;
mod source;
mod stream;

pub(crate) use source::Reader;
pub use source::Source;
#[cfg(any(test, fuzzing))]
pub(crate) use source::decompressed;
pub(crate) use stream::{PADDING, Stream, fill, grow};

//! What stands for Parquet files in a build without them: they are told, and refused.

#![expect(clippy::unused_self, reason = "with Parquet files it is used")]

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use crate::error::{Error, Fault, Place};

use super::block::Block;
use super::choice::Choice;
use super::rows::Texts;
use super::sheet::Sheet;
use super::source::Source;

/// No file.
pub enum Table {}

/// No part of one.
pub enum Part {}

/// Decodes none.
#[derive(Default)]
pub struct Decoder(());

/// Whether a file starts as a Parquet file does.
pub fn is_parquet(start: &[u8]) -> bool {
    start.starts_with(b"PAR1")
}

/// Opens none.
///
/// # Errors
/// That it is one.
pub fn open(
    source: &Source,
    _: usize,
    _: &Choice,
    _: Texts,
) -> Result<(Table, Vec<String>), Error> {
    let what = "a Parquet file";
    let hint = "this build is without Parquet: convert it to CSV first";
    Err(Error::new(Place::File(source.name()), Fault::Foreign { what, hint }))
}

impl Table {
    /// Has none.
    pub fn next_part(&mut self, _: &AtomicU64) -> Option<Part> {
        match *self {}
    }
}

impl Part {
    /// Has none.
    pub fn sheet(&self) -> &Arc<Sheet> {
        match *self {}
    }

    /// Has none.
    pub fn rows(&self) -> u64 {
        match *self {}
    }

    /// Has none.
    pub fn record(&self, _: u64) -> Result<Vec<u8>, Error> {
        match *self {}
    }
}

impl Decoder {
    /// Decodes none.
    pub fn block(&mut self, part: &Part, _: u64, _: u64) -> Result<Block, Error> {
        match *part {}
    }

    /// Takes nothing back.
    pub fn reuse(&mut self, _: Block) {}
}

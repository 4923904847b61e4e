//! What stands for Parquet files in a build without them: there is none, and
//! `sniff` says so.

#![expect(clippy::unused_self, reason = "with Parquet files it is used")]

use std::sync::Arc;
use std::sync::atomic::AtomicU64;

use crate::error::Error;

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

/// No start is one of a file.
pub fn is_parquet(_: &[u8]) -> bool {
    false
}

/// Is never called, as there is no file.
pub fn open(_: &Source, _: usize, _: &Choice, _: Texts) -> Result<(Table, Vec<String>), Error> {
    unreachable!("no file is told to be one")
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

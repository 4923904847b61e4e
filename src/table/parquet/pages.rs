//! Refuses pages that claim more values than there can be, as memory is allocated for the
//! number that they claim.

use parquet::column::page::{Page, PageMetadata, PageReader};
use parquet::errors::{ParquetError, Result};

/// The pages of a column, each of at most `most` values, missing ones included.
pub struct Pages<P> {
    pages: P,
    most: usize,
}

impl<P: PageReader> Pages<P> {
    pub fn new(pages: P, most: usize) -> Self {
        Pages { pages, most }
    }

    fn check(&self, page: &Page) -> Result<()> {
        let most = match page {
            // Each value takes at least a byte.
            Page::DictionaryPage { buf, .. } => buf.len(),
            _ => self.most,
        };
        if page.num_values() as usize > most {
            return Err(ParquetError::General("a page has too many values".to_owned()));
        }
        Ok(())
    }
}

impl<P: PageReader> Iterator for Pages<P> {
    type Item = Result<Page>;

    fn next(&mut self) -> Option<Self::Item> {
        self.get_next_page().transpose()
    }
}

impl<P: PageReader> PageReader for Pages<P> {
    fn get_next_page(&mut self) -> Result<Option<Page>> {
        let page = self.pages.get_next_page()?;
        page.iter().try_for_each(|page| self.check(page))?;
        Ok(page)
    }

    fn peek_next_page(&mut self) -> Result<Option<PageMetadata>> {
        self.pages.peek_next_page()
    }

    fn skip_next_page(&mut self) -> Result<()> {
        self.pages.skip_next_page()
    }

    fn supports_deferred_dictionary(&self) -> bool {
        self.pages.supports_deferred_dictionary()
    }

    fn take_deferred_dictionary(&mut self) -> Result<Option<Page>> {
        let page = self.pages.take_deferred_dictionary()?;
        page.iter().try_for_each(|page| self.check(page))?;
        Ok(page)
    }

    fn at_record_boundary(&mut self) -> Result<bool> {
        self.pages.at_record_boundary()
    }
}

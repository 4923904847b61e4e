//! Numbers from a program or from the command line, as a table.

use std::borrow::Cow;
use std::collections::HashMap;
use std::sync::Arc;

use crate::digits::shortest_text;
use crate::error::{Error, Kind};
use crate::neuron::Given;
use crate::text::excerpt;

use super::batch::Batch;
use super::cell;
use super::format::{Chunk, Step};
use super::labels::{ClassKey, Classes};
use super::request::Request;
use super::role::Role;
use super::schema::{Header, Outputs, Schema, Slot, Unit};

/// Numbers in columns: labels, the outputs of each model, and perhaps weights.
pub struct Values {
    schema: Arc<Schema>,
    columns: Vec<Vec<f64>>,
    /// The labels as they were written, if they are classes.
    labels: Vec<String>,
    next: usize,
}

impl Values {
    /// Returns a table of columns of equal length, one for each slot of the schema.
    pub fn new(schema: &Arc<Schema>, columns: Vec<Vec<f64>>) -> Self {
        Values { schema: Arc::clone(schema), columns, labels: Vec::new(), next: 0 }
    }

    /// Returns the same with labels as they were written.
    pub fn with_labels(self, labels: Vec<String>) -> Self {
        Values { labels, ..self }
    }

    /// Returns the schema of a column of y and one for each class of a model, in the order of
    /// `classes`.
    ///
    /// # Errors
    /// If two names are of one class, or there are fewer than two.
    pub fn schema_of_classes(
        given: Given,
        model: &str,
        classes: &[String],
        unit: Unit,
    ) -> Result<Arc<Schema>, Error> {
        let mut sorted: Vec<String> = classes.iter().map(|name| name.trim().to_owned()).collect();
        sorted.sort_unstable();
        let keys: Vec<ClassKey> = sorted.iter().map(|name| ClassKey::of(name)).collect();
        let mut known = HashMap::new();
        for (index, key) in keys.iter().enumerate() {
            if let Some(same) = known.insert(key, index) {
                let names = [same, index].map(|index| excerpt(sorted[index].as_bytes()));
                let message =
                    format!("--classes names one twice: '{}' and '{}'", names[0], names[1]);
                return Err(Error::usage(message));
            }
        }
        if classes.len() < 2 {
            return Err(Error::usage("--classes names one class, and there are two at least"));
        }
        let slot = |(slot, name): (usize, &String)| (known[&ClassKey::of(name)], slot);
        let mut slots: Vec<(usize, usize)> = (1..).zip(classes).map(slot).collect();
        slots.sort_unstable();
        let mut schema = Arc::unwrap_or_clone(Values::schema(given, classes, false, unit));
        schema.outputs = vec![Outputs::Classes(slots)];
        schema.classes = Some(Arc::new(Classes::new(&sorted)));
        schema.header.models = vec![model.to_owned()];
        schema.header.classes = sorted;
        Ok(schema.shared())
    }

    /// Returns the schema of a column of y, one for each model, and if `weighted`, one of weights.
    pub fn schema(given: Given, models: &[String], weighted: bool, unit: Unit) -> Arc<Schema> {
        let weight = weighted.then(|| "weight".to_owned());
        let y = "y".to_owned();
        let names = std::iter::once(&y).chain(models).chain(&weight).cloned().collect();
        let roles = std::iter::repeat_n(Role::of(given), models.len());
        let roles = std::iter::once(Role::Y).chain(roles);
        let roles = roles.chain(weighted.then_some(Role::Weight));
        Arc::new(Schema {
            has_names: true,
            shown: models.len() + 1 + usize::from(weighted),
            slots: roles.enumerate().map(|(column, role)| Slot { column, role }).collect(),
            y: Some(0),
            outputs: (1..=models.len()).map(Outputs::One).collect(),
            weight: weighted.then_some(models.len() + 1),
            header: Header { models: models.to_vec(), given, y, weight, names, ..Header::EMPTY },
            unit,
            ..Schema::default()
        })
    }
}

impl Chunk for Values {
    fn schema(&self) -> &Arc<Schema> {
        &self.schema
    }

    fn fill(&mut self, batch: &mut Batch, most: usize) -> Step {
        batch.clear(self.columns.len(), 0, 0);
        batch.starts(self.next as u64, 0);
        let end = self.columns[0].len().min(self.next + most);
        for (column, numbers) in self.columns.iter().zip(&mut batch.columns) {
            numbers.extend_from_slice(&column[self.next..end]);
        }
        batch.rows = end - self.next;
        self.next = end;
        if end == self.columns[0].len() { Step::End } else { Step::More }
    }

    fn cells(&mut self, batch: &Batch, row: usize) -> Result<Vec<Cow<'_, [u8]>>, Error> {
        let cell = |column: &Vec<f64>| Cow::Owned(shortest_text(column[row]).into_bytes());
        let mut cells: Vec<Cow<[u8]>> = batch.columns.iter().map(cell).collect();
        let index = usize::try_from(batch.line(row)).expect("values fit in memory");
        if let Some(label) = self.labels.get(index) {
            cells[self.schema.label_slot()] = Cow::Borrowed(label.as_bytes());
        }
        Ok(cells)
    }

    fn explain(&mut self, batch: &Batch, row: usize, request: &Request) -> Error {
        let location = self.schema.location(batch.line(row) + 1);
        let domains = request.scoring.domains(self.schema.header.given);
        for (slot, column) in self.schema.slots.iter().zip(&batch.columns) {
            let number = column[row];
            if number.is_nan() {
                return Error::new(Kind::Value, location, "'NaN' is not a number");
            }
            if let Err(error) = cell::check(shortest_text(number).as_bytes(), slot.role, domains) {
                return error.at(location);
            }
        }
        Error::new(Kind::Value, location, "it cannot be scored")
    }

    fn lines(&self) -> u64 {
        self.next as u64
    }

    fn into_buffer(self: Box<Self>) -> Vec<u8> {
        Vec::new()
    }
}

//! Writers that fail at every byte in turn: what came before is written, the rest
//! is an error, and nothing panics.

use std::fs;
use std::io::{self, ErrorKind, Write};
use std::path::Path;

use costs::error::Kind;
use costs::neuron::Given;
use costs::report::Format;
use costs::{Data, Job, Source, View, cost};

/// A writer that takes so many bytes and then fails.
struct Full {
    taken: Vec<u8>,
    most: usize,
    kind: ErrorKind,
}

impl Write for Full {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = (self.most - self.taken.len()).min(bytes.len());
        if room == 0 && !bytes.is_empty() {
            return Err(self.kind.into());
        }
        self.taken.extend_from_slice(&bytes[..room]);
        Ok(room)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A writer that takes a byte at a time and is interrupted before each.
struct Interrupted {
    taken: Vec<u8>,
    is_time: bool,
}

impl Write for Interrupted {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.is_time = !self.is_time;
        if self.is_time {
            return Err(ErrorKind::Interrupted.into());
        }
        self.taken.extend_from_slice(&bytes[..1]);
        Ok(1)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// A writer whose last bytes never arrive.
struct Unflushed;

impl Write for Unflushed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Err(ErrorKind::StorageFull.into())
    }
}

fn job(data: Data, format: Format, view: View) -> Job {
    let mut job = Job::new(data);
    // States have their own.
    if !matches!(job.data, Data::States(_)) {
        job.scoring.cost = vec![cost::ALL[0].into()];
    }
    job.output.format = format;
    job.run.each = view == View::Instances;
    job.run.summary = view == View::Summary;
    job.scoring.worst = (view == View::Worst).then_some(1);
    job
}

/// Jobs of every format and view, on values, on files, and on states.
fn jobs(folder: &Path) -> Vec<Job> {
    let path = folder.join("p.csv");
    fs::write(&path, "id,y,yhat\na,1,0.9\n\"b, c\",0,1\n").expect("a file is written");
    let values = || Data::Values {
        y: vec!["1".to_owned(), "0".to_owned()],
        given: Given::Yhat,
        outputs: vec!["0.9".to_owned(), "0.1".to_owned()],
    };
    let objects = folder.join("p.jsonl");
    fs::write(&objects, "{\"y\":1,\"yhat\":0.9}\n{\"y\":0,\"yhat\":1}\n")
        .expect("a file is written");
    let table = |path: &Path| Data::Tables(vec![Source::File(path.to_owned())]);
    let formats = [
        Format::Table,
        Format::Csv,
        Format::Tsv,
        Format::Json,
        Format::Jsonl,
        Format::Markdown,
        Format::Value,
    ];
    let mut state = Vec::new();
    let written = job(table(&path), Format::State, View::Worst);
    costs::run(&written, &mut state).expect("memory takes it");
    let states = folder.join("p.state");
    fs::write(&states, state).expect("a file is written");
    let mut jobs = vec![written];
    for format in formats {
        jobs.push(job(values(), format, View::Instances));
        jobs.push(job(table(&path), format, View::Instances));
        jobs.push(job(table(&objects), format, View::Instances));
        jobs.push(job(table(&path), format, View::Summary));
        if format != Format::Value {
            jobs.push(job(table(&path), format, View::Worst));
            jobs.push(job(Data::States(vec![Source::File(states.clone())]), format, View::Summary));
        }
    }
    jobs
}

#[test]
fn a_writer_that_fails_at_any_byte_is_an_error_and_has_what_came_before() {
    let folder = tempfile::tempdir().expect("a folder");
    for job in jobs(folder.path()) {
        let mut clean = Vec::new();
        costs::run(&job, &mut clean).expect("memory takes it");
        for most in 0..clean.len() {
            let (kind, message) = match most % 2 {
                0 => (ErrorKind::StorageFull, "<stdout>: cannot write: no space left"),
                _ => (ErrorKind::BrokenPipe, "<stdout>: cannot write: broken pipe"),
            };
            let mut full = Full { taken: Vec::new(), most, kind };
            let error = costs::run(&job, &mut full).expect_err("it is full");
            assert_eq!(error.to_string(), message, "{:?}, byte {most}", job.output);
            assert_eq!(error.kind() == Kind::ClosedPipe, kind == ErrorKind::BrokenPipe);
            assert_eq!(full.taken, &clean[..most], "{:?}, byte {most}", job.output);
        }
        let mut full = Full { taken: Vec::new(), most: clean.len(), kind: ErrorKind::StorageFull };
        costs::run(&job, &mut full).expect("it fits");
    }
}

#[test]
fn a_writer_that_is_interrupted_loses_nothing() {
    let folder = tempfile::tempdir().expect("a folder");
    for job in jobs(folder.path()) {
        let mut clean = Vec::new();
        costs::run(&job, &mut clean).expect("memory takes it");
        let mut interrupted = Interrupted { taken: Vec::new(), is_time: false };
        costs::run(&job, &mut interrupted).expect("it takes all in the end");
        assert_eq!(interrupted.taken, clean, "{:?}", job.output);
    }
}

#[test]
fn a_failed_flush_is_an_error() {
    let folder = tempfile::tempdir().expect("a folder");
    for job in jobs(folder.path()) {
        let error = costs::run(&job, &mut Unflushed).expect_err("it is full");
        assert_eq!(error.to_string(), "<stdout>: cannot write: no space left");
    }
}

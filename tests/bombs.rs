//! Inputs that ask for more than they are worth: memory and time stay bounded, or a
//! clear error says what is too much. The shell holds the program to a limit of
//! memory, in KiB, which Linux alone keeps.

#![cfg(target_os = "linux")]

use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

/// Memory for a run on a file of any length: a fifth of what it expands to.
const FLAT: u32 = 48 << 10;

/// No run takes longer, on a slow machine and without optimisation.
const PATIENCE: Duration = Duration::from_secs(60);

/// A run's exit code, standard output and standard error.
type Run = (i32, String, String);

/// Runs a line of the shell in a folder, within a limit; `$costs` is the program.
#[track_caller]
fn run(folder: &Path, limit: u32, line: &str) -> Run {
    let start = Instant::now();
    let output = Command::new("sh")
        .args(["-c", &format!("ulimit -v {limit}; exec {line}")])
        .current_dir(folder)
        .env("costs", env!("CARGO_BIN_EXE_costs"))
        .env("NO_COLOR", "1")
        .output()
        .expect("sh starts");
    assert!(start.elapsed() < PATIENCE, "{line}: {:?}", start.elapsed());
    let text = |bytes| String::from_utf8(bytes).expect("output is UTF-8");
    let code = output.status.code().expect("it exits");
    (code, text(output.stdout), text(output.stderr))
}

#[track_caller]
fn is_done(run: &Run, stdout: &str) {
    assert_eq!(*run, (0, stdout.to_owned(), String::new()));
}

#[track_caller]
fn is_refused(run: &Run, stderr: &str) {
    assert_eq!(*run, (2, String::new(), stderr.to_owned()));
}

fn folder() -> tempfile::TempDir {
    tempfile::tempdir().expect("a folder")
}

fn create(folder: &Path, name: &str) -> BufWriter<File> {
    BufWriter::new(File::create(folder.join(name)).expect("a file is created"))
}

/// 256 MiB of rows: each 4 KiB, and of no weight when compressed.
fn write_rows(mut out: impl Write) -> io::Result<()> {
    let row = [b"1,0.5,", [b'a'; 4089].as_slice(), b"\n"].concat();
    out.write_all(b"y,yhat,note\n")?;
    (0..65_536).try_for_each(|_| out.write_all(&row))
}

#[test]
fn a_gzip_bomb_of_rows_streams_in_flat_memory() {
    let folder = folder();
    let file = create(folder.path(), "p.csv.gz");
    let mut encoder = flate2::write::GzEncoder::new(file, flate2::Compression::best());
    write_rows(&mut encoder).expect("it is written");
    encoder.finish().and_then(|mut file| file.flush()).expect("it is written");
    let line = "$costs p.csv.gz --cost mse --format value --threads 1";
    is_done(&run(folder.path(), FLAT, line), "0.25\n");
}

#[test]
fn a_zstd_bomb_of_rows_streams_in_flat_memory() {
    let folder = folder();
    let file = create(folder.path(), "p.csv.zst");
    let mut encoder = zstd::Encoder::new(file, 3).expect("memory is there");
    write_rows(&mut encoder).expect("it is written");
    encoder.finish().and_then(|mut file| file.flush()).expect("it is written");
    let line = "$costs p.csv.zst --cost mse --format value --threads 1";
    is_done(&run(folder.path(), FLAT, line), "0.25\n");
}

#[test]
fn a_bomb_of_one_line_is_refused_after_16_mib() {
    let folder = folder();
    for (start, message) in [
        (
            "y,yhat\n1,0.",
            "error: p.csv.gz:2: the record is longer than 16 MiB\nhint: is this a text file with one instance a line?\n",
        ),
        (
            "y,yhat\n1,\"",
            "error: p.csv.gz:2: the quote that opens here is not closed within 16 MiB\nhint: a quote within a quoted cell is written twice\n",
        ),
        (
            "y,",
            "error: p.csv.gz:1: the record is longer than 16 MiB\nhint: is this a text file with one instance a line?\n",
        ),
    ] {
        let file = create(folder.path(), "p.csv.gz");
        let mut encoder = flate2::write::GzEncoder::new(file, flate2::Compression::fast());
        encoder.write_all(start.as_bytes()).expect("it is written");
        let zeros = [b'0'; 1 << 12];
        (0..1 << 14).for_each(|_| encoder.write_all(&zeros).expect("it is written"));
        encoder.finish().and_then(|mut file| file.flush()).expect("it is written");
        is_refused(&run(folder.path(), 128 << 10, "$costs p.csv.gz --threads 1"), message);
    }
}

/// The first bytes of a frame that wants a window of 2 GiB.
#[test]
fn a_zstd_frame_that_asks_for_too_much_memory_is_refused() {
    let folder = folder();
    let frame = [0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xa8, 0x01, 0x00, 0x00];
    fs::write(folder.path().join("p.csv"), frame).expect("a file is written");
    let (code, stdout, stderr) = run(folder.path(), FLAT, "$costs p.csv --threads 1");
    assert_eq!((code, stdout.as_str()), (2, ""));
    assert!(stderr.starts_with("error: p.csv: cannot read: the zstd data is "), "{stderr}");
    assert!(stderr.contains("too much memory"), "{stderr}");
}

/// The header of a block that wants a dictionary of 4 GiB.
#[test]
fn an_xz_block_that_asks_for_too_much_memory_is_refused() {
    let folder = folder();
    let options = lzma_rust2::XzOptions::with_preset(1);
    let mut encoder = lzma_rust2::XzWriter::new(Vec::new(), options).expect("the options are fine");
    encoder.write_all(b"y,yhat\n1,0.5\n").expect("memory takes it");
    let mut stored = encoder.finish().expect("memory takes it");
    // After 12 bytes of the stream: size, flags, LZMA2, one byte of properties.
    let header = 12..12 + 4 * (usize::from(stored[12]) + 1);
    assert_eq!(stored[14..16], [0x21, 1], "the header is as expected");
    stored[16] = 40;
    let mut crc = flate2::Crc::new();
    crc.update(&stored[header.start..header.end - 4]);
    stored[header.end - 4..header.end].copy_from_slice(&crc.sum().to_le_bytes());
    fs::write(folder.path().join("p.csv"), stored).expect("a file is written");
    let (code, stdout, stderr) = run(folder.path(), FLAT, "$costs p.csv --threads 1");
    assert_eq!((code, stdout.as_str()), (2, ""));
    assert!(stderr.starts_with("error: p.csv: cannot read: the xz data is "), "{stderr}");
    assert!(stderr.contains("memory"), "{stderr}");
}

#[test]
fn a_hundred_thousand_empty_members_are_read_one_after_the_other() {
    let folder = folder();
    let member = |text: &[u8]| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all(text).expect("memory takes it");
        encoder.finish().expect("memory takes it")
    };
    let stored = [member(b"y,yhat\n1,"), member(b"").repeat(100_000), member(b"0.5\n")].concat();
    fs::write(folder.path().join("p.csv"), stored).expect("a file is written");
    let line = "$costs p.csv --cost mse --format value --threads 1";
    is_done(&run(folder.path(), FLAT, line), "0.25\n");
}

#[test]
fn a_file_may_have_65_536_columns_and_at_most_a_million() {
    let folder = folder();
    let mut file = create(folder.path(), "wide.csv");
    let names: Vec<String> = (3..=65_536).map(|column| format!("c{column}")).collect();
    writeln!(file, "{},y,yhat", names.join(",")).expect("it is written");
    let row = "7,".repeat(names.len()) + "1,0.5\n";
    (0..10).for_each(|_| file.write_all(row.as_bytes()).expect("it is written"));
    file.flush().expect("it is written");
    let line = "$costs wide.csv --cost mse --format value --threads 1";
    is_done(&run(folder.path(), FLAT, line), "0.25\n");
    let line = "$costs wide.csv --each --format value --cost mse --threads 1";
    is_done(&run(folder.path(), FLAT, line), &"0.25\n".repeat(10));
    // A message shows a few of them.
    let (code, _, stderr) = run(folder.path(), FLAT, "$costs wide.csv --y-col no --threads 1");
    assert_eq!(code, 2);
    assert!(stderr.contains("'c22', and 65516 more\n"), "{stderr}");

    let header = "y,yhat".to_owned() + &",".repeat((1 << 20) - 1) + "\n1,0.5\n";
    fs::write(folder.path().join("wider.csv"), header).expect("a file is written");
    is_refused(
        &run(folder.path(), FLAT, "$costs wider.csv --threads 1"),
        "error: wider.csv:1: the first row has more than 1,048,576 cells\n\
         hint: is this a text file with one instance a line?\n",
    );
}

#[test]
fn a_hundred_thousand_groups_take_bounded_memory_and_one_more_is_refused() {
    let folder = folder();
    let mut file = create(folder.path(), "p.csv");
    writeln!(file, "y,yhat,g").expect("it is written");
    (1..=100_000).for_each(|group| writeln!(file, "1,0.5,{group}").expect("it is written"));
    file.flush().expect("it is written");
    let by = "$costs p.csv --by g --cost mse --format value --threads 1 --max-groups";
    is_done(&run(folder.path(), 300 << 10, &format!("{by} 100000")), &"0.25\n".repeat(100_000));
    is_refused(
        &run(folder.path(), 300 << 10, &format!("{by} 99999")),
        "error: there are more than 99,999 groups\n\
         hint: --max-groups N allows more; each takes memory\n",
    );
}

#[test]
fn twenty_thousand_files_are_open_one_at_a_time() {
    let folder = folder();
    for file in 0..20_000 {
        let path = folder.path().join(format!("{file}.csv"));
        fs::write(path, "y,yhat\n1,0.5\n").expect("a file is written");
    }
    let line = "sh -c 'ulimit -n 16; exec $costs --cost mse --format value *.csv'";
    is_done(&run(folder.path(), 128 << 10, line), "0.25\n");
}

#[test]
fn numbers_of_a_million_digits_are_read_or_refused_in_a_few_words() {
    let folder = folder();
    let million = 1_000_000;
    let rows = [
        format!("1,0.5{}\n", "0".repeat(million)),
        format!("1,{}.5\n", "0".repeat(million)),
        format!("1,0.{}5e{million}\n", "0".repeat(million)),
        format!("1,5e-{}1\n", "0".repeat(million)),
    ];
    fs::write(folder.path().join("p.csv"), "y,yhat\n".to_owned() + &rows.concat())
        .expect("a file is written");
    // All of them are 0.5.
    let line = "$costs p.csv --cost mse --format value --threads 1";
    is_done(&run(folder.path(), FLAT, line), "0.25\n");
    for (cell, message) in [
        ("9".repeat(million), "is out of range"),
        ("1".repeat(million) + "x", "is not a number"),
        ("1_000".to_owned() + &"_000".repeat(million), "digits are not grouped"),
        ("0,".to_owned() + &"1".repeat(million), "is not a number"),
        ("-0.".to_owned() + &"1".repeat(million), "is outside [0, 1]"),
    ] {
        fs::write(folder.path().join("p.csv"), format!("y;yhat\n1;{cell}\n"))
            .expect("a file is written");
        let (code, stdout, stderr) = run(folder.path(), 2 * FLAT, "$costs p.csv --threads 1");
        assert_eq!((code, stdout.as_str()), (2, ""));
        assert!(stderr.contains(message), "{stderr}");
        assert!(stderr.len() < 500, "{stderr}");
    }
}

#[test]
fn a_million_brackets_are_no_deeper_than_one() {
    let folder = folder();
    let brackets = "[".repeat(1_000_000);
    let closed = format!("{{\"y\":1,\"yhat\":0.5,\"x\":{brackets}{}}}\n", "]".repeat(1_000_000));
    fs::write(folder.path().join("p.jsonl"), closed).expect("a file is written");
    let line = "$costs p.jsonl --cost mse --format value --threads 1";
    is_done(&run(folder.path(), FLAT, line), "0.25\n");
    let open = format!("{{\"y\":1,\"yhat\":0.5,\"x\":{brackets}\n");
    fs::write(folder.path().join("p.jsonl"), open).expect("a file is written");
    is_refused(
        &run(folder.path(), FLAT, line),
        "error: p.jsonl:1: this is no JSON object: EOF while parsing a list, column 1000022\n\
         hint: each row is an object: jq -c . FILE writes one a line\n",
    );
    let state = format!("{{\"costs_state\":2,\"options\":{brackets}\n");
    fs::write(folder.path().join("p.state"), state).expect("a file is written");
    let (code, stdout, stderr) = run(folder.path(), FLAT, "$costs merge p.state");
    assert_eq!((code, stdout.as_str()), (2, ""));
    assert!(stderr.starts_with("error: p.state:1: this is no state of costs: "), "{stderr}");
}

#[test]
fn objects_of_many_fields_take_memory_for_those_alone_that_are_looked_at() {
    let folder = folder();
    let mut file = create(folder.path(), "p.jsonl");
    // Each line has a field of its own: as a table 144 MB.
    (0..12_000).for_each(|line| writeln!(file, "{{\"{line:x}\":1}}").expect("it is written"));
    (0..9).for_each(|_| file.write_all(b"{\"y\":1,\"yhat\":0.5}\n").expect("it is written"));
    file.flush().expect("it is written");
    let line = "$costs p.jsonl --missing skip --cost mse --format value --threads 1";
    let (code, stdout, _) = run(folder.path(), FLAT, line);
    assert_eq!((code, stdout.as_str()), (0, "0.25\n"));
    let worst = "$costs p.jsonl --missing skip --cost mse --worst 1 --json --threads 1";
    assert_eq!(run(folder.path(), 2 * FLAT, worst).0, 0);

    let fields: Vec<String> = (0..65_537).map(|field| format!("\"{field:x}\":0")).collect();
    let object = format!("{{{}}}\n", fields.join(","));
    fs::write(folder.path().join("wide.jsonl"), object).expect("a file is written");
    is_refused(
        &run(folder.path(), FLAT, "$costs wide.jsonl --threads 1"),
        "error: wide.jsonl:1: there are more than 65,536 fields up to here\n\
         hint: is this a text file with one instance a line?\n",
    );
}

#[test]
fn an_object_longer_than_16_mib_is_refused() {
    let folder = folder();
    let mut file = create(folder.path(), "p.jsonl");
    file.write_all(b"{\"y\":1,\"yhat\":0.5}\n{\"y\":1,\"z\":\"").expect("it is written");
    let text = [b'a'; 1 << 12];
    (0..1 << 14).for_each(|_| file.write_all(&text).expect("it is written"));
    file.flush().expect("it is written");
    is_refused(
        &run(folder.path(), 128 << 10, "$costs p.jsonl --threads 1"),
        "error: p.jsonl:2: the record is longer than 16 MiB\n\
         hint: is this a text file with one instance a line?\n",
    );
}

/// A find of the fuzzer: 3 KB whose dictionary claims to have 2²⁷ values.
#[test]
#[cfg(feature = "parquet")]
fn a_page_that_claims_more_values_than_it_has_is_refused() {
    let folder = folder();
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/parquet/greedy.parquet");
    fs::copy(file, folder.path().join("p.parquet")).expect("it is copied");
    let line = "$costs p.parquet --each --format csv --threads 1";
    is_refused(
        &run(folder.path(), 2 * FLAT, line),
        "error: p.parquet: column 'id': the Parquet data is damaged, cut short or encrypted (a page has too many values)\n",
    );
}

#[test]
#[cfg(feature = "parquet")]
fn a_page_of_more_than_256_mib_is_refused_where_it_is_looked_at() {
    let folder = folder();
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/parquet/long.parquet");
    fs::copy(file, folder.path().join("p.parquet")).expect("it is copied");
    let line = "$costs p.parquet --cost mse --format value --threads 1";
    is_done(&run(folder.path(), FLAT, line), "0.25\n");
    is_refused(
        &run(folder.path(), FLAT, &format!("{line} --by g")),
        "error: p.parquet: column 'g': the Parquet data is damaged, cut short or encrypted (a page is longer than 256 MiB)\n",
    );
}

//! JSON Lines as input: the same results as the same rows as CSV, and errors that
//! name the line.

mod support;

use std::fs;

use support::{costs_with, refuses, run_in};

const CSV: &str = "id,y,yhat,group,w\n1,1,0.9,\"a,b\",2\n2,0,0.25,\"say \"\"hi\"\"\",0.5\n\n3,1,1e-3,\"é\nx\",1\n4,0,,a,1\n";

const LINES: &str = r#"{"id":1,"y":1,"yhat":0.9,"group":"a,b","w":2}
{"id":2,"y":0,"yhat":0.25,"group":"say \"hi\"","w":0.5,"more":{"deep":["yhat",1]}}

{"w":1, "id":3,"y":"1","yhat":1e-3,"group":"é\nx"}
{"id":4,"y":0,"yhat":null,"group":"a","w":1.0}
"#;

#[test]
fn lines_give_the_results_of_the_same_rows_as_csv() {
    let skip = ["--missing", "skip", "--threads"];
    for options in [
        &[][..],
        &["--weight-col", "w"],
        &["--by", "group"],
        &["--by", "group", "--weight-col", "w"],
        &["--gradient"],
    ] {
        for threads in ["1", "3"] {
            for format in ["csv", "json", "state"] {
                let args = [options, &["--format", format], &skip, &[threads]].concat();
                let csv = costs_with(&args, CSV);
                let lines = costs_with(&[&args[..], &["--input", "jsonl"]].concat(), LINES);
                assert_eq!(csv.code, 0, "{}", csv.stderr);
                assert_eq!(csv.stdout, lines.stdout, "{args:?}");
                assert_eq!(csv.stderr, lines.stderr, "{args:?}");
            }
        }
    }
}

#[test]
fn fields_are_columns_of_the_output() {
    let lines = LINES.lines().next().unwrap().to_owned() + "\n{\"y\":0,\"w\":[1,2],\"yhat\":0.5}\n";
    let run =
        costs_with(&["--input", "jsonl", "--each", "--cost", "mse", "--format", "csv"], &lines);
    assert_eq!(
        run.stdout,
        "id,y,yhat,group,w,quadratic\n1,1,0.9,\"a,b\",2,0.009999999999999995\n,0,0.5,,\"[1,2]\",0.25\n",
        "{run:?}"
    );
    let run = costs_with(
        &["--input", "jsonl", "--worst", "1", "--cost", "mse", "--format", "csv"],
        &lines,
    );
    assert_eq!(
        run.stdout,
        "file,line,id,y,yhat,group,w,quadratic,share\n<stdin>,2,,0,0.5,,\"[1,2]\",0.25,0.9615384615384616\n"
    );
}

#[test]
fn the_name_or_an_option_tells_the_format() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["p.jsonl", "p.NDJSON"] {
        fs::write(folder.path().join(name), "{\"y\":1,\"p\":0.5}\n").unwrap();
    }
    gzip(&folder.path().join("p.jsonl.gz"), "{\"y\":1,\"p\":0.5}\n").unwrap();
    let files = ["p.jsonl", "p.NDJSON", "p.jsonl.gz"];
    let run = run_in(folder.path(), &[&files[..], &["--format", "value"]].concat(), b"");
    assert_eq!(run.stdout, "0.25\n0.6931471805599453\n", "{}", run.stderr);
    let run = run_in(folder.path(), &["p.jsonl", "--input", "csv"], b"");
    assert_eq!(run.code, 2);
}

fn gzip(path: &std::path::Path, text: &str) -> std::io::Result<()> {
    use std::io::Write;
    let file = fs::File::create(path)?;
    let mut encoder = flate2::write::GzEncoder::new(file, flate2::Compression::default());
    encoder.write_all(text.as_bytes())?;
    encoder.finish().map(drop)
}

#[test]
#[rustfmt::skip] // A table: a case, then what is said about it.
fn lines_that_are_no_objects_are_refused() {
    const JSONL: &[&str] = &["--input", "jsonl"];
    refuses(&[
        ("an array", JSONL, b"[{\"y\":1,\"p\":0.5}]\n",
        "error: <stdin>: this is a JSON array, not JSON Lines\nhint: without --input it is read as that\n"),
        ("an object on several lines", JSONL, b"{\n\"y\":1,\"p\":0.5}\n",
        "error: <stdin>:1: this is no JSON object: EOF while parsing an object, column 1\n\
         hint: each row is an object: jq -c . FILE writes one a line\n"),
        ("a line that is cut short", JSONL, b"{\"y\":1,\"p\":0.5}\n{\"y\":1,\"p\":0.",
        "error: <stdin>:2: this is no JSON object: invalid number, column 13\n\
         hint: each row is an object: jq -c . FILE writes one a line\n"),
        ("a field twice", JSONL, b"{\"y\":1,\"p\":0.5}\n\n{\"y\":1,\"p\":0.5,\"y\":0}\n",
        "error: <stdin>:3: field 'y' is there twice\n"),
        ("a number outside", JSONL, b"{\"y\":1,\"p\":0.5}\n\n{\"y\":1,\"p\":1.5}\n",
        "error: <stdin>:3: column 'p': 1.5 is outside [0, 1]\nhint: logits? --z or --z-col takes them; percentages? divide them by 100\n"),
        ("the line after a cell of several lines", &["--input", "jsonl", "--by", "g"],
        b"{\"y\":1,\"p\":0.5,\"g\":\"a\\nb\\nc\"}\n{\"y\":1,\"p\":true,\"g\":1}\n",
        "error: <stdin>:2: column 'p': 'true' is not a number\n"),
        ("a missing field", JSONL, b"{\"y\":1,\"p\":0.5}\n{\"p\":0.5}\n",
        "error: <stdin>:2: column 'y': it is empty\nhint: --missing skip leaves such rows out\n"),
    ]);
}

#[test]
fn a_late_field_is_refused_where_it_would_be_lost() {
    // More lines than are looked at for names.
    let lines = "{\"y\":1,\"p\":0.5}\n".repeat(20_000) + "{\"y\":1,\"p\":0.5,\"late\":1}\n";
    let run = costs_with(&["--input", "jsonl", "--format", "value"], &lines);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let run = costs_with(&["--input", "jsonl", "--worst", "2"], &lines);
    assert_eq!(
        run.stderr,
        "error: <stdin>:20001: field 'late' is not among those of the first lines\n\
         hint: such fields are ignored without --each and --worst\n"
    );
}

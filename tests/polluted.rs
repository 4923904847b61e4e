//! Polluted files: the classes of the Pollock benchmark (doi:10.14778/3594512.3594518),
//! of csv-spectrum and of csv-test-data, made from a small table of our own. A file is
//! scored as csv-core reads it, or refused by the line.

mod support;

use support::{Run, costs_with, records, refuses};

/// The table: its text has commas, quotes, line ends, JSON and letters beyond ASCII.
const ROWS: [[&str; 4]; 5] = [
    ["id", "y", "yhat", "note"],
    ["a1", "1", "0.75", "plain"],
    ["b2", "0", "0.5", "one, two"],
    ["c3", "1", "0.25", "say \"hi\"\nthere"],
    ["d4", "0", "0.125", "{\"é\": [1, 2]}"],
];

const MEAN: &str = "0.22265625\n";

fn quoted(cell: &str) -> String {
    format!("\"{}\"", cell.replace('"', "\"\""))
}

/// The table as text.
fn table(delimiter: &str, line_end: &str, quotes_all: bool) -> String {
    let cell = |cell: &&str| {
        let needs_quotes = cell.contains(['"', '\n', ',', ';', '\t', '|']);
        if quotes_all || needs_quotes { quoted(cell) } else { (*cell).to_owned() }
    };
    let row = |row: &[&str; 4]| row.iter().map(cell).collect::<Vec<_>>().join(delimiter) + line_end;
    ROWS.iter().map(row).collect()
}

fn score(text: &str) -> Run {
    costs_with(&["--cost", "mse", "--format", "value"], text)
}

#[test]
fn files_that_are_written_another_way_give_the_same_number() {
    let plain = table(",", "\n", false);
    let files = [
        ("as it is", plain.clone()),
        ("no trailing newline", plain.trim_end().to_owned()),
        ("two trailing newlines", plain.clone() + "\n"),
        ("CRLF", table(",", "\r\n", false)),
        ("CR", table(",", "\r", false)),
        ("semicolons", table(";", "\n", false)),
        ("tabs", table("\t", "\r\n", false)),
        ("bars", table("|", "\n", false)),
        ("two semicolons", table(";;", "\n", false)),
        ("all quoted", table(",", "\n", true)),
        ("a byte-order mark", format!("\u{feff}{plain}")),
        ("blank lines", plain.replace("\nb2", "\n\nb2").replace("\nd4", "\n\n\nd4")),
        ("spaces around cells", plain.replace(",1,", ", 1 ,").replace(",0,", ",\t0,")),
        ("spaces in the header", plain.replace("y,yhat", " y , yhat ")),
        ("rows without their last cells", plain.replace(",plain", "").replace(",\"one, two\"", "")),
        ("rows with empty cells more", plain.replace(",plain", ",plain,,")),
        ("quotes within a cell", plain.replace("plain", "pl\"ain\"")),
        ("an escape character in text", plain.replace("plain", "pl\\ain\\")),
    ];
    for (what, text) in files {
        let run = score(&text);
        assert_eq!((run.code, run.stdout.as_str()), (0, MEAN), "{what}: {}", run.stderr);
    }
}

#[test]
#[rustfmt::skip] // A table: a case, then what is said about it.
fn files_of_another_shape_are_refused() {
    refuses(&[
        ("no payload", &[], b"",
        "error: <stdin>: the file is empty\n"),
        ("line ends alone", &[], b"\r\n\r\n",
        "error: <stdin>: there are no rows\n"),
        ("a header alone", &[], b"y,yhat\n",
        "error: <stdin>: there are no rows\n"),
        ("a preamble", &[], b"made on,2018\n\ny,yhat\n1,0.5\n",
        "error: <stdin>:1: no column is named like y; the columns are 'made on', '2018'\n\
         hint: name it: --y-col NAME; --no-header if the first line is data; -d if the delimiter is not ','\n"),
        ("a header of two lines", &[], b"y,yhat\nlabel,probability\n1,0.5\n",
        "error: <stdin>:2: column 'y': 'label' is not a number\n\
         hint: labels are numbers from 0 to 1; --positive LABEL makes labels of words\n"),
        ("a second table", &[], b"y,yhat\n1,0.5\n\ny,yhat\n1,0.5\n",
        "error: <stdin>:4: the header is repeated here\n\
         hint: name the files to costs, rather than put them together\n"),
        ("a second table of fewer columns", &[], b"y,yhat\n1,0.5\n\nn\n1\n",
        "error: <stdin>:4: column 'y': 'n' is not a number\n\
         hint: labels are numbers from 0 to 1; --positive LABEL makes labels of words\n"),
        ("a second table of more columns", &[], b"y,yhat\n1,0.5\n1,0.5,z\n",
        "error: <stdin>:3: the row has 3 cells, the first row has 2\n\
         hint: a decimal comma, or another delimiter (-d)? a cell that holds one is quoted\n"),
        ("apostrophes for quotes", &[], b"id,y,yhat\na,0,0.5\n'a,b',1,0.5\n",
        "error: <stdin>:3: the row has 4 cells, the first row has 3\n\
         hint: a decimal comma, or another delimiter (-d)? a cell that holds one is quoted\n"),
        ("a backslash for a doubled quote", &[], b"id,y,yhat\na,0,0.5\n\"a\\\",b\",1,0.5\n",
        "error: <stdin>:3: the row has 4 cells, the first row has 3\n\
         hint: a decimal comma, or another delimiter (-d)? a cell that holds one is quoted\n"),
        ("a currency sign", &["--cost", "mse"], b"y,yhat\n1,$0.50\n",
        "error: <stdin>:2: column 'yhat': '$0.50' is not a number\n"),
    ]);
}

/// What csv-core reads, by the rules: the mean, or the line of the first row that
/// cannot be used.
fn expected(text: &str) -> Result<f64, u64> {
    let records = records(text);
    let header = &records[0].1;
    let place = |name| header.iter().position(|cell| cell == name).ok_or(1_u64);
    let (y, yhat) = (place("y")?, place("yhat")?);
    let (mut sum, mut n) = (0.0, 0.0);
    for (line, cells) in &records[1..] {
        let number = |column: usize| {
            let cell = cells.get(column).ok_or(*line)?;
            cell.parse::<f64>().map_err(|_| *line)
        };
        let error = number(y)? - number(yhat)?;
        if cells.iter().skip(header.len()).any(|cell| !cell.is_empty()) {
            return Err(*line);
        }
        // Eighths and quarters add up without error.
        sum += error * error;
        n += 1.0;
    }
    Ok(sum / n)
}

/// The texts of a table of which one cell is polluted: an extra quote, and one
/// delimiter more, less, or another.
fn polluted_cells() -> Vec<String> {
    let mut texts = Vec::new();
    let written =
        |cell: &str| if cell.contains(['"', ',']) { quoted(cell) } else { cell.to_owned() };
    for row in 0..ROWS.len() {
        for column in 0..4 {
            let pollutions: [&dyn Fn(&str) -> String; 7] = [
                &|cell| format!("\"{cell},"),
                &|cell| format!("{cell}\","),
                &|cell| format!("{}\"{},", &cell[..1], &cell[1..]),
                &|cell| format!("{cell},,"),
                &str::to_owned,
                &|cell| format!("{cell};"),
                &|cell| format!("{cell} "),
            ];
            for pollute in pollutions {
                let mut text = String::new();
                for (at, cells) in ROWS.iter().enumerate() {
                    for (place, cell) in cells.iter().enumerate() {
                        match (at, place) {
                            at if at == (row, column) => text += &pollute(&written(cell)),
                            _ => text += &(written(cell) + ","),
                        }
                    }
                    text.pop();
                    text.push('\n');
                }
                texts.push(text);
            }
        }
    }
    texts
}

#[test]
fn a_cell_that_is_polluted_costs_what_csv_core_reads_or_the_line_is_named() {
    let (mut scored, mut refused) = (0, 0);
    for text in polluted_cells() {
        let run = costs_with(&["--cost", "mse", "--format", "value", "-d,", "--header"], &text);
        // The rest of a file within quotes is an error, where csv-core closes them.
        if run.stderr.contains("the quote that opens here is never closed") {
            refused += 1;
            continue;
        }
        match expected(&text) {
            Ok(mean) => {
                assert_eq!(run.stdout, format!("{mean}\n"), "{text}{}", run.stderr);
                scored += 1;
            }
            Err(line) => {
                assert_eq!((run.code, run.stdout.as_str()), (2, ""), "{text}");
                // A first row with one cell more has a name, as R writes it; then the second
                // row lacks one.
                let places = [line, if line == 2 { 3 } else { line }];
                let is_there = places
                    .iter()
                    .any(|line| run.stderr.starts_with(&format!("error: <stdin>:{line}: ")));
                assert!(is_there, "{line} {text}{}", run.stderr);
                refused += 1;
            }
        }
    }
    assert!(scored > 30 && refused > 100, "{scored} scored, {refused} refused");
}

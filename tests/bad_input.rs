//! What goes wrong, and exactly what is said about it: nothing on standard
//! output, exit code 2.

mod support;

use std::fs;

use support::{costs_with, refuses, run_in};

#[test]
#[rustfmt::skip] // A table: a case, then what is said about it.
fn columns_that_are_not_there_are_refused() {
    refuses(&[
        ("words for weights", &["--positive", "yes", "--weight-col", "y"], b"y,yhat\nyes,0.5\n",
        "error: <stdin>:1: column 'y' is both y and the weight\n\
         hint: --weight-col chooses another\n"),
        ("an unknown column", &["--y-col", "label"], b"y,yhat\n1,0.5\n",
        "error: <stdin>:1: there is no column 'label'; the columns are 'y', 'yhat'\n\
         hint: a column is named as in the header, or by its position from 1\n"),
        ("a position beyond the last column", &["--yhat-col", "3"], b"y,yhat\n1,0.5\n",
        "error: <stdin>:1: there is no column '3'; the columns are 'y', 'yhat'\n\
         hint: a column is named as in the header, or by its position from 1\n"),
        ("position zero", &["--y-col", "0"], b"y,yhat\n1,0.5\n",
        "error: <stdin>:1: there is no column '0'; the columns are 'y', 'yhat'\n\
         hint: a column is named as in the header, or by its position from 1\n"),
        ("no column named like y", &[], b"id,yhat\n1,0.5\n",
        "error: <stdin>:1: no column is named like y; the columns are 'id', 'yhat'\n\
         hint: name it: --y-col NAME; --no-header if the first line is data; -d if the delimiter is not ','\n"),
        ("no column named like ŷ", &[], b"y,guess\n1,0.5\n",
        "error: <stdin>:1: no column is named like ŷ; the columns are 'y', 'guess'\n\
         hint: name it: --yhat-col NAME; --no-header if the first line is data; -d if the delimiter is not ','\n"),
        ("a header that is not one", &["--header"], b"1,0.5\n0,0.1\n",
        "error: <stdin>:1: no column is named like y; the columns are '1', '0.5'\n\
         hint: name it: --y-col NAME; --no-header if the first line is data; -d if the delimiter is not ','\n"),
        ("a selected name twice", &["--yhat-col", "p"], b"y,p,p\n1,0.5,0.6\n",
        "error: <stdin>:1: two columns are named 'p': columns 2 and 3\n\
         hint: select by position: --yhat-col NUMBER\n"),
        ("a default name twice", &[], b"y,yhat,YHAT\n1,0.5,0.6\n",
        "error: <stdin>:1: two columns are named 'yhat': columns 2 and 3\n\
         hint: select by position: --yhat-col NUMBER\n"),
        ("a name without a header", &["--no-header", "--y-col", "label"], b"1,0.5\n",
        "error: <stdin>:1: there is no column 'label'; the columns are '1', '2'\n\
         hint: a column is named as in the header, or by its position from 1\n"),
        ("one column", &[], b"0.5\n0.7\n",
        "error: <stdin>:1: no column is named like y; the columns are '0.5'\n\
         hint: name it: --y-col NAME; --no-header if the first line is data; -d if the delimiter is not ','\n"),
        ("one column with a header", &[], b"yhat\n0.7\n",
        "error: <stdin>:1: no column is named like y; the columns are 'yhat'\n\
         hint: name it: --y-col NAME; --no-header if the first line is data; -d if the delimiter is not ','\n"),
        ("the wrong delimiter", &["-d", ";"], b"1,0.5\n",
        "error: <stdin>:1: no column is named like y; the columns are '1,0.5'\n\
         hint: name it: --y-col NAME; --no-header if the first line is data; -d if the delimiter is not ';'\n"),
        ("a missing value in the first line of data", &[], b"1,\n0,0.5\n",
        "error: <stdin>:1: no column is named like y; the columns are '1', ''\n\
         hint: name it: --y-col NAME; --no-header if the first line is data; -d if the delimiter is not ','\n"),
    ]);
}

#[test]
#[rustfmt::skip] // A table: a case, then what is said about it.
fn files_without_rows_are_refused() {
    refuses(&[
        ("an empty file", &[], b"",
        "error: <stdin>: the file is empty\n"),
        ("a header alone", &[], b"y,yhat\n",
        "error: <stdin>: there are no rows\n"),
        ("a header alone without a line end", &[], b"y,yhat",
        "error: <stdin>: there are no rows\n"),
        ("blank lines alone", &[], b"\n\r\n\n",
        "error: <stdin>: there are no rows\n"),
        ("a byte order mark alone", &[], "\u{feff}".as_bytes(),
        "error: <stdin>: there are no rows\n"),
    ]);
}

#[test]
#[rustfmt::skip] // A table: a case, then what is said about it.
fn rows_of_the_wrong_length_are_refused() {
    refuses(&[
        ("a row that is too short", &[], b"y,yhat\n1,0.5\n1\n",
        "error: <stdin>:3: the row has 1 cell, too few for column 'yhat' (column 2)\n"),
        ("a row that is too short for an earlier column", &["--y-col", "3", "--yhat-col", "2"], b"1,0.5,1\n1,0.5\n",
        "error: <stdin>:2: the row has 2 cells, too few for column 'y' (column 3)\n"),
        ("a row that is too long", &[], b"y,yhat\n1,0.5\n1,0.5,7\n",
        "error: <stdin>:3: the row has 3 cells, the first row has 2\n\
         hint: a decimal comma, or another delimiter (-d)? a cell that holds one is quoted\n"),
        ("a decimal comma in a comma-separated file", &[], b"1,0,5\n1,0,5\n0,0,25,1\n",
        "error: <stdin>:3: the row has 4 cells, the first row has 3\n\
         hint: a decimal comma, or another delimiter (-d)? a cell that holds one is quoted\n"),
        ("an unclosed quote", &[], b"y,yhat\n1,0.5\n\"1,0.5\n1,0.6\n",
        "error: <stdin>:3: the quote that opens here is never closed\n\
         hint: a quote within a quoted cell is written twice\n"),
        ("an unclosed quote in the second line of a record", &[], b"id,y,yhat\n\"a\nb\",1,0.5\n\"c\nd\",1,\"0.5\n",
        "error: <stdin>:5: the quote that opens here is never closed\n\
         hint: a quote within a quoted cell is written twice\n"),
        ("an unclosed quote in the header", &[], b"y,\"yhat\n1,0.5\n",
        "error: <stdin>:1: the quote that opens here is never closed\n\
         hint: a quote within a quoted cell is written twice\n"),
        ("an error before an unclosed quote", &[], b"y,yhat\n1,x\n\"1,0.5\n",
        "error: <stdin>:2: column 'yhat': 'x' is not a number\n"),
    ]);
}

#[test]
#[rustfmt::skip] // A table: a case, then what is said about it.
fn cells_that_are_no_usable_number_are_refused() {
    refuses(&[
        ("a missing value that is written another way", &[], b"y,yhat\n1,missing\n",
        "error: <stdin>:2: column 'yhat': 'missing' is not a number\n\
         hint: a missing value? it is written NA, NaN, null or not at all\n"),
        ("a list for a prediction", &["--input", "jsonl"], b"{\"y\":1,\"yhat\":[0.9,0.1]}\n",
        "error: <stdin>:1: column 'yhat': '[0.9,0.1]' is not a number\n\
         hint: a cell cannot be a list or an object here: write each number to a field of its own\n"),
        ("a word for a prediction", &[], b"y,yhat\n1,abc\n",
        "error: <stdin>:2: column 'yhat': 'abc' is not a number\n"),
        ("a word for a label", &[], b"y,yhat\nspam,0.5\n",
        "error: <stdin>:2: column 'y': 'spam' is not a number\n\
         hint: labels are numbers from 0 to 1; --positive LABEL makes labels of words\n"),
        ("a decimal comma", &[], b"y;yhat\n1;0,5\n",
        "error: <stdin>:2: column 'yhat': '0,5' is not a number\n\
         hint: a decimal comma? write 0.5\n"),
        ("a percentage", &[], b"y,yhat\n1,50%\n",
        "error: <stdin>:2: column 'yhat': '50%' is not a number\n\
         hint: a percentage? write it as a fraction: 50% is 0.5\n"),
        ("grouped digits", &[], b"y,yhat\n1,1_000\n",
        "error: <stdin>:2: column 'yhat': '1_000' is not a number\n\
         hint: digits are not grouped: write 1000\n"),
        ("hexadecimal", &[], b"y,yhat\n1,0x1p3\n",
        "error: <stdin>:2: column 'yhat': '0x1p3' is not a number\n\
         hint: write it in decimal\n"),
        ("a number beyond the largest", &[], b"y,yhat\n1,1e400\n",
        "error: <stdin>:2: column 'yhat': 1e400 is out of range: the largest number is 1.7976931348623157e308\n\
         hint: y, ŷ and weights are finite numbers\n"),
        ("a number beyond the largest, quadratic", &["--cost", "quadratic"], b"y,yhat\n1,-1e400\n",
        "error: <stdin>:2: column 'yhat': -1e400 is out of range: the largest number is 1.7976931348623157e308\n\
         hint: y, ŷ and weights are finite numbers\n"),
        ("an infinity", &["--cost", "quadratic"], b"y,yhat\n1,inf\n",
        "error: <stdin>:2: column 'yhat': inf is not finite\n\
         hint: y, ŷ and weights are finite numbers\n"),
        ("NaN", &[], b"y,yhat\n1,NaN\n",
        "error: <stdin>:2: column 'yhat': 'NaN' is a missing value\n\
         hint: --missing skip leaves such rows out; it counts them\n"),
        ("NaN in the first line", &[], b"1,nan\n",
        "error: <stdin>:1: column 'yhat': 'nan' is a missing value\n\
         hint: --missing skip leaves such rows out; it counts them\n"),
        ("an empty cell", &[], b"y,yhat\n1,\n",
        "error: <stdin>:2: column 'yhat': it is empty\n\
         hint: --missing skip leaves such rows out\n"),
        ("a blank cell", &[], b"y,yhat\n 1 ,  \n",
        "error: <stdin>:2: column 'yhat': it is empty\n\
         hint: --missing skip leaves such rows out\n"),
        ("an empty quoted cell", &[], b"y,yhat\n1,\"\"\n",
        "error: <stdin>:2: column 'yhat': it is empty\n\
         hint: --missing skip leaves such rows out\n"),
        ("NA", &[], b"y,yhat\nNA,0.5\n",
        "error: <stdin>:2: column 'y': 'NA' is a missing value\n\
         hint: --missing skip leaves such rows out; it counts them\n"),
        ("null", &[], b"y,yhat\n1,null\n",
        "error: <stdin>:2: column 'yhat': 'null' is a missing value\n\
         hint: --missing skip leaves such rows out; it counts them\n"),
        ("a prediction above 1", &[], b"y,yhat\n1,0.5\n1,1.2\n",
        "error: <stdin>:3: column 'yhat': 1.2 is outside [0, 1]\n\
         hint: logits? --z or --z-col takes them; percentages? divide them by 100\n"),
        ("a prediction below 0", &[], b"y,yhat\n1,-1e-9\n",
        "error: <stdin>:2: column 'yhat': -1e-9 is outside [0, 1]\n\
         hint: a rounding error? --clip 1e-7 (or sklearn, keras, torch) sets it to 0 or 1\n"),
        ("a prediction just above 1", &[], b"y,yhat\n1,1.0000000000000002\n",
        "error: <stdin>:2: column 'yhat': 1.0000000000000002 is outside [0, 1]\n\
         hint: a rounding error? --clip 1e-7 (or sklearn, keras, torch) sets it to 0 or 1\n"),
        ("a label of -1", &[], b"y,yhat\n1,0.5\n-1,0.5\n",
        "error: <stdin>:3: column 'y': -1 is outside [0, 1]\n\
         hint: classes -1 and 1? --positive 1 --negative -1\n"),
        ("a label of 2", &[], b"y,yhat\n2,0.5\n",
        "error: <stdin>:2: column 'y': 2 is outside [0, 1]\n\
         hint: classes 1 and 2? --positive names the one that is predicted\n"),
        ("a typographic minus", &["--cost", "mse"], "y,yhat\n−1,0.5\n".as_bytes(),
        "error: <stdin>:2: column 'y': '−1' is not a number\n\
         hint: its minus sign is U+2212: write it with '-'\n"),
        ("two numbers in a cell", &[], b"y,yhat\n1,0.5 0.6\n",
        "error: <stdin>:2: column 'yhat': '0.5 0.6' is not a number\n\
         hint: several values in one cell? -d names the delimiter\n"),
        ("a number with a unit", &[], b"y,yhat\n1,0.5s\n",
        "error: <stdin>:2: column 'yhat': '0.5s' is not a number\n"),
        ("an exponent without digits", &[], b"y,yhat\n1,5e\n",
        "error: <stdin>:2: column 'yhat': '5e' is not a number\n"),
        ("control characters", &[], b"y,yhat\n1,\x1b[31mred\x07\n",
        "error: <stdin>:2: column 'yhat': '\\x1b[31mred\\x07' is not a number\n"),
        ("a long cell", &[], b"y,yhat\n1,xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx\n",
        "error: <stdin>:2: column 'yhat': 'xxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx…' is not a number\n"),
        ("a quoted word", &[], b"y,yhat\n1,\"a \"\"b\"\"\"\n",
        "error: <stdin>:2: column 'yhat': 'a \"b\"' is not a number\n\
         hint: several values in one cell? -d names the delimiter\n"),
        ("the first of two errors", &[], b"y,yhat\n1,0.5\n\n7,abc\n1,def\n",
        "error: <stdin>:4: column 'y': 7 is outside [0, 1]\n\
         hint: a class? --positive names the one that is predicted; a quantity? --cost mse takes it\n"),
    ]);
}

#[test]
#[rustfmt::skip] // A table: a case, then what is said about it.
fn the_line_is_the_physical_one() {
    refuses(&[
        ("an error after CRLF lines", &[], b"y,yhat\r\n1,0.5\r\n1,x\r\n",
        "error: <stdin>:3: column 'yhat': 'x' is not a number\n"),
        ("an error after CR lines", &[], b"y,yhat\r1,0.5\r1,x\r",
        "error: <stdin>:3: column 'yhat': 'x' is not a number\n"),
        ("an error after a cell of several lines", &[], b"id,y,yhat\n\"a\nb\r\nc\",1,0.5\nd,1,x\n",
        "error: <stdin>:5: column 'yhat': 'x' is not a number\n"),
        ("an error after blank lines", &[], b"\n\ny,yhat\n\n1,x\n",
        "error: <stdin>:5: column 'yhat': 'x' is not a number\n"),
        ("an error on a last line without an end", &[], b"y,yhat\n1,x",
        "error: <stdin>:2: column 'yhat': 'x' is not a number\n"),
    ]);
}

#[test]
#[rustfmt::skip] // A table: a case, then what is said about it.
fn options_that_do_not_go_together_are_refused() {
    refuses(&[
        ("bare numbers of two costs", &["--each", "--format", "value"], b"1,0.5\n",
        "error: --format value with --each takes one column of costs\n\
         hint: choose it, such as --cost quadratic\n"),
        ("a delimiter of two bytes", &["-d", "ab"], b"1,0.5\n",
        "error: invalid value 'ab' for '--delimiter <BYTE>': it is one byte, or the word tab\n\
         \n\
         For more information, try '--help'.\n"),
    ]);
}

#[test]
fn rows_before_an_error_are_streamed_with_each() {
    let run = costs_with(
        &["--each", "--format", "csv"],
        "id,y,yhat,note\n".to_owned() + &"1,1,0.5,a\n".repeat(2000) + "2,1,0.5\n",
    );
    assert_eq!(
        run.stderr,
        "error: <stdin>:2002: the row has 3 cells, the first row has 4; its costs would be written to the wrong columns\n"
    );
    assert!(run.stdout.starts_with(
        "id,y,yhat,note,quadratic,cross_entropy\n1,1,0.5,a,0.25,0.6931471805599453\n"
    ));
    assert_eq!(run.code, 2);
}

#[test]
fn files_under_one_header_have_the_same_columns() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("good.csv"), "y,yhat\n1,0.5\n").unwrap();
    fs::write(folder.path().join("other.csv"), "yhat,y\n0.5,1\n").unwrap();
    let args = ["--each", "--format", "csv", "good.csv", "other.csv"];
    let run = run_in(folder.path(), &args, b"");
    assert_eq!(
        run.stderr,
        "error: other.csv: its columns differ from those of 'good.csv': 'yhat', 'y' against 'y', 'yhat'\n"
    );
    assert_eq!(run.code, 2);
}

#[test]
#[rustfmt::skip] // A table: a case, then what is said about it.
fn neurons_that_make_no_sense_are_refused() {
    refuses(&[
        ("labels of the other activation", &["--y", "1,0", "--z", "3,4", "--activation", "tanh"], b"",
        "error: --y: value 2: 0 is no label of a tanh neuron: they are -1 and 1, or between without 0\n\
         hint: labels 0 and 1 are those of --activation sigmoid\n"),
        ("the same in a file", &["--activation", "tanh"], b"y,z\n-1,3\n2,4\n",
        "error: <stdin>:3: column 'y': 2 is no label of a tanh neuron: they are -1 and 1, or between without 0\n\
         hint: labels 0 and 1 are those of --activation sigmoid\n"),
        ("labels of tanh for a sigmoid", &["--z-col", "z"], b"y,z\n-1,3\n",
        "error: <stdin>:2: column 'y': -1 is outside [0, 1]\n\
         hint: classes -1 and 1? --positive 1 --negative -1\n"),
        ("an activation for ŷ", &["--y", "1", "--yhat", "0.5", "--activation", "tanh"], b"",
        "error: --activation is for --z\n"),
        ("an activation for a column of ŷ", &["--activation", "sigmoid"], b"y,p\n1,0.5\n",
        "error: <stdin>: --activation is for z, and 'p' is ŷ\nhint: --z-col names z\n"),
        ("clipping z", &["--y", "1", "--z", "3", "--clip", "keras"], b"",
        "error: --clip is for --yhat\nhint: costs that are computed from z need no clipping\n"),
        ("clipping a column of z", &["--clip", "keras"], b"y,z\n1,3\n",
        "error: <stdin>: --clip is for ŷ, and 'z' is z\nhint: costs that are computed from z need no clipping\n"),
        ("the gradient of a clipped cost", &["--clip", "keras", "--gradient"], b"y,p\n1,0.3\n",
        "error: --gradient is of the cost without --clip\n"),
        ("z without y", &["--z", "3"], b"",
        "error: --z without --y\nhint: --z-col names a column of a file\n"),
        ("as many z as y", &["--y", "1,0", "--z", "1,2,3"], b"",
        "error: --y has 2 values and --z has 3\n\
         hint: give as many values of each, or a single one of either\n"),
        ("a z that is no number", &["--y", "1", "--z", "2,x"], b"",
        "error: --z: value 2: 'x' is not a number\n"),
        ("a z beyond all numbers", &["--z-col", "z"], b"y,z\n1,-1e400\n",
        "error: <stdin>:2: column 'z': -1e400 is out of range: the largest number is 1.7976931348623157e308\n\
         hint: y, ŷ and weights are finite numbers\n"),
        ("a missing z", &["--z-col", "z"], b"y,z\n1,nan\n",
        "error: <stdin>:2: column 'z': 'nan' is a missing value\n\
         hint: --missing skip leaves such rows out; it counts them\n"),
        ("a gradient of what is no output", &["--gradient", "--cost", "mse"], b"y,p\n1,1.5\n",
        "error: <stdin>:2: column 'p': 1.5 is outside [0, 1], and --gradient is that of a sigmoid neuron\n\
         hint: logits? --z or --z-col takes them; percentages? divide them by 100\n"),
        ("one column for y and z", &["--y-col", "a", "--z-col", "a"], b"a,b\n1,2\n",
        "error: <stdin>:1: column 'a' is both y and z\n\
         hint: --y-col and --z-col choose two\n"),
    ]);
}

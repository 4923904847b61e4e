//! What goes wrong with files, values and what is done with them, and exactly
//! what is said about it: nothing on standard output, exit code 2.

mod support;

use support::refuses;

#[test]
#[rustfmt::skip] // A table: a case, then what is said about it.
fn files_of_other_formats_are_refused() {
    refuses(&[
        ("JSON Lines that are said to be CSV", &["--input", "csv"], b"{\"y\":1,\"yhat\":0.5}\n",
        "error: <stdin>: this is JSON Lines, not a CSV file\n\
         hint: without --input it is read as that\n"),
        ("a state", &[], b"{\"costs_state\":2,\"options\":{}}\n",
        "error: <stdin>: this is a state, not a CSV file\n\
         hint: costs merge reads it\n"),
        ("UTF-16", &[], b"\xff\xfey\x00,\x00p\x00",
        "error: <stdin>: this is UTF-16 text, not a CSV file\n\
         hint: convert it: iconv -f UTF-16 -t UTF-8 FILE\n"),
        ("UTF-16 without a mark", &[], b"y\x00,\x00p\x00\n\x00",
        "error: <stdin>: this is binary data or UTF-16 text, not a CSV file\n\
         hint: it holds NUL bytes; CSV is text in UTF-8\n"),
        ("a zip archive", &[], b"PK\x03\x04\x14\x00",
        "error: <stdin>: this is a zip archive or an Excel workbook, not a CSV file\n\
         hint: unpack it, or save the sheet as CSV\n"),
        ("a gzip file", &[], b"\x1f\x8b\x08\x00",
        "error: <stdin>: cannot read: the gzip data is damaged or cut short (unexpected end of file)\n"),
        ("an xz file", &[], b"\xfd7zXZ\x00\x00",
        "error: <stdin>: cannot read: the xz data is damaged or cut short (failed to fill whole buffer)\n"),
    ]);
}

#[test]
#[cfg(feature = "parquet")]
#[rustfmt::skip] // A table: a case, then what is said about it.
fn parquet_is_not_read_as_anything_else() {
    refuses(&[
        ("what is said to be Parquet", &["--input", "parquet"], b"y,p\n1,0.5\n",
        "error: <stdin>: this is no Parquet file: it does not start as one\n"),
        ("Parquet that is said to be CSV", &["--input", "csv"], b"PAR1\x15\x04",
        "error: <stdin>: this is a Parquet file, not a CSV file\n\
         hint: without --input it is read as that\n"),
    ]);
}

#[test]
#[cfg(not(feature = "parquet"))]
#[rustfmt::skip] // A table: a case, then what is said about it.
fn a_build_without_parquet_says_so() {
    refuses(&[
        ("a Parquet file", &[], b"PAR1\x15\x04",
        "error: <stdin>: this is a Parquet file, not a CSV file\n\
         hint: this build is without Parquet: convert it to CSV first\n"),
    ]);
}

#[test]
#[rustfmt::skip] // A table: a case, then what is said about it.
fn values_that_cannot_be_scored_are_refused() {
    refuses(&[
        ("a value that is no number", &["--y", "1", "--yhat", "0.5,abc"], b"",
        "error: --yhat: value 2: 'abc' is not a number\n"),
        ("a value above 1", &["--y", "1", "--yhat", "0.5,0.6,1.2"], b"",
        "error: --yhat: value 3: 1.2 is outside [0, 1]\n\
         hint: logits? --z or --z-col takes them; percentages? divide them by 100\n"),
        ("a value for a label of 2", &["--y", "2", "--yhat", "0.5"], b"",
        "error: --y: value 1: 2 is outside [0, 1]\n\
         hint: classes 1 and 2? --positive names the one that is predicted\n"),
        ("an empty value", &["--y", "1", "--yhat", "0.5,,0.6"], b"",
        "error: --yhat: value 2: it is empty\n"),
        ("counts that differ", &["--y", "1,0", "--yhat", "0.5,0.6,0.7"], b"",
        "error: --y has 2 values and --yhat has 3\n\
         hint: give as many values of each, or a single one of either\n"),
        ("y alone", &["--y", "1"], b"",
        "error: --y without --yhat or --z\n\
         hint: --y-col names a column of a file\n"),
        ("ŷ alone", &["--yhat", "0.5"], b"",
        "error: --yhat without --y\n\
         hint: --yhat-col names a column of a file\n"),
        ("values with a file", &["--y", "1", "--yhat", "0.5", "p.csv"], b"",
        "error: values and files together\n\
         hint: --y-col, --yhat-col and --z-col name columns of files\n"),
        ("a negative value", &["--y", "1", "--yhat", "-0.5"], b"",
        "error: --yhat: value 1: -0.5 is outside [0, 1]\n\
         hint: logits? --z or --z-col takes them\n"),
    ]);
}

#[test]
#[rustfmt::skip] // A table: a case, then what is said about it.
fn files_that_cannot_be_read_are_refused() {
    refuses(&[
        ("a missing file", &["no-such-file.csv"], b"",
        "error: no-such-file.csv: cannot open: no such file\n"),
        ("a directory", &["folder"], b"",
        "error: folder: this is a directory\n\
         hint: name the files in it\n"),
        ("standard input twice", &["-", "-"], b"1,0.5\n",
        "error: standard input is named twice\n"),
        ("a bad file after a good one", &["good.csv", "bad.csv"], b"",
        "error: bad.csv:3: column 'yhat': 'x' is not a number\n"),
        ("an empty file after a good one", &["good.csv", "empty.csv"], b"",
        "error: empty.csv: the file is empty\n"),
        ("--each onto a column of the same name", &["--each", "--format", "csv", "scored.csv"], b"",
        "error: scored.csv: the input has a column 'quadratic' already\n\
         hint: rename it first: the output has a column of that name\n"),
    ]);
}

#[test]
#[rustfmt::skip] // A table: a case, then what is said about it.
fn weights_groups_and_gaps_that_make_no_sense_are_refused() {
    refuses(&[
        ("one column for y and ŷ", &["--y-col", "2"], b"0.9,1\n0.2,0\n",
        "error: <stdin>:1: column '2' is both y and ŷ\n\
         hint: --y-col and --yhat-col choose two\n"),
        ("a negative weight", &["--weight-col", "w"], b"y,yhat,w\n1,0.5,-1\n",
        "error: <stdin>:2: column 'w': -1 is negative, and a weight is not\n"),
        ("an infinite weight", &["--weight-col", "w"], b"y,yhat,w\n1,0.5,inf\n",
        "error: <stdin>:2: column 'w': inf is not finite\n\
         hint: y, ŷ and weights are finite numbers\n"),
        ("weights that are all 0", &["--weight-col", "w"], b"y,yhat,w\n1,0.5,0\n0,0.5,0\n",
        "error: the weights add up to 0\n\
         hint: a mean needs a weight above 0\n"),
        ("a group whose weights are all 0", &["--weight-col", "w", "--by", "g"], b"y,yhat,w,g\n1,0.5,1,a\n0,0.5,0,b\n",
        "error: the weights of g 'b' add up to 0\n\
         hint: a mean needs a weight above 0\n"),
        ("an unknown column of weights", &["--weight-col", "w"], b"y,yhat\n1,0.5\n",
        "error: <stdin>:1: there is no column 'w'; the columns are 'y', 'yhat'\n\
         hint: a column is named as in the header, or by its position from 1\n"),
        ("an unknown column to group by", &["--by", "fold"], b"y,yhat\n1,0.5\n",
        "error: <stdin>:1: there is no column 'fold'; the columns are 'y', 'yhat'\n\
         hint: a column is named as in the header, or by its position from 1\n"),
        ("a row without its group", &["--by", "g"], b"y,yhat,g\n1,0.5,a\n1,0.5\n",
        "error: <stdin>:3: the row has 2 cells, too few for column 'g' (column 3)\n"),
        ("too many groups", &["--by", "g", "--max-groups", "2"], b"y,yhat,g\n1,0.5,a\n1,0.5,b\n1,0.5,c\n",
        "error: there are more than 2 groups\n\
         hint: --max-groups N allows more; each takes memory\n"),
        ("a missing label with --positive", &["--positive", "spam"], b"y,yhat\n,0.5\n",
        "error: <stdin>:2: column 'y': it is empty\n\
         hint: --missing skip leaves such rows out\n"),
        ("all rows skipped", &["--missing", "skip"], b"y,yhat\nNA,0.5\n1,\n",
        "error: every row was skipped for a missing value\n"),
        ("a fault in a row that lacks a value too", &["--missing", "skip"], b"y,yhat\nNA,x\n",
        "error: <stdin>:2: column 'yhat': 'x' is not a number\n"),
        ("the worst of values", &["--y", "1", "--yhat", "0.5", "--worst", "1"], b"",
        "error: --worst is for files\n\
         hint: values are all shown\n"),
        ("grouped instances", &["--each", "--by", "g"], b"y,yhat,g\n1,0.5,a\n",
        "error: instances are not grouped\n\
         hint: --by and --by-file group the statistics\n"),
        ("files' options with values", &["--y", "1", "--yhat", "0.5", "--by", "g"], b"",
        "error: --by is for files, not for values\n"),
        ("a limit for a cost that is left out", &["--cost", "mse", "--fail-above", "xent=1"], b"1,0.5\n",
        "error: --fail-above names cross-entropy, which --cost leaves out\n"),
    ]);
}

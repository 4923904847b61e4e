//! Text that means harm: to a terminal, a spreadsheet, a pull request. Wherever it
//! stands in the input or on the command line, no output runs or renders it.

mod support;

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt;
use std::path::Path;
use std::process::{Command, Stdio};

use support::{Run, costs_with, run_in};

/// Text that a terminal, a table or a reader would take for something else.
const HOSTILE: [&[u8]; 12] = [
    b"\x1b[31mred\x1b[0m",
    b"\x1b]0;title\x07",
    b"\x1b]8;;http://x\x1b\\link",
    "\u{9b}2J\u{85}".as_bytes(),
    "\u{202e}evil\u{202c}\u{2066}\u{2069}\u{200f}\u{61c}".as_bytes(),
    "a\u{2028}b\u{feff}\u{200b}\u{ad}".as_bytes(),
    b"a\x00b\x7f\x08\x0c",
    b"\xff\xfe\xc0\x80\xed\xa0\x80",
    b"cut \xf0\x9f\x98",
    b"back\\slash \x1f\x1e",
    b"a\rb",
    b"tab\tbell\x07",
];

/// Rows before the text: a NUL byte near the start of a file makes it no CSV file.
const ROWS: usize = 300;

/// No byte that steers a terminal, and valid UTF-8.
#[track_caller]
fn is_harmless(output: &[u8]) {
    let text = std::str::from_utf8(output).expect("it is UTF-8");
    for c in text.chars() {
        let steers = c.is_control() && c != '\n';
        let turns = matches!(c, '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{ad}');
        assert!(!steers && !turns, "{c:?} in {text}");
    }
}

/// Runs `costs` with arguments of any bytes.
#[track_caller]
fn run_bytes(folder: &Path, args: &[&[u8]], stdin: &[u8]) -> (i32, Vec<u8>, Vec<u8>) {
    fs::write(folder.join("stdin"), stdin).expect("a file is written");
    let output = Command::new(env!("CARGO_BIN_EXE_costs"))
        .args(args.iter().map(|arg| OsStr::from_bytes(arg)))
        .current_dir(folder)
        .stdin(fs::File::open(folder.join("stdin")).expect("it opens"))
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .output()
        .expect("costs starts");
    (output.status.code().expect("costs exits"), output.stdout, output.stderr)
}

/// A cell of those bytes, in quotes.
fn quoted(text: &[u8]) -> Vec<u8> {
    [b"\"", text, b"\""].concat()
}

/// A table with the text as the name of a column and in its last row.
fn table(name: &[u8], cell: &[u8]) -> Vec<u8> {
    let header = [b"y,yhat,", quoted(name).as_slice(), b"\n"].concat();
    [header.as_slice(), &b"1,0.5,a\n".repeat(ROWS), b"1,0.25,", &quoted(cell), b"\n"].concat()
}

#[test]
fn no_text_of_the_input_reaches_a_terminal_as_it_is() {
    let folder = tempfile::tempdir().expect("a folder");
    for text in HOSTILE {
        let has_nul = text.contains(&0);
        let name: &[u8] = if has_nul { b"g" } else { text };
        let input = table(name, text);
        for args in [
            &[b"--by".as_slice(), b"3"][..],
            &[b"--each", b"--format", b"table"],
            &[b"--each", b"--format", b"markdown"],
            &[b"--by", b"3", b"--format", b"markdown"],
            &[b"--worst", b"1"],
            &[b"--worst", b"1", b"--format", b"markdown"],
            &[b"--by", b"3", b"--fail-above", b"mse=0"],
        ] {
            let (code, stdout, stderr) = run_bytes(folder.path(), args, &input);
            let ends = i32::from(args.contains(&b"mse=0".as_slice()));
            assert_eq!(code, ends, "{text:?}: {}", String::from_utf8_lossy(&stderr));
            is_harmless(&stdout);
            is_harmless(&stderr);
        }
    }
}

#[test]
fn no_message_shows_text_of_the_input_as_it_is() {
    let folder = tempfile::tempdir().expect("a folder");
    for text in HOSTILE {
        let has_nul = text.contains(&0);
        let name: &[u8] = if has_nul { b"g" } else { text };
        let numbers = [b"1,000.".as_slice(), text].concat();
        let faults: [(&[&[u8]], Vec<u8>); 7] = [
            (&[], [b"1,0.5\n".repeat(ROWS).as_slice(), b"1,", &quoted(text)].concat()),
            (&[b"--yhat-col", b"3"], table(name, text)),
            (&[], [b"1,0.5\n".repeat(ROWS).as_slice(), b"1,", &quoted(&numbers)].concat()),
            (&[b"--y-col", b"no"], table(name, text)),
            (&[b"--weight-col", b"w", b"--by", b"3"], {
                let header = [b"y,yhat,", quoted(name).as_slice(), b",w\n"].concat();
                [header.as_slice(), &b"1,0.5,a,1\n".repeat(ROWS), b"1,0.5,", &quoted(text), b",0\n"]
                    .concat()
            }),
            (&[b"--no-header"], [b"1,", quoted(name).as_slice(), b"\n"].concat()),
            (&[b"--positive", b"x", b"--y-col", b"3", b"--yhat-col", b"3"], table(name, text)),
        ];
        for (args, input) in faults {
            let (code, stdout, stderr) = run_bytes(folder.path(), args, &input);
            assert_eq!((code, stdout.as_slice()), (2, b"".as_slice()), "{text:?} {args:?}");
            is_harmless(&stderr);
            let message = String::from_utf8(stderr).expect("it is UTF-8");
            assert!(message.starts_with("error: "), "{message}");
        }
    }
}

/// A line of JSON with the text as a field's name and value; what is no UTF-8 is replaced.
fn object(text: &[u8]) -> Vec<u8> {
    let text = serde_json::to_string(&String::from_utf8_lossy(text)).expect("it is a string");
    format!("{{\"y\":1,\"yhat\":0.5,\"g\":{text},{text}:{text}}}\n").into_bytes()
}

#[test]
fn no_text_of_json_lines_reaches_a_terminal_as_it_is() {
    let folder = tempfile::tempdir().expect("a folder");
    for text in HOSTILE {
        let name = String::from_utf8_lossy(text).into_owned();
        let lines = object(text);
        let views: [&[&[u8]]; 4] = [
            &[b"--by", b"g"],
            &[b"--by", b"g", b"--format", b"markdown"],
            &[b"--worst", b"1"],
            &[b"--each", b"--format", b"table"],
        ];
        for view in views {
            let args = [&[b"--input".as_slice(), b"jsonl"], view].concat();
            let (code, stdout, stderr) = run_bytes(folder.path(), &args, &lines);
            assert_eq!(code, 0, "{text:?}: {}", String::from_utf8_lossy(&stderr));
            is_harmless(&stdout);
            is_harmless(&stderr);
        }
        let other = b"{\"y\":1,\"yhat\":0.5,\"z\":1}\n".repeat(20_000);
        let faults: [(&[&[u8]], Vec<u8>); 4] = [
            (&[b"--yhat-col", b"g"], lines.clone()),
            (&[b"--y-col", b"no"], lines.clone()),
            (&[b"--each"], [other.as_slice(), &lines].concat()),
            (&[], [text, b"\n"].concat()),
        ];
        for (more, input) in faults {
            let args = [&[b"--input".as_slice(), b"jsonl"], more].concat();
            let (code, _, stderr) = run_bytes(folder.path(), &args, &input);
            assert_eq!(code, 2, "{text:?} {more:?} {name}");
            is_harmless(&stderr);
        }
    }
}

#[test]
fn no_text_of_a_state_reaches_a_terminal_as_it_is() {
    let folder = tempfile::tempdir().expect("a folder");
    for text in HOSTILE {
        let has_nul = text.contains(&0);
        let name: &[u8] = if has_nul { b"g" } else { text };
        for view in [&[b"--by".as_slice(), b"3"], &[b"--worst".as_slice(), b"1"]] {
            let state = [view.as_slice(), &[b"--format", b"state"]].concat();
            let (code, state, stderr) = run_bytes(folder.path(), &state, &table(name, text));
            assert_eq!(code, 0, "{text:?}: {}", String::from_utf8_lossy(&stderr));
            for format in [b"table".as_slice(), b"markdown"] {
                let args = [b"merge".as_slice(), b"--format", format];
                let (code, stdout, stderr) = run_bytes(folder.path(), &args, &state);
                assert_eq!(code, 0, "{text:?}: {}", String::from_utf8_lossy(&stderr));
                is_harmless(&stdout);
                is_harmless(&stderr);
            }
        }
    }
}

#[test]
fn a_long_text_is_cut_wherever_a_message_shows_it() {
    let long = "7".repeat(1000);
    let cut = format!("{}…", "7".repeat(63));
    let cases: [(&[&str], String); 5] = [
        (&[], format!("y,yhat\n1,{long}x\n")),
        (&[], format!("y;yhat\n1;0,{long}\n")),
        (&[], format!("y;yhat\n1;1_777_777.{long}\n")),
        (&["--y-col", "no"], format!("y,{long}x\n1,1\n")),
        (&["--by", "g", "--fail-above", "mse=0"], format!("y,yhat,g\n1,0,{long}\n")),
    ];
    for (args, input) in cases {
        let run = costs_with(args, input);
        assert!(!run.stderr.contains(&"7".repeat(65)), "{}", run.stderr);
        assert!(run.stderr.contains('…'), "{}", run.stderr);
        assert!(run.stderr.len() < 600, "{}", run.stderr);
    }
    let run =
        costs_with(&["--by", "g", "--fail-above", "mse=0"], format!("y,yhat,g\n1,0,{long}\n"));
    assert!(run.stderr.contains(&cut), "{}", run.stderr);
}

#[test]
fn names_of_files_are_shown_escaped() {
    let folder = tempfile::tempdir().expect("a folder");
    for text in HOSTILE.iter().filter(|text| !text.contains(&0)) {
        let name: Vec<u8> = text.iter().copied().filter(|&b| b != b'/').collect();
        for (args, code) in [(&[][..], 2), (&[b"-o".as_slice(), b"stdin"][..], 2)] {
            let args = [&[name.as_slice()], args].concat();
            let (found, stdout, stderr) = run_bytes(folder.path(), &args, b"");
            assert_eq!((found, stdout.as_slice()), (code, b"".as_slice()), "{text:?}");
            is_harmless(&stderr);
        }
        let path = folder.path().join(OsStr::from_bytes(&name));
        if fs::write(&path, "y,yhat\n1,0\n").is_err() {
            continue; // Some systems allow no such name.
        }
        for format in ["table", "csv", "json", "markdown"] {
            let args = [name.as_slice(), b"--by-file", b"--format", format.as_bytes()];
            let (code, stdout, stderr) = run_bytes(folder.path(), &args, b"");
            assert_eq!(code, 0, "{text:?}");
            is_harmless(&stdout);
            is_harmless(&stderr);
        }
        fs::remove_file(path).expect("it is there");
    }
}

#[test]
fn arguments_are_shown_escaped() {
    let folder = tempfile::tempdir().expect("a folder");
    for text in HOSTILE.iter().filter(|text| !text.contains(&0)) {
        let option = [b"--", *text].concat();
        for args in [
            &[option.as_slice()][..],
            &[b"--format", text],
            &[b"--cost", text],
            &[b"--clip", text],
            &[b"--fail-above", text],
            &[b"-d", text],
            &[b"--threads", text],
            &[b"--y", text, b"--yhat", b"1"],
            &[b"--y-col", text],
            &[b"--by", text],
            &[b"-", b"-o", text, b"-o", text],
            &[b"-", b"-o", &[b"no/", *text].concat()],
        ] {
            let (code, stdout, stderr) = run_bytes(folder.path(), args, b"y,yhat\n1,0.5\n");
            assert_eq!((code, stdout.as_slice()), (2, b"".as_slice()), "{args:?}");
            is_harmless(&stderr);
        }
    }
}

/// A find of the fuzzer.
#[test]
fn a_delimiter_is_shown_escaped() {
    for (delimiter, shown) in
        [("\u{1c}", "\\x1c"), ("\u{1b}", "\\x1b"), ("\u{7f}", "\\x7f"), (";", ";")]
    {
        let run = costs_with(&["-d", delimiter], "a,b\n1,0.5\n");
        assert!(run.stderr.ends_with(&format!("delimiter is not '{shown}'\n")), "{}", run.stderr);
        is_harmless(run.stderr.as_bytes());
    }
}

#[test]
fn json_escapes_what_json_must() {
    let input = b"y,yhat,\"a\\\"\"\x1b\x01\"\n1,0.5,\"\xff\"\"\x1b\\\n\"\n";
    let run = costs_with(&["--each", "--format", "jsonl", "--cost", "mse"], input);
    let expected = r#"{"y":1,"yhat":0.5,"a\\\"\u001b\u0001":""#.to_owned()
        + "\u{fffd}"
        + r#"\"\u001b\\\n","quadratic":0.25}"#
        + "\n";
    assert_eq!(run, Run { code: 0, stdout: expected, stderr: String::new() });
}

#[test]
fn markdown_cells_hold_no_markup() {
    let input = b"y,yhat,g|`h`\n1,0.5,<img src=x onerror=alert(1)>\n1,0.5,\"a|b`c`\n[l](x)\"\n\
                  1,0.5,![i](x) **b** _i_ ~~s~~ # h\n1,0.5,&lt;b> \\| \\\n";
    let run = costs_with(&["--by", "3", "--format", "markdown", "--cost", "mse"], input);
    let groups: Vec<&str> = run.stdout.lines().map(first_cell).collect();
    assert_eq!(
        groups,
        [
            r"g\|\`h\`",
            "---",
            r"&lt;img src=x onerror=alert(1)\>",
            r"a\|b\`c\`\\n\[l\](x)",
            r"!\[i\](x) \*\*b\*\* \_i\_ \~\~s\~\~ \# h",
            r"&amp;lt;b\> \\\| \\",
            "**all**",
        ]
    );
}

/// The first cell of a line of Markdown.
fn first_cell(line: &str) -> &str {
    let mut end = 1;
    let bytes = line.as_bytes();
    while bytes[end] != b'|' {
        end += if bytes[end] == b'\\' { 2 } else { 1 };
    }
    line[1..end].trim()
}

/// Groups that a spreadsheet would run, and some that it would not.
const FORMULAS: &str = "y,yhat,=g\n1,0.5,=1+1\n1,0.5,+x\n1,0.5,-x\n1,0.5,@sum\n1,0.5,\"\tx\"\n\
                        1,0.5,-1\n1,0.5,+0.5e3\n1,0.5,a=b\n1,0.5,\"=\"\"a\"\",b\"\n";

#[test]
fn a_spreadsheet_runs_no_group() {
    let args = ["--by", "=g", "--cost", "mse", "--format", "csv"];
    let run = costs_with(&args, FORMULAS);
    let groups: Vec<&str> =
        run.stdout.lines().filter_map(|line| line.split_once(",yhat,").map(|(g, _)| g)).collect();
    assert_eq!(
        groups,
        ["'=1+1", "'+x", "'-x", "'@sum", "'\tx", "-1", "+0.5e3", "a=b", "\"'=\"\"a\"\",b\""]
    );
    assert!(run.stdout.starts_with("'=g,model,cost,"), "{}", run.stdout);
    let tsv = costs_with(&["--by", "=g", "--cost", "mse", "--format", "tsv"], FORMULAS).stdout;
    assert!(tsv.starts_with("'=g\tmodel\tcost\t"), "{tsv}");
    assert!(tsv.contains("\n\"'\tx\"\tyhat\t"), "{tsv}");
}

#[test]
fn groups_that_differ_print_differently() {
    let groups =
        b"y,yhat,g\n1,0,=x\n1,0,'=x\n1,0,\xe9\n1,0,\xe8\n1,0,\\xe9\n1,0,\"\x1b\"\n1,0,\\x1b\n";
    for format in ["csv", "tsv", "jsonl"] {
        let args = ["--by", "g", "--cost", "mse", "--format", format];
        let run = costs_with(&args, groups);
        is_harmless(run.stdout.replace('\t', " ").as_bytes());
        let lines: std::collections::HashSet<&str> = run.stdout.lines().collect();
        assert_eq!(lines.len(), 7 + usize::from(format != "jsonl"), "{}", run.stdout);
    }
}

#[test]
fn names_of_the_input_pass_as_their_bytes() {
    let folder = tempfile::tempdir().expect("a folder");
    let args = [b"--each".as_slice(), b"--format", b"csv", b"--cost", b"mse"];
    let (_, stdout, _) = run_bytes(folder.path(), &args, b"y,yhat,caf\xe9\n1,0.5,\xe9\n");
    assert_eq!(stdout, b"y,yhat,caf\xe9,quadratic\n1,0.5,\xe9,0.25\n");
}

#[test]
fn a_long_cell_is_cut_in_a_table() {
    let long = "7".repeat(1000);
    let input = format!("y,yhat,{long}\n1,0.5,{long}\n");
    for args in [&["--by", "3"][..], &["--each", "--format", "table"], &["--worst", "1"]] {
        let run = costs_with(&[args, &["--cost", "mse"]].concat(), &input);
        let cell = format!("{}…", "7".repeat(63));
        assert_eq!(run.stdout.matches(&cell).count(), 2, "{}", run.stdout);
        assert!(!run.stdout.contains(&"7".repeat(64)));
    }
}

#[test]
fn the_end_of_a_long_path_is_shown() {
    let path = format!("{}/no.csv", "a/".repeat(100));
    let run = costs_with(&[&path], "");
    let end = &path[path.len() - 63..];
    assert_eq!(run.stderr, format!("error: …{end}: cannot open: no such file\n"));
    let run = costs_with(&["-o", &path], "1,0.5\n");
    assert_eq!(run.stderr, format!("error: …{end}: cannot write: no such file\n"));
}

#[test]
fn a_long_argument_is_cut_in_the_messages_about_it() {
    let long = "x".repeat(500);
    let option = format!("--{long}");
    for args in [
        &[option.as_str()][..],
        &["--format", &long],
        &["--fail-above", &long],
        &["--fail-above", &format!("{long}=1")],
        &["--fail-above", &format!("mse={long}")],
        &["--clip", &long],
        &["--threads", &long],
        &["--y", "1", "--yhat", &long],
        &["plot", &long],
        &["completions", &long],
        &["man", &long],
    ] {
        let run = costs_with(args, "");
        assert_eq!(run.code, 2);
        assert!(!run.stderr.contains(&"x".repeat(65)), "{}", run.stderr);
    }
}

#[test]
fn a_spreadsheet_runs_no_name_of_a_model_or_file() {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("=f.csv"), "y,-p,@q\n1,0.5,1\n").expect("a file is written");
    let models = ["=f.csv", "--yhat-col=-p,@q", "--cost", "mse", "--format", "csv"];
    let run = run_in(folder.path(), &[&models[..], &["--by-file"]].concat(), b"");
    let starts: Vec<&str> = run
        .stdout
        .lines()
        .filter_map(|line| line.split_once(",quadratic,"))
        .map(|(s, _)| s)
        .collect();
    assert_eq!(starts, ["'=f.csv,'-p", "'=f.csv,'@q"]);
    let worst = run_in(folder.path(), &[&models[..], &["--worst", "1"]].concat(), b"");
    assert_eq!(
        worst.stdout,
        "file,line,y,-p,@q,'-p.quadratic,'@q.quadratic,share\n'=f.csv,2,1,0.5,1,0.25,0,1\n"
    );
}

#[test]
fn cells_of_the_input_pass_as_they_came() {
    let run = costs_with(&["--each", "--cost", "mse", "--format", "csv"], FORMULAS);
    let rows = FORMULAS.trim_end().replace('\n', ",0.25\n");
    assert_eq!(run.stdout, rows.replacen("=g,0.25", "=g,quadratic", 1) + ",0.25\n");
    let run = costs_with(&["--worst", "1", "--cost", "mse", "--format", "csv"], FORMULAS);
    assert_eq!(run.stdout.lines().nth(1), Some("<stdin>,2,1,0.5,=1+1,0.25,0.1111111111111111"));
}

#[test]
fn numbers_of_results_are_never_taken_for_formulas() {
    let input = "y,a,b\n1,0.25,0.75\n0,0.5,0.25\n";
    let args = ["--yhat-col", "a,b", "--cost", "mse", "--format", "csv"];
    let run = costs_with(&args, input);
    assert!(run.stdout.contains(",-0."), "{}", run.stdout);
    assert!(!run.stdout.contains('\''), "{}", run.stdout);
}

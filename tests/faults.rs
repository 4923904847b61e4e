//! Every call of the system that can fail fails here: nothing is lost in silence,
//! nothing is left half-written, and the exit code is the one documented.

#![allow(clippy::print_stdout, reason = "a test that is skipped says why")]

mod support;

use std::fs;
use std::io::{Read, Seek, Write};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use support::Run;

/// What the output file held before.
const OLD: &str = "as it was\n";

/// A folder with an output file of old, and rows enough for many writes.
fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    fs::write(folder.path().join("out.csv"), OLD).expect("a file is written");
    let rows = "y,yhat\n".to_owned() + &"1,0.5\n".repeat(20_000);
    fs::write(folder.path().join("p.csv"), rows).expect("a file is written");
    folder
}

/// The folder is as it was: the output file with its old text, and nothing new.
#[track_caller]
fn is_untouched(folder: &Path) {
    let mut names: Vec<String> = fs::read_dir(folder)
        .expect("the folder is there")
        .map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned())
        .collect();
    names.sort();
    assert_eq!(names, ["out.csv", "p.csv"]);
    let text = fs::read_to_string(folder.join("out.csv")).expect("the file is there");
    assert_eq!(text, OLD);
}

/// Runs a script of the shell in a folder, with `costs` on the path.
#[track_caller]
fn shell(folder: &Path, script: &str) -> Run {
    let program = Path::new(env!("CARGO_BIN_EXE_costs")).parent().expect("a folder");
    let path = std::env::var("PATH").expect("a path");
    let output = Command::new("bash")
        .args(["-c", script])
        .current_dir(folder)
        .env("PATH", format!("{}:{path}", program.display()))
        .env("NO_COLOR", "1")
        .stdin(Stdio::null())
        .output()
        .expect("bash starts");
    let text = |bytes| String::from_utf8(bytes).expect("output is UTF-8");
    Run {
        code: output.status.code().expect("bash exits"),
        stdout: text(output.stdout),
        stderr: text(output.stderr),
    }
}

/// A script ends with that exit code and message, and leaves the folder alone.
#[track_caller]
fn fails(script: &str, stderr: &str) {
    let folder = folder();
    let run = shell(folder.path(), script);
    assert_eq!((run.code, run.stderr.as_str()), (2, stderr), "{script}");
    assert_eq!(run.stdout, "", "{script}");
    is_untouched(folder.path());
}

#[test]
fn a_full_device_is_an_error_in_every_format() {
    let full = "error: <stdout>: cannot write: no space left\n";
    for format in ["table", "csv", "tsv", "json", "jsonl", "markdown"] {
        for view in ["--summary", "--each", "--worst 3"] {
            fails(&format!("costs p.csv {view} --format {format} > /dev/full"), full);
        }
    }
    fails("costs p.csv --format value > /dev/full", full);
    for format in ["table", "csv", "tsv", "json", "jsonl", "markdown", "state"] {
        fails(
            &format!("costs p.csv --format state | costs merge --format {format} > /dev/full"),
            full,
        );
    }
    if cfg!(feature = "plot") {
        fails("costs plot cost > /dev/full", full);
        fails(
            "costs plot gradient --color never -o /dev/full",
            "error: /dev/full: cannot write: no space left\n",
        );
    }
    fails("costs --help > /dev/full", full);
    fails("costs --version > /dev/full", full);
    fails("costs p.csv -o /dev/full", "error: /dev/full: cannot write: no space left\n");
}

#[test]
fn a_standard_output_that_is_closed_or_not_for_writing_is_an_error() {
    fails("costs p.csv >&-", "error: <stdout>: cannot write: it is closed\n");
    fails("costs --help >&-", "error: <stdout>: cannot write: it is closed\n");
    fails("costs p.csv 1< p.csv", "error: <stdout>: cannot write: bad file descriptor\n");
    fails("costs --help 1< p.csv", "error: <stdout>: cannot write: bad file descriptor\n");
    fails(
        "costs p.csv --format state | costs merge >&-",
        "error: <stdout>: cannot write: it is closed\n",
    );
}

#[test]
fn closed_streams_that_are_not_needed_do_not_matter() {
    let folder = folder();
    for streams in ["<&-", ">&-", "2>&-", "<&- >&- 2>&-"] {
        let script = format!("costs p.csv --cost mse --format csv --each -o out.csv {streams}");
        let run = shell(folder.path(), &script);
        assert_eq!(run, Run { code: 0, stdout: String::new(), stderr: String::new() }, "{script}");
        let text = fs::read_to_string(folder.path().join("out.csv")).expect("the file is there");
        assert_eq!(text, "y,yhat,quadratic\n".to_owned() + &"1,0.5,0.25\n".repeat(20_000));
        fs::write(folder.path().join("out.csv"), OLD).expect("a file is written");
        is_untouched(folder.path());
    }
    assert_eq!(shell(folder.path(), "costs no-such.csv 2>&-").code, 2);
    assert_eq!(shell(folder.path(), "costs no-such.csv 2> /dev/full").code, 2);
    fails("costs <&-", "error: <stdin>: the file is empty\n");
    fails("costs < .", "error: <stdin>: this is a directory\nhint: name the files in it\n");
    let run = shell(folder.path(), "costs 0>> out.csv");
    assert_eq!(run.stderr, "error: <stdin>: cannot read: bad file descriptor\n");
    is_untouched(folder.path());
}

#[test]
fn a_limit_of_file_size_is_an_error_like_a_full_disk() {
    let rows = "--each --format csv";
    fails(
        &format!("ulimit -f 8; costs p.csv {rows} -o out.csv"),
        "error: out.csv: cannot write: file too large\n",
    );
    fails(
        &format!("ulimit -f 8; costs p.csv {rows} > new.csv; code=$?; rm new.csv; exit $code"),
        "error: <stdout>: cannot write: file too large\n",
    );
}

#[test]
fn what_cannot_be_read_or_created_is_an_error() {
    fails("costs p.csv -o no/out.csv", "error: no/out.csv: cannot write: no such file\n");
    fails("costs p.csv -o p.csv/x", "error: p.csv/x: cannot write: not a directory\n");
    fails(
        "costs p.csv -o p.csv",
        "error: p.csv: the output is one of the inputs\nhint: write to another file, and move it after\n",
    );
    fails("costs no.csv -o out.csv", "error: no.csv: cannot open: no such file\n");
    fails("costs p.csv/x -o out.csv", "error: p.csv/x: cannot open: not a directory\n");
    fails("costs merge no.state -o out.csv", "error: no.state: cannot open: no such file\n");
    fails(
        "costs merge . -o out.csv",
        "error: .: this is a directory\nhint: name the files in it\n",
    );
    fails("costs merge /proc/self/mem", "error: /proc/self/mem: cannot read: input/output error\n");
    fails("costs /proc/self/mem", "error: /proc/self/mem: cannot read: input/output error\n");
    fails(
        "ln -s p p; costs p; code=$?; rm p; exit $code",
        "error: p: cannot open: too many levels of symbolic links\n",
    );
}

#[test]
fn an_error_after_many_rows_leaves_the_output_as_it_was() {
    fails(
        "{ cat p.csv; echo 1,x; } | costs --each --format csv -o out.csv",
        "error: <stdin>:20002: column 'yhat': 'x' is not a number\n",
    );
    fails(
        "{ cat p.csv; printf '\"1,'; } | costs --each --format csv -o out.csv",
        "error: <stdin>:20002: the quote that opens here is never closed\n\
         hint: a quote within a quoted cell is written twice\n",
    );
}

/// Rows that stdout alone cannot hold go to a disk of 64 KiB.
#[test]
#[cfg(target_os = "linux")]
fn a_full_disk_under_the_output_file_leaves_it_as_it_was() {
    let folder = folder();
    let mount = "mkdir disk && mount -t tmpfs -o size=64k tmpfs disk && cp out.csv disk";
    let tried = Command::new("unshare")
        .args([
            "-rm",
            "bash",
            "-c",
            &format!("{mount} && umount disk; code=$?; rmdir disk; exit $code"),
        ])
        .current_dir(folder.path())
        .output();
    if !tried.is_ok_and(|tried| tried.status.success()) {
        println!("skipped: mounting is not allowed here");
        return;
    }
    let script = format!(
        "unshare -rm bash -c '{mount}; cd disk
         costs ../p.csv --each --format csv -o out.csv; code=$?; ls -A; cat out.csv; exit $code'
         code=$?; rmdir disk; exit $code"
    );
    let run = shell(folder.path(), &script);
    assert_eq!(run.stderr, "error: out.csv: cannot write: no space left\n");
    assert_eq!((run.code, run.stdout.as_str()), (2, "out.csv\nas it was\n"));
    is_untouched(folder.path());
}

#[test]
fn a_file_that_changes_while_it_is_read_gives_a_result_or_an_error() {
    let folder = folder();
    let path = folder.path().join("p.csv");
    let rows = fs::read(&path).expect("the file is there");
    let mut file = fs::File::options().write(true).open(&path).expect("it opens");
    let end = Instant::now() + Duration::from_secs(2);
    let changes = thread::spawn(move || {
        while Instant::now() < end {
            file.set_len(100_003).expect("it shrinks");
            file.set_len(3).expect("it shrinks");
            file.rewind().expect("it goes back");
            file.write_all(&rows).expect("it grows");
        }
    });
    while Instant::now() < end {
        let run = support::run_in(folder.path(), &["p.csv", "--cost", "mse", "--json"], b"");
        match run.code {
            // A number may have been cut in two, which nobody can know.
            0 => assert!(run.stdout.starts_with("[\n{\"model\":\"yhat\""), "{}", run.stdout),
            code => {
                assert_eq!((code, run.stdout.as_str()), (2, ""), "{}", run.stderr);
                assert!(run.stderr.starts_with("error: p.csv"), "{}", run.stderr);
            }
        }
    }
    changes.join().expect("it ends");
}

/// A run that waits for more of standard input, of which it has rows already.
fn waiting(folder: &Path, args: &[&str]) -> Child {
    let mut child = Command::new(env!("CARGO_BIN_EXE_costs"))
        .args(args)
        .current_dir(folder)
        .stdin(Stdio::piped())
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("costs starts");
    let input = child.stdin.as_mut().expect("standard input is a pipe");
    input.write_all(&b"1,0.5\n".repeat(100_000)).expect("it reads");
    child
}

fn signal(child: &Child, name: &str) {
    let kill = format!("kill -{name} {}", child.id());
    let status = Command::new("sh").args(["-c", &kill]).status().expect("sh starts");
    assert!(status.success());
}

/// Ends within a few seconds, by that signal and without a word.
#[track_caller]
fn ends_by(mut child: Child, signal: u32) {
    let end = Instant::now() + Duration::from_secs(10);
    let status = loop {
        match child.try_wait().expect("it can be waited for") {
            Some(status) => break status,
            None if Instant::now() > end => {
                child.kill().expect("it is ended");
                panic!("it goes on");
            }
            None => thread::sleep(Duration::from_millis(5)),
        }
    };
    assert_eq!((status.signal(), status.code()), (i32::try_from(signal).ok(), None));
    let mut message = String::new();
    let mut stderr = child.stderr.take().expect("standard error is a pipe");
    stderr.read_to_string(&mut message).expect("it is UTF-8");
    assert_eq!(message, "");
}

/// Whether the tests were started with that signal ignored: so are then all runs.
fn is_ignored(signal: u32) -> bool {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let bits = status.lines().find_map(|line| line.strip_prefix("SigIgn:"));
    let bits = bits.map_or(0, |bits| u64::from_str_radix(bits.trim(), 16).expect("a mask"));
    let is_ignored = bits >> (signal - 1) & 1 == 1;
    if is_ignored {
        println!("skipped: signal {signal} is ignored here");
    }
    is_ignored
}

#[test]
fn a_signal_ends_a_run_at_once_and_nothing_is_left() {
    for (name, number) in [("INT", 2), ("TERM", 15), ("HUP", 1)] {
        if is_ignored(number) {
            continue;
        }
        for args in [&["--each", "--format", "csv", "-o", "out.csv"][..], &["-o", "out.csv"], &[]] {
            let folder = folder();
            let child = waiting(folder.path(), args);
            signal(&child, name);
            ends_by(child, number);
            is_untouched(folder.path());
        }
    }
}

#[test]
fn the_shell_sees_130_and_143() {
    for (name, code) in [("INT", 130), ("TERM", 143)] {
        if is_ignored(code - 128) {
            continue;
        }
        let folder = folder();
        // The shell that waits must not die of the signal itself.
        let script = format!(
            "set -m; yes 1,0.5 | costs --each --format csv -o out.csv & \
             until ls -A | grep -q '^.costs-'; do sleep 0.01; done; \
             kill -{name} %1; wait %1"
        );
        let run = shell(folder.path(), &script);
        assert_eq!(u32::try_from(run.code), Ok(code), "{}", run.stderr);
        is_untouched(folder.path());
    }
}

#[test]
fn a_signal_that_was_ignored_stays_so() {
    let folder = folder();
    let script = "trap '' HUP INT; (printf '1,0.5\\n'; sleep 0.5; printf '1,1\\n') | \
                  costs --format value --cost mse -o out.csv & sleep 0.25; \
                  kill -HUP $!; kill -INT $!; wait $!";
    let run = shell(folder.path(), script);
    assert_eq!((run.code, run.stderr.as_str()), (0, ""));
    let text = fs::read_to_string(folder.path().join("out.csv")).expect("the file is there");
    assert_eq!(text, "0.125\n");
}

#[test]
fn a_reader_that_leaves_ends_the_program_quietly_in_every_format() {
    let folder = folder();
    for format in ["csv", "tsv", "json", "jsonl", "markdown", "value --cost mse"] {
        let script = format!("set -o pipefail; costs p.csv --each --format {format} | head -c 1");
        let run = shell(folder.path(), &script);
        assert_eq!((run.code, run.stderr.as_str(), run.stdout.len()), (0, "", 1), "{format}");
    }
    is_untouched(folder.path());
}

/// The limit does not hold for root, who becomes another user for it.
#[test]
#[cfg(target_os = "linux")]
fn where_no_more_threads_are_allowed_fewer_do_the_work() {
    let folder = folder();
    let script = "chmod a+rx .; as=; [ $(id -u) = 0 ] && as='setpriv --reuid 65534 --clear-groups'
        $as bash -c 'exec costs --version' > /dev/null || exit 77
        exec $as bash -c 'ulimit -u 1; exec costs p.csv --cost mse --format value --threads 8'";
    let run = shell(folder.path(), script);
    if run.code == 77 {
        println!("skipped: no other user can run the program: {}", run.stderr);
        return;
    }
    assert_eq!((run.code, run.stdout.as_str(), run.stderr.as_str()), (0, "0.25\n", ""));
}

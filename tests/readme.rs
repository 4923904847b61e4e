//! Every command of the README and the examples is run, and prints what is
//! printed there. `UPDATE=1 cargo test --test readme` writes what it prints now.

#![cfg(feature = "plot")]

use std::fs;
use std::path::Path;
use std::process::{Command, Stdio};

use tempfile::TempDir;

/// The pages with commands.
const PAGES: &[&str] = &[
    "README.md",
    "docs/calibration.md",
    "docs/classes.md",
    "docs/data.md",
    "docs/formats.md",
    "docs/gates.md",
    "docs/intervals.md",
    "docs/joins.md",
    "docs/limits.md",
    "docs/numbers.md",
    "docs/recipes.md",
    "docs/scale.md",
    "examples/saturation.md",
    "examples/softmax.md",
];

/// Programs that commands use and not every machine has.
const TOOLS: [&str; 2] = ["jq", "parallel"];

/// Whether the command needs a tool that this machine lacks. Where all is
/// tested (`CI` is set) it runs all the same, and fails.
fn is_out_of_reach(command: &str) -> bool {
    let is_missing = |tool: &str| Command::new(tool).arg("--version").output().is_err();
    let uses = |tool: &str| command.contains(&format!("| {tool} "));
    let lacks = TOOLS.into_iter().any(|tool| uses(tool) && is_missing(tool));
    lacks && std::env::var_os("CI").is_none()
}

/// A copy of the folder of the examples: the commands of a page may leave files in it.
fn examples() -> TempDir {
    let folder = tempfile::tempdir().expect("a folder");
    let examples = Path::new(env!("CARGO_MANIFEST_DIR")).join("examples/.");
    let status = Command::new("cp").arg("-R").arg(examples).arg(folder.path()).status();
    assert!(status.expect("cp starts").success(), "the examples are copied");
    folder
}

/// What a shell prints for a command in that folder.
fn output(command: &str, folder: &Path) -> String {
    let program = Path::new(env!("CARGO_BIN_EXE_costs")).parent().expect("a folder");
    let path = format!("{}:{}", program.display(), std::env::var("PATH").expect("a path"));
    let output = Command::new("bash")
        .args(["-c", &format!("exec 2>&1; {command}")])
        .current_dir(folder)
        .env("PATH", path)
        .env_remove("COLUMNS")
        .stdin(Stdio::null())
        .output()
        .expect("bash starts");
    String::from_utf8(output.stdout).expect("output is UTF-8")
}

/// The page with the output of each command below it, as it is now.
fn run(page: &str) -> String {
    let folder = examples();
    let mut lines: Vec<String> = Vec::new();
    let (mut in_console, mut keep) = (false, true);
    for line in page.lines() {
        match line {
            "```console" => in_console = true,
            "```" => (in_console, keep) = (false, true),
            _ => {}
        }
        if let Some(command) = line.strip_prefix("$ ").filter(|_| in_console) {
            keep = is_out_of_reach(command);
            lines.push(line.to_owned());
            if !keep {
                lines.extend(output(command, folder.path()).lines().map(str::to_owned));
            }
        } else if keep {
            lines.push(line.to_owned());
        }
    }
    lines.join("\n") + "\n"
}

#[test]
fn pages_show_what_commands_print() {
    for page in PAGES {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(page);
        let text = fs::read_to_string(&path).expect("the page is there");
        assert!(text.contains("```console\n$ "), "{page} has commands");
        let now = run(&text);
        if std::env::var_os("UPDATE").is_some() {
            fs::write(&path, now).expect("the page is written");
        } else {
            let differs =
                text.lines().zip(now.lines()).find(|(written, printed)| written != printed);
            assert_eq!(differs, None, "{page}");
            assert_eq!(text.len(), now.len(), "{page}");
        }
    }
}

#[test]
fn the_picture_of_the_readme_is_what_costs_draws() {
    let shown = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/gradient.svg");
    let drawn = output("costs plot gradient -o - 2>&1", examples().path());
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&shown, &drawn).expect("the picture is written");
    }
    assert_eq!(fs::read_to_string(&shown).expect("the picture is there"), drawn);
}

//! The house: who may know whom.

use std::fs;
use std::path::{Path, PathBuf};

/// Each module with all the modules of the library that it may use: those that know
/// nobody first, and where they meet last.
const MAY_USE: [(&str, &[&str]); 15] = [
    ("float", &[]),
    ("neuron", &["float"]),
    ("text", &[]),
    ("tally", &["float"]),
    ("cost", &["float", "neuron", "tally"]),
    ("error", &["text"]),
    ("platform", &[]),
    ("input", &["cost", "error", "neuron", "platform", "text"]),
    ("report", &["cost", "neuron", "text"]),
    ("score", &["cost", "error", "input", "neuron", "report", "tally", "text"]),
    ("results", &["error", "neuron", "report", "score", "tally", "text"]),
    ("job", &["cost", "error", "input", "neuron", "report", "score"]),
    ("scores", &["cost", "error", "input", "neuron", "report", "results", "score"]),
    ("run", &["cost", "error", "input", "job", "neuron", "report", "results", "score", "text"]),
    ("plot", &["cost", "neuron", "report", "score", "text"]),
];

/// The Rust files of a module.
fn files(module: &str) -> Vec<PathBuf> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let mut files = vec![source.join(format!("{module}.rs"))];
    let mut folders = vec![source.join(module)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).into_iter().flatten().flatten() {
            let path = entry.path();
            if path.is_dir() { folders.push(path) } else { files.push(path) }
        }
    }
    files.retain(|file| {
        file.extension().is_some_and(|extension| extension == "rs") && file.exists()
    });
    files
}

/// The modules of the library that a text uses, but for its tests.
fn used(text: &str) -> Vec<&str> {
    let code = text.split("\n#[cfg(test)]\nmod tests {").next().expect("a split has a first part");
    let lines = code.lines().filter(|line| !line.trim_start().starts_with("//"));
    lines
        .flat_map(|line| line.split("crate::").skip(1))
        .map(|rest| rest.split(|c: char| !c.is_alphanumeric() && c != '_').next().unwrap_or(rest))
        .collect()
}

#[test]
fn modules_use_only_those_they_may() {
    for (module, may) in MAY_USE {
        let files = files(module);
        assert!(!files.is_empty(), "there is no module {module}");
        for file in files {
            let text = fs::read_to_string(&file).expect("a source file is text");
            for used in used(&text) {
                assert!(used == module || may.contains(&used), "{} uses {used}", file.display());
            }
        }
    }
}

#[test]
fn the_command_line_alone_knows_clap() {
    for module in MAY_USE.map(|(module, _)| module).into_iter().chain([
        "lib",
        "main",
        "output",
        "progress",
        "unfinished",
    ]) {
        for file in files(module) {
            let text = fs::read_to_string(&file).expect("a source file is text");
            assert!(!text.contains("clap::"), "{} knows clap", file.display());
        }
    }
}

//! The house: files use each other from the ground up and never in a circle, and the
//! command line alone knows clap.
//!
//! Imports are read as text. A name that a file passes on by `pub use` counts as used from
//! the file that defines it; a method that stands in another file than its type is not seen.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::fs;
use std::path::Path;

/// The modules of the library and then the program, from the ground up: none uses one
/// after it.
const LAYERS: &str = "text digits threads error io float neuron tally cost arguments scoring table \
                      groups results report gates engine plot state merge job run scores lib \
                      cli main";

/// Files that are there for tests alone.
const TESTS: [&str; 4] = ["checks/", "engine/faults.rs", "engine/tests.rs", "tally/tests.rs"];

/// Every file of `src/` by its path there, without comments and tests. What `super` is to
/// a module within a file is the file itself.
fn files() -> Vec<(String, String)> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let (mut files, mut folders) = (Vec::new(), vec![source.clone()]);
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).expect("the folder is there") {
            let file = entry.expect("the folder can be read").path();
            if file.is_dir() {
                folders.push(file);
                continue;
            }
            let path = file.strip_prefix(&source).expect("it is in there");
            let path = path.to_string_lossy().replace('\\', "/");
            let is_rust = Path::new(&path).extension().is_some_and(|it| it == "rs");
            if is_rust && !TESTS.iter().any(|tests| path.starts_with(tests)) {
                files.push((path, code(&fs::read_to_string(file).expect("it is text"))));
            }
        }
    }
    files
}

fn code(text: &str) -> String {
    let (mut code, mut inner) = (String::new(), "");
    for line in text.lines().map(|line| line.split("//").next().unwrap_or(line)) {
        match line.strip_prefix("mod ").and_then(|rest| rest.strip_suffix(" {")) {
            Some(name) => inner = name,
            None if line == "}" => inner = "",
            None => {}
        }
        match inner {
            "tests" => continue,
            "" => code.push_str(line),
            _ => code.push_str(&line.replace("super::", "self::")),
        }
        code.push('\n');
    }
    code
}

/// How a file uses a path.
#[derive(Clone, Copy, PartialEq)]
enum How {
    /// Where it stands.
    Inline,
    /// By `use`.
    Import,
    /// By `pub use`, for others.
    Export,
}

/// The paths in a file. One that it passes on and uses itself is there twice.
fn paths(code: &str) -> Vec<(String, How)> {
    let is_outside = |c: char| !(c.is_alphanumeric() || c == '_' || c == ':');
    let (mut paths, mut exported, mut words) = (Vec::new(), Vec::new(), BTreeSet::new());
    for statement in code.split(';') {
        let (before, tree) = statement.rsplit_once("use ").unwrap_or((statement, ""));
        let how = match before.rsplit('\n').next().unwrap_or_default().trim() {
            "" => How::Import,
            visibility if visibility.starts_with("pub") => How::Export,
            _ => How::Inline,
        };
        let (rest, tree) = if how == How::Inline { (statement, "") } else { (before, tree) };
        words.extend(rest.split(is_outside).map(|word| word.trim_matches(':')));
        let several = if how == How::Export { &mut exported } else { &mut paths };
        several.extend(expand(tree).into_iter().map(|path| (path, how)));
    }
    // A word may stand in a text; a type or a call will not.
    let is_used = |name: &str| {
        let is_type = name.starts_with(char::is_uppercase) && words.contains(name);
        is_type || code.contains(&format!(" {name}("))
    };
    let used = exported.iter().filter(|(path, _)| path.rsplit("::").next().is_some_and(is_used));
    paths.extend(used.map(|(path, _)| (path.clone(), How::Import)));
    paths.extend(words.iter().map(|word| ((*word).to_owned(), How::Inline)));
    paths.extend(exported);
    paths
}

/// The paths of a tree such as `a::{b, c::{d, e}}`.
fn expand(tree: &str) -> Vec<String> {
    let Some((prefix, inner)) = tree.trim().split_once('{') else {
        return vec![tree.split(" as ").next().unwrap_or(tree).trim().to_owned()];
    };
    let mut depth = 0;
    let is_between = |c: char| {
        depth += i32::from(c == '{') - i32::from(c == '}');
        c == ',' && depth == 0
    };
    let inner = inner.strip_suffix('}').unwrap_or(inner).split(is_between);
    inner.flat_map(expand).map(|path| format!("{prefix}{path}")).collect()
}

/// All files by their modules: `crate::table::csv`, and `main::cli` of the program.
struct House {
    files: BTreeMap<String, String>,
    /// The paths in each of them.
    paths: BTreeMap<String, Vec<(String, How)>>,
    /// What each name is that `use` brings into a module.
    names: BTreeMap<String, String>,
}

impl House {
    fn read() -> Self {
        let (mut files_of, mut paths_of) = (BTreeMap::new(), BTreeMap::new());
        for (file, code) in files() {
            let name = file.trim_end_matches(".rs").trim_end_matches("/mod").replace('/', "::");
            let module = match name.as_str() {
                "lib" => "crate".to_owned(),
                "main" => name,
                _ if name.starts_with("cli") => format!("main::{name}"),
                _ => format!("crate::{name}"),
            };
            paths_of.insert(module.clone(), paths(&code));
            files_of.insert(module, file);
        }
        let mut house = House { files: files_of, paths: paths_of, names: BTreeMap::new() };
        let brought = house.paths.iter().flat_map(|(module, paths)| {
            let used = paths.iter().filter(|(_, how)| *how != How::Inline);
            let used = used.filter_map(|(path, _)| house.absolute(module, path));
            used.filter_map(move |path| {
                Some((format!("{module}::{}", path.rsplit("::").next()?), path))
            })
        });
        house.names = brought.collect();
        house
    }

    /// A path as it is from the root; None if out of the house, or of a type.
    fn absolute(&self, module: &str, path: &str) -> Option<String> {
        let (first, rest) = path.split_once("::")?;
        let is_program = module.starts_with("main");
        let base = match first {
            "costs" if is_program => "crate",
            "crate" if is_program => "main",
            "crate" => "crate",
            "self" => module,
            "super" => module.rsplit_once("::")?.0,
            name => {
                let inner = format!("{module}::{name}");
                let named = self.names.get(&inner).unwrap_or(&inner);
                self.files.get_key_value(named)?.0
            }
        };
        if rest.starts_with("super::") {
            return self.absolute(base, rest);
        }
        Some(format!("{base}::{rest}").trim_end_matches("::self").to_owned())
    }

    /// The module that defines what a path ends in; None if that is a module, which is not
    /// used before something in it is.
    fn definer(&self, path: &str) -> Option<&str> {
        let (parent, _) = path.rsplit_once("::")?;
        match self.names.get(path) {
            _ if self.files.contains_key(path) => None,
            Some(named) if named != path => self.definer(named),
            _ => match self.files.get_key_value(parent) {
                Some((module, _)) => Some(module),
                None => self.definer(parent),
            },
        }
    }

    /// The files that each file uses.
    fn arrows(&self) -> BTreeMap<&str, BTreeSet<&str>> {
        let arrows = self.paths.iter().map(|(module, paths)| {
            let used = paths.iter().filter(|(_, how)| *how != How::Export);
            let used = used.filter_map(|(path, _)| self.absolute(module, path));
            let used = used.filter_map(|path| self.definer(&path)).filter(|used| used != module);
            (&*self.files[module], used.map(|used| &*self.files[used]).collect())
        });
        arrows.collect()
    }
}

/// The shortest circle through a file, from its first one on.
fn circle<'a>(file: &'a str, arrows: &BTreeMap<&str, BTreeSet<&'a str>>) -> Option<Vec<&'a str>> {
    let (mut ways, mut seen) = (VecDeque::from([vec![file]]), BTreeSet::new());
    while let Some(mut way) = ways.pop_front() {
        for &used in &arrows[way[way.len() - 1]] {
            if used == file {
                let first = (0..way.len()).min_by_key(|&at| way[at])?;
                way.rotate_left(first);
                return Some(way);
            }
            if seen.insert(used) {
                ways.push_back([way.as_slice(), &[used]].concat());
            }
        }
    }
    None
}

#[test]
fn no_file_uses_another_in_a_circle() {
    let house = House::read();
    let arrows = house.arrows();
    assert!(arrows["engine/queue.rs"].contains("report/instances.rs"), "imports are not read");
    let circles = arrows.keys().filter_map(|file| circle(file, &arrows));
    let text = |circle: Vec<&str>| format!("{} → {}\n", circle.join(" → "), circle[0]);
    let circles: BTreeSet<String> = circles.map(text).collect();
    assert!(circles.is_empty(), "{}", Vec::from_iter(circles).concat());
}

#[test]
fn files_use_the_layers_below_them() {
    let layer = |path: &str| {
        let name = path.split(['/', '.']).next();
        let layer = LAYERS.split(' ').position(|layer| Some(layer) == name);
        layer.unwrap_or_else(|| panic!("src/{path} is in no layer"))
    };
    let house = House::read();
    let arrows = house.arrows();
    let arrows = arrows.iter().flat_map(|(file, all)| all.iter().map(move |used| (file, used)));
    let up = arrows.filter(|(file, used)| layer(used) > layer(file));
    let up: Vec<String> = up.map(|(file, used)| format!("{file} → {used}\n")).collect();
    assert!(up.is_empty(), "{}", up.concat());
}

#[test]
fn the_command_line_alone_knows_clap() {
    for (path, code) in files() {
        let mut parts = code.split("#[cfg_attr(");
        let mut bare = parts.next().unwrap_or_default().to_owned();
        for part in parts {
            let is_of_cli = part.trim_start().starts_with("feature = \"cli\"");
            let end = if is_of_cli { part.find(")]\n").unwrap_or(part.len()) } else { 0 };
            bare.push_str(&part[end..]);
        }
        let may = path.starts_with("cli/") || path == "main.rs" || path == "arguments.rs";
        assert!(may || !bare.contains("clap"), "src/{path} knows clap");
    }
}

//! Which file of the crate imports which: read off the text, as far as a wall needs it.
//!
//! A re-export (`pub use`) is no import: what is taken through it is taken from the file that it comes from. Unit tests do
//! not count.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::Path;

/// A module's path from the crate's root: `net`, `spin`.
type Module = Vec<String>;

/// The modules below a folder, and what each of them imports.
#[derive(Default)]
pub struct Imports {
    code: BTreeMap<Module, String>,
    reexports: BTreeMap<(Module, String), Module>,
}

impl Imports {
    /// Reads every file below `src`.
    pub fn of(src: &Path, files: &[std::path::PathBuf]) -> Self {
        let mut all = Self::default();
        for file in files {
            let inner = file.strip_prefix(src).unwrap().with_extension("");
            let mut module: Module = inner.iter().map(|part| part.to_string_lossy().into_owned()).collect();
            if module.last().is_some_and(|last| ["mod", "lib", "main"].contains(&last.as_str())) {
                module.pop();
            }
            // The program's root only declares its modules.
            if file.ends_with("main.rs") || module.last().is_some_and(|last| last == "tests") {
                continue;
            }
            all.code.insert(module, code_of(&fs::read_to_string(file).unwrap()));
        }
        let modules: Vec<_> = all.code.keys().cloned().collect();
        for module in modules {
            for (path, is_reexport) in used(&all.code[&module]) {
                if is_reexport && let Some(target) = all.absolute(&module, &path) {
                    all.reexports.insert((module.clone(), path.last().unwrap().clone()), target);
                }
            }
        }
        all
    }

    /// The first circle that can be walked from import to import inside a folder; empty if there is none. Unless `is_strict`, a
    /// module may take what it likes from those around it.
    pub fn circle_in(&self, folder: &str, is_strict: bool) -> Vec<String> {
        let inside = self.code.keys().filter(|module| module.first().is_some_and(|first| first == folder));
        let mut edges: BTreeMap<_, _> = inside.map(|module| (module, self.imported_by(module))).collect();
        if !is_strict {
            edges.iter_mut().for_each(|(module, imported)| imported.retain(|other| !module.starts_with(other)));
        }
        let mut done = BTreeSet::new();
        edges.keys().find_map(|module| walk(module, &edges, &mut Vec::new(), &mut done)).unwrap_or_default()
    }

    /// The modules that this one imports from.
    fn imported_by(&self, module: &[String]) -> BTreeSet<Module> {
        let code = &self.code[module];
        let imports = used(code).into_iter().filter(|(_, is_reexport)| !is_reexport).map(|(path, _)| path);
        let paths = imports.chain(inline(code)).filter_map(|path| self.absolute(module, &path));
        let mut found: BTreeSet<_> = paths.map(|path| self.home(&path)).collect();
        found.remove(module);
        found
    }

    /// A path as it is written in `module`, from the root on; `None` for another crate's.
    fn absolute(&self, module: &[String], path: &[String]) -> Option<Module> {
        let (first, rest) = path.split_first()?;
        let mut from = match first.as_str() {
            "crate" | "day30" => Vec::new(),
            "self" => module.to_vec(),
            "super" => module.split_last()?.1.to_vec(),
            _ => {
                let child = [module, std::slice::from_ref(first)].concat();
                return self.code.contains_key(&child).then(|| [module, path].concat());
            }
        };
        for part in rest {
            if part == "super" {
                from.pop();
            } else {
                from.push(part.clone());
            }
        }
        Some(from)
    }

    /// The module in whose file that is written.
    fn home(&self, path: &[String]) -> Module {
        let known = (0..=path.len()).rev().find(|len| self.code.contains_key(&path[..*len])).unwrap_or(0);
        let (module, rest) = path.split_at(known);
        match rest.first().and_then(|name| self.reexports.get(&(module.to_vec(), name.clone()))) {
            Some(target) if target != path => self.home(target),
            _ => module.to_vec(),
        }
    }
}

type Edges<'m> = BTreeMap<&'m Module, BTreeSet<Module>>;

fn walk(module: &Module, edges: &Edges<'_>, way: &mut Vec<String>, done: &mut BTreeSet<Module>) -> Option<Vec<String>> {
    let name = module.join("/");
    if let Some(start) = way.iter().position(|earlier| *earlier == name) {
        return Some([&way[start..], &[name]].concat());
    }
    if done.contains(module) {
        return None;
    }
    let next = edges.get(module)?;
    way.push(name);
    let found = next.iter().find_map(|next| walk(next, edges, way, done));
    way.pop();
    done.insert(module.clone());
    found
}

/// The text without comments and unit tests.
fn code_of(text: &str) -> String {
    let code = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    code.lines().map(|line| line.split("//").next().unwrap_or_default()).collect::<Vec<_>>().join("\n")
}

/// Every path of a `use`, and whether that is a re-export.
fn used(code: &str) -> Vec<(Vec<String>, bool)> {
    let mut found = Vec::new();
    for statement in code.split(';') {
        let Some((before, tree)) = statement.rsplit_once("use ") else { continue };
        let before = before.lines().last().unwrap_or_default().trim();
        if before.is_empty() || before.starts_with("pub") {
            let mut paths = Vec::new();
            expand(&[], tree.trim(), &mut paths);
            found.extend(paths.into_iter().map(|path| (path, !before.is_empty())));
        }
    }
    found
}

/// Writes `a::{b, c::d}` out as `a::b` and `a::c::d`.
fn expand(prefix: &[String], tree: &str, found: &mut Vec<Vec<String>>) {
    let Some((before, inner)) = tree.split_once('{') else {
        let name = tree.split(" as ").next().unwrap_or_default();
        let parts =
            name.split("::").map(|part| part.trim().to_owned()).filter(|part| !part.is_empty() && part != "self");
        let path: Vec<_> = prefix.iter().cloned().chain(parts).collect();
        if !path.is_empty() {
            found.push(path);
        }
        return;
    };
    let parts = before.split("::").map(|part| part.trim().to_owned()).filter(|part| !part.is_empty());
    let prefix: Vec<_> = prefix.iter().cloned().chain(parts).collect();
    let (mut depth, mut start) = (0, 0);
    let inner = inner.rsplit_once('}').map_or(inner, |(inner, _)| inner);
    for (at, letter) in inner.char_indices().chain([(inner.len(), ',')]) {
        match letter {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                let part = inner[start..at].trim();
                if !part.is_empty() {
                    expand(&prefix, part, found);
                }
                start = at + 1;
            }
            _ => {}
        }
    }
}

/// Paths that stand in the code itself, as `super::escape::escape(…)`, or `spin::serve(…)` beside `mod spin`.
fn inline(code: &str) -> Vec<Vec<String>> {
    let is_in_a_path = |letter: char| letter.is_alphanumeric() || letter == '_' || letter == ':';
    let statements = code.split(';').filter(|statement| {
        let first = statement.lines().map(str::trim).find(|line| !line.is_empty() && !line.starts_with('#'));
        !first.is_some_and(|line| line.starts_with("use ") || (line.starts_with("pub") && line.contains(" use ")))
    });
    let words = statements.flat_map(|statement| statement.split(|letter| !is_in_a_path(letter)));
    let paths = words.filter(|word| word.contains("::"));
    paths.map(|path| path.split("::").filter(|part| !part.is_empty()).map(str::to_owned).collect()).collect()
}

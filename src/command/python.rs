//! How a Python program of a student's is called on a command line.

use day30::program::quoted;
use std::path::Path;

/// How Python is called, and what stands around a place that is filled in.
pub(super) type Spelling = (&'static str, &'static str);

/// As the starters have it.
pub(super) const IN_THE_FILES: Spelling = ("python3", "");
/// PowerShell would take what stands in braces for a script.
pub(super) const ON_WINDOWS: Spelling = ("python", "\"");
/// As it is typed on this system.
pub(super) const HERE: Spelling = if cfg!(windows) { ON_WINDOWS } else { IN_THE_FILES };
/// What a program of lesson 2 is told.
pub(super) const PLACES: [&str; 2] = ["port", "secret"];

/// The program with what it is told: `python3 my_server.py {port}`.
pub(super) fn program(path: &Path, places: &[&str], (python, quote): Spelling) -> String {
    let name = path.to_string_lossy();
    // So that it is taken for a file, and for no option.
    let is_bare = !name.contains(['/', '\\', '.']) || name.starts_with('-');
    let name = if is_bare { format!("./{name}") } else { name.into_owned() };
    let places: Vec<_> = places.iter().map(|place| format!("{quote}{{{place}}}{quote}")).collect();
    format!("{python} {} {}", quoted(&name), places.join(" "))
}

//! Embeds the lessons: each `lessons/en/NAME.md` and its twin in `lessons/zh`, with the regions of code that they include.
//! A lesson that one language lacks, or a region that is no longer there, ends the build.

// What the file holds for the program is not all needed here.
#[allow(dead_code, unreachable_pub)]
#[path = "src/view/region.rs"]
mod region;

use std::error::Error;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs, io};

fn main() -> Result<(), Box<dyn Error>> {
    let root = PathBuf::from(env::var("CARGO_MANIFEST_DIR")?);
    let out = PathBuf::from(env::var("OUT_DIR")?);
    let mut table = String::from("[\n");
    let names = names(&root.join("lessons/en"))?;
    if names != self::names(&root.join("lessons/zh"))? {
        return Err("lessons/en and lessons/zh have not the same lessons".into());
    }
    for name in names {
        let mut places = Vec::new();
        for lang in ["en", "zh"] {
            let expanded = out.join(format!("{lang}-{name}.md"));
            fs::write(&expanded, lesson(&root, lang, &name)?)?;
            places.push(format!("include_str!({:?})", expanded.display().to_string()));
        }
        writeln!(
            table,
            "    Lesson {{ name: {name:?}, en: {}, zh: {} }},",
            places.first().ok_or("")?,
            places.get(1).ok_or("")?
        )?;
    }
    fs::write(out.join("lessons.rs"), table + "]\n")?;
    depends_on("build.rs")
}

/// The lessons of one language.
fn names(folder: &Path) -> Result<Vec<String>, Box<dyn Error>> {
    depends_on(&folder.display().to_string())?;
    let mut names = Vec::new();
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.extension().is_some_and(|extension| extension == "md") {
            names.extend(path.file_stem().map(|stem| stem.to_string_lossy().into_owned()));
        }
    }
    names.sort();
    Ok(names)
}

/// A lesson's text, with the code that it includes.
fn lesson(root: &Path, lang: &str, name: &str) -> Result<String, Box<dyn Error>> {
    let folder = root.join("lessons").join(lang);
    let path = folder.join(format!("{name}.md"));
    let text = fs::read_to_string(&path)?;
    let read = |path: &str| {
        let file = folder.join(path);
        depends_on(&file.display().to_string()).map_err(|error| error.to_string())?;
        fs::read_to_string(file).map_err(|error| error.to_string())
    };
    region::expand(&text, read).map_err(|why| format!("{}: {why}", path.display()).into())
}

/// Tells cargo to build again when that file changes.
fn depends_on(file: &str) -> Result<(), Box<dyn Error>> {
    Ok(writeln!(io::stdout(), "cargo::rerun-if-changed={file}")?)
}

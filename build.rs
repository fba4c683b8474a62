//! Tells `day30 --version` the target, and the commit of a release; and embeds the lessons: each `lessons/en/NAME.md` and its twin in `lessons/zh`, with the regions of code that they include.
//! A lesson that one language lacks, or a region that is no longer there, ends the build.

// What the file holds for the program is not all needed here.
#[allow(dead_code, unreachable_pub)]
#[path = "src/view/region.rs"]
mod region;

use std::error::Error;
use std::fmt::Write as _;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::{env, fs, io};

fn main() -> Result<(), Box<dyn Error>> {
    tell_the_version()?;
    embed_the_lessons()?;
    depends_on("build.rs")
}

/// The target, and the commit of a release.
fn tell_the_version() -> io::Result<()> {
    tell("rerun-if-env-changed=DAY30_COMMIT")?;
    let variable = |name: &str| env::var(name).ok().filter(|value| !value.is_empty());
    // A development build is not made again because something was committed.
    let is_release = variable("PROFILE").is_some_and(|profile| profile == "release");
    let known = variable("DAY30_COMMIT").or_else(packaged);
    let commit = if known.is_none() && is_release { checked_out()? } else { known };
    tell(&format!("rustc-env=DAY30_TARGET={}", variable("TARGET").unwrap_or_default()))?;
    tell(&format!("rustc-env=DAY30_COMMIT={}", commit.unwrap_or_default()))
}

/// The commit that a package was made from: `cargo package` writes it beside the manifest.
fn packaged() -> Option<String> {
    let info = fs::read_to_string(".cargo_vcs_info.json").ok()?;
    let (_, hash) = info.split_once("\"sha1\": \"")?;
    hash.get(..12).map(str::to_owned)
}

/// The commit of a checkout, if this is one.
fn checked_out() -> io::Result<Option<String>> {
    // Not that of a repository around this one.
    if fs::metadata(".git").is_err() {
        return Ok(None);
    }
    tell("rerun-if-changed=.git/logs/HEAD")?;
    let git = Command::new("git").args(["rev-parse", "--short=12", "HEAD"]).output().ok();
    let git = git.filter(|git| git.status.success()).and_then(|git| String::from_utf8(git.stdout).ok());
    Ok(git.map(|commit| commit.trim().to_owned()))
}

fn embed_the_lessons() -> Result<(), Box<dyn Error>> {
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
    Ok(fs::write(out.join("lessons.rs"), table + "]\n")?)
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
        depends_on(&folder.join(path).display().to_string()).map_err(|error| error.to_string())?;
        region::read(&folder, path)
    };
    region::expand(&text, read).map_err(|why| format!("{}: {why}", path.display()).into())
}

/// Tells cargo to build again when that file changes.
fn depends_on(file: &str) -> Result<(), Box<dyn Error>> {
    Ok(tell(&format!("rerun-if-changed={file}"))?)
}

fn tell(cargo: &str) -> io::Result<()> {
    writeln!(io::stdout(), "cargo::{cargo}")
}

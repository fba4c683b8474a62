//! The programs that some tests need beside our own.

use std::collections::BTreeMap;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, OnceLock, PoisonError};

/// Whether a tool is there. Where it is not, the test says so and does nothing; in CI it must be.
#[track_caller]
pub fn have(tool: &'static str) -> bool {
    static KNOWN: Mutex<BTreeMap<&str, bool>> = Mutex::new(BTreeMap::new());
    let is_there = || {
        let mut version = Command::new(tool);
        version.arg("--version").stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok()
    };
    let found = *KNOWN.lock().unwrap_or_else(PoisonError::into_inner).entry(tool).or_insert_with(is_there);
    if !found {
        assert!(std::env::var_os("CI").is_none(), "{tool} is missing, and in CI no test is left out");
        eprintln!("LEFT OUT: this test needs {tool}, which is not installed");
    }
    found
}

/// Where programs are looked for: first where a bare `python3` is.
pub fn search_path() -> &'static OsStr {
    static PATH: OnceLock<OsString> = OnceLock::new();
    PATH.get_or_init(|| {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let first = bare_python().into_iter();
        std::env::join_paths(first.chain(std::env::split_paths(&path))).unwrap_or(path)
    })
}

/// The folder of a Python that starts in a fifth of the time, as the tests start thousands: no version manager's script is before
/// it, and nothing that is installed beside it is imported. Made once, and kept among the build's files.
fn bare_python() -> Option<PathBuf> {
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join("bare-python");
    let programs = folder.join(if cfg!(windows) { "Scripts" } else { "bin" });
    // Under another name first: two runs of the tests may both make it.
    let unfinished = folder.with_extension(std::process::id().to_string());
    let is_made = || programs.join("python3").exists() || programs.join("python.exe").exists();
    if !is_made() {
        // A system's own is compiled with every optimisation, and one that a version manager has compiled is not.
        let is_made_of = |python: &&str| {
            let mut venv = Command::new(python);
            venv.args(["-m", "venv", "--without-pip", "--clear"]).arg(&unfinished);
            venv.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null()).status().is_ok_and(|it| it.success())
        };
        ["/usr/bin/python3", "python3"].into_iter().find(is_made_of)?;
        if std::fs::rename(&unfinished, &folder).is_err() {
            std::fs::remove_dir_all(&unfinished).ok()?;
        }
    }
    is_made().then(|| programs.clone())
}

/// The bare Python.
pub fn python() -> Command {
    let mut python = Command::new("python3");
    python.env("PATH", search_path());
    python
}

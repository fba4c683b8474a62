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

/// Where programs are looked for. A version manager's `python3` is a script that takes many times as long to start as the
/// interpreter behind it, which is found first here.
pub fn search_path() -> &'static OsStr {
    static PATH: OnceLock<OsString> = OnceLock::new();
    PATH.get_or_init(|| {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let asked = Command::new("python3").args(["-c", "import sys; print(sys.executable)"]).output();
        let python =
            asked.ok().and_then(|output| Some(PathBuf::from(String::from_utf8(output.stdout).ok()?.trim_end())));
        let folder = python.as_deref().and_then(Path::parent).filter(|folder| folder.is_absolute());
        let first = folder.map(Path::to_owned).into_iter();
        std::env::join_paths(first.chain(std::env::split_paths(&path))).unwrap_or(path)
    })
}

/// Python, without what its version manager would do first.
pub fn python() -> Command {
    let mut python = Command::new("python3");
    python.env("PATH", search_path());
    python
}

//! Programs that are watched.

use super::record::{Record, RecordFile};
use super::{Day30, Output, Serving};
use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::process::Command;
use std::sync::atomic::{AtomicU32, Ordering};

/// `day30 watch` of this command.
pub fn watch(options: &[&str], words: &[&str]) -> Day30 {
    Day30::new(["watch"]).args(options).arg("--").args(words)
}

/// Watches a program in C of `tests/watched`, and gives the record of it.
#[track_caller]
pub fn recorded_in_c(name: &str) -> Record {
    let program = format!("{}/{name}-{}", env!("CARGO_TARGET_TMPDIR"), std::process::id());
    let source = format!("{}/tests/watched/{name}.c", env!("CARGO_MANIFEST_DIR"));
    assert!(Command::new("cc").args(["-w", "-o", &program, &source]).status().unwrap().success());
    let file = RecordFile::new();
    watch(&["--quiet", "--record", file.arg()], &[&program]).run().expect_code(0);
    fs::remove_file(&program).unwrap();
    file.read()
}

/// One of our Python servers on a free port, watched.
#[track_caller]
pub fn python_server(path: &str, options: &[&str]) -> Serving {
    let path = format!("{}/{path}", env!("CARGO_MANIFEST_DIR"));
    watch(options, &["python3", &path, "0"]).serve()
}

/// The page that was written, and the step (from 1) at which it opens. It is gone then.
#[track_caller]
pub fn page(output: &Output) -> (String, Option<usize>) {
    let url = output.stderr.split("file://").nth(1).unwrap_or_else(|| panic!("{}", output.stderr));
    let url = url.lines().next().unwrap();
    let (path, step) = url.split_once("#step=").map_or((url, None), |(path, step)| (path, step.parse().ok()));
    let text = fs::read_to_string(path).unwrap();
    fs::remove_file(path).unwrap();
    (text, step)
}

/// A Python program of a test's, gone when that ends.
pub struct Script(PathBuf);

impl Script {
    pub fn new(text: &str) -> Self {
        Self::named(".py", text.as_bytes())
    }

    /// A program in machine code.
    pub fn program(code: &[u8]) -> Self {
        let program = Self::named("", code);
        fs::set_permissions(&program.0, fs::Permissions::from_mode(0o755)).unwrap();
        program
    }

    fn named(ending: &str, bytes: &[u8]) -> Self {
        static LAST: AtomicU32 = AtomicU32::new(0);
        let name = format!("watched-{}-{}{ending}", std::process::id(), LAST.fetch_add(1, Ordering::Relaxed));
        let path = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(name);
        fs::write(&path, bytes).unwrap();
        Self(path)
    }

    pub fn arg(&self) -> &str {
        self.0.to_str().unwrap()
    }
}

impl Drop for Script {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

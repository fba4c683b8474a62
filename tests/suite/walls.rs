//! The walls of the house, as greps: what `protocol/` and `crypto/` may not name, and who may name a socket.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

use crate::common::imports::Imports;
use std::fs;
use std::path::{Path, PathBuf};

fn files(folder: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut folders = vec![Path::new(env!("CARGO_MANIFEST_DIR")).join(folder)];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                found.push(path);
            }
        }
    }
    assert!(!found.is_empty(), "{folder} is empty");
    found
}

/// The lines of code that hold one of the words; comments may speak of what code may not name.
fn lines_with(paths: &[PathBuf], words: &[&str]) -> Vec<String> {
    let mut found = Vec::new();
    for path in paths {
        for (number, line) in fs::read_to_string(path).unwrap().lines().enumerate() {
            let code = line.trim_start();
            if !code.starts_with("//") && words.iter().any(|word| code.contains(word)) {
                found.push(format!("{}:{}: {code}", path.display(), number + 1));
            }
        }
    }
    found
}

#[test]
fn protocols_and_digests_know_no_socket_no_clock_and_no_random_source() {
    let paths = [files("src/protocol"), files("src/crypto")].concat();
    let banned = [
        "std::net",
        "TcpStream",
        "mio",
        "socket2",
        "Instant",
        "SystemTime",
        "rand::",
        "SysRng",
        "getrandom",
        "thread::sleep",
    ];
    assert_eq!(lines_with(&paths, &banned), Vec::<String>::new());
}

#[test]
fn only_net_and_its_guests_name_a_socket() {
    let guests =
        ["src/net/", "src/demo/peers.rs", "src/race/load/", "src/tap/", "src/check/stage/wire/", "src/attack/lab/"];
    let mut paths = files("src");
    paths.retain(|path| !guests.iter().any(|guest| path.to_string_lossy().replace('\\', "/").contains(guest)));
    let sockets = ["TcpStream", "TcpListener", "UdpSocket", "socket2::", "mio::"];
    assert_eq!(lines_with(&paths, &sockets), Vec::<String>::new());
}

#[test]
fn only_the_console_and_commands_without_threads_write_to_the_terminal() {
    let writers = ["src/view/screen.rs", "src/view/stream.rs", "src/command/output.rs", "src/main.rs"];
    let mut paths = files("src");
    paths.retain(|path| !writers.iter().any(|writer| path.to_string_lossy().replace('\\', "/").ends_with(writer)));
    // A clippy lint refuses println and its like everywhere; to ask whether a stream is a terminal is fine.
    let mut found = lines_with(&paths, &["stdout()", "stderr()"]);
    found.retain(|line| !line.contains("is_terminal()") && !line.contains("terminal_size_of"));
    assert_eq!(found, Vec::<String>::new());
}

#[test]
fn a_clock_for_the_wall_is_only_in_the_journals_header() {
    let mut paths = files("src");
    paths.retain(|path| !path.ends_with("src/trace/journal.rs"));
    assert_eq!(lines_with(&paths, &["SystemTime"]), Vec::<String>::new());
}

#[test]
fn files_stay_short_enough_to_read() {
    let long: Vec<_> = files("src")
        .into_iter()
        .map(|path| (fs::read_to_string(&path).unwrap().lines().count(), path))
        .filter(|(lines, _)| *lines > 300)
        .collect();
    assert_eq!(long, []);
}

/// Whoever reads a file can read what it imports first, and never has to come back. A folder's own file, `mod.rs`, may say what its
/// files share; in `net` and in `view`, which the lessons link to, it does not even that.
#[test]
fn no_two_files_import_each_other() {
    let src = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    let imports = Imports::of(&src, &files("src"));
    let folders = fs::read_dir(&src).unwrap().map(Result::unwrap).filter(|entry| entry.path().is_dir());
    for folder in folders.map(|folder| folder.file_name().into_string().unwrap()) {
        let is_strict = ["net", "view"].contains(&folder.as_str());
        assert_eq!(imports.circle_in(&folder, is_strict), Vec::<String>::new());
    }
}

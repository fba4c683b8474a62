//! Every command that a lesson shows is run, as a student types it, and prints what the lesson shows.
//!
//! A lesson's blocks run in its order, in one folder that is empty at first. `DAY30_LESSON=auth` runs only that lesson.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use crate::common::lessons::{Fence, Page, Typed, pages};
use crate::common::tools::search_path;
use crate::common::{Day30, Running, have};
use rustix::process::{Pid, Signal, kill_process_group};
use snapbox::data::DataFormat;
use snapbox::{Assert, Data};
use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::os::unix::process::CommandExt;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::atomic::{AtomicU16, Ordering};
use std::thread;
use std::time::{Duration, Instant};

/// A command that has not ended after this long never will, or is no command for a lesson.
const PATIENCE: Duration = Duration::from_secs(60);

#[test]
fn english_lessons_print_what_they_show() {
    play("en");
}

#[test]
fn chinese_lessons_print_what_they_show() {
    play("zh");
}

fn play(lang: &'static str) {
    let only = std::env::var("DAY30_LESSON").ok();
    let mut wrong = Vec::new();
    for page in pages(lang).iter().filter(|page| only.as_ref().is_none_or(|only| *only == page.name)) {
        let consoles = page.fences().into_iter().filter(|fence| fence.language == "console" && !fence.is("norun"));
        let consoles: Vec<_> = consoles.collect();
        let needs_python = consoles.iter().any(|fence| fence.lines.iter().any(|line| line.contains("python3 ")));
        if needs_python && !have("python3") {
            continue;
        }
        let room = Room::of(page);
        for fence in &consoles {
            wrong.extend(room.play(page, fence));
        }
        room.leave();
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

/// Where a lesson is played.
struct Room {
    lang: &'static str,
    folder: PathBuf,
}

/// Puts the block's own port into commands that name none.
const DAY30: &str = r#"#!/bin/sh
for word in "$@"; do
  case "$word" in --help | --port | --port=* | --addr | --addr=*) exec REAL "$@" ;; esac
done
case "$1" in
nonblock-server | nonblock-client | auth-server | auth-client | socket-server | socket-client)
  command=$1
  shift
  exec REAL "$command" --port PORT "$@"
  ;;
tap)
  shift
  case " $* " in *" --to"*) exec REAL tap --port NEXT "$@" ;; esac
  exec REAL tap --port NEXT --to 127.0.0.1:PORT "$@"
  ;;
esac
exec REAL "$@"
"#;

impl Room {
    fn of(page: &Page) -> Self {
        let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!(
            "lesson-{}-{}-{}",
            page.lang,
            page.name,
            std::process::id()
        ));
        let _ = fs::remove_dir_all(&folder);
        for inner in ["here", "bin"] {
            fs::create_dir_all(folder.join(inner)).unwrap();
        }
        Self { lang: page.lang, folder }
    }

    fn leave(self) {
        let _ = fs::remove_dir_all(self.folder);
    }

    /// What is not as the block shows it.
    fn play(&self, page: &Page, fence: &Fence) -> Vec<String> {
        let port = port();
        let day30 = DAY30.replace("REAL", env!("CARGO_BIN_EXE_day30")).replace("PORT", &port.to_string());
        let script = self.folder.join("bin/day30");
        fs::write(&script, day30.replace("NEXT", &(port + 1).to_string())).unwrap();
        fs::set_permissions(&script, fs::Permissions::from_mode(0o755)).unwrap();
        let (mut code, mut wrong, mut servers) = (0, Vec::new(), Vec::new());
        for typed in fence.typed() {
            let mut terminal = self.start(&typed.command, code, port);
            if terminal.is_over_or_listens(&typed) {
                let (said, ended) = terminal.end();
                code = ended;
                wrong.extend(differs(page, &typed, &said, port));
            } else {
                servers.push((typed, terminal));
            }
        }
        // Those that started last were told about the others, and end first.
        while let Some((typed, terminal)) = servers.pop() {
            terminal.interrupt();
            let (said, _) = terminal.end();
            wrong.extend(differs(page, &typed, &said, port));
        }
        wrong
    }

    fn start(&self, command: &str, code: i32, port: u16) -> Terminal {
        let command = renumbered(&renumbered(command, "9000", port), "9001", port + 1);
        let mut shell = Command::new("sh");
        // As a terminal shows it: stdout and stderr in one; `$?` is the code of the command before.
        shell.args(["-c", &format!("exec 2>&1\n(exit {code})\n{command}")]);
        shell.current_dir(self.folder.join("here")).process_group(0);
        let path =
            std::env::join_paths([self.folder.join("bin")].into_iter().chain(std::env::split_paths(search_path())));
        let day30 = Day30::of(shell).env("DAY30_LANG", self.lang).env("PATH", path.unwrap());
        Terminal(Some(day30.env("XDG_STATE_HOME", self.folder.join("state")).patience(PATIENCE).start()))
    }
}

/// Two ports in a row that nobody uses, with four digits as 9000 has.
fn port() -> u16 {
    static NEXT: AtomicU16 = AtomicU16::new(0);
    loop {
        let place = NEXT.fetch_add(1, Ordering::Relaxed) % 300 + u16::try_from(std::process::id() % 37).unwrap() * 8;
        let port = 2000 + 2 * place;
        let is_free = |port| TcpListener::bind(("127.0.0.1", port)).is_ok();
        if is_free(port) && is_free(port + 1) {
            return port;
        }
    }
}

/// The text with one number in place of another.
fn renumbered(text: &str, from: &str, to: u16) -> String {
    let is_digit = |letter: Option<char>| letter.is_some_and(|letter| letter.is_ascii_digit());
    let (mut renumbered, mut rest) = (String::new(), text);
    while let Some(at) = rest.find(from) {
        let (before, after) = (&rest[..at], &rest[at + from.len()..]);
        renumbered += before;
        let is_whole = !is_digit(renumbered.chars().last()) && !is_digit(after.chars().next());
        renumbered += if is_whole { to.to_string() } else { from.to_owned() }.as_str();
        rest = after;
    }
    renumbered + rest
}

struct Terminal(Option<Running>);

impl Terminal {
    /// Waits until the command has ended (true), or listens for clients (false).
    fn is_over_or_listens(&mut self, typed: &Typed) -> bool {
        let began = Instant::now();
        let running = self.0.as_mut().unwrap();
        loop {
            let is_over = running.has_ended();
            if is_over || running.stdout.text().lines().any(|line| line.starts_with("listening on ")) {
                return is_over;
            }
            if began.elapsed() > PATIENCE {
                let said = running.stdout.text();
                self.kill();
                panic!("line {}: {} did not end, and does not listen; it said:\n{said}", typed.line, typed.command);
            }
            thread::sleep(Duration::from_millis(5));
        }
    }

    fn signal(&self, signal: Signal) {
        let pid = self.0.as_ref().and_then(|running| Pid::from_raw(i32::try_from(running.pid()).unwrap()));
        let _ = pid.map(|pid| kill_process_group(pid, signal));
    }

    fn interrupt(&self) {
        self.signal(Signal::INT);
    }

    fn kill(&self) {
        self.signal(Signal::KILL);
    }

    fn end(mut self) -> (String, i32) {
        let output = self.0.take().unwrap().wait();
        (String::from_utf8_lossy(&output.stdout).into_owned(), output.code.unwrap_or(130))
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        self.kill();
    }
}

/// What a command printed, if the lesson shows something else.
fn differs(page: &Page, typed: &Typed, said: &str, port: u16) -> Option<String> {
    let text = |text: &str| Data::text(format!("{}\n", text.trim_end()));
    let said = renumbered(&renumbered(said, &port.to_string(), 9000), &(port + 1).to_string(), 9001);
    let shown = typed.shown.join("\n");
    let (actual, expected) = (text(&said).coerce_to(DataFormat::Text), text(&shown));
    let difference = Assert::new().normalize_paths(false).try_eq(None, actual, expected).err()?;
    Some(format!("{}: {}\n{difference}", page.at(typed.line), typed.command))
}

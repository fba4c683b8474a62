//! Every command that a lesson shows is run, as a student types it, and prints what the lesson shows.
//!
//! A lesson's blocks run in its order, in one folder, which holds the notes' programs: their port, which is written in, is each time
//! another one, so that lessons can run beside each other. `DAY30_LESSON=auth` runs only that lesson.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use crate::common::lessons::root;
use crate::common::lessons::{Fence, Page, Typed, pages};
use crate::common::process::listeners;
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
        let consoles = page.fences().into_iter().filter(|fence| fence.language == "console");
        let consoles: Vec<_> = consoles.collect();
        let has = |tool: &str| consoles.iter().any(|fence| fence.lines.iter().any(|line| line.contains(tool)));
        if ["python3 ", "ps "].into_iter().any(|tool| has(tool) && !have(tool.trim_end())) {
            continue;
        }
        let room = Room::of(page);
        for fence in &consoles {
            let needs_linux = fence.typed().iter().any(|typed| Stays::of(typed) != Stays::Says);
            if cfg!(target_os = "linux") || !needs_linux {
                wrong.extend(room.play(page, fence));
            }
        }
        room.leave();
    }
    assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
}

/// How a command that does not end shows that it has come to where it stays.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Stays {
    /// It says where it listens, as ours do.
    Says,
    /// A server of the notes says nothing: its port has a listener.
    Listens,
    /// A client that sends nothing: it is connected.
    Connected,
}

impl Stays {
    fn of(typed: &Typed) -> Self {
        let command = typed.command.trim_start_matches("day30 watch -- ");
        if command == "day30 socket-client" || command.contains("time.sleep(") {
            Self::Connected
        } else if command.starts_with("python3 ") && command.ends_with(".py") || command != typed.command {
            Self::Listens
        } else {
            Self::Says
        }
    }
}

/// Whether somebody on this machine listens on this port.
fn has_listener(port: u16) -> bool {
    let port = format!(":{port:04X}");
    listeners().any(|fields| fields[1].ends_with(&port))
}

/// How many connections to this port of this machine stand (01, ESTABLISHED).
fn connected(port: u16) -> usize {
    let to_it = format!(":{port:04X} 01 ");
    let table = fs::read_to_string("/proc/net/tcp").unwrap_or_default();
    table.lines().filter(|row| row.contains(&to_it)).count()
}

/// `ps` sees the programs of this folder only: the same lessons may be played beside it.
const PS: &str = r#"#!/bin/sh
for pid in $(REAL -o pid= -C python3); do
  [ "$(readlink "/proc/$pid/cwd")" = "$PWD" ] && REAL -o nlwp=,args= -p "$pid"
done
"#;

/// Where a lesson is played.
struct Room {
    lang: &'static str,
    folder: PathBuf,
}

/// The other machine's address, as the lessons write it, and one that reaches this machine for a server only that listens on all of its
/// addresses, where the system has such a one.
const ELSEWHERE: (&str, &str) = ("192.0.2.7", if cfg!(target_os = "linux") { "127.0.0.2" } else { "127.0.0.1" });

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
        let is_ps = |folder: PathBuf| Some(folder.join("ps")).filter(|path| path.exists());
        if let Some(ps) = std::env::split_paths(search_path()).find_map(is_ps) {
            write_script(&folder.join("bin/ps"), &PS.replace("REAL", ps.to_str().unwrap()));
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
        write_script(&script, &day30.replace("NEXT", &(port + 1).to_string()));
        self.write_files(page, fence, port);
        let (mut code, mut wrong, mut servers) = (0, Vec::new(), Vec::new());
        for typed in fence.typed() {
            let before = if Stays::of(&typed) == Stays::Connected { connected(port) } else { 0 };
            let mut terminal = self.start(&typed, code, port);
            let stays = |running: &Running| match Stays::of(&typed) {
                Stays::Says => running.stdout.text().lines().any(|line| line.starts_with("listening on ")),
                Stays::Listens => has_listener(port),
                Stays::Connected => connected(port) > before,
            };
            if terminal.is_over_or(stays, &typed) {
                let (said, ended) = terminal.end();
                code = ended;
                wrong.extend(differs(page, &typed, &said, port));
            } else {
                servers.push((typed, terminal));
            }
        }
        // Those that started last were told about the others, and end first.
        while let Some((typed, terminal)) = servers.pop() {
            let (said, _) = if Stays::of(&typed) == Stays::Says {
                terminal.signal(Signal::INT);
                terminal.end()
            } else {
                let is_shown = |said: &str| differs(page, &typed, said, port).is_none();
                terminal.end_by_force(is_shown)
            };
            wrong.extend(differs(page, &typed, &said, port));
        }
        wrong
    }

    /// The notes' programs, with a port of this block's own, and what stands for the student's program.
    fn write_files(&self, page: &Page, fence: &Fence, port: u16) {
        let writes_them = fence.typed().iter().any(|typed| typed.command == "day30 start notes");
        for entry in fs::read_dir(root().join("tests/notes")).unwrap() {
            let path = entry.unwrap().path();
            if writes_them {
                let _ = fs::remove_file(self.folder.join("here").join(path.file_name().unwrap()));
            } else if path.extension().is_some_and(|extension| extension == "py") {
                let program = renumbered(&fs::read_to_string(&path).unwrap(), "9000", port);
                fs::write(self.folder.join("here").join(path.file_name().unwrap()), program).unwrap();
            }
        }
        if let Some((name, source)) = fence.file() {
            let file = self.folder.join("here").join(name);
            fs::create_dir_all(file.parent().unwrap()).unwrap();
            let program = fs::read_to_string(page.folder().join(source)).unwrap();
            fs::write(file, renumbered(&program, "9000", port)).unwrap();
        }
    }

    fn start(&self, typed: &Typed, code: i32, port: u16) -> Terminal {
        let command = renumbered(&renumbered(&typed.command, "9000", port), "9001", port + 1);
        let command = command.replace(ELSEWHERE.0, ELSEWHERE.1);
        // A race as it is shown needs a quiet machine, and more time than a test has.
        let command = if typed.has_figures { command.replace("1000", "50") + " --rounds 1" } else { command };
        let mut shell = Command::new("sh");
        // As a terminal shows it: stdout and stderr in one; `$?` is the code of the command before.
        shell.args(["-c", &format!("exec 2>&1\n(exit {code})\n{command}")]);
        shell.current_dir(self.folder.join("here")).process_group(0);
        let path =
            std::env::join_paths([self.folder.join("bin")].into_iter().chain(std::env::split_paths(search_path())));
        let day30 = Day30::of(shell).env("DAY30_LANG", self.lang).env("PATH", path.unwrap());
        let day30 = day30.env("XDG_STATE_HOME", self.folder.join("state")).patience(PATIENCE);
        let day30 = if Stays::of(typed) == Stays::Connected { day30.keep_stdin_open() } else { day30 };
        // Whoever is asked answers once, and has had enough.
        let day30 = if typed.command.starts_with("day30 quiz ") { day30.stdin("1\nq\n") } else { day30 };
        Terminal(Some(day30.start()))
    }
}

fn write_script(path: &Path, text: &str) {
    fs::write(path, text).unwrap();
    fs::set_permissions(path, fs::Permissions::from_mode(0o755)).unwrap();
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
    /// Waits until the command has ended (true), or has come to where it stays (false).
    fn is_over_or(&mut self, stays: impl Fn(&Running) -> bool, typed: &Typed) -> bool {
        let began = Instant::now();
        let running = self.0.as_mut().unwrap();
        loop {
            let is_over = running.has_ended();
            if is_over || stays(running) {
                return is_over;
            }
            if began.elapsed() > PATIENCE {
                let said = running.stdout.text();
                self.kill();
                panic!("line {}: {} did not end, and does not listen; it said:\n{said}", typed.line, typed.command);
            }
            // To look into the system's table of sockets takes it some milliseconds.
            thread::sleep(Duration::from_millis(if Stays::of(typed) == Stays::Says { 10 } else { 100 }));
        }
    }

    fn signal(&self, signal: Signal) {
        let pid = self.0.as_ref().and_then(|running| Pid::from_raw(i32::try_from(running.pid()).unwrap()));
        let _ = pid.map(|pid| kill_process_group(pid, signal));
    }

    fn kill(&self) {
        self.signal(Signal::KILL);
    }

    /// Ends what may need more than one Ctrl-C, as soon as it has said what is shown.
    fn end_by_force(mut self, is_shown: impl Fn(&str) -> bool) -> (String, i32) {
        let began = Instant::now();
        let running = self.0.as_mut().unwrap();
        while !running.has_ended() && !is_shown(&running.stdout.text()) && began.elapsed() < PATIENCE / 3 {
            thread::sleep(Duration::from_millis(100));
        }
        for signal in [Signal::INT, Signal::INT, Signal::INT, Signal::KILL] {
            self.signal(signal);
            let (began, running) = (Instant::now(), self.0.as_mut().unwrap());
            while !running.has_ended() && began.elapsed() < Duration::from_millis(500) {
                thread::sleep(Duration::from_millis(5));
            }
        }
        self.end()
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

/// A table without what was measured: no digits, no bars, and one space where there are more.
fn shape(table: &str) -> String {
    let is_measured = |letter: char| letter.is_ascii_digit() || letter == '.' || ('▀'..='▟').contains(&letter);
    let row = |row: &str| {
        let is_dots = row.trim() == "...";
        let kept = row.chars().filter(|letter| is_dots || !is_measured(*letter)).collect::<String>();
        kept.replace('─', " ").split_whitespace().collect::<Vec<_>>().join(" ")
    };
    table.lines().map(row).collect::<Vec<_>>().join("\n")
}

/// What a command printed, if the lesson shows something else.
fn differs(page: &Page, typed: &Typed, said: &str, port: u16) -> Option<String> {
    let text = |text: &str| Data::text(format!("{}\n", text.trim_end()));
    let said = renumbered(&renumbered(said, &port.to_string(), 9000), &(port + 1).to_string(), 9001);
    let shown = typed.shown.join("\n");
    let (said, shown) = if typed.has_figures { (shape(&said), shape(&shown)) } else { (said, shown) };
    let (actual, expected) = (text(&said).coerce_to(DataFormat::Text), text(&shown));
    let difference = Assert::new().normalize_paths(false).try_eq(None, actual, expected).err()?;
    Some(format!("{}: {}\n{difference}", page.at(typed.line), typed.command))
}

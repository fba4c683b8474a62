//! The path: the starters of `day30 start`, and how `check --watch` follows a student step by step.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use crate::common::judged::{check, side_by_side};
use crate::common::terminal::on_a_terminal;
use crate::common::{Day30, Running, have};
use rustix::process::Signal;
use std::fs;
use std::path::PathBuf;
use std::process::Command;
use std::thread::sleep;
use std::time::{Duration, Instant};
use unicode_width::UnicodeWidthStr;

/// A judgement goes on though the machine is busy.
const PATIENCE: Duration = Duration::from_secs(300);
/// Behind each judgement.
const END: &str = "; Ctrl-C ends it\n";

/// Each target with its first check, and how many checks its later steps have.
const TARGETS: [(&str, &str, usize); 7] = [
    ("nonblock-server", "echo/listens", 38),
    ("nonblock-client", "client/connects", 11),
    ("auth-server", "auth/listens", 33),
    ("auth-client", "auth-client/connects", 17),
    ("hmac", "hmac/notes", 12),
    ("socket-server", "echo/listens", 40),
    ("socket-client", "client/connects", 16),
];

/// A student's folder.
fn folder(name: &str) -> PathBuf {
    let folder = PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join(format!("path-{name}-{}", std::process::id()));
    let _ = fs::remove_dir_all(&folder);
    fs::create_dir_all(&folder).unwrap();
    folder
}

/// What was said in the judgement of this number, from 0.
fn judgement(watching: &Running, number: usize) -> String {
    let (began, is_judged) = (Instant::now(), || watching.stdout.text().matches(END).count() > number);
    while !is_judged() {
        assert!(began.elapsed() < PATIENCE, "it is not judged: {}", watching.stdout.text());
        sleep(Duration::from_millis(20));
    }
    watching.stdout.text().split(END).nth(number).unwrap().to_owned()
}

/// The first judgement. On a busy machine a judge cannot tell everything, and says so: then it is asked again.
fn first_judgement(start: impl Fn() -> Running) -> String {
    let mut said = String::new();
    for _ in 0..8 {
        let watching = start();
        said = judgement(&watching, 0);
        end(watching);
        if !said.contains("could not be tested") {
            break;
        }
    }
    said
}

fn end(watching: Running) {
    watching.signal(Signal::INT);
    watching.wait().expect_code(130);
}

/// The ids of the checks that are shown as failed.
fn failed(said: &str) -> Vec<&str> {
    let rows = said.lines().filter_map(|line| line.strip_prefix("      ✗ "));
    rows.map(|row| row.split(' ').next().unwrap()).collect()
}

/// The one line that `start` says to type.
fn line_to_type(said: &str) -> Vec<String> {
    let lines: Vec<_> = said.lines().filter_map(|line| line.strip_prefix("  day30 ")).collect();
    let [line] = lines[..] else { panic!("not one line to type: {said}") };
    shlex::split(line).unwrap()
}

#[test]
fn each_starter_runs_and_fails_honestly_at_its_first_step() {
    if !have("python3") {
        return;
    }
    side_by_side(&TARGETS, |(target, first, later)| {
        let folder = folder(target);
        let here = |words: &[String]| {
            let mut command = Command::new(env!("CARGO_BIN_EXE_day30"));
            command.args(words).current_dir(&folder);
            Day30::of(command)
        };
        let started = here(&["start".into(), (*target).into()]).run().expect_code(0);
        let file = format!("my_{}.py", target.replace('-', "_"));
        let mut python = Command::new("python3");
        python.arg(folder.join(&file));
        let alone = Day30::of(python).run().expect_code(1);
        assert!(alone.stderr.starts_with("not built yet: ") && alone.out().is_empty(), "{}", alone.stderr);
        // Typed as it stands.
        let said = first_judgement(|| here(&line_to_type(started.out())).start());
        assert_eq!(failed(&said), [*first], "{said}");
        assert!(said.contains("\n  step 1 of ") && said.contains("\n    then step 2: "), "{said}");
        assert!(said.contains(&format!("later steps: {later} checks do not pass yet")), "{said}");
        fs::remove_dir_all(folder).unwrap();
    });
}

#[test]
fn a_starter_is_in_the_students_language_and_has_no_solution() {
    let folder = folder("languages");
    let is_chinese = |text: &str| text.chars().any(|letter| ('\u{4e00}'..='\u{9fff}').contains(&letter));
    for (target, ..) in TARGETS {
        for lang in ["en", "zh"] {
            let path = folder.join(format!("{target}-{lang}.py"));
            let path = path.to_str().unwrap();
            let output = Day30::new(["start", target, path, "--lang", lang]).run().expect_code(0);
            assert_eq!(is_chinese(output.out()), lang == "zh", "{}", output.out());
            let text = fs::read_to_string(path).unwrap();
            assert_eq!(is_chinese(&text), lang == "zh", "{text}");
            assert!(!text.contains("# en") && !text.contains("# zh"), "{text}");
            let code = text.lines().filter(|line| !line.trim_start().starts_with('#'));
            for word in ["bind", "recv", "send", "accept(", "connect(", "hmac.", "md5", "urandom", "pack"] {
                assert!(!code.clone().any(|line| line.contains(word)), "{word} in:\n{text}");
            }
            // What it says of itself is the file's own line.
            assert!(
                text.contains(&format!(
                    "day30 {}",
                    shlex::try_join(line_to_type(output.out()).iter().map(String::as_str)).unwrap().replace('\'', "")
                )),
                "{text}"
            );
        }
    }
    fs::remove_dir_all(folder).unwrap();
}

#[test]
fn nothing_is_overwritten_unless_it_is_forced() {
    let folder = folder("force");
    let path = folder.join("mine.py");
    let start = |more: &[&str]| Day30::new(["start", "hmac", path.to_str().unwrap()]).args(more).run();
    start(&[]).expect_code(0);
    // Also not what day30 wrote itself: a student works in it.
    let starter = fs::read_to_string(&path).unwrap();
    fs::write(&path, "my work\n").unwrap();
    start(&[]).expect_code(3).expect_stderr("may hold your work").expect_stderr("--force");
    assert_eq!(fs::read_to_string(&path).unwrap(), "my work\n");
    start(&["--force"]).expect_code(0);
    assert_eq!(fs::read_to_string(&path).unwrap(), starter);
    start(&[]).expect_code(3);
    // Into a pipe it goes alone.
    let piped =
        Day30::new(["start", "hmac", "/dev/stdout"]).run().expect_code(0).expect_stderr("day30 check hmac --watch");
    assert!(piped.out().starts_with("# Lesson 3") && piped.out().ends_with("'sad')\n"), "{}", piped.out());
    Day30::new(["start", "lesson-5"]).run().expect_code(2);
    Day30::new(["start"]).run().expect_code(2);
    fs::remove_dir_all(folder).unwrap();
}

/// The beginning of each server below.
const LISTEN: &str = "import socket, sys, time\n\
    sk = socket.create_server(('127.0.0.1', int(sys.argv[1])))\n";
const CONNECT: &str = "import socket, sys, time\n\
    sk = socket.create_connection(('127.0.0.1', int(sys.argv[1])))\n";
const UPPER: &str = "conn.sendall(data.decode().upper().encode())";

/// A target, a program, the step that it has reached, the checks that fail there, and the checks to play.
type Case = (&'static str, String, &'static str, &'static [&'static str], &'static str);

/// Small programs, each of which reaches one step and no more.
fn programs() -> [Case; 8] {
    let listens = format!("{LISTEN}while True: time.sleep(1)\n");
    let answers_once = format!("{LISTEN}while True:\n  conn, _ = sk.accept()\n  data = conn.recv(1024)\n  {UPPER}\n");
    let one_by_one = format!(
        "{LISTEN}while True:\n  conn, _ = sk.accept()\n  while data := conn.recv(1024):\n    {UPPER}\n  conn.close()\n"
    );
    let connects = format!("{CONNECT}time.sleep(60)\n");
    let speaks = format!("{CONNECT}sk.sendall(sys.stdin.readline().encode())\nsk.recv(1024)\ntime.sleep(60)\n");
    let (key, msg) = ("sys.argv[1].encode()", "sys.argv[2].encode()");
    let hmac = |key: &str, msg: &str| format!("import hmac, sys\nprint(hmac.new({key}, {msg}, 'md5').hexdigest())\n");
    let first_steps = "listens,speaks-second,one-message,answers-at-once,many-messages,closes,two-clients";
    [
        ("socket-server", listens, "step 2 of 11: one message", &["echo/one-message"], first_steps),
        ("socket-server", answers_once, "step 3 of 11: many messages", &["echo/many-messages"], first_steps),
        ("socket-server", one_by_one, "step 5 of 11: two clients", &["echo/two-clients"], first_steps),
        ("socket-client", connects, "step 2 of 7: speak", &["client/speaks"], ""),
        ("socket-client", speaks, "step 3 of 7: print the reply", &["client/prints-reply"], ""),
        (
            "hmac",
            "print('280ce248e848bcd4e5a31a036829d185')\n".into(),
            "step 2 of 6: other words",
            &["hmac/other-words"],
            "",
        ),
        ("hmac", hmac(&format!("{key}[:64]"), msg), "step 3 of 6: long keys", &["hmac/long-key"], ""),
        ("hmac", hmac(key, &format!("{msg}[:64]")), "step 4 of 6: long messages", &["hmac/padding-edges"], ""),
    ]
}

#[test]
fn a_program_is_told_the_step_that_it_has_reached() {
    if !have("python3") {
        return;
    }
    let folder = folder("steps");
    let cases: Vec<_> = programs().into_iter().enumerate().collect();
    side_by_side(&cases, |(number, (target, program, step, ids, only))| {
        // A folder for each: a file beside the program would be watched too.
        let path = folder.join(number.to_string()).join("mine.py");
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(&path, program).unwrap();
        let places: &[&str] = if *target == "hmac" { &["{key}", "{msg}"] } else { &["{port}"] };
        let command = [&["python3", path.to_str().unwrap()][..], places].concat();
        let only: &[&str] = if only.is_empty() { &[] } else { &["--only", *only] };
        let options = [&["--watch", "--time-limit", "280s"][..], only].concat();
        let said = first_judgement(|| check(target, &options, &command).start());
        assert!(said.contains(&format!("\n  {step}\n")), "{step}: {said}");
        assert_eq!(failed(&said), *ids, "{said}");
        // Each step before it is taken, and none behind it is named but the next.
        let reached: usize = step.split(' ').nth(1).unwrap().parse().unwrap();
        assert_eq!(said.lines().filter(|line| line.starts_with("  ✓ ")).count(), reached - 1, "{said}");
        assert_eq!(said.matches("\n    then step ").count(), 1, "{said}");
    });
    fs::remove_dir_all(folder).unwrap();
}

/// What fails later is a number: which checks these are is said when their step is reached.
#[test]
fn a_student_is_led_from_step_to_step_to_the_end() {
    if !have("python3") {
        return;
    }
    let folder = folder("led");
    let path = folder.join("my_hmac.py");
    // It fails at long keys, and at a later step.
    let save = |key: &str, msg: &str| {
        let new = folder.join("new.txt");
        let code = format!(
            "import hmac, sys\nk, m = sys.argv[1].encode(), sys.argv[2]\nprint(hmac.new({key}, {msg}, 'md5').hexdigest())\n"
        );
        fs::write(&new, code).unwrap();
        fs::rename(new, &path).unwrap();
    };
    save("k[:64]", "m.encode('ascii', 'replace')");
    let watching = check("hmac", &["--watch"], &["python3", path.to_str().unwrap(), "{key}", "{msg}"]).start();
    let first = judgement(&watching, 0);
    assert_eq!(failed(&first), ["hmac/long-key"], "{first}");
    assert!(!first.contains("hmac/other-alphabets"), "{first}");
    // At the first try, nothing gives the solution away.
    assert!(first.contains("how Python writes it: with the next hint") && !first.contains("In Python: "), "{first}");
    assert!(first.contains("later steps: ") && first.contains(" not pass yet"), "{first}");
    save("k", "m.encode('ascii', 'replace')");
    let second = judgement(&watching, 1);
    assert!(second.contains("\n  step 5 of 6: any text\n") && second.contains("✓  3  long keys"), "{second}");
    assert!(failed(&second).contains(&"hmac/other-alphabets"), "{second}");
    assert!(second.contains("later steps: every check passes"), "{second}");
    save("k", "m.encode()");
    let last = judgement(&watching, 2);
    assert!(last.contains("all 6 steps of hmac are done") && last.contains("hmac: passed"), "{last}");
    for place in
        ["day30 hmac --key asd --msg sad --explain\n", "--strict --repeat 5 -- python3 ", "day30 start socket-server\n"]
    {
        assert!(last.contains(place), "{place}: {last}");
    }
    end(watching);
    fs::remove_dir_all(folder).unwrap();
}

/// Who saves again does not wait for what is no longer true. The program saves itself anew here, while it is judged.
#[test]
fn a_judgement_of_what_has_changed_is_given_up() {
    if !have("python3") {
        return;
    }
    let folder = folder("outdated");
    let path = folder.join("my_hmac.py");
    let right =
        "import hmac, sys; print(hmac.new(sys.argv[1].encode(), sys.argv[2].encode(), 'md5').hexdigest())  # anew";
    fs::write(
        &path,
        format!("print('280ce248e848bcd4e5a31a036829d185', flush=True)\nopen(__file__, 'w').write({right:?})\n"),
    )
    .unwrap();
    let watching = check("hmac", &["--watch"], &["python3", path.to_str().unwrap(), "{key}", "{msg}"]).start();
    let said = judgement(&watching, 0);
    assert_eq!(said.matches("testing your program as hmac").count(), 2, "{said}");
    assert!(said.contains("✓  1  the notes' digest") && said.contains("hmac: passed"), "{said}");
    assert!(!said.contains('✗'), "{said}");
    end(watching);
    fs::remove_dir_all(folder).unwrap();
}

/// Recommendations hold nobody up, unless they count like requirements.
#[test]
fn a_recommendation_is_a_step_to_wait_for_only_with_strict() {
    if !have("python3") {
        return;
    }
    let folder = folder("strict");
    let path = folder.join("my_hmac.py");
    let code = "import hmac, sys\nprint(hmac.new(sys.argv[1].encode(), sys.argv[2].encode(), 'md5').hexdigest(), flush=True)\nsys.exit(4)\n";
    fs::write(&path, code).unwrap();
    let only = ["--watch", "--only", "notes,other-words,exit-code"];
    let judged = |more: &[&str]| {
        let watching =
            check("hmac", &[&only[..], more].concat(), &["python3", path.to_str().unwrap(), "{key}", "{msg}"]).start();
        let said = judgement(&watching, 0);
        end(watching);
        said
    };
    let said = judged(&[]);
    assert!(said.contains("✓  6  the whole program") && said.contains("      ! hmac/exit-code"), "{said}");
    assert!(said.contains("hmac: passed") && !said.contains("step 6 of 6"), "{said}");
    let said = judged(&["--strict"]);
    assert!(said.contains("✗  6  the whole program") && said.contains("step 6 of 6"), "{said}");
    assert!(said.contains("this is the last step") && said.contains("hmac: failed"), "{said}");
    fs::remove_dir_all(folder).unwrap();
}

/// A Chinese letter takes two columns. What is longer than a line cannot be taken off the screen again.
#[test]
fn the_progress_bar_fits_into_a_line_in_chinese_too() {
    if !have("python3") {
        return;
    }
    let judged = ["check", "nonblock-server", "--lang", "zh", "--only", "echo/listens,echo/one-message"];
    let program = ["--", "python3", "-c", "pass", "{port}"];
    let output = on_a_terminal("both").args(judged).args(program).env("TERMINAL_COLUMNS", "80").run().expect_code(1);
    let is_of_a_bar = |letter: char| ['░', '█'].contains(&letter);
    let lines = output.out().split(['\r', '\n', '\x1b']);
    let bars: Vec<_> = lines.filter_map(|line| Some(&line[line.find(is_of_a_bar)?..])).collect();
    assert!(!bars.is_empty(), "{}", output.out());
    for bar in bars {
        assert!(bar.width() <= 80, "{} columns: {bar:?}", bar.width());
    }
}

/// Into a new folder too; what is there stays as it is, and one that was changed is not lost.
#[test]
fn the_programs_of_the_notes_are_written_as_they_are() {
    let folder = folder("notes").join("new");
    let start = |more: &[&str]| Day30::new(["start", "notes", folder.to_str().unwrap()]).args(more).run();
    let told = start(&[]).expect_code(0);
    assert!(told.out().contains("4_socket_server.py"), "{}", told.out());
    let notes = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/notes");
    let files = || fs::read_dir(&folder).unwrap().map(|file| file.unwrap().path());
    assert_eq!(files().count(), 6);
    for file in files() {
        assert_eq!(fs::read(&file).unwrap(), fs::read(notes.join(file.file_name().unwrap())).unwrap());
    }
    let told = start(&["--lang", "zh"]).expect_code(0);
    assert!(told.out().contains("密钥 luwei"), "{}", told.out());
    let mine = folder.join("3_hmac.py");
    fs::write(&mine, "mine").unwrap();
    fs::remove_file(folder.join("1_nonblock_client.py")).unwrap();
    start(&[]).expect_code(3).expect_stderr("--force");
    assert_eq!((fs::read_to_string(&mine).unwrap().as_str(), files().count()), ("mine", 5), "all, or none");
    start(&["--force"]).expect_code(0);
    assert_eq!((fs::read(&mine).unwrap(), files().count()), (fs::read(notes.join("3_hmac.py")).unwrap(), 6));
}

//! `day30 race`: servers measured side by side, also those that fail.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

#[cfg(target_os = "linux")]
use crate::common::process::eventually;
use crate::common::{Day30, Output, have};
use serde_json::Value;
use std::fs;
use std::path::PathBuf;

/// A server in Python that the race starts; `answer` turns what came into what is sent. It knows its port from its arguments.
fn python(answer: &str) -> String {
    let program = format!(
        "import socket, sys, threading\n\
         def serve(conn):\n\
         \x20   conn.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)\n\
         \x20   count = 0\n\
         \x20   while True:\n\
         \x20       data = conn.recv(65536)\n\
         \x20       if not data: return\n\
         \x20       count += len(data)\n\
         \x20       {answer}\n\
         server = socket.create_server((\"127.0.0.1\", int(sys.argv[1])), backlog=128)\n\
         while True: threading.Thread(target=serve, args=(server.accept()[0],), daemon=True).start()\n"
    );
    format!("python3 -c '{program}' {{port}}")
}

/// A short race of these servers of ours and these others.
fn race(io: &str, others: &[(&str, String)], more: &[&str]) -> Day30 {
    let short = [["--clients", "1,4"], ["--seconds", "0.05"], ["--rounds", "2"]];
    let short = short.iter().filter(|option| !more.contains(&option[0])).flatten();
    let race = Day30::new(["race", "--io", io]).args(short).args(more);
    others.iter().fold(race, |race, (name, command)| race.arg("--against").arg(format!("{name}={command}")))
}

/// A file for results, which no other test writes to.
fn file(name: &str) -> PathBuf {
    let path = std::env::temp_dir().join(format!("day30-race-{}-{name}", std::process::id()));
    let _ = fs::remove_file(&path);
    path
}

fn with_json(name: &str, race: impl FnOnce(&str) -> Day30, code: i32) -> (Output, Value) {
    let path = file(name);
    let output = race(path.to_str().unwrap()).run().expect_code(code);
    let json = serde_json::from_slice(&fs::read(&path).unwrap()).unwrap();
    fs::remove_file(path).unwrap();
    (output, json)
}

/// The one line of `text` that begins with these words, its columns apart.
fn row<'t>(text: &'t str, words: &[&str]) -> Vec<&'t str> {
    let rows = text.lines().map(|line| line.split_whitespace().collect::<Vec<_>>());
    rows.into_iter().find(|row| row.starts_with(words)).unwrap_or_else(|| panic!("no row {words:?} in:\n{text}"))
}

#[test]
fn every_server_has_a_row_and_a_figure_in_every_workload() {
    let (output, json) =
        with_json("all.json", |path| race("spin,poll,threads", &[], &["--seconds", "0.1", "--json", path]), 0);
    let text = output.out();
    for title in ["ping-pong: ", "holding: ", "stream: ", "churn: ", " share this machine"] {
        assert_eq!(text.matches(title).count(), 1, "{title:?} in:\n{text}");
    }
    for server in ["spin", "poll", "threads"] {
        row(text, &["1", server]);
        row(text, &["4", server]);
        row(text, &[server]);
    }
    assert_eq!(output.stderr, "", "a progress bar is for a terminal");
    assert!(!text.contains('✗'), "{text}");

    assert_eq!((&json["format"], &json["version"]), (&"day30-race".into(), &1.into()));
    assert_eq!(json["plan"]["clients"], serde_json::json!([1, 4]));
    assert!(json["command"].as_str().unwrap().starts_with("day30 race --io spin,poll,threads"), "{}", json["command"]);
    let measurements = json["measurements"].as_array().unwrap();
    assert_eq!(measurements.len(), 2 * 3 * (2 + 2 + 1 + 1));
    for one in measurements {
        let figures = &one["figures"];
        let has = |name: &str| figures[name].as_f64().is_some_and(|figure| figure > 0.0);
        let of = one["workload"].as_str().unwrap();
        assert!(of == "holding" || has("per_second"), "{one}");
        assert!(of == "stream" || (has("p50_us") && has("p999_us") && has("max_us")), "{one}");
    }
    // A B C, A B C: the rounds interleave.
    let order: Vec<_> = measurements.iter().map(|one| one["server"].as_str().unwrap()).collect();
    assert!(order.chunks(3).all(|turn| turn == ["spin", "poll", "threads"]), "{order:?}");
    let rounds: Vec<_> = measurements.iter().map(|one| one["round"].as_u64().unwrap()).collect();
    assert!(rounds.is_sorted() && rounds.last() == Some(&2), "{rounds:?}");
}

/// What the race is for. Shares of a core, not times: a machine under load makes them smaller, and never larger, so the
/// one that spins is held only to what no sleeper reaches.
#[test]
#[cfg(target_os = "linux")]
fn a_server_that_never_sleeps_is_seen_to_burn_a_core_and_one_that_sleeps_is_not() {
    let args = ["--workload", "holding", "--seconds", "0.6"];
    let (_, json) =
        with_json("burns.json", |path| race("spin,poll,threads", &[], &[&args[..], &["--json", path]].concat()), 0);
    let summary = json["summary"].as_array().unwrap();
    let share = |server: &str| {
        let one = summary.iter().find(|one| one["server"] == server && one["clients"] == 4).unwrap();
        one["cpu_percent"]["median"].as_f64().unwrap()
    };
    let [spin, poll, threads] = ["spin", "poll", "threads"].map(share);
    assert!(spin > 2.0 && spin > 2.0 * poll.max(threads), "spin {spin} %, poll {poll} %, threads {threads} %");
    assert!(poll < 2.0 && threads < 2.0, "poll {poll} %, threads {threads} %");
}

#[test]
fn a_server_that_fails_is_a_row_that_says_how_and_the_others_go_on() {
    if !have("python3") {
        return;
    }
    let others = [
        ("echo", python("conn.sendall(data)")),
        ("never", "false {port}".to_owned()),
        ("missing", "./no-such-program {port}".to_owned()),
        ("dies", python("import os; os.write(1, b\"ran out of steam\\n\"); os._exit(7)")),
        ("closes", python("conn.close(); return")),
        ("good", python("conn.sendall(data.upper())")),
    ];
    let (output, json) =
        with_json("fails.json", |path| race("poll", &others, &["--workload", "ping-pong", "--json", path]), 1);
    let text = output.out();
    for said in [
        "✗ echo: wrong reply: at byte 0, expected \"BAAAAAAAAAAAMNOPQRSTUVWX\", got \"baaaaaaaaaaamnopqrstuvwx\"",
        "✗ never: it never listened, and ended (exit code 1)",
        "✗ missing: cannot be started: no such file or directory",
        "✗ dies: it exited early (exit code 7): ran out of steam",
        "✗ closes: it closed a connection too early",
    ] {
        let said = if cfg!(unix) { said } else { said.split(" (").next().unwrap() };
        assert_eq!(text.matches(said).count(), 1, "{said:?} in:\n{text}");
    }
    assert_eq!(row(text, &["1", "echo"])[2..], ["✗", "✗", "–", "✗", "✗"]);
    for server in ["poll", "good"] {
        assert!(row(text, &["1", server])[2].parse::<u32>().is_ok_and(|replies| replies > 0), "{text}");
    }
    let kinds: Vec<_> =
        json["measurements"].as_array().unwrap().iter().map(|one| one["trouble"]["kind"].as_str()).collect();
    let each =
        [None, Some("wrong-reply"), Some("never-listened"), Some("cannot-start"), Some("died"), Some("closed"), None];
    assert_eq!(kinds[..7], each);
}

/// Replies are checked to the last byte, wherever in the stream it is.
#[test]
fn a_byte_that_is_lost_late_in_a_stream_is_noticed() {
    if !have("python3") {
        return;
    }
    let lossy = python("data = data.upper(); conn.sendall(data[1:] if count > 1000000 else data)");
    let output = race("poll", &[("lossy", lossy)], &["--workload", "stream", "--seconds", "0.3"]).run().expect_code(1);
    assert!(output.out().contains("✗ lossy: wrong reply: at byte "), "{}", output.out());
}

/// The notes' own servers, but for the port. The first stops when one of its clients says nothing, because the socket that
/// it accepted blocks; as long as all of them speak, it goes on.
#[test]
#[cfg(target_os = "linux")]
fn the_notes_servers_take_part() {
    if !have("python3") {
        return;
    }
    let notes = |program: &str| {
        let path = format!("{}/tests/notes/{program}", env!("CARGO_MANIFEST_DIR"));
        let run = "import sys; exec(open(sys.argv[1]).read().replace(\"9000\", sys.argv[2]))";
        format!("python3 -c '{run}' '{path}' {{port}}")
    };
    let others = [("one", notes("1_nonblock_server.py")), ("four", notes("4_socket_server.py"))];
    let output = race("poll", &others, &["--workload", "ping-pong,stream"]).run().expect_code(0);
    for server in ["poll", "one", "four"] {
        for clients in ["1", "4"] {
            assert!(row(output.out(), &[clients, server])[2].parse::<u32>().is_ok(), "{}", output.out());
        }
    }
    let output = race("poll", &others[..1], &["--workload", "holding"]).run().expect_code(1);
    assert!(output.out().contains("✗ one: no reply within 5 s\n  (holding 4)\n"), "{}", output.out());
}

#[test]
fn a_message_of_any_size_is_answered() {
    for size in ["1", "200000"] {
        let output = race("poll,threads", &[], &["--size", size, "--workload", "ping-pong,churn"]).run().expect_code(0);
        assert!(output.out().contains(&format!("each client sends {size} bytes")), "{}", output.out());
    }
}

#[test]
fn what_was_measured_can_be_read_by_other_programs() {
    let (svg, csv) = (file("plot.svg"), file("table.csv"));
    let files = ["--svg", svg.to_str().unwrap(), "--csv", csv.to_str().unwrap()];
    race("poll,threads", &[], &[&files[..], &["--theme", "dark"]].concat()).run().expect_code(0);
    let (svg, csv) = (fs::read_to_string(svg).unwrap(), fs::read_to_string(csv).unwrap());
    let lines: Vec<_> = csv.split("\r\n").collect();
    assert!(lines[0].starts_with("round,server,workload,clients,size,per_second,"), "{csv}");
    assert_eq!(lines.len(), 1 + 2 * 2 * (2 + 2 + 1 + 1) + 1);
    let columns = lines[0].split(',').count();
    assert!(lines[1..lines.len() - 1].iter().all(|line| line.split(',').count() == columns), "{csv}");
    assert!(
        svg.starts_with("<svg") && svg.contains("day30 race --io poll,threads") && svg.trim_end().ends_with("</svg>")
    );
    assert!(!svg.contains("NaN") && !svg.contains("inf"), "{svg}");
}

#[test]
fn one_round_is_not_called_a_difference() {
    let once = race("poll,threads", &[], &["--rounds", "1", "--workload", "ping-pong"]).run().expect_code(0);
    assert!(once.out().contains("One round cannot tell a difference from chance"), "{}", once.out());
    assert!(!once.out().contains("answers most") && !once.out().contains("no difference"), "{}", once.out());
}

#[test]
fn it_speaks_chinese_too() {
    let output = race("poll", &[], &["--lang", "zh", "--workload", "ping-pong"]).run().expect_code(0);
    assert!(output.out().contains("每个客户端发 64 字节") && output.out().contains("闭环"), "{}", output.out());
}

#[test]
fn what_makes_no_sense_is_a_usage_error() {
    let mistakes = [
        (&["--against", "python3 x.py {port}"][..], "the name and the = are missing"),
        (&["--against", "x=python3 x.py"], "the command has no {port}"),
        (&["--against", "x=python3 'x.py {port}"], "a quote is not closed"),
        (&["--against", "x@0=python3 x.py"], "after the @ a port is expected"),
        (&["--against", "=x {port}"], "the name or the command is missing"),
        (&["--against", "poll=x {port}"], "two servers are named \"poll\""),
        (&["--clients", "0"], "--clients"),
        (&["--seconds", "0"], "write a number of seconds from 0.05 to 600"),
        (&["--workload", "marathon"], "ping-pong"),
    ];
    for (args, why) in mistakes {
        let output = Day30::new(["race"]).args(args).run().expect_code(2).expect_stderr(why);
        assert_eq!(output.stdout, b"");
    }
}

#[test]
fn a_file_that_cannot_be_written_is_named_before_anything_is_measured() {
    let output = Day30::new(["race", "--seconds", "600", "--json", "no-such-folder/x.json"]).run().expect_code(3);
    assert!(output.stderr.contains("cannot write no-such-folder/x.json"), "{}", output.stderr);
}

#[test]
#[cfg(target_os = "linux")]
fn too_few_descriptors_are_told_and_what_fits_is_run() {
    if !have("prlimit") {
        return;
    }
    let mut command = std::process::Command::new("prlimit");
    command.args(["--nofile=120:120", env!("CARGO_BIN_EXE_day30"), "race", "--io", "poll", "--seconds", "0.05"]);
    command.args(["--workload", "holding", "--rounds", "1", "--clients", "1,1000"]);
    let output =
        Day30::of(command).run().expect_code(0).expect_stderr("clients instead of 1000: the system allows no more");
    let told = output.stderr.strip_prefix("at most ").unwrap().split(' ').next().unwrap();
    row(output.out(), &[told, "poll"]);
}

/// Nothing is left of the servers, nor of what they started.
#[test]
#[cfg(target_os = "linux")]
fn ctrl_c_ends_the_race_and_every_server() {
    if !have("python3") {
        return;
    }
    // A number of seconds that only this test sleeps.
    let mark = format!("7{}.25", std::process::id());
    let serve = python("conn.sendall(data.upper())");
    let serve = serve.replacen("import ", "import subprocess, ", 1).replacen(
        "server =",
        "subprocess.Popen([\"sleep\", sys.argv[2]])\nserver =",
        1,
    );
    let running = Day30::new(["race", "--io", "poll", "--seconds", "0.3", "--rounds", "100", "--workload", "holding"])
        .args(["--against", &format!("mine={serve} {mark}")])
        .start();
    let is_there = || {
        let lines =
            fs::read_dir("/proc").unwrap().flatten().filter_map(|entry| fs::read(entry.path().join("cmdline")).ok());
        lines.into_iter().any(|line| String::from_utf8_lossy(&line).starts_with(&format!("sleep\0{mark}")))
    };
    eventually("what the server started is there", is_there);
    running.signal(rustix::process::Signal::INT);
    let output = running.wait().expect_code(130);
    assert!(output.out().contains("interrupted by Ctrl-C"), "{}", output.out());
    eventually("it has ended with the server", || !is_there());
}

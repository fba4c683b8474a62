//! Lesson 4's server: a thread for each client, and none for a client that has left.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use crate::common::process::{cpu_ticks, descriptors, eventually, status};
use crate::common::{Day30, Serving, assert_answers, leave, numbered, read_to_end, reset};
use std::fs;
use std::io::Write;
use std::net::{Shutdown, TcpStream};
use std::thread;
use std::time::Duration;

fn socket_server(more: &[&str]) -> Serving {
    Day30::new(["socket-server", "--port", "0"]).args(more).serve()
}

fn threads(server: &Serving) -> u64 {
    status(server.running.pid(), "Threads")
}

/// What a server holds while nobody is there: threads and descriptors.
fn level(server: &Serving) -> (u64, usize) {
    (threads(server), descriptors(server.running.pid()))
}

#[track_caller]
fn assert_back_at(server: &Serving, level_before: (u64, usize)) {
    eventually("threads and descriptors are as before", || level(server) == level_before);
}

/// CPU time that the server takes while nobody says anything, in hundredths of a second, over half a second.
fn idle_ticks(server: &Serving) -> u64 {
    let before = cpu_ticks(server.running.pid());
    thread::sleep(Duration::from_millis(500));
    cpu_ticks(server.running.pid()) - before
}

/// In the notes' server each departed client leaves a thread behind that asks `recv` for ever.
#[test]
fn a_client_that_leaves_takes_its_thread_along() {
    let server = socket_server(&[]);
    let before = level(&server);
    let mut clients: Vec<_> = (0..20).map(|_| server.connect()).collect();
    clients.iter_mut().for_each(|stream| assert_answers(stream, "hello", "HELLO"));
    assert_eq!(threads(&server), before.0 + 20);

    let stays = clients.split_off(15);
    clients.into_iter().for_each(leave);
    eventually("fifteen threads have ended", || threads(&server) == before.0 + 5);
    for (number, stream) in stays.into_iter().enumerate() {
        if number % 2 == 0 { drop(stream) } else { reset(stream) }
    }
    assert_back_at(&server, before);
    assert!(idle_ticks(&server) < 5, "it works although nobody is there");
    server.assert_serves();
    server.stop_after("eof 19, reset 2");
}

#[test]
fn a_port_probe_leaves_no_thread_behind() {
    let server = socket_server(&[]);
    let before = level(&server);
    for client in 1..=50 {
        drop(server.connect());
        server.wait_for_event(client, "ended: eof");
    }
    assert_back_at(&server, before);
    assert!(idle_ticks(&server) < 5, "it works although nobody is there");
    server.assert_serves();
    server.stop_after("eof 51");
}

/// A thread that sleeps costs no time, also with many of them.
#[test]
fn silent_clients_cost_no_time() {
    let server = socket_server(&[]);
    let mut clients: Vec<_> = (0..50).map(|_| server.connect()).collect();
    clients.iter_mut().for_each(|stream| assert_answers(stream, "hello", "HELLO"));
    assert!(idle_ticks(&server) < 5, "it works although nobody speaks");
    clients.iter_mut().for_each(|stream| assert_answers(stream, "still there", "STILL THERE"));
}

/// A thread that waits for its client sleeps until something happens, and does not look up in between: with ten thousand
/// of them even one look a second would be work.
#[test]
fn a_silent_clients_thread_is_never_woken() {
    let server = socket_server(&[]);
    let mut clients: Vec<_> = (0..20).map(|_| server.connect()).collect();
    clients.iter_mut().for_each(|stream| assert_answers(stream, "hello", "HELLO"));
    eventually("all threads sleep", || wake_ups(&server).1 == 20);
    let (before, _) = wake_ups(&server);
    thread::sleep(Duration::from_millis(2500));
    assert_eq!(wake_ups(&server), (before, 20));
    server.stop().expect_endings("stopped 20");
}

/// How often its clients' threads went to sleep so far, and how many of them sleep now.
fn wake_ups(server: &Serving) -> (u64, usize) {
    let tasks = fs::read_dir(format!("/proc/{}/task", server.running.pid())).unwrap();
    let statuses = tasks.filter_map(|task| fs::read_to_string(task.ok()?.path().join("status")).ok());
    let statuses: Vec<_> = statuses.filter(|status| status.starts_with("Name:\tclient ")).collect();
    let naps = |status: &String| {
        let line = status.lines().find_map(|line| line.strip_prefix("voluntary_ctxt_switches:\t")).unwrap();
        line.parse::<u64>().unwrap()
    };
    let asleep = statuses.iter().filter(|status| status.contains("State:\tS")).count();
    (statuses.iter().map(naps).sum(), asleep)
}

/// Nothing is kept of those who left: no thread, no descriptor, no memory. Without the narration, whose queue takes as much
/// as is waiting in it.
#[test]
fn thousands_of_short_clients_leave_nothing_behind() {
    let server = socket_server(&["--quiet"]);
    let before = level(&server);
    let visit = |count: usize| {
        thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    (0..count / 4).for_each(|_| assert_eq!(server.exchange("ßa中".as_bytes()), "SSA中".as_bytes()));
                });
            }
        });
        assert_back_at(&server, before);
        status(server.running.pid(), "VmRSS")
    };
    let after_some = visit(1000);
    let after_many = visit(8000);
    assert!(after_many < after_some + 512, "{after_some} KiB after 1000 clients, {after_many} KiB after 9000");
    server.stop();
}

/// Whether it is a whole line of the narration: the time, who, and what.
fn is_narration(line: &str) -> bool {
    let Some((time, rest)) = line.trim_start().split_once("  ") else { return false };
    let Some((seconds, milliseconds)) = time.split_once('.') else { return false };
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let (who, what) = rest.split_at_checked(8).unwrap_or((rest, ""));
    let known = ["bind ", "listen", "accept → ", "recv → ", "send → ", "ended: ", "close", "shutdown", "… "];
    let is_whole = |what: &str| !what.contains("recv →") && !what.contains("send →") && !what.contains("ended:");
    digits(seconds)
        && digits(milliseconds)
        && milliseconds.len() == 3
        && (who.trim_end() == "server" || who.strip_prefix('#').is_some_and(|id| digits(id.trim_end())))
        && known.iter().any(|start| what.trim_start().strip_prefix(start).is_some_and(is_whole))
}

/// However many threads have something to tell at the same time.
#[test]
fn every_line_of_the_narration_is_whole() {
    const CLIENTS: u64 = 40;
    let server = socket_server(&[]);
    thread::scope(|scope| {
        for number in 0..CLIENTS {
            let mut stream = server.connect();
            scope.spawn(move || {
                let say = format!("client {number} says something that fills a line");
                (0..20).for_each(|_| assert_answers(&mut stream, &say, &say.to_uppercase()));
                leave(stream);
            });
        }
    });
    let output = server.stop();
    let (narration, summary) = output.stderr.split_once("\nstopping: ").unwrap();
    let mut lines = narration.lines().filter(|line| *line != "press Ctrl-C to stop");
    assert_eq!(lines.find(|line| !is_narration(line)), None);
    assert!(summary.ends_with(&format!("\nended   eof {CLIENTS}\n")), "{summary}");
    // Not more than the terminal's queue takes, so that nothing is missing.
    for number in 1..=CLIENTS {
        let who = format!("  #{number:<7} ");
        // The last client's `close` may be told after that the server stops: it has heard of its end before.
        let events: Vec<_> = output.stderr.lines().filter_map(|line| Some(line.split_once(&who)?.1)).collect();
        assert_eq!(events.iter().filter(|event| event.starts_with("recv → ")).count(), 21, "{events:#?}");
        let [.., last, ended, closed] = events[..] else { panic!("{events:#?}") };
        assert!(
            last.starts_with("recv → 0 bytes") && ended.starts_with("ended: eof (") && ended.ends_with(')'),
            "{events:#?}"
        );
        assert_eq!(closed, "close");
    }
}

/// A record's clock never steps back, also where many threads tell what they did.
#[test]
fn the_times_of_a_record_are_in_the_order_of_its_numbers() {
    let file = std::env::temp_dir().join(format!("day30-threads-{}.jsonl", std::process::id()));
    let server = socket_server(&["--quiet", "--record", file.to_str().unwrap()]);
    thread::scope(|scope| {
        for _ in 0..16 {
            scope.spawn(|| {
                let mut stream = server.connect();
                (0..200).for_each(|_| assert_answers(&mut stream, "abc", "ABC"));
                leave(stream);
            });
        }
    });
    server.stop();
    let record = std::fs::read_to_string(&file).unwrap();
    std::fs::remove_file(&file).unwrap();
    let number = |event: &serde_json::Value, field: &str| event[field].as_u64().unwrap();
    let events: Vec<serde_json::Value> =
        record.lines().skip(1).map(|line| serde_json::from_str(line).unwrap()).collect();
    assert!(events.len() > 16 * 400);
    for pair in events.windows(2) {
        assert_eq!(number(&pair[1], "n"), number(&pair[0], "n") + 1);
        assert!(number(&pair[1], "us") >= number(&pair[0], "us"), "{} comes before {}", pair[0], pair[1]);
    }
}

/// One stops in the middle of a letter, one reads nothing of a long reply: both only make their own threads wait.
#[test]
fn a_slow_client_makes_only_its_own_thread_wait() {
    let server = socket_server(&[]);
    let mut slow = server.connect();
    slow.write_all(b"\xe4\xb8").unwrap();
    server.wait_for_event(1, "a character is incomplete: 2");
    let mut deaf = server.connect();
    deaf.set_nonblocking(true).unwrap();
    let say = numbered(16 << 20);
    let (mut sent, mut quick) = (0, server.connect());
    // As long as it takes anything, and then as much as twenty answers of the others' take.
    let mut refused = 0;
    while refused < 20 {
        assert!(sent < say.len(), "it is read from without end");
        match deaf.write(&say[sent..]) {
            Ok(count) => (sent, refused) = (sent + count, 0),
            Err(error) => {
                assert_eq!(error.kind(), std::io::ErrorKind::WouldBlock);
                refused += 1;
            }
        }
        assert_answers(&mut quick, "quick ß", "QUICK SS");
    }
    slow.write_all(b"\xad").unwrap();
    assert_eq!(crate::common::read_exactly(&mut slow, 3), "中".as_bytes());
    [slow, quick].into_iter().for_each(leave);
    finish_reading(deaf, &say[..sent]);
    server.assert_serves();
    server.stop_after("eof 4");
}

/// Nothing was lost while nobody read.
#[track_caller]
fn finish_reading(mut stream: TcpStream, sent: &[u8]) {
    stream.set_nonblocking(false).unwrap();
    stream.shutdown(Shutdown::Write).unwrap();
    assert!(read_to_end(&mut stream) == sent.to_ascii_uppercase());
}

/// Lesson 4's server is the one with threads, and has the others' ways to wait too.
#[test]
fn the_socket_server_has_a_thread_for_each_client_unless_told_otherwise() {
    for (more, each) in [(&[][..], 1), (&["--io", "threads"], 1), (&["--io", "poll"], 0), (&["--io", "spin"], 0)] {
        let server = socket_server(more);
        let before = threads(&server);
        let mut clients: Vec<_> = (0..7).map(|_| server.connect()).collect();
        clients.iter_mut().for_each(|stream| assert_answers(stream, "hello", "HELLO"));
        assert_eq!(threads(&server), before + 7 * each, "{more:?}");
        clients.into_iter().for_each(leave);
    }
}

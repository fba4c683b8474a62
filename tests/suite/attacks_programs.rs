//! `day30 break NAME -- COMMAND`: attacks on programs that are not ours, and on nothing else.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use crate::attacks::{HANDSHAKES, side_by_side};
use crate::common::{Day30, have};
use day30::attack::{ATTACKS, checks_against};
use std::collections::BTreeSet;
use std::fs;

/// The notes' own program, unchanged but for its port: its own is 9000, and there is only one of that.
fn on_the_notes(attack: &str, program: &str) -> Day30 {
    let path = format!("{}/tests/notes/{program}", env!("CARGO_MANIFEST_DIR"));
    let run = "import sys; exec(open(sys.argv[1]).read().replace('9000', sys.argv[2]))";
    Day30::new(["break", attack, "--", "python3", "-c", run, &path, "{port}"])
}

#[test]
fn each_attack_on_the_notes_own_programs_gives_the_row_prefix() {
    if !have("python3") {
        return;
    }
    let row = |name: &str| HANDSHAKES.iter().find(|(attack, _)| *attack == name).unwrap().1[0];
    let (server, client) = ("2_auth_server.py", "2_auth_client.py");
    let of = |program: &'static str| move |name: &'static str| (name, program, row(name));
    let servers =
        ["wrong-key", "replay", "reflection", "parallel", "relay", "relay-name", "dictionary"].map(of(server));
    let clients = ["fake-server", "table"].map(of(client));
    // The row `repeat` is that of a server with a bad random source, and the notes' has a good one. The last two attack how a program
    // is written: the notes' server compares whole digests, and waits for its only client for ever.
    let more = [("repeat", server, "–"), ("short-compare", server, "–"), ("slow", server, "W")];
    let runs: Vec<_> = servers.into_iter().chain(clients).chain(more).collect();
    side_by_side(&runs, |(name, program, expected)| {
        let output = on_the_notes(name, program).run();
        let told = format!("{name}:\n{}{}", output.out(), output.stderr);
        assert_eq!(output.code, Some(i32::from(*expected == "W")), "{told}");
        let (wins, fails) = match *name {
            "repeat" | "short-compare" => ("it wins", "it fails against your program"),
            _ => ("The attacker wins:", "The attacker fails:"),
        };
        assert!(told.contains(if *expected == "W" { wins } else { fails }), "{told}");
    });
}

/// A check that fails names the attack, and an attack names the checks.
#[test]
fn checks_and_attacks_know_of_each_other() {
    let expected: BTreeSet<_> = ATTACKS
        .iter()
        .flat_map(|attack| checks_against(attack).iter().map(|check| ((*check).to_owned(), attack.name.to_owned())))
        .collect();
    assert!(expected.len() >= 10, "{expected:?}");
    for lang in ["en", "zh"] {
        let text = fs::read_to_string(format!("{}/lessons/{lang}/checks/auth-server.md", env!("CARGO_MANIFEST_DIR")));
        let text = text.unwrap();
        let mut found = BTreeSet::new();
        for section in text.split("\n## ").skip(1) {
            let check = section.lines().next().unwrap().to_owned();
            for name in section.split("`day30 break ").skip(1) {
                found.insert((check.clone(), name.split('`').next().unwrap().to_owned()));
            }
        }
        assert_eq!(found, expected, "{lang}");
    }
    if have("python3") {
        let program = format!("{}/lessons/python/auth_server.py", env!("CARGO_MANIFEST_DIR"));
        let args = ["break", "replay", "--", "python3", &program, "{port}", "{secret}"];
        let told = Day30::new(args).run().expect_code(0);
        assert!(told.out().contains("day30 check auth-server --only auth/old-answer,"), "{}", told.out());
    }
}

/// The second exercise, solved in two ways: what the judge cannot see, it reads.
#[test]
fn a_comparison_that_can_be_timed_is_told_though_no_check_can_see_it() {
    if !have("python3") {
        return;
    }
    let starter = format!("{}/lessons/starters/break/whole_digest.py", env!("CARGO_MANIFEST_DIR"));
    let starter = fs::read_to_string(starter).unwrap();
    let read = "    answer = read_exactly(conn, min(max(size, 0), 32))\n";
    let compares = "all(one == other for one, other in zip(right, answer))";
    assert!(starter.contains(read) && starter.contains(compares));
    let checked = starter.replace(read, &format!("    if size != 32:\n        return\n{read}"));
    let timed = checked.replace(compares, "right == answer");
    let constant = checked
        .replace(compares, "hmac.compare_digest(right, answer)")
        .replace("import hashlib\n", "import hashlib\nimport hmac\n");
    let runs = [("timed", timed, "no comparison in constant time"), ("constant", constant, "has compare_digest in it")];
    side_by_side(&runs, |(name, text, told)| {
        let path = format!("{}/exercise-{name}.py", env!("CARGO_TARGET_TMPDIR"));
        fs::write(&path, text).unwrap();
        let output = Day30::new(["break", "short-compare", "--", "python3", &path, "{port}", "{secret}"]).run();
        output.expect_code(0).expect_stderr("it fails against your program").expect_stderr(told);
    });
}

#[cfg(target_os = "linux")]
mod nobody_elses {
    use super::*;
    use crate::common::watched::Script;
    use crate::common::{Output, Running};
    use std::io::{ErrorKind, Read, Write};
    use std::net::{TcpListener, TcpStream};
    use std::path::PathBuf;
    use std::process::Command;
    use std::thread;
    use std::time::Duration;

    /// Passes everything on to another server.
    const FORWARDS: &str = "\
import socket, sys, threading
def copy(one, other):
    while data := one.recv(4096):
        other.sendall(data)
    other.shutdown(socket.SHUT_WR)
sk = socket.create_server(('127.0.0.1', int(sys.argv[1])))
while True:
    conn, _ = sk.accept()
    up = socket.create_connection(('127.0.0.1', int(sys.argv[2])))
    threading.Thread(target=copy, args=(conn, up), daemon=True).start()
    threading.Thread(target=copy, args=(up, conn), daemon=True).start()
";

    /// A server that is started by nobody here, and asks its clients as lesson 2's does: not one byte of an attack comes to it.
    #[test]
    fn a_command_that_only_passes_everything_on_is_not_attacked() {
        if !have("python3") {
            return;
        }
        let bystander = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = bystander.local_addr().unwrap().port().to_string();
        let attacks = ["wrong-key", "reflection", "relay"];
        let met = thread::spawn(move || {
            let mut met = Vec::new();
            for _ in attacks {
                let (mut conn, _) = bystander.accept().unwrap();
                let _ = conn.write_all(&[7; 32]);
                let _ = conn.read_to_end(&mut met);
            }
            met
        });
        let script = Script::new(FORWARDS);
        for attack in attacks {
            let output = Day30::new(["break", attack, "--", "python3", script.arg(), "{port}", &port]).run();
            output.expect_code(3).expect_stderr("only programs that day30 has started are attacked");
        }
        assert_eq!(met.join().unwrap(), b"", "somebody else's server was attacked");
    }

    /// Waits until somebody else has done something, so that nothing depends on who is quicker.
    const WAITS: &str = "\
import os, socket, sys, time
open(sys.argv[2] + '.started', 'w').close()
while not os.path.exists(sys.argv[2] + '.taken'):
    time.sleep(0.005)
";
    /// Listens beside another program, which gets all connections to 127.0.0.1: its address is the more exact one.
    const BESIDE: &str = "\
sk = socket.socket()
sk.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
sk.bind(('0.0.0.0', int(sys.argv[1])))
sk.listen()
time.sleep(60)
";
    const BYSTANDER: &str = "\
import socket, sys
sk = socket.socket()
sk.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
sk.bind(('127.0.0.1', int(sys.argv[1])))
sk.listen()
print('listening', flush=True)
conn, _ = sk.accept()
conn.sendall(bytes(32))
try:
    print('met', conn.recv(4096))
except ConnectionResetError:
    print('met', b'')
";

    /// A program whose port is written in, and that waits before it listens there.
    struct Late {
        port: String,
        marks: PathBuf,
        _script: Script,
        running: Running,
    }

    impl Late {
        fn new(attack: &str, then: &str) -> Self {
            let port = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string();
            let script = Script::new(&(WAITS.to_owned() + then));
            let marks = PathBuf::from(script.arg()).with_extension(&port);
            let command = ["--port", &port, "--", "python3", script.arg(), "{port}", marks.to_str().unwrap()];
            let mut running = Day30::new(["break", attack]).args(command).start();
            while !marks.with_extension(format!("{port}.started")).exists() {
                assert!(!running.has_ended(), "the program was never started");
                thread::sleep(Duration::from_millis(5));
            }
            Self { port, marks, _script: script, running }
        }

        /// From now on the program goes on.
        fn goes_on(self) -> Output {
            let [started, taken] =
                ["started", "taken"].map(|mark| self.marks.with_extension(format!("{}.{mark}", self.port)));
            fs::write(&taken, "").unwrap();
            let output = self.running.wait();
            let _ = (fs::remove_file(started), fs::remove_file(taken));
            output
        }
    }

    /// The port was free when the program was started, and another program has it now: it is not the one that is meant.
    #[test]
    fn a_port_that_another_program_has_taken_meanwhile_is_not_attacked() {
        if !have("python3") {
            return;
        }
        let late = Late::new("wrong-key", "time.sleep(60)\n");
        let bystander = TcpListener::bind(format!("127.0.0.1:{}", late.port)).unwrap();
        bystander.set_nonblocking(true).unwrap();
        late.goes_on().expect_code(3).expect_stderr("your program does not listen on 127.0.0.1:");
        assert!(bystander.accept().is_err(), "somebody connected");
    }

    /// Both listen on the port, and the attacker's connection comes to the other program: that gets not one byte.
    #[test]
    fn a_program_that_listens_beside_the_students_is_not_attacked() {
        if !have("python3") {
            return;
        }
        let script = Script::new(BYSTANDER);
        for attack in ["wrong-key", "reflection"] {
            let late = Late::new(attack, BESIDE);
            let mut command = Command::new("python3");
            command.args([script.arg(), &late.port]);
            let mut bystander = Day30::of(command).start();
            while bystander.stdout.text().is_empty() {
                assert!(!bystander.has_ended(), "the bystander cannot listen");
                thread::sleep(Duration::from_millis(5));
            }
            late.goes_on().expect_code(3).expect_stderr("another program answers on port");
            let met = bystander.wait();
            assert!(met.out().ends_with("met b''\n"), "{attack}: {}{}", met.out(), met.stderr);
        }
    }

    /// A client that belongs to nobody here comes to the port on which the attacker waits for its own: it is sent nothing. At
    /// another address than 127.0.0.1, where a client of another machine would come, nobody waits at all.
    #[test]
    fn a_client_that_day30_did_not_start_is_not_attacked() {
        if !have("python3") {
            return;
        }
        let free = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap().port().to_string();
        let sleeps = ["--", "python3", "-c", "import time; time.sleep(60)"];
        let mut running = Day30::new(["break", "fake-server", "--port", &free]).args(sleeps).start();
        let mut stranger = loop {
            match TcpStream::connect(format!("127.0.0.1:{free}")) {
                Ok(stranger) => break stranger,
                Err(_) => assert!(!running.has_ended(), "the attacker never listened"),
            }
            thread::sleep(Duration::from_millis(5));
        };
        let by_another_address = TcpStream::connect(format!("127.0.0.2:{free}")).map_err(|error| error.kind());
        let mut received = Vec::new();
        let _ = stranger.read_to_end(&mut received);
        assert_eq!(received, b"", "it was attacked");
        assert_eq!(by_another_address.err(), Some(ErrorKind::ConnectionRefused), "the attacker listens everywhere");
    }
}

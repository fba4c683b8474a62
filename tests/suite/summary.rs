//! What stands out in a trace: for each finding, a record that has it, and one that is the same but for that.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use crate::common::Day30;
use crate::common::record::RecordFile;
use std::fmt::Write;
use std::fs;

/// Events, one after another, 10 ms apart.
#[derive(Clone, Default)]
struct Trace {
    text: String,
    count: u64,
    us: u64,
    role: &'static str,
    command: &'static str,
    actor: &'static str,
    line: u32,
    process: u32,
}

impl Trace {
    /// Of a server that is watched, which listens on port 9000.
    fn server() -> Self {
        Self::watched("python3 my_server.py 9000", "server")
            .seen(r#""seen":"option","name":"SO_REUSEADDR","value":1"#)
            .call(r#""call":"bind","ok":"127.0.0.1:9000""#)
            .seen(r#""seen":"backlog","size":128"#)
            .call(r#""call":"listen","ok":0"#)
    }

    fn watched(command: &'static str, actor: &'static str) -> Self {
        Self { role: "watch", command, actor, line: 10, process: 7, ..Self::default() }
    }

    fn event(mut self, conn: &str, fields: &str) -> Self {
        self.count += 1;
        self.us += 10_000;
        let Self { count, us, actor, line, process, .. } = self;
        writeln!(
            self.text,
            r#"{{"n":{count},"us":{us},"actor":"{actor}",{conn}"process":{process},"thread":1,"file":"/x/my.py","line":{line},{fields}}}"#
        )
        .unwrap();
        self
    }

    fn call(self, fields: &str) -> Self {
        self.event("", fields)
    }

    fn seen(self, fields: &str) -> Self {
        self.event("", fields)
    }

    fn line(self, line: u32) -> Self {
        Self { line, ..self }
    }

    /// An event of a client's connection.
    fn on(self, id: u64, fields: &str) -> Self {
        let port = 50_000 + id;
        self.event(&format!(r#""conn":{{"id":{id},"local":"127.0.0.1:9000","peer":"127.0.0.1:{port}"}},"#), fields)
    }

    fn accept(self, id: u64) -> Self {
        let port = 50_000 + id;
        self.call(&format!(r#""call":"accept","ok":"127.0.0.1:{port}","took_us":90"#))
    }

    fn recv(self, id: u64, data: &[u8], took: u64) -> Self {
        self.recv_of(id, data, 1024, took)
    }

    fn recv_of(self, id: u64, data: &[u8], asked: usize, took: u64) -> Self {
        let (count, hex) = (data.len(), base16ct::lower::encode_string(data));
        self.on(id, &format!(r#""call":"recv","ok":{count},"data":"{hex}","asked":{asked},"took_us":{took}"#))
    }

    fn send(self, id: u64, data: &[u8], asked: usize) -> Self {
        let (count, hex) = (data.len(), base16ct::lower::encode_string(data));
        self.on(id, &format!(r#""call":"send","ok":{count},"data":"{hex}","asked":{asked},"took_us":9"#))
    }

    fn close(self, id: u64) -> Self {
        self.on(id, r#""call":"close","ok":0"#)
    }

    fn exit(self, code: u8) -> Self {
        self.seen(&format!(r#""seen":"exit","code":{code}"#))
    }

    /// One client, served as it should be.
    fn served(self, id: u64) -> Self {
        self.accept(id).recv(id, b"abc", 50).send(id, b"ABC", 3).recv(id, b"", 9).close(id)
    }

    /// What is said of it.
    #[track_caller]
    fn summary(&self, lang: &str) -> String {
        let file = RecordFile::new();
        let header = format!(
            r#"{{"format":"day30-trace","version":2,"day30":"0.1.0","command":"watch","role":"{}","address":"{}","io":"watched","started_unix_us":1,"payload_cap":16384}}"#,
            self.role, self.command
        );
        fs::write(file.path(), format!("{header}\n{}", self.text)).unwrap();
        let output = Day30::new(["--lang", lang, "see", "--as", "summary", file.arg()]).run().expect_code(0);
        output.out().to_owned()
    }
}

/// That the one trace has the finding and the other one has not, and that the first is told with its line, in both languages.
#[track_caller]
fn assert_told(part: &str, has: &Trace, has_not: &Trace) {
    let (told, other) = (has.summary("en"), has_not.summary("en"));
    // Long sentences are broken between words.
    let in_one_line = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(in_one_line(&told).contains(part), "{part}\n{told}");
    assert!(!in_one_line(&other).contains(part), "{part}\n{other}");
    assert!(has.summary("zh").contains("值得注意（"));
}

#[test]
fn a_server_that_does_all_right_has_nothing_that_stands_out() {
    let told = Trace::server().served(1).served(2).exit(0).summary("en");
    assert!(told.contains("\nnothing stands out in 12 socket calls"), "{told}");
    let told = Trace::server().served(1).exit(0).summary("zh");
    assert!(told.contains("没有值得注意的地方"), "{told}");
}

#[test]
fn who_sleeps_for_one_client_keeps_the_others_waiting() {
    let slept = |took| Trace::server().accept(1).line(14).recv(1, b"abc", took);
    let queued = slept(900_000).on(1, r#""seen":"queue","waiting":2"#);
    assert_told("recv slept 0.9 s for client #1; meanwhile 2 clients waited to be accepted", &queued, &slept(900_000));
    assert!(queued.summary("en").contains("my.py:14"));
    // The next accept had not to wait.
    assert_told("the next client had been waiting to be accepted", &slept(900_000).accept(2), &slept(9).accept(2));
    let forever = |errno| {
        let call = format!(r#""call":"recv","error":"Interrupted","errno":"{errno}","asked":9,"took_us":3000000"#);
        Trace::server().accept(1).on(1, &call)
    };
    let told = forever("-").on(1, r#""seen":"queue","waiting":1"#);
    assert_told("slept 3.0 s for client #1, and did not return; meanwhile another client waited", &told, &forever("-"));
    // Each client has a socket that does not wait.
    let nonblocking = Trace::server().accept(1).on(1, r#""call":"set_nonblocking","ok":0"#).recv(1, b"abc", 900_000);
    assert_told("slept", &slept(900_000).accept(2), &nonblocking.accept(2));
}

#[test]
fn who_sleeps_for_one_client_lets_anothers_bytes_lie() {
    let two = |took| Trace::server().accept(1).accept(2).recv(2, b"x", 9).recv(1, b"a", took).recv(2, b"abc", 20);
    assert_told("recv slept 0.8 s for client #1, while bytes of client #2 lay in the kernel", &two(800_000), &two(20));
}

#[test]
fn a_listening_sockets_mode_is_not_inherited() {
    let listener = Trace::server().call(r#""call":"set_nonblocking","ok":0"#).accept(1);
    let own = listener.clone().on(1, r#""call":"set_nonblocking","ok":0"#);
    assert_told("recv on it slept", &listener.recv(1, b"abc", 300_000), &own.recv(1, b"abc", 300_000));
}

#[test]
fn loops_for_nothing_are_told() {
    let folded = |count: u32| Trace::server().call(&format!(r#""folded":[["accept",{count}]],"span_us":1000000"#));
    assert_told("30 000 calls a second came back with EAGAIN", &folded(30_000), &folded(20));
    let looked = |count: u32, ready: u8| {
        let seen = format!(r#""seen":"looked","count":{count},"ready":{ready},"span_us":1000000"#);
        Trace::server().call(r#""call":"poll","ok":0"#).seen(&seen)
    };
    assert_told("called 6 000 times a second with nothing ready", &looked(6000, 0), &looked(3, 0));
    assert_told("said 6 000 times in a row that a socket is ready", &looked(6000, 1), &looked(6000, 0));
}

#[test]
fn how_a_server_begins() {
    let server = |command: &'static str| Trace::watched(command, "server");
    let set = |trace: Trace| trace.seen(r#""seen":"option","name":"SO_REUSEADDR","value":1"#);
    let bind = |trace: Trace, address: &str| trace.call(&format!(r#""call":"bind","ok":"{address}""#));
    let local = "127.0.0.1:9000";
    let plain = || server("python3 my_server.py 9000");
    assert_told("without SO_REUSEADDR", &bind(plain(), local), &bind(set(plain()), local));
    let in_use = r#""call":"bind","error":"AddrInUse","errno":"EADDRINUSE""#;
    assert_told("set SO_REUSEADDR before bind", &plain().call(in_use), &set(plain()).call(in_use));
    assert_told("another port", &set(plain()).call(in_use), &bind(set(plain()), local));
    assert_told("on every network of this machine", &bind(set(plain()), "0.0.0.0:9000"), &bind(set(plain()), local));
    assert_told(
        "the command names port 9000, and the program bound port 8888",
        &bind(set(plain()), "127.0.0.1:8888"),
        &bind(set(plain()), local),
    );
    let backlog = |size: u8| plain().seen(&format!(r#""seen":"backlog","size":{size}"#));
    assert_told("listen(0): hardly anybody", &backlog(0), &backlog(5));
    assert_told("listen was called, and accept never", &Trace::server().exit(0), &Trace::server().accept(1).exit(0));
    let waits = Trace::server().call(r#""call":"poll","ok":0"#).exit(0);
    assert_told("listen was called, and accept never", &Trace::server(), &waits);
    let accept = |errno: &str| Trace::server().call(&format!(r#""call":"accept","error":"Other","errno":"{errno}""#));
    assert_told("no descriptors left (EMFILE)", &accept("EMFILE"), &accept("ECONNABORTED"));
}

#[test]
fn a_socket_that_is_never_closed() {
    let ended = |trace: Trace| trace.accept(1).recv(1, b"abc", 9).send(1, b"ABC", 3).recv(1, b"", 9);
    let left = ended(Trace::server()).accept(2);
    assert_told("connection #1 ended (recv gave 0 here)", &left, &ended(Trace::server()).close(1).accept(2));
    // A program that ends at once has no time to.
    assert_told("was never closed", &left, &ended(Trace::server()).exit(0));
    let kept = |trace: Trace| trace.accept(1).on(1, r#""seen":"kept","left":1"#);
    let copy = "a copy of the descriptor stayed open in another process";
    assert_told(copy, &kept(Trace::server()), &kept(Trace::server()).close(1));
}

#[test]
fn what_send_did_not_take() {
    let short = Trace::server().accept(1).send(1, b"AB", 5);
    let lost = "send was given 5 bytes and took 2 of them; the other 3 were never sent";
    assert_told(lost, &short.clone().close(1), &short.clone().send(1, b"CDE", 3).close(1));
    // It is kept, and sent with more behind it.
    assert_told(lost, &short.clone().send(1, b"X", 1), &short.clone().send(1, b"CDEFG", 5));
    let full = r#""call":"send","error":"WouldBlock","errno":"EAGAIN","asked":4"#;
    let full = Trace::server().accept(1).on(1, full);
    assert_told("took 0 of them", &full.clone().close(1), &full.send(1, b"ABCD", 4).close(1));
    let alone = |count| (0..count).fold(Trace::server().accept(1), |trace, _| trace.send(1, b"A", 1));
    assert_told("send was given one byte, 9 times in a row", &alone(9), &alone(3));
    let at_once = (0..9)
        .fold(Trace::server().accept(1).on(1, r#""seen":"option","name":"TCP_NODELAY","value":1"#), |trace, _| {
            trace.send(1, b"A", 1)
        });
    assert_told("With TCP_NODELAY, each becomes a packet", &at_once, &alone(9));
}

#[test]
fn what_recv_gives() {
    let zeros = |count| (0..count).fold(Trace::server().accept(1), |trace, _| trace.recv(1, b"", 9)).close(1);
    assert_told("was called 4 times more", &zeros(5), &zeros(2));
    let bytes = |asked| (0..9).fold(Trace::server().accept(1), |trace, _| trace.recv_of(1, b"x", asked, 9));
    assert_told("recv was asked for one byte, 9 times in a row", &bytes(1), &bytes(1024));
    let message = || Trace::server().accept(1).recv_of(1, &[0, 0, 0, 9], 4, 9).recv_of(1, b"four", 9, 9);
    let short = "a length of 9 bytes was announced, and recv gave 4";
    assert_told(short, &message().send(1, b"FOUR", 4), &message().recv_of(1, b" more", 5, 9).send(1, b"FOUR MORE", 9));
    // The other order of bytes, and a peer that closed too early.
    let little = Trace::server().accept(1).recv_of(1, &[9, 0, 0, 0], 4, 9).recv_of(1, b"four", 9, 9);
    assert_told(short, &little.send(1, b"FOUR", 4), &message().recv_of(1, b"", 5, 9));
}

#[test]
fn characters_and_bytes() {
    let (cut, rest) = ("stra\u{df}e".as_bytes().split_at(5), "E");
    let begun = || Trace::server().accept(1).recv(1, cut.0, 9);
    let told = "the bytes end in the middle of a character (1 of its bytes are there)";
    assert_told(told, &begun().close(1), &begun().recv(1, cut.1, 9).send(1, rest.as_bytes(), 1).close(1));
    // It was the client that closed in the middle, and it is no text.
    assert_told(told, &begun().close(1), &begun().recv(1, b"", 9).close(1));
    assert_told(told, &begun().close(1), &Trace::server().accept(1).recv(1, b"\xff\xc3", 9).close(1));
    let replaced = begun().send(1, "STRA\u{fffd}".as_bytes(), 7);
    assert_told("replacement character (U+FFFD)", &replaced, &begun().send(1, b"STRA", 4));
}

#[test]
fn two_clients_in_one_buffer() {
    let both = || Trace::server().accept(1).accept(2).recv(1, b"one", 9).recv(2, b"two", 9);
    let told = "what was sent to client #2 holds bytes of client #1 too";
    assert_told(told, &both().send(2, b"ONETWO", 6), &both().send(1, b"ONE", 3).send(2, b"TWO", 3));
    // Whoever passes a message on to the others mixes nothing.
    assert_told(told, &both().send(2, b"ONETWO", 6), &both().send(2, b"one", 3).send(1, b"one", 3));
}

#[test]
fn broken_connections() {
    let reset = r#""call":"recv","error":"ConnectionReset","errno":"ECONNRESET","asked":9"#;
    let broken = || Trace::server().accept(1).on(1, reset);
    assert_told(
        "was broken (ECONNRESET), and the socket was used again",
        &broken().send(1, b"x", 1),
        &broken().close(1),
    );
    let ends = "one client broke its connection (ECONNRESET), and the whole server ended with exit code 1";
    assert_told(ends, &broken().close(1).exit(1), &broken().close(1).exit(0));
    assert_told(ends, &broken().exit(1), &broken().close(1).accept(2).exit(1));
    let again = r#""call":"accept","error":"WouldBlock","errno":"EAGAIN""#;
    let told = "accept had nothing yet (EAGAIN), and the program ended with exit code 1";
    assert_told(told, &Trace::server().call(again).exit(1), &Trace::server().call(again).exit(130));
    let pipe = |signal| Trace::server().accept(1).seen(&format!(r#""seen":"exit","signal":{signal}"#));
    assert_told("SIGPIPE ended it", &pipe(13), &pipe(2));
    let unread = Trace::server().accept(1).on(1, r#""seen":"unread","bytes":5"#).close(1);
    assert_told("closed with bytes unread (5)", &unread, &Trace::server().accept(1).close(1));
    let told = "the server ended with exit code 1; its last call was send";
    assert_told(told, &Trace::server().accept(1).send(1, b"x", 1).exit(1), &Trace::server().served(1).exit(0));
}

#[test]
fn a_client_that_is_refused_and_what_is_not_seen() {
    let client = || Trace::watched("python3 my_client.py 9000", "client");
    let refused = client().call(r#""call":"connect","error":"ConnectionRefused","errno":"ECONNREFUSED""#);
    let reached = client().on(1, r#""call":"connect","ok":"127.0.0.1:9000""#);
    assert_told("connect was refused", &refused, &reached);
    assert_told("not all of its calls are here", &client().seen(r#""seen":"io-uring""#), &reached);
}

#[test]
fn a_part_of_a_record_has_a_summary_too_and_a_file_gets_none() {
    let file = RecordFile::new();
    let trace = Trace::server().accept(1).send(1, b"AB", 5).close(1);
    let header = r#"{"format":"day30-trace","version":2,"day30":"0.1.0","command":"watch","role":"watch","address":"x","io":"watched","started_unix_us":1,"payload_cap":16384}"#;
    fs::write(file.path(), format!("{header}\n{}", trace.text)).unwrap();
    let see = |options: &[&str]| Day30::new(["see", file.arg(), "--as", "summary"]).args(options).run();
    assert!(see(&["--conn", "1"]).expect_code(0).out().contains("1 thing stands out in 2 socket calls"));
    assert!(see(&["--to", "2"]).expect_code(0).out().contains("nothing stands out"));
    see(&["-o", "x.txt"]).expect_code(2).expect_stderr("go to stdout only");
    see(&["--conn", "9"]).expect_code(1);
}

/// A record may come from anybody.
#[test]
fn nothing_in_a_record_commands_the_terminal() {
    let mut trace = Trace::server().accept(1).send(1, b"AB", 5).close(1);
    trace.text = trace.text.replace("/x/my.py", r"/x/\u001b[2Jmy.py");
    assert!(!trace.summary("en").contains('\u{1b}'));
}

//! Where in the lessons' programs a call stands: in Python, and in our own Rust. A test holds the places against the files.

use super::region::marker;
use crate::trace::{Call, Header, state::Side};

/// A source file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Source {
    /// Its name.
    pub name: &'static str,
    /// What is in it.
    text: &'static str,
    /// The beginning of the line of each call, or a part that no other line has.
    places: &'static [(Call, &'static str)],
}

impl Source {
    /// The line of a call, from 1; `None` where the program leaves it to something else.
    #[must_use]
    pub fn line(&self, call: Call) -> Option<usize> {
        let (_, place) = self.places.iter().find(|(known, _)| *known == call)?;
        self.lines().position(|line| line.contains(place)).map(|index| index + 1)
    }

    /// Its lines, without those that mark regions for the lessons.
    pub fn lines(&self) -> impl Iterator<Item = &'static str> {
        self.text.lines().filter(|line| marker(line).is_none())
    }
}

/// The same program twice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Program {
    /// As the lesson has it, where it has one.
    pub python: Option<&'static Source>,
    /// As day30 has it.
    pub rust: Option<&'static Source>,
}

macro_rules! source {
    ($name:ident, $file:literal, $path:literal, $($call:ident $place:literal),+ $(,)?) => {
        static $name: Source =
            Source { name: $file, text: include_str!(concat!("../../", $path)), places: &[$((Call::$call, $place)),+] };
    };
}

source!(NONBLOCK_SERVER, "nonblock_server.py", "lessons/python/nonblock_server.py",
    Bind "sk.bind((", Listen "sk.listen()", Accept "conn, addr = sk.accept()", Recv "self.answer(self.conn.recv(1024))",
    Send "self.conn.send(self.unsent)", Shutdown "self.conn.shutdown(", Close "client.conn.close()");
source!(SOCKET_SERVER, "socket_server.py", "lessons/python/socket_server.py",
    Bind "server = Server((", Listen "server = Server((", Accept "server.serve_forever()", Recv "data = self.request.recv(1024)",
    Send "self.request.sendall(text.upper()", Shutdown "self.request.shutdown(", Close "if not data:  #");
source!(AUTH_SERVER, "auth_server.py", "lessons/python/auth_server.py",
    Bind "sk.bind((", Listen "sk.listen()", Accept "conn, addr = sk.accept()", Recv "piece = conn.recv(", Send "conn.sendall(challenge)",
    Close "with conn:");
source!(NONBLOCK_CLIENT, "nonblock_client.py", "lessons/python/nonblock_client.py",
    Connect "sk.connect((", Recv "piece = sk.recv(", Send "sk.sendall(message", Close "sk.close()");
source!(AUTH_CLIENT, "auth_client.py", "lessons/python/auth_client.py",
    Connect "sk.connect((", Recv "piece = sk.recv(", Send "sk.sendall(data)", Close "with socket.socket(");
source!(SPIN, "spin.rs", "src/net/spin.rs",
    Bind "// socket, bind and listen are behind us", Listen "// socket, bind and listen are behind us",
    Accept "match listener.accept(&mut work)", Recv "client.receive(&mut work)", Send "client.send(&mut work)",
    Shutdown "client.check_deadlines(&mut work)", Close "clients.retain(");
source!(POLL, "poll.rs", "src/net/poll.rs",
    Poll "self.wait(&mut events)?", Accept "self.accept_newcomers();", Recv "self.serve_ready();", Send "self.serve_ready();",
    Shutdown "self.serve_ready();", Close "self.serve_ready();");
source!(THREADS, "threads.rs", "src/net/threads.rs",
    Accept "let accepted = listener.accept(&mut work)", Recv "client.receive(&mut work)", Send "client.send(&mut work)",
    Shutdown "client.check_deadlines(&mut work)", Close "while !client.is_closed()");
source!(TALK, "client.rs", "src/net/client.rs",
    Recv "calls.receive(socket, link, &mut buffer)", Send "self.calls.send(&self.socket, self.link, bytes)",
    Shutdown "self.calls.shutdown_write(&self.socket", Close "calls.close(socket, link)");
source!(PROVE, "prove.rs", "src/net/prove.rs",
    Recv "calls.receive(&socket, link, &mut buffer)", Send "calls.send(socket, link, &self.bytes)",
    Close "calls.close(socket, link)");

/// The programs of one side of a trace; `lesson` is the one that a demo plays.
#[must_use]
pub fn program(header: &Header, lesson: Option<&str>, side: Side) -> Program {
    let (server, clients) = header.command.split_once(" + ").unwrap_or((&header.command, &header.command));
    let command = lesson.unwrap_or(if side == Side::Server { server } else { clients });
    // A program that was watched has lines of its own.
    let is = |name: &str| command.contains(name) && !command.contains("watch");
    let python = match side {
        Side::Server if is("auth") => Some(&AUTH_SERVER),
        Side::Server if is("socket") => Some(&SOCKET_SERVER),
        Side::Server if is("nonblock") && header.io != "threads" && header.io != "poll" => Some(&NONBLOCK_SERVER),
        Side::Client if is("auth") => Some(&AUTH_CLIENT),
        Side::Client if is("nonblock") || is("socket") => Some(&NONBLOCK_CLIENT),
        _ => None,
    };
    let rust = match side {
        Side::Client if is("auth") => Some(&PROVE),
        Side::Client => Some(&TALK),
        Side::Server => match header.io.as_ref() {
            "poll" => Some(&POLL),
            "threads" => Some(&THREADS),
            "spin" => Some(&SPIN),
            // A demo has several; only lesson 1's spins.
            _ if lesson.is_some() => Some(if is("nonblock") { &SPIN } else { &THREADS }),
            _ => None,
        },
    };
    let is_ours = ["nonblock", "auth", "socket"].iter().any(|name| is(name));
    Program { python, rust: rust.filter(|_| is_ours) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_call_stands_on_one_line_of_its_file() {
        let all = [
            &NONBLOCK_SERVER,
            &SOCKET_SERVER,
            &AUTH_SERVER,
            &NONBLOCK_CLIENT,
            &AUTH_CLIENT,
            &SPIN,
            &POLL,
            &THREADS,
            &TALK,
            &PROVE,
        ];
        for source in all {
            for (call, place) in source.places {
                let count = source.text.lines().filter(|line| line.contains(place)).count();
                assert_eq!(count, 1, "{}: {call:?}: {place}", source.name);
                assert!(source.line(*call).is_some());
            }
        }
    }

    #[test]
    fn each_side_of_each_lesson_has_its_programs() {
        let header = |command: &'static str, io: &'static str| Header::new(command, "pair", String::new(), io);
        for (command, io, python, rust) in [
            ("nonblock-server", "spin", Some("nonblock_server.py"), "spin.rs"),
            ("nonblock-server", "poll", None, "poll.rs"),
            ("auth-server", "threads", Some("auth_server.py"), "threads.rs"),
            ("socket-server", "threads", Some("socket_server.py"), "threads.rs"),
        ] {
            let program = program(&header(command, io), None, Side::Server);
            assert_eq!((program.python.map(|it| it.name), program.rust.map(|it| it.name)), (python, Some(rust)));
        }
        for (command, io, side) in
            [("watch + nonblock-client", "watched", Side::Server), ("nonblock-server + watch", "spin", Side::Client)]
        {
            assert_eq!(program(&header(command, io), None, side), Program { python: None, rust: None });
            assert!(program(&header(command, io), None, side.other()).python.is_some());
        }
        let demo = header("demo", "several");
        assert_eq!(program(&demo, Some("nonblock"), Side::Server).rust, Some(&SPIN));
        assert_eq!(program(&demo, Some("auth"), Side::Client).python, Some(&AUTH_CLIENT));
        assert_eq!(program(&header("check", "blocking"), None, Side::Server).rust, None);
    }
}

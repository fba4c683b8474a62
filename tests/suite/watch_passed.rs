//! `day30 watch` of sockets that one process hands to another: their calls belong to the right connection, whoever makes them.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic, clippy::print_stderr)]

use crate::common::record::{Record, RecordFile};
use crate::common::watched::{Script, recorded_in_c, watch};
use crate::common::{Day30, assert_answers, have, leave};
use rustix::net::{SendAncillaryBuffer, SendAncillaryMessage, SendFlags, sendmsg};
use serde_json::Value;
use std::fs;
use std::io::IoSlice;
use std::mem::MaybeUninit;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::os::fd::AsFd;
use std::os::unix::net::UnixListener;

/// A server in Python that listens on a free port and says so.
const LISTENS: &str = "import os, socket\n\
    def answer(conn):\n    while data := conn.recv(99):\n        conn.sendall(data.decode().upper().encode())\n    conn.close()\n\
    def listen():\n    sk = socket.create_server(('127.0.0.1', 0))\n\
    \x20   print('listening on 127.0.0.1:%d' % sk.getsockname()[1], flush=True)\n    return sk\n";

/// Watches this server in Python while one client says a word, and gives the record of it, and the client's address.
#[track_caller]
fn serves(script: &str) -> (Record, String) {
    let script = Script::new(&[LISTENS, script].concat());
    let file = RecordFile::new();
    let server = watch(&["--quiet", "--record", file.arg()], &["python3", script.arg()]).serve();
    let mut client = server.connect();
    let peer = client.local_addr().unwrap().to_string();
    assert_answers(&mut client, "straße", "STRASSE");
    leave(client);
    server.running.wait().expect_code(0);
    (file.read(), peer)
}

fn process(event: &Value) -> u64 {
    event["process"].as_u64().unwrap()
}

/// That one process accepted the client, another one answered it, and the socket was closed once.
#[track_caller]
fn assert_handed_over(record: &Record, peer: &str) {
    let [accepted] = record.with("call", "accept")[..] else { panic!("{:?}", record.events) };
    assert_eq!(record.bytes("recv", peer), "straße".as_bytes());
    assert_eq!(record.bytes("send", peer), b"STRASSE");
    for call in ["recv", "send"] {
        assert!(record.with("call", call).iter().all(|event| process(event) != process(accepted)), "{call}");
    }
    let (sent, received) = (record.with("seen", "pass")[0], record.with("seen", "passed")[0]);
    assert_eq!((process(sent), &received["from"]), (process(accepted), &sent["process"]));
    assert!(sent["n"].as_u64() < received["n"].as_u64() && received["known"] == true, "{received}");
    assert_eq!((&sent["conn"]["peer"], &received["conn"]["peer"]), (&peer.into(), &peer.into()));
    let closed = record.with("call", "close").iter().filter(|event| event["conn"]["peer"] == peer).count();
    assert_eq!(closed, 1, "{:?}", record.events);
}

#[test]
fn a_child_answers_on_the_socket_that_its_parent_sends_it() {
    if !have("python3") {
        return;
    }
    let (record, peer) = serves(
        "sk = listen()\nhere, there = socket.socketpair()\nif os.fork() == 0:\n    sk.close()\n    here.close()\n\
         \x20   _, numbers, _, _ = socket.recv_fds(there, 9, 4)\n    answer(socket.socket(fileno=numbers[0]))\n    os._exit(0)\n\
         conn, _ = sk.accept()\nsocket.send_fds(here, [b'x'], [conn.fileno()])\nconn.close()\nos.wait()\n",
    );
    assert_handed_over(&record, &peer);
    // Each side at its own line, and the parent's `close` closes nothing.
    let text = record.with("seen", "source")[0]["text"].as_str().unwrap().to_owned();
    let line = |event: &Value| text.lines().nth(usize::try_from(event["line"].as_u64().unwrap()).unwrap() - 1).unwrap();
    assert!(line(record.with("seen", "pass")[0]).contains("send_fds"));
    assert!(line(record.with("seen", "passed")[0]).contains("recv_fds"));
    let kept = record.with("seen", "kept").into_iter().find(|event| event["conn"]["peer"] == peer).unwrap();
    assert_eq!(line(kept), "conn.close()");
}

/// A new interpreter, which inherits nothing: the socket comes by way of a thread that hands it out (`resource_sharer`).
#[test]
fn a_process_of_multiprocessing_answers_on_a_socket_that_comes_through_a_pipe() {
    if !have("python3") {
        return;
    }
    let (record, peer) = serves(
        "from multiprocessing import get_context\n\ndef work(end):\n    answer(end.recv())\n\n\
         if __name__ == '__main__':\n    spawn, sk = get_context('spawn'), listen()\n    mine, other = spawn.Pipe()\n\
         \x20   worker = spawn.Process(target=work, args=(other,))\n    worker.start()\n    conn, _ = sk.accept()\n\
         \x20   mine.send(conn)\n    conn.close()\n    worker.join()\n",
    );
    assert_handed_over(&record, &peer);
}

#[test]
fn a_worker_of_node_answers_on_a_socket_that_its_cluster_accepted() {
    if !have("node") {
        return;
    }
    let file = RecordFile::new();
    let program = format!("{}/tests/watched/cluster.js", env!("CARGO_MANIFEST_DIR"));
    let server = watch(&["--quiet", "--record", file.arg()], &["node", &program, "0"]).serve();
    let mut client = server.connect();
    let peer = client.local_addr().unwrap().to_string();
    assert_answers(&mut client, "straße", "STRASSE");
    leave(client);
    server.running.wait().expect_code(0);
    assert_handed_over(&file.read(), &peer);
}

#[test]
fn a_socket_that_could_not_be_sent_is_not_on_its_way() {
    if !have("python3") {
        return;
    }
    let (record, _) = serves(
        "sk = listen()\nhere, there = socket.socketpair()\nthere.close()\nconn, _ = sk.accept()\n\
         try:\n    socket.send_fds(here, [b'x'], [conn.fileno()])\nexcept BrokenPipeError:\n    answer(conn)\n",
    );
    assert_eq!(record.story(1), ["recv straße", "send STRASSE", "recv ", "close"]);
    assert!(record.with("seen", "pass").is_empty() && record.with("seen", "kept").is_empty(), "{:?}", record.events);
}

/// Whoever takes the descriptor of another process needs no message.
#[test]
fn a_descriptor_that_is_taken_from_another_process_is_of_the_same_socket() {
    if !have("python3") {
        return;
    }
    let script = "import ctypes, signal\nsk = listen()\nreader, writer = os.pipe()\nchild = os.fork()\nif child == 0:\n\
        \x20   conn, _ = sk.accept()\n    os.write(writer, b'%d' % conn.fileno())\n    signal.pause()\n\
        number = int(os.read(reader, 9))\n\
        taken = ctypes.CDLL(None).syscall(438, os.pidfd_open(child), number, 0)\nos.kill(child, 9)\nos.wait()\n\
        print('it is', 'taken' if taken >= 0 else 'refused', flush=True)\nanswer(socket.socket(fileno=taken))\n";
    let script = Script::new(&[LISTENS, script].concat());
    let file = RecordFile::new();
    let server = watch(&["--record", file.arg()], &["python3", script.arg()]).serve();
    let mut client = server.connect();
    let peer = client.local_addr().unwrap().to_string();
    if !server.running.stdout.wait_for("it is ", &server.running.stderr).contains("taken") {
        eprintln!("LEFT OUT: this system gives no descriptor of another process");
        return;
    }
    assert_answers(&mut client, "straße", "STRASSE");
    leave(client);
    let output = server.running.wait().expect_code(0);
    let record = file.read();
    let [taken] = record.with("seen", "passed")[..] else { panic!("{:?}", record.events) };
    assert_eq!((&taken["way"], &taken["known"]), (&"pidfd-getfd".into(), &true.into()));
    assert_eq!(taken["from"], record.with("call", "accept")[0]["process"]);
    assert_eq!(record.bytes("recv", &peer), "straße".as_bytes());
    assert!(record.with("call", "recv").iter().all(|event| event["process"] == taken["process"]));
    assert!(output.stderr.contains(&format!("a socket of process {}", taken["from"])), "{}", output.stderr);
}

/// In every way that there is beside `sendmsg`: see the program.
#[test]
fn several_messages_and_a_look_at_one_are_told_apart() {
    if !have("cc") {
        return;
    }
    let record = recorded_in_c("passes");
    let told = |kind: &str| record.with("seen", kind).iter().filter(|event| event["conn"]["id"] == 1).count();
    // Two were sent; one of them was looked at first.
    assert_eq!((told("pass"), told("passed")), (2, 3), "{:?}", record.events);
    assert!(record.with("seen", "passed").iter().all(|event| event["known"] == true && event["from"].is_u64()));
    let of_server = |event: &&&Value| event["actor"] == "server" && event["conn"]["id"] == 1;
    let received: Vec<_> = record.with("call", "recv").into_iter().map(|event| event["data"].clone()).collect();
    assert_eq!(received, [Value::from("616263")]);
    // While it is on its way it is open, and at last it is closed.
    let left: Vec<_> = record.with("seen", "kept").iter().filter_map(|event| event["left"].as_u64()).collect();
    assert_eq!(left, [2, 2, 1]);
    assert_eq!(record.with("call", "close").iter().filter(of_server).count(), 1);
}

/// Somebody who is not watched sends a connection and the socket that listens, as a system's own server does.
#[test]
fn sockets_from_outside_are_told_as_far_as_they_are_known() {
    if !have("python3") {
        return;
    }
    let script = Script::new(
        &[
            LISTENS,
            "import sys\nfrom_outside = socket.socket(socket.AF_UNIX)\nfrom_outside.connect(sys.argv[1])\n\
             _, numbers, _, _ = socket.recv_fds(from_outside, 9, 4)\nconn, sk = (socket.socket(fileno=n) for n in numbers)\n\
             answer(conn)\nanswer(sk.accept()[0])\n",
        ]
        .concat(),
    );
    let (file, path) = (RecordFile::new(), format!("{}/outside-{}", env!("CARGO_TARGET_TMPDIR"), std::process::id()));
    let (door, listener) = (UnixListener::bind(&path).unwrap(), TcpListener::bind(("127.0.0.1", 0)).unwrap());
    let mut clients = [listener.local_addr(), listener.local_addr()].map(|at| TcpStream::connect(at.unwrap()).unwrap());
    let (conn, peer) = listener.accept().unwrap();
    let watched = watch(&["--lang", "zh", "--record", file.arg()], &["python3", script.arg(), &path]).start();
    send(&door, &[conn.as_fd(), listener.as_fd()]);
    drop(conn);
    let peers: Vec<SocketAddr> = clients.iter().map(|client| client.local_addr().unwrap()).collect();
    assert_eq!(peers[0], peer);
    clients.iter_mut().for_each(|client| assert_answers_and_leaves(client));
    let output = watched.wait().expect_code(0);
    fs::remove_file(&path).unwrap();
    let record = file.read();
    let passed = record.with("seen", "passed");
    assert!(passed.len() == 2 && passed.iter().all(|event| event["known"] == false && event["from"].is_null()));
    for (id, peer) in (1..).zip(&peers) {
        assert_eq!(record.bytes("recv", &peer.to_string()), "straße".as_bytes());
        assert_eq!(record.story(id), ["recv straße", "send STRASSE", "recv ", "close"]);
    }
    assert!(output.stderr.contains("这个 socket 来自没有被观察的进程"), "{}", output.stderr);
    assert_every_view_shows(&file);
}

#[track_caller]
fn assert_answers_and_leaves(client: &mut TcpStream) {
    assert_answers(client, "straße", "STRASSE");
    client.shutdown(std::net::Shutdown::Write).unwrap();
}

/// Sends these descriptors to whoever comes first.
fn send(door: &UnixListener, sockets: &[std::os::fd::BorrowedFd<'_>]) {
    let (stream, _) = door.accept().unwrap();
    let mut room = [MaybeUninit::uninit(); 64];
    let mut control = SendAncillaryBuffer::new(&mut room);
    assert!(control.push(SendAncillaryMessage::ScmRights(sockets)));
    assert_eq!(sendmsg(&stream, &[IoSlice::new(b"x")], &mut control, SendFlags::empty()), Ok(1));
}

/// Every view draws such a record, and says where the socket came from.
#[track_caller]
fn assert_every_view_shows(file: &RecordFile) {
    let came = "recvmsg(SCM_RIGHTS) → descriptor";
    for view in ["text", "ladder", "html", "perfetto", "pcap", "summary"] {
        let arguments = ["see", "--lang", "en", file.arg(), "--as", view];
        let drawn = Day30::new(arguments).run().expect_code(0);
        let text = String::from_utf8_lossy(&drawn.stdout);
        assert!(!text.is_empty(), "{view}");
        assert_eq!(text.contains(came), !matches!(view, "summary" | "pcap"), "{view}: {text}");
    }
}

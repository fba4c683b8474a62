//! `day30 see --as pcap`: what Wireshark makes of a record.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use crate::common::auth::auth_server;
use crate::common::record::{Record, RecordFile};
use crate::common::{Day30, Output, have, on_every_model, upper_server};
use std::path::{Path, PathBuf};
use std::process::Command;

on_every_model!(wireshark_opens_a_pair_without_a_warning);

/// A capture that is gone when the test ends.
struct Capture(PathBuf);

impl Capture {
    fn of(files: &[&RecordFile], more: &[&str]) -> (Self, Output) {
        let path = files[0].path().with_extension("pcapng");
        let args = ["see", "--as", "pcap", "-o", path.to_str().unwrap()];
        let output = Day30::new(args).args(files.iter().map(|file| file.arg())).args(more).run().expect_code(0);
        (Self(path), output)
    }

    /// What `tshark` prints of it with these arguments.
    #[track_caller]
    fn tshark(&self, args: &[&str]) -> String {
        let output = Command::new("tshark").arg("-r").arg(&self.0).args(args).output().unwrap();
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap()
    }

    /// That no packet is malformed, and that nothing in the whole file is worth a warning.
    #[track_caller]
    fn assert_clean(&self) {
        self.clean_with(&[]);
    }

    /// The same; gives what `tshark` prints of the whole file with these arguments. It is started as seldom as can be.
    #[track_caller]
    fn clean_with(&self, more: &[&str]) -> String {
        let checked = ["-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE"];
        let expert = self.tshark(&[&checked[..], &["-q", "-z", "expert,warn"], more].concat());
        assert!(!expert.contains("Warn") && !expert.contains("Errors"), "{expert}");
        let bad = self.tshark(
            &[&checked[..], &["-Y", "_ws.malformed || tcp.checksum.status == 0 || tcp.analysis.flags"]].concat(),
        );
        assert_eq!(bad, "");
        expert
    }
}

impl Drop for Capture {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

fn recorded(io: &str) -> [RecordFile; 2] {
    let files = [RecordFile::new(), RecordFile::new()];
    let server = upper_server(io, &["--record", files[0].arg()]);
    let client = ["nonblock-client", "--count", "1", "--port", &server.port(), "--record", files[1].arg()];
    Day30::new(client).run().expect_code(0);
    server.stop();
    files
}

fn wireshark_opens_a_pair_without_a_warning(io: &str) {
    if !have("tshark") {
        return;
    }
    let [server, client] = recorded(io);
    for files in [&[&server, &client][..], &[&server], &[&client]] {
        let (capture, _) = Capture::of(files, &[]);
        let stream = capture.clean_with(&["-z", "follow,tcp,ascii,0"]);
        assert!(stream.contains("clent11") && stream.contains("CLENT11"), "{stream}");
        let packets = capture.tshark(&["-T", "fields", "-e", "tcp.flags.str", "-e", "frame.comment"]);
        let packets: Vec<_> = packets.lines().map(|line| line.split_once('\t').unwrap()).collect();
        let flags: Vec<_> = packets.iter().map(|(flags, _)| flags.replace('·', "")).collect();
        assert_eq!(flags[..3], ["S", "AS", "A"], "{flags:?}");
        assert_eq!(flags.iter().filter(|flags| flags.contains('F')).count(), 2, "{flags:?}");
        let comments = packets.iter().map(|(_, comment)| *comment).collect::<Vec<_>>().join("\n");
        assert!(
            comments.contains(": send → 7 bytes")
                && comments.contains("ended: eof") == (files[0].path() == server.path())
        );
        // Only of a side that was not recorded is anything inferred.
        assert_eq!(comments.contains("inferred from event"), files.len() == 1, "{comments}");
    }
}

#[test]
fn the_capture_is_labelled_in_both_languages() {
    let [server, _] = recorded("poll");
    for (lang, words) in [("en", "Synthesised by day30 see"), ("zh", "由 day30 see 根据")] {
        let (capture, output) = Capture::of(&[&server], &["--lang", lang]);
        let bytes = std::fs::read(&capture.0).unwrap();
        let text = String::from_utf8_lossy(&bytes);
        assert!(text.contains(words), "{lang}");
        assert_eq!((output.out(), output.stderr.as_str()), ("", ""));
        // It is known again, and may be replaced; a file of another kind is not.
        Capture::of(&[&server], &["--lang", lang]);
    }
    let other = Day30::new(["see", server.arg(), "--as", "pcap", "-o", server.arg()]).run().expect_code(3);
    assert!(other.stderr.contains("day30 did not write it") || other.stderr.contains("--force"), "{}", other.stderr);
    let piped = Day30::new(["see", server.arg(), "--as", "pcap"]).run().expect_code(0);
    assert!(piped.stdout.starts_with(b"\n\r\r\n"));
}

#[test]
fn a_demo_is_one_capture_of_all_its_connections() {
    let file = RecordFile::new();
    Day30::new(["demo", "--record", file.arg()]).run().expect_code(0);
    let (capture, _) = Capture::of(&[&file], &[]);
    if have("tshark") {
        capture.assert_clean();
        let syns = capture.tshark(&["-Y", "tcp.flags.syn == 1 && tcp.flags.ack == 0"]);
        assert_eq!(syns.lines().count(), file.read().with("call", "connect").len());
        assert!(!capture.tshark(&["-T", "fields", "-e", "frame.comment"]).contains("inferred"));
    }
}

/// The fields of lesson 2, taken apart by the script that students load into Wireshark.
#[test]
fn wireshark_knows_challenge_length_and_digest() {
    if !have("tshark") {
        return;
    }
    let file = RecordFile::new();
    let server = auth_server("threads", &["--record", file.arg()]);
    Day30::new(["auth-client", "--secret", "luwei", "--seen", "off", "--port", &server.port()]).run().expect_code(0);
    let port = server.port();
    server.stop();
    let (capture, _) = Capture::of(&[&file], &[]);
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("lessons/wireshark/day30_auth.lua");
    let script = format!("lua_script:{}", script.display());
    let decode = format!("tcp.port=={port},day30_auth");
    let names = ["challenge", "length", "digest"].map(|name| format!("day30_auth.{name}"));
    let wanted = names.iter().flat_map(|name| ["-e", name]).collect::<Vec<_>>();
    let rows =
        capture.tshark(&[&["-X", &script, "-d", &decode, "-Y", "day30_auth", "-T", "fields"], &wanted[..]].concat());
    // Each field stands in one packet.
    let field = |place: usize| {
        let rows = rows.lines().filter_map(|row| row.split('\t').nth(place)).filter(|field| !field.is_empty());
        rows.collect::<Vec<_>>().join("\n")
    };
    let record: Record = file.read();
    let sent = |call: &str| {
        let calls = record.with("call", call).into_iter();
        calls.filter_map(|event| event["data"].as_str().map(str::to_owned)).collect::<String>()
    };
    assert_eq!(field(0).replace(':', ""), sent("send"));
    assert_eq!(field(1), "32");
    let answer = sent("recv");
    assert_eq!(crate::common::auth::hex(field(2).as_bytes()), answer[8..]);
    capture.assert_clean();
}

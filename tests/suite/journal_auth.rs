//! A record of lesson 2: both sides of the proof, and nowhere the secret.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use crate::common::on_every_model;
use crate::common::record::{Record, RecordFile, unhex};
use crate::common::{Day30, Output};

const SECRET: &str = "gehëim-7f3a";

/// One proof with these two secrets: the server's record and the client's, as they stand in the files, and all that was said.
fn proof(io: &str, scheme: &str, secrets: [&str; 2]) -> ([String; 2], [Output; 2]) {
    let (of_server, of_client) = (RecordFile::new(), RecordFile::new());
    let server = ["auth-server", "--port", "0", "--once", "--io", io, "--scheme", scheme, "--record", of_server.arg()];
    let server = Day30::new(server).args(["--secret", secrets[0]]).serve();
    let client = ["auth-client", "--seen", "off", "--scheme", scheme, "--record", of_client.arg(), "--port"];
    let client = Day30::new(client).arg(server.port()).env("DAY30_SECRET", secrets[1]).run();
    let said = [server.running.wait(), client];
    ([of_server.text(), of_client.text()], said)
}

/// Neither as it is, nor in hex, nor as the escapes that JSON or the narration would make of it.
#[track_caller]
fn assert_hides_the_secret(text: &str) {
    let hex: String = SECRET.bytes().map(|byte| format!("{byte:02x}")).collect();
    let escaped = SECRET.replace('ë', "\\u00eb");
    for form in [SECRET, "-7f3a", &hex, &escaped] {
        assert!(!text.contains(form), "{form} is in {text}");
    }
}

fn both_sides_record_the_proof_without_the_secret(io: &str) {
    for (scheme, digits) in [("md5", 32), ("hmac-md5", 32), ("hmac-sha256", 64)] {
        let (records, [server, client]) = proof(io, scheme, [SECRET, SECRET]);
        let (server, client) = (server.expect_code(0), client.expect_code(0));
        let said = [&server.stderr, &client.stderr, server.out(), client.out()].map(str::to_owned);
        records.iter().chain(&said).for_each(|text| assert_hides_the_secret(text));

        let [of_server, of_client] = records.each_ref().map(|text| Record::parse(text));
        let fact = |record: &Record, name: &str| record.with("fact", name)[0].clone();
        let challenge = fact(&of_server, "challenged")["challenge"].clone();
        assert_eq!(unhex(challenge.as_str().unwrap()).len(), 32);
        assert_eq!(fact(&of_client, "challenge-received")["challenge"], challenge);
        assert_eq!(fact(&of_client, "answered")["length"], digits);
        assert_eq!(fact(&of_server, "length-read")["length"], digits);
        let last = |record: &Record| record.story(1).into_iter().filter(|event| event.starts_with("ended")).collect();
        let (server_ended, client_ended): (Vec<_>, Vec<_>) = (last(&of_server), last(&of_client));
        assert_eq!((server_ended, client_ended), (vec!["ended ok".to_owned()], vec!["ended answered".to_owned()]));

        // On the wire: the challenge, then the length and the digest; the same bytes in both records.
        let peer_of = |record: &Record| record.with("call", "recv")[0]["conn"]["peer"].as_str().unwrap().to_owned();
        let (client_at, server_at) = (peer_of(&of_server), peer_of(&of_client));
        assert_eq!(of_client.bytes("recv", &server_at), unhex(challenge.as_str().unwrap()));
        let answer = of_client.bytes("send", &server_at);
        assert_eq!((&answer[..4], answer.len()), (&[digits as u8, 0, 0, 0][..], 4 + digits));
        assert_eq!(of_server.bytes("recv", &client_at), answer);
    }
}

fn a_refusal_is_recorded_without_the_secret(io: &str) {
    let (records, [server, client]) = proof(io, "md5", [SECRET, "guess"]);
    let server = server.expect_code(1);
    for text in [&records[0], &records[1], &server.stderr, &client.stderr] {
        assert_hides_the_secret(text);
    }
    let of_server = Record::parse(&records[0]);
    assert_eq!(of_server.with("fact", "refused")[0]["mismatch"], "unknown");
    assert_eq!(of_server.with("ended", "refused").len(), 1);
    // The mistake that is recognised must not give away what it was recognised by.
    let newline = format!("{SECRET}\n");
    let (records, [server, client]) = proof(io, "md5", [SECRET, &newline]);
    let server = server.expect_code(1);
    for text in [&records[0], &records[1], &server.stderr, &client.stderr] {
        assert_hides_the_secret(text);
    }
    assert_eq!(Record::parse(&records[0]).with("fact", "refused")[0]["mismatch"], "secret-with-newline");
}

on_every_model!(both_sides_record_the_proof_without_the_secret, a_refusal_is_recorded_without_the_secret);

/// Challenge and digest are enough to try secrets out at home.
#[cfg(unix)]
#[test]
fn a_record_can_be_read_by_its_owner_only() {
    use std::os::unix::fs::PermissionsExt;
    let path = std::env::temp_dir().join(format!("day30-record-{}", std::process::id()));
    crate::common::Day30::new(["nonblock-client", "--port", "1", "--record"]).arg(&path).run().expect_code(1);
    let mode = std::fs::metadata(&path).unwrap().permissions().mode();
    std::fs::remove_file(&path).unwrap();
    assert_eq!(mode & 0o777, 0o600);
}

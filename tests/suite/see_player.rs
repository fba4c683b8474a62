//! `day30 see --as html`: the page that plays a record. A real browser plays it too: see `make browser-test`.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use crate::common::record::RecordFile;
use crate::common::{Day30, assert_answers, leave, upper_server};
use serde_json::{Map, Value};
use std::fs;
use std::path::{Path, PathBuf};

/// A file of this test's own.
fn file(name: &str) -> PathBuf {
    let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("{}-{name}", std::process::id()));
    let _ = fs::remove_file(&path);
    path
}

fn page(record: &RecordFile, more: &[&str]) -> String {
    Day30::new(["see", record.arg(), "--as", "html"]).args(more).run().expect_code(0).out().to_owned()
}

fn data(page: &str) -> Value {
    let (_, rest) = page.split_once("<script type=\"application/json\" id=\"data\">").unwrap();
    let (json, _) = rest.split_once("</script>").unwrap();
    serde_json::from_str(json).unwrap()
}

/// What the page knows after its last step: each patch over the ones before it.
fn last_state(data: &Value) -> Map<String, Value> {
    let mut state = Map::new();
    for step in data["steps"].as_array().unwrap() {
        for (key, value) in step[9].as_object().unwrap() {
            if value.is_null() { drop(state.remove(key)) } else { drop(state.insert(key.clone(), value.clone())) }
        }
    }
    state
}

fn demo() -> RecordFile {
    let record = RecordFile::new();
    Day30::new(["demo", "--lesson", "nonblock", "--record", record.arg()]).run().expect_code(0);
    record
}

#[test]
fn of_an_attack_the_page_knows_who_stands_in_the_middle_and_what_is_forged() {
    let record = RecordFile::new();
    Day30::new(["break", "relay", "--record", record.arg()]).run().expect_code(0);
    let data = data(&page(&record, &[]));
    let actors: Vec<_> = data["actors"].as_array().unwrap().iter().enumerate().collect();
    let named = |name: &str| {
        let is_it = |actor: &Value| data["texts"][actor[0].as_u64().unwrap() as usize][0] == name;
        let (place, actor) = actors.iter().find(|(_, actor)| is_it(actor)).unwrap();
        (*place as u64, actor[2].as_u64().unwrap())
    };
    let (attacker, client) = (named("attacker").0, named("client").0);
    assert_eq!((named("attacker").1, named("server").1, named("client").1), (1, 0, 0), "who stands between the others");
    let steps: Vec<_> = data["steps"].as_array().unwrap().iter().collect();
    let forged: Vec<_> = steps.iter().filter(|step| step[4] == "forged").collect();
    assert_eq!(forged.len(), 1, "the line, and nothing of the handshake");
    assert_eq!((&forged[0][2], &forged[0][3]), (&attacker.into(), &1.into()));
    // The client's connection has the number that the attacker gave it, not that of the attacker's own with the server.
    let of_client: Vec<_> = steps.iter().filter(|step| step[2] == client && step[3].is_u64()).collect();
    assert!(!of_client.is_empty() && of_client.iter().all(|step| step[3] == 1_000_000_000), "{of_client:?}");
}

#[test]
fn the_page_has_every_event_and_ends_as_the_record_does() {
    let record = demo();
    let data = data(&page(&record, &[]));
    let numbers = |kind: &dyn Fn(&str) -> bool| {
        let steps = data["steps"].as_array().unwrap().iter();
        steps.filter(|step| kind(step[4].as_str().unwrap())).map(|step| step[1].as_u64().unwrap()).collect::<Vec<_>>()
    };
    let events = record.read().events.len() as u64;
    assert_eq!(numbers(&|kind| !["sleep", "spin"].contains(&kind)), (1..=events).collect::<Vec<_>>());
    // On a busy machine it may be more than one.
    assert!(!numbers(&|kind| kind == "spin").is_empty(), "the loop of lesson 1");
    let state = last_state(&data);
    let sockets: Vec<_> = state.iter().filter(|(key, _)| key.starts_with('c') && key.ends_with(['c', 's'])).collect();
    assert_eq!(sockets.len(), 4, "two clients, two ends: {state:?}");
    for (key, socket) in sockets {
        assert_eq!((&socket[1], &socket[3]), (&"closed".into(), &0.into()), "{key}: {socket}");
    }
}

/// Nothing may be asked of the network, and nothing that a record holds may end the script.
#[test]
fn the_page_stands_alone_and_obeys_nobody() {
    let record = RecordFile::new();
    let server = upper_server("poll", &["--record", record.arg()]);
    let mut client = server.connect();
    let attack = "</script><script>alert(1)</script><!-- \u{2028}{data}{title}";
    assert_answers(&mut client, attack, &attack.to_uppercase());
    leave(client);
    server.stop();
    let page = page(&record, &[]);
    assert_eq!(page.matches("</script>").count(), 2, "the data's and the page's own");
    assert!(!page.contains("src=") && !page.contains("@import") && !page.contains("fetch("));
    let texts = data(&page)["texts"].to_string();
    assert!(texts.contains("</script><script>alert"), "{texts}");
}

/// A server's record alone does not tell what its clients do: the page does not guess.
#[test]
fn what_was_not_recorded_is_unknown() {
    let record = RecordFile::new();
    let server = upper_server("threads", &["--record", record.arg()]);
    let mut client = server.connect();
    assert_answers(&mut client, "hello", "HELLO");
    leave(client);
    server.stop();
    let state = last_state(&data(&page(&record, &[])));
    let client = state.iter().find(|(key, _)| key.starts_with('c') && key.ends_with('c')).unwrap().1;
    assert_eq!((&client[0], &client[2], &client[3]), (&Value::Null, &Value::Null, &Value::Null));
    let server = state.iter().find(|(key, _)| key.starts_with('c') && key.ends_with('s')).unwrap().1;
    assert_eq!((&server[2], &server[3], &server[9]), (&true.into(), &Value::Null, &5.into()), "{server}");
}

#[test]
fn it_begins_in_the_language_that_is_spoken() {
    let record = demo();
    assert!(page(&record, &["--lang", "zh"]).contains("<html lang=\"zh\">"));
    assert!(page(&record, &[]).contains("<html lang=\"en\">"));
}

#[test]
fn a_file_is_replaced_only_if_it_is_such_a_page() {
    let (record, path) = (demo(), file("page.html"));
    let see = |more: &[&str]| {
        Day30::new(["see", record.arg(), "--as", "html", "-o", path.to_str().unwrap()]).args(more).run()
    };
    see(&[]).expect_code(0);
    see(&[]).expect_code(0);
    fs::write(&path, "my homework\n").unwrap();
    see(&[]).expect_code(3).expect_stderr("try: another file name, or --force to replace it");
    assert_eq!(fs::read_to_string(&path).unwrap(), "my homework\n");
    see(&["--force"]).expect_code(0);
    assert!(fs::read_to_string(&path).unwrap().starts_with("<!doctype html>"));
}

#[test]
fn too_many_events_are_refused_with_what_to_try() {
    let record = RecordFile::new();
    let mut lines = vec![
        r#"{"format":"day30-trace","version":1,"day30":"0","command":"nonblock-server","role":"server","address":"","io":"poll","started_unix_us":0,"payload_cap":1}"#.to_owned(),
    ];
    lines.extend((1..=20_001).map(|n| format!(r#"{{"n":{n},"us":{n},"actor":"server","call":"poll","ok":1}}"#)));
    fs::write(record.path(), lines.join("\n")).unwrap();
    let see = |more: &[&str]| Day30::new(["see", record.arg(), "--as", "html"]).args(more).run();
    see(&[]).expect_code(1).expect_stderr("try: a part of the record: --from 1 --to 20000");
    see(&["--from", "19000"]).expect_code(0);
    see(&["--conn", "7"]).expect_code(1).expect_stderr("error: no event in this record matches\n");
}

/// The page that a run names in its last line, read and removed.
fn page_of(stderr: &str) -> String {
    let url =
        stderr.lines().last().and_then(|line| line.split_once(": file://")).unwrap_or_else(|| panic!("{stderr}")).1;
    let page = fs::read_to_string(url).unwrap();
    fs::remove_file(url).unwrap();
    page
}

#[test]
fn every_run_can_end_with_a_page() {
    let tmp = ("TMPDIR", env!("CARGO_TARGET_TMPDIR"));
    let demo = Day30::new(["demo", "--lesson", "auth", "--see"]).env(tmp.0, tmp.1).run().expect_code(0);
    assert!(data(&page_of(&demo.stderr))["steps"].as_array().unwrap().len() > 20);

    let server = Day30::new(["nonblock-server", "--port", "0", "--once", "--quiet", "--see"]).env(tmp.0, tmp.1).serve();
    let port = server.address.port().to_string();
    let client = Day30::new(["nonblock-client", "--port", &port, "--count", "1", "--see"]).env(tmp.0, tmp.1);
    let client = client.run().expect_code(0);
    let sent = |page: &str| data(page)["texts"].to_string().contains("\\\"clent11\\\"");
    assert!(sent(&page_of(&client.stderr)));
    assert!(sent(&page_of(&server.running.wait().expect_code(0).stderr)));
    // A mistake has no page.
    let nobody = Day30::new(["nonblock-client", "--port", &port, "--see"]).env(tmp.0, tmp.1).run().expect_code(1);
    assert!(nobody.stderr.contains("connection refused"), "{}", nobody.stderr);
}

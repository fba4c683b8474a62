//! `day30 see --as perfetto`: a timeline in Chrome's trace event format.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use crate::common::record::RecordFile;
use crate::common::{Day30, on_every_model, upper_server};
use serde_json::Value;
use std::collections::BTreeSet;

on_every_model!(a_pair_is_a_timeline_with_arrows);

/// The events of the timeline that these records are drawn as.
#[track_caller]
fn timeline(files: &[&RecordFile], lang: &str) -> Vec<Value> {
    let args = ["see", "--as", "perfetto", "--lang", lang];
    let output = Day30::new(args).args(files.iter().map(|file| file.arg())).run().expect_code(0);
    assert!(output.out().starts_with("{\"format\":\"day30-perfetto\","), "{}", output.out());
    let file: Value = serde_json::from_str(output.out()).unwrap();
    file["traceEvents"].as_array().unwrap().clone()
}

fn names<'e>(events: &'e [Value], what: &str) -> BTreeSet<&'e str> {
    let named = events.iter().filter(|event| event["name"] == what);
    named.map(|event| event["args"]["name"].as_str().unwrap()).collect()
}

fn a_pair_is_a_timeline_with_arrows(io: &str) {
    let files = [RecordFile::new(), RecordFile::new()];
    let server = upper_server(io, &["--record", files[0].arg()]);
    let client = ["nonblock-client", "--count", "1", "--port", &server.port(), "--record", files[1].arg()];
    Day30::new(client).run().expect_code(0);
    server.stop();
    let events = timeline(&[&files[0], &files[1]], "en");
    assert_eq!(names(&events, "process_name"), BTreeSet::from(["client", "connections", "server"]));
    assert_eq!(
        names(&timeline(&[&files[0], &files[1]], "zh"), "process_name"),
        BTreeSet::from(["客户端", "连接", "服务器"])
    );
    let count = |ph: &str| events.iter().filter(|event| event["ph"] == ph).count();
    // A message and its reply, each sent and received.
    assert_eq!((count("s"), count("f")), (2, 2));
    assert!(count("C") >= 4);
    let calls: BTreeSet<_> =
        events.iter().filter(|event| event["cat"] == "call").filter_map(|it| it["name"].as_str()).collect();
    assert!(
        calls
            .is_superset(&BTreeSet::from(["accept", "bind", "close", "connect", "listen", "recv", "send", "shutdown"]))
    );
    // Only the spinning server calls for nothing again and again.
    let spins = events.iter().filter(|event| event["cat"] == "spin" && event["args"]["accept"].as_u64() > Some(100));
    assert_eq!(spins.count() > 0, io == "spin");
}

#[test]
fn a_timeline_is_known_again_and_nothing_else_is_replaced() {
    let file = RecordFile::new();
    Day30::new(["demo", "--record", file.arg()]).run().expect_code(0);
    let events = timeline(&[&file], "en");
    assert_eq!(
        names(&events, "process_name"),
        BTreeSet::from(["client A", "client B", "connections", "sections", "server"])
    );
    // The lessons follow each other, without a gap.
    let sections: Vec<_> = events.iter().filter(|event| event["cat"] == "section").collect();
    let shown = sections.iter().map(|section| section["name"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
    assert_eq!(shown.len(), 4, "{shown:?}");
    let from = |section: &Value| section["ts"].as_f64().unwrap();
    for pair in sections.windows(2) {
        let end = from(pair[0]) + pair[0]["dur"].as_f64().unwrap();
        assert!(end > from(pair[0]) && end <= from(pair[1]) + 1e-3, "{pair:?}");
    }
    let out = file.path().with_extension("json");
    let write = || Day30::new(["see", file.arg(), "--as", "perfetto", "-o", out.to_str().unwrap()]).run();
    for _ in 0..2 {
        write().expect_code(0);
    }
    std::fs::write(&out, "{\"format\":\"day30-race\"}").unwrap();
    write().expect_code(3).expect_stderr("day30 did not write it");
    std::fs::remove_file(out).unwrap();
}

//! A record that the program wrote with `--record`, read as another program would read it.

use serde_json::Value;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// A place for a record, gone when the test ends.
pub struct RecordFile(PathBuf);

impl RecordFile {
    pub fn new() -> Self {
        static LAST: AtomicU32 = AtomicU32::new(0);
        let name = format!("day30-{}-{}.jsonl", std::process::id(), LAST.fetch_add(1, Ordering::Relaxed));
        Self(std::env::temp_dir().join(name))
    }

    pub fn path(&self) -> &Path {
        &self.0
    }

    /// The path as an argument.
    pub fn arg(&self) -> &str {
        self.0.to_str().unwrap()
    }

    /// The file as it is now, which may end in the middle of a line while the program runs.
    pub fn text(&self) -> String {
        fs::read_to_string(&self.0).unwrap_or_default()
    }

    /// The whole record, of a run that has ended.
    #[track_caller]
    pub fn read(&self) -> Record {
        Record::parse(&fs::read_to_string(&self.0).expect("the record is no UTF-8, or is not there"))
    }
}

impl Drop for RecordFile {
    fn drop(&mut self) {
        let _ = fs::remove_file(&self.0);
    }
}

/// A header, and events.
pub struct Record {
    pub header: Value,
    pub events: Vec<Value>,
}

impl Record {
    /// Every line is a JSON object, and the events are numbered without a gap: what holds for every record.
    #[track_caller]
    pub fn parse(text: &str) -> Self {
        assert!(text.ends_with('\n') && !text.contains('\r'), "cut off: {:?}", text.lines().last());
        let parse = |line: &str| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error} in {line}"));
        let mut lines = text.lines().map(parse);
        let header: Value = lines.next().expect("the record is empty");
        assert_eq!(header["format"], "day30-trace");
        let events: Vec<Value> = lines.collect();
        for (index, event) in events.iter().enumerate() {
            assert_eq!(event["n"], index as u64 + 1, "{event}");
            assert!(event["us"].is_u64() && event["actor"].is_string(), "{event}");
            assert_eq!(event.get("dropped"), None, "a record loses nothing");
        }
        Self { header, events }
    }

    /// The events in which this field has this value.
    pub fn with(&self, field: &str, value: &str) -> Vec<&Value> {
        self.events.iter().filter(|event| event[field] == value).collect()
    }

    /// How often a call said `WouldBlock`, told or folded.
    pub fn would_blocks(&self) -> u64 {
        let folded = self.events.iter().filter_map(|event| event["folded"].as_array()).flatten();
        folded.map(|pair| pair[1].as_u64().unwrap()).sum::<u64>() + self.with("error", "WouldBlock").len() as u64
    }

    /// What a connection received (`recv`) or sent (`send`), all of it, by the peer's address.
    pub fn bytes(&self, call: &str, peer: &str) -> Vec<u8> {
        let of_peer = self.with("call", call).into_iter().filter(|event| event["conn"]["peer"] == peer);
        of_peer.flat_map(|event| unhex(event["data"].as_str().unwrap_or_default())).collect()
    }

    /// Each event of a connection in one word or two, those that said `WouldBlock` left out.
    pub fn story(&self, id: u64) -> Vec<String> {
        let of_it = self.events.iter().filter(|event| event["conn"]["id"] == id && event["error"] != "WouldBlock");
        let of_it = of_it.filter(|event| event["seen"].is_null());
        let word = |event: &Value| match (event["call"].as_str(), event["fact"].as_str()) {
            (Some(call), _) => match event["data"].as_str() {
                Some(data) => format!("{call} {}", String::from_utf8_lossy(&unhex(data))),
                None => event["errno"].as_str().map_or(call.to_owned(), |errno| format!("{call} {errno}")),
            },
            (None, Some(fact)) => fact.to_owned(),
            (None, None) => format!("ended {}", event["ended"].as_str().unwrap()),
        };
        of_it.map(word).collect()
    }
}

/// Bytes of lower-case hex digits.
#[track_caller]
pub fn unhex(hex: &str) -> Vec<u8> {
    base16ct::lower::decode_vec(hex).unwrap_or_else(|error| panic!("{error}: {hex}"))
}

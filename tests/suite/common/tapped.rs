//! A tap under test, and what its record says of each side.

use super::record::{Record, unhex};
use super::{Day30, Serving};
use serde_json::Value;
use std::io::{Read, Write};
use std::net::Shutdown;

/// A tap on a free port, before the server on this one.
#[track_caller]
pub fn tap(server: &str, more: &[&str]) -> Serving {
    Day30::new(["tap", "--port", "0", "--to", &format!("127.0.0.1:{server}")]).args(more).serve()
}

impl Serving {
    /// What comes back for these bytes and a FIN; `None` if the connection was reset.
    pub fn exchange_or_reset(&self, bytes: &[u8]) -> Option<Vec<u8>> {
        let mut stream = self.connect();
        // A reset may come at any time.
        stream.write_all(bytes).and_then(|()| stream.shutdown(Shutdown::Write)).ok()?;
        let mut reply = Vec::new();
        stream.read_to_end(&mut reply).ok().map(|_| reply)
    }
}

/// A call that moved bytes.
pub struct Moved {
    pub us: u64,
    pub bytes: Vec<u8>,
}

impl Record {
    /// The receives or sends of this connection on the server's side or the client's, which is told by the peer's port.
    pub fn moved(&self, call: &str, id: u64, server: &str, on_servers_side: bool) -> Vec<Moved> {
        let is_servers = |event: &Value| event["conn"]["peer"].as_str().unwrap().ends_with(&format!(":{server}"));
        let all =
            self.with("call", call).into_iter().filter(|event| event["conn"]["id"] == id && event["data"].is_string());
        let of_side = all.filter(|event| is_servers(event) == on_servers_side);
        of_side
            .map(|event| Moved { us: event["us"].as_u64().unwrap(), bytes: unhex(event["data"].as_str().unwrap()) })
            .collect()
    }

    /// What was sent on to the server.
    pub fn sent_to_server(&self, id: u64, server: &str) -> Vec<Moved> {
        self.moved("send", id, server, true)
    }
}

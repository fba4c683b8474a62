//! Which `send` each received byte came from.

use super::tracks::Slice;
use crate::trace::state::Side;
use std::collections::{HashMap, VecDeque};
use std::net::SocketAddr;
use std::ops::Range;

/// The bytes of a stream that a `send` carried, and where it stands.
type Send = (Range<u64>, Slice);

/// The sends of each direction of each connection that were not received as a whole yet.
#[derive(Debug, Default)]
pub(super) struct Arrows(HashMap<(SocketAddr, Side), VecDeque<Send>>);

impl Arrows {
    /// A new connection has this client's address.
    pub(super) fn forget(&mut self, client: SocketAddr) {
        for side in [Side::Client, Side::Server] {
            self.0.remove(&(client, side));
        }
    }

    /// This side has sent these bytes of its stream.
    pub(super) fn sent(&mut self, from: (SocketAddr, Side), bytes: Range<u64>, slice: Slice) {
        if !bytes.is_empty() {
            self.0.entry(from).or_default().push_back((bytes, slice));
        }
    }

    /// The sends that these bytes of the stream came from.
    pub(super) fn received(&mut self, from: (SocketAddr, Side), bytes: Range<u64>) -> Vec<Slice> {
        let Some(sends) = self.0.get_mut(&from).filter(|_| !bytes.is_empty()) else { return Vec::new() };
        while sends.front().is_some_and(|(sent, _)| sent.end <= bytes.start) {
            sends.pop_front();
        }
        sends.iter().take_while(|(sent, _)| sent.start < bytes.end).map(|(_, slice)| *slice).collect()
    }
}

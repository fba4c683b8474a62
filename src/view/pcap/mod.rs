//! A trace as packets, for Wireshark: what must have gone over the wire for the calls to give what they gave.
//!
//! They are synthesised, and say so: the kernel's own timing, its acknowledgements and its repeats are not in a trace. Every packet has
//! the narration as its comment. What one side's record alone tells of the other side is marked as inferred; where nothing is known,
//! there is no packet.

mod block;
mod flow;
mod packet;
mod wire;

use crate::lang::Lang;
use crate::say;
use crate::trace::{Excerpt, Header};
use crate::view::escape::escape;
use wire::Wire;

/// Makes a capture file of it (pcapng).
#[must_use]
pub fn pcap(excerpt: &Excerpt, lang: Lang) -> Vec<u8> {
    let mut wire = Wire::new(excerpt, lang);
    excerpt.walk(|step, before, _| wire.step(step, before));
    let mut packets = wire.packets;
    // A `connect` begins before it is told; within a connection everything stays as it is.
    packets.sort_by_key(|packet| packet.at);
    let mut file = block::head(&about(&excerpt.header, lang), &interface(lang));
    for packet in &packets {
        let at = u64::try_from(packet.at.as_micros()).unwrap_or(u64::MAX);
        let at = excerpt.header.started_unix_us.saturating_add(at);
        block::packet(&mut file, at, &packet.bytes, &packet.comments);
    }
    file
}

/// What the whole file is.
fn about(header: &Header, lang: Lang) -> String {
    let [command, address] = [header.command.as_bytes(), header.address.as_bytes()].map(escape);
    say!(
        lang,
        "Synthesised by day30 see from a record of the socket calls of day30 {command}, {address}. No packet was captured: sequence \
         numbers, acknowledgements and checksums were computed from what the calls moved. The times are those of the calls.",
        "由 day30 see 根据 day30 {command}（{address}）的 socket 调用记录合成，没有抓取任何真实的数据包：序号、确认号和校验和是根据各次调用\
         收发的数据算出来的，时间是调用的时间。"
    )
}

fn interface(lang: Lang) -> String {
    lang.pick("synthesised from a record, not captured", "根据记录合成，并非抓包").to_owned()
}

#[cfg(test)]
mod tests;

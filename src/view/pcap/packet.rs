//! One TCP segment in an IP packet, byte by byte (RFC 791, RFC 8200, RFC 9293).

use std::net::{IpAddr, SocketAddr};

/// The longest payload of one packet: with its headers it fills the 16 bits that an IPv4 packet has for its length.
pub(super) const LONGEST: usize = 65_535 - 20 - 20;

const TCP: u8 = 6;
/// How many routers it may pass; as Linux sends it.
const HOPS: u8 = 64;

/// The flags of a TCP header.
pub(super) const FIN: u8 = 1;
pub(super) const SYN: u8 = 2;
pub(super) const RST: u8 = 4;
pub(super) const PSH: u8 = 8;
pub(super) const ACK: u8 = 16;

/// A TCP segment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Segment<'d> {
    pub(super) from: SocketAddr,
    pub(super) to: SocketAddr,
    pub(super) sequence: u32,
    pub(super) acknowledgement: u32,
    pub(super) flags: u8,
    pub(super) data: &'d [u8],
}

impl Segment<'_> {
    /// The whole packet; `number` is the IPv4 header's identification.
    pub(super) fn packet(self, number: u16) -> Vec<u8> {
        let tcp = self.tcp();
        let length = tcp.len() as u16;
        let mut packet = Vec::with_capacity(tcp.len() + 40);
        match (self.from.ip(), self.to.ip()) {
            (IpAddr::V4(from), IpAddr::V4(to)) => {
                packet.extend([0x45, 0]);
                packet.extend((length + 20).to_be_bytes());
                packet.extend(number.to_be_bytes());
                // Not to be fragmented.
                packet.extend([0x40, 0, HOPS, TCP, 0, 0]);
                packet.extend(from.octets());
                packet.extend(to.octets());
                let sum = checksum(&[&packet]);
                put(&mut packet, 10, sum);
            }
            (from, to) => {
                packet.extend([0x60, 0, 0, 0]);
                packet.extend(length.to_be_bytes());
                packet.extend([TCP, HOPS]);
                packet.extend(octets(from));
                packet.extend(octets(to));
            }
        }
        packet.extend(tcp);
        packet
    }

    /// Header and payload, with the checksum.
    fn tcp(self) -> Vec<u8> {
        // MSS, then a window scale of 14, the largest: what is under way never looks like more than the window.
        let options: &[u8] = if self.flags & SYN > 0 { &[2, 4, 0xff, 0xd7, 3, 3, 14, 1] } else { &[] };
        let mut tcp = Vec::with_capacity(self.data.len() + 28);
        tcp.extend(self.from.port().to_be_bytes());
        tcp.extend(self.to.port().to_be_bytes());
        tcp.extend(self.sequence.to_be_bytes());
        tcp.extend(self.acknowledgement.to_be_bytes());
        tcp.extend([((20 + options.len()) as u8 / 4) << 4, self.flags]);
        // The window, then the checksum's place, and no urgent data.
        tcp.extend([0xff, 0xff, 0, 0, 0, 0]);
        tcp.extend(options);
        tcp.extend(self.data);
        let length = (tcp.len() as u32).to_be_bytes();
        let (from, to) = (self.from.ip(), self.to.ip());
        let sum = match (from, to) {
            (IpAddr::V4(from), IpAddr::V4(to)) => {
                checksum(&[&from.octets(), &to.octets(), &[0, TCP], length.get(2..).unwrap_or_default(), &tcp])
            }
            (from, to) => checksum(&[&octets(from), &octets(to), &length, &[0, 0, 0, TCP], &tcp]),
        };
        put(&mut tcp, 16, sum);
        tcp
    }
}

fn octets(ip: IpAddr) -> [u8; 16] {
    match ip {
        IpAddr::V4(ip) => ip.to_ipv6_mapped().octets(),
        IpAddr::V6(ip) => ip.octets(),
    }
}

fn put(bytes: &mut [u8], at: usize, sum: u16) {
    if let Some(place) = bytes.get_mut(at..at + 2) {
        place.copy_from_slice(&sum.to_be_bytes());
    }
}

/// The Internet checksum (RFC 1071) over these parts, all but the last of an even length.
fn checksum(parts: &[&[u8]]) -> u16 {
    let word = |pair: &[u8]| match pair {
        [high, low] => u32::from(u16::from_be_bytes([*high, *low])),
        [high] => u32::from(u16::from_be_bytes([*high, 0])),
        _ => 0,
    };
    // At most 64 KiB in words of 16 bits: the sum has room in 32.
    let mut sum: u32 = parts.iter().flat_map(|part| part.chunks(2)).map(word).sum();
    while sum > 0xffff {
        sum = (sum & 0xffff) + (sum >> 16);
    }
    !(sum as u16)
}

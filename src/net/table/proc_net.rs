//! The tables of sockets that the kernel writes as text. To write them it walks through every place of its hash table, used or not,
//! which takes milliseconds: what is asked for often is asked by [`super::sock_diag`].
//!
//! Source: `proc_net_tcp(5)`, whose addresses are the bytes of memory in hex, in words of the machine's own byte order.

use super::row::{Row, State};
use std::net::{IpAddr, SocketAddr};

/// All TCP sockets.
pub(super) fn tcp() -> Vec<Row> {
    rows(["tcp", "tcp6"])
}

/// All UDP sockets.
pub(super) fn udp() -> Vec<Row> {
    rows(["udp", "udp6"])
}

fn rows(names: [&str; 2]) -> Vec<Row> {
    names.map(text).iter().flat_map(|text| text.lines().skip(1).filter_map(row)).collect()
}

/// A machine without IPv6 lacks half of the tables.
fn text(name: &str) -> String {
    std::fs::read_to_string(format!("/proc/net/{name}")).unwrap_or_default()
}

/// One column of a table of any kind, as numbers.
pub(super) fn column(name: &str, field: usize) -> Vec<u64> {
    let number = |line: &str| line.split_ascii_whitespace().nth(field)?.parse().ok();
    text(name).lines().skip(1).filter_map(number).collect()
}

fn row(line: &str) -> Option<Row> {
    let fields: Vec<_> = line.split_ascii_whitespace().collect();
    let [_, local, peer, state, queues, ..] = fields.as_slice() else { return None };
    let (unsent, unread) = queues.split_once(':')?;
    Some(Row {
        local: address(local)?,
        peer: address(peer)?,
        state: State::from(u8::from_str_radix(state, 16).ok()?),
        unsent: u64::from_str_radix(unsent, 16).ok()?,
        unread: u64::from_str_radix(unread, 16).ok()?,
        inode: fields.get(9)?.parse().ok()?,
    })
}

fn address(text: &str) -> Option<SocketAddr> {
    let (ip, port) = text.split_once(':')?;
    let port = u16::from_str_radix(port, 16).ok()?;
    let mut bytes = Vec::with_capacity(16);
    for start in (0..ip.len()).step_by(8) {
        let word = u32::from_str_radix(ip.get(start..start + 8)?, 16).ok()?;
        bytes.extend(word.to_ne_bytes());
    }
    let ip = match bytes.len() {
        4 => IpAddr::from(<[u8; 4]>::try_from(bytes).ok()?),
        16 => IpAddr::from(<[u8; 16]>::try_from(bytes).ok()?).to_canonical(),
        _ => return None,
    };
    Some(SocketAddr::new(ip, port))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    #[cfg(target_endian = "little")]
    fn a_row_is_read_as_the_manual_page_has_it() {
        let line = "   3: 0100007F:2328 0100007F:C350 01 00000002:00000005 00:00000000 00000000  1000  0 4711 1 0 20 4 30 10 -1";
        let expected = Row {
            local: ([127, 0, 0, 1], 9000).into(),
            peer: ([127, 0, 0, 1], 50000).into(),
            state: State::Open,
            unsent: 2,
            unread: 5,
            inode: 4711,
        };
        assert_eq!(row(line), Some(expected));
    }

    #[test]
    #[cfg(target_endian = "little")]
    fn an_ipv4_address_in_ipv6_clothes_is_undressed() {
        assert_eq!(address("0000000000000000FFFF00000100007F:2328"), Some(([127, 0, 0, 1], 9000).into()));
        assert_eq!(address("00000000000000000000000001000000:2328"), "[::1]:9000".parse().ok());
    }

    proptest! {
        #[test]
        fn no_line_is_too_strange(line in "\\PC{0,80}") {
            let _ = row(&line);
        }
    }
}

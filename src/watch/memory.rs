//! What a call's arguments point to, in the memory of the program. Whatever they are, no more is read than has a bound.

use crate::trace::PAYLOAD_CAP;
use nix::sys::uio::{RemoteIoVec, process_vm_readv};
use nix::unistd::Pid;
use std::io::IoSliceMut;
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};

/// Memory is there page by page: what crosses the end of one may be there in part.
const PAGE: u64 = 4096;
/// No path is longer (`PATH_MAX`).
const LONGEST_TEXT: usize = 4096;
/// What is read of the control messages of one message, which may hold 253 descriptors (`unix(7)`, `SCM_RIGHTS`).
const MOST_CONTROL: usize = 4096;
/// How many buffers one call may name (`IOV_MAX`).
const MOST_BUFFERS: usize = 1024;

/// The memory of a thread's process.
#[derive(Clone, Copy, Debug)]
pub(super) struct Memory(pub(super) Pid);

impl Memory {
    /// So many bytes from there on, or as many as there are.
    pub(super) fn bytes(self, at: u64, count: usize) -> Vec<u8> {
        let mut bytes = vec![0; count];
        let Ok(base) = usize::try_from(at) else { return Vec::new() };
        let from = [RemoteIoVec { base, len: count }];
        let got = process_vm_readv(self.0, &mut [IoSliceMut::new(&mut bytes)], &from).unwrap_or_default();
        bytes.truncate(got);
        bytes
    }

    fn array<const N: usize>(self, at: u64) -> Option<[u8; N]> {
        self.bytes(at, N).try_into().ok()
    }

    /// An `int`.
    pub(super) fn int(self, at: u64) -> Option<i32> {
        self.array(at).map(i32::from_ne_bytes)
    }

    pub(super) fn word(self, at: u64) -> Option<u64> {
        self.array(at).map(u64::from_ne_bytes)
    }

    /// So many words, one after another.
    pub(super) fn words<const N: usize>(self, at: u64) -> Option<[u64; N]> {
        let bytes = self.bytes(at, N * 8);
        let mut words = [0; N];
        for (word, bytes) in words.iter_mut().zip(bytes.chunks_exact(8)) {
            *word = u64::from_ne_bytes(bytes.try_into().ok()?);
        }
        (bytes.len() == N * 8).then_some(words)
    }

    /// The text that begins there, up to its zero byte, if it begins with `prefix`.
    pub(super) fn text_after(self, prefix: &str, at: u64) -> Option<String> {
        if self.bytes(at, prefix.len()) != prefix.as_bytes() {
            return None;
        }
        let mut text = Vec::new();
        while text.len() < LONGEST_TEXT {
            let from = at.wrapping_add(text.len() as u64);
            let room = usize::try_from(PAGE - from % PAGE).unwrap_or_default();
            let piece = self.bytes(from, room);
            let end = piece.iter().position(|byte| *byte == 0);
            text.extend_from_slice(piece.get(..end.unwrap_or(piece.len()))?);
            if end.is_some() {
                return String::from_utf8(text).ok()?.strip_prefix(prefix).map(str::to_owned);
            }
            if piece.is_empty() {
                return None;
            }
        }
        None
    }

    /// An internet address (`ip(7)`, `ipv6(7)`); `None` for one of another family.
    pub(super) fn address(self, at: u64, size: u64) -> Option<SocketAddr> {
        let bytes = self.bytes(at, usize::try_from(size).unwrap_or_default().min(28));
        let port = u16::from_be_bytes(bytes.get(2..4)?.try_into().ok()?);
        match i32::from(u16::from_ne_bytes(bytes.get(..2)?.try_into().ok()?)) {
            nix::libc::AF_INET => {
                let ip: [u8; 4] = bytes.get(4..8)?.try_into().ok()?;
                Some((Ipv4Addr::from(ip), port).into())
            }
            nix::libc::AF_INET6 => {
                let ip: [u8; 16] = bytes.get(8..24)?.try_into().ok()?;
                Some((Ipv6Addr::from(ip), port).into())
            }
            _ => None,
        }
    }

    /// Where `readv` and the like have their buffers: each one's place and size (`struct iovec`).
    pub(super) fn buffers(self, at: u64, count: u64) -> Vec<(u64, usize)> {
        let count = usize::try_from(count).unwrap_or_default().min(MOST_BUFFERS);
        let bytes = self.bytes(at, count * 16);
        let word = |bytes: &[u8]| bytes.try_into().map_or(0, u64::from_ne_bytes);
        let split = |pair: &[u8]| pair.split_at_checked(8).map(|(at, size)| (word(at), word(size)));
        let pairs = bytes.chunks_exact(16).filter_map(split);
        pairs.map(|(at, size)| (at, usize::try_from(size).unwrap_or_default())).collect()
    }

    /// The buffers of a message header (`struct msghdr`).
    pub(super) fn buffers_of_message(self, at: u64) -> Vec<(u64, usize)> {
        let (place, count) = (self.word(at.wrapping_add(16)), self.word(at.wrapping_add(24)));
        place.zip(count).map_or_else(Vec::new, |(place, count)| self.buffers(place, count))
    }

    /// The control messages of a message header (`cmsg(3)`), or the room for them.
    pub(super) fn control_of_message(self, at: u64) -> Vec<u8> {
        let [place, size] = self.words(at.wrapping_add(32)).unwrap_or_default();
        self.bytes(place, usize::try_from(size).unwrap_or(usize::MAX).min(MOST_CONTROL))
    }

    /// Several message headers (`struct mmsghdr`): each one's buffers, and how many bytes of them were moved.
    pub(super) fn messages(self, at: u64, count: u64) -> Vec<(Vec<(u64, usize)>, usize)> {
        let headers = message_headers(at, count.min(MOST_BUFFERS as u64));
        let moved = |header: u64| self.int(header.wrapping_add(56)).and_then(|moved| usize::try_from(moved).ok());
        headers.map(|header| (self.buffers_of_message(header), moved(header).unwrap_or_default())).collect()
    }

    /// The first `count` bytes of these buffers, as many of them as a trace keeps.
    pub(super) fn gather(self, buffers: &[(u64, usize)], count: usize) -> Vec<u8> {
        let mut left = count.min(PAYLOAD_CAP);
        let mut bytes = Vec::new();
        for (at, size) in buffers {
            let part = left.min(*size);
            bytes.extend(self.bytes(*at, part));
            left -= part;
        }
        bytes
    }
}

/// Where the headers of several messages stand (`struct mmsghdr`).
pub(super) fn message_headers(at: u64, count: u64) -> impl Iterator<Item = u64> {
    (0..count).map(move |place| at.wrapping_add(place * 64))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn mine() -> Memory {
        Memory(Pid::this())
    }

    fn place<T: ?Sized>(of: &T) -> u64 {
        std::ptr::from_ref(of).addr() as u64
    }

    #[test]
    fn what_lies_in_memory_is_read_up_to_its_bounds() {
        let text = "/mark/my_server.py:12\0more".to_owned();
        let at = place(text.as_bytes());
        assert_eq!(mine().text_after("/mark/", at).as_deref(), Some("my_server.py:12"));
        assert_eq!(mine().text_after("/other/", at), None);
        assert_eq!(mine().text_after("", 0), None);
        let number = -7_i32;
        assert_eq!(mine().int(place(&number)), Some(-7));
        assert_eq!(mine().bytes(0, 8), b"");
    }

    #[test]
    fn buffers_are_gathered_in_their_order() {
        let (one, two) = (b"one".to_vec(), b"twothree".to_vec());
        let table = [place(one.as_slice()), 3, place(two.as_slice()), 8];
        let buffers = mine().buffers(place(&table), 2);
        assert_eq!(mine().gather(&buffers, 6), b"onetwo");
        assert_eq!(mine().gather(&buffers, 0), b"");
    }

    #[test]
    fn an_address_is_that_of_the_manual_page() {
        let mut v4 = nix::libc::sa_family_t::try_from(nix::libc::AF_INET).unwrap().to_ne_bytes().to_vec();
        v4.extend([0x23, 0x28, 127, 0, 0, 1, 0, 0, 0, 0, 0, 0, 0, 0]);
        let address = mine().address(place(v4.as_slice()), 16);
        assert_eq!(address, Some(([127, 0, 0, 1], 9000).into()));
        assert_eq!(mine().address(place(v4.as_slice()), 3), None);
    }
}

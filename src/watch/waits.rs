//! For which descriptors `poll`, `select` and `epoll_wait` wait, and which of them were ready.

use super::descriptors::Descriptors;
use super::filter::Asked;
use super::memory::Memory;
use crate::trace::Awaited;

/// More descriptors than these are not read (`FD_SETSIZE`).
const MOST: usize = 1024;
/// So many sockets are told of one call.
const TOLD: usize = 32;
/// A `struct pollfd`: a descriptor, what is asked of it, and what is so.
const POLLED: usize = 8;
/// A `struct epoll_event`, which is packed on x86-64 only: its last eight bytes are what the program calls it by.
const EVENT: usize = if cfg!(target_arch = "x86_64") { 12 } else { 16 };

/// What is known only before the call: `select` writes its answer where the question stood.
pub(super) fn before(asked: Asked, arguments: [u64; 6], memory: Memory) -> Vec<i32> {
    if asked == Asked::Select { selected(arguments, memory) } else { Vec::new() }
}

/// Whether it only looks: its time limit is 0.
pub(super) fn is_look(asked: Asked, [_, _, limit, fourth, fifth, _]: [u64; 6], memory: Memory) -> bool {
    // Seconds, and parts of one (`struct timeval`, `struct timespec`); no limit is a place of 0.
    let is_zero = |at: u64| at != 0 && memory.word(at) == Some(0) && memory.word(at.wrapping_add(8)) == Some(0);
    match asked {
        Asked::Poll => limit as i32 == 0,
        Asked::Epoll => fourth as i32 == 0,
        Asked::PollSpec => is_zero(limit),
        Asked::Select => is_zero(fifth),
        _ => false,
    }
}

/// Whom a call has waited for, and who was ready when it gave this many.
pub(super) fn after(
    asked: Asked,
    arguments: [u64; 6],
    before: &[i32],
    given: usize,
    (memory, sockets): (Memory, &Descriptors),
) -> (Vec<Awaited>, Vec<Awaited>) {
    let [first, second, ..] = arguments;
    let (on, ready) = match asked {
        Asked::Select => (before.to_vec(), if given > 0 { selected(arguments, memory) } else { Vec::new() }),
        Asked::Poll | Asked::PollSpec => {
            let polled = polled(memory, first, second);
            let ready = polled.iter().filter(|(_, is_ready)| *is_ready).map(|(number, _)| *number).collect();
            (polled.iter().map(|(number, _)| *number).collect(), ready)
        }
        _ => {
            let bytes = memory.bytes(second, given.min(MOST) * EVENT);
            let ready: Vec<u64> = bytes.chunks_exact(EVENT).filter_map(called).collect();
            let all: Vec<_> = sockets.epoll(first as i32).collect();
            let is_ready = all.iter().filter(|(_, called)| ready.contains(called)).map(|(number, _)| *number);
            (all.iter().map(|(number, _)| *number).collect(), is_ready.collect())
        }
    };
    let named = |numbers: Vec<i32>| {
        let names = numbers.into_iter().filter_map(|number| sockets.get(number)?.borrow().awaited());
        names.take(TOLD).collect()
    };
    (named(on), named(ready))
}

/// What the program calls a descriptor by, in an event of `epoll`.
pub(super) fn called(event: &[u8]) -> Option<u64> {
    event.get(EVENT - 8..)?.try_into().ok().map(u64::from_ne_bytes)
}

/// How long such an event is.
pub(super) const fn event_size() -> usize {
    EVENT
}

/// The descriptors in the three sets of `select`, each once.
fn selected([count, sets @ ..]: [u64; 6], memory: Memory) -> Vec<i32> {
    let count = usize::try_from(count).unwrap_or_default().min(MOST);
    // The kernel's unit is a word of 64 bits; on a machine that stores the lowest byte first it is the same as bytes.
    let size = count.div_ceil(64) * 8;
    let mut numbers = Vec::new();
    for at in sets.into_iter().take(3).filter(|at| *at != 0) {
        let bytes = memory.bytes(at, size);
        let is_in = |number: &usize| bytes.get(number / 8).is_some_and(|byte| byte >> (number % 8) & 1 == 1);
        numbers.extend((0..count).filter(is_in).filter_map(|number| i32::try_from(number).ok()));
    }
    numbers.sort_unstable();
    numbers.dedup();
    numbers
}

/// The descriptors of `poll`, and whether each is ready.
fn polled(memory: Memory, at: u64, count: u64) -> Vec<(i32, bool)> {
    let count = usize::try_from(count).unwrap_or_default().min(MOST);
    let bytes = memory.bytes(at, count * POLLED);
    let one = |bytes: &[u8]| {
        let number = i32::from_ne_bytes(bytes.get(..4)?.try_into().ok()?);
        let is_ready = bytes.get(6..)?.iter().any(|byte| *byte != 0);
        Some((number, is_ready))
    };
    bytes.chunks_exact(POLLED).filter_map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use nix::unistd::Pid;

    fn place(bytes: &[u8]) -> u64 {
        bytes.as_ptr().addr() as u64
    }

    #[test]
    fn the_sets_of_select_and_the_list_of_poll_are_read() {
        let memory = Memory(Pid::this());
        let reads = [0b1000_1000_u8, 0b10, 0, 0, 0, 0, 0, 0];
        let writes = [0b1000_u8, 0, 0, 0, 0, 0, 0, 0];
        let arguments = [10, place(&reads), place(&writes), 0, 0, 0];
        assert_eq!(selected(arguments, memory), [3, 7, 9]);
        let list = [3_i32.to_ne_bytes(), [1, 0, 1, 0], 4_i32.to_ne_bytes(), [1, 0, 0, 0]].concat();
        assert_eq!(polled(memory, place(&list), 2), [(3, true), (4, false)]);
        assert_eq!(polled(memory, 0, u64::MAX), []);
    }
}

//! Control messages: what a message over a socket carries beside its bytes (`cmsg(3)`).

use nix::libc;

/// The descriptors in them. Each message has its length, its level and its kind in front, and begins at a multiple of 8 bytes. What a
/// program has written there can be anything.
pub(super) fn rights(control: &[u8]) -> Vec<i32> {
    let (mut rest, mut numbers) = (control, Vec::new());
    while let Some((head, _)) = rest.split_first_chunk::<16>() {
        let [length @ .., a, b, c, d, e, f, g, h] = *head;
        let length = usize::try_from(u64::from_ne_bytes(length)).unwrap_or(usize::MAX);
        // One that is shorter than its own head, or longer than all that is there, is the last.
        let Some(data) = rest.get(head.len()..length) else { break };
        let (level, kind) = (i32::from_ne_bytes([a, b, c, d]), i32::from_ne_bytes([e, f, g, h]));
        if (level, kind) == (libc::SOL_SOCKET, libc::SCM_RIGHTS) {
            let number = |bytes: &[u8]| bytes.try_into().ok().map(i32::from_ne_bytes);
            numbers.extend(data.chunks_exact(4).filter_map(number));
        }
        rest = rest.get(length.next_multiple_of(8)..).unwrap_or_default();
    }
    numbers
}

#[cfg(test)]
mod tests {
    use super::super::memory::Memory;
    use super::*;
    use nix::unistd::Pid;
    use proptest::prelude::*;

    /// One control message, with the bytes that fill it up to a multiple of 8.
    fn message(level: i32, kind: i32, data: &[u8]) -> Vec<u8> {
        let length = 16 + data.len() as u64;
        let mut bytes = [&length.to_ne_bytes()[..], &level.to_ne_bytes(), &kind.to_ne_bytes(), data].concat();
        bytes.resize(bytes.len().next_multiple_of(8), 0);
        bytes
    }

    fn of(numbers: &[i32]) -> Vec<u8> {
        numbers.iter().flat_map(|number| number.to_ne_bytes()).collect()
    }

    #[test]
    fn descriptors_stand_in_their_own_kind_of_message_only() {
        let credentials = message(libc::SOL_SOCKET, libc::SCM_CREDENTIALS, &of(&[1, 2, 3]));
        let other_level = message(libc::SOL_IP, libc::SCM_RIGHTS, &of(&[4]));
        let one = message(libc::SOL_SOCKET, libc::SCM_RIGHTS, &of(&[5]));
        let two = message(libc::SOL_SOCKET, libc::SCM_RIGHTS, &of(&[6, 7]));
        assert_eq!(rights(&[credentials, one.clone(), other_level, two.clone()].concat()), [5, 6, 7]);
        // Cut off, and with a length that is none.
        assert!(rights(two.get(..20).unwrap()).is_empty());
        for length in [0, 15, 16, u64::MAX, u64::MAX - 7] {
            let wrong = [&length.to_ne_bytes()[..], one.get(8..).unwrap(), &two].concat();
            assert!(rights(&wrong).len() <= 2, "{length}");
        }
    }

    #[test]
    fn a_message_header_points_to_its_control_messages() {
        let memory = Memory(Pid::this());
        let control = message(libc::SOL_SOCKET, libc::SCM_RIGHTS, &of(&[5, 6]));
        let header = |size: u64| [0, 0, 0, 0, control.as_ptr().addr() as u64, size, 0];
        let read =
            |header: [u64; 7]| rights(&memory.control_of_message(std::hint::black_box(&header).as_ptr().addr() as u64));
        assert_eq!(read(header(control.len() as u64)), [5, 6]);
        assert!(read(header(0)).is_empty());
        assert!(read([0, 0, 0, 0, 0, u64::MAX, 0]).is_empty());
        assert!(memory.control_of_message(0).is_empty());
        // However much it is said to be, no more is read than there can be.
        let large = vec![0_u8; 3 * 4096];
        let header = [0, 0, 0, 0, large.as_ptr().addr() as u64, u64::MAX, 0];
        assert_eq!(memory.control_of_message(header.as_ptr().addr() as u64).len(), 4096);
    }

    proptest! {
        /// Lengths that are nearly right are the dangerous ones.
        #[test]
        fn no_control_messages_are_too_strange(
            pieces in proptest::collection::vec((0..40_u64, 0..3_i32, 0..3_i32, proptest::collection::vec(any::<u8>(), 0..40)), 0..9),
            noise in proptest::collection::vec(any::<u8>(), 0..99),
        ) {
            let piece = |(length, level, kind, data): &(u64, i32, i32, Vec<u8>)| {
                [&length.to_ne_bytes()[..], &level.to_ne_bytes(), &kind.to_ne_bytes(), data].concat()
            };
            let control = [pieces.iter().flat_map(piece).collect(), noise].concat();
            prop_assert!(rights(&control).len() * 4 <= control.len());
        }
    }
}

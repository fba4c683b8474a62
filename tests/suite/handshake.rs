//! Lesson 2 without a socket: server and client played against each other, with every byte cut off from the next
//! wherever TCP might cut it.

#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use day30::crypto::{Challenge, Scheme, Secret};
use day30::protocol::{AuthClient, AuthServer, Ending, Fact, Mismatch, Next, Protocol, Turn};
use proptest::prelude::*;
use std::fmt::Debug;
use std::sync::Arc;
use std::time::Duration;

const DEADLINE: Duration = Duration::from_secs(5);
const SCHEMES: [Scheme; 3] = [Scheme::Md5, Scheme::HmacMd5, Scheme::HmacSha256];

fn secret(text: &str) -> Secret {
    Secret::new(text.as_bytes().to_vec())
}

/// Bytes 0 to 31: all different, so that one in the wrong place shows.
fn challenge() -> Challenge {
    Challenge::new(std::array::from_fn(|index| index as u8))
}

fn server(scheme: Scheme) -> AuthServer {
    AuthServer::new(scheme, Arc::new(secret("luwei")), challenge(), DEADLINE)
}

/// What came of feeding a protocol.
#[derive(Debug, PartialEq)]
struct Heard {
    sent: Vec<u8>,
    facts: Vec<Fact>,
    next: Next,
}

/// Opens the connection and feeds the pieces, until the protocol ends. Empty pieces are none: TCP has no such thing.
fn feed<'p>(protocol: &mut impl Protocol, pieces: impl IntoIterator<Item = &'p [u8]>) -> Heard {
    let (mut sent, mut facts) = (Vec::new(), Vec::new());
    let mut turn = Turn { send: &mut sent, facts: &mut facts };
    let mut next = protocol.connected(&mut turn);
    for piece in pieces.into_iter().filter(|piece| !piece.is_empty()) {
        if next == Next::GoOn {
            next = protocol.received(piece, &mut turn);
        }
    }
    Heard { sent, facts, next }
}

/// The bytes, cut at these places, which are in order.
fn cut<'b>(bytes: &'b [u8], places: &[usize]) -> Vec<&'b [u8]> {
    let ends = places.iter().copied().chain([bytes.len()]);
    let mut start = 0;
    ends.map(|end| &bytes[std::mem::replace(&mut start, end)..end]).collect()
}

/// A whole handshake with the challenge and the answer cut at these places: it must succeed, and look like any other.
fn assert_proves(scheme: Scheme, challenge_cuts: &[usize], answer_cuts: &[usize]) {
    let case = format!("{scheme:?}, challenge cut at {challenge_cuts:?}, answer at {answer_cuts:?}");
    let (secret, mut server) = (secret("luwei"), server(scheme));
    let mut client = AuthClient::new(scheme, &secret, DEADLINE, &[]);
    let (asked, length) = (challenge(), scheme.hex_len() as i32);

    let heard = feed(&mut client, cut(asked.as_bytes(), challenge_cuts));
    assert_eq!(heard.next, Next::GoOn, "{case}");
    assert_eq!(heard.facts, [Fact::ChallengeReceived { challenge: asked }, Fact::Answered { length }], "{case}");
    assert_eq!(heard.sent.len(), 4 + scheme.hex_len(), "{case}");

    let heard = feed(&mut server, cut(&heard.sent, answer_cuts));
    assert_eq!(heard.sent, asked.as_bytes(), "a server says nothing but its challenge: {case}");
    let facts = [Fact::Challenged { challenge: asked }, Fact::LengthRead { length }, Fact::Proved];
    assert_eq!((heard.next, &heard.facts[..]), (Next::End(Ending::Ok), &facts[..]), "{case}");

    let (mut send, mut facts) = (Vec::new(), Vec::new());
    let ending = client.peer_ended(&mut Turn { send: &mut send, facts: &mut facts });
    assert_eq!((ending, send.len(), facts.len()), (Ending::Answered, 0, 0), "{case}");
}

#[test]
fn who_knows_the_secret_is_let_in_wherever_the_challenge_is_cut() {
    for scheme in SCHEMES {
        for one in 0..=Challenge::LEN {
            for other in one..=Challenge::LEN {
                assert_proves(scheme, &[one, other], &[]);
            }
        }
    }
}

#[test]
fn who_knows_the_secret_is_let_in_wherever_the_answer_is_cut_once_or_twice() {
    for scheme in SCHEMES {
        let length = 4 + scheme.hex_len();
        for one in 0..=length {
            for other in one..=length {
                assert_proves(scheme, &[], &[one, other]);
            }
        }
    }
}

#[test]
fn who_knows_the_secret_is_let_in_byte_by_byte() {
    for scheme in SCHEMES {
        let every: Vec<_> = (1..4 + scheme.hex_len()).collect();
        assert_proves(scheme, &every[..Challenge::LEN - 1], &every);
    }
}

#[test]
fn another_secret_is_refused_however_near_it_is() {
    for scheme in SCHEMES {
        for wrong in ["Luwei", "luwe", "luweii", " luwei", "luwei ", "luwei\0", "", "guess"] {
            let wrong_secret = secret(wrong);
            let heard = feed(&mut AuthClient::new(scheme, &wrong_secret, DEADLINE, &[]), [&challenge().as_bytes()[..]]);
            let verdict = feed(&mut server(scheme), [&heard.sent[..]]);
            // To an HMAC, a key and the same key with zero bytes behind it are one and the same.
            let is_the_same_key = scheme != Scheme::Md5 && wrong == "luwei\0";
            let ending = if is_the_same_key { Ending::Ok } else { Ending::Refused };
            assert_eq!(verdict.next, Next::End(ending), "{scheme:?}, {wrong:?}");
            let mismatch = match wrong {
                // md5(challenge) alone is what an empty secret gives.
                "" if scheme == Scheme::Md5 => Mismatch::HalfMissing,
                _ => Mismatch::Unknown,
            };
            let fact = if is_the_same_key { Fact::Proved } else { Fact::Refused { mismatch } };
            assert_eq!(verdict.facts.last(), Some(&fact), "{scheme:?}, {wrong:?}");
        }
    }
}

/// The secret of one connection opens no other: an answer is right for its own challenge alone.
#[test]
fn a_right_answer_to_another_challenge_is_refused() {
    for scheme in SCHEMES {
        for index in 0..Challenge::LEN {
            let mut other = *challenge().as_bytes();
            other[index] ^= 1;
            let digits = scheme.answer(&secret("luwei"), &Challenge::new(other));
            let heard = feed(&mut server(scheme), [&packed(&digits)[..]]);
            assert_eq!(heard.next, Next::End(Ending::Refused), "{scheme:?}, byte {index}");
        }
    }
}

fn packed(digits: impl AsRef<[u8]>) -> Vec<u8> {
    let digits = digits.as_ref();
    [&i32::try_from(digits.len()).unwrap().to_le_bytes(), digits].concat()
}

/// What comes behind the digest belongs to nobody: it is neither kept nor a reason to refuse.
#[test]
fn what_follows_a_right_answer_is_not_looked_at() {
    for scheme in SCHEMES {
        let right = packed(scheme.answer(&secret("luwei"), &challenge()));
        for surplus in [&right[..], b"\n", b"GET / HTTP/1.0\r\n\r\n", &[0; 100_000]] {
            let mut server = server(scheme);
            let heard = feed(&mut server, [&[&right[..], surplus].concat()[..]]);
            assert_eq!(heard.next, Next::End(Ending::Ok), "{scheme:?}");
            assert_eq!(held(&server, "message"), right.len(), "{scheme:?}");
        }
    }
}

#[test]
fn both_sides_say_how_much_had_come_when_the_other_ends_or_is_too_slow() {
    for scheme in SCHEMES {
        let secret = secret("luwei");
        let answer = packed(scheme.answer(&secret, &challenge()));
        for got in 1..answer.len() {
            assert_tells(|| server(scheme), &answer[..got], answer.len(), &format!("{scheme:?} server, {got}"));
        }
        for got in 0..Challenge::LEN {
            let client = || AuthClient::new(scheme, &secret, DEADLINE, &[]);
            assert_tells(client, &challenge().as_bytes()[..got], Challenge::LEN, &format!("{scheme:?} client, {got}"));
        }
    }
}

fn assert_tells<P: Protocol>(make: impl Fn() -> P, came: &[u8], expected: usize, case: &str) {
    let (got, mut send, mut facts) = (came.len(), Vec::new(), Vec::new());
    let mut turn = Turn { send: &mut send, facts: &mut facts };
    let (mut one, mut other) = (make(), make());
    assert_eq!(one.deadline(), Some(DEADLINE), "{case}");
    assert_eq!(feed(&mut one, [came]).next, Next::GoOn, "{case}");
    assert_eq!(feed(&mut other, [came]).next, Next::GoOn, "{case}");
    assert_eq!(one.peer_ended(&mut turn), Ending::EofEarly, "{case}");
    assert_eq!(other.deadline_passed(&mut turn), Ending::HandshakeTimeout, "{case}");
    assert_eq!(facts, [Fact::EndedEarly { got, expected }, Fact::TooSlow { got, expected }], "{case}");
    assert_eq!(send, b"", "{case}");
}

/// How many bytes a protocol holds in one of its buffers, as its `Debug` shows it: that is no secret of a protocol's.
fn held(protocol: &impl Debug, buffer: &str) -> usize {
    let shown = format!("{protocol:?}");
    let start = format!("{buffer}: [");
    let list =
        shown.split_once(&start).unwrap_or_else(|| panic!("no {buffer} in {shown}")).1.split_once(']').unwrap().0;
    list.split(',').filter(|item| !item.is_empty()).count()
}

/// Garbage, half of it behind a length that is legal, so that the digest's place is reached too.
fn garbage() -> impl Strategy<Value = Vec<u8>> {
    let anything = prop::collection::vec(any::<u8>(), 0..200);
    let behind_a_length = (prop::sample::select(vec![32_i32, 64]), prop::collection::vec(any::<u8>(), 0..200))
        .prop_map(|(length, bytes)| [&length.to_le_bytes()[..], &bytes].concat());
    prop_oneof![anything, behind_a_length]
}

fn sorted_cuts(cuts: &[prop::sample::Index], length: usize) -> Vec<usize> {
    let mut places: Vec<_> = cuts.iter().map(|cut| cut.index(length + 1)).collect();
    places.sort_unstable();
    places
}

proptest! {
    #[test]
    fn random_cuts_never_change_a_handshake(
        scheme in prop::sample::select(SCHEMES.to_vec()),
        asked in prop::collection::vec(any::<prop::sample::Index>(), 0..8),
        answered in prop::collection::vec(any::<prop::sample::Index>(), 0..12),
    ) {
        let answer_len = 4 + scheme.hex_len();
        assert_proves(scheme, &sorted_cuts(&asked, Challenge::LEN), &sorted_cuts(&answered, answer_len));
    }

    #[test]
    fn garbage_gets_the_same_verdict_however_it_is_cut_and_fills_no_buffer(
        scheme in prop::sample::select(SCHEMES.to_vec()),
        garbage in garbage(),
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..8),
    ) {
        let (mut whole, mut in_pieces, legal) = (server(scheme), server(scheme), 4 + scheme.hex_len());
        let heard = feed(&mut whole, [&garbage[..]]);
        prop_assert_eq!(&heard, &feed(&mut in_pieces, cut(&garbage, &sorted_cuts(&cuts, garbage.len()))));
        prop_assert_ne!(heard.next, Next::End(Ending::Ok));
        let length_is_legal = garbage.starts_with(&(scheme.hex_len() as i32).to_le_bytes());
        let wanted = if length_is_legal { legal } else { 4 };
        prop_assert_eq!(heard.next == Next::GoOn, garbage.len() < wanted);
        for server in [&whole, &in_pieces] {
            prop_assert_eq!(held(server, "message"), garbage.len().min(wanted));
        }
    }

    #[test]
    fn a_client_answers_at_most_once_and_holds_little_whatever_a_server_says(
        scheme in prop::sample::select(SCHEMES.to_vec()),
        pieces in prop::collection::vec(prop::collection::vec(any::<u8>(), 1..2000), 0..6),
        first in 1..40_usize,
    ) {
        let secret = secret("luwei");
        let mut client = AuthClient::new(scheme, &secret, DEADLINE, &[]);
        let said: Vec<u8> = pieces.concat();
        let first = first.min(said.len());
        let heard = feed(&mut client, [&said[..first], &said[first..]]);
        // Only 32 bytes that come alone are a challenge; once they are more, or there is a second one, nothing is said.
        let is_challenge = said.len() == 32 || first == 32;
        let answer = said.first_chunk().filter(|_| is_challenge).map(|bytes| scheme.answer(&secret, &Challenge::new(*bytes)));
        prop_assert_eq!(heard.sent, answer.map(packed).unwrap_or_default());
        prop_assert_eq!(heard.next == Next::GoOn, said.len() <= 32 || first == 32 && said.len() < 64);
        prop_assert!(held(&client, "received") <= 32);
        prop_assert!(held(&client, "surplus") <= 256);
    }
}

/// A port probe that says nothing left no broken message behind: it is an end like any other.
#[test]
fn an_end_before_the_first_byte_is_an_end_and_no_broken_message() {
    let (mut send, mut facts) = (Vec::new(), Vec::new());
    let ending = server(Scheme::Md5).peer_ended(&mut Turn { send: &mut send, facts: &mut facts });
    assert_eq!((ending, facts, send), (Ending::Eof, Vec::new(), Vec::new()));
}

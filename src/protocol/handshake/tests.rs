//! The five handshakes without a socket: byte for byte against vectors that another program (Python's hashlib and hmac) computed, and in
//! whatever pieces.

use super::*;
use crate::crypto::{Challenge, Scheme, Secret};
use crate::protocol::{AuthClient, AuthServer, Ending, Fact, Mismatch, Next, Protocol, Turn};
use proptest::prelude::*;
use std::sync::Arc;
use std::time::Duration;

const DEADLINE: Duration = Duration::from_secs(5);

/// Secret `luwei`, server `bank`, the server's challenge 00 01 … 1f, the client's 20 21 … 3f: the client's proof, and the server's.
const VECTORS: [(Handshake, &str, &str); 5] = [
    (Handshake::Prefix, "be89d4cfca4d5a727cc2f8dca04cec85", ""),
    (Handshake::Hmac, "169c959d8adf253c09181b5d67c11637aa4d347374004875ace676a83f58ae9d", ""),
    (
        Handshake::Mutual,
        "b1d0b8b7e0592bb475dd9014ed5979a06501318982187d39021a8e0e73cc748a",
        "358394340daae3b205584227db5f72d69fc6faee31dd994f0525b1c28dfe29ab",
    ),
    (
        Handshake::Ordered,
        "169c959d8adf253c09181b5d67c11637aa4d347374004875ace676a83f58ae9d",
        "db4130a69e5e017a8013beb99226c09c65be219760c28492df7baf7ff97968e6",
    ),
    (
        Handshake::Bound,
        "31fcf9007d4a272d71b1a98834fb31c955194bbaa036e47c3d0d9a3b9206995c",
        "60e2f6535672032afe80a6742cb86056ad121c3984c4b508fff3313e69ee5b01",
    ),
];

/// The MACs of `pay 5 to bob` as the first line of that session of `bound`, and as the second.
const LINES: [&str; 2] = [
    "a75a90a4052decd632f48d32f4daaca72d4429563bd796958a642c921dff766c",
    "678e5c96f9e8f3d6ca3b5a4a3a3a113df9fe9f953e27cc09ecd4c9679f90e110",
];

fn nonces() -> [Challenge; 2] {
    [0, 32].map(|first| Challenge::new(std::array::from_fn(|place| first + place as u8)))
}

fn secret() -> Secret {
    Secret::new(b"luwei".to_vec())
}

fn server(handshake: Handshake) -> HandshakeServer {
    HandshakeServer::new(handshake, Arc::new(secret()), "bank".into(), nonces()[0], DEADLINE)
}

fn client<'a>(handshake: Handshake, secret: &'a Secret, name: &'a str) -> HandshakeClient<'a> {
    HandshakeClient::new(handshake, secret, name, nonces()[1], DEADLINE).saying(vec![b"pay 5 to bob".to_vec()])
}

/// What both sides sent, how they ended, and what the server learned.
struct Talk {
    sent: [Vec<u8>; 2],
    ended: [Option<Ending>; 2],
    facts: Vec<Fact>,
}

/// Lets both talk, each piece cut into parts of at most `part` bytes.
fn talk(mut server: impl Protocol, mut client: impl Protocol, part: usize) -> Talk {
    let mut talk = Talk { sent: [Vec::new(), Vec::new()], ended: [None, None], facts: Vec::new() };
    let (mut to_client, mut to_server, mut others) = (Vec::new(), Vec::new(), Vec::new());
    let next = server.connected(&mut Turn { send: &mut to_client, facts: &mut talk.facts });
    assert_eq!(next, Next::GoOn);
    let next = client.connected(&mut Turn { send: &mut to_server, facts: &mut others });
    assert_eq!(next, Next::GoOn);
    while !(to_client.is_empty() && to_server.is_empty()) {
        for side in 0..2 {
            let (inbox, outbox) =
                if side == 0 { (&mut to_server, &mut to_client) } else { (&mut to_client, &mut to_server) };
            let bytes: Vec<u8> = inbox.drain(..part.min(inbox.len())).collect();
            talk.sent[1 - side].extend_from_slice(&bytes);
            if bytes.is_empty() || talk.ended[side].is_some() {
                continue;
            }
            let facts = if side == 0 { &mut talk.facts } else { &mut others };
            let mut turn = Turn { send: outbox, facts };
            let next = if side == 0 { server.received(&bytes, &mut turn) } else { client.received(&bytes, &mut turn) };
            if let Next::End(ending) = next {
                talk.ended[side] = Some(ending);
            }
        }
    }
    if talk.ended[0].is_none() {
        talk.ended[0] = Some(server.peer_ended(&mut Turn { send: &mut to_client, facts: &mut talk.facts }));
    }
    talk
}

#[test]
fn every_proof_is_the_one_that_another_program_computes() {
    let [of_server, of_client] = nonces();
    let nonces = Nonces { server: of_server, client: of_client, name: "bank" };
    for (handshake, of_client, of_server) in VECTORS {
        assert_eq!(handshake.proof(&secret(), Role::Client, &nonces), of_client, "{handshake:?}");
        assert!(handshake.is_right(&secret(), Role::Client, &nonces, of_client.as_bytes()));
        assert!(!handshake.is_right(&secret(), Role::Client, &nonces, &of_client.as_bytes()[1..]));
        if handshake.is_mutual() {
            assert_eq!(handshake.proof(&secret(), Role::Server, &nonces), of_server, "{handshake:?}");
        }
    }
}

#[test]
fn the_wire_is_as_it_is_written_down() {
    let [of_server, of_client] = nonces().map(|nonce| nonce.as_bytes().to_vec());
    for (handshake, client_digits, server_digits) in VECTORS {
        let [proof, answer] = [client_digits, server_digits].map(|digits| pack(digits.as_bytes()));
        let line = match handshake {
            Handshake::Bound => format!("pay 5 to bob {}\n", LINES[0]).into_bytes(),
            _ => b"pay 5 to bob\n".to_vec(),
        };
        let by_client = match handshake {
            Handshake::Prefix | Handshake::Hmac => [proof, line].concat(),
            Handshake::Ordered => [proof, of_client.clone(), line].concat(),
            Handshake::Mutual | Handshake::Bound => [of_client.clone(), proof, line].concat(),
        };
        let by_server = if handshake.is_mutual() { [of_server.clone(), answer].concat() } else { of_server.clone() };
        for part in [1, 7, 36, 1000] {
            let secret = secret();
            let talk = talk(server(handshake).taking_lines(), client(handshake, &secret, "bank"), part);
            assert_eq!(talk.sent, [by_server.clone(), by_client.clone()], "{handshake:?} in parts of {part}");
            assert_eq!(talk.ended[0], Some(Ending::Ok), "{handshake:?}");
            assert!(talk.facts.contains(&Fact::LineTaken { text: b"pay 5 to bob".to_vec() }), "{handshake:?}");
        }
    }
}

#[test]
fn prefix_and_hmac_are_the_notes_and_its_scheme_byte_for_byte() {
    for (handshake, scheme) in [(Handshake::Prefix, Scheme::Md5), (Handshake::Hmac, Scheme::HmacSha256)] {
        let (of_both, [nonce, own]) = (secret(), nonces());
        let notes = AuthServer::new(scheme, Arc::new(secret()), nonce, DEADLINE);
        let ours = HandshakeClient::new(handshake, &of_both, "", own, DEADLINE);
        let one = talk(notes, ours, 1000);
        let other = talk(server(handshake), AuthClient::new(scheme, &of_both, DEADLINE, &[]), 1000);
        assert_eq!((one.sent, one.ended[0]), (other.sent, other.ended[0]), "{handshake:?}");
        assert_eq!(one.ended[0], Some(Ending::Ok));
    }
}

#[test]
fn another_name_is_refused_by_bound_alone() {
    for handshake in Handshake::ALL {
        let secret = secret();
        let talk = talk(server(handshake), client(handshake, &secret, "shop"), 1000);
        let is_refused = talk.facts.contains(&Fact::Refused { mismatch: Mismatch::Elsewhere });
        assert_eq!(is_refused, handshake == Handshake::Bound, "{handshake:?}");
        assert_eq!(talk.facts.contains(&Fact::Proved), !is_refused, "{handshake:?}");
    }
}

#[test]
fn a_line_of_bound_counts_once_and_as_it_was() {
    let (secret, [server, client]) = (secret(), nonces());
    let nonces = Nonces { server, client, name: "bank" };
    let [mut seals, mut opens] = [(); 2].map(|()| Session::new(&secret, &nonces));
    let lines = [(); 2].map(|()| seals.seal(b"pay 5 to bob"));
    for (line, digits) in lines.iter().zip(LINES) {
        assert_eq!(line, format!("pay 5 to bob {digits}").as_bytes());
        assert_eq!(opens.open(line), Some(b"pay 5 to bob".as_slice()));
        assert_eq!(opens.open(line), None, "a second time");
    }
    for line in [&b""[..], b"pay 9 to eve", &[b' '; 65], &lines[1][1..]] {
        assert_eq!(opens.open(line), None);
    }
}

proptest! {
    /// Nothing that a peer sends is taken for a proof, makes a side panic, or makes it keep more than a bound.
    #[test]
    fn no_bytes_are_a_proof(which in 0_usize..5, parts in prop::collection::vec(prop::collection::vec(any::<u8>(), 1..80), 1..40)) {
        let handshake = Handshake::ALL[which];
        let secret = secret();
        let (mut server, mut client) = (server(handshake).taking_lines(), client(handshake, &secret, "bank"));
        let (mut send, mut facts) = (Vec::new(), Vec::new());
        let (mut is_served, mut is_asked) = (true, true);
        for part in parts {
            let mut turn = Turn { send: &mut send, facts: &mut facts };
            is_served = is_served && server.received(&part, &mut turn) == Next::GoOn;
            is_asked = is_asked && client.received(&part, &mut turn) == Next::GoOn;
        }
        let is_taken = facts.iter().any(|fact| matches!(fact, Fact::Proved | Fact::ServerProved | Fact::LineTaken { .. }));
        prop_assert!(!is_taken);
        prop_assert!(send.len() < 1024);
    }
}

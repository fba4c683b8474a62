//! Logins as each handshake, and each side of it, leaves them in a record.

use super::*;
use crate::protocol::{Mismatch, pack};
use crate::trace::{Caller, Link, Outcome};
use std::time::Duration;

const SERVER: ([u8; 4], u16) = ([127, 0, 0, 1], 9000);

fn event(actor: Actor, port: u16, what: What) -> Event {
    let (server, client) = (SERVER.into(), ([127, 0, 0, 1], port).into());
    let (local, peer) = if actor == Actor::Client { (client, server) } else { (server, client) };
    let link = Some(Link { id: 1, local, peer });
    Event { number: 1, at: Duration::ZERO, actor, link, what, caller: Caller::default() }
}

fn said(actor: Actor, call: Call, bytes: &[u8]) -> Event {
    let outcome = Outcome::Count { ok: bytes.len() };
    event(actor, 50_000, What::Call { call, outcome, data: Some(bytes.to_vec()), asked: None, took: None })
}

fn logins(events: impl IntoIterator<Item = Event>) -> Vec<Login> {
    let mut logins = Logins::default();
    events.into_iter().for_each(|event| logins.take_in(&event));
    logins.end()
}

fn secret() -> Secret {
    Secret::new(b"luwei".to_vec())
}

/// What both sides of each handshake send.
fn by_both(handshake: Handshake) -> (Vec<u8>, Vec<u8>) {
    let (server, client) = (Challenge::new([7; 32]), Challenge::new([9; 32]));
    let nonces = Nonces { server, client, name: "day30" };
    let [of_client, of_server] =
        [Role::Client, Role::Server].map(|role| pack(handshake.proof(&secret(), role, &nonces).as_bytes()));
    let (asks, nonce) = (server.as_bytes().to_vec(), client.as_bytes().to_vec());
    match handshake {
        Handshake::Prefix | Handshake::Hmac => (asks, of_client),
        Handshake::Ordered => ([asks, of_server].concat(), [of_client, nonce].concat()),
        Handshake::Mutual | Handshake::Bound => ([asks, of_server].concat(), [nonce, of_client].concat()),
    }
}

#[test]
fn each_handshake_is_found_from_either_side_and_from_between() {
    for handshake in Handshake::ALL {
        let (by_server, by_client) = by_both(handshake);
        for (actor, sent, received) in [
            (Actor::Server, &by_server, &by_client),
            (Actor::Client, &by_client, &by_server),
            (Actor::Tap, &by_server, &by_client),
            (Actor::Tap, &by_client, &by_server),
        ] {
            let mut events = vec![said(actor, Call::Recv, &received[..3]), said(actor, Call::Send, sent)];
            events.push(said(actor, Call::Recv, &received[3..]));
            let found = logins(events);
            assert_eq!(found.len(), 1, "{handshake:?} {actor:?}");
            let way = found[0].fits(&secret()).unwrap_or_else(|| panic!("{handshake:?} {actor:?}"));
            let expected = match handshake {
                Handshake::Prefix => Way::Scheme(Scheme::Md5),
                Handshake::Hmac | Handshake::Ordered => Way::Scheme(Scheme::HmacSha256),
                Handshake::Mutual => Way::Mutual,
                Handshake::Bound => Way::Bound("day30"),
            };
            assert_eq!(way, expected);
            assert_eq!(found[0].fits(&Secret::new(b"Luwei".to_vec())), None);
        }
    }
}

#[test]
fn both_ends_are_one_login_and_the_servers_verdict_counts() {
    let (by_server, by_client) = by_both(Handshake::Prefix);
    let refused = What::Fact(Fact::Refused { mismatch: Mismatch::Unknown });
    let found = logins([
        said(Actor::Client, Call::Recv, &by_server),
        said(Actor::Server, Call::Send, &by_server),
        said(Actor::Client, Call::Send, &by_client),
        said(Actor::Server, Call::Recv, &by_client),
        event(Actor::Server, 50_000, refused),
    ]);
    assert_eq!(found.len(), 1);
    assert_eq!(found[0].accepted, Some(false));
    assert_eq!(found[0].challenge(), "07".repeat(32));
}

#[test]
fn what_is_no_login_is_none() {
    let (by_server, by_client) = by_both(Handshake::Prefix);
    let talk = |sent: &[u8], received: &[u8]| {
        logins([said(Actor::Server, Call::Send, sent), said(Actor::Server, Call::Recv, received)]).len()
    };
    assert_eq!(talk(&by_server, &by_client), 1);
    assert_eq!(talk(&by_server, &by_client[..35]), 0, "cut off");
    assert_eq!(talk(&by_server[..31], &by_client), 0, "a short challenge");
    assert_eq!(talk(b"HELLO", b"hello"), 0, "another lesson");
    assert_eq!(talk(&by_server, &by_client.to_ascii_uppercase()), 0, "no hex digits of ours");
    assert_eq!(talk(&by_server, &[255; 200]), 0);
}

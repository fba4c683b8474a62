//! Lesson 2, the client: one challenge, one answer, within one deadline.

use super::calls::Calls;
use super::socket::would_block;
use crate::protocol::{Ending, Next, Protocol, Turn};
use crate::trace::Link;
use std::io;
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// Runs a client's protocol over a connection until it ends, and closes it.
///
/// The deadline is absolute: a server that drips one byte a second does not extend it.
///
/// # Errors
///
/// What a call gave, after it was told to the trace.
pub fn prove<P: Protocol>(socket: TcpStream, link: Link, protocol: &mut P, calls: &mut Calls) -> io::Result<Ending> {
    let began = Instant::now();
    let mut buffer = vec![0; 1024];
    let mut outbox = Outbox::default();
    let mut next = outbox.turn(link, calls, |turn| protocol.connected(turn));
    // A side that speaks first is not to be waited for by a peer that it waits for.
    outbox.send_all(&socket, link, calls)?;
    while next == Next::GoOn {
        let left = protocol.deadline().unwrap_or(Duration::MAX).saturating_sub(began.elapsed());
        if left.is_zero() {
            next = outbox.turn(link, calls, |turn| Next::End(protocol.deadline_passed(turn)));
            continue;
        }
        socket.set_read_timeout(Some(left))?;
        next = match calls.receive(&socket, link, &mut buffer) {
            Ok(0) => outbox.turn(link, calls, |turn| Next::End(protocol.peer_ended(turn))),
            Ok(count) => {
                let bytes = buffer.get(..count).unwrap_or_default();
                outbox.turn(link, calls, |turn| protocol.received(bytes, turn))
            }
            Err(error) if would_block(&error) => Next::GoOn,
            Err(error) => return Err(error),
        };
        outbox.send_all(&socket, link, calls)?;
    }
    let Next::End(ending) = next else { return Ok(Ending::Failed) };
    calls.trace.ended(link, ending);
    calls.close(socket, link);
    Ok(ending)
}

/// What the protocol wants sent.
#[derive(Default)]
struct Outbox {
    bytes: Vec<u8>,
}

impl Outbox {
    fn turn(&mut self, link: Link, calls: &Calls, run: impl FnOnce(&mut Turn<'_>) -> Next) -> Next {
        let mut facts = Vec::new();
        let next = run(&mut Turn { send: &mut self.bytes, facts: &mut facts });
        facts.into_iter().for_each(|fact| calls.trace.fact(link, fact));
        next
    }

    fn send_all(&mut self, socket: &TcpStream, link: Link, calls: &mut Calls) -> io::Result<()> {
        while !self.bytes.is_empty() {
            let count = calls.send(socket, link, &self.bytes)?;
            self.bytes.drain(..count);
        }
        Ok(())
    }
}

//! Stands between a client and a server, hands on what each says, and keeps it.

use super::Context;
use crate::net::socket::would_block;
use socket2::SockRef;
use std::io::{Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::thread;
use std::time::{Duration, Instant};

/// How much of what each side says is kept.
const KEPT: usize = 64 * 1024;
/// When neither side says anything, this long passes before the next look.
const BREATH: Duration = Duration::from_millis(1);
/// After this without a byte a message is taken to be whole.
const QUIET: Duration = Duration::from_millis(60);

/// What was said between a client and a server.
#[derive(Clone, Debug, Default)]
pub(crate) struct Conversation {
    /// Whether the client came.
    pub(crate) came: bool,
    /// Whether the server could be reached.
    pub(crate) reached: bool,
    pub(crate) by_client: Vec<u8>,
    pub(crate) by_server: Vec<u8>,
    /// Whether the server ended the connection before the client did.
    pub(crate) server_closed: bool,
}

/// A door for a client, behind which is a server.
#[derive(Debug)]
pub(crate) struct Relay {
    listener: TcpListener,
    pub(crate) address: SocketAddr,
}

/// One direction: what was read from one side and is not written to the other yet.
struct Way {
    from: TcpStream,
    to: TcpStream,
    pending: Vec<u8>,
    ended: bool,
}

impl Relay {
    /// Opens the door on this port of the loopback interface; 0 takes a free one.
    pub(crate) fn open(port: u16) -> std::io::Result<Self> {
        let listener = TcpListener::bind(SocketAddr::from(([127, 0, 0, 1], port)))?;
        listener.set_nonblocking(true)?;
        Ok(Self { address: listener.local_addr()?, listener })
    }

    /// Lets one client in, and hands on what is said, until it `is_enough` (asked when nobody has said anything for a
    /// moment), both have ended, or the check's time is over.
    pub(crate) fn listen_in(
        &self,
        server: SocketAddr,
        context: &Context,
        mut is_alive: impl FnMut() -> bool,
        mut is_enough: impl FnMut(&Conversation) -> bool,
    ) -> Conversation {
        let mut said = Conversation::default();
        let Some(client) = wait(context, || self.listener.accept().ok().map(|(socket, _)| socket), &mut is_alive)
        else {
            return said;
        };
        said.came = true;
        let Some(server) = wait(context, || TcpStream::connect_timeout(&server, QUIET * 10).ok(), &mut is_alive) else {
            return said;
        };
        said.reached = true;
        let (Ok(mut up), Ok(mut down)) = (Way::between(&client, &server), Way::between(&server, &client)) else {
            return said;
        };
        let mut last = Instant::now();
        while !context.budget.is_over() && context.go_on().is_ok() {
            let (client_ended, server_ended) = (up.ended, down.ended);
            let moved = up.carry(&mut said.by_client, !down.ended) + down.carry(&mut said.by_server, true);
            said.server_closed |= !server_ended && down.ended && !client_ended;
            if moved > 0 {
                last = Instant::now();
            } else if up.ended && down.ended || (last.elapsed() > QUIET && is_enough(&said)) {
                break;
            } else {
                thread::sleep(BREATH);
            }
        }
        if said.server_closed {
            // Or its port would be in TIME_WAIT, and could not be had by the server of the next pair.
            let _ = SockRef::from(&server).set_linger(Some(Duration::ZERO));
        }
        said
    }
}

/// Tries until it works, for as long as it is worth it.
fn wait<T>(context: &Context, mut run: impl FnMut() -> Option<T>, is_alive: &mut impl FnMut() -> bool) -> Option<T> {
    while !context.budget.is_over() && context.go_on().is_ok() {
        if let Some(done) = run() {
            return Some(done);
        }
        if !is_alive() {
            return None;
        }
        thread::sleep(BREATH);
    }
    None
}

impl Way {
    fn between(from: &TcpStream, to: &TcpStream) -> std::io::Result<Self> {
        let (from, to) = (from.try_clone()?, to.try_clone()?);
        from.set_nonblocking(true)?;
        to.set_nodelay(true)?;
        Ok(Self { from, to, pending: Vec::new(), ended: false })
    }

    /// Reads what is there and writes what can be written; gives how many bytes moved, and keeps them. The end is handed on
    /// too, if it may be.
    fn carry(&mut self, kept: &mut Vec<u8>, may_end: bool) -> usize {
        let mut moved = 0;
        let mut buffer = [0; 16 * 1024];
        // What one side does not read, the other must not send: as without us.
        if !self.ended && self.pending.is_empty() {
            match self.from.read(&mut buffer) {
                Ok(count @ 1..) => {
                    let bytes = buffer.get(..count).unwrap_or_default();
                    self.pending.extend_from_slice(bytes);
                    let room = KEPT.saturating_sub(kept.len());
                    kept.extend(bytes.iter().take(room));
                    moved += count;
                }
                Err(error) if would_block(&error) => {}
                Ok(_) | Err(_) => self.ended = true,
            }
        }
        if !self.pending.is_empty() {
            match self.to.write(&self.pending) {
                Ok(count) => {
                    self.pending.drain(..count);
                    moved += count;
                }
                Err(error) if would_block(&error) => {}
                Err(_) => {
                    self.pending.clear();
                    self.ended = true;
                }
            }
        }
        if self.ended && self.pending.is_empty() && may_end {
            // Said before, or the other side has gone: then there is nobody to tell.
            let _ = self.to.shutdown(Shutdown::Write);
        }
        moved
    }
}

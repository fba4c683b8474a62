//! How the judge leaves a connection: politely, with a reset, or without a word.

use super::conn::{BUFFER, Conn};
use crate::both;
use crate::check::verdict::Outcome;
use crate::check::verdict::step::Who;
use crate::net::socket::would_block;
use crate::trace::{Call, Outcome as Parameters};
use std::net::Shutdown;
use std::time::{Duration, Instant};

/// How long to wait for the program's end when the judge leaves, so that the port is free for the next one. It counts from the
/// FIN: of a crowd that leaves together, nobody waits for one after another.
const GOODBYE: Duration = Duration::from_millis(100);
/// Whoever has had that long may have ended the connection by now.
const ONE_LOOK: Duration = Duration::from_millis(1);

impl Conn {
    /// Says that the judge will send no more (a FIN), and goes on reading.
    pub(crate) fn shut_down_sending(&mut self) {
        let who = self.who;
        self.context.story.did(both!("{who} will send no more (FIN)", "{who} 不再发送（FIN）"));
        self.fin();
    }

    fn fin(&mut self) {
        if let Some(socket) = self.socket.as_ref().filter(|_| self.fin_sent.is_none()) {
            self.fin_sent = Some(Instant::now());
            self.context.story.leaves();
            // A connection that is broken by now has its end already.
            let _ = self.calls.shutdown_write(socket, self.link);
        }
    }

    /// Leaves with a reset (an RST) instead of a FIN.
    pub(crate) fn reset(mut self) {
        self.abort_openly();
    }

    /// Leaves at once, with whatever it has not read: the kernel answers what still comes with a reset.
    pub(crate) fn close(mut self) {
        let who = self.who;
        self.context.story.did(both!("{who} closes its socket", "{who} 关闭套接字"));
        if let Some(socket) = self.socket.take() {
            self.context.story.leaves();
            self.calls.close(socket, self.link);
        }
    }

    /// Ends both directions, and leaves a little later. To what still comes, the kernel answers with a reset, and whoever goes on
    /// sending after that finds the pipe broken (EPIPE, SIGPIPE).
    pub(crate) fn hang_up(mut self) -> Outcome {
        let who = self.who;
        self.context
            .story
            .did(both!("{who} hangs up: it sends no more, and receives no more", "{who} 挂断：不再发送，也不再接收"));
        let Some(socket) = self.socket.take() else { return Ok(()) };
        self.fin_sent = Some(Instant::now());
        self.context.story.leaves();
        // A connection that is broken by now has its end already.
        let _ = socket.shutdown(Shutdown::Both);
        self.calls.trace.call(Some(self.link), Call::Shutdown, Ok(Parameters::DONE), None);
        self.context.pause(GOODBYE / 5)?;
        self.calls.close(socket, self.link);
        Ok(())
    }

    fn abort_openly(&mut self) {
        let who = self.who;
        self.context.story.did(both!("{who} resets the connection (RST)", "{who} 重置连接（RST）"));
        self.abort();
    }

    fn abort(&mut self) {
        if let Some(socket) = self.socket.take() {
            self.context.story.leaves();
            let _ = socket2::SockRef::from(&socket).set_linger(Some(Duration::ZERO));
            self.calls.close(socket, self.link);
        }
    }
}

impl Drop for Conn {
    /// Who ends first keeps the address for a minute (TIME_WAIT), and that must not be a port that is written into a program. A
    /// program that ended first loses its memory of it by a reset, and so does the judge where it plays the server.
    fn drop(&mut self) {
        // One that has left in so many words has no socket any more.
        if self.socket.is_none() {
            return;
        }
        let is_servers = self.who == Who::Server && self.fin_sent.is_none();
        if self.context.keeps_port_free && is_servers {
            return self.abort_openly();
        }
        self.context.story.left(self.who);
        let is_over = self.ended.is_some() || (self.context.program_ends_first && self.hears_the_end());
        if is_over && self.context.keeps_port_free {
            return self.abort();
        }
        self.fin();
        if !is_over && !is_servers {
            self.hears_the_end();
        }
        if let Some(socket) = self.socket.take() {
            self.calls.close(socket, self.link);
        }
    }
}

impl Conn {
    /// Whether the program ends the connection within a moment. What it says before that is nobody's any more.
    fn hears_the_end(&mut self) -> bool {
        let Some(socket) = &self.socket else { return true };
        let left = GOODBYE.saturating_sub(self.fin_sent.map_or(Duration::ZERO, |at| at.elapsed())).max(ONE_LOOK);
        let _ = socket.set_read_timeout(Some(left));
        let (until, mut rest) = (Instant::now() + left, vec![0; BUFFER]);
        while !self.context.stop.is_requested() && Instant::now() < until {
            match self.calls.receive(socket, self.link, &mut rest) {
                Ok(count @ 1..) => self.context.story.overhear(self.who, rest.get(..count).unwrap_or_default()),
                Err(error) if would_block(&error) => return false,
                Ok(0) | Err(_) => return true,
            }
        }
        false
    }
}

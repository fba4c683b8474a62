//! A stream: one client sends as fast as the server takes it, and reads the answer at the same time.

use super::client::check;
use super::message::Messages;
use super::{BUFFER, Done, Load, PATIENCE, wait};
use crate::net::socket::would_block;
use crate::net::stop::Stop;
use crate::race::Trouble;
use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token};
use std::io::{self, Read, Write};
use std::time::{Duration, Instant};

/// How often in a row one direction is served, before the other has its turn.
const TURNS: usize = 8;

/// One connection with bytes in both directions.
pub(crate) struct Stream<'s> {
    poll: Poll,
    events: Events,
    socket: TcpStream,
    messages: Messages,
    buffer: Vec<u8>,
    sent: u64,
    received: u64,
    stop: &'s Stop,
}

impl<'s> Stream<'s> {
    pub(crate) fn new(socket: std::net::TcpStream, stop: &'s Stop) -> io::Result<Self> {
        socket.set_nonblocking(true)?;
        let (poll, mut socket) = (Poll::new()?, TcpStream::from_std(socket));
        poll.registry().register(&mut socket, Token(0), Interest::READABLE | Interest::WRITABLE)?;
        let (events, messages) = (Events::with_capacity(8), Messages::of(BUFFER));
        Ok(Self { poll, events, socket, messages, buffer: vec![0; BUFFER], sent: 0, received: 0, stop })
    }

    /// Sends; false when there is no room.
    fn send(&mut self) -> Result<bool, Trouble> {
        let (number, offset) = (self.sent / BUFFER as u64, (self.sent % BUFFER as u64) as usize);
        let rest = self.messages.message(0, number).get(offset..).unwrap_or_default();
        match self.socket.write(rest) {
            Ok(count) => self.sent += count as u64,
            Err(error) if would_block(&error) => return Ok(false),
            Err(error) => return Err(Trouble::broke(&error)),
        }
        Ok(true)
    }

    /// Receives and checks; false when nothing is there.
    fn receive(&mut self) -> Result<bool, Trouble> {
        let (number, offset) = (self.received / BUFFER as u64, (self.received % BUFFER as u64) as usize);
        // No further than the end of one message, so that it is compared with one.
        let count = match self.socket.read(self.buffer.get_mut(offset..).unwrap_or_default()) {
            Ok(0) => return Err(Trouble::Closed),
            Ok(count) => count,
            Err(error) if would_block(&error) => return Ok(false),
            Err(error) => return Err(Trouble::broke(&error)),
        };
        let came = self.buffer.get(offset..offset + count).unwrap_or_default();
        check(came, self.messages.reply(0, number).get(offset..).unwrap_or_default(), self.received)?;
        self.received += count as u64;
        Ok(true)
    }

    /// Goes on in both directions until `is_over`, which sees how much was sent and how much came back.
    fn go_on(&mut self, sends: bool, is_over: impl Fn(u64, u64) -> bool) -> Result<(), Trouble> {
        let mut last_byte = Instant::now();
        while !is_over(self.sent, self.received) {
            if self.stop.is_requested() {
                return Err(Trouble::Interrupted);
            }
            let before = (self.sent, self.received);
            let mut may_send = sends;
            let mut may_receive = true;
            for _ in 0..TURNS {
                may_send = may_send && self.send()?;
                may_receive = may_receive && self.receive()?;
            }
            if (self.sent, self.received) != before {
                last_byte = Instant::now();
            } else if last_byte.elapsed() > PATIENCE {
                return Err(Trouble::Silent);
            }
            // The system tells of a change once: it is asked only when both directions have come to a stop.
            if !may_send && !may_receive {
                wait(&mut self.poll, &mut self.events, self.stop)?;
            }
        }
        Ok(())
    }
}

impl Load for Stream<'_> {
    fn run(&mut self, time: Duration) -> Result<Done, Trouble> {
        let (began, before) = (Instant::now(), self.received);
        self.go_on(true, |_, received| began.elapsed() >= time && received > before)?;
        Ok(Done { count: self.received - before, time: began.elapsed(), latencies: None })
    }

    /// Every byte that was sent must still come back.
    fn finish(&mut self) -> Result<(), Trouble> {
        self.go_on(false, |sent, received| sent == received)
    }
}

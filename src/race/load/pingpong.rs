//! Ping-pong: each client sends a message when the reply to the one before is there (a closed loop).

use super::message::Messages;
use super::talker::Talker;
use super::{BUFFER, Done, Load, PATIENCE, latencies};
use crate::net::stop::Stop;
use crate::race::Trouble;
use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token};
use std::io;
use std::time::{Duration, Instant};

/// How long a look at the clock and at Ctrl-C may be put off.
const LOOK_UP: Duration = Duration::from_millis(50);

/// Clients that talk, all in one thread.
pub(crate) struct PingPong<'s> {
    poll: Poll,
    events: Events,
    talkers: Vec<Talker<TcpStream>>,
    messages: Messages,
    buffer: Vec<u8>,
    began: bool,
    stop: &'s Stop,
}

impl<'s> PingPong<'s> {
    /// Clients over `sockets`, with messages of `size` bytes.
    pub(crate) fn new(sockets: Vec<std::net::TcpStream>, size: usize, stop: &'s Stop) -> io::Result<Self> {
        let poll = Poll::new()?;
        let mut talkers = Vec::with_capacity(sockets.len());
        for (client, socket) in sockets.into_iter().enumerate() {
            socket.set_nonblocking(true)?;
            let mut socket = TcpStream::from_std(socket);
            poll.registry().register(&mut socket, Token(client), Interest::READABLE | Interest::WRITABLE)?;
            talkers.push(Talker::new(socket, client));
        }
        let (messages, events) = (Messages::of(size), Events::with_capacity(1024));
        Ok(Self { poll, events, talkers, messages, buffer: vec![0; BUFFER], began: false, stop })
    }

    /// Waits for who is ready, and lets each of them go on. `on_reply` hears when the message began that was answered now,
    /// and says whether its client goes on.
    fn turn(&mut self, on_reply: &mut impl FnMut(Instant, Instant) -> bool) -> Result<(), Trouble> {
        if self.stop.is_requested() {
            return Err(Trouble::Interrupted);
        }
        match self.poll.poll(&mut self.events, Some(LOOK_UP)) {
            Err(error) if error.kind() != io::ErrorKind::Interrupted => return Err(Trouble::broke(&error)),
            _ => {}
        }
        for event in &self.events {
            let Some(talker) = self.talkers.get_mut(event.token().0) else { continue };
            talker.send(&mut self.messages)?;
            while !talker.is_done(&self.messages) {
                if !talker.receive(&mut self.messages, &mut self.buffer)? {
                    // The end of a server that closed is told once, with its last bytes.
                    if event.is_read_closed() {
                        continue;
                    }
                    break;
                }
                let now = Instant::now();
                if on_reply(talker.began, now) {
                    talker.begin(now);
                    talker.send(&mut self.messages)?;
                }
                // On Windows the system tells again only after a call that found nothing.
                if cfg!(unix) {
                    break;
                }
            }
        }
        Ok(())
    }
}

impl Load for PingPong<'_> {
    fn run(&mut self, time: Duration) -> Result<Done, Trouble> {
        if !std::mem::replace(&mut self.began, true) {
            for talker in &mut self.talkers {
                talker.begin(Instant::now());
                talker.send(&mut self.messages)?;
            }
        }
        let (began, mut last_reply) = (Instant::now(), Instant::now());
        let (mut count, mut took) = (0, latencies()?);
        while began.elapsed() < time {
            let before = count;
            self.turn(&mut |sent, now| {
                count += 1;
                // What was on its way before has waited for us, too.
                if sent >= began {
                    took.saturating_record((now - sent).as_nanos() as u64);
                }
                true
            })?;
            if count > before {
                last_reply = Instant::now();
            } else if last_reply.elapsed() > PATIENCE {
                return Err(Trouble::Silent);
            }
        }
        Ok(Done { count, time: began.elapsed(), latencies: Some(took) })
    }

    /// Every message that is on its way must still be answered.
    fn finish(&mut self) -> Result<(), Trouble> {
        let began = Instant::now();
        while !self.talkers.iter().all(|talker| talker.is_done(&self.messages)) {
            if began.elapsed() > PATIENCE {
                return Err(Trouble::Silent);
            }
            self.turn(&mut |_, _| false)?;
        }
        Ok(())
    }
}

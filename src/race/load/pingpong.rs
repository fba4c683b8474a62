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

    /// Waits for who is ready, and lets each of them go on. `on_reply` hears how long each reply took, and says whether
    /// its client goes on.
    fn turn(&mut self, on_reply: &mut impl FnMut(Duration) -> bool) -> Result<(), Trouble> {
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
            if talker.is_done(&self.messages) || !talker.receive(&mut self.messages, &mut self.buffer)? {
                continue;
            }
            let now = Instant::now();
            if on_reply(now - talker.began) {
                talker.begin(now);
                talker.send(&mut self.messages)?;
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
        let (began, mut last_reply, mut took) = (Instant::now(), Instant::now(), latencies()?);
        while began.elapsed() < time {
            let before = took.len();
            self.turn(&mut |latency| {
                took.saturating_record(latency.as_nanos() as u64);
                true
            })?;
            if took.len() > before {
                last_reply = Instant::now();
            } else if last_reply.elapsed() > PATIENCE {
                return Err(Trouble::Silent);
            }
        }
        Ok(Done { count: took.len(), time: began.elapsed(), latencies: Some(took) })
    }

    /// Every message that is on its way must still be answered.
    fn finish(&mut self) -> Result<(), Trouble> {
        let began = Instant::now();
        while !self.talkers.iter().all(|talker| talker.is_done(&self.messages)) {
            if began.elapsed() > PATIENCE {
                return Err(Trouble::Silent);
            }
            self.turn(&mut |_| false)?;
        }
        Ok(())
    }
}

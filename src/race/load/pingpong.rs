//! Ping-pong: each client sends a message when the reply to the one before is there (a closed loop).

use super::client::Client;
use super::message::Messages;
use super::{BUFFER, Done, Load, OnReply, PATIENCE, gather, wait};
use crate::net::stop::Stop;
use crate::race::Trouble;
use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token};
use std::io;
use std::time::{Duration, Instant};

/// Clients that talk, all in one thread.
pub(crate) struct PingPong<'s> {
    poll: Poll,
    events: Events,
    clients: Vec<Client<TcpStream>>,
    messages: Messages,
    buffer: Vec<u8>,
    began: bool,
    stop: &'s Stop,
}

impl<'s> PingPong<'s> {
    /// Clients over `sockets`, with messages of `size` bytes.
    pub(crate) fn new(sockets: Vec<std::net::TcpStream>, size: usize, stop: &'s Stop) -> io::Result<Self> {
        let poll = Poll::new()?;
        let mut clients = Vec::with_capacity(sockets.len());
        for (client, socket) in sockets.into_iter().enumerate() {
            socket.set_nonblocking(true)?;
            let mut socket = TcpStream::from_std(socket);
            poll.registry().register(&mut socket, Token(client), Interest::READABLE | Interest::WRITABLE)?;
            clients.push(Client::new(socket, client));
        }
        let (messages, events) = (Messages::of(size), Events::with_capacity(1024));
        Ok(Self { poll, events, clients, messages, buffer: vec![0; BUFFER], began: false, stop })
    }

    /// Waits for who is ready, and receives their replies; they go on with the next message, or are done.
    fn turn(&mut self, goes_on: bool, on_reply: OnReply<'_>) -> Result<(), Trouble> {
        wait(&mut self.poll, &mut self.events, self.stop)?;
        for event in &self.events {
            let Some(client) = self.clients.get_mut(event.token().0) else { continue };
            client.send(&mut self.messages)?;
            while !client.is_done(&self.messages) {
                if !client.receive(&mut self.messages, &mut self.buffer)? {
                    // The end of a server that closed is told once, with its last bytes.
                    if event.is_read_closed() {
                        continue;
                    }
                    break;
                }
                let now = Instant::now();
                on_reply(client.began, now);
                if goes_on {
                    client.begin(now);
                    client.send(&mut self.messages)?;
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
            for client in &mut self.clients {
                client.begin(Instant::now());
                client.send(&mut self.messages)?;
            }
        }
        gather(time, |on_reply| self.turn(true, on_reply))
    }

    /// Every message that is on its way must still be answered.
    fn finish(&mut self) -> Result<(), Trouble> {
        let began = Instant::now();
        while !self.clients.iter().all(|client| client.is_done(&self.messages)) {
            if began.elapsed() > PATIENCE {
                return Err(Trouble::Silent);
            }
            self.turn(false, &mut |_, _| {})?;
        }
        Ok(())
    }
}

//! Churn: clients that connect, have one message answered, and leave; 16 at once.

use super::client::Client;
use super::message::Messages;
use super::{BUFFER, Done, Load, OnReply, PATIENCE, gather, wait};
use crate::net::stop::Stop;
use crate::race::Trouble;
use mio::net::TcpStream;
use mio::{Events, Interest, Poll, Token};
use socket2::{Domain, Socket, Type};
use std::io;
use std::net::{Ipv4Addr, SocketAddr};
use std::time::{Duration, Instant};

/// How many connections there are at once.
pub(in crate::race) const AT_ONCE: usize = 16;
/// How many addresses of this machine the clients come from: each has its own ports, and who closes first keeps its port
/// for a minute (TIME_WAIT).
const SOURCES: u64 = 200;

/// Clients that come and go.
pub(crate) struct Churn<'s> {
    address: SocketAddr,
    poll: Poll,
    events: Events,
    /// `None`: between two clients.
    slots: Vec<Option<Client<TcpStream>>>,
    messages: Messages,
    buffer: Vec<u8>,
    /// How many have come.
    clients: u64,
    stop: &'s Stop,
}

impl<'s> Churn<'s> {
    pub(crate) fn new(address: SocketAddr, size: usize, stop: &'s Stop) -> io::Result<Self> {
        let (poll, events) = (Poll::new()?, Events::with_capacity(64));
        let slots = (0..AT_ONCE).map(|_| None).collect();
        let (messages, buffer) = (Messages::of(size), vec![0; BUFFER]);
        Ok(Self { address, poll, events, slots, messages, buffer, clients: 0, stop })
    }

    /// A new client for each who has left.
    fn fill(&mut self) -> io::Result<()> {
        for slot in 0..AT_ONCE {
            if self.slots.get(slot).is_some_and(Option::is_none) {
                self.connect(slot)?;
            }
        }
        Ok(())
    }

    fn connect(&mut self, slot: usize) -> io::Result<()> {
        self.clients += 1;
        let mut socket = TcpStream::from_std(begin_to_connect(self.address, self.clients)?);
        self.poll.registry().register(&mut socket, Token(slot), Interest::READABLE | Interest::WRITABLE)?;
        let client = Client::new(socket, self.clients as usize);
        if let Some(place) = self.slots.get_mut(slot) {
            *place = Some(client);
        }
        Ok(())
    }

    /// Waits for who is ready, and lets each of them go on; who has its reply leaves.
    fn turn(&mut self, on_reply: OnReply<'_>) -> Result<(), Trouble> {
        wait(&mut self.poll, &mut self.events, self.stop)?;
        for event in &self.events {
            let Some(place) = self.slots.get_mut(event.token().0) else { continue };
            let Some(client) = place else { continue };
            if let Ok(Some(error)) = client.socket.take_error() {
                return Err(Trouble::broke(&error));
            }
            if !event.is_writable() && !event.is_readable() {
                continue;
            }
            client.send(&mut self.messages)?;
            let mut is_answered = client.receive(&mut self.messages, &mut self.buffer)?;
            // The end of a server that closed is told once, with its last bytes.
            while !is_answered && event.is_read_closed() {
                is_answered = client.receive(&mut self.messages, &mut self.buffer)?;
            }
            if is_answered {
                on_reply(client.began, Instant::now());
                *place = None;
            }
        }
        Ok(())
    }
}

impl Load for Churn<'_> {
    fn run(&mut self, time: Duration) -> Result<Done, Trouble> {
        gather(time, |on_reply| {
            self.fill().map_err(|error| Trouble::broke(&error))?;
            self.turn(on_reply)
        })
    }

    fn finish(&mut self) -> Result<(), Trouble> {
        let began = Instant::now();
        while self.slots.iter().any(Option::is_some) {
            if began.elapsed() > PATIENCE {
                return Err(Trouble::Silent);
            }
            self.turn(&mut |_, _| {})?;
        }
        Ok(())
    }
}

/// A socket that is on its way to `address`, from one of this machine's addresses.
fn begin_to_connect(address: SocketAddr, client: u64) -> io::Result<std::net::TcpStream> {
    let socket = Socket::new(Domain::for_address(address), Type::STREAM, None)?;
    socket.set_nonblocking(true)?;
    socket.set_tcp_nodelay(true)?;
    // Only Linux has all of 127.0.0.0/8.
    if cfg!(target_os = "linux") && address.ip() == Ipv4Addr::LOCALHOST {
        let source = SocketAddr::from(([127, 0, 1, 1 + (client % SOURCES) as u8], 0));
        socket.bind(&source.into())?;
    }
    match socket.connect(&address.into()) {
        Err(error) if error.kind() != io::ErrorKind::WouldBlock && !is_in_progress(&error) => Err(error),
        _ => Ok(socket.into()),
    }
}

/// `EINPROGRESS`, which Rust has no stable kind for.
#[cfg(unix)]
fn is_in_progress(error: &io::Error) -> bool {
    error.raw_os_error() == Some(rustix::io::Errno::INPROGRESS.raw_os_error())
}

#[cfg(not(unix))]
fn is_in_progress(_: &io::Error) -> bool {
    false
}

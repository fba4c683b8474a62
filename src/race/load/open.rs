//! Connecting many clients, in a way that a server with a short queue survives.

use super::PATIENCE;
use super::client::Client;
use super::message::Messages;
use crate::net::stop::Stop;
use crate::race::Trouble;
use crate::race::contender::Started;
use std::io::{self, ErrorKind};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

/// So many clients come at once. The notes' server of lesson 4 lets only five wait to be accepted, and one too many would
/// be tried again by the kernel, a second later.
const BATCH: usize = 4;
/// How long a server may take until it listens. A Python program needs a tenth of a second, a virtual machine more.
const UNTIL_IT_LISTENS: Duration = Duration::from_secs(5);
/// How long a batch of silent clients is given to be let in.
const BREATH: Duration = Duration::from_millis(1);
/// How long to wait before the next try.
const TRY_AGAIN: Duration = Duration::from_millis(2);

/// What new clients do until all have come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Newcomers {
    /// One of each batch has a word answered: then all of the batch are in.
    Speak,
    /// All are silent, and come a little more slowly. The notes' server of lesson 1 waits for the first who is silent, and
    /// lets the others in when that one speaks.
    Wait,
}

/// Connects `clients` clients to a server that was just started.
pub(crate) fn open(
    server: &mut Started,
    clients: usize,
    newcomers: Newcomers,
    stop: &Stop,
) -> Result<Vec<TcpStream>, Trouble> {
    let (mut messages, mut buffer) = (Messages::of(16), [0; 16]);
    let mut sockets = Vec::with_capacity(clients);
    while sockets.len() < clients {
        if stop.is_requested() {
            return Err(Trouble::Interrupted);
        }
        let socket = if sockets.is_empty() { first(server, stop)? } else { connect(server)? };
        let is_last = sockets.len() + 1 == clients || sockets.len() % BATCH == 0;
        let mut client = Client::new(socket, sockets.len());
        match newcomers {
            Newcomers::Speak if is_last => client.round_trip(&mut messages, &mut buffer)?,
            Newcomers::Wait if is_last => thread::sleep(BREATH),
            _ => {}
        }
        sockets.push(client.socket);
    }
    Ok(sockets)
}

fn connect(server: &Started) -> Result<TcpStream, Trouble> {
    try_connect(server).map_err(|error| Trouble::broke(&error))
}

fn try_connect(server: &Started) -> io::Result<TcpStream> {
    let socket = TcpStream::connect_timeout(&server.address, PATIENCE)?;
    socket.set_nodelay(true)?;
    socket.set_read_timeout(Some(PATIENCE))?;
    socket.set_write_timeout(Some(PATIENCE))?;
    Ok(socket)
}

/// The first client is also who finds out when the server listens: a connection made only to look would be the only one
/// that a server for one client ever accepts.
fn first(server: &mut Started, stop: &Stop) -> Result<TcpStream, Trouble> {
    let began = Instant::now();
    loop {
        match try_connect(server) {
            Ok(socket) => return Ok(socket),
            Err(error) if error.kind() != ErrorKind::ConnectionRefused => return Err(Trouble::broke(&error)),
            Err(_) if server.has_ended() || began.elapsed() > UNTIL_IT_LISTENS => {
                return Err(Trouble::NeverListened { status: None, printed: String::new() });
            }
            Err(_) if stop.is_requested() => return Err(Trouble::Interrupted),
            Err(_) => thread::sleep(TRY_AGAIN),
        }
    }
}

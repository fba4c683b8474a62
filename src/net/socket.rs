//! The few things that a connection and a listener must be able to do, for the two kinds that we have: `std::net`'s, and
//! mio's for the `poll` model (on Windows only mio's own type can be watched).

use std::io::{self, Read, Write};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream};
use std::sync::Arc;

/// One end of a connection.
pub trait Socket {
    /// `recv(2)`: at most as many bytes as the buffer has; 0 is the peer's end.
    ///
    /// # Errors
    ///
    /// What the call gave: `WouldBlock` where nothing is there.
    fn receive(&self, buffer: &mut [u8]) -> io::Result<usize>;

    /// `send(2)`: how many of the bytes were taken, which may be fewer than all.
    ///
    /// # Errors
    ///
    /// What the call gave: `WouldBlock` where there is no room.
    fn send(&self, bytes: &[u8]) -> io::Result<usize>;

    /// `shutdown(SHUT_WR)`: say that nothing more will be sent; reading goes on.
    ///
    /// # Errors
    ///
    /// What the call gave.
    fn shutdown_write(&self) -> io::Result<()>;

    /// Send small replies at once, instead of waiting for more to send with them (Nagle's algorithm, RFC 896).
    ///
    /// # Errors
    ///
    /// What the call gave.
    fn send_at_once(&self) -> io::Result<()>;

    /// This end's address.
    ///
    /// # Errors
    ///
    /// What the call gave.
    fn local_address(&self) -> io::Result<SocketAddr>;

    /// Whether a stopping server ended this connection while its thread slept, and counted how it ended.
    fn said_goodbye(&self) -> bool {
        false
    }
}

/// Where clients arrive.
pub trait Listen {
    /// What a client's connection is.
    type Socket: Socket;

    /// `accept(2)`: the next client from the queue.
    ///
    /// # Errors
    ///
    /// What the call gave: `WouldBlock` where nobody is there.
    fn accept_next(&self) -> io::Result<(Self::Socket, SocketAddr)>;
}

/// Both kinds have the same methods, and no trait of their own that says so.
macro_rules! socket {
    ($stream:ty, $listener:ty) => {
        impl Socket for $stream {
            fn receive(&self, buffer: &mut [u8]) -> io::Result<usize> {
                let mut socket = self;
                socket.read(buffer)
            }
            fn send(&self, bytes: &[u8]) -> io::Result<usize> {
                let mut socket = self;
                socket.write(bytes)
            }
            fn shutdown_write(&self) -> io::Result<()> {
                self.shutdown(Shutdown::Write)
            }
            fn send_at_once(&self) -> io::Result<()> {
                self.set_nodelay(true)
            }
            fn local_address(&self) -> io::Result<SocketAddr> {
                self.local_addr()
            }
        }
        impl Listen for $listener {
            type Socket = $stream;
            fn accept_next(&self) -> io::Result<($stream, SocketAddr)> {
                self.accept()
            }
        }
    };
}
socket!(TcpStream, TcpListener);
socket!(mio::net::TcpStream, mio::net::TcpListener);

/// A thread's connection is shared with whoever may have to wake the thread.
impl<S: Socket> Socket for Arc<S> {
    fn receive(&self, buffer: &mut [u8]) -> io::Result<usize> {
        self.as_ref().receive(buffer)
    }
    fn send(&self, bytes: &[u8]) -> io::Result<usize> {
        self.as_ref().send(bytes)
    }
    fn shutdown_write(&self) -> io::Result<()> {
        self.as_ref().shutdown_write()
    }
    fn send_at_once(&self) -> io::Result<()> {
        self.as_ref().send_at_once()
    }
    fn local_address(&self) -> io::Result<SocketAddr> {
        self.as_ref().local_address()
    }
    fn said_goodbye(&self) -> bool {
        self.as_ref().said_goodbye()
    }
}

/// The threads model shares its listener with whoever may have to wake the thread.
impl<L: Listen> Listen for Arc<L> {
    type Socket = L::Socket;
    fn accept_next(&self) -> io::Result<(L::Socket, SocketAddr)> {
        self.as_ref().accept_next()
    }
}

/// Whether the call only says that it would have to wait. A blocking call whose time is up says so too: on Linux and macOS
/// with `EAGAIN`, on Windows with `WSAETIMEDOUT` (which on Linux would be a dead peer).
#[must_use]
pub fn would_block(error: &io::Error) -> bool {
    error.kind() == io::ErrorKind::WouldBlock || (cfg!(windows) && error.kind() == io::ErrorKind::TimedOut)
}

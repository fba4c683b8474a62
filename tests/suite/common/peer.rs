//! The other ends that a program may have: a server that a test plays itself, and a reader that goes away.

use super::{PATIENCE, process::eventually};
use std::cell::RefCell;
use std::io::{self, Read};
use std::net::{TcpListener, TcpStream};

/// A server that a test plays itself, and as badly as it likes.
pub struct Peer(TcpListener);

impl Peer {
    /// Listens on a free port.
    pub fn listening() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        listener.set_nonblocking(true).unwrap();
        Self(listener)
    }

    pub fn port(&self) -> String {
        self.0.local_addr().unwrap().port().to_string()
    }

    /// The next client.
    #[track_caller]
    pub fn accept(&self) -> TcpStream {
        let client = RefCell::new(None);
        eventually("a client connects", || {
            *client.borrow_mut() = self.0.accept().ok();
            client.borrow().is_some()
        });
        let (stream, _) = client.into_inner().unwrap();
        stream.set_nonblocking(false).unwrap();
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        stream
    }
}

/// Reads a stream as `head -1` does: it is closed behind the first line.
pub struct FirstLine<R>(Option<R>);

impl<R> FirstLine<R> {
    pub fn of(stream: R) -> Self {
        Self(Some(stream))
    }
}

impl<R: Read> Read for FirstLine<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let Some(stream) = &mut self.0 else { return Ok(0) };
        let count = stream.read(&mut buffer[..1])?;
        if count == 0 || buffer[0] == b'\n' {
            self.0 = None;
        }
        Ok(count)
    }
}

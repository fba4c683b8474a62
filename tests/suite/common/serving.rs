//! A server under test: connections to it, and its end.

use super::stream::read_to_end;
use super::{Output, PATIENCE, Running};
use std::io::Write;
use std::net::{Shutdown, SocketAddr, TcpStream};

/// A server that listens.
pub struct Serving {
    pub address: SocketAddr,
    pub running: Running,
}

impl Serving {
    /// A connection to it.
    #[track_caller]
    pub fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(self.address).expect("cannot connect");
        stream.set_nodelay(true).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_write_timeout(Some(PATIENCE)).unwrap();
        stream
    }

    /// A connection that comes from this address of the machine: on Linux the whole of 127.0.0.0/8 is its own.
    #[track_caller]
    pub fn connect_from(&self, ip: [u8; 4]) -> TcpStream {
        let socket = socket2::Socket::new(socket2::Domain::IPV4, socket2::Type::STREAM, None).unwrap();
        socket.bind(&SocketAddr::from((ip, 0)).into()).unwrap();
        socket.connect(&self.address.into()).unwrap();
        let stream = TcpStream::from(socket);
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        stream.set_nodelay(true).unwrap();
        stream
    }

    pub fn port(&self) -> String {
        self.address.port().to_string()
    }

    #[track_caller]
    pub fn wait_for_stderr(&self, part: &str) -> String {
        self.running.wait_for_stderr(part)
    }

    /// Waits until the narration says that `event` happened to the client with this number (from 1).
    #[track_caller]
    pub fn wait_for_event(&self, client: u64, event: &str) -> String {
        self.wait_for_stderr(&format!("  #{client:<7} {event}"))
    }

    /// Ctrl-C, and a summary that counts exactly these endings. Where no Ctrl-C can be sent, nothing is asked.
    #[track_caller]
    pub fn stop_after(self, endings: &str) {
        #[cfg(unix)]
        self.stop().expect_endings(endings);
    }

    /// Ctrl-C; a server drains and exits with 0.
    #[cfg(unix)]
    #[track_caller]
    pub fn stop(self) -> Output {
        self.running.interrupt().expect_code(0)
    }

    /// Sends `bytes` and a FIN on a connection of its own; gives everything that came back until the server's end.
    #[track_caller]
    pub fn exchange(&self, bytes: &[u8]) -> Vec<u8> {
        let mut stream = self.connect();
        stream.write_all(bytes).unwrap();
        stream.shutdown(Shutdown::Write).unwrap();
        read_to_end(&mut stream)
    }

    /// That a fresh honest client is served: the invariant after every fault.
    #[track_caller]
    pub fn assert_serves(&self) {
        assert_eq!(self.exchange("honest ß".as_bytes()), b"HONEST SS");
    }
}

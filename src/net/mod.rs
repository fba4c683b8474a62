//! The only place that names a socket: traced calls, the connection, and the three I/O models.
//!
//! | file | what it is |
//! |---|---|
//! | `spin.rs` | lesson 1: ask everybody, again and again |
//! | `poll.rs` | sleep until the operating system says who is ready |
//! | `threads.rs` | lesson 4: a thread for each client, which may sleep |
//! | [`connection`] | one client: what the three loops call, and never decide themselves |
//! | [`calls`] | every socket call, counted and told to the recorder |
//! | `table.rs` | the system's own list of connections |
//! | [`background`] | a server in a thread of its own, for a demo or an attack |
//! | [`client`] and [`prove`] | the other end: lessons 1 and 4, and lesson 2 |

pub mod address;
pub mod background;
mod busy;
pub mod calls;
pub mod client;
pub mod connection;
#[cfg(target_os = "linux")]
pub(crate) mod interface;
pub mod limits;
pub mod listener;
pub mod loopback;
mod phase;
mod places;
mod poll;
pub mod ports;
pub mod prove;
mod room;
pub mod server;
mod shared;
mod sleepers;
pub mod socket;
mod spin;
pub mod stop;
pub(crate) mod table;
#[cfg(test)]
mod tests;
mod threads;
pub mod work;

pub(crate) use listener::is_the_clients;
pub use shared::Served;
pub(crate) use threads::wake_accept;

use crate::protocol::Protocol;
use server::Server;
use std::io;
use std::net::TcpListener;
use std::sync::Arc;
use std::time::Instant;

/// How a server waits for many connections.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum IoModel {
    /// Non-blocking calls in a loop, as in the notes.
    Spin,
    /// Readiness from the operating system.
    Poll,
    /// One blocking thread for each client.
    Threads,
}

impl IoModel {
    /// All of them, in the order of the lesson.
    pub const ALL: [Self; 3] = [Self::Spin, Self::Poll, Self::Threads];

    /// The model's name on the command line.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Spin => "spin",
            Self::Poll => "poll",
            Self::Threads => "threads",
        }
    }
}

/// Serves the listener's clients until the plan's stop is requested (or, with `once`, the first client has left), then
/// drains.
///
/// # Errors
///
/// When the model itself cannot be set up. No client's error, and no failure to accept, ends a server.
pub fn serve<P: Protocol + Send + 'static>(
    model: IoModel,
    mut server: Server<P>,
    listener: TcpListener,
) -> io::Result<Served> {
    let began = Instant::now();
    server.address = listener.local_addr().ok();
    let server = Arc::new(server);
    match model {
        IoModel::Spin => spin::serve(&server, listener),
        IoModel::Poll => poll::serve(&server, listener),
        IoModel::Threads => threads::serve(&server, listener),
    }?;
    server.plan.trace.flush();
    Ok(Served { time: began.elapsed(), ..server.served() })
}

//! A tap: a proxy between any client and any server, which tells what passes, and misbehaves if it is asked to.
//!
//! ```text
//!             accept                    recv ──► Pump (Schedule) ──► send                    connect
//!   client ◄──────────► client's Side                                      server's Side ◄──────────► server
//!                                       send ◄── Pump (Schedule) ◄── recv
//! ```
//!
//! Two threads for each connection, one for each direction. Each receives, asks its [`Schedule`] what is to become of the bytes
//! and when, and sends. Without misbehaviour that is at once, and then a tap is as good as a wire:
//!
//! - a FIN becomes `shutdown(SHUT_WR)` on the other side, when everything before it is delivered;
//! - an RST becomes an RST on the other side (`SO_LINGER` 0);
//! - a receiver that does not read makes the sender wait, as what is held here is bounded;
//! - what could not be delivered is told, with its count.
//!
//! Every call of both sockets goes to the recorder, under one number for a client, and with each socket's own addresses. What
//! the bytes mean is not known here: a view shows it ([`view::Wire`](crate::view::Wire)), from the trace.

mod chance;
mod faults;
mod pair;
mod pump;
mod shared;
mod side;
mod tally;

pub use faults::{Act, Faults, PACE, Schedule, Step};
pub use tally::{End, Flow, Tally, Way};

use crate::net::address::connect;
use crate::net::calls::Calls;
use crate::net::stop::Stop;
use crate::net::{is_the_clients, wake_accept};
use crate::protocol::Ending;
use crate::trace::{Call, Link, Outcome, Recorder};
use pair::Pair;
use pump::Pump;
use shared::{Place, Shared};
use side::Side;
use std::io;
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, Weak};
use std::thread;
use std::time::{Duration, Instant};

/// A direction needs little.
const STACK: usize = 256 * 1024;
/// After a failure to accept that is the host's.
const PAUSE: Duration = Duration::from_millis(50);
/// How long a server may take to end a connection whose client was told to stop.
const PATIENCE_WITH_SERVERS: Duration = Duration::from_secs(1);
/// How long a stopping tap delivers what it has.
const DRAIN: Duration = Duration::from_secs(10);

/// What a tap is to do.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The server, as `HOST:PORT`.
    pub to: String,
    /// How each direction misbehaves: to the server, to the client.
    pub faults: [Faults; 2],
    /// Decides whatever is left to chance.
    pub seed: u64,
    /// How many connections at once.
    pub max_connections: usize,
    /// Who is told of everything.
    pub trace: Recorder,
    /// When to end.
    pub stop: Arc<Stop>,
}

/// Hears that a client could not be connected to the server, and why.
type OnRefused = Box<dyn Fn(&io::Error) + Send + Sync>;

struct Tap {
    plan: Plan,
    shared: Arc<Shared>,
    /// Those that are there, so that they can be told to end.
    pairs: Mutex<Vec<Weak<Pair>>>,
    on_refused: OnRefused,
}

/// Connects each of the listener's clients to the server, until the plan's stop is requested; then delivers what has come, and
/// ends. Gives what was counted.
///
/// # Errors
///
/// When the listener has no address. No connection's error ends a tap.
pub fn serve(
    plan: Plan,
    listener: TcpListener,
    on_refused: impl Fn(&io::Error) + Send + Sync + 'static,
) -> io::Result<Tally> {
    let (began, address, listener) = (Instant::now(), listener.local_addr()?, Arc::new(listener));
    let shared = Arc::new(Shared::new(plan.trace.clone(), plan.max_connections));
    let (to_wake, to_stop) = (Arc::downgrade(&listener), Arc::clone(&shared));
    plan.stop.on_request(move || {
        to_stop.stop();
        wake_accept(address, &to_wake);
    });
    let tap = Arc::new(Tap { plan, shared, pairs: Mutex::default(), on_refused: Box::new(on_refused) });
    let mut calls = Calls::new(tap.plan.trace.clone());
    let mut last_id = 0;
    while !tap.plan.stop.is_requested() {
        let accepted = calls.accept(&listener, || tap.plan.stop.is_requested());
        match accepted {
            _ if tap.plan.stop.is_requested() => {}
            Ok((socket, peer)) => {
                last_id += 1;
                let local = socket.local_addr().unwrap_or(address);
                tap.admit(socket, Link { id: last_id, local, peer });
            }
            Err(error) if is_the_clients(&error) => {}
            Err(_) => tap.shared.pause(PAUSE),
        }
    }
    drop(listener);
    tap.drain();
    tap.plan.trace.flush();
    Ok(Tally { time: began.elapsed(), ..tap.shared.tally() })
}

impl Tap {
    /// Gives a client a thread, if there is room; else it is closed.
    fn admit(self: &Arc<Self>, socket: TcpStream, link: Link) {
        let Some(place) = self.shared.enter() else {
            return self.turn_away(socket, link, (End::Rejected, Ending::Rejected));
        };
        let (tap, kept) = (Arc::clone(self), socket.try_clone());
        let thread = builder(link, Way::ToServer).spawn(move || tap.connect(socket, link, place));
        if let (Err(_), Ok(socket)) = (thread, kept) {
            self.turn_away(socket, link, (End::Failed, Ending::NoThread));
        }
    }

    /// Connects to the server, and starts both directions: one in a thread of its own, one in this one.
    fn connect(&self, socket: TcpStream, link: Link, place: Place) {
        let mut calls = Calls::new(self.plan.trace.clone());
        let (server, its_link) = match connect(&self.plan.to, link.id, &mut calls) {
            Ok(connected) => connected,
            // It was let in, and reset at once.
            Err(error) if error.kind() == io::ErrorKind::ConnectionReset => {
                return self.turn_away(socket, link, (End::ResetByServer, Ending::ResetSent));
            }
            Err(error) => {
                (self.on_refused)(&error);
                return self.turn_away(socket, link, (End::Refused, Ending::Failed));
            }
        };
        let side = |socket, link| Side::new(socket, link, self.plan.trace.clone());
        let pair = Pair::new(side(socket, link), side(server, its_link), Arc::clone(&self.shared), place);
        let pair = Arc::new(pair);
        let mut pairs = self.lock();
        pairs.retain(|pair| pair.strong_count() > 0);
        pairs.push(Arc::downgrade(&pair));
        drop(pairs);
        if self.plan.stop.is_requested() {
            pair.stop();
        }
        let pump = |way: Way| {
            let [to_server, to_client] = self.plan.faults;
            let seed = chance::seed_of(self.plan.seed, link.id, way.of_pair(0, 1));
            Pump::new(Arc::clone(&pair), way, Schedule::new(way.of_pair(to_server, to_client), seed))
        };
        let (to_client, to_server) = (pump(Way::ToClient), pump(Way::ToServer));
        if builder(link, Way::ToClient).spawn(move || to_client.run()).is_err() {
            return pair.abort(End::Failed);
        }
        drop(pair);
        to_server.run();
    }

    /// A client that cannot be served sees what it would see without a tap: an RST.
    fn turn_away(&self, socket: TcpStream, link: Link, (end, ending): (End, Ending)) {
        let _ = socket2::SockRef::from(&socket).set_linger(Some(Duration::ZERO));
        drop(socket);
        self.plan.trace.call(Some(link), Call::Close, Ok(Outcome::DONE), None);
        self.plan.trace.ended(link, ending);
        self.shared.ended(end);
    }

    /// As if each client shut down sending now: the server still answers what it got, and then both are closed.
    fn drain(&self) {
        let began = Instant::now();
        self.pairs().iter().for_each(|pair| pair.stop());
        if self.shared.wait_until_empty(PATIENCE_WITH_SERVERS) {
            return;
        }
        // A server that does not end by itself is not waited for any longer.
        self.pairs().iter().for_each(|pair| pair.stop_server());
        if self.shared.wait_until_empty(DRAIN.saturating_sub(began.elapsed())) {
            return;
        }
        self.pairs().iter().for_each(|pair| pair.abort(End::Stopped));
        self.shared.wait_until_empty(PATIENCE_WITH_SERVERS);
    }

    fn pairs(&self) -> Vec<Arc<Pair>> {
        self.lock().iter().filter_map(Weak::upgrade).collect()
    }

    fn lock(&self) -> MutexGuard<'_, Vec<Weak<Pair>>> {
        self.pairs.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn builder(link: Link, way: Way) -> thread::Builder {
    let name = format!("tap {} {}", link.id, way.of_pair("up", "down"));
    thread::Builder::new().stack_size(STACK).name(name)
}

//! What the notes call IO multiplexing (io多路复用): the same protocol with readiness from the operating system (epoll, kqueue, IOCP): one call sleeps for all clients, and
//! tells which of them are worth a call. What `spin.rs` finds out by asking everybody, this loop is told.

use super::busy::LookAgain;
use super::connection::{Connection, Received};
use super::listener::{Accepted, Listener};
use super::places::Places;
use super::server::Server;
use super::work::Work;
use crate::protocol::Protocol;
use mio::net::{TcpListener, TcpStream};
use mio::{Events, Interest, Poll, Token, Waker};
use std::io;
use std::mem;
use std::time::{Duration, Instant};

/// A token is a number that the operating system hands back with what it tells. This one is Ctrl-C's; a client's is its
/// place in the list.
const STOP: Token = Token(usize::MAX);
/// The listener's token.
const LISTENER: Token = Token(usize::MAX - 1);
/// How many times in a row one client is received from before the others have their turn.
const TURNS: usize = 16;
/// How many new clients are let in before the others have their turn.
const NEWCOMERS: usize = 64;
/// Deadlines are looked through at most this often: with 10 000 clients that is work too.
const SWEEP_EVERY: Duration = Duration::from_millis(50);

struct Loop<'s, P> {
    server: &'s Server<P>,
    poll: Poll,
    listener: Listener<TcpListener>,
    clients: Places<Client<P>>,
    work: Work<'s>,
    /// Who is worth a call. The operating system tells of a change once ("edge-triggered"). So a client stays in this list
    /// until it was asked for everything that is there.
    ready: Vec<Token>,
    ready_before: Vec<Token>,
    /// The same for the listener: it was not asked yet until nobody was left.
    may_have_newcomers: bool,
    look_again: LookAgain,
    /// How many clients had a turn since the last sleep.
    served: usize,
    /// When the first deadline may be over.
    next_sweep: Option<Instant>,
    /// When the time for stopping is over.
    give_up: Option<Instant>,
}

struct Client<P> {
    connection: Connection<TcpStream, P>,
    /// The operating system was asked to tell when there is room to send again.
    awaits_room: bool,
    /// It may have ended, or is to be let go: to be asked until it says so, and not only until a short read.
    to_the_end: bool,
}

pub(super) fn serve<P: Protocol>(server: &Server<P>, listener: std::net::TcpListener) -> io::Result<()> {
    let poll = Poll::new()?;
    let waker = Waker::new(poll.registry(), STOP)?;
    // Ctrl-C must end the sleep.
    server.plan.stop.on_request(move || _ = waker.wake());
    listener.set_nonblocking(true)?;
    let mut listener = TcpListener::from_std(listener);
    poll.registry().register(&mut listener, LISTENER, Interest::READABLE)?;
    let the_loop = Loop {
        server,
        poll,
        listener: Listener::new(listener),
        clients: Places::new(),
        work: server.work()?,
        ready: Vec::new(),
        ready_before: Vec::new(),
        may_have_newcomers: false,
        look_again: LookAgain::for_at_most(server.plan.busy_poll),
        served: 0,
        next_sweep: None,
        give_up: None,
    };
    the_loop.run()
}

impl<P: Protocol> Loop<'_, P> {
    fn run(mut self) -> io::Result<()> {
        let mut events = Events::with_capacity(1024);
        loop {
            // ANCHOR: wait
            self.wait(&mut events)?; //                              sleeps here, and only here
            self.work.tick();

            for event in &events {
                match event.token() {
                    LISTENER => self.may_have_newcomers = true,
                    STOP => self.ask_everybody(),
                    token => {
                        if let Some(client) = self.clients.get_mut(token.0) {
                            client.to_the_end |= event.is_read_closed() || !cfg!(target_os = "linux");
                            self.ready.push(token);
                        }
                    }
                }
            }
            self.accept_newcomers(); //                              conn, addr = sk.accept()
            if self.server.is_door_closed() {
                self.listener.close(); //                            Ctrl-C, or the one client of --once is here
            }
            self.serve_ready(); //                                   c.recv(…), a.upper(), c.send(…)
            // ANCHOR_END: wait
            self.check_deadlines();

            if self.server.is_door_closed() && self.clients.len() == 0 {
                return Ok(());
            }
        }
    }

    /// Sleeps until somebody is ready. Falling asleep and being woken costs more than a few looks, so after work it looks
    /// again for a short while first: the bridge between this model and `spin`.
    fn wait(&mut self, events: &mut Events) -> io::Result<()> {
        let sleep = self.time_to_sleep();
        if sleep != Some(Duration::ZERO) && self.look_again.is_worth_it(self.served) {
            let began = Instant::now();
            while began.elapsed() < self.look_again.window() {
                self.work.look(&mut self.poll, events)?;
                if !events.is_empty() {
                    self.look_again.found();
                    return Ok(());
                }
            }
            self.look_again.found_nothing();
        }
        self.work.poll(&mut self.poll, events, sleep)
    }

    /// How long nothing will happen unless somebody speaks. `None`: for ever.
    fn time_to_sleep(&self) -> Option<Duration> {
        let is_paused = self.listener.paused_until().is_some();
        if !self.ready.is_empty() || (self.may_have_newcomers && !is_paused) {
            return Some(Duration::ZERO);
        }
        let wake = [self.next_sweep, self.listener.paused_until(), self.give_up].into_iter().flatten().min();
        wake.map(|wake| wake.saturating_duration_since(self.work.now))
    }

    fn accept_newcomers(&mut self) {
        for _ in 0..NEWCOMERS {
            if !self.may_have_newcomers {
                return;
            }
            if self.server.is_door_closed() {
                self.may_have_newcomers = false;
                return;
            }
            match self.listener.accept(&mut self.work) {
                Accepted::Client(conn, addr) => {
                    let evict = |id, work: &mut Work<'_>| evict(&mut self.clients, id, work);
                    let client = self.server.admit(conn, addr, &mut self.work, evict);
                    client.into_iter().for_each(|connection| self.watch(connection));
                }
                Accepted::Gone => {}
                // Those in the queue are still there when the pause is over, and no event will tell of them again.
                Accepted::Pause => return,
                Accepted::Nobody => {
                    self.may_have_newcomers = self.listener.paused_until().is_some();
                    return;
                }
            }
        }
    }

    /// Has the operating system tell when the newcomer says something.
    fn watch(&mut self, mut connection: Connection<TcpStream, P>) {
        let (place, registry) = (self.clients.vacant(), self.poll.registry());
        let register = |socket: &mut TcpStream| match place {
            Some(place) => registry.register(socket, Token(place), Interest::READABLE),
            None => Err(io::ErrorKind::OutOfMemory.into()),
        };
        if connection.watch(register, &mut self.work) {
            self.next_sweep = earlier(self.next_sweep, connection.deadline(&self.work));
            self.clients.take(Client { connection, awaits_room: false, to_the_end: false });
        }
    }

    fn serve_ready(&mut self) {
        // A new list begins, in the old one's memory: whoever has more to say is put into it.
        let mut ready = mem::replace(&mut self.ready, mem::take(&mut self.ready_before));
        self.served = ready.len();
        for token in ready.drain(..) {
            let Some(client) = self.clients.get_mut(token.0) else { continue };
            if client.serve(&mut self.work) {
                self.ready.push(token);
            }
            client.await_room(token, &self.poll, &mut self.work);
            if client.connection.is_closed() {
                self.clients.leave(token.0);
                continue;
            }
            self.next_sweep = earlier(self.next_sweep, client.connection.deadline(&self.work));
        }
        self.ready_before = ready;
    }

    /// A stopping server asks everybody once more, and lets go whoever has nothing more to say.
    fn ask_everybody(&mut self) {
        for (place, client) in self.clients.iter_mut() {
            client.to_the_end = true;
            self.ready.push(Token(place));
        }
    }

    fn check_deadlines(&mut self) {
        let (now, work) = (self.work.now, &mut self.work);
        if work.stopping && now >= *self.give_up.get_or_insert(now + work.limits.drain) {
            work.count_cut(self.clients.len());
            self.clients.iter_mut().for_each(|(_, client)| client.connection.cut(work));
        } else if self.next_sweep.is_none_or(|sweep| now < sweep) {
            return;
        }
        self.next_sweep = None;
        let mut closed = Vec::new();
        for (place, client) in self.clients.iter_mut() {
            if client.connection.is_waiting() {
                // What it says meanwhile is not listened to, and will not be told of again.
                self.ready.push(Token(place));
            }
            client.connection.check_deadlines(work);
            client.connection.send(work);
            client.await_room(Token(place), &self.poll, work);
            self.next_sweep = earlier(self.next_sweep, client.connection.deadline(work));
            if client.connection.is_closed() {
                closed.push(place);
            }
        }
        closed.into_iter().for_each(|place| self.clients.leave(place));
        self.next_sweep = self.next_sweep.map(|sweep| sweep.max(now + SWEEP_EVERY));
    }
}

impl<P: Protocol> Client<P> {
    /// Receives and sends, as often as its turn allows; true if there may be more.
    fn serve(&mut self, work: &mut Work<'_>) -> bool {
        for _ in 0..TURNS {
            self.connection.send(work);
            let received = self.connection.receive(work);
            let is_done = received == Received::Nothing || (received == Received::AllThereWas && !self.to_the_end);
            if is_done {
                self.connection.send(work);
                return false;
            }
        }
        true
    }

    /// Has the operating system tell when there is room for what could not be sent.
    fn await_room(&mut self, token: Token, poll: &Poll, work: &mut Work<'_>) {
        if self.connection.has_unsent() && !self.awaits_room {
            let both = Interest::READABLE | Interest::WRITABLE;
            self.awaits_room = self.connection.watch(|socket| poll.registry().reregister(socket, token, both), work);
        }
    }
}

/// Closes the client that has to leave for a new one.
fn evict<P: Protocol>(clients: &mut Places<Client<P>>, id: u64, work: &mut Work<'_>) {
    let place = clients.iter_mut().find_map(|(place, client)| (client.connection.link().id == id).then_some(place));
    if let Some(place) = place {
        clients.get_mut(place).into_iter().for_each(|client| client.connection.evict(work));
        clients.leave(place);
    }
}

/// The earlier of those that are set.
fn earlier(one: Option<Instant>, other: Option<Instant>) -> Option<Instant> {
    [one, other].into_iter().flatten().min()
}

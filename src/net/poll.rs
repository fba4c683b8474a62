//! The same protocol with readiness from the operating system (epoll, kqueue, IOCP): one call sleeps for all clients, and
//! tells which of them are worth a call. What `spin.rs` finds out by asking everybody, this loop is told.

use super::connection::Connection;
use super::listener::{Accepted, Listener};
use super::server::{Server, Work};
use crate::protocol::Protocol;
use mio::net::{TcpListener, TcpStream};
use mio::{Events, Interest, Poll, Token, Waker};
use std::collections::HashMap;
use std::io;
use std::mem;
use std::time::{Duration, Instant};

/// The listener's token; clients have their numbers, which begin at 1.
const LISTENER: Token = Token(0);
/// The token of Ctrl-C.
const STOP: Token = Token(usize::MAX);
/// How often one client is received from before the others have their turn.
const TURNS: usize = 16;
/// How many new clients are let in before the others have their turn.
const NEWCOMERS: usize = 64;
/// Deadlines are looked through at most this often: with 10 000 clients that is work too.
const SWEEP_EVERY: Duration = Duration::from_millis(50);

struct Loop<'s, P> {
    server: &'s Server<P>,
    poll: Poll,
    listener: Listener<TcpListener>,
    clients: HashMap<Token, Connection<TcpStream, P>>,
    work: Work<'s>,
    /// Who is worth a call. The operating system tells of a change once ("edge-triggered"), and of what is still there not
    /// again: whoever was not asked until it said `WouldBlock` stays in this list.
    ready: Vec<Token>,
    /// The same for the listener.
    somebody_came: bool,
    /// When the first deadline may be over.
    next_sweep: Option<Instant>,
    /// When the time for stopping is over.
    give_up: Option<Instant>,
}

pub(super) fn serve<P: Protocol>(server: &Server<P>, listener: std::net::TcpListener) -> io::Result<()> {
    let poll = Poll::new()?;
    let waker = Waker::new(poll.registry(), STOP)?;
    server.plan.stop.on_request(move || _ = waker.wake());
    listener.set_nonblocking(true)?;
    let mut listener = TcpListener::from_std(listener);
    poll.registry().register(&mut listener, LISTENER, Interest::READABLE)?;
    let listener = Listener::new(listener);
    let (clients, work, ready) = (HashMap::new(), server.work(), Vec::new());
    Loop { server, poll, listener, clients, work, ready, somebody_came: false, next_sweep: None, give_up: None }.run()
}

impl<P: Protocol> Loop<'_, P> {
    fn run(mut self) -> io::Result<()> {
        let mut events = Events::with_capacity(1024);
        loop {
            let sleep = self.sleep();
            self.work.poll(&mut self.poll, &mut events, sleep)?; //  sleeps here, and only here
            self.work.tick();

            for event in &events {
                match event.token() {
                    LISTENER => self.somebody_came = true,
                    STOP => self.ready.extend(self.clients.keys()),
                    client => self.ready.push(client),
                }
            }
            self.accept_newcomers(); //                              conn, addr = sk.accept()
            if self.server.is_full_house() {
                self.listener.close(); //                            Ctrl-C, or the one client of --once is here
            }
            self.serve_ready(); //                                   c.recv(…), a.upper(), c.send(…)
            self.check_deadlines();

            if self.server.is_full_house() && self.clients.is_empty() {
                return Ok(());
            }
        }
    }

    /// How long nothing will happen unless somebody speaks. `None`: for ever.
    fn sleep(&self) -> Option<Duration> {
        let is_paused = self.listener.paused_until().is_some();
        if !self.ready.is_empty() || (self.somebody_came && !is_paused) {
            return Some(Duration::ZERO);
        }
        let wake = [self.next_sweep, self.listener.paused_until(), self.give_up].into_iter().flatten().min();
        wake.map(|wake| wake.saturating_duration_since(Instant::now()))
    }

    fn accept_newcomers(&mut self) {
        for _ in 0..NEWCOMERS {
            if !self.somebody_came {
                return;
            }
            if self.server.is_full_house() {
                self.somebody_came = false;
                return;
            }
            match self.listener.accept(&mut self.work) {
                Accepted::Client(conn, addr) => {
                    let Some(mut client) = self.server.admit(conn, addr, &mut self.work) else { continue };
                    let token = Token(client.link().id as usize);
                    let both = Interest::READABLE | Interest::WRITABLE;
                    if client.watch(|socket| self.poll.registry().register(socket, token, both), &mut self.work) {
                        self.next_sweep = earlier(self.next_sweep, client.deadline(&self.work));
                        self.clients.insert(token, client);
                    }
                }
                Accepted::Gone => {}
                // Whoever waits still waits when the pause is over, and no event will tell of him again.
                Accepted::Pause => return,
                Accepted::Nobody => {
                    self.somebody_came = self.listener.paused_until().is_some();
                    return;
                }
            }
        }
    }

    fn serve_ready(&mut self) {
        for token in mem::take(&mut self.ready) {
            let Some(client) = self.clients.get_mut(&token) else { continue };
            let mut turns = 0..TURNS;
            let has_more = loop {
                client.send(&mut self.work);
                if turns.next().is_none() {
                    break true;
                }
                if !client.receive(&mut self.work) {
                    break false;
                }
            };
            // Being let go by a stopping server is decided by the last receive, and begins here.
            client.send(&mut self.work);
            if client.is_closed() {
                self.clients.remove(&token);
                continue;
            }
            self.next_sweep = earlier(self.next_sweep, client.deadline(&self.work));
            if has_more {
                self.ready.push(token);
            }
        }
    }

    fn check_deadlines(&mut self) {
        let (now, work) = (self.work.now, &mut self.work);
        if work.stopping && now >= *self.give_up.get_or_insert(now + work.limits.drain) {
            work.count_cut(self.clients.len());
            self.clients.values_mut().for_each(|client| client.cut(work));
        } else if self.next_sweep.is_none_or(|sweep| now < sweep) {
            return;
        }
        self.next_sweep = None;
        self.clients.retain(|_, client| {
            client.check_deadlines(work);
            client.send(work);
            self.next_sweep = earlier(self.next_sweep, client.deadline(work));
            !client.is_closed()
        });
        self.next_sweep = self.next_sweep.map(|sweep| sweep.max(now + SWEEP_EVERY));
    }
}

fn earlier(one: Option<Instant>, other: Option<Instant>) -> Option<Instant> {
    [one, other].into_iter().flatten().min()
}

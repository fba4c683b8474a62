//! What a check is played with: connections to the program, the program itself, and chance.

use super::unreached::{self, AGAIN};
use super::whereabouts::Lookout;
use crate::both;
use crate::check::order::Order;
use crate::check::requirement::Target;
use crate::check::stage::host::Host;
use crate::check::stage::printed::Printed;
use crate::check::stage::program::Program;
use crate::check::stage::stdin::Stdin;
use crate::check::stage::wire::{Conn, Connect, Context, Listener, connect_once};
use crate::check::verdict::story::Story;
use crate::check::verdict::{Fault, Halt, Outcome};
use crate::crypto::Secret;
use crate::net::ports::where_nobody_listens;
use rand::rngs::StdRng;
use std::process::ExitStatus;
use std::sync::Arc;
use std::time::Duration;

/// How often a port that another program took meanwhile is changed for another one.
const COLLISIONS: usize = 3;
/// Between two tries to connect.
const TRY_AGAIN: Duration = Duration::from_millis(2);
/// A silence that is no longer is waited for with the process that is judged: another one is not worth its start.
const SHORT_SILENCE: Duration = Duration::from_secs(2);
/// How long something may take to be printed.
pub(crate) const PRINTING: Duration = Duration::from_secs(3);

/// The judge, while one check is played.
pub(crate) struct Judge<'r> {
    pub(crate) order: &'r Order,
    pub(crate) host: &'r mut Host,
    pub(crate) context: Context,
    /// Chance, the same again for the same seed.
    pub(crate) rng: StdRng,
    /// How many clients of ours there were in this check.
    clients: u8,
    listener: Option<Listener>,
}

impl<'r> Judge<'r> {
    pub(crate) fn new(order: &'r Order, host: &'r mut Host, context: Context, rng: StdRng) -> Self {
        Self { order, host, context, rng, clients: 0, listener: None }
    }

    /// A new client of ours: A, then B, and so on. The first one is also who finds out when the server listens: a
    /// connection made only to look would be the only one that a server for one client ever accepts.
    pub(crate) fn connect(&mut self) -> Outcome<Conn> {
        match self.try_connect()? {
            Some(conn) => Ok(conn),
            None => Err(unreached::not_reached(self.host, self.order)),
        }
    }

    /// The same; `None` if nobody is there (any more).
    pub(crate) fn try_connect(&mut self) -> Outcome<Option<Conn>> {
        let number = self.clients;
        self.clients = self.clients.wrapping_add(1);
        let mut collisions = 0;
        loop {
            let is_first = !self.host.reached;
            let conn = self.keep_connecting(number)?;
            let why = if is_first && self.host.has_lost_its_port(self.order) {
                collisions += 1;
                if collisions > COLLISIONS {
                    return Err(taken_each_time());
                }
                both!("another program took that port; day30 tries another one", "端口被别的程序占用了；换一个端口再试")
            } else if conn.is_none() && number == 0 && self.host.has_ended_before() {
                both!(
                    "your program has exited before this check; day30 starts it again",
                    "程序在本项检查之前就退出了；重新启动"
                )
            } else {
                return Ok(conn);
            };
            self.context.story.did(why);
            self.host.end();
        }
    }

    /// Tries to connect until somebody is there, for as long as that is worth it.
    fn keep_connecting(&mut self, number: u8) -> Outcome<Option<Conn>> {
        self.host.start_server(self.order, &self.context)?;
        let Some(address) = self.host.address(self.order) else { return Ok(None) };
        self.host.connections += 1;
        let patience = if self.host.reached { AGAIN } else { self.order.start_patience };
        let until = self.context.until(patience);
        let mut lookout = Lookout::new();
        loop {
            self.context.go_on()?;
            match connect_once(number, self.host.connections, address, &self.context)? {
                Connect::In(conn) => {
                    self.host.was_reached(self.order);
                    return Ok(Some(*conn));
                }
                Connect::NoAnswer => {
                    let sentence = both!(
                        "no answer to a connection: the queue of those who wait to be accepted is full",
                        "连接没有回应：等待 accept 的队列已满"
                    );
                    return Err(Halt::failed(Fault::NotReached, sentence));
                }
                Connect::Refused => {}
            }
            let is_lost = |program: &Program| program.ended().is_some() || lookout.has_settled_elsewhere(program);
            let is_over = self.host.program().is_some_and(is_lost);
            if is_over || self.context.is_over(&until) {
                return Ok(None);
            }
            self.context.pause(TRY_AGAIN)?;
        }
    }

    /// Lets a silent client wait in a process of its own from now on, if a check asks for one later.
    pub(crate) fn set_aside(&mut self, check: &str) -> Outcome {
        let is_wanted = self.order.checks.len() > 1 && self.order.checks.iter().any(|one| one.id == check);
        if is_wanted { self.host.set_aside(self.order, &self.context) } else { Ok(()) }
    }

    /// Leaves clients that say nothing with a process of their own, if a check asks for them later.
    pub(crate) fn leave_silent_clients(&mut self, check: &str) -> Outcome {
        let is_asked_for = self.order.checks.len() > 1 && self.order.checks.iter().any(|one| one.id == check);
        let is_wanted = is_asked_for && self.order.silence > SHORT_SILENCE;
        if is_wanted { self.host.leave_silent_clients(self.order, &self.context) } else { Ok(()) }
    }

    /// A new client that the story does not name, and that leaves without a word in it: one of a crowd.
    pub(crate) fn connect_unnamed(&mut self) -> Outcome<Conn> {
        let story = Arc::new(Story::new(self.order.secret.clone()));
        let story = std::mem::replace(&mut self.context.story, story);
        let conn = self.connect();
        self.context.story = story;
        conn
    }

    /// The door for a client that is judged, which is told where it is. Open before the program starts.
    pub(crate) fn listen(&mut self) -> Outcome {
        if self.listener.is_none() {
            self.listener = Some(Listener::bind(self.order.fixed_port().unwrap_or(0), &self.context)?);
        }
        let address = self.listener.as_ref().map(|listener| listener.address);
        match address {
            Some(address) if self.host.program().is_none() => {
                let has_stdin = self.order.target == Target::SocketClient;
                self.host.start(self.order, &self.context, address, has_stdin)
            }
            _ => Ok(()),
        }
    }

    /// Ends the program; whoever needs one next gets another process.
    pub(crate) fn next_process(&mut self) {
        self.host.end();
        if let Some(listener) = &self.listener {
            listener.drop_waiting();
        }
    }

    /// Runs a client against a port where nobody listens; gives how it ended, if it did.
    pub(crate) fn run_without_server(&mut self, patience: Duration) -> Outcome<Option<ExitStatus>> {
        let port = self.order.fixed_port().unwrap_or(0);
        let no_port = |error: std::io::Error| Halt::Broken(both!("no port: {error}", "没有可用的端口：{error}"));
        // Held, so that nobody else begins to listen there.
        let (_held, address) = where_nobody_listens(port).map_err(no_port)?;
        self.context.story.did(both!("nobody listens on {address}", "{address} 上无人监听"));
        self.host.start(self.order, &self.context, address, self.order.target == Target::SocketClient)?;
        // A person who types would see soon enough that nobody is there.
        drop(self.program()?.take_stdin());
        self.wait_for_end(patience)
    }

    /// The program's connection, which must come.
    pub(crate) fn accept(&mut self) -> Outcome<Conn> {
        self.listen()?;
        match self.try_accept(self.order.start_patience)? {
            Some(conn) => {
                let took = self.program()?.started.elapsed();
                self.host.connected_after = self.host.connected_after.max(Some(took));
                Ok(conn)
            }
            None => Err(unreached::not_connected(self.host)),
        }
    }

    /// Another connection of the program, if one comes.
    pub(crate) fn try_accept(&mut self, patience: Duration) -> Outcome<Option<Conn>> {
        let Some(listener) = &self.listener else { return Ok(None) };
        self.host.connections += 1;
        let program = self.host.program();
        let runs = || program.is_some_and(|program| program.ended().is_none());
        listener.wait(self.host.connections, &self.context, patience, runs)
    }

    /// The secret that the program was started with.
    pub(crate) fn secret(&self) -> &Secret {
        self.host.secret(self.order)
    }

    /// The program, for what can only be asked of one that day30 started.
    pub(crate) fn program(&self) -> Outcome<&Program> {
        self.host.our_program()
    }

    /// What the program printed.
    pub(crate) fn printed(&self) -> Outcome<Arc<Printed>> {
        self.program().map(|program| Arc::clone(&program.printed))
    }

    /// Waits until the program has printed what it should; false if it has not, or has ended without that.
    pub(crate) fn wait_for_output(&self, patience: Duration, is_so: impl Fn(&[u8]) -> bool) -> Outcome<bool> {
        let has_come = self.program()?.has_printed(patience, &self.context.budget, is_so);
        self.context.go_on().map(|()| has_come)
    }

    /// The program's stdin, if it has one, for a person who types.
    pub(crate) fn stdin(&self) -> Outcome<Option<Stdin>> {
        let stdin = self.program()?.take_stdin();
        Ok(stdin.map(|stdin| Stdin::of(stdin, &self.context.story)))
    }
}

fn taken_each_time() -> Halt {
    let times = COLLISIONS + 1;
    Halt::Unknown(both!(
        "{times} times, another program took the port that day30 had chosen",
        "day30 选的端口连续 {times} 次被别的程序占用"
    ))
}

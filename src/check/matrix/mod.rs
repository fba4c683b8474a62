//! Every server against every client: one letter for each pair.
//!
//! The judge stands between the two and hands on what they say, so that it knows what went over the wire, whatever they print.

mod picture;

pub use picture::{Cell, Matrix};

use crate::check::stage::budget::Budget;
use crate::check::stage::ending::DYING;
use crate::check::stage::parameters::Parameters;
use crate::check::stage::port;
use crate::check::stage::printed::count_lines;
use crate::check::stage::program::{Current, Program};
use crate::check::stage::wire::{Context, Conversation, Relay};
use crate::check::verdict::Halt;
use crate::check::verdict::story::Story;
use crate::crypto::Secret;
use crate::lang::Text;
use crate::net::ports::somebody_listens;
use crate::net::stop::Stop;
use crate::program::{CommandLine, Launch, orphans};
use crate::trace::{Actor, Recorder};
use std::io::{ErrorKind, Write};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

/// How long one pair may take, beside what its server takes to start.
const PAIR: Duration = Duration::from_secs(4);
/// How long a client that was answered is given to print that.
const PRINTING: Duration = Duration::from_secs(2);
/// What is typed for a client that reads it.
const TYPED: &[u8] = b"hello\nworld\n";
/// How many bytes lesson 2's server says first.
const CHALLENGE: usize = 32;

/// One of the programs.
#[derive(Clone, Debug)]
pub struct Player {
    /// What it is called in the picture.
    pub name: String,
    /// Its command.
    pub words: CommandLine,
    /// The port that is written into it, if one is.
    pub port: Option<u16>,
}

/// What all pairs have in common.
struct Hall<'m> {
    secret: &'m Secret,
    memory: u64,
    patience: Duration,
    stop: &'m Arc<Stop>,
    current: Current,
}

/// Plays every server against every client. A program that takes longer than `patience` to listen is no server, and one that
/// takes more than `memory` bytes is ended. `on_pair` hears which pair begins.
///
/// # Errors
///
/// When a program cannot be started, or Ctrl-C came: what to say then.
pub fn matrix(
    players: &[Player],
    secret: &Secret,
    memory: u64,
    patience: Duration,
    stop: &Arc<Stop>,
    mut on_pair: impl FnMut(&str, &str),
) -> Result<Matrix, Text> {
    orphans::adopt();
    let hall = Hall { secret, memory, patience, stop, current: Current::default() };
    let to_kill = hall.current.clone();
    stop.on_request(move || to_kill.kill());
    let (mut servers, mut clients) = (Vec::new(), Vec::new());
    for player in players {
        let is_server = hall.is_server(player).map_err(text)?;
        if is_server { servers.push(player) } else { clients.push(player) }
    }
    orphans::end_all();
    let mut cells = Vec::new();
    for server in &servers {
        let mut row = Vec::new();
        for client in &clients {
            on_pair(&server.name, &client.name);
            row.push(hall.pair(server, client).map_err(text)?);
            orphans::end_all();
        }
        cells.push(row);
    }
    let names = |players: Vec<&Player>| players.into_iter().map(|player| player.name.clone()).collect();
    Ok(Matrix { servers: names(servers), clients: names(clients), cells })
}

/// Plays one server against these clients. What cannot be started is told by the cells, as what cannot be reached is; `on_pair` hears
/// what came of each pair.
///
/// # Errors
///
/// When a port cannot be had, or Ctrl-C came: what to say then.
pub fn row(
    server: &Player,
    clients: &[Player],
    secret: &Secret,
    memory: u64,
    patience: Duration,
    stop: &Arc<Stop>,
    mut on_pair: impl FnMut(Cell),
) -> Result<(), Text> {
    orphans::adopt();
    let hall = Hall { secret, memory, patience, stop, current: Current::default() };
    let to_kill = hall.current.clone();
    stop.on_request(move || to_kill.kill());
    let listens = match hall.is_server(server) {
        Err(Halt::Interrupted) => return Err(text(Halt::Interrupted)),
        asked => asked.unwrap_or(false),
    };
    for client in clients {
        orphans::end_all();
        // The server could be started just now: where something cannot be, it is the client.
        let played = if listens { hall.pair(server, client) } else { Ok(Cell::NoServer) };
        on_pair(match played {
            Err(Halt::Broken(_)) => Cell::NoClient,
            played => played.map_err(text)?,
        });
    }
    Ok(())
}

fn text(halt: Halt) -> Text {
    match halt {
        Halt::Broken(text) | Halt::Unknown(text) | Halt::Impossible(text) => text,
        Halt::Failed(failure) => failure.sentence,
        Halt::Interrupted => crate::both!("ended by Ctrl-C", "被 Ctrl-C 中断"),
    }
}

/// Whatever the programs have started ends with the matrix.
impl Drop for Hall<'_> {
    fn drop(&mut self) {
        orphans::end_all();
    }
}

impl Hall<'_> {
    fn context(&self, limit: Duration) -> Context {
        let budget = Budget::new(Arc::clone(self.stop));
        budget.begin_check(limit);
        Context {
            story: Arc::new(Story::new(self.secret.clone())),
            stop: Arc::clone(self.stop),
            trace: Recorder::off(Actor::Client, None),
            program_ends_first: false,
            keeps_port_free: true,
            budget: Arc::new(budget),
        }
    }

    fn start(&self, player: &Player, address: SocketAddr, context: &Context) -> Result<Program, Halt> {
        let launch = Launch {
            has_stdin: true,
            // What it prints must be there when it is looked for.
            on_terminal: cfg!(unix),
            ..Parameters::address(address).launch(&player.words, self.secret)
        };
        context.go_on()?;
        let program =
            Program::start(launch, address, self.memory, &context.story, &self.current, context.budget.lost())?;
        if let Some(mut stdin) = program.take_stdin() {
            // A program that does not read its stdin is no failure.
            let _ = stdin.write_all(TYPED);
        }
        Ok(program)
    }

    /// Whether the program listens where it was told: then it is a server. A client is refused there, since nobody listens.
    fn is_server(&self, player: &Player) -> Result<bool, Halt> {
        let context = self.context(self.patience);
        let address = port::choose(player.port)?;
        let program = self.start(player, address, &context)?;
        let listens = || match program.listeners(address.port()) {
            Some(theirs) => theirs.iter().any(|one| one.port() == address.port()),
            None => somebody_listens(address),
        };
        context.wait_until(self.patience, || program.ended().is_some() || listens())?;
        Ok(program.ended().is_none() && listens())
    }

    /// One server and one client.
    fn pair(&self, server: &Player, client: &Player) -> Result<Cell, Halt> {
        let context = self.context(self.patience + PAIR);
        let address = port::choose(server.port)?;
        if client.port == Some(address.port()) {
            return Ok(Cell::Unknown);
        }
        let behind = self.start(server, address, &context)?;
        let cannot = |error: std::io::Error| {
            Halt::Broken(crate::both!("cannot listen between the two: {error}", "无法在两者之间监听：{error}"))
        };
        let relay = match Relay::open(client.port.unwrap_or(0)) {
            Err(error) if client.port.is_some() && error.kind() == ErrorKind::AddrInUse => return Ok(Cell::Unknown),
            relay => relay.map_err(cannot)?,
        };
        let before = self.start(client, relay.address, &context)?;
        let is_alive = || behind.ended().is_none();
        let is_enough = |said: &Conversation| match lesson_2(said) {
            true => said.server_closed || count_lines(&behind.printed.results(), "ok") > 0,
            // Answered, or answered wrongly: nothing will make that right.
            false => !said.by_client.is_empty() && !is_awaited(said),
        };
        let said = relay.listen_in(behind.address, &context, is_alive, is_enough);
        context.go_on()?;
        Ok(judge(&said, &behind, &before, &context))
    }
}

/// Lesson 2's server speaks first.
fn lesson_2(said: &Conversation) -> bool {
    said.by_server.len() >= CHALLENGE && !said.by_server.starts_with(&upper(&said.by_client))
}

fn upper(bytes: &[u8]) -> Vec<u8> {
    String::from_utf8_lossy(bytes).to_uppercase().into_bytes()
}

/// Whether the right reply may still come.
fn is_awaited(said: &Conversation) -> bool {
    let due = upper(&said.by_client);
    said.by_server.len() < due.len() && due.starts_with(&said.by_server)
}

fn is_answered(said: &Conversation) -> bool {
    !said.by_client.is_empty() && said.by_server == upper(&said.by_client)
}

fn judge(said: &Conversation, server: &Program, client: &Program, context: &Context) -> Cell {
    if !said.came || !said.reached {
        return match server.ended() {
            Some(_) => Cell::Died,
            None if said.came => Cell::NoServer,
            None => Cell::NoClient,
        };
    }
    if lesson_2(said) {
        let has_said_ok = |stdout: &[u8]| count_lines(stdout, "ok") > 0;
        let ok = server.has_printed(PRINTING, &context.budget, has_said_ok);
        return if ok { Cell::Ok } else { Cell::Refused };
    }
    let due = upper(&said.by_client);
    if is_answered(said) {
        // How its lines are broken is its own affair.
        let without_spaces = |bytes: &[u8]| -> String { String::from_utf8_lossy(bytes).split_whitespace().collect() };
        let reply = without_spaces(&due);
        let is_printed = |stdout: &[u8]| without_spaces(stdout).contains(&reply);
        let printed = client.has_printed(PRINTING, &context.budget, is_printed);
        return if printed { Cell::Ok } else { Cell::Unprinted };
    }
    match () {
        () if server.wait(DYING).is_some() => Cell::Died,
        () if due.starts_with(&said.by_server) => Cell::Silent,
        () => Cell::Wrong,
    }
}

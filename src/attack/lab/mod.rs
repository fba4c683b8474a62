//! The laboratory: victims that this very command starts, on 127.0.0.1 and on ports that the system chooses, and the attacker's sockets.
//!
//! An attacker connects to a [`Victim`], and nobody can make one of an address: the only way to have one is to start it. So there is no
//! address that an attack could be pointed at.

mod client;
mod conn;
mod passing;
mod recording;
mod student;
mod verdict;
mod victim;
mod witness;

pub(super) use client::Client;
pub(super) use conn::{Conn, Door};
pub(super) use recording::Recording;
use student::Process;
pub use student::Student;
pub(super) use victim::Victim;
pub(super) use witness::Witness;

use super::show::Show;
use crate::crypto::{Challenge, Secret};
use crate::lang::Text;
use crate::net::limits::Limits;
use crate::protocol::{Forgery, Handshake, HandshakeServer, Protocol, pack};
use crate::random;
use crate::trace::{Actor, PAYLOAD_CAP, Recorder, Sink};
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

/// Nothing in the laboratory takes longer: whatever does counts as not seen.
pub(super) const PATIENCE: Duration = Duration::from_secs(5);
/// Clients and the attacker take a breath before each call, so that the times tell the steps apart.
const PACE: Duration = Duration::from_millis(15);
/// So many connections of others are closed before the attacker gives its own client up.
const MOST_STRANGERS: usize = 16;
/// The name of the server that is attacked.
pub(super) const BANK: &str = "bank";
/// What an honest client says, once it is let in.
pub(super) const HONEST: &[u8] = b"pay 5 to bob";
/// What the attacker wants to say.
pub(super) const EVIL: &[u8] = b"pay 900 to eve";
/// The secret that both sides share: the notes' own.
const SECRET: &[u8] = b"luwei";

/// One attack's run.
#[derive(Debug)]
pub struct Lab<'s> {
    pub(super) show: &'s Show,
    pub(super) handshake: Handshake,
    pub(super) secret: Arc<Secret>,
    pub(super) witness: Witness,
    trace: Recorder,
    steps: usize,
    /// How many connections the attacker has made to the server that runs, and how many clients it has let in.
    made: u64,
    /// Whose program is attacked; without one, ours.
    student: Option<Student>,
    /// How many times an honest client has made that program say ok, and whether the attacker has.
    honest_oks: usize,
    attackers_ok: bool,
    /// Whether that program is a client.
    pub(super) attacks_clients: bool,
    is_paced: bool,
}

impl<'s> Lab<'s> {
    /// A laboratory for one run of one attack.
    pub(super) fn new(show: &'s Show, handshake: Handshake) -> Self {
        let witness = Witness::default();
        let sinks: Vec<Sink> = show.sinks().into_iter().chain([witness.sink()]).collect();
        let cap = show.record.is_some().then_some(PAYLOAD_CAP);
        let trace = Recorder::new(Actor::Attacker, sinks, cap, show.slow).in_order();
        let (secret, is_paced) = (Arc::new(Secret::new(SECRET.to_vec())), show.console.is_some());
        Self {
            show,
            handshake,
            secret,
            witness,
            trace,
            steps: 0,
            made: 0,
            student: None,
            honest_oks: 0,
            attackers_ok: false,
            attacks_clients: false,
            is_paced,
        }
    }

    /// The same against a student's own program.
    pub(super) fn with_student(self, student: &Student) -> Self {
        Self { student: Some(student.clone()), ..self }
    }

    /// What happens next, for whoever watches.
    pub(super) fn step(&mut self, text: &str) {
        if self.steps == 0 {
            self.show.lanes();
        }
        self.steps += 1;
        self.show.step(self.steps, text);
    }

    /// The same in both languages.
    pub(super) fn tell(&mut self, en: &str, zh: &str) {
        self.step(self.show.lang.pick(en, zh));
    }

    /// A result beside the main one.
    pub(super) fn remark(&self, text: &Text) {
        self.show.paragraph(text.of(self.show.lang));
    }

    /// Whether a student's program is attacked.
    pub(super) fn is_of_a_student(&self) -> bool {
        self.student.is_some()
    }

    /// Whether anybody watches: what is only to be looked at need not be done otherwise.
    pub(super) fn is_watched(&self) -> bool {
        self.show.console.is_some()
    }

    /// From here on nobody narrates: what is repeated a thousand times is no story.
    pub(super) fn quietly(&mut self) {
        self.trace = Recorder::new(Actor::Attacker, vec![self.witness.sink()], None, None).in_order();
        self.is_paced = false;
    }

    fn trace_of(&self, actor: Actor) -> Recorder {
        let trace = self.trace.of(actor);
        if self.is_paced && actor != Actor::Server { trace.at_pace(PACE) } else { trace }
    }

    /// Starts the honest server.
    pub(super) fn server(&mut self) -> io::Result<Victim> {
        self.made = 0;
        if let Some(student) = self.student.as_ref().filter(|_| !self.attacks_clients) {
            return Process::server(student, &self.secret).map(Victim::program);
        }
        self.server_asking(random::challenge)
    }

    /// The same with challenges from somewhere else.
    pub(super) fn server_asking(
        &mut self,
        ask: impl Fn() -> io::Result<Challenge> + Send + Sync + 'static,
    ) -> io::Result<Victim> {
        let (handshake, secret) = (self.handshake, Arc::clone(&self.secret));
        self.serve(move || {
            Ok(HandshakeServer::new(handshake, Arc::clone(&secret), BANK.into(), ask()?, PATIENCE).taking_lines())
        })
    }

    /// Starts a server of any protocol.
    pub(super) fn serve<P: Protocol + Send + 'static>(
        &mut self,
        new_protocol: impl Fn() -> io::Result<P> + Send + Sync + 'static,
    ) -> io::Result<Victim> {
        self.made = 0;
        Victim::start(&self.trace_of(Actor::Server), Limits::default(), new_protocol)
    }

    /// The same with other bounds.
    pub(super) fn serve_within<P: Protocol + Send + 'static>(
        &mut self,
        limits: Limits,
        new_protocol: impl Fn() -> io::Result<P> + Send + Sync + 'static,
    ) -> io::Result<Victim> {
        self.made = 0;
        Victim::start(&self.trace_of(Actor::Server), limits, new_protocol)
    }

    /// Starts an honest client that wants the server `name`, and connects it to the attacker.
    pub(super) fn client(&self, number: Option<u8>, door: &Door, name: &'static str) -> io::Result<Client> {
        let actor = Actor::client(number);
        if let Some(student) = self.student.as_ref().filter(|_| self.attacks_clients) {
            return Ok(Client::program(Process::start(student, &self.secret, door.address().port())?));
        }
        // The notes' server closes once it has decided, and so may a student's.
        let lines = if self.student.is_some() { Vec::new() } else { vec![HONEST.to_vec()] };
        let trace = self.trace_of(actor);
        Client::start(self.handshake, &self.secret, name, (lines, PATIENCE), door.address(), trace, number)
    }

    /// Starts a client of another protocol, and connects it to the attacker.
    pub(super) fn client_with<P: Protocol + Send + 'static>(&self, door: &Door, protocol: P) -> io::Result<Client> {
        Client::start_with(protocol, door.address(), self.trace_of(Actor::Client))
    }

    /// The next client of the attacker that is this one: on a port that is written into a program, another may come too.
    pub(super) fn accept(&self, door: &Door, honest: &Client) -> io::Result<Conn> {
        for _ in 0..MOST_STRANGERS {
            let conn = door.accept(0)?;
            if honest.may_have(conn.peer(), door.address()) {
                return Ok(conn);
            }
            conn.close();
        }
        Err(io::ErrorKind::UnexpectedEof.into())
    }

    /// Starts an honest client that connects to the server itself, and waits so long for it.
    pub(super) fn client_of(&self, server: &Victim, patience: Duration) -> io::Result<Client> {
        // The notes' server closes once it has decided, and so may a student's.
        let lines = if self.student.is_some() { Vec::new() } else { vec![HONEST.to_vec()] };
        let trace = self.trace_of(Actor::Client);
        Client::start(self.handshake, &self.secret, BANK, (lines, patience), server.address()?, trace, None)
    }

    /// The attacker connects to a server of this laboratory.
    pub(super) fn connect(&mut self, server: &Victim) -> io::Result<Conn> {
        self.made += 1;
        Conn::to(server, self.made, self.trace_of(Actor::Attacker))
    }

    /// The attacker waits for clients.
    pub(super) fn listen(&self) -> io::Result<Door> {
        // A client may have its server's port written into it.
        let written_in = self.student.as_ref().filter(|_| self.attacks_clients).and_then(|student| student.port);
        Door::open(written_in.unwrap_or(0), self.trace_of(Actor::Attacker))
    }

    /// The attacker is an honest client in everything but the secret, which it guessed.
    pub(super) fn log_in_with(&mut self, server: &Victim, guess: &Secret) -> io::Result<SocketAddr> {
        self.made += 1;
        let trace = self.trace_of(Actor::Attacker);
        let line = (self.student.is_none() || self.attacks_clients).then_some(EVIL);
        client::log_in(self.handshake, guess, server, self.made, line, trace)
    }

    /// Says the attacker's line.
    pub(super) fn say_evil(&self, conn: &mut Conn) -> io::Result<()> {
        conn.forge(&[EVIL, b"\n"].concat(), Forgery::MadeUp)
    }

    /// Against a server that never answers a challenge: it reads what it is sent as the client's answer.
    pub(super) fn is_no_answer(&mut self) {
        self.tell(
            "At this point the server answers no challenge. It reads the bytes as the client's answer: the first 4 as its length.",
            "服务器此时不回答任何挑战值，只把收到的字节当作客户端的答案：前 4 个字节就是长度。",
        );
    }

    /// Against a server that answers only after the client's proof: there is none to be had, so one is made up.
    pub(super) fn make_up_a_proof(&mut self, conn: &mut Conn) -> io::Result<()> {
        self.tell(
            "This server answers only after the client's proof. The attacker has none, and makes one up.",
            "这个服务器要等客户端证明之后才作答。攻击者没有证明，只好编一个。",
        );
        conn.forge(&pack(&[b'0'; 64]), Forgery::MadeUp)?;
        self.say_evil(conn)
    }

    /// The attack is over: stops the server, and asks a student's program whether it said ok once more.
    pub(super) fn stop(&mut self, server: Victim) -> io::Result<()> {
        if let Some(process) = server.process() {
            self.attackers_ok = process.says_ok(self.honest_oks, false);
        }
        server.stop()
    }

    /// The server's challenge on a connection that begins.
    pub(super) fn challenge(&self, conn: &mut Conn) -> io::Result<Vec<u8>> {
        conn.receive(Challenge::LEN)?.ok_or_else(|| io::ErrorKind::UnexpectedEof.into())
    }
}

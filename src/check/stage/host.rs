//! Where the program under judgement comes from: a fresh process for each check, one for many, or one that runs already.

use super::port;
use crate::both;
use crate::check::order::{Order, Subject};
use crate::check::stage::parameters::Parameters;
use crate::check::stage::program::{Current, Program};
use crate::check::stage::wire::{Context, Patient};
use crate::check::verdict::judgement::OneProcess;
use crate::check::verdict::story::Story;
use crate::check::verdict::{Halt, Outcome};
use crate::crypto::{Challenge, Secret};
use crate::program::{Launch, orphans};
use std::net::SocketAddr;
use std::time::Duration;

/// A program that takes longer than this until it listens is not started anew for each check.
const SLOW: Duration = Duration::from_millis(700);

/// The program, and what was learned about it.
#[derive(Debug)]
pub(crate) struct Host {
    pub(super) program: Option<Program>,
    pub(super) one_process: Option<OneProcess>,
    /// Whether the start before was slow. Once is no rule: the first one reads everything from the disk.
    was_slow: bool,
    /// Whether the program was started for an earlier check.
    pub(super) is_from_before: bool,
    /// Whether somebody could connect to the process that runs now.
    pub(crate) reached: bool,
    /// Whether stdout is to be a terminal: this program holds its output back otherwise.
    pub(crate) on_terminal: bool,
    /// Whether the server serves another client after the first; `None` while nobody knows.
    pub(crate) serves_next: Option<bool>,
    /// How long a client took from its start until it connected, at most.
    pub(crate) connected_after: Option<Duration>,
    /// Whether the server is known to leave connections open.
    pub(crate) closes_never: bool,
    /// How many connections there were, in all: their numbers in the trace.
    pub(crate) connections: u64,
    pub(crate) current: Current,
    pub(crate) asides: Vec<Aside>,
    pub(super) silent: Option<Silent>,
    /// Every challenge that lesson 2's server has sent, in whichever check and process.
    pub(crate) challenges: Vec<Challenge>,
    /// Another secret than the one that was ordered, while a check tries the program with it.
    pub(crate) other_secret: Option<Secret>,
    /// Whether the server that ran already is no longer there.
    pub(crate) is_gone: bool,
    /// Whether a process that has ended since the check began printed more than is kept.
    is_cut: bool,
}

/// Whatever the programs have started ends with the judgement.
impl Drop for Host {
    fn drop(&mut self) {
        self.asides.clear();
        self.silent = None;
        self.end();
    }
}

/// A process beside the one that is judged, and its one client, who takes its time.
#[derive(Debug)]
pub(crate) struct Aside {
    pub(crate) patient: Patient,
    /// It must live as long as its client is looked at; `None` once that is over.
    pub(super) program: Option<Program>,
    /// Whether it ended by itself.
    pub(super) has_died: bool,
}

/// A process beside the one that is judged, with clients who say nothing for a while.
#[derive(Debug)]
pub(super) struct Silent {
    pub(super) clients: [Patient; 2],
    pub(super) program: Program,
}

impl Host {
    /// Nothing runs yet.
    pub(crate) fn new(order: &Order) -> Self {
        let one_process = match &order.subject {
            Subject::Elsewhere(_) => Some(OneProcess::Elsewhere),
            Subject::Program { port: Some(port), .. } if order.target.is_server() => Some(OneProcess::FixedPort(*port)),
            Subject::Program { .. } => None,
        };
        orphans::adopt();
        let current = Current::default();
        let to_kill = current.clone();
        order.stop.on_request(move || to_kill.kill());
        Self {
            program: None,
            one_process,
            was_slow: false,
            is_from_before: false,
            reached: false,
            on_terminal: false,
            serves_next: None,
            connected_after: None,
            closes_never: false,
            connections: 0,
            current,
            asides: Vec::new(),
            silent: None,
            challenges: Vec::new(),
            other_secret: None,
            is_gone: false,
            is_cut: false,
        }
    }

    /// Why one process serves many checks, if it does.
    pub(crate) fn one_process(&self) -> Option<OneProcess> {
        self.one_process
    }

    /// The program that runs, if it is ours.
    pub(crate) fn program(&self) -> Option<&Program> {
        self.program.as_ref()
    }

    /// The program, for what can only be asked of one that day30 started.
    pub(crate) fn our_program(&self) -> Outcome<&Program> {
        self.program.as_ref().ok_or_else(|| {
            Halt::Impossible(both!(
                "day30 did not start this program, so it cannot see this",
                "这个程序不是 day30 启动的，所以看不到这一点"
            ))
        })
    }

    /// The secret that the program is started with.
    pub(crate) fn secret<'s>(&'s self, order: &'s Order) -> &'s Secret {
        self.other_secret.as_ref().unwrap_or(&order.secret)
    }

    /// Where the server is, once it was started.
    pub(crate) fn address(&self, order: &Order) -> Option<SocketAddr> {
        match &order.subject {
            Subject::Elsewhere(address) => Some(*address),
            Subject::Program { .. } => self.program.as_ref().map(|program| program.address),
        }
    }

    /// Makes sure that a server runs.
    pub(crate) fn start_server(&mut self, order: &Order, context: &Context) -> Outcome {
        let Subject::Program { port, .. } = &order.subject else { return Ok(()) };
        if self.program.is_some() {
            return Ok(());
        }
        let address = port::choose(*port)?;
        self.start(order, context, address, false)
    }

    /// Starts the program, wherever it is to listen or to connect to.
    pub(crate) fn start(&mut self, order: &Order, context: &Context, address: SocketAddr, has_stdin: bool) -> Outcome {
        self.program = Some(self.launch(order, context, &Parameters::address(address), has_stdin)?);
        self.reached = false;
        self.is_from_before = false;
        // Ctrl-C may have come while it was started.
        context.go_on().inspect_err(|_| self.program = None)
    }

    /// Starts a program that computes something, and ends. It asks nobody anything, unless it `has_stdin`.
    pub(crate) fn start_with(
        &mut self,
        order: &Order,
        context: &Context,
        [key, msg]: [&str; 2],
        has_stdin: bool,
    ) -> Outcome {
        let told = Parameters::key_and_message(key, msg);
        self.program = Some(self.launch(order, context, &told, has_stdin)?);
        context.go_on().inspect_err(|_| self.program = None)
    }

    pub(super) fn launch(
        &self,
        order: &Order,
        context: &Context,
        told: &Parameters,
        has_stdin: bool,
    ) -> Outcome<Program> {
        let Subject::Program { words, .. } = &order.subject else {
            return Err(Halt::Broken(both!("there is no program to start", "没有可启动的程序")));
        };
        let (on_terminal, is_watched) = (self.on_terminal, order.is_watched);
        let launch = Launch { has_stdin, on_terminal, is_watched, ..told.launch(words, self.secret(order)) };
        let shown = told.shown(words, &order.secret);
        context.story.begin_process();
        context.story.did(both!("starts {shown}", "启动 {shown}"));
        context.go_on()?;
        Program::start(launch, told.address, order.memory, &context.story, &self.current, context.budget.lost())
    }

    /// The first connection came about: from now on a refusal means something else.
    pub(crate) fn was_reached(&mut self, order: &Order) {
        let is_first = !std::mem::replace(&mut self.reached, true);
        let Some(program) = self.program.as_ref().filter(|_| is_first) else { return };
        let took = program.age();
        let is_slow = took > SLOW;
        // A client has a single conversation, and then ends.
        if is_slow && self.was_slow && self.one_process.is_none() && order.target.is_server() {
            self.one_process = Some(OneProcess::SlowStart(took));
        }
        self.was_slow = is_slow;
    }

    /// Whether the program, which has nothing more to do with an earlier check, has ended since then.
    pub(crate) fn has_ended_before(&self) -> bool {
        self.is_from_before && self.program.as_ref().is_some_and(|program| program.ended().is_some())
    }

    /// Whether the port that day30 chose went to another program, so that nothing is said by who answers there.
    pub(crate) fn has_lost_its_port(&self, order: &Order) -> bool {
        order.fixed_port().is_none() && self.program.as_ref().is_some_and(port::has_another)
    }

    /// Ends the program; the next one who needs it gets another process.
    pub(crate) fn end(&mut self) {
        // Who runs already is not ended by us.
        if let Some(program) = self.program.take() {
            self.reached = false;
            self.is_cut |= program.printed.is_cut();
        }
        // With another process beside it, nobody knows whose orphan is whose: then they wait for the end.
        if self.asides.is_empty() && self.silent.is_none() {
            orphans::end_all();
        }
    }

    /// Whether more was printed on stdout since the check began than is kept: then nobody knows what stands there.
    pub(crate) fn prints_too_much(&self) -> bool {
        self.is_cut || self.program.as_ref().is_some_and(|program| program.printed.is_cut())
    }

    /// A check begins.
    pub(crate) fn begin_check(&mut self, story: &Story) {
        self.is_cut = false;
        self.asides.iter_mut().for_each(Aside::end_what_is_over);
        self.is_from_before = self.program.is_some();
        if let Some(program) = &self.program {
            program.printed.begin_check();
            story.did(both!("the program runs since an earlier check", "程序自先前的检查起一直在运行"));
        }
    }

    /// A check is over. A process that one program failed in is no fair beginning for the next.
    pub(crate) fn end_check(&mut self, passed: bool) {
        let is_usable = self.one_process.is_some() && passed;
        if !is_usable || self.program.as_ref().is_some_and(|program| program.ended().is_some()) {
            self.end();
        }
    }
}

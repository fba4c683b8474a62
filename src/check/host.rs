//! Where the program under judgement comes from: a fresh process for each check, one for many, or one that runs already.

use super::story::Story;
use super::student::{Current, Student};
use super::told::Told;
use super::verdict::{Halt, Outcome};
use super::wire::{Knock, Pace, Patient, Scene, knock};
use super::{Order, port};
use crate::both;
use crate::lang::Text;
use crate::program::{Launch, Words, orphans};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// A program that takes longer than this until it listens is not started anew for each check.
const SLOW: Duration = Duration::from_millis(700);

/// How long a process beside the one that is judged may be asked, beside the first check's time.
const FOR_ALL_CHECKS: Duration = Duration::from_secs(3600);

/// What is judged.
#[derive(Clone, Debug)]
pub enum Subject {
    /// A program that day30 starts.
    Program {
        /// Its command.
        words: Words,
        /// The port that is written into it; else it is told a free one.
        port: Option<u16>,
    },
    /// A server that runs already, and is not ours to start, to end, or to listen to.
    Elsewhere(SocketAddr),
}

/// Why one process serves many checks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum OneProcess {
    /// Its port is written in, and the system may keep that from the next process for a while.
    FixedPort(u16),
    /// It takes long to start.
    SlowStart(Duration),
    /// Somebody else started it.
    Elsewhere,
}

/// The program, and what was learned about it.
#[derive(Debug)]
pub(crate) struct Host {
    student: Option<Student>,
    one_process: Option<OneProcess>,
    /// Whether the start before was slow. Once is no rule: the first one reads everything from the disk.
    was_slow: bool,
    /// Whether the program was started for an earlier check.
    is_from_before: bool,
    /// Whether somebody could connect to the process that runs now.
    pub(crate) reached: bool,
    /// Whether stdout is to be a terminal: this program holds its output back otherwise.
    pub(crate) on_terminal: bool,
    /// Whether the server serves another client after the first; `None` while nobody knows.
    pub(crate) serves_next: Option<bool>,
    /// Whether the server is known to leave connections open.
    pub(crate) closes_never: bool,
    /// How many connections there were, in all: their numbers in the trace.
    pub(crate) connections: u64,
    pub(crate) current: Current,
    pub(crate) asides: Vec<Aside>,
    /// Whether the server that ran already is no longer there.
    pub(crate) is_gone: bool,
    /// Whether a process that has ended since the check began printed more than is kept.
    is_cut: bool,
}

/// Whatever the programs have started ends with the judgement.
impl Drop for Host {
    fn drop(&mut self) {
        self.asides.clear();
        self.end();
    }
}

/// A process beside the one that is judged, and its one client, who takes its time.
#[derive(Debug)]
pub(crate) struct Aside {
    pub(crate) patient: Patient,
    /// It must live as long as its client is looked at.
    pub(crate) student: Student,
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
            student: None,
            one_process,
            was_slow: false,
            is_from_before: false,
            reached: false,
            on_terminal: false,
            serves_next: None,
            closes_never: false,
            connections: 0,
            current,
            asides: Vec::new(),
            is_gone: false,
            is_cut: false,
        }
    }

    /// Why one process serves many checks, if it does.
    pub(crate) fn one_process(&self) -> Option<OneProcess> {
        self.one_process
    }

    /// The program that runs, if it is ours.
    pub(crate) fn student(&self) -> Option<&Student> {
        self.student.as_ref()
    }

    /// The program, for what can only be asked of one that day30 started.
    pub(crate) fn our_student(&self) -> Outcome<&Student> {
        self.student.as_ref().ok_or_else(|| {
            Halt::Impossible(both!(
                "day30 did not start this program, so it cannot see this",
                "这个程序不是 day30 启动的，所以看不到这一点"
            ))
        })
    }

    /// Where the server is, once it was started.
    pub(crate) fn address(&self, order: &Order) -> Option<SocketAddr> {
        match &order.subject {
            Subject::Elsewhere(address) => Some(*address),
            Subject::Program { .. } => self.student.as_ref().map(|student| student.address),
        }
    }

    /// Makes sure that a server runs.
    pub(crate) fn start_server(&mut self, order: &Order, scene: &Scene) -> Outcome {
        let Subject::Program { port, .. } = &order.subject else { return Ok(()) };
        if self.student.is_some() {
            return Ok(());
        }
        let address = port::choose(*port)?;
        self.start(order, scene, address, false)
    }

    /// Starts the program, wherever it is to listen or to connect to.
    pub(crate) fn start(&mut self, order: &Order, scene: &Scene, address: SocketAddr, has_stdin: bool) -> Outcome {
        self.student = Some(self.launch(order, scene, &Told::address(address), has_stdin)?);
        self.reached = false;
        self.is_from_before = false;
        // Ctrl-C may have come while it was started.
        scene.go_on().inspect_err(|_| self.student = None)
    }

    /// Starts a program that computes something, and ends.
    pub(crate) fn start_with(&mut self, order: &Order, scene: &Scene, key: &str, msg: &str) -> Outcome {
        let told = Told::key_and_message(key, msg);
        self.student = Some(self.launch(order, scene, &told, false)?);
        scene.go_on().inspect_err(|_| self.student = None)
    }

    fn launch(&self, order: &Order, scene: &Scene, told: &Told, has_stdin: bool) -> Outcome<Student> {
        let Subject::Program { words, .. } = &order.subject else {
            return Err(Halt::Broken(both!("there is no program to start", "没有可启动的程序")));
        };
        let launch = Launch { has_stdin, on_terminal: self.on_terminal, ..told.launch(words, &order.secret) };
        let shown = told.shown(words, &order.secret);
        scene.story.did(both!("starts {shown}", "启动 {shown}"));
        scene.go_on()?;
        Student::start(launch, told.address, order.memory, &scene.story, &self.current)
    }

    /// Starts other processes beside the one that is judged, and leaves clients with them that take their time: what takes long is
    /// waited for while other checks are played. Where there is one process for all, or it does not come about, nothing is lost.
    pub(crate) fn set_aside(&mut self, order: &Order, scene: &Scene) -> Outcome {
        let is_impossible = matches!(self.one_process, Some(OneProcess::FixedPort(_) | OneProcess::Elsewhere));
        if is_impossible || !self.asides.is_empty() {
            return Ok(());
        }
        for pace in [Pace::Silent, Pace::Drip] {
            let aside = self.start_aside(order, scene, pace)?;
            self.asides.extend(aside);
        }
        Ok(())
    }

    fn start_aside(&mut self, order: &Order, scene: &Scene, pace: Pace) -> Outcome<Option<Aside>> {
        let address = port::choose(None)?;
        // Nothing of it belongs to the story of the check that is played meanwhile.
        let story = Arc::new(Story::new(order.secret.clone()));
        let scene = Scene { story, limit: scene.limit + FOR_ALL_CHECKS, ..scene.clone() };
        let student = self.launch(order, &scene, &Told::address(address), false)?;
        self.connections += 1;
        let until = scene.until(order.start_patience);
        while Instant::now() < until && student.ended().is_none() {
            scene.pause(Duration::from_millis(2))?;
            if let Knock::In(conn) = knock(0, self.connections, address, &scene)? {
                let is_theirs = !port::has_another(&student);
                let patient = Patient::of(*conn, pace)?;
                return Ok(is_theirs.then_some(Aside { patient, student }));
            }
        }
        Ok(None)
    }

    /// The first connection came about: from now on a refusal means something else.
    pub(crate) fn was_reached(&mut self, order: &Order) {
        let is_first = !std::mem::replace(&mut self.reached, true);
        let Some(student) = self.student.as_ref().filter(|_| is_first) else { return };
        let took = student.started.elapsed();
        let is_slow = took > SLOW;
        // A client has a single conversation, and then ends.
        if is_slow && self.was_slow && self.one_process.is_none() && order.target.is_server() {
            self.one_process = Some(OneProcess::SlowStart(took));
        }
        self.was_slow = is_slow;
    }

    /// Whether the program, which has nothing more to do with an earlier check, has ended since then.
    pub(crate) fn has_ended_before(&self) -> bool {
        self.is_from_before && self.student.as_ref().is_some_and(|student| student.ended().is_some())
    }

    /// Whether the port that day30 chose went to another program, so that nothing is said by who answers there.
    pub(crate) fn has_lost_its_port(&self, order: &Order) -> bool {
        order.fixed_port().is_none() && self.student.as_ref().is_some_and(port::has_another)
    }

    /// Ends the program; the next one who needs it gets another process.
    pub(crate) fn end(&mut self) {
        // Who runs already is not ended by us.
        if let Some(student) = self.student.take() {
            self.reached = false;
            self.is_cut |= student.printed.is_cut();
        }
        // With another process beside it, nobody knows whose orphan is whose: then they wait for the end.
        if self.asides.is_empty() {
            orphans::end_all();
        }
    }

    /// Whether more was printed on stdout since the check began than is kept: then nobody knows what stands there.
    pub(crate) fn prints_too_much(&self) -> bool {
        self.is_cut || self.student.as_ref().is_some_and(|student| student.printed.is_cut())
    }

    /// A check begins.
    pub(crate) fn begin_check(&mut self, story: &Story) {
        self.is_cut = false;
        self.is_from_before = self.student.is_some();
        if let Some(student) = &self.student {
            student.printed.begin_check();
            story.did(both!("the program runs since an earlier check", "程序自先前的检查起一直在运行"));
        }
    }

    /// A check is over. A process that one program failed in is no fair beginning for the next.
    pub(crate) fn end_check(&mut self, passed: bool) {
        let is_usable = self.one_process.is_some() && passed;
        if !is_usable || self.student.as_ref().is_some_and(|student| student.ended().is_some()) {
            self.end();
        }
    }
}

impl OneProcess {
    /// In words.
    #[must_use]
    pub fn describe(self) -> Text {
        match self {
            Self::FixedPort(port) => both!(
                "one process for many checks, because its port {port} is written in (after a failure, a new one)",
                "多项检查共用一个进程，因为端口 {port} 写死在程序里（失败之后会重新启动）"
            ),
            Self::SlowStart(took) => {
                let seconds = took.as_secs_f64();
                both!(
                    "one process for many checks, because it takes {seconds:.1} s to start (after a failure, a new one)",
                    "多项检查共用一个进程，因为它启动要 {seconds:.1} 秒（失败之后会重新启动）"
                )
            }
            Self::Elsewhere => both!(
                "it runs already: what it prints, uses and holds cannot be seen, and checks of that are left out",
                "程序已在运行：看不到它的输出、占用和持有的资源，相关的检查从略"
            ),
        }
    }
}

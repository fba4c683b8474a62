//! Which checks are played, in which order, and what they come to.

use super::decide::decide;
use super::host::{Host, OneProcess, Subject};
use super::judge::Judge;
use super::story::Story;
use super::verdict::{Fault, Halt, Judged, NotRun, Verdict};
use super::wire::Scene;
use super::{Check, Level, Target};
use crate::both;
use crate::crypto::{Scheme, Secret};
use crate::lang::Text;
use crate::net::stop::Stop;
use crate::trace::Recorder;
use rand::SeedableRng;
use rand::rngs::StdRng;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How long one check may take, whatever the program does, and beside what it takes to start.
const LIMIT: Duration = Duration::from_secs(40);

/// What is to be judged, and how.
#[derive(Debug)]
pub struct Order {
    /// What kind of program it is.
    pub target: Target,
    /// The program.
    pub subject: Subject,
    /// Lesson 2's secret.
    pub secret: Secret,
    /// How lesson 2's digest is computed.
    pub scheme: Scheme,
    /// The checks, in the order in which they are played.
    pub checks: Vec<&'static Check>,
    /// What all chance comes from.
    pub seed: u64,
    /// How often the whole is played. Each round has chances of its own.
    pub rounds: usize,
    /// How long the program may take until it listens, or connects.
    pub start_patience: Duration,
    /// How many bytes of memory the program may take.
    pub memory: u64,
    /// Who is told of every socket call.
    pub trace: Recorder,
    /// When to end.
    pub stop: Arc<Stop>,
}

impl Order {
    /// The port that is written into the program, if there is one.
    #[must_use]
    pub fn fixed_port(&self) -> Option<u16> {
        match self.subject {
            Subject::Program { port, .. } => port,
            Subject::Elsewhere(_) => None,
        }
    }
}

/// What came of it all.
#[derive(Debug)]
pub struct Judgement {
    /// Each check that was played, in order; with rounds, all of the first round come first.
    pub judged: Vec<Judged>,
    /// Why one process served many checks, if it did.
    pub one_process: Option<OneProcess>,
    /// Why the judge itself could not go on, if it could not.
    pub broken: Option<Text>,
    /// Whether Ctrl-C ended it.
    pub interrupted: bool,
    /// How long it took.
    pub time: Duration,
}

/// What a judgement comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Every MUST passed; with `strict`, every SHOULD too.
    Passed,
    /// One of them failed.
    Failed,
    /// None failed, and one could not be judged.
    Open,
}

impl Judgement {
    /// What it comes to.
    #[must_use]
    pub fn decision(&self, strict: bool) -> Decision {
        if self.judged.iter().any(|judged| judged.is_against(strict)) {
            return Decision::Failed;
        }
        let is_open = self.cut_short().is_some() || self.judged.iter().any(|judged| judged.is_open(strict));
        if is_open || self.judged.is_empty() { Decision::Open } else { Decision::Passed }
    }

    /// Notes why it cannot go on.
    fn cut(&mut self, halt: Halt) {
        match halt {
            Halt::Broken(why) => self.broken = Some(why),
            _ => self.interrupted = true,
        }
    }

    /// Why it ended before its end, if it did.
    #[must_use]
    pub fn cut_short(&self) -> Option<Text> {
        let interrupted = || self.interrupted.then(|| both!("ended by Ctrl-C", "被 Ctrl-C 中断"));
        self.broken.clone().or_else(interrupted)
    }

    /// The checks that failed, each once: what they presuppose has passed, so that these are the roots.
    #[must_use]
    pub fn roots(&self) -> Vec<&Judged> {
        let mut roots: Vec<&Judged> = Vec::new();
        for judged in self.judged.iter().filter(|judged| matches!(judged.verdict, Verdict::Failed(_))) {
            if !roots.iter().any(|root| root.check == judged.check) {
                roots.push(judged);
            }
        }
        roots
    }

    /// The root that is worth being shown in full: the first MUST, or else the first SHOULD.
    #[must_use]
    pub fn first_root(&self) -> Option<&Judged> {
        let roots = self.roots();
        roots.iter().find(|judged| judged.check.level == Level::Must).or(roots.first()).copied()
    }

    /// The ids of the checks that were played, each once.
    #[must_use]
    pub fn ids(&self) -> Vec<&'static str> {
        self.judged.iter().filter(|judged| judged.round == 1).map(|judged| judged.check.id).collect()
    }

    /// How many checks came out so in every round.
    #[must_use]
    pub fn count(&self, is_so: impl Fn(&Verdict) -> bool) -> usize {
        let all = |id: &&str| self.judged.iter().filter(|judged| judged.check.id == *id).all(|one| is_so(&one.verdict));
        self.ids().iter().filter(|id| all(id)).count()
    }
}

/// Plays the checks; `on_verdict` hears of each as soon as it is decided.
#[must_use]
pub fn run(order: &Order, mut on_verdict: impl FnMut(&Judged)) -> Judgement {
    let began = Instant::now();
    let story = Arc::new(Story::new(order.secret.clone()));
    let mut host = Host::new(order);
    let mut judgement =
        Judgement { judged: Vec::new(), one_process: None, broken: None, interrupted: false, time: Duration::ZERO };
    // Without a verdict: only what was learned is asked for.
    for check in rehearsed(order) {
        if let Err(halt @ (Halt::Broken(_) | Halt::Interrupted)) = play(check, 1, order, &mut host, &story) {
            judgement.cut(halt);
        }
    }
    for round in 1..=order.rounds {
        let first = judgement.judged.len();
        for &check in &order.checks {
            if judgement.cut_short().is_some() {
                break;
            }
            let before = judgement.judged.get(first..).unwrap_or_default();
            let judged = match presupposed(check, before) {
                Some(root) => Ok(not_run(check, round, root)),
                None => play(check, round, order, &mut host, &story),
            };
            match judged {
                Ok(judged) => {
                    on_verdict(&judged);
                    judgement.judged.push(judged);
                }
                Err(halt) => judgement.cut(halt),
            }
        }
    }
    judgement.one_process = host.one_process();
    judgement.time = began.elapsed();
    judgement
}

/// The checks that were not asked for, and that teach how to listen to the program for one that was.
fn rehearsed(order: &Order) -> Vec<&'static Check> {
    let all = order.target.checks();
    let behind = |check: &Check| check.after.and_then(|id| all.iter().copied().find(|one| one.id == id));
    let behind_all = |check: &'static Check| std::iter::successors(behind(check), |check| behind(check));
    let is_needed = |check: &&Check| order.checks.iter().any(|asked| behind_all(asked).any(|one| one == *check));
    let is_asked = |check: &&Check| order.checks.contains(check);
    all.iter().copied().filter(|check| check.teaches && !is_asked(check) && is_needed(check)).collect()
}

/// The first of the checks that this one presupposes, directly or not, that did not pass.
fn presupposed(check: &Check, before: &[Judged]) -> Option<&'static str> {
    let presupposed = before.iter().find(|judged| Some(judged.check.id) == check.after)?;
    match &presupposed.verdict {
        Verdict::Passed => None,
        Verdict::NotRun(NotRun::Presupposed(root)) => Some(root),
        _ => Some(presupposed.check.id),
    }
}

fn not_run(check: &'static Check, round: usize, root: &'static str) -> Judged {
    let verdict = Verdict::NotRun(NotRun::Presupposed(root));
    Judged { check, round, verdict, story: Vec::new(), time: Duration::ZERO }
}

/// Plays one check.
fn play(
    check: &'static Check,
    round: usize,
    order: &Order,
    host: &mut Host,
    story: &Arc<Story>,
) -> Result<Judged, Halt> {
    story.take();
    let began = Instant::now();
    let scene = Scene {
        story: Arc::clone(story),
        stop: Arc::clone(&order.stop),
        trace: order.trace.clone(),
        program_ends_first: order.target == Target::AuthServer,
        keeps_port_free: order.fixed_port().is_some(),
        limit: began + order.start_patience + LIMIT,
    };
    let limit = scene.limit;
    scene.trace.check(check.id);
    host.begin_check(story);
    let outcome = (check.play)(&mut Judge::new(order, host, scene, chance(order.seed, check, round)));
    if order.stop.is_requested() {
        return Err(Halt::Interrupted);
    }
    let verdict = decide(outcome, host, order, began..limit)?;
    // Whoever ended a server that ran already has failed; those behind have nobody to ask.
    let is_lost = matches!(&verdict, Verdict::Failed(failure) if failure.fault == Fault::NotReached);
    host.is_gone |= is_lost && matches!(order.subject, Subject::Elsewhere(_));
    host.end_check(verdict == Verdict::Passed);
    Ok(Judged { check, round, verdict, story: story.take(), time: began.elapsed() })
}

/// With this seed, the first round has the chances that this round has.
pub(super) fn seed_of(seed: u64, round: usize) -> u64 {
    seed.wrapping_add(round as u64 - 1)
}

/// Chance for one check in one round: the same whichever others are played.
fn chance(seed: u64, check: &Check, round: usize) -> StdRng {
    // FNV-1a: any function will do that tells ids apart, and is the same in every run.
    let id = check
        .id
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    StdRng::seed_from_u64(seed_of(seed, round) ^ id)
}

//! Which checks are played, in which order, and what they come to.

use crate::both;
use crate::check::decide::{LIMIT, decide};
use crate::check::order::{Order, Subject};
use crate::check::requirement::{Check, Target};
use crate::check::stage::budget::Budget;
use crate::check::stage::host::Host;
use crate::check::stage::judge::Judge;
use crate::check::stage::wire::Context;
use crate::check::verdict::judgement::Judgement;
use crate::check::verdict::story::Story;
use crate::check::verdict::{Fault, Halt, Judged, NotRun, Verdict};
use crate::lang::Text;
use rand::SeedableRng;
use rand::rngs::StdRng;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// How far a run is.
#[derive(Clone, Copy, Debug)]
pub enum Progress<'p> {
    /// This check begins.
    Begins(&'static Check),
    /// It is decided.
    Decided(&'p Judged),
}

/// Plays the checks; `report` is told of each one's beginning and verdict, as they come. When it breaks at a beginning, that check and
/// those behind it are not played.
#[must_use]
pub fn run(order: &Order, mut report: impl FnMut(Progress<'_>) -> ControlFlow<()>) -> Judgement {
    let began = Instant::now();
    let context = context(order);
    let mut host = Host::new(order);
    let mut judgement =
        Judgement { judged: Vec::new(), one_process: None, broken: None, interrupted: false, time: Duration::ZERO };
    context.budget.begin_round(order.time);
    // Without a verdict: only what was learned is asked for.
    for check in rehearsed(order) {
        if let Err(halt @ (Halt::Broken(_) | Halt::Interrupted)) = play(check, 1, order, &mut host, &context) {
            judgement.cut(halt);
        }
    }
    'rounds: for round in 1..=order.rounds {
        if round > 1 {
            context.budget.begin_round(order.time);
        }
        let first = judgement.judged.len();
        for &check in &order.checks {
            if judgement.cut_short().is_some() {
                break;
            }
            let before = judgement.judged.get(first..).unwrap_or_default();
            let judged = match presupposed(check, order.target, before) {
                Some(root) => Ok(not_run(check, round, NotRun::Presupposed(root))),
                None if context.budget.is_round_over() => {
                    Ok(not_run(check, round, NotRun::Impossible(out_of_time(order))))
                }
                None if report(Progress::Begins(check)).is_break() => break 'rounds,
                None => play(check, round, order, &mut host, &context),
            };
            match judged {
                Ok(judged) => {
                    // What breaks is the beginning of the next one.
                    let _ = report(Progress::Decided(&judged));
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

/// What all connections of the run have in common.
fn context(order: &Order) -> Context {
    Context {
        story: Arc::new(Story::new(order.secret.clone())),
        stop: Arc::clone(&order.stop),
        trace: order.trace.clone(),
        program_ends_first: order.target == Target::AuthServer,
        keeps_port_free: order.fixed_port().is_some(),
        budget: Arc::new(Budget::new(Arc::clone(&order.stop))),
    }
}

fn out_of_time(order: &Order) -> Text {
    let seconds = order.time.as_secs();
    both!(
        "skipped: out of time (a run has {seconds} s; --time-limit gives more)",
        "跳过：时间用完了（一次评判最多 {seconds} 秒，可用 --time-limit 延长）"
    )
}

/// The checks that were not asked for, and that teach how to listen to the program for one that was.
fn rehearsed(order: &Order) -> Vec<&'static Check> {
    let is_needed =
        |check: &&Check| order.checks.iter().any(|asked| behind(asked, order.target).any(|one| one == *check));
    let is_asked = |check: &&Check| order.checks.contains(check);
    let all = order.target.checks().into_iter();
    all.filter(|check| check.teaches && !is_asked(check) && is_needed(check)).collect()
}

/// What a check presupposes, directly or not: the nearest first.
fn behind(check: &Check, target: Target) -> impl Iterator<Item = &'static Check> {
    let after = move |check: &Check| target.checks().iter().copied().find(|one| Some(one.id) == check.after);
    std::iter::successors(after(check), move |check| after(check))
}

/// The first of the checks that this one presupposes, directly or not, that did not pass. Those that were not asked for are passed over.
fn presupposed(check: &Check, target: Target, before: &[Judged]) -> Option<&'static str> {
    let presupposed =
        behind(check, target).find_map(|needed| before.iter().find(|judged| judged.check.id == needed.id))?;
    match &presupposed.verdict {
        Verdict::Passed => None,
        Verdict::NotRun(NotRun::Presupposed(root)) => Some(root),
        _ => Some(presupposed.check.id),
    }
}

fn not_run(check: &'static Check, round: usize, why: NotRun) -> Judged {
    Judged { check, round, verdict: Verdict::NotRun(why), story: Vec::new(), time: Duration::ZERO, failed_after: None }
}

/// Plays one check.
fn play(
    check: &'static Check,
    round: usize,
    order: &Order,
    host: &mut Host,
    context: &Context,
) -> Result<Judged, Halt> {
    // Both count from here: so a moment of the story can be found in the trace.
    context.story.take();
    context.trace.check(check.id);
    let began = Instant::now();
    let limit = context.budget.begin_check(order.start_patience + LIMIT);
    host.begin_check(&context.story);
    let mut judge = Judge::new(order, host, context.clone(), rng(order.seed, check, round));
    let outcome = order.target.play(check, &mut judge);
    if order.stop.is_requested() {
        return Err(Halt::Interrupted);
    }
    let verdict = decide(outcome, host, order, began..limit)?.unless_starved(|| context.budget.was_starved());
    // Whoever ended a server that ran already has failed; those behind have nobody to ask.
    let is_lost = matches!(&verdict, Verdict::Failed(failure) if failure.fault == Fault::NotReached);
    host.is_gone |= is_lost && matches!(order.subject, Subject::Elsewhere(_));
    host.end_check(verdict == Verdict::Passed);
    let failed_after = match &verdict {
        Verdict::Failed(failure) => Some(failure.seen.saturating_duration_since(began)),
        _ => None,
    };
    Ok(Judged { check, round, verdict, story: context.story.take(), time: began.elapsed(), failed_after })
}

/// With this seed, the first round has the chances that this round has.
pub(super) fn seed_of(seed: u64, round: usize) -> u64 {
    seed.wrapping_add(round as u64 - 1)
}

/// Chance for one check in one round: the same whichever others are played.
fn rng(seed: u64, check: &Check, round: usize) -> StdRng {
    // FNV-1a: any function will do that tells ids apart, and is the same in every run.
    let id = check
        .id
        .bytes()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3));
    StdRng::seed_from_u64(seed_of(seed, round) ^ id)
}

//! `--see`: the check that failed is played once more, with the program watched. Its calls decide on the cause, and both sides become
//! one page.

use super::super::Look;
use super::super::output::styled;
use super::super::page::{MOST_EVENTS, write_excerpt};
use super::both_sides::both_sides;
use super::plan::Plan;
use anyhow::Context;
use day30::check::calls::{decide, moment_of};
use day30::check::verdict::{Failure, Fault, Judged, Verdict};
use day30::check::{Judgement, Order, Subject, Target, run};
use day30::program::CommandLine;
use day30::trace::state::Side;
use day30::trace::{Actor, Event, Excerpt, Header, Kept, PAYLOAD_CAP, Recorder, What};
use day30::view::step_at;
use day30::{say, words};
use std::ops::ControlFlow;
use std::path::Path;
use std::time::Duration;

/// A check that failed, played once more.
pub(super) struct Replay {
    judged: Judged,
    /// What happened on both sides.
    excerpt: Excerpt,
    /// When it failed, in that trace.
    until: Option<Duration>,
    /// The step that shows that moment, from 0.
    step: Option<usize>,
    /// Whether the calls tell of the same failure.
    is_same: bool,
}

/// A check that failed and can be watched: `None` where there is none, or nothing to be watched.
fn of<'j>(plan: &Plan, judgement: &'j Judgement) -> Option<(&'j Judged, &'j Failure)> {
    let is_ours = matches!(plan.order.subject, Subject::Program { .. }) && plan.order.target != Target::Hmac;
    let ended = judgement.interrupted || judgement.broken.is_some();
    let judged = judgement.first_root().filter(|_| is_ours && !ended && cfg!(target_os = "linux"))?;
    failure_of(judged).map(|failure| (judged, failure))
}

fn failure_of(judged: &Judged) -> Option<&Failure> {
    match &judged.verdict {
        Verdict::Failed(failure) => Some(failure),
        _ => None,
    }
}

/// Plays the first failure once more. `None` where there is none, and where the program could not be watched or did not fail this
/// time: then the page of the judge's own side is all there is.
pub(super) fn play(plan: &Plan, judgement: &Judgement) -> anyhow::Result<Option<Replay>> {
    let Some((judged, failure)) = of(plan, judgement) else { return Ok(None) };
    let folder = tempfile::TempDir::with_prefix("day30-check-")
        .context(words!("cannot write to the folder for temporary files", "无法写入临时文件夹"))?;
    let record = folder.path().join("program.jsonl");
    let order = &plan.order;
    let is_client = order.target.is_client();
    let header = Header::new("check", if is_client { "server" } else { "client" }, String::new(), "blocking");
    let kept = Kept::first(MOST_EVENTS);
    let sink = kept.sink().without(order.secret.clone());
    let actor = if is_client { Actor::Server } else { Actor::Client };
    let trace = Recorder::new(actor, vec![sink], Some(PAYLOAD_CAP), None);
    let Some(again) = watched(order, judged, &record, trace) else { return Ok(None) };
    let replayed = run(&again, |_| ControlFlow::Continue(()));
    again.trace.flush();
    let found = replayed.judged.iter().find_map(|it| Some((it, failure_of(it)?)));
    let Some((again, how)) = found else { return Ok(None) };
    let Some((excerpt, is_seen)) = both_sides(order, header, kept.take().0, &record) else { return Ok(None) };
    let begins = |event: &&Event| matches!(&event.what, What::Check { check } if check == judged.check.id);
    let began = excerpt.events.iter().find(begins).map(|event| event.at);
    let until = began.zip(again.failed_after).map(|(began, after)| moment_of(how.fault, began + after));
    let program = if is_client { Side::Client } else { Side::Server };
    let step = until.and_then(|until| step_at(&excerpt, until, program));
    // Of a program that has called nothing it must be sure that it ran.
    let is_same = are_alike(how.fault, failure.fault) && (is_seen || how.cause() == failure.cause());
    Ok(Some(Replay { judged: judged.clone(), excerpt, until, step, is_same }))
}

/// Whether two failures are the same one: whether a connection ends with a FIN or with an RST can be chance.
fn are_alike(one: Fault, other: Fault) -> bool {
    let is_an_end = |fault| matches!(fault, Fault::Ended | Fault::Reset);
    one == other || (is_an_end(one) && is_an_end(other))
}

/// The same order for this check alone, with the program inside `day30 watch`.
fn watched(order: &Order, judged: &Judged, record: &Path, trace: Recorder) -> Option<Order> {
    let Subject::Program { words, port } = &order.subject else { return None };
    let own = std::env::current_exe().ok()?;
    let before = [own.to_str()?, "watch", "--quiet", "--force", "--record", record.to_str()?, "--"];
    let words = before.into_iter().chain(words.iter()).map(str::to_owned).collect();
    Some(Order {
        subject: Subject::Program { words: CommandLine::new(words), port: *port },
        checks: vec![judged.check],
        rounds: 1,
        trace,
        is_watched: true,
        ..order.clone()
    })
}

impl Replay {
    /// Lets the program's calls decide on the cause of the failure.
    pub(super) fn decides(&self, plan: &Plan, judgement: &mut Judgement) {
        let is_it = |it: &&mut Judged| (it.check, it.round) == (self.judged.check, self.judged.round);
        let failed = judgement.judged.iter_mut().find(is_it).map(|judged| &mut judged.verdict);
        if let (Some(Verdict::Failed(failure)), Some(until), true) = (failed, self.until, self.is_same) {
            decide(failure, plan.order.target, &self.excerpt, until);
        }
    }

    /// Writes the page, which opens at the failure.
    pub(super) fn write(&self, plan: &Plan, look: Look) -> anyhow::Result<()> {
        let text = say!(
            look.lang,
            "\nthe check was played once more, with your program watched\n",
            "\n这项检查又做了一遍，这次观察了你的程序\n"
        );
        styled(&text, plan.words_to(), look.color)?;
        write_excerpt(&self.excerpt, self.step.map(|step| step + 1), look)
    }
}

//! A worker: a process of day30 that judges one program, or plays one server against clients, in a room of its own.

use super::isolation::enter;
use super::job::{Exam, Job, Line, Pairs, Room, Task};
use super::outcome::{Checked, Failure, Outcome, Sign};
use crate::both;
use crate::check::matrix::{Player, row};
use crate::check::report::{About, junit::junit, reason, whole_failure};
use crate::check::show::{Again, sum_in_words};
use crate::check::texts::Texts;
use crate::check::verdict::{Judged, Verdict};
use crate::check::{Judgement, Level, Order, Progress, SILENCE, Subject, Target, run};
use crate::crypto::{Scheme, Secret};
use crate::lang::{Lang, Text};
use crate::net::stop::Stop;
use crate::program::CommandLine;
use crate::trace::{Actor, Recorder};
use std::io::{BufRead, Read, Write};
use std::ops::ControlFlow;
use std::process::ExitCode;
use std::sync::Arc;
use std::thread;

/// The word that makes a worker of the program `day30`.
pub const WORD: &str = "__class";
const SCHEMES: [Scheme; 3] = [Scheme::Md5, Scheme::HmacMd5, Scheme::HmacSha256];
/// A job is a line, and never longer.
const LONGEST: u64 = 16 << 20;

/// Does what stands on stdin, and answers on `answers`. The end of stdin ends the work.
#[must_use]
pub fn work(mut answers: impl Write) -> ExitCode {
    let mut line = String::new();
    let read = std::io::stdin().lock().take(LONGEST).read_line(&mut line);
    let job = read.ok().and_then(|_| serde_json::from_str::<Job>(&line).ok());
    let Some(Job { room, task }) = job else { return ExitCode::FAILURE };
    let mut tell = |line: &Line| {
        let text = serde_json::to_string(line).unwrap_or_default();
        // Whoever gave the job has ended: then so do we.
        let _ = writeln!(answers, "{text}").and_then(|()| answers.flush());
    };
    let allowed = match enter(&room) {
        Ok(allowed) => allowed,
        Err(why) => {
            tell(&Line::Trouble(why));
            return ExitCode::FAILURE;
        }
    };
    let stop = Arc::new(Stop::default());
    stop_at_end_of_stdin(&stop);
    match task {
        Task::Probe => tell(&Line::Allowed(allowed)),
        Task::Judge(exam) => judge(exam, &room, stop, &mut tell),
        Task::Pairs(pairs) => play(&pairs, &room, &stop, &mut tell),
    }
    ExitCode::SUCCESS
}

fn stop_at_end_of_stdin(stop: &Arc<Stop>) {
    let stop = Arc::clone(stop);
    let wait = move || {
        let _ = std::io::copy(&mut std::io::stdin().lock(), &mut std::io::sink());
        stop.request();
    };
    // Without a thread, the work goes on until its own end.
    let _ = thread::Builder::new().name("stdin".into()).spawn(wait);
}

fn judge(exam: Exam, room: &Room, stop: Arc<Stop>, tell: &mut impl FnMut(&Line)) {
    let Some(order) = order(&exam, room, stop) else {
        return tell(&Line::Trouble(both!("there is no such target", "没有这种程序")));
    };
    let judgement = run(&order, |progress| {
        if matches!(progress, Progress::Decided(_)) {
            tell(&Line::Checked);
        }
        ControlFlow::Continue(())
    });
    tell(&Line::Judged(Box::new(outcome(&judgement, &order, exam))));
}

fn order(exam: &Exam, room: &Room, stop: Arc<Stop>) -> Option<Order> {
    let target = Target::ALL.into_iter().find(|target| target.name() == exam.target)?;
    let checks = target.checks().into_iter().filter(|check| exam.checks.iter().any(|id| id == check.id)).collect();
    Some(Order {
        target,
        subject: Subject::Program { words: CommandLine::new(exam.words.clone()), port: exam.port },
        secret: Secret::new(exam.secret.clone()),
        scheme: SCHEMES.into_iter().find(|scheme| scheme.name() == exam.scheme)?,
        checks,
        seed: exam.seed,
        rounds: 1,
        start_patience: exam.start_patience,
        time: exam.time,
        silence: SILENCE,
        memory: room.memory,
        is_watched: false,
        trace: Recorder::off(Actor::Client, None),
        stop,
    })
}

fn outcome(judgement: &Judgement, order: &Order, exam: Exam) -> Outcome {
    let [before, behind] = exam.again;
    let again = Again { before, seed: exam.seed, behind, note: exam.note };
    let about = |lang| About { order, command: &exam.shown, again: &again, strict: exam.strict, lang };
    let texts = [Texts::of(Lang::En), Texts::of(Lang::Zh)];
    let sum = |lang| sum_in_words(judgement, order.target, exam.strict, exam.seed, lang);
    Outcome {
        decision: judgement.decision(exam.strict),
        checks: judgement.judged.iter().map(|judged| checked(judged, about, &texts)).collect(),
        cut_short: judgement.cut_short(),
        seconds: judgement.time.as_secs_f64(),
        summary: Text::in_both(sum),
        junit: Text::in_both(|lang| junit(judgement, &about(lang))),
    }
}

fn checked<'a>(judged: &Judged, about: impl Fn(Lang) -> About<'a>, [en, zh]: &[Texts; 2]) -> Checked {
    let is_must = judged.check.level == Level::Must;
    let failure = match &judged.verdict {
        Verdict::Failed(how) => Some(Failure {
            fault: how.fault.name().to_owned(),
            sentence: how.sentence.clone(),
            cause: how.cause().map(|cause| (cause.id().to_owned(), !how.is_cause_seen())),
            told: Text {
                en: whole_failure(judged, &about(Lang::En), en),
                zh: whole_failure(judged, &about(Lang::Zh), zh),
            },
            again: about(Lang::En).again.command(judged),
        }),
        _ => None,
    };
    let sign = match &judged.verdict {
        Verdict::Passed => Sign::Passed,
        Verdict::NotRun(_) => Sign::NotRun,
        Verdict::Unknown(_) => Sign::Unknown,
        Verdict::Failed(_) if judged.is_against(about(Lang::En).strict) => Sign::Failed,
        Verdict::Failed(_) => Sign::Weak,
    };
    let reason =
        Some(judged).and_then(|judged| Some(Text { en: reason(judged, Lang::En)?, zh: reason(judged, Lang::Zh)? }));
    Checked { id: judged.check.id.to_owned(), is_must, sign, reason, failure }
}

fn play(pairs: &Pairs, room: &Room, stop: &Arc<Stop>, tell: &mut impl FnMut(&Line)) {
    let player =
        |words: &Vec<String>| Player { name: String::new(), words: CommandLine::new(words.clone()), port: None };
    let clients: Vec<_> = pairs.clients.iter().map(player).collect();
    let secret = Secret::new(pairs.secret.clone());
    let played = row(&player(&pairs.server), &clients, &secret, room.memory, pairs.patience, stop, |cell| {
        tell(&Line::Paired(cell));
    });
    tell(&played.map_or_else(Line::Trouble, |()| Line::Over));
}

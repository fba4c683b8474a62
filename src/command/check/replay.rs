//! `--see`: the check that failed is played once more, with the program watched, and both sides become one page.

use super::super::Look;
use super::super::output::styled;
use super::super::page::{MOST_EVENTS, write_excerpt};
use super::plan::Plan;
use anyhow::Context;
use day30::check::verdict::{Judged, Verdict};
use day30::check::{Judgement, Order, Subject, Target, run};
use day30::lang::Text;
use day30::program::CommandLine;
use day30::trace::state::{Side, State};
use day30::trace::{Actor, Event, Excerpt, Header, Kept, PAYLOAD_CAP, Reader, Recorder, Source, What, merge, without};
use day30::view::{asleep_at, break_lines, last_before_the_end, terminal_width};
use day30::{say, words};
use std::fs::File;
use std::io::BufReader;
use std::ops::ControlFlow;
use std::path::Path;

/// Before each row of what is told.
const INDENT: &str = "  ";

/// A check that failed and can be watched: `None` where there is none, or nothing to be watched.
pub(super) fn of<'j>(plan: &Plan, judgement: &'j Judgement) -> Option<&'j Judged> {
    let is_ours = matches!(plan.order.subject, Subject::Program { .. }) && plan.order.target != Target::Hmac;
    let ended = judgement.interrupted || judgement.broken.is_some();
    judgement.first_root().filter(|_| is_ours && !ended && cfg!(target_os = "linux"))
}

/// Plays it once more, says what the program was doing when it went wrong, and writes the page. False where the program could not be
/// watched, or did not fail this time: then the page of the judge's own side is all there is.
pub(super) fn play(plan: &Plan, judged: &Judged, look: Look) -> anyhow::Result<bool> {
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
    let Some(again) = watched(order, judged, &record, trace) else { return Ok(false) };
    let judgement = run(&again, |_| ControlFlow::Continue(()));
    again.trace.flush();
    let fails = |it: &&Judged| it.check == judged.check && matches!(it.verdict, Verdict::Failed(_));
    let Some(failed) = judgement.judged.iter().find(fails) else { return Ok(false) };
    let Some(excerpt) = both_sides(order, header, kept.take().0, &record) else { return Ok(false) };
    let begins = |event: &&Event| matches!(&event.what, What::Check { check } if check == judged.check.id);
    let began = excerpt.events.iter().find(begins).map(|event| event.at);
    let until = began.zip(failed.searched_from()).map(|(began, after)| began + after);
    let (program, judge) = if is_client { (Side::Client, Side::Server) } else { (Side::Server, Side::Client) };
    let step = last_before_the_end(&excerpt, judge, until);
    let told = step.map(|step| asleep_at(&excerpt, step, program)).unwrap_or_default();
    tell(plan, &told, look)?;
    write_excerpt(&excerpt, step.map(|step| step + 1), look)?;
    Ok(true)
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

/// The judge's events, and those that were seen of the program. `None` where nothing was seen, or the two do not fit.
fn both_sides(order: &Order, header: Header, events: Vec<Event>, record: &Path) -> Option<Excerpt> {
    let reader = Reader::open(BufReader::new(File::open(record).ok()?)).ok()?;
    let role = if order.target.is_client() { "client" } else { "server" };
    let mut own = Header { role: role.into(), ..reader.header().clone() };
    // Its command may hold the secret.
    own.address = String::new();
    // What a program that was killed wrote last may be cut off.
    let seen = reader.map_while(Result::ok).map(|event| without(event, &order.secret)).collect::<Vec<_>>();
    if seen.is_empty() {
        return None;
    }
    let source = |name: &str, header, events: Vec<_>| Source {
        name: name.to_owned(),
        header,
        events: events.into_iter().map(Ok::<_, std::convert::Infallible>),
    };
    let merged = merge(vec![source("program", own, seen), source("judge", header, events)], None).ok()?;
    let before = State::new(&merged.header);
    let events = merged.events.into_iter().take(MOST_EVENTS).collect();
    Some(Excerpt { header: merged.header, before, events })
}

fn tell(plan: &Plan, told: &[Text], look: Look) -> anyhow::Result<()> {
    let lang = look.lang;
    let mut text = say!(
        lang,
        "\nthe check was played once more, with your program watched\n",
        "\n这项检查又做了一遍，这次观察了你的程序\n"
    );
    for what in told {
        let what = what.of(lang);
        let what = say!(lang, "when it went wrong, {what}", "出错的时候，{what}");
        let rows = break_lines(&what, terminal_width().saturating_sub(INDENT.len()));
        text.extend(rows.into_iter().map(|row| format!("{INDENT}{row}\n")));
    }
    styled(&text, plan.words_to(), look.color).map(drop)
}

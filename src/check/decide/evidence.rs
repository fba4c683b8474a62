//! From what was observed to what probably lies behind it.

use crate::both;
use crate::check::order::Order;
use crate::check::requirement::Target;
use crate::check::stage::ending::DYING;
use crate::check::stage::host::Host;
use crate::check::stage::load::never_sleeps;
use crate::check::stage::program::Program;
use crate::check::verdict::cause::Cause;
use crate::check::verdict::crash_output::{caught, cause_in, cause_of_death, wants_an_argument, was_uncaught};
use crate::check::verdict::{Failure, Fault};
use crate::lang::Text;
use crate::program::how_it_ended;
use crate::view::{escape, fit};
use std::process::ExitStatus;
use std::time::Duration;

/// How many columns of what it printed stand in a sentence.
const LINE: usize = 100;

/// Adds what is known of the program to what a connection noticed, and names the likely cause.
pub(crate) fn conclude(mut failure: Failure, host: &Host, order: &Order) -> Failure {
    let target = order.target;
    let Some(program) = host.program() else { return failure };
    let may_be_a_death = matches!(failure.fault, Fault::Ended | Fault::Reset | Fault::NotReached | Fault::Died);
    let ended = program.wait(if may_be_a_death { DYING } else { Duration::ZERO });
    if program.has_outgrown() {
        failure.fault = Fault::Died;
        failure.sentence = both!("the program took too much memory, and was ended", "程序占用内存过多，被终止了");
        return failure;
    }
    if let Some(ended) = ended.filter(|_| target.is_server())
        && !matches!(failure.fault, Fault::Died | Fault::NotReached)
    {
        failure.sentence = with_death(&failure.sentence, ended);
    }
    name_the_death(&mut failure, program, ended, may_be_a_death, target);
    if failure.fault == Fault::NotReached && !order.passes_port() {
        name_the_missing_port(&mut failure, program);
    }
    if target == Target::AuthServer {
        look_for_a_loop(&mut failure, program);
    }
    look_for_a_caught_error(&mut failure, program);
    failure
}

/// How a program ended says more than what a check suspects; but not more than what the judge has tried.
fn name_the_death(
    failure: &mut Failure,
    program: &Program,
    ended: Option<ExitStatus>,
    may_be_a_death: bool,
    target: Target,
) {
    if failure.finding.is_some() {
        return;
    }
    let said = if may_be_a_death {
        cause_in(&program.printed.complaints())
    } else {
        told_in_time(program, ended.is_some(), failure.cause().is_none())
    };
    let was_not_reached = failure.fault == Fault::NotReached;
    let cause = match ended.and_then(cause_of_death).or(said) {
        Some(Cause::IsAClient) if target.is_client() && was_not_reached => Some(Cause::ConnectsElsewhere),
        // Nobody has closed a connection yet: it writes to a socket that has none, such as the one that listens.
        Some(Cause::DiesOfPipe) if !program.has_been_left() && (target.is_server() || was_not_reached) => {
            Some(Cause::NotConnected)
        }
        // Of these the catalogue says what a server must do, for the sake of its other clients.
        Some(Cause::DiesOfReset | Cause::DiesOfPipe | Cause::IsAClient) if !target.is_server() => {
            Some(Cause::UncaughtError)
        }
        Some(Cause::AddressInUse) if target.is_client() => Some(Cause::IsAServer),
        // Somebody types there, until there is nothing more to type.
        Some(Cause::AsksForInput) if target == Target::SocketClient => Some(Cause::UncaughtError),
        cause => cause,
    };
    let is_dead = ended.is_some() && (may_be_a_death || failure.fault == Fault::Silent);
    if is_dead && failure.cause().is_some_and(|suspected| !suspected.may_kill(cause)) {
        failure.unname();
    }
    let says_more = if target.is_server() { failure.cause().is_some() } else { failure.is_cause_seen() };
    if let Some(cause) = cause
        && !(says_more && is_general(cause))
    {
        failure.rename(cause);
    }
    let Some(ended) = ended.filter(|_| is_dead) else { return };
    let silently = match failure.fault {
        Fault::NotReached => Some(Cause::EndsAtOnce),
        _ if !ended.success() || !target.is_server() => None,
        // Nothing else can have ended it than that a client left, or that there was nothing more for it to do.
        _ if program.has_been_left() => Some(Cause::EndsWithClient),
        _ => Some(Cause::RunsToItsEnd),
    };
    if let Some(cause) = silently.filter(|_| failure.cause().is_none()) {
        failure.name(cause);
    }
}

/// The command has no place for the port: that explains another port, and a missing argument. Of a program that only does not come,
/// it is no more than possible.
fn name_the_missing_port(failure: &mut Failure, program: &Program) {
    let said = program.printed.complaints() + &String::from_utf8_lossy(&program.printed.results());
    match failure.cause() {
        Some(Cause::OtherPort | Cause::IsAClient) => failure.rename(Cause::PortNotPassed),
        Some(Cause::ConnectsElsewhere) if failure.is_cause_seen() => failure.rename(Cause::PortNotPassed),
        None | Some(Cause::UncaughtError | Cause::EndsAtOnce | Cause::Segfault) if wants_an_argument(&said) => {
            failure.rename(Cause::PortNotPassed);
        }
        _ if failure.is_cause_seen() => {}
        _ => {
            failure.unname();
            failure.guess(Cause::PortNotPassed);
        }
    }
}

/// What a program complained of that lives, or died later.
fn told_in_time(program: &Program, has_ended: bool, may_be_a_thread: bool) -> Option<Cause> {
    // Whatever the judge's leaving brought about was not there when it was judged.
    let complaints = program.complaints_before_closing();
    // A thread may die of an error, and leave the program alive.
    cause_in(&complaints).filter(|_| has_ended || (may_be_a_thread && was_uncaught(&complaints)))
}

/// Lesson 2's server has nothing to do but wait. One that runs all the time is in a loop that a client left behind, and whatever
/// else is missing is missing for that.
fn look_for_a_loop(failure: &mut Failure, program: &Program) {
    let waits = matches!(failure.fault, Fault::Silent | Fault::StaysOpen | Fault::NotPrinted);
    if !waits || failure.finding.is_some() {
        return;
    }
    if never_sleeps(program) {
        failure.rename(Cause::SpinsAfterLeaving);
        failure.finding = Some(both!(
            "the program does not sleep, although nobody asks anything of it",
            "没有人要它做什么，程序却一直没有休眠"
        ));
    }
}

/// Nothing explains why something did not come, and the program has printed what an error says, which it caught.
fn look_for_a_caught_error(failure: &mut Failure, program: &Program) {
    use Fault::{Ended, NotPrinted, NotReached, Reset, Silent};
    let is_missing = matches!(failure.fault, Ended | NotPrinted | NotReached | Reset | Silent);
    if !is_missing || failure.is_cause_seen() {
        return;
    }
    let printed = String::from_utf8_lossy(&program.printed.results()).into_owned() + &program.printed.complaints();
    let Some((cause, line)) = caught(&printed) else { return };
    failure.rename(cause);
    let (line, Text { en, zh }) = (fit(&escape(line.as_bytes()), LINE), &failure.sentence);
    failure.sentence =
        Text { en: format!("{en}; the program printed: {line}"), zh: format!("{zh}；程序打印了：{line}") };
}

fn with_death(sentence: &Text, ended: ExitStatus) -> Text {
    let (ended, Text { en, zh }) = (how_it_ended(ended), sentence);
    Text {
        en: format!("{en}; then the program ended ({})", ended.en),
        zh: format!("{zh}；随后程序结束了（{}）", ended.zh),
    }
}

/// A cause that says less than what a check suspects.
fn is_general(cause: Cause) -> bool {
    matches!(
        cause,
        Cause::UncaughtError | Cause::TextAndBytes | Cause::DiesOfBytes | Cause::MessageNotWhole | Cause::LengthTrusted
    )
}

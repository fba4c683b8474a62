//! From what was observed to what probably lies behind it.

use super::cause::Cause;
use super::host::Host;
use super::judge::AGAIN;
use super::last_words::{cause_in, cause_of_death, was_uncaught};
use super::student::Student;
use super::verdict::{Failure, Fault, Halt};
use super::{Order, Target};
use crate::both;
use crate::lang::Text;
use crate::net::table::{self, State, listeners};
use crate::program::usage::are_running;
use std::net::SocketAddr;
use std::process::ExitStatus;
use std::thread;
use std::time::Duration;

/// How often, and how far apart, is looked whether a program runs.
const LOOKS: usize = 20;
const LOOK: Duration = Duration::from_millis(5);
/// A program that dies closes its connections a moment before it is dead.
const DYING: Duration = Duration::from_millis(300);

/// How a program ended, as the system says it.
pub(crate) fn status(status: ExitStatus) -> String {
    status.to_string()
}

/// Nobody could connect: why.
pub(crate) fn not_reached(host: &Host, order: &Order) -> Halt {
    let Some(address) = host.address(order) else {
        return Halt::Broken(both!("the program was not started", "程序没有启动"));
    };
    let Some(student) = host.student() else {
        // Nobody knows more of a server that ran already.
        return if host.reached { no_longer_reached(address) } else { nobody_listens(address) };
    };
    if let Some(ended) = student.wait(Duration::ZERO) {
        return ended_instead(student, address, ended, host.reached);
    }
    let port = address.port();
    let theirs = listeners(&student.members());
    let elsewhere = theirs.as_deref().unwrap_or_default();
    let is_there = |other: &SocketAddr| other.ip() == address.ip() || other.ip().is_unspecified();
    if let Some(other) = elsewhere.iter().find(|other| other.port() == port && !is_there(other)) {
        let sentence = both!(
            "it listens on {other}, and not on {address}: 127.0.0.1 is refused there",
            "它监听的是 {other} 而不是 {address}：从 127.0.0.1 连不上"
        );
        return Halt::failed(Fault::NotReached, sentence).suspect(Cause::OtherAddress);
    }
    if let Some(other) = elsewhere.iter().find(|other| other.port() != port) {
        return on_another_port(other.port(), port);
    }
    if host.reached {
        return no_longer_reached(address).suspect(Cause::OneAccept);
    }
    let seconds = order.start_patience.as_secs_f64();
    let sentence = both!(
        "it runs, and nobody can connect to {address}: after {seconds} s it is still refused",
        "程序在运行，但过了 {seconds} 秒仍连不上 {address}"
    );
    Halt::failed(Fault::NotReached, sentence).suspect(Cause::NeverListens)
}

fn on_another_port(other: u16, told: u16) -> Halt {
    let sentence = if other == told.swap_bytes() {
        both!(
            "it listens on port {other}, which is the port {told} with its two bytes swapped: htons(port)",
            "它监听的是端口 {other}，也就是把端口 {told} 的两个字节颠倒了：应写 htons(port)"
        )
    } else {
        both!(
            "it listens on port {other}, and was told port {told}; for a port that is written in, say --port {other}",
            "它监听的是端口 {other}，而被告知的是 {told}；若端口写死在程序里，请用 --port {other}"
        )
    };
    Halt::failed(Fault::NotReached, sentence).suspect(Cause::OtherPort)
}

fn nobody_listens(address: SocketAddr) -> Halt {
    Halt::Broken(both!("nobody listens on {address}", "{address} 上没有程序在监听"))
}

fn no_longer_reached(address: SocketAddr) -> Halt {
    let seconds = AGAIN.as_secs_f64();
    let sentence = both!(
        "it let clients in before, and now nobody can connect to {address}: for {seconds} s it was refused",
        "先前能连上，现在却连不上 {address} 了：{seconds} 秒内一直被拒绝"
    );
    Halt::failed(Fault::NotReached, sentence)
}

/// The server ended instead of listening.
fn ended_instead(student: &Student, address: SocketAddr, ended: ExitStatus, was_reached: bool) -> Halt {
    let (port, ended) = (address.port(), status(ended));
    let said = student.printed.complaints();
    if cause_in(&said) == Some(Cause::AddressInUse) && is_in_time_wait(port) {
        return Halt::Unknown(both!(
            "port {port} is still in TIME_WAIT from an earlier connection, and the program does not set SO_REUSEADDR: wait a minute, or set it",
            "端口 {port} 仍处于先前连接留下的 TIME_WAIT，而程序没有设置 SO_REUSEADDR：等一分钟再试，或在程序里设置它"
        ));
    }
    if was_reached {
        let sentence = both!("the program has ended ({ended})", "程序已经结束（{ended}）");
        return Halt::failed(Fault::Died, sentence);
    }
    let sentence =
        both!("the program ended ({ended}) before anybody could connect", "还没有人能连上，程序就结束了（{ended}）");
    Halt::failed(Fault::NotReached, sentence)
}

fn is_in_time_wait(port: u16) -> bool {
    let rows = table::rows().unwrap_or_default();
    rows.iter().any(|row| row.state == State::TimeWait && row.local.port() == port)
}

/// The client that is judged did not come.
pub(crate) fn not_come(host: &Host) -> Halt {
    let Some(student) = host.student() else {
        return Halt::Broken(both!("the program was not started", "程序没有启动"));
    };
    let address = student.address;
    match student.wait(Duration::ZERO) {
        Some(ended) => {
            let ended = status(ended);
            let sentence = both!(
                "the program ended ({ended}), and had not connected to {address}",
                "程序结束了（{ended}），却没有连接 {address}"
            );
            Halt::failed(Fault::NotReached, sentence)
        }
        None => {
            let sentence =
                both!("the program runs, and has not connected to {address}", "程序在运行，却没有连接 {address}");
            Halt::failed(Fault::NotReached, sentence).suspect(Cause::ConnectsElsewhere)
        }
    }
}

/// Adds what is known of the program to what a connection noticed, and names the likely cause.
pub(crate) fn conclude(mut failure: Failure, host: &Host, target: Target) -> Failure {
    let Some(student) = host.student() else { return failure };
    let may_be_a_death = matches!(failure.fault, Fault::Ended | Fault::Reset | Fault::NotReached | Fault::Died);
    let ended = student.wait(if may_be_a_death { DYING } else { Duration::ZERO });
    if student.has_outgrown() {
        failure.fault = Fault::Died;
        failure.sentence = both!("the program took too much memory, and was ended", "程序占用内存过多，被终止了");
        return failure;
    }
    if let Some(ended) = ended.filter(|_| target.is_server())
        && !matches!(failure.fault, Fault::Died | Fault::NotReached)
    {
        failure.sentence = with_death(&failure.sentence, ended);
    }
    name_the_death(&mut failure, student, ended, may_be_a_death, target);
    if target == Target::AuthServer {
        look_for_a_loop(&mut failure, student);
    }
    failure
}

/// How a program ended says more than what a check suspects; but not more than what the judge has tried.
fn name_the_death(
    failure: &mut Failure,
    student: &Student,
    ended: Option<ExitStatus>,
    may_be_a_death: bool,
    target: Target,
) {
    if failure.finding.is_some() {
        return;
    }
    let said = if may_be_a_death {
        cause_in(&student.printed.complaints())
    } else {
        told_in_time(student, ended.is_some(), failure.cause.is_none())
    };
    let cause = match ended.and_then(cause_of_death).or(said) {
        Some(Cause::IsAClient) if target.is_client() && failure.fault == Fault::NotReached => {
            Some(Cause::ConnectsElsewhere)
        }
        // Of these the catalogue says what a server must do, for the sake of its other clients.
        Some(Cause::DiesOfReset | Cause::DiesOfPipe | Cause::IsAClient) if !target.is_server() => {
            Some(Cause::UncaughtError)
        }
        Some(Cause::AddressInUse) if target.is_client() => Some(Cause::IsAServer),
        cause => cause,
    };
    let is_dead = ended.is_some() && (may_be_a_death || failure.fault == Fault::Silent);
    failure.cause = failure.cause.filter(|suspected| !is_dead || suspected.may_kill(cause));
    if cause.is_some() && !(failure.cause.is_some() && is_general(cause)) {
        failure.cause = cause;
    }
    let Some(ended) = ended.filter(|_| is_dead) else { return };
    let silently = match failure.fault {
        Fault::NotReached => Some(Cause::EndsAtOnce),
        _ => (ended.success() && target.is_server()).then_some(Cause::EndsWithClient),
    };
    failure.cause = failure.cause.or(silently);
}

/// What a program complained of that lives, or died later.
fn told_in_time(student: &Student, has_ended: bool, may_be_a_thread: bool) -> Option<Cause> {
    // Whatever the judge's leaving brought about was not there when it was judged.
    let complaints = student.complaints_before_leaving();
    // A thread may die of an error, and leave the program alive.
    cause_in(&complaints).filter(|_| has_ended || (may_be_a_thread && was_uncaught(&complaints)))
}

/// Lesson 2's server has nothing to do but wait. One that runs all the time is in a loop that a client left behind, and whatever
/// else is missing is missing for that.
fn look_for_a_loop(failure: &mut Failure, student: &Student) {
    let waits = matches!(failure.fault, Fault::Silent | Fault::StaysOpen | Fault::NotPrinted);
    if !waits || failure.finding.is_some() {
        return;
    }
    let pids = student.members();
    let runs = || {
        thread::sleep(LOOK);
        are_running(&pids) == Some(true)
    };
    if (0..LOOKS).all(|_| runs()) {
        failure.cause = Some(Cause::SpinsAfterLeaving);
        failure.finding = Some(both!(
            "the program does not sleep, although nobody asks anything of it",
            "没有人要它做什么，程序却一直没有休眠"
        ));
    }
}

fn with_death(sentence: &Text, ended: ExitStatus) -> Text {
    let ended = status(ended);
    let (en, zh) = (&sentence.en, &sentence.zh);
    Text {
        en: format!("{en}; then the program ended ({ended})"), zh: format!("{zh}；随后程序结束了（{ended}）")
    }
}

/// A cause that says less than what a check suspects.
fn is_general(cause: Option<Cause>) -> bool {
    matches!(cause, Some(Cause::UncaughtError | Cause::DiesOfBytes | Cause::MessageNotWhole | Cause::LengthTrusted))
}

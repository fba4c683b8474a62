//! What the program costs, keeps, and leaves behind.

use super::echoed::random_word;
use crate::both;
use crate::check::stage::ending::ENDING;
use crate::check::stage::judge::Judge;
use crate::check::stage::load::cannot_see;
use crate::check::stage::wire::{Came, REPLY};
use crate::check::verdict::cause::Cause;
use crate::check::verdict::crash_output::was_uncaught;
use crate::check::verdict::judgement::OneProcess;
use crate::check::verdict::{Failure, Fault, Halt, Outcome, shows, unless_failed};
use crate::net::table;
use crate::program::Signal;
use crate::program::usage::Holdings;
use std::time::Duration;

/// How long a program's idleness is looked at.
const LOOK: Duration = Duration::from_millis(250);
/// A program that was seen running at more looks than this, and twice in a row, does not sleep.
const OFTEN: f64 = 0.25;
/// How long a program may take to end when its last client has left.
const LEFT_ALONE: Duration = Duration::from_secs(1);
/// How many clients come and go.
const COMERS: usize = 30;
/// What a program may hold more after them: a pool that grew, a file of its own.
const SOME: usize = 5;
/// How long it may take to give back what they had.
const GIVING_BACK: Duration = Duration::from_secs(3);

pub(super) fn releases(judge: &mut Judge<'_>) -> Outcome {
    visit(judge)?;
    let Some(before) = judge.program()?.holdings() else { return Err(cannot_see()) };
    for _ in 0..COMERS {
        visit(judge)?;
    }
    releases_everything(judge, before, COMERS)
}

/// That a server holds no more than before, when so many clients have come and left.
pub(super) fn releases_everything(judge: &mut Judge<'_>, before: Holdings, comers: usize) -> Outcome {
    let is_back = |judge: &Judge<'_>| {
        let now = judge.program().ok().and_then(crate::check::stage::program::Program::holdings);
        now.is_some_and(|now| now.descriptors <= before.descriptors + SOME && now.threads <= before.threads + SOME)
    };
    if judge.context.wait_until(GIVING_BACK, || is_back(judge))? {
        return Ok(());
    }
    let Some(after) = judge.program()?.holdings() else { return Err(cannot_see()) };
    let (files, threads) = ((before.descriptors, after.descriptors), (before.threads, after.threads));
    let sentence = both!(
        "{comers} clients came and left; before, it held {} descriptors and {} threads, and now {} and {}",
        "{comers} 个客户端来过又走了；之前它持有 {} 个描述符、{} 个线程，现在是 {} 个和 {} 个",
        files.0,
        threads.0,
        files.1,
        threads.1
    );
    let halt = Halt::failed(Fault::Kept, sentence);
    Err(if files.1 > files.0 + SOME { halt.shows(Cause::NeverCloses) } else { halt })
}

/// A client that is served, and leaves as one should.
fn visit(judge: &mut Judge<'_>) -> Outcome {
    let mut visitor = judge.connect()?;
    visitor.echo(&random_word(judge))?;
    visitor.shut_down_sending();
    visitor.expect_end()
}

pub(super) fn sleeps_after_leaving(judge: &mut Judge<'_>) -> Outcome {
    visit(judge)?;
    judge.connect()?.close();
    visit(judge)?;
    let Err(halt) = judge.rests(LOOK, OFTEN)? else { return Ok(()) };
    Err(find_when_it_rests(judge, halt)?)
}

/// It does not sleep when clients have left: does it when nobody has?
fn find_when_it_rests(judge: &mut Judge<'_>, halt: Halt) -> Outcome<Halt> {
    if judge.host.one_process().is_some() {
        return Ok(halt.suspect(Cause::SpinsAfterLeaving));
    }
    judge.context.story.looks_for_the_cause();
    Ok(match unless_failed(rests_beside_clients(judge))? {
        Some(Ok(())) => {
            let finding = both!("it sleeps as long as no client has left", "没有客户端离开的时候，它会休眠");
            halt.found(Cause::SpinsAfterLeaving, finding)
        }
        Some(Err(_)) => {
            let finding = both!("it does not sleep when no client has left, either", "没有客户端离开的时候它也不休眠");
            halt.found(Cause::PollsInALoop, finding)
        }
        None => halt,
    })
}

pub(super) fn sleeps(judge: &mut Judge<'_>) -> Outcome {
    rests_beside_clients(judge)?.map_err(shows(Cause::PollsInALoop))
}

/// Whether the program sleeps while its clients are there, and say nothing.
fn rests_beside_clients(judge: &mut Judge<'_>) -> Outcome<Outcome> {
    // Whatever earlier clients have left behind is another question.
    judge.next_process();
    let (mut a, _b) = (judge.connect()?, judge.connect()?);
    a.echo("and now nothing")?;
    judge.rests(LOOK, OFTEN)
}

pub(super) fn ctrl_c(judge: &mut Judge<'_>) -> Outcome {
    let (mut a, mut b) = (judge.connect()?, judge.connect()?);
    a.echo("served")?;
    judge.press_ctrl_c()?;
    // A server that says goodbye waits for its clients to say it too. They do not go first.
    let (_, came) = a.read_to_end(ENDING)?;
    if came != Came::Nothing {
        drop(a);
        b.read_to_end(Duration::from_millis(200))?;
        drop(b);
        if judge.wait_for_end(ENDING)?.is_some() {
            return Ok(());
        }
        return Err(outlives_ctrl_c());
    }
    judge.context.story.looks_for_the_cause();
    drop((a, b));
    let finding = both!("as soon as its clients had left, it ended", "客户端一离开，它就结束了");
    if judge.wait_for_end(LEFT_ALONE)?.is_some() {
        return Err(outlives_ctrl_c().found(Cause::DeafToCtrlC, finding));
    }
    // Of an error that nobody caught, the main thread has ended.
    let finding = if was_uncaught(&judge.printed()?.complaints()) {
        both!(
            "it does not end either when its clients have left: SIGINT has ended its main thread, and another thread still runs",
            "客户端离开之后它也不结束：SIGINT 结束了它的主线程，但还有别的线程在运行"
        )
    } else {
        both!(
            "it does not end either when its clients have left: it ignores SIGINT, or catches it",
            "客户端离开之后它也不结束：它忽略或捕获了 SIGINT"
        )
    };
    Err(outlives_ctrl_c().found(Cause::DeafToCtrlC, finding))
}

fn outlives_ctrl_c() -> Halt {
    let seconds = ENDING.as_secs_f64();
    let sentence = both!("{seconds} s after Ctrl-C it still runs", "按下 Ctrl-C {seconds} 秒后它仍在运行");
    Halt::failed(Fault::StillRunning, sentence)
}

/// The port is in TIME_WAIT when a server ended a connection first: a new one must have it all the same.
pub(super) fn restart(judge: &mut Judge<'_>) -> Outcome {
    if let Some(OneProcess::FixedPort(port)) = judge.host.one_process() {
        return Err(Halt::Impossible(both!(
            "with the port {port} written in, a program that fails this could not be started for a minute",
            "端口 {port} 写死在程序里，不通过的话一分钟内都无法再启动"
        )));
    }
    let mut a = judge.connect()?;
    a.echo("before")?;
    let address = judge.program()?.address;
    judge.context.story.did(both!("ends the program, which closes its connection first", "结束程序，于是它先关闭连接"));
    judge.program()?.signal(Signal::Kill);
    a.read_to_end(REPLY)?;
    a.close();
    judge.wait_for_end(ENDING)?;
    let finding = match table::is_in_time_wait(address.port()) {
        Some(false) => {
            return Err(Halt::Unknown(both!("the port did not go into TIME_WAIT", "没能让端口进入 TIME_WAIT")));
        }
        Some(true) => {
            both!("its port was in TIME_WAIT, as the system's table shows", "系统的连接表显示，端口处于 TIME_WAIT")
        }
        None => both!("its port is in TIME_WAIT after that", "此后它的端口处于 TIME_WAIT"),
    };
    judge.host.end();
    judge.host.start(judge.order, &judge.context, address, false)?;
    let again = judge.connect().and_then(|mut conn| conn.echo("after"));
    again.map_err(|halt| match halt {
        // What is a circumstance elsewhere is the question here.
        Halt::Unknown(sentence) => Halt::failed(Fault::NotReached, sentence).found(Cause::NoReuseAddr, finding),
        halt => halt.map(name_unchecked_bind).found(Cause::NoReuseAddr, finding),
    })
}

/// To listen without a port that is one's own is to get any.
fn name_unchecked_bind(failure: &mut Failure) {
    if failure.cause() == Some(Cause::OtherPort) {
        failure.sentence = both!(
            "it cannot have had its port again, and went on all the same: it listens on another one now",
            "它没能再次得到自己的端口，却照样往下走：现在监听的是另一个端口"
        );
    }
}

//! What is asked of every client, whatever it says: to end when all is over, and to say so when nobody is there.

use crate::both;
use crate::check::stage::ending::ENDING;
use crate::check::stage::judge::Judge;
use crate::check::verdict::cause::Cause;
use crate::check::verdict::{Fault, Halt, Outcome};
use crate::lang::Text;
use std::process::ExitStatus;

/// A program that starts may take so many times longer than it took before.
const SLOWER: u32 = 3;

/// That the client ends by itself.
pub(super) fn ends(judge: &Judge<'_>, when: &Text) -> Outcome<ExitStatus> {
    judge.wait_for_end(ENDING)?.map_or_else(|| Err(still_runs(judge, when)), Ok)
}

/// The client should have ended, and did not. One that never sleeps receives nothing again and again; one that sleeps may wait for
/// something else.
pub(super) fn still_runs(judge: &Judge<'_>, when: &Text) -> Halt {
    let (seconds, en, zh) = (ENDING.as_secs_f64(), &when.en, &when.zh);
    let sentence = Text {
        en: format!("{en}, and {seconds} s later the client still runs"),
        zh: format!("{zh}，{seconds} 秒后客户端仍在运行"),
    };
    let halt = Halt::failed(Fault::StillRunning, sentence);
    if judge.never_sleeps() { halt.shows(Cause::EndNotNoticed) } else { halt.suspect(Cause::EndNotNoticed) }
}

/// That a client says so when nobody listens.
pub(super) fn nobody_listens(judge: &mut Judge<'_>) -> Outcome {
    // Only the time after `connect` counts, and nobody sees that: the program may take as long to start as it took before.
    let start = judge.host.connected_after.map_or(judge.order.start_patience, |took| SLOWER * took);
    let status = judge.run_without_server(start + ENDING)?;
    match status {
        Some(status) if !status.success() => Ok(()),
        Some(_) => {
            let sentence = both!(
                "nobody listened there, and it ended with 0, as if all had gone well",
                "那里无人监听，它却以 0 结束，仿佛一切正常"
            );
            Err(Halt::failed(Fault::Died, sentence))
        }
        None => {
            let seconds = ENDING.as_secs_f64();
            let sentence = both!(
                "nobody listens there, and more than {seconds} s after it started, the client still runs",
                "那里无人监听，启动 {seconds} 秒多之后客户端仍在运行"
            );
            Err(Halt::failed(Fault::StillRunning, sentence))
        }
    }
}

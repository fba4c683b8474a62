//! What is asked of every client, whatever it says: to end when all is over, and to say so when nobody is there.

use crate::both;
use crate::check::stage::judge::{ENDING, Judge};
use crate::check::verdict::cause::Cause;
use crate::check::verdict::{Fault, Halt, Outcome};
use crate::lang::Text;
use std::process::ExitStatus;

/// That the client ends by itself.
pub(super) fn ends(judge: &Judge<'_>, when: &Text) -> Outcome<ExitStatus> {
    judge.wait_for_end(ENDING)?.map_or_else(|| Err(still_runs(when)), Ok)
}

/// The client should have ended, and did not.
pub(super) fn still_runs(when: &Text) -> Halt {
    let (seconds, en, zh) = (ENDING.as_secs_f64(), &when.en, &when.zh);
    let sentence = Text {
        en: format!("{en}, and {seconds} s later the client still runs"),
        zh: format!("{zh}，{seconds} 秒后客户端仍在运行"),
    };
    Halt::failed(Fault::StillRunning, sentence).suspect(Cause::EndNotNoticed)
}

/// That a client says so when nobody listens.
pub(super) fn nobody_listens(judge: &mut Judge<'_>) -> Outcome {
    let status = judge.run_without_server(ENDING)?;
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
                "nobody listens there, and after {seconds} s the client still runs",
                "那里无人监听，{seconds} 秒后客户端仍在运行"
            );
            Err(Halt::failed(Fault::StillRunning, sentence))
        }
    }
}

//! From how a check ended to its verdict, which is never better than what was seen.

mod evidence;

use crate::both;
use crate::check::order::Order;
use crate::check::requirement::Target;
use crate::check::stage::host::Host;
use crate::check::verdict::{Fault, Halt, NotRun, Outcome, Verdict};
use crate::lang::Text;
use std::ops::Range;
use std::time::{Duration, Instant};

/// How long one check may take, whatever the program does, and beside what it takes to start.
pub(crate) const LIMIT: Duration = Duration::from_secs(40);

/// What came of a check that was played in this time.
pub(crate) fn decide(outcome: Outcome, host: &Host, order: &Order, time: Range<Instant>) -> Outcome<Verdict> {
    Ok(match outcome {
        Err(Halt::Failed(failure)) if failure.fault == Fault::NotReached && host.is_gone => {
            Verdict::NotRun(NotRun::Impossible(no_longer_there()))
        }
        Ok(()) if prints_too_much(host, order) => Verdict::Unknown(too_much()),
        // What would have come later was not waited for: silence, above all.
        Ok(()) if Instant::now() >= time.end => Verdict::Unknown(too_long(order, time.end - time.start)),
        Ok(()) => Verdict::Passed,
        Err(Halt::Failed(failure)) if failure.fault == Fault::NotPrinted && prints_too_much(host, order) => {
            Verdict::Unknown(too_much())
        }
        // Whatever was waited for then had less than its time.
        Err(Halt::Failed(_)) if Instant::now() >= time.end => Verdict::Unknown(too_long(order, time.end - time.start)),
        Err(Halt::Failed(failure)) => Verdict::Failed(Box::new(evidence::conclude(*failure, host, order))),
        Err(Halt::Unknown(why)) => Verdict::Unknown(why),
        Err(Halt::Impossible(why)) => Verdict::NotRun(NotRun::Impossible(why)),
        Err(halt @ (Halt::Broken(_) | Halt::Interrupted)) => return Err(halt),
    })
}

/// Whether what the program printed decides, and not all of it was looked at.
fn prints_too_much(host: &Host, order: &Order) -> bool {
    let decides = !matches!(order.target, Target::NonblockServer | Target::SocketServer);
    decides && host.prints_too_much()
}

fn no_longer_there() -> Text {
    both!("the server is no longer there, since an earlier check", "自先前的检查起，服务器已经不在了")
}

fn too_much() -> Text {
    both!(
        "the program has printed more than day30 looks at, so nobody knows what stands there",
        "程序打印的内容太多，超出了 day30 查看的范围，无从得知里面有什么"
    )
}

fn too_long(order: &Order, limit: Duration) -> Text {
    if limit < LIMIT {
        let seconds = order.time.as_secs();
        return both!(
            "out of time: all checks together may take {seconds} s",
            "时间用完了：全部检查一共最多 {seconds} 秒"
        );
    }
    let seconds = limit.as_secs();
    both!(
        "after {seconds} s it was not over: the program is too slow, or this machine too busy, to say more",
        "{seconds} 秒后仍未结束：程序太慢，或这台机器太忙，无法下结论"
    )
}

//! How a program ended, in words.

use crate::both;
use crate::lang::Text;
use std::process::ExitStatus;

/// `exit code 1`, or the signal that killed it.
pub(crate) fn how_it_ended(status: ExitStatus) -> Text {
    match status.code() {
        Some(code) => both!("exit code {code}", "退出码 {code}"),
        None => by_a_signal(status),
    }
}

#[cfg(unix)]
fn by_a_signal(status: ExitStatus) -> Text {
    use std::os::unix::process::ExitStatusExt;
    let signal = status.signal().unwrap_or_default();
    both!("killed by signal {signal}", "被信号 {signal} 终止")
}

#[cfg(not(unix))]
fn by_a_signal(_: ExitStatus) -> Text {
    both!("killed", "被终止")
}

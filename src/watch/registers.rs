//! A system call's number, arguments and result, as the processor has them.
//!
//! Source: `syscall(2)`, "Architecture calling conventions".

use nix::sys::ptrace::getregs;
use nix::unistd::Pid;

/// A call that a thread is about to make.
#[derive(Clone, Copy, Debug)]
pub(super) struct Made {
    pub(super) number: i64,
    pub(super) arguments: [u64; 6],
}

#[cfg(target_arch = "x86_64")]
pub(super) fn made(thread: Pid) -> nix::Result<Made> {
    let it = getregs(thread)?;
    Ok(Made { number: it.orig_rax.cast_signed(), arguments: [it.rdi, it.rsi, it.rdx, it.r10, it.r8, it.r9] })
}

/// What the call gave: an error's number, negative, or a result.
#[cfg(target_arch = "x86_64")]
pub(super) fn given(thread: Pid) -> nix::Result<i64> {
    Ok(getregs(thread)?.rax.cast_signed())
}

#[cfg(target_arch = "aarch64")]
pub(super) fn made(thread: Pid) -> nix::Result<Made> {
    let [a, b, c, d, e, f, _, _, number, ..] = getregs(thread)?.regs;
    Ok(Made { number: number.cast_signed(), arguments: [a, b, c, d, e, f] })
}

/// What the call gave: an error's number, negative, or a result.
#[cfg(target_arch = "aarch64")]
pub(super) fn given(thread: Pid) -> nix::Result<i64> {
    let [given, ..] = getregs(thread)?.regs;
    Ok(given.cast_signed())
}

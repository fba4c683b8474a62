//! Why the system does not let one program watch another, and what to do.
//!
//! Source: `ptrace(2)`, "Ptrace access mode checking"; the kernel's `Documentation/admin-guide/LSM/Yama`.

use super::inside::tracer_of;
use crate::both;
use crate::lang::Text;
use crate::view::describe_io_error;
use std::fs;
use std::io;
use std::path::Path;

/// What is known of the machine when it refuses.
#[derive(Clone, Copy, Debug, Default)]
struct Circumstances {
    /// The program is traced by somebody else already.
    is_traced: bool,
    /// Yama's `ptrace_scope`; 0 where there is none.
    scope: u8,
    /// It runs in a container, or is confined in another way.
    is_confined: bool,
}

/// Why this process could not be traced.
pub(super) fn why(process: i32, error: &io::Error) -> Text {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let mode = status.lines().find_map(|line| line.strip_prefix("Seccomp:"));
    // Whoever traces us traces what we start, as a rule.
    let processes = [process.to_string(), "self".to_owned()];
    let scope = fs::read_to_string("/proc/sys/kernel/yama/ptrace_scope").ok();
    let is_container = ["/.dockerenv", "/run/.containerenv"].iter().any(|file| Path::new(file).exists());
    in_words(
        Circumstances {
            is_traced: processes.iter().any(|process| tracer_of(process).is_some()),
            scope: scope.and_then(|scope| scope.trim().parse().ok()).unwrap_or_default(),
            is_confined: is_container || mode.is_some_and(|mode| mode.trim() != "0"),
        },
        error,
    )
}

/// The calls cannot be told from others.
pub(super) fn no_filter() -> Text {
    both!(
        "cannot watch the program: the system takes no filter of its calls (seccomp)",
        "无法观察这个程序：系统不接受对调用的过滤（seccomp）"
    )
}

fn in_words(of: Circumstances, error: &io::Error) -> Text {
    let Text { en, zh } = describe_io_error(error);
    match of {
        Circumstances { is_traced: true, .. } => both!(
            "cannot watch the program: another one traces it already (a debugger, strace, or another day30 watch)\n  \
             end that one, or run day30 watch outside of it",
            "无法观察这个程序：它已经被别的程序跟踪（调试器、strace 或另一个 day30 watch）\n  \
             请先结束那个程序，或在它之外运行 day30 watch"
        ),
        Circumstances { scope: 3, .. } => both!(
            "cannot watch the program: this system forbids it to everybody until it is started anew (kernel.yama.ptrace_scope = 3)\n  \
             ask whoever looks after it",
            "无法观察这个程序：系统禁止任何跟踪，重启前无法更改（kernel.yama.ptrace_scope = 3）\n  请询问系统管理员"
        ),
        Circumstances { scope: 2, .. } => both!(
            "cannot watch the program: this system allows it only to the administrator (kernel.yama.ptrace_scope = 2)\n  \
             allow it until the next start: sudo sysctl kernel.yama.ptrace_scope=1",
            "无法观察这个程序：系统只允许管理员跟踪（kernel.yama.ptrace_scope = 2）\n  \
             可以临时允许（重启后失效）：sudo sysctl kernel.yama.ptrace_scope=1"
        ),
        Circumstances { is_confined: true, .. } => both!(
            "cannot watch the program: the container (or sandbox) does not allow it: {en}\n  \
             start the container with: docker run --cap-add=SYS_PTRACE …",
            "无法观察这个程序：容器（或沙箱）不允许：{zh}\n  请这样启动容器：docker run --cap-add=SYS_PTRACE …"
        ),
        _ => {
            both!("cannot watch the program: the system does not allow it: {en}", "无法观察这个程序：系统不允许：{zh}")
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_reason_has_its_advice() {
        let error = io::ErrorKind::PermissionDenied.into();
        let none = Circumstances::default();
        for (of, advice) in [
            (Circumstances { is_traced: true, ..none }, "strace"),
            (Circumstances { scope: 3, ..none }, "ptrace_scope = 3"),
            (Circumstances { scope: 2, ..none }, "sysctl kernel.yama.ptrace_scope=1"),
            (Circumstances { is_confined: true, scope: 1, ..none }, "--cap-add=SYS_PTRACE"),
        ] {
            let text = in_words(of, &error);
            assert!(text.en.contains(advice) && text.zh.contains(advice), "{text:?}");
        }
        // In the words of its language, and not in those of the system.
        for error in [error, io::Error::from_raw_os_error(nix::libc::EPERM)] {
            let text = in_words(none, &error);
            assert!(text.en.ends_with(": permission denied") && text.zh.ends_with("：没有权限"), "{text:?}");
        }
    }
}

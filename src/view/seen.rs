//! What a program that is watched was seen to do, beside its calls, in words.

use super::calls::big_number;
use super::escape::escape;
use crate::both;
use crate::lang::{Lang, Text};
use crate::say;
use crate::trace::{Awaited, Passing, Seen};

/// So many sockets are named in a line.
const NAMED: usize = 8;

/// As a line.
#[expect(clippy::too_many_lines, reason = "a table: one row for each kind, in two languages")]
pub(super) fn describe_seen(seen: &Seen, lang: Lang) -> String {
    match seen {
        Seen::Socket { descriptor, nonblocking: false } => {
            say!(lang, "socket → descriptor {descriptor}", "socket → 描述符 {descriptor}")
        }
        Seen::Socket { descriptor, nonblocking: true } => {
            say!(lang, "socket(SOCK_NONBLOCK) → descriptor {descriptor}", "socket(SOCK_NONBLOCK) → 描述符 {descriptor}")
        }
        // A record may come from anybody.
        Seen::Option { name, value } => format!("setsockopt {} = {value}", escape(name.as_bytes())),
        Seen::Backlog { size } => {
            say!(lang, "the queue of listen: at most {size}", "listen 的等待队列：最多 {size} 个")
        }
        Seen::Copy { from, to } => say!(lang, "dup {from} → descriptor {to}", "dup {from} → 描述符 {to}"),
        Seen::Fork { child, sockets } => {
            let are = if *sockets == 1 { "socket is" } else { "sockets are" };
            say!(
                lang,
                "fork → process {child}; {sockets} {are} open in both now",
                "fork → 进程 {child}；{sockets} 个 socket 现在两个进程里都开着"
            )
        }
        Seen::Pass { descriptor } => say!(
            lang,
            "sendmsg(SCM_RIGHTS): descriptor {descriptor} goes to another process",
            "sendmsg(SCM_RIGHTS)：把描述符 {descriptor} 交给另一个进程"
        ),
        Seen::Passed { descriptor, way, from, is_known } => passed((*descriptor, *way, *from, *is_known), lang),
        Seen::Kept { left } => {
            let are = if *left == 1 { "descriptor is" } else { "descriptors are" };
            say!(
                lang,
                "close: the socket stays open, {left} more {are} of it",
                "close：socket 还开着，另有 {left} 个描述符指向它"
            )
        }
        Seen::Waited { on, ready } => {
            let (on, ready) = (names(on, lang), names(ready, lang));
            say!(lang, "waits for: {on}; ready: {ready}", "等待：{on}；就绪：{ready}")
        }
        Seen::Looked { count, ready, span_us } => looked(*count, *ready, *span_us, lang),
        Seen::Queue { waiting } => {
            let are = if *waiting == 1 { "client waits" } else { "clients wait" };
            say!(lang, "meanwhile {waiting} {are} in the accept queue", "这期间等待队列里有 {waiting} 个客户端")
        }
        Seen::Unread { bytes } => {
            let lie = if *bytes == 1 { "byte lies" } else { "bytes lie" };
            say!(
                lang,
                "{bytes} {lie} unread in the kernel: closing now sends an RST",
                "内核里还有 {bytes} 字节没读：这时关闭会发出 RST"
            )
        }
        Seen::Exit { code, signal } => ended(*code, *signal, lang),
        Seen::IoUring => say!(
            lang,
            "it uses io_uring: calls that it makes by this way cannot be seen",
            "它使用 io_uring：这样发出的调用无法看到"
        ),
        Seen::OtherProcessor => {
            lang.pick("it is a 32-bit program: its calls cannot be seen", "它是 32 位程序：它的调用无法看到").into()
        }
        Seen::Source { .. } => lang.pick("the source file", "源文件").into(),
    }
}

fn passed((descriptor, way, from, is_known): (i32, Passing, Option<u32>, bool), lang: Lang) -> String {
    let call = match way {
        Passing::ScmRights => "recvmsg(SCM_RIGHTS)",
        Passing::PidfdGetfd => "pidfd_getfd",
    };
    let begin = say!(lang, "{call} → descriptor {descriptor}", "{call} → 描述符 {descriptor}");
    let source = match (from, is_known) {
        (Some(from), true) => say!(lang, ", a socket of process {from}", "，是进程 {from} 的 socket"),
        (None, true) => lang.pick(", a socket that is known already", "，是前面出现过的 socket").to_owned(),
        (Some(from), false) => say!(
            lang,
            ", a socket of process {from}, which is not watched",
            "，是进程 {from} 的 socket，而那个进程没有被观察"
        ),
        (None, false) => {
            lang.pick(", a socket from a process that is not watched", "，这个 socket 来自没有被观察的进程").to_owned()
        }
    };
    begin + &source
}

fn looked(count: u64, ready: u64, span_us: u64, lang: Lang) -> String {
    let (count, seconds) = (big_number(count), span_us as f64 / 1e6);
    if ready == 0 {
        return say!(
            lang,
            "poll ×{count} in {seconds:.1} s: nothing was ready",
            "poll ×{count}，历时 {seconds:.1} 秒：都没有就绪"
        );
    }
    say!(
        lang,
        "poll ×{count} in {seconds:.1} s: {ready} ready each time, and nothing was done",
        "poll ×{count}，历时 {seconds:.1} 秒：每次有 {ready} 个就绪，却没有处理"
    )
}

fn ended(code: Option<u8>, signal: Option<u8>, lang: Lang) -> String {
    match (code, signal) {
        (Some(code), _) => say!(lang, "the process ended with exit code {code}", "进程结束，退出码 {code}"),
        (None, Some(signal)) => say!(lang, "signal {signal} ended the process", "进程被信号 {signal} 结束"),
        (None, None) => lang.pick("the process ended", "进程结束").into(),
    }
}

fn names(sockets: &[Awaited], lang: Lang) -> String {
    let name = |awaited: &Awaited| match awaited {
        Awaited::Listening => lang.pick("the listening socket", "监听 socket").to_owned(),
        Awaited::Accepted(id) => format!("#{id}"),
        Awaited::Connected(id) => say!(lang, "connection {id}", "连接 {id}"),
    };
    let mut names: Vec<_> = sockets.iter().take(NAMED).map(name).collect();
    if sockets.len() > NAMED {
        names.push("…".into());
    }
    if names.is_empty() {
        return lang.pick("none", "无").into();
    }
    names.join(lang.pick(", ", "、"))
}

/// Why, or what follows from it.
pub(super) fn explain_seen(seen: &Seen) -> Text {
    match seen {
        Seen::Socket { .. } => both!(
            "A socket without an address: bind or connect gives it one.",
            "这是一个还没有地址的 socket：bind 或 connect 会给它地址。"
        ),
        Seen::Option { .. } => {
            both!("This changes how the kernel treats the socket.", "这会改变内核处理这个 socket 的方式。")
        }
        Seen::Backlog { .. } => both!(
            "So many clients may be connected before accept takes them.",
            "在 accept 取走之前，最多有这么多客户端可以先连上。"
        ),
        Seen::Copy { .. } | Seen::Fork { .. } | Seen::Kept { .. } => both!(
            "A socket is closed with the last of its descriptors, in whichever process that is.",
            "指向 socket 的最后一个描述符关闭时，socket 才真正关闭，不论它在哪个进程里。"
        ),
        Seen::Pass { .. } | Seen::Passed { .. } => explain_passed(seen),
        Seen::Waited { .. } => both!(
            "The kernel watches all of these sockets at once, and tells which of them have something.",
            "内核同时看着这些 socket，并告诉程序哪些有事可做。"
        ),
        Seen::Looked { .. } => both!(
            "Each look came back at once: together they kept the CPU busy.",
            "每次都立即返回，合起来却一直占用 CPU。"
        ),
        Seen::Queue { .. } => both!(
            "Their handshakes are done by the kernel. Only accept hands them to the program.",
            "握手由内核完成，但只有 accept 才把它们交给程序。"
        ),
        Seen::Unread { .. } => both!(
            "The kernel tells the other side by an RST that its bytes were thrown away.",
            "内核用 RST 告诉对方：它发来的数据被丢弃了。"
        ),
        Seen::Exit { .. } => both!(
            "The kernel closes every descriptor that the process still had.",
            "进程还开着的描述符，都由内核关闭。"
        ),
        Seen::IoUring | Seen::OtherProcessor => explain_unseen(seen),
        Seen::Source { .. } => both!("The program's own lines are shown from it.", "程序自己的代码行取自这里。"),
    }
}

/// What it means that a socket goes to another process.
fn explain_passed(seen: &Seen) -> Text {
    match seen {
        Seen::Passed { is_known: true, .. } => both!(
            "The descriptor has its own number in this process, but it is the same socket with the same buffers: the process that calls recv takes the bytes.",
            "描述符在这个进程里有自己的编号，但 socket 还是同一个，缓冲区也是同一对：哪个进程调用 recv，数据就归哪个进程。"
        ),
        Seen::Passed { is_known: false, .. } => both!(
            "Calls on this socket are shown from here on. What the other process did with it before was not seen.",
            "从这里开始能看到这个 socket 上的调用；另一个进程在此之前对它做过什么，没有看到。"
        ),
        _ => both!(
            "A message over a UNIX socket can carry descriptors. Until it is received it keeps the socket open, even if the sender closes its own descriptor.",
            "通过 UNIX socket 发送的消息可以携带描述符。在消息被收到之前，即使发送方关闭了自己的描述符，socket 也一直开着。"
        ),
    }
}

/// Why calls are missing.
fn explain_unseen(seen: &Seen) -> Text {
    match seen {
        Seen::OtherProcessor => both!(
            "Calls of 32-bit programs have other numbers and arguments; the program itself runs as always.",
            "32 位程序的系统调用，编号和参数都不一样；程序本身照常运行。"
        ),
        _ => both!(
            "Requests lie in memory that the program and the kernel share; no system call tells of them.",
            "请求放在程序与内核共享的内存里，没有系统调用可以看到。"
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn whom_a_call_waited_for_is_named() {
        let seen = Seen::Waited {
            on: vec![Awaited::Listening, Awaited::Accepted(2), Awaited::Connected(1)],
            ready: vec![Awaited::Accepted(2)],
        };
        assert_eq!(describe_seen(&seen, Lang::En), "waits for: the listening socket, #2, connection 1; ready: #2");
        let many = Seen::Waited { on: vec![Awaited::Accepted(1); 99], ready: vec![] };
        assert!(describe_seen(&many, Lang::Zh).ends_with("、…；就绪：无"));
    }

    #[test]
    fn a_socket_that_came_from_somewhere_is_told_as_far_as_that_is_known() {
        let told =
            |way, from, is_known, lang| describe_seen(&Seen::Passed { descriptor: 5, way, from, is_known }, lang);
        let known = told(Passing::ScmRights, Some(12), true, Lang::En);
        assert_eq!(known, "recvmsg(SCM_RIGHTS) → descriptor 5, a socket of process 12");
        let taken = told(Passing::PidfdGetfd, Some(12), false, Lang::En);
        assert_eq!(taken, "pidfd_getfd → descriptor 5, a socket of process 12, which is not watched");
        let unknown = told(Passing::ScmRights, None, false, Lang::Zh);
        assert_eq!(unknown, "recvmsg(SCM_RIGHTS) → 描述符 5，这个 socket 来自没有被观察的进程");
    }

    #[test]
    fn an_options_name_cannot_command_a_terminal() {
        let seen = Seen::Option { name: "\u{1b}[2J".into(), value: 1 };
        assert!(!describe_seen(&seen, Lang::En).contains('\u{1b}'));
    }
}

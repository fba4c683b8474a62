//! What follows from a finding, and what to do about it.

use super::finding::Finding;
use crate::both;
use crate::lang::Text;

/// In a sentence or two.
#[expect(clippy::too_many_lines, reason = "a table: one row for each finding, in two languages")]
pub(super) fn advice(finding: &Finding) -> Text {
    match finding {
        Finding::SleptForOne { .. } => both!(
            "One thread that sleeps for one client serves nobody else: give each client a thread, or wait for all of them with select.",
            "一个线程为一个客户端休眠时，就不能服务别人：给每个客户端一个线程，或用 select 同时等待所有客户端。"
        ),
        Finding::SleptBesideBytes { .. } => both!(
            "Ask select which sockets have something, and receive from those only.",
            "先用 select 问哪些 socket 有数据，只从这些 socket 接收。"
        ),
        Finding::ModeNotInherited { .. } => both!(
            "accept gives a new socket, and that is blocking: call setblocking(False) on it too.",
            "accept 给出的是新的 socket，它是阻塞的：也要对它调用 setblocking(False)。"
        ),
        Finding::Spins { .. } | Finding::LooksInVain { .. } => both!(
            "This keeps a core busy for nothing: let select, poll or epoll sleep until a socket is ready.",
            "这样白白占满一个核：让 select、poll 或 epoll 休眠，直到有 socket 就绪。"
        ),
        Finding::ReadyIgnored { .. } => both!(
            "It says so until the bytes are received, or the client is accepted: do that, or stop waiting for this socket.",
            "数据没被读走、客户端没被 accept，它就一直这样说：去读取，或不再等待这个 socket。"
        ),
        Finding::AddressInUse { reuses: true } => both!(
            "Another program listens there: end it (ss -ltnp shows which), or take another port.",
            "另一个程序正在那里监听：结束它（ss -ltnp 可以看到是谁），或换一个端口。"
        ),
        Finding::AddressInUse { reuses: false } => both!(
            "Another program listens there, or connections of the last run are in TIME_WAIT: set SO_REUSEADDR before bind.",
            "另一个程序正在监听，或上次运行的连接还在 TIME_WAIT：在 bind 之前设置 SO_REUSEADDR。"
        ),
        Finding::NoReuse => both!(
            "Started again within a minute, bind can fail with EADDRINUSE: set SO_REUSEADDR before bind.",
            "一分钟内重新启动时，bind 可能因 EADDRINUSE 失败：在 bind 之前设置 SO_REUSEADDR。"
        ),
        Finding::OpenToAll { .. } => both!(
            "For exercises, 127.0.0.1 is enough: nobody else can connect then.",
            "练习时用 127.0.0.1 就够了：别人连不进来。"
        ),
        Finding::OtherPort { .. } => both!(
            "Clients that take the port from the command do not find it: use the argument.",
            "按命令里的端口去连的客户端找不到它：请使用这个参数。"
        ),
        Finding::ShortQueue { .. } => both!(
            "While the queue is full, the kernel lets further clients wait for seconds: call listen() without a number.",
            "队列满时，后来的客户端要等好几秒才能连上：调用 listen() 时不要给数字。"
        ),
        Finding::NeverAccepts => both!("Call accept in a loop.", "在循环里调用 accept。"),
        Finding::NoDescriptors { .. } => both!(
            "Close each connection when its client has gone; `ulimit -n` shows how many descriptors there may be.",
            "客户端离开后要关闭连接；`ulimit -n` 显示最多可以有多少描述符。"
        ),
        Finding::NotClosed { .. } => both!(
            "The other side may wait for that, and each open socket costs a descriptor: close it, or use with.",
            "对方可能在等关闭；而且每个开着的 socket 都占一个描述符：请关闭它，或用 with。"
        ),
        Finding::CopyOpen { .. } => both!(
            "The client never sees the end: after fork, each process closes the descriptors that it does not use.",
            "客户端永远看不到结束：fork 之后，每个进程都要关闭自己不用的描述符。"
        ),
        Finding::RestNeverSent { .. } => both!(
            "send says how many bytes it took: send the rest again, or use sendall.",
            "send 返回它取走了多少字节：要把剩下的再发一次，或用 sendall。"
        ),
        Finding::ReceivesAfterEnd { .. } => both!(
            "0 means that nothing will ever come again: leave the loop, and close.",
            "返回 0 表示再也不会有数据：应该退出循环，并关闭连接。"
        ),
        Finding::LetterCut { .. } | Finding::LetterReplaced => both!(
            "TCP knows bytes, no characters: keep what is not whole, and decode when the rest has come (an incremental decoder does that).",
            "TCP 只认字节，不认字符：不完整的先留着，等剩下的到了再解码（增量解码器会这样做）。"
        ),
        Finding::ClientsMixed { .. } => both!(
            "Two clients share one variable: each connection needs a buffer of its own.",
            "两个客户端共用了一个变量：每个连接要有自己的缓冲区。"
        ),
        Finding::ByteByByte { .. } => both!(
            "Each call costs a change into the kernel: ask for more, recv gives what is there.",
            "每次调用都要进一次内核：多要一些，recv 有多少就给多少。"
        ),
        Finding::SendsByteByByte { without_delay: false, .. } => both!(
            "Each call costs a change into the kernel, and Nagle's algorithm holds small pieces back: put them together first.",
            "每次调用都要进一次内核，Nagle 算法还会推迟小块数据：先把它们拼起来再发。"
        ),
        Finding::SendsByteByByte { without_delay: true, .. } => both!(
            "With TCP_NODELAY, each becomes a packet of its own: put them together first.",
            "设置了 TCP_NODELAY，每个字节都成为一个单独的包：先把它们拼起来再发。"
        ),
        Finding::MessageShort { .. } => both!(
            "recv gives at most what was asked, and often less: call it in a loop until everything is there.",
            "recv 最多给你要的那么多，常常更少：要循环调用，直到收全。"
        ),
        Finding::UsedAfterReset { .. } => both!(
            "Nothing passes it any more: close it, and forget this client.",
            "它再也不能传数据：关闭它，不再管这个客户端。"
        ),
        Finding::ResetEndsAll { .. } => both!(
            "Catch the error where this client is served, close its socket, and go on with the others.",
            "在服务这个客户端的地方捕获错误，关闭它的 socket，继续服务别人。"
        ),
        Finding::EagainEndsAll { .. } => both!(
            "On a non-blocking socket this is no failure (BlockingIOError in Python): catch it, and try again later.",
            "对非阻塞 socket 来说这不算失败（Python 里是 BlockingIOError）：捕获它，稍后再试。"
        ),
        Finding::PipeSignal => both!(
            "Give send the flag MSG_NOSIGNAL, or ignore SIGPIPE: then it fails with EPIPE, and the others are served.",
            "给 send 加上 MSG_NOSIGNAL，或忽略 SIGPIPE：这样它会返回 EPIPE，其他客户端仍有人服务。"
        ),
        Finding::ClosedUnread { .. } => both!(
            "The other side gets ECONNRESET, and can lose an answer that was on its way: receive until recv gives 0, then close.",
            "对方会得到 ECONNRESET，还可能丢掉路上的回复：一直接收到 recv 返回 0，再关闭。"
        ),
        Finding::Refused { .. } => {
            both!("Start the server first, and compare address and port.", "先启动服务器，再核对地址和端口。")
        }
        Finding::EndedWithError { .. } => both!("What it printed last says why.", "它最后打印的内容说明了原因。"),
        Finding::NotAllSeen => {
            both!("What is missing here may have been done that way.", "这里没有的，可能是用这种方式做的。")
        }
        Finding::NoneSeen => both!(
            "Build it for 64 bits; or put day30 tap between it and its client.",
            "请编译成 64 位程序；或者在它和客户端之间放一个 day30 tap。"
        ),
    }
}

//! Why a call gave what it gave.

use crate::both;
use crate::lang::Text;
use crate::trace::{Call, Errno, Outcome};
use std::io::ErrorKind;

/// What is known about a call that is over.
pub(super) struct Seen {
    pub(super) call: Call,
    pub(super) outcome: Outcome,
    /// For how many bytes it had room, or how many it was given.
    pub(super) asked: Option<usize>,
    /// It slept before.
    pub(super) slept: bool,
    /// How many bytes lay in the kernel for its socket, where that is known.
    pub(super) waiting: Option<u64>,
    /// How many clients stood in the accept queue, as far as the trace tells.
    pub(super) queued: usize,
    /// Whether calls of its socket wait.
    pub(super) blocking: Option<bool>,
}

pub(super) fn explain(seen: &Seen) -> Text {
    match (seen.call, seen.outcome) {
        (call, Outcome::Failed(errno)) => failed(call, errno, seen),
        (Call::Recv, Outcome::Count { ok }) => received(ok, seen),
        (Call::Send, Outcome::Count { ok }) => sent(ok, seen),
        (Call::Poll, Outcome::Count { ok }) => polled(ok),
        (Call::Accept, _) => accepted(seen),
        (Call::Close, _) => closed(seen),
        (call, _) => done(call),
    }
}

fn done(call: Call) -> Text {
    match call {
        Call::Bind => both!(
            "bind gives the socket its address. Nobody can connect yet: the kernel refuses every client until listen is called.",
            "bind 给 socket 一个地址。这时还不能连接：调用 listen 之前，内核会拒绝所有客户端。"
        ),
        Call::Listen => both!(
            "From now on the kernel completes the handshake of every client by itself, and puts it into the accept queue, whatever the program is doing.",
            "从现在起，内核会自己完成每个客户端的握手，并把它放进等待队列，不管程序正在做什么。"
        ),
        Call::Connect => both!(
            "The two kernels shake hands (SYN, SYN-ACK, ACK). The client is connected from this moment, although the server has not called accept for it yet.",
            "两边的内核完成三次握手（SYN、SYN-ACK、ACK）。客户端从这一刻起就算连上了，尽管服务器还没有为它调用 accept。"
        ),
        Call::SetNonblocking => both!(
            "From now on a call on this socket that has nothing to do returns EAGAIN instead of sleeping.",
            "从现在起，这个 socket 上没事可做的调用会返回 EAGAIN，而不是休眠。"
        ),
        Call::Shutdown => both!(
            "A FIN follows the last byte: this side sends no more, but it can still receive.",
            "在最后一个字节之后发出 FIN：这一侧不再发送，但仍可接收。"
        ),
        _ => both!(
            "This side wants no more bytes: a thread that sleeps in recv wakes up with 0.",
            "这一侧不再接收：正在 recv 里休眠的线程会醒来，得到 0。"
        ),
    }
}

fn accepted(seen: &Seen) -> Text {
    let new = both!(
        "The client leaves the accept queue and gets a socket of its own. The listening socket stays as it was.",
        "客户端离开等待队列，得到一个属于自己的新 socket；监听 socket 保持不变。"
    );
    if seen.queued > 1 {
        let left = seen.queued - 1;
        return both!("{} {left} more are waiting.", "{}队列里还有 {left} 个在等。", new);
    }
    if seen.slept {
        both!("A client connected, and the kernel woke the thread. {new}", "有客户端连接，内核唤醒了线程。{new}")
    } else {
        new
    }
}

fn received(ok: usize, seen: &Seen) -> Text {
    if ok == 0 {
        return both!(
            "0 bytes mean end of stream: the peer has shut down sending (FIN), and every byte before that was received. \"No data yet\" would be EAGAIN, or sleep.",
            "0 字节表示对方已关闭发送（FIN），而且之前的字节都已收完。“暂无数据”则不同：那会是 EAGAIN，或者休眠。"
        );
    }
    let left = seen.waiting.map_or(0, |waiting| waiting.saturating_sub(ok as u64));
    if left > 0 {
        return both!(
            "recv takes at most as many bytes as its buffer holds. {left} more stay in the kernel for the next recv.",
            "recv 一次最多取走缓冲区容得下的字节数；还有 {left} 个字节留在内核里，等下一次 recv。"
        );
    }
    let room = seen.asked.unwrap_or_default();
    match seen.slept {
        true => both!(
            "Bytes arrived, and the kernel woke the thread. recv hands over what is there, and does not wait until {room} bytes have come.",
            "数据到了，内核唤醒了线程。recv 有多少给多少，不会等到凑满 {room} 字节。"
        ),
        false => both!(
            "These bytes lay in the receive buffer. recv hands over what is there, and does not wait until {room} bytes have come.",
            "这些字节已经在接收缓冲区里。recv 有多少给多少，不会等到凑满 {room} 字节。"
        ),
    }
}

fn sent(ok: usize, seen: &Seen) -> Text {
    let left = seen.asked.map_or(0, |asked| asked.saturating_sub(ok));
    if left > 0 {
        return both!(
            "The send buffer had room for {ok} bytes only. The program must keep the other {left} and send them later.",
            "发送缓冲区只放得下 {ok} 字节。剩下的 {left} 字节程序要自己留着，稍后再发。"
        );
    }
    both!(
        "The kernel has copied all {ok} bytes and sends them by itself. send does not wait until the peer has received them.",
        "内核复制了全部 {ok} 字节，由它自己发送。send 不会等到对方收到才返回。"
    )
}

fn polled(ready: usize) -> Text {
    match ready {
        0 => both!(
            "No socket became ready: the time that the call was allowed to sleep is over.",
            "没有 socket 就绪：允许休眠的时间到了。"
        ),
        _ => both!(
            "The kernel woke the thread: {ready} ready. Only those are asked now, so no call is wasted.",
            "内核唤醒了线程：{ready} 个就绪。接下来只询问这些，没有一次调用是白费的。"
        ),
    }
}

fn closed(seen: &Seen) -> Text {
    match seen.waiting {
        Some(waiting @ 1..) => both!(
            "{waiting} bytes were never received. Closing with unread bytes makes the kernel send a reset (RST), which can destroy what is still on its way to the peer.",
            "还有 {waiting} 字节没有接收。带着未读的字节关闭，内核会发送重置（RST），可能毁掉正发往对方的数据。"
        ),
        _ => both!(
            "The descriptor goes back to the system. What was sent before still arrives at the peer, followed by a FIN.",
            "描述符还给系统。之前发出的数据仍会送达对方，最后跟着一个 FIN。"
        ),
    }
}

fn failed(call: Call, errno: Errno, seen: &Seen) -> Text {
    match (errno.error, call) {
        (ErrorKind::WouldBlock, Call::Accept) => both!(
            "Nobody is in the accept queue. The listening socket does not block, so accept returns at once and the loop goes on.",
            "等待队列里没有人。监听 socket 是非阻塞的，所以 accept 立即返回，循环继续。"
        ),
        (ErrorKind::WouldBlock, Call::Send) => both!(
            "The send buffer is full, because the peer does not read. The program keeps its bytes and tries again later.",
            "发送缓冲区满了，因为对方没有读取。程序先留着数据，稍后再试。"
        ),
        (ErrorKind::WouldBlock, _) if seen.blocking == Some(true) => both!(
            "Nothing came within the time limit of this socket. On Linux, a recv that timed out reports EAGAIN too.",
            "在这个 socket 的时限内什么也没收到。在 Linux 上，超时的 recv 报的也是 EAGAIN。"
        ),
        (ErrorKind::WouldBlock, _) => both!(
            "The receive buffer is empty. The socket does not block, so recv returns at once. No data yet is not the end of the stream: that would be 0 bytes.",
            "接收缓冲区是空的。socket 是非阻塞的，所以 recv 立即返回。“暂无数据”不等于对方关闭：那会是 0 字节。"
        ),
        (ErrorKind::ConnectionRefused, _) => both!(
            "No program listens at that address, so the kernel there answered with a reset.",
            "那个地址上没有程序在监听，所以对方的内核用重置作答。"
        ),
        (ErrorKind::ConnectionReset, _) => both!(
            "The peer reset the connection (RST): it was closed with unread bytes, or ended on purpose. Bytes on their way are lost.",
            "对方重置了连接（RST）：关闭时还有未读的字节，或是有意中断。途中的数据已经丢失。"
        ),
        (ErrorKind::BrokenPipe, _) => {
            both!("The peer is gone: nobody will ever receive these bytes.", "对方已经不在了：这些字节再也没有人接收。")
        }
        (ErrorKind::Interrupted, Call::Accept) => both!(
            "Something woke the call before a client came: a signal, or the server's own stop.",
            "还没有客户端来，调用就被唤醒了：可能是信号，也可能是服务器正在停止。"
        ),
        (ErrorKind::Interrupted, _) => both!(
            "A signal interrupted the call. Nothing happened, and it is made again.",
            "信号打断了这次调用。什么也没有发生，再调用一次即可。"
        ),
        _ => both!("The system could not do it.", "系统无法完成这次调用。"),
    }
}

//! Why a call gave what it gave.

use crate::both;
use crate::lang::Text;
use crate::trace::{Call, Errno, Outcome};
use std::io::ErrorKind;

/// What is known about a call that is over.
pub(super) struct Seen {
    pub(super) call: Call,
    /// It was not about one connection.
    pub(super) is_listener: bool,
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
    /// It had shut down sending.
    pub(super) fin_sent: bool,
    /// Its connection was broken.
    pub(super) reset: bool,
    /// It is about to reset the connection itself.
    pub(super) reset_sent: bool,
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
            "bind gives the socket its address. No client can connect yet: the kernel refuses every client until listen is called.",
            "bind 给 socket 一个地址。客户端还不能连接：调用 listen 之前，内核会拒绝所有连接请求。"
        ),
        Call::Listen => both!(
            "From now on the kernel completes handshakes by itself, and puts each connection into the accept queue until the queue is full (backlog).",
            "从现在起，内核会自行完成握手，并把连接放进等待队列，直到队列满（backlog）。这不需要程序参与。"
        ),
        Call::Connect => both!(
            "The two kernels complete the three-way handshake (SYN, SYN-ACK, ACK). The client is now connected, even if the server has not called accept yet.",
            "两边的内核完成三次握手（SYN、SYN-ACK、ACK）。客户端从这一刻起就连上了，即使服务器还没有调用 accept。"
        ),
        Call::SetNonblocking => both!(
            "From now on, a call on this socket that would have to wait returns EAGAIN at once instead of sleeping.",
            "从现在起，这个 socket 上本来要等待的调用会立即返回 EAGAIN，而不是休眠。"
        ),
        Call::Shutdown => both!(
            "A FIN follows the last byte: this side sends no more, but it can still receive.",
            "内核在最后一个字节之后发送 FIN：这一方不再发送，但仍可接收。"
        ),
        _ => both!(
            "This side stops receiving (SHUT_RD): a thread asleep in recv wakes up, and recv returns 0.",
            "这一方不再接收（SHUT_RD）：在 recv 中休眠的线程会被唤醒，recv 返回 0。"
        ),
    }
}

fn accepted(seen: &Seen) -> Text {
    let new = both!(
        "accept takes the connection out of the accept queue and returns a new socket for it. The listening socket stays as it was.",
        "accept 从等待队列中取出这个连接，返回一个专用于它的新 socket；监听 socket 保持不变。"
    );
    if seen.queued > 1 {
        let left = seen.queued - 1;
        return both!("{} Still in the queue: {left}.", "{}队列里还有 {left} 个连接。", new);
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
            "0 means end of stream (EOF): the peer has shut down sending (FIN), and every byte before was received. With no data yet, recv would return EAGAIN or sleep.",
            "返回 0 表示 EOF：对方已关闭发送（FIN），之前的字节都已收完。若只是暂无数据，非阻塞 socket 返回 EAGAIN，阻塞 socket 则休眠。"
        );
    }
    let left = seen.waiting.map_or(0, |waiting| waiting.saturating_sub(ok as u64));
    match (seen.asked, seen.slept) {
        (Some(room), _) if room == ok && left > 0 => both!(
            "recv filled the program's buffer ({room} bytes). Still in the kernel for the next recv: {left}.",
            "recv 填满了程序的缓冲区（{room} 字节）；内核里还有 {left} 字节，等下一次 recv。"
        ),
        (Some(room), _) if room == ok => {
            both!("recv filled the program's buffer ({room} bytes).", "recv 正好填满程序的缓冲区（{room} 字节）。")
        }
        _ if left > 0 => both!(
            "recv returns what has arrived. Still on the way: {left}.",
            "recv 只返回已经到达的数据；还有 {left} 字节在途中。"
        ),
        (Some(room), true) => both!(
            "Data arrived, and the kernel woke the thread. recv returns what is there; it does not wait for {room} bytes.",
            "数据到了，内核唤醒了线程。recv 有多少给多少，不会等到凑满 {room} 字节。"
        ),
        (Some(room), false) => both!(
            "These bytes were already in the receive buffer. recv returns what is there; it does not wait for {room} bytes.",
            "这些字节已经在接收缓冲区里。recv 有多少给多少，不会等到凑满 {room} 字节。"
        ),
        (None, _) => {
            both!("recv returns what is there, and does not wait for more.", "recv 有多少给多少，不会等更多数据。")
        }
    }
}

fn sent(ok: usize, seen: &Seen) -> Text {
    let left = seen.asked.map_or(0, |asked| asked.saturating_sub(ok));
    if left > 0 {
        return both!(
            "The send buffer had room for {ok} of {} bytes. The program must keep the rest and send it later.",
            "发送缓冲区只放得下 {} 字节中的 {ok} 字节。其余的程序要自己留着，稍后再发。",
            ok + left
        );
    }
    both!(
        "The kernel has copied everything into the send buffer, and sends it by itself. send does not wait until the peer has received it.",
        "内核已把数据全部复制到发送缓冲区，之后由内核负责发送。send 不会等对方收到才返回。"
    )
}

fn polled(ready: usize) -> Text {
    match ready {
        0 => both!("No socket was ready within poll's timeout.", "在 poll 的超时时间内，没有 socket 就绪。"),
        _ => both!(
            "Ready sockets: {ready}. The program now calls only these, instead of trying every socket.",
            "{ready} 个 socket 就绪。接下来只处理这些，不必逐个尝试。"
        ),
    }
}

fn closed(seen: &Seen) -> Text {
    match seen.waiting {
        _ if seen.is_listener => both!(
            "The listening socket is closed: from now on the kernel refuses every new client.",
            "监听 socket 已关闭：从现在起，内核会拒绝新的客户端。"
        ),
        _ if seen.reset => both!(
            "The connection was already reset: close only releases the descriptor, and sends nothing.",
            "连接已被重置：close 只释放描述符，不再发送任何数据。"
        ),
        _ if seen.reset_sent => both!(
            "close with SO_LINGER 0: the kernel sends a reset (RST), not a FIN.",
            "以 SO_LINGER 0 关闭：内核发送重置（RST），而不是 FIN。"
        ),
        Some(waiting @ 1..) => both!(
            "Unread bytes: {waiting}. Closing with unread bytes makes the kernel send a reset (RST). Data on its way to the peer can be lost.",
            "还有 {waiting} 字节没有读取。关闭时有未读的数据，内核会发送重置（RST），正发往对方的数据可能丢失。"
        ),
        _ if seen.fin_sent => both!(
            "close releases the descriptor. The FIN was sent before, by shutdown.",
            "close 释放描述符。FIN 已由之前的 shutdown 发出。"
        ),
        _ => both!(
            "close releases the descriptor. In the background, the kernel sends what is left, then a FIN.",
            "close 释放描述符。内核会在后台继续发送剩余的数据，最后发送 FIN。"
        ),
    }
}

fn failed(call: Call, errno: Errno, seen: &Seen) -> Text {
    match (errno.error, call) {
        (ErrorKind::WouldBlock, Call::Accept) => both!(
            "The accept queue is empty. The listening socket is non-blocking, so accept returns at once and the loop goes on.",
            "等待队列是空的。监听 socket 是非阻塞的，所以 accept 立即返回，循环继续。"
        ),
        (ErrorKind::WouldBlock, Call::Send) => both!(
            "The send buffer is full: the peer reads too slowly, or the network is too slow. The program keeps its bytes and tries again later.",
            "发送缓冲区已满：对方读得太慢，或网络太慢。程序先留着数据，稍后再试。"
        ),
        (ErrorKind::WouldBlock, _) if seen.blocking == Some(true) => both!(
            "No data came within the time limit of this socket. On Linux, a recv that timed out returns EAGAIN too.",
            "在这个 socket 的时限内没有收到数据。在 Linux 上，recv 超时也返回 EAGAIN。"
        ),
        (ErrorKind::WouldBlock, _) => both!(
            "The receive buffer is empty. The socket is non-blocking, so recv returns at once. \"No data yet\" is not end of stream: then recv would return 0.",
            "接收缓冲区是空的。socket 是非阻塞的，所以 recv 立即返回。“暂无数据”不等于对方已关闭发送：那时 recv 返回 0。"
        ),
        (ErrorKind::ConnectionRefused, _) => both!(
            "No program listens at that address, so the kernel there answered with a reset (RST).",
            "那个地址上没有程序在监听，所以那台机器的内核回复了重置（RST）。"
        ),
        (ErrorKind::ConnectionReset, _) => both!(
            "The peer sent a reset (RST): it closed with unread bytes, data reached a closed socket, or it reset on purpose. Data on its way is lost.",
            "对方发来重置（RST）：关闭时还有未读的数据，或数据到达时 socket 已关闭，也可能是有意重置。途中的数据会丢失。"
        ),
        (ErrorKind::BrokenPipe, _) => {
            both!(
                "This socket can no longer send: the connection is broken, or this side has shut down sending.",
                "这个 socket 已不能发送：连接已断开，或这一方已关闭发送。"
            )
        }
        (ErrorKind::Interrupted, Call::Accept) => both!(
            "Before a client came, a signal or the server's own stop woke accept.",
            "还没有客户端来，accept 就被唤醒了：可能是信号，也可能是服务器正在停止。"
        ),
        (ErrorKind::Interrupted, _) => both!(
            "A signal interrupted the call. Nothing happened, and the program calls it again.",
            "信号打断了这次调用。什么也没有发生，程序会再调用一次。"
        ),
        _ => both!("The call failed.", "这次调用失败了。"),
    }
}

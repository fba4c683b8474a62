//! What stands out, in a sentence.

use super::finding::Finding;
use crate::both;
use crate::lang::Text;
use crate::view::calls::big_number;

impl Finding {
    /// What was seen.
    #[must_use]
    pub fn sentence(&self) -> Text {
        sentence(self)
    }
}

#[expect(clippy::too_many_lines, reason = "a table: one row for each finding, in two languages")]
fn sentence(finding: &Finding) -> Text {
    match finding {
        Finding::SleptForOne { call, client, took, waiting, for_ever } => {
            let (name, seconds) = (call.name(), took.as_secs_f64());
            let until =
                if *for_ever { both!(", and did not return", "，再也没有返回") } else { Text::default() };
            let (en, zh) = (&until.en, &until.zh);
            match waiting {
                Some(1) => both!(
                    "{name} slept {seconds:.1} s for client #{client}{en}; meanwhile another client waited to be accepted",
                    "{name} 为客户端 #{client} 休眠了 {seconds:.1} 秒{zh}；这期间另一个客户端在等 accept"
                ),
                Some(waiting) => both!(
                    "{name} slept {seconds:.1} s for client #{client}{en}; meanwhile {waiting} clients waited to be accepted",
                    "{name} 为客户端 #{client} 休眠了 {seconds:.1} 秒{zh}；这期间有 {waiting} 个客户端在等 accept"
                ),
                None => both!(
                    "{name} slept {seconds:.1} s for client #{client}{en}; the next client had been waiting to be accepted",
                    "{name} 为客户端 #{client} 休眠了 {seconds:.1} 秒{zh}；下一个客户端一直在等 accept"
                ),
            }
        }
        Finding::SleptBesideBytes { client, other, took } => {
            let seconds = took.as_secs_f64();
            both!(
                "recv slept {seconds:.1} s for client #{client}, while bytes of client #{other} lay in the kernel",
                "recv 为客户端 #{client} 休眠了 {seconds:.1} 秒，而客户端 #{other} 的数据已经在内核里"
            )
        }
        Finding::ModeNotInherited { client } => both!(
            "the listening socket is non-blocking, but the socket of client #{client} is not: recv on it slept",
            "监听 socket 是非阻塞的，但客户端 #{client} 的 socket 不是：在它上面 recv 休眠了"
        ),
        Finding::Spins { per_second } => {
            let count = big_number(*per_second);
            both!(
                "{count} calls a second came back with EAGAIN: the loop never sleeps",
                "每秒有 {count} 次调用返回 EAGAIN：循环从不休眠"
            )
        }
        Finding::LooksInVain { per_second } => {
            let count = big_number(*per_second);
            both!(
                "poll (or select) was called {count} times a second with nothing ready: its time limit is 0",
                "poll（或 select）每秒被调用 {count} 次，都没有就绪：它的超时是 0"
            )
        }
        Finding::ReadyIgnored { count } => {
            let count = big_number(*count);
            both!(
                "poll (or select) said {count} times in a row that a socket is ready, and nothing was read or accepted",
                "poll（或 select）连续 {count} 次说有 socket 就绪，程序却没有读取，也没有 accept"
            )
        }
        Finding::AddressInUse { .. } => {
            both!("bind failed: the address is in use (EADDRINUSE)", "bind 失败：地址已被占用（EADDRINUSE）")
        }
        Finding::NoReuse => {
            both!("the port is bound without SO_REUSEADDR", "绑定端口之前没有设置 SO_REUSEADDR")
        }
        Finding::OpenToAll { address } => both!(
            "the server listens on {address}: on every network of this machine",
            "服务器监听 {address}：本机所有网络都能连进来"
        ),
        Finding::OtherPort { bound, asked } => both!(
            "the command names port {asked}, and the program bound port {bound}",
            "命令里写的是端口 {asked}，程序绑定的却是 {bound}"
        ),
        Finding::ShortQueue { size } => both!(
            "listen({size}): hardly anybody can wait to be accepted",
            "listen({size})：几乎没有客户端可以排队等 accept"
        ),
        Finding::NeverAccepts => both!(
            "listen was called, and accept never: clients connect, and nobody serves them",
            "调用了 listen，却从没调用 accept：客户端连得上，却没有人服务"
        ),
        Finding::NoDescriptors { call } => {
            let name = call.name();
            both!(
                "{name} failed: the program has no descriptors left (EMFILE)",
                "{name} 失败：程序的描述符用完了（EMFILE）"
            )
        }
        Finding::NotClosed { client } => both!(
            "connection #{client} ended (recv gave 0 here), and its socket was never closed",
            "连接 #{client} 已结束（这里 recv 返回 0），socket 却从没关闭"
        ),
        Finding::CopyOpen { client } => both!(
            "connection #{client} was closed here, but a copy of the descriptor stayed open in another process",
            "这里关闭了连接 #{client}，但另一个进程里还开着一份描述符"
        ),
        Finding::RestNeverSent { left, of } => both!(
            "send was given {of} bytes and took {} of them; the other {left} were never sent",
            "send 要发 {of} 字节，只发出 {}；剩下的 {left} 字节再也没有发送",
            of.saturating_sub(*left)
        ),
        Finding::ReceivesAfterEnd { count } => both!(
            "recv gave 0 (the other side has closed), and was called {count} times more",
            "recv 返回 0（对方已关闭发送）之后，又被调用了 {count} 次"
        ),
        Finding::LetterCut { bytes } => both!(
            "the bytes end in the middle of a character ({bytes} of its bytes are there), and the next thing was to close",
            "收到的数据在半个字符处断开（只有它的 {bytes} 个字节），接下来连接就被关闭了"
        ),
        Finding::LetterReplaced => both!(
            "a character came in two pieces, and the answer has a replacement character (U+FFFD) in its place",
            "一个字符分两次到达，回复里它变成了替换字符（U+FFFD）"
        ),
        Finding::ClientsMixed { client, other } => both!(
            "what was sent to client #{client} holds bytes of client #{other} too",
            "发给客户端 #{client} 的内容里，也有客户端 #{other} 的数据"
        ),
        Finding::ByteByByte { count } => {
            both!("recv was asked for one byte, {count} times in a row", "recv 每次只要一个字节，连续 {count} 次")
        }
        Finding::SendsByteByByte { count, .. } => {
            both!("send was given one byte, {count} times in a row", "send 每次只发一个字节，连续 {count} 次")
        }
        Finding::MessageShort { got, announced } => both!(
            "a length of {announced} bytes was announced, and recv gave {got}: the rest was not waited for",
            "对方说有 {announced} 字节，recv 只给了 {got}：程序没有等剩下的"
        ),
        Finding::UsedAfterReset { errno } => both!(
            "the connection was broken ({errno}), and the socket was used again",
            "连接已经断开（{errno}），这个 socket 却还在用"
        ),
        Finding::ResetEndsAll { errno, code } => both!(
            "one client broke its connection ({errno}), and the whole server ended with exit code {code}",
            "一个客户端断开了连接（{errno}），整个服务器以退出码 {code} 结束"
        ),
        Finding::EagainEndsAll { call, code } => {
            let name = call.name();
            both!(
                "{name} had nothing yet (EAGAIN), and the program ended with exit code {code}",
                "{name} 暂时没有结果（EAGAIN），程序就以退出码 {code} 结束了"
            )
        }
        Finding::PipeSignal => both!(
            "the program sent to a connection that the other side had closed, and SIGPIPE ended it",
            "程序向对方已关闭的连接发送数据，被 SIGPIPE 结束"
        ),
        Finding::ClosedUnread { bytes } => both!(
            "the socket was closed with bytes unread ({bytes}): the kernel sent an RST",
            "关闭 socket 时还有数据没读（{bytes} 字节）：内核发出了 RST"
        ),
        Finding::Refused { address: Some(address) } => {
            both!("connect was refused: nobody listens on {address}", "connect 被拒绝：没有程序监听 {address}")
        }
        Finding::Refused { address: None } => {
            both!("connect was refused: nobody listens there", "connect 被拒绝：那里没有程序监听")
        }
        Finding::EndedWithError { code, call } => {
            let name = call.name();
            both!(
                "the server ended with exit code {code}; its last call was {name}",
                "服务器以退出码 {code} 结束；最后一次调用是 {name}"
            )
        }
        Finding::NotAllSeen => {
            both!(
                "the program uses io_uring: not all of its calls are here",
                "程序使用 io_uring：这里看不到它的全部调用"
            )
        }
        Finding::NoneSeen => {
            both!("it is a 32-bit program: none of its calls are here", "它是 32 位程序：这里看不到它的任何调用")
        }
    }
}

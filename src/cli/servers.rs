//! What the three servers take.

use super::span::{MaybeSpan, maybe_span, short_span, some_span};
use super::value::number;
use super::{At, HandshakeName, SecretArgs, Seeing, examples};
use clap::{Args, ValueEnum};
use day30::words;
use std::time::Duration;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum IoName {
    #[value(help = words!("Ask every client, again and again", "轮流去问每个客户端，一刻不停"))]
    Spin,
    #[value(help = words!("Sleep until the system says who is ready", "休眠，直到系统说谁就绪了"))]
    Poll,
    #[value(help = words!("One thread for each client, which may sleep", "每个客户端一个线程，线程可以休眠"))]
    Threads,
}

/// What every server takes, whatever it serves.
#[derive(Clone, Debug, Args)]
pub(crate) struct ServerArgs {
    #[command(flatten)]
    pub(crate) at: At,
    #[arg(long, value_name = "BYTES", default_value_t = 65_536, value_parser = number(1_u32..=1_048_576), help = words!(
        "How many bytes one recv may return. With the 1024 of the notes, a large message costs 64 times as many \
         calls; a silent client holds no buffer, so a larger one costs no memory",
        "一次 recv 最多返回多少字节。笔记用 1024，收大消息时调用次数是它的 64 倍；不说话的客户端不占缓冲区，所以调大并不多费内存",
    ))]
    pub(crate) buffer: u32,
    #[arg(long, value_name = "N", value_parser = number(1_u32..=1_000_000), help = words!(
        "How many clients at once [default: 1024, with threads 256]. For one more, the oldest client is closed that has \
         sent nothing so far (auth-server: that has not authenticated); if there is none, the new client is closed",
        "最多同时接多少个客户端 [默认：1024，threads 为 256]。再来一个时，关闭最早连接、从未发送数据的客户端\
         （auth-server：尚未通过验证的客户端）；没有这样的客户端，就关闭新来的",
    ))]
    pub(crate) max_clients: Option<u32>,
    #[arg(long, value_name = "TIME|off", default_value = "60s", value_parser = maybe_span, help = words!(
        "How long a client may stay silent, or off",
        "客户端最多可以多久不发数据；off 表示不限",
    ))]
    pub(crate) idle_timeout: MaybeSpan,
    #[arg(long, value_name = "TIME", default_value = "50us", value_parser = short_span, help = words!(
        "How long --io poll keeps looking for work before it sleeps, where that has paid off lately; 0 turns it \
         off",
        "--io poll 在休眠前多看多久有没有事可做（仅当最近这样做有用时）；0 表示关闭",
    ))]
    pub(crate) busy_poll: Duration,
    #[arg(long, help = words!(
        "Serve one client, then exit",
        "只服务一个客户端，然后退出",
    ))]
    pub(crate) once: bool,
    #[command(flatten)]
    pub(crate) seeing: Seeing,
}

#[derive(Debug, Args)]
#[command(after_help = examples!(
    "day30 nonblock-server                   " # "beside: day30 nonblock-client" "另开终端：day30 nonblock-client",
    "day30 nonblock-server --io poll         " # "the same without the waste" "同样的事，但不空转",
    "day30 nonblock-server --slow 300ms      " # "watch the loop go round" "慢慢看循环怎么转",
))]
pub(crate) struct NonblockServerArgs {
    #[arg(long, value_name = "MODEL", default_value = "spin", help = words!(
        "How it waits for many clients",
        "怎样同时等待多个客户端",
    ))]
    pub(crate) io: IoName,
    #[command(flatten)]
    pub(crate) server: ServerArgs,
}

#[derive(Debug, Args)]
#[command(after_help = examples!(
    "day30 auth-server --secret luwei  " # "beside: day30 auth-client --secret luwei"
        "另开终端：day30 auth-client --secret luwei",
    "day30 auth-server --secret-file key.txt --scheme hmac-sha256 --once",
    "day30 auth-server --secret luwei --handshake bound",
))]
pub(crate) struct AuthServerArgs {
    #[command(flatten)]
    pub(crate) secret: SecretArgs,
    #[arg(long, value_name = "NAME", conflicts_with = "scheme", help = words!(
        "The handshake [default: prefix, the notes']; day30 break shows which attacks each of them stops",
        "握手方式 [默认：prefix，与笔记相同]；day30 break 显示每种握手能挡住哪些攻击",
    ))]
    pub(crate) handshake: Option<HandshakeName>,
    #[arg(long, value_name = "TEXT", default_value = "day30", help = words!(
        "The name of this server, which --handshake bound puts into each proof",
        "服务器的名字，--handshake bound 会把它算进证明里",
    ))]
    pub(crate) name: String,
    #[arg(long, value_name = "MODEL", default_value = "threads", help = words!(
        "How it waits for many clients",
        "怎样同时等待多个客户端",
    ))]
    pub(crate) io: IoName,
    #[arg(long, value_name = "TIME", default_value = "5s", value_parser = some_span, help = words!(
        "How long the whole handshake of a client may take",
        "一个客户端的整个握手最多用多久",
    ))]
    pub(crate) handshake_timeout: Duration,
    #[arg(long, value_name = "N", value_parser = number(1_u32..=1_000_000), help = words!(
        "How many clients at once may not have authenticated yet [default: as --max-clients]; one address may have three \
         quarters of them. For one more, the oldest of them is closed",
        "最多同时有多少个尚未通过验证的客户端 [默认：与 --max-clients 相同]，其中同一地址最多占四分之三。再来一个时，关闭其中最早连接的",
    ))]
    pub(crate) max_unauthenticated: Option<u32>,
    #[command(flatten)]
    pub(crate) server: ServerArgs,
}

#[derive(Debug, Args)]
#[command(after_help = examples!(
    "day30 socket-server                     " # "beside: day30 socket-client" "另开终端：day30 socket-client",
    "day30 socket-server --addr 0.0.0.0:9000 " # "for two machines" "两台机器之间用",
))]
pub(crate) struct SocketServerArgs {
    #[arg(long, value_name = "MODEL", default_value = "threads", help = words!(
        "How it waits for many clients",
        "怎样同时等待多个客户端",
    ))]
    pub(crate) io: IoName,
    #[command(flatten)]
    pub(crate) server: ServerArgs,
}

//! What the three clients take.

use super::span::{some_span, span};
use super::value::at_least;
use super::{At, HandshakeName, SecretArgs, Seeing, examples};
use clap::Args;
use day30::words;
use std::path::PathBuf;
use std::time::Duration;

#[derive(Debug, Args)]
#[command(after_help = examples!(
    "day30 nonblock-client",
    "day30 nonblock-client --message 你好 --every 300ms --count 3",
))]
pub(crate) struct NonblockClientArgs {
    #[command(flatten)]
    pub(crate) at: At,
    #[arg(long, value_name = "TEXT", default_value = "clent11", help = words!("What to send", "要发送的文本"))]
    pub(crate) message: String,
    #[arg(long, value_name = "TIME", default_value = "1s", value_parser = span, help = words!(
        "How long to wait between two messages",
        "两条消息之间等多久",
    ))]
    pub(crate) every: Duration,
    #[arg(long, value_name = "N", value_parser = at_least(1_u64), help = words!(
        "How many messages to send; without it, until Ctrl-C",
        "发送多少条消息；不给则一直发到按 Ctrl-C",
    ))]
    pub(crate) count: Option<u64>,
    #[command(flatten)]
    pub(crate) talking: Talking,
}

#[derive(Debug, Args)]
#[command(after_help = examples!(
    "day30 socket-client                     " # "type a line, see it come back" "输入一行，看它返回",
    "printf 'one\\ntwo\\n' | day30 socket-client --quiet",
))]
pub(crate) struct SocketClientArgs {
    #[command(flatten)]
    pub(crate) at: At,
    #[command(flatten)]
    pub(crate) talking: Talking,
}

/// What the two uppercase clients have in common.
#[derive(Clone, Debug, Args)]
pub(crate) struct Talking {
    #[arg(long, value_name = "TIME", default_value = "10s", value_parser = some_span, help = words!(
        "How long the server may leave a message without any reply",
        "发出消息后最多等多久的回复",
    ))]
    pub(crate) timeout: Duration,
    #[arg(long, value_name = "BYTES", value_parser = at_least(1_u64), help = words!(
        "How many bytes one reply may have; a longer one is an error, exit code 1. Without it, the correct reply may have \
         any length, and a server that sends something else may send 1 MiB without a newline",
        "一个回复最多多少字节；超过就是错误，退出码为 1。不给时，正确的回复长度不限；发来别的内容的服务器，最多发 1 MiB 不带换行符的数据",
    ))]
    pub(crate) max_reply: Option<u64>,
    #[command(flatten)]
    pub(crate) seeing: Seeing,
}

#[derive(Debug, Args)]
#[command(after_help = examples!(
    "day30 auth-client --secret luwei",
    "day30 auth-client --secret-file key.txt --scheme hmac-sha256",
    "day30 auth-client --secret luwei --handshake bound --line 'pay 5 to bob'",
))]
pub(crate) struct AuthClientArgs {
    #[command(flatten)]
    pub(crate) at: At,
    #[command(flatten)]
    pub(crate) secret: SecretArgs,
    #[arg(long, value_name = "NAME", conflicts_with = "scheme", help = words!(
        "The handshake, the same as the server's [default: prefix, the notes']",
        "握手方式，与服务器相同 [默认：prefix，与笔记相同]",
    ))]
    pub(crate) handshake: Option<HandshakeName>,
    #[arg(long, value_name = "TEXT", default_value = "day30", help = words!(
        "The name of the server that is wanted, for --handshake bound",
        "要连接的服务器的名字，用于 --handshake bound",
    ))]
    pub(crate) name: String,
    #[arg(long, value_name = "TEXT", help = words!(
        "A line to send after the handshake, for mutual, ordered and bound; may be given several times",
        "握手之后发送的一行，用于 mutual、ordered、bound；可以给多次",
    ))]
    pub(crate) line: Vec<String>,
    #[arg(long, value_name = "TIME", default_value = "5s", value_parser = some_span, help = words!(
        "How long the whole handshake may take",
        "整个握手最多用多久",
    ))]
    pub(crate) handshake_timeout: Duration,
    #[arg(long, value_name = "FILE|off", help = words!(
        "Where to remember the challenges that were answered, so that a repeated one is noticed; `off` remembers nothing. \
         Without it, a file in your state folder",
        "把答过的挑战值记在哪里，以便发现重复的挑战值；`off` 表示不记。不给则用用户状态目录中的文件",
    ))]
    pub(crate) seen: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) seeing: Seeing,
}

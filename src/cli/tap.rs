//! What `tap` takes.

use super::span::some_span;
use super::value::{at_least, number, port};
use super::{Seeing, examples};
use clap::{Args, ValueEnum};
use day30::words;
use std::time::Duration;

/// What the bytes are taken for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum SaysName {
    #[value(help = words!("Bytes, without a meaning", "字节，不解释含义"))]
    Bytes,
    #[value(help = words!(
        "Lessons 1 and 4: text, characters split over reads, replies in uppercase",
        "第 1、4 课：文本、跨两次读取的字符、大写回复",
    ))]
    Echo,
    #[value(help = words!("Lesson 2: challenge, length, digest", "第 2 课：挑战值、长度、摘要"))]
    Auth,
}

/// Which direction misbehaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum OnName {
    Both,
    ToServer,
    ToClient,
}

#[derive(Debug, Args)]
#[command(after_help = examples!(
    "day30 tap --to 127.0.0.1:9000 --as echo " # "clients: --port 9001" "客户端用 --port 9001",
    "day30 tap --as auth --record auth.jsonl " # "later: day30 see auth.jsonl" "之后：day30 see auth.jsonl",
    "day30 tap --slice 1 --on to-client      " # "one byte at a time" "每次只发一个字节",
    "day30 tap --delay 200ms --jitter 100ms --seed 30",
    "day30 tap --reset-after 100             " # "RST after 100 bytes" "100 字节后发 RST",
))]
pub(crate) struct TapArgs {
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:9000", help = words!(
        "The address of the server",
        "服务器的地址",
    ))]
    pub(crate) to: String,
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:9001", help = words!(
        "Where to listen: the address that clients connect to instead of the server's",
        "在哪里监听：客户端改连这个地址，不再直接连服务器",
    ))]
    pub(crate) addr: String,
    #[arg(long, value_name = "PORT", conflicts_with = "addr", value_parser = port, help = words!(
        "Only the port to listen on, on 127.0.0.1; 0 means any free port",
        "只给监听的端口，主机为 127.0.0.1；0 表示任选一个空闲端口",
    ))]
    pub(crate) port: Option<u16>,
    #[arg(long = "as", value_name = "WHAT", default_value = "bytes", help = words!(
        "How to read the bytes in the hexdump",
        "字节的含义，显示在十六进制转储中",
    ))]
    pub(crate) says: SaysName,
    #[arg(long, value_name = "N", default_value_t = 256, value_parser = number(1_u32..=10_000), help = words!(
        "At most this many connections at once; any further one is reset (RST)",
        "最多同时有多少个连接；超出的会被重置（RST）",
    ))]
    pub(crate) max_connections: u32,
    #[command(flatten)]
    pub(crate) seeing: Seeing,
    #[command(flatten)]
    pub(crate) faults: FaultArgs,
}

/// How it misbehaves. Each counts the bytes of one direction of one connection.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = words!("Misbehaviour", "故障注入"))]
pub(crate) struct FaultArgs {
    #[arg(long, value_name = "DIRECTION", default_value = "both", help = words!(
        "In which direction it misbehaves. For a different fault in each direction, chain two taps",
        "哪个方向出错。要让两个方向出不同的错，请把两个 tap 串起来",
    ))]
    pub(crate) on: OnName,
    #[arg(long, value_name = "N", value_parser = number(1_u32..=65_536), help = words!(
        "Send 1 to N bytes at a time, 20 ms apart, so that the receiver usually gets them in separate reads",
        "每次发 1 到 N 字节，间隔 20 毫秒，通常会使对方分多次读到",
    ))]
    pub(crate) slice: Option<u32>,
    #[arg(long, value_name = "TIME", value_parser = some_span, help = words!(
        "Deliver every byte this much later. The tap holds about 64 KiB at most, then it stops reading (back-pressure)",
        "每个字节都延迟这么久送达。tap 最多暂存约 64 KiB，之后停止读取（背压）",
    ))]
    pub(crate) delay: Option<Duration>,
    #[arg(long, value_name = "TIME", value_parser = some_span, help = words!(
        "Add a random delay of up to this much; the order of the bytes stays",
        "每次再随机延迟一段时间，最多这么久；字节顺序不变",
    ))]
    pub(crate) jitter: Option<Duration>,
    #[arg(long, value_name = "BYTES", value_parser = at_least(1_u64), help = words!(
        "Deliver at most this many bytes per second",
        "每秒最多送达多少字节",
    ))]
    pub(crate) bandwidth: Option<u64>,
    #[arg(long, value_name = "BYTES", value_parser = at_least(0_u64), help = words!(
        "Reset the connection (RST to both sides) after this many bytes",
        "送达这么多字节后重置连接（向双方发 RST）",
    ))]
    pub(crate) reset_after: Option<u64>,
    #[arg(long, value_name = "BYTES", value_parser = at_least(0_u64), help = words!(
        "Discard everything after this many bytes, the FIN too: the receiver gets nothing more",
        "送达这么多字节后，其余一律丢弃，FIN 也丢弃：接收方从此什么也收不到",
    ))]
    pub(crate) drop_after: Option<u64>,
    #[arg(long, value_name = "BYTES", value_parser = at_least(0_u64), help = words!(
        "Shut down sending (FIN) after this many bytes, and discard the rest; the other direction goes on",
        "送达这么多字节后关闭发送方向（FIN），其余丢弃；另一方向照常",
    ))]
    pub(crate) half_close: Option<u64>,
    #[arg(long, value_name = "N", value_parser = at_least(0_u64), help = words!(
        "The random seed of --slice and --jitter; without it a new one is chosen and shown",
        "--slice 和 --jitter 的随机种子；不给则随机选取并显示",
    ))]
    pub(crate) seed: Option<u64>,
}

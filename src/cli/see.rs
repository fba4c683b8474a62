//! What `see` takes.

use super::examples;
use clap::{Args, ValueEnum};
use day30::words;
use std::path::PathBuf;

#[derive(Debug, Args)]
#[command(after_help = examples!(
    "day30 see day.jsonl                        " # "what --record day.jsonl wrote"
        "--record day.jsonl 写下的内容",
    "day30 see day.jsonl --conn 2               " # "one connection" "只看一个连接",
    "day30 see day.jsonl --step                 " # "step by step, in the terminal" "在终端里逐步看",
    "day30 see server.jsonl client.jsonl        " # "a server and its client, as one"
        "把服务器和客户端的记录合起来看",
    "day30 see day.jsonl --as html -o day.html  " # "step by step, in a browser" "在浏览器里逐步看",
    "day30 see day.jsonl --as ladder -o day.svg " # "a sequence diagram" "时序图",
))]
pub(crate) struct SeeArgs {
    #[arg(value_name = "FILE", required = true, help = words!(
        "A record written by --record; `-` for stdin. A server's record and its clients' are shown as one: connections are \
         matched by their addresses. Every byte is shown as sent before it is received, even where clocks disagree",
        "--record 写出的记录文件；`-` 表示 stdin。同时给出服务器和它的客户端的记录，就会合并显示：\
         按双方地址配对连接；即使时钟不一致，也保证先发送、后收到",
    ))]
    pub(crate) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) part: Part,
    #[arg(long, help = words!(
        "Also show how long each call waited (asleep in recv, accept, poll, …)",
        "同时显示每次调用等待了多久（在 recv、accept、poll 等调用里休眠）",
    ))]
    pub(crate) waits: bool,
    #[arg(long, conflicts_with_all = ["view", "output", "waits"], help = words!(
        "Step by step in the terminal, with the state of programs, sockets and buffers: Enter for the next step, b for the \
         previous one",
        "在终端里逐步显示，并给出程序、socket 和缓冲区的状态：按回车到下一步，按 b 回上一步",
    ))]
    pub(crate) step: bool,
    #[arg(long = "as", value_name = "VIEW", default_value = "text", help = words!(
        "How to show it: text (as it was live), ladder (a sequence diagram, SVG), html (a page that plays it step by step), \
         pcap (packets for Wireshark, synthesised), perfetto (a timeline for ui.perfetto.dev), summary (what stands out, in sentences)",
        "显示方式：text（与当时屏幕上一样）、ladder（时序图，SVG）、html（可逐步播放的网页）、pcap（合成的数据包，供 Wireshark 打开）、\
         perfetto（时间线，供 ui.perfetto.dev 打开）、\
         summary（值得注意的地方，用句子说明）",
    ))]
    pub(crate) view: ViewName,
    #[arg(long, short, value_name = "FILE", help = words!(
        "Write it to a file instead of stdout. An earlier output of the same kind is replaced, and no other file",
        "写入文件，而不是 stdout。只覆盖以前的同类输出，不覆盖别的文件",
    ))]
    pub(crate) output: Option<PathBuf>,
    #[arg(long, help = words!("Let --output replace any file", "允许 --output 覆盖任何文件"))]
    pub(crate) force: bool,
}

/// Which events of a record.
#[derive(Clone, Debug, Args)]
pub(crate) struct Part {
    #[arg(long, value_name = "NUMBER", default_value = "1", hide_default_value = true, help = words!(
        "Begin with this event (the first one is 1)",
        "从这个事件开始（第一个事件是 1）",
    ))]
    pub(crate) from: u64,
    #[arg(long, value_name = "NUMBER", help = words!("End with this event", "到这个事件为止"))]
    pub(crate) to: Option<u64>,
    #[arg(long, value_name = "NUMBER", help = words!(
        "Only this connection, by the number after the #",
        "只看这个连接（即 # 后面的编号）",
    ))]
    pub(crate) conn: Option<u64>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ViewName {
    Text,
    Ladder,
    Html,
    Pcap,
    Perfetto,
    Summary,
}

//! What `see` takes.

use super::examples;
use clap::Args;
use day30::words;
use std::path::PathBuf;

#[derive(Debug, Args)]
#[command(after_help = examples!(
    "day30 see day.jsonl                     " # "what --record day.jsonl wrote"
        "--record day.jsonl 写下的内容",
    "day30 see day.jsonl --conn 2            " # "one connection" "只看一个连接",
    "day30 see day.jsonl --from 100 --to 200 " # "a part of it" "只看一段",
))]
pub(crate) struct SeeArgs {
    #[arg(value_name = "FILE", help = words!(
        "A record that --record wrote; `-` for stdin",
        "--record 写出的记录文件；`-` 表示 stdin",
    ))]
    pub(crate) file: PathBuf,
    #[arg(long, value_name = "NUMBER", default_value = "1", hide_default_value = true, help = words!(
        "Begin with this event (the first one is 1)",
        "从这个事件开始（第一个事件是 1）",
    ))]
    pub(crate) from: u64,
    #[arg(long, value_name = "NUMBER", help = words!("End with this event", "到这个事件为止"))]
    pub(crate) to: Option<u64>,
    #[arg(long, value_name = "NUMBER", help = words!(
        "Only this connection, by the number behind the #",
        "只看这个连接（即 # 后面的编号）",
    ))]
    pub(crate) conn: Option<u64>,
    #[arg(long, help = words!(
        "Tell also how long a call waited (asleep in recv, accept, poll, …)",
        "同时显示每次调用等待了多久（在 recv、accept、poll 等调用里休眠）",
    ))]
    pub(crate) waits: bool,
}

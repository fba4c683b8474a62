//! What `watch` takes.

use super::{Seeing, examples};
use clap::Args;
use day30::words;

#[derive(Debug, Args)]
#[command(after_help = examples!(
    "day30 watch -- python3 my_server.py 9000  " # "your own lines beside the calls" "每次调用旁标出你的代码行",
    "day30 watch --see -- ./my_server {port}   " # "any language; a page at the end" "任何语言；结束时写出网页",
    "day30 watch --record mine.jsonl -- node server.js 9000",
    "day30 watch --summary -- python3 my_server.py 9000 " # "what stands out" "哪里值得注意",
))]
#[cfg_attr(not(target_os = "linux"), allow(dead_code))]
pub(crate) struct WatchArgs {
    #[command(flatten)]
    pub(crate) seeing: Seeing,
    #[arg(long, help = words!(
        "When the program ends, say in sentences what stands out; with --quiet nothing else",
        "程序结束时，用句子说出值得注意的地方；加上 --quiet 就只说这些",
    ))]
    pub(crate) summary: bool,
    #[arg(trailing_var_arg = true, required = true, value_name = "-- COMMAND", help = words!(
        "The program to watch, with its arguments; {port} in it becomes a free port",
        "要观察的程序及其参数；其中的 {port} 会换成一个空闲端口",
    ))]
    pub(crate) words: Vec<String>,
}

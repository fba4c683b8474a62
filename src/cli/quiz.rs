//! What `quiz` takes.

use super::examples;
use super::see::Part;
use super::value::at_least;
use clap::Args;
use day30::words;
use std::path::PathBuf;

#[derive(Debug, Args)]
#[command(after_help = examples!(
    "day30 quiz day.jsonl         " # "what day30 demo --record day.jsonl wrote"
        "先用 day30 demo --record day.jsonl 记录",
    "day30 quiz day.jsonl --conn 1 " # "about one connection only" "只问一个连接",
))]
pub(crate) struct QuizArgs {
    #[arg(value_name = "FILE", required = true, help = words!(
        "A record that --record wrote; or a server's and its clients' records, as one",
        "--record 写出的记录文件；也可以同时给出服务器和客户端的记录，合并来看",
    ))]
    pub(crate) files: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) part: Part,
    #[arg(long, value_name = "NUMBER", default_value = "20", value_parser = at_least(1_usize), help = words!("Ask at most this many questions", "最多问这么多题"))]
    pub(crate) questions: usize,
}

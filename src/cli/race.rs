//! What `race` takes.

use super::value::{number, seconds};
use super::{IoName, examples};
use clap::{Args, ValueEnum};
use day30::words;
use std::path::PathBuf;

#[derive(Debug, Args)]
#[command(after_help = examples!(
    "day30 race                                " # "spin, poll and threads, 50 s" "spin、poll、threads，约 50 秒",
    "day30 race --clients 1,64,1000 --size 64 --seconds 2 --rounds 5",
    "day30 race --against 'mine=python3 my_server.py {port}'",
    "day30 race --against 'notes@9000=python3 1_nonblock_server.py'",
    "day30 race --svg race.svg --json race.json --csv race.csv",
))]
pub(crate) struct RaceArgs {
    #[arg(long, value_name = "N,…", value_delimiter = ',', default_value = "1,64,1000",
        value_parser = number(1_u32..=100_000), help = words!(
        "How many clients: one number after another",
        "客户端个数：依次测每个数",
    ))]
    pub(crate) clients: Vec<u32>,
    #[arg(long, value_name = "BYTES", default_value_t = 64, value_parser = number(1_u32..=1_048_576), help = words!(
        "How many bytes a message has",
        "一条消息多少字节",
    ))]
    pub(crate) size: u32,
    #[arg(long, value_name = "SECONDS", default_value = "0.4", value_parser = seconds, help = words!(
        "How long each measurement takes; a warm-up of a fifth comes before it, and is not counted",
        "每次测量多久；之前另有五分之一时间的热身，不计入",
    ))]
    pub(crate) seconds: f64,
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = number(1_u32..=100), help = words!(
        "How often to repeat each measurement: the tables show the median",
        "每项重复几次：表中显示中位数",
    ))]
    pub(crate) rounds: u32,
    #[arg(long, value_name = "NAME,…", value_delimiter = ',', default_value = "ping-pong,holding,stream,churn",
        help = words!(
        "What the clients do",
        "客户端做什么",
    ))]
    pub(crate) workload: Vec<WorkloadName>,
    #[arg(long, value_name = "MODEL,…", value_delimiter = ',', default_value = "spin,poll,threads", help = words!(
        "Which of the servers of day30 take part",
        "day30 自己的哪些服务器参加",
    ))]
    pub(crate) io: Vec<IoName>,
    #[arg(long, value_name = "NAME=COMMAND", help = words!(
        "Another server: a name, and the command that starts it, with {port} (or {addr}) where it belongs. \
         NAME@9000=COMMAND for a program with a fixed port. It must reply in uppercase, as in lessons 1 and 4",
        "另一个服务器：名字，加上启动它的命令，命令里用 {port}（或 {addr}）表示端口的位置。端口写死在程序里的，写成 名字@9000=命令。它必须像第 1、4 课那样用大写回复",
    ))]
    pub(crate) against: Vec<String>,
    #[arg(long, value_name = "FILE", help = words!(
        "Draw the results as a picture, for a projector",
        "把结果画成图，适合投影",
    ))]
    pub(crate) svg: Option<PathBuf>,
    #[arg(long, value_name = "THEME", default_value = "auto", help = words!(
        "The colours of the picture; auto follows the program that shows it",
        "图的配色；auto 跟随显示它的程序",
    ))]
    pub(crate) theme: ThemeName,
    #[arg(long, value_name = "FILE", help = words!(
        "Write everything that was measured, as JSON",
        "把全部测量结果写成 JSON",
    ))]
    pub(crate) json: Option<PathBuf>,
    #[arg(long, value_name = "FILE", help = words!(
        "Write one line for each measurement, as CSV",
        "每次测量写一行，CSV 格式",
    ))]
    pub(crate) csv: Option<PathBuf>,
    #[arg(long, help = words!(
        "Let --svg, --json and --csv replace any file; without it, only those of an earlier race",
        "允许 --svg、--json 和 --csv 覆盖任何文件；不给则只覆盖以前 race 写的文件",
    ))]
    pub(crate) force: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum WorkloadName {
    #[value(help = words!("Each client sends a message, waits for the reply, sends again", "每个客户端发一条消息，等到回复，再发下一条"))]
    PingPong,
    #[value(help = words!("All clients are silent, then one speaks", "所有客户端都不说话，然后其中一个开口"))]
    Holding,
    #[value(help = words!("One client sends without a pause, and reads meanwhile", "一个客户端不停地发，同时接收"))]
    Stream,
    #[value(help = words!("Clients connect, get one reply, and disconnect", "客户端连接、一问一答、断开"))]
    Churn,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum ThemeName {
    Auto,
    Light,
    Dark,
}

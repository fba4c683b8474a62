//! What `class` takes.

use super::check::{MEMORY, TargetName};
use super::span::some_span;
use super::value::{at_least, number, port_of_a_program};
use super::{SecretArgs, examples};
use clap::Args;
use day30::words;
use std::path::PathBuf;
use std::time::Duration;

/// What is about a table of checks, and means nothing for pairs.
const NOT_FOR_PAIRS: [&str; 9] = ["only", "skip", "seed", "strict", "csv", "junit", "feedback", "fresh", "port"];

#[derive(Debug, Args)]
#[command(after_help = examples!(
    "day30 class socket-server 'work/*/server.py' -- python3 {file} {port}",
    "day30 class hmac 'work/*.js' --html class.html -- node {file} {key} {msg}",
    "day30 class nonblock-server 'work/*/server' --feedback out -- {file} {port}",
    "day30 class socket-server 's/*.py' --matrix 'c/*.py' -- python3 {file} {port}",
))]
pub(crate) struct ClassArgs {
    #[arg(help = words!("What kind of programs they are", "程序的种类"))]
    pub(crate) target: TargetName,
    #[arg(required = true, value_name = "FILES", help = words!(
        "The program of each student: names, or patterns in quotes, such as 'work/*/server.py'. A folder that has no such \
         file is a student whose program is missing",
        "每个学生的程序：文件名，或加引号的模式，例如 'work/*/server.py'。文件夹里没有这个文件的，算作没有交",
    ))]
    pub(crate) files: Vec<String>,
    #[arg(last = true, required = true, value_name = "COMMAND", help = words!(
        "The command that starts each program, with {file} where its file belongs; it runs in the folder of that file. {port}, \
         {addr}, {secret}, {key} and {msg} are as in day30 check; in PowerShell write __file__ and so on",
        "启动每个程序的命令，{file} 表示程序文件；命令在该文件所在的文件夹里运行。{port}、{addr}、{secret}、{key}、{msg} 与 day30 check 相同；在 PowerShell 里请写 __file__ 等",
    ))]
    pub(crate) command: Vec<String>,
    #[command(flatten)]
    pub(crate) outputs: OutputArgs,
    #[command(flatten)]
    pub(crate) apart: ApartArgs,
    #[arg(long, value_name = "FILES", num_args = 1.., conflicts_with_all = NOT_FOR_PAIRS, help = words!(
        "The clients: run every server with every client, and show the result of each pair as a letter",
        "客户端：让每个服务器与每个客户端配对运行，每对用一个字母表示结果",
    ))]
    pub(crate) matrix: Vec<String>,
    #[arg(long, value_name = "PORT", value_parser = port_of_a_program, help = words!(
        "The port that is fixed in all the programs",
        "所有程序里写死的端口",
    ))]
    pub(crate) port: Option<u16>,
    #[command(flatten)]
    pub(crate) secret: SecretArgs,
    #[arg(long, value_name = "ID,…", value_delimiter = ',', help = words!("Only these checks", "只做这些检查"))]
    pub(crate) only: Vec<String>,
    #[arg(long, value_name = "ID,…", value_delimiter = ',', help = words!("All but these checks", "不做这些检查"))]
    pub(crate) skip: Vec<String>,
    #[arg(long, help = words!(
        "Treat recommended checks (SHOULD) like required ones (MUST)",
        "把建议（SHOULD）也当作必须（MUST）",
    ))]
    pub(crate) strict: bool,
    #[arg(long, value_name = "N", value_parser = at_least(0_u64), help = words!(
        "The random seed; without it that of the last run here, or a new one",
        "随机种子；不给则用这里上一次的，或随机选一个",
    ))]
    pub(crate) seed: Option<u64>,
    #[arg(long, value_name = "TIME", value_parser = some_span, help = words!(
        "How long a program may take until it listens or connects [default: 10s; 4s with --matrix]",
        "程序最多可以多久才开始监听或连接 [默认：10s；用 --matrix 时 4s]",
    ))]
    pub(crate) start_timeout: Option<Duration>,
    #[arg(long, value_name = "TIME", value_parser = some_span, help = words!(
        "How long all checks of one program may take [default: 100s]",
        "一个程序的全部检查最多多久 [默认：100s]",
    ))]
    pub(crate) time_limit: Option<Duration>,
    #[arg(long, help = words!(
        "Test every program again, also those that have not changed",
        "没有改动的程序也重新评判",
    ))]
    pub(crate) fresh: bool,
    #[arg(long, value_name = "DIR", default_value = ".day30-class", help = words!(
        "Where results are kept, so that a later run tests only what has changed",
        "结果保存在哪里；以后再运行时只评判有改动的程序",
    ))]
    pub(crate) cache: PathBuf,
}

/// Where the results go, beside the terminal.
#[derive(Debug, Args)]
pub(crate) struct OutputArgs {
    #[arg(long, value_name = "FILE", help = words!(
        "Write a page: the table, with each failure in full behind its cell",
        "写一个网页：点开表格中的格子就能看到完整的失败说明",
    ))]
    pub(crate) html: Option<PathBuf>,
    #[arg(long, value_name = "FILE", help = words!(
        "Write a table for a spreadsheet: a row for each student, a column for each check",
        "写一个电子表格（CSV）：每个学生一行，每项检查一列",
    ))]
    pub(crate) csv: Option<PathBuf>,
    #[arg(long, value_name = "FILE", help = words!("Write everything, as JSON", "把全部结果写成 JSON"))]
    pub(crate) json: Option<PathBuf>,
    #[arg(long, value_name = "DIR", help = words!(
        "Write a JUnit file for each student into a folder",
        "在文件夹里为每个学生写一个 JUnit 文件",
    ))]
    pub(crate) junit: Option<PathBuf>,
    #[arg(long, value_name = "DIR", help = words!(
        "Write feedback for each student into a folder, as Markdown: the first failure in full, the next step, the command \
         that repeats it",
        "在文件夹里为每个学生写一份反馈（Markdown）：第一处失败的完整说明、下一步、重现的命令",
    ))]
    pub(crate) feedback: Option<PathBuf>,
    #[arg(long, value_name = "LANG=NAME,…", requires = "feedback", help = words!(
        "The students whose feedback is in another language: zh=student-01,student-02",
        "反馈用另一种语言的学生，例如 en=student-01,student-02",
    ))]
    pub(crate) feedback_lang: Vec<String>,
    #[arg(long, help = words!(
        "Let the files replace any file; without it, only those of an earlier run",
        "允许覆盖任何文件；不给则只覆盖以前写的文件",
    ))]
    pub(crate) force: bool,
}

/// What keeps strangers' programs apart.
#[derive(Debug, Args)]
pub(crate) struct ApartArgs {
    #[arg(long = "as", value_name = "USER", help = words!(
        "Run the programs as this user: root may do that (Linux)",
        "以这个用户的身份运行程序：需要 root（仅 Linux）",
    ), help_heading = words!("Strangers' code", "别人的代码"))]
    pub(crate) as_user: Option<String>,
    #[arg(long, value_name = "N", value_parser = number(1_u32..=64), help = words!(
        "How many programs to run at a time [default: 2 for each core, at most 8, where each has a network of its own; else 1]",
        "同时运行几个程序 [默认：每个程序有单独的网络时，每个核 2 个，最多 8 个；否则为 1]",
    ), help_heading = words!("Strangers' code", "别人的代码"))]
    pub(crate) jobs: Option<u32>,
    #[arg(long, value_name = "MIB", default_value_t = MEMORY, value_parser = at_least(16_u32), help = words!(
        "How much memory each program may use, in MiB",
        "每个程序最多可用多少内存（MiB）",
    ), help_heading = words!("Strangers' code", "别人的代码"))]
    pub(crate) memory: u32,
}

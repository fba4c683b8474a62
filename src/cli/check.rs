//! What `check` takes.

use super::span::some_span;
use super::value::{at_least, number, port_of_a_program};
use super::{SecretArgs, examples};
use clap::{Args, ValueEnum};
use day30::words;
use std::path::PathBuf;
use std::time::Duration;

/// How much memory a program may take, in MiB, where nothing is said.
pub(crate) const MEMORY: u32 = 1024;

/// How long a run may take, where nothing is said.
pub(crate) const TIME_LIMIT: Duration = Duration::from_secs(50);

/// What judges one program with checks, and means nothing for pairs of them.
const NOT_FOR_A_MATRIX: [&str; 20] = [
    "target",
    "command",
    "list",
    "contract",
    "port",
    "addr",
    "only",
    "skip",
    "watch",
    "seed",
    "repeat",
    "strict",
    "hint",
    "explain",
    "report",
    "record",
    "see",
    "force",
    "time_limit",
    "progress",
];

#[derive(Debug, Args)]
#[command(after_help = examples!(
    "day30 check nonblock-server -- python3 my_server.py {port}",
    "day30 check socket-server --port 9000 -- ./my_server",
    "day30 check auth-server --secret luwei -- node server.js {port} {secret}",
    "day30 check auth-client --secret luwei -- ./client {port} {secret}",
    "day30 check hmac -- python3 my_hmac.py {key} {msg}",
    "day30 check nonblock-server --addr 127.0.0.1:9000",
    "day30 check --list socket-server",
))]
pub(crate) struct CheckArgs {
    #[arg(required_unless_present_any = ["list", "matrix"], help = words!(
        "What kind of program it is",
        "程序的种类",
    ))]
    pub(crate) target: Option<TargetName>,
    // Not `last`, which would say no more of a forgotten -- than that a word is unexpected: see command/check/advice.rs.
    #[arg(trailing_var_arg = true, value_name = "-- COMMAND", required_unless_present_any = ["list", "matrix", "addr",
        "contract"], help = words!(
        "The command that starts your program. Write {port} (or {addr}) where it is told where to listen or \
         connect; {secret}, {key} and {msg} are filled in too; in PowerShell write __port__ and so on. \
         Its environment has DAY30_PORT and DAY30_ADDR",
        "启动你的程序的命令。在告诉它端口的位置写 {port}（或 {addr}）；{secret}、{key}、{msg} 也会被替换；在 PowerShell 里请写 __port__ 等。环境变量里有 DAY30_PORT 和 DAY30_ADDR",
    ))]
    pub(crate) command: Vec<String>,
    #[arg(long, value_name = "PORT", value_parser = port_of_a_program, help = words!(
        "The fixed port of your program",
        "你的程序里写死的端口",
    ))]
    pub(crate) port: Option<u16>,
    #[arg(long, value_name = "HOST:PORT", conflicts_with_all = ["command", "port"], help = words!(
        "A server of lesson 1 or 4 that is already running; day30 then sees only what goes over the network",
        "已经在运行的第 1 课或第 4 课服务器；这时 day30 只能看到网络上的数据",
    ))]
    pub(crate) addr: Option<String>,
    #[command(flatten)]
    pub(crate) secret: SecretArgs,
    #[arg(long, help = words!(
        "List the checks, each with its id",
        "列出全部检查项及其编号",
    ))]
    pub(crate) list: bool,
    #[arg(long, conflicts_with = "list", requires = "target", help = words!(
        "Show everything that such a program must do",
        "显示这种程序必须做到的全部要求",
    ))]
    pub(crate) contract: bool,
    #[arg(long, value_name = "ID,…", value_delimiter = ',', help = words!(
        "Only these checks",
        "只做这些检查",
    ))]
    pub(crate) only: Vec<String>,
    #[arg(long, value_name = "ID,…", value_delimiter = ',', help = words!(
        "All but these checks",
        "不做这些检查",
    ))]
    pub(crate) skip: Vec<String>,
    #[arg(long, conflicts_with_all = ["addr", "list", "matrix"], help = words!(
        "Test again whenever the file of your program changes, step by step: what to build next, and nothing beyond it",
        "你的程序文件一改动就重新评判，一步一步来：只说下一步要写什么",
    ))]
    pub(crate) watch: bool,
    #[arg(long, value_name = "N", value_parser = at_least(0_u64), help = words!(
        "The random seed; without it a new one is chosen and shown",
        "随机种子；不给则随机选一个并显示出来",
    ))]
    pub(crate) seed: Option<u64>,
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = number(1_u32..=1000), help = words!(
        "Repeat N times, each time with a new random seed",
        "重复 N 次，每次用新的随机种子",
    ))]
    pub(crate) repeat: u32,
    #[arg(long, help = words!(
        "Treat recommended checks (SHOULD) like required ones (MUST)",
        "把建议（SHOULD）也当作必须（MUST）",
    ))]
    pub(crate) strict: bool,
    #[arg(long, value_name = "N", default_value_t = 1, value_parser = number(0_u8..=3), help = words!(
        "How many of the three hints of a failed check to show",
        "检查未通过时，显示三条提示中的几条",
    ))]
    pub(crate) hint: u8,
    #[arg(long, help = words!(
        "Explain why each passed check matters",
        "说明每项通过的检查有什么意义",
    ))]
    pub(crate) explain: bool,
    #[arg(long, value_name = "FORMAT[=FILE]", help = words!(
        "Write a report: json, junit or tap, to a file or to stdout (everything else then goes to stderr)",
        "写报告：json、junit 或 tap，写入文件或 stdout（这时其余内容改走 stderr）",
    ))]
    pub(crate) report: Vec<String>,
    #[arg(long, value_name = "FILE", help = words!(
        "Write every socket call of the judge to a file, as JSON Lines",
        "把评判方的每次 socket 调用写入文件（JSON Lines 格式）",
    ))]
    pub(crate) record: Option<PathBuf>,
    #[arg(long, help = words!(
        "When the run ends, write a page that plays it step by step, and print where it is; on Linux, a check that failed is \
         played once more for it, with your program watched beside the judge",
        "运行结束时写出一个可逐步播放的网页，并显示它的位置；在 Linux 上，没通过的检查会再做一遍，\
         同时观察你的程序，双方并排显示",
    ))]
    pub(crate) see: bool,
    #[arg(long, help = words!(
        "Let --report and --record replace any file; without it, only an earlier report or record",
        "允许 --report 和 --record 覆盖任何文件；不给则只覆盖以前的报告或记录",
    ))]
    pub(crate) force: bool,
    #[arg(long, value_name = "TIME", value_parser = some_span, help = words!(
        "How long your program may take until it listens or connects [default: 10s; 4s with --matrix]",
        "你的程序最多可以多久才开始监听或连接 [默认：10s；用 --matrix 时 4s]",
    ))]
    pub(crate) start_timeout: Option<Duration>,
    #[arg(long, value_name = "TIME", default_value = "50s", value_parser = some_span, help = words!(
        "How long all checks together may take (with --repeat, each round); what is cut is skipped, and never passed",
        "全部检查一共最多多久（用 --repeat 时指每一轮）；超时的检查会被跳过，不算通过",
    ))]
    pub(crate) time_limit: Duration,
    #[arg(long, value_name = "MIB", default_value_t = MEMORY, value_parser = at_least(16_u32), help = words!(
        "How much memory your program may use, in MiB",
        "你的程序最多可用多少内存（MiB）",
    ))]
    pub(crate) memory: u32,
    #[arg(long, value_name = "WHEN", default_value = "on", help = words!(
        "Whether to remember which checks passed, for day30 alone to show; DAY30_PROGRESS=off in the environment is the same as off",
        "是否记住通过了哪些检查，供单独运行 day30 时显示；环境变量 DAY30_PROGRESS=off 等于 off",
    ))]
    pub(crate) progress: ProgressName,
    #[arg(long, value_name = "NAME=COMMAND", num_args = 1.., conflicts_with_all = NOT_FOR_A_MATRIX, help = words!(
        "Run each of these servers against each of these clients, and show the result of each pair as a letter. \
         day30 finds out which are servers",
        "让这些程序中的每个服务器与每个客户端配对运行，每对用一个字母表示结果。哪些是服务器由 day30 判断",
    ))]
    pub(crate) matrix: Vec<String>,
}

/// Whether something is remembered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ProgressName {
    On,
    Off,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum TargetName {
    #[value(help = words!("The server of lesson 1", "第 1 课的服务器"))]
    NonblockServer,
    #[value(help = words!("The client of lesson 1", "第 1 课的客户端"))]
    NonblockClient,
    #[value(help = words!("The server of lesson 2", "第 2 课的服务器"))]
    AuthServer,
    #[value(help = words!("The client of lesson 2", "第 2 课的客户端"))]
    AuthClient,
    #[value(help = words!("Lesson 3", "第 3 课"))]
    Hmac,
    #[value(help = words!("The server of lesson 4", "第 4 课的服务器"))]
    SocketServer,
    #[value(help = words!("The client of lesson 4", "第 4 课的客户端"))]
    SocketClient,
}

//! What can be typed: every clap type, and nothing of what is done with it. Each text stands here in both languages.

mod attack;
mod check;
mod class;
mod clients;
mod doctor;
mod help;
mod hmac;
mod lesson;
mod mistake;
mod others;
mod parse;
mod quiz;
mod race;
mod see;
mod servers;
mod shared;
pub(crate) mod span;
mod start;
mod tap;
mod value;
mod value_name;
mod watch;

pub(crate) use attack::{BreakArgs, HandshakeName};
pub(crate) use check::{CheckArgs, MEMORY, ProgressName, TIME_LIMIT, TargetName};
pub(crate) use class::{ClassArgs, OutputArgs};
pub(crate) use clients::{AuthClientArgs, NonblockClientArgs, SocketClientArgs, Talking};
pub(crate) use doctor::DoctorArgs;
pub(crate) use hmac::{DigestName, FormatName, HmacArgs};
pub(crate) use lesson::LessonArgs;
pub(crate) use others::{CompletionsArgs, DemoArgs, LessonName, ManArgs};
pub(crate) use parse::{Answer, asked, parse};
pub(crate) use quiz::QuizArgs;
pub(crate) use race::{RaceArgs, ThemeName, WorkloadName};
pub(crate) use see::{Part, SeeArgs, ViewName};
pub(crate) use servers::{AuthServerArgs, IoName, NonblockServerArgs, ServerArgs, SocketServerArgs};
pub(crate) use shared::{At, SchemeName, SecretArgs, Seeing};
pub(crate) use start::{ExerciseName, StartArgs, StarterName};
pub(crate) use tap::{FaultArgs, OnName, SaysName, TapArgs};
pub(crate) use value_name::{as_typed, in_chinese};
pub(crate) use watch::WatchArgs;

use clap::{Args, Parser, Subcommand, ValueEnum};
use day30::words;

/// Builds the help's end: examples, each with a remark behind it if need be, then the exit codes.
macro_rules! examples {
    ($($line:literal $(# $en:literal $zh:literal)?),+ $(,)?) => {
        concat!(
            day30::words!("Examples:\n", "示例：\n"),
            $("  ", $line, $("# ", day30::words!($en, $zh),)? "\n",)+
            day30::words!(
                "\nExit codes:\n  0  success\n  1  what you asked for failed: refused, no reply, a wrong reply, a wrong digest\n  \
                2  usage error\n  3  day30 itself could not do it: the port is in use, a file cannot be read\n  \
                130  interrupted by Ctrl-C (a server drains first, and exits with 0)",
                "\n退出码：\n  0  成功\n  1  要求的事没有成功：被拒绝、没有回复、回复不对、摘要不符\n  \
                2  命令行写错了\n  3  day30 自身无法完成：端口被占用、文件读不了等\n  \
                130  被 Ctrl-C 中断（服务器会先处理完已收到的数据，以 0 退出）"
            )
        )
    };
}
pub(crate) use examples;

/// Everything that can be typed.
#[derive(Debug, Parser)]
#[command(name = "day30", version, disable_help_subcommand = true)]
#[command(about = words!(
    "Learn what a socket does: the four lessons of day 30, as servers and clients that run in pairs",
    "看懂 socket 在做什么：第 30 天的四课内容，做成可以成对运行的服务器和客户端",
))]
#[command(after_help = examples!(
    "day30 demo                         " # "all four lessons, narrated" "四课连演，附解说",
    "day30 nonblock-server              " # "beside: day30 nonblock-client" "另开终端：day30 nonblock-client",
    "day30 auth-server --secret luwei  " # "beside: day30 auth-client --secret luwei"
        "另开终端：day30 auth-client --secret luwei",
    "day30 hmac --key asd --msg sad",
    "day30 check nonblock-server -- python3 my_server.py {port}",
))]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) look: LookArgs,
    #[command(subcommand)]
    pub(crate) command: Option<Command>,
}

/// How things are shown, for every command.
#[derive(Clone, Copy, Debug, Args)]
pub(crate) struct LookArgs {
    #[arg(long, value_name = "WHEN", global = true, default_value = "auto", help = words!(
        "When to use colours; NO_COLOR is obeyed",
        "何时使用颜色；遵守 NO_COLOR",
    ), help_heading = words!("Display", "显示"))]
    pub(crate) color: ColorWhen,
    #[arg(long, value_name = "LANG", global = true, help = words!(
        "The language: en or zh; without it DAY30_LANG, then the system's language",
        "语言：en 或 zh；不给则看 DAY30_LANG，再看系统语言",
    ), help_heading = words!("Display", "显示"))]
    pub(crate) lang: Option<LangName>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum ColorWhen {
    Auto,
    Always,
    Never,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum LangName {
    En,
    Zh,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    #[command(about = words!(
        "Lesson 1: replies in uppercase, polling in a loop that never sleeps",
        "第 1 课：把收到的文本转成大写回复，循环轮询，从不休眠",
    ))]
    NonblockServer(NonblockServerArgs),
    #[command(about = words!(
        "Lesson 1: sends a message every second, prints each reply",
        "第 1 课：每秒发一条消息，打印每个回复",
    ))]
    NonblockClient(NonblockClientArgs),
    #[command(about = words!(
        "Lesson 2: asks each client to prove that it knows the secret",
        "第 2 课：要求每个客户端证明自己知道密钥",
    ))]
    AuthServer(AuthServerArgs),
    #[command(about = words!(
        "Lesson 2: proves that it knows the secret",
        "第 2 课：向服务器证明自己知道密钥",
    ), long_about = words!(
        "Lesson 2: proves that it knows the secret\n\n\
         It exits with 0 once it has answered: only the server knows the verdict, and prints it on its own screen. If the \
         server sent a challenge that this client has answered before, it exits with 1.",
        "第 2 课：向服务器证明自己知道密钥\n\n\
         作答之后就以 0 退出：结果只有服务器知道，显示在服务器的屏幕上。如果服务器发来的挑战值以前答过，则以 1 退出。",
    ))]
    AuthClient(AuthClientArgs),
    #[command(about = words!(
        "Lesson 3: the HMAC of a message under a key",
        "第 3 课：用密钥计算一条消息的 HMAC",
    ))]
    Hmac(HmacArgs),
    #[command(about = words!(
        "Lesson 4: replies in uppercase, one thread for each client",
        "第 4 课：把收到的文本转成大写回复，每个客户端一个线程",
    ))]
    SocketServer(SocketServerArgs),
    #[command(about = words!(
        "Lesson 4: sends each line that you type, prints what comes back",
        "第 4 课：发送你输入的每一行，打印收到的回复",
    ))]
    SocketClient(SocketClientArgs),
    #[command(about = words!("The texts of the day: read a lesson, or a part of it", "这一天的课文：读一课，或其中一节"))]
    Lesson(LessonArgs),
    #[command(about = words!("All four lessons in a row, narrated", "四课连续演示，附解说"))]
    Demo(DemoArgs),
    #[command(about = words!(
        "Show a record again: as it was live, step by step, as a page, a picture, packets",
        "重看 --record 写下的记录：解说、逐步显示、网页、时序图、数据包",
    ))]
    See(SeeArgs),
    #[command(about = words!(
        "Questions from a record: what will the next call return?",
        "根据记录出题：下一次调用会返回什么？",
    ))]
    Quiz(QuizArgs),
    #[command(about = words!(
        "A proxy between a client and a server: shows what passes, as a hexdump, and misbehaves if asked to",
        "客户端与服务器之间的代理：用十六进制显示经过的数据，也可以故意制造故障",
    ))]
    Tap(Box<TapArgs>),
    #[command(about = words!(
        "Run a program of your own, and show each of its socket calls, with its own lines (Linux)",
        "运行你自己的程序，显示它的每一次 socket 调用和所在的代码行（仅 Linux）",
    ), long_about = words!(
        "Run a program of your own, and show each of its socket calls, with its own lines (Linux)\n\n\
         The program runs unchanged, only slower: with its own input, output, terminal and exit code (128 and the signal's \
         number, if one ended it). It can be in any language; a Python program tells its own lines. The first Ctrl-C reaches \
         the program, a second one ends everything.",
        "运行你自己的程序，显示它的每一次 socket 调用和所在的代码行（仅 Linux）\n\n\
         程序照常运行，只是慢一些：输入、输出、终端和退出码都是它自己的（被信号结束时为 128 加信号编号）。任何语言都可以；\
         Python 程序还会显示代码行。第一次 Ctrl-C 交给程序，第二次立即全部结束。",
    ))]
    Watch(WatchArgs),
    #[command(about = words!(
        "Race the I/O models: what each way of waiting costs, as numbers and pictures",
        "让各种 I/O 模型比赛：每种等待方式的代价，用数字和图表示",
    ))]
    Race(Box<RaceArgs>),
    #[command(about = words!(
        "Test a program of your own: what is right, what is wrong, and why",
        "评判你自己写的程序：哪里对，哪里错，为什么",
    ))]
    Check(Box<CheckArgs>),
    #[command(about = words!(
        "Begin a program of your own: writes a file to start from, in Python",
        "开始写你自己的程序：写出一个 Python 起始文件",
    ))]
    Start(StartArgs),
    #[command(about = words!(
        "Test the programs of a whole class, and show what most of them get wrong",
        "评判全班的程序，看看大家共同错在哪里",
    ), long_about = words!(
        "Test the programs of a whole class, and show what most of them get wrong\n\n\
         Each program runs in a process of its own with limits: one that hangs, floods or forks spoils only its own row. It is \
         strangers' code all the same. On Linux each has a network of its own where that is permitted, and --as USER runs it as \
         somebody else. It can still read what that user can read: for more, run day30 class in a container or a virtual machine.",
        "评判全班的程序，看看大家共同错在哪里\n\n\
         每个程序都在单独的、受限制的进程里运行：卡死、刷屏或不停创建进程的程序只影响它自己那一行。但这毕竟是别人的代码。在 Linux 上，\
         只要系统允许，每个程序都有单独的网络；--as 以另一个用户的身份运行。该用户能读的文件，程序仍然能读：需要更严格的隔离时，\
         请在容器或虚拟机里运行 day30 class。",
    ))]
    Class(Box<ClassArgs>),
    #[command(about = words!(
        "Attack the handshake of lesson 2, and its repairs: client, attacker, server, side by side",
        "攻击第 2 课的握手和它的修复：客户端、攻击者、服务器并排显示",
    ))]
    Break(Box<BreakArgs>),
    #[command(about = words!(
        "Look whether this machine has what every lesson needs, and what to do where it has not",
        "检查这台电脑是否具备每一课需要的条件，缺什么就告诉你怎么办",
    ))]
    Doctor(DoctorArgs),
    #[command(about = words!("Print a completion script for a shell", "打印某个 shell 的补全脚本"))]
    Completions(CompletionsArgs),
    #[command(about = words!(
        "Print the manual page of day30 or of one command",
        "打印 day30 或某个命令的手册页",
    ))]
    Man(ManArgs),
}

/// The commands that may be given a secret: what is typed behind them is never repeated.
pub(crate) const SECRETIVE: [&str; 6] = ["auth-server", "auth-client", "hmac", "check", "class", "break"];

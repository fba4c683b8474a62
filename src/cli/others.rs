//! What `demo`, `completions` and `man` take.

use super::examples;
use super::span::some_span;
use clap::{Args, ValueEnum};
use day30::words;
use std::path::PathBuf;
use std::time::Duration;

/// The commands that have a manual page of their own.
const COMMANDS: [&str; 15] = [
    "nonblock-server",
    "nonblock-client",
    "auth-server",
    "auth-client",
    "hmac",
    "socket-server",
    "socket-client",
    "demo",
    "see",
    "quiz",
    "tap",
    "race",
    "check",
    "completions",
    "man",
];

#[derive(Debug, Args)]
#[command(after_help = examples!("day30 demo", "day30 demo --lesson auth --slow 300ms", "day30 demo --record day.jsonl"))]
pub(crate) struct DemoArgs {
    #[arg(long, value_name = "NAME", help = words!("Only this lesson", "只演示这一课"))]
    pub(crate) lesson: Option<LessonName>,
    #[arg(long, value_name = "TIME", num_args = 0..=1, default_missing_value = "300ms", value_parser = some_span,
        help = words!(
        "Slow motion: wait this long before each socket call [without a time: 300ms]",
        "慢动作：每次调用 socket 之前先等这么久 [不写时间则为 300ms]",
    ))]
    pub(crate) slow: Option<Duration>,
    #[arg(long, help = words!(
        "Do not wait for Enter between two lessons",
        "两课之间不停顿（默认在终端上按回车继续）",
    ))]
    pub(crate) no_pause: bool,
    #[arg(long, value_name = "FILE", help = words!(
        "Write the trace to a file, as JSON Lines. An earlier record is replaced, and no other file",
        "把全部事件写入文件（JSON Lines 格式）。只覆盖以前的记录，不覆盖别的文件",
    ))]
    pub(crate) record: Option<PathBuf>,
    #[arg(long, help = words!(
        "When the run ends, write a page that plays it step by step, and print where it is",
        "运行结束时写出一个可逐步播放的网页，并显示它的位置",
    ))]
    pub(crate) see: bool,
    #[arg(long, help = words!("Let --record replace any file", "允许 --record 覆盖任何文件"))]
    pub(crate) force: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum LessonName {
    Nonblock,
    Auth,
    Hmac,
    SocketServer,
}

#[derive(Debug, Args)]
#[command(after_help = examples!(
    "day30 completions bash > ~/.bash_completion.d/day30",
    "day30 completions fish > ~/.config/fish/completions/day30.fish",
))]
pub(crate) struct CompletionsArgs {
    #[arg(help = words!("The shell", "哪一种 shell"))]
    pub(crate) shell: clap_complete::Shell,
}

#[derive(Debug, Args)]
#[command(after_help = examples!("day30 man | man -l -", "day30 man hmac > day30-hmac.1"))]
pub(crate) struct ManArgs {
    #[arg(value_parser = COMMANDS, help = words!("The command", "哪个命令的手册页"))]
    pub(crate) command: Option<String>,
}

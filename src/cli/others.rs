//! What `demo`, `completions` and `man` take.

use super::examples;
use super::shared::TraceArgs;
use clap::{Args, ValueEnum};
use day30::words;

/// The commands that have a manual page of their own.
const COMMANDS: [&str; 21] = [
    "nonblock-server",
    "nonblock-client",
    "auth-server",
    "auth-client",
    "hmac",
    "socket-server",
    "socket-client",
    "lesson",
    "demo",
    "see",
    "quiz",
    "tap",
    "watch",
    "race",
    "check",
    "start",
    "class",
    "break",
    "doctor",
    "completions",
    "man",
];

#[derive(Debug, Args)]
#[command(after_help = examples!("day30 demo", "day30 demo --lesson auth --slow 300ms", "day30 demo --record day.jsonl"))]
pub(crate) struct DemoArgs {
    #[arg(long, value_name = "NAME", help = words!("Only this lesson", "只演示这一课"))]
    pub(crate) lesson: Option<LessonName>,
    #[arg(long, help = words!(
        "Do not wait for Enter between two lessons",
        "两课之间不停顿（默认在终端上按回车继续）",
    ))]
    pub(crate) no_pause: bool,
    #[command(flatten)]
    pub(crate) trace: TraceArgs,
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

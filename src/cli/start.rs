//! What `start` takes.

use super::{TargetName, examples};
use clap::builder::PossibleValue;
use clap::{Args, ValueEnum};
use day30::words;
use std::path::PathBuf;

/// A file to begin with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum StarterName {
    /// A program of a lesson, with nothing in it yet.
    Target(TargetName),
    /// A server with a flaw, to be repaired.
    Exercise(ExerciseName),
    /// The notes' programs, as they are.
    Notes,
}

/// The exercises of `day30 lesson break`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum ExerciseName {
    #[value(help = words!("To repair: a challenge that is always the same", "修复练习：挑战值总是同一个"))]
    FreshChallenge,
    #[value(help = words!("To repair: an empty answer is let in", "修复练习：空的答案也能登录"))]
    WholeDigest,
    #[value(help = words!("To repair: a mutual handshake that can be reflected", "修复练习：挡不住反射的双向握手"))]
    Role,
}

impl ValueEnum for StarterName {
    fn value_variants<'a>() -> &'a [Self] {
        &[
            Self::Target(TargetName::NonblockServer),
            Self::Target(TargetName::NonblockClient),
            Self::Target(TargetName::AuthServer),
            Self::Target(TargetName::AuthClient),
            Self::Target(TargetName::Hmac),
            Self::Target(TargetName::SocketServer),
            Self::Target(TargetName::SocketClient),
            Self::Exercise(ExerciseName::FreshChallenge),
            Self::Exercise(ExerciseName::WholeDigest),
            Self::Exercise(ExerciseName::Role),
            Self::Notes,
        ]
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        match self {
            Self::Target(name) => name.to_possible_value(),
            Self::Exercise(name) => name.to_possible_value(),
            Self::Notes => Some(PossibleValue::new("notes").help(words!(
                "The six programs of the notes, with their mistakes, to run and to judge",
                "笔记里的六个程序，错误原样保留，用来运行和评判",
            ))),
        }
    }
}

#[derive(Debug, Args)]
#[command(after_help = examples!("day30 start nonblock-server", "day30 start hmac my_hmac.py", "day30 start fresh-challenge", "day30 start notes"))]
pub(crate) struct StartArgs {
    #[arg(help = words!("What kind of program it is", "程序的种类"))]
    pub(crate) target: StarterName,
    #[arg(help = words!(
        "The file to write; without it, for example my_nonblock_server.py (for notes: the folder, without it this one)",
        "要写的文件；不给则用 my_nonblock_server.py 之类的名字（notes 则是目录；不给就用当前目录）",
    ))]
    pub(crate) file: Option<PathBuf>,
    #[arg(long, help = words!(
        "Replace the file if there is one: what you wrote in it is lost",
        "文件已存在时也覆盖：你写在里面的内容会丢失",
    ))]
    pub(crate) force: bool,
}

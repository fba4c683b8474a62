//! What several commands take.

use super::span::some_span;
use super::value::port;
use clap::{Args, ValueEnum};
use day30::words;
use std::path::PathBuf;
use std::time::Duration;

/// Where a server listens, and a client connects to.
#[derive(Clone, Debug, Args)]
pub(crate) struct At {
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:9000", help = words!(
        "The address of the server",
        "服务器的地址",
    ))]
    pub(crate) addr: String,
    #[arg(long, value_name = "PORT", conflicts_with = "addr", value_parser = port, help = words!(
        "Only the port, on 127.0.0.1 (for a server, 0 means any free port)",
        "只给端口，主机为 127.0.0.1（服务器可写 0，表示任选一个空闲端口）",
    ))]
    pub(crate) port: Option<u16>,
}

/// How a run is shown and kept.
#[derive(Clone, Debug, Args)]
pub(crate) struct Seeing {
    #[arg(long, short, help = words!("Results only: no narration, no summary", "只显示结果：不解说，不总结"))]
    pub(crate) quiet: bool,
    #[command(flatten)]
    pub(crate) trace: TraceArgs,
}

/// What becomes of each call that is told.
#[derive(Clone, Debug, Args)]
pub(crate) struct TraceArgs {
    #[arg(long, value_name = "TIME", num_args = 0..=1, default_missing_value = "300ms", value_parser = some_span,
        help = words!(
        "Slow motion: wait this long before each socket call [without a time: 300ms]",
        "慢动作：每次调用 socket 之前先等这么久 [不写时间则为 300ms]",
    ))]
    pub(crate) slow: Option<Duration>,
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

/// The secret of lesson 2.
#[derive(Clone, Debug, Args)]
pub(crate) struct SecretArgs {
    #[arg(long, value_name = "TEXT", conflicts_with = "secret_file", help = words!(
        "The secret that both sides share; other users of this machine can read a command line",
        "双方共有的密钥；注意本机的其他用户能看到命令行",
    ))]
    pub(crate) secret: Option<String>,
    #[arg(long, value_name = "PATH", help = words!(
        "The file that holds the secret, `-` for stdin; one newline at its end is ignored. Without --secret and \
         --secret-file, the environment variable DAY30_SECRET is used",
        "存放密钥的文件，`-` 表示 stdin；末尾的一个换行符不算。两个选项都不给时，使用环境变量 DAY30_SECRET",
    ))]
    pub(crate) secret_file: Option<PathBuf>,
    #[arg(long, value_name = "SCHEME", default_value = "md5", help = words!(
        "How to compute the digest: md5 of secret and challenge (as in the notes), or an HMAC under the secret",
        "摘要的算法：md5(密钥 + 挑战值)（与笔记相同），或以密钥计算 HMAC",
    ))]
    pub(crate) scheme: SchemeName,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum SchemeName {
    Md5,
    HmacMd5,
    HmacSha256,
}

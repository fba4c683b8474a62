//! What lesson 3 takes.

use super::examples;
use clap::{Args, ValueEnum};
use day30::words;
use std::path::PathBuf;

#[derive(Debug, Args)]
#[command(after_help = examples!(
    "day30 hmac --key asd --msg sad",
    "day30 hmac --key asd --msg sad --explain",
    "day30 hmac --key-file key.bin --file backup.tar --digest sha256 --format hex",
    "day30 hmac --key asd --msg sad --verify 280ce248e848bcd4e5a31a036829d185",
))]
// The one that clap makes of the two groups is wider than a terminal.
#[command(override_usage = "day30 hmac [OPTIONS] --key <TEXT> --msg <TEXT>")]
#[command(group(clap::ArgGroup::new("a key").required(true).args(["key", "key_file"])))]
#[command(group(clap::ArgGroup::new("a message").required(true).args(["msg", "file"])))]
pub(crate) struct HmacArgs {
    #[arg(long, value_name = "TEXT", help = words!(
        "The key; other users of this machine can read a command line",
        "密钥；注意本机的其他用户能看到命令行",
    ))]
    pub(crate) key: Option<String>,
    #[arg(long, value_name = "PATH", help = words!(
        "The file that holds the key, byte for byte (`-` for stdin)",
        "存放密钥的文件，逐字节使用（`-` 表示 stdin）",
    ))]
    pub(crate) key_file: Option<PathBuf>,
    #[arg(long, value_name = "TEXT", help = words!(
        "The message",
        "消息",
    ))]
    pub(crate) msg: Option<String>,
    #[arg(long, value_name = "PATH", help = words!(
        "The file that holds the message (`-` for stdin), of any size",
        "存放消息的文件（`-` 表示 stdin），大小不限",
    ))]
    pub(crate) file: Option<PathBuf>,
    #[arg(long, value_name = "NAME", help = words!(
        "The hash function; without it md5, as in the notes",
        "哈希算法；不给则用 md5，与笔记相同",
    ))]
    pub(crate) digest: Option<DigestName>,
    #[arg(long, value_name = "FORMAT", default_value = "all", help = words!(
        "What to print: all is the bytes as Python shows them, then hex, then the length",
        "打印什么：all 依次为 Python 的 bytes 写法、十六进制、长度",
    ))]
    pub(crate) format: FormatName,
    #[arg(long, value_name = "HEX", conflicts_with_all = ["format", "explain"], help = words!(
        "Compare with this digest (hex, in either case) instead of printing; exit 1 if it differs",
        "不打印，而是与这个摘要比较（十六进制，大小写均可）；不同则退出码为 1",
    ))]
    pub(crate) verify: Option<String>,
    #[arg(long, help = words!(
        "Show the computation step by step (this prints the key too)",
        "逐步展示计算过程（也会显示密钥）",
    ))]
    pub(crate) explain: bool,
    #[arg(long, short, help = words!(
        "No remarks on stderr",
        "不在 stderr 上提示",
    ))]
    pub(crate) quiet: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum DigestName {
    Md5,
    Sha1,
    Sha224,
    Sha256,
    Sha384,
    Sha512,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum FormatName {
    All,
    Python,
    Hex,
    Base64,
    Raw,
}

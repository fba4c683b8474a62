//! What `break` takes.

use super::examples;
use super::shared::TraceArgs;
use super::value::port_of_a_program;
use clap::{Args, ValueEnum};
use day30::words;
use std::path::PathBuf;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum HandshakeName {
    #[value(help = words!("The notes': md5(secret + challenge)", "笔记的握手：md5(密钥 + 挑战值)"))]
    Prefix,
    #[value(help = words!("The same with HMAC-SHA256", "同上，改用 HMAC-SHA256"))]
    Hmac,
    #[value(help = words!("Both sides ask, and both answer at once", "双方都提问，都立即作答"))]
    Mutual,
    #[value(help = words!("Both sides ask; the client proves itself first", "双方都提问；客户端先证明自己"))]
    Ordered,
    #[value(help = words!(
        "The proof says for whom it is: role, server name, both challenges; each later line has a MAC",
        "证明里写明角色、服务器名和双方的挑战值；之后每一行都带 MAC",
    ))]
    Bound,
}

#[derive(Debug, Args)]
#[command(after_help = examples!(
    "day30 break                              " # "the attacks, and who falls to them" "有哪些攻击，谁会被攻破",
    "day30 break relay                        " # "client, attacker, server, in lanes" "客户端、攻击者、服务器并排显示",
    "day30 break relay --handshake bound      " # "the same against the repair" "同样的攻击，对修复后的握手",
    "day30 break replay -- python3 my_auth_server.py {port} {secret}",
    "day30 break dictionary --session login.jsonl",
    "day30 break --matrix                     " # "every attack, every handshake" "每种攻击对每种握手",
))]
pub(crate) struct BreakArgs {
    #[arg(value_name = "ATTACK", help = words!(
        "The attack; without one, all are listed",
        "攻击的名字；不写则列出全部",
    ))]
    pub(crate) attack: Option<String>,
    #[arg(trailing_var_arg = true, value_name = "-- COMMAND", requires = "attack", help = words!(
        "Attack your own program of lesson 2 instead, which this command starts. Write {port} where it is told its port, and \
         {secret} where it is told the secret",
        "改为攻击你自己写的第 2 课程序，由本命令启动。在告诉它端口的位置写 {port}，在告诉它密钥的位置写 {secret}",
    ))]
    pub(crate) command: Vec<String>,
    #[arg(long, value_name = "NAME", conflicts_with = "matrix", help = words!(
        "The handshake that is attacked [default: prefix]",
        "攻击哪一种握手 [默认：prefix]",
    ))]
    pub(crate) handshake: Option<HandshakeName>,
    #[arg(long, conflicts_with_all = ["command", "matrix", "handshake"], help = words!(
        "Against the program without the flaw (length-extension, timing, short-compare, downgrade, slow)",
        "对修复后的程序（用于 length-extension、timing、short-compare、downgrade、slow）",
    ))]
    pub(crate) repaired: bool,
    #[arg(long, conflicts_with = "attack", help = words!(
        "Play every attack against everything, and show who wins",
        "把每种攻击对每种对象都演一遍，用表格显示谁赢",
    ))]
    pub(crate) matrix: bool,
    #[arg(long, conflicts_with_all = ["command", "session", "record", "see"], help = words!(
        "With an attack or --matrix: who won, by what it was seen, and what was measured, as JSON",
        "与攻击名或 --matrix 一起用：以 JSON 输出谁赢、依据是什么、测到了什么",
    ))]
    pub(crate) json: bool,
    #[arg(long, value_name = "FILE", help = words!(
        "The words that are tried as secrets, one a line, instead of the small built-in list",
        "用文件中的词试密钥（每行一个），不用内置的小词表",
    ))]
    pub(crate) words: Option<PathBuf>,
    #[arg(long, value_name = "FILE", requires = "attack",
        conflicts_with_all = ["command", "handshake", "repaired", "matrix", "record", "see"], help = words!(
        "For dictionary: a login that you have recorded, with --record of auth-server, auth-client, tap or watch; nothing is \
         connected to",
        "用于 dictionary：一次录下的登录，由 auth-server、auth-client、tap 或 watch 的 --record 写成；不会建立任何连接",
    ))]
    pub(crate) session: Option<PathBuf>,
    #[arg(long, value_name = "PORT", requires = "command", value_parser = port_of_a_program, help = words!(
        "The fixed port of your program",
        "你的程序里写死的端口",
    ))]
    pub(crate) port: Option<u16>,
    #[command(flatten)]
    pub(crate) trace: TraceArgs,
}

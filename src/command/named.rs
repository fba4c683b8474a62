//! Programs that are given a name on the command line: `NAME=COMMAND`, or `NAME@PORT=COMMAND`.

use super::Usage;
use day30::program::CommandLine;
use day30::{both, words};

/// A program, and what it is called.
pub(super) struct Named {
    pub(super) name: String,
    /// The port that is written into it; else it is told one.
    pub(super) port: Option<u16>,
    pub(super) words: CommandLine,
}

impl Named {
    /// Takes apart what was typed behind this option.
    pub(super) fn parse(option: &str, typed: &str) -> Result<Self, Usage> {
        let wrong = |why: &str| {
            Usage(both!(
                "{option} {typed:?}: {why}\n  write for example: {option} 'mine=python3 my_server.py {{port}}'",
                "{option} {typed:?}：{why}\n  请写成：{option} 'mine=python3 my_server.py {{port}}'"
            ))
        };
        let (name, command) =
            typed.split_once('=').ok_or_else(|| wrong(words!("the name and the = are missing", "缺少名字和 =")))?;
        let (name, port) = match name.split_once('@') {
            Some((name, port)) => {
                let port = port.parse().ok().filter(|port| *port > 0);
                (
                    name,
                    Some(port.ok_or_else(|| {
                        wrong(words!("after the @ a port is expected, from 1 to 65535", "@ 后面应为端口，1 到 65535"))
                    })?),
                )
            }
            None => (name, None),
        };
        let words = CommandLine::new(
            shlex::split(&as_a_shell_has_it(command))
                .ok_or_else(|| wrong(words!("a quote is not closed", "引号没有闭合")))?,
        );
        if name.is_empty() || words.is_empty() {
            return Err(wrong(words!("the name or the command is missing", "缺少名字或命令")));
        }
        if !words.mentions("port") && !words.mentions("addr") && port.is_none() {
            let how = words!(
                "the command has no {port}; for a program with a fixed port write NAME@9000=COMMAND",
                "命令里没有 {port}；端口写死在程序里的，请写 名字@9000=命令"
            );
            return Err(wrong(how));
        }
        Ok(Self { name: name.into(), port, words })
    }
}

/// A backslash is a letter of a path on Windows, and not one that hides what follows.
fn as_a_shell_has_it(command: &str) -> std::borrow::Cow<'_, str> {
    if cfg!(windows) { command.replace('\\', "\\\\").into() } else { command.into() }
}

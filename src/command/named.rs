//! Programs that are given a name on the command line: `NAME=COMMAND`, or `NAME@PORT=COMMAND`.

use super::Usage;
use day30::program::Words;

/// A program, and what it is called.
pub(super) struct Named {
    pub(super) name: String,
    /// The port that is written into it; else it is told one.
    pub(super) port: Option<u16>,
    pub(super) words: Words,
}

impl Named {
    /// Takes apart what was typed behind this option.
    pub(super) fn parse(option: &str, typed: &str) -> Result<Self, Usage> {
        let wrong = |why: &str| {
            Usage(format!("{option} {typed:?}: {why}\n  write it as: {option} 'mine=python3 my_server.py {{port}}'"))
        };
        let (name, command) = typed.split_once('=').ok_or_else(|| wrong("the name and the = are missing"))?;
        let (name, port) = match name.split_once('@') {
            Some((name, port)) => {
                let port = port.parse().ok().filter(|port| *port > 0);
                (name, Some(port.ok_or_else(|| wrong("behind the @ stands no port"))?))
            }
            None => (name, None),
        };
        let words = Words::new(shlex::split(command).ok_or_else(|| wrong("a quote is open"))?);
        if name.is_empty() || words.is_empty() {
            return Err(wrong("the name or the command is missing"));
        }
        if !words.mentions("port") && !words.mentions("addr") && port.is_none() {
            let how = "the command has no {port}; for a program with its port written in, name that: NAME@9000=COMMAND";
            return Err(wrong(how));
        }
        Ok(Self { name: name.into(), port, words })
    }
}

//! `day30 break dictionary --session FILE`: the logins of a record, attacked at home.

use super::super::see::one_record;
use super::super::{Exit, Failed, Look, Usage, output};
use super::watched;
use crate::cli::BreakArgs;
use day30::attack::{Attack, Logins, Winner, tell_logins};
use day30::both;
use day30::lang::Text;
use day30::view::fit;
use std::path::Path;

pub(super) fn run(
    args: &BreakArgs,
    attack: &Attack,
    file: &Path,
    words: Vec<String>,
    look: Look,
) -> anyhow::Result<Exit> {
    let name = attack.name;
    if name != "dictionary" {
        return Err(Usage(both!(
            "{name} needs a server or a client to play with: a record is only for dictionary\n  try: day30 break dictionary --session FILE",
            "{name} 需要真正的服务器或客户端；记录只能用于 dictionary\n  试试：day30 break dictionary --session FILE"
        ))
        .into());
    }
    let (header, events) = one_record(file)?;
    let (mut logins, mut rest) = (Logins::default(), None);
    for event in events {
        match event {
            Ok(event) => logins.take_in(&event),
            Err(error) => rest = Some(error),
        }
    }
    let (logins, shown) = (logins.end(), fit(&file.display().to_string(), 50));
    // What could be read of a record that is cut off is worth as much as before.
    if let Some(rest) = &rest {
        output::remark(&look.lang.read(&format!("{rest:#}")));
    }
    if logins.is_empty() {
        return Err(Failed(none(&shown, &header.command)).into());
    }
    let seen = watched(args, words, look, |show| tell_logins(attack, &logins, (&shown, &header.command), show))?;
    Ok(if seen.winner == Winner::Attacker { Exit::Fine } else { Exit::Failed })
}

fn none(file: &str, command: &str) -> Text {
    both!(
        "there is no complete login of lesson 2 in {file}, which was written by {command}: 32 bytes of a server, and a client's answer\n  try: day30 auth-server --secret luwei --once --record login.jsonl",
        "{file}（由 {command} 写成）里没有一次完整的第 2 课登录：服务器的 32 个字节，加上客户端的答案\n  试试：day30 auth-server --secret luwei --once --record login.jsonl"
    )
}

//! Where to go next with a program that passed: see it, race it, break it, ask more of it, and write the next one.

use super::failure::Again;
use super::{DIM, TITLE};
use crate::check::requirement::Target;
use crate::lang::Lang;
use crate::program::quoted;

/// What can be done next, a line for each, with what to type below it.
pub(super) fn next(target: Target, again: &Again, lang: Lang) -> String {
    let mut lines = Vec::new();
    let command = again.behind.strip_prefix(" -- ");
    match command {
        _ if target == Target::Hmac => lines.push((
            lang.pick("see how it is computed, step by step", "一步一步看它是怎样算出来的"),
            "day30 hmac --key asd --msg sad --explain".into(),
        )),
        Some(command) => lines.push((
            lang.pick("see each of its socket calls (Linux)", "看它的每一次 socket 调用（仅 Linux）"),
            format!("day30 watch -- {}", filled(command)),
        )),
        None => {}
    }
    match target {
        Target::NonblockServer | Target::SocketServer => {
            let told = command.filter(|command| command.contains("{port}") || command.contains("{addr}"));
            let mine = format!("mine={}", told.unwrap_or(lang.pick("COMMAND {port}", "命令 {port}")));
            lines.push((
                lang.pick("race it: what does its way of waiting cost?", "让它参加比赛：它的等待方式代价多大？"),
                format!("day30 race --against {}", quoted(&mine)),
            ));
        }
        Target::AuthServer | Target::AuthClient => {
            let text =
                lang.pick("break it: what does this handshake not protect from?", "攻破它：这种握手防不住什么？");
            lines.push((text, "day30 break".into()));
        }
        Target::NonblockClient | Target::SocketClient => {
            let text = lang.pick("put a network that misbehaves in front of it", "让它面对一个会出故障的网络");
            lines.push((text, "day30 tap --to 127.0.0.1:9000 --slice 1".into()));
        }
        Target::Hmac => {}
    }
    lines.push((
        lang.pick("ask more of it: five times, recommendations too", "要求更高：做五遍，建议的也要做到"),
        strict(again),
    ));
    lines.push(after(target, lang));
    let title = lang.pick("where to go next", "接下来");
    let rows = lines.iter().map(|(text, line)| format!("    {DIM}{text}{DIM:#}\n      {line}\n"));
    format!("\n  {TITLE}{title}{TITLE:#}\n{}", rows.collect::<String>())
}

/// The same command, and a SHOULD counts like a MUST.
fn strict(again: &Again) -> String {
    let strict = if again.before.contains(" --strict") { "" } else { " --strict" };
    format!("{}{strict} --repeat 5{}", again.before, again.behind)
}

/// What a student does after this program, and the command for it.
#[must_use]
pub fn after(target: Target, lang: Lang) -> (&'static str, String) {
    let place = Target::ALL.iter().position(|one| *one == target);
    let Some(next) = place.and_then(|place| Target::ALL.get(place + 1)) else {
        let text = lang.pick("run all your servers and clients in pairs", "让你的服务器和客户端两两配对运行");
        let name = lang.pick("NAME='COMMAND {port}' …", "名字='命令 {port}' …");
        return (text, format!("day30 check --matrix {name}"));
    };
    let text = match target {
        Target::NonblockServer | Target::AuthServer | Target::SocketServer => {
            lang.pick("write the other half", "写出另一半")
        }
        _ => lang.pick("go on to the next lesson", "进入下一课"),
    };
    (text, format!("day30 start {}", next.name()))
}

/// The command with values that a student would type.
fn filled(command: &str) -> String {
    let places =
        [("{port}", "9000"), ("{addr}", "127.0.0.1:9000"), ("{secret}", "luwei"), ("{key}", "asd"), ("{msg}", "sad")];
    places.iter().fold(command.to_owned(), |command, (place, value)| command.replace(place, value))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn again(target: Target, command: &str) -> Again {
        let before = format!("day30 check {}", target.name());
        Again { before, seed: 1, behind: format!(" -- {command}"), note: None }
    }

    #[test]
    fn a_server_is_raced_with_its_own_command_and_watched_with_a_port() {
        let text = next(Target::SocketServer, &again(Target::SocketServer, "python3 'my s.py' {port}"), Lang::En);
        assert!(text.contains("  day30 watch -- python3 'my s.py' 9000\n"), "{text}");
        let line = text.lines().find_map(|line| line.trim().strip_prefix("day30 race ")).unwrap();
        assert_eq!(shlex::split(line).unwrap(), ["--against", "mine=python3 'my s.py' {port}"]);
        assert!(text.contains("day30 check socket-server --strict --repeat 5 -- python3"), "{text}");
        assert!(text.contains("day30 start socket-client\n"), "{text}");
    }

    #[test]
    fn every_target_leads_on() {
        for target in Target::ALL {
            for lang in [Lang::En, Lang::Zh] {
                let text = next(target, &again(target, "./mine"), lang);
                assert!(text.contains("--strict") && text.matches("day30 ").count() >= 3, "{text}");
            }
        }
    }
}

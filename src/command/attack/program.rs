//! An attack against a student's own program: the checks that play it, told as the judge tells them.

use super::super::{Exit, Look, Usage, check, output};
use super::comparison::seen_in;
use crate::cli::{BreakArgs, Command, parse};
use day30::attack::{Attack, checks_against};
use day30::both;
use day30::lang::Lang;
use day30::program::quoted;
use day30::view::{break_lines, terminal_width};
use std::ffi::OsString;
use std::io::{self, IsTerminal};

/// What is told to a program as its secret.
const SECRET: &str = "luwei";

/// Only servers of lesson 2 are judged so.
const TARGET: &str = "auth-server";
/// Whether an attack is played by the judge, whose checks say what is wrong, and why.
fn is_judged(attack: &Attack) -> bool {
    matches!(attack.name, "repeat" | "short-compare")
}

pub(super) fn run(args: &BreakArgs, attack: &Attack, look: Look) -> anyhow::Result<Exit> {
    let name = attack.name;
    if !is_judged(attack) {
        return Err(Usage(both!(
            "{name} is not played against programs of your own\n  these are: wrong-key, replay, repeat, reflection, parallel, relay, relay-name, dictionary, short-compare, slow\n  and for a client: fake-server, table",
            "{name} 不能对你自己的程序演示\n  可以的有：wrong-key、replay、repeat、reflection、parallel、relay、relay-name、dictionary、short-compare、slow\n  对客户端：fake-server、table"
        ))
        .into());
    }
    // What these checks presuppose is played too: a program that lets nobody in is not safe, it is broken.
    let needed = ["auth/listens", "auth/challenge", "auth/ok", "auth/wrong-secret", "auth/next-client"];
    let only: Vec<_> = needed.iter().chain(checks_against(attack)).copied().collect();
    // Whoever attacks a program does not say that it is the one that they write.
    let mut words: Vec<OsString> =
        ["day30", "check", TARGET, "--secret", SECRET, "--progress", "off", "--only"].map(Into::into).to_vec();
    words.push(only.join(",").into());
    if let Some(port) = args.port {
        words.extend(["--port".into(), port.to_string().into()]);
    }
    if args.trace.see {
        words.push("--see".into());
    }
    if let Some(path) = &args.trace.record {
        words.extend(["--record".into(), path.into()]);
    }
    if args.trace.force {
        words.push("--force".into());
    }
    words.push("--".into());
    words.extend(args.command.iter().map(Into::into));
    let cli = parse(&words, look.lang).map_err(|_| anyhow::anyhow!("day30 check {TARGET}"))?;
    let Some(Command::Check(judged)) = cli.command else { return Ok(Exit::Unable) };
    let (exit, failed) = check::judge(&judged, look)?;
    // A program that does not let an honest client in is not attacked, as in every other attack.
    let is_unplayed = exit == Exit::Failed && !checks_against(attack).iter().any(|check| failed.contains(check));
    let exit = if is_unplayed { Exit::Unable } else { exit };
    conclude(attack, exit, args, look.lang);
    Ok(exit)
}

/// On a terminal in lines that fit.
fn remark(text: &str) {
    if !io::stderr().is_terminal() {
        return output::remark(text);
    }
    for line in text.lines() {
        break_lines(line, terminal_width()).iter().for_each(|row| output::remark(row));
    }
}

/// What the judge's verdict means for the attack.
fn conclude(attack: &Attack, exit: Exit, args: &BreakArgs, lang: Lang) {
    let (title, why, repair) = (lang.read(attack.title), lang.read(attack.why), lang.read(attack.repair));
    let command: Vec<_> = args.command.iter().map(|word| quoted(word)).collect();
    let (name, command) = (attack.name, command.join(" "));
    remark(&match exit {
        Exit::Fine => lang.pick(
            format!("\nattack {name} ({title}): it fails against your program.\nwhere it wins: {why}"),
            format!("\n攻击 {name}（{title}）：对你的程序无效。\n它在哪里会成功：{why}"),
        ),
        Exit::Failed => lang.pick(
            format!("\nattack {name} ({title}): it wins against your program.\n{why}\nrepair: {repair}"),
            format!("\n攻击 {name}（{title}）：对你的程序成功了。\n{why}\n修复：{repair}"),
        ),
        Exit::Unable => lang.pick(
            format!("\nattack {name} ({title}): not decided. Your program first has to pass the checks above."),
            format!("\n攻击 {name}（{title}）：没有结论。你的程序要先通过上面的检查。"),
        ),
        _ => return,
    });
    if exit == Exit::Failed {
        // On one line, however long: it is there to be copied.
        output::remark(&format!("{}day30 break {name} -- {command}", lang.pick("again:  ", "再试：")));
    }
    if attack.name == "short-compare"
        && exit == Exit::Fine
        && let Some(seen) = seen_in(&args.command)
    {
        remark(seen.of(lang));
    }
}

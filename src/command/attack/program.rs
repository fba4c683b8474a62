//! An attack against a student's own program: the checks that play it, told as the judge tells them.

use super::super::{Exit, Look, Usage, check, output};
use crate::cli::{BreakArgs, Command, parse};
use day30::attack::Attack;
use day30::both;
use day30::lang::Lang;
use day30::program::quoted;
use std::ffi::OsString;

/// What is told to a program as its secret.
const SECRET: &str = "luwei";

/// The target, and its checks that play an attack.
struct Checks {
    target: &'static str,
    ids: &'static [&'static str],
}

/// Those attacks that speak the notes' wire, and have a judge.
fn checks(attack: &str) -> Option<Checks> {
    let (target, ids): (_, &[&str]) = match attack {
        "repeat" => ("auth-server", &["auth/fresh-challenge", "auth/own-challenge", "auth/randomness"]),
        "short-compare" => ("auth-server", &["auth/wrong-secret", "auth/wrong-length", "auth/only-the-digest"]),
        "slow" => ("auth-server", &["auth/silent-client", "auth/deadline"]),
        _ => return None,
    };
    Some(Checks { target, ids })
}

pub(super) fn run(args: &BreakArgs, attack: &Attack, look: Look) -> anyhow::Result<Exit> {
    let name = attack.name;
    let Some(Checks { target, ids }) = checks(name) else {
        return Err(Usage(both!(
            "{name} is not played against programs of your own\n  these are: wrong-key, replay, repeat, reflection, parallel, relay, relay-name, dictionary, short-compare, slow\n  and for a client: fake-server, table",
            "{name} 不能对你自己的程序演示\n  可以的有：wrong-key、replay、repeat、reflection、parallel、relay、relay-name、dictionary、short-compare、slow\n  对客户端：fake-server、table"
        ))
        .into());
    };
    // What these checks presuppose is played too: a program that lets nobody in is not safe, it is broken.
    let needed = ["auth/listens", "auth/challenge", "auth/ok", "auth/next-client"];
    let only: Vec<_> = needed.iter().chain(ids).copied().collect();
    let mut words: Vec<OsString> = ["day30", "check", target, "--secret", SECRET, "--only"].map(Into::into).to_vec();
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
    let cli = parse(&words, look.lang).map_err(|_| anyhow::anyhow!("day30 check {target}"))?;
    let Some(Command::Check(judged)) = cli.command else { return Ok(Exit::Unable) };
    let exit = check::run(&judged, look)?;
    conclude(attack, exit, args, look.lang);
    Ok(exit)
}

/// What the judge's verdict means for the attack.
fn conclude(attack: &Attack, exit: Exit, args: &BreakArgs, lang: Lang) {
    let (title, why, repair) = (lang.read(attack.title), lang.read(attack.why), lang.read(attack.repair));
    let command: Vec<_> = args.command.iter().map(|word| quoted(word)).collect();
    let (name, command) = (attack.name, command.join(" "));
    output::remark(&match exit {
        Exit::Fine => lang.pick(
            format!("\nattack {name} ({title}): it fails against your program. {why}"),
            format!("\n攻击 {name}（{title}）：对你的程序无效。{why}"),
        ),
        Exit::Failed => lang.pick(
            format!("\nattack {name} ({title}): it wins, or your program does not do what the lesson asks.\n{why}\nrepair: {repair}\nagain:  day30 break {name} -- {command}"),
            format!("\n攻击 {name}（{title}）：攻击成功，或者你的程序没有做到本课的要求。\n{why}\n修复：{repair}\n再试：day30 break {name} -- {command}"),
        ),
        _ => return,
    });
}

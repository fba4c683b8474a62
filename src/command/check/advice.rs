//! What can be seen of a command before it is started.

use crate::cli::CheckArgs;
use day30::both;
use day30::check::{Order, Subject, Target};
use day30::lang::Text;
use day30::program::{CommandLine, interpreter, quoted};

/// Where a command was typed without `--` before it: the line as it should be.
pub(super) fn of_missing_dashes(args: &CheckArgs, target: Target) -> Option<Text> {
    let words = &args.command;
    let typed: Vec<_> = std::env::args_os().map(|word| word.to_string_lossy().into_owned()).collect();
    let options = typed.get(1..typed.len().saturating_sub(words.len())).unwrap_or_default();
    if words.is_empty() || options.last().is_some_and(|word| word == "--") {
        return None;
    }
    // A word that was typed where an option belongs may be the secret, and is not repeated.
    if target.needs_secret() {
        let name = target.name();
        return Some(both!(
            "-- is missing before the command; write\n  day30 check {name} … -- COMMAND",
            "命令前面少了 --；请写\n  day30 check {name} … -- 命令"
        ));
    }
    let before = options.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" ");
    let program = words.first().and_then(|name| interpreter(name)).map(|program| format!("{program} "));
    let command = program.unwrap_or_default() + &CommandLine::new(words.clone()).to_string();
    Some(both!(
        "-- is missing before the command; write\n  day30 {before} -- {command}",
        "命令前面少了 --；请写\n  day30 {before} -- {command}"
    ))
}

/// What the command does not tell the program, and how that learns it then.
pub(super) fn notices(order: &Order) -> Vec<Text> {
    let Subject::Program { words, .. } = &order.subject else { return Vec::new() };
    if let Some(Text { en, zh }) = words.mangled(if order.target == Target::Hmac { "key" } else { "port" }) {
        return vec![both!("note: {en}", "注意：{zh}")];
    }
    let mut notices = Vec::new();
    if order.target != Target::Hmac && !order.passes_port() {
        notices.push(both!(
            "note: your command has no {{port}}: your program must read its port from DAY30_PORT; if the port is written into it, pass --port",
            "注意：命令里没有 {{port}}：程序要从 DAY30_PORT 读取端口；端口写死在程序里时，请用 --port"
        ));
    }
    let places = match order.target {
        Target::AuthServer | Target::AuthClient => &[("secret", "DAY30_SECRET")][..],
        Target::Hmac => &[("key", "DAY30_KEY"), ("msg", "DAY30_MSG")][..],
        _ => &[],
    };
    for (place, variable) in places.iter().filter(|(place, _)| !words.mentions(place)) {
        if *place == "secret" && words.with_place(place, order.secret.expose()).mentions(place) {
            notices.push(both!(
                "note: the secret is written into your command: with {{secret}} in its place, day30 can try another one as well",
                "注意：密钥直接写在了命令里：换成 {{secret}}，day30 就能再用另一个密钥来试"
            ));
            continue;
        }
        let (or, or_zh) = match *place {
            "secret" => ("; one that is written into it must be the same", "；写死在程序里的密钥必须与它相同"),
            _ => ("", ""),
        };
        notices.push(both!(
            "note: your command has no {{{place}}}: your program must read it from {variable}{or}",
            "注意：命令里没有 {{{place}}}：程序要从 {variable} 读取{or_zh}"
        ));
    }
    notices
}

//! `day30 auth-client`: lesson 2's client.

use super::address::{cannot_connect, server_address};
use super::attack::meant;
use super::secret::{scheme, secret};
use super::seen::{Remembered, Seen};
use super::seen_file::Trouble;
use super::session::{Role, Session, in_session};
use super::{Exit, Failed, Look, Usage};
use crate::cli::AuthClientArgs;
use day30::crypto::{Challenge, Scheme, Secret};
use day30::lang::{Lang, Text};
use day30::net::address::connect;
use day30::net::calls::Calls;
use day30::net::prove::prove;
use day30::protocol::{AuthClient, Ending, Fact, Handshake, HandshakeClient};
use day30::random;
use day30::trace::Header;
use day30::view::{describe_ending, describe_fact, describe_io_error};
use day30::{both, say};
use std::io;
use std::path::{Path, PathBuf};

pub(super) fn run(args: &AuthClientArgs, look: Look) -> anyhow::Result<Exit> {
    wants_a_session(args)?;
    let secret = secret(&args.secret, "auth-client", look.lang)?;
    let address = server_address(&args.at, "auth-client")?;
    let seen = Seen::load(args.seen.as_deref()).map_err(|why| cannot_remember(&args.seen, &why, look.lang))?;
    let header = Header::new("auth-client", "client", address.clone(), "blocking");
    in_session(Role::Client, look, &args.seeing, &header, |session| handshake(args, &secret, &seen, &address, session))
}

/// Lines go to a server that has proved itself: the notes' server closes once it has decided.
fn wants_a_session(args: &AuthClientArgs) -> Result<(), Usage> {
    let is_mutual = args.handshake.is_some_and(|name| meant(name).is_mutual());
    if args.line.iter().any(|line| line.contains('\n')) {
        return Err(Usage(both!(
            "a --line cannot hold a newline\n  give --line twice",
            "--line 不能含换行符\n  可以写两个 --line"
        )));
    }
    if args.line.is_empty() || is_mutual {
        return Ok(());
    }
    Err(Usage(both!(
        "--line needs a handshake with a session after it\n  try: day30 auth-client --secret luwei --handshake bound --line hello",
        "--line 只用于握手之后还能说话的方式\n  试试：day30 auth-client --secret luwei --handshake bound --line hello"
    )))
}

fn cannot_remember(path: &Option<PathBuf>, why: &Trouble, lang: Lang) -> anyhow::Error {
    let (path, why) = (path.as_deref().unwrap_or(Path::new("")).display(), why.describe(lang));
    anyhow::anyhow!(say!(
        lang,
        "cannot remember challenges in {path}: {why}\n  try: --seen FILE with another name, or --seen off",
        "无法把挑战值保存到 {path}：{why}\n  试试：--seen 换一个文件名，或 --seen off"
    ))
}

fn handshake(
    args: &AuthClientArgs,
    secret: &Secret,
    seen: &Seen,
    address: &str,
    session: &Session,
) -> anyhow::Result<Exit> {
    let mut calls = Calls::new(session.trace.clone());
    let (socket, link) = session
        .unless_interrupted(|| connect(address, 1, &mut calls))
        .map_err(|error| cannot_connect(address, &error, Some("auth-server --secret …")))?;
    let (to_wake, mut waker) = (socket.try_clone()?, Calls::new(session.trace.clone()));
    session.stop.on_request(move || waker.end_reading(&to_wake, link));

    let deadline = args.handshake_timeout;
    let handshake = args.handshake.map_or(Handshake::Prefix, meant);
    if handshake.is_mutual() {
        let lines = args.line.iter().map(|line| line.clone().into_bytes()).collect();
        let client = HandshakeClient::new(handshake, secret, &args.name, random::challenge()?, deadline);
        let proved = prove(socket, link, &mut client.saying(lines), &mut calls);
        if session.stop.is_requested() {
            return Ok(Exit::Interrupted);
        }
        return conclude(proved.map_err(|error| broke(address, &error))?, address, deadline.as_secs_f64(), session);
    }
    let scheme = if handshake == Handshake::Hmac { Scheme::HmacSha256 } else { scheme(args.secret.scheme) };
    let mut protocol = AuthClient::new(scheme, secret, deadline, seen.challenges());
    let proved = prove(socket, link, &mut protocol, &mut calls);
    let was_seen = protocol.answered().is_some_and(|challenge| remember(seen, challenge, session));
    if session.stop.is_requested() {
        return Ok(Exit::Interrupted);
    }
    let ending = proved.map_err(|error| broke(address, &error))?;
    match ending {
        Ending::Answered if was_seen => Err(Failed(both!(
            "{address}: this client has answered the same challenge before.\n  \
             An honest server never sends one twice: this one may want to replay your answer",
            "{address}：这个客户端以前回答过同一个挑战值。\n  诚实的服务器不会重复发送挑战值：对方可能想重放你的答案"
        ))
        .into()),
        _ => conclude(ending, address, deadline.as_secs_f64(), session),
    }
}

/// Remembers what was answered, and says whether it had been answered before. A warning is no narration: it is told also
/// with `--quiet`.
fn remember(seen: &Seen, challenge: Challenge, session: &Session) -> bool {
    let (lang, path) = (session.lang, seen.path().map(|path| path.display().to_string()).unwrap_or_default());
    let remembered = seen.remember(challenge).unwrap_or_else(|why| {
        let why = why.describe(lang);
        session.console.notice(say!(
            lang,
            "the challenge could not be remembered in {path}: {why}",
            "无法把这个挑战值保存到 {path}：{why}"
        ));
        Remembered { was_seen: seen.challenges().contains(&challenge), dropped_a_line: false }
    });
    if remembered.dropped_a_line {
        session.console.notice(say!(
            lang,
            "the last line of {path} was cut off, and was dropped",
            "{path} 的最后一行不完整，已删除"
        ));
    }
    let suspicion = Fact::ChallengeSuspicious { constant: challenge.is_constant(), seen_before: remembered.was_seen };
    // The narration has told what the protocol found, and not what another client wrote meanwhile.
    let was_told = !session.quiet && (!remembered.was_seen || seen.challenges().contains(&challenge));
    if (challenge.is_constant() || remembered.was_seen) && !was_told {
        session.console.notice(describe_fact(&suspicion, lang));
    }
    remembered.was_seen
}

fn broke(address: &str, error: &io::Error) -> Failed {
    let why = describe_io_error(error);
    Failed(both!("{address}: the connection broke during the handshake: {why}", "{address}：握手时连接断开：{why}"))
}

fn conclude(ending: Ending, address: &str, deadline: f64, session: &Session) -> anyhow::Result<Exit> {
    match ending {
        Ending::Answered => {
            session.say(session.lang.pick(
                "answered. The server does not send a verdict back: look at its screen.\n\
                 The server itself proved nothing: any server that asks gets an answer.",
                "已作答。服务器不会回复，结果只显示在它的屏幕上。\n而服务器并没有证明自己的身份：谁发来挑战值，客户端都会作答。",
            ));
            Ok(Exit::Fine)
        }
        Ending::Ok => {
            session.say(session.lang.pick("both sides have proved that they know the secret", "双方都证明了自己知道密钥"));
            Ok(Exit::Fine)
        }
        Ending::HandshakeTimeout => Err(Failed(both!(
            "{address}: the challenge (32 bytes) did not arrive within {deadline} s\n  \
             Either that server is not an auth-server and waits for the client to speak first, or it is stuck: look at its screen",
            "{address}：{deadline} 秒内没有收齐 32 字节的挑战值\n  \
             那边可能不是 auth-server，在等客户端先发数据；也可能卡住了：请看它的屏幕"
        ))
        .into()),
        _ => {
            let (slug, why) = (ending.slug(), Text::in_both(|lang| describe_ending(ending, lang)));
            Err(Failed(both!("{address}: {why} ({slug})", "{address}：{why}（{slug}）")).into())
        }
    }
}

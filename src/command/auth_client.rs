//! `day30 auth-client`: lesson 2's client.

use super::place::{cannot_connect, server_address};
use super::secret::{scheme, secret};
use super::seen::Seen;
use super::stage::{Role, Stage, on_stage};
use super::{Exit, Failed, Look};
use crate::cli::AuthClientArgs;
use day30::crypto::Secret;
use day30::lang::Lang;
use day30::net::address::connect;
use day30::net::calls::Calls;
use day30::net::prove::prove;
use day30::protocol::{AuthClient, Ending};
use day30::say;
use day30::trace::{Header, Link};
use day30::view::describe_ending;

pub(super) fn run(args: &AuthClientArgs, look: Look) -> anyhow::Result<Exit> {
    let secret = secret(&args.secret, "auth-client")?;
    let address = server_address(&args.at)?;
    let header = Header::new("auth-client", "client", address.clone(), "blocking");
    on_stage(Role::Client, look, &args.seeing, &header, |stage| handshake(args, &secret, &address, stage))
}

fn handshake(args: &AuthClientArgs, secret: &Secret, address: &str, stage: &Stage) -> anyhow::Result<Exit> {
    let seen = Seen::load(args.seen.as_deref());
    let mut calls = Calls::new(stage.trace.clone());
    let socket = stage
        .unless_interrupted(|| connect(address, &mut calls))
        .map_err(|error| cannot_connect(address, &error, "auth-server --secret …"))?;
    let link = Link { id: 1, local: socket.local_addr()?, peer: socket.peer_addr()? };
    let (to_wake, mut waker) = (socket.try_clone()?, Calls::new(stage.trace.clone()));
    stage.stop.on_request(move || waker.end_reading(&to_wake, link));

    let deadline = args.handshake_timeout;
    let answered_before = seen.challenges().to_vec();
    let mut protocol = AuthClient::new(scheme(args.secret.scheme), secret, deadline, &answered_before);
    let proved = prove(socket, link, &mut protocol, &mut calls);
    if let Some(challenge) = protocol.answered()
        && let Err(error) = seen.remember(challenge)
    {
        stage.say(say!(stage.lang, "the challenge could not be remembered: {error}", "无法保存这个挑战值：{error}"));
    }
    if stage.stop.is_requested() {
        return Ok(Exit::Interrupted);
    }
    let ending =
        proved.map_err(|error| Failed(format!("{address}: the connection broke during the handshake: {error}")))?;
    conclude(ending, address, deadline.as_secs_f64(), stage)
}

fn conclude(ending: Ending, address: &str, deadline: f64, stage: &Stage) -> anyhow::Result<Exit> {
    let why = describe_ending(ending, Lang::En);
    match ending {
        Ending::Answered => {
            stage.say(stage.lang.pick(
                "answered. The server sends no verdict back: look at its screen.\n\
                 And it proved nothing itself: whoever asks gets an answer.",
                "已作答。服务器不会回复，结果只显示在它的屏幕上。\n而服务器并没有证明自己的身份：谁发来挑战值，客户端都会作答。",
            ));
            Ok(Exit::Fine)
        }
        Ending::HandshakeTimeout => Err(Failed(format!(
            "{address}: no whole challenge within {deadline} s. Either it is no auth-server, and waits for us as we wait for it,\n  \
             or it is stuck; look at its screen"
        ))
        .into()),
        _ => Err(Failed(format!("{address}: {} ({why})", ending.slug())).into()),
    }
}

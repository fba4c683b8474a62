//! `day30 auth-server`: lesson 2.

use super::attack::meant;
use super::secret::{scheme, secret};
use super::serve::{Lesson, OnEnding, serve};
use super::session::Session;
use super::{Exit, Look};
use crate::cli::AuthServerArgs;
use day30::crypto::Scheme;
use day30::net::Served;
use day30::protocol::{AuthServer, Ending, Handshake, HandshakeServer};
use day30::random;
use day30::say;
use day30::view::describe_ending;
use std::sync::Arc;

pub(super) fn run(args: &AuthServerArgs, look: Look) -> anyhow::Result<Exit> {
    let secret = Arc::new(secret(&args.secret, "auth-server", look.lang)?);
    let (scheme, deadline) = (scheme(args.secret.scheme), args.handshake_timeout);
    let verdict = if args.server.once { verdict } else { |_: &Served, _: &Session| Exit::Fine };
    let lesson = Lesson {
        command: "auth-server",
        how: "auth-server --secret …",
        io: args.io,
        authenticates: true,
        max_unauthenticated: args.max_unauthenticated,
        verdict,
    };
    let handshake = args.handshake.map_or(Handshake::Prefix, meant);
    if handshake.is_mutual() {
        let name = Arc::<str>::from(args.name.as_str());
        let new_protocol = move || {
            let (secret, name) = (Arc::clone(&secret), Arc::clone(&name));
            Ok(HandshakeServer::new(handshake, secret, name, random::challenge()?, deadline))
        };
        return serve(&lesson, &args.server, look, new_protocol, tell);
    }
    let scheme = if handshake == Handshake::Hmac { Scheme::HmacSha256 } else { scheme };
    let new_protocol = move || Ok(AuthServer::new(scheme, Arc::clone(&secret), random::challenge()?, deadline));
    serve(&lesson, &args.server, look, new_protocol, tell)
}

/// `ok` on stdout for each client that proved itself, and on stderr why another was refused.
fn tell(session: &Session) -> OnEnding {
    let (console, lang) = (session.console.clone(), session.lang);
    Box::new(move |link, ending| match ending {
        Ending::Ok => console.result("ok"),
        // A flood of wrong answers must not be able to hold the server up.
        _ => {
            let (peer, slug, why) = (link.peer, ending.slug(), describe_ending(ending, lang));
            console.try_notice(say!(
                lang,
                "{peer} did not prove itself: {why} ({slug})",
                "{peer} 未通过验证：{why}（{slug}）"
            ));
        }
    })
}

/// With `--once`, the exit code is the one client's verdict. Stopped before anybody came, there is nothing to blame.
fn verdict(served: &Served, session: &Session) -> Exit {
    let nobody_came = served.clients == 0 && session.stop.is_requested();
    if served.endings.contains_key(&Ending::Ok) || nobody_came { Exit::Fine } else { Exit::Failed }
}

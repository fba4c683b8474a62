//! `day30 socket-server`: lesson 4, the protocol of lesson 1 with a thread for each client.

use super::serve::{Lesson, serve};
use super::{Exit, Look};
use crate::cli::SocketServerArgs;
use day30::protocol::Upper;

pub(super) fn run(args: &SocketServerArgs, look: Look) -> anyhow::Result<Exit> {
    let lesson = Lesson {
        command: "socket-server",
        how: "socket-server",
        io: args.io,
        authenticates: false,
        max_unauthenticated: None,
        verdict: |_, _| Exit::Fine,
    };
    serve(&lesson, &args.server, look, || Ok(Upper::default()), |_| Box::new(|_, _| {}))
}

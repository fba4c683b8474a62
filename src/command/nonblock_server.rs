//! `day30 nonblock-server`: lesson 1.

use super::serve::{Lesson, serve};
use super::{Exit, Look};
use crate::cli::NonblockServerArgs;
use day30::protocol::Upper;

pub(super) fn run(args: &NonblockServerArgs, look: Look) -> anyhow::Result<Exit> {
    let lesson = Lesson {
        command: "nonblock-server",
        how: "nonblock-server",
        io: args.io,
        authenticates: false,
        max_unauthenticated: None,
        verdict: |_, _| Exit::Fine,
    };
    serve(&lesson, &args.server, look, || Ok(Upper::default()), |_| Box::new(|_, _| {}))
}

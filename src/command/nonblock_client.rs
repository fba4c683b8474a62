//! `day30 nonblock-client`: lesson 1's client, which says the same thing every second.

use super::talk::{Lesson, Next, talk};
use super::{Exit, Look, Usage};
use crate::cli::NonblockClientArgs;
use day30::both;
use day30::net::client::Part;
use std::thread;
use std::time::Duration;

pub(super) fn run(args: &NonblockClientArgs, look: Look) -> anyhow::Result<Exit> {
    if args.message.is_empty() {
        return Err(Usage(both!(
            "--message is empty: nothing would be sent, so no reply would come\n  write for example: --message hello",
            "--message 是空的：什么都不会发出，也就没有回复\n  请写成：--message hello"
        ))
        .into());
    }
    let is_endless = args.count.is_none();
    let lesson = Lesson { command: "nonblock-client", server: "nonblock-server", interactive: false, is_endless };
    talk(&lesson, &args.at, &args.talking, look, |_| every(args.every, args.count, args.message.clone().into_bytes()))
}

/// The message, now and after each pause, `count` times in all or for ever.
fn every(pause: Duration, count: Option<u64>, message: Vec<u8>) -> Next {
    let mut said = 0;
    Box::new(move || {
        if count == Some(said) {
            return Ok(None);
        }
        if said > 0 {
            thread::sleep(pause);
        }
        said += 1;
        Ok(Some(Part { bytes: message.clone(), ends_message: true }))
    })
}

//! `--matrix`: every server against every client.

use super::super::named::Named;
use super::super::output::{To, styled};
use super::super::secret::secret;
use super::super::session::CANNOT_CATCH_CTRL_C;
use super::super::{Exit, Look, Usage};
use super::exit;
use crate::cli::CheckArgs;
use anyhow::Context;
use day30::both;
use day30::check::matrix::{Player, matrix};
use day30::crypto::Secret;
use day30::net::stop::{Stop, stop_on_ctrl_c};
use indicatif::ProgressBar;
use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

/// How long a program may take to start, where nothing is said. A client is one that has not listened for so long.
const START_TIMEOUT: Duration = Duration::from_secs(4);

pub(super) fn run(args: &CheckArgs, look: Look) -> anyhow::Result<Exit> {
    let mut players = Vec::new();
    for typed in &args.matrix {
        let Named { name, port, words } = Named::parse("--matrix", typed)?;
        players.push(Player { name, words, port });
    }
    let mut names = HashSet::new();
    if let Some(twice) = players.iter().find(|one| !names.insert(&one.name)) {
        return Err(Usage(both!(
            "two programs are named {:?}; each needs its own name",
            "有两个程序都叫 {:?}；名字不能相同",
            twice.name
        ))
        .into());
    }
    let wants_secret = players.iter().any(|player| player.words.mentions("secret"));
    let is_given = args.secret.secret.is_some() || args.secret.secret_file.is_some();
    let secret = if wants_secret || is_given {
        secret(&args.secret, "check --matrix …", look.lang)?
    } else {
        Secret::new(Vec::new())
    };
    let stop = Arc::new(Stop::default());
    stop_on_ctrl_c(&stop).context(CANNOT_CATCH_CTRL_C)?;
    let bar = ProgressBar::new_spinner();
    bar.enable_steady_tick(Duration::from_millis(100));
    let (memory, patience) = (u64::from(args.memory) << 20, args.start_timeout.unwrap_or(START_TIMEOUT));
    let played = matrix(&players, &secret, memory, patience, &stop, |server, client| {
        bar.set_message(format!("{server} × {client}"));
    });
    bar.finish_and_clear();
    if stop.is_requested() {
        return Ok(Exit::Interrupted);
    }
    let matrix = played.map_err(|why| anyhow::anyhow!("{}", why.of(look.lang)))?;
    styled(&matrix.draw(look.lang), To::Stdout, look.color)?;
    Ok(exit(matrix.decision()))
}

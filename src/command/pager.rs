//! Pages of text: through the pager on a terminal, as they are in a pipe.

use super::output::{To, has_styles, styled};
use super::{Exit, Look};
use day30::view::{terminal_columns, terminal_height};
use std::env;
use std::io::{self, IsTerminal, Write};
use std::process::{Command, Stdio};

/// The pager where nothing else is asked for, which goes on showing styles.
const PAGER: &str = "less";
/// What `less` does where nothing else is asked for: show styles, and end at once when all fits on the screen.
const LESS: &str = "FRX";

/// What a page needs to know of the terminal that it is written for.
#[derive(Clone, Copy, Debug)]
pub(super) struct Paper {
    pub(super) width: usize,
    pub(super) has_styles: bool,
}

impl Paper {
    pub(super) fn of(look: Look) -> Self {
        Self { width: terminal_columns(), has_styles: has_styles(look.color) }
    }
}

/// Shows a page.
pub(super) fn show(text: &str, look: Look, may_page: bool) -> anyhow::Result<Exit> {
    let is_long = text.lines().count() >= terminal_height();
    if !(may_page && is_long && io::stdout().is_terminal() && io::stdin().is_terminal() && paged(text)) {
        styled(text, To::Stdout, look.color)?;
    }
    Ok(Exit::Fine)
}

/// Hands it to the pager; false if there is none.
fn paged(text: &str) -> bool {
    let asked = env::var("PAGER").ok().filter(|pager| !pager.trim().is_empty());
    let words = shlex::split(asked.as_deref().unwrap_or(PAGER)).unwrap_or_default();
    let Some((program, arguments)) = words.split_first() else { return false };
    if env::var("TERM").is_ok_and(|term| term == "dumb") {
        return false;
    }
    let mut pager = Command::new(program);
    pager.args(arguments).stdin(Stdio::piped());
    if env::var_os("LESS").is_none() {
        pager.env("LESS", LESS);
    }
    // Where the locale that is asked for is not installed, it would show the bytes of Chinese letters.
    if env::var_os("LESSCHARSET").is_none() {
        pager.env("LESSCHARSET", "utf-8");
    }
    let Ok(mut pager) = pager.spawn() else { return false };
    // Ctrl-C is the pager's while it runs: it may end a search with it, and must leave the terminal as it was.
    let _ = ctrlc::set_handler(|| {});
    if let Some(mut stdin) = pager.stdin.take() {
        // A reader that leaves before the end has read enough.
        let _ = stdin.write_all(text.as_bytes());
    }
    let _ = pager.wait();
    true
}

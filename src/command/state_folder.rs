//! Where day30 keeps what it remembers between two runs.

use std::env;
use std::path::PathBuf;

/// The folder of the user's programs for that (XDG Base Directory Specification; `%LOCALAPPDATA%` on Windows), and day30's own in it.
pub(super) fn state_folder() -> Option<PathBuf> {
    Some(users()?.join("day30"))
}

fn users() -> Option<PathBuf> {
    if cfg!(windows) {
        return env::var_os("LOCALAPPDATA").map(PathBuf::from);
    }
    let xdg = env::var_os("XDG_STATE_HOME").map(PathBuf::from).filter(|path| path.is_absolute());
    xdg.or_else(|| env::var_os("HOME").map(|home| PathBuf::from(home).join(".local/state")))
}

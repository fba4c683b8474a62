//! What an attack is: its texts, and how it is played. Data with a name: one more of them touches no machinery.

use super::lab::Lab;
use super::seen::Seen;
use std::io;

/// One way to cheat.
#[derive(Debug)]
pub struct Attack {
    /// Its name on the command line.
    pub name: &'static str,
    /// What it shows, as one sentence. This and the next four are [`words!`](crate::words).
    pub title: &'static str,
    /// What an attacker needs for it.
    pub needs: &'static str,
    /// Why it works where it works.
    pub why: &'static str,
    /// What stops it.
    pub repair: &'static str,
    /// Where it happened, with a source.
    pub world: &'static str,
    /// Against what it is played.
    pub play: Play,
}

/// How an attack is played.
#[derive(Clone, Copy, Debug)]
pub enum Play {
    /// Against each of the five handshakes.
    Handshakes(fn(&mut Lab<'_>) -> io::Result<Seen>),
    /// Against a program with a flaw (true), and against the same program without it (false): no handshake helps there.
    Flaw(fn(&mut Lab<'_>, bool) -> io::Result<Seen>),
}

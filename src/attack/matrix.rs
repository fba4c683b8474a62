//! Every attack against everything that it can be played against, from real runs.

use super::kind::Attack;
use super::seen::Measured;
use super::{ATTACKS, Show, Victim, play};
use crate::lang::Lang;
use crate::protocol::Handshake;
use serde::Serialize;
use std::io;

/// One run of the matrix.
#[derive(Clone, Debug, Serialize)]
pub struct Cell {
    /// Against what: a handshake's name, `flawed` or `mended`.
    pub victim: &'static str,
    /// `attacker`, `defender` or `not-applicable`.
    pub winner: &'static str,
    /// What was seen.
    pub evidence: String,
    /// What was measured, by an attack that measures.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub measured: Option<Measured>,
    /// As the table has it: `W`, `–`, `n/a`.
    #[serde(skip)]
    pub mark: &'static str,
}

/// One attack's row.
#[derive(Clone, Debug, Serialize)]
pub struct Row {
    /// The attack's name.
    pub attack: &'static str,
    /// Its runs.
    pub cells: Vec<Cell>,
}

impl Row {
    /// Whether it was played against the handshakes.
    #[must_use]
    pub fn is_of_handshakes(&self) -> bool {
        self.cells.len() == Handshake::ALL.len()
    }
}

/// Plays them all; `told` hears each row as it comes. Those that measure times are left out: their outcome belongs to one machine and
/// one moment.
///
/// # Errors
///
/// What a socket call gave that should have worked.
pub fn matrix(words: &[String], lang: Lang, mut told: impl FnMut(&Row)) -> io::Result<Vec<Row>> {
    let show = Show { words: words.to_vec(), ..Show::nobody(lang) };
    let is_played = |attack: &&Attack| attack.name != "timing";
    let of_all = |attack| row(attack, &Victim::all_of(attack), &show);
    ATTACKS.iter().filter(is_played).map(|attack| of_all(attack).inspect(&mut told)).collect()
}

/// Plays one attack against these.
///
/// # Errors
///
/// What a socket call gave that should have worked.
pub fn row(attack: &'static Attack, victims: &[Victim], show: &Show) -> io::Result<Row> {
    let cell = |victim: &Victim| {
        let victim = *victim;
        let seen = play(attack, victim, show)?;
        let victim = match victim {
            Victim::Handshake(handshake) => handshake.name(),
            Victim::Flawed => "flawed",
            Victim::Mended => "mended",
        };
        let (winner, evidence) = (seen.winner.slug(), seen.evidence.of(show.lang).to_owned());
        Ok(Cell { victim, winner, evidence, measured: seen.measured, mark: seen.winner.mark() })
    };
    let cells = victims.iter().map(cell).collect::<io::Result<_>>()?;
    Ok(Row { attack: attack.name, cells })
}

//! Every student's server with every student's client.

use super::facts::Facts;
use crate::both;
use crate::check::Decision;
use crate::check::matrix::{Cell, Matrix};
use crate::lang::{Lang, Text};
use serde_json::json;

/// What came of all pairs.
#[derive(Clone, Debug)]
pub struct Meeting {
    /// The students with servers.
    pub servers: Vec<String>,
    /// The students with clients.
    pub clients: Vec<String>,
    /// For each server a row, for each client a cell.
    pub cells: Vec<Vec<Cell>>,
    /// How they were run.
    pub facts: Facts,
}

impl Meeting {
    /// The picture for a terminal.
    #[must_use]
    pub fn draw(&self, lang: Lang) -> String {
        self.matrix().draw(lang)
    }

    /// Whether all of them understood each other.
    #[must_use]
    pub fn decision(&self) -> Decision {
        self.matrix().decision()
    }

    fn matrix(&self) -> Matrix {
        let escaped = |names: &[String]| names.iter().map(|name| crate::view::escape(name.as_bytes())).collect();
        Matrix::new(escaped(&self.servers), escaped(&self.clients), self.cells.clone())
    }

    /// How many of them did.
    #[must_use]
    pub fn sum(&self) -> Text {
        let (all, ok) = (
            self.cells.iter().flatten().count(),
            self.cells.iter().flatten().filter(|cell| **cell == Cell::Ok).count(),
        );
        both!("{ok} of {all} pairs understood each other.", "{all} 对中有 {ok} 对互通。")
    }

    /// As JSON, version 1: `servers`, `clients`, and `pairs`: for each `server`, `client`, and `result` (`ok`, `wrong`, `silent`,
    /// `unprinted`, `refused`, `died`, `no-client`, `no-server`, `unknown`).
    #[must_use]
    pub fn json(&self) -> String {
        let pairs =
            self.each().map(|(server, client, cell)| json!({ "server": server, "client": client, "result": cell }));
        let value = json!({
            "format": "day30-class-pairs",
            "version": 1,
            "day30": env!("CARGO_PKG_VERSION"),
            "own_network": self.facts.allowed.own_network,
            "user": self.facts.user,
            "servers": self.servers,
            "clients": self.clients,
            "pairs": pairs.collect::<Vec<_>>(),
        });
        format!("{value:#}\n")
    }

    fn each(&self) -> impl Iterator<Item = (&String, &String, Cell)> {
        let rows = self.servers.iter().zip(&self.cells);
        rows.flat_map(|(server, row)| self.clients.iter().zip(row).map(move |(client, cell)| (server, client, *cell)))
    }
}

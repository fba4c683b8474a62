//! The picture of a matrix: a letter for each pair, and what the letters mean.

use crate::check::verdict::judgement::Decision;
use crate::lang::Lang;
use crate::say;
use crate::view::{fit, palette};
use anstyle::Style;
use serde::{Deserialize, Serialize};
use unicode_width::UnicodeWidthStr;

/// What came of a pair.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Cell {
    /// They understood each other.
    Ok,
    /// The reply was wrong.
    Wrong,
    /// The reply was missing.
    Silent,
    /// The reply came, and the client did not print it.
    Unprinted,
    /// Lesson 2: the server did not say `ok`.
    Refused,
    /// The server ended.
    Died,
    /// The client did not connect.
    NoClient,
    /// The server could not be reached.
    NoServer,
    /// Both have the same port written in, so that the judge cannot stand between them.
    Unknown,
}

impl Cell {
    /// All of them, in the legend's order.
    pub const ALL: [Self; 9] = [
        Self::Ok,
        Self::Wrong,
        Self::Silent,
        Self::Unprinted,
        Self::Refused,
        Self::Died,
        Self::NoClient,
        Self::NoServer,
        Self::Unknown,
    ];

    /// How it is drawn.
    #[must_use]
    pub fn letter(self) -> char {
        match self {
            Self::Ok => 'O',
            Self::Wrong => 'W',
            Self::Silent => 'S',
            Self::Unprinted => 'P',
            Self::Refused => 'R',
            Self::Died => 'D',
            Self::NoClient => 'C',
            Self::NoServer => 'N',
            Self::Unknown => '?',
        }
    }

    /// What the letter means.
    #[must_use]
    pub fn meaning(self, lang: Lang) -> &'static str {
        match self {
            Self::Ok => lang.pick("they understood each other", "双方互通"),
            Self::Wrong => lang.pick("the reply was wrong", "回复不对"),
            Self::Silent => lang.pick("the reply was missing", "没有回复"),
            Self::Unprinted => lang.pick("the reply came, and the client did not print it", "回复到了，客户端没有打印"),
            Self::Refused => lang.pick("the server did not say ok", "服务器没有打印 ok"),
            Self::Died => lang.pick("the server ended", "服务器结束了"),
            Self::NoClient => lang.pick("the client did not connect", "客户端没有连接"),
            Self::NoServer => lang.pick("the server could not be reached", "连不上服务器"),
            Self::Unknown => lang.pick(
                "not played: the client goes to a port that is taken, and day30 cannot stand between the two",
                "未测：客户端要连的端口已被占用，day30 无法站在两者之间",
            ),
        }
    }

    fn style(self) -> Style {
        match self {
            Self::Ok => palette::GOOD,
            Self::Unknown => palette::WAIT,
            _ => palette::BAD,
        }
    }
}

/// The whole picture.
#[derive(Clone, Debug)]
pub struct Matrix {
    pub(super) servers: Vec<String>,
    pub(super) clients: Vec<String>,
    /// For each server a row, for each client a cell.
    pub(super) cells: Vec<Vec<Cell>>,
}

impl Matrix {
    /// The matrix of these servers and clients: for each server a row of `cells`, for each client a cell in it.
    #[must_use]
    pub fn new(servers: Vec<String>, clients: Vec<String>, cells: Vec<Vec<Cell>>) -> Self {
        Self { servers, clients, cells }
    }

    /// What is decided by it: whether every pair understood each other, and there was one.
    #[must_use]
    pub fn decision(&self) -> Decision {
        let cells: Vec<_> = self.cells.iter().flatten().collect();
        let is_bad = |cell: &&Cell| !matches!(cell, Cell::Ok | Cell::Unknown);
        match () {
            () if cells.iter().any(is_bad) => Decision::Failed,
            () if cells.is_empty() || cells.contains(&&Cell::Unknown) => Decision::Open,
            () => Decision::Passed,
        }
    }

    /// The picture, with a legend of the letters that are in it.
    #[must_use]
    pub fn draw(&self, lang: Lang) -> String {
        if self.servers.is_empty() || self.clients.is_empty() {
            let (servers, clients) = (self.servers.join(", "), self.clients.join(", "));
            return say!(
                lang,
                "a matrix needs a server and a client\n  servers: {servers}\n  clients: {clients}\n",
                "矩阵至少要有一个服务器和一个客户端\n  服务器：{servers}\n  客户端：{clients}\n"
            );
        }
        let mut text = String::new();
        // Columns are numbered where their names would not fit.
        for (number, client) in self.clients.iter().enumerate() {
            text += &format!("{:>20} {}\n", number + 1, fit(client, 58));
        }
        let heads: Vec<_> = (1..=self.clients.len()).map(|number| format!("{number:>3}")).collect();
        text += &format!("\n{:18}{}\n", "", heads.concat());
        for (server, row) in self.servers.iter().zip(&self.cells) {
            let name = fit(server, 17);
            let pad = " ".repeat(18 - name.width());
            let letters = row.iter().map(|cell| {
                let (style, letter) = (cell.style(), cell.letter());
                format!("  {style}{letter}{style:#}")
            });
            text += &format!("{name}{pad}{}\n", letters.collect::<String>());
        }
        text.push('\n');
        for cell in Cell::ALL.into_iter().filter(|cell| self.cells.iter().flatten().any(|one| one == cell)) {
            let (style, letter) = (cell.style(), cell.letter());
            text += &format!("  {style}{letter}{style:#} {}\n", cell.meaning(lang));
        }
        text
    }
}

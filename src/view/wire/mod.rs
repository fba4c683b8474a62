//! The bytes that a tap saw, as a hexdump with the meaning of each field: a fold over the trace's events.

mod auth;
mod field;
mod hexdump;
mod text;

use super::actor::connection_name;
use super::calls::big_number;
use super::escape::fit;
use super::palette::{DIM, FACT, TAP};
use crate::lang::Lang;
use crate::say;
use crate::trace::{Call, Event, Link, Outcome, What};
use auth::Handshake;
use field::Field;
use hexdump::{PER_ROW, rows};
use std::collections::HashMap;
use std::net::SocketAddr;
use text::{Replies, Text, describe};

/// What is said over the connections.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Says {
    /// Not known: bytes.
    #[default]
    Bytes,
    /// Lessons 1 and 4: text, and its uppercase.
    Echo,
    /// Lesson 2: challenge, length, digest.
    Auth,
}

/// How many rows of one read are shown.
const MOST_ROWS: usize = 16;
/// More connections at once than there can be: of any more, nothing is remembered.
const REMEMBERED: usize = 4096;
/// How far rows stand from the left, so that they have 79 columns.
const INDENT: &str = " ";

/// Shows what was received, direction by direction.
#[derive(Debug)]
pub struct Wire {
    says: Says,
    lang: Lang,
    width: usize,
    /// Where the tap listens: which of its sockets are a client's.
    listens: Option<SocketAddr>,
    conversations: HashMap<u64, Conversation>,
}

/// What was said over one tapped connection so far.
#[derive(Debug, Default)]
struct Conversation {
    from_client: u64,
    from_server: u64,
    text: [Text; 2],
    replies: Replies,
    handshake: Handshake,
}

impl Wire {
    /// A view of what is said, in lines of this width.
    #[must_use]
    pub fn new(says: Says, lang: Lang, width: usize) -> Self {
        Self { says, lang, width, listens: None, conversations: HashMap::new() }
    }

    /// The lines to show below this event, if there are any. It must be given every event, in order.
    pub fn below(&mut self, event: &Event) -> Option<String> {
        let (what, link) = (&event.what, event.link);
        if let What::Call { call: Call::Bind, outcome: Outcome::Address { ok }, .. } = what {
            self.listens = Some(*ok);
        }
        let link = link?;
        match what {
            What::Ended { .. } => {
                self.conversations.remove(&link.id);
                None
            }
            What::Call { call: Call::Send, data: Some(bytes), .. } if !self.is_clients(link) => {
                self.conversation(link)?.replies.sent(bytes);
                None
            }
            What::Call { call: Call::Recv, data: Some(bytes), outcome: Outcome::Count { ok }, .. } if *ok > 0 => {
                let is_clients = self.is_clients(link);
                self.received(link, is_clients, bytes)
            }
            _ => None,
        }
    }

    fn is_clients(&self, link: Link) -> bool {
        let is_ours = |listens: SocketAddr| listens.ip() == link.local.ip() || listens.ip().is_unspecified();
        self.listens.is_some_and(|listens| listens.port() == link.local.port() && is_ours(listens))
    }

    fn conversation(&mut self, link: Link) -> Option<&mut Conversation> {
        if self.conversations.len() >= REMEMBERED && !self.conversations.contains_key(&link.id) {
            return None;
        }
        Some(self.conversations.entry(link.id).or_default())
    }

    fn received(&mut self, link: Link, is_clients: bool, bytes: &[u8]) -> Option<String> {
        let (says, lang, width) = (self.says, self.lang, self.width);
        let conversation = self.conversation(link)?;
        let fields = conversation.fields(says, is_clients, bytes, lang);
        let passed = if is_clients { &mut conversation.from_client } else { &mut conversation.from_server };
        let offset = *passed;
        *passed += bytes.len() as u64;
        let who = if is_clients {
            lang.pick("client → server", "客户端 → 服务器")
        } else {
            lang.pick("server → client", "服务器 → 客户端")
        };
        let count = big_number(bytes.len() as u64);
        let unit = if bytes.len() == 1 { "byte" } else { "bytes" };
        let connection = connection_name(link.id);
        let connection = connection.of(lang);
        let title = say!(lang, "{connection} {who}: {count} {unit}", "{connection} {who}：{count} 字节");
        Some(format!("{INDENT}{TAP}{title}{TAP:#}{}", dump(offset, bytes, &fields, lang, width)))
    }
}

impl Conversation {
    fn fields(&mut self, says: Says, is_clients: bool, bytes: &[u8], lang: Lang) -> Vec<Field> {
        let [to_server, to_client] = &mut self.text;
        match says {
            Says::Bytes => vec![Field::new(bytes.len(), "")],
            Says::Echo if is_clients => to_server.fields(bytes, lang, |text| describe(text, lang)),
            Says::Echo => {
                let verdict = self.replies.verdict(bytes).describe(lang);
                to_client.fields(bytes, lang, |text| describe(text, lang) + &verdict)
            }
            Says::Auth if is_clients => self.handshake.by_client(bytes, lang),
            Says::Auth => self.handshake.by_server(bytes, lang),
        }
    }
}

/// Each field's meaning, with its rows below. Each line begins with a newline.
fn dump(mut offset: u64, bytes: &[u8], fields: &[Field], lang: Lang, width: usize) -> String {
    let (mut text, mut rest, mut left) = (String::new(), bytes, MOST_ROWS);
    for field in fields {
        let (part, behind) = rest.split_at_checked(field.bytes).unwrap_or((rest, &[]));
        if left == 0 {
            break;
        }
        if !field.meaning.is_empty() {
            let meaning = fit(&field.meaning, width.saturating_sub(INDENT.len()));
            text += &format!("\n{INDENT}{FACT}{meaning}{FACT:#}");
        }
        for row in rows(offset, part).take(left) {
            let (place, bytes) = row.split_once(' ').unwrap_or((&row, ""));
            text += &format!("\n{INDENT}{DIM}{place}{DIM:#} {bytes}");
        }
        let shown = part.len().min(left * PER_ROW);
        left -= shown.div_ceil(PER_ROW);
        offset += shown as u64;
        rest = if shown == part.len() { behind } else { rest.get(shown..).unwrap_or_default() };
    }
    if !rest.is_empty() {
        let (more, unit) = (big_number(rest.len() as u64), if rest.len() == 1 { "byte" } else { "bytes" });
        let more =
            say!(lang, "… and {more} more {unit} (--record keeps them)", "……还有 {more} 字节（--record 会保存）");
        text += &format!("\n{INDENT}{DIM}{more}{DIM:#}");
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;
    use unicode_width::UnicodeWidthStr;

    fn plain(text: &str) -> String {
        anstream::adapter::strip_str(text).to_string()
    }

    #[test]
    fn each_field_has_its_own_rows() {
        let bytes = [&32_i32.to_le_bytes()[..], &[b'a'; 32]].concat();
        let fields = Handshake::default().by_client(&bytes, Lang::En);
        let text = plain(&dump(0, &bytes, &fields, Lang::En, 80));
        let lines: Vec<_> = text.lines().skip(1).collect();
        assert_eq!(lines[0], " length: 4 bytes, little-endian: 32");
        assert_eq!(lines[1], " 00000000  20 00 00 00                                       | ...|");
        assert!(lines[3].starts_with(" 00000004  61 61") && lines[4].starts_with(" 00000014  61"), "{text}");
        assert_eq!(lines.len(), 5);
    }

    #[test]
    fn a_dump_fits_and_a_large_one_is_cut() {
        let bytes: Vec<_> = "中文\u{1b}[2J".bytes().cycle().take(4000).collect();
        for lang in [Lang::En, Lang::Zh] {
            let mut conversation = Conversation::default();
            for says in [Says::Bytes, Says::Echo, Says::Auth] {
                let fields = conversation.fields(says, true, &bytes, lang);
                let text = plain(&dump(1 << 20, &bytes, &fields, lang, 80));
                assert!(text.lines().all(|line| line.width() <= 80), "{text}");
                assert!(text.lines().count() < 1 + 3 + MOST_ROWS + 2, "{text}");
                assert!(!text.contains('\u{1b}'), "{text}");
                let shown = text.lines().filter(|line| line.ends_with('|')).count();
                assert_eq!(shown, MOST_ROWS);
            }
        }
        let text = plain(&dump(0, &bytes, &[Field::new(4000, "")], Lang::En, 80));
        assert!(text.ends_with("\n … and 3 744 more bytes (--record keeps them)"), "{text}");
    }
}

//! `--see`: when a run ends, a page that plays it.

use super::Look;
use super::output::remark;
use anyhow::Context;
use day30::trace::{Excerpt, Header, Kept, Sink, State};
use day30::view::{big_number, player};
use day30::{say, words};
use std::env;
use std::io::Write;
use std::path::{Path, PathBuf};
use tempfile::Builder;

/// A page that would have more is slow to open. What comes after is left out, and said.
pub(super) const MOST_EVENTS: usize = 20_000;

/// A page to be written when the run is over.
pub(super) struct Page {
    header: Header,
    kept: Kept,
}

impl Page {
    /// Keeps what is told from now on, where `--see` asks for it.
    pub(super) fn of(see: bool, header: &Header) -> Option<Self> {
        see.then(|| Self { header: header.clone(), kept: Kept::first(MOST_EVENTS) })
    }

    /// The sink for a recorder.
    pub(super) fn sink(&self) -> Sink {
        self.kept.sink()
    }

    /// Writes the page into the system's folder for temporary files, and says where it is.
    pub(super) fn write(self, look: Look) -> anyhow::Result<()> {
        let (events, more) = self.kept.take();
        let Some(last) = events.last().map(|event| event.number) else { return Ok(()) };
        if more > 0 {
            let are = if more == 1 { "event is" } else { "events are" };
            let (last, more) = (big_number(last), big_number(more));
            remark(&say!(
                look.lang,
                "the page ends with event {last}; {more} more {are} left out",
                "网页到第 {last} 个事件为止；后面还有 {more} 个事件没有放进去"
            ));
        }
        write_excerpt(&Excerpt { before: State::new(&self.header), header: self.header, events }, None, look)
    }
}

/// Writes the page of an excerpt, and says where it is; it opens at this step (from 1), or at the first one.
pub(super) fn write_excerpt(excerpt: &Excerpt, step: Option<usize>, look: Look) -> anyhow::Result<()> {
    let page = player(excerpt, look.lang);
    let path = keep(&page).context(words!("cannot write the page", "无法写入网页"))?;
    let url = url(&path) + &step.map(|step| format!("#step={step}")).unwrap_or_default();
    remark(&say!(look.lang, "step by step, in a browser: {url}", "在浏览器里逐步看：{url}"));
    Ok(())
}

/// Writes it to a new file, which stays.
fn keep(page: &str) -> anyhow::Result<PathBuf> {
    let mut file = Builder::new().prefix("day30-").suffix(".html").tempfile_in(env::temp_dir())?;
    file.write_all(page.as_bytes())?;
    Ok(file.keep()?.1)
}

/// As a browser, and a terminal that opens links, has it (RFC 8089).
fn url(path: &Path) -> String {
    let path = path.to_string_lossy().replace('\\', "/");
    let slash = if path.starts_with('/') { "" } else { "/" };
    let plain = |byte: u8| byte.is_ascii_alphanumeric() || b"/-._~:".contains(&byte);
    let escaped = |byte: u8| if plain(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") };
    format!("file://{slash}{}", path.bytes().map(escaped).collect::<String>())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_path_becomes_a_link() {
        assert_eq!(url(Path::new("/tmp/day30-a.html")), "file:///tmp/day30-a.html");
        assert_eq!(url(Path::new(r"C:\Users\小 明\a.html")), "file:///C:/Users/%E5%B0%8F%20%E6%98%8E/a.html");
    }
}

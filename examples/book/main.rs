//! `make book` and `make handout`: the lessons as a book for a browser, and as sheets for paper, in both languages.
//!
//!     cargo run --example book -- book target/debug/day30 target/book
//!     cargo run --example book -- handout target/debug/day30 target/handout
//!
//! `DAY30_LESSONS=FOLDER` reads another copy of the project.
//!
//! Every page is one file: no script from elsewhere, no font, no request. Each run that a lesson shows is a real one: day30 plays it
//! now, and draws it as its ladder and as the page that plays it step by step.

mod html;
mod page;
mod runs;
mod sheet;

use anyhow::{Context, Error, bail};
use day30::lang::Lang;
use day30::lesson::DAY;
use day30::view::markdown::{Block, blocks};
use day30::view::region::{expand, read};
use html::{Html, contents, title};
use page::{Entry, Page};
use runs::Runs;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};

/// The programs that a student writes, in the order of the day.
const TARGETS: [&str; 7] =
    ["nonblock-server", "nonblock-client", "auth-server", "auth-client", "hmac", "socket-server", "socket-client"];

/// A text of the book.
struct Text {
    /// The page's name, without `.html`.
    name: String,
    blocks: Vec<Block>,
    is_lesson: bool,
}

fn main() -> anyhow::Result<()> {
    let words: Vec<_> = env::args().skip(1).collect();
    let [what, day30, out] = words.as_slice() else { bail!("usage: book book|handout DAY30 FOLDER") };
    let (day30, out) = (fs::canonicalize(day30).context("where is day30?")?, PathBuf::from(out));
    match what.as_str() {
        "book" => book(&day30, &out),
        "handout" => handout(&out),
        other => bail!("'{other}' is neither book nor handout"),
    }
}

/// The lessons in the order of the day, then the contracts.
fn texts(lang: Lang) -> anyhow::Result<Vec<Text>> {
    let root = env::var_os("DAY30_LESSONS").map_or(PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    let folder = root.join("lessons").join(lang.pick("en", "zh"));
    let read = |path: &str| read(&folder, path);
    let mut texts = Vec::new();
    for row in &DAY {
        let path = folder.join(format!("{}.md", row.name));
        if path.exists() {
            let text = expand(&fs::read_to_string(&path)?, read)
                .map_err(Error::msg)
                .with_context(|| path.display().to_string())?;
            texts.push(Text { name: row.name.to_owned(), blocks: blocks(&text), is_lesson: true });
        }
    }
    for target in TARGETS {
        let text = fs::read_to_string(folder.join("contracts").join(format!("{target}.md")))?;
        texts.push(Text { name: format!("contract-{target}"), blocks: blocks(&text), is_lesson: false });
    }
    Ok(texts)
}

fn book(day30: &Path, out: &Path) -> anyhow::Result<()> {
    write(&out.join("index.html"), &page::choice())?;
    for lang in [Lang::En, Lang::Zh] {
        let folder = out.join(lang.pick("en", "zh"));
        let runs = Runs::new(day30, &folder, lang);
        let texts = texts(lang)?;
        let entries: Vec<_> = texts.iter().map(entry).collect();
        for text in &texts {
            let html = Html { lang, is_handout: false, run: &|arguments| runs.figure(arguments) };
            let page = Page { lang, name: &text.name, title: &title(&text.blocks), entries: &entries };
            write(&folder.join(format!("{}.html", text.name)), &page.book(&html.blocks(&text.blocks)))?;
        }
        let name = lang.pick("The day", "这一天");
        let page = Page { lang, name: "index", title: name, entries: &entries };
        write(&folder.join("index.html"), &page.book(&page.day()))?;
        runs.result()?;
    }
    Ok(())
}

fn entry(text: &Text) -> Entry {
    Entry {
        name: text.name.clone(),
        title: title(&text.blocks),
        parts: contents(&text.blocks),
        is_lesson: text.is_lesson,
    }
}

/// A sheet for each lesson, the teacher's guide with its answers, and one with all contracts.
fn handout(out: &Path) -> anyhow::Result<()> {
    for lang in [Lang::En, Lang::Zh] {
        let folder = out.join(lang.pick("en", "zh"));
        let run =
            |arguments: &str| format!("<p class=\"run\"><code>$ day30 {} --see</code></p>\n", html::escaped(arguments));
        let mut contracts = String::new();
        for text in texts(lang)? {
            let is_guide = text.name == "teacher";
            let html = Html { lang, is_handout: !is_guide, run: &run };
            let blocks = if is_guide || !text.is_lesson { text.blocks.clone() } else { sheet::sheet(&text.blocks) };
            let body = html.blocks(&blocks);
            if !text.is_lesson {
                contracts += &format!("<section class=\"contract\">{body}</section>\n");
                continue;
            }
            let title = title(&text.blocks);
            let page = Page { lang, name: &text.name, title: &title, entries: &[] };
            let body = if is_guide { body.replace("<details>", "<details open>") } else { body };
            write(
                &folder.join(format!("{}.html", text.name)),
                &page.sheet(&body, if is_guide { "guide" } else { "lesson" }),
            )?;
        }
        let title = lang.pick("What your program must do", "你的程序要做到什么");
        let page = Page { lang, name: "contracts", title, entries: &[] };
        write(&folder.join("contracts.html"), &page.sheet(&contracts, "contracts"))?;
    }
    Ok(())
}

fn write(path: &Path, text: &str) -> anyhow::Result<()> {
    fs::create_dir_all(path.parent().context("a file without a folder")?)?;
    fs::write(path, text).with_context(|| format!("cannot write {}", path.display()))
}

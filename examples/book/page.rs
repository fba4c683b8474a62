//! What stands around a text: the day beside it, the other language, and its looks.

use crate::html::escaped;
use day30::lang::Lang;
use day30::lesson::DAY;

const STYLE: &str = include_str!("style.css");
const PAPER: &str = include_str!("paper.css");

/// The link to the other language keeps the place in the page.
const SCRIPT: &str =
    "document.querySelector('a.language').addEventListener('click',function(){this.hash=location.hash});";

/// A text of the book, for the table of contents.
pub(crate) struct Entry {
    pub(crate) name: String,
    pub(crate) title: String,
    /// Its headings: anchor and text.
    pub(crate) parts: Vec<(String, String)>,
    pub(crate) is_lesson: bool,
}

/// One page.
pub(crate) struct Page<'p> {
    pub(crate) lang: Lang,
    pub(crate) name: &'p str,
    pub(crate) title: &'p str,
    pub(crate) entries: &'p [Entry],
}

impl Page<'_> {
    fn head(&self, style: &str) -> String {
        let (lang, title) = (self.lang.pick("en", "zh-Hans"), escaped(self.title));
        format!(
            "<!doctype html>\n<html lang=\"{lang}\">\n<head>\n<meta charset=\"utf-8\">\n\
             <meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>{title} · day30</title>\n\
             <link rel=\"icon\" href=\"data:,\">\n<style>\n{style}</style>\n</head>\n"
        )
    }

    /// A page of the book.
    pub(crate) fn book(&self, body: &str) -> String {
        let (other, named, code) = self.lang.pick(("zh", "中文", "zh-Hans"), ("en", "English", "en"));
        let day = self.lang.pick("The day", "这一天");
        let (head, name, contents, around) = (self.head(STYLE), self.name, self.contents(), self.around());
        format!(
            "{head}<body>\n<header><a href=\"index.html\">day30</a><a class=\"contents\" href=\"#contents\">{day}</a>\
             <a class=\"language\" lang=\"{code}\" hreflang=\"{code}\" href=\"../{other}/{name}.html\">{named}</a></header>\n\
             <main>\n{body}{around}</main>\n<nav id=\"contents\" tabindex=\"-1\" aria-label=\"{day}\">\n{contents}</nav>\n\
             <script>{SCRIPT}</script>\n</body>\n</html>\n"
        )
    }

    /// The day beside the text, with the parts of this page.
    fn contents(&self) -> String {
        let one = |entry: &Entry| {
            let (is_here, title) = (entry.name == self.name, escaped(&entry.title));
            let current = if is_here { " aria-current=\"page\"" } else { "" };
            let part = |(anchor, text): &(String, String)| {
                format!("<li><a href=\"#{}\">{}</a></li>\n", escaped(anchor), escaped(text))
            };
            let parts: String = entry.parts.iter().filter(|_| is_here).map(part).collect();
            let parts = if parts.is_empty() { parts } else { format!("\n<ul>\n{parts}</ul>\n") };
            format!("<li><a href=\"{}.html\"{current}>{title}</a>{parts}</li>\n", entry.name)
        };
        let list =
            |is_lesson| self.entries.iter().filter(|entry| entry.is_lesson == is_lesson).map(one).collect::<String>();
        let contracts = self.lang.pick("What your program must do", "你的程序要做到什么");
        let is_open = if self.name.starts_with("contract-") { " open" } else { "" };
        format!(
            "<ol>\n{}</ol>\n<details{is_open}><summary>{contracts}</summary>\n<ul>\n{}</ul>\n</details>\n",
            list(true),
            list(false)
        )
    }

    /// The page before and the page behind.
    fn around(&self) -> String {
        let at = self.entries.iter().position(|entry| entry.name == self.name);
        let link = |entry: Option<&Entry>, mark: [&str; 2]| {
            let link = |entry: &Entry| {
                format!("<a href=\"{}.html\">{}{}{}</a>", entry.name, mark[0], escaped(&entry.title), mark[1])
            };
            entry.map(link).unwrap_or_default()
        };
        let before = link(at.and_then(|at| self.entries.get(at.checked_sub(1)?)), ["← ", ""]);
        let next = link(self.entries.get(at.map_or(0, |at| at + 1)), ["", " →"]);
        format!("<footer><span>{before}</span><span>{next}</span></footer>\n")
    }

    /// The day at a glance.
    pub(crate) fn day(&self) -> String {
        let mut rows = String::new();
        for row in DAY.iter().filter(|row| self.entries.iter().any(|entry| entry.name == row.name)) {
            let commands: Vec<_> =
                row.commands.iter().map(|command| format!("<code>{}</code>", escaped(command))).collect();
            let teaches = escaped(&self.lang.read(row.teaches));
            rows +=
                &format!("<dt><a href=\"{}.html\">{teaches}</a></dt>\n<dd>{}</dd>\n", row.name, commands.join("<br>"));
        }
        let lead = self.lang.pick(
            "Four lessons about sockets. Read one, run its commands in two terminals, and look at what each call does.",
            "关于 socket 的四课。每读一课，就在两个终端里运行它的命令，看看每次调用做了什么。",
        );
        format!("<h1>{}</h1>\n<p>{lead}</p>\n<dl class=\"day\">\n{rows}</dl>\n", escaped(self.title))
    }

    /// Sheets of paper; `kind` is `lesson` (two columns, two pages), `guide` or `contracts`.
    pub(crate) fn sheet(&self, body: &str, kind: &str) -> String {
        let head = self.head(PAPER);
        let name = self.lang.pick("Name: ______________________", "姓名：__________________");
        let more = self.lang.pick("all of it:", "全文：");
        let line = format!(
            "<p class=\"name\"><span>{more} <code>day30 lesson {}</code></span><span>{name}</span></p>\n",
            self.name
        );
        let line = if kind == "lesson" { line } else { String::new() };
        format!("{head}<body class=\"{kind}\">\n{line}<main>\n{body}</main>\n</body>\n</html>\n")
    }
}

/// The first page: which language?
pub(crate) fn choice() -> String {
    let page = Page { lang: Lang::En, name: "index", title: "day30", entries: &[] };
    let head = page.head(STYLE);
    format!(
        "{head}<body class=\"choice\">\n<main>\n<h1>day30</h1>\n<p><a href=\"en/index.html\">Learn what a socket does (English)</a></p>\n\
         <p lang=\"zh-Hans\"><a href=\"zh/index.html\">看懂 socket 在做什么（中文）</a></p>\n</main>\n</body>\n</html>\n"
    )
}

//! From Markdown to blocks.

use super::block::{Block, Ink, Item, Span};
use super::fold::fold;
use pulldown_cmark::{CodeBlockKind, Event, Options, Parser, Tag, TagEnd};
use unicode_width::UnicodeWidthChar;

/// The page's blocks.
#[must_use]
pub fn blocks(markdown: &str) -> Vec<Block> {
    let options = Options::ENABLE_HEADING_ATTRIBUTES | Options::ENABLE_TABLES;
    Reader { events: Parser::new_ext(markdown, options) }.blocks()
}

/// One paragraph's text, such as the question in a `<summary>`.
pub(super) fn spans(markdown: &str) -> Vec<Span> {
    match blocks(markdown).into_iter().next() {
        Some(Block::Paragraph(spans)) => spans,
        _ => vec![Span { ink: Ink::Plain, text: markdown.trim().to_owned(), link: None }],
    }
}

struct Reader<'m> {
    events: Parser<'m>,
}

impl Reader<'_> {
    /// Everything up to the end of what has begun.
    fn blocks(&mut self) -> Vec<Block> {
        let (mut blocks, mut line) = (Vec::new(), Line::default());
        while let Some(event) = self.events.next() {
            match event {
                Event::End(_) => break,
                Event::Rule => blocks.push(Block::Rule),
                Event::Start(tag) if is_block(&tag) => {
                    line.end(&mut blocks);
                    blocks.push(self.block(tag));
                }
                // The text of a tight list's item stands there without a paragraph.
                event => self.inline(event, Ink::Plain, None, &mut line),
            }
        }
        line.end(&mut blocks);
        fold(blocks, spans)
    }

    fn block(&mut self, tag: Tag<'_>) -> Block {
        match tag {
            Tag::Heading { level, id, .. } => {
                Block::Heading { level: level as usize, anchor: id.map(|id| id.to_string()), text: self.text() }
            }
            Tag::BlockQuote(_) => Block::Quote(self.blocks()),
            Tag::List(first) => Block::List(first, self.items()),
            Tag::CodeBlock(kind) => {
                let info = if let CodeBlockKind::Fenced(info) = &kind { info.to_string() } else { String::new() };
                let mut words = info.split(',').map(|word| word.trim().to_owned());
                let language = words.next().unwrap_or_default();
                let words = words.collect();
                Block::Code { language, words, text: self.raw() }
            }
            Tag::HtmlBlock => Block::Html(self.raw()),
            Tag::Table(_) => Block::Table(self.rows()),
            _ => Block::Paragraph(self.text()),
        }
    }

    fn items(&mut self) -> Vec<Item> {
        let mut items = Vec::new();
        while let Some(Event::Start(_)) = self.events.next() {
            items.push(self.blocks());
        }
        items
    }

    /// The head of a table, and its rows.
    fn rows(&mut self) -> Vec<Vec<Vec<Span>>> {
        let mut rows = Vec::new();
        while let Some(event) = self.events.next() {
            match event {
                Event::Start(Tag::TableHead | Tag::TableRow) => rows.push(Vec::new()),
                Event::Start(_) => {
                    let cell = self.text();
                    rows.last_mut().into_iter().for_each(|row: &mut Vec<_>| row.push(cell.clone()));
                }
                Event::End(TagEnd::Table) => break,
                _ => {}
            }
        }
        rows
    }

    fn text(&mut self) -> Vec<Span> {
        let mut line = Line::default();
        self.line(Ink::Plain, None, &mut line);
        line.spans
    }

    /// Everything within a line up to the end of what has begun.
    fn line(&mut self, ink: Ink, link: Option<&str>, line: &mut Line) {
        while let Some(event) = self.events.next() {
            if matches!(event, Event::End(_)) {
                break;
            }
            self.inline(event, ink, link, line);
        }
    }

    fn inline(&mut self, event: Event<'_>, ink: Ink, link: Option<&str>, line: &mut Line) {
        match event {
            Event::Text(text) => line.push(&text, ink, link),
            Event::Code(text) => line.push(&text, Ink::Code, link),
            Event::SoftBreak => line.is_broken = true,
            Event::HardBreak => line.push("\n", ink, link),
            Event::Start(Tag::Emphasis) => self.line(Ink::Emphasis, link, line),
            Event::Start(Tag::Strong) => self.line(Ink::Strong, link, line),
            Event::Start(Tag::Link { dest_url, .. }) => self.line(ink, Some(&dest_url), line),
            Event::Start(_) => self.line(ink, link, line),
            _ => {}
        }
    }

    /// The text of a block as it stands there.
    fn raw(&mut self) -> String {
        let mut raw = String::new();
        for event in self.events.by_ref() {
            match event {
                Event::Text(text) | Event::Html(text) => raw.push_str(&text),
                Event::End(_) => break,
                _ => {}
            }
        }
        raw
    }
}

fn is_block(tag: &Tag<'_>) -> bool {
    !matches!(tag, Tag::Emphasis | Tag::Strong | Tag::Strikethrough | Tag::Link { .. } | Tag::Image { .. })
}

/// A paragraph that is being read.
#[derive(Default)]
struct Line {
    spans: Vec<Span>,
    /// The source has a line break here: a space between words, nothing between Chinese characters.
    is_broken: bool,
}

impl Line {
    fn push(&mut self, text: &str, ink: Ink, link: Option<&str>) {
        let before = self.spans.last().and_then(|span| span.text.chars().last());
        let is_broken = std::mem::take(&mut self.is_broken);
        let space = if is_broken && needs_space(before, text.chars().next()) { " " } else { "" };
        let link = link.map(str::to_owned);
        match self.spans.last_mut() {
            Some(last) if last.ink == ink && last.link == link => {
                last.text += &format!("{space}{text}");
                return;
            }
            // The space belongs to neither code nor a link.
            Some(last) if last.ink == Ink::Plain && last.link.is_none() => last.text += space,
            _ if space.is_empty() => {}
            _ => self.spans.push(Span { ink: Ink::Plain, text: space.to_owned(), link: None }),
        }
        self.spans.push(Span { ink, text: text.to_owned(), link });
    }

    fn end(&mut self, blocks: &mut Vec<Block>) {
        self.is_broken = false;
        if !self.spans.is_empty() {
            blocks.push(Block::Paragraph(std::mem::take(&mut self.spans)));
        }
    }
}

/// Whether a line break in the source stands for a space: not between two Chinese characters, nor at a Chinese mark.
fn needs_space(before: Option<char>, next: Option<char>) -> bool {
    let is_wide = |letter: Option<char>| letter.is_some_and(|letter| letter.width() == Some(2));
    let is_mark = |letter: Option<char>| {
        letter.is_some_and(|letter| "，。、；：！？（）「」『』《》“”‘’【】—…‖".contains(letter))
    };
    let is_chinese = |letter| is_wide(letter) || is_mark(letter);
    let at_mark = is_mark(before) && is_wide(before) || is_mark(next) && is_wide(next);
    !(at_mark || is_chinese(before) && is_chinese(next))
}

#[cfg(test)]
mod tests {
    use super::super::block::plain;
    use super::*;

    fn paragraph(markdown: &str) -> String {
        plain(&spans(markdown))
    }

    #[test]
    fn a_line_break_is_a_space_between_words_only() {
        assert_eq!(paragraph("one\ntwo"), "one two");
        assert_eq!(paragraph("中文\n换行"), "中文换行");
        assert_eq!(paragraph("中文，\nrecv"), "中文，recv");
        assert_eq!(paragraph("中文\nrecv"), "中文 recv");
        assert_eq!(paragraph("`send`\n`recv`"), "send recv");
        assert_eq!(paragraph("他说“\n对”"), "他说“对”");
        let link = spans("a.\n[b](c.md)\n`d`");
        assert_eq!(link.iter().map(|span| span.text.as_str()).collect::<Vec<_>>(), ["a. ", "b", " ", "d"]);
    }

    #[test]
    fn anchors_words_and_links_are_found() {
        let page = blocks("# T\n\n## A b {#a}\n\n```console,pair\n1$ x\n```\n\n- [l](auth.md#replay)\n");
        let Some(Block::Heading { level: 2, anchor, text }) = page.get(1) else { panic!("{page:?}") };
        assert_eq!((anchor.as_deref(), plain(text).as_str()), (Some("a"), "A b"));
        let Some(Block::Code { language, words, text }) = page.get(2) else { panic!("{page:?}") };
        assert_eq!(
            (language.as_str(), words.as_slice(), text.as_str()),
            ("console", &["pair".to_owned()][..], "1$ x\n")
        );
        let Some(Block::List(None, items)) = page.get(3) else { panic!("{page:?}") };
        let [Block::Paragraph(spans)] = items[0].as_slice() else { panic!("{items:?}") };
        assert_eq!(spans[0].link.as_deref(), Some("auth.md#replay"));
    }
}

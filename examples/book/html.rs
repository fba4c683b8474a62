//! A lesson's blocks as HTML.

use day30::lang::Lang;
use day30::view::markdown::{Block, Ink, Item, Kind, Span, code, plain};
use std::collections::BTreeMap;

/// How many letters of a drawing fit into a column of paper.
const COLUMN: usize = 48;

/// What may be written into an element or an attribute.
pub(crate) fn escaped(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}

/// How a page is written.
pub(crate) struct Html<'h> {
    pub(crate) lang: Lang,
    /// For paper: questions have room for an answer, and a drawing that is wider than a column goes across the page.
    pub(crate) is_handout: bool,
    /// Turns the arguments of a run into what the page shows of it.
    pub(crate) run: &'h dyn Fn(&str) -> String,
}

impl Html<'_> {
    pub(crate) fn blocks(&self, blocks: &[Block]) -> String {
        let (mut html, mut rest) = (String::new(), blocks);
        while let Some((block, after)) = rest.split_first() {
            rest = after;
            if let Block::Code { language, words, text } = block
                && words.iter().any(|word| word.starts_with("file="))
            {
                // The same in two languages stands side by side.
                let beside = after.first().and_then(|next| match next {
                    Block::Code { language: other, words, text } if language == "python" && other == "rust" => {
                        Some(self.region(other, words, text))
                    }
                    _ => None,
                });
                let region = self.region(language, words, text);
                match beside {
                    Some(beside) if !self.is_handout => {
                        rest = rest.get(1..).unwrap_or_default();
                        html += &format!("<div class=\"beside\">{region}{beside}</div>\n");
                    }
                    _ => html += &region,
                }
                continue;
            }
            html += &self.block(block);
        }
        html
    }

    fn block(&self, block: &Block) -> String {
        match block {
            Block::Heading { level, anchor, text } => {
                let id = anchor.as_ref().map(|anchor| format!(" id=\"{}\"", escaped(anchor))).unwrap_or_default();
                format!("<h{level}{id}>{}</h{level}>\n", self.spans(text))
            }
            Block::Paragraph(text) => format!("<p>{}</p>\n", self.spans(text)),
            Block::Code { language, text, .. } if language == "see" => (self.run)(text.trim()),
            Block::Code { language, words, text } if language == "console" => {
                self.console(text, words.iter().any(|word| word == "pair"))
            }
            Block::Code { text, .. } => {
                let is_wide = self.is_handout && text.lines().any(|line| line.chars().count() > COLUMN);
                let class = if is_wide { " class=\"wide\"" } else { "" };
                format!("<pre{class} tabindex=\"0\"><code>{}</code></pre>\n", escaped(text))
            }
            Block::List(first, items) => self.list(*first, items),
            Block::Quote(inner) => format!("<blockquote>{}</blockquote>\n", self.blocks(inner)),
            Block::Question(question, _) if self.is_handout => {
                format!(
                    "<div class=\"question\"><p>{}</p><div class=\"line\"></div><div class=\"line\"></div></div>\n",
                    self.spans(question)
                )
            }
            Block::Question(question, answer) => {
                let (question, answer) = (self.spans(question), self.blocks(answer));
                format!("<details><summary>{question}</summary>\n{answer}</details>\n")
            }
            Block::Table(rows) => self.table(rows),
            Block::Rule => "<hr>\n".to_owned(),
            Block::Html(_) => String::new(),
        }
    }

    fn spans(&self, spans: &[Span]) -> String {
        let span = |span: &Span| {
            let text = escaped(&span.text).replace('\n', "<br>");
            let text = match span.ink {
                Ink::Plain => text,
                Ink::Emphasis => format!("<em>{text}</em>"),
                Ink::Strong => format!("<strong>{text}</strong>"),
                Ink::Code => format!("<code>{text}</code>"),
            };
            let link = span.link.as_deref().filter(|_| !self.is_handout);
            link.map_or(text.clone(), |link| format!("<a href=\"{}\">{text}</a>", escaped(&target(link))))
        };
        spans.iter().map(span).collect()
    }

    fn list(&self, first: Option<u64>, items: &[Item]) -> String {
        let inner: String = items.iter().map(|item| self.item(item)).collect();
        match first {
            Some(1) => format!("<ol>\n{inner}</ol>\n"),
            Some(first) => format!("<ol start=\"{first}\">\n{inner}</ol>\n"),
            None => format!("<ul>\n{inner}</ul>\n"),
        }
    }

    fn item(&self, item: &Item) -> String {
        match item.as_slice() {
            [Block::Paragraph(text), rest @ ..] => format!("<li>{}{}</li>\n", self.spans(text), self.blocks(rest)),
            blocks => format!("<li>{}</li>\n", self.blocks(blocks)),
        }
    }

    fn table(&self, rows: &[Vec<Vec<Span>>]) -> String {
        let row = |(place, row): (usize, &Vec<Vec<Span>>)| {
            let cell = if place == 0 { "th" } else { "td" };
            let cells: String = row.iter().map(|text| format!("<{cell}>{}</{cell}>", self.spans(text))).collect();
            format!("<tr>{cells}</tr>\n")
        };
        let rows: String = rows.iter().enumerate().map(row).collect();
        format!("<div class=\"table\" tabindex=\"0\"><table>\n{rows}</table></div>\n")
    }

    /// Code of a real file.
    fn region(&self, language: &str, words: &[String], text: &str) -> String {
        let file = words.iter().find_map(|word| word.strip_prefix("file=")).unwrap_or_default();
        let code: String = lines(language, text).iter().map(Line::html).collect();
        let named = match language {
            "python" => "Python · ",
            "rust" => "Rust · ",
            _ => "",
        };
        let file = format!("{named}{}", escaped(file));
        format!(
            "<figure class=\"code\"><figcaption>{file}</figcaption><pre tabindex=\"0\"><code>{code}</code></pre></figure>\n"
        )
    }

    /// What is typed and what it prints: a box for each terminal.
    fn console(&self, text: &str, is_pair: bool) -> String {
        let mut terminals: BTreeMap<u32, String> = BTreeMap::new();
        let mut at = 1;
        for line in text.lines() {
            let digits = line.trim_start_matches(|letter: char| letter.is_ascii_digit());
            let shown = if let Some(command) = digits.strip_prefix("$ ") {
                at = line.split('$').next().and_then(|number| number.parse().ok()).unwrap_or(1);
                format!("<span class=\"prompt\">$ </span><b>{}</b>\n", escaped(command))
            } else {
                format!("{}\n", escaped(line))
            };
            *terminals.entry(at).or_default() += &shown;
        }
        let caption = |number: &u32| match self.lang {
            Lang::En => format!("<figcaption>terminal {number}</figcaption>"),
            Lang::Zh => format!("<figcaption>终端 {number}</figcaption>"),
        };
        let one = |(number, lines): (&u32, &String)| {
            let caption = if is_pair { caption(number) } else { String::new() };
            format!("<figure class=\"console\">{caption}<pre tabindex=\"0\"><code>{lines}</code></pre></figure>\n")
        };
        let all: String = terminals.iter().map(one).collect();
        if is_pair { format!("<div class=\"terminals\">\n{all}</div>\n") } else { all }
    }
}

/// A line of code.
#[derive(Default)]
struct Line {
    /// The columns before its first word.
    indent: usize,
    html: String,
}

impl Line {
    fn push(&mut self, kind: Kind, text: &str) {
        if self.html.trim().is_empty() {
            self.indent += text.len() - text.trim_start().len();
        }
        let text = escaped(text);
        self.html += &match kind {
            Kind::Plain => text,
            Kind::Keyword => format!("<b>{text}</b>"),
            Kind::Text => format!("<span class=\"text\">{text}</span>"),
            // Comments that stand in a column of their own would stand outside of a narrow page.
            Kind::Comment if text.starts_with("// ") => {
                format!("<i>// {}</i>", text.trim_start_matches('/').trim_start())
            }
            Kind::Comment => format!("<i>{text}</i>"),
        };
    }

    /// What does not fit goes on further to the right than where the line begins.
    fn html(&self) -> String {
        format!("<span class=\"row\" style=\"--in:{}ch\">{}\n</span>", self.indent + 2, self.html)
    }
}

fn lines(language: &str, text: &str) -> Vec<Line> {
    let mut lines = vec![Line::default()];
    for (kind, piece) in code(language, text.trim_end_matches('\n')) {
        for (at, part) in piece.split('\n').enumerate() {
            if at > 0 {
                lines.push(Line::default());
            }
            if let Some(line) = lines.last_mut().filter(|_| !part.is_empty()) {
                line.push(kind, part);
            }
        }
    }
    lines
}

/// A link between lessons, as the book has it.
fn target(link: &str) -> String {
    if link.contains("://") { link.to_owned() } else { link.replacen(".md", ".html", 1) }
}

/// The headings below the title, for the table of contents.
pub(crate) fn contents(blocks: &[Block]) -> Vec<(String, String)> {
    let heading = |block: &Block| match block {
        Block::Heading { level: 2, anchor: Some(anchor), text } => Some((anchor.clone(), plain(text))),
        _ => None,
    };
    blocks.iter().filter_map(heading).collect()
}

/// What the title says.
pub(crate) fn title(blocks: &[Block]) -> String {
    blocks
        .iter()
        .find_map(|block| if let Block::Heading { level: 1, text, .. } = block { Some(plain(text)) } else { None })
        .unwrap_or_default()
}

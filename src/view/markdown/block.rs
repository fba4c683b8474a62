//! What a page is made of.

/// How a piece of text is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Ink {
    /// As everything else.
    Plain,
    /// `*so*`
    Emphasis,
    /// `**so**`
    Strong,
    /// In backticks.
    Code,
}

/// A piece of text within a paragraph.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// How it is meant.
    pub ink: Ink,
    /// The text, with `\n` for a line break that is meant.
    pub text: String,
    /// Where it leads, where it is a link: `auth.md#replay`, `#replay`, `https://…`.
    pub link: Option<String>,
}

/// One item of a list.
pub type Item = Vec<Block>;

/// A part of a page that begins on a new line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Block {
    /// A heading.
    Heading {
        /// 1 is the title.
        level: usize,
        /// What a link to it names.
        anchor: Option<String>,
        /// What it says.
        text: Vec<Span>,
    },
    /// A paragraph.
    Paragraph(Vec<Span>),
    /// Code, or something typed and what it prints.
    Code {
        /// The first word behind the fence: `python`, `rust`, `console`, `see`, or nothing.
        language: String,
        /// The other words: `pair`, `figures`.
        words: Vec<String>,
        /// Its lines.
        text: String,
    },
    /// A list; a numbered one has the first number.
    List(Option<u64>, Vec<Item>),
    /// A quotation.
    Quote(Vec<Block>),
    /// A question, and the answer that is folded away.
    Question(Vec<Span>, Vec<Block>),
    /// A table: the head, then the rows.
    Table(Vec<Vec<Vec<Span>>>),
    /// A line across.
    Rule,
    /// Lines of HTML, until their meaning is found.
    Html(String),
}

/// The text without its looks.
#[must_use]
pub fn plain(spans: &[Span]) -> String {
    spans.iter().map(|span| span.text.as_str()).collect()
}

/// The part of a page that its anchor names: the heading, and all below it up to the next one of its rank.
#[must_use]
pub fn section<'b>(blocks: &'b [Block], anchor: &str) -> Option<&'b [Block]> {
    let rank = |block: &Block| if let Block::Heading { level, .. } = block { Some(*level) } else { None };
    let is_it = |block: &Block| matches!(block, Block::Heading { anchor: Some(known), .. } if known == anchor);
    let begin = blocks.iter().position(is_it)?;
    let own = blocks.get(begin).and_then(rank)?;
    let rest = blocks.get(begin + 1..)?;
    let end = rest.iter().position(|block| rank(block).is_some_and(|level| level <= own)).unwrap_or(rest.len());
    blocks.get(begin..=begin + end)
}

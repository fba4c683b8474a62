//! What of a lesson goes onto its two pages: what a class does in the room, whole; of the rest, what it is about and where to read it.

use day30::view::markdown::{Block, Ink, Item, Span};

/// The parts that are printed whole.
const WHOLE: [&str; 9] =
    ["purpose", "wire", "calls", "trace", "one-machine", "try", "questions", "exercises", "read-on"];

/// The blocks of the sheet.
pub(crate) fn sheet(blocks: &[Block]) -> Vec<Block> {
    with_one_region(&parts(blocks))
}

/// Code is left out but for its first region, and so is what leads to the code.
fn with_one_region(blocks: &[Block]) -> Vec<Block> {
    let (mut sheet, mut regions) = (Vec::new(), 0);
    for block in blocks {
        let is_region =
            matches!(block, Block::Code { words, .. } if words.iter().any(|word| word.starts_with("file=")));
        regions += usize::from(is_region);
        if !is_region || regions == 1 {
            sheet.push(block.clone());
        } else if let Some(Block::Paragraph(text)) = sheet.last() {
            let complete = complete(text).map(Block::Paragraph);
            sheet.pop();
            sheet.extend(complete);
        }
    }
    sheet
}

fn parts(blocks: &[Block]) -> Vec<Block> {
    let mut sheet = Vec::new();
    let mut rest = blocks;
    while let Some((heading, after)) = rest.split_first() {
        let end = after.iter().position(|block| rank(block).is_some_and(|rank| rank <= 2)).unwrap_or(after.len());
        let (inner, next) = after.split_at(end);
        rest = next;
        match heading {
            Block::Heading { level: 2, anchor: Some(anchor), text } if !WHOLE.contains(&anchor.as_str()) => {
                sheet.push(pointed(text, anchor));
                sheet.extend(inner.iter().find_map(|block| match block {
                    Block::Paragraph(text) => complete(text).map(Block::Paragraph),
                    _ => None,
                }));
                let parts: Vec<Item> = inner.iter().filter_map(part).collect();
                sheet.extend((!parts.is_empty()).then_some(Block::List(None, parts)));
            }
            heading => {
                sheet.push(heading.clone());
                sheet.extend_from_slice(inner);
            }
        }
    }
    sheet
}

fn rank(block: &Block) -> Option<usize> {
    if let Block::Heading { level, .. } = block { Some(*level) } else { None }
}

/// A heading that says where its part can be read.
fn pointed(text: &[Span], anchor: &str) -> Block {
    let span = |ink, text: String| Span { ink, text, link: None };
    let place = [span(Ink::Plain, "  ".into()), span(Ink::Code, format!("#{anchor}"))];
    Block::Heading { level: 2, anchor: None, text: [text, &place].concat() }
}

/// A paragraph without its last sentence, where that leads to something that is not printed; `None` if nothing is left.
fn complete(text: &[Span]) -> Option<Vec<Span>> {
    let mut text = text.to_vec();
    if !text.last()?.text.ends_with([':', '：']) {
        return Some(text);
    }
    while let Some(span) = text.last_mut() {
        let end = |mark: &str| span.text.rfind(mark).map(|at| at + mark.trim_end().len());
        let ends = if span.ink == Ink::Plain { [". ", "? ", "。", "？"].map(end) } else { [None; 4] };
        if let Some(end) = ends.into_iter().flatten().max() {
            span.text.truncate(end);
            return Some(text);
        }
        text.pop();
    }
    None
}

/// A heading within a part, as an item of a list.
fn part(block: &Block) -> Option<Item> {
    let Block::Heading { level: 3, text, .. } = block else { return None };
    Some(vec![Block::Paragraph(text.clone())])
}

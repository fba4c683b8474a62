//! Questions with answers: `<details>` and `<summary>`, each tag on a line of its own. Any other HTML is left out.

use super::block::{Block, Span};

/// The same blocks, where each `<details>` up to its `</details>` is one question; `spans` reads its words.
pub(super) fn fold(blocks: Vec<Block>, spans: fn(&str) -> Vec<Span>) -> Vec<Block> {
    // The page, and what is open in it: the question's words, and the blocks so far.
    let (mut page, mut open): (Vec<Block>, Vec<(String, Vec<Block>)>) = (Vec::new(), Vec::new());
    for block in blocks {
        let Block::Html(html) = block else {
            open.last_mut().map_or(&mut page, |(_, inner)| inner).push(block);
            continue;
        };
        let mut is_in_summary = false;
        for line in html.lines().map(str::trim) {
            match line {
                "<details>" => open.push(Default::default()),
                "</details>" => {
                    let Some((question, answer)) = open.pop() else { continue };
                    let block = Block::Question(spans(&question), answer);
                    open.last_mut().map_or(&mut page, |(_, inner)| inner).push(block);
                }
                _ => {
                    is_in_summary |= line.starts_with("<summary>");
                    let text = line.trim_start_matches("<summary>").trim_end_matches("</summary>");
                    if let Some((question, _)) = open.last_mut().filter(|_| is_in_summary) {
                        *question += &format!("{text}\n");
                    }
                    is_in_summary &= !line.ends_with("</summary>");
                }
            }
        }
    }
    // A tag that is forgotten at the end hides nothing.
    for (question, answer) in open {
        page.push(Block::Question(spans(&question), answer));
    }
    page
}

#[cfg(test)]
mod tests {
    use super::super::block::plain;
    use super::super::parse::blocks;
    use super::*;

    #[test]
    fn a_question_hides_its_answer() {
        let page = blocks(
            "<!-- why -->\n\n<details>\n<summary>What does `recv`\nreturn?</summary>\n\nBytes.\n\n- one\n\n</details>\n<details>\n<summary>Two</summary>\n\n2\n\n</details>\n\nend\n",
        );
        let [Block::Question(one, answer), Block::Question(two, _), Block::Paragraph(_)] = page.as_slice() else {
            panic!("{page:?}")
        };
        assert_eq!((plain(one), plain(two)), ("What does recv return?".to_owned(), "Two".to_owned()));
        assert_eq!(answer.len(), 2);
    }
}

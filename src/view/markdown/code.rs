//! Code, coloured a little: comments, texts, and the words of the language. What is bold says more than what is coloured.

/// What a piece of code is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Names, numbers, brackets.
    Plain,
    /// A word of the language, such as `while`.
    Keyword,
    /// A text in quotes.
    Text,
    /// A comment.
    Comment,
}

const PYTHON: &str = "and as assert async await break class continue def del elif else except False finally for from global if import \
    in is lambda None nonlocal not or pass raise return True try while with yield";
const RUST: &str = "as async await break const continue crate else enum fn for if impl in let loop match mod move mut pub ref return \
    self Self static struct super trait true false type unsafe use where while";

/// The pieces of a code block, in order; nothing is lost. A language that is not known is plain.
#[must_use]
pub fn code<'t>(language: &str, text: &'t str) -> Vec<(Kind, &'t str)> {
    let (words, comment) = match language {
        "python" => (PYTHON, "#"),
        "rust" => (RUST, "//"),
        _ => return vec![(Kind::Plain, text)],
    };
    let (mut pieces, mut rest) = (Vec::new(), text);
    while !rest.is_empty() {
        let (kind, length) = piece(rest, words, comment);
        let (piece, after) = rest.split_at_checked(length.max(1)).unwrap_or((rest, ""));
        pieces.push((kind, piece));
        rest = after;
    }
    pieces
}

/// What stands at the beginning, and how long it is.
fn piece(text: &str, words: &str, comment: &str) -> (Kind, usize) {
    let is_word = |letter: char| letter.is_alphanumeric() || letter == '_';
    let Some(first) = text.chars().next() else { return (Kind::Plain, 0) };
    if text.starts_with(comment) {
        return (Kind::Comment, text.find('\n').unwrap_or(text.len()));
    }
    if let Some(quote) = ["\"\"\"", "'''", "\"", "'"].into_iter().find(|quote| text.starts_with(quote)) {
        return quoted(text, quote, comment == "//");
    }
    if is_word(first) {
        let length = text.find(|letter| !is_word(letter)).unwrap_or(text.len());
        let is_keyword = text.get(..length).is_some_and(|word| words.split_whitespace().any(|known| known == word));
        return (if is_keyword { Kind::Keyword } else { Kind::Plain }, length);
    }
    let is_more = |letter: &char| !is_word(*letter) && !"\"'#/".contains(*letter);
    let length: usize = text.chars().skip(1).take_while(is_more).map(char::len_utf8).sum();
    (Kind::Plain, first.len_utf8() + length)
}

/// A text up to its closing quote. Rust's `'` may also begin a lifetime.
fn quoted(text: &str, quote: &str, is_rust: bool) -> (Kind, usize) {
    let mut is_escaped = false;
    for (at, letter) in text.char_indices().skip(quote.len()) {
        match letter {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            _ if text.get(at..).is_some_and(|rest| rest.starts_with(quote)) => return (Kind::Text, at + quote.len()),
            '\n' if quote.len() == 1 => break,
            _ if is_rust && quote == "'" && at > 1 => break,
            _ => {}
        }
    }
    (Kind::Plain, quote.len())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(kind: Kind, language: &str, text: &str) -> Vec<String> {
        code(language, text)
            .into_iter()
            .filter(|(known, _)| *known == kind)
            .map(|(_, piece)| piece.to_owned())
            .collect()
    }

    #[test]
    fn words_texts_and_comments() {
        let python = "while True:\n    x = 'a\\'b'  # for\n";
        assert_eq!(of(Kind::Keyword, "python", python), ["while", "True"]);
        assert_eq!(of(Kind::Text, "python", python), ["'a\\'b'"]);
        assert_eq!(of(Kind::Comment, "python", python), ["# for"]);
        let rust = "let a: &'static str = \"b\"; // x\nlet c = '\"';";
        assert_eq!(of(Kind::Text, "rust", rust), ["\"b\"", "'\"'"]);
        assert_eq!(of(Kind::Keyword, "rust", rust), ["let", "static", "let"]);
        assert_eq!(code("text", "while"), [(Kind::Plain, "while")]);
    }

    proptest! {
        #[test]
        fn nothing_is_lost(text in "[a-z'\"#/\\\\ \n中]{0,40}") {
            for language in ["python", "rust", ""] {
                let all: String = code(language, &text).into_iter().map(|(_, piece)| piece).collect();
                prop_assert_eq!(&all, &text);
            }
        }
    }
}

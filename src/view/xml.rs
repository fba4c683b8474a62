//! Text inside XML: an SVG that is drawn, a report that is read by other programs.

/// The text as XML has it. What XML forbids, and what would turn the text around, is a replacement character.
#[must_use]
pub fn escape_xml(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for letter in text.chars() {
        match letter {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '"' => escaped.push_str("&quot;"),
            '\t' | '\n' | '\r' => escaped.push(' '),
            '\u{fffe}' | '\u{ffff}' | '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' => escaped.push('\u{fffd}'),
            _ if letter.is_control() => escaped.push('\u{fffd}'),
            _ => escaped.push(letter),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_can_end_a_text() {
        assert_eq!(
            escape_xml("<a href=\"x\">&\u{1b}[2J\u{202e}\n中"),
            "&lt;a href=&quot;x&quot;&gt;&amp;\u{fffd}[2J\u{fffd} 中"
        );
    }
}

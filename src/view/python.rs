//! Bytes as Python prints them: the notes show a digest as `b'(\x0c\xe2H…'`, and a student compares letter by letter.

use std::fmt::Write;

/// `bytes` as Python's `repr` writes them: single quotes unless only a double one avoids escaping.
///
/// ```
/// assert_eq!(day30::view::bytes_literal(b"(\x0c'\xe2H\\\n"), r#"b"(\x0c'\xe2H\\\n""#);
/// ```
#[must_use]
pub fn bytes_literal(bytes: &[u8]) -> String {
    let quote = if bytes.contains(&b'\'') && !bytes.contains(&b'"') { '"' } else { '\'' };
    let mut literal = format!("b{quote}");
    for &byte in bytes {
        match byte {
            b'\\' => literal.push_str("\\\\"),
            b'\t' => literal.push_str("\\t"),
            b'\n' => literal.push_str("\\n"),
            b'\r' => literal.push_str("\\r"),
            b'\'' if quote == '\'' => literal.push_str("\\'"),
            b' '..=b'~' => literal.push(char::from(byte)),
            // Writing to a String cannot fail.
            _ => _ = write!(literal, "\\x{byte:02x}"),
        }
    }
    literal.push(quote);
    literal
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn as_python_prints_them() {
        // Each right side is what `print(…)` of Python 3 shows.
        assert_eq!(
            bytes_literal(b"(\x0c\xe2H\xe8H\xbc\xd4\xe5\xa3\x1a\x03h)\xd1\x85"),
            r"b'(\x0c\xe2H\xe8H\xbc\xd4\xe5\xa3\x1a\x03h)\xd1\x85'"
        );
        assert_eq!(bytes_literal(b"it's"), r#"b"it's""#);
        assert_eq!(bytes_literal(b"'\""), r#"b'\'"'"#);
        assert_eq!(bytes_literal(b"\"\\\t\r\n\0\x7f"), r#"b'"\\\t\r\n\x00\x7f'"#);
        assert_eq!(bytes_literal(b""), "b''");
    }
}

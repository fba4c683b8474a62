//! Bytes as `hexdump -C` shows them: offset, hex digits, and text where that is printable ASCII.

use std::fmt::Write;

/// How many bytes stand in a row, which then has 78 columns.
pub(super) const PER_ROW: usize = 16;

/// Rows of bytes that stand at this offset of their stream. Nothing in them can command a terminal.
pub(super) fn rows(offset: u64, bytes: &[u8]) -> impl Iterator<Item = String> {
    let offsets = (offset..).step_by(PER_ROW);
    bytes.chunks(PER_ROW).zip(offsets).map(|(bytes, offset)| row(offset, bytes))
}

fn row(offset: u64, bytes: &[u8]) -> String {
    let mut row = format!("{offset:08x} ");
    for place in 0..PER_ROW {
        if place % 8 == 0 {
            row.push(' ');
        }
        // Writing to a String cannot fail.
        let _ = match bytes.get(place) {
            Some(byte) => write!(row, "{byte:02x} "),
            None => write!(row, "   "),
        };
    }
    let shown = |byte: &u8| if byte.is_ascii_graphic() || *byte == b' ' { char::from(*byte) } else { '.' };
    row + " |" + &bytes.iter().map(shown).collect::<String>() + "|"
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_row_is_as_hexdump_has_it() {
        let bytes: Vec<_> = (0x3c..0x3c + 18).collect();
        let all: Vec<_> = rows(0x10, &bytes).collect();
        assert_eq!(
            all,
            [
                "00000010  3c 3d 3e 3f 40 41 42 43  44 45 46 47 48 49 4a 4b  |<=>?@ABCDEFGHIJK|",
                "00000020  4c 4d                                             |LM|",
            ]
        );
        assert_eq!(all[0].len(), 78);
        assert!(rows(0, b"\x1b]\xff\n").next().unwrap().ends_with("|.]..|"));
        assert_eq!(rows(0, b"").count(), 0);
    }
}

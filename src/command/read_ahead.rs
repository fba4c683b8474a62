//! Reads a file in a thread of its own, so that the next piece is there when the one before is digested.

use std::io::{self, BufRead, Read};
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::thread;

/// How much is read at once.
const PIECE: usize = 256 * 1024;
/// One piece is digested, one is ready, one is being read.
const PIECES: usize = 3;

/// A reader that is ahead of whoever reads from it, by a bounded number of pieces.
pub(super) struct ReadAhead {
    /// Each with the number of bytes that were read into it.
    full: Receiver<io::Result<(Vec<u8>, usize)>>,
    /// Pieces that were read from here go back, to be filled again.
    empty: SyncSender<Vec<u8>>,
    piece: Vec<u8>,
    /// How much of the piece was filled.
    filled: usize,
    /// How much of the piece was consumed.
    consumed: usize,
}

impl ReadAhead {
    /// Begins to read.
    ///
    /// # Errors
    ///
    /// When the operating system gives no thread.
    pub(super) fn of(reader: impl Read + Send + 'static) -> io::Result<Self> {
        let (filled, full) = mpsc::sync_channel(PIECES);
        let (empty, to_fill) = mpsc::sync_channel(PIECES + 1);
        for _ in 0..PIECES {
            // There is room for all of them.
            let _ = empty.send(Vec::new());
        }
        thread::Builder::new().name("read-ahead".into()).spawn(move || read(reader, &to_fill, &filled))?;
        Ok(Self { full, empty, piece: Vec::new(), filled: 0, consumed: 0 })
    }
}

/// Reads until the end, an error, or nobody wants any more. The end is a piece of no bytes.
fn read(mut reader: impl Read, to_fill: &Receiver<Vec<u8>>, filled: &SyncSender<io::Result<(Vec<u8>, usize)>>) {
    while let Ok(mut piece) = to_fill.recv() {
        // It comes back as long as it went: nothing is filled with zeros a second time.
        piece.resize(PIECE, 0);
        let count = loop {
            match reader.read(&mut piece) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
                count => break count,
            }
        };
        let is_last = !matches!(count, Ok(1..));
        let piece = count.map(|count| (piece, count));
        if filled.send(piece).is_err() || is_last {
            return;
        }
    }
}

impl BufRead for ReadAhead {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.consumed == self.filled {
            // After the last piece nobody sends, and there are no more bytes.
            let (next, filled) = self.full.recv().unwrap_or_else(|_| Ok((Vec::new(), 0)))?;
            let _ = self.empty.try_send(std::mem::replace(&mut self.piece, next));
            (self.consumed, self.filled) = (0, filled);
        }
        Ok(self.piece.get(self.consumed..self.filled).unwrap_or_default())
    }

    fn consume(&mut self, count: usize) {
        self.consumed = (self.consumed + count).min(self.filled);
    }
}

impl Read for ReadAhead {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let count = self.fill_buf()?.read(buffer)?;
        self.consume(count);
        Ok(count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::Cursor;

    #[test]
    fn every_byte_comes_in_order() {
        for size in [0, 1, PIECE - 1, PIECE, PIECE + 1, 7 * PIECE + 11] {
            let bytes: Vec<_> = (0..size).map(|place| (place % 251) as u8).collect();
            let mut came = Vec::new();
            ReadAhead::of(Cursor::new(bytes.clone())).unwrap().read_to_end(&mut came).unwrap();
            assert!(came == bytes, "{size}");
        }
    }

    #[test]
    fn an_error_comes_where_it_happened() {
        struct Broken(bool);
        impl Read for Broken {
            fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
                if std::mem::replace(&mut self.0, true) {
                    Err(io::Error::other("no more"))
                } else {
                    Ok(buffer.len().min(3))
                }
            }
        }
        let mut came = Vec::new();
        let error = ReadAhead::of(Broken(false)).unwrap().read_to_end(&mut came).unwrap_err();
        assert_eq!((came.len(), error.to_string().as_str()), (3, "no more"));
    }
}

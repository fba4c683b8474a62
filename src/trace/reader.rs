//! Reads a record again, line by line, in bounded memory.

use super::Event;
use super::journal::{FORMAT, Header, VERSION};
use super::line::Line;
use crate::both;
use crate::lang::Text;
use serde::Deserialize;
use std::error::Error;
use std::fmt;
use std::io::{self, BufRead, Read};

/// The longest line that is read. The payload of a call and the surplus of a fact have bounds; nothing that we write is half as long.
const LONGEST: u64 = 256 * 1024;

/// Why a record, or the rest of it, cannot be read.
#[derive(Debug)]
pub enum ReadError {
    /// The system's error.
    Io(io::Error),
    /// It is something else than a record.
    NoRecord,
    /// It is of a version that this one cannot read.
    Newer(u32),
    /// This line is not as it should be.
    Line(u64, Text),
    /// The file ends in the middle of this line: whoever wrote it was killed, or the disk was full.
    CutOff(u64),
}

impl fmt::Display for ReadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = match self {
            Self::Io(error) => return error.fmt(f),
            Self::NoRecord => both!(
                "it is not a record of day30: its first line is no header",
                "这不是 day30 的记录：第一行不是记录的头"
            ),
            Self::Newer(version) => both!(
                "it has format version {version}, and this day30 reads up to {VERSION}",
                "它的格式版本是 {version}，这个 day30 只能读到 {VERSION}"
            ),
            Self::Line(number, why) => both!("line {number}: {}", "第 {number} 行：{}", why),
            Self::CutOff(number) => both!(
                "the record ends in the middle of line {number}; what comes before it is complete",
                "记录在第 {number} 行中间断了；前面的内容是完整的"
            ),
        };
        text.fmt(f)
    }
}

impl Error for ReadError {
    fn source(&self) -> Option<&(dyn Error + 'static)> {
        match self {
            Self::Io(error) => error.source(),
            _ => None,
        }
    }
}

impl From<io::Error> for ReadError {
    fn from(error: io::Error) -> Self {
        Self::Io(error)
    }
}

/// The two fields that tell whether the others can be read.
#[derive(Deserialize)]
struct Mark {
    format: String,
    version: u32,
}

/// The events of a record, in their order. After an error there are no more.
#[derive(Debug)]
pub struct Reader<R> {
    input: R,
    header: Header,
    /// The line that was read last, and its number.
    text: Vec<u8>,
    line: u64,
    /// The number of the last event.
    number: u64,
    unknown: u64,
    is_over: bool,
}

impl<R: BufRead> Reader<R> {
    /// Reads the header.
    ///
    /// # Errors
    ///
    /// Also for what is no record, or one that a newer version wrote.
    pub fn open(mut input: R) -> Result<Self, ReadError> {
        let mut text = Vec::new();
        read_line(&mut input, &mut text)?;
        let mark: Mark = serde_json::from_slice(&text).map_err(|_| ReadError::NoRecord)?;
        match mark.version {
            _ if mark.format != FORMAT => return Err(ReadError::NoRecord),
            newer if newer > VERSION => return Err(ReadError::Newer(newer)),
            _ => {}
        }
        let header = serde_json::from_slice(&text).map_err(|_| ReadError::NoRecord)?;
        Ok(Self { input, header, text, line: 1, number: 0, unknown: 0, is_over: false })
    }

    /// What was recorded, and when.
    #[must_use]
    pub fn header(&self) -> &Header {
        &self.header
    }

    /// How many events were passed over so far, because they are of a kind that this version does not know.
    #[must_use]
    pub fn unknown(&self) -> u64 {
        self.unknown
    }

    fn read_event(&mut self) -> Result<Option<Event>, ReadError> {
        loop {
            read_line(&mut self.input, &mut self.text)?;
            self.line += 1;
            if self.text.is_empty() {
                return Ok(None);
            }
            let is_whole = self.text.ends_with(b"\n");
            let line = match serde_json::from_slice::<Line>(&self.text) {
                Ok(line) => line,
                Err(_) if !is_whole && (self.text.len() as u64) < LONGEST => return Err(ReadError::CutOff(self.line)),
                Err(error) => return Err(self.bad_line(&error)),
            };
            self.follow(line.number)?;
            match line.event(&self.text) {
                Some(event) => return Ok(Some(event)),
                None => self.unknown += 1,
            }
        }
    }

    fn bad_line(&self, error: &serde_json::Error) -> ReadError {
        let why = match self.text.len() as u64 {
            LONGEST.. => {
                both!("longer than any line of a record ({LONGEST} bytes)", "比记录里的任何一行都长（{LONGEST} 字节）")
            }
            _ if error.is_data() => both!("it is no event: {error}", "不是一个事件：{error}"),
            _ => both!("it is not JSON", "不是 JSON"),
        };
        ReadError::Line(self.line, why)
    }

    /// Each event has the next number.
    fn follow(&mut self, number: u64) -> Result<(), ReadError> {
        let (last, expected) = (self.number, self.number + 1);
        self.number = number;
        let why = match number {
            _ if number == expected => return Ok(()),
            _ if number > expected => {
                both!("number {number} follows {last}: events are missing", "编号 {number} 紧跟着 {last}：中间缺了事件")
            }
            _ => {
                both!("number {number} follows {last}: it was there before", "编号 {number} 出现在 {last} 之后：重复了")
            }
        };
        Err(ReadError::Line(self.line, why))
    }
}

impl<R: BufRead> Iterator for Reader<R> {
    type Item = Result<Event, ReadError>;

    fn next(&mut self) -> Option<Self::Item> {
        if self.is_over {
            return None;
        }
        let read = self.read_event().transpose();
        self.is_over = !matches!(read, Some(Ok(_)));
        read
    }
}

/// Reads one line with its end, but no more of it than the longest may have.
fn read_line(input: &mut impl BufRead, text: &mut Vec<u8>) -> io::Result<()> {
    text.clear();
    input.take(LONGEST).read_until(b'\n', text).map(drop)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::lang::Lang;
    use proptest::prelude::*;

    const EVENT: &str = r#"{"n":1,"us":20,"actor":"server","ended":"eof"}"#;

    fn header() -> String {
        let header = Header::new("nonblock-server", "server", "127.0.0.1:9000".into(), "spin");
        serde_json::to_string(&header).unwrap()
    }

    /// How many events were read, and what was wrong then.
    fn read(record: &str) -> (usize, String) {
        let events = match Reader::open(record.as_bytes()) {
            Ok(events) => events,
            Err(error) => return (0, Lang::En.read(&error.to_string())),
        };
        let (read, errors): (Vec<_>, Vec<_>) = events.partition(Result::is_ok);
        (read.len(), errors.iter().map(|error| Lang::En.read(&error.as_ref().unwrap_err().to_string())).collect())
    }

    #[test]
    fn what_is_readable_is_read_and_the_rest_is_named() {
        let (header, second) = (header(), EVENT.replace("\"n\":1", "\"n\":2"));
        let after = |events: &[&str]| read(&format!("{header}\n{}", events.join("\n")));
        assert_eq!(after(&[EVENT, &second, ""]), (2, String::new()));
        assert_eq!(after(&[EVENT, &second]), (2, String::new()));
        assert_eq!(after(&[]), (0, String::new()));
        let cut = after(&[EVENT, &second[..20]]);
        assert_eq!(cut, (1, "the record ends in the middle of line 3; what comes before it is complete".into()));
        assert_eq!(after(&[EVENT, "nonsense", &second]), (1, "line 3: it is not JSON".into()));
        assert_eq!(after(&[&second]), (0, "line 2: number 2 follows 0: events are missing".into()));
        assert_eq!(after(&[EVENT, EVENT]), (1, "line 3: number 1 follows 1: it was there before".into()));
        let long = format!("{{\"n\":1,\"data\":\"{}\"}}\n", "0".repeat(1 << 20));
        assert_eq!(after(&[&long]), (0, "line 2: longer than any line of a record (262144 bytes)".into()));
        assert!(after(&["[]", ""]).1.starts_with("line 2: it is no event: "));
    }

    #[test]
    fn what_is_no_record_is_refused() {
        for text in ["", "\n", "print('hello')\n", "{\"format\":\"day30-race\",\"version\":1}\n", "{}\n", "\u{0}\u{1}"]
        {
            assert_eq!(read(text), (0, "it is not a record of day30: its first line is no header".into()), "{text:?}");
        }
        let newer = header().replace("\"version\":2", "\"version\":99");
        assert_eq!(read(&newer), (0, "it has format version 99, and this day30 reads up to 2".into()));
    }

    #[test]
    fn events_of_an_unknown_kind_are_counted() {
        let record = format!("{}\n{{\"n\":1,\"us\":0,\"actor\":\"server\",\"new\":1}}\n", header());
        let mut events = Reader::open(record.as_bytes()).unwrap();
        assert!(events.next().is_none());
        assert_eq!(events.unknown(), 1);
    }

    proptest! {
        #[test]
        fn no_bytes_are_too_strange(bytes in proptest::collection::vec(any::<u8>(), 0..300), cut in 0_usize..200) {
            let mut record = format!("{}\n{EVENT}\n", header()).into_bytes();
            record.truncate(record.len() - cut.min(record.len()));
            record.extend(bytes);
            if let Ok(events) = Reader::open(record.as_slice()) {
                prop_assert!(events.count() < 400);
            }
        }
    }
}

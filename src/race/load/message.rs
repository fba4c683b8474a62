//! What the race's clients say, and what must come back.

/// How many letters of a message name its client and its number.
const NAME: usize = 12;

/// Messages of one size. Each begins with letters that stand for its client and its number, so that a reply that belongs
/// to another client, or to an earlier message, is noticed.
#[derive(Clone, Debug)]
pub(super) struct Messages {
    message: Vec<u8>,
    reply: Vec<u8>,
}

impl Messages {
    /// Messages of `size` bytes, all of them lower-case letters.
    pub(super) fn of(size: usize) -> Self {
        let message: Vec<_> = (b'a'..=b'z').cycle().take(size).collect();
        Self { reply: message.to_ascii_uppercase(), message }
    }

    pub(super) fn size(&self) -> usize {
        self.message.len()
    }

    /// What client number `client` says the `number`th time.
    pub(super) fn message(&mut self, client: usize, number: u64) -> &[u8] {
        name(&mut self.message, b'a', client, number);
        &self.message
    }

    /// What must come back.
    pub(super) fn reply(&mut self, client: usize, number: u64) -> &[u8] {
        name(&mut self.reply, b'A', client, number);
        &self.reply
    }
}

/// Writes both numbers in base 16, with letters as digits: the lowest digits first, and of both in turn, so that a short
/// message still tells neighbours apart.
fn name(bytes: &mut [u8], zero: u8, client: usize, number: u64) {
    for (place, letter) in bytes.iter_mut().take(NAME).enumerate() {
        let digits = if place % 2 == 0 { number } else { client as u64 };
        *letter = zero + ((digits >> (4 * (place / 2))) & 0xf) as u8;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reply_is_the_message_in_upper_case() {
        for size in [1, 2, 11, 12, 13, 64, 1000] {
            let mut messages = Messages::of(size);
            let message = messages.message(77, 123_456).to_vec();
            assert_eq!(message.to_ascii_uppercase(), messages.reply(77, 123_456));
            assert!(message.len() == size && message.iter().all(u8::is_ascii_lowercase));
        }
    }

    #[test]
    fn neighbours_differ() {
        let mut messages = Messages::of(12);
        let mut all: Vec<_> = (0..100).map(|number| messages.message(3, number).to_vec()).collect();
        all.extend((0..1000).filter(|client| *client != 3).map(|client| messages.message(client, 0).to_vec()));
        let count = all.len();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), count);
    }
}

//! A bounded queue from many threads to one, whose senders need not wait for ever.
//!
//! `std::sync::mpsc` has the queue, and no way to let go of a sender that waits for room: whoever writes to a pipe that
//! nobody reads would keep a server from ending.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

/// After a stop, a reader that takes nothing for this long is given up.
const STUCK: Duration = Duration::from_secs(2);
/// After a stop nobody waits longer than this, however slow the reader is: as long as a server drains, and then some.
const LONGEST: Duration = Duration::from_secs(12);

/// The queue, shared by its senders and its one reader.
#[derive(Debug)]
pub(crate) struct Queue<T> {
    state: Mutex<State<T>>,
    has_room: Condvar,
    has_items: Condvar,
    /// How many items are in it: readable without the lock.
    len: AtomicUsize,
    most: usize,
    most_bytes: usize,
}

#[derive(Debug)]
struct State<T> {
    items: VecDeque<(T, usize)>,
    bytes: usize,
    senders_wait: usize,
    reader_waits: bool,
    /// When the reader last got on, or had nothing to do.
    progress: Instant,
    /// Since when nobody is to wait for a reader that is stuck.
    stopped: Option<Instant>,
    given_up: bool,
    /// The reader is gone.
    ended: bool,
}

impl<T> State<T> {
    fn is_over(&self) -> bool {
        self.ended || self.given_up
    }

    fn give_up_at(&self) -> Option<Instant> {
        self.stopped.map(|stopped| (self.progress.max(stopped) + STUCK).min(stopped + LONGEST))
    }
}

impl<T> Queue<T> {
    /// A queue of at most `most` items, and of about `most_bytes`: as much as is said of each item when it is sent.
    pub(crate) fn bounded(most: usize, most_bytes: usize) -> (Arc<Self>, Reader<T>) {
        let state = State {
            items: VecDeque::new(),
            bytes: 0,
            senders_wait: 0,
            reader_waits: false,
            progress: Instant::now(),
            stopped: None,
            given_up: false,
            ended: false,
        };
        let (has_room, has_items) = (Condvar::new(), Condvar::new());
        let queue = Self { state: Mutex::new(state), has_room, has_items, len: AtomicUsize::new(0), most, most_bytes };
        let queue = Arc::new(queue);
        (Arc::clone(&queue), Reader(queue))
    }

    /// How many items wait.
    pub(crate) fn len(&self) -> usize {
        self.len.load(Ordering::Relaxed)
    }

    /// Sends without waiting; false if there is no room.
    pub(crate) fn try_send(&self, item: T, bytes: usize) -> bool {
        let mut state = self.lock();
        let takes = !state.is_over() && self.has_room(&state);
        if takes {
            self.push(&mut state, item, bytes);
        }
        takes
    }

    /// Sends, and waits for room; false if the reader is gone, or given up.
    pub(crate) fn send(&self, item: T, bytes: usize) -> bool {
        let mut state = self.wait(self.lock(), |state| self.has_room(state));
        let takes = !state.is_over();
        if takes {
            self.push(&mut state, item, bytes);
        }
        takes
    }

    /// From now on nobody waits for long for a reader that is stuck.
    pub(crate) fn stop(&self) {
        self.lock().stopped.get_or_insert_with(Instant::now);
        self.has_room.notify_all();
    }

    /// Whether the reader was given up: what was not read by then is lost.
    pub(crate) fn is_given_up(&self) -> bool {
        self.lock().given_up
    }

    /// Waits until the reader has ended; false if it was given up before.
    pub(crate) fn wait_for_reader(&self) -> bool {
        self.wait(self.lock(), |_| false).ended
    }

    fn has_room(&self, state: &State<T>) -> bool {
        // One that is larger than the whole queue must get through too.
        state.items.len() < self.most && (state.bytes < self.most_bytes || state.items.is_empty())
    }

    fn push(&self, state: &mut State<T>, item: T, bytes: usize) {
        if state.items.is_empty() {
            state.progress = Instant::now();
        }
        state.items.push_back((item, bytes));
        state.bytes += bytes;
        self.len.store(state.items.len(), Ordering::Relaxed);
        if state.reader_waits {
            self.has_items.notify_one();
        }
    }

    /// Waits until `is_so`, the reader is gone, or it is given up.
    fn wait<'g>(
        &self,
        mut state: MutexGuard<'g, State<T>>,
        is_so: impl Fn(&State<T>) -> bool,
    ) -> MutexGuard<'g, State<T>> {
        while !state.is_over() && !is_so(&state) {
            let left = state.give_up_at().map(|at| at.saturating_duration_since(Instant::now()));
            if left == Some(Duration::ZERO) {
                state.given_up = true;
                self.has_room.notify_all();
                break;
            }
            state.senders_wait += 1;
            state = match left {
                Some(left) => self.has_room.wait_timeout(state, left).unwrap_or_else(PoisonError::into_inner).0,
                None => self.has_room.wait(state).unwrap_or_else(PoisonError::into_inner),
            };
            state.senders_wait -= 1;
        }
        state
    }

    fn lock(&self) -> MutexGuard<'_, State<T>> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Queue<Vec<u8>> {
    /// Sends bytes behind those that wait, in one item with them up to `chunk` bytes, and waits for room; false if the reader is gone,
    /// or given up. An empty item stays alone.
    pub(crate) fn append(&self, bytes: &[u8], chunk: usize) -> bool {
        let mut state = self.wait(self.lock(), |state| self.has_room(state));
        if state.is_over() {
            return false;
        }
        match state.items.back_mut() {
            Some((item, size)) if !item.is_empty() && item.len() + bytes.len() <= chunk => {
                item.extend_from_slice(bytes);
                *size += bytes.len();
                state.bytes += bytes.len();
            }
            _ => {
                let mut item = Vec::with_capacity(chunk.max(bytes.len()));
                item.extend_from_slice(bytes);
                self.push(&mut state, item, bytes.len());
            }
        }
        true
    }
}

/// The reader's end. Dropped, it lets everybody go who waits for it.
#[derive(Debug)]
pub(crate) struct Reader<T>(Arc<Queue<T>>);

impl<T> Reader<T> {
    /// The next item; waits for it.
    pub(crate) fn receive(&self) -> T {
        loop {
            if let Some(item) = self.receive_within(Duration::from_secs(3600)) {
                return item;
            }
        }
    }

    /// The next item; `None` if there is none within this time.
    pub(crate) fn receive_within(&self, time: Duration) -> Option<T> {
        self.pop(&mut self.wait_within(time))
    }

    fn wait_within(&self, time: Duration) -> MutexGuard<'_, State<T>> {
        let queue = &self.0;
        let mut state = queue.lock();
        if state.items.is_empty() {
            state.reader_waits = true;
            let waited = queue.has_items.wait_timeout_while(state, time, |state| state.items.is_empty());
            state = waited.unwrap_or_else(PoisonError::into_inner).0;
            state.reader_waits = false;
        }
        state
    }

    /// The next item, if one is there.
    pub(crate) fn try_receive(&self) -> Option<T> {
        self.pop(&mut self.0.lock())
    }

    /// Tells that a part of something long was written: whoever waits for it may go on waiting.
    pub(crate) fn gets_on(&self) {
        self.0.lock().progress = Instant::now();
    }

    fn pop(&self, state: &mut State<T>) -> Option<T> {
        let (item, bytes) = state.items.pop_front()?;
        state.bytes -= bytes;
        self.0.len.store(state.items.len(), Ordering::Relaxed);
        if state.stopped.is_some() {
            state.progress = Instant::now();
        }
        if state.senders_wait > 0 {
            self.0.has_room.notify_all();
        }
        Some(item)
    }
}

impl<T> Drop for Reader<T> {
    fn drop(&mut self) {
        self.0.lock().ended = true;
        self.0.has_room.notify_all();
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;

    #[test]
    fn a_sender_waits_for_room_and_keeps_the_order() {
        let (queue, reader) = Queue::bounded(2, 100);
        let sender = thread::spawn(move || (0..50).all(|number| queue.send(number, 1)));
        assert_eq!((0..50).map(|_| reader.receive()).collect::<Vec<_>>(), (0..50).collect::<Vec<_>>());
        assert!(sender.join().unwrap());
    }

    #[test]
    fn bytes_are_bounded_too_and_one_that_is_too_large_gets_through_alone() {
        let (queue, reader) = Queue::bounded(10, 100);
        assert!(queue.try_send("large", 1000));
        assert!(!queue.try_send("next", 1));
        assert_eq!((reader.try_receive(), queue.len()), (Some("large"), 0));
        assert!(queue.try_send("next", 1));
    }

    #[test]
    fn what_is_appended_waits_in_few_items_and_is_bounded() {
        let (queue, reader) = Queue::bounded(10, 8);
        ["one", "two", "three"].into_iter().for_each(|text| assert!(queue.append(text.as_bytes(), 6)));
        assert_eq!(queue.len(), 2);
        assert!(!queue.try_send(b"no room".to_vec(), 7));
        assert_eq!((reader.receive(), reader.receive()), (b"onetwo".to_vec(), b"three".to_vec()));
        assert!(queue.send(Vec::new(), 0) && queue.append(b"after the end", 6));
        assert_eq!((reader.receive(), reader.receive()), (Vec::new(), b"after the end".to_vec()));
    }

    #[test]
    fn after_a_stop_a_reader_that_takes_nothing_is_given_up() {
        let (queue, reader) = Queue::bounded(1, 100);
        assert!(queue.send(1, 1));
        let waiting = {
            let queue = Arc::clone(&queue);
            thread::spawn(move || queue.send(2, 1))
        };
        queue.stop();
        assert!(!waiting.join().unwrap() && queue.is_given_up() && !queue.wait_for_reader());
        assert_eq!(reader.try_receive(), Some(1));
        assert!(!queue.send(3, 1), "nobody waits a second time");
    }

    #[test]
    fn a_reader_that_is_gone_keeps_nobody_waiting() {
        let (queue, reader) = Queue::bounded(1, 100);
        assert!(queue.send(1, 1));
        drop(reader);
        assert!(!queue.send(2, 1) && queue.wait_for_reader() && !queue.is_given_up());
    }
}

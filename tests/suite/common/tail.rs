//! What a program says while it runs, to be waited for.

use super::PATIENCE;
use std::io::Read;
use std::sync::{Arc, Condvar, Mutex};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

/// What a stream of the program has said so far.
pub struct Tail {
    said: Arc<(Mutex<(Vec<u8>, bool)>, Condvar)>,
    reader: Option<JoinHandle<()>>,
    /// A pipe that nobody reads.
    _unread: Option<Box<dyn Send + Sync>>,
}

impl Tail {
    pub fn of(mut stream: impl Read + Send + 'static) -> Self {
        let said = Arc::new((Mutex::new((Vec::new(), false)), Condvar::new()));
        let shared = Arc::clone(&said);
        let reader = thread::spawn(move || {
            let mut buffer = [0; 4096];
            loop {
                let count = stream.read(&mut buffer).unwrap_or(0);
                let mut state = shared.0.lock().unwrap();
                state.0.extend_from_slice(&buffer[..count]);
                state.1 = count == 0;
                shared.1.notify_all();
                if count == 0 {
                    return;
                }
            }
        });
        Self { said, reader: Some(reader), _unread: None }
    }

    /// A stream that stays open and is not read, as a pipe whose reader has something else to do.
    pub fn unread(stream: impl Send + Sync + 'static) -> Self {
        let said = Arc::new((Mutex::new((Vec::new(), true)), Condvar::new()));
        Self { said, reader: None, _unread: Some(Box::new(stream)) }
    }

    /// What was said so far.
    pub fn text(&self) -> String {
        String::from_utf8_lossy(&self.said.0.lock().unwrap().0).into_owned()
    }

    /// Waits for a whole line with `part` in it.
    #[track_caller]
    pub fn wait_for(&self, part: &str, stderr: &Tail) -> String {
        let began = Instant::now();
        let mut state = self.said.0.lock().unwrap();
        // What has been looked at: some programs say thousands of lines.
        let mut from = 0;
        loop {
            let whole = state.0[from..].iter().rposition(|byte| *byte == b'\n').map_or(from, |end| from + end + 1);
            let lines = String::from_utf8_lossy(&state.0[from..whole]);
            if let Some(line) = lines.split_inclusive('\n').find(|line| line.contains(part)) {
                return line.to_owned();
            }
            from = whole;
            if state.1 || began.elapsed() > PATIENCE {
                drop(state);
                panic!("{part:?} did not come; said:\n{}\nstderr:\n{}", self.text(), stderr.text());
            }
            state = self.said.1.wait_timeout(state, Duration::from_millis(100)).unwrap().0;
        }
    }

    pub fn finish(&mut self) -> Vec<u8> {
        if let Some(reader) = self.reader.take() {
            reader.join().unwrap();
        }
        std::mem::take(&mut self.said.0.lock().unwrap().0)
    }
}

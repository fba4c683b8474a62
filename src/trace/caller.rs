//! Which part of which program made a call.

use serde::{Deserialize, Serialize};
use std::sync::atomic::{AtomicU32, Ordering};

/// Who made a call: each field where it is known. Whoever records a program from outside knows more of them than a program that
/// records itself.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
pub struct Caller {
    /// The process's id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub process: Option<u32>,
    /// A number for the thread, unique in its process.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub thread: Option<u32>,
    /// The source file that the call stands in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub file: Option<Box<str>>,
    /// The call's line there, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub line: Option<u32>,
}

impl Caller {
    /// The thread that asks: its number is given at its first question, from 1.
    #[must_use]
    pub fn this_thread() -> Self {
        static LAST: AtomicU32 = AtomicU32::new(0);
        thread_local! {
            static NUMBER: u32 = LAST.fetch_add(1, Ordering::Relaxed).wrapping_add(1);
        }
        Self { thread: Some(NUMBER.with(|number| *number)), ..Self::default() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::thread;

    #[test]
    fn each_thread_has_one_number_of_its_own() {
        let mine = Caller::this_thread();
        assert_eq!(Caller::this_thread(), mine);
        let other = thread::spawn(Caller::this_thread).join().unwrap();
        assert!(other.thread.is_some() && other != mine);
    }
}

//! The errors that have an exit code of their own; every other error is 3.

use day30::lang::Text;
use std::error::Error;
use std::fmt;

/// What was typed makes no sense: exit code 2.
#[derive(Debug)]
pub(super) struct Usage(pub(super) Text);

/// The thing asked for failed: exit code 1.
#[derive(Debug)]
pub(super) struct Failed(pub(super) Text);

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl fmt::Display for Failed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl Error for Usage {}
impl Error for Failed {}

//! On which machine the figures were measured: without it they say little.

use std::env::consts::{ARCH, OS};
use std::thread;

/// The processor, how many cores there are, and the operating system, in one line.
#[must_use]
pub fn machine() -> String {
    let cores = thread::available_parallelism().map_or(1, usize::from);
    let cores = if cores == 1 { "1 core".to_owned() } else { format!("{cores} cores") };
    let name = processor().unwrap_or_else(|| ARCH.to_owned());
    format!("day30 {}; {name}, {cores}; {OS}{}", env!("CARGO_PKG_VERSION"), release())
}

#[cfg(target_os = "linux")]
fn processor() -> Option<String> {
    let text = std::fs::read_to_string("/proc/cpuinfo").ok()?;
    let line = text.lines().find(|line| line.starts_with("model name"))?;
    Some(line.split_once(':')?.1.trim().to_owned())
}

#[cfg(not(target_os = "linux"))]
fn processor() -> Option<String> {
    None
}

/// The version of the system's kernel, behind a space; nothing where the system does not tell.
#[cfg(unix)]
#[must_use]
pub fn release() -> String {
    format!(" {}", rustix::system::uname().release().to_string_lossy())
}

/// The version of the system's kernel: not asked for on this system.
#[cfg(not(unix))]
#[must_use]
pub fn release() -> String {
    String::new()
}

//! Where the system has none of what [`super`] keeps strangers' programs apart with, they run as any program does; the report says so.

use super::job::{Allowed, Room};
use crate::both;
use crate::lang::Text;

/// As they would be.
pub(super) const PROCESSES: u64 = 512;
/// As it would be.
pub(super) const FILE: u64 = 64 << 20;
/// As they would be.
pub(super) const DESCRIPTORS: u64 = 1024;

pub(super) fn enter(room: &Room) -> Result<Allowed, Text> {
    if !room.folder.as_os_str().is_empty() {
        std::env::set_current_dir(&room.folder).map_err(|error| {
            both!("cannot go to the program's folder: {error}", "无法进入程序所在的文件夹：{error}")
        })?;
    }
    Ok(Allowed::default())
}

//! As whom the programs run: as we do, or, where we may choose, as somebody else.

use serde::{Deserialize, Serialize};
use std::process::Command;
#[cfg(target_os = "linux")]
use std::sync::OnceLock;

/// A user of this machine.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// What they are called.
    pub name: String,
    /// Their number, and that of their group.
    pub ids: [u32; 2],
    /// Their own folder.
    pub home: String,
}

#[cfg(target_os = "linux")]
static USER: OnceLock<[u32; 2]> = OnceLock::new();

impl User {
    /// The user of this name; `None` if there is none, or the system does not tell.
    #[cfg(target_os = "linux")]
    #[must_use]
    pub fn named(name: &str) -> Option<Self> {
        let user = nix::unistd::User::from_name(name).ok()??;
        let home = user.dir.to_string_lossy().into_owned();
        Some(Self { name: name.to_owned(), ids: [user.uid.as_raw(), user.gid.as_raw()], home })
    }

    /// Not asked for on this system.
    #[cfg(not(target_os = "linux"))]
    #[must_use]
    pub fn named(_: &str) -> Option<Self> {
        None
    }
}

/// From now on every program is started as this user. Ours is given up by the system between the program's fork and its start.
#[cfg(target_os = "linux")]
pub(crate) fn run_as(user: &User) {
    let _ = USER.set(user.ids);
}

/// Has the program started as the user who was chosen, if one was.
#[cfg(target_os = "linux")]
pub(crate) fn apply(command: &mut Command) {
    if let Some([user, group]) = USER.get() {
        become_user(command, [*user, *group]);
    }
}

/// Has this one program started as this user, without any of our groups.
#[cfg(unix)]
pub fn become_user(command: &mut Command, [user, group]: [u32; 2]) {
    use std::os::unix::process::CommandExt;
    command.uid(user).gid(group);
}

/// Nobody can be chosen.
#[cfg(not(target_os = "linux"))]
pub(crate) fn apply(_: &mut Command) {}

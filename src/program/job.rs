//! What holds a program's processes together on Windows, and ends them together.
//!
//! A job is closed when day30 drops it or is itself ended, whatever by, and Windows then ends every process in it. Two are nested:
//! one holds day30 with all that it ever starts, and in it each program has one of its own. A process that a program starts before
//! it is in its own job, within the first millisecond, is in the outer one only, and ends with day30.
//!
//! Source: `Job Objects`, `JOB_OBJECT_LIMIT_KILL_ON_JOB_CLOSE`.

use std::os::windows::io::AsRawHandle;
use std::process::Child;
use std::sync::OnceLock;
use win32job::ExtendedLimitInfo;

/// The job of one program. Dropped, it ends all that is in it.
#[derive(Debug)]
pub(super) struct Job(win32job::Job);

impl Job {
    /// Puts a program that has just been started into a job of its own; `None` where the system does not allow it.
    pub(super) fn of(child: &Child) -> Option<Self> {
        let job = closing()?;
        job.assign_process(child.as_raw_handle() as isize).ok()?;
        Some(Self(job))
    }

    /// The processes in it.
    pub(super) fn members(&self) -> Vec<i32> {
        let pids = self.0.query_process_id_list().unwrap_or_default();
        pids.into_iter().filter_map(|pid| u32::try_from(pid).ok().map(u32::cast_signed)).collect()
    }
}

/// Has all that is started from now on end with day30. Where the system does not allow it, what outlives its own job goes on.
pub(super) fn hold_all() {
    static ALL: OnceLock<Option<win32job::Job>> = OnceLock::new();
    ALL.get_or_init(|| closing().filter(|job| job.assign_current_process().is_ok()));
}

/// A job that ends what is in it when it is closed.
fn closing() -> Option<win32job::Job> {
    let mut limits = ExtendedLimitInfo::new();
    limits.limit_kill_on_job_close();
    win32job::Job::create_with_limit_info(&limits).ok()
}

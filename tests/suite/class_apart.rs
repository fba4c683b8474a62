//! `day30 class` runs strangers' code: what keeps it from everything else, as far as this system permits.

#![cfg(target_os = "linux")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use crate::class::{Class, student};
use crate::common::have;
use crate::common::peer::Peer;
use crate::common::process::eventually;
use std::fs;
use std::path::Path;

const HMAC: [&str; 4] = ["python3", "{file}", "{key}", "{msg}"];
/// A right program, where what stands before it does not end it.
const RIGHT: &str = "\nimport hashlib, hmac, os, sys\nprint(hmac.new(os.fsencode(sys.argv[1]), os.fsencode(sys.argv[2]), 'md5').hexdigest())\n";

fn is_root() -> bool {
    rustix::process::getuid().is_root()
}

#[test]
fn a_program_reaches_nobody_and_has_limits() {
    if !have("python3") {
        return;
    }
    let class = Class::new("apart");
    let peer = Peer::listening();
    let port = peer.port();
    class.put("student-01.py", &format!("import socket\ntry:\n    socket.create_connection(('127.0.0.1', {port}), 5)\n    raise SystemExit('reached')\nexcept OSError:\n    pass\n{RIGHT}"));
    class.put("student-02.py", &format!("import resource as r\nwanted = [(r.RLIMIT_FSIZE, 64 << 20), (r.RLIMIT_NOFILE, 1024), (r.RLIMIT_CORE, 0)]\nfor of, most in wanted:\n    assert 0 <= r.getrlimit(of)[1] <= most, of\n{RIGHT}"));
    class.put("student-03.py", &format!("import os\nassert 'DAY30_TEST_KEY' not in os.environ\n{RIGHT}"));
    let day30 = class.judge("hmac", "*.py", &["--only", "notes"], &HMAC).env("DAY30_TEST_KEY", "a teacher's own");
    let output = day30.run();
    let report = class.report();
    let passed = |name: &str| student(&report, name)["decision"] == "passed";
    assert!(passed("student-02") && passed("student-03"), "{report:#}");
    assert_eq!(passed("student-01"), report["own_network"] == true, "{report:#}");
    let said = if report["own_network"] == true { "a network of its own" } else { "no network of their own" };
    output.expect_stderr(said);
}

/// Hundreds of processes, in groups of their own: all are gone afterwards, and another student's program is judged all the same.
#[test]
fn what_a_program_forks_ends_with_it() {
    if !have("python3") {
        return;
    }
    let class = Class::new("forks");
    let mark = format!("class-forks-{}", std::process::id());
    let forks = "import os, sys, time\nfor _ in range(200):\n    if os.fork() == 0:\n        os.setsid()\n        time.sleep(600)\n";
    class.put("student-01.py", forks);
    class.put("student-02.py", RIGHT);
    let command = ["python3", "{file}", "{key}", "{msg}", &mark];
    class.judge("hmac", "*.py", &["--only", "notes", "--jobs", "1"], &command).run().expect_code(1);
    let report = class.report();
    assert_eq!(student(&report, "student-02")["decision"], "passed", "{report:#}");
    let is_ours = |pid: &str| {
        let words = fs::read(format!("/proc/{pid}/cmdline")).unwrap_or_default();
        String::from_utf8_lossy(&words).contains(&mark)
    };
    eventually("all of them are gone", || {
        let all = fs::read_dir("/proc").unwrap().filter_map(|entry| entry.unwrap().file_name().into_string().ok());
        !all.into_iter().any(|pid| is_ours(&pid))
    });
}

#[test]
fn root_may_run_them_as_somebody_else() {
    // A Python within root's own folder is nobody else's.
    let python = "/usr/bin/python3";
    if !Path::new(python).exists() || !is_root() {
        return;
    }
    let command = [python, "{file}", "{key}", "{msg}"];
    // Where everybody may go: a folder of the tests is often root's alone.
    let class = Class::within(Path::new("/tmp"), "user");
    class.put(
        "student-01.py",
        &format!("import os\nassert os.getuid() == 65534 and os.getgroups() in ([], [65534]), os.getgroups()\n{RIGHT}"),
    );
    let options = ["--only", "notes", "--as", "nobody"];
    class.judge("hmac", "*.py", &options, &command).run().expect_code(0).expect_stderr("they run as nobody");
    assert_eq!(class.report()["user"], "nobody");
    fs::set_permissions(class.path("student-01.py"), std::os::unix::fs::PermissionsExt::from_mode(0o600)).unwrap();
    class.judge("hmac", "*.py", &options, &command).run().expect_code(3).expect_stderr("that user cannot read");
    let options = ["--only", "notes", "--as", "no-such-user"];
    class.judge("hmac", "*.py", &options, &command).run().expect_code(2).expect_stderr("there is no such user");
}

#[test]
fn ctrl_c_ends_it_and_what_was_judged_is_kept() {
    if !have("python3") {
        return;
    }
    let class = Class::new("interrupted");
    class.put("student-01.py", RIGHT);
    class.put("student-02.py", &format!("import os, time\nopen(os.path.join(os.path.dirname(os.path.abspath(__file__)), 'begun'), 'w').close()\ntime.sleep(600)\n{RIGHT}"));
    let running = class.judge("hmac", "*.py", &["--only", "notes", "--jobs", "1"], &HMAC).start();
    eventually("the second program has begun", || class.path("begun").exists());
    running.interrupt().expect_code(130).expect_stderr("1 of 2 programs are tested");
    // The rest of the class is not there: what was kept is all that is shown.
    fs::remove_file(class.path("student-02.py")).unwrap();
    class.judge("hmac", "*.py", &["--only", "notes"], &HMAC).run();
    assert_eq!(student(&class.report(), "student-01")["kept"], true);
}

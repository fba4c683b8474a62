//! `day30 check --watch`: judged again whenever the program's file changes.

#![cfg(unix)]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, clippy::indexing_slicing)]

use crate::common::judged::check;
use crate::common::process::eventually;
use crate::common::{Running, have};
use std::fs;
use std::path::PathBuf;

/// A student's folder, with a program that is changed again and again.
struct Folder(PathBuf);

impl Folder {
    fn new(name: &str) -> Self {
        let folder = std::env::temp_dir().join(format!("day30-watch-{}-{name}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        Self(folder)
    }

    fn save(&self, file: &str, text: &str) {
        fs::write(self.0.join(file), text).unwrap();
    }

    fn path(&self, file: &str) -> String {
        self.0.join(file).to_str().unwrap().to_owned()
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.0);
    }
}

/// What was said in one judgement after another.
fn wait_for_judgement(watching: &Running, number: usize) -> String {
    let end = "; Ctrl-C ends it\n";
    eventually("the program is judged once more", || watching.stdout.text().matches(end).count() >= number);
    watching.stdout.text().split(end).nth(number - 1).unwrap().to_owned()
}

#[test]
fn it_is_judged_again_with_stronger_hints_and_an_explanation_in_the_end() {
    if !have("python3") {
        return;
    }
    let folder = Folder::new("hints");
    let right = "import hmac, sys; from my_words import word\n\
                 print(hmac.new(sys.argv[1].encode(), sys.argv[2].encode(), word).hexdigest())\n";
    folder.save("my_hmac.py", right);
    folder.save("my_words.py", "word = 'sha1'\n");
    let options = ["--watch", "--only", "hmac/notes,hmac/other-words"];
    let watching = check("hmac", &options, &["python3", &folder.path("my_hmac.py"), "{key}", "{msg}"]).start();
    let hints = |text: &str| text.lines().filter(|line| line.starts_with("  hint ")).count();
    let first = wait_for_judgement(&watching, 1);
    assert!(first.contains("✗ hmac/notes") && first.contains("other-digest"), "{first}");
    assert_eq!(hints(&first), 1, "{first}");
    // The neighbour that it imports counts too; and who fails the same again gets one hint more.
    folder.save("my_words.py", "word = 'sha256'\n");
    assert_eq!(hints(&wait_for_judgement(&watching, 2)), 2);
    folder.save("my_hmac.py", &format!("{right}# still wrong\n"));
    assert_eq!(hints(&wait_for_judgement(&watching, 3)), 3);
    folder.save("my_words.py", "word = 'md5'\n");
    let last = wait_for_judgement(&watching, 4);
    assert!(last.contains("hmac: passed"), "{last}");
    // What was learned is said of the check that had failed, and not of the one that had not been run.
    assert!(last.contains("The same 16 bytes as in the notes."), "{last}");
    assert!(!last.contains("It computes, and does not remember."), "{last}");
    watching.signal(rustix::process::Signal::INT);
    watching.wait().expect_code(130);
}

/// A program that cannot be started yet will be, when its author is done with it.
#[test]
fn a_program_that_cannot_be_started_is_watched_all_the_same() {
    use std::os::unix::fs::PermissionsExt;
    let folder = Folder::new("no-start");
    folder.save("my_hmac", "#!/bin/sh\necho 280ce248e848bcd4e5a31a036829d185\n");
    let path = folder.path("my_hmac");
    let report = folder.path("report.json");
    let forms = ["--report", "tap", "--report", &format!("json={report}")];
    let options = [&["--watch", "--only", "hmac/notes"], &forms[..]].concat();
    let watching = check("hmac", &options, &[&path, "{key}", "{msg}"]).start();
    watching.stderr.wait_for("; Ctrl-C ends it", &watching.stderr);
    assert!(watching.stderr.text().contains("cannot start "), "{}", watching.stderr.text());
    fs::set_permissions(&path, PermissionsExt::from_mode(0o755)).unwrap();
    // With a report on stdout, nothing else stands there.
    eventually("it is judged once more", || watching.stderr.text().contains("hmac: passed"));
    watching.signal(rustix::process::Signal::INT);
    let output = watching.wait().expect_code(130);
    assert_eq!(output.out().matches("TAP version 13").count(), 2, "{}", output.out());
    assert!(!output.out().contains("Ctrl-C ends it"), "{}", output.out());
}

/// An editor may remove the file and write it anew.
#[test]
fn a_file_that_is_away_for_a_moment_is_waited_for() {
    if !have("python3") {
        return;
    }
    let folder = Folder::new("away");
    folder.save("my_hmac.py", "print('not yet')\n");
    let path = folder.path("my_hmac.py");
    let options = ["--watch", "--only", "hmac/notes"];
    let watching = check("hmac", &options, &["python3", &path, "{key}", "{msg}"]).start();
    wait_for_judgement(&watching, 1);
    fs::rename(&path, folder.path("old.txt")).unwrap();
    folder.save("new.txt", "print('280ce248e848bcd4e5a31a036829d185')\n");
    fs::rename(folder.path("new.txt"), &path).unwrap();
    assert!(wait_for_judgement(&watching, 2).contains("hmac: passed"));
    watching.signal(rustix::process::Signal::TERM);
    watching.wait().expect_code(130);
}

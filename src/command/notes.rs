//! The six programs of the notes, which the lessons have the student run: written where they are wanted, and known again.

use super::output::{To, styled};
use super::output_file::OutputFile;
use super::output_kind::Kind;
use super::{Exit, Look};
use crate::cli::StartArgs;
use anyhow::Context;
use day30::lang::{Lang, Text};
use day30::{both, say};
use std::fs;
use std::path::Path;

/// Their files, and what is in them.
static PROGRAMS: [(&str, &str); 6] = [
    ("1_nonblock_server.py", include_str!("../../tests/notes/1_nonblock_server.py")),
    ("1_nonblock_client.py", include_str!("../../tests/notes/1_nonblock_client.py")),
    ("2_auth_server.py", include_str!("../../tests/notes/2_auth_server.py")),
    ("2_auth_client.py", include_str!("../../tests/notes/2_auth_client.py")),
    ("3_hmac.py", include_str!("../../tests/notes/3_hmac.py")),
    ("4_socket_server.py", include_str!("../../tests/notes/4_socket_server.py")),
];

/// A file that is longer is none of them, and is not read.
const LONGEST: u64 = 16 * 1024;

/// Writes them into the folder that is named, or into this one. What is there already as it should be stays.
pub(super) fn write(args: &StartArgs, look: Look) -> anyhow::Result<Exit> {
    let folder = args.file.as_deref().unwrap_or(Path::new(""));
    let is_missing =
        |(name, text): &&(&str, &str)| text_of(&folder.join(name)).is_none_or(|found| found != text.trim_end());
    let files = PROGRAMS
        .iter()
        .filter(is_missing)
        .map(|(name, text)| (OutputFile::new(&folder.join(name), Kind::Starter, args.force, look.lang), *text));
    let files: Vec<_> = files.collect();
    if !folder.as_os_str().is_empty() {
        fs::create_dir_all(folder).with_context(|| cannot_make(folder))?;
    }
    // All of them, or none.
    files.iter().try_for_each(|(file, _)| file.check())?;
    files.iter().try_for_each(|(file, text)| file.write(text))?;
    styled(&told(folder, look.lang), To::Stdout, look.color)?;
    Ok(Exit::Fine)
}

/// Whether this file is one of them.
pub(super) fn is_one(path: &Path) -> bool {
    text_of(path).is_some_and(|found| PROGRAMS.iter().any(|(_, text)| found == text.trim_end()))
}

/// What is in a file that may be one of them. An editor for Windows may have given the lines its own ends.
fn text_of(path: &Path) -> Option<String> {
    fs::metadata(path).ok().filter(|found| found.is_file() && found.len() <= LONGEST)?;
    Some(fs::read_to_string(path).ok()?.replace("\r\n", "\n").trim_end().to_owned())
}

fn cannot_make(folder: &Path) -> Text {
    let folder = folder.display();
    both!("cannot make the folder {folder}", "无法创建目录 {folder}")
}

fn told(folder: &Path, lang: Lang) -> String {
    let rows: String = PROGRAMS.iter().map(|(name, _)| format!("  {}\n", folder.join(name).display())).collect();
    say!(
        lang,
        "the notes' six programs, with their mistakes, are here:\n\n{rows}\nTheir port, 9000, and their secret, luwei, are written in them.\n",
        "笔记里的六个程序已经写好，错误也原样保留：\n\n{rows}\n端口 9000 和密钥 luwei 都写死在程序里。\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_program_of_the_notes_is_known_again_and_one_that_was_changed_is_not() {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("mine.py");
        let (_, text) = PROGRAMS[0];
        fs::write(&path, text.replace('\n', "\r\n")).expect("written");
        assert!(is_one(&path));
        fs::write(&path, text.replace("1024", "2048")).expect("written");
        assert!(!is_one(&path) && !is_one(folder.path()) && !is_one(&folder.path().join("none.py")));
    }
}

//! Whose program is whose: from the patterns that were typed to files, and from files to the names of students.

use crate::both;
use crate::lang::Text;
use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Component, Path, PathBuf};

/// No class is larger: a pattern that finds more finds something else.
const MOST: usize = 2000;
/// How a file is called that tells nothing of whose it is.
const COMMON: &[&str] = &["server", "client", "hmac", "main", "app", "index", "program", "socket", "auth"];

/// A student's program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Student {
    /// What they are called: as their folder, or their file.
    pub name: String,
    /// Their file, as it was typed or found.
    pub path: PathBuf,
    /// Why it cannot be judged, where that is seen at once.
    pub trouble: Option<Text>,
}

/// The students whose files these are: names, or patterns with `*` and `?`, so that they mean the same in every shell. A folder that a
/// pattern leads to, and that has no such file, is a student who is missing.
///
/// # Errors
///
/// When a pattern finds nothing, or too much: what to say then.
pub fn students(patterns: &[String]) -> Result<Vec<Student>, Text> {
    let mut paths = Vec::new();
    for pattern in patterns {
        let found = match pattern.contains(['*', '?']) && !Path::new(pattern).exists() {
            true => expand(pattern),
            false => vec![PathBuf::from(pattern)],
        };
        if found.is_empty() {
            return Err(both!("{pattern:?} finds no file", "{pattern:?} 没有找到任何文件"));
        }
        paths.extend(found);
        if paths.len() > MOST {
            return Err(both!("more than {MOST} files: look at the pattern", "超过 {MOST} 个文件：请检查文件名模式"));
        }
    }
    let mut known = BTreeSet::new();
    paths.retain(|path| known.insert(path.clone()));
    let names = names(&paths);
    Ok(names.into_iter().zip(paths).map(|(name, path)| Student { trouble: trouble(&path), name, path }).collect())
}

fn trouble(path: &Path) -> Option<Text> {
    let Some(name) = path.to_str() else {
        return Some(both!("its file name is not valid UTF-8", "文件名不是合法的 UTF-8"));
    };
    match fs::metadata(path) {
        Ok(found) if found.is_dir() => Some(both!("it is a folder, not a program", "这是文件夹，不是程序")),
        Ok(found) if !found.is_file() => Some(both!("it is not a regular file", "不是普通文件")),
        // What is in braces would be filled in.
        Ok(_) if name.contains(['{', '}']) => {
            Some(both!("its name has braces in it; rename it", "文件名里有花括号；请改名"))
        }
        Ok(_) => None,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            Some(both!("there is no such file", "没有这个文件"))
        }
        Err(error) => Some(both!("it cannot be read: {error}", "无法读取：{error}")),
    }
}

/// The paths that fit a pattern, part by part. A last part without a pattern need not be there.
fn expand(pattern: &str) -> Vec<PathBuf> {
    let mut found = vec![PathBuf::new()];
    let parts: Vec<_> = Path::new(pattern).components().collect();
    for (place, part) in parts.iter().enumerate() {
        let is_last = place + 1 == parts.len();
        let name = part.as_os_str().to_string_lossy();
        found = match part {
            Component::Normal(_) if name.contains(['*', '?']) => {
                found.iter().flat_map(|folder| fitting(folder, &name, is_last)).take(MOST + 1).collect()
            }
            part => found.into_iter().map(|folder| folder.join(part)).collect(),
        };
    }
    found
}

/// What fits in this folder: folders, or behind the last part files.
fn fitting(folder: &Path, pattern: &str, is_last: bool) -> Vec<PathBuf> {
    let here = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
    let Ok(entries) = fs::read_dir(here) else { return Vec::new() };
    let is_meant = |entry: &fs::DirEntry| {
        let name = entry.file_name().to_string_lossy().into_owned();
        let is_hidden = name.starts_with('.') && !pattern.starts_with('.');
        !is_hidden && fits(&name, pattern) && entry.path().is_dir() != is_last
    };
    let mut paths: Vec<_> = entries.flatten().filter(is_meant).map(|entry| folder.join(entry.file_name())).collect();
    paths.sort();
    paths
}

/// Whether a name fits a pattern: `*` is any letters, `?` is one. Time is the product of both lengths, whatever the pattern.
fn fits(name: &str, pattern: &str) -> bool {
    let name: Vec<_> = name.chars().collect();
    // Which beginnings of the name fit the pattern so far.
    let mut fitting = vec![false; name.len() + 1];
    fitting.iter_mut().take(1).for_each(|empty| *empty = true);
    for sign in pattern.chars() {
        let mut next = vec![false; name.len() + 1];
        let mut any = false;
        for (place, fits) in fitting.iter().enumerate() {
            any |= *fits;
            let (here, there) = match sign {
                '*' => (any, false),
                sign => (false, *fits && name.get(place).is_some_and(|letter| sign == '?' || sign == *letter)),
            };
            next.iter_mut().skip(place).zip([here, there]).for_each(|(next, now)| *next |= now);
        }
        fitting = next;
    }
    fitting.last() == Some(&true)
}

/// What the students are called: as their folders where each has one, else as their files; with the whole path where that is not
/// enough to tell them apart.
fn names(paths: &[PathBuf]) -> Vec<String> {
    let folder = |path: &PathBuf| {
        let folder = path.parent()?.file_name()?.to_string_lossy().into_owned();
        Some(folder).filter(|name| name != "." && name != "..")
    };
    let stem = |path: &PathBuf| path.file_stem().unwrap_or(path.as_os_str()).to_string_lossy().into_owned();
    let folders: BTreeSet<_> = paths.iter().filter_map(folder).collect();
    let is_common = |path: &PathBuf| {
        let stem = stem(path).to_lowercase();
        COMMON.iter().any(|word| stem.contains(word))
    };
    let by_folder = folders.len() == paths.len() && (paths.len() > 1 || paths.iter().all(is_common));
    let name = |path: &PathBuf| Some(path).filter(|_| by_folder).and_then(folder).unwrap_or_else(|| stem(path));
    let mut count = BTreeMap::new();
    paths.iter().for_each(|path| *count.entry(name(path)).or_insert(0) += 1);
    paths
        .iter()
        .map(|path| match name(path) {
            name if count.get(&name) == Some(&1) => name,
            _ => path.to_string_lossy().into_owned(),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn named(paths: &[&str]) -> Vec<String> {
        names(&paths.iter().map(PathBuf::from).collect::<Vec<_>>())
    }

    #[test]
    fn a_student_is_called_as_the_folder_or_the_file() {
        assert_eq!(named(&["work/student-01/server.py", "work/student-02/main.py"]), ["student-01", "student-02"]);
        assert_eq!(named(&["work/student-01.py", "work/student-02.py"]), ["student-01", "student-02"]);
        assert_eq!(named(&["student-01/server.py"]), ["student-01"]);
        assert_eq!(named(&["work/student-01.py"]), ["student-01"]);
        assert_eq!(named(&["a/x/server.py", "b/x/server.py"]), ["a/x/server.py", "b/x/server.py"]);
    }

    #[test]
    fn a_pattern_fits_what_it_says() {
        for (name, pattern, is_so) in [
            ("student-01", "*", true),
            ("student-01", "student-0?", true),
            ("student-01", "*-0*1", true),
            ("student-01", "student", false),
            ("", "*", true),
            ("", "?", false),
            ("学生", "??", true),
        ] {
            assert_eq!(fits(name, pattern), is_so, "{name} {pattern}");
        }
    }

    proptest! {
        #[test]
        fn a_name_fits_itself_and_itself_with_stars(name in "[^*?]{0,12}", at in 0_usize..12) {
            prop_assert!(fits(&name, &name));
            let place = name.char_indices().nth(at).map_or(name.len(), |(place, _)| place);
            let starred = format!("{}*{}", &name[..place], &name[place..]);
            prop_assert!(fits(&name, &starred));
        }
    }
}

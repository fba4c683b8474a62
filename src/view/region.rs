//! Code of real files in a lesson's text: `{{#include PATH:REGION}}` becomes the lines between `ANCHOR: REGION` and
//! `ANCHOR_END: REGION` of that file. `build.rs` does it when day30 is compiled, so that a lesson shows what is compiled.

use std::fs;
use std::path::Path;

/// Before the path and the region in a line that includes them.
const INCLUDE: &str = "{{#include ";

/// The text with the regions in it. `read` gives a file by its path, as the text has it; an error says which line is wrong, and why.
/// The fence above an include gets the file's name: `python` becomes `python,file=nonblock_server.py`.
///
/// # Errors
/// When a file cannot be read, or has no such region.
pub fn expand(text: &str, mut read: impl FnMut(&str) -> Result<String, String>) -> Result<String, String> {
    let mut lines: Vec<String> = Vec::new();
    for (index, line) in text.lines().enumerate() {
        let Some((path, name)) = included(line) else {
            lines.push(line.to_owned());
            continue;
        };
        let place = format!("line {}: {path}", index + 1);
        let file = read(path).map_err(|why| format!("{place}: {why}"))?;
        let region =
            region(&file, name).ok_or_else(|| format!("{place} has no region '{}'", name.unwrap_or_default()))?;
        if let Some(fence) = lines.last_mut().filter(|line| line.starts_with("```") && !line.ends_with('`')) {
            let shown = path.trim_start_matches("../");
            fence.push_str(&format!(",file={}", shown.strip_prefix("python/").unwrap_or(shown)));
        }
        lines.extend(region);
    }
    Ok(lines.join("\n") + "\n")
}

/// The path and the region that a line includes.
#[must_use]
pub fn included(line: &str) -> Option<(&str, Option<&str>)> {
    let what = line.trim().strip_prefix(INCLUDE)?.strip_suffix("}}")?.trim();
    Some(what.split_once(':').map_or((what, None), |(path, name)| (path, Some(name))))
}

/// The lines of a region, or of the whole file, without markers and moved to the left; `None` if it does not begin or end.
fn region(file: &str, name: Option<&str>) -> Option<Vec<String>> {
    let mut lines: Vec<&str> = file.lines().collect();
    if let Some(name) = name {
        let at = |mark: &str| lines.iter().position(|line| marker(line) == Some((mark, name)));
        let (begin, end) = (at("ANCHOR")?, at("ANCHOR_END")?);
        lines = lines.get(begin + 1..end)?.to_vec();
    }
    lines.retain(|line| marker(line).is_none());
    let indent = |line: &&str| line.len() - line.trim_start().len();
    let least = lines.iter().filter(|line| !line.trim().is_empty()).map(indent).min().unwrap_or_default();
    Some(lines.iter().map(|line| line.get(least..).unwrap_or_default().to_owned()).collect())
}

/// The file beside the lessons of a language that has the comments of Python files in that language.
const COMMENTS: &str = "comments.txt";

/// The text of a file, by its path from the folder of a language's lessons, as a lesson of that language shows it.
///
/// # Errors
/// Why it cannot be read.
pub fn read(folder: &Path, path: &str) -> Result<String, String> {
    let text = fs::read_to_string(folder.join(path)).map_err(|error| error.to_string())?;
    if !path.ends_with(".py") {
        return Ok(text);
    }
    // The files are in English: its folder has no table.
    let table = fs::read_to_string(folder.join(COMMENTS)).unwrap_or_default();
    Ok(with_comments(&text, &table))
}

/// The comments of a Python file in another language. The table has each comment in two lines, as it stands in the file and
/// translated, and an empty line behind both. A comment that is not in it stays as it is.
fn with_comments(file: &str, table: &str) -> String {
    let known: Vec<_> = table.split("\n\n").filter_map(|pair| pair.trim().split_once('\n')).collect();
    let translated = |line: &str| {
        let (comment, (_, other)) =
            comment(line).and_then(|here| Some((here, known.iter().find(|(en, _)| *en == here)?)))?;
        Some(line.replacen(comment, other, 1))
    };
    file.split_inclusive('\n').map(|line| translated(line).unwrap_or_else(|| line.to_owned())).collect()
}

/// The comment in a line of Python, or its docstring, where that is all of the line.
#[must_use]
pub fn comment(line: &str) -> Option<&str> {
    let code = line.trim();
    let docstring = code.strip_prefix("\"\"\"").and_then(|text| text.strip_suffix("\"\"\""));
    let whole = || code.strip_prefix("# ");
    docstring.or_else(whole).or_else(|| Some(code.split_once("  # ")?.1)).filter(|_| marker(line).is_none())
}

/// `ANCHOR` or `ANCHOR_END` and the region's name, where a line is such a marker.
#[must_use]
pub fn marker(line: &str) -> Option<(&'static str, &str)> {
    let comment = line.trim();
    let comment = comment.strip_prefix('#').or_else(|| comment.strip_prefix("//"))?.trim_start();
    ["ANCHOR", "ANCHOR_END"]
        .into_iter()
        .find_map(|mark| Some((mark, comment.strip_prefix(mark)?.strip_prefix(':')?.trim())))
}

#[cfg(test)]
mod tests {
    use super::*;

    const FILE: &str = "a\n# ANCHOR: loop\n    while True:\n        # ANCHOR: inner\n        pass\n        # ANCHOR_END: inner\n# ANCHOR_END: loop\nb\n";

    fn expanded(text: &str) -> Result<String, String> {
        expand(text, |path| if path == "../python/a.py" { Ok(FILE.to_owned()) } else { Err("not there".to_owned()) })
    }

    #[test]
    fn a_region_is_shown_without_markers_and_moved_to_the_left() {
        let text = "x\n```python\n{{#include ../python/a.py:loop}}\n```\n";
        assert_eq!(expanded(text).unwrap(), "x\n```python,file=a.py\nwhile True:\n    pass\n```\n");
        let whole = "```python\n{{#include ../python/a.py}}\n```\n";
        assert_eq!(expanded(whole).unwrap(), "```python,file=a.py\na\n    while True:\n        pass\nb\n```\n");
    }

    #[test]
    fn what_is_not_there_is_named() {
        let error = |text| expanded(text).unwrap_err();
        assert_eq!(error("\n{{#include ../python/a.py:lop}}"), "line 2: ../python/a.py has no region 'lop'");
        assert_eq!(error("{{#include b.py:x}}"), "line 1: b.py: not there");
    }

    #[test]
    fn comments_are_found_in_the_table() {
        let table = "one\n一\n\ntwo: 2\n二\n";
        let file = "# one\nx = '# one'  # two: 2\n    \"\"\"one\"\"\"\n# ANCHOR: one\n# three\n";
        let chinese = "# 一\nx = '# one'  # 二\n    \"\"\"一\"\"\"\n# ANCHOR: one\n# three\n";
        assert_eq!(with_comments(file, table), chinese);
    }

    #[test]
    fn markers_of_both_languages_are_known() {
        assert_eq!(marker("    // ANCHOR: loop"), Some(("ANCHOR", "loop")));
        assert_eq!(marker("# ANCHOR_END: a-b"), Some(("ANCHOR_END", "a-b")));
        assert_eq!(marker("x  # ANCHOR: no"), None);
        assert_eq!(marker("# ANCHORS"), None);
    }
}

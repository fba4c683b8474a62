//! The lessons as their writers have them: files, read line by line. `DAY30_LESSONS=FOLDER` reads another copy of the project.

use day30::view::markdown::{Block, blocks};
use day30::view::region::{expand, read};
use std::fs;
use std::path::{Path, PathBuf};

/// One file in one language.
pub struct Page {
    pub lang: &'static str,
    /// `nonblock`
    pub name: String,
    pub path: PathBuf,
    pub text: String,
}

/// What stands between two fences.
#[derive(Clone, Debug)]
pub struct Fence {
    /// The line of its first fence, from 1.
    pub line: usize,
    /// `console`, `python`, `see`, or nothing.
    pub language: String,
    /// `pair`, `figures` (what is measured, and so differs each time).
    pub words: Vec<String>,
    pub lines: Vec<String>,
    /// The HTML comment right above: `my_server.py: ../python/nonblock_server.py`, which file stands for what the student has
    /// written.
    pub comment: Option<String>,
}

/// A command that is typed, and what the text shows below it.
#[derive(Clone, Debug)]
pub struct Typed {
    pub line: usize,
    /// Which terminal; 1 where there is only one.
    pub terminal: usize,
    pub command: String,
    pub shown: Vec<String>,
    /// What is shown is measured.
    pub has_figures: bool,
}

/// The copy of the project that is read.
pub fn root() -> PathBuf {
    std::env::var_os("DAY30_LESSONS").map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from)
}

/// Every lesson in one language, by name.
pub fn pages(lang: &'static str) -> Vec<Page> {
    let folder = root().join("lessons").join(lang);
    let mut pages = Vec::new();
    for entry in fs::read_dir(&folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_some_and(|extension| extension == "md") {
            let name = path.file_stem().unwrap().to_str().unwrap().to_owned();
            pages.push(Page { lang, name, text: fs::read_to_string(&path).unwrap(), path });
        }
    }
    pages.sort_by(|one, other| one.name.cmp(&other.name));
    assert!(!pages.is_empty(), "{} has no lesson", folder.display());
    pages
}

impl Page {
    /// `lessons/en/auth.md:12`, to be opened.
    pub fn at(&self, line: usize) -> String {
        format!("lessons/{}/{}.md:{line}", self.lang, self.name)
    }

    pub fn folder(&self) -> &Path {
        self.path.parent().unwrap()
    }

    /// As the terminal and the book show it, with the code that it includes.
    pub fn blocks(&self) -> Vec<Block> {
        let read = |path: &str| read(self.folder(), path);
        blocks(&expand(&self.text, read).unwrap_or_else(|why| panic!("{}: {why}", self.at(1))))
    }

    pub fn fences(&self) -> Vec<Fence> {
        let (mut fences, mut open): (Vec<Fence>, Option<Fence>) = (Vec::new(), None);
        let mut before = String::new();
        for (index, line) in self.text.lines().enumerate() {
            let trimmed = line.trim_start();
            match (trimmed.strip_prefix("```"), &mut open) {
                (Some(_), Some(_)) => fences.extend(open.take()),
                (Some(info), None) => {
                    let mut words = info.split(',').map(|word| word.trim().to_owned());
                    let language = words.next().unwrap_or_default();
                    let comment = before.strip_prefix("<!-- ").and_then(|text| text.strip_suffix(" -->"));
                    let comment = comment.map(str::to_owned);
                    open =
                        Some(Fence { line: index + 1, language, words: words.collect(), lines: Vec::new(), comment });
                }
                (None, Some(fence)) => fence.lines.push(line.to_owned()),
                (None, None) if !trimmed.is_empty() => before = line.trim_end().to_owned(),
                (None, None) => {}
            }
        }
        assert!(open.is_none(), "{}: a fence is not closed", self.at(open.unwrap().line));
        fences
    }

    /// The lines outside of fences, with their numbers; code in backticks is blanked.
    pub fn prose(&self) -> Vec<(usize, String)> {
        let mut is_code = false;
        let mut prose = Vec::new();
        for (index, line) in self.text.lines().enumerate() {
            if line.trim_start().starts_with("```") {
                is_code = !is_code;
            } else if !is_code {
                let blanked = |(place, part): (usize, &str)| if place % 2 == 0 { part.to_owned() } else { "x".into() };
                prose.push((index + 1, line.split('`').enumerate().map(blanked).collect::<Vec<_>>().join("`")));
            }
        }
        prose
    }

    /// Each heading's rank, anchor and line.
    pub fn headings(&self) -> Vec<(usize, Option<String>, usize)> {
        let headings = self.prose().into_iter().filter(|(_, line)| line.starts_with('#'));
        let anchor = |line: &str| Some(line.split_once("{#")?.1.strip_suffix('}')?.to_owned());
        headings
            .map(|(at, line)| (line.chars().take_while(|c| *c == '#').count(), anchor(line.trim_end()), at))
            .collect()
    }

    pub fn anchors(&self) -> Vec<String> {
        self.headings().into_iter().filter_map(|(_, anchor, _)| anchor).collect()
    }

    /// The texts in backticks outside of fences; one may go on in the next line.
    pub fn spans(&self) -> Vec<String> {
        let mut is_code = false;
        let mut prose = String::new();
        for line in self.text.lines() {
            is_code ^= line.trim_start().starts_with("```");
            if !is_code && !line.trim_start().starts_with("```") {
                prose += &format!("{line}\n");
            }
        }
        prose.split('`').skip(1).step_by(2).map(|span| span.split_whitespace().collect::<Vec<_>>().join(" ")).collect()
    }
}

impl Fence {
    /// The file that the comment gives, with its source: `my_server.py`, `../python/nonblock_server.py`.
    pub fn file(&self) -> Option<(&str, &str)> {
        self.comment
            .as_deref()?
            .split_once(": ")
            .filter(|(name, source)| name.contains('.') && source.starts_with("../"))
    }

    pub fn is(&self, word: &str) -> bool {
        self.words.iter().any(|known| known == word)
    }

    /// The commands of a `console`, with what is shown below each.
    pub fn typed(&self) -> Vec<Typed> {
        let mut typed: Vec<Typed> = Vec::new();
        for (index, line) in self.lines.iter().enumerate() {
            let command = line.trim_start_matches(|letter: char| letter.is_ascii_digit());
            if let Some(command) = command.strip_prefix("$ ") {
                let terminal = line.split('$').next().unwrap().parse().unwrap_or(1);
                let line = self.line + 1 + index;
                let has_figures = self.is("figures");
                typed.push(Typed { line, terminal, command: command.to_owned(), shown: Vec::new(), has_figures });
            } else if let Some(last) = typed.last_mut() {
                last.shown.push(line.clone());
            }
        }
        typed
    }
}

//! The files that are asked for. Whether each of them can be written is found out before the first program is started.

use super::super::Usage;
use super::super::output_file::{OutputFile, all_different};
use super::super::output_kind::Kind;
use crate::cli::OutputArgs;
use anyhow::Context;
use day30::both;
use day30::class::{Entry, Meeting, Roll, csv, feedback, file_names, json, junit, page, page_of_pairs};
use day30::lang::Lang;
use std::fs;
use std::path::Path;

/// All of them.
pub(super) struct Outputs {
    html: Option<OutputFile>,
    csv: Option<OutputFile>,
    json: Option<OutputFile>,
    /// For each student one, if they are asked for.
    junit: Vec<OutputFile>,
    feedback: Vec<OutputFile>,
    /// The students whose feedback is in the other language.
    otherwise: Vec<String>,
    lang: Lang,
}

impl Outputs {
    pub(super) fn of(args: &OutputArgs, entries: &[Entry], is_for_pairs: bool, lang: Lang) -> anyhow::Result<Self> {
        let force = args.force;
        let file = |path: &Path, kind| OutputFile::new(path, kind, force, lang);
        let in_folder = |folder: Option<&Path>, ending: &str, kind| -> anyhow::Result<Vec<OutputFile>> {
            let Some(folder) = folder else { return Ok(Vec::new()) };
            let shown = folder.display();
            fs::create_dir_all(folder)
                .with_context(|| both!("cannot make the folder {shown}", "无法建立文件夹 {shown}"))?;
            Ok(file_names(entries, ending).iter().map(|name| file(&folder.join(name), kind)).collect())
        };
        let json = if is_for_pairs { Kind::ClassPairs } else { Kind::ClassJson };
        let outputs = Self {
            html: args.html.as_deref().map(|path| file(path, Kind::ClassHtml)),
            csv: args.csv.as_deref().map(|path| file(path, Kind::ClassCsv)),
            json: args.json.as_deref().map(|path| file(path, json)),
            junit: in_folder(args.junit.as_deref(), "xml", Kind::CheckJunit)?,
            feedback: in_folder(args.feedback.as_deref(), "md", Kind::ClassFeedback)?,
            otherwise: others(&args.feedback_lang, entries, lang)?,
            lang,
        };
        all_different(outputs.files().map(OutputFile::path))?;
        outputs.files().try_for_each(OutputFile::check)?;
        Ok(outputs)
    }

    fn files(&self) -> impl Iterator<Item = &OutputFile> {
        let single = self.html.iter().chain(&self.csv).chain(&self.json);
        single.chain(&self.junit).chain(&self.feedback)
    }

    /// Writes what is known of a class; `command` is how each student goes on along the path.
    pub(super) fn write(&self, roll: &Roll, command: impl Fn(&Entry) -> String) -> anyhow::Result<()> {
        let lang = self.lang;
        let mut all = write(self.html.as_ref(), || page(roll, lang));
        all = all.and(write(self.csv.as_ref(), || csv(roll, lang)));
        all = all.and(write(self.json.as_ref(), || json(roll, lang)));
        for (entry, file) in roll.entries.iter().zip(&self.junit) {
            all = all.and(file.write(junit(entry, roll.target, lang)));
        }
        for (entry, file) in roll.entries.iter().zip(&self.feedback) {
            let other = self.otherwise.contains(&entry.student.name);
            let lang = if other { lang.pick(Lang::Zh, Lang::En) } else { lang };
            all = all.and(file.write(feedback(entry, roll, &command(entry), lang)));
        }
        all
    }

    /// Writes what is known of the pairs.
    pub(super) fn write_pairs(&self, meeting: &Meeting) -> anyhow::Result<()> {
        let page = write(self.html.as_ref(), || page_of_pairs(meeting, self.lang));
        page.and(write(self.json.as_ref(), || meeting.json()))
    }
}

fn write(file: Option<&OutputFile>, text: impl FnOnce() -> String) -> anyhow::Result<()> {
    file.map_or(Ok(()), |file| file.write(text()))
}

/// The students who read the other of the two languages: `zh=NAME,NAME`.
fn others(typed: &[String], entries: &[Entry], lang: Lang) -> Result<Vec<String>, Usage> {
    let mut others = Vec::new();
    for typed in typed {
        let wrong = || {
            Usage(both!(
                "--feedback-lang {typed:?}: write zh=NAME,… or en=NAME,…",
                "--feedback-lang {typed:?}：请写 zh=名字,… 或 en=名字,…"
            ))
        };
        let (theirs, names) = typed.split_once('=').ok_or_else(wrong)?;
        let is_other = match theirs {
            "en" => lang == Lang::Zh,
            "zh" => lang == Lang::En,
            _ => return Err(wrong()),
        };
        for name in names.split(',') {
            if !entries.iter().any(|entry| entry.student.name == name) {
                return Err(Usage(both!(
                    "--feedback-lang: there is no student {name:?}",
                    "--feedback-lang：没有叫 {name:?} 的学生"
                )));
            }
            others.extend(Some(name.to_owned()).filter(|_| is_other));
        }
    }
    Ok(others)
}

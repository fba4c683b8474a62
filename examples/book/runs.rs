//! The runs that the lessons show, played by day30 itself.

use crate::html::escaped;
use anyhow::bail;
use day30::lang::Lang;
use std::cell::RefCell;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// The runs of one language's pages.
pub(crate) struct Runs<'r> {
    day30: &'r Path,
    folder: &'r Path,
    lang: Lang,
    /// What could not be played.
    wrong: RefCell<Vec<String>>,
}

impl<'r> Runs<'r> {
    pub(crate) fn new(day30: &'r Path, folder: &'r Path, lang: Lang) -> Self {
        Self { day30, folder, lang, wrong: RefCell::default() }
    }

    /// The run with these arguments: its ladder, and the page that plays it, to be opened here or alone.
    pub(crate) fn figure(&self, arguments: &str) -> String {
        let words: Vec<_> = arguments.split_whitespace().collect();
        let name: Vec<_> = words.iter().map(|word| word.trim_matches('-')).collect();
        let name = name.join("-");
        if let Err(error) = self.play(&words, &self.folder.join("see"), &name) {
            self.wrong.borrow_mut().push(format!("day30 {arguments}: {error:#}"));
        }
        let (name, shown) = (escaped(&name), escaped(arguments));
        let [picture, here, alone] = self.lang.pick(
            [
                "Every socket call of this run, from top to bottom",
                "Step through it here",
                "Step through it in a window of its own",
            ],
            ["这次运行的每一次 socket 调用，从上到下", "在这里逐步看", "在单独的窗口里逐步看"],
        );
        format!(
            "<figure class=\"run\">\n<div class=\"ladder\" tabindex=\"0\" role=\"region\" aria-label=\"{picture}\">\
             <img src=\"see/{name}.svg\" alt=\"{picture}: day30 {shown}\"></div>\n\
             <figcaption><code>$ day30 {shown} --see</code></figcaption>\n\
             <details><summary>{here}</summary><iframe src=\"see/{name}.html\" title=\"day30 {shown}\" loading=\"lazy\"></iframe></details>\n\
             <p><a href=\"see/{name}.html\">{alone}</a></p>\n</figure>\n"
        )
    }

    /// Fails if a run did.
    pub(crate) fn result(&self) -> anyhow::Result<()> {
        let wrong = self.wrong.borrow();
        if wrong.is_empty() { Ok(()) } else { bail!("{}", wrong.join("\n")) }
    }

    fn play(&self, words: &[&str], folder: &Path, name: &str) -> anyhow::Result<()> {
        fs::create_dir_all(folder)?;
        let record = folder.join(format!("{name}.jsonl"));
        let mut run = Command::new(self.day30);
        run.args(words).arg("--record").arg(&record).arg("--force");
        if words.first() == Some(&"demo") {
            run.arg("--no-pause");
        }
        self.call(&mut run)?;
        for (view, extension) in [("ladder", "svg"), ("html", "html")] {
            let page: PathBuf = folder.join(format!("{name}.{extension}"));
            self.call(
                Command::new(self.day30).arg("see").arg(&record).args(["--as", view, "--force", "-o"]).arg(page),
            )?;
        }
        Ok(fs::remove_file(record)?)
    }

    fn call(&self, command: &mut Command) -> anyhow::Result<()> {
        command.args(["--lang", self.lang.pick("en", "zh")]).stdin(Stdio::null()).stdout(Stdio::null());
        let output = command.stderr(Stdio::piped()).output()?;
        if !output.status.success() {
            bail!("{} {}", output.status, String::from_utf8_lossy(&output.stderr));
        }
        Ok(())
    }
}

//! `day30 lesson`: the texts of the day.

use super::pager::{Paper, show};
use super::{Exit, Look, Usage};
use crate::cli::LessonArgs;
use day30::lang::{Lang, Text};
use day30::lesson::Lesson;
use day30::view::break_lines;
use day30::view::markdown::{Block, Sheet, blocks, print, section};
use day30::view::palette::{DIM, TITLE};
use day30::{both, words};

pub(super) fn run(args: &LessonArgs, look: Look) -> anyhow::Result<Exit> {
    let mut paper = Paper::of(look);
    paper.width = args.width.map_or(paper.width, usize::from);
    let Some(asked) = &args.lesson else { return show(&day(look.lang, paper.width), look, !args.no_pager) };
    let (name, anchor) = asked.split_once('#').map_or((asked.as_str(), None), |(name, anchor)| (name, Some(anchor)));
    let lesson = Lesson::asked(name).ok_or_else(|| Usage(no_lesson(name)))?;
    let page = blocks(lesson.text(look.lang));
    let part = match anchor {
        Some(anchor) => section(&page, anchor).ok_or_else(|| Usage(no_anchor(name, anchor, &page)))?,
        None => page.as_slice(),
    };
    let Paper { width, has_styles } = paper;
    let sheet = Sheet { width, has_styles, answers: args.answers, lang: look.lang, lesson: Some(lesson.name) };
    show(&print(part, &sheet), look, !args.no_pager)
}

/// The day at a glance.
fn day(lang: Lang, width: usize) -> String {
    let name_width = Lesson::all().iter().map(|lesson| lesson.name.len()).max().unwrap_or_default();
    let column = if width < 60 { 4 } else { name_width + 4 };
    let title = lang.pick("The day: what a socket does", "这一天：socket 在做什么");
    let mut page = format!("{TITLE}{title}{TITLE:#}\n\n");
    for lesson in Lesson::all() {
        let Some(row) = lesson.row() else { continue };
        let teaches = break_lines(&lang.read(row.teaches), width.saturating_sub(column));
        // Whole, however narrow the page is: broken, a command would not run.
        let commands = row.commands.iter().map(|command| format!("{DIM}${DIM:#} {command}"));
        let mut rows = teaches.into_iter().chain(commands);
        let bold = anstyle::Style::new().bold();
        let name = format!("  {bold}{}{bold:#}", lesson.name);
        if width < 60 {
            page += &format!("{name}\n");
        } else {
            let first = rows.next().unwrap_or_default();
            page += &format!("{name}{:1$}{first}\n", "", column - 2 - lesson.name.len());
        }
        rows.for_each(|row| page += &format!("{:column$}{row}\n", ""));
    }
    let how = words!(
        "Read one: day30 lesson nonblock. One part of it: day30 lesson nonblock#questions",
        "读一课：day30 lesson nonblock。只读一节：day30 lesson nonblock#questions"
    );
    page + "\n" + &break_lines(&lang.read(how), width).join("\n") + "\n"
}

fn no_lesson(name: &str) -> Text {
    let name = day30::view::escape(name.as_bytes());
    let names: Vec<_> = Lesson::all().iter().map(|lesson| lesson.name).collect();
    let (en, zh) = (names.join(", "), names.join("、"));
    both!("there is no lesson '{name}'\n  lessons: {en}", "没有名为“{name}”的课\n  有这些课：{zh}")
}

fn no_anchor(name: &str, anchor: &str, page: &[Block]) -> Text {
    let anchor = day30::view::escape(anchor.as_bytes());
    let known = page.iter().filter_map(|block| match block {
        Block::Heading { anchor: Some(anchor), .. } => Some(format!("#{anchor}")),
        _ => None,
    });
    let known = known.collect::<Vec<_>>().join(" ");
    both!(
        "lesson '{name}' has no part '#{anchor}'\n  parts: {known}",
        "“{name}”这一课没有名为“#{anchor}”的部分\n  有这些部分：{known}"
    )
}

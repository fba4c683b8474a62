//! What `lesson` takes.

use super::examples;
use super::value::number;
use clap::Args;
use day30::words;

#[derive(Debug, Args)]
#[command(after_help = examples!(
    "day30 lesson                   " # "the day at a glance" "一天的内容",
    "day30 lesson nonblock",
    "day30 lesson auth#replay       " # "one part: # and the word beside its heading" "只看一节：# 加上标题旁边的词",
    "day30 lesson hmac --answers    " # "with the answers to its questions" "连同问题的答案",
))]
pub(crate) struct LessonArgs {
    #[arg(value_name = "NAME[#PART]", help = words!(
        "The lesson, and which part of it; without it, the day at a glance",
        "哪一课，也可以指定哪一节；不给则显示一天的内容",
    ))]
    pub(crate) lesson: Option<String>,
    #[arg(long, help = words!("Show the answers to the questions", "显示问题的答案"))]
    pub(crate) answers: bool,
    #[arg(long, value_name = "N", value_parser = number(24_u16..=300), help = words!(
        "Columns of a line; without it, as many as the terminal has (at most 120), 80 in a pipe",
        "每行的列数；不给则与终端同宽（最多 120），输出到管道时为 80",
    ))]
    pub(crate) width: Option<u16>,
    #[arg(long, help = words!(
        "Do not use a pager ($PAGER, or less), which is only used on a terminal",
        "不分页（默认只在终端上用 $PAGER 或 less 分页）",
    ))]
    pub(crate) no_pager: bool,
}

#[cfg(test)]
mod tests {
    use crate::cli::{Answer, Cli, parse};
    use clap::CommandFactory;
    use day30::lang::Lang;
    use day30::lesson::DAY;
    use day30::view::markdown::{Block, Ink, Span, blocks};
    use std::ffi::OsString;
    use std::path::{Path, PathBuf};
    use std::{env, fs};

    /// The lessons and contracts of one language; `DAY30_LESSONS` names another copy of the project.
    fn files(lang: &str) -> Vec<PathBuf> {
        let root = env::var_os("DAY30_LESSONS").map_or(PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
        let folder = root.join("lessons").join(lang);
        let listed =
            |folder: &Path| fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect::<Vec<_>>();
        let files = [listed(&folder), listed(&folder.join("contracts"))].concat();
        files.into_iter().filter(|path| path.extension().is_some_and(|extension| extension == "md")).collect()
    }

    /// What is said to be typed: whole lines, and in the text.
    fn typed(all: &[Block], lines: &mut Vec<String>, inline: &mut Vec<String>) {
        let of = |spans: &[Span], inline: &mut Vec<String>| {
            inline.extend(spans.iter().filter(|span| span.ink == Ink::Code).map(|span| span.text.clone()));
        };
        for block in all {
            match block {
                Block::Heading { text, .. } | Block::Paragraph(text) => of(text, inline),
                Block::Code { language, text, .. } if language == "see" => lines.push(format!("day30 {}", text.trim())),
                // In a console what is typed stands behind a prompt; elsewhere the line begins with it.
                Block::Code { language, text, .. } if language == "console" => {
                    let typed = |line: &str| {
                        let line = line.trim_start_matches(|letter: char| letter.is_ascii_digit());
                        line.strip_prefix("$ ").map(str::to_owned)
                    };
                    lines.extend(text.lines().filter_map(typed));
                }
                Block::Code { text, .. } => {
                    lines.extend(text.lines().filter(|line| line.starts_with("day30 ")).map(str::to_owned));
                }
                Block::List(_, items) => items.iter().for_each(|item| typed(item, lines, inline)),
                Block::Quote(inner) => typed(inner, lines, inline),
                Block::Question(question, answer) => {
                    of(question, inline);
                    typed(answer, lines, inline);
                }
                Block::Table(rows) => rows.iter().flatten().for_each(|cell| of(cell, inline)),
                Block::Rule | Block::Html(_) => {}
            }
        }
    }

    /// Each `day30 …` of a line that a shell would run: behind pipes, assignments and redirections too.
    fn commands(line: &str) -> Vec<Vec<String>> {
        let words = shlex::split(line).unwrap_or_default();
        let mut commands = Vec::new();
        for command in words.split(|word| ["|", "||", "&&", ";", "&"].contains(&word.as_str())) {
            let end = command.iter().position(|word| word.starts_with(['>', '<']) || word.starts_with("2>"));
            let command = &command[..end.unwrap_or(command.len())];
            let begin = command.iter().position(|word| !word.contains('=')).unwrap_or_default();
            if command.get(begin).is_some_and(|word| word == "day30") {
                commands.push(command[begin..].to_vec());
            }
        }
        commands
    }

    fn mistake(command: &[String], lang: Lang) -> Option<String> {
        let words: Vec<_> = command.iter().map(OsString::from).collect();
        match parse(&words, lang) {
            Err(Answer::Mistake(text)) => Some(Lang::En.read(text.of(Lang::En))),
            _ => None,
        }
    }

    /// A lesson that names an option which is no longer there would leave a student alone.
    #[test]
    fn everything_that_a_lesson_says_to_type_can_be_typed() {
        let mut wrong = Vec::new();
        let day = Cli::command();
        for (lang, folder) in [(Lang::En, "en"), (Lang::Zh, "zh")] {
            for path in files(folder) {
                let (mut lines, mut inline) = (Vec::new(), Vec::new());
                typed(&blocks(&fs::read_to_string(&path).unwrap()), &mut lines, &mut inline);
                // A command alone, such as `day30 check`, may be spoken of; so may one with a word to be filled in.
                inline.retain(|text| {
                    let words: Vec<_> = text.split_whitespace().collect();
                    let is_name = words.len() == 2 && day.find_subcommand(words[1]).is_some();
                    text.starts_with("day30 ")
                        && !is_name
                        && !text.contains(['…', '['])
                        && !words[1].chars().all(char::is_uppercase)
                });
                // So may one without all that it needs: `day30 check hmac`.
                let is_whole = |why: &String| !why.starts_with("missing: ") && !why.contains("the value is missing");
                let whole =
                    lines.iter().flat_map(|line| commands(line)).map(|command| (mistake(&command, lang), command));
                let spoken = inline
                    .iter()
                    .flat_map(|line| commands(line))
                    .map(|command| (mistake(&command, lang).filter(is_whole), command));
                for (why, command) in whole.chain(spoken) {
                    let place = path.display();
                    wrong.extend(why.map(|why| format!("{place}: {}\n  {why}", command.join(" "))));
                }
            }
        }
        assert!(wrong.is_empty(), "\n{}\n", wrong.join("\n"));
    }

    #[test]
    fn the_commands_of_the_day_can_be_typed() {
        for command in DAY.iter().flat_map(|row| row.commands).flat_map(|line| commands(line)) {
            assert_eq!(mistake(&command, Lang::En), None, "{command:?}");
        }
        assert!(mistake(&commands("echo a | day30 no-such-command > x")[0], Lang::En).is_some());
    }
}

//! The lessons' texts: what they include, link to and name is there, and both languages say the same. Their commands are run by
//! `lesson_commands`. `make lessons` plays only these.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use crate::common::Day30;
use crate::common::lessons::{Page, pages, root};
use day30::check::{Step, Target};
use day30::lang::Lang;
use day30::view::markdown::Block;
use day30::view::region::{comment, expand, included, read};
use std::collections::BTreeSet;
use std::fs;

/// Fails with all that was found, one a line.
#[track_caller]
fn assert_none(found: &[String]) {
    assert!(found.is_empty(), "\n{}\n", found.join("\n"));
}

fn all() -> Vec<Page> {
    ["en", "zh"].into_iter().flat_map(pages).collect()
}

#[test]
fn each_lesson_has_a_title_and_each_heading_an_anchor_of_its_own() {
    let mut wrong = Vec::new();
    for page in all() {
        let mut known = BTreeSet::new();
        for (place, (rank, anchor, line)) in page.headings().into_iter().enumerate() {
            let at = page.at(line);
            if (rank == 1) != (place == 0) {
                wrong.push(format!("{at}: the first heading, and only that, is the title (#)"));
            }
            match anchor {
                None if rank > 1 => wrong.push(format!("{at}: write an anchor: ## Heading {{#word}}")),
                Some(anchor) if !known.insert(anchor.clone()) => {
                    wrong.push(format!("{at}: #{anchor} stands there twice"));
                }
                _ => {}
            }
        }
    }
    assert_none(&wrong);
}

#[test]
fn what_is_included_is_there_and_short() {
    let mut wrong = Vec::new();
    for page in all() {
        let read = |path: &str| read(page.folder(), path);
        wrong
            .extend(expand(&page.text, read).err().map(|why| format!("lessons/{}/{}.md: {why}", page.lang, page.name)));
        for fence in page.fences() {
            for line in fence.lines.iter().filter(|line| included(line).is_some()) {
                let shown = expand(line, read).map_or(0, |text| text.lines().count());
                if fence.lines.len() > 1 || shown > 40 {
                    wrong.push(format!(
                        "{}: {shown} lines; show about a dozen, and nothing else in the block",
                        page.at(fence.line)
                    ));
                }
            }
        }
    }
    assert_none(&wrong);
}

/// `[text](auth.md#replay)`, `[text](#replay)`, `[text](https://…)`.
#[test]
fn each_link_leads_somewhere() {
    let mut wrong = Vec::new();
    for lang in ["en", "zh"] {
        let pages = pages(lang);
        for page in &pages {
            for (line, text) in page.prose() {
                for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
                    let (file, anchor) =
                        link.split_once('#').map_or((link, None), |(file, anchor)| (file, Some(anchor)));
                    let file = file.strip_suffix(".md").unwrap_or(file);
                    let target = pages
                        .iter()
                        .find(|other| if file.is_empty() { other.name == page.name } else { other.name == file });
                    let is_there = target
                        .is_some_and(|page| anchor.is_none_or(|it| page.anchors().iter().any(|known| known == it)));
                    if !link.starts_with("https://") && !is_there {
                        wrong.push(format!("{}: {link} leads nowhere", page.at(line)));
                    }
                }
            }
        }
    }
    assert_none(&wrong);
}

/// What may not differ between two languages: headings, code, commands, and what is included.
fn skeleton(page: &Page) -> Vec<String> {
    let mut parts: Vec<(usize, String)> = Vec::new();
    for (rank, anchor, line) in page.headings() {
        parts.push((line, format!("{} #{}", "#".repeat(rank), anchor.unwrap_or_default())));
    }
    for fence in page.fences() {
        parts.push((fence.line, format!("```{},{}", fence.language, fence.words.join(","))));
        let is_same = |line: &&String| fence.language == "see" || included(line).is_some();
        parts.extend(fence.lines.iter().filter(is_same).map(|line| (fence.line, line.clone())));
        parts.extend(
            fence.typed().into_iter().map(|typed| (typed.line, format!("{}$ {}", typed.terminal, typed.command))),
        );
    }
    let questions = page.prose().into_iter().filter(|(_, line)| line.trim() == "<details>");
    parts.extend(questions.map(|(line, _)| (line, "<details>".into())));
    parts.sort_by_key(|(line, _)| *line);
    parts.into_iter().map(|(_, part)| part).collect()
}

#[test]
fn both_languages_have_the_same_headings_code_and_commands() {
    let (en, zh) = (pages("en"), pages("zh"));
    let names = |pages: &[Page]| pages.iter().map(|page| page.name.clone()).collect::<Vec<_>>();
    assert_eq!(names(&en), names(&zh), "each lesson is there in both languages");
    let mut wrong = Vec::new();
    for (one, other) in en.iter().zip(&zh) {
        let (one_has, other_has) = (skeleton(one), skeleton(other));
        let differ = one_has.iter().zip(&other_has).position(|(one, other)| one != other);
        let differ = differ.or((one_has.len() != other_has.len()).then_some(one_has.len().min(other_has.len())));
        if let Some(place) = differ {
            let after = one_has.get(place.wrapping_sub(1)).map_or("the beginning", String::as_str);
            let has = |parts: &[String]| parts.get(place).map_or("nothing more", String::as_str).to_owned();
            wrong.push(format!(
                "{}: behind {after:?}, en has {:?}, zh has {:?}",
                one.name,
                has(&one_has),
                has(&other_has)
            ));
        }
    }
    assert_none(&wrong);
}

#[test]
fn exercises_name_checks_that_exist() {
    let list = Day30::new(["check", "--list"]).run().expect_code(0);
    let ids: BTreeSet<&str> = list.out().split_whitespace().filter(|word| word.contains('/')).collect();
    let groups: BTreeSet<&str> = ids.iter().filter_map(|id| id.split('/').next()).collect();
    let mut wrong = Vec::new();
    for page in all() {
        let spans = page.spans();
        let named = spans.iter().filter(|span| span.split_once('/').is_some_and(|(group, _)| groups.contains(group)));
        let named: Vec<_> = named.filter(|span| !span.contains([' ', '.'])).collect();
        if page.anchors().iter().any(|anchor| anchor == "exercises") && named.is_empty() {
            wrong.push(format!("{}: #exercises names no check", page.at(1)));
        }
        let unknown = named.into_iter().filter(|id| !ids.contains(id.as_str()));
        wrong.extend(unknown.map(|id| format!("{}: {id} is no check: see day30 check --list", page.at(1))));
    }
    assert_none(&wrong);
}

/// The steps that a lesson lists are those through which `check --watch` leads, in its order and with its checks.
#[test]
fn the_exercises_are_the_steps_of_the_path() {
    let mut wrong = Vec::new();
    for page in all() {
        let lang = if page.lang == "zh" { Lang::Zh } else { Lang::En };
        let targets = match page.name.as_str() {
            "nonblock" => [Target::NonblockServer, Target::NonblockClient].as_slice(),
            "auth" => &[Target::AuthServer, Target::AuthClient],
            "hmac" => &[Target::Hmac],
            "socket-server" => &[Target::SocketServer, Target::SocketClient],
            _ => &[],
        };
        let plain = |text: &str| text.split_whitespace().collect::<String>().to_lowercase();
        let has = |target: &&Target| plain(&page.text).contains(&plain(&steps(**target, lang)));
        let missing = targets.iter().filter(|target| !has(target));
        wrong.extend(missing.map(|target| format!("{} lacks the steps:\n{}", page.at(1), steps(*target, lang))));
    }
    assert_none(&wrong);
}

fn steps(target: Target, lang: Lang) -> String {
    let (colon, comma, end) = if lang == Lang::Zh { ("：", "、", "。") } else { (": ", ", ", ".") };
    let step = |(place, step): (usize, &Step)| {
        let checks = target.along_the_path(target.checks()).into_iter().filter(|check| step.holds(check));
        let checks: Vec<_> = checks.map(|check| format!("`{}`", check.id)).collect();
        format!("{}. {}{colon}{}{end}\n", place + 1, step.name(lang), checks.join(comma))
    };
    target.path().iter().enumerate().map(step).collect()
}

/// What the program's lines say to a reader is in the reader's language; Rust is the program's own source, and stays as it is.
#[test]
fn python_speaks_the_language_of_its_page() {
    let mut wrong = Vec::new();
    for page in pages("zh") {
        let shown = page.blocks();
        let python = shown.iter().filter_map(|block| match block {
            Block::Code { language, text, .. } if language == "python" => Some(text),
            _ => None,
        });
        let is_english = |comment: &&str| !comment.chars().any(|letter| ('\u{4e00}'..='\u{9fff}').contains(&letter));
        let left = python.flat_map(|text| text.lines().filter_map(comment)).filter(is_english);
        wrong.extend(left.map(|comment| format!("{}: lessons/zh/comments.txt lacks: {comment}", page.at(1))));
    }
    assert_none(&wrong);
}

#[test]
fn there_is_no_html_but_questions_and_comments() {
    let mut wrong = Vec::new();
    for page in all() {
        let mut is_comment = false;
        for (line, text) in page.prose() {
            let text = text.trim();
            is_comment |= text.starts_with("<!--");
            let is_tag = ["<details>", "</details>", "</summary>"].contains(&text) || text.starts_with("<summary>");
            let is_html =
                text.split('<').skip(1).any(|rest| rest.starts_with(|c: char| c.is_ascii_alphabetic() || c == '/'));
            if is_html && !is_tag && !is_comment && !text.contains("</summary>") && !text.contains("<https://") {
                wrong.push(format!("{}: {text}", page.at(line)));
            }
            is_comment &= !text.ends_with("-->");
        }
        let opened = page.prose().iter().filter(|(_, text)| text.trim() == "<details>").count();
        let closed = page.prose().iter().filter(|(_, text)| text.trim() == "</details>").count();
        if opened != closed {
            wrong.push(format!("{}: {opened} <details>, {closed} </details>, each on a line of its own", page.at(1)));
        }
    }
    assert_none(&wrong);
}

#[test]
fn every_command_runs() {
    let mut wrong = Vec::new();
    for page in all() {
        for fence in page.fences() {
            // `lesson_commands` plays each console, and knows these words.
            let unknown = fence.words.iter().find(|word| !["pair", "figures"].contains(&word.as_str()));
            if let Some(word) = unknown.filter(|_| fence.language == "console") {
                wrong.push(format!("{}: what is {word}?", page.at(fence.line)));
            }
            if fence.language == "see" && fence.lines.len() != 1 {
                wrong.push(format!("{}: a see block has one line of arguments", page.at(fence.line)));
            }
        }
    }
    assert_none(&wrong);
}

/// `docs/race.txt` is where they come from: `make race-figures` measures them anew.
#[test]
fn the_race_figures_are_those_of_one_run() {
    let read = |path: &str| fs::read_to_string(root().join(path)).unwrap();
    let words = |line: &str| line.split_whitespace().collect::<Vec<_>>().join(" ");
    let is_row = |line: &&str| line.trim_start().starts_with("1 000   ");
    let run = read("docs/race.txt");
    let (rows, date): (Vec<_>, _) = (run.lines().filter(is_row).map(words).collect(), run.lines().nth(1).unwrap());
    assert_eq!(rows.len(), 3, "{run}");
    let mut wrong = Vec::new();
    for path in ["README.md", "lessons/en/nonblock.md", "lessons/zh/nonblock.md"] {
        let text = read(path);
        let shown: Vec<_> = text.lines().filter(is_row).map(words).collect();
        if shown != rows {
            wrong.push(format!("{path} shows {shown:#?}\ndocs/race.txt has {rows:#?}"));
        }
        if !text.contains(date) {
            wrong.push(format!("{path} does not say that they are of {date}"));
        }
    }
    assert_none(&wrong);
}

/// A space between Chinese and Latin letters or digits, and full-width punctuation behind Chinese.
#[test]
fn chinese_is_set_as_a_textbook_sets_it() {
    let is_chinese = |letter: char| ('\u{4e00}'..='\u{9fff}').contains(&letter);
    let mut wrong = Vec::new();
    for page in pages("zh") {
        for (line, text) in page.prose() {
            for (one, next) in text.chars().zip(text.chars().skip(1)) {
                let touch = is_chinese(one) && next.is_ascii_alphanumeric()
                    || one.is_ascii_alphanumeric() && is_chinese(next)
                    || is_chinese(one) && ",;:?!(".contains(next);
                if touch {
                    wrong.push(format!("{}: \"{one}{next}\" in {text}", page.at(line)));
                }
            }
        }
    }
    assert_none(&wrong);
}

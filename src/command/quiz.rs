//! `day30 quiz`: what will the call give? Questions from a record.

use super::output::{To, styled};
use super::see::{excerpt, typed_line};
use super::{Exit, Failed, Look};
use crate::cli::QuizArgs;
use day30::lang::Lang;
use day30::trace::{Excerpt, Step, steps};
use day30::view::palette::{BAD, DIM, GOOD, TITLE};
use day30::view::{Question, break_lines, explain, headline, question, terminal_width};
use day30::{both, say};
use std::collections::HashSet;

/// So many of the steps before a question are told again.
const BEFORE: usize = 6;

/// How often the answer was right.
#[derive(Default)]
struct Score {
    asked: usize,
    right: usize,
}

pub(super) fn run(args: &QuizArgs, look: Look) -> anyhow::Result<Exit> {
    let collected = excerpt(&args.files, &args.part, look.lang)?;
    let exit = ask(&collected.excerpt, args.questions, look)?;
    collected.end(exit)
}

fn ask(excerpt: &Excerpt, most: usize, look: Look) -> anyhow::Result<Exit> {
    let (lang, mut score, mut told) = (look.lang, Score::default(), Vec::new());
    let mut state = excerpt.before.clone();
    // Who has answered a question need not answer it again: a loop asks the same of its sockets a thousand times.
    let mut known = HashSet::new();
    let say = |text: &str| styled(text, To::Stdout, look.color);
    for step in steps(&excerpt.events, &excerpt.header) {
        let is_new = |question: &Question| score.asked < most && known.insert(shape(question));
        if let Some(question) = question(step, &state).filter(is_new) {
            let from = told.len().saturating_sub(BEFORE);
            if !say(&(told.split_off(from).join("") + &asked(&question, score.asked + 1, lang)))? {
                return Ok(Exit::Fine);
            }
            told.clear();
            let Some(answer) = answer(question.answers.len(), || say(&again(question.answers.len(), lang)))? else {
                break;
            };
            score.asked += 1;
            score.right += usize::from(answer == question.right);
            say(&verdict(answer == question.right, step, explain(step, &state).of(lang), lang))?;
        } else {
            told.push(line(step, lang));
        }
        state.apply(step);
    }
    conclude(&score, lang, say)
}

/// What makes a question the same as another one: what is asked and what is right, whatever the connection and the number of bytes.
fn shape(question: &Question) -> String {
    let right = question.answers.get(question.right).map_or("", |answer| &answer.en);
    format!("{} {right}", question.ask.en).chars().filter(|letter| !letter.is_ascii_digit()).collect()
}

/// The number that was typed, from 0; `None` for the end of stdin, or `q`.
fn answer(answers: usize, again: impl Fn() -> anyhow::Result<bool>) -> anyhow::Result<Option<usize>> {
    loop {
        let Some(line) = typed_line()?.filter(|line| line != "q") else { return Ok(None) };
        match line.parse::<usize>() {
            Ok(number) if (1..=answers).contains(&number) => return Ok(Some(number - 1)),
            _ if !again()? => return Ok(None),
            _ => {}
        }
    }
}

fn again(answers: usize, lang: Lang) -> String {
    say!(lang, "type a number from 1 to {answers}, or q to quit > ", "请输入 1 到 {answers} 的数字，或输入 q 退出 > ")
}

fn asked(question: &Question, number: usize, lang: Lang) -> String {
    let ask = lang.read(question.ask.of(lang));
    let answers: Vec<_> = question
        .answers
        .iter()
        .enumerate()
        .map(|(place, answer)| {
            let answer = lang.read(answer.of(lang));
            format!("   {})  {answer}\n", place + 1)
        })
        .collect();
    format!("\n{TITLE}{number}. {ask}{TITLE:#}\n{} > ", answers.concat())
}

fn line(step: Step<'_>, lang: Lang) -> String {
    let (seconds, headline) = (step.at().as_secs_f64(), headline(step, lang));
    format!("{DIM}{seconds:>9.3}  {headline}{DIM:#}\n")
}

/// Whether the answer was right, what happened, and why.
fn verdict(is_right: bool, step: Step<'_>, why: &str, lang: Lang) -> String {
    let verdict = if is_right {
        format!("{GOOD}✓ {}{GOOD:#}", lang.pick("right", "正确"))
    } else {
        format!("{BAD}✗ {}{BAD:#}", lang.pick("wrong", "不对"))
    };
    let why = break_lines(&lang.read(why), terminal_width().saturating_sub(3)).join("\n   ");
    format!("{verdict}\n{}   {why}\n", line(step, lang))
}

fn conclude(score: &Score, lang: Lang, say: impl Fn(&str) -> anyhow::Result<bool>) -> anyhow::Result<Exit> {
    let Score { asked, right } = score;
    if *asked == 0 {
        return Err(Failed(both!(
            "no question was answered: this record has no call whose outcome can be predicted, or stdin ended",
            "没有回答任何题目：记录里没有可以预测结果的调用，或者输入已结束"
        ))
        .into());
    }
    say(&say!(
        lang,
        "\n{TITLE}{right} of {asked} right{TITLE:#}\n",
        "\n{TITLE}答对 {right} 题，共 {asked} 题{TITLE:#}\n"
    ))?;
    Ok(Exit::Fine)
}

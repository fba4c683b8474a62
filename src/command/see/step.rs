//! A record, step by step: what happened, why, where it stands in the code, and the machine after it.

use crate::command::output::{To, styled};
use crate::command::{Exit, Look, Usage};
use day30::lang::{Lang, Text};
use day30::trace::state::side;
use day30::trace::{Caller, Excerpt, State, Step, What, steps};
use day30::view::palette::{DIM, TITLE};
use day30::view::{
    Source, break_lines, escape, explain, fit, headline, machine, program, terminal_height, terminal_width,
};
use day30::{both, say};
use std::io::{self, BufRead, IsTerminal, Read};

/// So many whole states are kept, so that a step back is not the whole way again: each may have thousands of connections.
const KEPT: usize = 32;
/// As much as one line may have.
const LONGEST_TYPED: u64 = 4096;

/// What was typed.
enum Typed {
    Next,
    Back,
    Go(usize),
    Find(String),
    Help,
    Quit,
}

/// Shows a step, asks what next, and so on.
pub(super) fn walk(excerpt: &Excerpt, look: Look) -> anyhow::Result<Exit> {
    let walk = Walk::new(excerpt, look.lang);
    let mut place = 0;
    let mut remark = None;
    loop {
        if !styled(&walk.page(place, remark.take()), To::Stdout, look.color)? {
            return Ok(Exit::Fine);
        }
        let last = walk.steps.len().saturating_sub(1);
        match typed()? {
            Typed::Quit => return Ok(Exit::Fine),
            Typed::Next if place == last => remark = Some(both!("this is the last step", "这是最后一步")),
            Typed::Next => place += 1,
            Typed::Back => place = place.saturating_sub(1),
            Typed::Go(number) => place = number.saturating_sub(1).min(last),
            Typed::Find(text) => match walk.find(&text, place) {
                Some(found) => place = found,
                None => remark = Some(both!("no step contains this text", "没有哪一步含有这段文字")),
            },
            Typed::Help => {
                remark = Some(both!(
                    "Enter: next   b: back   17: go to step 17   /text: search   q: quit",
                    "回车：下一步   b：上一步   17：到第 17 步   /文字：搜索   q：退出"
                ));
            }
        }
    }
}

/// That a person is there who can press Enter.
pub(super) fn needs_a_person() -> Result<(), Usage> {
    if io::stdin().is_terminal() && io::stdout().is_terminal() {
        return Ok(());
    }
    Err(Usage(both!(
        "--step needs a terminal, where you press Enter for each step\n  try: the same without --step, or --as html -o day.html",
        "--step 需要在终端里使用：每按一次回车走一步\n  试试：去掉 --step，或用 --as html -o day.html"
    )))
}

fn typed() -> io::Result<Typed> {
    let Some(line) = typed_line()? else { return Ok(Typed::Quit) };
    Ok(match line.as_str() {
        "" | "n" => Typed::Next,
        "b" => Typed::Back,
        "q" => Typed::Quit,
        _ => match (line.strip_prefix('/'), line.parse()) {
            (Some(text), _) => Typed::Find(text.to_owned()),
            (None, Ok(number)) => Typed::Go(number),
            (None, Err(_)) => Typed::Help,
        },
    })
}

/// What was typed in one line; `None` at the end of stdin. Nobody types more than this, and a file may have no line at all.
pub(in crate::command) fn typed_line() -> io::Result<Option<String>> {
    let mut line = Vec::new();
    let count = io::stdin().lock().take(LONGEST_TYPED).read_until(b'\n', &mut line)?;
    Ok((count > 0).then(|| String::from_utf8_lossy(&line).trim().to_owned()))
}

struct Walk<'e> {
    excerpt: &'e Excerpt,
    steps: Vec<Step<'e>>,
    /// The state before each `keep_every`th step.
    kept: Vec<State>,
    keep_every: usize,
    lang: Lang,
}

impl<'e> Walk<'e> {
    fn new(excerpt: &'e Excerpt, lang: Lang) -> Self {
        let steps = steps(&excerpt.events, &excerpt.header);
        let (mut state, mut kept) = (excerpt.before.clone(), Vec::new());
        let keep_every = steps.len() / KEPT + 1;
        for (place, step) in steps.iter().enumerate() {
            if place % keep_every == 0 {
                kept.push(state.clone());
            }
            state.apply(*step);
        }
        Self { excerpt, steps, kept, keep_every, lang }
    }

    /// How everything stands before a step.
    fn before(&self, place: usize) -> State {
        let mut state = self.kept.get(place / self.keep_every).unwrap_or(&self.excerpt.before).clone();
        let from = place / self.keep_every * self.keep_every;
        self.steps.iter().take(place).skip(from).for_each(|step| state.apply(*step));
        state
    }

    /// The next step, from this one on and then from the beginning, in whose line the text stands.
    fn find(&self, text: &str, place: usize) -> Option<usize> {
        let count = self.steps.len();
        (1..=count).map(|ahead| (place + ahead) % count).find(|at| {
            self.steps
                .get(*at)
                .is_some_and(|step| headline(*step, self.lang).to_lowercase().contains(&text.to_lowercase()))
        })
    }

    /// A page for a step, which fills the terminal but for the line that is typed.
    fn page(&self, place: usize, remark: Option<Text>) -> String {
        let (lang, width, height) = (self.lang, terminal_width(), terminal_height());
        let Some(step) = self.steps.get(place).copied() else { return String::new() };
        let before = self.before(place);
        let mut after = before.clone();
        after.apply(step);
        let (number, count, seconds) = (place + 1, self.steps.len(), step.at().as_secs_f64());
        let why = lang.read(explain(step, &before).of(lang));
        let mut lines = vec![say!(
            lang,
            "{DIM}step {number} of {count}, {seconds:.6} s{DIM:#}",
            "{DIM}第 {number} 步，共 {count} 步，{seconds:.6} 秒{DIM:#}"
        )];
        let rows = break_lines(&headline(step, lang), width);
        lines.extend(rows.iter().map(|row| format!("{TITLE}{row}{TITLE:#}")));
        lines.extend(break_lines(&why, width));
        lines.extend(self.code(step, &after).into_iter().map(|line| format!("{DIM}{}{DIM:#}", fit(&line, width))));
        lines.push(String::new());
        let rows = height.saturating_sub(lines.len() + 2);
        lines.extend(machine(&after, step.event().link.map(|link| link.id), lang, width, rows));
        let prompt = match remark {
            Some(remark) => remark.of(lang).to_owned(),
            None => say!(lang, "Enter: next, b: back, ?: more", "回车：下一步，b：上一步，?：更多"),
        };
        // The last page stays above where the terminal scrolls.
        format!("\x1b[H\x1b[2J{}\n{DIM}{prompt}{DIM:#} > ", lines.join("\n"))
    }

    /// Where a call stands in the lesson's program in Python, and in ours.
    fn code(&self, step: Step<'_>, state: &State) -> Vec<String> {
        let What::Call { call, .. } = &step.event().what else { return Vec::new() };
        let program = program(&self.excerpt.header, state.lesson.as_deref(), side(step.event().actor));
        let own = self.own_line(&step.event().caller);
        let sources = [program.python, program.rust].into_iter().flatten();
        let line = |source: &'static Source| {
            let number = source.line(*call)?;
            let place = format!("{}:{number}", source.name);
            // What is lined up in a file need not be here.
            let words = source.lines().nth(number - 1)?.split_whitespace().collect::<Vec<_>>().join(" ");
            Some(format!("  {place:<22} {words}"))
        };
        own.into_iter().chain(sources.filter_map(line)).collect()
    }

    /// The line of a program that was watched. Who wrote the record chose the words.
    fn own_line(&self, caller: &Caller) -> Option<String> {
        let (file, number) = (caller.file.as_deref()?, caller.line?);
        let (_, text) = self.excerpt.sources().find(|(name, _)| *name == file)?;
        let line = text.lines().nth(usize::try_from(number).ok()?.checked_sub(1)?)?;
        let name = file.rsplit('/').next().unwrap_or_default();
        Some(format!("  {:<22} {}", escape(format!("{name}:{number}").as_bytes()), escape(line.trim().as_bytes())))
    }
}

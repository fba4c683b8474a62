//! `day30 race`: what a way of waiting costs.

use super::named::Named;
use super::output::{remark, to_stdout};
use super::output_file::{OutputFile, all_different};
use super::output_kind::Kind;
use super::serve::{model, too_few_descriptors};
use super::session::CANNOT_CATCH_CTRL_C;
use super::{Exit, Look, Usage};
use crate::cli::{RaceArgs, ThemeName, WorkloadName};
use anyhow::Context;
use day30::lang::Lang;
use day30::net::limits::clients_that_descriptors_allow;
use day30::net::stop::Stop;
use day30::program::{CommandLine, quoted};
use day30::race::contender::Contender;
use day30::race::machine::machine;
use day30::race::meaning::meaning;
use day30::race::results::Results;
use day30::race::svg::{Theme, svg};
use day30::race::table::tables;
use day30::race::{self, Plan, Workload, csv, json};
use day30::view::terminal_width;
use day30::{both, say, words};
use indicatif::{ProgressBar, ProgressStyle};
use std::collections::HashSet;
use std::env;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

/// Clients of a server beside those that are counted.
const SPARE_CLIENTS: usize = 64;

pub(super) fn run(args: &RaceArgs, look: Look) -> anyhow::Result<Exit> {
    let plan = plan(args, look.lang)?;
    let files = Files::of(args, look.lang);
    files.check()?;
    let stop = Arc::new(Stop::default());
    let requested = Arc::clone(&stop);
    ctrlc::set_handler(move || _ = requested.request()).context(CANNOT_CATCH_CTRL_C)?;

    let bar = ProgressBar::new(plan.measurements() as u64);
    if let Ok(style) = ProgressStyle::with_template("{bar:24} {pos}/{len}  {msg}") {
        bar.set_style(style);
    }
    let (began, all, window) = (Instant::now(), plan.measurements(), plan.window);
    let results = race::run(plan, &stop, |number, contender, heat| {
        bar.set_position(number as u64);
        let left = seconds_left(number, all, window, began.elapsed());
        let left = say!(look.lang, "about {left} s left", "还需约 {left} 秒");
        bar.set_message(format!("{left}  {}, {}, {}", heat.workload.name(), heat.clients, contender.name));
    });
    bar.finish_and_clear();

    let (command, machine) = (command_line(), machine());
    files.write(args.theme, look.lang, &results, &command, &machine)?;
    let width = terminal_width();
    let mut text = tables(&results, look.lang, width);
    if stop.is_requested() {
        text += look.lang.pick("interrupted by Ctrl-C: not everything was measured\n", "被 Ctrl-C 中断：没有测完\n");
        to_stdout(text.as_bytes())?;
        return Ok(Exit::Interrupted);
    }
    text += &format!("{}\n{}\n", meaning(&results, look.lang, width).join("\n"), footer(&results, &machine, look.lang));
    to_stdout(text.as_bytes())?;
    Ok(if results.has_trouble() { Exit::Failed } else { Exit::Fine })
}

/// How long the rest will take: as long for each measurement as those took that were made; before the first, a guess.
fn seconds_left(made: usize, all: usize, window: Duration, elapsed: Duration) -> u64 {
    let each = if made == 0 { window.mul_f64(1.5).as_secs_f64() } else { elapsed.as_secs_f64() / made as f64 };
    (each * (all - made) as f64).ceil() as u64
}

fn plan(args: &RaceArgs, lang: Lang) -> anyhow::Result<Plan> {
    let most = args.clients.iter().max().copied().unwrap_or(1) as usize;
    let allowed = clients_that_descriptors_allow(most + SPARE_CLIENTS).saturating_sub(SPARE_CLIENTS).max(1);
    if allowed < most {
        remark(&too_few_descriptors(allowed, most, lang));
    }
    let mut clients: Vec<_> = args.clients.iter().map(|clients| (*clients as usize).min(allowed)).collect();
    clients.sort_unstable();
    clients.dedup();
    let mut workloads: Vec<_> = args.workload.iter().copied().map(workload).collect();
    workloads.sort_unstable();
    workloads.dedup();
    let exe = env::current_exe().context(words!("cannot find the path of day30 itself", "找不到 day30 自身的路径"))?;
    let exe = exe
        .to_str()
        .context(words!("the path of day30 itself is not valid UTF-8", "day30 自身的路径不是合法的 UTF-8"))?;
    let mut contenders: Vec<_> =
        args.io.iter().map(|io| ours(exe, model(*io).name(), most.min(allowed) + SPARE_CLIENTS)).collect();
    for against in &args.against {
        contenders.push(foreign(against)?);
    }
    let mut names = HashSet::new();
    if let Some(twice) = contenders.iter().find(|one| !names.insert(&one.name)) {
        return Err(Usage(both!(
            "two servers are named {:?}; each needs its own name",
            "有两个服务器都叫 {:?}；名字不能相同",
            twice.name
        ))
        .into());
    }
    let window = Duration::from_secs_f64(args.seconds);
    Ok(Plan { contenders, workloads, clients, size: args.size as usize, window, rounds: args.rounds as usize })
}

/// One of our own servers: this same program, in a process of its own.
fn ours(exe: &str, model: &str, max_clients: usize) -> Contender {
    let max_clients = max_clients.to_string();
    let words = [exe, "nonblock-server", "--quiet", "--io", model, "--port", "{port}"];
    let words = words.into_iter().chain(["--idle-timeout", "off", "--max-clients", &max_clients]);
    Contender { name: model.into(), words: CommandLine::new(words.map(str::to_owned).collect()), port: None }
}

/// A server as it is typed.
fn foreign(typed: &str) -> Result<Contender, Usage> {
    let Named { name, port, words } = Named::parse("--against", typed)?;
    Ok(Contender { name, words, port })
}

fn workload(name: WorkloadName) -> Workload {
    match name {
        WorkloadName::PingPong => Workload::PingPong,
        WorkloadName::Holding => Workload::Holding,
        WorkloadName::Stream => Workload::Stream,
        WorkloadName::Churn => Workload::Churn,
    }
}

/// Where the results go, beside the terminal.
struct Files {
    svg: Option<OutputFile>,
    json: Option<OutputFile>,
    csv: Option<OutputFile>,
}

impl Files {
    fn of(args: &RaceArgs, lang: Lang) -> Self {
        let file = |path: &Option<PathBuf>, kind| Some(OutputFile::new(path.as_deref()?, kind, args.force, lang));
        Self {
            svg: file(&args.svg, Kind::RaceSvg),
            json: file(&args.json, Kind::RaceJson),
            csv: file(&args.csv, Kind::RaceCsv),
        }
    }

    fn check(&self) -> anyhow::Result<()> {
        let files: Vec<_> = [&self.svg, &self.json, &self.csv].into_iter().flatten().collect();
        all_different(files.iter().map(|file| file.path()))?;
        files.into_iter().try_for_each(OutputFile::check)
    }

    fn write(
        &self,
        theme: ThemeName,
        lang: Lang,
        results: &Results,
        command: &str,
        machine: &str,
    ) -> anyhow::Result<()> {
        let theme = match theme {
            ThemeName::Auto => Theme::Auto,
            ThemeName::Light => Theme::Light,
            ThemeName::Dark => Theme::Dark,
        };
        let write = |file: &Option<OutputFile>, text: &dyn Fn() -> String| {
            file.as_ref().map_or(Ok(()), |file| file.write(text()))
        };
        write(&self.svg, &|| svg(results, command, machine, lang, theme))?;
        write(&self.json, &|| json::json(results, command, machine))?;
        write(&self.csv, &|| csv::csv(results))
    }
}

/// What was typed, as it can be typed again.
fn command_line() -> String {
    let words: Vec<_> = env::args_os().skip(1).map(|word| quoted(&word.to_string_lossy())).collect();
    format!("day30 {}", words.join(" "))
}

fn footer(results: &Results, machine: &str, lang: Lang) -> String {
    let (rounds, seconds) = (results.plan.rounds, results.plan.window.as_secs_f64());
    let has_spread = results.plan.workloads.iter().any(|workload| *workload != Workload::Holding);
    match rounds {
        1 => say!(lang, "One round of {seconds} s.\n{machine}", "只有一轮，每次 {seconds} 秒。\n{machine}"),
        _ if !has_spread => say!(
            lang,
            "Medians of {rounds} rounds of {seconds} s.\n{machine}",
            "{rounds} 轮的中位数，每次 {seconds} 秒。\n{machine}"
        ),
        _ => say!(
            lang,
            "Medians of {rounds} rounds of {seconds} s; ± is half the distance from the lowest to the highest.\n{machine}",
            "{rounds} 轮的中位数，每次 {seconds} 秒；± 是最高与最低之差的一半。\n{machine}"
        ),
    }
}

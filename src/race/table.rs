//! The results as text: a table for each workload, with bars that read in black and white.

use super::load::AT_ONCE;
use super::results::{Metric, Results};
use super::stats::Spread;
use super::{Heat, Workload};
use crate::lang::Lang;
use crate::say;
use crate::view::{big_number, break_lines, fit};
use comfy_table::{CellAlignment, ContentArrangement, LineStyle, Table, TableStyle};

/// The width that everything must be readable in.
const LEAST_WIDTH: usize = 80;
/// How many columns the longest bar takes at that width; half of what a terminal has more is added.
const BAR: usize = 10;
/// How many columns a server's name may take.
const NAME: usize = 16;
/// A line under the heads, and nothing else.
const STYLE: TableStyle = TableStyle::new().header_separator(LineStyle::none().fill('─').junction('─'));
/// A bar's last column, in eighths.
const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/// All tables in lines of this width, and under them what went wrong.
#[must_use]
pub fn tables(results: &Results, lang: Lang, width: usize) -> String {
    let (mut text, page) = (String::new(), Page { results, lang, width: width.max(LEAST_WIDTH) });
    for workload in &results.plan.workloads {
        text += &format!("{}\n{}", title(*workload, results, lang), page.table(*workload));
        text += &format!("{}\n", page.why_no_difference(*workload));
        if *workload == Workload::PingPong {
            text += &format!("{}\n", page.latencies());
        }
    }
    if results.lack_cpu() {
        text += lang.pick(
            "The CPU time and memory of a server are not measured on this system.\n",
            "这个系统上不测量服务器的 CPU 时间和内存。\n",
        );
    }
    text + &troubles(results, lang)
}

fn title(workload: Workload, results: &Results, lang: Lang) -> String {
    let size = results.plan.size;
    match workload {
        Workload::PingPong => say!(
            lang,
            "ping-pong: each client sends {size} bytes, waits for the reply, checks it, sends again",
            "ping-pong：每个客户端发 {size} 字节，等到回复并核对，再发下一条"
        ),
        Workload::Holding => lang
            .pick("holding: silent clients, then one of them sends", "holding：客户端都不说话；然后其中一个开始发数据")
            .into(),
        Workload::Stream => lang
            .pick("stream: one client sends without a pause, and reads meanwhile", "stream：一个客户端不停地发，同时收")
            .into(),
        Workload::Churn => say!(
            lang,
            "churn: connect, get one reply, disconnect; {AT_ONCE} clients at once",
            "churn：连接、一问一答、断开；同时 {AT_ONCE} 个客户端"
        ),
    }
}

/// A column of figures: its head in both languages, and how a cell of it is made.
struct Column {
    head: (&'static str, &'static str),
    metric: Metric,
    show: Show,
}

#[derive(Clone, Copy)]
enum Show {
    /// The median.
    Median(fn(f64) -> String),
    /// Half of the spread, in percent.
    PlusMinus,
    /// The median as a bar, beside the highest of the table.
    Bar,
}

const fn column(head: (&'static str, &'static str), metric: Metric, show: Show) -> Column {
    Column { head, metric, show }
}

fn columns(workload: Workload) -> Vec<Column> {
    use Metric::{BytesPerClient, CpuPercent, CpuUsEach, P50, P99, PerSecond};
    use Show::{Bar, Median, PlusMinus};
    let spread = || column(("±", "±"), PerSecond, PlusMinus);
    match workload {
        Workload::PingPong => vec![
            column(("replies/s", "回复/秒"), PerSecond, Median(whole)),
            spread(),
            column(("", ""), PerSecond, Bar),
            column(("CPU µs each", "CPU µs/条"), CpuUsEach, Median(tenths)),
            column(("CPU %", "CPU %"), CpuPercent, Median(whole)),
        ],
        Workload::Holding => vec![
            column(("idle CPU %", "空闲 CPU %"), CpuPercent, Median(tenths)),
            column(("", ""), CpuPercent, Bar),
            column(("KiB each", "KiB/个"), BytesPerClient, Median(kibibytes)),
            column(("p50 µs", "p50 µs"), P50, Median(tenths)),
            column(("p99 µs", "p99 µs"), P99, Median(tenths)),
        ],
        Workload::Stream => vec![
            column(("MB/s", "MB/秒"), PerSecond, Median(megabytes)),
            spread(),
            column(("", ""), PerSecond, Bar),
            column(("CPU %", "CPU %"), CpuPercent, Median(whole)),
        ],
        Workload::Churn => vec![
            column(("clients/s", "客户端/秒"), PerSecond, Median(whole)),
            spread(),
            column(("", ""), PerSecond, Bar),
            column(("CPU µs each", "CPU µs/个"), CpuUsEach, Median(tenths)),
            column(("p50 µs", "p50 µs"), P50, Median(tenths)),
            column(("p99 µs", "p99 µs"), P99, Median(tenths)),
        ],
    }
}

/// What the tables are drawn from.
struct Page<'r> {
    results: &'r Results,
    lang: Lang,
    width: usize,
}

impl Page<'_> {
    fn table(&self, workload: Workload) -> String {
        let is_known = |column: &Column| self.results.has_figures(workload, column.metric);
        let columns: Vec<_> = columns(workload).into_iter().filter(is_known).collect();
        self.draw(workload, &columns)
    }

    fn latencies(&self) -> String {
        use Metric::{Max, P50, P90, P99, P999};
        let heads = [(P50, "p50 µs"), (P90, "p90"), (P99, "p99"), (P999, "p99.9"), (Max, "max")];
        self.draw(Workload::PingPong, &heads.map(|(metric, head)| column((head, head), metric, Show::Median(tenths))))
    }

    fn draw(&self, workload: Workload, columns: &[Column]) -> String {
        let (results, lang) = (self.results, self.lang);
        let mut table = Table::new();
        table.load_style(STYLE).set_content_arrangement(ContentArrangement::Dynamic);
        table.set_width(u16::try_from(self.width).unwrap_or(u16::MAX));
        let mut heads = if workload.grows() { vec![lang.pick("clients", "客户端")] } else { Vec::new() };
        heads.push(lang.pick("server", "服务器"));
        heads.extend(columns.iter().map(|column| lang.pick(column.head.0, column.head.1)));
        table.set_header(heads);
        let heats = results.plan.heats_of(workload);
        for (place, &heat) in heats.iter().enumerate() {
            if place > 0 {
                table.add_row([""]);
            }
            for (index, contender) in results.plan.contenders.iter().enumerate() {
                let mut row = if workload.grows() { vec![big_number(heat.clients as u64)] } else { Vec::new() };
                row.push(fit(&contender.name, NAME));
                row.extend(columns.iter().map(|column| self.cell(column, index, heat, &heats)));
                table.add_row(row);
            }
        }
        align(&mut table, columns, usize::from(workload.grows()));
        let lines: Vec<_> = table.lines().map(|line| line.trim_end().to_owned() + "\n").collect();
        lines.concat()
    }

    fn cell(&self, column: &Column, contender: usize, heat: Heat, heats: &[Heat]) -> String {
        let results = self.results;
        let Some(spread) = results.spread(contender, heat, column.metric) else {
            let is_broken = results.trouble(contender, heat).is_some();
            return if is_broken && !matches!(column.show, Show::Bar) { "✗".into() } else { "–".into() };
        };
        match column.show {
            Show::Median(format) => format(spread.median),
            Show::PlusMinus if results.trouble(contender, heat).is_some() => "✗".into(),
            Show::PlusMinus if results.plan.rounds < 2 => "–".into(),
            Show::PlusMinus => format!("{:.0} %", spread.percent()),
            Show::Bar => {
                let mark = if self.is_as_good_as_the_best(contender, heat, column.metric) { " ≈" } else { "" };
                let longest = BAR + (self.width - LEAST_WIDTH) / 2;
                bar(spread.median, highest(results, column.metric, heats), longest) + mark
            }
        }
    }

    /// Whether its bar differs in length from the longest of its heat, and its rounds do not.
    fn is_as_good_as_the_best(&self, contender: usize, heat: Heat, metric: Metric) -> bool {
        let sound = (0..self.results.plan.contenders.len()).filter(|one| self.results.trouble(*one, heat).is_none());
        let all: Vec<_> = sound.filter_map(|one| Some((one, self.results.spread(one, heat, metric)?))).collect();
        let best = all.iter().max_by(|one, other| one.1.median.total_cmp(&other.1.median));
        let its = all.iter().find(|(one, _)| *one == contender);
        let is_compared = metric == Metric::PerSecond && self.results.plan.rounds > 1;
        is_compared && best.zip(its).is_some_and(|(best, its)| best.0 != its.0 && best.1.overlaps(&its.1))
    }

    /// Why two bars of different length may mean the same.
    fn why_no_difference(&self, workload: Workload) -> String {
        let heats = self.results.plan.heats_of(workload);
        let mut all = heats.iter().flat_map(|heat| (0..self.results.plan.contenders.len()).map(|one| (one, *heat)));
        if !all.any(|(one, heat)| self.is_as_good_as_the_best(one, heat, Metric::PerSecond)) {
            return String::new();
        }
        let why = self.lang.pick(
            "≈ no difference from the longest bar was seen: a bar shows the median, and the rounds of the two overlap (±).",
            "≈ 与最长的一条看不出差别：条形表示中位数，而两者各轮的结果有重叠（±）。",
        );
        break_lines(why, self.width).join("\n") + "\n"
    }
}

/// Figures to the right, names and bars to the left.
fn align(table: &mut Table, columns: &[Column], names: usize) {
    for (place, column) in columns.iter().enumerate() {
        if let Some(drawn) = table.column_mut(names + 1 + place)
            && !matches!(column.show, Show::Bar)
        {
            drawn.set_cell_alignment(CellAlignment::Right);
        }
    }
    if names == 1
        && let Some(clients) = table.column_mut(0)
    {
        clients.set_cell_alignment(CellAlignment::Right);
    }
}

fn highest(results: &Results, metric: Metric, heats: &[Heat]) -> f64 {
    let of = |heat: &Heat| {
        let all = (0..results.plan.contenders.len()).filter_map(|index| results.spread(index, *heat, metric));
        all.map(|spread: Spread| spread.median).fold(0.0, f64::max)
    };
    // A share of a core is a share of a whole one.
    let least = if metric == Metric::CpuPercent { 100.0 } else { 0.0 };
    heats.iter().map(of).fold(least, f64::max)
}

/// A bar of eighths of a column, of at most `longest` columns.
fn bar(value: f64, highest: f64, longest: usize) -> String {
    let share = if highest > 0.0 { (value / highest).clamp(0.0, 1.0) } else { 0.0 };
    let eighths = (share * (longest * 8) as f64).round() as usize;
    "█".repeat(eighths / 8) + EIGHTHS.get(eighths % 8).copied().unwrap_or_default()
}

fn whole(value: f64) -> String {
    big_number(value.round() as u64)
}

/// One digit behind the point, where it says something.
fn tenths(value: f64) -> String {
    if value < 100.0 { format!("{value:.1}") } else { whole(value) }
}

fn kibibytes(bytes: f64) -> String {
    tenths(bytes / 1024.0)
}

fn megabytes(bytes: f64) -> String {
    whole(bytes / 1e6)
}

/// A line for each thing that went wrong with a server, and in what.
fn troubles(results: &Results, lang: Lang) -> String {
    let mut lines: Vec<(String, Vec<String>)> = Vec::new();
    for heat in results.plan.heats() {
        for (index, contender) in results.plan.contenders.iter().enumerate() {
            let Some(trouble) = results.trouble(index, heat) else { continue };
            let what = format!("✗ {}: {}", contender.name, trouble.describe(lang));
            let (workload, clients) = (heat.workload.name(), big_number(heat.clients as u64));
            let place = if heat.workload.grows() { format!("{workload} {clients}") } else { workload.into() };
            match lines.iter_mut().find(|(line, _)| *line == what) {
                Some((_, places)) => places.push(place),
                None => lines.push((what, vec![place])),
            }
        }
    }
    lines.into_iter().map(|(what, places)| format!("{what}\n  ({})\n", places.join(", "))).collect()
}

#[cfg(test)]
mod tests;

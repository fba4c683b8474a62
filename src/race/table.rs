//! The results as text: a table for each workload, with bars that read in black and white.

use super::load::AT_ONCE;
use super::results::{Metric, Results};
use super::stats::Spread;
use super::{Heat, Workload};
use crate::lang::Lang;
use crate::say;
use crate::view::{big_number, fit};
use comfy_table::{CellAlignment, ContentArrangement, LineStyle, Table, TableStyle};

/// How wide the text is.
const WIDTH: u16 = 80;
/// How many columns the longest bar takes.
const BAR: usize = 10;
/// How many columns a server's name may take.
const NAME: usize = 16;
/// A line under the heads, and nothing else.
const STYLE: TableStyle = TableStyle::new().header_separator(LineStyle::none().fill('─').junction('─'));
/// A bar's last column, in eighths.
const EIGHTHS: [&str; 8] = ["", "▏", "▎", "▍", "▌", "▋", "▊", "▉"];

/// All tables, and under them what went wrong.
#[must_use]
pub fn tables(results: &Results, lang: Lang) -> String {
    let mut text = String::new();
    for workload in &results.plan.workloads {
        text += &format!("{}\n{}\n", title(*workload, results, lang), table(*workload, results, lang));
        if *workload == Workload::PingPong {
            text += &format!("{}\n", latencies(results, lang));
        }
    }
    if results.lack_cpu() {
        text += lang.pick(
            "A server's CPU time and memory are not measured on this system.\n",
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
            .pick("holding: silent clients, then one of them speaks", "holding：客户端都不说话；然后其中一个开口")
            .into(),
        Workload::Stream => lang
            .pick("stream: one client sends without a pause, and reads meanwhile", "stream：一个客户端不停地发，同时收")
            .into(),
        Workload::Churn => say!(
            lang,
            "churn: connect, one message answered, leave; {AT_ONCE} at once",
            "churn：连接、一问一答、离开；同时 {AT_ONCE} 个"
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

fn table(workload: Workload, results: &Results, lang: Lang) -> String {
    let is_known = |column: &Column| results.has_figures(workload, column.metric);
    let columns: Vec<_> = columns(workload).into_iter().filter(is_known).collect();
    draw(workload, &columns, results, lang)
}

fn latencies(results: &Results, lang: Lang) -> String {
    use Metric::{Max, P50, P90, P99, P999};
    let heads = [(P50, "p50 µs"), (P90, "p90"), (P99, "p99"), (P999, "p99.9"), (Max, "max")];
    let columns = heads.map(|(metric, head)| column((head, head), metric, Show::Median(tenths)));
    draw(Workload::PingPong, &columns, results, lang)
}

fn draw(workload: Workload, columns: &[Column], results: &Results, lang: Lang) -> String {
    let mut table = Table::new();
    table.load_style(STYLE).set_content_arrangement(ContentArrangement::Dynamic).set_width(WIDTH);
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
            row.extend(columns.iter().map(|column| cell(column, results, index, heat, &heats)));
            table.add_row(row);
        }
    }
    align(&mut table, columns, usize::from(workload.grows()));
    let lines: Vec<_> = table.lines().map(|line| line.trim_end().to_owned() + "\n").collect();
    lines.concat()
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

fn cell(column: &Column, results: &Results, contender: usize, heat: Heat, heats: &[Heat]) -> String {
    let Some(spread) = results.spread(contender, heat, column.metric) else {
        let is_broken = results.trouble(contender, heat).is_some();
        return if is_broken && !matches!(column.show, Show::Bar) { "✗".into() } else { "–".into() };
    };
    match column.show {
        Show::Median(format) => format(spread.median),
        Show::PlusMinus if results.trouble(contender, heat).is_some() => "✗".into(),
        Show::PlusMinus if results.plan.rounds < 2 => "–".into(),
        Show::PlusMinus => format!("{:.0} %", spread.percent()),
        Show::Bar => bar(spread.median, highest(results, column.metric, heats)),
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

/// A bar of eighths of a column.
fn bar(value: f64, highest: f64) -> String {
    let share = if highest > 0.0 { (value / highest).clamp(0.0, 1.0) } else { 0.0 };
    let eighths = (share * (BAR * 8) as f64).round() as usize;
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
mod tests {
    use super::*;
    use crate::program::Words;
    use crate::race::contender::Contender;
    use crate::race::results::Measurement;
    use crate::race::{Figures, Plan, Trouble};
    use std::time::Duration;

    #[test]
    fn a_bar_is_as_long_as_its_share() {
        assert_eq!(bar(10.0, 10.0), "█".repeat(BAR));
        assert_eq!(bar(5.0, 10.0), "█".repeat(BAR / 2));
        assert_eq!(bar(0.0, 10.0), "");
        assert_eq!(bar(0.0, 0.0), "");
        assert_eq!(bar(1.0, 128.0), "▏");
    }

    fn race(cpu_percent: Option<f64>) -> Results {
        let contenders = vec![Contender { name: "poll".into(), words: Words::new(vec!["x".into()]), port: None }];
        let workloads = vec![Workload::PingPong];
        let plan =
            Plan { contenders, workloads, clients: vec![1], size: 64, window: Duration::from_secs(1), rounds: 1 };
        let heat = Heat { workload: Workload::PingPong, clients: 1 };
        let figures = Figures { per_second: Some(1000.0), cpu_percent, ..Figures::default() };
        let mut results = Results::new(plan);
        results.measurements.push(Measurement { round: 0, contender: 0, heat, result: Ok(figures) });
        results
    }

    #[test]
    fn what_the_system_does_not_measure_has_no_column_and_is_told_once() {
        let measured = tables(&race(Some(99.0)), Lang::En);
        assert!(
            measured.contains("CPU %") && measured.contains("99") && !measured.contains("not measured"),
            "{measured}"
        );
        for (lang, told) in [(Lang::En, "not measured on this system"), (Lang::Zh, "不测量")] {
            let unmeasured = tables(&race(None), lang);
            assert!(!unmeasured.contains("CPU %") && !unmeasured.contains("CPU µs"), "{unmeasured}");
            assert_eq!(unmeasured.matches(told).count(), 1, "{unmeasured}");
        }
    }

    /// A server that failed has a cross in every column, also where nothing else was measured.
    #[test]
    fn a_race_without_any_figure_keeps_its_columns() {
        let mut results = race(None);
        results.measurements.clear();
        let heat = Heat { workload: Workload::PingPong, clients: 1 };
        results.measurements.push(Measurement { round: 0, contender: 0, heat, result: Err(Trouble::Silent) });
        let text = tables(&results, Lang::En);
        assert!(text.contains("CPU %") && !text.contains("not measured"), "{text}");
    }

    #[test]
    fn figures_have_the_digits_that_say_something() {
        assert_eq!((tenths(0.04), tenths(27.96), tenths(1234.5)), ("0.0".into(), "28.0".into(), "1 235".into()));
        assert_eq!((kibibytes(14_000.0), megabytes(2.4e9)), ("13.7".into(), "2 400".into()));
    }
}

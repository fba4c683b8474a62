//! Which panels there are, from what was measured.

use super::axis::{Axis, decades, thousands};
use super::plot::{LEFT, LETTERS, Line, Mark, Panel};
use super::style::Look;
use super::{MARGIN, WIDTH};
use crate::lang::Lang;
use crate::race::results::{Metric, Results};
use crate::race::stats::Spread;
use crate::race::{Heat, Workload};
use crate::say;
use crate::view::svg::Font;
use hdrhistogram::Histogram;

/// Of so many points the line of a distribution consists.
const POINTS: u32 = 200;
/// Points of several servers over the same number of clients stand beside each other, so many pixels apart at most.
const BESIDE: f64 = 9.0;
/// Nor do they take more than this share of the distance between two numbers of clients.
const CROWD: f64 = 0.4;
/// So far above the highest figure an axis ends, so that its point lies inside.
const HEADROOM: f64 = 1.04;

/// The panels that there are figures for.
pub(super) fn panels(results: &Results, lang: Lang) -> Vec<Panel> {
    [latencies(results, lang), replies(results, lang), idle_cpu(results, lang)].into_iter().flatten().collect()
}

/// How long replies took, for one number of clients: the one in the middle.
fn latencies(results: &Results, lang: Lang) -> Option<Panel> {
    let servers = 0..results.plan.contenders.len();
    let of =
        |heat: Heat| servers.clone().filter_map(move |server| Some((server, latencies_of(results, server, heat)?)));
    let heats: Vec<_> = heats(results, Workload::PingPong).into_iter().filter(|heat| of(*heat).count() > 0).collect();
    let heat = *heats.get(heats.len() / 2)?;
    let all: Vec<_> = of(heat).collect();
    let x = Axis::shares(all.iter().map(|(_, replies)| replies.len()).max()?);
    let fastest = all.iter().map(|(_, replies)| replies.min().max(1) as f64).fold(f64::INFINITY, f64::min);
    let slowest = all.iter().map(|(_, replies)| replies.max() as f64).fold(1.0, f64::max);
    let lines = all.iter().map(|(server, replies)| distribution(results, *server, replies, &x)).collect();
    let clients = thousands(heat.clients as u64);
    Some(Panel {
        title: match heat.clients {
            1 => say!(lang, "Ping-pong with 1 client: how long replies take", "ping-pong，1 个客户端：回复要多久"),
            _ => say!(
                lang,
                "Ping-pong with {clients} clients: how long replies take",
                "ping-pong，{clients} 个客户端：回复要多久"
            ),
        },
        x_label: lang.pick("share of the replies that took no longer", "不超过此用时的回复所占比例").into(),
        y_label: lang.pick("time until the reply (log scale)", "回复用时（对数刻度）").into(),
        x,
        y: Axis::times(fastest, slowest),
        lines,
        notes: missing(results, &[heat], |server, heat| latencies_of(results, server, heat).is_some(), lang),
    })
}

fn latencies_of(results: &Results, server: usize, heat: Heat) -> Option<Histogram<u64>> {
    results.latencies(server, heat).filter(|replies| !replies.is_empty())
}

/// A line from the fastest reply to the slowest, with a mark at each tick.
fn distribution(results: &Results, server: usize, replies: &Histogram<u64>, x: &Axis) -> Line {
    let last = decades(replies.len());
    let place = |at: f64| (at, (replies.value_at_quantile(1.0 - 10f64.powf(-at)).max(1) as f64).log10());
    let path: Vec<_> = (0..=POINTS).map(|step| place(last * f64::from(step) / f64::from(POINTS))).collect();
    let ticks = x.ticks.iter().filter(|tick| tick.at <= last);
    let marks = ticks.map(|tick| place(tick.at)).map(|(x, y)| Mark { x, y, bar: None }).collect();
    Line { look: Look(server), name: name(results, server), path, marks }
}

fn replies(results: &Results, lang: Lang) -> Option<Panel> {
    let title = lang.pick("Ping-pong: how many replies the servers send", "ping-pong：各服务器的吞吐量");
    let x_label = lang.pick("clients at work (log scale)", "同时工作的客户端数（对数刻度）");
    let y_label = lang.pick("replies a second", "每秒回复数");
    let growth = Growth { workload: Workload::PingPong, metric: Metric::PerSecond, least: 0.0 };
    growth.panel(results, lang, [title, x_label, y_label])
}

fn idle_cpu(results: &Results, lang: Lang) -> Option<Panel> {
    let title = lang.pick("CPU of the server while no client sends", "没有客户端发数据时，服务器占用的 CPU");
    let x_label = lang.pick("silent clients (log scale)", "不说话的客户端数（对数刻度）");
    let y_label = lang.pick("percent of one core", "占单核的百分比（%）");
    let growth = Growth { workload: Workload::Holding, metric: Metric::CpuPercent, least: 100.0 };
    growth.panel(results, lang, [title, x_label, y_label])
}

/// A figure by the number of clients.
struct Growth {
    workload: Workload,
    metric: Metric,
    /// The axis reaches up to this at least.
    least: f64,
}

impl Growth {
    fn panel(&self, results: &Results, lang: Lang, [title, x_label, y_label]: [&str; 3]) -> Option<Panel> {
        let servers = 0..results.plan.contenders.len();
        let heats = heats(results, self.workload);
        let x = Axis::clients(&heats.iter().map(|heat| heat.clients).collect::<Vec<_>>());
        let with_figures = |server: &usize| heats.iter().any(|heat| self.spread(results, *server, *heat).is_some());
        let shown: Vec<usize> = servers.filter(with_figures).collect();
        let lines: Vec<_> = shown
            .iter()
            .enumerate()
            .map(|(rank, server)| self.line(results, *server, &heats, beside(&x, rank, shown.len())))
            .collect();
        let tops = lines.iter().flat_map(|line| &line.marks).map(|mark| mark.bar.map_or(mark.y, |(_, high)| high));
        let highest = tops.fold(self.least, f64::max);
        (!lines.is_empty()).then(|| Panel {
            title: title.into(),
            x_label: x_label.into(),
            y_label: y_label.into(),
            x,
            y: Axis::linear(highest * HEADROOM),
            lines,
            notes: missing(results, &heats, |server, heat| self.spread(results, server, heat).is_some(), lang),
        })
    }

    fn line(&self, results: &Results, server: usize, heats: &[Heat], aside: f64) -> Line {
        let mark = |heat: &Heat| {
            let Spread { median, low, high } = self.spread(results, server, *heat)?;
            Some(Mark { x: decades(heat.clients as u64) + aside, y: median, bar: (low < high).then_some((low, high)) })
        };
        let marks: Vec<_> = heats.iter().filter_map(mark).collect();
        let path = marks.iter().map(|mark| (mark.x, mark.y)).collect();
        Line { look: Look(server), name: name(results, server), path, marks }
    }

    /// A figure that is infinite is none.
    fn spread(&self, results: &Results, server: usize, heat: Heat) -> Option<Spread> {
        let spread = results.spread(server, heat, self.metric)?;
        [spread.low, spread.median, spread.high].iter().all(|figure| figure.is_finite()).then_some(spread)
    }
}

/// How far to the right of its number of clients a point stands, in the axis' unit.
fn beside(x: &Axis, rank: usize, lines: usize) -> f64 {
    let step = (BESIDE / (WIDTH - LEFT)).min(CROWD * x.closest() / lines.max(1) as f64);
    x.part(step * (rank as f64 - (lines as f64 - 1.0) / 2.0))
}

/// The heats of a workload, with the numbers of clients in order.
fn heats(results: &Results, workload: Workload) -> Vec<Heat> {
    let mut heats = results.plan.heats_of(workload);
    heats.sort();
    heats.dedup();
    heats
}

fn name(results: &Results, server: usize) -> String {
    results.plan.contenders.get(server).map(|contender| contender.name.clone()).unwrap_or_default()
}

/// Which servers have no figure, and with how many clients: they failed, or the race was ended before.
fn missing(results: &Results, heats: &[Heat], has: impl Fn(usize, Heat) -> bool, lang: Lang) -> Vec<String> {
    let of = |server: usize| {
        let without: Vec<_> = heats.iter().filter(|heat| !has(server, **heat)).map(|heat| heat.clients).collect();
        let name = name(results, server);
        match without.len() {
            0 => None,
            all if all == heats.len() => Some(name),
            _ => {
                let clients: Vec<_> = without.into_iter().map(|clients| thousands(clients as u64)).collect();
                Some(say!(lang, "{name} (clients: {})", "{name}（客户端数：{}）", clients.join(", ")))
            }
        }
    };
    let missing: Vec<_> = (0..results.plan.contenders.len()).filter_map(of).collect();
    if missing.is_empty() {
        return Vec::new();
    }
    let missing = missing.join(lang.pick(", ", "、"));
    let note = say!(lang, "✗ no figures: {missing}", "✗ 没有数据：{missing}");
    Font::Sans.wrap(&note, LETTERS, WIDTH - 2.0 * MARGIN)
}

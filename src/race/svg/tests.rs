use super::*;
use crate::program::CommandLine;
use crate::race::contender::Contender;
use crate::race::results::Measurement;
use crate::race::{Figures, Heat, Plan, Trouble, Workload};
use crate::view::svg::checks::{assert_finite, assert_well_formed};
use hdrhistogram::Histogram;
use proptest::prelude::*;
use std::time::Duration;

fn plan(names: &[&str], clients: &[usize]) -> Plan {
    let contender = |name: &&str| Contender { name: (*name).into(), words: CommandLine::default(), port: None };
    Plan {
        contenders: names.iter().map(contender).collect(),
        workloads: vec![Workload::PingPong, Workload::Holding],
        clients: clients.to_vec(),
        size: 64,
        window: Duration::from_secs(2),
        rounds: 3,
    }
}

/// All measured, with these figures for each server, heat and round.
fn measured(plan: Plan, figures: impl Fn(usize, Heat, usize) -> Result<Figures, Trouble>) -> Results {
    let mut results = Results::new(plan);
    for round in 0..results.plan.rounds {
        for heat in results.plan.heats() {
            for contender in 0..results.plan.contenders.len() {
                let result = figures(contender, heat, round);
                results.measurements.push(Measurement { round, contender, heat, result });
            }
        }
    }
    results
}

fn replies(nanoseconds: impl IntoIterator<Item = u64>) -> Option<Histogram<u64>> {
    let mut all = Histogram::new_with_bounds(1, 60_000_000_000, 2).unwrap();
    nanoseconds.into_iter().for_each(|time| all.saturating_record(time));
    Some(all)
}

fn some_figures(contender: usize, heat: Heat, round: usize) -> Figures {
    let speed = 9_000.0 + 1_000.0 * (contender * 3 + round) as f64;
    Figures {
        per_second: (heat.workload == Workload::PingPong).then_some(speed),
        cpu_percent: Some(100.0 / (contender + 1) as f64 + round as f64),
        latencies: replies((1..2_000).map(|number| 20_000 + number * number * (contender as u64 + 1))),
        ..Figures::default()
    }
}

fn drawn(results: &Results, lang: Lang) -> String {
    let svg = svg(results, "day30 race --clients 1,64", "a machine", lang, Theme::Auto);
    assert_well_formed(&svg);
    assert_finite(&svg, 4_000.0);
    svg
}

fn panels_of(svg: &str) -> usize {
    svg.matches("class=\"title ink\"").count()
}

#[test]
fn each_server_has_a_line_in_each_panel() {
    let results = measured(plan(&["spin", "poll", "threads"], &[1, 64, 1000]), |c, h, r| Ok(some_figures(c, h, r)));
    let svg = drawn(&results, Lang::En);
    assert_eq!(panels_of(&svg), 3);
    assert_eq!(svg.matches("<polyline").count(), 9);
    // Three servers and three numbers of clients, with a spread in two panels.
    assert_eq!(svg.matches("class=\"bar\"").count(), 18);
    assert!(svg.contains("Ping-pong with 64 clients"), "{svg}");
    assert!(svg.contains(">99.9 %<") && svg.contains(">1\u{2009}000<") && svg.contains("µs<"));
    assert!(svg.contains("Median of 3 rounds of 2 s") && svg.contains("closed loop"));
    assert!(drawn(&results, Lang::Zh).contains("ping-pong，64 个客户端"));
}

#[test]
fn one_number_of_clients_has_points_without_lines() {
    let one = |clients| measured(plan(&["spin", "poll"], &[clients]), |c, h, r| Ok(some_figures(c, h, r)));
    let svg = drawn(&one(1), Lang::En);
    assert_eq!((panels_of(&svg), svg.matches("<polyline").count()), (3, 2));
    assert!(svg.contains("Ping-pong with 1 client:"), "{svg}");
    let reply =
        measured(plan(&["spin"], &[1]), |_, _, _| Ok(Figures { latencies: replies([7]), ..Figures::default() }));
    assert_eq!(panels_of(&drawn(&reply, Lang::En)), 1);
}

#[test]
fn without_figures_there_is_a_sentence() {
    let failed = measured(plan(&["spin"], &[1]), |_, _, _| Err(Trouble::Silent));
    for results in [Results::new(plan(&[], &[])), Results::new(plan(&["spin"], &[1])), failed] {
        let svg = drawn(&results, Lang::En);
        assert!(panels_of(&svg) == 0 && svg.contains("Nothing was measured.") && svg.contains("$ day30 race"));
        assert!(drawn(&results, Lang::Zh).contains("没有测到任何数据"));
    }
}

#[test]
fn who_failed_is_named() {
    let figures = |contender: usize, heat: Heat, round| match (contender, heat.clients) {
        (1, _) | (2, 1000) => Err(Trouble::Reset),
        _ => Ok(some_figures(contender, heat, round)),
    };
    let svg = drawn(&measured(plan(&["spin", "notes", "threads"], &[1, 1000]), figures), Lang::En);
    assert!(svg.contains("✗ no figures: notes, threads (clients: 1\u{2009}000)<"), "{svg}");
    assert!(svg.contains("Ping-pong with 1\u{2009}000 clients"));
}

#[test]
fn names_and_commands_are_only_text() {
    let names = ["<script>\"&'\u{1b}]0;\u{202e}", "笔记里的服务器（Python 版，很长很长的名字）", "]]><!--", "&amp;"];
    let results = measured(plan(&names, &[1, 64]), |c, h, r| Ok(some_figures(c, h, r)));
    let command = format!("day30 race --server '<&\">={}'", "x".repeat(300));
    let svg = svg(&results, &command, "R&D <1>\nsecond line", Lang::Zh, Theme::Dark);
    assert_well_formed(&svg);
    assert!(!svg.contains("<script") && svg.contains("&amp;amp;") && svg.contains("R&amp;D &lt;1&gt;<"));
    assert!(svg.contains("笔记里") && svg.contains("…<"));
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn any_figures_can_be_drawn(
        rates in prop::collection::vec(prop_oneof![Just(0.0), Just(1e300), 0f64..1e6, prop::num::f64::ANY], 1..40),
        times in prop::collection::vec(prop_oneof![Just(0), Just(u64::MAX), 0..10_000_000_000u64], 0..40),
        clients in prop::collection::vec(prop_oneof![1..20usize, 1..100_000usize], 1..8),
        servers in 0..14usize,
    ) {
        let names = vec!["server"; servers];
        let results = measured(plan(&names, &clients), |contender, heat, round| {
            let rate = rates.get((contender * 5 + round + heat.clients) % rates.len()).copied();
            let skip = (contender + heat.clients) % times.len().max(1);
            let latencies = replies(times.iter().copied().skip(skip));
            Ok(Figures { per_second: rate, cpu_percent: rate, latencies, ..Figures::default() })
        });
        let svg = svg(&results, "day30 race", "", Lang::En, Theme::Light);
        assert_well_formed(&svg);
        assert_finite(&svg, 4_000.0);
    }
}

use super::*;
use crate::program::CommandLine;
use crate::race::contender::Contender;
use crate::race::results::Measurement;
use crate::race::{Figures, Plan, Trouble};
use std::time::Duration;

#[test]
fn a_bar_is_as_long_as_its_share() {
    assert_eq!(bar(10.0, 10.0, BAR), "█".repeat(BAR));
    assert_eq!(bar(5.0, 10.0, BAR), "█".repeat(BAR / 2));
    assert_eq!(bar(0.0, 10.0, BAR), "");
    assert_eq!(bar(0.0, 0.0, BAR), "");
    assert_eq!(bar(1.0, 128.0, BAR), "▏");
}

fn race(cpu_percent: Option<f64>) -> Results {
    let contenders = vec![Contender { name: "poll".into(), words: CommandLine::new(vec!["x".into()]), port: None }];
    let workloads = vec![Workload::PingPong];
    let plan = Plan { contenders, workloads, clients: vec![1], size: 64, window: Duration::from_secs(1), rounds: 1 };
    let heat = Heat { workload: Workload::PingPong, clients: 1 };
    let figures = Figures { per_second: Some(1000.0), cpu_percent, ..Figures::default() };
    let mut results = Results::new(plan);
    results.measurements.push(Measurement { round: 0, contender: 0, heat, result: Ok(figures) });
    results
}

#[test]
fn what_the_system_does_not_measure_has_no_column_and_is_told_once() {
    let measured = tables(&race(Some(99.0)), Lang::En, 80);
    assert!(measured.contains("CPU %") && measured.contains("99") && !measured.contains("not measured"), "{measured}");
    for (lang, told) in [(Lang::En, "not measured on this system"), (Lang::Zh, "不测量")] {
        let unmeasured = tables(&race(None), lang, 80);
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
    let text = tables(&results, Lang::En, 80);
    assert!(text.contains("CPU %") && !text.contains("not measured"), "{text}");
}

#[test]
fn figures_have_the_digits_that_say_something() {
    assert_eq!((tenths(0.04), tenths(27.96), tenths(1234.5)), ("0.0".into(), "28.0".into(), "1 235".into()));
    assert_eq!((kibibytes(14_000.0), megabytes(2.4e9)), ("13.7".into(), "2 400".into()));
}

//! The results as JSON.
//!
//! One object, version 1. A program that reads it must ignore names that it does not know; a change that it could not
//! ignore gets a new version.
//!
//! | name | what it holds |
//! |---|---|
//! | `format`, `version`, `day30` | `"day30-race"`, `1`, and the program's own version |
//! | `command` | the command line that made it |
//! | `machine` | processor, number of cores, operating system |
//! | `plan` | `clients`, `size` (bytes; `stream` sends 64 KiB at a time instead), `seconds` (of one measurement), `rounds`, `workloads` |
//! | `servers` | an array of `name` and `command` (its words; `{port}` not yet filled in) |
//! | `measurements` | an array, in the order in which they were made |
//! | `summary` | an array: for each server, workload and number of clients, each metric's `median`, `low` and `high` |
//!
//! A measurement has `round` (from 1), `server`, `workload`, `clients` (1 for `stream`, and for `churn`, which has 16 at once), and either `figures` or `trouble` (`kind`, and `text`
//! in English). The metrics, in `figures` and in `summary`:
//!
//! | name | unit |
//! |---|---|
//! | `per_second` | replies a second; of `stream`, bytes that came back; of `churn`, connections |
//! | `cpu_us_each` | microseconds of the server's CPU time for each of those |
//! | `cpu_percent` | the server's CPU time in percent of one core; of `holding`, while nobody speaks |
//! | `bytes_per_client` | the server's resident memory for each client, in bytes |
//! | `p50_us`, `p90_us`, `p99_us`, `p999_us`, `max_us` | latency, microseconds; of `churn`, from connect to reply |
//!
//! A metric that does not apply, or that the system does not tell, is absent. Figures are rounded to three digits behind
//! the point.

use super::Heat;
use super::results::{Measurement, Metric, Results};
use super::stats::Spread;
use crate::lang::Lang;
use serde_json::{Map, Value, json};

/// The version of the format.
pub const VERSION: u32 = 1;

/// The whole race, as indented text.
#[must_use]
pub fn json(results: &Results, command: &str, machine: &str) -> String {
    let plan = &results.plan;
    let workloads: Vec<_> = plan.workloads.iter().map(|workload| workload.name()).collect();
    let servers: Vec<_> = plan
        .contenders
        .iter()
        .map(|one| json!({ "name": one.name, "command": one.words.iter().collect::<Vec<_>>() }))
        .collect();
    let value = json!({
        "format": "day30-race",
        "version": VERSION,
        "day30": env!("CARGO_PKG_VERSION"),
        "command": command,
        "machine": machine,
        "plan": {
            "clients": plan.clients,
            "size": plan.size,
            "seconds": plan.window.as_secs_f64(),
            "rounds": plan.rounds,
            "workloads": workloads,
        },
        "servers": servers,
        "measurements": results.measurements.iter().map(|one| measurement(one, results)).collect::<Vec<_>>(),
        "summary": summary(results),
    });
    format!("{value:#}\n")
}

fn named(results: &Results, contender: usize, heat: Heat) -> Map<String, Value> {
    let server = results.plan.contenders.get(contender).map(|contender| contender.name.as_str());
    let named =
        [("server", json!(server)), ("workload", json!(heat.workload.name())), ("clients", json!(heat.clients))];
    named.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

fn measurement(one: &Measurement, results: &Results) -> Value {
    let mut value = named(results, one.contender, one.heat);
    value.insert("round".into(), json!(one.round + 1));
    match &one.result {
        Ok(figures) => {
            let figures = Metric::ALL.into_iter().filter_map(|metric| Some((metric, metric.of(figures)?)));
            let figures = figures.map(|(metric, figure)| (metric.name().to_owned(), json!(rounded(figure))));
            value.insert("figures".into(), Value::Object(figures.collect()));
        }
        Err(trouble) => {
            value.insert("trouble".into(), json!({ "kind": trouble.name(), "text": trouble.describe(Lang::En) }));
        }
    }
    Value::Object(value)
}

fn summary(results: &Results) -> Vec<Value> {
    let mut summary = Vec::new();
    for heat in results.plan.heats() {
        for contender in 0..results.plan.contenders.len() {
            let mut value = named(results, contender, heat);
            let spreads = Metric::ALL.map(|metric| (metric, results.spread(contender, heat, metric)));
            for (metric, spread) in spreads.into_iter().filter_map(|(metric, spread)| Some((metric, spread?))) {
                let Spread { median, low, high } = spread;
                let [median, low, high] = [median, low, high].map(rounded);
                value.insert(metric.name().into(), json!({ "median": median, "low": low, "high": high }));
            }
            summary.push(Value::Object(value));
        }
    }
    summary
}

fn rounded(figure: f64) -> f64 {
    (figure * 1000.0).round() / 1000.0
}

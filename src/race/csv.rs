//! The results as CSV (RFC 4180): a head, then a line for each measurement.
//!
//! The columns are `round,server,workload,clients,size`, the [metrics](super::results::Metric) by their names, and
//! `trouble`. A figure that there is none of is empty.

use super::results::{Measurement, Metric, Results};
use crate::lang::Lang;

/// All measurements.
#[must_use]
pub fn csv(results: &Results) -> String {
    let metrics = Metric::ALL.map(Metric::name).join(",");
    let mut text = format!("round,server,workload,clients,size,{metrics},trouble\r\n");
    for one in &results.measurements {
        text += &(fields(one, results).join(",") + "\r\n");
    }
    text
}

fn fields(one: &Measurement, results: &Results) -> Vec<String> {
    let server = results.plan.contenders.get(one.contender).map_or("", |contender| &contender.name);
    let mut fields = vec![
        (one.round + 1).to_string(),
        quoted(server),
        one.heat.workload.name().into(),
        one.heat.clients.to_string(),
        results.plan.size.to_string(),
    ];
    let figure = |metric: Metric| metric.of(one.result.as_ref().ok()?).map(|value| format!("{value:.3}"));
    fields.extend(Metric::ALL.map(|metric| figure(metric).unwrap_or_default()));
    fields.push(one.result.as_ref().err().map(|trouble| quoted(&trouble.describe(Lang::En))).unwrap_or_default());
    fields
}

/// Quoted where it must be; a quote is written twice.
fn quoted(text: &str) -> String {
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_needs_quotes_has_them() {
        assert_eq!(quoted("plain text"), "plain text");
        assert_eq!(quoted("a,b"), "\"a,b\"");
        assert_eq!(quoted("say \"hi\"\n"), "\"say \"\"hi\"\"\n\"");
    }
}

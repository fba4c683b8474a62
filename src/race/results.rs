//! What was measured, and what it comes to.

use super::measure::Figures;
use super::stats::Spread;
use super::{Heat, Plan, Trouble, Workload};
use hdrhistogram::Histogram;

/// One measurement.
#[derive(Debug)]
pub struct Measurement {
    /// Which round, from 0.
    pub round: usize,
    /// Which of the plan's servers.
    pub contender: usize,
    /// Which workload, with how many clients.
    pub heat: Heat,
    /// What came of it.
    pub result: Result<Figures, Trouble>,
}

/// A whole race.
#[derive(Debug)]
pub struct Results {
    /// What was to be measured.
    pub plan: Plan,
    /// What was measured, in this order.
    pub measurements: Vec<Measurement>,
}

/// One figure of a measurement.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Metric {
    /// Replies (of a stream bytes, of churn connections) a second.
    PerSecond,
    /// The server's CPU time for each of them, in µs.
    CpuUsEach,
    /// The server's CPU time, in percent of a core.
    CpuPercent,
    /// The server's memory for each client, in bytes.
    BytesPerClient,
    /// Half of the replies took no longer, in µs.
    P50,
    /// 90 % of them.
    P90,
    /// 99 % of them.
    P99,
    /// 99.9 % of them.
    P999,
    /// The slowest of them.
    Max,
}

impl Metric {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::PerSecond,
        Self::CpuUsEach,
        Self::CpuPercent,
        Self::BytesPerClient,
        Self::P50,
        Self::P90,
        Self::P99,
        Self::P999,
        Self::Max,
    ];

    /// Its name in the files, with its unit.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::PerSecond => "per_second",
            Self::CpuUsEach => "cpu_us_each",
            Self::CpuPercent => "cpu_percent",
            Self::BytesPerClient => "bytes_per_client",
            Self::P50 => "p50_us",
            Self::P90 => "p90_us",
            Self::P99 => "p99_us",
            Self::P999 => "p999_us",
            Self::Max => "max_us",
        }
    }

    /// The figure, if there is one.
    #[must_use]
    pub fn of(self, figures: &Figures) -> Option<f64> {
        let quantile = |quantile: f64| {
            let latencies = figures.latencies.as_ref().filter(|latencies| !latencies.is_empty())?;
            Some(latencies.value_at_quantile(quantile) as f64 / 1000.0)
        };
        match self {
            Self::PerSecond => figures.per_second,
            Self::CpuUsEach => figures.cpu_us_each,
            Self::CpuPercent => figures.cpu_percent,
            Self::BytesPerClient => figures.bytes_per_client,
            Self::P50 => quantile(0.5),
            Self::P90 => quantile(0.9),
            Self::P99 => quantile(0.99),
            Self::P999 => quantile(0.999),
            Self::Max => quantile(1.0),
        }
    }
}

impl Results {
    /// Nothing measured yet.
    #[must_use]
    pub fn new(plan: Plan) -> Self {
        Self { plan, measurements: Vec::new() }
    }

    /// What the rounds gave for this server, this heat and this figure.
    #[must_use]
    pub fn spread(&self, contender: usize, heat: Heat, metric: Metric) -> Option<Spread> {
        let figures = self.of(contender, heat).filter_map(|measurement| metric.of(measurement.result.as_ref().ok()?));
        Spread::of(figures.collect())
    }

    /// All replies of all rounds together.
    #[must_use]
    pub fn latencies(&self, contender: usize, heat: Heat) -> Option<Histogram<u64>> {
        let all =
            self.of(contender, heat).filter_map(|measurement| measurement.result.as_ref().ok()?.latencies.clone());
        all.reduce(|mut sum, latencies| {
            // They have the same bounds, so that nothing can be out of them.
            let _ = sum.add(latencies);
            sum
        })
    }

    /// What went wrong first with this server in this heat.
    #[must_use]
    pub fn trouble(&self, contender: usize, heat: Heat) -> Option<&Trouble> {
        self.of(contender, heat).find_map(|measurement| measurement.result.as_ref().err())
    }

    /// Whether anything went wrong.
    #[must_use]
    pub fn has_trouble(&self) -> bool {
        self.measurements.iter().any(|measurement| measurement.result.is_err())
    }

    /// Whether a column for this metric says anything: not where the system does not tell it. Of a workload in which every server
    /// failed, nothing is known.
    #[must_use]
    pub fn has_figures(&self, workload: Workload, metric: Metric) -> bool {
        let mut all = self.succeeded().filter(|(heat, _)| heat.workload == workload).peekable();
        all.peek().is_none() || all.any(|(_, figures)| metric.of(figures).is_some())
    }

    /// Whether something was measured, but no CPU time: not every system tells that of another process.
    #[must_use]
    pub fn lack_cpu(&self) -> bool {
        let mut all = self.succeeded().peekable();
        all.peek().is_some() && all.all(|(_, figures)| figures.cpu_percent.is_none())
    }

    fn succeeded(&self) -> impl Iterator<Item = (Heat, &Figures)> {
        self.measurements.iter().filter_map(|one| Some((one.heat, one.result.as_ref().ok()?)))
    }

    /// Why another try would be in vain: this server failed in this heat before, or could never be reached.
    pub(super) fn hopeless(&self, contender: usize, heat: Heat) -> Option<&Trouble> {
        self.trouble(contender, heat).or_else(|| {
            let mut all = self.measurements.iter().filter(|measurement| measurement.contender == contender);
            all.find_map(|measurement| measurement.result.as_ref().err().filter(|trouble| trouble.is_for_ever()))
        })
    }

    fn of(&self, contender: usize, heat: Heat) -> impl Iterator<Item = &Measurement> {
        self.measurements.iter().filter(move |one| one.contender == contender && one.heat == heat)
    }
}

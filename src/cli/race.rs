//! What `race` takes.

use super::{IoName, examples};
use clap::{Args, ValueEnum};
use std::path::PathBuf;

#[derive(Debug, Args)]
#[command(after_help = examples!(
    "day30 race                                # spin, poll and threads, 50 s",
    "day30 race --clients 1,64,1000 --size 64 --seconds 2 --rounds 5",
    "day30 race --against 'mine=python3 my_server.py {port}'",
    "day30 race --against 'notes@9000=python3 1_nonblock_server.py'",
    "day30 race --svg race.svg --json race.json --csv race.csv",
))]
pub(crate) struct RaceArgs {
    /// How many clients, one number after another
    #[arg(long, value_name = "N,…", value_delimiter = ',', default_value = "1,64,1000",
        value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(crate) clients: Vec<u32>,
    /// How many bytes a message has
    #[arg(long, value_name = "BYTES", default_value_t = 64, value_parser = clap::value_parser!(u32).range(1..=1_048_576))]
    pub(crate) size: u32,
    /// How long each measurement takes; before it comes a warm-up of a fifth, which is thrown away
    #[arg(long, value_name = "SECONDS", default_value = "0.4", value_parser = seconds)]
    pub(crate) seconds: f64,
    /// How often each is made: the table shows the median
    #[arg(long, value_name = "N", default_value_t = 3, value_parser = clap::value_parser!(u32).range(1..=100))]
    pub(crate) rounds: u32,
    /// What the clients do
    #[arg(long, value_name = "NAME,…", value_delimiter = ',', default_value = "ping-pong,holding,stream,churn")]
    pub(crate) workload: Vec<WorkloadName>,
    /// Which of day30's own servers take part
    #[arg(long, value_name = "MODEL,…", value_delimiter = ',', default_value = "spin,poll,threads")]
    pub(crate) io: Vec<IoName>,
    /// Another server: a name, and the command that starts it, with {port} (or {addr}) where it belongs. NAME@9000=COMMAND for
    /// a program that has its port written in. It must answer in upper case, as lessons 1 and 4 do
    #[arg(long, value_name = "NAME=COMMAND")]
    pub(crate) against: Vec<String>,
    /// Draw the results, to be projected
    #[arg(long, value_name = "FILE")]
    pub(crate) svg: Option<PathBuf>,
    /// The drawing's colours; auto follows whoever shows it
    #[arg(long, value_name = "THEME", default_value = "auto")]
    pub(crate) theme: ThemeName,
    /// Write everything that was measured, as JSON
    #[arg(long, value_name = "FILE")]
    pub(crate) json: Option<PathBuf>,
    /// Write a line for each measurement, as CSV
    #[arg(long, value_name = "FILE")]
    pub(crate) csv: Option<PathBuf>,
    /// Let --svg, --json and --csv replace any file; without it, only an earlier race's
    #[arg(long)]
    pub(crate) force: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum WorkloadName {
    /// Each sends a message, waits for the reply, sends again
    PingPong,
    /// All are silent, then one speaks
    Holding,
    /// One sends without a pause, and reads meanwhile
    Stream,
    /// They connect, have one message answered, and leave
    Churn,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum ThemeName {
    Auto,
    Light,
    Dark,
}

fn seconds(text: &str) -> Result<f64, String> {
    let seconds = text.parse().ok().filter(|seconds| (0.05..=600.0).contains(seconds));
    seconds.ok_or_else(|| "write a number from 0.05 to 600".into())
}

//! What `doctor` takes.

use super::examples;
use super::value::port;
use clap::Args;
use day30::words;

#[derive(Debug, Args)]
#[command(after_help = examples!(
    "day30 doctor            " # "in the room, the day before" "上课前一天，在教室里运行",
    "day30 doctor --port 9001 " # "for lessons on another port" "课程要用别的端口时",
))]
pub(crate) struct DoctorArgs {
    #[arg(long, value_name = "PORT", default_value = "9000", value_parser = port, help = words!(
        "The port that the lessons' servers will listen on",
        "课程的服务器要监听的端口",
    ))]
    pub(crate) port: u16,
}

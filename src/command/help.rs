//! `day30` alone: ten lines that get a student started.

use super::Exit;
use super::output::to_stdout;

const START: &str = "\
day30: learn what a socket does. Two terminals, one lesson; all: day30 --help

  nonblock-server   nonblock-client    1  polls in a loop, and burns a core
  auth-server       auth-client        2  proves who knows the secret
  hmac                                 3  the same proof, done right
  socket-server     socket-client      4  a thread for each client

  day30 demo                           all four at once, narrated
  day30 race                           what each way of waiting costs
  day30 check --list                   what your own program must do, judged
";

pub(super) fn run() -> anyhow::Result<Exit> {
    to_stdout(START.as_bytes())
}

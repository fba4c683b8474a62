//! `--matrix`: every student's server with every student's client.

use super::super::check::{exit, the_secret};
use super::super::output::{To, styled};
use super::super::session::CANNOT_CATCH_CTRL_C;
use super::super::{Exit, Look};
use super::outputs::Outputs;
use super::plan::{Place, settled, typed};
use crate::cli::ClassArgs;
use anyhow::Context;
use day30::check::Target;
use day30::check::matrix::Cell;
use day30::class::{Job, Line, Meeting, Pairs, Room, Student, Task, work};
use day30::crypto::Secret;
use day30::net::stop::{Stop, stop_on_ctrl_c};
use day30::program::CommandLine;
use indicatif::{ProgressBar, ProgressStyle};
use std::path::absolute;
use std::sync::Arc;
use std::time::Duration;

/// How long a server may take to start, where nothing is said.
const START_TIMEOUT: Duration = Duration::from_secs(4);
/// How long a pair may take, beside that.
const PAIR: Duration = Duration::from_secs(10);

pub(super) fn run(
    args: &ClassArgs,
    target: Target,
    servers: &[Student],
    clients: &[Student],
    look: Look,
) -> anyhow::Result<Exit> {
    let outputs = Outputs::of(&args.outputs, &[], true, look.lang)?;
    let secret = the_secret(&args.secret, &format!("class {}", target.name()), target, look.lang)?;
    let stop = Arc::new(Stop::default());
    stop_on_ctrl_c(&stop).context(CANNOT_CATCH_CTRL_C)?;
    let place = Place::find(args, &stop)?;
    place.can_read(servers.iter().chain(clients))?;
    place.announce(servers.len() + clients.len(), None, look.lang);
    let cells = Hall { args, place: &place, secret, servers, clients }.play(&stop);
    if stop.is_requested() {
        return Ok(Exit::Interrupted);
    }
    let names = |students: &[Student]| students.iter().map(|student| student.name.clone()).collect();
    let meeting = Meeting { servers: names(servers), clients: names(clients), cells, facts: place.facts };
    styled(&meeting.draw(look.lang), To::Stdout, look.color)?;
    outputs.write_pairs(&meeting)?;
    Ok(exit(meeting.decision()))
}

/// Where they meet.
struct Hall<'h> {
    args: &'h ClassArgs,
    place: &'h Place,
    secret: Secret,
    servers: &'h [Student],
    clients: &'h [Student],
}

impl Hall<'_> {
    /// What came of each pair: a row for each server, in it a cell for each client.
    fn play(&self, stop: &Stop) -> Vec<Vec<Cell>> {
        let mut cells = vec![vec![Cell::NoClient; self.clients.len()]; self.servers.len()];
        // Those who have no client are met by nobody.
        let is_there = |(_, student): &(usize, &Student)| student.trouble.is_none();
        let there: Vec<_> = self.clients.iter().enumerate().filter(is_there).collect();
        let (mut jobs, mut rows) = (Vec::new(), Vec::new());
        for (server, row) in self.servers.iter().zip(&mut cells) {
            if server.trouble.is_some() {
                row.fill(Cell::NoServer);
                continue;
            }
            jobs.push(self.job(server, there.iter().map(|(_, client)| *client)));
            rows.push((row, 0));
        }
        let bar = ProgressBar::new((jobs.len() * there.len()) as u64);
        if let Ok(style) = ProgressStyle::with_template("{bar:24} {pos}/{len}  {eta}") {
            bar.set_style(style);
        }
        work(&jobs, self.place.facts.at_once, stop, |job, line| {
            let Some((row, done)) = rows.get_mut(job) else { return };
            let mut put = |cell| {
                if let Some(place) = there.get(*done).and_then(|(client, _)| row.get_mut(*client)) {
                    *place = cell;
                }
                *done += 1;
                bar.inc(1);
            };
            match line {
                Line::Paired(cell) => put(cell),
                // Its server has spoilt the rest of its own row.
                Line::Trouble(_) => there.iter().for_each(|_| put(Cell::NoServer)),
                _ => {}
            }
        });
        bar.finish_and_clear();
        cells
    }

    /// One server, and all clients.
    fn job<'s>(&self, server: &Student, clients: impl Iterator<Item = &'s Student>) -> Job {
        let words = settled(&self.args.command);
        let patience = self.args.start_timeout.unwrap_or(START_TIMEOUT);
        let clients: Vec<_> = clients.map(|client| from_anywhere(&words, client)).collect();
        let time = (patience + PAIR) * u32::try_from(clients.len() + 1).unwrap_or(u32::MAX);
        let secret = self.secret.expose().to_vec();
        let pairs = Pairs { server: typed(&words, server), clients, secret, patience };
        Job { room: Room { time, ..self.place.of(server) }, task: Task::Pairs(pairs) }
    }
}

/// The command for a client, which runs in the folder of whichever server.
fn from_anywhere(words: &[String], client: &Student) -> Vec<String> {
    let path = absolute(&client.path).unwrap_or_else(|_| client.path.clone());
    CommandLine::new(words.to_vec()).fill(&[("file", &path.to_string_lossy())])
}

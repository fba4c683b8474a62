//! Processes beside the one that is judged, with clients that take their time while other checks are played.

use super::port;
use crate::check::order::Order;
use crate::check::stage::host::{Aside, Host, Silent};
use crate::check::stage::parameters::Parameters;
use crate::check::stage::program::Program;
use crate::check::stage::wire::{Conn, Connect, Context, Pace, Patient, connect_once};
use crate::check::verdict::judgement::OneProcess;
use crate::check::verdict::story::Story;
use crate::check::verdict::{Outcome, unless_failed};
use std::sync::Arc;
use std::time::Duration;

/// So long after its client was sent away a program has ended, if it ends with that.
const ENDING: Duration = Duration::from_secs(2);

impl Aside {
    /// Whether the program has ended by itself.
    pub(crate) fn has_died(&self) -> bool {
        self.has_died || self.program.as_ref().is_some_and(|program| program.ended().is_some())
    }

    /// Ends the program when its client was sent away and nothing more is to be seen: one that never sleeps takes a core meanwhile.
    pub(super) fn end_what_is_over(&mut self) {
        let age = self.patient.since.elapsed();
        if self.patient.ended_after().is_some_and(|after| age > after + ENDING) {
            self.has_died = self.has_died();
            self.program = None;
        }
    }
}

impl Host {
    /// Starts other processes beside the one that is judged, and leaves clients with them that take their time: what takes long is
    /// waited for while other checks are played. Where there is one process for all, or it does not come about, nothing is lost.
    pub(crate) fn set_aside(&mut self, order: &Order, context: &Context) -> Outcome {
        let is_impossible = matches!(self.one_process, Some(OneProcess::FixedPort(_) | OneProcess::Elsewhere));
        if is_impossible || !self.asides.is_empty() {
            return Ok(());
        }
        for pace in [Pace::Silent, Pace::Drip] {
            let aside = self.start_aside(order, context, pace)?;
            self.asides.extend(aside);
        }
        Ok(())
    }

    fn start_aside(&mut self, order: &Order, context: &Context, pace: Pace) -> Outcome<Option<Aside>> {
        let Some((program, conn, _)) = self.start_beside(order, context)? else { return Ok(None) };
        let patient = Patient::of(conn, pace)?;
        Ok(Some(Aside { patient, program: Some(program), has_died: false }))
    }

    /// A process beside the one that is judged, its first client, and what its clients are played with.
    fn start_beside(&mut self, order: &Order, context: &Context) -> Outcome<Option<(Program, Conn, Context)>> {
        let address = port::choose(None)?;
        // Nothing of it belongs to the story of the check that is played meanwhile.
        let story = Arc::new(Story::new(order.secret.clone()));
        let budget = Arc::new(context.budget.beside());
        let context = Context { story, budget, ..context.clone() };
        let program = self.launch(order, &context, &Parameters::address(address), false)?;
        self.connections += 1;
        let until = context.until(order.start_patience);
        while !context.is_over(&until) && program.ended().is_none() {
            context.pause(Duration::from_millis(2))?;
            if let Connect::In(conn) = connect_once(0, self.connections, address, &context)? {
                let is_theirs = !port::has_another(&program);
                return Ok(is_theirs.then_some((program, *conn, context)));
            }
        }
        Ok(None)
    }

    /// Leaves two clients with a process beside the one that is judged, from now on silent: A has never said anything, and B has.
    /// Where there is one process for all, or it does not come about, nothing is lost.
    pub(crate) fn leave_silent_clients(&mut self, order: &Order, context: &Context) -> Outcome {
        if self.one_process.is_some() || self.silent.is_some() {
            return Ok(());
        }
        let Some((program, a, context)) = self.start_beside(order, context)? else { return Ok(()) };
        self.connections += 1;
        let Connect::In(mut b) = connect_once(1, self.connections, program.address, &context)? else { return Ok(()) };
        if unless_failed(b.send(b"hello"))?.is_some() {
            let clients = [Patient::of(a, Pace::Silent)?, Patient::of(*b, Pace::Silent)?];
            self.silent = Some(Silent { clients, program });
        }
        Ok(())
    }

    /// Goes on with the process of the silent clients, if there is one, instead of the one that was judged until now.
    pub(crate) fn take_silent_clients(&mut self) -> Option<[Patient; 2]> {
        self.silent.as_ref()?;
        // First, or its program would be taken for an orphan of the other one.
        self.end();
        let Silent { clients, program } = self.silent.take()?;
        self.program = Some(program);
        self.reached = true;
        self.is_from_before = false;
        Some(clients)
    }
}

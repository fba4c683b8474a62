//! For each cause that calls can prove: which failures it explains, what the calls show then, and what contradicts it.

use super::facts::Calls;
use crate::check::requirement::Target;
use crate::check::verdict::Fault;
use crate::check::verdict::cause::Cause;
use crate::trace::Call;
use crate::view::{Finding, Found};

/// What the calls say of a cause.
#[derive(Clone, Copy, Debug)]
pub(super) enum Says<'c> {
    /// It is so, perhaps at a line.
    Yes(Option<&'c Found>),
    /// It is not so.
    No,
    /// Neither.
    Nothing,
}

/// One cause.
#[derive(Debug)]
pub(super) struct Row {
    pub(super) cause: Cause,
    of: Of,
    /// The failures that it explains: what is true of a program need not be why it failed.
    faults: &'static [Fault],
    pub(super) says: for<'c> fn(&'c Calls<'_>) -> Says<'c>,
}

/// Of which programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Of {
    /// Servers of lessons 1 and 4.
    Echo,
    /// Lesson 2's server.
    Auth,
    Servers,
    Clients,
}

impl Row {
    /// Whether a failure of this kind can come of it.
    pub(super) fn explains(&self, target: Target, fault: Fault) -> bool {
        let is_its = match self.of {
            Of::Echo => matches!(target, Target::NonblockServer | Target::SocketServer),
            Of::Auth => target == Target::AuthServer,
            Of::Servers => target.is_server(),
            Of::Clients => target.is_client(),
        };
        is_its && self.faults.contains(&fault)
    }
}

macro_rules! rows {
    ($($cause:ident of $of:ident for $($fault:ident)|+ => $says:expr;)+) => {
        /// The table. Where calls prove several causes of one failure, the first one is named.
        pub(super) const TABLE: &[Row] = &[
            $(Row { cause: Cause::$cause, of: Of::$of, faults: &[$(Fault::$fault),+], says: $says },)+
        ];
    };
}

rows! {
    // How it begins.
    AddressInUse of Servers for NotReached => |calls| {
        either_found(calls, |it| matches!(it, Finding::AddressInUse { .. }), calls.binds > 0)
    };
    ListenMissing of Servers for NotReached => |calls| is(calls.binds > 0 && !calls.listens, calls.listens);
    NeverListens of Servers for NotReached => |calls| {
        is(calls.binds == 0 && !calls.listens, calls.binds > 0 || calls.listens)
    };
    NoReuseAddr of Servers for NotReached => |calls| {
        either_found(calls, |it| matches!(it, Finding::NoReuse | Finding::AddressInUse { reuses: false }), calls.reuses)
    };

    // How it ended.
    DiesOfPipe of Servers for Died | Ended | Reset | NotReached => |calls| {
        found(calls, |it| matches!(it, Finding::PipeSignal | Finding::ResetEndsAll { errno: "EPIPE", .. }))
    };
    DiesOfReset of Servers for Died | Ended | Reset | NotReached => |calls| {
        found(calls, |it| matches!(it, Finding::ResetEndsAll { .. }))
    };
    WouldBlockUncaught of Servers for Died | Ended | Reset | NotReached => |calls| {
        found(calls, |it| matches!(it, Finding::EagainEndsAll { .. }))
    };

    // Whom it waits for.
    NeverAccepts of Servers for Silent => |calls| {
        either_found(calls, |it| matches!(it, Finding::NeverAccepts), calls.accepts > 0)
    };
    SilentClientBlocks of Auth for Silent | NotReached => |calls| {
        is(calls.keeps_waiting_in(Call::Recv), calls.sleeps_in(Call::Recv).is_none())
    };
    AcceptedSocketBlocks of Echo for Silent | Slow => |calls| {
        let waits = calls.keeps_waiting_in(Call::Recv);
        is(waits && !calls.listener_waits(), calls.sleeps_in(Call::Recv).is_none())
    };
    OneAtATime of Echo for Silent | Slow => |calls| {
        let waits = calls.keeps_waiting_in(Call::Recv);
        is(waits && calls.listener_waits(), calls.sleeps_in(Call::Recv).is_none())
    };
    SendBlocksAll of Echo for Silent | Slow => |calls| {
        is(calls.keeps_waiting_in(Call::Send), calls.sleeps_in(Call::Send).is_none())
    };
    AcceptBlocks of Echo for Silent => |calls| {
        let is_alone = calls.moment.asleep.len() == 1;
        let waits = is_alone && calls.keeps_waiting_in(Call::Accept);
        is(waits && calls.received() == 0, calls.sleeps_in(Call::Accept).is_none())
    };
    NeverReceives of Echo for Silent => |calls| {
        is(calls.never_receives() && calls.received() == 0, calls.received() > 0)
    };

    // Bytes.
    ShortSend of Echo for Silent | Ended | WrongBytes => |calls| short_send(calls);
    ShortSend of Clients for Silent | Ended | WrongBytes => |calls| short_send(calls);
    SendsAgain of Echo for WrongBytes | Extra => |calls| is(calls.sends_again(), calls.takes_all());
    DecodePerRecv of Echo for Silent | Ended | Reset | Died => |calls| {
        either_found(calls, |it| matches!(it, Finding::LetterCut { .. }), !calls.cuts_a_character())
    };
    Greets of Echo for Extra | WrongBytes => |calls| is(calls.speaks_first(), !calls.speaks_first());

    // How a conversation ends.
    ClosesAtOnce of Echo for Ended | Reset => |calls| is(calls.gives_up() && !calls.has_ended, !calls.gives_up());
    OneMessage of Echo for Ended | Reset => |calls| {
        let ends_first = calls.ends_first() && !calls.has_ended;
        is(calls.sent() > 0 && ends_first && !calls.gives_up(), !calls.ends_first())
    };
    SpinsAfterLeaving of Servers for StaysOpen | Busy => |calls| {
        either_found(calls, |it| matches!(it, Finding::ReceivesAfterEnd { .. }), !calls.goes_on_after_the_end())
    };
    NeverCloses of Servers for StaysOpen | Kept => |calls| is(calls.leaves_open(), calls.closes_all());

    PollsInALoop of Servers for Busy => |calls| polls(calls);

    // Clients.
    ConnectsElsewhere of Clients for NotReached => |calls| {
        let is_there = calls.connects_to_the_judge();
        is(is_there == Some(false), is_there == Some(true))
    };
    ReceivesFirst of Clients for Silent => |calls| {
        let waits = calls.sleeps_in(Call::Recv).is_some() && !calls.sends_nothing();
        is(waits && calls.sent() == 0, calls.sent() > 0)
    };
    WaitsForNothing of Clients for Silent => |calls| {
        let waits = calls.sleeps_in(Call::Recv).is_some();
        is(waits && calls.sends_nothing(), !waits)
    };
    EndNotNoticed of Clients for StillRunning | Printed => |calls| is(calls.leaves_open(), calls.closes_all());
    PollsInALoop of Clients for Busy => |calls| polls(calls);
}

fn is(is_so: bool, is_not: bool) -> Says<'static> {
    match (is_so, is_not) {
        (true, _) => Says::Yes(None),
        (false, true) => Says::No,
        (false, false) => Says::Nothing,
    }
}

fn either_found<'c>(calls: &'c Calls<'_>, is_it: impl Fn(&Finding) -> bool, is_not: bool) -> Says<'c> {
    match calls.stands_out(is_it) {
        Some(found) => Says::Yes(Some(found)),
        None if is_not => Says::No,
        None => Says::Nothing,
    }
}

fn found<'c>(calls: &'c Calls<'_>, is_it: impl Fn(&Finding) -> bool) -> Says<'c> {
    either_found(calls, is_it, false)
}

fn short_send<'c>(calls: &'c Calls<'_>) -> Says<'c> {
    match calls.drops_a_rest() {
        Some(found) => Says::Yes(Some(found)),
        None if calls.takes_all() => Says::No,
        None => Says::Nothing,
    }
}

fn polls<'c>(calls: &'c Calls<'_>) -> Says<'c> {
    found(calls, |it| matches!(it, Finding::Spins { .. } | Finding::LooksInVain { .. } | Finding::ReadyIgnored { .. }))
}

//! Several clients at once: nobody waits for another, and nobody gets what is another's.

use super::echoed::{random_word, upper};
use super::silence::find_who_must_leave;
use crate::both;
use crate::check::stage::judge::Judge;
use crate::check::stage::wire::Conn;
use crate::check::verdict::cause::Cause;
use crate::check::verdict::mistakes::contains;
use crate::check::verdict::{Fault, Halt, Outcome, unless_failed};
use std::time::{Duration, Instant};

/// How many are many. The notes' server of lesson 4 lets five wait to be accepted.
const MANY: usize = 8;
/// What several clients do within this time, a server may well see at one look.
const AT_ONCE: Duration = Duration::from_millis(10);
/// How often that is tried.
const TRIES: usize = 5;
/// What a server does when a client leaves, it has done then.
const A_MOMENT: Duration = Duration::from_millis(50);
/// How long an answer may take that waited for somebody else.
const AFTER_A_TRY: Duration = Duration::from_millis(800);

// Each text of a client is longer than its last one: what is left of a longer one in a buffer is another check's question.
pub(super) fn two_clients(judge: &mut Judge<'_>) -> Outcome {
    let mut a = judge.connect()?;
    a.echo("a speaks")?;
    let mut b = judge.connect()?;
    if let Err(halt) = b.echo("b speaks") {
        let halt = find_mixed_up(&mut a, "b speaks", halt)?;
        return Err(find_who_is_waited_for(judge, a, &mut b, "b speaks", halt)?);
    }
    if let Err(halt) = a.echo("a once more") {
        let halt = find_mixed_up(&mut b, "a once more", halt)?;
        return Err(find_forgotten(judge, &mut a, &mut b, halt)?);
    }
    b.echo("b once more").or_else(|halt| Err(find_mixed_up(&mut a, "b once more", halt)?))
}

/// One client did not get its reply to `text`: did the other one get it?
fn find_mixed_up(other: &mut Conn, text: &str, halt: Halt) -> Outcome<Halt> {
    if !contains(&other.read_to_end(A_MOMENT)?.0, &upper(text)) {
        return Ok(halt);
    }
    let who = other.who;
    let finding = both!("{who} got that reply", "这条回复发给了 {who}");
    Ok(halt.found(Cause::SharedState, finding))
}

pub(super) fn silent_client(judge: &mut Judge<'_>) -> Outcome {
    let (a, mut b, c) = (judge.connect()?, judge.connect()?, judge.connect()?);
    if let Err(halt) = b.echo("between") {
        return Err(find_who_is_waited_for(judge, a, &mut b, "between", halt)?);
    }
    drop(c);
    for text in ["one of them has left", "and what came of all that?"] {
        if let Err(halt) = b.echo(text) {
            return Err(find_who_is_waited_for(judge, a, &mut b, text, halt)?);
        }
        // A server that ends with its client needs a moment for that.
        judge.context.pause(A_MOMENT)?;
    }
    Ok(())
}

/// A was served until B came: is B served now?
fn find_forgotten(judge: &Judge<'_>, a: &mut Conn, b: &mut Conn, halt: Halt) -> Outcome<Halt> {
    if halt.is_found() || halt.fault() == Some(Fault::WrongBytes) {
        return Ok(halt);
    }
    b.looks_for_the_cause();
    let goes_round = judge.goes_round();
    if unless_failed(b.echo("b once more"))?.is_none() {
        return Ok(halt);
    }
    if !a.read_some(1, AFTER_A_TRY)?.0.is_empty() {
        return Ok(name_what_held(halt, 'B', 'A', goes_round));
    }
    let finding = both!("A was served until B came, and only B is served now", "B 来之前 A 有回复，现在只有 B 有回复");
    Ok(halt.found(Cause::SharedState, finding))
}

/// B got no answer to `text`: would it, if A spoke, or left?
fn find_who_is_waited_for(judge: &Judge<'_>, mut a: Conn, b: &mut Conn, text: &str, halt: Halt) -> Outcome<Halt> {
    if halt.fault() != Some(Fault::Silent) || halt.is_found() {
        return Ok(halt);
    }
    b.looks_for_the_cause();
    let (accepted, goes_round) = (b.was_accepted(), judge.goes_round());
    // Twice: a loop that waits in A's recv lets B in after the first word, and comes to B's recv only after the second.
    let mut answer = Vec::new();
    for _ in 0..2 {
        // A server that died in the meantime answers neither.
        if !answer.is_empty() || a.send(b"a").is_err() {
            break;
        }
        answer = b.read_some(1, AFTER_A_TRY)?.0;
    }
    if !answer.is_empty() {
        return Ok(name_what_came(halt, &answer, &upper(text), goes_round));
    }
    a.shut_down_sending();
    drop(a);
    let (answer, _) = b.read_some(1, AFTER_A_TRY)?;
    if !answer.is_empty() {
        let finding = both!("as soon as A had left, B got its reply", "A 一离开，B 就得到了回复");
        return Ok(halt.found(Cause::OneAtATime, finding));
    }
    if accepted == Some(false) && b.was_accepted() == Some(false) {
        let finding = both!("B was never accepted, also after A had left", "B 一直没有被 accept，A 离开之后也没有");
        return Ok(halt.found(Cause::OneAccept, finding));
    }
    Ok(halt)
}

/// When A spoke, B got something: its own reply, or not.
fn name_what_came(halt: Halt, answer: &[u8], own: &[u8], goes_round: Option<bool>) -> Halt {
    if !own.starts_with(answer) && !answer.starts_with(own) {
        let finding =
            both!("when A spoke, B got a reply that was not its own", "A 一说话，B 收到了一条不属于自己的回复");
        return halt.found(Cause::SharedState, finding);
    }
    name_what_held(halt, 'A', 'B', goes_round)
}

/// As soon as one spoke, the other got its reply. A server that waits in a call lies still there, and its loop does not.
fn name_what_held(halt: Halt, silent: char, held: char, goes_round: Option<bool>) -> Halt {
    match goes_round {
        Some(true) => halt.found(
            Cause::EagainEndsRound,
            both!(
                "as soon as {silent} spoke, {held} got its reply; until then the loop went on, and did not come to {held}",
                "{silent} 一说话，{held} 就得到了回复；在那之前循环一直在转，却轮不到 {held}"
            ),
        ),
        Some(false) => halt.found(
            Cause::AcceptedSocketBlocks,
            both!(
                "as soon as {silent} spoke, {held} got its reply: the server was waiting in {silent}'s recv",
                "{silent} 一说话，{held} 就得到了回复：服务器一直卡在 {silent} 的 recv 里"
            ),
        ),
        None => halt.suspect(Cause::AcceptedSocketBlocks),
    }
}

/// Clients that have all been served once, so that they are surely let in.
fn crowd(judge: &mut Judge<'_>, clients: usize) -> Outcome<Vec<Conn>> {
    let mut crowd = Vec::with_capacity(clients);
    for _ in 0..clients {
        let (mut conn, word) = (judge.connect()?, random_word(judge));
        if let Err(halt) = conn.echo(&word) {
            return Err(find_who_must_leave(judge, &mut crowd, Some(conn), &word, halt)?);
        }
        crowd.push(conn);
    }
    Ok(crowd)
}

pub(super) fn many_clients(judge: &mut Judge<'_>) -> Outcome {
    let mut crowd = crowd(judge, MANY)?;
    for _ in 0..3 {
        let words: Vec<_> = crowd.iter().map(|_| random_word(judge)).collect();
        crowd.iter_mut().zip(&words).try_for_each(|(conn, word)| conn.send(word.as_bytes()))?;
        // The last one first: whoever is served one after another shows it.
        crowd.iter_mut().zip(&words).rev().try_for_each(|(conn, word)| conn.expect_upper(word))?;
    }
    Ok(())
}

/// Two clients, each with half a letter on its way: the halves belong to different letters.
pub(super) fn own_letters(judge: &mut Judge<'_>) -> Outcome {
    let (mut a, mut b) = (judge.connect()?, judge.connect()?);
    let (x, x_rest) = "x中".as_bytes().split_at(2);
    let (y, y_rest) = "yé".as_bytes().split_at(2);
    let mut speak = || {
        let seen = a.send_piece(x)?.and(b.send_piece(y)?);
        a.send(x_rest)?;
        b.send(y_rest)?;
        a.expect_upper("x中")?;
        b.expect_upper("yé").map(|()| seen)
    };
    match speak() {
        Ok(seen) => seen.alone(),
        Err(halt) => Err(find_whether_turns_help(judge, &a, &b, halt)?),
    }
}

/// Two clients with half a character each got a wrong reply: do they, one after another?
fn find_whether_turns_help(judge: &mut Judge<'_>, a: &Conn, b: &Conn, halt: Halt) -> Outcome<Halt> {
    // A client that is not received from has no share in anything.
    let is_unread = [a, b].iter().any(|conn| conn.has_been_read() == Some(false));
    if is_unread && halt.fault() == Some(Fault::Silent) {
        return Ok(halt);
    }
    judge.context.story.looks_for_the_cause();
    let mut in_turn = || {
        for text in ["x中", "yé"] {
            let mut conn = judge.connect()?;
            let (first, rest) = text.as_bytes().split_at(2);
            conn.send_piece(first)?;
            conn.send(rest)?;
            conn.expect_upper(text)?;
        }
        Ok(())
    };
    if unless_failed(in_turn())?.is_none() {
        return Ok(halt);
    }
    // Whoever mixes up clients mixes up whole letters too.
    let mut together = || {
        let (mut a, mut b) = (judge.connect()?, judge.connect()?);
        a.send("中".as_bytes())?;
        b.send("é".as_bytes())?;
        a.expect_upper("中")?;
        b.expect_upper("é")?;
        a.expect_silence(A_MOMENT)?;
        b.expect_silence(A_MOMENT)
    };
    if unless_failed(together())?.is_none() {
        let finding =
            both!("whole characters did not reach the right client either", "完整的字符同样没有回到正确的客户端");
        return Ok(halt.found(Cause::SharedState, finding));
    }
    let finding = both!(
        "one client after another, both got their characters whole",
        "两个客户端先后单独发送时，字符都完整返回了"
    );
    Ok(halt.found(Cause::SharedDecoder, finding))
}

/// Some leave in the same moment in which those behind them in the list speak.
pub(super) fn leaving_among_others(judge: &mut Judge<'_>) -> Outcome {
    let mut were_together = false;
    for _ in 0..TRIES {
        let mut crowd = crowd(judge, MANY)?;
        let word = random_word(judge);
        let began = Instant::now();
        for (place, conn) in crowd.iter_mut().enumerate() {
            if place % 2 == 0 {
                conn.shut_down_sending();
            } else {
                conn.send(word.as_bytes())?;
            }
        }
        were_together |= began.elapsed() < AT_ONCE;
        let staying = crowd.iter_mut().enumerate().filter(|(place, _)| place % 2 == 1);
        for (_, conn) in staying {
            conn.expect_upper(&word).or_else(|halt| Err(find_whether_it_was_skipped(conn, halt)?))?;
        }
        if were_together {
            return Ok(());
        }
    }
    let millis = AT_ONCE.as_millis();
    Err(Halt::Unknown(both!(
        "this machine is too busy to let several clients act within {millis} ms",
        "这台机器太忙，没能让几个客户端在 {millis} 毫秒内同时行动"
    )))
}

/// A client got no reply when others left: does it get one to what it says next?
fn find_whether_it_was_skipped(conn: &mut Conn, halt: Halt) -> Outcome<Halt> {
    if halt.fault() != Some(Fault::Silent) {
        return Ok(halt);
    }
    conn.looks_for_the_cause();
    if unless_failed(conn.echo("again"))?.is_none() {
        return Ok(halt);
    }
    let finding = both!(
        "what it said next was answered, and what it said while others left never was",
        "它接着发送的内容得到了回复，而别人离开时它发送的内容一直没有回复"
    );
    Ok(halt.found(Cause::SkipsOne, finding))
}

//! The honest client was refused: which other answer does this server want? The judge offers them on purpose.

use super::proof::{Heard, packed};
use crate::both;
use crate::check::stage::judge::Judge;
use crate::check::stage::wire::Conn;
use crate::check::verdict::cause::Cause;
use crate::check::verdict::mistakes::{as_texts, hashed_twice, signed};
use crate::check::verdict::{Halt, Outcome, unless_failed};
use crate::crypto::{Challenge, Scheme, Secret};
use crate::lang::Text;
use crate::view::{escape, fit};
use base64ct::{Base64, Encoding};
use byteorder::{BigEndian, ByteOrder};
use md5::{Digest as _, Md5};
use std::time::{Duration, Instant};

/// How long a server may take to end the conversation: one that refuses an answer does that at once.
const PATIENCE: Duration = Duration::from_millis(600);
/// How long after that an `ok` may take: that of a wrong answer does not come at all.
const AFTERWARDS: Duration = Duration::from_millis(150);
/// How long a program may be busy with an answer that it has received.
const FALLING_ASLEEP: Duration = Duration::from_millis(150);

/// How long a line may take that it prints for an answer: not every server prints one.
const LATE: Duration = Duration::from_secs(1);
/// How long the search may take in all.
const SEARCHING: Duration = Duration::from_secs(20);
/// Among so many challenges one has a digest that an offer changes.
const CHALLENGES: usize = 8;
/// How many columns of a line stand in a sentence.
const SHOWN: usize = 40;

/// An answer that is wrong in a way that students bring about.
type Offer = (Cause, fn(&Judge<'_>, &Challenge) -> Vec<u8>);

/// The answers, the most frequent mistakes first.
const OFFERS: &[Offer] = &[
    (Cause::LengthBigEndian, |judge, challenge| {
        let mut message = vec![0; 4];
        BigEndian::write_i32(&mut message, judge.length());
        [message, judge.digits(challenge)].concat()
    }),
    (Cause::SignedNumber, |judge, challenge| {
        let digits = signed(&judge.digits(challenge));
        packed(digits.len() as i32, &digits)
    }),
    (Cause::WaitsForLine, |judge, challenge| [judge.answer(challenge), b"\n".to_vec()].concat()),
    (Cause::DigestSwapped, |judge, challenge| hashed(&[challenge.as_bytes(), judge.secret().expose()])),
    (Cause::DigestHmac, |judge, challenge| scheme(Scheme::HmacMd5, judge, challenge)),
    (Cause::DigestPlain, |judge, challenge| scheme(Scheme::Md5, judge, challenge)),
    (Cause::DigestOfHex, |judge, challenge| hashed(&[judge.secret().expose(), challenge.to_hex().as_bytes()])),
    (Cause::LengthMissing, |judge, challenge| judge.digits(challenge)),
    (Cause::LengthMissing, |judge, challenge| [judge.digits(challenge), b"\n".to_vec()].concat()),
    (Cause::HashedTwice, |judge, challenge| of_twice(judge, challenge, 0)),
    (Cause::HashedTwice, |judge, challenge| of_twice(judge, challenge, 1)),
    (Cause::HashedTwice, |judge, challenge| of_twice(judge, challenge, 2)),
    (Cause::HashedTwice, |judge, challenge| of_twice(judge, challenge, 3)),
    (Cause::HashedTwice, |judge, challenge| of_twice(judge, challenge, 4)),
    (Cause::HashedTwice, |judge, challenge| of_twice(judge, challenge, 5)),
    (Cause::RawDigest, |judge, challenge| {
        let raw = raw_digest(judge, challenge);
        packed(raw.len() as i32, &raw)
    }),
    (Cause::DigestAsBase64, |judge, challenge| {
        let text = Base64::encode_string(&raw_digest(judge, challenge));
        packed(text.len() as i32, text.as_bytes())
    }),
    (Cause::UpperCaseDigest, |judge, challenge| packed(judge.length(), &judge.digits(challenge).to_ascii_uppercase())),
    (Cause::SecretWithNewline, |judge, challenge| {
        with_secret(judge, [judge.secret().expose(), b"\n"].concat(), challenge)
    }),
    (Cause::LengthAsText, |judge, challenge| {
        let digits = judge.digits(challenge);
        [format!("{:<4}", digits.len()).into_bytes(), digits].concat()
    }),
    (Cause::LengthWidth, |judge, challenge| {
        let digits = judge.digits(challenge);
        [(digits.len() as u64).to_le_bytes().to_vec(), digits].concat()
    }),
    (Cause::OtherHash, |judge, challenge| scheme(Scheme::HmacSha256, judge, challenge)),
    (Cause::OtherHash, |judge, challenge| {
        let mut hash = sha2::Sha256::new();
        hash.update(judge.secret().expose());
        hash.update(challenge.as_bytes());
        let digits = base16ct::lower::encode_string(&hash.finalize());
        packed(digits.len() as i32, digits.as_bytes())
    }),
    (Cause::ChallengeDecoded, |judge, challenge| of_text(judge, challenge, 0)),
    (Cause::ChallengeDecoded, |judge, challenge| of_text(judge, challenge, 1)),
    (Cause::ChallengeDecoded, |judge, challenge| of_text(judge, challenge, 2)),
    (Cause::ChallengeDecoded, |judge, challenge| of_text(judge, challenge, 3)),
    // Whoever takes the wrong word of the command for it.
    (Cause::OtherSecret, |judge, challenge| {
        let port = judge.host.program().map(|program| program.address.port().to_string()).unwrap_or_default();
        with_secret(judge, port.into_bytes(), challenge)
    }),
    // The notes' own.
    (Cause::SecretWrittenIn, |judge, challenge| with_secret(judge, b"luwei".to_vec(), challenge)),
    (Cause::DigestOfHalf, |judge, _| hashed(&[judge.secret().expose()])),
    (Cause::DigestOfHalf, |_, challenge| hashed(&[challenge.as_bytes()])),
];

/// Those among them that a server may want which waits for more than the right answer.
const OF_THE_END: [Cause; 5] =
    [Cause::WaitsForLine, Cause::LengthBigEndian, Cause::LengthMissing, Cause::LengthAsText, Cause::LengthWidth];

/// Tries them one after another, each with a client of its own, until the server says `ok`.
pub(super) fn find_what_it_wants(judge: &mut Judge<'_>, halt: Halt) -> Outcome<Halt> {
    judge.context.story.searches(both!(
        "from here on day30 looks for the cause, with answers that are wrong on purpose",
        "从这里起，day30 故意换用错误的答案来找原因"
    ));
    if let Some(line) = says_instead(judge)? {
        let finding = both!(
            "the right answer makes it print \"{line}\", and a wrong one does not",
            "答案正确时它打印“{line}”，答案错误时则没有"
        );
        return Ok(halt.found(Cause::OkOtherwise, finding));
    }
    Ok(match find_offer(judge, |_| true)? {
        Some(Cause::NeverOk) => halt.suspect(Cause::NeverOk),
        Some(cause) => halt.found(cause, wanted()),
        None => halt,
    })
}

/// The right answer did bring an `ok`, but only when no more could come: what else does this server wait for?
pub(super) fn find_what_it_waits_for(judge: &mut Judge<'_>, halt: Halt) -> Outcome<Halt> {
    judge.context.story.searches(both!(
        "from here on day30 looks for the cause, with a newline behind the answer, and lengths that are written otherwise",
        "从这里起，day30 在答案后面加换行，或换用别的长度写法来找原因"
    ));
    Ok(match find_offer(judge, |cause| OF_THE_END.contains(&cause))? {
        Some(Cause::NeverOk) | None => halt,
        Some(cause) => halt.found(cause, wanted()),
    })
}

fn wanted() -> Text {
    both!(
        "to another answer the server did say ok, and that tells what it wants",
        "换一种答案，服务器就打印了 ok，由此可知它要的是什么"
    )
}

/// The mistake to which the server says `ok`, on a terminal, as what is held back would not be heard.
fn find_offer(judge: &mut Judge<'_>, is_tried: fn(Cause) -> bool) -> Outcome<Option<Cause>> {
    let was_on_terminal = std::mem::replace(&mut judge.host.on_terminal, cfg!(unix));
    judge.host.end();
    let found = offer_all(judge, is_tried);
    judge.host.on_terminal = was_on_terminal;
    found
}

/// The mistake to which the server says `ok`; [`Cause::NeverOk`] if it says that to none of them.
fn offer_all(judge: &mut Judge<'_>, is_tried: fn(Cause) -> bool) -> Outcome<Option<Cause>> {
    let (ours, began) = (judge.order.scheme, Instant::now());
    for (cause, offer) in OFFERS {
        let is_ours = matches!((cause, ours), (Cause::DigestHmac, Scheme::HmacMd5) | (Cause::DigestPlain, Scheme::Md5));
        if is_ours || !is_tried(*cause) {
            continue;
        }
        if began.elapsed() > SEARCHING {
            return Ok(None);
        }
        match takes(judge, *offer)? {
            Some(Heard::Nothing) => {}
            Some(Heard::Ok) => return Ok(Some(*cause)),
            None => return Ok(None),
        }
    }
    Ok(Some(Cause::NeverOk))
}

/// Whether the server says `ok` to such an answer; `None` if it does not come to an answer.
fn takes(judge: &mut Judge<'_>, offer: fn(&Judge<'_>, &Challenge) -> Vec<u8>) -> Outcome<Option<Heard>> {
    for _ in 0..CHALLENGES {
        let Some((mut conn, challenge)) = unless_failed(judge.asked())? else { return Ok(None) };
        let message = offer(judge, &challenge);
        // The right answer was refused already: of half of all digests a number has no sign.
        if message != judge.answer(&challenge) {
            let heard = hears_ok(judge, &mut conn, &message)?;
            // A server that waits for the rest of this offer is no good for the next one.
            if !conn.has_ended() {
                judge.host.end();
            }
            return Ok(Some(heard));
        }
        conn.close();
    }
    Ok(Some(Heard::Nothing))
}

fn hears_ok(judge: &Judge<'_>, conn: &mut Conn, message: &[u8]) -> Outcome<Heard> {
    let before = judge.oks()?;
    if conn.send(message).is_err() {
        return Ok(Heard::Nothing);
    }
    conn.read_to_end(PATIENCE)?;
    judge.says_ok_by_its_sleep(before, FALLING_ASLEEP, AFTERWARDS)
}

/// What it prints for each client that is right, and for none that is not.
fn says_instead(judge: &mut Judge<'_>) -> Outcome<Option<String>> {
    let lines = printed_for(judge, true)?;
    if lines.is_empty() {
        return Ok(None);
    }
    // What differs each time, but for a number, is said for nobody in particular.
    let again = printed_for(judge, true)?;
    let wrong = printed_for(judge, false)?;
    let stands_in =
        |lines: &[String], line: &str| lines.iter().any(|other| without_numbers(other) == without_numbers(line));
    Ok(lines.into_iter().find(|line| stands_in(&again, line) && !stands_in(&wrong, line)))
}

/// A line with one mark for each number in it: a port, a time.
fn without_numbers(line: &str) -> String {
    let marked: String = line.chars().map(|letter| if letter.is_ascii_digit() { '#' } else { letter }).collect();
    marked.split('#').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("#")
}

/// What a process of its own prints for one client, who is right or not.
fn printed_for(judge: &mut Judge<'_>, is_right: bool) -> Outcome<Vec<String>> {
    judge.host.end();
    let Some((mut conn, challenge)) = unless_failed(judge.asked())? else { return Ok(Vec::new()) };
    let digits = if is_right { judge.digits(&challenge) } else { judge.wrong_digits(&challenge) };
    let message = packed(judge.length(), &digits);
    hears_ok(judge, &mut conn, &message)?;
    // Both who is right and who is not may be told of late.
    judge.wait_for_output(LATE, |printed| printed.contains(&b'\n'))?;
    let said = judge.context.story.without_secret(&judge.printed()?.results());
    let lines =
        String::from_utf8_lossy(&said).lines().map(|line| fit(&escape(line.trim().as_bytes()), SHOWN)).collect();
    Ok(lines)
}

/// The bytes of the right digest.
fn raw_digest(judge: &Judge<'_>, challenge: &Challenge) -> Vec<u8> {
    base16ct::lower::decode_vec(judge.digits(challenge)).unwrap_or_default()
}

fn of_text(judge: &Judge<'_>, challenge: &Challenge, which: usize) -> Vec<u8> {
    let texts = as_texts(challenge.as_bytes());
    let text = texts.get(which).map(String::as_bytes).unwrap_or_default();
    packed(judge.length(), judge.order.scheme.digits_of(judge.secret(), text).as_bytes())
}

/// The digest of a message that was hashed once too often, in the ways that students do that.
fn of_twice(judge: &Judge<'_>, challenge: &Challenge, which: usize) -> Vec<u8> {
    let twice = hashed_twice(judge.order.scheme, judge.secret(), challenge.as_bytes());
    let digits = twice.get(which).cloned().unwrap_or_default();
    packed(digits.len() as i32, digits.as_bytes())
}

fn with_secret(judge: &Judge<'_>, secret: Vec<u8>, challenge: &Challenge) -> Vec<u8> {
    packed(judge.length(), judge.order.scheme.answer(&Secret::new(secret), challenge).as_bytes())
}

pub(super) fn scheme(scheme: Scheme, judge: &Judge<'_>, challenge: &Challenge) -> Vec<u8> {
    let digits = scheme.answer(judge.secret(), challenge);
    packed(digits.len() as i32, digits.as_bytes())
}

pub(super) fn hashed(parts: &[&[u8]]) -> Vec<u8> {
    let digits = base16ct::lower::encode_string(&Md5::digest(parts.concat()));
    packed(digits.len() as i32, digits.as_bytes())
}

//! The honest client was refused: which other answer does this server want? The judge offers them on purpose.

use super::proof::{Heard, packed};
use crate::both;
use crate::check::stage::judge::Judge;
use crate::check::stage::wire::Conn;
use crate::check::verdict::cause::Cause;
use crate::check::verdict::mistakes::as_texts;
use crate::check::verdict::{Halt, Outcome, unless_failed};
use crate::crypto::{Challenge, Scheme, Secret};
use crate::view::{escape, fit};
use byteorder::{BigEndian, ByteOrder};
use md5::{Digest as _, Md5};
use std::time::Duration;

/// How long a server may take to end the conversation: one that refuses an answer does that at once.
const PATIENCE: Duration = Duration::from_millis(600);
/// How long after that an `ok` may take: that of a wrong answer does not come at all.
const AFTERWARDS: Duration = Duration::from_millis(150);

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
    (Cause::DigestSwapped, |judge, challenge| hashed(&[challenge.as_bytes(), judge.order.secret.expose()])),
    (Cause::DigestHmac, |judge, challenge| scheme(Scheme::HmacMd5, judge, challenge)),
    (Cause::DigestPlain, |judge, challenge| scheme(Scheme::Md5, judge, challenge)),
    (Cause::DigestOfHex, |judge, challenge| hashed(&[judge.order.secret.expose(), challenge.to_hex().as_bytes()])),
    (Cause::LengthMissing, |judge, challenge| judge.digits(challenge)),
    (Cause::RawDigest, |judge, challenge| {
        let raw = base16ct::lower::decode_vec(judge.digits(challenge)).unwrap_or_default();
        packed(raw.len() as i32, &raw)
    }),
    (Cause::UpperCaseDigest, |judge, challenge| packed(judge.length(), &judge.digits(challenge).to_ascii_uppercase())),
    (Cause::SecretWithNewline, |judge, challenge| {
        with_secret(judge, [judge.order.secret.expose(), b"\n"].concat(), challenge)
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
        hash.update(judge.order.secret.expose());
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
    (Cause::DigestOfHalf, |judge, _| hashed(&[judge.order.secret.expose()])),
    (Cause::DigestOfHalf, |_, challenge| hashed(&[challenge.as_bytes()])),
];

/// Tries them one after another, each with a client of its own, until the server says `ok`.
pub(super) fn find_what_it_wants(judge: &mut Judge<'_>, halt: Halt) -> Outcome<Halt> {
    let ours = judge.order.scheme;
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
    for (cause, offer) in OFFERS {
        let is_ours = matches!((cause, ours), (Cause::DigestHmac, Scheme::HmacMd5) | (Cause::DigestPlain, Scheme::Md5));
        if is_ours {
            continue;
        }
        // A server that waits for the rest of the last offer is no good for the next one.
        judge.host.end();
        let (mut conn, challenge) = match judge.asked() {
            Ok(asked) => asked,
            Err(interrupted @ Halt::Interrupted) => return Err(interrupted),
            Err(_) => return Ok(halt),
        };
        let message = offer(judge, &challenge);
        if hears_ok(judge, &mut conn, &message)? == Heard::Ok {
            let finding = both!(
                "to another answer the server did say ok, and that tells what it wants",
                "换一种答案，服务器就打印了 ok，由此可知它要的是什么"
            );
            return Ok(halt.found(*cause, finding));
        }
    }
    Ok(halt)
}

fn hears_ok(judge: &Judge<'_>, conn: &mut Conn, message: &[u8]) -> Outcome<Heard> {
    if conn.send(message).is_err() {
        return Ok(Heard::Nothing);
    }
    conn.read_to_end(PATIENCE)?;
    judge.says_ok(0, AFTERWARDS)
}

/// What it prints for each client that is right, and for none that is not.
fn says_instead(judge: &mut Judge<'_>) -> Outcome<Option<String>> {
    let lines = printed_for(judge, true)?;
    if lines.is_empty() {
        return Ok(None);
    }
    // What differs each time, an address or a digest, is said for nobody in particular.
    let again = printed_for(judge, true)?;
    let wrong = printed_for(judge, false)?;
    Ok(lines.into_iter().find(|line| again.contains(line) && !wrong.contains(line)))
}

/// What a process of its own prints for one client, who is right or not.
fn printed_for(judge: &mut Judge<'_>, is_right: bool) -> Outcome<Vec<String>> {
    judge.host.end();
    let Some((mut conn, challenge)) = unless_failed(judge.asked())? else { return Ok(Vec::new()) };
    let digits = if is_right { judge.digits(&challenge) } else { judge.wrong_digits(&challenge) };
    let message = packed(judge.length(), &digits);
    hears_ok(judge, &mut conn, &message)?;
    let said = judge.context.story.without_secret(&judge.printed()?.results());
    let lines =
        String::from_utf8_lossy(&said).lines().map(|line| fit(&escape(line.trim().as_bytes()), SHOWN)).collect();
    Ok(lines)
}

fn of_text(judge: &Judge<'_>, challenge: &Challenge, which: usize) -> Vec<u8> {
    let texts = as_texts(challenge.as_bytes());
    let text = texts.get(which).map(String::as_bytes).unwrap_or_default();
    packed(judge.length(), judge.order.scheme.digits_of(&judge.order.secret, text).as_bytes())
}

fn with_secret(judge: &Judge<'_>, secret: Vec<u8>, challenge: &Challenge) -> Vec<u8> {
    packed(judge.length(), judge.order.scheme.answer(&Secret::new(secret), challenge).as_bytes())
}

fn scheme(scheme: Scheme, judge: &Judge<'_>, challenge: &Challenge) -> Vec<u8> {
    let digits = scheme.answer(&judge.order.secret, challenge);
    packed(digits.len() as i32, digits.as_bytes())
}

fn hashed(parts: &[&[u8]]) -> Vec<u8> {
    let digits = base16ct::lower::encode_string(&Md5::digest(parts.concat()));
    packed(digits.len() as i32, digits.as_bytes())
}

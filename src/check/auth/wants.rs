//! The honest client was refused: which other answer does this server want? The judge offers them on purpose.

use super::super::cause::Cause;
use super::super::judge::Judge;
use super::super::verdict::{Halt, Outcome};
use super::proof::{Heard, packed};
use crate::both;
use crate::crypto::{Challenge, Scheme, Secret};
use byteorder::{BigEndian, ByteOrder};
use md5::{Digest as _, Md5};
use std::time::Duration;

/// How long an `ok` may take: that of a wrong answer does not come at all.
const PATIENCE: Duration = Duration::from_millis(600);

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
        let with_newline = Secret::new([judge.order.secret.expose(), b"\n"].concat());
        packed(judge.length(), judge.order.scheme.answer(&with_newline, challenge).as_bytes())
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
    (Cause::DigestOfHalf, |judge, _| hashed(&[judge.order.secret.expose()])),
    (Cause::DigestOfHalf, |_, challenge| hashed(&[challenge.as_bytes()])),
];

/// Tries them one after another, each with a client of its own, until the server says `ok`.
pub(super) fn find_what_it_wants(judge: &mut Judge<'_>, halt: Halt) -> Outcome<Halt> {
    let ours = judge.order.scheme;
    judge.scene.story.searches(both!(
        "from here on day30 looks for the cause, with answers that are wrong on purpose",
        "从这里起，day30 故意换用错误的答案来找原因"
    ));
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
        if conn.send(&message).is_ok() && judge.says_ok(0, PATIENCE)? == Heard::Ok {
            let finding = both!(
                "to another answer the server did say ok, and that tells what it wants",
                "换一种答案，服务器就打印了 ok，由此可知它要的是什么"
            );
            return Ok(halt.found(*cause, finding));
        }
    }
    Ok(halt)
}

fn scheme(scheme: Scheme, judge: &Judge<'_>, challenge: &Challenge) -> Vec<u8> {
    let digits = scheme.answer(&judge.order.secret, challenge);
    packed(digits.len() as i32, digits.as_bytes())
}

fn hashed(parts: &[&[u8]]) -> Vec<u8> {
    let digits = base16ct::lower::encode_string(&Md5::digest(parts.concat()));
    packed(digits.len() as i32, digits.as_bytes())
}

//! How many secrets a second can be tried here: measured now, on this machine, with one thread.

use crate::both;
use crate::crypto::{Challenge, Secret};
use crate::lang::Text;
use crate::protocol::{Handshake, Nonces, Role};
use crate::view::big_number;
use pbkdf2::pbkdf2_hmac;
use sha2::Sha256;
use std::hint::black_box;
use std::time::{Duration, Instant};

/// How long each is measured.
const SPAN: Duration = Duration::from_millis(80);
/// So many rounds are measured for the key derivation, and so many are what OWASP asks for (2023).
const ROUNDS: u32 = 2_000;
const ADVISED: u32 = 600_000;

/// What was measured of one way to compute an answer.
struct Rate {
    name: Text,
    per_second: f64,
}

impl Rate {
    fn describe(&self) -> Text {
        let rate = match self.per_second {
            // On a busy machine a slow derivation comes out at less than one in ten seconds.
            ..1.0 => format!("{:.3}", self.per_second),
            1.0..10.0 => format!("{:.1}", self.per_second),
            _ => big_number(self.per_second as u64),
        };
        let Text { en, zh } = &self.name;
        Text { en: format!("    {en:<32} {rate:>10} guesses a second"), zh: format!("    {zh}：每秒 {rate} 次") }
    }
}

/// What was measured, line by line.
pub(super) fn told() -> Vec<Text> {
    let heading =
        both!("How many secrets this machine can try, with one thread:", "这台机器用一个线程能试多少个密钥：");
    [heading].into_iter().chain(rates().iter().map(Rate::describe)).collect()
}

/// MD5 as in the notes, HMAC-SHA256, and PBKDF2.
fn rates() -> [Rate; 3] {
    let zeros = Challenge::new([0; Challenge::LEN]);
    let nonces = Nonces { server: zeros, client: zeros, name: "" };
    let of = |handshake: Handshake| {
        per_second(|secret| _ = black_box(handshake.proof(&Secret::new(secret.to_vec()), Role::Client, &nonces)))
    };
    let slow = per_second(|secret| {
        let mut key = [0; 32];
        pbkdf2_hmac::<Sha256>(secret, b"salt", ROUNDS, &mut key);
        black_box(key);
    });
    let [advised, rounds] = [ADVISED, ROUNDS].map(|count| big_number(count.into()));
    let scaled = slow * f64::from(ROUNDS) / f64::from(ADVISED);
    [
        Rate { name: both!("MD5 (prefix)", "MD5（prefix）"), per_second: of(Handshake::Prefix) },
        Rate { name: both!("HMAC-SHA256 (hmac)", "HMAC-SHA256（hmac）"), per_second: of(Handshake::Hmac) },
        Rate {
            name: both!("PBKDF2, {advised} rounds (computed)", "PBKDF2，{advised} 轮（按 {rounds} 轮推算）"),
            per_second: scaled,
        },
    ]
}

fn per_second(guess: impl Fn(&[u8])) -> f64 {
    let (began, mut count) = (Instant::now(), 0_u32);
    while began.elapsed() < SPAN {
        guess(&count.to_le_bytes());
        count += 1;
    }
    f64::from(count) / began.elapsed().as_secs_f64()
}

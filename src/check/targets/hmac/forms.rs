//! The right digest in a form that is none of those that count.

use super::right::{contains_hex, shows};
use crate::check::verdict::cause::Cause;
use crate::check::verdict::mistakes::{signed, without_zeros};
use base64ct::{Base64, Encoding};

/// What was made of the right digest, if its bytes stand there in a known wrong form.
pub(super) fn form_of(output: &str, digest: &[u8]) -> Option<Cause> {
    let hex = base16ct::lower::encode_string(digest);
    let reversed: Vec<u8> = digest.iter().rev().copied().collect();
    let words = words(output);
    let is_word = |word: &[u8]| words.iter().any(|other| other.as_bytes() == word);
    if contains_hex(output, digest) {
        return Some(Cause::MoreThanDigest);
    }
    let of_number = signed(hex.as_bytes());
    if (of_number.starts_with(b"-") && is_word(&of_number)) || sign_extended(digest).iter().any(|row| is_word(row)) {
        return Some(Cause::SignedNumber);
    }
    if without_zeros(hex.as_bytes()).iter().any(|lost| *lost != hex.as_bytes() && is_word(lost)) {
        return Some(Cause::ZerosLost);
    }
    if shows(output, &reversed) {
        return Some(Cause::DigestReversed);
    }
    if shows(output, hex.as_bytes()) || shows(output, Base64::encode_string(digest).as_bytes()) {
        return Some(Cause::EncodedTwice);
    }
    is_in_decimal(output, digest).then_some(Cause::DigestAsNumbers)
}

/// The words of an output in lower case, without `0x`; a minus sign belongs to its word.
fn words(output: &str) -> Vec<String> {
    let lower = output.to_ascii_lowercase();
    let words = lower.split(|letter: char| !letter.is_ascii_alphanumeric() && letter != '-');
    words.map(|word| word.strip_prefix("0x").map_or_else(|| word.replace("-0x", "-"), str::to_owned)).collect()
}

/// What C's `%x` and Java's `toHexString` make of each byte, if it is a signed number: with and without a zero in front.
fn sign_extended(digest: &[u8]) -> [Vec<u8>; 2] {
    let row = |digits: fn(u8) -> String| {
        let byte = |byte: &u8| if *byte > i8::MAX as u8 { format!("ffffff{byte:x}") } else { digits(*byte) };
        digest.iter().map(byte).collect::<String>().into_bytes()
    };
    [row(|byte| format!("{byte:x}")), row(|byte| format!("{byte:02x}"))]
}

/// Whether the digest stands there as one decimal number, or as one for each byte, with signs or without.
fn is_in_decimal(output: &str, digest: &[u8]) -> bool {
    let Ok(bytes) = <[u8; 16]>::try_from(digest) else { return false };
    let whole = [u128::from_be_bytes(bytes).to_string(), u128::from_le_bytes(bytes).to_string()];
    let signed = i128::from_be_bytes(bytes).to_string();
    let numbers: Vec<&str> = output.split(|letter: char| !letter.is_ascii_digit() && letter != '-').collect();
    if numbers.iter().any(|number| whole.iter().any(|whole| whole == number) || *number == signed) {
        return true;
    }
    let parsed: Vec<i16> = numbers.iter().filter_map(|number| number.parse().ok()).collect();
    let is_byte =
        |(number, byte): (&i16, &u8)| number.rem_euclid(256) == i16::from(*byte) && (-128..256).contains(number);
    parsed.windows(digest.len()).any(|window| window.iter().zip(digest).all(is_byte))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_right_bytes_are_known_in_wrong_forms() {
        let digest = [0x28, 0x0c, 0xe2, 0x48, 0xe8, 0x48, 0xbc, 0xd4, 0xe5, 0xa3, 0x1a, 0x03, 0x68, 0x29, 0xd1, 0x85];
        let negative = [&[0xd7], &digest[1..]].concat();
        let list = format!("{digest:?}");
        let java = format!("{:?}", digest.map(|byte| byte as i8));
        let forms = [
            ("280ce248e848bcd4e5a31a036829d18500", Cause::MoreThanDigest),
            ("28cffffffe248ffffffe848ffffffbcffffffd4ffffffe5ffffffa31a36829ffffffd1ffffff85", Cause::SignedNumber),
            ("28ce248e848bcd4e5a31a36829d185", Cause::ZerosLost),
            ("85d12968031aa3e5d4bc48e848e20c28", Cause::DigestReversed),
            (&list, Cause::DigestAsNumbers),
            (&java, Cause::DigestAsNumbers),
            ("53236016994585635821962697603396784517", Cause::DigestAsNumbers),
        ];
        for (output, cause) in forms {
            assert_eq!(form_of(output, &digest), Some(cause), "{output}");
        }
        assert_eq!(form_of("-28f31db717b7432b1a5ce5fc97d62e7b", &negative), Some(Cause::SignedNumber));
        let twice = base16ct::lower::encode_string(base16ct::lower::encode_string(&digest).as_bytes());
        assert_eq!(form_of(&twice, &digest), Some(Cause::EncodedTwice));
        assert_eq!(form_of("280ce248", &digest), None);
    }
}

//! `day30 hmac`: lesson 3.

use super::output::{remark, to_stdout};
use super::read_ahead::ReadAhead;
use super::secret::{path_shown, read};
use super::{Exit, Failed, Usage};
use crate::cli::{DigestName, FormatName, HmacArgs};
use anyhow::Context;
use base64ct::{Base64, Encoding};
use day30::crypto::{Digest, Hmac, Secret, Steps};
use day30::view::{bytes_literal, escape};
use std::fmt::Write;
use std::fs::File;
use std::io::{self, BufRead, Cursor};
use std::path::Path;

const NO_DIGEST_GIVEN: &str =
    "md5, as in the notes; Python 3.8 and later want it named: hmac.new(b'asd', b'sad', digestmod='md5')";

pub(super) fn run(args: &HmacArgs) -> anyhow::Result<Exit> {
    if args.key_file.as_deref().is_some_and(is_stdin) && args.file.as_deref().is_some_and(is_stdin) {
        return Err(Usage("key and message cannot both come from stdin".into()).into());
    }
    let digest = digest(args.digest.unwrap_or(DigestName::Md5));
    let expected = args.verify.as_deref().map(expected).transpose()?;
    let key = key(args)?;
    let message = message(args)?;
    if args.digest.is_none() && !args.quiet {
        remark(NO_DIGEST_GIVEN);
    }
    let from = args.file.as_deref().map_or("the message".into(), |path| path.display().to_string());
    let unreadable = || format!("cannot read {from}");
    if let Some(expected) = expected {
        let same = Hmac::verify(digest, &key, message, &expected).with_context(unreadable)?;
        return if same { to_stdout(b"ok\n") } else { Err(Failed("the digest differs".into()).into()) };
    }
    let mut text = String::new();
    let bytes = if args.explain {
        let steps = Steps::take(digest, &key, message).with_context(unreadable)?;
        text = explain(digest, &key, args, &steps);
        steps.outer_hash
    } else {
        Hmac::compute(digest, &key, message).with_context(unreadable)?.bytes
    };
    let mut output = text.into_bytes();
    output.extend(format_as(args.format, &bytes));
    to_stdout(&output)
}

fn is_stdin(path: &Path) -> bool {
    path == Path::new("-")
}

fn key(args: &HmacArgs) -> anyhow::Result<Secret> {
    let bytes = match (&args.key, &args.key_file) {
        (Some(text), _) => text.clone().into_bytes(),
        (None, Some(path)) => {
            read(path).with_context(|| format!("cannot read the key from {}", path_shown(path, "--key")))?
        }
        (None, None) => return Err(Usage("a key is missing: --key TEXT or --key-file PATH".into()).into()),
    };
    Ok(Secret::new(bytes))
}

fn message(args: &HmacArgs) -> anyhow::Result<Box<dyn BufRead>> {
    match (&args.msg, &args.file) {
        (Some(text), _) => Ok(Box::new(Cursor::new(text.clone().into_bytes()))),
        (None, Some(path)) if is_stdin(path) => Ok(Box::new(ReadAhead::of(io::stdin())?)),
        (None, Some(path)) => {
            let file = File::open(path).with_context(|| format!("cannot read {}", path.display()))?;
            Ok(Box::new(ReadAhead::of(file)?))
        }
        (None, None) => Err(Usage("a message is missing: --msg TEXT or --file PATH".into()).into()),
    }
}

fn expected(hex: &str) -> Result<Vec<u8>, Usage> {
    // What was typed may be the key: it is not repeated.
    base16ct::mixed::decode_vec(hex)
        .map_err(|_| Usage("--verify wants pairs of hex digits, as in 280ce248e848bcd4e5a31a036829d185".into()))
}

fn format_as(format: FormatName, bytes: &[u8]) -> Vec<u8> {
    let python = bytes_literal(bytes);
    let hex = base16ct::lower::encode_string(bytes);
    match format {
        FormatName::All => format!("{python}\n{hex}\nlength {}\n", bytes.len()).into_bytes(),
        FormatName::Python => format!("{python}\n").into_bytes(),
        FormatName::Hex => format!("{hex}\n").into_bytes(),
        FormatName::Base64 => format!("{}\n", Base64::encode_string(bytes)).into_bytes(),
        FormatName::Raw => bytes.to_vec(),
    }
}

/// The steps of RFC 2104, with what each of them gives.
fn explain(digest: Digest, key: &Secret, args: &HmacArgs, steps: &Steps) -> String {
    let (name, block) = (digest.name(), digest.block_len());
    let key_len = key.expose().len();
    let message = match (&args.msg, &args.file) {
        (Some(text), _) => format!("\"{}\", {} bytes", escape(text.as_bytes()), text.len()),
        (None, path) => path.as_ref().map_or(String::new(), |path| path.display().to_string()),
    };
    let padding = if steps.key_was_hashed {
        format!("longer than the block, so {name}(key) stands for it, filled with 00 to {block} bytes")
    } else {
        format!("filled with 00 to the block of {name}, {block} bytes")
    };
    let mut text = format!("HMAC-{name} = {name}(outer pad + {name}(inner pad + message))      RFC 2104\n\n");
    step(&mut text, &format!("1 key, {key_len} bytes"), key.expose());
    step(&mut text, &format!("2 padded key: {padding}"), &steps.padded_key);
    step(&mut text, "3 inner pad: each byte of 2 XOR 0x36", &steps.inner_pad);
    step(&mut text, "4 outer pad: each byte of 2 XOR 0x5c", &steps.outer_pad);
    step(&mut text, &format!("5 inner hash: {name} of 3 and then the message ({message})"), &steps.inner_hash);
    step(&mut text, &format!("6 outer hash: {name} of 4 and then 5. This is the HMAC"), &steps.outer_hash);
    if !steps.key_was_hashed && key_len < block {
        text.push_str("Because of step 2, a key and the same key with 00 bytes added give the same HMAC.\n\n");
    }
    text
}

fn step(text: &mut String, title: &str, bytes: &[u8]) {
    // Writing to a String cannot fail.
    let _ = writeln!(text, "{title}");
    for row in bytes.chunks(16) {
        let hex: Vec<_> = row.iter().map(|byte| format!("{byte:02x}")).collect();
        let _ = writeln!(text, "    {}", hex.join(" "));
    }
    text.push('\n');
}

fn digest(name: DigestName) -> Digest {
    match name {
        DigestName::Md5 => Digest::Md5,
        DigestName::Sha1 => Digest::Sha1,
        DigestName::Sha224 => Digest::Sha224,
        DigestName::Sha256 => Digest::Sha256,
        DigestName::Sha384 => Digest::Sha384,
        DigestName::Sha512 => Digest::Sha512,
    }
}

//! `day30 hmac`: lesson 3.

use super::output::{remark, to_stdout};
use super::read_ahead::ReadAhead;
use super::secret::{path_shown, read};
use super::{Exit, Failed, Usage};
use crate::cli::{DigestName, FormatName, HmacArgs};
use anyhow::Context;
use base64ct::{Base64, Encoding};
use day30::crypto::{Digest, Hmac, Secret, Steps};
use day30::lang::Lang;
use day30::view::{bytes_literal, escape};
use day30::{both, say, words};
use std::fmt::Write;
use std::fs::File;
use std::io::{self, BufRead, Cursor};
use std::path::Path;

const NO_DIGEST_GIVEN: &str = words!(
    "md5, as in the notes; since Python 3.8 it must be named: hmac.new(b'asd', b'sad', digestmod='md5')",
    "未指定算法，按笔记使用 md5；Python 3.8 起必须写明：hmac.new(b'asd', b'sad', digestmod='md5')"
);

pub(super) fn run(args: &HmacArgs, lang: Lang) -> anyhow::Result<Exit> {
    if args.key_file.as_deref().is_some_and(is_stdin) && args.file.as_deref().is_some_and(is_stdin) {
        return Err(Usage(both!(
            "the key and the message cannot both come from stdin",
            "密钥和消息不能都从 stdin 读取"
        ))
        .into());
    }
    let digest = digest(args.digest.unwrap_or(DigestName::Md5));
    let expected = args.verify.as_deref().map(expected).transpose()?;
    let key = key(args)?;
    let message = message(args)?;
    if args.digest.is_none() && !args.quiet {
        remark(&lang.read(NO_DIGEST_GIVEN));
    }
    let from = args.file.as_deref().map_or(String::new(), |path| path.display().to_string());
    let unreadable = || both!("cannot read the message from {from}", "无法从 {from} 读取消息");
    if let Some(expected) = expected {
        let same = Hmac::verify(digest, &key, message, &expected).with_context(unreadable)?;
        return if same { to_stdout(b"ok\n") } else { Err(Failed(both!("the digest differs", "摘要不同")).into()) };
    }
    let mut text = String::new();
    let bytes = if args.explain {
        let steps = Steps::take(digest, &key, message).with_context(unreadable)?;
        text = explain(digest, &key, args, &steps, lang);
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
            let from = path_shown(path, "--key");
            read(path).with_context(|| both!("cannot read the key from {from}", "无法从 {from} 读取密钥"))?
        }
        (None, None) => {
            return Err(Usage(both!(
                "the key is missing: --key TEXT or --key-file PATH",
                "缺少密钥：--key 文本 或 --key-file 文件"
            ))
            .into());
        }
    };
    Ok(Secret::new(bytes))
}

fn message(args: &HmacArgs) -> anyhow::Result<Box<dyn BufRead>> {
    match (&args.msg, &args.file) {
        (Some(text), _) => Ok(Box::new(Cursor::new(text.clone().into_bytes()))),
        (None, Some(path)) if is_stdin(path) => Ok(Box::new(ReadAhead::of(io::stdin())?)),
        (None, Some(path)) => {
            let file = File::open(path)
                .with_context(|| both!("cannot read the message from {}", "无法从 {} 读取消息", path.display()))?;
            Ok(Box::new(ReadAhead::of(file)?))
        }
        (None, None) => Err(Usage(both!(
            "the message is missing: --msg TEXT or --file PATH",
            "缺少消息：--msg 文本 或 --file 文件"
        ))
        .into()),
    }
}

fn expected(hex: &str) -> Result<Vec<u8>, Usage> {
    // What was typed may be the key: it is not repeated.
    base16ct::mixed::decode_vec(hex).map_err(|_| {
        Usage(both!(
            "--verify needs a digest in hex, two digits for each byte, for example 280ce248e848bcd4e5a31a036829d185",
            "--verify 需要十六进制摘要，每字节两位，例如 280ce248e848bcd4e5a31a036829d185"
        ))
    })
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
fn explain(digest: Digest, key: &Secret, args: &HmacArgs, steps: &Steps, lang: Lang) -> String {
    let (name, block, key_len) = (digest.name(), digest.block_len(), key.expose().len());
    let message = match (&args.msg, &args.file) {
        (Some(text), _) => {
            let (text, len) = (escape(text.as_bytes()), text.len());
            say!(lang, "\"{text}\", {len} bytes", "\"{text}\"，{len} 字节")
        }
        (None, path) => path.as_ref().map_or(String::new(), |path| path.display().to_string()),
    };
    let padding = if steps.key_was_hashed {
        say!(
            lang,
            "longer than a block, so {name}(key) is used instead, filled with 00 to {block} bytes",
            "密钥比一个分组长，所以改用 {name}(密钥)，再用 00 补到 {block} 字节"
        )
    } else {
        say!(lang, "filled with 00 to one block of {name}, {block} bytes", "用 00 补到 {name} 的一个分组，{block} 字节")
    };
    let titles = [
        say!(lang, "1 key, {key_len} bytes", "1 密钥，{key_len} 字节"),
        say!(lang, "2 padded key: {padding}", "2 补齐的密钥：{padding}"),
        say!(lang, "3 inner pad: each byte of 2 XOR 0x36", "3 内层填充：2 的每个字节与 0x36 异或"),
        say!(lang, "4 outer pad: each byte of 2 XOR 0x5c", "4 外层填充：2 的每个字节与 0x5c 异或"),
        say!(
            lang,
            "5 inner hash: {name} of 3 and then the message ({message})",
            "5 内层哈希：对 3 接上消息（{message}）求 {name}"
        ),
        say!(
            lang,
            "6 outer hash: {name} of 4 and then 5. This is the HMAC",
            "6 外层哈希：对 4 接上 5 求 {name}。这就是 HMAC"
        ),
    ];
    let (outer, inner, message) = lang.pick(("outer pad", "inner pad", "message"), ("外层填充", "内层填充", "消息"));
    let mut text = format!("HMAC-{name} = {name}({outer} + {name}({inner} + {message}))      RFC 2104\n\n");
    let bytes: [&[u8]; 6] =
        [key.expose(), &steps.padded_key, &steps.inner_pad, &steps.outer_pad, &steps.inner_hash, &steps.outer_hash];
    titles.iter().zip(bytes).for_each(|(title, bytes)| step(&mut text, title, bytes));
    if !steps.key_was_hashed && key_len < block {
        text.push_str(lang.pick(
            "Because of step 2, a key and the same key with 00 bytes added give the same HMAC.\n\n",
            "由于第 2 步，一个密钥和它末尾加上若干 00 字节后，得到的 HMAC 相同。\n\n",
        ));
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

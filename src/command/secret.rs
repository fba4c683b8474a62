//! Where lesson 2's secret comes from: never from a default.

use super::Usage;
use crate::cli::{SchemeName, SecretArgs};
use anyhow::Context;
use day30::crypto::{Scheme, Secret};
use day30::lang::{Lang, Text};
use day30::{both, words};
use std::env;
use std::fs::File;
use std::io::{self, IsTerminal, Read};
use std::path::Path;

/// More than this is no secret, but the wrong file.
const MAX_SECRET: u64 = 1 << 20;

/// The secret that was given, or an error that shows how to give it.
pub(super) fn secret(args: &SecretArgs, command: &str, lang: Lang) -> anyhow::Result<Secret> {
    let bytes = if let Some(text) = &args.secret {
        text.clone().into_bytes()
    } else if let Some(path) = &args.secret_file {
        let from = path_shown(path, "--secret");
        let mut bytes =
            read(path).with_context(|| both!("cannot read the secret from {from}", "无法从 {from} 读取密钥"))?;
        strip_line_end(&mut bytes);
        bytes
    } else if let Some(text) = env::var_os("DAY30_SECRET") {
        text.into_encoded_bytes()
    } else if io::stdin().is_terminal() && io::stderr().is_terminal() {
        let prompt = lang.pick("secret (not shown): ", "密钥（不显示）：");
        let cannot = || both!("cannot read the secret from the terminal", "无法从终端读取密钥");
        rpassword::prompt_password(prompt).with_context(cannot)?.into_bytes()
    } else {
        return Err(Usage(missing(command)).into());
    };
    if bytes.is_empty() {
        return Err(Usage(both!(
            "the secret is empty, so everybody knows it\n{0}",
            "密钥是空的，等于谁都知道\n{0}",
            how(command)
        ))
        .into());
    }
    Ok(Secret::new(bytes))
}

fn missing(command: &str) -> Text {
    both!(
        "{command} needs the secret that both sides share; there is no default\n{0}",
        "{command} 需要双方共有的密钥，没有默认值\n{0}",
        how(command)
    )
}

fn how(command: &str) -> Text {
    both!(
        "  type: day30 {command} --secret luwei\n  or:   day30 {command} --secret-file PATH    (other users cannot read that)",
        "  请写：day30 {command} --secret luwei\n  或：  day30 {command} --secret-file 文件    （其他用户看不到文件内容）"
    )
}

/// The path; but a bare word that is no file here may be the secret itself, and is not repeated.
pub(super) fn path_shown(path: &Path, option: &str) -> String {
    let is_bare = path.components().count() == 1 && path.is_relative() && path.extension().is_none();
    if is_bare && !path.exists() {
        both!("that file ({option} takes the text itself)", "该文件（{option} 后面直接写文本）").to_string()
    } else {
        path.display().to_string()
    }
}

/// A whole file, or stdin for `-`.
pub(super) fn read(path: &Path) -> io::Result<Vec<u8>> {
    let mut bytes = Vec::new();
    if path == Path::new("-") {
        io::stdin().lock().take(MAX_SECRET + 1).read_to_end(&mut bytes)?;
    } else {
        File::open(path)?.take(MAX_SECRET + 1).read_to_end(&mut bytes)?;
    }
    if bytes.len() as u64 > MAX_SECRET {
        return Err(io::Error::other(words!("it is longer than 1 MiB", "它超过 1 MiB")));
    }
    Ok(bytes)
}

/// An editor puts a line end behind the last line; it is no part of the secret.
fn strip_line_end(bytes: &mut Vec<u8>) {
    if bytes.last() == Some(&b'\n') {
        bytes.pop();
        if bytes.last() == Some(&b'\r') {
            bytes.pop();
        }
    }
}

/// The scheme, as the library has it.
pub(super) fn scheme(name: SchemeName) -> Scheme {
    match name {
        SchemeName::Md5 => Scheme::Md5,
        SchemeName::HmacMd5 => Scheme::HmacMd5,
        SchemeName::HmacSha256 => Scheme::HmacSha256,
    }
}

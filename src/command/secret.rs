//! Where lesson 2's secret comes from: never from a default.

use super::Usage;
use crate::cli::{SchemeName, SecretArgs};
use anyhow::Context;
use day30::crypto::{Scheme, Secret};
use day30::lang::Lang;
use std::env;
use std::fs::File;
use std::io::{self, IsTerminal, Read};
use std::path::Path;

/// More than this is no secret, but the wrong file.
const MAX_SECRET: u64 = 1 << 20;

/// The secret that was given, or an error that shows how to give it.
pub(super) fn secret(args: &SecretArgs, command: &str) -> anyhow::Result<Secret> {
    let bytes = if let Some(text) = &args.secret {
        text.clone().into_bytes()
    } else if let Some(path) = &args.secret_file {
        let mut bytes =
            read(path).with_context(|| format!("cannot read the secret from {}", path_shown(path, "--secret")))?;
        strip_line_end(&mut bytes);
        bytes
    } else if let Some(text) = env::var_os("DAY30_SECRET") {
        text.into_encoded_bytes()
    } else if io::stdin().is_terminal() && io::stderr().is_terminal() {
        let prompt = Lang::of_system().pick("secret (not shown): ", "密钥（不显示）：");
        rpassword::prompt_password(prompt).context("cannot read the secret from the terminal")?.into_bytes()
    } else {
        return Err(Usage(missing(command)).into());
    };
    if bytes.is_empty() {
        return Err(Usage(format!("the secret is empty, so everybody knows it\n{}", how(command))).into());
    }
    Ok(Secret::new(bytes))
}

fn missing(command: &str) -> String {
    format!("{command} needs the secret that both sides share, and has no default for it\n{}", how(command))
}

fn how(command: &str) -> String {
    format!(
        "  type: day30 {command} --secret luwei\n  or:   day30 {command} --secret-file PATH    (other users cannot read that)"
    )
}

/// The path; but a bare word that is no file here may be the secret itself, and is not repeated.
pub(super) fn path_shown(path: &Path, option: &str) -> String {
    let is_bare = path.components().count() == 1 && path.is_relative() && path.extension().is_none();
    if is_bare && !path.exists() {
        format!("that file ({option} takes the text itself)")
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
        return Err(io::Error::other("it is longer than 1 MiB"));
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

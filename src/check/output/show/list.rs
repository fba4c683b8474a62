//! All checks, with their ids.

use super::{DIM, ID, TITLE, WIDTH};
use crate::check::requirement::{Check, Target};
use crate::check::texts::Texts;
use crate::lang::Lang;
use crate::say;
use crate::view::break_lines;

/// The checks of these targets; those that several share are listed once.
#[must_use]
pub fn list(targets: &[Target], texts: &Texts, lang: Lang) -> String {
    let mut text = String::new();
    let mut families: Vec<(Vec<&str>, Vec<&Check>)> = Vec::new();
    for target in targets {
        let checks = target.checks();
        let same = |(_, others): &&mut (Vec<&str>, Vec<&Check>)| others.first() == checks.first();
        match families.iter_mut().find(same) {
            Some((names, others)) => {
                names.push(target.name());
                let missing: Vec<_> = checks.into_iter().filter(|check| !others.contains(check)).collect();
                others.extend(missing);
            }
            None => families.push((vec![target.name()], checks)),
        }
    }
    for (names, checks) in families {
        let (names, count) = (names.join(", "), checks.len());
        let title = say!(lang, "{names}: {count} checks", "{names}：{count} 项检查");
        text += &format!("\n{TITLE}{title}{TITLE:#}\n");
        text.extend(checks.into_iter().map(|check| row(check, texts, lang)));
    }
    text
}

fn row(check: &Check, texts: &Texts, lang: Lang) -> String {
    let only = match check.only_for {
        Some(target) => say!(lang, " ({} only)", "（仅 {}）", target.name()),
        None => String::new(),
    };
    let title = format!("{}{only}", texts.section(check.id).title);
    let indent = ID + 10;
    let rows = break_lines(&title, WIDTH - indent);
    let title = rows.join(&format!("\n{:indent$}", ""));
    format!("  {:<ID$} {DIM}{:<6}{DIM:#} {title}\n", check.id, check.level.name())
}

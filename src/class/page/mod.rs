//! A class as a page: one file, which opens from disk and asks nobody for anything. Each cell opens what the judge tells.

use super::outcome::{Checked, Sign};
use super::pairs::Meeting;
use super::roll::{Entry, Roll, Shared, sign};
use super::show::meaning;
use super::standing::Standing;
use crate::both;
use crate::check::matrix::Cell;
use crate::lang::{Lang, Text};
use crate::view::{escape, escape_xml, fill_page, json_in_script};
use serde_json::{Map, Value, json};

const PAGE: &str = include_str!("page.html");
const STYLE: &str = include_str!("style.css");
const SCRIPT: &str = include_str!("script.js");

/// The page of a class, which begins in this language and can be switched.
#[must_use]
pub fn page(roll: &Roll, lang: Lang) -> String {
    let (name, passed, all) = (roll.target.name(), roll.passed(), roll.entries.len());
    let (command, seed) = (&roll.command, roll.seed);
    let mut facts = roll.facts.lines();
    facts.insert(0, (both!("command", "命令"), both!("{command}", "{command}")));
    facts.push((both!("seed", "随机种子"), both!("{seed}", "{seed}")));
    let order = [Sign::Passed, Sign::Failed, Sign::Weak, Sign::NotRun, Sign::Unknown];
    let signs = order.map(|sign| {
        let meaning = Text { en: meaning(sign, Lang::En).into(), zh: meaning(sign, Lang::Zh).into() };
        (slug(sign).to_owned(), json!({ "letter": sign.letter().to_string(), "meaning": meaning }))
    });
    let title = both!("{name}: a class", "{name}：全班");
    let data = json!({
        "title": title,
        "sum": both!("{passed} of {all} students passed.", "{all} 名学生中 {passed} 名通过。"),
        "steps": steps(roll),
        "families": roll.families.iter().map(super::families::Family::name).collect::<Vec<_>>(),
        "shared": shared(roll),
        "groups": roll.groups.iter().map(|group| json!({ "title": roll.heading(group), "members": group.members })).collect::<Vec<_>>(),
        "rows": roll.entries.iter().map(|entry| row(entry, roll)).collect::<Vec<_>>(),
        "signs": Map::from_iter(signs),
        "order": order.map(slug),
        "facts": facts,
    });
    fill(&data, &title, lang)
}

fn steps(roll: &Roll) -> Vec<Value> {
    let step = |(standing, count): (Standing, usize)| json!({ "number": standing.number(), "open": matches!(standing, Standing::Open(_)), "text": standing.describe(roll.target), "count": count });
    roll.along_the_path().into_iter().map(step).collect()
}

/// What several have in common; in a small class, what one has too.
fn shared(roll: &Roll) -> Vec<Value> {
    let is_worth_it = |shared: &&Shared| shared.students.len() > 1 || roll.entries.len() < 4;
    let one = |shared: &Shared| {
        let [title, why] = shared.what.texts(roll.target);
        json!({ "id": shared.what.id(), "must": shared.is_must, "title": title, "why": why, "students": shared.students })
    };
    roll.shared.iter().filter(is_worth_it).map(one).collect()
}

/// The page of a matrix.
#[must_use]
pub fn page_of_pairs(meeting: &Meeting, lang: Lang) -> String {
    let (title, sum) =
        (both!("A class: every server with every client", "全班：每个服务器与每个客户端"), meeting.sum());
    let is_there = |cell: &Cell| meeting.cells.iter().flatten().any(|one| one == cell);
    let signs = Cell::ALL.into_iter().filter(is_there).map(|cell| {
        let meaning = Text { en: cell.meaning(Lang::En).into(), zh: cell.meaning(Lang::Zh).into() };
        let look = match cell {
            Cell::Ok => "passed",
            Cell::Unknown => "unknown",
            _ => "failed",
        };
        (name(cell), json!({ "letter": cell.letter().to_string(), "meaning": meaning, "look": look }))
    });
    let data = json!({
        "pairs": true,
        "title": title,
        "sum": sum,
        "servers": meeting.servers.iter().map(|name| escape(name.as_bytes())).collect::<Vec<_>>(),
        "clients": meeting.clients.iter().map(|name| escape(name.as_bytes())).collect::<Vec<_>>(),
        "cells": meeting.cells,
        "signs": signs.collect::<Map<_, _>>(),
        "order": Cell::ALL,
        "facts": meeting.facts.lines(),
    });
    fill(&data, &title, lang)
}

/// A cell's name in the data.
fn name(cell: Cell) -> String {
    serde_json::to_value(cell).ok().and_then(|name| name.as_str().map(str::to_owned)).unwrap_or_default()
}

fn slug(sign: Sign) -> &'static str {
    match sign {
        Sign::Passed => "passed",
        Sign::Failed => "failed",
        Sign::Weak => "weak",
        Sign::NotRun => "not-run",
        Sign::Unknown => "unknown",
    }
}

fn row(entry: &Entry, roll: &Roll) -> Value {
    let name = escape(entry.student.name.as_bytes());
    let file = escape(entry.student.path.to_string_lossy().as_bytes());
    match &entry.result {
        Err(why) => json!({ "name": name, "file": file, "trouble": why, "checks": [] }),
        Ok(outcome) => {
            let cells = roll.families.iter().map(|family| sign(outcome, family).map(slug));
            let remarkable = outcome.checks.iter().filter(|check| check.sign != Sign::Passed);
            let mut summary = outcome.summary.clone();
            if let Some(Text { en, zh }) = &outcome.cut_short {
                summary = Text { en: format!("{} ({en})", summary.en), zh: format!("{}（{zh}）", summary.zh) };
            }
            json!({
                "name": name,
                "file": file,
                "summary": summary,
                "step": roll.standing(entry).map(|standing| step(standing, roll)),
                "cells": cells.collect::<Vec<_>>(),
                "checks": remarkable.map(|one| check(one, roll)).collect::<Vec<_>>(),
            })
        }
    }
}

/// Where on the exercise path a program stands: in short for its cell, in words, and what to build there.
fn step(standing: Standing, roll: &Roll) -> Value {
    let short = standing.number().map_or_else(|| Sign::Passed.letter().to_string(), |number| number.to_string());
    let build = standing.step(roll.target).map(|step| Text::in_both(|lang| step.build(lang)));
    json!({ "short": short, "text": standing.describe(roll.target), "build": build })
}

fn check(check: &Checked, roll: &Roll) -> Value {
    json!({
        "id": check.id,
        "level": if check.is_must { "MUST" } else { "SHOULD" },
        "sign": slug(check.sign),
        "family": roll.families.iter().position(|family| family.has(&check.id)),
        "reason": check.reason,
        "told": check.failure.as_ref().map(|failure| &failure.told),
    })
}

fn fill(data: &Value, title: &Text, lang: Lang) -> String {
    let (json, title) = (json_in_script(&data.to_string()), escape_xml(title.of(lang)));
    let parts = [
        ("{lang}", lang.pick("en", "zh")),
        ("{title}", &title),
        ("{style}", STYLE),
        ("{script}", SCRIPT),
        ("{data}", &json),
    ];
    fill_page(PAGE, &parts)
}

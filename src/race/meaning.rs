//! What the results mean, in a few sentences.

use super::results::{Metric, Results};
use super::stats::Spread;
use super::{Heat, Workload};
use crate::lang::Lang;
use crate::say;
use crate::view::{big_number, break_lines};

/// A server that burns more than this share of a core while nobody speaks does not sleep.
const BURNS: f64 = 50.0;
/// One that burns less sleeps.
const SLEEPS: f64 = 5.0;

/// A server's name, and one of its figures.
type Figure<'r> = (&'r str, Spread);

/// The sentences, a paragraph each, in lines of this width; the last one says what the figures cannot tell.
#[must_use]
pub fn meaning(results: &Results, lang: Lang, width: usize) -> Vec<String> {
    let [work, idle] = [Workload::PingPong, Workload::Holding].map(|workload| results.plan.heats_of(workload));
    let mut said = Vec::new();
    if results.plan.rounds < 2 {
        said.push(one_round(lang));
    } else {
        said.extend(work.iter().filter_map(|heat| who_answers_most(results, *heat, lang)));
    }
    let (work, idle) = (work.last().copied(), idle.last().copied());
    said.extend(idle.and_then(|idle| who_burns(results, idle, lang)));
    if let (Some(work), Some(idle), true) = (work, idle, results.plan.rounds > 1) {
        said.extend(as_fast_but_awake(results, work, idle, lang));
    }
    said.push(caveats(lang));
    said.into_iter().map(|sentence| wrapped(&sentence, width)).collect()
}

/// No line is wider than a terminal.
fn wrapped(sentence: &str, width: usize) -> String {
    break_lines(sentence, width).join("\n")
}

fn figures(results: &Results, heat: Heat, metric: Metric) -> Vec<Figure<'_>> {
    // One that failed in a later round has fewer rounds than the others, and is not compared.
    let named = results.plan.contenders.iter().enumerate().filter(|(index, _)| results.trouble(*index, heat).is_none());
    named.filter_map(|(index, one)| Some((one.name.as_str(), results.spread(index, heat, metric)?))).collect()
}

/// Who answers most, with whom no difference was seen, and by how much the others answer less.
fn who_answers_most(results: &Results, heat: Heat, lang: Lang) -> Option<String> {
    let mut all = figures(results, heat, Metric::PerSecond);
    all.sort_by(|one, other| other.1.median.total_cmp(&one.1.median));
    let (first, best) = *all.first().filter(|_| all.len() > 1)?;
    let (equal, less): (Vec<Figure<'_>>, Vec<_>) = all.iter().skip(1).partition(|(_, spread)| spread.overlaps(&best));
    let clients = clients(heat.clients, lang);
    let mut sentence = if equal.is_empty() {
        say!(lang, "{clients} at work: {first} replies most", "{clients}同时工作：{first} 回复最多")
    } else {
        let names: Vec<_> = [first].into_iter().chain(equal.iter().map(|(name, _)| *name)).collect();
        say!(
            lang,
            "{clients} at work: {}: no difference seen (their rounds overlap)",
            "{clients}同时工作：{}：看不出差别（各轮结果有重叠）",
            list(&names, lang)
        )
    };
    for (name, spread) in less {
        let ratio = spread.median / best.median;
        sentence += &say!(lang, "; {name}: {ratio:.2} of that", "；{name} 为其 {ratio:.2}");
    }
    Some(sentence + lang.pick(".", "。"))
}

/// Who never sleeps.
fn who_burns(results: &Results, heat: Heat, lang: Lang) -> Option<String> {
    let all = figures(results, heat, Metric::CpuPercent);
    let shares: Vec<_> = all.iter().map(|(name, spread)| format!("{name} {:.1} %", spread.median)).collect();
    let clients = clients(heat.clients, lang);
    (!all.is_empty()).then(|| {
        say!(
            lang,
            "{clients} that send nothing, CPU in percent of a core: {}.",
            "{clients}都不说话时占单核：{}。",
            shares.join(lang.pick(", ", "，"))
        )
    })
}

/// The sentence of lesson 1: as fast while it works, and a whole core when it does not.
fn as_fast_but_awake(results: &Results, work: Heat, idle: Heat, lang: Lang) -> Vec<String> {
    let (speed, cpu) = (figures(results, work, Metric::PerSecond), figures(results, idle, Metric::CpuPercent));
    let share = |name: &str| cpu.iter().find(|(other, _)| *other == name).map(|(_, spread)| spread.median);
    let mut said = Vec::new();
    for (awake, its) in speed.iter().filter(|(name, _)| share(name).is_some_and(|share| share > BURNS)) {
        let equals = speed
            .iter()
            .filter(|(name, spread)| share(name).is_some_and(|share| share < SLEEPS) && spread.overlaps(its));
        let names: Vec<_> = equals.map(|(name, _)| *name).collect();
        if !names.is_empty() {
            said.push(say!(
                lang,
                "With {}, {awake} is as fast as {} while it works, and uses a whole core when it does not.",
                "{}时，{awake} 工作时和 {} 一样快；空闲时照样占满一个核。",
                clients(work.clients, lang),
                list(&names, lang)
            ));
        }
    }
    said
}

fn one_round(lang: Lang) -> String {
    lang.pick(
        "One round cannot tell a difference from chance: use --rounds 3 or more.",
        "只有一轮，分不清差别和偶然：请用 --rounds 3 或更多。",
    )
    .into()
}

fn caveats(lang: Lang) -> String {
    lang.pick(
        "Clients and servers share this machine, so each takes CPU time from the other. The loop is closed: a client waits \
         for its reply before it sends again. So a slow server gets fewer requests, and its latencies look better than they \
         would with clients that do not wait.",
        "客户端和服务器在同一台机器上，互相抢 CPU。而且是闭环：客户端收到回复才发下一条，所以慢的服务器收到的请求少，它的延迟看起来比真实情况好。",
    )
    .into()
}

fn clients(clients: usize, lang: Lang) -> String {
    let number = big_number(clients as u64);
    match clients {
        1 => say!(lang, "1 client", "1 个客户端"),
        _ => say!(lang, "{number} clients", "{number} 个客户端"),
    }
}

/// `a`, `a and b`, `a, b and c`.
fn list(names: &[&str], lang: Lang) -> String {
    match names {
        [first @ .., last] if !first.is_empty() => {
            format!("{}{}{last}", first.join(lang.pick(", ", "、")), lang.pick(" and ", " 和 "))
        }
        names => names.concat(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use unicode_width::UnicodeWidthStr;

    #[test]
    fn a_sentence_is_broken_between_words_and_loses_none() {
        let sentence = "word ".repeat(40) + &"long".repeat(30);
        let lines = wrapped(&sentence, 80);
        assert_eq!(lines.replace('\n', " "), sentence);
        assert!(lines.lines().filter(|line| line.contains(' ')).all(|line| line.width() <= 80), "{lines}");
        assert_eq!(wrapped("short", 80), "short");
    }

    #[test]
    fn a_list_reads_like_a_sentence() {
        let of = |names: &[&str]| list(names, Lang::En);
        assert_eq!([of(&["a"]), of(&["a", "b"]), of(&["a", "b", "c"])], ["a", "a and b", "a, b and c"]);
    }
}

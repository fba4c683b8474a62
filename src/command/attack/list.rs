//! The attacks as a list, and what came of all of them as a table.

use day30::attack::{ATTACKS, Attack, Play, Row};
use day30::lang::Lang;
use day30::protocol::Handshake;
use day30::view::break_lines;
use std::fmt::Write;
use unicode_width::UnicodeWidthStr;

/// How wide the names are.
const NAME: usize = 18;

/// All attacks, each with what it shows.
pub(super) fn of(lang: Lang, width: usize) -> String {
    let mut text = String::new();
    let (handshakes, flaws): (Vec<&Attack>, Vec<&Attack>) =
        ATTACKS.iter().partition(|attack| matches!(attack.play, Play::Handshakes(_)));
    text += lang.pick(
        "Attacks on lesson 2, played against programs that day30 itself starts here.\n\n",
        "对第 2 课的攻击，对象都是 day30 自己在本机启动的程序。\n\n",
    );
    text += lang.pick(
        "On the handshakes: --handshake prefix (the notes'), hmac, mutual, ordered, bound\n",
        "针对握手：--handshake prefix（笔记的）、hmac、mutual、ordered、bound\n",
    );
    handshakes.iter().for_each(|attack| row(&mut text, attack, lang, width));
    text += lang.pick(
        "\nOn how a program is written: with the flaw, or --repaired\n",
        "\n针对程序的写法：有缺陷的，或加 --repaired\n",
    );
    flaws.iter().for_each(|attack| row(&mut text, attack, lang, width));
    text += lang.pick(
        "\nday30 break NAME plays one; day30 break --matrix plays all, and says who wins.\n",
        "\nday30 break 名字：演示其中一个；day30 break --matrix：全部演一遍，显示谁赢。\n",
    );
    text
}

fn row(text: &mut String, attack: &Attack, lang: Lang, width: usize) {
    let title = lang.read(attack.title);
    for (place, line) in break_lines(&title, width.saturating_sub(NAME + 2)).iter().enumerate() {
        let name = if place == 0 { attack.name } else { "" };
        let _ = writeln!(text, "  {name:<NAME$}{line}");
    }
}

/// What came of all of them: W where the attacker wins. Markdown, as the README shows it.
pub(super) fn table(rows: &[Row], lang: Lang) -> String {
    let (of_handshakes, of_flaws): (Vec<&Row>, Vec<&Row>) = rows.iter().partition(|row| row.is_of_handshakes());
    let attack = lang.pick("attack", "攻击");
    let heads: Vec<_> = Handshake::ALL.iter().map(|handshake| handshake.name()).collect();
    let mut text = one(attack, &heads, &of_handshakes);
    text += "\n";
    text += &one(attack, &lang.pick(["with the flaw", "repaired"], ["有缺陷", "已修复"]), &of_flaws);
    text += lang.pick(
        "\nW: the attacker wins. –: it fails. n/a: it has nothing to get there.\ntiming is not in the table: who wins it depends on the machine and the moment.\n",
        "\nW：攻击者赢。–：攻击失败。n/a：不适用。\n表里没有 timing：它的胜负取决于机器和当时的负载。\n",
    );
    text
}

fn one(attack: &str, heads: &[&str], rows: &[&Row]) -> String {
    let pad = |text: &str, columns: usize| format!("{text}{}", " ".repeat(columns.saturating_sub(text.width())));
    let line = |first: &str, cells: Vec<&str>| {
        let cells = cells.iter().zip(heads).map(|(cell, head)| pad(cell, head.width().max(3)));
        format!("| {} | {} |\n", pad(first, NAME), cells.collect::<Vec<_>>().join(" | "))
    };
    let rule = heads.iter().map(|head| "-".repeat(head.width().max(3))).collect::<Vec<_>>().join(" | ");
    let mut text = line(attack, heads.to_vec()) + &format!("| {} | {rule} |\n", "-".repeat(NAME));
    for row in rows {
        text += &line(row.attack, row.cells.iter().map(|cell| cell.mark).collect());
    }
    text
}

//! `day30 lesson`: what it shows, for which width, and where.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use crate::common::Day30;
use crate::common::lessons::pages;
use crate::common::terminal::on_a_terminal;
use day30::lang::Lang;
use day30::view::markdown::{Block, Sheet, blocks, print, section};
use std::collections::BTreeSet;
use unicode_width::UnicodeWidthStr;

const NAMES: [&str; 4] = ["nonblock", "auth", "hmac", "socket-server"];

fn lesson(args: &[&str]) -> String {
    Day30::new(["lesson"]).args(args).run().expect_code(0).out().to_owned()
}

#[test]
fn the_day_names_each_lesson_and_a_command_for_it() {
    for lang in ["en", "zh"] {
        let day = lesson(&["--lang", lang]);
        for name in NAMES {
            assert!(day.lines().any(|line| line.starts_with(&format!("  {name} "))), "{name} is not in:\n{day}");
        }
        assert!(day.contains("$ day30 auth-client --secret luwei\n"), "{day}");
        assert!(day.lines().all(|line| line.width() <= 80), "{day}");
        let is_typed = |line: &str| line.trim_start().starts_with("$ ");
        let narrow = lesson(&["--lang", lang, "--width", "40"]);
        assert!(narrow.lines().all(|line| line.width() <= 40 || is_typed(line)), "{narrow}");
    }
}

/// What a reader copies out of a page: the lines of Python, and what is typed.
fn copied<'b>(blocks: &'b [Block]) -> Vec<&'b str> {
    let is_typed = |line: &&str| line.trim_start_matches(|letter: char| letter.is_ascii_digit()).starts_with("$ ");
    let lines = |block: &'b Block| match block {
        Block::Code { language, text, .. } if language == "python" => text.lines().map(str::trim).collect(),
        Block::Code { language, text, .. } if language == "console" => text.lines().filter(is_typed).collect(),
        Block::Question(_, answer) | Block::Quote(answer) => copied(answer),
        Block::List(_, items) => items.iter().flat_map(|item| copied(item)).collect(),
        _ => Vec::new(),
    };
    blocks.iter().flat_map(lines).collect()
}

/// On a narrow screen, and on a wide one: no row sticks out but one that is copied, none begins with a comma, none ends with a bracket.
#[test]
fn every_lesson_fits_every_width() {
    for page in ["en", "zh"].into_iter().flat_map(pages) {
        let blocks = page.blocks();
        let lang = if page.lang == "zh" { Lang::Zh } else { Lang::En };
        let copied = copied(&blocks);
        for width in [40, 80, 120] {
            let sheet = Sheet { width, has_styles: false, answers: true, lang, lesson: Some(&page.name) };
            let shown = print(&blocks, &sheet);
            assert!(shown.lines().count() > 3);
            let rows: BTreeSet<_> = shown.lines().map(str::trim).collect();
            let broken = copied.iter().find(|line| !rows.contains(**line));
            assert!(width >= 100 || broken.is_none(), "{} at {width} breaks: {broken:?}", page.at(1));
            for row in shown.lines() {
                let text = row.trim_start();
                assert!(row.width() <= width || copied.contains(&text), "{} at {width}: {row}", page.at(1));
                assert!(
                    !text.starts_with(['，', '。', '、', '；', '：', '？', '！', '）', '”']),
                    "{}: {row}",
                    page.at(1)
                );
                assert!(!text.ends_with(['（', '“', '《']), "{}: {row}", page.at(1));
            }
        }
    }
}

#[test]
fn every_heading_can_be_jumped_to() {
    for page in ["en", "zh"].into_iter().flat_map(pages) {
        let blocks = page.blocks();
        for anchor in page.anchors() {
            let part = section(&blocks, &anchor).unwrap_or_else(|| panic!("{}: #{anchor}", page.at(1)));
            assert!(part.len() < blocks.len() && part.len() > 1, "{}: #{anchor} is empty", page.at(1));
        }
    }
    let part = lesson(&["nonblock#purpose"]);
    assert!(part.starts_with("## ") && part.lines().next().unwrap().ends_with("  #purpose"), "{part}");
    assert!(part.lines().filter(|line| line.starts_with('#')).count() == 1 && lesson(&["nonblock"]).contains(&part));
}

/// The answers are folded away until they are asked for.
#[test]
fn answers_are_shown_when_asked_for() {
    let page = blocks("# T\n\n<details>\n<summary>What?</summary>\n\nThat.\n\n</details>\n");
    let shown = |answers| {
        let sheet = Sheet { width: 80, has_styles: false, answers, lang: Lang::En, lesson: Some("auth") };
        print(&page, &sheet)
    };
    assert_eq!(shown(false), "# T\n\n▸ What?\nThe answers: day30 lesson auth --answers\n");
    assert_eq!(shown(true), "# T\n\n▾ What?\n\n  That.\n");
}

fn printed(markdown: &str, width: usize, has_styles: bool) -> String {
    let sheet = Sheet { width, has_styles, answers: false, lang: Lang::En, lesson: Some("auth") };
    print(&blocks(markdown), &sheet)
}

#[test]
fn code_that_is_too_long_goes_on_below() {
    let code = "```rust,file=a.rs\n    x = 1          // a remark that is long\n```\n";
    assert_eq!(printed(code, 80, false), "Rust: a.rs\n    x = 1          // a remark that is long\n");
    assert_eq!(printed(code, 30, false), "Rust: a.rs\n    x = 1 // a remark that is\n    ↳ long\n");
    // What is copied stays whole, and begins where the line begins: else it would not run.
    let code = "```python\nx = 1          # a remark that is long\n```\n";
    assert_eq!(printed(code, 30, false), "x = 1          # a remark that is long\n");
    let code = "```console\n$ day30 hmac --key asd --msg sad\nwhat it prints is broken here\n```\n";
    assert_eq!(printed(code, 24, false), "  $ day30 hmac --key asd --msg sad\n  what it prints is\n  ↳ broken here\n");
    assert!(printed("```rust\nlet a = 1;\n```\n", 80, true).starts_with("\x1b[1mlet\x1b[0m a"));
}

#[test]
fn two_programs_stand_side_by_side_where_there_is_room() {
    let code = "```python,file=a.py\nx = 1\ny = 2\n```\n\n```rust,file=src/a.rs\nlet x = 1;\n```\n";
    let (wide, narrow) = (printed(code, 100, false), printed(code, 99, false));
    let columns: Vec<Vec<_>> = wide.lines().map(|row| row.split('│').map(str::trim).collect()).collect();
    assert_eq!(columns, [["Python: a.py", "Rust: src/a.rs"], ["x = 1", "let x = 1;"], ["y = 2", ""]]);
    assert_eq!(narrow, "Python: a.py\nx = 1\ny = 2\n\nRust: src/a.rs\nlet x = 1;\n");
    // What is no such pair stays where it is.
    let other = code.replace("```rust", "And then:\n\n```rust");
    assert!(!printed(&other, 120, false).contains('│'));
    let [day, wide] = ["80", "120"].map(|width| lesson(&["nonblock#program", "--width", width]));
    let both = |text: &str| text.lines().any(|row| row.contains("nonblock_server.py") && row.contains("spin.rs"));
    assert!(!both(&day) && both(&wide), "{wide}");
}

#[test]
fn a_table_fits_or_becomes_a_list() {
    let table = "| call | what it does |\n|---|---|\n| `recv` | takes bytes out of the receive buffer |\n";
    let wide = "call    what it does\n──────  ─────────────────────────────────────\n`recv`  takes bytes out of the receive buffer\n";
    assert_eq!(printed(table, 80, false), wide);
    let narrow = printed(table, 24, false);
    assert!(narrow.lines().all(|line| line.width() <= 24) && narrow.lines().count() > 3, "{narrow}");
    assert!(
        printed(table, 16, false).starts_with("- call: `recv`\n  what it does:\n"),
        "{}",
        printed(table, 16, false)
    );
}

#[test]
fn a_link_says_what_to_type() {
    let text = "See [the replay](#replay), [lesson 3](hmac.md#why) and <https://example.org>.";
    let shown =
        "See the replay (day30 lesson auth#replay), lesson 3 (day30 lesson hmac#why) and\nhttps://example.org.\n";
    assert_eq!(printed(text, 80, false), shown);
    let run = printed("```see\ndemo --lesson auth\n```\n", 80, false);
    assert!(run.ends_with("\n    $ day30 demo --lesson auth --see\n"), "{run}");
}

#[test]
fn what_is_not_there_is_answered_with_what_is() {
    for (asked, advice) in [("nonblok", "socket-server"), ("nonblock#no", "#purpose"), ("../secret", "nonblock")] {
        for lang in ["en", "zh"] {
            let output = Day30::new(["lesson", asked, "--lang", lang]).run().expect_code(2).expect_stderr(advice);
            assert_eq!(output.out(), "");
        }
    }
    Day30::new(["lesson", "nonblock", "--width", "3"]).run().expect_code(2).expect_stderr("24");
}

#[test]
fn a_pipe_gets_no_styles_and_a_terminal_gets_weight() {
    assert!(!lesson(&["nonblock"]).contains('\x1b'));
    assert!(lesson(&["nonblock", "--color", "always"]).contains("\x1b[1m"));
    if crate::common::have("python3") {
        let on_terminal = |name: &str, value: &str| {
            let day30 = on_a_terminal("stdout").args(["lesson", "nonblock", "--no-pager"]).env(name, value);
            day30.run().expect_code(0).out().to_owned()
        };
        assert!(on_terminal("UNUSED", "").contains("\x1b["));
        let plain = on_terminal("NO_COLOR", "1");
        assert!(!plain.contains('\x1b') && plain.starts_with("# "), "{plain}");
    }
}

#[test]
fn a_contract_is_printed_as_a_lesson_is() {
    let contract = ["check", "auth-server", "--contract"];
    let plain = Day30::new(contract).run().expect_code(0);
    assert!(plain.out().starts_with("# What") && !plain.out().contains('\x1b'));
    assert!(plain.out().lines().all(|line| line.width() <= 80), "{}", plain.out());
    let styled = Day30::new(contract).args(["--color", "always"]).run().expect_code(0);
    assert!(!styled.out().starts_with('#') && styled.out().contains("\x1b[1m"));
}

/// On a terminal a long page goes through the pager, and never elsewhere.
#[cfg(unix)]
#[test]
fn the_pager_is_for_a_terminal_only() {
    if !crate::common::have("python3") {
        return;
    }
    let contract = ["check", "auth-server", "--contract", "--lang", "en"];
    let paged =
        |day30: Day30, pager: &str| day30.args(contract).env("PAGER", pager).run().expect_code(0).out().to_owned();
    let all = paged(on_a_terminal("all"), "sed s/^/P:/");
    assert!(all.lines().count() > 40 && all.lines().all(|line| line.starts_with("P:")), "{all}");
    assert!(!paged(Day30::new::<&str>([]), "sed s/^/P:/").contains("P:"));
    assert!(!paged(on_a_terminal("all").env("TERM", "dumb"), "sed s/^/P:/").contains("P:"));
    // A pager that is not there, or that reads nothing, is no error.
    assert!(paged(on_a_terminal("all"), "no-such-pager-at-all").contains("auth-server"));
    assert_eq!(paged(on_a_terminal("all"), "true"), "");
}

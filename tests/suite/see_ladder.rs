//! `day30 see --as ladder`: a record as a sequence diagram.

#![allow(clippy::unwrap_used, clippy::indexing_slicing, clippy::panic)]

use crate::common::record::RecordFile;
use crate::common::{Day30, Output, assert_answers, leave, upper_server};
use std::fs;
use std::path::Path;

fn ladder(file: &RecordFile, more: &[&str]) -> Output {
    Day30::new(["see", file.arg(), "--as", "ladder"]).args(more).run()
}

/// A picture that needs nothing else, and commands nobody.
#[track_caller]
fn assert_picture(svg: &str, lang: &str) {
    assert!(svg.starts_with("<svg ") && svg.ends_with("</svg>\n"), "{svg}");
    assert!(svg.contains("<title>day30 see: day30 "), "{svg}");
    assert!(svg.contains(&format!("xml:lang=\"{lang}\"")), "{svg}");
    assert_eq!(svg.matches("<text").count(), svg.matches("</text>").count());
    assert_eq!((svg.matches("http").count(), svg.matches("<script").count()), (1, 0), "{svg}");
}

/// The lines of the description, which a screen reader reads.
fn told(svg: &str) -> Vec<&str> {
    svg.split_once("<desc id=\"day30-told\">").unwrap().1.split_once("</desc>").unwrap().0.lines().collect()
}

#[test]
fn a_demo_has_a_lane_for_each_side_and_a_section_for_each_lesson() {
    let file = RecordFile::new();
    Day30::new(["demo", "--record", file.arg()]).run().expect_code(0);
    for (lang, code, names, lesson) in [
        ("en", "en", ["client A<", "server<", "client B<"], "Lesson: "),
        ("zh", "zh-Hans", ["客户端 A<", "服务器<", "客户端 B<"], "课程："),
    ] {
        let output = ladder(&file, &["--lang", lang]).expect_code(0);
        let svg = output.out();
        assert_picture(svg, code);
        assert!(names.iter().all(|name| svg.contains(name)), "{svg}");
        for name in ["nonblock", "auth", "hmac", "socket-server"] {
            assert!(svg.contains(&format!(">{lesson}{name}</text>")), "{lesson}{name} is not in\n{svg}");
        }
        // Both replies of lesson 1, both proofs of lesson 2, the two clients of lesson 4: each is one arrow.
        let bytes = svg.matches("class=\"arrow data c").count() + svg.matches("class=\"arrow data s\"").count();
        assert_eq!(bytes, 4 + 4 + 5, "{svg}");
        assert_eq!(svg.matches("class=\"arrow hand c").count(), 2 + 2 + 2, "{svg}");
        assert!(svg.contains("<rect class=\"sleep s\"") && svg.contains("<rect class=\"spin s\""), "{svg}");
    }
}

#[test]
fn one_side_of_a_pair_leaves_the_other_unknown() {
    for io in ["spin", "poll", "threads"] {
        let (file, of_client) = (RecordFile::new(), RecordFile::new());
        let server = upper_server(io, &["--record", file.arg()]);
        let mut client = server.connect();
        assert_answers(&mut client, "</text><script>\u{202e}", "</TEXT><SCRIPT>\u{202e}");
        leave(client);
        let port = server.port();
        Day30::new(["nonblock-client", "--port", &port, "--count", "1", "--record", of_client.arg()])
            .run()
            .expect_code(0);
        server.stop();
        for (file, own, other) in [(&file, "server", "clients"), (&of_client, "client", "server")] {
            let output = ladder(file, &[]).expect_code(0);
            let svg = output.out();
            assert_picture(svg, "en");
            assert!(svg.contains(&format!(">{other}</text>")) && svg.contains(">not recorded</text>"), "{svg}");
            assert!(told(svg)[1..].iter().all(|line| line.contains(&format!(" s, {own}: "))), "{:?}", told(svg));
            assert!(ladder(file, &["--lang", "zh"]).expect_code(0).out().contains(">未记录</text>"));
        }
        let output = ladder(&file, &["--conn", "1"]).expect_code(0);
        let svg = output.out();
        assert!(svg.contains(r"&lt;/text&gt;&lt;script&gt;\u{202e}") && !svg.contains('\u{202e}'), "{svg}");
        assert!(!svg.contains("clent11") && told(svg).iter().any(|line| line.contains("#1 send → ")), "{svg}");
    }
}

#[test]
fn it_replaces_only_an_earlier_picture() {
    let (file, folder) = (RecordFile::new(), Path::new(env!("CARGO_TARGET_TMPDIR")));
    upper_server("poll", &["--record", file.arg()]).stop();
    let path = folder.join(format!("ladder-{}.svg", std::process::id()));
    let name = path.to_str().unwrap();
    fs::write(&path, "<svg xmlns=\"mine\"/>\n").unwrap();
    ladder(&file, &["-o", name]).expect_code(3).expect_stderr("day30 did not write it");
    assert_eq!(fs::read_to_string(&path).unwrap(), "<svg xmlns=\"mine\"/>\n");
    ladder(&file, &["-o", name, "--force"]).expect_code(0);
    let drawn = fs::read_to_string(&path).unwrap();
    assert_picture(&drawn, "en");
    assert_eq!(ladder(&file, &["-o", name, "--lang", "zh"]).expect_code(0).out(), "");
    assert_picture(&fs::read_to_string(&path).unwrap(), "zh-Hans");
    fs::remove_file(&path).unwrap();
}

#[test]
fn more_than_can_be_read_is_not_drawn() {
    let file = RecordFile::new();
    let header = "{\"format\":\"day30-trace\",\"version\":2,\"day30\":\"0.1.0\",\"command\":\"check\",\"role\":\"server\",\
                  \"address\":\"\",\"io\":\"spin\",\"started_unix_us\":0,\"payload_cap\":1}\n";
    let event = |n: u32| format!("{{\"n\":{n},\"us\":{},\"actor\":\"server\",\"check\":\"echo/{n}\"}}\n", n * 10);
    fs::write(file.path(), header.to_owned() + &(1..=1001).map(event).collect::<String>()).unwrap();
    let many = ladder(&file, &[]).expect_code(1);
    assert!(
        many.stderr.contains("more than 1000 events") && many.stderr.contains("--from 1 --to 1000"),
        "{}",
        many.stderr
    );
    assert_eq!(many.stdout, b"");
    let part = ladder(&file, &["--to", "1000"]).expect_code(0);
    assert_eq!(told(part.out()).len(), 1 + 1000);
}

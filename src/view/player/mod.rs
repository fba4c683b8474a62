//! A trace as a page that plays it: one file, which opens from disk and asks nobody for anything.
//!
//! Everything is computed here, the state of each step too ([`data`]); the page only shows it. Its parts are files of their own, as
//! a browser has them, put together here:
//!
//! | file | what |
//! |---|---|
//! | `page.html`, `style.css` | what stands where, and how it looks: light and dark, wide and narrow |
//! | `words.js` | the words of the page itself, in both languages |
//! | `steps.js` | which step is shown: keys, slider, play, links, filter |
//! | `machine.js` | the machine: programs, kernels, the wire, and the bytes that travel |
//! | `panels.js` | what happened and why, the bytes, the code |
//! | `predict.js` | questions before a step is shown |

mod data;
mod intern;
mod patch;

use super::page::{fill_page, json_in_script};
use super::xml::escape_xml;
use crate::lang::Lang;
use crate::trace::Excerpt;

const PAGE: &str = include_str!("page.html");
const STYLE: &str = include_str!("style.css");
const SCRIPTS: [&str; 6] = [
    include_str!("words.js"),
    include_str!("machine.js"),
    include_str!("attack.js"),
    include_str!("panels.js"),
    include_str!("predict.js"),
    include_str!("steps.js"),
];

/// The page, which begins in this language and can be switched.
#[must_use]
pub fn player(excerpt: &Excerpt, lang: Lang) -> String {
    let data = data::data(excerpt);
    let title = escape_xml(data.title.of(lang));
    let json = json_in_script(&serde_json::to_string(&data).unwrap_or_default());
    let parts = [
        ("{lang}", lang.pick("en", "zh")),
        ("{title}", &title),
        ("{style}", STYLE),
        ("{script}", &SCRIPTS.concat()),
        ("{data}", &json),
    ];
    fill_page(PAGE, &parts)
}

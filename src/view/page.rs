//! A page that is one file: its parts, which are files of their own, put together.

/// The page, with each part where its mark stands.
#[must_use]
pub fn fill_page(page: &str, parts: &[(&str, &str)]) -> String {
    // One pass, so that what is put in is not looked at again.
    let mut filled = String::with_capacity(page.len() + parts.iter().map(|(_, part)| part.len()).sum::<usize>());
    let mut rest = page;
    while let Some((place, (mark, part))) =
        parts.iter().filter_map(|part| Some((rest.find(part.0)?, part))).min_by_key(|(place, _)| *place)
    {
        filled.push_str(rest.get(..place).unwrap_or_default());
        filled.push_str(part);
        rest = rest.get(place + mark.len()..).unwrap_or_default();
    }
    filled + rest
}

/// JSON that may stand in a script. Nothing in it looks like the script's end: a program, or what a peer sent, may be `</script>`.
#[must_use]
pub fn json_in_script(json: &str) -> String {
    json.replace('<', "\\u003c").replace('\u{2028}', "\\u2028").replace('\u{2029}', "\\u2029")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_put_in_is_not_looked_at_again() {
        assert_eq!(fill_page("<{a}|{b}|{a}>{c}", &[("{a}", "{b}"), ("{b}", "x")]), "<{b}|x|{b}>{c}");
    }

    #[test]
    fn nothing_ends_a_script() {
        let text = "</script>\u{2028}\u{2029}&";
        let json = json_in_script(&serde_json::to_string(text).unwrap());
        assert!(!json.contains(['<', '\u{2028}', '\u{2029}']), "{json}");
        assert_eq!(serde_json::from_str::<String>(&json).unwrap(), text);
    }
}

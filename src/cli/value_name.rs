//! The names of values in a help, such as `<FILE>`, for those who read Chinese.

/// What each word of a name is in Chinese.
const NAMES: [(&str, &str); 33] = [
    ("ATTACK", "攻击"),
    ("BYTES", "字节数"),
    ("COMMAND", "命令"),
    ("DIR", "文件夹"),
    ("DIRECTION", "方向"),
    ("FILE", "文件"),
    ("FILES", "文件"),
    ("FORMAT", "格式"),
    ("HEX", "十六进制"),
    ("HOST", "主机"),
    ("ID", "编号"),
    ("LANG", "语言"),
    ("MIB", "MiB"),
    ("MODEL", "模型"),
    ("N", "数"),
    ("NAME", "名字"),
    ("NUMBER", "编号"),
    ("OPTIONS", "选项"),
    ("PART", "节"),
    ("PATH", "文件"),
    ("PORT", "端口"),
    ("SCHEME", "算法"),
    ("SECONDS", "秒数"),
    ("SHELL", "shell"),
    ("TARGET", "种类"),
    ("TEXT", "文本"),
    ("THEME", "配色"),
    ("TIME", "时间"),
    ("USER", "用户"),
    ("VIEW", "方式"),
    ("WHAT", "含义"),
    ("WHEN", "何时"),
    ("WORKLOAD", "负载"),
];

/// The same with each known name in Chinese: `--slow [<TIME>]` becomes `--slow [<时间>]`.
pub(crate) fn in_chinese(text: &str) -> String {
    let (mut chinese, mut rest) = (String::new(), text);
    while let Some(begin) = rest.find(|letter: char| letter.is_ascii_uppercase()) {
        let (before, from) = rest.split_at(begin);
        let end = from.find(|letter: char| !letter.is_ascii_uppercase()).unwrap_or(from.len());
        let (word, after) = from.split_at(end);
        chinese += before;
        // `{PORT_A}` and `Port` are no names of values.
        let is_part = |letter: char| letter.is_ascii_alphanumeric() || letter == '_';
        let is_whole = !chinese.ends_with(is_part) && !after.starts_with(is_part);
        let known = NAMES.iter().find(|(name, _)| is_whole && *name == word);
        chinese += known.map_or(word, |(_, chinese)| chinese);
        rest = after;
    }
    chinese + rest
}

/// The words of a program, as they are typed: clap sets brackets and dots around the name of such a place.
pub(crate) fn as_typed(text: &str) -> String {
    text.replace("<-- COMMAND>...", "-- COMMAND").replace("[-- COMMAND]...", "[-- COMMAND]")
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::cli::Cli;
    use clap::CommandFactory;

    #[test]
    fn names_within_brackets_and_between_signs() {
        assert_eq!(in_chinese("--addr <HOST:PORT>"), "--addr <主机:端口>");
        assert_eq!(in_chinese("--report <FORMAT[=FILE]>"), "--report <格式[=文件]>");
        assert_eq!(in_chinese(&as_typed("[OPTIONS] <-- COMMAND>...")), "[选项] -- 命令");
        assert_eq!(as_typed("[ATTACK] [-- COMMAND]..."), "[ATTACK] [-- COMMAND]");
        assert_eq!(in_chinese("DAY30_PORT TIMES"), "DAY30_PORT TIMES");
    }

    #[test]
    fn every_name_has_its_chinese() {
        let mut day30 = Cli::command();
        day30.build();
        for command in [&day30].into_iter().chain(day30.get_subcommands()) {
            let takes_one = |arg: &&clap::Arg| arg.get_action().takes_values();
            let names = command.get_arguments().filter(takes_one).filter_map(clap::Arg::get_value_names).flatten();
            for name in names {
                let rest = in_chinese(name).replace("MiB", "");
                assert!(!rest.contains(|letter: char| letter.is_ascii_uppercase()), "{}: {name}", command.get_name());
            }
        }
    }
}

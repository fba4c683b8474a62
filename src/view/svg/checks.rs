//! What tests ask of every picture.

#![allow(clippy::unwrap_used, clippy::indexing_slicing)]

/// How much lighter one colour is than the other, as WCAG 2 computes it.
pub(crate) fn contrast(one: &str, other: &str) -> f64 {
    let light = |colour: &str| {
        let part = |at: usize| {
            let share = f64::from(u8::from_str_radix(&colour[at..at + 2], 16).unwrap()) / 255.0;
            if share <= 0.04045 { share / 12.92 } else { ((share + 0.055) / 1.055).powf(2.4) }
        };
        0.2126 * part(1) + 0.7152 * part(3) + 0.0722 * part(5) + 0.05
    };
    let (one, other) = (light(one), light(other));
    one.max(other) / one.min(other)
}

/// Tags are balanced, attributes quoted, and no `&` or `<` stands alone.
pub(crate) fn assert_well_formed(svg: &str) {
    let mut open: Vec<&str> = Vec::new();
    for (number, part) in svg.split('<').enumerate() {
        let (tag, text) = part.split_once('>').unwrap_or(("", part));
        assert!(number == 0 || !tag.is_empty(), "{part}");
        let name = tag.split([' ', '/']).next().unwrap();
        assert!(tag.matches('"').count() % 2 == 0, "{tag}");
        match tag.strip_prefix('/') {
            Some(closed) => assert_eq!(open.pop(), Some(closed)),
            None if tag.ends_with('/') || number == 0 => {}
            None => open.push(name),
        }
        for entity in text.split('&').skip(1) {
            assert!(["amp;", "lt;", "gt;", "quot;"].iter().any(|known| entity.starts_with(known)), "{text}");
        }
        assert!(!text.contains(|letter: char| letter.is_control() && letter != '\n'), "{text:?}");
        assert!(!open.is_empty() || text.trim().is_empty(), "{text}");
    }
    assert!(open.is_empty(), "{open:?}");
}

/// No coordinate is infinite, no number, or beyond the page, which is not larger than `most`.
pub(crate) fn assert_finite(svg: &str, most: f64) {
    for tag in svg.split('<').filter_map(|part| part.split_once('>')).map(|(tag, _)| tag) {
        let mut quoted = tag.split('"');
        while let (Some(name), Some(value)) = (quoted.next(), quoted.next()) {
            let name = name.rsplit(' ').next().unwrap();
            if ["d=", "points=", "transform=", "x=", "y=", "width=", "height="].contains(&name) {
                assert!(!value.contains("NaN") && !value.contains("inf"), "{tag}");
                let numbers = value.split(|letter: char| !letter.is_ascii_digit() && letter != '.');
                let mut numbers = numbers.filter(|number| !number.is_empty());
                assert!(numbers.all(|number| number.parse::<f64>().unwrap() < most), "{tag}");
            }
        }
    }
}

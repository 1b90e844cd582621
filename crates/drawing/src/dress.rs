//! From the bundle's SVG to one that can stand in a page: named, responsive, with ids of its own.

use crate::cache::Key;

/// Makes the SVG fit for a page.
///
/// - `role="img"` and an accessible name: `label` where there is one;
/// - as wide as its place allows, keeping its height in proportion by its `viewBox`;
/// - ids and classes of the renderer (`zr0-…`) prefixed with the drawing's own, so that many drawings share a page.
pub(crate) fn dress(svg: &str, key: &Key, label: Option<&str>, width: u32, height: u32) -> String {
    let unique = prefix(key);
    let body_start = svg.find('>').map_or(0, |end| end + 1);
    let body = &svg[body_start..];
    let mut dressed = String::with_capacity(svg.len() + svg.len() / 16 + 256);
    dressed.push_str("<svg xmlns=\"http://www.w3.org/2000/svg\" xmlns:xlink=\"http://www.w3.org/1999/xlink\" class=\"chart-drawing\" role=\"img\"");
    if let Some(label) = label.filter(|label| !label.is_empty()) {
        dressed.push_str(" aria-label=\"");
        escape(label, &mut dressed);
        dressed.push('"');
    }
    dressed.push_str(&format!(" width=\"100%\" viewBox=\"0 0 {width} {height}\">"));
    let mut rest = body;
    while let Some(at) = rest.find("zr") {
        let digits = rest[at + 2..].bytes().take_while(u8::is_ascii_digit).count();
        let named = digits > 0 && rest[at + 2 + digits..].starts_with('-');
        let reference = rest[..at].ends_with(['"', '#', '.', ' ']);
        let end = at + 2 + digits;
        dressed.push_str(&rest[..at]);
        if named && reference {
            dressed.push_str(&unique);
        }
        dressed.push_str(&rest[at..end]);
        rest = &rest[end..];
    }
    dressed.push_str(rest);
    dressed
}

/// The prefix of a drawing's ids: `d` and 10 hexadecimal digits of its key.
fn prefix(key: &Key) -> String {
    let digits: String = key[..5].iter().map(|byte| format!("{byte:02x}")).collect();
    format!("d{digits}-")
}

fn escape(text: &str, into: &mut String) {
    for character in text.chars() {
        match character {
            '&' => into.push_str("&amp;"),
            '<' => into.push_str("&lt;"),
            '>' => into.push_str("&gt;"),
            '"' => into.push_str("&quot;"),
            other => into.push(other),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_are_prefixed_and_texts_are_not() {
        let svg = r##"<svg width="1" height="1"><g clip-path="url(#zr0-c0)"><text>zr and zr9 and zr1-x</text></g><clipPath id="zr0-c0"/></svg>"##;
        let dressed = dress(svg, &[7; 32], Some("a < \"b\""), 640, 300);
        assert!(dressed.contains("url(#d0707070707-zr0-c0)") && dressed.contains("id=\"d0707070707-zr0-c0\""));
        assert!(dressed.contains("aria-label=\"a &lt; &quot;b&quot;\"") && dressed.contains("viewBox=\"0 0 640 300\""));
        assert!(dressed.contains("<text>zr and zr9 and"));
    }
}

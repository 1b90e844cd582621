//! Query strings: pairs of names and values, percent-encoded.

/// The name-value pairs of a query string, decoded, in their order; a leading `?` is passed over.
pub fn pairs(query: &str) -> impl Iterator<Item = (String, String)> + '_ {
    query.trim_start_matches('?').split('&').filter(|pair| !pair.is_empty()).map(|pair| {
        let (name, value) = pair.split_once('=').unwrap_or((pair, ""));
        (decode(name), decode(value))
    })
}

/// The value of the first pair of this name.
pub fn value(query: &str, name: &str) -> Option<String> {
    pairs(query).find(|(found, _)| found == name).map(|(_, value)| value)
}

/// Pairs as a query string without `?`.
pub fn join<'a>(pairs: impl IntoIterator<Item = (&'a str, &'a str)>) -> String {
    let coded: Vec<String> =
        pairs.into_iter().map(|(name, value)| format!("{}={}", encode(name), encode(value))).collect();
    coded.join("&")
}

/// Percent-encodes all but RFC 3986's unreserved characters; right in a path segment and in a query.
pub fn encode(text: &str) -> String {
    let mut coded = String::with_capacity(text.len());
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            coded.push(char::from(byte));
        } else {
            coded.push('%');
            for digit in [byte >> 4, byte & 15] {
                coded.push(char::from(b"0123456789ABCDEF"[usize::from(digit)]));
            }
        }
    }
    coded
}

/// Undoes percent-encoding, and `+` for a space as forms write it; what does not decode stays as it is.
pub fn decode(text: &str) -> String {
    let bytes = text.as_bytes();
    let digit = |at: usize| bytes.get(at).and_then(|byte| char::from(*byte).to_digit(16));
    let mut plain = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        match (bytes[at], digit(at + 1), digit(at + 2)) {
            (b'%', Some(high), Some(low)) => {
                plain.push((high * 16 + low) as u8);
                at += 2;
            }
            (b'+', _, _) => plain.push(b' '),
            (byte, _, _) => plain.push(byte),
        }
        at += 1;
    }
    String::from_utf8_lossy(&plain).into_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn any_text_survives() {
        for text in
            ["", "plain", "50 % off; more, \"quoted\"", "Zürich – ok", "a+b&c=d/e?f#g", "100%", "%zz", "\u{0}\n"]
        {
            assert_eq!(decode(&encode(text)), text);
            assert_eq!(value(&join([("k&", text)]), "k&"), Some(text.to_owned()));
        }
        assert_eq!(encode("a b/ü"), "a%20b%2F%C3%BC");
    }

    #[test]
    fn forms_write_spaces_as_plus() {
        assert_eq!(value("?q=red+mug&x=", "q"), Some("red mug".to_owned()));
        assert_eq!(value("?q=red+mug&x=", "x"), Some(String::new()));
        assert_eq!(value("", "q"), None);
    }

    #[test]
    fn what_does_not_decode_stays_as_it_is() {
        assert_eq!(decode("100%"), "100%");
        assert_eq!(decode("%zz%4"), "%zz%4");
    }
}

//! The lines of an iCalendar file: unfolded, taken apart, their values read.

use crate::Day;

/// A content line: `NAME;PARAMETER=…:VALUE`. Parameters are dropped: whether a value is a day or a time, it says itself.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Line {
    /// In upper case.
    pub(super) name: String,
    pub(super) value: String,
}

/// The content lines with the number (from 1) of the first of the lines that each was folded into; blank ones left out.
pub(super) fn lines(bytes: &[u8]) -> Vec<(u32, String)> {
    // Folding counts octets and may cut a letter in two, so lines are joined before they are decoded.
    let mut joined: Vec<(u32, Vec<u8>)> = Vec::new();
    let bytes = bytes.strip_prefix(&[0xEF, 0xBB, 0xBF]).unwrap_or(bytes);
    for (index, line) in bytes.split(|byte| *byte == b'\n').enumerate() {
        let line = line.strip_suffix(b"\r").unwrap_or(line);
        match (line.first(), joined.last_mut()) {
            (Some(b' ' | b'\t'), Some((_, last))) => last.extend_from_slice(&line[1..]),
            (None, _) => {}
            _ => joined.push((u32::try_from(index + 1).unwrap_or(u32::MAX), line.to_vec())),
        }
    }
    joined.into_iter().map(|(number, line)| (number, String::from_utf8_lossy(&line).into_owned())).collect()
}

impl Line {
    /// Takes a line apart.
    pub(super) fn parse(text: &str) -> Result<Self, &'static str> {
        let mut quoted = false;
        let colon = text.bytes().position(|byte| {
            quoted ^= byte == b'"';
            byte == b':' && !quoted
        });
        let colon = colon.ok_or("a line such as SUMMARY:Fair")?;
        let head = &text[..colon];
        let name = head.split(';').next().unwrap_or("");
        let valid = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'-');
        if !valid {
            return Err("a name of letters before the colon");
        }
        Ok(Self { name: name.to_ascii_uppercase(), value: text[colon + 1..].trim().to_owned() })
    }

    /// The value as text, its escapes undone.
    pub(super) fn text(&self) -> String {
        let mut plain = String::with_capacity(self.value.len());
        let mut letters = self.value.chars();
        while let Some(letter) = letters.next() {
            match letter {
                '\\' => match letters.next() {
                    Some('n' | 'N') => plain.push(' '),
                    Some(escaped) => plain.push(escaped),
                    None => {}
                },
                letter if letter.is_control() => plain.push(' '),
                letter => plain.push(letter),
            }
        }
        plain.trim().to_owned()
    }

    /// The value as a day, and whether it means the day's first moment.
    pub(super) fn day(&self) -> Option<(Day, bool)> {
        day(&self.value)
    }
}

/// Reads `20241224`, `20241224T180000` or `20241224T180000Z`.
pub(super) fn day(text: &str) -> Option<(Day, bool)> {
    let text = text.trim();
    let (date, time) = match text.split_once(['T', 't']) {
        Some((date, time)) => (date, Some(time.trim_end_matches(['Z', 'z']))),
        None => (text, None),
    };
    let digits = |part: &str, count: usize| part.len() == count && part.bytes().all(|byte| byte.is_ascii_digit());
    if !digits(date, 8) || time.is_some_and(|time| !digits(time, 6)) {
        return None;
    }
    let number = |from: usize, to: usize| date[from..to].parse::<u32>().ok();
    let day = Day::from_civil(number(0, 4)? as i32, number(4, 6)?, number(6, 8)?).ok()?;
    Some((day, time.is_none_or(|time| time == "000000")))
}

/// Days after the first that a duration such as `P3D`, `P1W` or `PT8H` reaches.
pub(super) fn duration_days(text: &str) -> Option<i32> {
    let body = text.trim().strip_prefix('+').unwrap_or(text.trim()).strip_prefix('P')?;
    let (mut days, mut number, mut timed, mut any) = (0i32, None::<i32>, false, false);
    for letter in body.chars() {
        match (letter, number) {
            ('0'..='9', _) => {
                let digit = letter as i32 - '0' as i32;
                number = Some(number.unwrap_or(0).checked_mul(10)?.checked_add(digit)?);
                continue;
            }
            ('T', None) if !timed => timed = true,
            ('W', Some(weeks)) if !timed => days = days.checked_add(weeks.checked_mul(7)?)?,
            ('D', Some(count)) if !timed => days = days.checked_add(count)?,
            ('H', Some(hours)) if timed => days = days.checked_add(hours / 24)?,
            ('M' | 'S', Some(_)) if timed => {}
            _ => return None,
        }
        any |= number.is_some();
        number = None;
    }
    (any && number.is_none()).then_some((days - 1).max(0))
}

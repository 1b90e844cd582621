//! In which encoding a text is written, and its way to UTF-8.

use crate::source::read_full;
use aisle_domain::import::Encoding;
use std::io::{self, Read};

const BUFFER: usize = 64 * 1024;

/// The encoding by the start of a file: byte order mark, pattern of zero bytes, validity as UTF-8. `whole` says that the
/// start is all there is; else a character that it cuts off says nothing, and the rest may still prove not to be UTF-8.
pub(crate) fn guess(start: &[u8], whole: bool) -> Encoding {
    if let Some(encoding) = utf16_of(start) {
        return encoding;
    }
    match std::str::from_utf8(start) {
        Ok(_) => Encoding::Utf8,
        Err(error) if error.error_len().is_none() && !whole => Encoding::Utf8,
        Err(_) => Encoding::Windows1252,
    }
}

/// Where a start proves to be no text at all: the offset of a byte that no text holds, and the byte.
pub(crate) fn not_text(start: &[u8], encoding: Encoding) -> Option<(usize, u8)> {
    if matches!(encoding, Encoding::Utf16Le | Encoding::Utf16Be) {
        return None;
    }
    let control = |byte: &u8| matches!(byte, 0..=8 | 0x0e..=0x19 | 0x1b..=0x1f);
    let zero = start.iter().position(|byte| *byte == 0);
    let controls = start.iter().filter(|byte| control(byte)).count();
    let many = || start.iter().position(control).filter(|_| controls * 100 > start.len());
    zero.or_else(many).map(|at| (at, start[at]))
}

fn utf16_of(start: &[u8]) -> Option<Encoding> {
    match start {
        [0xff, 0xfe, ..] => return Some(Encoding::Utf16Le),
        [0xfe, 0xff, ..] => return Some(Encoding::Utf16Be),
        _ => {}
    }
    let sample = &start[..start.len().min(4096)];
    let zeros = |parity: usize| sample.iter().skip(parity).step_by(2).filter(|byte| **byte == 0).count();
    let (even, odd, half) = (zeros(0), zeros(1), sample.len() / 2);
    match half {
        0 => None,
        _ if odd * 2 > half && even * 10 < half => Some(Encoding::Utf16Le),
        _ if even * 2 > half && odd * 10 < half => Some(Encoding::Utf16Be),
        _ => None,
    }
}

/// A text as UTF-8, without its byte order mark.
pub(crate) fn decode(mut raw: Box<dyn Read + Send>, encoding: Encoding) -> io::Result<Box<dyn Read + Send>> {
    let charset = match encoding {
        Encoding::Utf8 => {
            let mut start = [0u8; 3];
            let read = read_full(&mut raw, &mut start)?;
            let start = if start == [0xef, 0xbb, 0xbf] { Vec::new() } else { start[..read].to_vec() };
            return Ok(Box::new(io::Cursor::new(start).chain(raw)));
        }
        Encoding::Utf16Le => encoding_rs::UTF_16LE,
        Encoding::Utf16Be => encoding_rs::UTF_16BE,
        Encoding::Windows1252 => encoding_rs::WINDOWS_1252,
    };
    let decoder = charset.new_decoder_with_bom_removal();
    Ok(Box::new(Decoding { raw, decoder, input: vec![0; BUFFER], output: Vec::new(), at: 0, ended: false }))
}

struct Decoding {
    raw: Box<dyn Read + Send>,
    decoder: encoding_rs::Decoder,
    input: Vec<u8>,
    output: Vec<u8>,
    at: usize,
    ended: bool,
}

impl Read for Decoding {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while self.at == self.output.len() && !self.ended {
            let read = self.raw.read(&mut self.input)?;
            self.ended = read == 0;
            let room = self.decoder.max_utf8_buffer_length(read).unwrap_or(self.input.len() * 4);
            self.output.resize(room, 0);
            let (_, _, written, _) = self.decoder.decode_to_utf8(&self.input[..read], &mut self.output, self.ended);
            self.output.truncate(written);
            self.at = 0;
        }
        let given = buffer.len().min(self.output.len() - self.at);
        buffer[..given].copy_from_slice(&self.output[self.at..self.at + given]);
        self.at += given;
        Ok(given)
    }
}

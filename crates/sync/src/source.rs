//! Opening a file: how it is packed, in which encoding it is written, and its text as a stream of UTF-8.

use crate::SyncError;
use aisle_domain::import::{Encoding, Packing};
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

/// One file, or one member of a zip archive.
#[derive(Debug, Clone)]
pub(crate) struct Source {
    /// The file.
    pub(crate) path: PathBuf,
    /// How it is packed.
    pub(crate) packing: Packing,
    /// The member, in a zip.
    pub(crate) member: Option<String>,
    /// Bytes to be read: of the file, or of the unpacked member.
    pub(crate) total: u64,
}

const BUFFER: usize = 256 * 1024;

fn io_error(path: &Path) -> impl Fn(io::Error) -> SyncError + '_ {
    move |source| SyncError::Io { path: path.to_owned(), source }
}

fn packing_error(path: &Path, error: &dyn std::fmt::Display) -> SyncError {
    SyncError::Packing { path: path.to_owned(), reason: error.to_string() }
}

/// How a file is packed, by its first bytes.
///
/// # Errors
/// [`SyncError::Io`].
pub(crate) fn packing_of(path: &Path) -> Result<Packing, SyncError> {
    let mut magic = [0u8; 4];
    let mut file = File::open(path).map_err(io_error(path))?;
    let read = read_full(&mut file, &mut magic).map_err(io_error(path))?;
    Ok(match &magic[..read] {
        [0x1f, 0x8b, ..] => Packing::Gzip,
        [0x28, 0xb5, 0x2f, 0xfd] => Packing::Zstd,
        [b'P', b'K', 3, 4] | [b'P', b'K', 5, 6] => Packing::Zip,
        _ => Packing::None,
    })
}

impl Source {
    /// Every file in `path`: one, or the members of a zip archive that are neither folders nor hidden.
    ///
    /// # Errors
    /// [`SyncError::Io`], [`SyncError::Packing`].
    pub(crate) fn list(path: &Path) -> Result<Vec<Self>, SyncError> {
        let packing = packing_of(path)?;
        if packing != Packing::Zip {
            let total = std::fs::metadata(path).map_err(io_error(path))?.len();
            return Ok(vec![Self { path: path.to_owned(), packing, member: None, total }]);
        }
        let mut archive = archive(path)?;
        let mut members = Vec::new();
        for index in 0..archive.len() {
            let entry = archive.by_index_raw(index).map_err(|e| packing_error(path, &e))?;
            let name = entry.name();
            let hidden = name.rsplit('/').next().is_none_or(|last| last.is_empty() || last.starts_with('.'));
            if entry.is_file() && !hidden && !name.starts_with("__MACOSX") {
                members.push(Self {
                    path: path.to_owned(),
                    packing,
                    member: Some(name.to_owned()),
                    total: entry.size(),
                });
            }
        }
        Ok(members)
    }

    /// One file or member; a zip of one member needs no name.
    ///
    /// # Errors
    /// As [`Source::list`], and [`SyncError::Member`].
    pub(crate) fn find(path: &Path, member: Option<&str>) -> Result<Self, SyncError> {
        let mut all = Self::list(path)?;
        let position = match member {
            None if all.len() == 1 => Some(0),
            Some(name) => all.iter().position(|source| source.member.as_deref().is_none_or(|m| m == name)),
            None => None,
        };
        match position {
            Some(position) => Ok(all.swap_remove(position)),
            None => Err(SyncError::Member {
                path: path.to_owned(),
                member: member.unwrap_or_default().to_owned(),
                found: all.iter().filter_map(|s| s.member.as_deref()).collect::<Vec<_>>().join(", "),
            }),
        }
    }

    /// The unpacked bytes; `done` counts the bytes read of [`Source::total`].
    ///
    /// # Errors
    /// [`SyncError::Io`], [`SyncError::Packing`].
    pub(crate) fn unpacked(&self, done: Arc<AtomicU64>) -> Result<Box<dyn Read + Send>, SyncError> {
        let file = File::open(&self.path).map_err(io_error(&self.path))?;
        let counted = |inner| Counting { inner, done: Arc::clone(&done) };
        Ok(match self.packing {
            Packing::None => Box::new(counted(file)),
            Packing::Gzip => {
                Box::new(flate2::read::MultiGzDecoder::new(BufReader::with_capacity(BUFFER, counted(file))))
            }
            Packing::Zstd => Box::new(
                zstd::stream::read::Decoder::new(counted(file)).map_err(|error| packing_error(&self.path, &error))?,
            ),
            Packing::Zip => Box::new(self.spooled_member(done)?),
        })
    }

    /// The unpacked file on disk, for formats that need to jump about in it.
    ///
    /// # Errors
    /// [`SyncError::Io`], [`SyncError::Packing`].
    pub(crate) fn seekable(&self) -> Result<File, SyncError> {
        if self.packing == Packing::None {
            return File::open(&self.path).map_err(io_error(&self.path));
        }
        let mut spool = tempfile::tempfile().map_err(io_error(&self.path))?;
        let mut unpacked = self.unpacked(Arc::default())?;
        io::copy(&mut unpacked, &mut spool).map_err(|error| packing_error(&self.path, &error))?;
        spool.seek(SeekFrom::Start(0)).map_err(io_error(&self.path))?;
        Ok(spool)
    }

    /// A zip's decoder borrows its archive, so a member is unpacked to a nameless file first: bounded memory, any size.
    fn spooled_member(&self, done: Arc<AtomicU64>) -> Result<Counting<File>, SyncError> {
        let name = self.member.as_deref().unwrap_or_default();
        let mut archive = archive(&self.path)?;
        let mut entry = archive.by_name(name).map_err(|error| packing_error(&self.path, &error))?;
        let mut spool = tempfile::tempfile().map_err(io_error(&self.path))?;
        io::copy(&mut entry, &mut spool).map_err(|error| packing_error(&self.path, &error))?;
        spool.seek(SeekFrom::Start(0)).map_err(io_error(&self.path))?;
        Ok(Counting { inner: spool, done })
    }

    /// Whether the unpacked bytes begin as Parquet does.
    ///
    /// # Errors
    /// [`SyncError::Packing`].
    pub(crate) fn is_parquet(&self) -> Result<bool, SyncError> {
        let mut magic = [0u8; 4];
        let mut unpacked = self.unpacked(Arc::default())?;
        let read = read_full(&mut unpacked, &mut magic).map_err(|error| packing_error(&self.path, &error))?;
        Ok(&magic[..read] == b"PAR1")
    }

    /// The text, decoded to UTF-8 without its byte order mark. Text declared UTF-8 passes as it is: wrong bytes in it are
    /// found row by row.
    ///
    /// # Errors
    /// [`SyncError::Io`], [`SyncError::Packing`].
    pub(crate) fn text(&self, encoding: Encoding, done: Arc<AtomicU64>) -> Result<Box<dyn Read + Send>, SyncError> {
        decode(self.unpacked(done)?, encoding).map_err(|error| packing_error(&self.path, &error))
    }

    /// The encoding, by byte order mark, by the pattern of zero bytes, and by the validity of the whole file as UTF-8.
    ///
    /// # Errors
    /// [`SyncError::Packing`].
    pub(crate) fn encoding(&self) -> Result<Encoding, SyncError> {
        let failed = |error: io::Error| packing_error(&self.path, &error);
        let mut unpacked = self.unpacked(Arc::default())?;
        let mut buffer = vec![0u8; BUFFER];
        let mut held = read_full(&mut unpacked, &mut buffer).map_err(failed)?;
        if let Some(encoding) = utf16_of(&buffer[..held]) {
            return Ok(encoding);
        }
        loop {
            let rest = match std::str::from_utf8(&buffer[..held]) {
                Ok(_) => 0,
                Err(error) if error.error_len().is_some() => return Ok(Encoding::Windows1252),
                Err(error) => held - error.valid_up_to(),
            };
            buffer.copy_within(held - rest..held, 0);
            let more = read_full(&mut unpacked, &mut buffer[rest..]).map_err(failed)?;
            if more == 0 {
                return Ok(if rest == 0 { Encoding::Utf8 } else { Encoding::Windows1252 });
            }
            held = rest + more;
        }
    }
}

fn archive(path: &Path) -> Result<zip::ZipArchive<BufReader<File>>, SyncError> {
    let file = File::open(path).map_err(io_error(path))?;
    zip::ZipArchive::new(BufReader::new(file)).map_err(|error| packing_error(path, &error))
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

fn decode(mut raw: Box<dyn Read + Send>, encoding: Encoding) -> io::Result<Box<dyn Read + Send>> {
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
    Ok(Box::new(Decoding { raw, decoder, input: vec![0; BUFFER / 4], output: Vec::new(), at: 0, ended: false }))
}

/// Reads until the buffer is full or the input ends.
pub(crate) fn read_full(input: &mut (impl Read + ?Sized), buffer: &mut [u8]) -> io::Result<usize> {
    let mut held = 0;
    while held < buffer.len() {
        match input.read(&mut buffer[held..]) {
            Ok(0) => break,
            Ok(more) => held += more,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => {}
            Err(error) => return Err(error),
        }
    }
    Ok(held)
}

#[derive(Debug)]
struct Counting<R> {
    inner: R,
    done: Arc<AtomicU64>,
}

impl<R: Read> Read for Counting<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.done.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
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

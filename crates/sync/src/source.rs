//! What lies at a path: one file, or the members of a zip archive; and its bytes, unpacked.

use crate::packing::{self, Expansion, Unpacked};
use crate::{SyncError, encoding};
use aisle_domain::import::{Encoding, Packing};
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicU64;

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
    /// Where the member lies.
    entry: Option<packing::Entry>,
}

fn io_error(path: &Path) -> impl Fn(io::Error) -> SyncError + '_ {
    move |source| SyncError::Io { path: path.to_owned(), source }
}

/// An error while a file's bytes were unpacked or read.
pub(crate) fn broken(path: &Path, error: &io::Error) -> SyncError {
    let (path, reason) = (path.to_owned(), error.to_string());
    match error.kind() {
        io::ErrorKind::FileTooLarge => SyncError::Expansion { path, reason },
        _ => SyncError::Packing { path, reason },
    }
}

/// How a file is packed, by its first bytes.
fn packing_of(path: &Path) -> Result<Packing, SyncError> {
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
    /// [`SyncError::Io`], [`SyncError::Packing`], [`SyncError::Expansion`], [`SyncError::NotATable`].
    pub(crate) fn list(path: &Path) -> Result<Vec<Self>, SyncError> {
        let packing = packing_of(path)?;
        let bytes = std::fs::metadata(path).map_err(io_error(path))?.len();
        if packing != Packing::Zip {
            return Ok(vec![Self { path: path.to_owned(), packing, member: None, total: bytes, entry: None }]);
        }
        let failed = |error: zip::result::ZipError| SyncError::Packing {
            path: path.to_owned(),
            reason: format!("{error} (its directory of members)"),
        };
        let file = File::open(path).map_err(io_error(path))?;
        let mut archive = zip::ZipArchive::new(BufReader::new(file)).map_err(failed)?;
        let mut members = Vec::new();
        for index in 0..archive.len() {
            let entry = archive.by_index_raw(index).map_err(failed)?;
            let name = entry.name();
            if name == "[Content_Types].xml" {
                let file = path.file_name().unwrap_or_default().to_string_lossy().into_owned();
                let found = "a workbook or another office document".to_owned();
                return Err(SyncError::NotATable { file, found });
            }
            let hidden = name.rsplit('/').next().is_none_or(|last| last.is_empty() || last.starts_with('.'));
            if entry.is_file() && !hidden && !name.starts_with("__MACOSX") {
                members.push(Self {
                    path: path.to_owned(),
                    packing,
                    member: Some(name.to_owned()),
                    total: entry.size(),
                    entry: Some(packing::Entry::of(&entry)),
                });
            }
        }
        let total = members.iter().fold(0u64, |sum, member| sum.saturating_add(member.total));
        let announced = Expansion { packed: bytes, unpacked: total };
        if announced.is_a_bomb() {
            return Err(SyncError::Expansion { path: path.to_owned(), reason: announced.to_string() });
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
        let unpacked = match (self.packing, &self.entry) {
            (Packing::None, _) => return Ok(Box::new(packing::Counting::new(file, done))),
            (Packing::Zip, Some(entry)) => Unpacked::member(file, entry, done),
            (packing, _) => Unpacked::whole(file, packing, done),
        };
        unpacked.map(|unpacked| Box::new(unpacked) as _).map_err(|error| broken(&self.path, &error))
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
        io::copy(&mut unpacked, &mut spool).map_err(|error| broken(&self.path, &error))?;
        spool.seek(SeekFrom::Start(0)).map_err(io_error(&self.path))?;
        Ok(spool)
    }

    /// The first bytes, unpacked: up to this many.
    ///
    /// # Errors
    /// As [`Source::unpacked`].
    pub(crate) fn begin(&self, bytes: usize) -> Result<Vec<u8>, SyncError> {
        let mut begin = vec![0; bytes];
        let mut unpacked = self.unpacked(Arc::default())?;
        let held = read_full(&mut unpacked, &mut begin).map_err(|error| broken(&self.path, &error))?;
        begin.truncate(held);
        Ok(begin)
    }

    /// The text, decoded to UTF-8 without its byte order mark. Text declared UTF-8 passes as it is: wrong bytes in it are
    /// found row by row.
    ///
    /// # Errors
    /// [`SyncError::Io`], [`SyncError::Packing`].
    pub(crate) fn text(&self, encoding: Encoding, done: Arc<AtomicU64>) -> Result<Box<dyn Read + Send>, SyncError> {
        encoding::decode(self.unpacked(done)?, encoding).map_err(|error| broken(&self.path, &error))
    }
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

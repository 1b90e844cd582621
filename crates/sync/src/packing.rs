//! Unpacking as a stream: gzip, Zstandard, and members of zip archives. Checksums are verified, an error says how far it
//! came, and what unpacks to far more than any table would is refused before it fills memory or disk.

use aisle_domain::import::Packing;
use std::fmt;
use std::fs::File;
use std::io::{self, BufReader, Read, Seek, SeekFrom, Take};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use zip::CompressionMethod;

const BUFFER: usize = 256 * 1024;
/// Unpacked bytes that are never too many.
const ROOM: u64 = 100_000_000;
/// Tables pack to a fifth or a twentieth of their size; what packs better than this is made to hurt.
const MOST_EXPANSION: u64 = 200;

/// How much has become of how little.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Expansion {
    /// Bytes as they lie.
    pub(crate) packed: u64,
    /// Bytes that they become.
    pub(crate) unpacked: u64,
}

impl Expansion {
    /// Whether no honest table packs so well.
    pub(crate) fn is_a_bomb(self) -> bool {
        self.unpacked > ROOM && self.unpacked / MOST_EXPANSION > self.packed
    }
}

impl fmt::Display for Expansion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { packed, unpacked } = self;
        write!(f, "{packed} bytes become {unpacked} or more, beyond {MOST_EXPANSION} times as many")
    }
}

/// Where a member lies in its archive, and what it must come out as.
#[derive(Debug, Clone)]
pub(crate) struct Entry {
    start: u64,
    packed: u64,
    size: u64,
    checksum: u32,
    method: CompressionMethod,
    encrypted: bool,
}

impl Entry {
    /// What an archive's directory says of a member.
    pub(crate) fn of<R: Read>(entry: &zip::read::ZipFile<'_, R>) -> Self {
        Self {
            start: entry.data_start(),
            packed: entry.compressed_size(),
            size: entry.size(),
            checksum: entry.crc32(),
            method: entry.compression(),
            encrypted: entry.encrypted(),
        }
    }
}

/// Unpacked bytes.
pub(crate) struct Unpacked {
    inner: Box<dyn Read + Send>,
    /// Packed bytes read so far.
    packed: Arc<AtomicU64>,
    unpacked: u64,
    member: Option<Member>,
}

/// What is known of a zip's member in advance.
struct Member {
    size: u64,
    checksum: u32,
    so_far: flate2::Crc,
    /// Counts the unpacked bytes: the size of the member is the measure of progress.
    done: Arc<AtomicU64>,
}

impl Unpacked {
    /// A whole file; `done` counts its packed bytes.
    pub(crate) fn whole(file: File, packing: Packing, done: Arc<AtomicU64>) -> io::Result<Self> {
        let counted = BufReader::with_capacity(BUFFER, Counting::new(file, Arc::clone(&done)));
        let inner: Box<dyn Read + Send> = match packing {
            Packing::Zstd => Box::new(zstd::stream::read::Decoder::with_buffer(counted)?),
            _ => Box::new(flate2::bufread::MultiGzDecoder::new(counted)),
        };
        Ok(Self { inner, packed: done, unpacked: 0, member: None })
    }

    /// A member of a zip archive; `done` counts its unpacked bytes.
    pub(crate) fn member(mut file: File, entry: &Entry, done: Arc<AtomicU64>) -> io::Result<Self> {
        if entry.encrypted {
            return Err(io::Error::other("the member is encrypted"));
        }
        file.seek(SeekFrom::Start(entry.start))?;
        let packed = Arc::new(AtomicU64::new(0));
        let counted: Take<Counting<File>> = Counting::new(file, Arc::clone(&packed)).take(entry.packed);
        let counted = BufReader::with_capacity(BUFFER, counted);
        let inner: Box<dyn Read + Send> = match entry.method {
            CompressionMethod::Stored => Box::new(counted),
            CompressionMethod::Deflated => Box::new(flate2::bufread::DeflateDecoder::new(counted)),
            other => return Err(io::Error::other(format!("the member is packed by {other}, which is not read here"))),
        };
        let so_far = flate2::Crc::new();
        let member = Some(Member { size: entry.size, checksum: entry.checksum, so_far, done });
        Ok(Self { inner, packed, unpacked: 0, member })
    }

    fn expansion(&self) -> Expansion {
        Expansion { packed: self.packed.load(Ordering::Relaxed), unpacked: self.unpacked }
    }

    /// At the end of a member: it must be what its archive says.
    fn check(&self) -> io::Result<()> {
        let Some(member) = &self.member else { return Ok(()) };
        let wrong = |reason: String| Err(io::Error::new(io::ErrorKind::InvalidData, reason));
        if self.unpacked != member.size {
            return wrong(format!("{} bytes come out where its archive announces {}", self.unpacked, member.size));
        }
        if member.so_far.sum() != member.checksum {
            let found = member.so_far.sum();
            return wrong(format!("its checksum is {found:08x} where its archive says {:08x}", member.checksum));
        }
        Ok(())
    }
}

impl Read for Unpacked {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer).map_err(|error| {
            let Expansion { packed, unpacked } = self.expansion();
            let place = format!("{packed} bytes into the packed data, {unpacked} bytes into what it holds");
            io::Error::new(error.kind(), format!("{error}, {place}"))
        })?;
        self.unpacked += read as u64;
        if let Some(member) = &mut self.member {
            member.so_far.update(&buffer[..read]);
            member.done.fetch_add(read as u64, Ordering::Relaxed);
        }
        if self.expansion().is_a_bomb() {
            return Err(io::Error::new(io::ErrorKind::FileTooLarge, self.expansion().to_string()));
        }
        if read == 0 && !buffer.is_empty() {
            self.check()?;
        }
        Ok(read)
    }
}

/// Counts the bytes that pass.
#[derive(Debug)]
pub(crate) struct Counting<R> {
    inner: R,
    done: Arc<AtomicU64>,
}

impl<R> Counting<R> {
    pub(crate) fn new(inner: R, done: Arc<AtomicU64>) -> Self {
        Self { inner, done }
    }
}

impl<R: Read> Read for Counting<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.inner.read(buffer)?;
        self.done.fetch_add(read as u64, Ordering::Relaxed);
        Ok(read)
    }
}

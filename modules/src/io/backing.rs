//! What a binary stream stands on: memory or a file with buffers. Knows no Python.

use std::cell::RefCell;
use std::fs::File;
use std::io::{Error, IsTerminal, Read, Result, Seek, SeekFrom, Write};
use std::rc::Rc;

/// How much is read from a file, and gathered before it is written, at a time.
const CHUNK: usize = 1 << 16;

/// No single read of a file makes room for more.
const LARGEST: usize = 1 << 20;

/// A file that a `FileIO` and the buffer over it share; none once it is closed.
pub type SharedFile = Rc<RefCell<Option<File>>>;

/// Bytes in memory or in a file, and a position in them.
pub enum Backing {
    /// `BytesIO`
    Memory {
        /// The bytes.
        bytes: Vec<u8>,
        /// The position, perhaps past the end.
        at: usize,
    },
    /// An open file.
    File {
        /// The file.
        file: SharedFile,
        /// What was read ahead.
        ahead: Vec<u8>,
        /// How much of it is used.
        used: usize,
        /// What is not yet written.
        unwritten: Vec<u8>,
        /// Whether each call goes to the file at once.
        direct: bool,
    },
    /// Nothing more.
    Closed,
}

impl Backing {
    /// A file at its present position.
    pub fn file(file: SharedFile, direct: bool) -> Self {
        let (ahead, unwritten) = (Vec::new(), Vec::new());
        Backing::File {
            file,
            ahead,
            used: 0,
            unwritten,
            direct,
        }
    }

    /// Whether it was closed, itself or by what shares its file.
    pub fn is_closed(&self) -> bool {
        match self {
            Backing::Memory { .. } => false,
            Backing::File { file, .. } => file.borrow().is_none(),
            Backing::Closed => true,
        }
    }

    /// Whether it is a file that is a terminal.
    pub fn is_terminal(&self) -> bool {
        match self {
            Backing::File { file, .. } => {
                file.borrow().as_ref().is_some_and(IsTerminal::is_terminal)
            }
            _ => false,
        }
    }

    /// Whether something was gathered and not yet written.
    pub fn holds_back(&self) -> bool {
        matches!(self, Backing::File { unwritten, .. } if !unwritten.is_empty())
    }

    /// Writes out what was gathered.
    pub fn flush(&mut self) -> Result<()> {
        if let Backing::File {
            file, unwritten, ..
        } = self
            && !unwritten.is_empty()
        {
            let gathered = std::mem::take(unwritten);
            with(file, |file| file.write_all(&gathered))?;
        }
        Ok(())
    }

    /// Forgets what was read ahead, so that the file's position is the stream's.
    fn settle(&mut self) -> Result<()> {
        self.flush()?;
        if let Backing::File {
            file, ahead, used, ..
        } = self
        {
            let left = ahead.len() - *used;
            if left > 0 {
                with(file, |file| file.seek(SeekFrom::Current(-(left as i64))))?;
            }
            ahead.clear();
            *used = 0;
        }
        Ok(())
    }

    /// Up to `size` bytes, or all to the end.
    pub fn read(&mut self, size: Option<usize>) -> Result<Vec<u8>> {
        self.flush()?;
        match self {
            Backing::Memory { bytes, at } => {
                let rest = bytes.get(*at..).unwrap_or_default();
                let taken = &rest[..rest.len().min(size.unwrap_or(usize::MAX))];
                *at += taken.len();
                Ok(taken.to_vec())
            }
            Backing::File {
                file,
                ahead,
                used,
                direct,
                ..
            } => {
                let mut out = Vec::new();
                let Some(size) = size else {
                    out.extend_from_slice(&ahead[*used..]);
                    ahead.clear();
                    *used = 0;
                    with(file, |file| file.read_to_end(&mut out))?;
                    return Ok(out);
                };
                if *direct {
                    return with(file, |file| read_once(file, size));
                }
                while out.len() < size {
                    if *used == ahead.len() && !fill(file, ahead, used)? {
                        break;
                    }
                    let count = (size - out.len()).min(ahead.len() - *used);
                    out.extend_from_slice(&ahead[*used..*used + count]);
                    *used += count;
                }
                Ok(out)
            }
            Backing::Closed => Ok(Vec::new()),
        }
    }

    /// Up to `size` bytes of those that were read ahead, or of one read of the file.
    pub fn read_some(&mut self, size: usize) -> Result<Vec<u8>> {
        self.flush()?;
        let Backing::File {
            file, ahead, used, ..
        } = self
        else {
            return self.read(Some(size));
        };
        if *used == ahead.len() {
            if size >= CHUNK {
                return with(file, |file| read_once(file, size));
            }
            fill(file, ahead, used)?;
        }
        let count = size.min(ahead.len() - *used);
        let taken = ahead[*used..*used + count].to_vec();
        *used += count;
        Ok(taken)
    }

    /// Bytes that come next, without moving: at least one, unless there are none.
    pub fn peek(&mut self) -> Result<Vec<u8>> {
        self.flush()?;
        match self {
            Backing::Memory { bytes, at } => {
                let rest = bytes.get(*at..).unwrap_or_default();
                Ok(rest.get(..CHUNK).unwrap_or(rest).to_vec())
            }
            Backing::File {
                file, ahead, used, ..
            } => {
                if *used == ahead.len() {
                    fill(file, ahead, used)?;
                }
                Ok(ahead.get(*used..).unwrap_or_default().to_vec())
            }
            Backing::Closed => Ok(Vec::new()),
        }
    }

    /// The bytes up to and with the next line feed, up to `limit`.
    pub fn read_line(&mut self, limit: Option<usize>) -> Result<Vec<u8>> {
        self.flush()?;
        let limit = limit.unwrap_or(usize::MAX);
        let mut out = Vec::new();
        loop {
            let (source, position): (&[u8], &mut usize) = match self {
                Backing::Memory { bytes, at } => (bytes, at),
                Backing::File {
                    file, ahead, used, ..
                } => {
                    if *used == ahead.len() {
                        fill(file, ahead, used)?;
                    }
                    (ahead, used)
                }
                Backing::Closed => return Ok(out),
            };
            let rest = source.get(*position..).unwrap_or_default();
            let rest = &rest[..rest.len().min(limit - out.len())];
            if rest.is_empty() {
                return Ok(out);
            }
            let end = rest.iter().position(|&b| b == b'\n').map(|at| at + 1);
            let count = end.unwrap_or(rest.len());
            out.extend_from_slice(&rest[..count]);
            *position += count;
            if end.is_some() {
                return Ok(out);
            }
        }
    }

    /// Writes at the position.
    pub fn write(&mut self, data: &[u8]) -> Result<()> {
        if let Backing::File { ahead, .. } = self
            && !ahead.is_empty()
        {
            self.settle()?;
        }
        match self {
            Backing::Memory { bytes, at } => {
                if data.is_empty() {
                    return Ok(());
                }
                let end = at.saturating_add(data.len());
                let more = end.saturating_sub(bytes.len());
                if more > 1 << 46 || bytes.try_reserve(more).is_err() {
                    return Err(std::io::ErrorKind::OutOfMemory.into());
                }
                if *at > bytes.len() {
                    bytes.resize(*at, 0);
                }
                let over = (bytes.len() - *at).min(data.len());
                bytes[*at..*at + over].copy_from_slice(&data[..over]);
                bytes.extend_from_slice(&data[over..]);
                *at += data.len();
            }
            Backing::File {
                unwritten, direct, ..
            } => {
                unwritten.extend_from_slice(data);
                if *direct || unwritten.len() >= CHUNK {
                    self.flush()?;
                }
            }
            Backing::Closed => {}
        }
        Ok(())
    }

    /// The position.
    pub fn tell(&mut self) -> Result<u64> {
        match self {
            Backing::Memory { at, .. } => Ok(*at as u64),
            Backing::File {
                file,
                ahead,
                used,
                unwritten,
                ..
            } => {
                let position = with(file, Seek::stream_position)? + unwritten.len() as u64;
                Ok(position - (ahead.len() - *used) as u64)
            }
            Backing::Closed => Ok(0),
        }
    }

    /// Moves the position and gives it; in memory, one before the start becomes the start.
    pub fn seek(&mut self, to: SeekFrom) -> Result<u64> {
        self.settle()?;
        match self {
            Backing::Memory { bytes, at } => {
                let wanted = match to {
                    SeekFrom::Start(offset) => offset as i64,
                    SeekFrom::Current(offset) => (*at as i64).saturating_add(offset),
                    SeekFrom::End(offset) => (bytes.len() as i64).saturating_add(offset),
                };
                *at = wanted.max(0) as usize;
                Ok(*at as u64)
            }
            Backing::File { file, .. } => with(file, |file| file.seek(to)),
            Backing::Closed => Ok(0),
        }
    }

    /// Cuts the end off, or, for a file, makes it longer.
    pub fn truncate(&mut self, size: u64) -> Result<()> {
        self.settle()?;
        match self {
            Backing::Memory { bytes, .. } => bytes.truncate(size as usize),
            Backing::File { file, .. } => with(file, |file| file.set_len(size))?,
            Backing::Closed => {}
        }
        Ok(())
    }

    /// Writes out what was gathered and lets go of the file.
    pub fn close(&mut self) -> Result<()> {
        let flushed = self.flush();
        if let Backing::File { file, .. } = self {
            file.borrow_mut().take();
        }
        *self = Backing::Closed;
        flushed
    }
}

impl Drop for Backing {
    fn drop(&mut self) {
        // Nobody is left to hear of an error.
        if !self.is_closed() {
            let _ = self.flush();
        }
    }
}

/// Works on the file, unless it is closed.
fn with<T>(file: &SharedFile, work: impl FnOnce(&mut File) -> Result<T>) -> Result<T> {
    /// C's `EBADF` on Linux.
    const BAD_DESCRIPTOR: i32 = 9;
    match file.borrow_mut().as_mut() {
        Some(file) => work(file),
        None => Err(Error::from_raw_os_error(BAD_DESCRIPTOR)),
    }
}

/// What one read of the file gives, where `size` is not enormous.
fn read_once(file: &mut File, size: usize) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    if size > LARGEST {
        file.take(size as u64).read_to_end(&mut out)?;
        return Ok(out);
    }
    out.resize(size, 0);
    let count = file.read(&mut out)?;
    out.truncate(count);
    Ok(out)
}

/// Reads ahead; whether there was more.
fn fill(file: &SharedFile, ahead: &mut Vec<u8>, used: &mut usize) -> Result<bool> {
    ahead.resize(CHUNK, 0);
    *used = 0;
    let read = with(file, |file| file.read(ahead));
    ahead.truncate(*read.as_ref().unwrap_or(&0));
    read.map(|count| count > 0)
}

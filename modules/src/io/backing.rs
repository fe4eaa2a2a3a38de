//! What a binary stream stands on: memory or a file with buffers. Knows no Python.

use std::fs::File;
use std::io::{Read, Result, Seek, SeekFrom, Write};

/// How much is read from a file, and gathered before it is written, at a time.
const CHUNK: usize = 1 << 16;

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
        file: File,
        /// What was read ahead.
        ahead: Vec<u8>,
        /// How much of it is used.
        used: usize,
        /// What is not yet written.
        unwritten: Vec<u8>,
        /// Whether each write goes to the file at once.
        direct: bool,
    },
    /// Nothing more.
    Closed,
}

impl Backing {
    /// A file at its present position.
    pub fn file(file: File, direct: bool) -> Self {
        let (ahead, unwritten) = (Vec::new(), Vec::new());
        Backing::File {
            file,
            ahead,
            used: 0,
            unwritten,
            direct,
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
            file.write_all(&std::mem::take(unwritten))?;
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
                file.seek(SeekFrom::Current(-(left as i64)))?;
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
                file, ahead, used, ..
            } => {
                let mut out = Vec::new();
                let Some(size) = size else {
                    out.extend_from_slice(&ahead[*used..]);
                    ahead.clear();
                    *used = 0;
                    file.read_to_end(&mut out)?;
                    return Ok(out);
                };
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
                let position = file.stream_position()? + unwritten.len() as u64;
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
            Backing::File { file, .. } => file.seek(to),
            Backing::Closed => Ok(0),
        }
    }

    /// Cuts the end off, or, for a file, makes it longer.
    pub fn truncate(&mut self, size: u64) -> Result<()> {
        self.settle()?;
        match self {
            Backing::Memory { bytes, .. } => bytes.truncate(size as usize),
            Backing::File { file, .. } => file.set_len(size)?,
            Backing::Closed => {}
        }
        Ok(())
    }

    /// Writes out what was gathered and lets go of the file.
    pub fn close(&mut self) -> Result<()> {
        let flushed = self.flush();
        *self = Backing::Closed;
        flushed
    }
}

impl Drop for Backing {
    fn drop(&mut self) {
        // Nobody is left to hear of an error.
        let _ = self.flush();
    }
}

/// Reads ahead; whether there was more.
fn fill(file: &mut File, ahead: &mut Vec<u8>, used: &mut usize) -> Result<bool> {
    ahead.resize(CHUNK, 0);
    *used = 0;
    let read = file.read(ahead);
    ahead.truncate(*read.as_ref().unwrap_or(&0));
    read.map(|count| count > 0)
}

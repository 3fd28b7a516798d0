//! ZIP archives as they are sent: each file as it is, nothing compressed, in the form of ZIP64 so that neither size nor number is
//! bounded. Written once from the front, never gone back in (APPNOTE 6.3.3, 4.3 and 4.4).

use crate::platform::db::Ts;
use chrono::{Datelike, Timelike};
use std::io::{self, Write};

/// ZIP64 is understood from 4.5 on.
const VERSION: u16 = 45;
/// Names are UTF-8.
const UTF8: u16 = 1 << 11;
const ZIP64: u16 = 1;

/// An archive on its way out.
pub struct Archive<W> {
    out: W,
    at: u64,
    files: Vec<File>,
}

/// What the directory at the end says of one file.
struct File {
    name: String,
    crc: u32,
    size: u64,
    at: u64,
    time: (u16, u16),
}

impl<W: Write> Archive<W> {
    /// An empty one.
    pub fn new(out: W) -> Self {
        Self { out, at: 0, files: Vec::new() }
    }

    /// Adds a file.
    pub fn add(&mut self, name: &str, made_at: Ts, content: &[u8]) -> io::Result<()> {
        let size = u64::try_from(content.len()).map_err(io::Error::other)?;
        let file = File { name: name.to_owned(), crc: crc32(content), size, at: self.at, time: dos_time(made_at) };
        let mut head = Vec::with_capacity(64 + name.len());
        put32(&mut head, 0x0403_4b50);
        common(&mut head, &file)?;
        put16(&mut head, 20);
        head.extend_from_slice(name.as_bytes());
        put16(&mut head, ZIP64);
        put16(&mut head, 16);
        put64(&mut head, size);
        put64(&mut head, size);
        self.write(&head)?;
        self.write(content)?;
        self.files.push(file);
        Ok(())
    }

    /// The directory, and what leads to it. Gives back what it was written to.
    pub fn finish(mut self) -> io::Result<W> {
        let begins = self.at;
        for file in std::mem::take(&mut self.files) {
            let mut entry = Vec::with_capacity(96 + file.name.len());
            put32(&mut entry, 0x0201_4b50);
            put16(&mut entry, VERSION);
            common(&mut entry, &file)?;
            put16(&mut entry, 28);
            entry.extend_from_slice(&[0; 10]); // No comment, one disk, no attributes.
            put32(&mut entry, u32::MAX);
            entry.extend_from_slice(file.name.as_bytes());
            put16(&mut entry, ZIP64);
            put16(&mut entry, 24);
            put64(&mut entry, file.size);
            put64(&mut entry, file.size);
            put64(&mut entry, file.at);
            self.write(&entry)?;
            self.files.push(file);
        }
        let (ends, count) = (self.at, u64::try_from(self.files.len()).map_err(io::Error::other)?);
        let mut last = Vec::with_capacity(98);
        put32(&mut last, 0x0606_4b50);
        put64(&mut last, 44);
        put16(&mut last, VERSION);
        put16(&mut last, VERSION);
        put32(&mut last, 0);
        put32(&mut last, 0);
        put64(&mut last, count);
        put64(&mut last, count);
        put64(&mut last, ends - begins);
        put64(&mut last, begins);
        put32(&mut last, 0x0706_4b50);
        put32(&mut last, 0);
        put64(&mut last, ends);
        put32(&mut last, 1);
        put32(&mut last, 0x0605_4b50);
        put32(&mut last, 0);
        put16(&mut last, u16::MAX);
        put16(&mut last, u16::MAX);
        put32(&mut last, u32::MAX);
        put32(&mut last, u32::MAX);
        put16(&mut last, 0);
        self.write(&last)?;
        Ok(self.out)
    }

    fn write(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.out.write_all(bytes)?;
        self.at += u64::try_from(bytes.len()).map_err(io::Error::other)?;
        Ok(())
    }
}

/// What a file's own head and its entry in the directory have in common: up to the length of its name.
fn common(to: &mut Vec<u8>, file: &File) -> io::Result<()> {
    put16(to, VERSION);
    put16(to, UTF8);
    put16(to, 0);
    put16(to, file.time.1);
    put16(to, file.time.0);
    put32(to, file.crc);
    put32(to, u32::MAX);
    put32(to, u32::MAX);
    put16(to, u16::try_from(file.name.len()).map_err(io::Error::other)?);
    Ok(())
}

fn put16(to: &mut Vec<u8>, n: u16) {
    to.extend_from_slice(&n.to_le_bytes());
}

fn put32(to: &mut Vec<u8>, n: u32) {
    to.extend_from_slice(&n.to_le_bytes());
}

fn put64(to: &mut Vec<u8>, n: u64) {
    to.extend_from_slice(&n.to_le_bytes());
}

/// Day and time as MS-DOS wrote them: from 1980 on, every other second.
fn dos_time(at: Ts) -> (u16, u16) {
    let part = |n: u32| u16::try_from(n).unwrap_or(0);
    let year = u16::try_from(at.year() - 1980).unwrap_or(0).min(127);
    let day = (year << 9) | (part(at.month()) << 5) | part(at.day());
    (day, (part(at.hour()) << 11) | (part(at.minute()) << 5) | part(at.second() / 2))
}

/// The check sum that archives bear (ISO 3309).
fn crc32(bytes: &[u8]) -> u32 {
    let mut crc = u32::MAX;
    for byte in bytes {
        crc ^= u32::from(*byte);
        for _ in 0..8 {
            crc = if crc & 1 == 1 { (crc >> 1) ^ 0xedb8_8320 } else { crc >> 1 };
        }
    }
    !crc
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_check_sum_is_the_known_one() {
        assert_eq!(crc32(b"123456789"), 0xcbf4_3926);
        assert_eq!(crc32(b""), 0);
    }

    #[test]
    fn a_directory_leads_to_every_file() {
        let mut archive = Archive::new(Vec::new());
        let at = Ts(chrono::DateTime::from_timestamp(1_780_000_000, 0).unwrap());
        archive.add("个人/一.txt", at, "你好".as_bytes()).unwrap();
        archive.add("b.bin", at, &[0, 1, 2]).unwrap();
        let bytes = archive.finish().unwrap();
        let read = |at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap());
        let eocd64 = usize::try_from(read(bytes.len() - 22 - 12)).unwrap();
        assert_eq!(&bytes[eocd64..eocd64 + 4], b"PK\x06\x06");
        assert_eq!(read(eocd64 + 24), 2);
        let directory = usize::try_from(read(eocd64 + 48)).unwrap();
        assert_eq!(&bytes[directory..directory + 4], b"PK\x01\x02");
        let name = usize::from(u16::from_le_bytes(bytes[directory + 28..directory + 30].try_into().unwrap()));
        assert_eq!(&bytes[directory + 46..directory + 46 + name], "个人/一.txt".as_bytes());
        let first = usize::try_from(read(directory + 46 + name + 4 + 16)).unwrap();
        assert_eq!(&bytes[first..first + 4], b"PK\x03\x04");
    }
}

//! Runs a program to its end or to a time limit, and keeps what it wrote.

use std::io::{self, Read};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::{Duration, Instant};

/// How often a running program's memory is read.
const SAMPLE: Duration = Duration::from_millis(20);

/// What a program did.
#[derive(Debug)]
pub struct Outcome {
    /// How it ended; None when it was killed at the time limit.
    pub status: Option<ExitStatus>,
    /// Its standard output.
    pub stdout: Vec<u8>,
    /// Its standard error.
    pub stderr: Vec<u8>,
    /// The most resident memory seen, in bytes; None where the system does not tell.
    pub peak_memory: Option<u64>,
}

/// Runs `command` without standard input, killing it at `limit`.
///
/// # Errors
/// When the program cannot be started or waited for.
pub fn run(command: &mut Command, limit: Duration) -> io::Result<Outcome> {
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()?;
    let stdout = child.stdout.take();
    let stderr = child.stderr.take();
    let (ended, end) = mpsc::channel::<()>();
    let stdout = read_aside(stdout, ended.clone());
    let stderr = read_aside(stderr, ended);

    // Both readers drop their sender at the end of their pipe, which is when the program is over.
    let deadline = Instant::now() + limit;
    let mut peak_memory = None;
    let killed = loop {
        let left = deadline.saturating_duration_since(Instant::now());
        match end.recv_timeout(left.min(SAMPLE)) {
            Err(RecvTimeoutError::Disconnected) => break false,
            _ if left.is_zero() => {
                child.kill()?;
                break true;
            }
            _ => peak_memory = resident_peak(&child).max(peak_memory),
        }
    };
    let status = child.wait()?;
    Ok(Outcome {
        status: (!killed).then_some(status),
        stdout: stdout.join().unwrap_or_default(),
        stderr: stderr.join().unwrap_or_default(),
        peak_memory,
    })
}

fn read_aside(
    pipe: Option<impl Read + Send + 'static>,
    ended: mpsc::Sender<()>,
) -> thread::JoinHandle<Vec<u8>> {
    thread::spawn(move || {
        let mut text = Vec::new();
        if let Some(mut pipe) = pipe {
            // A broken pipe ends the text where it broke; the exit status tells why.
            let _ = pipe.read_to_end(&mut text);
        }
        drop(ended);
        text
    })
}

/// The high-water mark of a running program's resident memory, as Linux counts it.
fn resident_peak(child: &Child) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id())).ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    Some(kibibytes * 1024)
}

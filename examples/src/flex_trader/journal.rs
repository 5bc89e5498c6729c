//! What a participant remembers, in a file: each change is a line of JSON behind those before.
//!
//! A change is durable when its line is on the disk, end of line and all; a line that was cut off by a crash never
//! happened. When the file is opened it is written anew, with what is left of it, beside the old one, which it then
//! replaces.

use std::fs::{File, OpenOptions, TryLockError};
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use usef_messages::roles::store::{Change, Entry, MemoryStore, Store, StoreError};

/// A store in a file.
#[derive(Debug)]
pub struct Journal {
    path: PathBuf,
    file: File,
    /// How much of the file counts, in bytes.
    length: u64,
    /// Held as long as the file is in use: two programs would write over each other.
    _lock: File,
}

impl Journal {
    /// Opens a file, or makes it.
    ///
    /// # Errors
    /// When it cannot be read and written, another program uses it, or it holds something else.
    pub fn open(path: &Path) -> Result<Self> {
        let lock = lock(path)?;
        let entries = read(path)?;
        let new = beside(path, "new");
        let mut file = File::create(&new).with_context(|| format!("writing {}", new.display()))?;
        for entry in entries {
            file.write_all(&line(&[Change::Insert(entry)])?)?;
        }
        file.sync_all().with_context(|| format!("writing {}", new.display()))?;
        std::fs::rename(&new, path).with_context(|| format!("replacing {}", path.display()))?;
        // Where a folder can be opened, its entry for the file is made durable too.
        if let Some(folder) = path.parent().and_then(|folder| File::open(folder).ok()) {
            folder.sync_all()?;
        }
        let length = file.metadata()?.len();
        Ok(Self { path: path.to_owned(), file, length, _lock: lock })
    }

    fn append(&mut self, changes: &[Change]) -> Result<()> {
        let line = line(changes)?;
        // What an earlier failure left there does not count.
        self.file.set_len(self.length)?;
        self.file.seek(SeekFrom::Start(self.length))?;
        self.file.write_all(&line)?;
        self.file.sync_data()?;
        self.length += u64::try_from(line.len())?;
        Ok(())
    }
}

impl Store for Journal {
    fn load(&mut self) -> Result<Vec<Entry>, StoreError> {
        read(&self.path).map_err(|error| StoreError(format!("{error:#}")))
    }

    fn commit(&mut self, changes: &[Change]) -> Result<(), StoreError> {
        self.append(changes)
            .map_err(|error| StoreError(format!("writing {}: {error:#}", self.path.display())))
    }
}

/// What the file holds; nothing where there is none.
fn read(path: &Path) -> Result<Vec<Entry>> {
    let text = match std::fs::read(path) {
        Ok(text) => text,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Vec::new(),
        Err(error) => return Err(error).with_context(|| format!("reading {}", path.display())),
    };
    let mut kept = MemoryStore::default();
    for (number, line) in (1..).zip(text.split_inclusive(|byte| *byte == b'\n')) {
        let Some(line) = line.strip_suffix(b"\n") else {
            if number == 1 && !begins_as_a_change(line) {
                bail!("{} is no state, and is left as it is", path.display());
            }
            break;
        };
        let changes: Vec<Change> = serde_json::from_slice(line)
            .with_context(|| format!("line {number} of {} is no change of a state", path.display()))?;
        kept.commit(&changes)?;
    }
    Ok(kept.load()?)
}

/// Whether a line that was cut off can have been one of ours: what is none must not be written over. A crash may leave
/// zeros where a line was to be.
fn begins_as_a_change(line: &[u8]) -> bool {
    let start = b"[{\"";
    line.starts_with(start) || start.starts_with(line) || line.iter().all(|byte| *byte == 0)
}

fn line(changes: &[Change]) -> Result<Vec<u8>> {
    let mut line = serde_json::to_vec(changes)?;
    line.push(b'\n');
    Ok(line)
}

fn lock(path: &Path) -> Result<File> {
    let name = beside(path, "lock");
    let lock = OpenOptions::new().create(true).truncate(false).write(true).open(&name);
    let lock = lock.with_context(|| format!("opening {}", name.display()))?;
    match lock.try_lock() {
        Ok(()) => Ok(lock),
        Err(TryLockError::WouldBlock) => bail!("another program uses {}", path.display()),
        Err(TryLockError::Error(error)) => Err(error).with_context(|| format!("locking {}", name.display())),
    }
}

/// A file of nearly the same name.
fn beside(path: &Path, extension: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(extension);
    name.into()
}

#[cfg(test)]
mod tests {
    use chrono::{TimeDelta, Utc};
    use usef_messages::discovery::AddressBook;
    use usef_messages::roles::store::{Peer, Stage};
    use usef_messages::roles::{Config, Dso};
    use usef_messages::sealing::SecretKey;
    use usef_messages::values::Role;

    use super::*;

    /// A folder of its own, gone at the end.
    struct Folder(PathBuf);

    impl Folder {
        fn new(name: &str) -> Self {
            let path = std::env::temp_dir().join(format!("journal-{name}-{}", std::process::id()));
            std::fs::create_dir_all(&path).expect("a folder");
            Self(path)
        }

        fn file(&self) -> PathBuf {
            self.0.join("state.jsonl")
        }
    }

    impl Drop for Folder {
        fn drop(&mut self) {
            // A folder that is left over does no harm.
            let _ = std::fs::remove_dir_all(&self.0);
        }
    }

    fn dso(file: &Path) -> Result<Dso> {
        let config = Config::new("dso.example".parse()?);
        let key = SecretKey::from_seed(&[1; 32]);
        Ok(Dso::new(config, key, AddressBook::default(), Journal::open(file)?, rand::random())?)
    }

    fn post(dso: &mut Dso) {
        let peer = Peer::new("agr.example".parse().expect("a domain"), Role::Agr);
        dso.test(&peer, Utc::now()).expect("it is kept");
    }

    #[test]
    fn what_was_kept_is_there_again_with_all_that_became_of_it() {
        let folder = Folder::new("again");
        let mut first = dso(&folder.file()).expect("a new file");
        post(&mut first);
        post(&mut first);
        let sent = first.poll_transmit(Utc::now()).expect("a message");
        let result = usef_messages::roles::delivery::DeliveryResult::status(200);
        first.handle_delivery(sent.id, result, Utc::now());
        let mut kept: Vec<Entry> = first.messages().cloned().collect();
        drop(first);
        for entry in &mut kept {
            if let Stage::Waiting(retry) = &mut entry.state.stage {
                // It may have been under way.
                retry.maybe_read = true;
            }
        }
        let mut second = dso(&folder.file()).expect("the same file");
        assert_eq!(second.messages().cloned().collect::<Vec<_>>(), kept);
        assert_eq!(second.waiting(), 1);
        let again = second.poll_transmit(Utc::now() + TimeDelta::seconds(1)).expect("the other message");
        assert_ne!(again.body, sent.body);
    }

    #[test]
    fn a_line_that_was_cut_off_never_happened_and_one_that_is_damaged_is_told() {
        let folder = Folder::new("cut");
        for _ in 0..2 {
            post(&mut dso(&folder.file()).expect("a file"));
        }
        let text = std::fs::read(folder.file()).expect("it is there");
        std::fs::write(folder.file(), &text[..text.len() - 1]).expect("it is written");
        assert_eq!(dso(&folder.file()).expect("one line is whole").messages().count(), 1);
        std::fs::write(folder.file(), [b"[{}]\n", &text[..]].concat()).expect("it is written");
        let error = format!("{:#}", dso(&folder.file()).expect_err("not a change"));
        assert!(error.contains("line 1 of") && error.contains("is no change of a state"), "{error}");
    }

    #[test]
    fn a_file_of_something_else_is_not_written_over() {
        let folder = Folder::new("else");
        for text in ["{ \"domain\": \"dso.example\" }", "hello", "{\n}\n"] {
            std::fs::write(folder.file(), text).expect("it is written");
            let error = format!("{:#}", dso(&folder.file()).expect_err("no state"));
            assert!(error.contains("is no"), "{error}");
            assert_eq!(std::fs::read_to_string(folder.file()).expect("it is there"), text);
        }
        for text in ["", "[", "[{\"Insert\":", "\0\0"] {
            std::fs::write(folder.file(), text).expect("it is written");
            assert_eq!(dso(&folder.file()).expect("nothing happened yet").messages().count(), 0, "{text}");
        }
    }

    #[test]
    fn two_programs_do_not_use_one_file() {
        let folder = Folder::new("two");
        let first = dso(&folder.file()).expect("a file");
        let error = dso(&folder.file()).expect_err("it is in use").to_string();
        assert!(error.starts_with("another program uses"), "{error}");
        drop(first);
        dso(&folder.file()).expect("it is free again");
    }
}

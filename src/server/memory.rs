//! Whether so many users fit into memory.

use std::{
    fs,
    path::{Path, PathBuf},
};

use super::StartError;

/// What a seeded user takes, in bytes, indexes and group memberships included, generously.
const BYTES_A_USER: usize = 4 * 1024;

/// Where the system does not say how much memory is available, this many users are allowed.
const UNKNOWN: usize = 2_000_000;

/// Refuses more users than there is memory for.
///
/// # Errors
///
/// [`StartError::TooManyUsers`].
pub(super) fn admits(asked: usize) -> Result<(), StartError> {
    let most = available(&|path| fs::read_to_string(path).ok());
    let most = most.map_or(UNKNOWN, |bytes| bytes / BYTES_A_USER);
    if asked > most { Err(StartError::TooManyUsers { asked, most }) } else { Ok(()) }
}

/// How much memory so many users need, in MiB.
pub(super) fn mebibytes(users: usize) -> usize {
    users.saturating_mul(BYTES_A_USER) / (1024 * 1024)
}

/// Reads a file of the system.
type Read<'a> = &'a dyn Fn(&Path) -> Option<String>;

/// The memory that is available, in bytes, where the system says (Linux): of the machine, of the
/// address space that `ulimit -v` leaves, and of each control group that the process is in.
fn available(read: Read<'_>) -> Option<usize> {
    let groups = groups(read);
    let of_groups = groups.iter().filter_map(|it| left_in(it, read));
    of_machine(read).into_iter().chain(of_address_space(read)).chain(of_groups).min()
}

fn of_machine(read: Read<'_>) -> Option<usize> {
    kibibytes(&read(Path::new("/proc/meminfo"))?, "MemAvailable:")
}

fn of_address_space(read: Read<'_>) -> Option<usize> {
    let limits = read(Path::new("/proc/self/limits"))?;
    let limit = limits.lines().find_map(|it| it.strip_prefix("Max address space"))?;
    let limit: usize = limit.split_whitespace().next()?.parse().ok()?;
    let used = kibibytes(&read(Path::new("/proc/self/status"))?, "VmSize:")?;
    Some(limit.saturating_sub(used))
}

/// The value of a line such as `MemAvailable:   1234 kB`, in bytes.
fn kibibytes(text: &str, name: &str) -> Option<usize> {
    let line = text.lines().find_map(|it| it.strip_prefix(name))?;
    let kibibytes: usize = line.trim().strip_suffix("kB")?.trim().parse().ok()?;
    kibibytes.checked_mul(1024)
}

/// A control group of the process, or one around it.
struct ControlGroup {
    folder: PathBuf,
    /// What its files are called: those of cgroup version 2, or 1.
    files: &'static Files,
}

struct Files {
    limits: &'static [&'static str],
    used: &'static str,
    /// The line of `memory.stat` with the file cache that gives way, a part of what is used.
    cache: &'static str,
}

const VERSION_1: Files = Files {
    limits: &["memory.limit_in_bytes"],
    used: "memory.usage_in_bytes",
    cache: "total_inactive_file ",
};

const VERSION_2: Files = Files {
    limits: &["memory.max", "memory.high"],
    used: "memory.current",
    cache: "inactive_file ",
};

/// The control groups that bound the memory of this process, inside out.
fn groups(read: Read<'_>) -> Vec<ControlGroup> {
    let own = read(Path::new("/proc/self/cgroup")).unwrap_or_default();
    let mounts = read(Path::new("/proc/self/mountinfo")).unwrap_or_default();
    let found = own.lines().filter_map(|line| {
        // hierarchy:controllers:path; version 2 has number 0 and names no controllers.
        let mut parts = line.splitn(3, ':');
        let (number, controllers, path) = (parts.next()?, parts.next()?, parts.next()?);
        let is_memory = controllers.split(',').any(|it| it == "memory");
        let files = match number {
            "0" => &VERSION_2,
            _ if is_memory => &VERSION_1,
            _ => return None,
        };
        let (root, mounted) = mounts.lines().find_map(|it| mounted(it, files))?;
        // A container sees its own group as the root of what is mounted.
        let below = Path::new(path).strip_prefix(root).unwrap_or_else(|_| Path::new(""));
        let folder = Path::new(mounted).join(below);
        let around = folder.ancestors().take_while(|it| it.starts_with(mounted));
        Some(around.map(|it| ControlGroup { folder: it.to_owned(), files }).collect::<Vec<_>>())
    });
    found.flatten().collect()
}

/// The root and the place of a mounted hierarchy of control groups that bounds memory
/// (`proc_pid_mountinfo(5)`).
fn mounted<'a>(line: &'a str, files: &Files) -> Option<(&'a str, &'a str)> {
    let (place, kind) = line.split_once(" - ")?;
    let mut kind = kind.split(' ');
    let is_it = match kind.next()? {
        "cgroup2" => files.limits == VERSION_2.limits,
        "cgroup" => {
            let is_memory = kind.nth(1)?.split(',').any(|it| it == "memory");
            is_memory && files.limits == VERSION_1.limits
        }
        _ => false,
    };
    let mut place = place.split(' ').skip(3);
    is_it.then_some((place.next()?, place.next()?))
}

/// How much a control group has left, in bytes; `None` where nothing bounds it.
fn left_in(group: &ControlGroup, read: Read<'_>) -> Option<usize> {
    let number =
        |name: &str| -> Option<usize> { read(&group.folder.join(name))?.trim().parse().ok() };
    let limit = group.files.limits.iter().filter_map(|it| number(it)).min()?;
    let stat = read(&group.folder.join("memory.stat")).unwrap_or_default();
    let cache = stat.lines().find_map(|it| it.strip_prefix(group.files.cache)?.parse().ok());
    let used = number(group.files.used).unwrap_or(0).saturating_sub(cache.unwrap_or(0));
    Some(limit.saturating_sub(used))
}

#[cfg(test)]
mod tests {
    use rstest::rstest;

    use super::*;

    const MACHINE: (&str, &str) = ("/proc/meminfo", "MemTotal: 9000 kB\nMemAvailable:   8000 kB\n");
    const LIMITS: &str = "Limit  Soft Limit  Hard Limit  Units\nMax address space  ";
    const SIZE: (&str, &str) = ("/proc/self/status", "Name: x\nVmSize:\t  1000 kB\n");
    const OWN: &str = "/proc/self/cgroup";
    const MOUNTS: &str = "/proc/self/mountinfo";
    const SECOND: &str = "29 23 0:26 / /sys/fs/cgroup rw,nosuid shared:4 - cgroup2 cgroup2 rw\n";
    const FIRST: &str = "31 23 0:27 /docker/a /sys/fs/cgroup/memory ro - cgroup cgroup rw,memory\n";

    #[rstest]
    #[case::machine(&[MACHINE], 8000)]
    #[case::unlimited(&[MACHINE, ("/proc/self/limits", "unlimited unlimited bytes"), SIZE], 8000)]
    #[case::address_space(&[MACHINE, ("/proc/self/limits", "4096000 unlimited bytes"), SIZE], 3000)]
    #[case::version_2(&[MACHINE, (OWN, "0::/a/b\n"), (MOUNTS, SECOND),
        ("/sys/fs/cgroup/a/b/memory.max", "3072000\n"),
        ("/sys/fs/cgroup/a/b/memory.current", "2048000\n"),
        ("/sys/fs/cgroup/a/b/memory.stat", "anon 1\ninactive_file 1024000\n")], 2000)]
    #[case::high(&[MACHINE, (OWN, "0::/a/b\n"), (MOUNTS, SECOND),
        ("/sys/fs/cgroup/a/b/memory.max", "max\n"),
        ("/sys/fs/cgroup/a/b/memory.high", "1024000\n")], 1000)]
    #[case::around(&[MACHINE, (OWN, "0::/a/b\n"), (MOUNTS, SECOND),
        ("/sys/fs/cgroup/a/b/memory.max", "4096000\n"),
        ("/sys/fs/cgroup/a/memory.max", "512000\n")], 500)]
    #[case::used_up(&[MACHINE, (OWN, "0::/\n"), (MOUNTS, SECOND),
        ("/sys/fs/cgroup/memory.max", "1024\n"), ("/sys/fs/cgroup/memory.current", "2048\n")], 0)]
    #[case::version_1(&[MACHINE, (OWN, "5:cpu,memory:/docker/a\n4:pids:/x\n"), (MOUNTS, FIRST),
        ("/sys/fs/cgroup/memory/memory.limit_in_bytes", "3072000\n"),
        ("/sys/fs/cgroup/memory/memory.usage_in_bytes", "1024000\n")], 2000)]
    fn the_narrowest_bound_counts(
        #[case] files: &[(&str, &str)],
        #[case] expected_kibibytes: usize,
    ) {
        let read = |path: &Path| {
            let (name, text) = files.iter().find(|(name, _)| Path::new(name) == path)?;
            let start = if name.ends_with("limits") { LIMITS } else { "" };
            Some(format!("{start}{text}"))
        };

        assert_eq!(available(&read), Some(expected_kibibytes * 1024));
    }

    #[test]
    fn a_system_that_does_not_say_bounds_nothing() {
        assert_eq!(available(&|_| None), None);
    }
}

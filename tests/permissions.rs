//! Who may read what is written.

#![cfg(unix)]

use std::fs;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;

/// The permissions of a file after `costs` wrote it, where the user's mask takes
/// everything from others.
fn permissions_after_writing(file: &Path) -> u32 {
    let script = "umask 027; exec \"$0\" --y 1 --yhat 0.5 -o \"$1\"";
    let status = Command::new("bash")
        .args(["-c", script, env!("CARGO_BIN_EXE_costs")])
        .arg(file)
        .status()
        .expect("bash starts");
    assert!(status.success());
    fs::metadata(file).expect("the file is there").permissions().mode() & 0o777
}

#[test]
fn a_new_file_has_the_permissions_that_the_user_gives_to_all() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    assert_eq!(permissions_after_writing(&folder.path().join("new.csv")), 0o640);
}

#[test]
fn a_file_that_is_replaced_keeps_its_permissions_whatever_the_mask() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let file = folder.path().join("old.csv");
    for mode in [0o600, 0o666, 0o755] {
        fs::write(&file, "old").expect("a file is written");
        fs::set_permissions(&file, fs::Permissions::from_mode(mode)).expect("it is mine");
        assert_eq!(permissions_after_writing(&file), mode);
    }
}

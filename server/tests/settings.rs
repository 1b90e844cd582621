//! The program and what it is told: a setting that it does not know stops it, with exit code 2.
#![expect(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

use std::process::{Command, Output};

/// Prints the configuration in a folder of its own, with one more variable.
fn configured(folder: &std::path::Path, arguments: &[&str], variable: Option<(&str, &str)>) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_aisle"));
    // The settings of whoever runs the tests are not those of this program.
    for (name, _) in std::env::vars_os().filter(|(name, _)| name.to_string_lossy().starts_with("AISLE_")) {
        command.env_remove(name);
    }
    command.env_remove("DATABASE_URL").envs(variable);
    command.args(["config", "--json"]).args(arguments).current_dir(folder).output().unwrap()
}

fn refused(output: &Output) -> String {
    assert_eq!(output.status.code(), Some(2), "{output:?}");
    assert!(output.stdout.is_empty(), "{output:?}");
    String::from_utf8_lossy(&output.stderr).into_owned()
}

#[test]
fn an_unknown_setting_stops_the_program_and_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let fine = configured(folder.path(), &[], Some(("AISLE_WORKERS", "3")));
    assert_eq!(fine.status.code(), Some(0), "{fine:?}");
    assert!(String::from_utf8_lossy(&fine.stdout).contains("workers"));

    let error = refused(&configured(folder.path(), &[], Some(("AISLE_WORKER", "3"))));
    assert!(error.contains("AISLE_WORKER is no setting") && error.contains("did you mean AISLE_WORKERS?"), "{error}");

    std::fs::write(folder.path().join("aisle.toml"), "listn = \"127.0.0.1:0\"\n").unwrap();
    let error = refused(&configured(folder.path(), &[], None));
    assert!(error.contains("aisle.toml: listn is no setting; did you mean listen?"), "{error}");

    std::fs::write(folder.path().join("other.toml"), "workers = \"many\"\n").unwrap();
    let error = refused(&configured(folder.path(), &["--config", "other.toml"], None));
    assert!(error.contains("workers") && error.contains("other.toml"), "{error}");
    std::fs::write(folder.path().join("other.toml"), "workers = ").unwrap();
    let error = refused(&configured(folder.path(), &["--config", "other.toml"], None));
    assert!(error.contains("other.toml"), "{error}");
}

//! Where things lie: the checkout, and the directory for built files outside it.

use std::env;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::failure::{Failure, Outcome};

/// The checkout and the directory for everything that is built.
#[derive(Debug, Clone)]
pub(crate) struct Place {
    /// The root of the checkout.
    pub(crate) root: PathBuf,
    /// Cargo's target directory, shared by every checkout of this user.
    pub(crate) target: PathBuf,
}

impl Place {
    /// Finds both: `CARGO_TARGET_DIR`, else `AISLE_TARGET_DIR`, else `~/.cache/aisle/target`.
    pub(crate) fn find() -> Outcome<Self> {
        let manifest =
            env::var_os("CARGO_MANIFEST_DIR").map_or_else(|| env!("CARGO_MANIFEST_DIR").into(), PathBuf::from);
        let root = manifest.parent().map(Path::to_path_buf).unwrap_or_default();
        if !root.join("Cargo.lock").exists() {
            return Err(Failure::Missing(format!(
                "{} holds no Cargo.lock; run `cargo xtask` in the checkout",
                root.display()
            )));
        }
        let chosen = env::var_os("CARGO_TARGET_DIR").or_else(|| env::var_os("AISLE_TARGET_DIR")).map(PathBuf::from);
        let target = match chosen {
            Some(path) => std::path::absolute(&path).map_err(|error| Failure::file(&path, &error))?,
            None => env::home_dir()
                .ok_or_else(|| {
                    Failure::Missing("no home directory: set AISLE_TARGET_DIR to a folder for built files".into())
                })?
                .join(".cache/aisle/target"),
        };
        Ok(Self { root, target })
    }

    /// What the browser downloads.
    pub(crate) fn site(&self) -> PathBuf {
        self.target.join("site")
    }

    /// The pages' script, WASM and style sheet.
    pub(crate) fn site_package(&self) -> PathBuf {
        self.site().join("pkg")
    }

    /// The server.
    pub(crate) fn binary(&self) -> PathBuf {
        self.target.join("release").join(format!("aisle{}", env::consts::EXE_SUFFIX))
    }

    /// Stamps, logs and half-finished pieces of the build.
    pub(crate) fn workshop(&self) -> PathBuf {
        self.target.join("xtask")
    }

    /// The full output of a step.
    pub(crate) fn log(&self, step: &str) -> PathBuf {
        self.workshop().join("logs").join(format!("{}.log", step.replace([' ', '/', ':'], "-")))
    }

    /// `cargo` in the checkout, building into the shared directory.
    pub(crate) fn cargo(&self) -> Command {
        let program = env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
        let mut command = self.program(Path::new(&program));
        command.env("CARGO_TARGET_DIR", &self.target);
        command
    }

    /// `cargo` in the checkout, building where this very tool was built, so that its crates are not compiled again.
    pub(crate) fn cargo_for_itself(&self) -> Command {
        let mut command = self.cargo();
        let built = env::current_exe().ok().and_then(|file| Some(file.parent()?.parent()?.to_path_buf()));
        if let Some(target) = built {
            command.env("CARGO_TARGET_DIR", target);
        }
        command
    }

    /// Any program in the checkout, without what `cargo run` says about xtask itself.
    pub(crate) fn program(&self, program: &Path) -> Command {
        let mut command = Command::new(program);
        command.current_dir(&self.root);
        for (name, _) in env::vars_os() {
            let name = name.to_string_lossy();
            if name.starts_with("CARGO_PKG_") || name.starts_with("CARGO_MANIFEST_") {
                command.env_remove(&*name);
            }
        }
        command
    }
}
